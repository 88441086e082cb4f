//! Where the time of a region goes: preprocessing, every family, and the parts of morphology,
//! for the cases A (CT phantom, native grid), B (2.5 million voxels) and E (IBSI configuration C),
//! in milliseconds on one thread: the least of some repeats, and the mean processor time. Every figure
//! is a whole call with that part only, less the preprocessing.
//!
//! `cargo bench -p radiomics-benches --bench regions -- [case] [threads] [step]`. Needs the reference
//! data, at `RADIOMICS_DATA` or in a folder `shared` beside the repository.

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::Instant;

use nifti::volume::ndarray::IntoNdArray;
use nifti::{NiftiObject, ReaderOptions};
use radiomics_core::catalogue::FAMILIES;
use radiomics_core::ndarray::{Array3, Ix3};
use radiomics_core::{
    Aggregation, BinAnchor, Discretisation, Execution, Grid, Image, Interpolation, Isa, Mask, Profile,
    Settings, extract, preprocess,
};

/// Parts of morphology, each with a feature that needs no more than it.
const PARTS: [(&str, &str); 9] = [
    ("mesh", "volume"),
    ("axes", "major_axis_length"),
    ("centre of mass", "centre_of_mass_shift"),
    ("hull and diameter", "maximum_3d_diameter"),
    ("oriented box", "volume_density_ombb"),
    ("ellipsoid", "volume_density_mvee"),
    ("integrated intensity", "integrated_intensity"),
    ("Moran and Geary", "morans_i"),
    ("2D diameters", "maximum_2d_diameter_slice"),
];

struct Volume {
    grid: Grid,
    voxels: Array3<f32>,
}

fn read(path: &Path) -> Volume {
    let object = ReaderOptions::new().read_file(path).expect("a readable NIfTI file");
    let [_, x, y, z, ..] = object.header().pixdim;
    let volume = object.into_volume().into_ndarray::<f32>().expect("numeric voxels");
    let voxels = volume.into_dimensionality::<Ix3>().expect("three axes").reversed_axes();
    let voxels = voxels.as_standard_layout().into_owned();
    let grid = Grid::new(voxels.dim().into(), [z, y, x].map(f64::from)).expect("a valid grid");
    Volume { grid, voxels }
}

/// The least time of some repeats and the mean processor time of them, in milliseconds. The processor
/// time counts on a busy machine; its clock ticks every 10 ms, so that it needs repeats.
fn time(mut once: impl FnMut()) -> [f64; 2] {
    once();
    let (mut best, start, mut n) = (f64::INFINITY, processor_ms(), 0);
    let begin = Instant::now();
    while n < 3 || begin.elapsed().as_secs_f64() < 1.0 {
        let now = Instant::now();
        once();
        best = best.min(now.elapsed().as_secs_f64() * 1e3);
        n += 1;
    }
    [best, (processor_ms() - start) / f64::from(n)]
}

/// Processor time of this process so far in milliseconds, where the system tells.
fn processor_ms() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    fields.skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() * 10.0
}

/// What peers compute by default in A and B: no sums over pairs, no spheres, merged in 3D.
fn of_peers(settings: &Settings) -> Settings {
    let slow = |name: &str| ["morphology.morans_i", "morphology.gearys_c"].contains(&name);
    let names = FAMILIES.iter().filter(|f| f.name != "local_intensity").flat_map(|f| {
        (f.features)().into_iter().filter(|x| !x.ibsi_id.is_empty()).map(|x| format!("{}.{}", f.name, x.name))
    });
    Settings {
        features: Some(names.filter(|name| !slow(name)).collect()),
        aggregations: vec![Aggregation::Merged3d, Aggregation::Volume3d],
        ..settings.clone()
    }
}

fn case(
    name: &str,
    folder: &Path,
    files: [&str; 2],
    settings: &Settings,
    threads: usize,
    step: Option<&str>,
) {
    let [image, mask] = files.map(|file| read(&folder.join(file)));
    let grid = image.grid;
    let (voxels, labels) = (image.voxels.mapv(|x| x as i16), mask.voxels.mapv(|x| x as u8));
    let image = Image::new(grid.clone(), voxels.view()).expect("the volume's own grid");
    let mask = Mask::new(grid, labels.view()).expect("the volume's own grid");
    let execution = Execution { threads, ..Execution::default() };
    let time_of = |settings: &Settings| {
        time(|| {
            black_box(extract(black_box(&image), &mask, 1, settings, &execution).expect("features"));
        })
    };
    let is_asked_for = |what: &str| step.is_none_or(|step| what.trim() == step);
    let line = |what: &str, measure: &dyn Fn() -> [f64; 2], less: [f64; 2]| {
        if !is_asked_for(what) {
            return;
        }
        let [least, processor] = measure();
        println!("{name:4} {what:40} {:9.3} {:9.3}", least - less[0], processor - less[1]);
    };
    line("all", &|| time_of(settings), [0.0; 2]);
    let usual = of_peers(settings);
    line("all but pairs and spheres", &|| time_of(&usual), [0.0; 2]);
    let prepare = |margin| {
        time(|| {
            black_box(
                preprocess::prepare(&image, &mask, 1, settings, margin, Isa::best()).expect("a region"),
            );
        })
    };
    let (none, around) = (prepare(0.0), prepare(6.2));
    line("preprocess", &|| none, [0.0; 2]);
    line("preprocess with 6.2 mm round it", &|| around, [0.0; 2]);
    for family in FAMILIES {
        let only = Settings { families: Some(vec![family.name.to_owned()]), ..settings.clone() };
        let fixed = if family.name == "local_intensity" { around } else { none };
        line(family.name, &|| time_of(&only), fixed);
        if family.name == "morphology" {
            for (what, feature) in PARTS {
                let only =
                    Settings { features: Some(vec![format!("morphology.{feature}")]), ..settings.clone() };
                line(&format!("  {what}"), &|| time_of(&only), none);
            }
        }
    }
}

fn main() {
    let folder = std::env::var_os("RADIOMICS_DATA")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared"), PathBuf::from);
    if !folder.join("ibsi1").is_dir() {
        println!("skipped: no reference data at {} (set RADIOMICS_DATA)", folder.display());
        return;
    }
    let mut arguments = std::env::args().skip(1).filter(|a| !a.starts_with('-'));
    let (which, threads) = (arguments.next(), arguments.next().and_then(|n| n.parse().ok()).unwrap_or(1));
    let step = arguments.next();
    let step = step.as_deref();
    let is_wanted = |case: &str| which.as_deref().is_none_or(|w| w == case || w == "all");
    let width = Discretisation::FixedBinSize { width: 25.0, anchor: BinAnchor::LowerBound };
    let native = Settings { discretisation: width, ..Profile::Ibsi.settings() };
    let phantom = folder.join("ibsi1/ct_phantom");
    let files = ["image.nii.gz", "mask.nii.gz"];
    if is_wanted("A") {
        case("A", &phantom, files, &native, threads, step);
    }
    if is_wanted("B") {
        case("B", &folder.join("bench"), ["B_image.nii.gz", "B_mask.nii.gz"], &native, threads, step);
    }
    if is_wanted("E") {
        let settings = Settings::ibsi_configuration("C").expect("a configuration of the standard");
        case("E", &phantom, files, &settings, threads, step);
    }
    if is_wanted("C") {
        let spacing = Some([Some(1.0); 3]);
        let settings = Settings { resample_spacing_mm: spacing, ..Profile::PyRadiomics.settings() };
        assert_eq!(settings.image_interpolation, Interpolation::CubicSpline);
        case("C", &phantom, files, &settings, threads, step);
    }
}
