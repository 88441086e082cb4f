//! PyRadiomics' own values, through the PyRadiomics profile.

#[path = "common/nrrd.rs"]
mod nrrd;

use std::collections::HashMap;
use std::path::Path;

use crate::common;
use radiomics_core::document::pyradiomics;
use radiomics_core::filters::Filter;
use radiomics_core::{Aggregation, Execution, FeatureTable, Image, Mask, Settings, extract};
use serde_json::{Map, Value, json};

/// What rounding of sums in another order leaves, relative to the value of a feature.
const RELATIVE: f64 = 1e-9;
/// The tolerance for MCC, relative to its value: PyRadiomics adds 2.2e-16 to p_i·p_j in the matrix whose
/// eigenvalue MCC is, which shows where rare levels make that product small.
const RELATIVE_MCC: f64 = 1e-6;
/// The file in which one voxel of 16,528 is 625 in PyRadiomics and 626 here: the energies differ by
/// exactly 626² − 625². Intensities are cut off to integers after interpolation, so a rounding error of
/// ITK's arithmetic or ours decides. That moves the moments by up to 5e-6.
const ONE_VOXEL_APART: &str = "brain1_10_resample111_linear";
const RELATIVE_ONE_VOXEL: f64 = 1e-5;
/// What differs from 0 by less than this is 0: PyRadiomics adds 2.2e-16 to probabilities in logarithms.
const ABSOLUTE: f64 = 1e-12;

/// PyRadiomics' class of a family.
fn class(family: &str) -> Option<&'static str> {
    radiomics_core::catalogue::family(family).unwrap().pyradiomics
}

/// The value of `<image>_<class>_<name>`; of the directional families the averaged or merged
/// matrix that PyRadiomics would use.
fn value(
    table: &FeatureTable,
    key: &str,
    images: &HashMap<String, String>,
    setting: &Map<String, Value>,
) -> Option<f64> {
    let (image, rest) = key.split_once('_')?;
    let image = images.get(image)?;
    let (wanted_class, name) = rest.split_once('_')?;
    let rows = table.rows().iter().filter(|row| {
        row.column.image == *image
            && class(row.column.family) == Some(wanted_class)
            && row.column.feature.pyradiomics == Some(name)
    });
    let averaged = [Aggregation::Averaged3d, Aggregation::DirectionMerged25d];
    let merged = setting.contains_key("weightingNorm");
    let directional = ["glcm", "glrlm"].contains(&wanted_class);
    rows.filter(|row| !directional || averaged.contains(&row.column.aggregation) != merged)
        .map(|row| row.value)
        .next()
}

fn run(image: &Image, mask: &Mask, label: i64, settings: &Settings) -> FeatureTable {
    extract(image, mask, label, settings, &Execution::default()).unwrap()
}

fn table(folder: &Path, golden: &Value, settings: &Settings) -> FeatureTable {
    let path = |key: &str| folder.join(golden[key].as_str().unwrap());
    let label = golden["label"].as_i64().unwrap();
    if path("image").extension().is_some_and(|e| e == "nrrd") {
        let (image, mask) = (nrrd::Nrrd::read(&path("image")), nrrd::Nrrd::read(&path("mask")));
        run(&image.image(), &mask.mask(), label, settings)
    } else {
        let (image, mask) = (common::Volume::nifti(&path("image")), common::Volume::nifti(&path("mask")));
        run(&image.image(), &mask.mask(), label, settings)
    }
}

/// The golden files, but for an interpolator that is ITK's alone.
fn goldens(folder: &Path) -> Vec<(String, Value)> {
    let mut files: Vec<_> = std::fs::read_dir(folder.join("pyradiomics/golden"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.to_string_lossy().ends_with(".json") && !path.to_string_lossy().ends_with(".npz.json")
        })
        .collect();
    files.sort();
    let read = |path: &std::path::PathBuf| -> Value {
        serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
    };
    files
        .iter()
        .map(|path| (path.file_stem().unwrap().to_string_lossy().into_owned(), read(path)))
        .filter(|(_, golden)| golden["params"]["setting"]["interpolator"] != json!("sitkGaussian"))
        .collect()
}

#[test]
fn every_value_of_every_golden_file() {
    let Some(folder) = common::data() else { return };
    let (mut outside, mut files) = (Vec::new(), 0);
    let mut deviations = Vec::new();
    for (name, golden) in goldens(&folder) {
        let setting = golden["params"]["setting"].as_object().unwrap();
        // The feature classes are left to the list of features below.
        let parameters = json!({ "setting": setting, "imageType": golden["params"]["imageType"] });
        let parameters = pyradiomics::from_parameters(parameters.as_object().unwrap()).unwrap();
        // Shape is the original image's, whether its intensities are asked for or not.
        let mut images = HashMap::from([("original".to_owned(), "original".to_owned())]);
        images.extend(
            parameters.images.iter().cloned().zip(parameters.settings.filters.iter().map(Filter::name)),
        );
        // Everything that has a PyRadiomics name, also what it computes on request only.
        let named = radiomics_core::catalogue::FAMILIES.iter().flat_map(|family| {
            let features = (family.features)().into_iter().filter(|f| f.pyradiomics.is_some());
            features.map(|feature| format!("{}.{}", family.name, feature.name))
        });
        let all = Settings { features: Some(named.collect()), families: None, ..parameters.settings };
        let table = table(&folder, &golden, &all);
        files += 1;
        for (key, expected) in golden["features"].as_object().unwrap() {
            let expected = expected.as_f64().unwrap();
            let ours = value(&table, key, &images, setting).unwrap_or(f64::NAN);
            let difference = (ours - expected).abs();
            let deviation = difference / expected.abs().max(ABSOLUTE);
            if deviation > RELATIVE {
                println!("{name} {key}: {ours:e} beside {expected:e}, {deviation:.1e} relative");
            }
            deviations.push(deviation);
            let relative = if key.ends_with("_MCC") { RELATIVE_MCC } else { RELATIVE };
            let relative = if name == ONE_VOXEL_APART { RELATIVE_ONE_VOXEL } else { relative };
            if !(difference <= relative * expected.abs() || difference <= ABSOLUTE) {
                outside.push(format!(
                    "{name} {key}: {ours} instead of {expected} ({:.1e})",
                    difference / expected.abs()
                ));
            }
        }
    }
    deviations.sort_by(f64::total_cmp);
    let within = |limit: f64| deviations.iter().filter(|d| **d <= limit).count();
    println!(
        "{files} files, {} values: {} within 1e-15, {} within 1e-12, {} within 1e-9, {} within 1e-6 relative",
        deviations.len(),
        within(1e-15),
        within(1e-12),
        within(1e-9),
        within(1e-6),
    );
    assert!(outside.is_empty(), "{} outside:\n{}", outside.len(), outside.join("\n"));
}
