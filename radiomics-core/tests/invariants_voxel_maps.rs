//! A voxel of a map is what the ordinary extraction gives for its window as a region.

use std::ops::ControlFlow;

use crate::common;
use common::noise::Noise;
use proptest::prelude::*;
use radiomics_core::catalogue::{FAMILIES, Family};
use radiomics_core::ndarray::Array3;
use radiomics_core::voxel_map::{Column, MovingWindow, feature_map_tiles, feature_maps};
use radiomics_core::{
    Aggregation, Discretisation, Error, Execution, Grid, Image, Isa, Mask, Named, Profile, Settings,
    SingleSlices, extract,
};

const SPACING_MM: [f64; 3] = [3.0, 1.0, 1.5];
const HIGHEST: usize = 6;

/// Intensities of which several share a grey level, and a mask.
fn volumes() -> impl Strategy<Value = (Array3<f64>, Array3<u8>)> {
    (1usize..5, 2usize..7, 2usize..8).prop_flat_map(|(nz, ny, nx)| {
        let n = nz * ny * nx;
        let values = proptest::collection::vec(1u32..(4 * HIGHEST as u32), n);
        let labels = proptest::collection::vec(proptest::bool::weighted(0.75), n);
        (values, labels).prop_map(move |(values, labels)| {
            let shape = (nz, ny, nx);
            let values = values.into_iter().map(|v| f64::from(v) / 4.0 + 0.5).collect();
            let mut labels: Vec<u8> = labels.into_iter().map(u8::from).collect();
            labels[..2].fill(1);
            (Array3::from_shape_vec(shape, values).unwrap(), Array3::from_shape_vec(shape, labels).unwrap())
        })
    })
}

/// Levels by explicit edges, so that they are the same whatever region they are taken of.
fn settings(profile: Profile, aggregations: &[Aggregation]) -> Settings {
    let settings = profile.settings();
    let of_profile = |family: &&Family| {
        profile == Profile::Ibsi || (family.features)().iter().any(|feature| feature.pyradiomics.is_some())
    };
    let families = FAMILIES.iter().filter(|family| family.has_maps()).filter(of_profile);
    Settings {
        discretisation: Discretisation::BinEdges { edges: (0..=HIGHEST).map(|e| e as f64 + 0.5).collect() },
        aggregations: aggregations.to_vec(),
        families: Some(families.map(|family| family.name.to_owned()).collect()),
        // A window is a piece of a volume, even where only a slice of it is inside.
        single_slices: SingleSlices::Volume,
        ..settings
    }
}

fn all_aggregations() -> Vec<Aggregation> {
    Aggregation::NAMES.iter().map(|(_, a)| *a).filter(|a| *a != Aggregation::Region).collect()
}

/// The voxels of the window round `centre` that count.
fn window_mask(labels: &Array3<u8>, centre: [usize; 3], window: &MovingWindow, axis: usize) -> Array3<u8> {
    let near = |at: [usize; 3]| {
        (0..3).all(|a| {
            at[a].abs_diff(centre[a]) <= if window.in_plane && a == axis { 0 } else { window.radius }
        })
    };
    Array3::from_shape_fn(labels.dim(), |(k, j, i)| {
        u8::from(near([k, j, i]) && (labels[[k, j, i]] == 1 || !window.masked))
    })
}

/// Whether a value of a map and that of the extraction agree. Both ways sum in different orders. Where
/// moments of levels up to 6 cancel, up to 12³ for the cluster shade, the rounding of the extraction is
/// left, beside a 0 of the map's whole numbers; what differs from 0 by less than 1e-12 is 0, as beside
/// PyRadiomics.
fn close(feature: &str, a: f64, b: f64) -> bool {
    // Of these the extraction takes the root of a difference that may be 0 but for rounding.
    let is_root = ["information_correlation_2", "maximal_correlation_coefficient"].contains(&feature);
    let absolute = if is_root { 1e-7 } else { 1e-12 };
    (a - b).abs() <= 1e-11 * b.abs() || (a - b).abs() <= absolute || a.is_nan() && b.is_nan()
}

