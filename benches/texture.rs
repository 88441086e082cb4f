//! Counting alone: grey levels from intensities, and the matrices of each texture family, on one
//! thread and for each instruction set. `cargo bench -p radiomics-benches --bench texture`.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use radiomics_benches::soft_tissue;
use radiomics_core::catalogue::FAMILIES;
use radiomics_core::matrices::matrices;
use radiomics_core::preprocess::{discretise, prepare};
use radiomics_core::{Execution, Isa, Profile};

fn texture(criterion: &mut Criterion) {
    let case = soft_tissue().expect("a valid case");
    let (image, mask) = (case.image().expect("a valid image"), case.mask().expect("a valid mask"));
    let base = Profile::Ibsi.settings();
    let roi = prepare(&image, &mask, 1, &base, 0.0, Isa::best()).expect("a region");
    for isa in Isa::available() {
        let mut group = criterion.benchmark_group(format!("texture/{}/{}", case.name, isa.name()));
        let execution = Execution { threads: 1, isa };
        group.bench_function("discretise", |bencher| {
            let (discretisation, assignment) = (&base.discretisation, base.bin_assignment);
            bencher.iter(|| discretise(black_box(&roi), discretisation, assignment, None, 1, isa));
        });
        for family in FAMILIES.iter().filter(|family| family.has_matrices()) {
            let families = Some(vec![family.name.to_owned()]);
            let settings = radiomics_core::Settings { families, ..base.clone() };
            group.bench_function(family.name, |bencher| {
                bencher.iter(|| matrices(black_box(&image), &mask, 1, &settings, &execution));
            });
        }
        group.finish();
    }
}

criterion_group!(benches, texture);
criterion_main!(benches);
