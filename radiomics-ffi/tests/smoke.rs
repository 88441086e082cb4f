//! C and C++ programs build against the headers and the static library, and run.

use std::path::{Path, PathBuf};
use std::process::Command;

#[test]
fn c_program_runs() {
    smoke("CC", &["cc", "gcc", "clang"], "smoke.c", &["-std=c11"]);
}

#[test]
fn cpp_program_runs() {
    smoke("CXX", &["c++", "g++", "clang++"], "smoke.cpp", &["-std=c++17"]);
}

fn smoke(variable: &str, usual: &[&str], source: &str, options: &[&str]) {
    if cfg!(windows) {
        eprintln!("skipped {source}: this test knows only compilers with GCC's options");
        return;
    }
    let Some(compiler) = compiler(variable, usual) else {
        eprintln!("skipped {source}: no compiler; set {variable} or install one of {usual:?}");
        return;
    };
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{source}.out"));
    let mut build = Command::new(&compiler[0]);
    build.args(&compiler[1..]).args(options).args(["-Wall", "-Wextra", "-Werror", "-pedantic"]);
    build.arg("-I").arg(here.join("../include")).arg(here.join("tests").join(source));
    build.arg(static_library()).arg("-o").arg(&program).args(system_libraries());
    run(&mut build);
    run(Command::new(&program).arg(env!("CARGO_PKG_VERSION")));
}

/// The compiler, and options if the variable holds some: the one that the variable names, or
/// the first of the usual ones that starts.
fn compiler(variable: &str, usual: &[&str]) -> Option<Vec<String>> {
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    if let Some(named) = std::env::var(variable).ok().map(|v| words(&v)).filter(|v| !v.is_empty()) {
        return Some(named);
    }
    let starts =
        |name: &&&str| Command::new(name).arg("--version").output().is_ok_and(|o| o.status.success());
    usual.iter().find(starts).map(|name| words(name))
}

/// Cargo builds the static library along with its tests and leaves it beside them.
fn static_library() -> PathBuf {
    std::env::current_exe().unwrap().with_file_name("libradiomics.a")
}

/// What the Rust standard library needs of the system
/// (`cargo rustc -p radiomics-ffi --crate-type staticlib -- --print native-static-libs`).
fn system_libraries() -> &'static [&'static str] {
    if cfg!(target_os = "macos") { &[] } else { &["-lpthread", "-ldl", "-lm"] }
}

fn run(command: &mut Command) {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {}\n{text}", output.status);
}
