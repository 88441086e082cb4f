//! Several discretisations in one call: the values are those of calls of their own, and what does
//! not depend on the discretisation is there once.

use std::collections::HashSet;
use std::ops::ControlFlow;
use std::sync::Mutex;

use radiomics_core::catalogue::FAMILIES;
use radiomics_core::document::{from_json, from_yaml, to_json, to_yaml};
use radiomics_core::matrices::matrices;
use radiomics_core::ndarray::Array3;
use radiomics_core::voxel_map::{MovingWindow, feature_maps};
use radiomics_core::{
    Discretisation, Error, Execution, FeatureRow, Grid, Image, Mask, Pool, Runtime, Settings, extract,
    extract_many,
};

/// The families that look at grey levels.
fn by_level() -> Vec<&'static str> {
    let with_levels =
        FAMILIES.iter().filter(|family| family.has_matrices() || family.name == "intensity_histogram");
    with_levels.map(|family| family.name).collect()
}

struct Case {
    grid: Grid,
    values: Array3<f64>,
    labels: Array3<u8>,
}

impl Case {
    fn new() -> Self {
        let shape = (6, 7, 8);
        Self {
            grid: Grid::new([6, 7, 8], [3.0, 1.0, 2.0]).unwrap(),
            values: Array3::from_shape_fn(shape, |(k, j, i)| ((k * 31 + j * 17 + i * 13) % 97) as f64 * 0.75),
            labels: Array3::from_shape_fn(shape, |(k, j, i)| u8::from((k + j + i) % 6 > 0)),
        }
    }

    fn image(&self) -> Image<'_> {
        Image::new(self.grid.clone(), self.values.view()).unwrap()
    }

    fn mask(&self) -> Mask<'_> {
        Mask::new(self.grid.clone(), self.labels.view()).unwrap()
    }

    fn rows(&self, settings: &Settings) -> Vec<FeatureRow> {
        let table = extract(&self.image(), &self.mask(), 1, settings, &Execution::default());
        table.unwrap().into_rows()
    }
}

/// Everything of a row but its discretisation, and its value to the last bit.
fn exact(row: &FeatureRow) -> (String, &'static str, &'static str, &'static str, u64) {
    use radiomics_core::Named;
    (
        row.column.image.clone(),
        row.column.family,
        row.column.feature.name,
        row.column.aggregation.name(),
        row.value.to_bits(),
    )
}

const EVERYTHING: &str = "aggregations: [2D_avg, 2.5D_merged, 3D_avg, 3D_merged, 3D]
filters: [original, {mean: {support_voxels: 3}}]
resample_spacing_mm: 2
resegment_range: [3, 70]
slice_axis: 1
";

#[test]
fn each_has_the_values_of_a_call_of_its_own_and_the_rest_is_there_once() {
    let case = Case::new();
    for (key, values) in [("bin_width", ["10", "2.5", "0.5"]), ("bin_number", ["8", "300", "16"])] {
        let several = from_yaml(&format!("{EVERYTHING}{key}: [{}]", values.join(", "))).unwrap();
        let rows = case.rows(&several);
        let alone: Vec<Vec<FeatureRow>> = values
            .iter()
            .map(|value| case.rows(&from_yaml(&format!("{EVERYTHING}{key}: {value}")).unwrap()))
            .collect();
        // Family by family, and within a family one discretisation after the other.
        let mut expected = Vec::new();
        for family in
            alone[0].chunk_by(|a, b| (&a.column.image, a.column.family) == (&b.column.image, b.column.family))
        {
            let (image, name) = (&family[0].column.image, family[0].column.family);
            let of = |rows: &'_ [FeatureRow]| -> Vec<FeatureRow> {
                rows.iter().filter(|r| &r.column.image == image && r.column.family == name).cloned().collect()
            };
            match by_level().contains(&name) {
                false => expected.extend(of(&alone[0]).iter().map(|row| (exact(row), None))),
                true => values.iter().zip(&alone).for_each(|(value, rows)| {
                    let suffix = Some(format!("{key}_{value}"));
                    expected.extend(of(rows).iter().map(|row| (exact(row), suffix.clone())));
                }),
            }
        }
        let name = |row: &FeatureRow| row.column.discretisation.as_ref().map(Discretisation::name);
        let actual: Vec<_> = rows.iter().map(|row| (exact(row), name(row))).collect();
        assert_eq!(actual.len(), expected.len());
        actual.iter().zip(&expected).for_each(|(actual, expected)| assert_eq!(actual, expected));

        let columns: HashSet<String> = rows.iter().map(|row| row.column.name()).collect();
        assert_eq!(columns.len(), rows.len());
        // A single one is not mentioned.
        assert!(alone.iter().flatten().all(|row| row.column.discretisation.is_none()));
        assert!(alone[0].iter().all(|row| !row.column.name().contains(key)));
    }
}

