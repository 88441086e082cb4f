//! What must not change a number: threads, instruction sets, how voxels are stored, where the
//! region lies in the image.

use crate::common;
use common::noise::Noise;
use proptest::prelude::*;
use radiomics_core::ndarray::{Array3, Axis, s};
use radiomics_core::{
    Aggregation, BinAnchor, Discretisation, Execution, FeatureTable, Grid, Image, Isa, Mask, Named, Settings,
    Voxels, extract,
};

fn run(image: &Image, mask: &Mask, settings: &Settings, execution: &Execution) -> FeatureTable {
    extract(image, mask, 1, settings, execution).expect("features")
}

fn bits(table: &FeatureTable) -> Vec<(String, u64)> {
    table.rows().iter().map(|row| (row.column.name(), row.value.to_bits())).collect()
}

fn all_aggregations(settings: Settings) -> Settings {
    let all = Aggregation::NAMES.iter().map(|(_, a)| *a);
    Settings { aggregations: all.filter(|a| *a != Aggregation::Region).collect(), ..settings }
}

/// Settings that go through every step.
fn thorough() -> Settings {
    all_aggregations(Settings {
        resample_spacing_mm: Some([Some(1.5), Some(1.25), Some(0.8)]),
        resegment_range: Some([Some(5.0), None]),
        resegment_sigma: Some(2.5),
        discretisation: Discretisation::FixedBinSize { width: 7.0, anchor: BinAnchor::LowerBound },
        ..Settings::default()
    })
}

fn noise(shape: [usize; 3]) -> Array3<f64> {
    let mut noise = Noise::new(12345);
    Array3::from_shape_simple_fn(shape, || noise.fraction(24) * 100.0)
}

fn ball(shape: [usize; 3]) -> Array3<u8> {
    let centre = shape.map(|n| (n as f64 - 1.0) / 2.0);
    let radius = centre.into_iter().fold(f64::INFINITY, f64::min) - 0.5;
    Array3::from_shape_fn(shape, |(k, j, i)| {
        let d = [k, j, i].into_iter().zip(centre).map(|(v, c)| (v as f64 - c).powi(2)).sum::<f64>();
        u8::from(d <= radius * radius)
    })
}

#[test]
fn threads_and_instruction_sets_give_the_same_bits() {
    let shape = [14, 19, 23];
    let (voxels, labels) = (noise(shape), ball(shape));
    let grid = Grid::new(shape, [2.0, 1.0, 1.0]).unwrap();
    let image = Image::new(grid.clone(), voxels.view()).unwrap();
    let mask = Mask::new(grid, labels.view()).unwrap();
    for settings in [thorough(), all_aggregations(Settings::default())] {
        let first = bits(&run(&image, &mask, &settings, &Execution { threads: 1, isa: Isa::Scalar }));
        for isa in Isa::available() {
            for threads in [1, 2, 4, 7] {
                let again = bits(&run(&image, &mask, &settings, &Execution { threads, isa }));
                assert_eq!(first, again, "{} with {threads} threads", isa.name());
            }
        }
    }
}

#[test]
fn ct_phantom_gives_the_same_bits_with_1_and_4_threads() {
    let Some((image, mask)) = common::ct_phantom() else { return };
    for name in ["A", "E"] {
        let settings = Settings::ibsi_configuration(name).unwrap();
        let with =
            |threads, isa| bits(&run(&image.image(), &mask.mask(), &settings, &Execution { threads, isa }));
        assert_eq!(with(1, Isa::Scalar), with(4, Isa::best()), "configuration {name}");
    }
}

#[test]
fn types_and_strides_of_voxels_do_not_matter() {
    let shape = [6, 7, 8];
    let grid = Grid::new(shape, [2.0, 1.0, 1.0]).unwrap();
    let voxels = noise(shape).mapv(f64::round);
    let labels = ball(shape);
    let mask = Mask::new(grid.clone(), labels.view()).unwrap();
    let of = |voxels: Voxels, mask: &Mask| {
        let image = Image::new(grid.clone(), voxels).unwrap();
        bits(&run(&image, mask, &thorough(), &Execution::default()))
    };
    let first = of(voxels.view().into(), &mask);
    macro_rules! as_type {
        ($($t:ty),*) => {$(
            let typed = voxels.mapv(|x| x as $t);
            assert_eq!(first, of(typed.view().into(), &mask), stringify!($t));
            let typed = labels.mapv(|x| x as $t);
            assert_eq!(first, of(voxels.view().into(), &Mask::new(grid.clone(), typed.view()).unwrap()));
        )*};
    }
    as_type!(u8, i8, u16, i16, u32, i32, u64, i64, f32, f64);

    let mut fortran = voxels.t().as_standard_layout().into_owned();
    assert_eq!(first, of(fortran.view().reversed_axes().into(), &mask));
    fortran.invert_axis(Axis(0));
    let mut backwards = fortran.as_standard_layout().into_owned();
    backwards.invert_axis(Axis(0));
    assert_eq!(first, of(backwards.view().reversed_axes().into(), &mask));
}

