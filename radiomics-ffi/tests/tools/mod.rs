//! Compilers, and what is built with them.
#![allow(dead_code, reason = "each test file uses its own part")]

use std::path::{Path, PathBuf};
use std::process::Command;

/// A compiler that the tests know the options of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Compiler {
    Gcc,
    Clang,
}

/// All compilers that the tests know.
pub const COMPILERS: &[Compiler] = &[Compiler::Gcc, Compiler::Clang];

impl Compiler {
    /// The command for a source file.
    pub fn name(self, source: &str) -> &'static str {
        match (self, source.ends_with(".cpp")) {
            (Self::Gcc, false) => "gcc",
            (Self::Gcc, true) => "g++",
            (Self::Clang, false) => "clang",
            (Self::Clang, true) => "clang++",
        }
    }
}

/// The compiler, if it is there and can compile C and C++.
pub fn found(compiler: &Compiler) -> Option<Compiler> {
    let there = cfg!(unix) && starts(compiler.name("a.c")) && starts(compiler.name("a.cpp"));
    there.then_some(*compiler)
}

/// Whether a command is there.
pub fn starts(command: &str) -> bool {
    Command::new(command).arg("--version").output().is_ok_and(|output| output.status.success())
}

/// Says in a line what was not done, and what for want of.
pub fn skipped(what: &str, missing: &str) {
    println!("skipped {what}: {missing} is not there");
}

/// Folder of the crate.
pub fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Builds one of the programs beside this file against the static library.
pub fn build(compiler: &Compiler, source: &str, kind: &str, options: &[&str]) -> PathBuf {
    let name = compiler.name(source);
    let exceptions = if options.contains(&"-fno-exceptions") { "-bare" } else { "" };
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{source}-{name}-{kind}{exceptions}"));
    let standard = if source.ends_with(".cpp") { "-std=c++17" } else { "-std=c11" };
    let mut build = Command::new(name);
    build.args([standard, "-D_DEFAULT_SOURCE", "-Wall", "-Wextra", "-Werror", "-pedantic"]).args(options);
    build.arg("-I").arg(here().join("../include")).arg(here().join("tests/programs").join(source));
    build.arg(static_library()).arg("-o").arg(&program).args(system_libraries());
    run(&mut build);
    program
}

/// Cargo builds the static library along with its tests and leaves it beside them.
pub fn static_library() -> PathBuf {
    std::env::current_exe().unwrap().with_file_name("libradiomics.a")
}

/// What the Rust standard library needs of the system
/// (`cargo rustc -p radiomics-ffi --crate-type staticlib -- --print native-static-libs`).
fn system_libraries() -> &'static [&'static str] {
    if cfg!(target_os = "macos") { &[] } else { &["-lpthread", "-ldl", "-lm"] }
}

/// Runs a command that must succeed, and returns what it printed.
pub fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {}\n{text}", output.status);
    String::from_utf8_lossy(&output.stdout).into_owned()
}
