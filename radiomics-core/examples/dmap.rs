#[path = "../tests/common/nrrd.rs"]
mod nrrd;
use radiomics_core::voxel_map::*;
use radiomics_core::*;
fn main() {
    let d = std::path::Path::new("/work/shared/pyradiomics/data");
    let (im, ms) =
        (nrrd::Nrrd::read(&d.join("brain1_image.nrrd")), nrrd::Nrrd::read(&d.join("brain1_label.nrrd")));
    let args: Vec<String> = std::env::args().collect();
    let radius = args[1].parse().unwrap();
    let families: Vec<String> = args[2].split(',').map(str::to_owned).collect();
    let n: usize = args[3].parse().unwrap();
    let settings = Settings { families: Some(families), ..Profile::PyRadiomics.settings() };
    for _ in 0..n {
        let t = std::time::Instant::now();
        let isa = if args.len() > 4 { Isa::Scalar } else { Isa::best() };
        let maps = feature_maps(
            &im.image(),
            &ms.mask(),
            1,
            &settings,
            &MovingWindow { radius, ..MovingWindow::default() },
            &Execution { threads: 1, isa },
        )
        .unwrap();
        eprintln!(
            "{} maps {} voxels {:?}",
            maps.layout().columns().len(),
            maps.layout().voxels().len(),
            t.elapsed()
        );
    }
}
