//! What values are of, before there are any.

use std::ffi::c_char;
use std::ptr::null;

use radiomics_core::catalogue::columns;
use radiomics_core::{Column, Discretisation, Named};

use crate::context::{Call, radiomics_context};
use crate::entry::{entry, free, plain_entry, value_or};
use crate::pointers::{Out, OutStruct, Versioned, borrowed, end_of, member, slice, text};
use crate::settings::radiomics_settings;
use crate::status::{Failure, radiomics_status};
use crate::strings::Texts;

/// The columns of a table that is still to be computed. They are never changed, so any number of
/// threads may read them.
pub struct radiomics_columns {
    for_c: Vec<radiomics_column>,
    // Owns what the columns for C point to.
    _texts: Texts,
}

/// What a value is of. The texts are UTF-8 and live as long as the columns. Since
/// RADIOMICS_ABI_VERSION 4.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct radiomics_column {
    /// sizeof(radiomics_column), to be set by the caller.
    pub struct_size: usize,
    /// A name unique among the columns: image_family_feature, _aggregation for texture, and the
    /// discretisation where there are several.
    pub column: *const c_char,
    /// Name of the image: "original", or that of a filter, after the name of the image if it has one.
    pub image: *const c_char,
    /// Name of the family, such as "glcm".
    pub family: *const c_char,
    /// Name of the feature within its family.
    pub feature: *const c_char,
    /// What the feature is aggregated over, such as "3D_avg"; empty for the region as a whole.
    pub aggregation: *const c_char,
    /// IBSI identifier of the feature; empty if IBSI has none.
    pub ibsi_id: *const c_char,
    /// IBSI identifier of the value that the feature's parameter has; empty for most features.
    pub ibsi_parameter_id: *const c_char,
    /// PyRadiomics' name of the feature; NULL if it has none.
    pub pyradiomics: *const c_char,
    /// Which one of several discretisations the value is of, such as "bin_width_25"; empty if the
    /// settings have one alone, or if the feature does not depend on it.
    pub discretisation: *const c_char,
}

// SAFETY: repr(C), begins with its size, and consists of a number and pointers.
unsafe impl Versioned for radiomics_column {
    const NAME: &'static str = "radiomics_column";
    const FIRST_SIZE: usize = end_of!(Self, discretisation);
}

impl radiomics_column {
    /// The texts of a column, which rows and maps show as well.
    pub(crate) fn new(column: &Column, texts: &mut Texts) -> Self {
        let feature = column.feature;
        Self {
            struct_size: size_of::<Self>(),
            column: texts.keep(&column.name()),
            image: texts.keep(&column.image),
            family: texts.keep(column.family),
            feature: texts.keep(feature.name),
            aggregation: texts.keep(column.aggregation.name()),
            ibsi_id: texts.keep(feature.ibsi_id),
            ibsi_parameter_id: texts.keep(feature.ibsi_parameter_id),
            pyradiomics: feature.pyradiomics.map_or(null(), |name| texts.keep(name)),
            discretisation: texts.keep(&discretisation_name(column)),
        }
    }
}

/// Name of the discretisation of a column, empty unless it is one of several.
pub(crate) fn discretisation_name(column: &Column) -> String {
    column.discretisation.as_ref().map_or_else(String::new, Discretisation::name)
}

/// Lists the columns that radiomics_extract_many has for each label, in their order, before there is any
/// image: for `image_count` images of these names, at least one, or, if `image_names` is NULL, for a single
/// one, which is called "original". The list is to be freed with radiomics_columns_free. Since RADIOMICS_ABI_VERSION
/// 4.
// SAFETY: the name is ours alone: nothing else that is linked begins with `radiomics_`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn radiomics_columns_new(
    context: *mut radiomics_context,
    settings: *const radiomics_settings,
    image_names: *const *const c_char,
    image_count: usize,
    columns: *mut *mut radiomics_columns,
) -> radiomics_status {
    let body = |_: &Call| {
        // SAFETY: by the rule of the header.
        let (out, settings) = unsafe { (Out::new(columns, "columns")?, borrowed(settings, "settings")?) };
        // SAFETY: as above.
        let names = unsafe { names(image_names, image_count) }?;
        let mut texts = Texts::default();
        let columns = self::columns(settings.core(), &names)?;
        let for_c = columns.iter().map(|column| radiomics_column::new(column, &mut texts)).collect();
        out.set(Box::into_raw(Box::new(radiomics_columns { for_c, _texts: texts })));
        Ok(())
    };
    // SAFETY: by the rule of the header.
    unsafe { entry(context, body) }
}

/// The names of images; whether columns can be told apart with them, the core says.
unsafe fn names<'a>(names: *const *const c_char, count: usize) -> Result<Vec<&'a str>, Failure> {
    if names.is_null() {
        return match count {
            0 | 1 => Ok(vec!["original"]),
            _ => Err(Failure::argument("`image_names` is NULL: several images need names")),
        };
    }
    if count == 0 {
        return Err(Failure::argument(
            "`image_count` is 0, and `image_names` is not NULL: give a name for each image; NULL means one image, `original`",
        ));
    }
    // SAFETY: passed on to the caller.
    let names = unsafe { slice(names, count, "image_names") }?.iter().enumerate();
    // SAFETY: as above.
    names.map(|(index, &name)| unsafe { text(name, &format!("image_names[{index}]")) }).collect()
}

/// The number of columns; 0 for NULL. Since RADIOMICS_ABI_VERSION 4.
// SAFETY: the name is ours alone: nothing else that is linked begins with `radiomics_`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn radiomics_columns_length(columns: *const radiomics_columns) -> usize {
    // SAFETY: by the rule of the header.
    value_or(0, || unsafe { columns.as_ref() }.map_or(0, |columns| columns.for_c.len()))
}

/// Writes column `index`, from 0, in the order of the rows. Set `column->struct_size` first. Since
/// RADIOMICS_ABI_VERSION 4.
// SAFETY: the name is ours alone: nothing else that is linked begins with `radiomics_`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn radiomics_columns_column(
    columns: *const radiomics_columns,
    index: usize,
    column: *mut radiomics_column,
) -> radiomics_status {
    plain_entry(|| {
        // SAFETY: by the rule of the header.
        let (columns, out) = unsafe { (borrowed(columns, "columns")?, OutStruct::new(column, "column")?) };
        out.set(*member(&columns.for_c, index, "columns")?);
        Ok(())
    })
}

/// Frees columns; NULL is fine. Since RADIOMICS_ABI_VERSION 4.
// SAFETY: the name is ours alone: nothing else that is linked begins with `radiomics_`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn radiomics_columns_free(columns: *mut radiomics_columns) {
    // SAFETY: by the rule of the header.
    unsafe { free(columns) };
}
