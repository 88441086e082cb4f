//! Times the resampling and the filters of case C of the performance page without its features,
//! all together and part by part, NIfTI files: `time_filters IMAGE MASK [THREADS] [SECONDS]
//! [PART]`. One cheap feature is computed of each response.

mod files;

use std::time::{Duration, Instant};

use radiomics_core::filters::{Filter, read_filters};
use radiomics_core::{Image, Mask, Pool, Profile, Runtime, Settings, extract_many};

/// Processor time of all threads of this process so far in milliseconds.
fn processor_ms() -> f64 {
    let tasks = std::fs::read_dir("/proc/self/task").expect("Linux");
    let nanoseconds = |path: std::path::PathBuf| {
        let text = std::fs::read_to_string(path.join("schedstat")).unwrap_or_default();
        text.split_whitespace().next().and_then(|n| n.parse::<f64>().ok()).unwrap_or(0.0)
    };
    tasks.filter_map(|task| Some(nanoseconds(task.ok()?.path()))).sum::<f64>() * 1e-6
}

/// Least time on the clock and least processor time of as many runs as fit, at least three, in
/// milliseconds. The processor time stays about the same while others use the machine.
fn least_ms(pool: &Pool, seconds: f64, run: impl Fn(&Runtime)) -> [f64; 2] {
    let runtime = Runtime::new(pool);
    run(&runtime);
    let (begin, mut least, mut runs) = (Instant::now(), [f64::INFINITY; 2], 0);
    while runs < 3 || begin.elapsed() < Duration::from_secs_f64(seconds) {
        let (start, processor) = (Instant::now(), processor_ms());
        run(&runtime);
        let took = [start.elapsed().as_secs_f64() * 1e3, processor_ms() - processor];
        least = [0, 1].map(|n| least[n].min(took[n]));
        runs += 1;
    }
    least
}

fn filters(documents: &[serde_json::Value]) -> Vec<Filter> {
    read_filters(documents).expect("filters")
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let (grid, voxels) = files::read(&arguments[1]);
    let (mask_grid, labels) = files::read(&arguments[2]);
    let image = Image::new(grid, voxels.view()).expect("the volume's own grid");
    let mask = Mask::new(mask_grid, labels.view()).expect("the volume's own grid");
    let threads = arguments.get(3).map_or(1, |n| n.parse().expect("a number of threads"));
    let seconds = arguments.get(4).map_or(1.0, |n| n.parse().expect("seconds"));
    let only = arguments.get(5);
    let pool = Pool::new(threads).expect("threads");
    let original = serde_json::json!("original");
    let gaussian = |sigma_mm: &[usize]| serde_json::json!({"laplacian_of_gaussian": {"sigma_mm": sigma_mm, "method": "recursive"}});
    let wavelet = |bands: &[&str]| {
        serde_json::json!({"separable_wavelet": {
            "wavelet": "coif1", "subband": bands, "decomposition": "repeated", "boundary": "periodic",
        }})
    };
    let bands = ["LLL", "LLH", "LHL", "LHH", "HLL", "HLH", "HHL", "HHH"];
    let cases = [
        ("original", filters(std::slice::from_ref(&original))),
        ("one Gaussian", filters(&[gaussian(&[3])])),
        ("five Gaussians", filters(&[gaussian(&[1, 2, 3, 4, 5])])),
        ("one wavelet", filters(&[wavelet(&["LLL"])])),
        ("eight wavelets", filters(&[wavelet(&bands)])),
        ("all", filters(&[original, gaussian(&[1, 2, 3, 4, 5]), wavelet(&bands)])),
    ];
    let base = Settings {
        resample_spacing_mm: Some([Some(1.0); 3]),
        features: Some(vec!["intensity_statistics.minimum".to_owned()]),
        families: None,
        ..Profile::PyRadiomics.settings()
    };
    let run = |name: &str, settings: &Settings| {
        if only.is_none_or(|only| only == name) {
            let [clock, processor] = least_ms(&pool, seconds, |runtime| {
                extract_many(&[("original", &image)], &mask, &[1], settings, runtime).expect("features");
            });
            println!("{name:20} {clock:9.2} ms clock {processor:9.2} ms processor");
        }
    };
    for (name, filters) in cases.clone() {
        run(name, &Settings { filters, ..base.clone() });
    }
    let [.., (_, all)] = cases;
    run("with all features", &Settings { features: None, filters: all, ..base });
}
