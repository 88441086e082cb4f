//! Times each family on its own and all together, in memory, on the two cases of the
//! performance page, NIfTI files: `time_families IMAGE MASK [THREADS] [SECONDS] [all | texture |
//! FAMILY | -] [BIN_WIDTH]`.

mod files;

use std::time::{Duration, Instant};

use radiomics_core::catalogue::FAMILIES;
use radiomics_core::{BinAnchor, Discretisation, Execution, Image, Isa, Mask, Profile, Settings, extract};

/// Processor time of this process so far, all threads together, in milliseconds.
fn processor_ms() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").expect("Linux");
    let (_, fields) = stat.rsplit_once(')').expect("the name of the process");
    let ticks = fields.split_whitespace().skip(11).take(2).map(|n| n.parse::<f64>().expect("ticks"));
    ticks.sum::<f64>() * 10.0
}

/// Least time on the clock and mean processor time of as many runs as fit the time, in milliseconds. The
/// processor time stays about the same while others use the machine.
fn time(seconds: f64, run: impl Fn()) -> [f64; 2] {
    run();
    let (begin, processor, mut times) = (Instant::now(), processor_ms(), Vec::new());
    while times.len() < 3 || begin.elapsed() < Duration::from_secs_f64(seconds) {
        let start = Instant::now();
        run();
        times.push(start.elapsed().as_secs_f64() * 1e3);
    }
    let processor = (processor_ms() - processor) / times.len() as f64;
    [times.into_iter().fold(f64::INFINITY, f64::min), processor]
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let (grid, voxels) = files::read(&arguments[1]);
    let (mask_grid, labels) = files::read(&arguments[2]);
    let image = Image::new(grid, voxels.view()).expect("the volume's own grid");
    let mask = Mask::new(mask_grid, labels.view()).expect("the volume's own grid");
    let threads = arguments.get(3).map_or(1, |n| n.parse().expect("a number of threads"));
    let seconds = arguments.get(4).map_or(0.5, |n| n.parse().expect("seconds"));
    let only = arguments.get(5).filter(|only| *only != "-");
    let width = arguments.get(6).map_or(25.0, |width| width.parse().expect("a bin width"));
    let execution = Execution { threads, isa: Isa::best() };
    let ibsi = Settings {
        discretisation: Discretisation::FixedBinSize { width, anchor: BinAnchor::MultipleOfWidth },
        ..Profile::Ibsi.settings()
    };
    let pyradiomics =
        Settings { discretisation: ibsi.discretisation.clone(), ..Profile::PyRadiomics.settings() };
    for (name, base) in [("ibsi", ibsi), ("pyradiomics", pyradiomics)] {
        let row = |what: &str, families: Option<Vec<String>>| {
            if only.is_some_and(|only| only != what) {
                return;
            }
            let settings = Settings { families, ..base.clone() };
            let run = || {
                extract(&image, &mask, 1, &settings, &execution).expect("features");
            };
            let [clock, processor] = time(seconds, run);
            println!("{name:12} {what:28} {clock:9.3} ms clock {processor:9.3} ms processor");
        };
        row("all", None);
        let texture = ["glcm", "glrlm", "glszm", "gldzm", "ngtdm", "ngldm"];
        row("texture", Some(texture.map(str::to_owned).to_vec()));
        for family in FAMILIES {
            row(family.name, Some(vec![family.name.to_owned()]));
        }
    }
}
