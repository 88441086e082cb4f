//! Features of a region whose voxels are in memory: `cargo run --example extract`.

use radiomics_core::ndarray::Array3;
use radiomics_core::{Discretisation, Execution, Grid, Image, Mask, Settings, extract};

fn main() -> radiomics_core::Result<()> {
    // Everything is (z, y, x): ten slices of 64 x 64 voxels, 3 mm apart, and a ball in the middle.
    let shape = [10, 64, 64];
    let grid = Grid::new(shape, [3.0, 0.8, 0.8])?;
    let voxels = Array3::from_shape_fn(shape, |(k, j, i)| (k * 31 + j * 17 + i * 7) as i16 % 200);
    let inside = |k: usize, j: usize, i: usize| {
        let mm = [3.0 * (k as f64 - 4.5), 0.8 * (j as f64 - 31.5), 0.8 * (i as f64 - 31.5)];
        mm.iter().map(|x| x * x).sum::<f64>() < 12.0 * 12.0
    };
    let labels = Array3::from_shape_fn(shape, |(k, j, i)| u8::from(inside(k, j, i)));
    let (image, mask) = (Image::new(grid.clone(), voxels.view())?, Mask::new(grid, labels.view())?);

    let settings = Settings::default().with(|settings| {
        settings.resample_spacing_mm = Some([Some(1.0); 3]);
        settings.discretisation = Discretisation::FixedBinNumber { bins: 32 };
        settings.families = Some(vec!["morphology".to_owned(), "glcm".to_owned()]);
    })?;
    let table = extract(&image, &mask, 1, &settings, &Execution::default())?;
    for row in table.rows() {
        println!("{:60} {}", row.column.name(), row.value);
    }
    for warning in table.warnings() {
        eprintln!("{warning}");
    }
    Ok(())
}
