//! C and C++ programs build against the headers and the static library without a warning, and do
//! what they should: plainly, under AddressSanitizer and under valgrind, with GCC and with Clang.
//! A compiler or tool that is not there is skipped with a line that says so.

mod tools;

use std::process::Command;

use tools::{
    COMPILERS, Compiler, build, check_syntax, found, here, run, skipped, under_valgrind, with_every_compiler,
    with_other_options, works,
};

const VERSION: &str = env!("CARGO_PKG_VERSION");

#[test]
fn every_function_from_c() {
    with_every_compiler("happy.c", &[], &[VERSION]);
    under_valgrind("happy.c", &[], &[VERSION]);
}

#[test]
fn filters_and_maps_from_c() {
    with_every_compiler("outputs.c", &[], &[]);
    under_valgrind("outputs.c", &[], &[]);
}

#[test]
fn regions_and_masks_from_c() {
    with_every_compiler("regions.c", &[], &[]);
    under_valgrind("regions.c", &[], &[]);
}

#[test]
fn jobs_of_many_masks() {
    with_every_compiler("jobs.c", &[], &[]);
    under_valgrind("jobs.c", &[], &[]);
}

#[test]
fn regions_and_jobs_from_cpp() {
    with_every_compiler("wrapper_regions.cpp", &[], &[]);
    with_other_options("wrapper_regions.cpp", &["-fno-exceptions"], &[]);
}

#[test]
fn four_threads_and_cancelling() {
    with_every_compiler("threads.c", &["-pthread"], &[]);
    under_valgrind("threads.c", &["-pthread"], &[]);
}

#[test]
fn threads_of_a_host_and_none() {
    with_every_compiler("executors.c", &["-pthread"], &[]);
    under_valgrind("executors.c", &["-pthread"], &[]);
}

/// The header by itself, on machines that need not be there, in C and in C++, with comments that Doxygen understands.
#[test]
fn the_header_compiles_for_every_machine() {
    let header = here().join("include/radiomics.h");
    let targets = [
        "x86_64-unknown-linux-gnu",
        "aarch64-unknown-linux-gnu",
        "armv7-unknown-linux-gnueabihf",
        "i686-unknown-linux-gnu",
        "x86_64-pc-windows-msvc",
        "aarch64-apple-darwin",
        "aarch64-apple-ios",
        "aarch64-linux-android",
        "wasm32-unknown-unknown",
    ];
    if found(&Compiler::Clang).is_none() {
        return skipped("radiomics.h on other machines", "clang");
    }
    for target in targets {
        for (language, standard) in [("c", "c99"), ("c", "c2x"), ("c++", "c++11"), ("c++", "c++20")] {
            let mut clang = Command::new("clang");
            clang.args(["-ffreestanding", "-fsyntax-only", "-Wall", "-Wextra", "-Werror", "-Wdocumentation"]);
            clang.arg(format!("--target={target}")).arg(format!("-std={standard}")).args(["-x", language]);
            // Standard headers of C++ are not needed, and not there for most of them.
            clang.args(if language == "c++" { &["-nostdinc++"][..] } else { &[] });
            run(clang.arg("-DRADIOMICS_DLL").arg(&header));
        }
    }
}

#[test]
fn cancelling_from_outside() {
    with_every_compiler("cancel.c", &["-pthread", "-O2"], &[]);
}

#[test]
fn memory_is_limited() {
    with_every_compiler("limits.c", &["-O2"], &[]);
    // Sanitizers take more address space than any limit would leave them.
    match COMPILERS.iter().find_map(found) {
        Some(path) => {
            println!("{}", run(Command::new(build(&path, "limits.c", "plain", &["-O2"])).arg("limit")))
        }
        None => skipped("limits.c", "a compiler"),
    }
}

#[test]
fn wrapper_from_cpp() {
    with_every_compiler("wrapper.cpp", &[], &[VERSION]);
    with_other_options("wrapper.cpp", &["-fno-exceptions"], &[VERSION]);
    under_valgrind("wrapper.cpp", &[], &[VERSION]);
}

#[test]
fn filters_and_maps_from_cpp() {
    with_every_compiler("wrapper_outputs.cpp", &[], &[]);
    with_other_options("wrapper_outputs.cpp", &["-fno-exceptions"], &[]);
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

#[test]
fn structs_begin_in_every_standard() {
    let header = std::fs::read_to_string(here().join("include/radiomics.h")).unwrap();
    let structs = header.matches("  size_t struct_size;").count().to_string();
    let of_c = ["c99", "c11", "c17", "c2x", "gnu99", "gnu17", "gnu2x"];
    let of_cpp = ["c++11", "c++14", "c++17", "c++20", "c++23", "gnu++17", "gnu++20", "gnu++23"];
    for (source, standards) in [("initial.c", &of_c[..]), ("initial.cpp", &of_cpp)] {
        for compiler in COMPILERS {
            for standard in standards {
                let option = format!("-std={standard}");
                if works(*compiler, source, &[&option], &[]) {
                    check_syntax(compiler, source, &[&option]);
                } else {
                    skipped(source, &format!("{} {option}", compiler.name(source)));
                }
            }
        }
        with_every_compiler(source, &[], &[&structs]);
    }
}
