//! Instructions that each family takes for a small region, for the maps of a smaller one, and that filters take,
//! beside those written down in `instructions.txt`: a regression shows on a noisy machine as well. Fails if
//! any takes a tenth more. `cargo run -p radiomics-benches --bin baseline`; `REGENERATE=1` writes the file
//! anew, which a new compiler may call for.
//!
//! Instructions are counted by callgrind, with scalar kernels, so that all machines of an
//! architecture agree but for a few library functions.

use std::error::Error;
use std::fmt::Write;
use std::process::{Command, ExitCode, Stdio};
use std::sync::Mutex;

use radiomics_benches::{small_region, soft_tissue_of};
use radiomics_core::catalogue::FAMILIES;
use radiomics_core::filters::filter_images;
use radiomics_core::voxel_map::{MovingWindow, feature_maps};
use radiomics_core::{Execution, Isa, Profile, Settings, document, extract};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/instructions.txt");

/// Factor by which more instructions than those written down are too many.
const LIMIT: f64 = 1.1;

/// Number of processes that are counted at a time.
const SIDE_BY_SIDE: usize = 2;

/// Options of valgrind with which it counts instructions, and leaves no file behind.
const CALLGRIND: [&str; 2] = ["--tool=callgrind", "--callgrind-out-file=/dev/null"];

/// What comes before the name of a family whose maps are counted.
const MAP: &str = "map_";

/// What comes before the name of a filter.
const FILTER: &str = "filter_";

/// Filters, each of which is computed in a way of its own. Those by Fourier transforms are left out: the library
/// chooses instructions by itself.
const FILTERS: [(&str, &str); 6] = [
    ("laplacian_of_gaussian", "{laplacian_of_gaussian: {sigma_mm: 3}}"),
    ("laplacian_of_gaussian_recursive", "{laplacian_of_gaussian: {sigma_mm: 3, method: recursive}}"),
    ("laws", "{laws: {kernels: L5E5S5, rotation_invariant: true, energy_delta_voxels: 3}}"),
    ("separable_wavelet", "{separable_wavelet: {wavelet: db3, subband: LLH, rotation_invariant: true}}"),
    (
        "separable_wavelet_repeated",
        "{separable_wavelet: {wavelet: coif1, subband: LLH, decomposition: repeated}}",
    ),
    ("mean", "{mean: {support_voxels: 5}}"),
];

type Failure = Box<dyn Error + Send + Sync>;

fn main() -> Result<ExitCode, Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [name, times] = &arguments[..] {
        run(name, times.parse()?)?;
        return Ok(ExitCode::SUCCESS);
    }
    let counts = Command::new("valgrind").args(CALLGRIND).arg("true").stderr(Stdio::null()).status();
    if !counts.is_ok_and(|status| status.success()) {
        println!("baseline: skipped, valgrind is not there, or does not work");
        return Ok(ExitCode::SUCCESS);
    }
    let counted = count_all()?;
    if std::env::var_os("REGENERATE").is_some() {
        let mut text = String::new();
        for (name, n) in &counted {
            writeln!(text, "{name} {n}")?;
        }
        std::fs::write(FILE, text)?;
    }
    let text = std::fs::read_to_string(FILE)?;
    let written = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.and_then(|n| n.parse::<f64>().ok())
    };
    let mut outcome = ExitCode::SUCCESS;
    for (name, n) in counted {
        let ratio = n as f64 / written(&name).unwrap_or(f64::NAN);
        let verdict = match ratio <= LIMIT {
            true => "",
            false => " TOO MANY, or not written down",
        };
        if !verdict.is_empty() {
            outcome = ExitCode::FAILURE;
        }
        println!("{name:38} {n:>12} instructions, {ratio:.3} of those written down{verdict}");
    }
    Ok(outcome)
}

/// The names of the families, with [`MAP`] before them those that have maps, and with [`FILTER`] those of filters.
fn names() -> Vec<String> {
    let with_maps = FAMILIES.iter().filter(|family| family.has_maps());
    let maps = with_maps.map(|family| format!("{MAP}{}", family.name));
    let filters = FILTERS.iter().map(|(name, _)| format!("{FILTER}{name}"));
    FAMILIES.iter().map(|family| family.name.to_owned()).chain(maps).chain(filters).collect()
}

/// The instructions that each of [`names`] takes, in that order.
fn count_all() -> Result<Vec<(String, u64)>, Failure> {
    let names = names();
    let next = Mutex::new(names.iter().enumerate());
    let counted = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        let count = || -> Result<(), Failure> {
            loop {
                let taken = next.lock().map_err(|_| "another count failed")?.next();
                let Some((place, name)) = taken else { return Ok(()) };
                // What start-up and the making of the region take is in both.
                let n = (instructions(name, 3)? - instructions(name, 1)?) / 2;
                counted.lock().map_err(|_| "another count failed")?.push((place, name.clone(), n));
            }
        };
        let workers: Vec<_> = (0..SIDE_BY_SIDE).map(|_| scope.spawn(count)).collect();
        workers.into_iter().try_for_each(|worker| worker.join().map_err(|_| "a count broke off")?)
    })?;
    let mut counted = counted.into_inner()?;
    counted.sort();
    Ok(counted.into_iter().map(|(_, name, n)| (name, n)).collect())
}

/// Computes a family, its maps, or a filter, some times over.
fn run(name: &str, times: usize) -> Result<(), Failure> {
    let execution = Execution { threads: 1, isa: Isa::Scalar };
    let of_family =
        |family: &str| Settings { families: Some(vec![family.to_owned()]), ..Profile::Ibsi.settings() };
    if let Some((_, text)) = FILTERS.iter().find(|(filter, _)| name.strip_prefix(FILTER) == Some(filter)) {
        let settings = document::from_yaml(&format!("{{filters: [{text}]}}"))?;
        let case = soft_tissue_of("soft_tissue_40x40x24", [24, 40, 40])?;
        for _ in 0..times {
            filter_images(&case.image()?, &settings.filters, &execution)?;
        }
        return Ok(());
    }
    match name.strip_prefix(MAP) {
        Some(family) => {
            let case = soft_tissue_of("soft_tissue_8x8x4", [4, 8, 8])?;
            let (settings, window) = (of_family(family), MovingWindow::default());
            for _ in 0..times {
                feature_maps(&case.image()?, &case.mask()?, 1, &settings, &window, &execution)?;
            }
        }
        None => {
            let case = small_region()?;
            for _ in 0..times {
                extract(&case.image()?, &case.mask()?, 1, &of_family(name), &execution)?;
            }
        }
    }
    Ok(())
}

/// All instructions of a process that computes a family, its maps, or a filter, some times over.
fn instructions(name: &str, times: usize) -> Result<u64, Failure> {
    let output = Command::new("valgrind")
        .args(CALLGRIND)
        .arg(std::env::current_exe()?)
        .args([name, &times.to_string()])
        .output()?;
    let text = String::from_utf8_lossy(&output.stderr);
    let counted = text.lines().find_map(|line| line.split_once("Collected : ")).map(|(_, n)| n.trim());
    Ok(counted.ok_or_else(|| format!("valgrind said: {text}"))?.parse()?)
}
