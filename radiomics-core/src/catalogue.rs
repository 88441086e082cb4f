//! Every family and feature there is, which of them settings ask for, and the columns that follow
//! from that. Bindings, documentation and the `features` command are read off [`FAMILIES`].

use std::collections::BTreeMap;

use crate::error::{Error, Result, invalid, nearest, one_of, unknown_name};
use crate::filters::Filter;
use crate::names::Named;
use crate::settings::{Discretisation, FeatureSet, Settings};
use crate::table::Column;
use crate::texture::aggregation::Aggregation;

pub use crate::families::FAMILIES;
pub use crate::families::family::Family;
use crate::feature::Reads;
pub use crate::feature::{Feature, Row, row};

/// Name of an image that no filter made.
pub(crate) const ORIGINAL: &str = "original";

/// The family called `name`.
///
/// # Errors
/// [`Error::UnknownName`] with the family that PyRadiomics calls so, or the nearest name that exists.
pub fn family(name: &str) -> Result<&'static Family> {
    FAMILIES.iter().find(|f| f.name == name).ok_or_else(|| {
        let meant = FAMILIES.iter().find(|f| f.pyradiomics == Some(name)).map(|f| f.name);
        unknown_name("feature family", name, FAMILIES.iter().map(|f| f.name)).meaning(meant)
    })
}

/// The columns of an extraction from images of these names, before there is any image. The name of a
/// single image is `original`.
///
/// ```
/// use radiomics_core::{Settings, catalogue};
///
/// # fn main() -> radiomics_core::Result<()> {
/// let settings = Settings { families: Some(vec!["glcm".to_owned()]), ..Settings::default() };
/// let columns = catalogue::columns(&settings, &["original"])?;
/// assert_eq!(columns[0].name(), "original_glcm_joint_maximum_3D_avg");
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// As [`check_selection`], and [`Error::ImageName`] for names with which columns could not be told
/// apart.
pub fn columns(settings: &Settings, images: &[&str]) -> Result<Vec<Column>> {
    let selection = Selection::new(settings)?;
    check_images(settings, images)?;
    Ok(images.iter().flat_map(|image| selection.columns(image, settings)).collect())
}

/// Checks that the families and features that the settings name exist, and that there are any.
///
/// # Errors
/// [`Error::UnknownName`] with the nearest name that exists, [`Error::InvalidSetting`] for settings that
/// ask for nothing.
pub fn check_selection(settings: &Settings) -> Result<()> {
    Selection::new(settings).map(|_| ())
}

/// Checks that images of these names, with the filters of the settings, give every column a name of
/// its own.
///
/// # Errors
/// [`Error::ImageName`] for a name that is empty, or with which another image or response has the same
/// name.
pub(crate) fn check_images(settings: &Settings, images: &[&str]) -> Result<()> {
    let wrong = |name: &str, reason: String| Err(Error::ImageName { name: name.to_owned(), reason });
    for (place, &image) in images.iter().enumerate() {
        if image.is_empty() {
            return wrong(image, "it is empty: give each image a name".to_owned());
        }
        if images[..place].contains(&image) {
            return wrong(image, format!("two images are called `{image}`: give each a name of its own"));
        }
    }
    // What the columns of each image and response begin with; those of the shape with the image's name.
    let mut known: BTreeMap<String, &str> = BTreeMap::new();
    for &image in images {
        let filters = settings.filters.iter().filter(|filter| **filter != Filter::Original);
        let own = filters.map(|filter| response_name(image, filter)).chain([image.to_owned()]);
        for name in own {
            if let Some(other) = known.insert(name.clone(), image) {
                let reason = format!(
                    "a filter of image `{image}` or of image `{other}` makes columns of the name `{name}` too"
                );
                return wrong(image, format!("{reason}: give the image another name"));
            }
        }
    }
    Ok(())
}

/// A family, and which of its features are asked for.
#[derive(Clone, Debug)]
pub(crate) struct Chosen {
    pub family: &'static Family,
    /// The features asked for, as rows of the family's table, ascending.
    pub features: Vec<usize>,
}

