//! Every kind of unusable input gets its own error, which names the values and the remedy.

use radiomics_core::masks::{Connectivity, Distance, Region};
use radiomics_core::ndarray::{Array3, array};
use radiomics_core::stability::icc;
use radiomics_core::{
    Aggregation, Discretisation, Error, Execution, FeatureSet, Grid, IDENTITY, Image, Isa, Mask, Named, Pool,
    Profile, Result, Runtime, Settings, catalogue, document, extract, extract_many, preprocess,
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

/// The fields of a grid are public: what they hold is looked at where an image or a mask is made of it.
#[test]
fn images_and_masks_on_grids_that_are_none() {
    let (image, mask) = (ramp(), Array3::ones(SHAPE));
    let on = |image_grid: Grid, mask_grid: Grid| {
        run_on((&image_grid, &image), (&mask_grid, &mask), 1, &Settings::default())
    };
    let sheared = [[1.0, 0.9, 0.0], [0.0, (1.0f64 - 0.81).sqrt(), 0.0], [0.0, 0.0, 1.0]];
    for (wrong, part) in [
        (Grid { spacing_mm: [0.0, 1.0, 1.0], ..grid() }, "is [0.0, 1.0, 1.0] mm"),
        (Grid { spacing_mm: [-1.0, 1.0, 1.0], ..grid() }, "above 0"),
        (Grid { spacing_mm: [f64::NAN, 1.0, 1.0], ..grid() }, "NaN"),
        (Grid { spacing_mm: [1e-100; 3], ..grid() }, "from 1e-30 to 1e30"),
        (Grid { origin_mm: [f64::NAN, 0.0, 0.0], ..grid() }, "it must be finite"),
        (Grid { direction: [[0.0; 3]; 3], ..grid() }, "length 0"),
        (Grid { direction: IDENTITY.map(|row| row.map(|x| 2.0 * x)), ..grid() }, "length 2"),
        (Grid { direction: sheared, ..grid() }, "axes z and y must be perpendicular"),
        (Grid { shape: [3, 4, 6], ..grid() }, "both must have the same shape"),
        (Grid { shape: [3, 0, 5], ..grid() }, "[3, 0, 5]"),
    ] {
        assert_message(on(wrong.clone(), grid()), &["the image ", part]);
        assert_message(on(grid(), wrong), &["the mask ", part]);
    }
}

#[test]
fn names_and_labels_that_tell_nothing_apart() {
    let (image, mask) = (ramp(), Array3::<u8>::ones(SHAPE));
    let image = Image::new(grid(), image.view()).unwrap();
    let mask = Mask::new(grid(), mask.view()).unwrap();
    let pool = Pool::new(1).unwrap();
    let run = |names: &[&str], labels: &[i64], filters: &str| {
        let settings = document::from_yaml(&format!("{{families: [glcm], filters: {filters}}}")).unwrap();
        let images: Vec<(&str, &Image)> = names.iter().map(|&name| (name, &image)).collect();
        let columns = catalogue::columns(&settings, names).map(|_| ());
        let tables = extract_many(&images, &mask, labels, &settings, &Runtime::new(&pool)).map(|_| ());
        if labels == [1] {
            assert_eq!(tables.is_ok(), columns.is_ok(), "{names:?}");
        }
        tables
    };
    assert_eq!(run(&["a", "b"], &[1], "[original, square]"), Ok(()));
    assert_message(run(&["a", ""], &[1], "original"), &["image name ``", "empty"]);
    assert_message(run(&["a", "a"], &[1], "original"), &["two images are called `a`"]);
    for names in [["a", "a-square"], ["a-square", "a"], ["original", "square"]] {
        assert_message(
            run(&names, &[1], "[original, square]"),
            &["makes columns of the name `", "square` too"],
        );
    }
    assert_eq!(run(&["a", "a-square"], &[1], "original"), Ok(()));
    assert_message(run(&["a"], &[1, 1], "original"), &["label 1 is given twice"]);
    // An angle and the next one after it.
    let twice = "[gabor: {sigma_mm: 1, lambda_mm: 2, theta: [0.7853981633974483, 0.7853981633974484]}]";
    assert_message(document::from_yaml(&format!("filters: {twice}")).map(|_| ()), &["given twice"]);
}

#[test]
fn settings_that_ask_for_nothing() {
    for (text, parts) in [
        ("families: []", ["`families` is []", "nothing would be computed"]),
        ("features: []", ["`features` is []", "nothing would be computed"]),
        ("{families: [], features: []}", ["is []", "nothing would be computed"]),
        ("{profile: pyradiomics, families: [glcm, gldzm]}", ["`families` is gldzm", "`feature_set: ibsi`"]),
        ("{families: [glcm], aggregations: [3D]}", ["`aggregations` is [3D]", "`3D_avg` and `3D`"]),
        ("{families: [glcm, glszm], aggregations: []}", ["`aggregations` is []", "`3D_avg` and `3D`"]),
    ] {
        assert_message(document::from_yaml(text).map(|_| ()), &parts);
    }
    for text in [
        "{families: [], features: [glcm.contrast]}",
        "{profile: pyradiomics, families: [gldzm], features: [gldzm.zone_percentage]}",
        "{families: [morphology], aggregations: []}",
    ] {
        assert!(document::from_yaml(text).is_ok(), "{text}");
    }
}

#[test]
fn more_bins_than_there_are_levels() {
    let edges: Vec<String> = (0..=65_536).map(|edge| edge.to_string()).collect();
    for key in ["bin_edges", "ivh_bin_edges"] {
        let text = format!("{{\"{key}\": [{}]}}", edges.join(","));
        assert_message(document::from_json(&text).map(|_| ()), &[key, "a list of 65537 numbers", "65535"]);
        let text = format!("{{\"{key}\": [{}]}}", edges[1..].join(","));
        assert!(document::from_json(&text).is_ok());
    }
    let bins = || Discretisation::BinEdges { edges: (-70_000..=70_000).map(f64::from).collect() };
    let everywhere = Array3::ones(SHAPE);
    for settings in [
        Settings { discretisation: bins(), ..Settings::default() },
        Settings { ivh_discretisation: bins(), ..Settings::default() },
        Settings { further_discretisations: vec![bins()], discretisation: bins(), ..Settings::default() },
    ] {
        assert_message(run(&ramp(), &everywhere, 1, &settings), &["bin_edges", "65535 bins are the limit"]);
    }
}

/// Numbers near the end of the type: a value that is right, or an error in a line.
#[test]
fn numbers_of_any_size() {
    let everywhere = Array3::<u8>::ones(SHAPE);
    let mask = Mask::new(grid(), everywhere.view()).unwrap();
    let extract_of = |image: &Array3<f64>, settings: &Settings| {
        extract(&Image::new(grid(), image.view()).unwrap(), &mask, 1, settings, &Execution::default())
    };
    for profile in [Profile::Ibsi, Profile::PyRadiomics] {
        for size in [2f64.powi(53) + 2.0, 1e16, 1.8e16, -1e17, 1e300, f64::MAX] {
            let settings = Settings {
                discretisation: Discretisation::FixedBinNumber { bins: 8 },
                families: Some(vec!["intensity_statistics".into(), "intensity_histogram".into()]),
                feature_set: FeatureSet::Ibsi,
                ..profile.settings()
            };
            let table = extract_of(&Array3::from_elem(SHAPE, size), &settings).unwrap();
            let value = |family, feature| table.value(family, feature, Aggregation::Region).unwrap();
            assert_eq!(value("intensity_statistics", "minimum"), size);
            assert_eq!(value("intensity_statistics", "maximum"), size);
            if profile == Profile::Ibsi {
                assert_eq!(value("intensity_histogram", "mean"), 1.0);
            }
        }
    }
    let ramp = Array3::from_shape_fn(SHAPE, |(k, j, i)| (k * 20 + j * 5 + i) as f64 * 3e306);
    let message = extract_of(&ramp, &Settings::default()).unwrap_err().to_string();
    assert!(message.starts_with("the intensities 0 to 1.7"), "{message}");
    for text in ["{profile: pyradiomics, bin_width: 1.0e+308}", "{profile: pyradiomics, bin_width: 9.0e+307}"]
    {
        let settings = document::from_yaml(text).unwrap();
        let image = Array3::from_shape_fn(SHAPE, |(k, j, i)| (k + j + i) as f64);
        assert_message(extract_of(&image, &settings).map(|_| ()), &["`bin_width` is too large"]);
    }
}

/// What a margin adds to a box may be more than a number of voxels can be.
#[test]
fn margins_of_any_size() {
    let (ramp, mask) = (ramp(), Array3::from_shape_fn(SHAPE, |at| i16::from(at.0 > 0)));
    let settings = |text: &str| document::from_yaml(text).unwrap();
    for (crop, resampling) in [("always", ""), ("when_interpolated", ", resample_spacing_mm: 0.8")] {
        let filtered = |voxels: &str| {
            let text = format!(
                "{{families: [intensity_statistics], filters: [mean: {{support_voxels: 3}}], \
                 filter_crop: {crop}, filter_crop_voxels: {voxels}{resampling}}}"
            );
            let image = Image::new(grid(), ramp.view()).unwrap();
            let mask = Mask::new(grid(), mask.view()).unwrap();
            extract(&image, &mask, 1, &settings(&text), &Execution::default()).unwrap()
        };
        assert_eq!(filtered("10"), filtered("1000000"));
    }
    for huge in ["18446744073709551615", "18446744073709551600", "1000001"] {
        let text = format!("{{filter_crop: always, filter_crop_voxels: {huge}}}");
        assert_message(document::from_yaml(&text).map(|_| ()), &["filter_crop_voxels", "from 0 to 1000000"]);
        // Rust can do without a document.
        let settings = Settings { filter_crop_voxels: huge.parse().unwrap(), ..Settings::default() };
        assert_message(run(&ramp, &mask, 1, &settings), &["filter_crop_voxels"]);
    }
    let (image, mask) = (Image::new(grid(), ramp.view()).unwrap(), Mask::new(grid(), mask.view()).unwrap());
    for margin_mm in [1e300, f64::INFINITY, f64::MAX] {
        let roi =
            preprocess::prepare(&image, &mask, 1, &Settings::default(), margin_mm, Isa::best()).unwrap();
        assert_eq!(roi.grid().shape, SHAPE);
    }
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
        ("resegment_range: [400, -500]", ["`resegment_range` is [400, -500]", "not be above"]),
        ("bin_width: -1.0e+300", ["`bin_width` is -1e300: ", "above 0"]),
        ("normalise: yes", ["`normalise` is \"yes\"", "true or false"]),
        (
            "{bin_width: 1, bin_width: 2}",
            ["cannot be read as YAML: the key `bin_width` is given twice", "line 1"],
        ),
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

/// Whoever gives a name that there is none of is told which there are, or which one is near.
#[test]
fn what_there_is_no_such_of_is_answered_with_what_there_is() {
    let message = |text: &str| document::from_yaml(text).unwrap_err().to_string();
    let pyradiomics = |text: &str| document::pyradiomics::from_yaml(text).unwrap_err().to_string();
    for (text, end) in [
        (message("profile: nope"), "no profile `nope`: choose ibsi, pyradiomics or ibsi_2d"),
        (
            message("profile: ibsy"),
            "no profile `ibsy`; did you mean `ibsi`? Choose ibsi, pyradiomics or ibsi_2d",
        ),
        (
            Settings::ibsi_configuration("F").unwrap_err().to_string(),
            "no IBSI configuration `F`: choose digital_phantom, A, B, C, D or E",
        ),
        (
            Distance::parse("nowhere").unwrap_err().to_string(),
            "no distance `nowhere`: choose centre or surface",
        ),
        (message("families: [xxxxxxxx]"), "gldzm, ngtdm or ngldm"),
        (message("features: [xxxxxxxx]"), "gldzm, ngtdm or ngldm"),
        (
            message("features: [ngtdm.xxxxxxxxxxx]"),
            "choose ngtdm.coarseness, ngtdm.contrast, ngtdm.busyness, ngtdm.complexity or ngtdm.strength",
        ),
        (message("xxxxxxxx: 1"), ", feature_set, families, features or profile"),
        (message("filters: [xxxxxxxxxx]"), "local_binary_pattern_2d or local_binary_pattern_3d"),
        (message("image_interpolation: xxxxxx"), "(there is no interpolation `xxxxxx`)"),
        (pyradiomics("xxxxxxxx: 1"), "choose setting, imageType, featureClass or voxelSetting"),
        (pyradiomics("imageType: {xxxxxxxx: {}}"), "LBP2D or LBP3D"),
        (pyradiomics("featureClass: {xxxxxxxx: []}"), "shape2D"),
        (
            pyradiomics("featureClass: {ngtdm: [xxxxxxxx]}"),
            "Coarseness, Contrast, Busyness, Complexity or Strength",
        ),
    ] {
        assert!(text.contains(end), "{text:?} without {end:?}");
    }
}

/// A number that a function is given is no setting.
#[test]
fn arguments_are_called_what_they_are() {
    let pool = Pool::new(1).unwrap();
    let runtime = Runtime::new(&pool);
    let labels = ramp().mapv(|_| 1_u8);
    let mask = Mask::new(Grid::new(SHAPE, [1.0; 3]).unwrap(), labels.view()).unwrap();
    let region = Region::of_label(&mask, 1).unwrap();
    for (error, begin) in [
        (region.dilate(-1.0, Distance::Centre, &runtime).unwrap_err(), "`mm` is -1: give a distance"),
        (region.ring(3.0, 2.0, Distance::Centre, &runtime).unwrap_err(), "`to_mm` is 2: a ring is"),
        (Connectivity::of_neighbours(7).unwrap_err(), "`neighbours` is 7: give"),
        (icc(array![[1.0, 2.0], [2.0, 1.0]].view(), 2.0).unwrap_err(), "`confidence` is 2: it must be"),
    ] {
        assert!(error.to_string().starts_with(begin), "{error}");
    }
}

#[test]
fn a_filter_may_look_further_than_any_image_is_wide() {
    let mask = Array3::from_shape_fn(SHAPE, |at| i16::from(at != (0, 0, 0)));
    for filter in [
        "local_binary_pattern_2d: {radius: 1.0e+30}",
        "local_binary_pattern_3d: {radius: 1.0e+300, map: {degree: 0}}",
    ] {
        let text = format!("filters: [{filter}]\nfamilies: [intensity_statistics]\n");
        let settings = document::from_yaml(&text).unwrap();
        assert_eq!(run(&ramp(), &mask, 1, &settings), Ok(()), "{filter}");
    }
}

#[test]
fn a_width_that_no_kernel_can_have_is_refused() {
    let text = "{filters: [{laplacian_of_gaussian: {sigma_mm: 1.0e-300}}]}";
    let message = document::from_yaml(text).unwrap_err().to_string();
    assert!(message.contains("sigma_mm") && message.contains("at least 1e-30"), "{message}");
}
