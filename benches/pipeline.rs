//! The main job, from image and mask to the table, all families and each on its own, on one
//! thread and with the settings of the IBSI profile. `cargo bench -p radiomics-benches`.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use radiomics_benches::soft_tissue;
use radiomics_core::catalogue::FAMILIES;
use radiomics_core::example::DigitalPhantom;
use radiomics_core::{Execution, Image, Mask, Profile, Settings, extract};

fn pipeline(criterion: &mut Criterion) {
    let phantom = DigitalPhantom::new();
    time(criterion, "digital_phantom", &phantom.image(), &phantom.mask());
    let case = soft_tissue().expect("a valid case");
    let (image, mask) = (case.image().expect("a valid image"), case.mask().expect("a valid mask"));
    time(criterion, case.name, &image, &mask);
}

fn time(criterion: &mut Criterion, name: &str, image: &Image, mask: &Mask) {
    let execution = Execution { threads: 1, ..Execution::default() };
    let mut group = criterion.benchmark_group(format!("pipeline/{name}"));
    let mut time_families = |part: &str, families| {
        let settings = Settings { families, ..Profile::Ibsi.settings() };
        group.bench_function(part, |bencher| {
            bencher.iter(|| extract(black_box(image), mask, 1, &settings, &execution).expect("features"));
        });
    };
    time_families("all", None);
    for family in FAMILIES {
        time_families(family.name, Some(vec![family.name.to_owned()]));
    }
    group.finish();
}

criterion_group!(benches, pipeline);
criterion_main!(benches);
