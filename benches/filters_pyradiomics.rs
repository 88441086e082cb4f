//! The filters of PyRadiomics on one thread: each on 128 × 256 × 256 voxels (z, y, x), and what
//! its documentation recommends, five LoG and eight wavelet images, on a crop as real cases have.
//! `cargo bench -p radiomics-benches --bench filters_pyradiomics`.

#[path = "../radiomics-core/tests/common/noise.rs"]
mod noise;

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use noise::Noise;
use radiomics_core::filters::{Filter, filter_images, read_filters};
use radiomics_core::ndarray::Array3;
use radiomics_core::{Execution, Grid, Image};

/// Noise round soft tissue, the same on every machine.
fn voxels(shape: [usize; 3]) -> Array3<i16> {
    let mut noise = Noise::new(1);
    Array3::from_shape_simple_fn(shape, || noise.bits(7) as i16 - 24)
}

fn read(texts: &[&str]) -> Vec<Filter> {
    let values: Vec<_> = texts.iter().map(|text| serde_json::from_str(text).expect("JSON")).collect();
    read_filters(&values).expect("filters")
}

fn filters(criterion: &mut Criterion) {
    const LOG: &str =
        r#"{"laplacian_of_gaussian": {"sigma_mm": [1.0, 2.0, 3.0, 4.0, 5.0], "method": "recursive"}}"#;
    const WAVELETS: &str = r#"{"separable_wavelet": {"wavelet": "coif1", "decomposition": "repeated",
        "subband": ["LLH", "LHL", "LHH", "HLL", "HLH", "HHL", "HHH", "LLL"]}}"#;
    let cases = [
        ("log", r#"{"laplacian_of_gaussian": {"sigma_mm": 3.0, "method": "recursive"}}"#),
        ("wavelets", WAVELETS),
        ("gradient", r#"{"gradient": {}}"#),
        ("square", r#""square""#),
        ("logarithm", r#""logarithm""#),
        ("lbp-2D", r#"{"local_binary_pattern_2d": {}}"#),
    ];
    let large = voxels([128, 256, 256]);
    for (name, text) in cases {
        time(criterion, "128x256x256", name, &large, &read(&[text]));
    }
    let crop = voxels([150, 130, 130]);
    time(criterion, "150x130x130", "five logs", &crop, &read(&[LOG]));
    time(criterion, "150x130x130", "eight wavelets", &crop, &read(&[WAVELETS]));
}

fn time(criterion: &mut Criterion, size: &str, name: &str, voxels: &Array3<i16>, filters: &[Filter]) {
    let shape = voxels.dim().into();
    let grid = Grid::new(shape, [1.0; 3]).expect("a grid");
    let image = Image::new(grid, voxels.view()).expect("an image");
    let execution = Execution { threads: 1, ..Execution::default() };
    let mut group = criterion.benchmark_group(format!("filters/{size}"));
    group.sample_size(10);
    group.bench_function(BenchmarkId::from_parameter(name), |bencher| {
        bencher.iter(|| filter_images(black_box(&image), filters, &execution).expect("responses"));
    });
    group.finish();
}

criterion_group!(benches, filters);
criterion_main!(benches);