/// A volume of whole numbers and a mask that holds at least two voxels.
fn volumes() -> impl Strategy<Value = (Array3<f64>, Array3<u8>)> {
    (2usize..5, 2usize..6, 2usize..7).prop_flat_map(|(nz, ny, nx)| {
        let n = nz * ny * nx;
        let values = proptest::collection::vec(1i32..9, n);
        let labels = proptest::collection::vec(proptest::bool::weighted(0.7), n);
        (values, labels).prop_map(move |(values, labels)| {
            let shape = (nz, ny, nx);
            let values = values.into_iter().map(f64::from).collect();
            let mut labels: Vec<u8> = labels.into_iter().map(u8::from).collect();
            labels[..2].fill(1);
            (Array3::from_shape_vec(shape, values).unwrap(), Array3::from_shape_vec(shape, labels).unwrap())
        })
    })
}

fn table(
    values: &Array3<f64>,
    labels: &Array3<u8>,
    spacing_mm: [f64; 3],
    settings: &Settings,
) -> FeatureTable {
    let (nz, ny, nx) = values.dim();
    let grid = Grid::new([nz, ny, nx], spacing_mm).unwrap();
    let image = Image::new(grid.clone(), values.view()).unwrap();
    let mask = Mask::new(grid, labels.view()).unwrap();
    run(&image, &mask, settings, &Execution { threads: 1, ..Execution::default() })
}

fn assert_close(a: &FeatureTable, b: &FeatureTable, compared: impl Fn(Aggregation) -> bool) {
    assert_eq!(a.rows().len(), b.rows().len());
    for (a, b) in a.rows().iter().zip(b.rows()).filter(|(a, _)| compared(a.column.aggregation)) {
        // The search for the minimum volume enclosing ellipsoid is bounded: it ends at about 1e-8,
        // or short of that where it converges slowly.
        let tolerance = if a.column.feature.name.ends_with("_mvee") { 1e-4 } else { 1e-9 };
        let close = (a.value - b.value).abs() <= tolerance * a.value.abs().max(1.0);
        assert!(
            close || a.value.is_nan() && b.value.is_nan(),
            "{}: {} {}",
            a.column.name(),
            a.value,
            b.value
        );
    }
}

