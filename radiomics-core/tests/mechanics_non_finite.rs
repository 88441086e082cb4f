//! Voxels outside of the region that are NaN or infinite: either a step does not see them, and then they
//! change nothing, or it does, and then the error names the step and the voxel. No step loses them.

use radiomics_core::filters::{FILTERS, Filter, filter_images};
use radiomics_core::ndarray::Array3;
use radiomics_core::{
    Error, Execution, FeatureTable, Grid, Image, Mask, Result, Settings, document, extract,
};

const SHAPE: [usize; 3] = [9, 10, 11];
const WRONG: [f64; 3] = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY];

/// Filters of each kind, all ways of pooling and all boundaries among them.
const EACH: &[&str] = &[
    "original",
    "mean: {support_voxels: 3}",
    "laplacian_of_gaussian: {sigma_mm: 1, method: [sampled, recursive]}",
    "laplacian_of_gaussian: {sigma_mm: 1, dimensions: 2D, boundary: [zero, nearest, periodic]}",
    "laws: {kernels: [L5E5S5, S5L5L5, E3W5]}",
    "laws: {kernels: [L5E5S5, S5L5L5, E3W5], rotation_invariant: true, pooling: [max, mean]}",
    "laws: {kernels: E5L5R5, rotation_invariant: true, energy_delta_voxels: 1}",
    "gabor: {sigma_mm: 0.5, lambda_mm: 2, delta_theta: 0.785, pooling: [max, mean], orthogonal_planes: [false, true]}",
    "separable_wavelet: {wavelet: [haar, coif1], subband: LHH}",
    "separable_wavelet: {wavelet: [haar, coif1], subband: LHH, rotation_invariant: true, pooling: [max, mean]}",
    "separable_wavelet: {wavelet: db2, subband: HL, level: 2, decomposition: [dilated, repeated], boundary: periodic}",
    "simoncelli: {level: [1, 2]}",
    "riesz: {order: [0, 1, 0], of: [simoncelli, laplacian_of_gaussian: {sigma_mm: 1}]}",
    "square",
    "square_root",
    "logarithm",
    "exponential",
    "gradient: {single_precision: [false, true]}",
    "local_binary_pattern_2d: {radius: [1, 1.5], method: [uniform, default, ror, nri_uniform, var]}",
    "local_binary_pattern_3d: {map: [kurtosis, degree: 0, degree: 1]}",
];

fn filters() -> Vec<Filter> {
    let text = format!("filters:\n{}", EACH.iter().map(|filter| format!("- {filter}\n")).collect::<String>());
    document::from_yaml(&text).unwrap().filters
}

/// Numbers of which no two neighbours are equal.
fn image() -> Array3<f64> {
    Array3::from_shape_fn(SHAPE, |(k, j, i)| ((k * 131 + j * 37 + i * 7919) % 211) as f64 - 80.0)
}

fn features(voxels: &Array3<f64>, settings: &Settings) -> Result<FeatureTable> {
    let region = Array3::from_shape_fn(SHAPE, |(k, j, i)| {
        u8::from((3..6).contains(&k) && (3..6).contains(&j) && (3..7).contains(&i) && (k, j) != (3, 3))
    });
    let grid = Grid::new(SHAPE, [1.0; 3]).unwrap();
    let image = Image::new(grid.clone(), voxels.view()).unwrap();
    extract(&image, &Mask::new(grid, region.view()).unwrap(), 1, settings, &Execution::default())
}

fn settings(filter: &Filter) -> Settings {
    let families = Some(vec!["intensity_statistics".to_owned()]);
    Settings { families, filters: vec![filter.clone()], ..Settings::default() }
}

#[test]
fn every_kind_of_filter_is_looked_at() {
    let all = filters();
    for kind in FILTERS {
        assert!(all.iter().any(|filter| filter.kind() == kind.name), "{}", kind.name);
    }
}

