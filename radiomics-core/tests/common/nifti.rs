//! Reads NIfTI images of the reference data.

use std::path::Path;

use nifti::volume::element::DataElement;
use nifti::{InMemNiftiVolume, NiftiObject, NiftiType, NiftiVolume, ReaderOptions};
use radiomics_core::Grid;
use radiomics_core::ndarray::Array3;

/// Grid and voxels of a file. Its voxels run along x first, so they are (z, y, x) as stored.
pub fn read(path: &Path) -> (Grid, Array3<f32>) {
    let object = ReaderOptions::new().read_file(path).expect("a NIfTI file");
    let spacing = &object.header().pixdim;
    let spacing_mm = [3, 2, 1].map(|a: usize| f64::from(spacing[a]));
    let kind = object.header().data_type().expect("a known type");
    let volume = object.into_volume();
    let size = volume.dim().to_vec();
    let shape = [2, 1, 0].map(|a: usize| usize::from(size[a]));
    let voxels = match kind {
        NiftiType::Uint8 => floats::<u8>(volume),
        NiftiType::Int16 => floats::<i16>(volume),
        _ => floats::<f32>(volume),
    };
    let grid = Grid::new(shape, spacing_mm).expect("a valid grid");
    (grid, Array3::from_shape_vec(shape, voxels).expect("as many voxels as the header says"))
}

fn floats<T: DataElement + Into<f32>>(volume: InMemNiftiVolume) -> Vec<f32> {
    volume.into_nifti_typed_data::<T>().expect("voxels of that type").into_iter().map(Into::into).collect()
}
