//! Parameter files and what becomes of them.

use std::collections::HashSet;

use serde_json::json;

use super::*;
use crate::catalogue::FAMILIES;
use crate::document::KEYS;
use crate::filters::Filter;
use crate::settings::profile::Profile;
use crate::settings::{
    BinAnchor, Discretisation, FilterCrop, Interpolation, Norm, Normalisation, ResegmentUnit, Settings,
};
use crate::texture::aggregation::Aggregation;

fn settings(text: &str) -> Settings {
    from_yaml(text).unwrap().settings
}

#[test]
fn an_empty_file_is_the_profile() {
    let read = from_yaml("").unwrap();
    assert_eq!(read.label, 1);
    // PyRadiomics' classes are named; the profile leaves the same ones to the feature set.
    let named = Settings { families: None, features: None, ..read.settings.clone() };
    assert_eq!(named, Profile::PyRadiomics.settings());
    assert_eq!(read.settings.families.unwrap().len(), 8);
}

/// PyRadiomics computes the shape and no image of it; the original image, which nobody asked for, would be another thing.
#[test]
fn image_types_of_which_nothing_is_computed_are_refused() {
    for own in ["{}", "{sigma: []}", "null"] {
        let text = from_yaml(&format!("imageType: {{LoG: {own}}}")).unwrap_err().to_string();
        assert!(text.contains("give LoG a list `sigma` of numbers in mm, or Original"), "{text}");
        let with_another = settings(&format!("imageType: {{Original: {{}}, LoG: {own}}}"));
        assert_eq!(with_another.filters, [Filter::Original]);
    }
    assert_eq!(settings("imageType: {}").filters, [Filter::Original]);
}

#[test]
fn a_file_as_people_write_them() {
    let read = from_yaml(
        "imageType:\n  Original: {}\n\
         featureClass:\n  shape:\n  firstorder: []\n  glcm: [Contrast, MCC]\n\
         setting:\n  binWidth: 10\n  label: 3\n  interpolator: sitkLinear\n  resampledPixelSpacing: [1, 2, 0]\n  \
         weightingNorm: manhattan\n  resegmentRange: [3, -3]\n  resegmentMode: sigma\n  additionalInfo: true\n\
         voxelSetting:\n  kernelRadius: 2\n",
    )
    .unwrap();
    let s = read.settings;
    assert_eq!(read.label, 3);
    let anchor = BinAnchor::MultipleOfWidth;
    assert_eq!(s.discretisation, Discretisation::FixedBinSize { width: 10.0, anchor });
    assert_eq!(s.image_interpolation, Interpolation::Linear);
    assert_eq!(s.resample_spacing_mm, Some([None, Some(2.0), Some(1.0)]));
    assert_eq!(s.distance_weighting, Some(Norm::Manhattan));
    assert_eq!(s.aggregations, [Aggregation::Merged3d, Aggregation::Volume3d]);
    assert_eq!(s.resegment_range, Some([Some(-3.0), Some(3.0)]));
    assert_eq!(s.resegment_unit, ResegmentUnit::Sigma);
    assert_eq!(s.families.unwrap(), ["morphology", "intensity_statistics", "intensity_histogram"]);
    assert_eq!(s.features.unwrap(), ["glcm.contrast", "glcm.maximal_correlation_coefficient"]);
}

#[test]
fn settings_that_decide_together() {
    let bins = |text: &str| settings(text).discretisation;
    let both = bins("setting: {binWidth: 10, binCount: 16}");
    assert_eq!(both, Discretisation::FixedBinNumber { bins: 16 });
    let off = settings("setting: {interpolator: null, resampledPixelSpacing: [1, 1, 1]}");
    assert_eq!(off.resample_spacing_mm, None);
    let planar = settings("setting: {force2D: true, weightingNorm: no_weighting}");
    assert_eq!(planar.aggregations, [Aggregation::Merged25d]);
    assert_eq!(planar.distance_weighting, None);
    assert!(planar.families.unwrap().iter().any(|f| f == "morphology_2d"));
    assert_eq!(settings("setting: {resegmentRange: [5]}").resegment_range, Some([Some(5.0), None]));
}

