//! Supervoxels: pieces of an image, compact and of like intensity (simple linear iterative clustering, SLIC; Achanta
//! et al., IEEE Transactions on Pattern Analysis and Machine Intelligence 2012, 34: 2274-2282).
//!
//! A piece begins as a cell of a regular lattice. A voxel belongs to that one, of the pieces of its cell and the
//! cells beside it, whose centre is nearest in place and intensity; then centres become the means of their voxels.
//! Sums run in the order of the voxels, whatever the threads.

use ndarray::{Array3, ArrayView3};

use crate::kernels::elementary::{cbrt, pow};
use crate::volume::voxels::volume;
use crate::work::loops;

/// Rounds of assigning voxels and moving centres, as in the paper.
const ROUNDS: usize = 10;

/// How many shares of the range of intensities are as far as the distance between two pieces (MIRP's compactness).
const COMPACTNESS: f64 = 0.05;

/// Where a piece lies, (z, y, x) in mm, and how bright it is.
type Centre = [f64; 4];

/// The pieces of an image: for each voxel the number of its piece, and how many pieces there are. `intensities` are
/// from 0 to 1, and a piece has about `volume_mm3`.
pub(super) fn supervoxels(
    intensities: ArrayView3<f64>,
    spacing_mm: [f64; 3],
    volume_mm3: f64,
) -> (Array3<u32>, usize) {
    let shape: [usize; 3] = intensities.dim().into();
    let (cells, step) = lattice(shape, spacing_mm, volume_mm3);
    let mut centres = first_centres(cells, shape, spacing_mm, &intensities);
    let mut pieces: Array3<u32> = volume(shape);
    for _ in 0..ROUNDS {
        assign(&mut pieces, &intensities, &centres, cells, spacing_mm, step);
        move_centres(&mut centres, &pieces, &intensities, spacing_mm);
    }
    (pieces, centres.len())
}

/// Cells of the lattice along each axis, and their size in mm. An axis shorter than a cell has one, and the others
/// more.
fn lattice(shape: [usize; 3], spacing_mm: [f64; 3], volume_mm3: f64) -> ([usize; 3], f64) {
    let length: [f64; 3] = std::array::from_fn(|a| shape[a] as f64 * spacing_mm[a]);
    let (mut left, mut open) = (volume_mm3, [true; 3]);
    let mut step = cbrt(left);
    for _ in 0..3 {
        let Some(short) = (0..3).find(|&a| open[a] && length[a] <= step) else { break };
        open[short] = false;
        left /= length[short];
        let count = open.iter().filter(|&&is| is).count();
        if count > 0 {
            step = pow(left, 1.0 / count as f64);
        }
    }
    let cells = std::array::from_fn(|a| match open[a] {
        true => ((length[a] / step).round() as usize).clamp(1, shape[a]),
        false => 1,
    });
    (cells, step)
}

/// The voxel in the middle of each cell.
fn first_centres(
    cells: [usize; 3],
    shape: [usize; 3],
    spacing_mm: [f64; 3],
    intensities: &ArrayView3<f64>,
) -> Vec<Centre> {
    let middle = |a: usize, cell: usize| ((2 * cell + 1) * shape[a] / (2 * cells[a])).min(shape[a] - 1);
    let mut centres = Vec::with_capacity(cells.iter().product());
    for z in 0..cells[0] {
        for y in 0..cells[1] {
            for x in 0..cells[2] {
                let at = [middle(0, z), middle(1, y), middle(2, x)];
                let [z, y, x] = std::array::from_fn(|a| at[a] as f64 * spacing_mm[a]);
                centres.push([z, y, x, intensities[at]]);
            }
        }
    }
    centres
}