fn check(values: &Array3<f64>, labels: &Array3<u8>, settings: &Settings, window: &MovingWindow) {
    let (nz, ny, nx) = values.dim();
    let grid = Grid::new([nz, ny, nx], SPACING_MM).unwrap();
    let image = Image::new(grid.clone(), values.view()).unwrap();
    let mask = Mask::new(grid.clone(), labels.view()).unwrap();
    let execution = Execution { threads: 1, ..Execution::default() };
    let maps = feature_maps(&image, &mask, 1, settings, window, &execution).unwrap();
    let layout = maps.layout();
    assert_eq!(layout.voxels().len(), labels.iter().filter(|&&l| l == 1).count());
    let first: [usize; 3] =
        std::array::from_fn(|a| (layout.grid().origin_mm[a] / SPACING_MM[a]).round() as usize);
    for (n, voxel) in layout.voxels().iter().enumerate() {
        let centre: [usize; 3] = std::array::from_fn(|a| voxel[a] as usize + first[a]);
        assert_eq!(labels[centre], 1);
        let inside = window_mask(labels, centre, window, settings.slice_axis);
        if inside.iter().filter(|&&l| l == 1).count() < 2 {
            // No region for `extract`, which wants two voxels.
            continue;
        }
        let table =
            extract(&image, &Mask::new(grid.clone(), inside.view()).unwrap(), 1, settings, &execution)
                .unwrap();
        assert_eq!(table.rows().len(), layout.columns().len());
        for (column, row) in table.rows().iter().enumerate() {
            let name = layout.columns()[column].name();
            assert_eq!(name, row.column.name());
            let ours = maps.values(column)[n];
            assert!(
                close(row.column.feature.name, ours, row.value),
                "{name} at {centre:?}: {ours} instead of {}",
                row.value
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_voxel_is_its_window_as_a_region(
        (values, labels) in volumes(),
        radius in prop_oneof![4 => 1usize..4, 1 => Just(15)],
        in_plane: bool,
        masked: bool,
        slice_axis in 0usize..3,
        pyradiomics: bool,
    ) {
        let profile = if pyradiomics { Profile::PyRadiomics } else { Profile::Ibsi };
        let settings = Settings { slice_axis, ..settings(profile, &all_aggregations()) };
        check(&values, &labels, &settings, &MovingWindow { radius, in_plane, masked });
    }

    #[test]
    fn so_it_is_with_other_settings(
        (values, labels) in volumes(),
        radius in 1usize..3,
        distances in prop_oneof![Just(vec![1u32]), Just(vec![2]), Just(vec![1, 2])],
        glcm_symmetric: bool,
        ngldm_alpha in 0u32..3,
        ngtdm_count_isolated: bool,
        glrlm_drop_single_voxel_lines: bool,
        weighted: bool,
    ) {
        let settings = Settings {
            distances,
            glcm_symmetric,
            ngldm_alpha,
            ngtdm_count_isolated,
            glrlm_drop_single_voxel_lines,
            intensity_shift: 7.5,
            distance_weighting: weighted.then_some(radiomics_core::Norm::Euclidean),
            ..settings(Profile::Ibsi, &all_aggregations())
        };
        check(&values, &labels, &settings, &MovingWindow { radius, ..MovingWindow::default() });
    }
}

/// Smooth intensities with noise in a ball of 8 voxels' radius.
fn ball() -> (Array3<f64>, Array3<u8>) {
    let mut noise = Noise::new(7);
    let values = Array3::from_shape_fn((11, 19, 19), |(k, j, i)| {
        (k as f64 * 0.7).sin() * 40.0 + (j + 2 * i) as f64 + noise.bits(4) as f64
    });
    let labels = Array3::from_shape_fn((11, 19, 19), |(k, j, i)| {
        let d =
            [(k, 5.0), (j, 9.0), (i, 9.0)].map(|(v, c)| (v as f64 - c) * (v as f64 - c)).iter().sum::<f64>();
        u8::from(d < 64.0)
    });
    (values, labels)
}

fn bits(threads: usize, isa: Isa, tile_bytes: usize) -> (Vec<Column>, Vec<u64>) {
    let (values, labels) = ball();
    let grid = Grid::new([11, 19, 19], SPACING_MM).unwrap();
    let (image, mask) =
        (Image::new(grid.clone(), values.view()).unwrap(), Mask::new(grid, labels.view()).unwrap());
    let mut computed = Vec::new();
    let (layout, _) = feature_map_tiles(
        &image,
        &mask,
        1,
        &Profile::Ibsi.settings().with_families(&["intensity_statistics", "glcm", "glszm"]),
        &MovingWindow::default(),
        &Execution { threads, isa },
        tile_bytes,
        |tile| {
            assert_eq!(tile.first * tile.layout.columns().len(), computed.len());
            assert!(tile.values.len() * 8 <= tile_bytes.max(tile.layout.columns().len() * 8));
            computed.extend(tile.values.iter().map(|v| v.to_bits()));
            ControlFlow::Continue(())
        },
    )
    .unwrap();
    assert_eq!(computed.len(), layout.voxels().len() * layout.columns().len());
    (layout.columns().to_vec(), computed)
}

trait WithFamilies {
    fn with_families(self, families: &[&str]) -> Self;
}

impl WithFamilies for Settings {
    fn with_families(self, families: &[&str]) -> Self {
        Settings { families: Some(families.iter().map(|&f| f.to_owned()).collect()), ..self }
    }
}

#[test]
fn threads_instruction_sets_and_tiles_give_the_same_bits() {
    let first = bits(1, Isa::Scalar, 1 << 20);
    for isa in Isa::available() {
        assert_eq!(first, bits(3, isa, 1 << 30), "{}", isa.name());
    }
    // A tile of one voxel, the least there is, and of a few.
    assert_eq!(first, bits(2, Isa::best(), 1));
    assert_eq!(first, bits(2, Isa::best(), 100_000));
}

#[test]
fn breaking_off_ends_the_work() {
    let (values, labels) = ball();
    let grid = Grid::new([11, 19, 19], SPACING_MM).unwrap();
    let (image, mask) =
        (Image::new(grid.clone(), values.view()).unwrap(), Mask::new(grid, labels.view()).unwrap());
    let settings = Settings::default().with_families(&["intensity_statistics"]);
    let mut tiles = 0;
    let (_, end) = feature_map_tiles(
        &image,
        &mask,
        1,
        &settings,
        &MovingWindow::default(),
        &Execution::default(),
        1,
        |_| {
            tiles += 1;
            if tiles == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        },
    )
    .unwrap();
    assert_eq!((tiles, end), (3, ControlFlow::Break(())));
}

#[test]
fn what_has_no_map_is_refused_by_name() {
    let (values, labels) = ball();
    let grid = Grid::new([11, 19, 19], SPACING_MM).unwrap();
    let (image, mask) =
        (Image::new(grid.clone(), values.view()).unwrap(), Mask::new(grid, labels.view()).unwrap());
    let run = |settings: &Settings, window: &MovingWindow| {
        feature_maps(&image, &mask, 1, settings, window, &Execution::default())
    };
    let window = MovingWindow::default();
    for family in ["morphology", "local_intensity", "intensity_volume_histogram"] {
        let error = run(&Settings::default().with_families(&[family, "glcm"]), &window).unwrap_err();
        assert!(matches!(&error, Error::InvalidSetting { value, .. } if value == family), "{error}");
    }
    for radius in [0, 16] {
        let error = run(&Settings::default(), &MovingWindow { radius, ..window }).unwrap_err();
        assert!(matches!(&error, Error::InvalidArgument { name: "radius", .. }), "{error}");
    }
    assert!(matches!(
        run(&Settings::default().with_families(&["glcmm"]), &window),
        Err(Error::UnknownName { .. })
    ));
}

#[test]
fn without_an_aggregation_that_a_family_knows_there_is_no_map() {
    let (values, labels) = ball();
    let grid = Grid::new([11, 19, 19], SPACING_MM).unwrap();
    let (image, mask) =
        (Image::new(grid.clone(), values.view()).unwrap(), Mask::new(grid, labels.view()).unwrap());
    let settings = Settings {
        aggregations: vec![Aggregation::Volume3d],
        ..Settings::default().with_families(&["glcm"])
    };
    let maps = feature_maps(&image, &mask, 1, &settings, &MovingWindow::default(), &Execution::default());
    assert!(matches!(maps, Err(Error::InvalidSetting { name: "aggregations", .. })));
}

#[test]
fn voxels_beside_the_region_that_are_no_number_do_not_count() {
    let (mut values, labels) = ball();
    // Next to the ball's first voxel, (5, 9, 2).
    values[[5, 9, 1]] = f64::NAN;
    let grid = Grid::new([11, 19, 19], SPACING_MM).unwrap();
    let (image, mask) =
        (Image::new(grid.clone(), values.view()).unwrap(), Mask::new(grid, labels.view()).unwrap());
    let settings =
        Settings { features: Some(vec!["intensity_statistics.mean".to_owned()]), ..Settings::default() };
    let window = MovingWindow { masked: false, ..MovingWindow::default() };
    let maps = feature_maps(&image, &mask, 1, &settings, &window, &Execution::default()).unwrap();
    let map = maps.dense(0, f64::NAN);
    let round = radiomics_core::ndarray::s![4..7, 8..11, 1..4];
    let known: Vec<f64> = values.slice(round).iter().copied().filter(|x| !x.is_nan()).collect();
    assert_eq!(known.len(), 26);
    let mean = known.iter().sum::<f64>() / 26.0;
    let start = maps.layout().grid().origin_mm;
    let at = std::array::from_fn(|a| [5, 9, 2][a] - (start[a] / SPACING_MM[a]).round() as usize);
    let at: [usize; 3] = at;
    assert!((map[at] - mean).abs() < 1e-12);
}
