//! PyRadiomics' settings, and what they are called here; its feature classes.

use serde_json::{Value, json};

use super::given::wrong;
use crate::catalogue::FAMILIES;
use crate::error::Result;

/// A setting of PyRadiomics.
#[derive(Debug)]
pub struct Setting {
    /// PyRadiomics' name of the setting.
    pub name: &'static str,
    /// The section of a parameter file that the setting is in: `setting`, or `voxelSetting` for feature maps.
    pub section: &'static str,
    /// The key of our settings that the setting decides on, alone or with others; empty if there is none.
    pub key: &'static str,
    /// Whether an extractor of PyRadiomics that is given no settings lists this one among its own. A
    /// setting that is not listed has its default value where it is read.
    pub listed: bool,
    pub(super) becomes: Becomes,
    default: &'static str,
}

impl Setting {
    /// PyRadiomics' default value of the setting.
    ///
    /// # Panics
    /// If the table of settings holds text that is no JSON, which a test rules out.
    pub fn default(&self) -> Value {
        serde_json::from_str(self.default).expect("defaults in the table are JSON")
    }
}

/// What becomes of one of PyRadiomics' settings.
#[derive(Debug)]
pub(super) enum Becomes {
    /// The setting is one of ours, with the same values.
    Same,
    /// The setting is one of ours, with the values that the function makes of theirs.
    Converted(fn(&'static str, &Value) -> Result<Value>),
    /// The setting is looked at where several decide together.
    Together,
    /// The setting is passed over: no value of a region depends on it.
    Nothing,
    /// The setting is passed over if its value is one of these, and refused else, with what to do instead.
    NothingIf(&'static [&'static str], &'static str),
}
use Becomes::{Converted, Nothing, NothingIf, Same, Together};

const THRESHOLD_FIRST: &str = "count the voxels of the region before extraction";
const RESAMPLE_FIRST: &str = "resample the mask to the grid of the image first";
const TAKE_OUT_FIRST: &str = "take that component out of the mask first";

const fn listed(name: &'static str, default: &'static str, key: &'static str, becomes: Becomes) -> Setting {
    Setting { name, section: "setting", key, listed: true, becomes, default }
}

const fn implied(name: &'static str, default: &'static str, key: &'static str, becomes: Becomes) -> Setting {
    Setting { name, section: "setting", key, listed: false, becomes, default }
}

const fn of_maps(name: &'static str, default: &'static str) -> Setting {
    Setting { name, section: "voxelSetting", key: "", listed: false, becomes: Nothing, default }
}

/// All settings of PyRadiomics, those that its extractor lists in its order.
#[rustfmt::skip]
pub static SETTINGS: &[Setting] = &[
    listed("minimumROIDimensions", "2", "", NothingIf(&["1", "2"], THRESHOLD_FIRST)),
    listed("minimumROISize", "null", "", NothingIf(&["1"], THRESHOLD_FIRST)),
    listed("normalize", "false", "normalise", Same),
    listed("normalizeScale", "1", "normalise_scale", Same),
    listed("removeOutliers", "null", "normalise_clip", Same),
    listed("resampledPixelSpacing", "null", "resample_spacing_mm", Together),
    listed("interpolator", "\"sitkBSpline\"", "image_interpolation", Together),
    listed("preCrop", "false", "filter_crop", Converted(crop)),
    listed("padDistance", "5", "filter_crop_voxels", Same),
    listed("distances", "[1]", "distances", Same),
    listed("force2D", "false", "aggregations", Together),
    listed("force2Ddimension", "0", "slice_axis", Same),
    listed("resegmentRange", "null", "resegment_range", Converted(range)),
    implied("resegmentMode", "\"absolute\"", "resegment_unit", Converted(unit)),
    implied("resegmentShape", "false", "morphological_mask", Converted(shape_mask)),
    listed("label", "1", "", Together),
    implied("label_channel", "0", "", NothingIf(&["0"], TAKE_OUT_FIRST)),
    listed("additionalInfo", "true", "", Nothing),
    implied("geometryTolerance", "null", "geometry_tolerance", Same),
    implied("correctMask", "false", "", NothingIf(&["false"], RESAMPLE_FIRST)),
    implied("binWidth", "25", "bin_width", Together),
    implied("binCount", "null", "bin_number", Together),
    implied("sigma", "[]", "filters", Together),
    implied("start_level", "0", "filters", Together),
    implied("level", "1", "filters", Together),
    implied("wavelet", "\"coif1\"", "filters", Together),
    implied("gradientUseSpacing", "true", "filters", Together),
    implied("lbp2DRadius", "1", "filters", Together),
    implied("lbp2DSamples", "8", "filters", Together),
    implied("lbp2DMethod", "\"uniform\"", "filters", Together),
    implied("lbp3DLevels", "2", "filters", Together),
    implied("lbp3DIcosphereRadius", "1", "filters", Together),
    implied("lbp3DIcosphereSubdivision", "1", "filters", Together),
    implied("voxelArrayShift", "0", "intensity_shift", Same),
    implied("symmetricalGLCM", "true", "glcm_symmetric", Same),
    implied("weightingNorm", "null", "distance_weighting", Together),
    implied("gldm_a", "0", "ngldm_alpha", Same),
    of_maps("kernelRadius", "1"),
    of_maps("maskedKernel", "true"),
    of_maps("initValue", "0"),
    of_maps("voxelBatch", "-1"),
];

/// The settings of a section of a parameter file.
pub(super) fn settings_of(section: &str) -> impl Iterator<Item = &'static Setting> + Clone {
    SETTINGS.iter().filter(move |setting| setting.section == section)
}

/// PyRadiomics' name of a key of our settings, if a single setting decides on it.
pub(super) fn name_of(key: &str) -> Option<&'static str> {
    let mut names = SETTINGS.iter().filter(|setting| setting.key == key).map(|setting| setting.name);
    names.next().filter(|_| names.next().is_none())
}

/// PyRadiomics' feature classes, each with our families that hold its features.
pub fn classes() -> Vec<(&'static str, Vec<&'static str>)> {
    let mut classes: Vec<(&str, Vec<&str>)> = Vec::new();
    for family in FAMILIES {
        let Some(class) = family.pyradiomics else { continue };
        match classes.iter_mut().find(|(name, _)| *name == class) {
            Some((_, families)) => families.push(family.name),
            None => classes.push((class, vec![family.name])),
        }
    }
    classes
}

/// The range of intensities of which one number is the lower end, and two are both ends in any order.
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
