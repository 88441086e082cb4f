//! Instructions that each family takes for a small region, beside those written down in
//! `instructions.txt`: a regression shows on a noisy machine as well. Fails if any takes a tenth
//! more. `cargo run -p radiomics-benches --bin baseline`; `REGENERATE=1` writes the file anew,
//! which a new compiler may call for.
//!
//! Instructions are counted by callgrind, with scalar kernels, so that all machines of an
//! architecture agree but for a few library functions.

use std::error::Error;
use std::fmt::Write;
use std::process::{Command, ExitCode, Stdio};

use radiomics_benches::small_region;
use radiomics_core::catalogue::FAMILIES;
use radiomics_core::{Execution, Isa, Profile, Settings, extract};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/instructions.txt");

/// So many times the instructions written down are too many.
const LIMIT: f64 = 1.1;

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [family, times] = &arguments[..] {
        run(family, times.parse()?)?;
        return Ok(ExitCode::SUCCESS);
    }
    let valgrind = Command::new("valgrind").arg("--version").stdout(Stdio::null()).status();
    if !valgrind.is_ok_and(|status| status.success()) {
        println!("baseline: skipped, valgrind is not installed");
        return Ok(ExitCode::SUCCESS);
    }
    let mut found = Vec::new();
    for family in FAMILIES {
        // What start-up and the making of the region take is in both.
        found.push((family.name, (instructions(family.name, 3)? - instructions(family.name, 1)?) / 2));
    }
    if std::env::var_os("REGENERATE").is_some() {
        let mut text = String::new();
        for (family, n) in &found {
            writeln!(text, "{family} {n}")?;
        }
        std::fs::write(FILE, text)?;
    }
    let text = std::fs::read_to_string(FILE)?;
    let written = |family: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(family)?.strip_prefix(' '));
        line.and_then(|n| n.parse::<f64>().ok())
    };
    let mut outcome = ExitCode::SUCCESS;
    for (family, n) in found {
        let ratio = n as f64 / written(family).unwrap_or(f64::NAN);
        let verdict = match ratio <= LIMIT {
            true => "",
            false => " TOO MANY, or not written down",
        };
        if !verdict.is_empty() {
            outcome = ExitCode::FAILURE;
        }
        println!("{family:28} {n:>12} instructions, {ratio:.3} of those written down{verdict}");
    }
    Ok(outcome)
}

/// Computes a family some times over.
fn run(family: &str, times: usize) -> Result<(), Box<dyn Error>> {
    let case = small_region()?;
    let settings = Settings { families: Some(vec![family.to_owned()]), ..Profile::Ibsi.settings() };
    for _ in 0..times {
        let execution = Execution { threads: 1, isa: Isa::Scalar };
        extract(&case.image()?, &case.mask()?, 1, &settings, &execution)?;
    }
    Ok(())
}

/// All instructions of a process that does so.
fn instructions(family: &str, times: usize) -> Result<u64, Box<dyn Error>> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(std::env::current_exe()?)
        .args([family, &times.to_string()])
        .output()?;
    let text = String::from_utf8_lossy(&output.stderr);
    let counted = text.lines().find_map(|line| line.split_once("Collected : ")).map(|(_, n)| n.trim());
    Ok(counted.ok_or_else(|| format!("valgrind said: {text}"))?.parse()?)
}
