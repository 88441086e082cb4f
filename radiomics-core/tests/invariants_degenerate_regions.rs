//! Regions for which some features are not defined: flat, of one slice, of parts that do not
//! touch. Every other feature has a value, and none is missing.

use radiomics_core::aggregation::{Aggregation, Scope};
use radiomics_core::ndarray::Array3;
use radiomics_core::{
    Discretisation, Execution, FeatureTable, Grid, IDENTITY, Image, Isa, Mask, Settings, Status, extract,
};

fn settings() -> Settings {
    let all = Scope::Directional.aggregations().iter().chain(Scope::Omnidirectional.aggregations());
    Settings {
        discretisation: Discretisation::FixedBinNumber { bins: 4 },
        aggregations: all.map(|&(aggregation, _)| aggregation).collect(),
        ..Settings::default()
    }
}

fn features(intensities: &Array3<f64>, mask: &Array3<u8>, execution: &Execution) -> FeatureTable {
    let (nz, ny, nx) = intensities.dim();
    let grid = Grid { shape: [nz, ny, nx], spacing_mm: [1.0; 3], origin_mm: [0.0; 3], direction: IDENTITY };
    let image = Image::new(grid.clone(), intensities.view()).unwrap();
    let mask = Mask::new(grid, mask.view()).unwrap();
    extract(&image, &mask, 1, &settings(), execution).unwrap()
}

/// One thread, scalar instructions.
const PLAIN: Execution = Execution { threads: 1, isa: Isa::Scalar };

fn undefined(table: &FeatureTable) -> Vec<String> {
    let rows = table.rows().iter().filter(|row| row.status() == Status::Undefined);
    let mut names: Vec<String> =
        rows.map(|row| format!("{}.{}", row.column.family, row.column.feature.name)).collect();
    names.dedup();
    names
}

#[test]
fn a_flat_region_lacks_only_what_is_undefined() {
    let flat = features(&Array3::from_elem((3, 3, 3), -7.5), &Array3::ones((3, 3, 3)), &PLAIN);
    // One level, in the first of four bins: more than 10 % of the region reach it, none the next.
    assert_eq!(undefined(&flat), ["morphology.morans_i", "morphology.gearys_c"]);
    assert_eq!(flat.value("ngtdm", "coarseness", Aggregation::Volume3d), Some(1e6));
    assert_eq!(flat.value("glszm", "zone_percentage", Aggregation::Volume3d), Some(1.0 / 27.0));
    assert_eq!(flat.value("glrlm", "run_entropy", Aggregation::Merged3d).map(|v| v > 0.0), Some(true));
}

/// Voxels without neighbours have runs, zones and dependences but neither pairs nor tones.
#[test]
fn parts_that_do_not_touch() {
    let mask = Array3::from_shape_fn((3, 3, 5), |(k, j, i)| u8::from(k % 2 + j % 2 + i % 2 == 0));
    let intensities = Array3::from_shape_fn((3, 3, 5), |(k, j, i)| (k + j + i) as f64);
    let scattered = features(&intensities, &mask, &PLAIN);
    let without: Vec<String> = undefined(&scattered);
    assert!(
        without.iter().all(|name| name.starts_with("glcm.") || name.starts_with("ngtdm.")),
        "{without:?}"
    );
    assert_eq!(scattered.value("glrlm", "run_percentage", Aggregation::Averaged3d), Some(1.0));
    assert_eq!(scattered.value("ngldm", "high_dependence_emphasis", Aggregation::Merged25d), Some(1.0));
    assert_eq!(scattered.value("gldzm", "large_distance_emphasis", Aggregation::Volume3d), Some(1.0));
}

#[test]
fn a_region_of_one_slice() {
    let mut intensities = Array3::from_shape_fn((1, 4, 4), |(_, j, i)| ((j * 3 + i * 5) % 4) as f64);
    intensities[(0, 3, 3)] = 9.0;
    let slice = features(&intensities, &Array3::ones((1, 4, 4)), &PLAIN);
    // The ellipsoid of a plane of voxels has no volume.
    assert_eq!(undefined(&slice), ["morphology.volume_density_aee"]);
    for feature in ["small_zone_emphasis", "zone_size_entropy"] {
        let value = |aggregation| slice.value("glszm", feature, aggregation);
        assert_eq!(value(Aggregation::Averaged2d), value(Aggregation::Volume3d));
    }
}
