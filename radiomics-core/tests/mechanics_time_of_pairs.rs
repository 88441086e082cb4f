//! Moran's I and Geary's C of the CT phantom at native resolution, all 125,256 voxels, come
//! within two seconds on one thread. Prints the time: `cargo test --release --test
//! mechanics_time_of_pairs -- --nocapture`.
//!
//! Needs the reference data, at `RADIOMICS_DATA` or in a folder `shared` beside the repository.

mod common;

use std::time::{Duration, Instant};

use radiomics_core::{Execution, Settings, extract};

#[test]
fn spatial_features_of_the_ct_phantom() {
    let Some((image, mask)) = common::ct_phantom() else { return };
    let settings = Settings {
        features: Some(vec!["morphology.morans_i".into(), "morphology.gearys_c".into()]),
        ..Settings::default()
    };
    let start = Instant::now();
    let table = extract(
        &image.image(),
        &mask.mask(),
        1,
        &settings,
        &Execution { threads: 1, ..Execution::default() },
    );
    let elapsed = start.elapsed();
    let values: Vec<f64> = table.unwrap().rows().iter().map(|row| row.value).collect();
    println!("Moran's I {:.6}, Geary's C {:.6} in {elapsed:?}", values[0], values[1]);
    assert!(values.iter().all(|v| v.is_finite()));
    assert!(elapsed < Duration::from_secs(2), "{elapsed:?}");
}
