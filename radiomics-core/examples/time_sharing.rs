//! Times one call for several discretisations, labels or images beside a call for each, in memory,
//! on NIfTI files: `time_sharing IMAGE MASK [SECONDS]`. One thread; least times, taken in turn.

mod files;

use std::time::{Duration, Instant};

use radiomics_core::ndarray::Array3;
use radiomics_core::{Image, Mask, Pool, Runtime, Settings, document, extract_many};

fn settings(text: &str) -> Settings {
    document::from_yaml(text).expect("settings")
}

/// Prints the least times of `together` and `apart`, in milliseconds.
fn compare(what: &str, seconds: f64, together: impl Fn(), apart: impl Fn()) {
    let timed = |run: &dyn Fn()| {
        let start = Instant::now();
        run();
        start.elapsed().as_secs_f64() * 1e3
    };
    let (mut least, mut runs) = ([f64::INFINITY; 2], 0);
    let begin = Instant::now();
    while runs < 3 || begin.elapsed() < Duration::from_secs_f64(seconds) {
        least = [least[0].min(timed(&together)), least[1].min(timed(&apart))];
        runs += 1;
    }
    let [together, apart] = least;
    println!("{what:45} {together:9.2} {apart:9.2}  {:5.2}", together / apart);
}

/// The slices of label 1 dealt out in eight slabs, a label each.
fn eight_slabs(labels: &Array3<i16>) -> Array3<i16> {
    let slab = |k: usize| (k * 8 / labels.dim().0 + 1) as i16;
    Array3::from_shape_fn(labels.dim(), |(k, j, i)| if labels[[k, j, i]] == 1 { slab(k) } else { 0 })
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let (grid, voxels) = files::read(&arguments[1]);
    let (mask_grid, labels) = files::read(&arguments[2]);
    let seconds = arguments.get(3).map_or(1.0, |n| n.parse().expect("seconds"));
    let image = Image::new(grid, voxels.view()).expect("the volume's own grid");
    let mask = Mask::new(mask_grid.clone(), labels.view()).expect("the volume's own grid");
    let slabs = eight_slabs(&labels);
    let slabs = Mask::new(mask_grid, slabs.view()).expect("the mask's grid");
    let of_slabs = slabs.labels().expect("whole numbers");

    let pool = Pool::new(1).expect("a thread");
    let run = |images: &[(&str, &Image)], mask: &Mask, labels: &[i64], settings: &Settings| {
        extract_many(images, mask, labels, settings, &Runtime::new(&pool)).expect("features");
    };
    let one = [("original", &image)];
    println!("{:45} {:>9} {:>9}  {:>5}", "", "one call", "a call each", "ratio");

    for (what, base) in [
        ("", "{resegment_range: [-500, 400]"),
        (", 2 mm", "{resample_spacing_mm: 2, resegment_range: [-1000, 400]"),
        (", Laplacian of Gaussian", "{filters: {laplacian_of_gaussian: {sigma_mm: 2}}"),
        (", histogram only", "{families: [intensity_histogram]"),
    ] {
        let of = |widths: &str| settings(&format!("{base}, bin_width: {widths}}}"));
        let (several, each) = (of("[10, 25, 50]"), ["10", "25", "50"].map(of));
        compare(
            &format!("3 bin widths{what}"),
            seconds,
            || run(&one, &mask, &[1], &several),
            || each.iter().for_each(|settings| run(&one, &mask, &[1], settings)),
        );
    }
    for (what, text) in [
        ("", "bin_width: 25"),
        (", 2 mm", "{bin_width: 25, resample_spacing_mm: 2}"),
        (", 2 mm, statistics only", "{families: [intensity_statistics], resample_spacing_mm: 2}"),
    ] {
        let settings = settings(text);
        compare(
            &format!("3 images on a mask{what}"),
            seconds,
            || run(&[("a", &image), ("b", &image), ("c", &image)], &mask, &[1], &settings),
            || (0..3).for_each(|_| run(&one, &mask, &[1], &settings)),
        );
    }
    for (what, text) in [
        ("", "bin_width: 25"),
        (", statistics only", "families: [intensity_statistics]"),
        (", normalised", "{bin_width: 0.1, normalise: true}"),
        (
            ", recursive Laplacian",
            "{bin_width: 25, filters: [{laplacian_of_gaussian: {sigma_mm: 3, method: recursive}}]}",
        ),
    ] {
        let settings = settings(text);
        compare(
            &format!("{} labels of a mask{what}", of_slabs.len()),
            seconds,
            || run(&one, &slabs, &of_slabs, &settings),
            || of_slabs.iter().for_each(|&label| run(&one, &slabs, &[label], &settings)),
        );
    }
}
