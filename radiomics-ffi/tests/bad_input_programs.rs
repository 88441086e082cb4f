//! Whatever C programs give that cannot be used is refused: built and run as in `mechanics_programs.rs`.

mod tools;

use tools::{under_valgrind, with_every_compiler};

#[test]
fn bad_input_from_c() {
    with_every_compiler("bad_input.c", &[], &[]);
    under_valgrind("bad_input.c", &[], &[]);
}

#[test]
fn bad_input_to_filters_and_maps() {
    with_every_compiler("bad_output.c", &[], &[]);
    under_valgrind("bad_output.c", &[], &[]);
}