#[test]
fn messages_name_parameter_value_and_remedy() {
    let message = |text: &str| from_yaml(text).unwrap_err().to_string();
    assert!(message("settings: {}").contains("did you mean `setting`?"));
    assert!(message("setting: {binwidth: 5}").contains("did you mean `binWidth`?"));
    assert!(message("setting: {binWidth: -5}").contains("`binWidth` is -5"));
    assert!(
        message("setting: {binWidth: [5, 10]}")
            .contains("`binWidth` is [5,10]: PyRadiomics takes one number")
    );
    assert!(message("setting: {binCount: 2.5}").contains("`binCount` is 2.5"));
    assert!(message("setting: {interpolator: sitkGaussian}").contains("sitkLinear or sitkBSpline"));
    assert!(message("setting: {correctMask: true}").contains("resample the mask"));
    assert!(message("setting: {minimumROISize: 50}").contains("`minimumROISize`"));
    let levels = "imageType: {Wavelet: {level: 18446744073709551615, start_level: 3}}";
    assert!(message(levels).contains("`level` is 18446744073709551615"), "{}", message(levels));
    assert!(message("setting: [1]").contains("must be a mapping"));
    assert!(message("setting: {weightingNorm: euclid}").contains("did you mean `euclidean`?"));
    assert!(message("imageType: {LoG: {binWidth: 5}}").contains("`binWidth` of the PyRadiomics parameters"));
    assert!(message("imageType: {LoG: {sigmas: [5]}}").contains("did you mean `sigma`?"));
    assert!(message("imageType: {Wavelet: {wavelet: db99}}").contains("db99"));
    assert!(message("imageType: {Orignal: {}}").contains("did you mean `Original`?"));
    assert!(message("featureClass: {glmc: []}").contains("did you mean `glcm`?"));
    assert!(message("featureClass: {glcm: [Contrst]}").contains("did you mean `Contrast`?"));
}

#[test]
fn image_types_are_filters_under_their_names() {
    let read = from_yaml(
        "imageType:\n  Original: {}\n  LoG: {sigma: [1, 2.0]}\n  Wavelet: {wavelet: haar}\n  Gradient: {}\n\
         setting: {level: 2, gradientUseSpacing: false, padDistance: 8, preCrop: true}",
    )
    .unwrap();
    let images: Vec<&str> = read.images.iter().map(String::as_str).collect();
    assert_eq!(
        images[..5],
        ["original", "log-sigma-1-mm-3D", "log-sigma-2-0-mm-3D", "wavelet-LLH", "wavelet-LHL"]
    );
    assert_eq!(
        images[9..],
        [
            "wavelet-HHH",
            "wavelet2-LLH",
            "wavelet2-LHL",
            "wavelet2-LHH",
            "wavelet2-HLL",
            "wavelet2-HLH",
            "wavelet2-HHL",
            "wavelet2-HHH",
            "wavelet2-LLL",
            "gradient"
        ]
    );
    assert_eq!(read.settings.filters.len(), images.len());
    assert_eq!((read.settings.filter_crop, read.settings.filter_crop_voxels), (FilterCrop::Always, 8));
    let none = from_yaml("setting: {binWidth: 25}").unwrap();
    assert_eq!((none.images, none.settings.filters), (vec!["original".to_owned()], vec![Filter::Original]));
}

#[test]
fn every_default_is_json_and_leaves_an_empty_file_as_it_is() {
    let empty = from_yaml("").unwrap();
    let names: HashSet<&str> = SETTINGS.iter().map(|setting| setting.name).collect();
    assert_eq!(names.len(), SETTINGS.len());
    for setting in SETTINGS {
        let given = json!({ setting.section: { setting.name: setting.default() } });
        assert_eq!(from_parameters(given.as_object().unwrap()).unwrap(), empty, "{}", setting.name);
    }
}

#[test]
fn settings_and_classes_are_called_what_they_are_called_here() {
    for setting in SETTINGS.iter().filter(|setting| !setting.key.is_empty()) {
        assert!(KEYS.iter().any(|key| key.name == setting.key), "{} is {}", setting.name, setting.key);
    }
    // A family has a class if it has features of PyRadiomics.
    for family in FAMILIES {
        let named = (family.features)().iter().any(|feature| feature.pyradiomics.is_some());
        let classes: Vec<_> = classes().into_iter().filter(|(_, of)| of.contains(&family.name)).collect();
        assert_eq!(classes.len(), usize::from(named), "{}: {classes:?}", family.name);
    }
    assert!(classes().contains(&("firstorder", vec!["intensity_statistics", "intensity_histogram"])));
}

#[test]
fn what_does_nothing_there_does_nothing_here() {
    let text = "setting: {normalizeScale: 100, removeOutliers: 3, resegmentMode: sigma}";
    assert_eq!(from_yaml(text).unwrap(), from_yaml("").unwrap());
    let on = settings("setting: {normalize: true, normalizeScale: 100, removeOutliers: 3}");
    assert_eq!(on.normalisation, Some(Normalisation { scale: 100.0, clip: Some(3.0) }));
}
