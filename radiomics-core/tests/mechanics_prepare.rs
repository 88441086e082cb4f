//! A prepared region has the very voxels that features are computed of.

use radiomics_core::ndarray::Array3;
use radiomics_core::preprocess::{PreparedRegion, prepare_on};
use radiomics_core::{Error, Execution, Grid, Image, Mask, Pool, Runtime, Settings, document, extract};

const SHAPE: [usize; 3] = [6, 8, 10];
const SETTINGS: &str = "{resample_spacing_mm: 1.3, normalise: true, normalise_scale: 100, resegment_sigma: 1.5, \
                        bin_width: 10}";

fn with<R>(run: impl FnOnce(&Image, &Mask, &Runtime) -> R) -> R {
    let grid = Grid::new(SHAPE, [2.0, 1.0, 1.0]).unwrap();
    let values = Array3::from_shape_fn(SHAPE, |(k, j, i)| ((k * 131 + j * 37 + i * 7) % 97) as f32);
    let labels =
        Array3::from_shape_fn(SHAPE, |(k, j, i)| u8::from(k > 0 && j > 1 && j < 7 && i > 2 && i < 9));
    let image = Image::new(grid.clone(), values.view()).unwrap();
    let mask = Mask::new(grid, labels.view()).unwrap();
    let pool = Pool::new(2).unwrap();
    run(&image, &mask, &Runtime::new(&pool))
}

#[test]
fn features_of_prepared_voxels_are_those_of_the_extraction() {
    let settings = document::from_yaml(SETTINGS).unwrap();
    with(|image, mask, runtime| {
        let execution = Execution::default();
        let expected = extract(image, mask, 1, &settings, &execution).unwrap();
        for margin_mm in [0.0, 2.6, 1e30] {
            let PreparedRegion { roi, levels } =
                prepare_on(image, mask, 1, &settings, margin_mm, runtime).unwrap();
            let levels = levels.expect("levels, as there are bins");
            assert_eq!(levels.n_v(), roi.values().len());
            let (values, inside) = (roi.intensities(), roi.intensity().mapv(u8::from));
            let own = Settings {
                families: Some(vec!["intensity_statistics".into(), "intensity_histogram".into()]),
                resample_spacing_mm: None,
                normalisation: None,
                resegment_sigma: None,
                ..settings.clone()
            };
            let image = Image::new(roi.grid().clone(), values.view()).unwrap();
            let mask = Mask::new(roi.grid().clone(), inside.view()).unwrap();
            let table = extract(&image, &mask, 1, &own, &execution).unwrap();
            assert!(table.rows().len() > 30);
            for row in table.rows() {
                let twin = expected.rows().iter().find(|twin| twin.column == row.column).unwrap();
                assert_eq!(row.value.to_bits(), twin.value.to_bits(), "{}", row.column.name());
            }
        }
    });
}

#[test]
fn a_margin_is_of_millimetres_and_ends_with_the_image() {
    let settings = document::from_yaml("bin_width: 10").unwrap();
    with(|image, mask, runtime| {
        let shape =
            |margin_mm| prepare_on(image, mask, 1, &settings, margin_mm, runtime).unwrap().roi.grid().shape;
        assert_eq!(shape(0.0), [5, 5, 6]);
        // A slice of 2 mm, two rows and columns of 1 mm on either side, but for what the image ends before.
        assert_eq!(shape(1.5), [6, 8, 9]);
        assert_eq!(shape(1e30), SHAPE);
        for wrong in [-1.0, f64::NAN, f64::INFINITY] {
            let error = prepare_on(image, mask, 1, &settings, wrong, runtime).unwrap_err();
            assert!(matches!(error, Error::InvalidArgument { name: "margin_mm", .. }), "{error}");
        }
    });
}

#[test]
fn levels_without_bins_are_whole_numbers_or_none() {
    with(|image, mask, runtime| {
        let prepare = |text| prepare_on(image, mask, 1, &document::from_yaml(text).unwrap(), 0.0, runtime);
        assert!(prepare("{bin_number: null, normalise: true}").unwrap().levels.is_none());
        let error = prepare("bin_width: [10, 20]").unwrap_err();
        assert!(error.to_string().contains("a prepared region"), "{error}");
    });
}
