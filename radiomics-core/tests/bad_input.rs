//! Every kind of unusable input gets its own error, which names the values and the remedy.

use radiomics_core::ndarray::Array3;
use radiomics_core::{
    Discretisation, Error, Execution, Grid, IDENTITY, Image, Mask, Result, Settings, document, extract,
};

const SHAPE: [usize; 3] = [3, 4, 5];

fn grid() -> Grid {
    Grid::new(SHAPE, [2.0, 1.0, 1.0]).unwrap()
}

fn ramp() -> Array3<f32> {
    Array3::from_shape_fn(SHAPE, |(k, j, i)| (k * 20 + j * 5 + i) as f32)
}

fn run_on(
    image: (&Grid, &Array3<f32>),
    mask: (&Grid, &Array3<i16>),
    label: i64,
    settings: &Settings,
) -> Result<()> {
    let image = Image::new(image.0.clone(), image.1.view())?;
    let mask = Mask::new(mask.0.clone(), mask.1.view())?;
    extract(&image, &mask, label, settings, &Execution::default()).map(|_| ())
}

fn run(image: &Array3<f32>, mask: &Array3<i16>, label: i64, settings: &Settings) -> Result<()> {
    run_on((&grid(), image), (&grid(), mask), label, settings)
}

#[track_caller]
fn assert_message(result: Result<()>, parts: &[&str]) -> Error {
    let error = result.expect_err("an error");
    for part in parts {
        assert!(error.to_string().contains(part), "`{part}` is not in `{error}`");
    }
    error
}

#[test]
fn masks_without_the_region() {
    let defaults = Settings::default();
    let empty = Array3::zeros(SHAPE);
    assert_message(run(&ramp(), &empty, 1, &defaults), &["mask is empty", "60 voxels"]);
    let mut two = empty.clone();
    two[[0, 0, 0]] = 2;
    two[[1, 1, 1]] = 7;
    assert_message(run(&ramp(), &two, 1, &defaults), &["label 1 is not", "2, 7"]);
    assert_message(run(&ramp(), &two, 2, &defaults), &["1 voxel(s) after masking", "at least 2"]);
    assert_message(run(&ramp(), &two, 0, &defaults), &["label 0 is the background"]);
}

#[test]
fn a_mask_of_fractions() {
    let shares = Array3::from_elem(SHAPE, 0.5f64);
    let mask = Mask::new(grid(), shares.view()).unwrap();
    let image = ramp();
    let image = Image::new(grid(), image.view()).unwrap();
    let result = extract(&image, &mask, 1, &Settings::default(), &Execution::default()).map(|_| ());
    assert_message(result, &["0.5", "[0, 0, 0]", "threshold it"]);
}

#[test]
fn grids_that_differ() {
    let defaults = Settings::default();
    let (image, mask) = (ramp(), Array3::ones(SHAPE));
    let against = |other: Grid| run_on((&grid(), &image), (&other, &mask), 1, &defaults);
    let oriented = |spacing, origin, direction| Grid::oriented(SHAPE, spacing, origin, direction).unwrap();

    let spacing = oriented([2.0, 1.0, 1.25], [0.0; 3], IDENTITY);
    assert_message(against(spacing), &["spacing", "largest difference 0.250000 mm", "1.25"]);
    let origin = oriented([2.0, 1.0, 1.0], [0.0, -3.5, 0.0], IDENTITY);
    assert_message(against(origin), &["origin", "3.500000 mm", "-3.5"]);
    let flipped = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, -1.0]];
    let direction = oriented([2.0, 1.0, 1.0], [0.0; 3], flipped);
    assert_message(against(direction), &["direction", "2.000000", "resample the mask"]);
    let rounding = oriented([2.0, 1.0 + 1e-6, 1.0], [1e-6, 0.0, 0.0], IDENTITY);
    assert_eq!(against(rounding), Ok(()));

    let smaller = Grid::new([3, 4, 4], [2.0, 1.0, 1.0]).unwrap();
    let result = run_on((&grid(), &image), (&smaller, &Array3::ones([3, 4, 4])), 1, &defaults);
    assert_message(result, &["[3, 4, 5]", "[3, 4, 4]"]);
}

