//! A parameter file as settings and names of images.

use serde_json::{Map, Value, json};

use super::given::{flag, known, section, setting, unavailable, wrong};
use super::images;
use super::table::{Becomes, Setting, classes, name_of, settings_of};
use crate::catalogue::FAMILIES;
use crate::document::map::{Idle, read_over};
use crate::document::text::yaml_map;
use crate::error::{Error, Result, unknown_name};
use crate::settings::Settings;

/// What a parameter file asks for.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameters {
    /// The settings, on top of the profile `pyradiomics`.
    pub settings: Settings,
    /// PyRadiomics' names of the images that the filters of the settings make, in their order.
    pub images: Vec<String>,
    /// The label of the region; 1 if the file does not say.
    pub label: i64,
}

/// Reads a parameter file, YAML 1.2 or JSON.
///
/// With `force2D`, GLCM and GLRLM are computed in two aggregations, of which PyRadiomics has the
/// first one, `2.5D_dir_merged`: the second is that of the families without directions.
///
/// # Errors
/// [`Error::InvalidDocument`] for text that is no mapping, [`Error::UnknownSetting`] or
/// [`Error::UnknownName`] with the nearest name, [`Error::InvalidSetting`] naming the parameter and
/// its value, [`Error::Unavailable`] for what cannot be had here.
pub fn from_yaml(text: &str) -> Result<Parameters> {
    from_parameters(&yaml_map(text)?)
}

/// Reads the parameters of a file: `setting`, `imageType`, `featureClass`, `voxelSetting`.
///
/// # Errors
/// As [`from_yaml`].
pub fn from_parameters(parameters: &Map<String, Value>) -> Result<Parameters> {
    const SECTIONS: [&str; 4] = ["setting", "imageType", "featureClass", "voxelSetting"];
    known(parameters.keys(), SECTIONS.into_iter())?;
    let [given, types, classes, of_maps] = SECTIONS.map(|name| section(parameters, name));
    let (given, types, classes, of_maps) = (given?, types?, classes?, of_maps?);
    for (section, given) in [("setting", &given), ("voxelSetting", &of_maps)] {
        known(given.keys(), settings_of(section).map(|setting| setting.name))?;
    }

    let mut ours = Map::from_iter([("profile".to_owned(), json!("pyradiomics"))]);
    for Setting { name, key, becomes, .. } in settings_of("setting") {
        let Some(value) = setting(&given, name) else { continue };
        match becomes {
            Becomes::Same => ours.insert((*key).to_owned(), value.clone()),
            Becomes::Converted(convert) => ours.insert((*key).to_owned(), convert(name, value)?),
            Becomes::NothingIf(values, remedy) if !values.contains(&value.to_string().as_str()) => {
                return Err(unavailable(name, value, remedy));
            }
            Becomes::Together | Becomes::Nothing | Becomes::NothingIf(..) => None,
        };
    }
    bins(&given, &mut ours)?;
    resampling(&given, &mut ours)?;
    aggregations(&given, &mut ours)?;
    features(&classes, &given, &mut ours)?;
    let images = images::read(&types, &given)?;
    ours.insert("filters".to_owned(), images.iter().map(|(_, filter)| filter.clone()).collect());
    let images = images.into_iter().map(|(name, _)| name).collect();
    let label = match setting(&given, "label") {
        None => 1,
        Some(value) => value.as_i64().ok_or_else(|| wrong("label", value, "give a whole number"))?,
    };
    // PyRadiomics takes `normalizeScale` without `normalize`, which then does nothing.
    let settings = read_over(&Settings::default(), &ours, Idle::Dropped);
    Ok(Parameters { settings: settings.map_err(in_their_words)?, images, label })
}

fn bins(given: &Map<String, Value>, ours: &mut Map<String, Value>) -> Result<()> {
    // PyRadiomics' order of precedence.
    for (theirs, key) in [("binCount", "bin_number"), ("binWidth", "bin_width")] {
        let Some(value) = setting(given, theirs) else { continue };
        if value.is_array() {
            // Its names of features have no place for which of several it is.
            let remedy = format!("PyRadiomics takes one number; our own setting `{key}` takes a list");
            return Err(wrong(theirs, value, &remedy));
        }
        ours.insert(key.to_owned(), value.clone());
        break;
    }
    Ok(())
}

