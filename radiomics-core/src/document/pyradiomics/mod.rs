//! PyRadiomics' parameter files as settings.
//!
//! One table says what becomes of each of its settings. What would change a number and cannot be
//! had here is an error that names it, never passed over.

mod images;

use serde_json::{Map, Value, json};

use super::{from_map, yaml_map};
use crate::catalogue::FAMILIES;
use crate::error::{Error, Result, nearest};
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

/// What becomes of one of PyRadiomics' settings.
enum Becomes {
    /// Our setting of this name, with the same values.
    Same(&'static str),
    /// Our setting of this name, with the values that the function makes.
    Converted(&'static str, fn(&'static str, &Value) -> Result<Value>),
    /// Looked at where several settings decide together.
    Together,
    /// Nothing: no value depends on it.
    Nothing,
    /// Nothing, while the value is one of these.
    NothingIf(&'static [&'static str], &'static str),
}
use Becomes::{Converted, Nothing, NothingIf, Same, Together};

const THRESHOLD_FIRST: &str = "count the voxels of the region before extraction";

#[rustfmt::skip]
static SETTINGS: &[(&str, Becomes)] = &[
    ("minimumROIDimensions", NothingIf(&["1", "2"], THRESHOLD_FIRST)),
    ("minimumROISize", NothingIf(&["1"], THRESHOLD_FIRST)),
    ("geometryTolerance", Same("geometry_tolerance")),
    ("correctMask", NothingIf(&["false"], "resample the mask to the grid of the image first")),
    ("additionalInfo", Nothing),
    ("label", Together),
    ("label_channel", NothingIf(&["0"], "take that component out of the mask first")),
    ("binWidth", Together),
    ("binCount", Together),
    ("normalize", Same("normalise")),
    ("normalizeScale", Same("normalise_scale")),
    ("removeOutliers", Same("normalise_clip")),
    ("resampledPixelSpacing", Together),
    ("interpolator", Together),
    ("padDistance", Same("filter_crop_voxels")),
    ("distances", Same("distances")),
    ("force2D", Together),
    ("force2Ddimension", Same("slice_axis")),
    ("resegmentRange", Converted("resegment_range", range)),
    ("resegmentMode", Converted("resegment_unit", unit)),
    ("resegmentShape", Converted("morphological_mask", shape_mask)),
    ("preCrop", Converted("filter_crop", crop)),
    ("sigma", Together),
    ("start_level", Together),
    ("level", Together),
    ("wavelet", Together),
    ("gradientUseSpacing", Together),
    ("lbp2DRadius", Together),
    ("lbp2DSamples", Together),
    ("lbp2DMethod", Together),
    ("lbp3DLevels", Together),
    ("lbp3DIcosphereRadius", Together),
    ("lbp3DIcosphereSubdivision", Together),
    ("voxelArrayShift", Same("intensity_shift")),
    ("symmetricalGLCM", Same("glcm_symmetric")),
    ("weightingNorm", Together),
    ("gldm_a", Same("ngldm_alpha")),
];

/// Settings of feature maps, which values for regions do not depend on.
const VOXEL_SETTINGS: [&str; 4] = ["kernelRadius", "maskedKernel", "initValue", "voxelBatch"];

/// PyRadiomics' feature classes and our families that hold their features.
const CLASSES: [(&str, &[&str]); 8] = [
    ("firstorder", &["intensity_statistics", "intensity_histogram"]),
    ("shape", &["morphology"]),
    ("shape2D", &["morphology_2d"]),
    ("glcm", &["glcm"]),
    ("glrlm", &["glrlm"]),
    ("glszm", &["glszm"]),
    ("gldm", &["ngldm"]),
    ("ngtdm", &["ngtdm"]),
];

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
    known(parameters.keys(), &SECTIONS)?;
    let [given, types, classes, voxel] = SECTIONS.map(|name| section(parameters, name));
    let (given, types, classes, voxel) = (given?, types?, classes?, voxel?);
    known(given.keys(), &SETTINGS.iter().map(|(name, _)| *name).collect::<Vec<_>>())?;
    known(voxel.keys(), &VOXEL_SETTINGS)?;

    let mut ours = Map::from_iter([("profile".to_owned(), json!("pyradiomics"))]);
    for (name, becomes) in SETTINGS {
        let Some(value) = setting(&given, name) else { continue };
        match becomes {
            Same(key) => ours.insert((*key).to_owned(), value.clone()),
            Converted(key, convert) => ours.insert((*key).to_owned(), convert(name, value)?),
            NothingIf(values, remedy) if !values.contains(&value.to_string().as_str()) => {
                return Err(unavailable(name, value, remedy));
            }
            Together | Nothing | NothingIf(..) => None,
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
    Ok(Parameters { settings: from_map(&ours).map_err(in_their_words)?, images, label })
}

/// A setting that is given: null switches one off.
fn setting<'a>(given: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    given.get(name).filter(|value| !value.is_null())
}

