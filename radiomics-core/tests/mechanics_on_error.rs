//! A region that cannot be computed keeps its rows, and the other regions of the job are computed.

use std::ops::ControlFlow;
use std::sync::Mutex;

use radiomics_core::ndarray::Array3;
use radiomics_core::{
    Error, Grid, Image, Mask, OnError, Pool, Reason, Runtime, Settings, Status, WarningCode, document,
    extract_regions,
};

const SHAPE: [usize; 3] = [6, 8, 10];

fn grid() -> Grid {
    Grid::new(SHAPE, [2.0, 1.0, 1.0]).unwrap()
}

fn intensities(step: usize) -> Array3<f64> {
    Array3::from_shape_fn(SHAPE, |(k, j, i)| ((k * 131 + j * 37 + i * step) % 97) as f64)
}

/// Label 1 is a box, label 2 a single voxel, label 3 another box.
fn labels() -> Array3<u8> {
    Array3::from_shape_fn(SHAPE, |(k, j, i)| match (k, j, i) {
        (0, 0, 0) => 2,
        (1..=4, 1..=6, 0..=4) => 1,
        (1..=4, 1..=6, 6..=9) => 3,
        _ => 0,
    })
}

fn settings() -> Settings {
    document::from_yaml("{bin_number: 8, filters: [original, square], families: [glcm, morphology, ngtdm]}")
        .unwrap()
}

#[test]
fn what_cannot_be_computed_loses_nothing_else() {
    let (one, mut two) = (intensities(7), intensities(11));
    // In the second image, a voxel of label 3 is none.
    two[[2, 2, 7]] = f64::NAN;
    let (one, two) = (Image::new(grid(), one.view()).unwrap(), Image::new(grid(), two.view()).unwrap());
    let labels = labels();
    let mask = Mask::new(grid(), labels.view()).unwrap();
    let images = [("a", &one), ("b", &two)];
    let pool = Pool::new(2).unwrap();
    let told = Mutex::new(Vec::new());
    let progress = |done, total| {
        told.lock().unwrap().push((done, total));
        ControlFlow::Continue(())
    };
    let runtime = Runtime { progress: Some(&progress), ..Runtime::new(&pool) };
    let wanted = [2, 1, 9, 3];
    let tables = extract_regions(&images, &mask, &wanted, &settings(), OnError::Record, &runtime).unwrap();
    let failed = |table: usize| -> Vec<(i64, &str, &str)> {
        let failed = tables[table].warnings().iter().filter(|w| w.code == WarningCode::Failed);
        failed.map(|w| (w.label, w.image.as_str(), w.message.as_str())).collect()
    };
    let small = "the region has 1 voxel(s) after masking, and at least 2 are needed: features of so small a region are \
                 not defined";
    assert_eq!(failed(0), [(2, "a", small), (2, "b", small)]);
    // The square is scaled by the largest intensity of the whole image, so that it has no value for label 1 either.
    let [(1, "b", message)] = failed(1)[..] else { panic!("{:?}", failed(1)) };
    assert!(message.starts_with("filter `square` reads 1 voxel outside of the region"), "{message}");
    let absent = "label 9 is not in the mask; it holds 1, 2, 3";
    assert_eq!(failed(2), [(9, "a", absent), (9, "b", absent)]);
    let [(3, "b", message)] = failed(3)[..] else { panic!("{:?}", failed(3)) };
    assert!(message.starts_with("1 voxel of the image in the region is NaN"), "{message}");

    let alone = |label| {
        extract_regions(&images[..1], &mask, &[label], &settings(), OnError::Fail, &Runtime::new(&pool))
            .unwrap()
            .remove(0)
    };
    let n = alone(1).rows().len();
    for (place, is_failed) in [(0, [true; 2]), (1, [false, true]), (2, [true; 2]), (3, [false, true])] {
        let rows = tables[place].rows();
        assert_eq!(rows.len(), 2 * n);
        for (rows, is_failed) in rows.chunks(n).zip(is_failed) {
            for row in rows {
                assert_eq!(row.reason == Some(Reason::Failed), is_failed, "{place}: {}", row.column.name());
                assert_eq!(row.status() == Status::Failed, is_failed);
                assert!(!is_failed || row.value.is_nan());
            }
        }
    }
    for (place, label) in [(1, 1), (3, 3)] {
        for (own, alone) in tables[place].rows().iter().zip(alone(label).rows()) {
            assert_eq!(own.value.to_bits(), alone.value.to_bits(), "{}", alone.column.name());
        }
    }
    let told = told.into_inner().unwrap();
    assert!(told.windows(2).all(|pair| pair[0].0 <= pair[1].0));
    let &(done, total) = told.last().unwrap();
    assert_eq!(done, total);
}

#[test]
fn what_is_no_fault_of_a_region_fails_the_job() {
    let values = intensities(7);
    let image = Image::new(grid(), values.view()).unwrap();
    let (labels, halves) = (labels(), labels().mapv(|label| f32::from(label) / 2.0));
    let mask = Mask::new(grid(), labels.view()).unwrap();
    let halves = Mask::new(grid(), halves.view()).unwrap();
    let elsewhere = Mask::new(Grid::new(SHAPE, [1.0; 3]).unwrap(), labels.view()).unwrap();
    let pool = Pool::new(1).unwrap();
    let run = |mask: &Mask, labels: &[i64], settings: &Settings, runtime: &Runtime| {
        extract_regions(&[("a", &image)], mask, labels, settings, OnError::Record, runtime)
    };
    let quiet = Runtime::new(&pool);
    let inner = |error| match error {
        Error::Region { error, .. } => *error,
        error => error,
    };
    let error = |mask: &Mask, labels: &[i64], settings: &Settings| {
        inner(run(mask, labels, settings, &quiet).unwrap_err())
    };
    let fractions = error(&halves, &[1, 2], &settings());
    assert!(matches!(fractions, Error::FractionalMask { .. }));
    assert!(
        fractions.to_string().ends_with("a mask holds whole-number labels of 64 bits; threshold it first")
    );
    let beyond = Error::FractionalMask { value: 2_f64.powi(64), index: [0; 3] }.to_string();
    assert!(
        beyond.ends_with("labels are whole numbers from -2^63 to 2^63 - 1; number them anew"),
        "{beyond}"
    );
    assert!(matches!(error(&elsewhere, &[1, 3], &settings()), Error::GeometryMismatch { .. }));
    assert!(matches!(error(&mask, &[1, 0], &settings()), Error::BackgroundLabel));
    assert!(matches!(error(&mask, &[1, 1], &settings()), Error::LabelTwice { label: 1 }));
    let wrong = Settings { distances: Vec::new(), ..settings() };
    assert!(matches!(error(&mask, &[1, 2], &wrong), Error::InvalidSetting { .. }));
    let stop = |done, _| if done > 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
    let stopped = run(&mask, &[2, 1, 3], &settings(), &Runtime { progress: Some(&stop), ..quiet });
    assert!(matches!(stopped, Err(Error::Cancelled { .. })));
    // Without the option, the first region that cannot be computed is the end.
    let all = extract_regions(&[("a", &image)], &mask, &[1, 2, 3], &settings(), OnError::Fail, &quiet);
    assert!(matches!(all, Err(Error::Region { label: 2, .. })));
}
