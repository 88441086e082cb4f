//! All tests that need no process of their own, as one program: to link a program for each file takes longer than to
//! run most of them. `cargo test -p radiomics-core --test main oracle_ibsi1` runs those of one file.

mod common;

#[path = "bad_input.rs"]
mod bad_input;
#[path = "invariants.rs"]
mod invariants;
#[path = "invariants_degenerate_regions.rs"]
mod invariants_degenerate_regions;
#[path = "invariants_discretisations.rs"]
mod invariants_discretisations;
#[path = "invariants_morphology.rs"]
mod invariants_morphology;
#[path = "invariants_voxel_maps.rs"]
mod invariants_voxel_maps;
#[path = "mechanics_catalogue.rs"]
mod mechanics_catalogue;
#[path = "mechanics_filters.rs"]
mod mechanics_filters;
#[path = "mechanics_layers.rs"]
mod mechanics_layers;
#[path = "mechanics_non_finite.rs"]
mod mechanics_non_finite;
#[path = "mechanics_on_error.rs"]
mod mechanics_on_error;
#[path = "mechanics_prepare.rs"]
mod mechanics_prepare;
#[path = "mechanics_settings.rs"]
mod mechanics_settings;
#[path = "mechanics_shared_responses.rs"]
mod mechanics_shared_responses;
#[path = "mechanics_warnings.rs"]
mod mechanics_warnings;
#[path = "oracle_diagnostics.rs"]
mod oracle_diagnostics;
#[path = "oracle_ibsi1.rs"]
mod oracle_ibsi1;
#[path = "oracle_ibsi2.rs"]
mod oracle_ibsi2;
#[path = "oracle_icc.rs"]
mod oracle_icc;
#[path = "oracle_pyradiomics.rs"]
mod oracle_pyradiomics;
#[path = "oracle_texture_matrices.rs"]
mod oracle_texture_matrices;

/// A file that no program has would be a test that cannot fail.
#[test]
fn every_file_belongs_to_a_program() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = |path| std::fs::read_to_string(folder.join(path)).unwrap();
    let programs = text("tests/main.rs") + &text("Cargo.toml");
    for entry in folder.join("tests").read_dir().unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(
            !name.ends_with(".rs") || programs.contains(&name),
            "tests/{name} is in no program: add it to tests/main.rs"
        );
    }
}
