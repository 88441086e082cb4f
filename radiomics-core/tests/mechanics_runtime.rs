//! Jobs on threads that are kept, progress, and stopping.

use std::ops::ControlFlow;
use std::sync::Mutex;

use radiomics_core::document::from_yaml;
use radiomics_core::example::DigitalPhantom;
use radiomics_core::filters::{filter_each, filter_images};
use radiomics_core::ndarray::Array3;
use radiomics_core::voxel_map::{MovingWindow, PreparedMaps, feature_maps};
use radiomics_core::{
    Error, Execution, Grid, Image, Mask, MorphologicalMask, OnError, Pool, Runtime, Settings, extract,
    extract_each, extract_many,
};

fn settings() -> Settings {
    Settings::ibsi_configuration("digital_phantom").unwrap()
}

#[test]
fn many_regions_are_the_same_as_one_by_one() {
    let grid = DigitalPhantom::new().image().grid().clone();
    // Slices 0 and 1 are label 7, the others label 3.
    let labels = Array3::from_shape_fn((4, 4, 5), |(k, _, _)| if k < 2 { 7u8 } else { 3 });
    let mask = Mask::new(grid.clone(), labels.view()).unwrap();
    // The same mask in every image, but for the last one, where resegmentation takes some of it.
    let values = |f: fn(usize) -> f64| Array3::from_shape_fn((4, 4, 5), |(k, j, i)| f(k * 7 + j * 5 + i * 3));
    let values = [values(|v| (v % 5 + 1) as f64), values(|v| (v % 6 + 1) as f64), values(|v| (v % 9) as f64)];
    let [a, b, c] = values.each_ref().map(|v| Image::new(grid.clone(), v.view()).unwrap());
    let images = [("first", &a), ("second", &b), ("third", &c), ("fourth", &b)];
    let settings = Settings {
        resegment_range: Some([Some(1.0), Some(6.0)]),
        morphological_mask: MorphologicalMask::Resegmented,
        ..settings()
    };
    let pool = Pool::new(2).unwrap();
    let steps = Mutex::new(Vec::new());
    let progress = |done, total| {
        steps.lock().unwrap().push((done, total));
        ControlFlow::Continue(())
    };
    let runtime = Runtime { progress: Some(&progress), ..Runtime::new(&pool) };
    let tables = extract_many(&images, &mask, &[7, 3], &settings, &runtime).unwrap();
    assert_eq!(tables.len(), 2);
    for (table, label) in tables.iter().zip([7, 3]) {
        let mut rows = table.rows();
        for (name, image) in images {
            let single = extract(image, &mask, label, &settings, &Execution::default()).unwrap();
            let (own, rest) = rows.split_at(single.rows().len());
            rows = rest;
            assert!(own.iter().all(|row| row.column.image == name));
            let bits = |rows: &[radiomics_core::FeatureRow]| -> Vec<_> {
                rows.iter()
                    .map(|r| {
                        (r.column.family, r.column.feature.name, r.column.aggregation, r.value.to_bits())
                    })
                    .collect()
            };
            assert_eq!(bits(own), bits(single.rows()));
        }
        assert!(rows.is_empty());
    }
    let steps = steps.into_inner().unwrap();
    let &(done, total) = steps.last().unwrap();
    assert_eq!(done, total);
}

