//! What a C program prints for the CT phantom is what Rust computes, bit by bit.

#[path = "../../radiomics-core/tests/common/mod.rs"]
mod common;
mod tools;

use std::path::{Path, PathBuf};
use std::process::Command;

use radiomics_core::{Execution, Settings, extract};
use tools::{COMPILERS, build, found, run, skipped};

/// The voxels as a file of 32-bit floats, x fastest.
fn raw(volume: &common::Volume, name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let bytes: Vec<u8> = volume.voxels.iter().flat_map(|voxel| voxel.to_ne_bytes()).collect();
    std::fs::write(&path, bytes).unwrap();
    path
}

#[test]
fn ct_phantom_through_c_and_rust_is_the_same_bits() {
    let Some((image, mask)) = common::ct_phantom() else { return };
    let Some(compiler) = COMPILERS.iter().find_map(found) else {
        return skipped("values.c", "a C compiler");
    };
    let program = build(&compiler, "values.c", "plain", &["-O2"]);
    let (image_file, mask_file) = (raw(&image, "ct_image.raw"), raw(&mask, "ct_mask.raw"));
    for configuration in ["A", "B", "C", "D", "E"] {
        let mut values = Command::new(&program);
        values.args([&image_file, &mask_file]);
        values
            .args(image.grid.shape.map(|n| n.to_string()))
            .args(image.grid.spacing_mm.map(|mm| format!("{mm:?}")));
        let printed = run(values.arg(configuration));
        let settings = Settings::ibsi_configuration(configuration).unwrap();
        let table = extract(&image.image(), &mask.mask(), 1, &settings, &Execution::default()).unwrap();
        let line =
            |row: &radiomics_core::FeatureRow| format!("{} {:016x}\n", row.column(), row.value.to_bits());
        let expected: String = table.rows().iter().map(line).collect();
        assert!(table.rows().len() > 200);
        assert!(printed == expected, "configuration {configuration} differs");
    }
}
