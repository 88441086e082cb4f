//! The second program of docs/tutorials/from-rust.md: features of voxels that the program has.
use radiomics_core::ndarray::Array3;
use radiomics_core::{Execution, Grid, Image, Mask, document, extract};

fn main() -> radiomics_core::Result<()> {
    // (z, y, x), and the spacing in millimetres in the same order.
    let voxels = Array3::from_shape_fn((10, 20, 20), |(z, y, x)| ((z * 7 + y * 3 + x * 11) % 90) as i16);
    let labels = Array3::from_shape_fn((10, 20, 20), |(_, _, x)| u8::from((5..15).contains(&x)));
    let grid = Grid::new([10, 20, 20], [3.0, 0.8, 0.8])?;
    let image = Image::new(grid.clone(), voxels.view())?;
    let mask = Mask::new(grid, labels.view())?;

    let settings = document::from_yaml("{bin_width: 10, families: [intensity_statistics, glcm]}")?;
    let table = extract(&image, &mask, 1, &settings, &Execution::default())?;
    for row in table.rows() {
        println!("{} {}", row.column.name(), row.value);
    }
    Ok(())
}
