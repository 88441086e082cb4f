//! Means over boxes of voxels.
//!
//! Nothing is subtracted: sums of integers are exact, rounding does not add up along a line, and
//! what is no number stays where it is.

use ndarray::{Array3, ArrayRef3, ArrayView2, ArrayView3, ArrayViewMut1, ArrayViewMut2, Axis, s};

use super::boundary::Boundary;
use crate::kernels::Isa;
use crate::kernels::convolve::{Add, Tap, add_ahead, add_assign, pair_sums, quotients, weighted_rows};
use crate::volume::voxels::volume;
use crate::work::loops;

/// Most columns that are summed together, so that what is summed stays in the cache.
const MAX_COLUMNS: usize = 256;

/// A box of `2 half + 1` voxels along (z, y, x).
#[derive(Clone, Copy)]
pub(crate) struct BoxMean {
    pub half: [usize; 3],
    pub boundary: Boundary,
    pub isa: Isa,
}

impl BoxMean {
    /// The mean round each voxel.
    pub(crate) fn of(&self, image: &ArrayRef3<f64>) -> Array3<f64> {
        let mut means = volume(image.dim().into());
        self.run(Some(image.view()), &mut means);
        means
    }

    /// Replaces each voxel by the mean round it.
    pub(crate) fn replace(&self, image: &mut Array3<f64>) {
        self.run(None, image);
    }

    /// Sums of `from`, or else of what is in `to` already, over the number of voxels.
    fn run(&self, from: Option<ArrayView3<f64>>, to: &mut Array3<f64>) {
        let [z, y, x] = self.half;
        let mut from = from;
        if z > 0 {
            // Planes of z and x.
            loops::each_with(to.axis_iter_mut(Axis(1)).enumerate(), Blocks::default, |blocks, (j, to)| {
                let from = from.as_ref().map(|from| from.index_axis(Axis(1), j));
                blocks.plane(from, to, z, self);
            });
            from = None;
        }
        let voxels: f64 = self.half.iter().map(|&h| (2 * h + 1) as f64).product();
        let scratch = || (Blocks::default(), Powers::default());
        let slices = to.axis_iter_mut(Axis(0)).enumerate();
        loops::each_with(slices, scratch, |(blocks, powers), (k, mut slice)| {
            let from = from.as_ref().map(|from| from.index_axis(Axis(0), k));
            match from {
                _ if y > 0 => blocks.plane(from, slice.view_mut(), y, self),
                Some(from) => slice.assign(&from),
                None => {}
            }
            for row in slice.rows_mut() {
                powers.row(row, x, voxels, self);
            }
        });
    }
}

/// Sums over windows along columns, which are cut into blocks as long as a window. So a window is the end
/// of one block and the beginning of the next: two running sums, whatever its length.
#[derive(Default)]
struct Blocks {
    /// Rows outside of the image, beyond the first and the last one.
    outside: Vec<f64>,
    /// The rows of a block, each with those after it added.
    ends: Vec<f64>,
    /// The rows of the block that follows.
    next: Vec<f64>,
    /// The sum so far of the rows of the block that follows.
    sum: Vec<f64>,
}

impl Blocks {
    fn plane(
        &mut self,
        from: Option<ArrayView2<f64>>,
        mut to: ArrayViewMut2<f64>,
        half: usize,
        box_mean: &BoxMean,
    ) {
        let nx = to.ncols();
        for start in (0..nx).step_by(MAX_COLUMNS) {
            let columns = start..nx.min(start + MAX_COLUMNS);
            let from = from.as_ref().map(|from| from.slice(s![.., columns.clone()]));
            self.columns(from, to.slice_mut(s![.., columns]), half, box_mean);
        }
    }

    fn columns(
        &mut self,
        from: Option<ArrayView2<f64>>,
        mut to: ArrayViewMut2<f64>,
        half: usize,
        BoxMean { boundary, isa, .. }: &BoxMean,
    ) {
        let (n, width) = to.dim();
        let window = 2 * half + 1;
        let read = |to: &ArrayViewMut2<f64>, i: usize, row: &mut [f64]| {
            let from = from.as_ref().map_or(to.view(), |from| from.view());
            ArrayViewMut1::from(row).assign(&from.row(i));
        };
        // Rows are replaced while they are read; those that stand outside are set aside first.
        let Self { outside, ends, next, sum } = self;
        for buffer in [&mut *outside, &mut *ends, &mut *next] {
            buffer.resize(window * width, 0.0);
        }
        sum.resize(width, 0.0);
        for (r, row) in outside.chunks_exact_mut(width).take(2 * half).enumerate() {
            let i = if r < half { r as isize - half as isize } else { (n + r - half) as isize };
            match boundary.index(i, n) {
                Some(i) => read(&to, i, row),
                None => row.fill(0.0),
            }
        }
        // Number `q` of the rows with those outside.
        let copy = |to: &ArrayViewMut2<f64>, outside: &[f64], q: usize, row: &mut [f64]| {
            if (half..n + half).contains(&q) {
                read(to, q - half, row);
            } else if q < n + 2 * half {
                let r = if q < half { q } else { q - n };
                row.copy_from_slice(&outside[r * width..][..width]);
            }
        };
        for (q, row) in ends.chunks_exact_mut(width).enumerate() {
            copy(&to, outside, q, row);
        }
        for block in 0..n.div_ceil(window) {
            for r in (1..window).rev() {
                let (before, after) = ends.split_at_mut(r * width);
                add_assign(*isa, &mut before[(r - 1) * width..], &after[..width]);
            }
            sum.fill(0.0);
            let first = block * window;
            for (r, row) in next.chunks_exact_mut(width).enumerate() {
                if first + r >= n {
                    break;
                }
                // The window that begins with row r of the block ends before row r of the next.
                let end = &ends[r * width..][..width];
                let mut out = to.row_mut(first + r);
                let out = out.as_slice_mut().expect("rows are contiguous");
                pair_sums(*isa, out, end, sum);
                copy(&to, outside, first + window + r, row);
                add_assign(*isa, sum, row);
            }
            std::mem::swap(ends, next);
        }
    }
}