#[test]
fn filters_see_what_is_no_number_or_it_changes_nothing() {
    let (mut seen, mut unseen) = (0, 0);
    for filter in filters() {
        let settings = settings(&filter);
        for at in [[0, 0, 0], [2, 4, 5], [3, 3, 4], [4, 4, 7], [5, 2, 2], [8, 9, 10]] {
            let with = |value: f64| {
                let mut voxels = image();
                voxels[at] = value;
                features(&voxels, &settings)
            };
            for wrong in WRONG {
                match with(wrong) {
                    // Whatever else stands there.
                    Ok(table) => {
                        unseen += 1;
                        for other in [1.0, -1e4] {
                            // As text: what is undefined has the value NaN, which equals nothing.
                            let [ours, theirs] =
                                [&table, &with(other).unwrap()].map(|t| format!("{:?}", t.rows()));
                            assert_eq!(ours, theirs, "{} {at:?} {wrong}", filter.name());
                        }
                    }
                    Err(Error::NonFiniteSurroundings { step, count, index, value }) => {
                        seen += 1;
                        assert_eq!(step, format!("filter `{}`", filter.name()));
                        assert_eq!((count, index, value.to_bits()), (1, at, wrong.to_bits()));
                    }
                    Err(other) => panic!("{} {at:?} {wrong}: {other}", filter.name()),
                }
            }
        }
    }
    assert!(seen > 100 && unseen > 100, "{seen} {unseen}");
}

#[test]
fn the_largest_of_several_responses_is_no_number_where_their_mean_is_none() {
    let pooled = |filter: &str, pooling: &str| {
        let text = format!("filters: [{}]", filter.replace("POOLING", pooling));
        let filters = document::from_yaml(&text).unwrap().filters;
        let mut voxels = image();
        voxels[[4, 5, 6]] = f64::NAN;
        let image = Image::new(Grid::new(SHAPE, [1.0; 3]).unwrap(), voxels.view()).unwrap();
        let responses = filter_images(&image, &filters, &Execution::default()).unwrap();
        responses[0].mapv(f64::is_nan)
    };
    // Kernels that are not their own opposite turned round, of which the mean would be 0 everywhere.
    for filter in [
        "laws: {kernels: L5S5S5, rotation_invariant: true, pooling: POOLING}",
        "laws: {kernels: S3L5, rotation_invariant: true, pooling: POOLING}",
        "separable_wavelet: {wavelet: coif1, subband: LHH, rotation_invariant: true, pooling: POOLING}",
        "gabor: {sigma_mm: 0.4, lambda_mm: 2, delta_theta: 0.5, pooling: POOLING, orthogonal_planes: true}",
    ] {
        let mean = pooled(filter, "mean");
        assert!(mean.iter().any(|&nan| nan), "{filter}");
        assert_eq!(pooled(filter, "max"), mean, "{filter}");
    }
}

#[test]
fn other_steps_name_themselves_and_the_voxel() {
    let message = |text: &str, at: [usize; 3]| {
        let mut voxels = image();
        voxels[at] = f64::NAN;
        features(&voxels, &document::from_yaml(text).unwrap()).unwrap_err().to_string()
    };
    assert_eq!(
        message("normalise: true", [0, 0, 0]),
        "`normalise`, which takes the whole image, reads 1 voxel outside of the region that is NaN or infinite, \
         the first one at (z, y, x) [0, 0, 0] (NaN): replace them"
    );
    for method in ["linear", "cubic_spline"] {
        let text = format!("{{resample_spacing_mm: 0.8, image_interpolation: {method}}}");
        let found = message(&text, [4, 4, 7]);
        assert!(
            found.starts_with("interpolation reads 1 voxel outside") && found.contains("[4, 4, 7] (NaN)"),
            "{found}"
        );
    }
    // A voxel of the region itself.
    assert!(message("normalise: true", [4, 4, 4]).contains("1 voxel of the image in the region is "));
}

/// An image that is finite is not to blame.
#[test]
fn a_step_without_a_value_names_itself() {
    let message = |voxels: &Array3<f64>, text: &str| {
        features(voxels, &document::from_yaml(text).unwrap()).unwrap_err().to_string()
    };
    for filter in [
        "laplacian_of_gaussian: {sigma_mm: 1.0e-9, method: recursive}",
        "local_binary_pattern_3d: {radius: 1.0e+9, map: kurtosis}",
    ] {
        let found = message(&image(), &format!("filters: [{filter}]"));
        assert!(
            found.starts_with("filter `l") && found.contains("although the image is finite there"),
            "{found}"
        );
        assert!(found.contains("change the parameters"), "{found}");
    }
    let flat = Array3::from_elem(SHAPE, 7.0);
    let of_flat = message(&flat, "filters: [local_binary_pattern_2d: {method: var}]");
    assert!(of_flat.contains("although the image is finite there"), "{of_flat}");
    assert!(message(&flat, "normalise: true").contains("all voxels of the image have the same intensity"));
    let huge = image() * 1e300;
    assert!(message(&huge, "normalise: true").contains("too large to be squared"));
}
