//! Means over boxes of voxels.

use ndarray::{Array3, ArrayViewMut2, Axis, s};
use rayon::prelude::*;

use super::Boundary;
use crate::kernels::Isa;
use crate::kernels::convolve::{Add, Tap, add_ahead, weighted_rows};

/// Columns at most that are summed together: lines of a usual length then stay in the cache.
const MAX_COLUMNS: usize = 64;

/// Replaces voxels by their mean over `2 half + 1` voxels along (z, y, x).
///
/// Sums of 2, 4, 8 … neighbours are made of one another, so that the work grows with the logarithm
/// of the width only. Nothing is subtracted: sums of integers are exact and rounding does not
/// add up along a line.
pub(super) fn box_mean(image: &mut Array3<f64>, half: [usize; 3], boundary: Boundary, isa: Isa) {
    for (axis, half) in half.into_iter().enumerate() {
        if half > 0 {
            sum_along(image, axis, half, boundary, isa);
        }
    }
    let voxels: f64 = half.iter().map(|&h| (2 * h + 1) as f64).product();
    let slices: Vec<_> = image.axis_iter_mut(Axis(0)).collect();
    slices.into_par_iter().for_each(|mut slice| slice.mapv_inplace(|sum| sum / voxels));
}

fn sum_along(image: &mut Array3<f64>, axis: usize, half: usize, boundary: Boundary, isa: Isa) {
    // Planes of the axis and x, in which lines are columns; rows of x are summed one by one.
    let planes: Vec<_> = image.axis_iter_mut(Axis(usize::from(axis == 0))).collect();
    planes.into_par_iter().for_each_init(Windows::default, |windows, mut plane| {
        if axis == 2 {
            for mut row in plane.rows_mut() {
                windows.powers.clear();
                let n = row.len();
                let value = |i| boundary.index(i, n).map_or(0.0, |i| row[i]);
                windows.powers.extend((-(half as isize)..0).map(value));
                windows.powers.extend(row.iter());
                windows.powers.extend((n as isize..(n + half) as isize).map(value));
                windows.add_up(isa, n, 1, half);
                row.iter_mut().zip(&windows.sums).for_each(|(x, &sum)| *x = sum);
            }
            return;
        }
        let nx = plane.ncols();
        for start in (0..nx).step_by(MAX_COLUMNS) {
            let columns = plane.slice_mut(s![.., start..nx.min(start + MAX_COLUMNS)]);
            windows.columns(columns, half, boundary, isa);
        }
    });
}

/// Sums over windows of consecutive lines.
#[derive(Default)]
struct Windows {
    /// The values, then sums of 2, 4, 8 … of them.
    powers: Vec<f64>,
    sums: Vec<f64>,
}

impl Windows {
    /// Sums along columns.
    fn columns(&mut self, mut columns: ArrayViewMut2<f64>, half: usize, boundary: Boundary, isa: Isa) {
        let (n, width) = columns.dim();
        self.powers.clear();
        for i in -(half as isize)..(n + half) as isize {
            match boundary.index(i, n) {
                Some(row) => self.powers.extend(columns.row(row)),
                None => self.powers.resize(self.powers.len() + width, 0.0),
            }
        }
        self.add_up(isa, n, width, half);
        for (mut row, sums) in columns.rows_mut().into_iter().zip(self.sums.chunks_exact(width)) {
            row.iter_mut().zip(sums).for_each(|(x, &sum)| *x = sum);
        }
    }

    /// Sums of `2 half + 1` lines of `width` values each, for `n` of them.
    fn add_up(&mut self, isa: Isa, n: usize, width: usize, half: usize) {
        let window = 2 * half + 1;
        self.sums.clear();
        self.sums.extend_from_slice(&self.powers[..n * width]);
        // `sums` holds windows of `done` lines, `powers` of `power` lines.
        let (mut done, mut power) = (1, 1);
        while 2 * power <= window {
            add_ahead(isa, &mut self.powers, power * width);
            power *= 2;
            if window & power != 0 {
                let tap = Tap { offset: done * width, weight: 1.0 };
                weighted_rows(isa, Add, &mut self.sums, &self.powers, &[tap]);
                done += power;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filters::kernel1d::Kernel;
    use crate::filters::separable::tests::{BOUNDARIES, assert_close, noise, plain};

    fn boxed(image: &Array3<f64>, half: [usize; 3], boundary: Boundary, isa: Isa) -> Array3<f64> {
        let mut image = image.clone();
        box_mean(&mut image, half, boundary, isa);
        image
    }

    #[test]
    fn means_equal_those_of_a_flat_kernel() {
        let flat = |half: usize| Kernel::centred(&vec![1.0 / (2 * half + 1) as f64; 2 * half + 1]);
        for shape in [(5, 7, 90), (1, 1, 1), (3, 8, 1), (1, 4, 9), (30, 2, 3)] {
            let image = noise(shape);
            for half in [[0, 0, 0], [0, 2, 2], [1, 1, 1], [2, 3, 5], [7, 7, 7]] {
                for boundary in BOUNDARIES {
                    let found = boxed(&image, half, boundary, Isa::Scalar);
                    let expected = plain(&image, &half.map(flat), boundary);
                    assert_close(&found, &expected, &format!("{boundary:?} {shape:?} {half:?}"));
                    for isa in Isa::available() {
                        assert_eq!(boxed(&image, half, boundary, isa), found, "{}", isa.name());
                    }
                }
            }
        }
    }

    #[test]
    fn means_of_integers_are_exact() {
        let image = noise((6, 20, 70)).mapv(f64::round);
        let found = boxed(&image, [1, 1, 1], Boundary::Mirror, Isa::best());
        let block = image.slice(s![2..5, 10..13, 40..43]).iter().sum::<f64>() / 27.0;
        assert_eq!(found[[3, 11, 41]], block);
        let flat = Array3::from_elem((4, 30, 40), 7.0);
        assert_eq!(boxed(&flat, [0, 7, 7], Boundary::Periodic, Isa::best()), flat);
    }

    #[test]
    fn what_is_no_number_stays_where_it_is() {
        let mut image = Array3::zeros((1, 1, 30));
        image[[0, 0, 10]] = f64::INFINITY;
        let found = boxed(&image, [0, 0, 2], Boundary::Zero, Isa::best());
        let expected = |i: usize| if i.abs_diff(10) <= 2 { f64::INFINITY } else { 0.0 };
        assert_eq!(found, Array3::from_shape_fn((1, 1, 30), |(_, _, i)| expected(i)));
    }
}