/// Boxes of labels, z-scores of images, and a mask interpolated once are those of single calls.
#[test]
fn what_regions_share_changes_no_bit() {
    let shape = (7, 8, 9);
    let values =
        |step: usize| Array3::from_shape_fn(shape, |(k, j, i)| ((k * 31 + j * 17 + i * step) % 97) as f32);
    let (first, second) = (values(13), values(29));
    let labels = Array3::from_shape_fn(shape, |(k, j, i)| ((k / 3 + j / 3 + i / 4) % 3 + 1) as f32);
    let grid = |spacing_mm| Grid::new([7, 8, 9], spacing_mm).unwrap();
    let mask = Mask::new(grid([3.0, 1.0, 2.0]), labels.view()).unwrap();
    let images = [
        ("a", &Image::new(grid([3.0, 1.0, 2.0]), first.view()).unwrap()),
        ("b", &Image::new(grid([3.0, 1.0, 2.0]), second.view()).unwrap()),
        // Within the tolerance, but not the grid that the mask was interpolated on before.
        ("c", &Image::new(grid([3.0, 1.00005, 2.0]), second.view()).unwrap()),
        ("d", &Image::new(grid([3.0, 1.0, 2.0]), first.view()).unwrap()),
    ];
    let pool = Pool::new(2).unwrap();
    for text in [
        "bin_number: [8, 16]",
        "resample_spacing_mm: 1.5",
        "{resample_spacing_mm: 1.5, mask_interpolation: nearest, normalise: true}",
        "{normalise: true, filters: [original, {mean: {support_voxels: 3}}], families: [glcm, morphology]}",
        "{resample_spacing_mm: 2, resegment_sigma: 1, morphological_mask: resegmented, bin_width: 5}",
    ] {
        let settings = from_yaml(text).unwrap();
        let tables = extract_many(&images, &mask, &[3, 1, 2], &settings, &Runtime::new(&pool)).unwrap();
        for (table, label) in tables.iter().zip([3, 1, 2]) {
            let mut rows = table.rows().iter();
            for (name, image) in images {
                let single = extract(image, &mask, label, &settings, &Execution::default()).unwrap();
                for alone in single.rows() {
                    let row = rows.next().unwrap();
                    assert_eq!(
                        row.column.name(),
                        alone.column.name().replacen("original", name, 1).replacen(
                            "mean-3",
                            &format!("{name}-mean-3"),
                            1
                        )
                    );
                    assert_eq!(
                        row.value.to_bits(),
                        alone.value.to_bits(),
                        "{text} {label} {}",
                        row.column.name()
                    );
                }
            }
            assert!(rows.next().is_none());
        }
    }
}

#[test]
fn what_is_wrong_with_one_of_many_regions_says_where() {
    let phantom = DigitalPhantom::new();
    let pool = Pool::new(1).unwrap();
    let images = [("original", &phantom.image())];
    let run =
        |labels: &[i64]| extract_many(&images, &phantom.mask(), labels, &settings(), &Runtime::new(&pool));
    let message = run(&[1, 9]).unwrap_err().to_string();
    assert_eq!(
        message,
        "image `original`, label 9: label 9 is not in the mask; it holds 1; with `OnError::Record` the others are computed"
    );
    assert!(matches!(run(&[9]), Err(Error::LabelNotPresent { .. })));
    assert_eq!(run(&[]), Ok(Vec::new()));
}

/// To wake another thread takes longer than a small job. Whoever is told of progress is free meanwhile, and a long job
/// needs the threads of the pool.
#[test]
fn a_small_job_runs_on_the_thread_that_starts_it() {
    let pool = Pool::new(1).unwrap();
    let here = std::thread::current().id();
    let is_here = |image: &Image, mask: &Mask, text: &str, runtime: &Runtime| {
        let settings = from_yaml(text).unwrap();
        let mut threads = Vec::new();
        let each = &mut |_, _| threads.push(std::thread::current().id());
        extract_each(&[("ct", image)], mask, &[1], &settings, OnError::Fail, runtime, each).unwrap();
        threads == [here]
    };
    let plain = Runtime::new(&pool);
    let told = |_, _| ControlFlow::Continue(());
    let phantom = DigitalPhantom::new();
    let (image, mask) = (phantom.image(), phantom.mask());
    assert!(is_here(&image, &mask, "bin_number: 8", &plain));
    assert!(!is_here(&image, &mask, "bin_number: 8", &Runtime { progress: Some(&told), ..plain }));
    for larger in
        ["resample_spacing_mm: 0.5", "filters: [original, square]", "bin_number: [2, 3, 4, 5, 6, 7, 8]"]
    {
        assert!(!is_here(&image, &mask, larger, &plain), "{larger}");
    }
    // A cube of so many voxels along each axis in an image of others.
    for (side, around, expected) in [(8, 8, true), (9, 9, false), (3, 25, true), (3, 26, false)] {
        let shape = [around; 3];
        let grid = Grid::new(shape, [1.0; 3]).unwrap();
        let values = Array3::from_shape_fn(shape, |(k, j, i)| (k * j + i) as f64);
        let voxels = Array3::from_shape_fn(shape, |(k, j, i)| u8::from(k.max(j).max(i) < side));
        let image = Image::new(grid.clone(), values.view()).unwrap();
        let mask = Mask::new(grid, voxels.view()).unwrap();
        assert_eq!(is_here(&image, &mask, "bin_number: 8", &plain), expected, "{side} in {around}");
    }
}