#[test]
fn columns_say_which_it_is() {
    let case = Case::new();
    let columns = |settings: &str| -> Vec<String> {
        let selected = "{features: [intensity_statistics.mean, glcm.contrast], aggregations: [3D_merged], ";
        case.rows(&from_yaml(&format!("{selected}{settings}}}")).unwrap())
            .iter()
            .map(|row| row.column.name())
            .collect()
    };
    let mean = "original_intensity_statistics_mean";
    let contrast = "original_glcm_contrast_3D_merged";
    assert_eq!(columns("bin_width: 25"), [mean, contrast]);
    assert_eq!(columns("bin_width: [25]"), [mean, contrast]);
    let of = |names: [&str; 2]| {
        [mean.to_owned(), format!("{contrast}_{}", names[0]), format!("{contrast}_{}", names[1])]
    };
    assert_eq!(columns("bin_width: [25, 0.5]"), of(["bin_width_25", "bin_width_0.5"]));
    assert_eq!(columns("bin_number: [32, 16]"), of(["bin_number_32", "bin_number_16"]));
    let edges = columns("bin_edges: [[-0.5, 20, 90], [0, 100]]");
    assert_eq!(edges, of(["bin_edges_-0.5_20_90", "bin_edges_0_100"]));
}

#[test]
fn steps_of_progress_show_what_is_computed_once() {
    let case = Case::new();
    let pool = Pool::new(2).unwrap();
    let total = |settings: &str| {
        let calls = Mutex::new(Vec::new());
        let progress = |done, total| {
            calls.lock().unwrap().push((done, total));
            ControlFlow::Continue(())
        };
        let runtime = Runtime { progress: Some(&progress), ..Runtime::new(&pool) };
        let images = [("original", &case.image())];
        extract_many(&images, &case.mask(), &[1], &from_yaml(settings).unwrap(), &runtime).unwrap();
        let (done, total) = *calls.lock().unwrap().last().unwrap();
        assert_eq!(done, total);
        total
    };
    let more = |families: &str| {
        total(&format!("{{{families}bin_width: [5, 10, 20]}}"))
            - total(&format!("{{{families}bin_width: 5}}"))
    };
    // Those that depend on it, each as often as there is a discretisation.
    let alone = format!("families: [{}], ", by_level().join(", "));
    assert!(more("") >= 2 * by_level().len() && more("") == more(&alone), "{} {}", more(""), more(&alone));
    let shape = "families: [morphology, intensity_statistics], ";
    assert_eq!(
        total(&format!("{{{shape}bin_width: [5, 10, 20]}}")),
        total(&format!("{{{shape}bin_width: 5}}"))
    );
}