fn resampling(given: &Map<String, Value>, ours: &mut Map<String, Value>) -> Result<()> {
    // `interpolator: null` means no resampling; an absent one is the B-spline of the profile.
    let off = given.get("interpolator").is_some_and(Value::is_null);
    if let Some(value) = setting(given, "interpolator") {
        let method = match (value.as_str(), value.as_i64()) {
            (Some("sitkNearestNeighbor"), _) | (_, Some(1)) => "nearest",
            (Some("sitkLinear"), _) | (_, Some(2)) => "linear",
            (Some("sitkBSpline"), _) | (_, Some(3)) => "cubic_spline",
            _ => {
                let remedy = "give sitkNearestNeighbor, sitkLinear or sitkBSpline";
                return Err(unavailable("interpolator", value, remedy));
            }
        };
        ours.insert("image_interpolation".to_owned(), json!(method));
    }
    let Some(value) = setting(given, "resampledPixelSpacing").filter(|_| !off) else { return Ok(()) };
    let Some([x, y, z]) = value.as_array().map(Vec::as_slice) else {
        return Err(wrong("resampledPixelSpacing", value, "give three numbers (x, y, z)"));
    };
    // Theirs is (x, y, z), and 0 keeps the spacing of an axis.
    let keeps = |v: &Value| if v.as_f64() == Some(0.0) { Value::Null } else { v.clone() };
    ours.insert("resample_spacing_mm".to_owned(), json!([keeps(z), keeps(y), keeps(x)]));
    Ok(())
}

fn aggregations(given: &Map<String, Value>, ours: &mut Map<String, Value>) -> Result<()> {
    let merged = match setting(given, "weightingNorm").map(Value::as_str) {
        None => false,
        Some(Some("no_weighting")) => true,
        Some(Some(norm)) => {
            ours.insert("distance_weighting".to_owned(), json!(norm));
            true
        }
        Some(None) => return Err(wrong("weightingNorm", &given["weightingNorm"], "give the name of a norm")),
    };
    let names: &[&str] = match (flag(given, "force2D")?, merged) {
        (true, false) => &["2.5D_dir_merged", "2.5D_merged"],
        (true, true) => &["2.5D_merged"],
        (false, false) => &["3D_avg", "3D"],
        (false, true) => &["3D_merged", "3D"],
    };
    ours.insert("aggregations".to_owned(), json!(names));
    Ok(())
}

fn features(
    wanted: &Map<String, Value>,
    given: &Map<String, Value>,
    ours: &mut Map<String, Value>,
) -> Result<()> {
    let (mut families, mut features): (Vec<&str>, Vec<String>) = Default::default();
    let classes = classes();
    for (class, names) in wanted {
        let Some((_, of_class)) = classes.iter().find(|(name, _)| name == class) else {
            return Err(unknown_name(
                "PyRadiomics feature class",
                class,
                classes.iter().map(|(name, _)| *name),
            ));
        };
        let names = match names {
            Value::Null => &[][..],
            Value::Array(names) => names,
            other => return Err(wrong("featureClass", other, "give a list of features for each class")),
        };
        if names.is_empty() {
            families.extend_from_slice(of_class);
        }
        for name in names {
            features.push(feature(of_class, name)?);
        }
    }
    if wanted.is_empty() {
        let all = classes.iter().filter(|(class, _)| *class != "shape2D");
        families.extend(all.flat_map(|(_, of_class)| of_class));
        // As in PyRadiomics, where shape2D without force2D is left out.
        families.extend(flag(given, "force2D")?.then_some("morphology_2d"));
    }
    ours.insert("families".to_owned(), json!(families));
    ours.insert("features".to_owned(), json!(features));
    Ok(())
}

/// Our `family.feature` for PyRadiomics' name of a feature.
fn feature(families: &[&str], name: &Value) -> Result<String> {
    let Some(name) = name.as_str() else {
        return Err(wrong("featureClass", name, "give names of features"));
    };
    let rows = FAMILIES
        .iter()
        .filter(|family| families.contains(&family.name))
        .flat_map(|family| (family.features)().into_iter().map(move |feature| (family.name, feature)));
    let theirs = rows.clone().filter_map(|(_, feature)| feature.pyradiomics);
    match rows.clone().find(|(_, feature)| feature.pyradiomics == Some(name)) {
        Some((family, feature)) => Ok(format!("{family}.{}", feature.name)),
        None => Err(unknown_name("PyRadiomics feature", name, theirs)),
    }
}

/// Turns an error about one of our keys into one about PyRadiomics' setting that decides on it.
fn in_their_words(error: Error) -> Error {
    match error {
        Error::InvalidSetting { name, value, remedy } => {
            Error::InvalidSetting { name: name_of(name).unwrap_or(name), value, remedy }
        }
        other => other,
    }
}
