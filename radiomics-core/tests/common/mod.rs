//! What several files of tests use: reference data, noise, and the comparison of generated files.
#![allow(dead_code, reason = "each test file uses its own part")]

pub mod noise;

use std::path::PathBuf;

use nifti::volume::ndarray::IntoNdArray;
use nifti::{NiftiObject, ReaderOptions};
use radiomics_core::ndarray::{Array3, Ix3};
use radiomics_core::{Grid, Image, Mask};

/// The folder of reference data, or nothing on a machine without it: then the test says so in
/// a line and is skipped.
pub fn data() -> Option<PathBuf> {
    let folder = std::env::var_os("RADIOMICS_DATA")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared"), PathBuf::from);
    if folder.join("ibsi1").is_dir() {
        return Some(folder);
    }
    println!("skipped: no reference data at {} (set RADIOMICS_DATA)", folder.display());
    None
}

/// An image file with its grid. Orientation is left out: no feature depends on it.
pub struct Volume {
    pub grid: Grid,
    pub voxels: Array3<f32>,
}

impl Volume {
    /// Reads a NIfTI file, turning its (x, y, z) into (z, y, x).
    pub fn nifti(path: &std::path::Path) -> Self {
        let object = ReaderOptions::new().read_file(path).expect("a readable NIfTI file");
        let [_, x, y, z, ..] = object.header().pixdim;
        let spacing = [z, y, x].map(f64::from);
        let volume = object.into_volume().into_ndarray::<f32>().expect("numeric voxels");
        let voxels = volume.into_dimensionality::<Ix3>().expect("three axes").reversed_axes();
        let voxels = voxels.as_standard_layout().into_owned();
        let (nz, ny, nx) = voxels.dim();
        Self { grid: Grid::new([nz, ny, nx], spacing).expect("a valid grid"), voxels }
    }

    pub fn image(&self) -> Image<'_> {
        Image::new(self.grid.clone(), self.voxels.view()).expect("the volume's own grid")
    }

    pub fn mask(&self) -> Mask<'_> {
        Mask::new(self.grid.clone(), self.voxels.view()).expect("the volume's own grid")
    }
}

/// The CT phantom of IBSI 1 and its mask.
pub fn ct_phantom() -> Option<(Volume, Volume)> {
    let folder = data()?.join("ibsi1/ct_phantom");
    let image = Volume::nifti(&folder.join("image.nii.gz"));
    assert!(image.voxels.iter().all(|x| x.fract() == 0.0), "the phantom is in whole HU");
    Some((image, Volume::nifti(&folder.join("mask.nii.gz"))))
}

/// Compares a generated file with what it should hold, or writes it if `REGENERATE` is set.
pub fn compare_or_regenerate(path: &std::path::Path, expected: &str) {
    if std::env::var_os("REGENERATE").is_some() {
        std::fs::write(path, expected).expect("a writable file");
    }
    let found = std::fs::read_to_string(path).unwrap_or_default();
    assert!(found == expected, "{} is out of date: run `REGENERATE=1 cargo test`", path.display());
}
