//! Every family and feature there is. Bindings, documentation and the `features` command
//! are read off [`FAMILIES`].

use crate::aggregation::Scope;
use crate::error::{Error, Result, nearest};
use crate::families;
use crate::families::Compute;
use crate::settings::{FeatureSet, Settings};

/// What is known of a feature, apart from its formula.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Feature {
    /// Name within its family.
    pub name: &'static str,
    /// Four-character identifier of the IBSI reference manual; empty if IBSI has none.
    pub ibsi_id: &'static str,
    /// Identifier of the feature at this value of its parameter; empty for most.
    pub ibsi_parameter_id: &'static str,
    /// PyRadiomics' name, if it has the feature.
    pub pyradiomics: Option<&'static str>,
    /// Whether PyRadiomics computes it only when it is named.
    pub only_by_name: bool,
    /// What it is, in a line.
    pub summary: &'static str,
}

/// A feature and its formula over `M`, what a family computes once for all its features.
pub struct Row<M: 'static> {
    /// What is known of it.
    pub feature: Feature,
    /// The formula.
    pub value: fn(&M) -> f64,
}

// Derived, these would ask for a matrix that can be copied.
impl<M> Copy for Row<M> {}
impl<M> Clone for Row<M> {
    fn clone(&self) -> Self {
        *self
    }
}

/// One row of a family's table. An empty `pyradiomics` means that it has no such feature.
pub const fn row<M>(
    name: &'static str,
    ibsi_id: &'static str,
    pyradiomics: &'static str,
    summary: &'static str,
    value: fn(&M) -> f64,
) -> Row<M> {
    Row {
        feature: Feature {
            name,
            ibsi_id,
            ibsi_parameter_id: "",
            pyradiomics: if pyradiomics.is_empty() { None } else { Some(pyradiomics) },
            only_by_name: false,
            summary,
        },
        value,
    }
}

impl<M> Row<M> {
    /// The same row, marked as one that PyRadiomics computes only when it is named.
    pub const fn only_by_name(mut self) -> Self {
        self.feature.only_by_name = true;
        self
    }

    /// The same row with the IBSI identifier of its parameter's value.
    pub const fn at_parameter(mut self, ibsi_parameter_id: &'static str) -> Self {
        self.feature.ibsi_parameter_id = ibsi_parameter_id;
        self
    }
}

/// A family of features.
pub struct Family {
    /// Name, as in the IBSI reference values.
    pub name: &'static str,
    /// IBSI identifier of the family; empty if IBSI has no such family.
    pub ibsi_id: &'static str,
    /// Which aggregations it knows.
    pub scope: Scope,
    /// Its features, in the order in which IBSI lists them.
    pub features: fn() -> Vec<&'static Feature>,
    pub(crate) compute: Compute,
}

impl std::fmt::Debug for Family {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Family").field("name", &self.name).finish_non_exhaustive()
    }
}

/// The families, in the order in which IBSI lists them: the only registry.
pub static FAMILIES: &[Family] = &[
    families::morphology::FAMILY,
    families::morphology::slice::FAMILY,
    families::local_intensity::FAMILY,
    families::intensity_statistics::FAMILY,
    families::intensity_histogram::FAMILY,
    families::intensity_volume_histogram::FAMILY,
    families::glcm::FAMILY,
    families::glrlm::FAMILY,
    families::glszm::FAMILY,
    families::gldzm::FAMILY,
    families::ngtdm::FAMILY,
    families::ngldm::FAMILY,
];

/// The family called `name`.
///
/// # Errors
/// [`Error::UnknownName`] with the nearest name that exists.
pub fn family(name: &str) -> Result<&'static Family> {
    FAMILIES.iter().find(|f| f.name == name).ok_or_else(|| Error::UnknownName {
        kind: "feature family",
        name: name.to_owned(),
        suggestion: nearest(name, FAMILIES.iter().map(|f| f.name)),
    })
}

/// Whether the settings ask for `feature` of `family`.
pub(crate) fn is_selected(settings: &Settings, family: &str, feature: &Feature) -> bool {
    // Lengths first: this is asked for every feature of every response.
    let named = |name: &String| {
        name.len() == family.len() + 1 + feature.name.len()
            && name.ends_with(feature.name)
            && name.split_once('.').is_some_and(|(first, _)| first == family)
    };
    if settings.features.iter().flatten().any(named) {
        return true;
    }
    // A family that IBSI does not have is computed only when it or one of its features is named.
    let outside_ibsi = FAMILIES.iter().any(|f| f.name == family && f.ibsi_id.is_empty());
    let in_family = match &settings.families {
        Some(families) => families.iter().any(|f| f == family),
        None => settings.features.is_none() && !outside_ibsi,
    };
    in_family
        && match settings.feature_set {
            FeatureSet::Ibsi => outside_ibsi || !feature.ibsi_id.is_empty(),
            FeatureSet::PyRadiomics => feature.pyradiomics.is_some() && !feature.only_by_name,
        }
}

/// Checks that the families and features that the settings name exist.
///
/// # Errors
/// [`Error::UnknownName`] with the nearest name that exists.
pub fn check_selection(settings: &Settings) -> Result<()> {
    for name in settings.families.iter().flatten() {
        family(name)?;
    }
    for name in settings.features.iter().flatten() {
        let known =
            || FAMILIES.iter().flat_map(|f| (f.features)().into_iter().map(move |x| (f.name, x.name)));
        let exists = name.split_once('.').is_some_and(|wanted| known().any(|k| k == wanted));
        if !exists {
            let names: Vec<String> = known().map(|(f, n)| format!("{f}.{n}")).collect();
            return Err(Error::UnknownName {
                kind: "feature",
                name: name.clone(),
                suggestion: nearest(name, names.iter().map(String::as_str)),
            });
        }
    }
    Ok(())
}
