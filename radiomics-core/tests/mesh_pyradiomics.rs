//! Oracle: shape values of PyRadiomics, to 1e-9 relative.
//!
//! Needs the reference data, at `RADIOMICS_DATA` or in a folder `shared` beside the repository.

#[path = "common/nifti.rs"]
mod nifti;
#[path = "common/nrrd.rs"]
mod nrrd;

use std::path::{Path, PathBuf};

use radiomics_core::morphology::{FaceRule, Mesh};
use radiomics_core::ndarray::Array3;
use serde_json::Value;

const TOLERANCE: f64 = 1e-9;

fn data() -> Option<PathBuf> {
    let default = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared");
    let folder = std::env::var_os("RADIOMICS_DATA").map_or(PathBuf::from(default), PathBuf::from);
    folder.join("pyradiomics/golden").is_dir().then_some(folder)
}

fn read(path: &Path) -> ([f64; 3], Array3<f64>) {
    if path.extension().is_some_and(|e| e == "nrrd") {
        return nrrd::read(path);
    }
    let (grid, voxels) = nifti::read(path);
    (grid.spacing_mm, voxels.mapv(f64::from))
}

/// What PyRadiomics computes the shape of: the mask as it is, in 3D.
fn is_plain(golden: &Value) -> bool {
    let settings = &golden["effective_settings"];
    let unset = |name: &str| settings.get(name).is_none_or(Value::is_null);
    unset("resampledPixelSpacing")
        && unset("resegmentRange")
        && golden["features"].get("original_shape_MeshVolume").is_some()
}

fn check(name: &str, feature: &str, value: f64, golden: &Value) -> usize {
    let Some(expected) = golden["features"].get(format!("original_shape_{feature}")) else { return 0 };
    let expected = expected.as_f64().expect("a number");
    let deviation = (value - expected).abs() / expected.abs().max(f64::MIN_POSITIVE);
    assert!(deviation <= TOLERANCE, "{name} {feature}: {value}, not {expected} ({deviation:.1e})");
    1
}

#[test]
fn mesh_equals_pyradiomics() {
    let Some(data) = data() else {
        println!("skipped: no reference data (set RADIOMICS_DATA)");
        return;
    };
    let mut files: Vec<PathBuf> = std::fs::read_dir(data.join("pyradiomics/golden"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "json"))
        .collect();
    files.sort();
    let (mut cases, mut values) = (0, 0);
    for file in files {
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        let golden: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
        if !is_plain(&golden) {
            continue;
        }
        let (spacing_mm, labels) = read(&data.join(golden["mask"].as_str().unwrap()));
        let label = golden["label"].as_f64().unwrap();
        let mask = labels.mapv(|l| l == label);
        let mesh = Mesh::new(mask.view(), spacing_mm, FaceRule::ComplementSymmetric);
        let (volume, area) = (mesh.volume_mm3(), mesh.area_mm2());
        let [slice, column, row] = mesh.planar_diameters_mm();
        let sphere = (36.0 * std::f64::consts::PI * volume * volume).cbrt();
        for (feature, value) in [
            ("MeshVolume", volume),
            ("SurfaceArea", area),
            ("SurfaceVolumeRatio", area / volume),
            ("Sphericity", sphere / area),
            ("Maximum3DDiameter", mesh.diameter_mm()),
            ("Maximum2DDiameterSlice", slice),
            ("Maximum2DDiameterColumn", column),
            ("Maximum2DDiameterRow", row),
        ] {
            values += check(&name, feature, value, &golden);
        }
        cases += 1;
    }
    println!("{cases} cases, {values} values");
    assert!(cases > 0);
}