/// Gives each voxel to the nearest piece of its cell and the cells beside it, the first one of those that are
/// equally near.
fn assign(
    pieces: &mut Array3<u32>,
    intensities: &ArrayView3<f64>,
    centres: &[Centre],
    cells: [usize; 3],
    spacing_mm: [f64; 3],
    step: f64,
) {
    let shape: [usize; 3] = intensities.dim().into();
    let beside = |a: usize, cell: usize| cell.saturating_sub(1)..(cell + 2).min(cells[a]);
    let place = |a: usize, at: usize| at as f64 * spacing_mm[a];
    loops::each(pieces.outer_iter_mut().enumerate(), |(k, mut slice)| {
        // Of each piece its number, what it is away across the row, and where it lies along it and how bright it is,
        // in units of the distance.
        let mut near: Vec<(u32, f64, f64, f64)> = Vec::with_capacity(27);
        for (j, mut row) in slice.rows_mut().into_iter().enumerate() {
            let mut first = 0;
            for cell in 0..cells[2] {
                near.clear();
                for z in beside(0, k * cells[0] / shape[0]) {
                    for y in beside(1, j * cells[1] / shape[1]) {
                        for x in beside(2, cell) {
                            let n = (z * cells[1] + y) * cells[2] + x;
                            let [cz, cy, cx, value] = centres[n];
                            let across =
                                ((place(0, k) - cz) / step).powi(2) + ((place(1, j) - cy) / step).powi(2);
                            near.push((n as u32, across, cx / step, value / COMPACTNESS));
                        }
                    }
                }
                // Beyond the first one that is further away across the row than another is in all, none is nearer.
                near.sort_unstable_by(|a, b| a.1.total_cmp(&b.1));
                let end = ((cell + 1) * shape[2]).div_ceil(cells[2]);
                for (i, piece) in (first..end).zip(row.slice_mut(ndarray::s![first..end])) {
                    let (at, value) = (place(2, i) / step, intensities[[k, j, i]] / COMPACTNESS);
                    let mut nearest = f64::INFINITY;
                    for &(n, across, x, bright) in &near {
                        if across > nearest {
                            break;
                        }
                        let distance = across + (at - x) * (at - x) + (value - bright) * (value - bright);
                        if distance < nearest || (distance == nearest && n < *piece) {
                            (nearest, *piece) = (distance, n);
                        }
                    }
                }
                first = end;
            }
        }
    });
}

/// Moves each centre to the mean of its voxels; one without any stays.
fn move_centres(
    centres: &mut [Centre],
    pieces: &Array3<u32>,
    intensities: &ArrayView3<f64>,
    spacing_mm: [f64; 3],
) {
    let mut sums = vec![([0.0; 4], 0.0); centres.len()];
    for (((k, j, i), &piece), &value) in pieces.indexed_iter().zip(intensities) {
        let (sum, count) = &mut sums[piece as usize];
        let place = [k as f64 * spacing_mm[0], j as f64 * spacing_mm[1], i as f64 * spacing_mm[2], value];
        sum.iter_mut().zip(place).for_each(|(sum, x)| *sum += x);
        *count += 1.0;
    }
    for (centre, (sum, count)) in centres.iter_mut().zip(sums) {
        if count > 0.0 {
            *centre = sum.map(|sum| sum / count);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_keep_to_edges_of_the_image() {
        // Bright from x = 13 on, which is no border of the lattice.
        let image = Array3::from_shape_fn((10, 20, 30), |(_, _, i)| if i < 13 { 0.2 } else { 0.9 });
        let (pieces, count) = supervoxels(image.view(), [1.0; 3], 125.0);
        assert_eq!(count, 2 * 4 * 6);
        let mut bright = vec![[false; 2]; count];
        for (&piece, &value) in pieces.iter().zip(&image) {
            bright[piece as usize][usize::from(value > 0.5)] = true;
        }
        assert!(bright.iter().all(|both| *both != [true; 2]), "no piece lies on both sides");
    }

    #[test]
    fn a_uniform_image_keeps_its_lattice() {
        let image = Array3::from_elem((1, 20, 20), 0.5);
        let (pieces, count) = supervoxels(image.view(), [2.0, 1.0, 1.0], 50.0);
        // 25 mm² of a slice of 2 mm each: cells of 5 × 5 voxels.
        assert_eq!(count, 16);
        let sizes = pieces.iter().fold(vec![0; count], |mut sizes, &piece| {
            sizes[piece as usize] += 1;
            sizes
        });
        assert!(sizes.iter().all(|size| (16..=36).contains(size)), "{sizes:?}");
    }

    #[test]
    fn an_image_smaller_than_a_piece_is_one() {
        let (pieces, count) = supervoxels(Array3::zeros((2, 3, 1)).view(), [1.0; 3], 1e3);
        assert_eq!((count, pieces.iter().all(|&piece| piece == 0)), (1, true));
    }
}