/// Threads of other programs may have little stack: of the systems in use musl gives the least, 128 KB.
#[test]
fn a_small_job_needs_little_stack() {
    let job = || {
        let (pool, phantom) = (Pool::new(1).unwrap(), DigitalPhantom::new());
        let images = [("ct", &phantom.image())];
        for text in ["bin_number: 8", "profile: pyradiomics", "profile: ibsi_2d"] {
            extract_many(&images, &phantom.mask(), &[1], &from_yaml(text).unwrap(), &Runtime::new(&pool))
                .unwrap();
        }
    };
    std::thread::Builder::new().stack_size(128 << 10).spawn(job).unwrap().join().unwrap();
}

#[test]
fn progress_goes_from_nothing_to_all() {
    let phantom = DigitalPhantom::new();
    for threads in [1, 3] {
        let pool = Pool::new(threads).unwrap();
        assert_eq!(pool.threads(), threads);
        let calls = Mutex::new(Vec::new());
        let progress = |done, total| {
            calls.lock().unwrap().push((done, total));
            ControlFlow::Continue(())
        };
        let runtime = Runtime { progress: Some(&progress), ..Runtime::new(&pool) };
        let images = [("original", &phantom.image())];
        extract_many(&images, &phantom.mask(), &[1], &settings(), &runtime).unwrap();
        let calls = calls.into_inner().unwrap();
        let total = calls[0].1;
        assert_eq!((calls[0], *calls.last().unwrap()), ((0, total), (total, total)));
        assert!(calls.windows(2).all(|w| w[0].0 <= w[1].0 && w[1].1 == total), "{calls:?}");
    }
}

