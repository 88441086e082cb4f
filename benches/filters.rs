//! Filters of IBSI 2, on one thread and a volume of 256 × 256 × 128 voxels of 1 mm.
//! `benches/peers/filters.py` times the same through other packages.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use radiomics_core::filters::{Filter, filter_images, read_filters};
use radiomics_core::ndarray::Array3;
use radiomics_core::{Execution, Grid, Image};

/// Shape (z, y, x) of the volume.
const SHAPE: [usize; 3] = [128, 256, 256];

/// The filters to time, as settings documents write them.
const FILTERS: &str = r#"[
    {"mean": {"support_voxels": 15}},
    {"laplacian_of_gaussian": {"sigma_mm": 1.5}},
    {"laplacian_of_gaussian": {"sigma_mm": 5.0}},
    {"laws": {"kernels": "L5E5S5"}},
    {"laws": {"kernels": "L5E5S5", "rotation_invariant": true}},
    {"laws": {"kernels": "L5E5S5", "rotation_invariant": true, "energy_delta_voxels": 7}},
    {"gabor": {"sigma_mm": 5.0, "lambda_mm": 2.0, "gamma": 1.5, "theta": 0.5}},
    {"gabor": {"sigma_mm": 5.0, "lambda_mm": 2.0, "gamma": 1.5, "delta_theta": 0.7853981633974483}},
    {"separable_wavelet": {"wavelet": "db3", "subband": "LLH"}},
    {"separable_wavelet": {"wavelet": "db3", "subband": "LLH", "rotation_invariant": true}},
    {"separable_wavelet": {"wavelet": "db3", "subband": "HHH", "level": 2, "rotation_invariant": true}},
    {"simoncelli": {"level": 1, "boundary": "periodic"}},
    {"simoncelli": {"level": 1}},
    {"riesz": {"order": [0, 0, 1], "of": {"simoncelli": {"level": 1}}}}
]"#;

fn filters(criterion: &mut Criterion) {
    let voxels = Array3::from_shape_fn(SHAPE, |(k, j, i)| {
        // Rough enough that no part of it is like another.
        (((k * 7919 + j * 104_729 + i * 1_299_709) * 2_654_435_761) >> 7 & 1023) as f64
    });
    let grid = Grid::new(SHAPE, [1.0; 3]).expect("a valid grid");
    let image = Image::new(grid, voxels.view()).expect("the grid of the voxels");
    let values = serde_json::from_str::<Vec<serde_json::Value>>(FILTERS).expect("valid JSON");
    let filters: Vec<Filter> = read_filters(&values).expect("valid filters");
    let execution = Execution { threads: 1, ..Execution::default() };
    let mut group = criterion.benchmark_group("filters");
    group.sample_size(10);
    for filter in &filters {
        group.bench_function(filter.name(), |bencher| {
            bencher.iter(|| filter_images(&image, black_box(std::slice::from_ref(filter)), &execution));
        });
    }
    group.finish();
}

criterion_group!(benches, filters);
criterion_main!(benches);
