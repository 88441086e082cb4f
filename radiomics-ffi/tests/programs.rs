//! C and C++ programs build against the headers and the static library without a warning, and do
//! what they should: plainly, under AddressSanitizer and under valgrind, with GCC and with Clang.
//! A compiler or tool that is not there is skipped with a line that says so.

mod tools;

use std::process::Command;

use tools::{COMPILERS, Compiler, SANITIZERS, build, found, run, skipped, works};

const VERSION: &str = env!("CARGO_PKG_VERSION");
const VALGRIND: &[&str] = &[
    "valgrind",
    "--quiet",
    "--error-exitcode=9",
    "--leak-check=full",
    "--show-leak-kinds=definite,indirect",
    "--errors-for-leak-kinds=definite,indirect",
];

/// Builds a program with every compiler that is there, and runs it plainly and with sanitizers.
fn with_every_compiler(source: &str, options: &[&str], arguments: &[&str]) {
    for compiler in COMPILERS {
        let Some(path) = found(compiler) else {
            skipped(source, compiler.name(source));
            continue;
        };
        run(Command::new(build(&path, source, "plain", options)).args(arguments));
        if !works(*compiler, source, SANITIZERS, &[]) {
            skipped(source, &format!("the sanitizer of {}", compiler.name(source)));
            continue;
        }
        let sanitized: Vec<&str> = options.iter().chain(SANITIZERS).copied().collect();
        run(Command::new(build(&path, source, "sanitized", &sanitized)).args(arguments));
    }
}

/// Runs a program under valgrind, for which any error and any lost memory is a failure.
fn under_valgrind(source: &str, options: &[&str], arguments: &[&str]) {
    let compiler = COMPILERS.iter().find_map(found);
    let Some(path) = compiler.filter(|&compiler| works(compiler, source, &["-g"], VALGRIND)) else {
        return skipped(source, "valgrind or a compiler");
    };
    let program = build(&path, source, "valgrind", &[options, &["-g"]].concat());
    run(Command::new(VALGRIND[0]).args(&VALGRIND[1..]).arg(program).args(arguments));
}

#[test]
fn every_function_from_c() {
    with_every_compiler("happy.c", &[], &[VERSION]);
    under_valgrind("happy.c", &[], &[VERSION]);
}

#[test]
fn bad_input_from_c() {
    with_every_compiler("bad_input.c", &[], &[]);
    under_valgrind("bad_input.c", &[], &[]);
}

#[test]
fn filters_and_maps_from_c() {
    with_every_compiler("outputs.c", &[], &[]);
    under_valgrind("outputs.c", &[], &[]);
}

#[test]
fn bad_input_to_filters_and_maps() {
    with_every_compiler("bad_output.c", &[], &[]);
    under_valgrind("bad_output.c", &[], &[]);
}

#[test]
fn four_threads_and_cancelling() {
    with_every_compiler("threads.c", &["-pthread"], &[]);
    under_valgrind("threads.c", &["-pthread"], &[]);
}

#[test]
fn wrapper_from_cpp() {
    with_every_compiler("wrapper.cpp", &[], &[VERSION]);
    with_every_compiler("wrapper.cpp", &["-fno-exceptions"], &[VERSION]);
    under_valgrind("wrapper.cpp", &[], &[VERSION]);
}

#[test]
fn filters_and_maps_from_cpp() {
    with_every_compiler("wrapper_outputs.cpp", &[], &[]);
    with_every_compiler("wrapper_outputs.cpp", &["-fno-exceptions"], &[]);
    under_valgrind("wrapper_outputs.cpp", &[], &[]);
}

#[test]
fn a_large_image_is_not_copied() {
    for compiler in COMPILERS.iter().filter(|c| **c == Compiler::Gcc || found(&Compiler::Gcc).is_none()) {
        match found(compiler) {
            Some(path) => println!("{}", run(&mut Command::new(build(&path, "memory.c", "plain", &["-O2"])))),
            None => skipped("memory.c", compiler.name("memory.c")),
        }
    }
}