#[test]
fn grids_that_are_none() {
    for spacing in [[2.0, 0.0, 1.0], [2.0, -1.0, 1.0], [f64::NAN, 1.0, 1.0]] {
        assert_message(Grid::new(SHAPE, spacing).map(|_| ()), &["spacing", "above 0"]);
    }
    assert_message(Grid::new([0, 4, 5], [1.0; 3]).map(|_| ()), &["[0, 4, 5]"]);
    let flat = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 1.0, 0.0]];
    assert_message(Grid::oriented(SHAPE, [1.0; 3], [0.0; 3], flat).map(|_| ()), &["direction"]);
}

#[test]
fn voxels_that_are_no_numbers() {
    let mut image = ramp();
    image[[1, 2, 3]] = f32::NAN;
    image[[2, 0, 0]] = f32::INFINITY;
    let everywhere = Array3::ones(SHAPE);
    let defaults = Settings::default();
    assert_message(run(&image, &everywhere, 1, &defaults), &["2 voxels", "[1, 2, 3]", "NaN"]);

    let mut elsewhere = everywhere.clone();
    elsewhere[[1, 2, 3]] = 0;
    elsewhere[[2, 0, 0]] = 0;
    assert_eq!(run(&image, &elsewhere, 1, &defaults), Ok(()));
    let fine = Settings { resample_spacing_mm: Some([Some(1.0); 3]), ..Settings::default() };
    assert_message(run(&image, &elsewhere, 1, &fine), &["NaN or infinite"]);
}

#[test]
fn settings_that_leave_nothing_or_too_much() {
    let everywhere = Array3::ones(SHAPE);
    let with = |settings: Settings| run(&ramp(), &everywhere, 1, &settings);
    let narrow = Settings { resegment_range: Some([Some(1000.0), None]), ..Settings::default() };
    assert_message(with(narrow), &["0 voxel(s) after resegmentation", "widen `resegment_range`"]);
    let huge = Settings { resample_spacing_mm: Some([Some(1e-6); 3]), ..Settings::default() };
    assert_message(with(huge), &["voxels", "larger `resample_spacing_mm`"]);
    let coarse = Settings { resample_spacing_mm: Some([Some(500.0); 3]), ..Settings::default() };
    assert_message(with(coarse), &["after interpolation", "smaller `resample_spacing_mm`"]);
    let identity = Settings { discretisation: Discretisation::Identity, ..Settings::default() };
    assert_message(with(identity), &["whole numbers from 1", "holds 0"]);
}

#[test]
fn settings_out_of_range_are_named() {
    let message = |text: &str| document::from_yaml(text).unwrap_err().to_string();
    for (text, parts) in [
        ("bin_width: 0", ["`bin_width` is 0", "above 0"]),
        ("bin_number: 0", ["`bin_number` is 0", "from 1 to"]),
        ("bin_edges: [1, 1]", ["`bin_edges` is [1", "ascending"]),
        ("mask_threshold: 0", ["`mask_threshold` is 0", "at most 1"]),
        ("resample_spacing_mm: [1, 0, 1]", ["`resample_spacing_mm` is 0", "above 0"]),
        ("resample_spacing_mm: [1, 1]", ["[1,1]", "three numbers"]),
        ("resegment_range: [400, -500]", ["resegment_range", "not be above"]),
        ("resegment_sigma: -3", ["`resegment_sigma` is -3", "above 0"]),
        ("distances: []", ["`distances` is []", "at least one"]),
        ("profile: ipsi", ["no profile `ipsi`", "did you mean `ibsi`"]),
        ("aggregations: [3D_mean]", ["3D_mean", "did you mean"]),
        ("unknown: 1", ["no setting `unknown`", ""]),
    ] {
        let message = message(text);
        assert!(parts.iter().all(|part| message.contains(part)), "{text}: {message}");
    }
}

#[test]
fn a_filter_may_look_further_than_any_image_is_wide() {
    let mask = Array3::from_shape_fn(SHAPE, |at| i16::from(at != (0, 0, 0)));
    for filter in [
        "local_binary_pattern_2d: {radius: 1.0e+300}",
        "local_binary_pattern_3d: {radius: 1.0e+300, map: {degree: 0}}",
    ] {
        let text = format!("filters: [{filter}]\nfamilies: [intensity_statistics]\n");
        let settings = document::from_yaml(&text).unwrap();
        assert_eq!(run(&ramp(), &mask, 1, &settings), Ok(()), "{filter}");
    }
}