#[test]
fn a_stopped_job_stops_and_asks_no_more() {
    let phantom = DigitalPhantom::new();
    for threads in [1, 2] {
        let pool = Pool::new(threads).unwrap();
        for stop_at in [0, 1, 3] {
            let calls = Mutex::new(Vec::new());
            let progress = |done, _| {
                calls.lock().unwrap().push(done);
                if done >= stop_at { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            };
            let runtime = Runtime { progress: Some(&progress), ..Runtime::new(&pool) };
            let images = [("original", &phantom.image())];
            let error = extract_many(&images, &phantom.mask(), &[1], &settings(), &runtime).unwrap_err();
            assert!(matches!(error, Error::Cancelled { done, .. } if done >= stop_at), "{error}");
            let calls = calls.into_inner().unwrap();
            assert_eq!(calls.iter().filter(|done| **done >= stop_at).count(), 1, "{calls:?}");
        }
    }
}

/// On one thread loops are not shared at all, which is how the core runs that was built without threads.
#[test]
fn one_thread_gives_the_bits_of_several() {
    let phantom = DigitalPhantom::new();
    let settings = from_yaml("{filters: [original, gradient], bin_number: 8}").unwrap();
    let rows = |threads: usize| {
        let pool = Pool::new(threads).unwrap();
        let images = [("original", &phantom.image())];
        let (tables, calls) = watched(&pool, usize::MAX, |runtime| {
            extract_many(&images, &phantom.mask(), &[1], &settings, runtime).unwrap()
        });
        assert!(calls.is_sorted() && calls.last().is_some_and(|(done, total)| done == total), "{calls:?}");
        let rows = tables[0].rows().iter().map(|row| (row.column.name(), row.value.to_bits()));
        rows.collect::<Vec<_>>()
    };
    let single = rows(1);
    assert!(single.len() > 300, "{} features", single.len());
    for threads in 2..=5 {
        assert_eq!(rows(threads), single, "{threads} threads");
    }
}

/// Calls `job` with a progress that stops at `stop_at`, and returns the calls.
fn watched<R>(pool: &Pool, stop_at: usize, job: impl FnOnce(&Runtime) -> R) -> (R, Vec<(usize, usize)>) {
    let calls = Mutex::new(Vec::new());
    let progress = |done, total| {
        calls.lock().unwrap().push((done, total));
        if done >= stop_at { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let result = job(&Runtime { progress: Some(&progress), ..Runtime::new(pool) });
    (result, calls.into_inner().unwrap())
}

#[test]
fn filters_are_told_one_by_one_and_can_be_stopped() {
    let phantom = DigitalPhantom::new();
    let filters = from_yaml("filters: [square, gradient, {mean: {support_voxels: 3}}]").unwrap().filters;
    let pool = Pool::new(2).unwrap();
    let run = |stop_at| {
        let mut responses = Vec::new();
        let (result, calls) = watched(&pool, stop_at, |runtime| {
            filter_each(&phantom.image(), &filters, runtime, |index, response| {
                responses.push((index, response))
            })
        });
        (result, calls, responses)
    };
    let (result, calls, responses) = run(usize::MAX);
    let mut calls = calls;
    // Again with the same number when a step takes long.
    calls.dedup();
    assert_eq!((result, calls), (Ok(()), vec![(0, 3), (1, 3), (2, 3), (3, 3)]));
    let expected = filter_images(&phantom.image(), &filters, &Execution::default()).unwrap();
    assert_eq!(responses, expected.into_iter().enumerate().collect::<Vec<_>>());
    let (result, calls, responses) = run(1);
    assert_eq!(result, Err(Error::Cancelled { done: 1, total: 3 }));
    assert_eq!((calls, responses.len()), (vec![(0, 3), (1, 3)], 1));
}

#[test]
fn prepared_maps_are_told_voxel_by_voxel_and_can_be_stopped() {
    let settings = from_yaml("features: [ngtdm.contrast, intensity_statistics.mean]").unwrap();
    let window = MovingWindow::default();
    let values = Array3::from_shape_fn((10, 10, 10), |(k, j, i)| ((3 * k + 5 * j + 7 * i) % 23) as f64);
    let labels = Array3::from_elem((10, 10, 10), 1u8);
    let grid = Grid::new([10; 3], [1.0; 3]).unwrap();
    let (image, mask) =
        (Image::new(grid.clone(), values.view()).unwrap(), Mask::new(grid, labels.view()).unwrap());
    let expected = feature_maps(&image, &mask, 1, &settings, &window, &Execution::default()).unwrap();
    let pool = Pool::new(1).unwrap();
    let maps = PreparedMaps::new(&image, &mask, 1, &settings, &window, &Runtime::new(&pool)).unwrap();
    // Prepared maps stand alone.
    drop((values, labels));
    for (stop_at, tile_bytes) in [(usize::MAX, 1 << 20), (usize::MAX, 999), (0, 1 << 20), (300, 1 << 20)] {
        let mut computed = Vec::new();
        let (result, calls) = watched(&pool, stop_at, |runtime| {
            maps.compute(runtime, tile_bytes, |tile| {
                computed.extend_from_slice(tile.values);
                ControlFlow::Continue(())
            })
        });
        assert!(calls.windows(2).all(|w| w[0].0 <= w[1].0) && calls[0] == (0, 1000), "{calls:?}");
        if stop_at == usize::MAX {
            assert_eq!((result, calls.last()), (Ok(ControlFlow::Continue(())), Some(&(1000, 1000))));
            let of_map = |column| computed.iter().skip(column).step_by(2).copied().collect::<Vec<f64>>();
            assert_eq!([of_map(0), of_map(1)], [expected.values(0), expected.values(1)]);
        } else {
            let done = calls.last().unwrap().0;
            assert_eq!(result, Err(Error::Cancelled { done, total: 1000 }));
            assert!((stop_at..1000).contains(&done) && computed.is_empty());
        }
    }
}
