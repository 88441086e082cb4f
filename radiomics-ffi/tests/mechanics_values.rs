//! What a C program prints for the CT phantom is what Rust computes, bit by bit.

#[path = "../../radiomics-core/tests/common/mod.rs"]
mod common;
mod tools;

use std::path::{Path, PathBuf};
use std::process::Command;

use radiomics_core::document::from_yaml;
use radiomics_core::filters::filter_images;
use radiomics_core::voxel_map::{MovingWindow, feature_maps};
use radiomics_core::{Execution, Settings, extract};
use tools::{COMPILERS, build, found, run, skipped};

/// The voxels as a file of 32-bit floats, x fastest.
fn raw(volume: &common::Volume, name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let bytes: Vec<u8> = volume.voxels.iter().flat_map(|voxel| voxel.to_ne_bytes()).collect();
    std::fs::write(&path, bytes).unwrap();
    path
}

/// Commands of a program whose first arguments are the files, the shape and the spacing of an image and
/// its mask. Nothing without a compiler.
fn program(source: &str, image: &common::Volume, mask: &common::Volume) -> Option<impl Fn() -> Command> {
    let Some(compiler) = COMPILERS.iter().find_map(found) else {
        skipped(source, "a C compiler");
        return None;
    };
    let program = build(&compiler, source, "plain", &["-O2"]);
    let files = [raw(image, &format!("{source}_image.raw")), raw(mask, &format!("{source}_mask.raw"))];
    let (shape, spacing) = (image.grid.shape, image.grid.spacing_mm);
    Some(move || {
        let mut command = Command::new(&program);
        command.args(&files).args(shape.map(|n| n.to_string())).args(spacing.map(|mm| format!("{mm:?}")));
        command
    })
}

#[test]
fn ct_phantom_through_c_and_rust_is_the_same_bits() {
    let Some((image, mask)) = common::ct_phantom() else { return };
    let Some(values) = program("values.c", &image, &mask) else { return };
    for configuration in ["A", "B", "C", "D", "E"] {
        let printed = run(values().arg(configuration));
        let settings = Settings::ibsi_configuration(configuration).unwrap();
        let table = extract(&image.image(), &mask.mask(), 1, &settings, &Execution::default()).unwrap();
        let line = |row: &radiomics_core::FeatureRow| {
            format!("{} {:016x}\n", row.column.name(), row.value.to_bits())
        };
        let expected: String = table.rows().iter().map(line).collect();
        assert!(table.rows().len() > 200);
        assert!(printed == expected, "configuration {configuration} differs");
    }
}

#[test]
fn responses_and_maps_through_c_and_rust_are_the_same_bits() {
    let Some((image, mask)) = common::ct_phantom() else { return };
    let Some(volumes) = program("volumes.c", &image, &mask) else { return };
    let filters = "filters: [original, {laplacian_of_gaussian: {sigma_mm: 3}}, \
                   {separable_wavelet: {wavelet: coif1, subband: [LLH, HHH]}}, gradient]";
    let maps = "{features: [intensity_statistics.mean, glcm.joint_entropy, glszm.zone_size_variance], \
                aggregations: [3D_avg, 3D], resegment_range: [-500, 400], bin_number: 16}";
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join("volumes.raw");
    let printed = run(volumes().args([filters, maps]).arg(&out));
    let (image, mask, execution) = (image.image(), mask.mask(), Execution::default());

    let filters = from_yaml(filters).unwrap().filters;
    let responses = filter_images(&image, &filters, &execution).unwrap();
    let settings = from_yaml(maps).unwrap();
    let maps = feature_maps(&image, &mask, 1, &settings, &MovingWindow::default(), &execution).unwrap();
    let columns = maps.layout().columns();
    assert_eq!((filters.len(), columns.len()), (5, 3));
    let names: Vec<String> =
        filters.iter().map(|f| f.name()).chain(columns.iter().map(|c| c.name())).collect();
    assert_eq!(printed.lines().collect::<Vec<_>>(), names);
    let volumes = responses.into_iter().chain((0..columns.len()).map(|column| maps.dense(column, -1.0)));
    let expected: Vec<u8> = volumes
        .flat_map(|volume| volume.into_iter().collect::<Vec<f64>>())
        .flat_map(f64::to_ne_bytes)
        .collect();
    assert!(std::fs::read(&out).unwrap() == expected, "{} differs", out.display());
}
