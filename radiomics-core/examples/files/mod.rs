//! NIfTI files, for the examples that time something.

use nifti::volume::ndarray::IntoNdArray;
use nifti::{NiftiObject, ReaderOptions};
use radiomics_core::Grid;
use radiomics_core::ndarray::{Array3, Ix3};

/// Where the voxels of a file lie, and the voxels (z, y, x).
pub fn read(path: &str) -> (Grid, Array3<i16>) {
    let object = ReaderOptions::new().read_file(path).expect("a readable NIfTI file");
    let [_, x, y, z, ..] = object.header().pixdim;
    let volume = object.into_volume().into_ndarray::<i16>().expect("numeric voxels");
    let voxels = volume.into_dimensionality::<Ix3>().expect("three axes").reversed_axes();
    let voxels = voxels.as_standard_layout().into_owned();
    let (nz, ny, nx) = voxels.dim();
    (Grid::new([nz, ny, nx], [z, y, x].map(f64::from)).expect("a valid grid"), voxels)
}