/// What settings ask for, resolved once: from here on no family or feature is looked up by its name.
#[derive(Clone, Debug)]
pub(crate) struct Selection {
    /// The families of shape of which any feature is asked for.
    pub shape: Vec<Chosen>,
    /// The families of intensities of which any feature is asked for.
    pub intensity: Vec<Chosen>,
}

impl Selection {
    /// What `settings` ask for.
    ///
    /// # Errors
    /// As [`check_selection`].
    pub fn new(settings: &Settings) -> Result<Self> {
        for name in settings.families.iter().flatten() {
            family(name)?;
        }
        let mut named = Vec::new();
        for name in settings.features.iter().flatten() {
            named.push(find(name)?);
        }
        let chosen = FAMILIES.iter().enumerate().map(|(place, family)| {
            let named: Vec<usize> = named.iter().filter(|of| of.0 == place).map(|of| of.1).collect();
            Chosen::new(settings, family, &named)
        });
        let of_shape = |chosen: &Chosen| chosen.family.is_of_shape();
        let (shape, intensity) = chosen.filter(|chosen| !chosen.features.is_empty()).partition(of_shape);
        let selection = Self { shape, intensity };
        selection.check(settings)?;
        Ok(selection)
    }

    /// Refuses settings that ask for nothing, in all or of a family that they name.
    fn check(&self, settings: &Settings) -> Result<()> {
        let families = || self.shape.iter().chain(&self.intensity);
        let mut named = settings.families.iter().flatten();
        if let Some(name) = named.find(|name| families().all(|chosen| chosen.family.name != **name)) {
            let remedy =
                "PyRadiomics has no feature of this family: choose `feature_set: ibsi`, or name features";
            return Err(invalid("families", name, remedy));
        }
        if families().all(|chosen| chosen.features.is_empty()) {
            let empty = if settings.features.is_some() { "features" } else { "families" };
            return Err(invalid(empty, "[]", "nothing would be computed: leave it out to compute all"));
        }
        let left_out = |chosen: &&Chosen| chosen.values(&settings.aggregations) == 0;
        let aggregations = |remedy: String| {
            let names: Vec<&str> =
                settings.aggregations.iter().map(|aggregation| aggregation.name()).collect();
            Err(invalid("aggregations", format!("[{}]", names.join(", ")), remedy))
        };
        if families().all(|chosen| left_out(&chosen)) {
            let remedy = "nothing would be computed: no family that is chosen knows one of these; `3D_avg` and `3D` suit all";
            return aggregations(remedy.to_owned());
        }
        let is_named = |chosen: &&Chosen| {
            let name = chosen.family.name;
            let of_family = |feature: &String| feature.split_once('.').is_some_and(|(of, _)| of == name);
            settings.families.iter().flatten().any(|family| *family == name)
                || settings.features.iter().flatten().any(of_family)
        };
        match families().filter(is_named).find(left_out) {
            Some(Chosen { family: Family { name, .. }, .. }) => aggregations(format!(
                "`{name}` would not be computed, as it knows none of these; `3D_avg` and `3D` suit all"
            )),
            None => Ok(()),
        }
    }

    /// The families of which any feature is asked for, in catalogue order.
    pub fn families(&self) -> impl Iterator<Item = &'static Family> {
        self.shape.iter().chain(&self.intensity).map(|chosen| chosen.family)
    }

    /// The columns of one image: those of the shape, then those of each filter's response.
    pub fn columns(&self, image: &str, settings: &Settings) -> Vec<Column> {
        let shape = self.shape.iter().flat_map(|chosen| chosen.columns(image, settings));
        let of_filter = |filter: &Filter| {
            let image = response_name(image, filter);
            self.intensity.iter().flat_map(move |chosen| chosen.columns(&image, settings)).collect::<Vec<_>>()
        };
        shape.chain(settings.filters.iter().flat_map(of_filter)).collect()
    }
}

