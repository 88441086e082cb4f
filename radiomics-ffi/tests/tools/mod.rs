//! Compilers, and what is built with them.
#![allow(dead_code, reason = "each test file uses its own part")]

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{LazyLock, Mutex, PoisonError};

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

/// Options with which a program ends at the first mistake of memory or arithmetic.
pub const SANITIZERS: &[&str] = &["-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-g"];

/// The compiler, if what it makes of C and C++ runs.
pub fn found(compiler: &Compiler) -> Option<Compiler> {
    let works = works(*compiler, "a.c", &[], &[]) && works(*compiler, "a.cpp", &[], &[]);
    (cfg!(unix) && works).then_some(*compiler)
}

/// Whether a compiler makes a program with these options, and the program runs by itself, or under
/// another one. It is tried, once: a compiler may be there without the libraries of its sanitizers.
pub fn works(compiler: Compiler, source: &str, options: &[&str], under: &[&str]) -> bool {
    type Tried = HashMap<(&'static str, Vec<String>), bool>;
    static TRIED: LazyLock<Mutex<Tried>> = LazyLock::new(Mutex::default);
    let name = compiler.name(source);
    let words = options.iter().chain(under).map(ToString::to_string).collect();
    let mut tried = TRIED.lock().unwrap_or_else(PoisonError::into_inner);
    *tried.entry((name, words)).or_insert_with(|| tries(name, source, options, under))
}

fn tries(name: &str, source: &str, options: &[&str], under: &[&str]) -> bool {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("tries-{}", std::process::id()));
    let (source, program) = (folder.join(source), folder.join("program"));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(&source, "int main(void) { return 0; }\n").unwrap();
    let succeeds = |command: &mut Command| command.output().is_ok_and(|output| output.status.success());
    let built = succeeds(Command::new(name).args(options).arg(&source).arg("-o").arg(&program));
    let ran = built
        && match under {
            [] => succeeds(&mut Command::new(&program)),
            [tool, arguments @ ..] => succeeds(Command::new(tool).args(arguments).arg(&program)),
        };
    std::fs::remove_dir_all(&folder).unwrap();
    ran
}

/// Says in a line what was not done, and what for want of.
pub fn skipped(what: &str, missing: &str) {
    println!("skipped {what}: {missing} is not there, or does not work");
}

const VALGRIND: &[&str] = &[
    "valgrind",
    "--quiet",
    "--error-exitcode=9",
    "--leak-check=full",
    "--show-leak-kinds=definite,indirect",
    "--errors-for-leak-kinds=definite,indirect",
];

/// Builds and runs a program with every compiler that is there: with the sanitizers of the first one that has them,
/// as those of all look for the same, and plainly with the others.
pub fn with_every_compiler(source: &str, options: &[&str], arguments: &[&str]) {
    let sanitized: Vec<&str> = options.iter().chain(SANITIZERS).copied().collect();
    let there: Vec<Compiler> = COMPILERS.iter().filter_map(found_or_skipped(source)).collect();
    let strict = there.iter().position(|compiler| works(*compiler, source, SANITIZERS, &[]));
    if strict.is_none() {
        skipped(source, "a sanitizer of any compiler");
    }
    for (place, compiler) in there.iter().enumerate() {
        let (kind, options) =
            if Some(place) == strict { ("sanitized", &sanitized[..]) } else { ("plain", options) };
        run(Command::new(build(compiler, source, kind, options)).args(arguments));
    }
}

/// Looks at a program with options with every compiler that is there, and runs what the first one makes of it.
pub fn with_other_options(source: &str, options: &[&str], arguments: &[&str]) {
    for (place, compiler) in COMPILERS.iter().filter_map(found_or_skipped(source)).enumerate() {
        if place == 0 {
            run(Command::new(build(&compiler, source, "plain", options)).args(arguments));
        } else {
            check_syntax(&compiler, source, options);
        }
    }
}

fn found_or_skipped(source: &str) -> impl Fn(&Compiler) -> Option<Compiler> {
    move |compiler| {
        let found = found(compiler);
        if found.is_none() {
            skipped(source, compiler.name(source));
        }
        found
    }
}

/// Runs a program under valgrind, for which any error and any lost memory is a failure.
pub fn under_valgrind(source: &str, options: &[&str], arguments: &[&str]) {
    let compiler = COMPILERS.iter().find_map(found);
    let Some(path) = compiler.filter(|&compiler| works(compiler, source, &["-g"], VALGRIND)) else {
        return skipped(source, "valgrind or a compiler");
    };
    let program = build(&path, source, "valgrind", &[options, &["-g"]].concat());
    run(Command::new(VALGRIND[0]).args(&VALGRIND[1..]).arg(program).args(arguments));
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
    let mut build = compile(compiler, source, options);
    build.arg(static_library()).arg("-o").arg(&program).args(system_libraries());
    run(&mut build);
    program
}

/// Looks at one of the programs as a compiler does that is to warn of anything, without building it.
pub fn check_syntax(compiler: &Compiler, source: &str, options: &[&str]) {
    run(compile(compiler, source, options).arg("-fsyntax-only"));
}

/// The command that compiles one of the programs, without a warning.
fn compile(compiler: &Compiler, source: &str, options: &[&str]) -> Command {
    let standard = if source.ends_with(".cpp") { "-std=c++17" } else { "-std=c11" };
    let mut command = Command::new(compiler.name(source));
    command.args([standard, "-D_DEFAULT_SOURCE", "-Wall", "-Wextra", "-Werror", "-pedantic"]).args(options);
    command.arg("-I").arg(here().join("include")).arg(here().join("tests/programs").join(source));
    command
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
