//! Features of every label of a mask in NIfTI files: `cargo run --example nifti -- image.nii.gz mask.nii.gz`.

use std::error::Error;

use nifti::{IntoNdArray, NiftiHeader, NiftiObject, ReaderOptions};
use radiomics_core::ndarray::{Array3, Ix3};
use radiomics_core::{Grid, Image, Mask, Pool, Runtime, Settings, extract_many};

/// Voxels (z, y, x) and where they lie.
fn read(path: &str) -> Result<(Grid, Array3<f64>), Box<dyn Error>> {
    let object = ReaderOptions::new().read_file(path)?;
    let affine = affine(object.header());
    let array = object.into_volume().into_ndarray::<f64>()?.into_dimensionality::<Ix3>()?;
    // NIfTI counts x first; reversing the axes moves no voxel.
    let voxels = array.reversed_axes();
    Ok((Grid::from_affine_ras(voxels.dim().into(), &affine)?, voxels))
}

/// The matrix from indices (i, j, k) to positions in mm to the right, to the front and upwards.
fn affine(header: &NiftiHeader) -> [[f64; 4]; 4] {
    let last = [0.0, 0.0, 0.0, 1.0];
    if header.sform_code > 0 {
        let rows = [header.srow_x, header.srow_y, header.srow_z];
        let [x, y, z] = rows.map(|row| row.map(f64::from));
        return [x, y, z, last];
    }
    // A rotation as a quaternion, whose first part is what makes its length 1; the third axis may be turned round.
    let [b, c, d] = [header.quatern_b, header.quatern_c, header.quatern_d].map(f64::from);
    let a = (1.0 - b * b - c * c - d * d).max(0.0).sqrt();
    let [turned, x, y, z, ..] = header.pixdim.map(f64::from);
    let z = if turned < 0.0 { -z } else { z };
    let [u, v, w] = [header.quatern_x, header.quatern_y, header.quatern_z].map(f64::from);
    [
        [x * (a * a + b * b - c * c - d * d), y * 2.0 * (b * c - a * d), z * 2.0 * (b * d + a * c), u],
        [x * 2.0 * (b * c + a * d), y * (a * a + c * c - b * b - d * d), z * 2.0 * (c * d - a * b), v],
        [x * 2.0 * (b * d - a * c), y * 2.0 * (c * d + a * b), z * (a * a + d * d - b * b - c * c), w],
        last,
    ]
}

fn main() -> Result<(), Box<dyn Error>> {
    let paths: Vec<String> = std::env::args().skip(1).collect();
    let [image, mask] = &paths[..] else {
        println!("usage: nifti IMAGE MASK");
        return Ok(());
    };
    let ((grid, voxels), (mask_grid, labels)) = (read(image)?, read(mask)?);
    let (image, mask) = (Image::new(grid, voxels.view())?, Mask::new(mask_grid, labels.view())?);
    let found = mask.labels()?;
    let pool = Pool::new(0)?;
    let images = [("original", &image)];
    let tables = extract_many(&images, &mask, &found, &Settings::default(), &Runtime::new(&pool))?;
    print!("{}", radiomics_core::csv(found.into_iter().zip(tables.iter().map(|table| table.rows()))));
    Ok(())
}
