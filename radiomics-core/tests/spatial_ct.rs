//! Moran's I and Geary's C of the CT phantom at native resolution, all 125,256 voxels, come
//! within two seconds on one thread. Prints the time: `cargo test --release --test spatial_ct --
//! --nocapture`.
//!
//! Needs the reference data, at `RADIOMICS_DATA` or in a folder `shared` beside the repository.

#[path = "common/nifti.rs"]
mod nifti;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use radiomics_core::{Execution, Image, Mask, Settings, extract};

#[test]
fn spatial_features_of_the_ct_phantom() {
    let default = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared");
    let data = std::env::var_os("RADIOMICS_DATA").map_or(PathBuf::from(default), PathBuf::from);
    let folder = data.join("ibsi1/ct_phantom");
    if !folder.is_dir() {
        println!("skipped: no reference data (set RADIOMICS_DATA)");
        return;
    }
    let (grid, intensities) = nifti::read(&folder.join("image.nii.gz"));
    let (mask_grid, labels) = nifti::read(&folder.join("mask.nii.gz"));
    let image = Image::new(grid, intensities.view()).unwrap();
    let mask = Mask::new(mask_grid, labels.view()).unwrap();
    let settings = Settings {
        features: Some(vec!["morphology.morans_i".into(), "morphology.gearys_c".into()]),
        ..Settings::default()
    };
    let start = Instant::now();
    let table = extract(&image, &mask, 1, &settings, &Execution { threads: 1, ..Execution::default() });
    let elapsed = start.elapsed();
    let values: Vec<f64> = table.unwrap().rows().iter().map(|row| row.value).collect();
    println!("Moran's I {:.6}, Geary's C {:.6} in {elapsed:?}", values[0], values[1]);
    assert!(values.iter().all(|v| v.is_finite()));
    assert!(elapsed < Duration::from_secs(2), "{elapsed:?}");
}
