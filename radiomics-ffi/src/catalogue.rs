//! Every feature there is.

use std::ffi::c_char;
use std::ptr::null;

use radiomics_core::Named;
use radiomics_core::catalogue::{FAMILIES, Family, Feature};

use crate::entry::{free, plain_entry, value_or};
use crate::pointers::{Out, OutStruct, Versioned, borrowed, end_of, member};
use crate::status::radiomics_status;
use crate::strings::Texts;

/// Every feature there is. A catalogue is never changed, so any number of threads may read it.
pub struct radiomics_catalogue {
    features: Vec<radiomics_feature>,
    // Owns what the features point to.
    _texts: Texts,
}

/// What is known of a feature, apart from its formula. The texts are UTF-8 and live as long as the
/// catalogue.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct radiomics_feature {
    /// sizeof(radiomics_feature), to be set by the caller.
    pub struct_size: usize,
    /// Name of the family.
    pub family: *const c_char,
    /// IBSI identifier of the family; empty if IBSI has no such family.
    pub family_ibsi_id: *const c_char,
    /// Name of the feature within its family.
    pub name: *const c_char,
    /// IBSI identifier of the feature; empty if IBSI has none.
    pub ibsi_id: *const c_char,
    /// IBSI identifier of the value that the feature's parameter has; empty for most features.
    pub ibsi_parameter_id: *const c_char,
    /// PyRadiomics' name of the feature; NULL if it has none.
    pub pyradiomics: *const c_char,
    /// What the feature is, in a line.
    pub summary: *const c_char,
    /// The aggregations that the feature comes in, separated by commas; empty for the region as a whole.
    pub aggregations: *const c_char,
}

// SAFETY: repr(C), begins with its size, and consists of a number and pointers.
unsafe impl Versioned for radiomics_feature {
    const NAME: &'static str = "radiomics_feature";
    const FIRST_SIZE: usize = end_of!(Self, aggregations);
}

fn feature(family: &Family, feature: &Feature, texts: &mut Texts) -> radiomics_feature {
    let aggregations: Vec<&str> =
        family.scope.aggregations().iter().map(|(aggregation, _)| aggregation.name()).collect();
    radiomics_feature {
        struct_size: size_of::<radiomics_feature>(),
        family: texts.keep(family.name),
        family_ibsi_id: texts.keep(family.ibsi_id),
        name: texts.keep(feature.name),
        ibsi_id: texts.keep(feature.ibsi_id),
        ibsi_parameter_id: texts.keep(feature.ibsi_parameter_id),
        pyradiomics: feature.pyradiomics.map_or(null(), |name| texts.keep(name)),
        summary: texts.keep(feature.summary),
        aggregations: texts.keep(&aggregations.join(",")),
    }
}

/// Makes a list of all features, to be freed with radiomics_catalogue_free.
// SAFETY: the name is ours alone: nothing else that is linked begins with `radiomics_`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn radiomics_catalogue_new(
    catalogue: *mut *mut radiomics_catalogue,
) -> radiomics_status {
    plain_entry(|| {
        // SAFETY: by the rule of the header.
        let out = unsafe { Out::new(catalogue, "catalogue") }?;
        let mut texts = Texts::default();
        let mut features = Vec::new();
        for family in FAMILIES {
            features.extend((family.features)().into_iter().map(|f| feature(family, f, &mut texts)));
        }
        out.set(Box::into_raw(Box::new(radiomics_catalogue { features, _texts: texts })));
        Ok(())
    })
}

/// The number of features; 0 for NULL.
// SAFETY: the name is ours alone: nothing else that is linked begins with `radiomics_`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn radiomics_catalogue_length(catalogue: *const radiomics_catalogue) -> usize {
    // SAFETY: by the rule of the header.
    value_or(0, || unsafe { catalogue.as_ref() }.map_or(0, |catalogue| catalogue.features.len()))
}

/// Writes feature `index`, from 0, in the order of the tables' rows. Set `feature->struct_size` first.
// SAFETY: the name is ours alone: nothing else that is linked begins with `radiomics_`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn radiomics_catalogue_feature(
    catalogue: *const radiomics_catalogue,
    index: usize,
    feature: *mut radiomics_feature,
) -> radiomics_status {
    plain_entry(|| {
        // SAFETY: by the rule of the header.
        let (catalogue, out) =
            unsafe { (borrowed(catalogue, "catalogue")?, OutStruct::new(feature, "feature")?) };
        out.set(*member(&catalogue.features, index, "features")?);
        Ok(())
    })
}

/// Frees a catalogue; NULL is fine.
// SAFETY: the name is ours alone: nothing else that is linked begins with `radiomics_`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn radiomics_catalogue_free(catalogue: *mut radiomics_catalogue) {
    // SAFETY: by the rule of the header.
    unsafe { free(catalogue) };
}