#[test]
fn documents_hold_lists() {
    for text in [
        "bin_width: [10, 25, 50]",
        "bin_number: [16, 32]",
        "bin_edges: [[0, 1], [0, 0.5, 1]]",
        "{profile: pyradiomics, bin_width: [10, 25], bin_anchor: multiple_of_width}",
    ] {
        let settings = from_yaml(text).unwrap();
        assert!(!settings.further_discretisations.is_empty());
        assert_eq!(from_yaml(&to_yaml(&settings)).unwrap(), settings, "{text}");
        assert_eq!(from_json(&to_json(&settings)).unwrap(), settings, "{text}");
    }
    // The anchor is that of all, and one kind of bins displaces another with all its members.
    let anchored = from_yaml("{bin_width: [10, 25], bin_anchor: multiple_of_width}").unwrap();
    let mut widths = anchored.discretisations().cloned();
    let anchor = radiomics_core::BinAnchor::MultipleOfWidth;
    assert_eq!(widths.next(), Some(Discretisation::FixedBinSize { width: 10.0, anchor }));
    assert_eq!(widths.next(), Some(Discretisation::FixedBinSize { width: 25.0, anchor }));
    let update = |text| {
        let map = radiomics_core::document::yaml_map(text).unwrap();
        radiomics_core::document::update(&anchored, &map).unwrap()
    };
    assert_eq!(update("bin_number: null"), anchored);
    for (text, single) in [
        ("bin_number: 32", Discretisation::FixedBinNumber { bins: 32 }),
        ("bin_width: 5", Discretisation::FixedBinSize { width: 5.0, anchor }),
        ("bin_width: null", Discretisation::Identity),
    ] {
        let updated = update(text);
        assert_eq!((updated.discretisation, updated.further_discretisations), (single, Vec::new()));
    }
}

#[test]
fn messages_name_value_and_remedy() {
    let message = |text: &str| from_yaml(text).unwrap_err().to_string();
    for key in ["bin_width", "bin_number"] {
        assert!(message(&format!("{key}: []")).contains(&format!("`{key}` is []: it takes")), "{key}");
        assert!(message(&format!("{key}: [8, 16, 8]")).contains("[8, 16, 8]: 8 is given twice"), "{key}");
        assert!(message(&format!("{key}: [8, null]")).contains("it takes"), "{key}");
        assert!(message(&format!("{key}: [8, [16]]")).contains("it takes"), "{key}");
        assert!(message(&format!("{key}: [8, 0]")).contains(&format!("`{key}` is 0: ")), "{key}");
    }
    assert!(message("bin_width: [25, -1]").contains("`bin_width` is -1: it must be a finite number"));
    assert!(message("bin_width: [25, wide]").contains("[25,\"wide\"]: it takes a number above 0, a list of"));
    assert!(message("bin_edges: [[0, 1], [1, 0]]").contains("`bin_edges` is [1.0, 0.0]"));
    assert!(message("{bin_width: [10, 25], bin_number: [32]}").contains("give only one"));
    // The intensity-volume histogram has one.
    assert!(message("ivh_bin_width: [1, 2]").contains("it takes a number above 0, or null"));

    let mixed = Settings {
        further_discretisations: vec![Discretisation::Identity],
        ..from_yaml("bin_width: 25").unwrap()
    };
    let message = mixed.validate().unwrap_err().to_string();
    assert!(message.contains("`bin_width` is [25, null]") && message.contains("a call for each kind"));
}

#[test]
fn what_is_wrong_with_one_of_several_says_which() {
    let case = Case::new();
    let run = |text: &str| {
        extract(&case.image(), &case.mask(), 1, &from_yaml(text).unwrap(), &Execution::default()).unwrap_err()
    };
    let error = run("bin_width: [5, 0.0001]");
    assert!(error.to_string().starts_with("bin_width_0.0001: discretisation makes"), "{error}");
    assert!(
        matches!(error, Error::Discretisation { error, .. } if matches!(*error, Error::TooManyLevels { .. }))
    );
    assert!(matches!(run("bin_width: 0.0001"), Error::TooManyLevels { .. }));
}

#[test]
fn maps_and_matrices_take_one() {
    let case = Case::new();
    let settings = from_yaml("{bin_width: [10, 25], features: [glcm.contrast]}").unwrap();
    let (image, mask, execution) = (case.image(), case.mask(), Execution::default());
    let maps = feature_maps(&image, &mask, 1, &settings, &MovingWindow::default(), &execution).unwrap_err();
    let message = "`bin_width` is [10, 25]: feature maps are of one discretisation: give a single value, and make \
                   a call for each";
    assert!(maps.to_string().contains(message), "{maps}");
    let error = matrices(&image, &mask, 1, &settings, &execution).unwrap_err().to_string();
    assert!(error.contains("[10, 25]: texture matrices are of one discretisation"), "{error}");
}
