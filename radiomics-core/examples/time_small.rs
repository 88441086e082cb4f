//! Times calls for small regions on threads that are kept: `time_small [VOXELS ALONG AN AXIS] [SECONDS]`. One thread,
//! and that of the caller; mean and least times of a call. Without a number of voxels cubes of 27 and of 1,000. What a
//! region of 27 voxels takes at most is promised for its statistics, and told for all features of IBSI.

use std::time::{Duration, Instant};

use radiomics_core::ndarray::Array3;
use radiomics_core::{Grid, Image, Mask, Pool, Profile, Runtime, Settings, extract_many};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let sides = arguments.next().map_or(vec![3, 10], |n| vec![n.parse().expect("a number of voxels")]);
    let seconds = arguments.next().map_or(1.0, |n| n.parse().expect("seconds"));
    for side in sides {
        time(side, Duration::from_secs_f64(seconds));
    }
}

/// Times calls for a cube of `n` voxels along each axis, in an image with five more on either side.
fn time(n: usize, for_each: Duration) {
    let shape = [n + 10; 3];
    let mut state = 1_u64;
    let voxels = Array3::from_shape_simple_fn(shape, || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((state >> 33) % 400) as i16 - 100
    });
    let inside = 5..5 + n;
    let labels =
        Array3::from_shape_fn(shape, |(k, j, i)| u8::from([k, j, i].iter().all(|x| inside.contains(x))));
    let grid = Grid::new(shape, [1.0; 3]).expect("a grid");
    let image = Image::new(grid.clone(), voxels.view()).expect("the volume's own grid");
    let mask = Mask::new(grid, labels.view()).expect("the volume's own grid");
    let statistics =
        || Settings { families: Some(vec!["intensity_statistics".to_owned()]), ..Settings::default() };
    for (what, pool) in
        [("a thread that is kept", Pool::new(1).expect("a thread")), ("no thread", Pool::inline())]
    {
        for (which, settings) in [
            ("first order of IBSI", statistics()),
            ("profile pyradiomics", Profile::PyRadiomics.settings()),
            ("all features of IBSI", Profile::Ibsi.settings()),
        ] {
            let run = || {
                let images = [("original", &image)];
                extract_many(&images, &mask, &[1], &settings, &Runtime::new(&pool)).expect("features")
            };
            let values = run()[0].rows().len();
            let (begin, mut least, mut calls) = (Instant::now(), f64::INFINITY, 0);
            while begin.elapsed() < for_each {
                let start = Instant::now();
                run();
                least = start.elapsed().as_secs_f64().min(least);
                calls += 1;
            }
            let mean = begin.elapsed().as_secs_f64() / f64::from(calls);
            println!(
                "{:6} voxels, {what:22} {which:20} {values:4} values: {:6.0} us, least {:6.0} us",
                n * n * n,
                mean * 1e6,
                least * 1e6
            );
        }
    }
}
