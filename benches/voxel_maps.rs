//! Feature maps of a region of 4 000 voxels on one thread: each family at radius 1, and
//! the larger radii of GLCM and GLRLM. `cargo bench -p radiomics-benches --bench voxel_maps`.

use criterion::{Criterion, criterion_group, criterion_main};
use radiomics_benches::soft_tissue_of;
use radiomics_core::catalogue::FAMILIES;
use radiomics_core::voxel_map::{MovingWindow, feature_maps};
use radiomics_core::{Execution, Profile, Settings};

fn voxel_maps(criterion: &mut Criterion) {
    let case = soft_tissue_of("soft_tissue_20x20x10", [10, 20, 20]).expect("a valid case");
    let (image, mask) = (case.image().expect("a valid image"), case.mask().expect("a valid mask"));
    let execution = Execution { threads: 1, ..Execution::default() };
    let mut group = criterion.benchmark_group(format!("voxel_maps/{}", case.name));
    group.sample_size(10);
    let mut time = |name: String, families: Vec<String>, radius| {
        let settings = Settings { families: Some(families), ..Profile::PyRadiomics.settings() };
        let window = MovingWindow { radius, ..MovingWindow::default() };
        group.bench_function(name, |bencher| {
            bencher.iter(|| feature_maps(&image, &mask, 1, &settings, &window, &execution).expect("maps"));
        });
    };
    for family in FAMILIES.iter().filter(|family| family.has_maps()) {
        time(format!("{}/radius_1", family.name), vec![family.name.to_owned()], 1);
    }
    for (family, radius) in [("glcm", 2), ("glcm", 3), ("glrlm", 2), ("glrlm", 3)] {
        time(format!("{family}/radius_{radius}"), vec![family.to_owned()], radius);
    }
    group.finish();
}

criterion_group!(benches, voxel_maps);
criterion_main!(benches);
