//! Regions for which some features are not defined: flat, of one slice, of parts that do not
//! touch. Every other feature has a value, and none is missing.

use std::collections::BTreeSet;

use radiomics_core::aggregation::{Aggregation, Scope};
use radiomics_core::catalogue::{self, FAMILIES};
use radiomics_core::ndarray::Array3;
use radiomics_core::{
    Column, Discretisation, Execution, FeatureTable, Grid, IDENTITY, Image, Isa, Mask, Profile, Reason,
    Settings, SingleSlices, Status, extract,
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

/// 4 x 4 voxels of one slice.
fn slice() -> Array3<f64> {
    let mut intensities = Array3::from_shape_fn((1, 4, 4), |(_, j, i)| ((j * 3 + i * 5) % 4) as f64);
    intensities[(0, 3, 3)] = 9.0;
    intensities
}

#[test]
fn a_region_of_one_slice_is_planar() {
    let one = features(&slice(), &Array3::ones((1, 4, 4)), &PLAIN);
    // It has no shape in three dimensions, but distances between its voxels.
    let shape: Vec<_> = one.rows().iter().filter(|row| row.column.family == "morphology").collect();
    let defined: Vec<&str> =
        shape.iter().filter(|row| row.reason.is_none()).map(|row| row.column.feature.name).collect();
    assert_eq!(defined, ["centre_of_mass_shift", "morans_i", "gearys_c"]);
    for row in one.rows().iter().filter(|row| row.reason.is_some()) {
        assert_eq!((row.column.family, row.reason), ("morphology", Some(Reason::SingleSlice)));
        assert!(row.value.is_nan());
    }
    // All aggregations in three dimensions are those in its plane.
    let mut compared = 0;
    for row in one.rows().iter().filter(|row| row.column.aggregation.is_volumetric()) {
        let Column { family, feature, aggregation, .. } = &row.column;
        assert_eq!(
            Some(row.value),
            one.value(family, feature.name, aggregation.in_plane()),
            "{}",
            row.column.name()
        );
        compared += 1;
    }
    assert_eq!(compared, 2 * 25 + 2 * 16 + 16 + 16 + 5 + 17);
}

#[test]
fn a_region_of_one_slice_is_a_volume_if_it_is_to_be() {
    let (image, mask) = (slice(), Array3::<u8>::ones((1, 4, 4)));
    let grid = Grid::new([1, 4, 4], [1.0; 3]).unwrap();
    let image = Image::new(grid.clone(), image.view()).unwrap();
    let mask = Mask::new(grid, mask.view()).unwrap();
    let settings = Settings { single_slices: SingleSlices::Volume, ..settings() };
    let one = extract(&image, &mask, 1, &settings, &PLAIN).unwrap();
    // The ellipsoid of a plane of voxels has no volume.
    assert_eq!(undefined(&one), ["morphology.volume_density_aee"]);
    for feature in ["small_zone_emphasis", "zone_size_entropy"] {
        let value = |aggregation| one.value("glszm", feature, aggregation);
        assert_eq!(value(Aggregation::Averaged2d), value(Aggregation::Volume3d));
    }
    // Out of the plane, every voxel is a run of its own.
    let runs = |aggregation| one.value("glrlm", "run_percentage", aggregation).unwrap();
    assert!(runs(Aggregation::Averaged3d) > runs(Aggregation::Averaged2d));
}

#[test]
fn the_profile_of_slices() {
    let settings = Profile::Ibsi2d.settings();
    let columns = catalogue::columns(&settings, &["original"]).unwrap();
    assert_eq!(columns.len(), 10 + 2 + 18 + 23 + 7 + 25 + 16 + 16 + 16 + 5 + 17);
    assert!(columns.iter().all(|column| !column.aggregation.is_volumetric()));
    let families: BTreeSet<&str> = columns.iter().map(|column| column.family).collect();
    let others: Vec<&str> = FAMILIES.iter().map(|f| f.name).filter(|name| !families.contains(name)).collect();
    assert_eq!(others, ["morphology"]);

    let run = |intensities: Array3<f64>, spacing_mm: [f64; 3], resample_spacing_mm| {
        let shape = intensities.dim().into();
        let mask = Array3::<u8>::ones(shape);
        let grid = Grid::new(shape, spacing_mm).unwrap();
        let settings = Settings { resample_spacing_mm, ..settings.clone() };
        let image = Image::new(grid.clone(), intensities.view()).unwrap();
        extract(&image, &Mask::new(grid, mask.view()).unwrap(), 1, &settings, &PLAIN).unwrap()
    };
    let area =
        |table: &FeatureTable| table.value("morphology_2d", "pixel_surface", Aggregation::Region).unwrap();
    let one = run(slice(), [5.0, 1.0, 1.0], None);
    assert_eq!(undefined(&one), [""; 0]);
    assert_eq!(area(&one), 16.0);
    // The axis across the slice keeps its spacing, whatever it is.
    assert_eq!(area(&run(slice(), [5.0, 1.0, 1.0], Some([Some(0.5); 3]))), 16.0);
    let several = run(Array3::from_shape_fn((3, 4, 4), |(k, j, i)| (k + j * i) as f64), [1.0; 3], None);
    for row in several.rows().iter().filter(|row| row.column.family == "morphology_2d") {
        assert_eq!(row.reason, Some(Reason::SeveralSlices));
    }
}