/// Sums of 2, 4, 8 … neighbours along a row, which are made of one another.
#[derive(Default)]
struct Powers {
    powers: Vec<f64>,
    sums: Vec<f64>,
}

impl Powers {
    fn row(
        &mut self,
        mut row: ArrayViewMut1<f64>,
        half: usize,
        voxels: f64,
        BoxMean { boundary, isa, .. }: &BoxMean,
    ) {
        let n = row.len();
        let value = |i| boundary.index(i, n).map_or(0.0, |i| row[i]);
        self.powers.clear();
        self.powers.extend((-(half as isize)..0).map(value));
        self.powers.extend_from_slice(row.as_slice().expect("rows are contiguous"));
        self.powers.extend((n as isize..(n + half) as isize).map(value));
        self.sums.clear();
        self.sums.extend_from_slice(&self.powers[..n]);
        let window = 2 * half + 1;
        // `sums` holds windows of `done` values, `powers` of `power` values.
        let (mut done, mut power) = (1, 1);
        while 2 * power <= window {
            add_ahead(*isa, &mut self.powers, power);
            power *= 2;
            if window & power != 0 {
                weighted_rows(*isa, Add, &mut self.sums, &self.powers, &[Tap { offset: done, weight: 1.0 }]);
                done += power;
            }
        }
        quotients(*isa, row.as_slice_mut().expect("rows are contiguous"), &self.sums, voxels);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filters::engine::kernel1d::Kernel;
    use crate::filters::engine::separable::tests::{BOUNDARIES, assert_close, noise, plain};

    fn boxed(image: &ArrayRef3<f64>, half: [usize; 3], boundary: Boundary, isa: Isa) -> Array3<f64> {
        let box_mean = BoxMean { half, boundary, isa };
        let means = box_mean.of(image);
        let mut replaced = image.to_owned();
        box_mean.replace(&mut replaced);
        assert_eq!(replaced, means);
        means
    }

    #[test]
    fn means_equal_those_of_a_flat_kernel() {
        let flat = |half: usize| Kernel::centred(&vec![1.0 / (2 * half + 1) as f64; 2 * half + 1]);
        for shape in [(5, 7, 90), (1, 1, 1), (3, 8, 1), (1, 4, 9), (30, 2, 3)] {
            let image = noise(shape);
            for half in [[0, 0, 0], [0, 2, 2], [1, 1, 1], [2, 3, 5], [7, 7, 7]] {
                for boundary in BOUNDARIES {
                    let means = boxed(&image, half, boundary, Isa::Scalar);
                    let expected = plain(&image, &half.map(flat), boundary);
                    assert_close(&means, &expected, &format!("{boundary:?} {shape:?} {half:?}"));
                    for isa in Isa::available() {
                        assert_eq!(boxed(&image, half, boundary, isa), means, "{}", isa.name());
                    }
                }
            }
        }
    }

    #[test]
    fn means_of_integers_are_exact() {
        let image = noise((6, 20, 70)).mapv(f64::round);
        let means = boxed(&image, [1, 1, 1], Boundary::Mirror, Isa::best());
        let block = image.slice(s![2..5, 10..13, 40..43]).iter().sum::<f64>() / 27.0;
        assert_eq!(means[[3, 11, 41]], block);
        let flat = Array3::from_elem((4, 30, 40), 7.0);
        assert_eq!(boxed(&flat, [0, 7, 7], Boundary::Periodic, Isa::best()), flat);
    }

    #[test]
    fn what_is_no_number_stays_where_it_is() {
        let mut image = Array3::zeros((1, 1, 30));
        image[[0, 0, 10]] = f64::INFINITY;
        let means = boxed(&image, [0, 0, 2], Boundary::Zero, Isa::best());
        let expected = |i: usize| if i.abs_diff(10) <= 2 { f64::INFINITY } else { 0.0 };
        assert_eq!(means, Array3::from_shape_fn((1, 1, 30), |(_, _, i)| expected(i)));
    }
}