fn section(parameters: &Map<String, Value>, name: &'static str) -> Result<Map<String, Value>> {
    match parameters.get(name) {
        None | Some(Value::Null) => Ok(Map::new()),
        Some(Value::Object(map)) => Ok(map.clone()),
        Some(other) => Err(wrong(name, other, "it must be a mapping")),
    }
}

fn known<'a>(names: impl Iterator<Item = &'a String>, all: &[&str]) -> Result<()> {
    for name in names {
        if !all.contains(&name.as_str()) {
            let suggestion = nearest(name, all.iter().copied());
            return Err(Error::UnknownSetting { name: name.clone(), suggestion });
        }
    }
    Ok(())
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
    classes: &Map<String, Value>,
    given: &Map<String, Value>,
    ours: &mut Map<String, Value>,
) -> Result<()> {
    let (mut families, mut features): (Vec<&str>, Vec<String>) = Default::default();
    for (class, wanted) in classes {
        let Some(&(_, of_class)) = CLASSES.iter().find(|(name, _)| name == class) else {
            return Err(unknown("PyRadiomics feature class", class, CLASSES.iter().map(|(name, _)| *name)));
        };
        let names = match wanted {
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
    if classes.is_empty() {
        let all = CLASSES.iter().filter(|(class, _)| *class != "shape2D");
        families.extend(all.flat_map(|(_, of_class)| of_class.iter()));
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
        None => Err(unknown("PyRadiomics feature", name, theirs)),
    }
}

fn flag(given: &Map<String, Value>, name: &'static str) -> Result<bool> {
    match setting(given, name) {
        None => Ok(false),
        Some(value) => value.as_bool().ok_or_else(|| wrong(name, value, "give true or false")),
    }
}

/// One number is the lower end; two are sorted.
fn range(name: &'static str, value: &Value) -> Result<Value> {
    let numbers = value.as_array().map(|v| v.iter().map(Value::as_f64).collect::<Option<Vec<f64>>>());
    match numbers.flatten().as_deref() {
        Some([low]) => Ok(json!([low, null])),
        Some([a, b]) => Ok(json!([a.min(*b), a.max(*b)])),
        _ => Err(wrong(name, value, "give one or two numbers")),
    }
}

fn unit(name: &'static str, value: &Value) -> Result<Value> {
    match value.as_str() {
        Some("absolute") => Ok(json!("intensity")),
        Some("relative") => Ok(json!("maximum")),
        Some("sigma") => Ok(json!("sigma")),
        _ => Err(wrong(name, value, "give absolute, relative or sigma")),
    }
}

fn crop(name: &'static str, value: &Value) -> Result<Value> {
    match value.as_bool() {
        Some(true) => Ok(json!("always")),
        Some(false) => Ok(json!("when_interpolated")),
        None => Err(wrong(name, value, "give true or false")),
    }
}

fn shape_mask(name: &'static str, value: &Value) -> Result<Value> {
    match value.as_bool() {
        Some(true) => Ok(json!("resegmented")),
        Some(false) => Ok(json!("cropped")),
        None => Err(wrong(name, value, "give true or false")),
    }
}

/// The same error with PyRadiomics' name of the setting.
fn in_their_words(error: Error) -> Error {
    let Error::InvalidSetting { name: ours, value, remedy } = error else { return error };
    let together = [
        ("binCount", "bin_number"),
        ("binWidth", "bin_width"),
        ("resampledPixelSpacing", "resample_spacing_mm"),
        ("weightingNorm", "distance_weighting"),
    ];
    let table = SETTINGS.iter().filter_map(|(theirs, becomes)| match becomes {
        Same(key) | Converted(key, _) => Some((*theirs, *key)),
        _ => None,
    });
    let name = table.chain(together).find(|(_, key)| *key == ours).map_or(ours, |(theirs, _)| theirs);
    Error::InvalidSetting { name, value, remedy }
}

fn wrong(name: &'static str, value: &Value, remedy: &str) -> Error {
    Error::InvalidSetting { name, value: value.to_string(), remedy: remedy.to_owned() }
}

fn unavailable(name: &'static str, value: &Value, remedy: &str) -> Error {
    Error::Unavailable { name, value: value.to_string(), remedy: remedy.to_owned() }
}

fn unknown<'a>(kind: &'static str, name: &str, all: impl Iterator<Item = &'a str>) -> Error {
    Error::UnknownName { kind, name: name.to_owned(), suggestion: nearest(name, all) }
}

#[cfg(test)]
mod tests;