impl Chosen {
    /// What is asked of a family: the features at the places `named`, and those that the settings mean
    /// where they do not name any.
    fn new(settings: &Settings, family: &'static Family, named: &[usize]) -> Self {
        // A family that IBSI does not have is computed only when it or one of its features is named.
        let outside_ibsi = family.ibsi_id.is_empty();
        let in_family = match &settings.families {
            Some(families) => families.iter().any(|name| name == family.name),
            None => settings.features.is_none() && !outside_ibsi,
        };
        let is_meant = |feature: &Feature| {
            in_family
                && match settings.feature_set {
                    FeatureSet::Ibsi => outside_ibsi || !feature.ibsi_id.is_empty(),
                    FeatureSet::PyRadiomics => feature.pyradiomics.is_some() && !feature.only_by_name,
                }
        };
        let all = (family.features)().into_iter().enumerate();
        let chosen = all.filter(|(place, feature)| named.contains(place) || is_meant(feature));
        Self { family, features: chosen.map(|(place, _)| place).collect() }
    }

    /// The columns of one image or response, in the order in which the family computes their values.
    pub fn columns(&self, image: &str, settings: &Settings) -> Vec<Column> {
        let all = (self.family.features)();
        let several = self.family.compute.uses_levels() && !settings.further_discretisations.is_empty();
        let discretisations: Vec<Option<&Discretisation>> = match several {
            true => settings.discretisations().map(Some).collect(),
            false => vec![None],
        };
        let aggregations = self.family.scope.chosen(&settings.aggregations);
        let mut columns = Vec::new();
        for discretisation in discretisations {
            for &aggregation in &aggregations {
                columns.extend(self.features.iter().map(|&place| Column {
                    image: image.to_owned(),
                    family: self.family.name,
                    feature: all[place],
                    aggregation,
                    discretisation: discretisation.cloned(),
                }));
            }
        }
        columns
    }

    /// This choice without the features that depend on the mask alone.
    pub fn reading_intensities(&self) -> Self {
        let all = (self.family.features)();
        let reads = |place: &usize| all[*place].reads != Reads::Nothing;
        Self { family: self.family, features: self.features.iter().copied().filter(reads).collect() }
    }

    /// Number of values of one image or response, for one discretisation.
    pub fn values(&self, aggregations: &[Aggregation]) -> usize {
        self.family.scope.chosen(aggregations).len() * self.features.len()
    }
}

/// Places of the family and the feature that are called `family.feature`.
fn find(name: &str) -> Result<(usize, usize)> {
    let (of_family, of_feature) = name.split_once('.').unwrap_or((name, ""));
    let place = FAMILIES.iter().position(|family| family.name == of_family);
    let in_family = |place: usize| {
        let row = (FAMILIES[place].features)().iter().position(|feature| feature.name == of_feature);
        row.map(|feature| (place, feature))
    };
    place.and_then(in_family).ok_or_else(|| {
        let of = |f: &Family| -> Vec<String> {
            (f.features)().into_iter().map(|x| format!("{}.{}", f.name, x.name)).collect()
        };
        let all: Vec<String> = FAMILIES.iter().flat_map(of).collect();
        let is_family = place.is_some() && name == of_family;
        let suggestion = nearest(name, all.iter().map(String::as_str)).filter(|_| !is_family);
        let families: Vec<&str> = FAMILIES.iter().map(|family| family.name).collect();
        let known = match place {
            Some(place) if is_family => {
                let first = &of(&FAMILIES[place])[0];
                vec![format!("a feature of this family, such as {first}, or all of them by `families`")]
            }
            Some(place) => of(&FAMILIES[place]),
            None => vec![format!("family.feature with one of the families {}", one_of(&families))],
        };
        Error::UnknownName { kind: "feature", name: name.to_owned(), known, suggestion }
    })
}

/// What columns call the response of a filter to an image.
pub(crate) fn response_name(image: &str, filter: &Filter) -> String {
    match (image, filter) {
        (_, Filter::Original) => image.to_owned(),
        (ORIGINAL, _) => filter.name(),
        _ => format!("{image}-{}", filter.name()),
    }
}