fn levels_as_they_are() -> Settings {
    all_aggregations(Settings { discretisation: Discretisation::Identity, ..Settings::default() })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn padding_and_place_do_not_matter((values, labels) in volumes(), before in 0usize..3, after in 0usize..3) {
        let (nz, ny, nx) = values.dim();
        let shape = [nz, ny, nx].map(|n| n + before + after);
        let mut padded = Array3::from_elem(shape, 55.0);
        let mut padded_labels = Array3::zeros(shape);
        let place = s![before..before + nz, before..before + ny, before..before + nx];
        padded.slice_mut(place).assign(&values);
        padded_labels.slice_mut(place).assign(&labels);
        // Local intensity looks at the image round the region, so it must see the same there.
        let settings = levels_as_they_are();
        let kept = |t: FeatureTable| bits(&t).into_iter().filter(|(n, _)| !n.contains("local_intensity")).collect::<Vec<_>>();
        let spacing = [3.0, 1.0, 1.5];
        prop_assert_eq!(
            kept(table(&values, &labels, spacing, &settings)),
            kept(table(&padded, &padded_labels, spacing, &settings))
        );
    }

    #[test]
    fn flips_do_not_matter((values, labels) in volumes(), axis in 0usize..3) {
        let flipped = |a: &Array3<f64>| { let mut a = a.clone(); a.invert_axis(Axis(axis)); a };
        let flipped_labels = { let mut a = labels.clone(); a.invert_axis(Axis(axis)); a };
        let settings = levels_as_they_are();
        assert_close(
            &table(&values, &labels, [3.0, 1.0, 1.5], &settings),
            &table(&flipped(&values), &flipped_labels, [3.0, 1.0, 1.5], &settings),
            |_| true,
        );
    }

    #[test]
    fn order_of_axes_does_not_matter_in_3d((values, labels) in volumes()) {
        let turned = values.view().permuted_axes([2, 0, 1]).as_standard_layout().into_owned();
        let turned_labels = labels.view().permuted_axes([2, 0, 1]).as_standard_layout().into_owned();
        let settings = levels_as_they_are();
        assert_close(
            &table(&values, &labels, [3.0, 1.0, 1.5], &settings),
            &table(&turned, &turned_labels, [1.5, 3.0, 1.0], &settings),
            |aggregation| !aggregation.is_planar(),
        );
    }

    #[test]
    fn adding_a_constant_leaves_levels_as_they_were((values, labels) in volumes(), constant in -1000i32..1000) {
        let settings = all_aggregations(Settings {
            discretisation: Discretisation::FixedBinNumber { bins: 4 },
            ..Settings::default()
        });
        let shifted = values.mapv(|x| x + f64::from(constant));
        let of_levels = |t: FeatureTable| {
            let texture = |n: &str| ["original_gl", "original_ng", "original_intensity_histogram"].iter().any(|f| n.starts_with(f));
            bits(&t).into_iter().filter(|(n, _)| texture(n)).collect::<Vec<_>>()
        };
        prop_assert_eq!(
            of_levels(table(&values, &labels, [1.0; 3], &settings)),
            of_levels(table(&shifted, &labels, [1.0; 3], &settings))
        );
    }
}

#[test]
fn nothing_is_computed_that_is_not_asked_for() {
    let shape = [4, 5, 6];
    let settings = Settings {
        families: Some(vec!["intensity_statistics".into()]),
        features: Some(vec!["glcm.contrast".into(), "glcm.joint_entropy".into()]),
        ..Settings::default()
    };
    let table = table(&noise(shape), &ball(shape), [1.0; 3], &settings);
    assert_eq!(table.rows().len(), 18 + 2);
    assert!(table.value("glcm", "contrast", Aggregation::Averaged3d).is_some());
    assert!(table.value("glcm", "correlation", Aggregation::Averaged3d).is_none());
    // Without texture, intensities that cannot be discretised are no obstacle.
    let statistics = Settings { features: None, discretisation: Discretisation::Identity, ..settings };
    assert_eq!(self::table(&noise(shape), &ball(shape), [1.0; 3], &statistics).rows().len(), 18);
}

/// Matrices that are only summed are counted as their sum.
#[test]
fn aggregations_alone_give_the_same_bits_as_together() {
    let shape = [9, 17, 70];
    // Runs short and long, which are counted in different ways.
    let mut voxels = noise(shape).mapv(|x| (x / 45.0).floor());
    voxels.slice_mut(s![..4, .., ..]).fill(0.0);
    let labels = Array3::from_elem(shape, 1u8);
    let grid = Grid::new(shape, [2.0, 1.0, 1.0]).unwrap();
    let image = Image::new(grid.clone(), voxels.view()).unwrap();
    let mask = Mask::new(grid, labels.view()).unwrap();
    for bins in [3, 60, 300] {
        let settings = Settings {
            families: Some(["glcm", "glrlm"].map(str::to_owned).to_vec()),
            discretisation: Discretisation::FixedBinNumber { bins },
            ..Settings::default()
        };
        let together = all_aggregations(settings.clone());
        let together = bits(&run(&image, &mask, &together, &Execution::default()));
        for &aggregation in &all_aggregations(settings.clone()).aggregations {
            if aggregation == Aggregation::Volume3d {
                // No family of these knows it.
                continue;
            }
            for threads in [1, 3] {
                let alone = Settings { aggregations: vec![aggregation], ..settings.clone() };
                let alone = bits(&run(&image, &mask, &alone, &Execution { threads, ..Execution::default() }));
                assert!(!alone.is_empty());
                assert!(alone.iter().all(|row| together.contains(row)), "{aggregation:?}, {bins} bins");
            }
        }
    }
}
