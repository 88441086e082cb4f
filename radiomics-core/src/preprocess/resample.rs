//! Interpolation to a new grid, axis by axis (IBSI 1, "Image interpolation", VTM2).

use ndarray::{Array3, ArrayViewMut1, Axis, Zip};

use crate::error::{Error, Result};
use crate::grid::{Grid, Window};
use crate::settings::{GridAlignment, Interpolation};

/// Voxels that the spline prefilter reaches: its response falls by 2 − √3 a voxel, so at
/// this distance it is below the resolution of a 64-bit float.
const SPLINE_REACH: usize = 32;

/// Largest grid that interpolation may make: 2³² voxels.
const MAX_VOXELS: f64 = 4_294_967_296.0;

/// Size slack of the new grid, in voxels: spacings read from files carry rounding, which
/// must not add a slice.
const SIZE_SLACK: f64 = 1e-6;

/// The grid with `spacing_mm` (z, y, x; `None` keeps an axis), ⌈n·s/s'⌉ voxels along each axis,
/// that shares its centre or its corner with `grid` (IBSI 1, UMPJ).
///
/// # Errors
/// [`Error::GridTooLarge`] when it would have more than 2³² voxels.
pub fn resampled_grid(grid: &Grid, spacing_mm: [Option<f64>; 3], alignment: GridAlignment) -> Result<Grid> {
    let spacing: [f64; 3] = std::array::from_fn(|a| spacing_mm[a].unwrap_or(grid.spacing_mm[a]));
    let size: [f64; 3] = std::array::from_fn(|a| match spacing_mm[a] {
        None => grid.shape[a] as f64,
        Some(s) => (grid.shape[a] as f64 * grid.spacing_mm[a] / s - SIZE_SLACK).ceil().max(1.0),
    });
    let voxels: f64 = size.iter().product();
    if voxels > MAX_VOXELS {
        return Err(Error::GridTooLarge { spacing_mm: spacing, voxels });
    }
    let shape = size.map(|n| n as usize);
    let first = std::array::from_fn(|a| first_coordinate(grid, shape, spacing, alignment, a));
    Ok(Grid { shape, spacing_mm: spacing, origin_mm: grid.position_mm(first), direction: grid.direction })
}

/// Where the first voxel of the new grid lies along axis `a`, in voxels of the old one.
fn first_coordinate(
    grid: &Grid,
    shape: [usize; 3],
    spacing: [f64; 3],
    alignment: GridAlignment,
    a: usize,
) -> f64 {
    let step = spacing[a] / grid.spacing_mm[a];
    match alignment {
        GridAlignment::Centre => 0.5 * ((grid.shape[a] as f64 - 1.0) - step * (shape[a] as f64 - 1.0)),
        GridAlignment::Corner => 0.5 * (step - 1.0),
    }
}

/// Values at the voxels of one grid from those of another with the same centre.
#[derive(Clone, Debug)]
pub struct Resampling {
    source: [usize; 3],
    target: [usize; 3],
    /// First coordinate and step in source voxels; `None` where an axis stays as it is.
    axes: [Option<(f64, f64)>; 3],
    method: Interpolation,
    alignment: GridAlignment,
}

impl Resampling {
    /// From the voxels of `from` to those of `to`, made by [`resampled_grid`] with the same
    /// `alignment`.
    pub fn new(from: &Grid, to: &Grid, method: Interpolation, alignment: GridAlignment) -> Self {
        let axes = std::array::from_fn(|a| {
            let same = from.shape[a] == to.shape[a] && from.spacing_mm[a] == to.spacing_mm[a];
            let first = || first_coordinate(from, to.shape, to.spacing_mm, alignment, a);
            (!same).then(|| (first(), to.spacing_mm[a] / from.spacing_mm[a]))
        });
        Self { source: from.shape, target: to.shape, axes, method, alignment }
    }

    /// The target voxels that the source voxels of `window` can influence.
    pub fn reach(&self, window: &Window) -> Window {
        let mut start = window.start;
        let mut end = window.end();
        for a in 0..3 {
            let Some((first, step)) = self.axes[a] else { continue };
            let support = self.taps() as f64;
            let target = |coordinate: f64| (coordinate - first) / step;
            let last = self.target[a] - 1;
            // Edge values extend outwards, so a region at the border reaches to the end.
            start[a] = match start[a] {
                0 => 0,
                s => (target(s as f64 - support).floor().max(0.0) as usize).min(last),
            };
            end[a] = match end[a] {
                e if e == self.source[a] => last + 1,
                e => (target(e as f64 + support).ceil().max(0.0) as usize).min(last) + 1,
            };
        }
        Window { start, shape: std::array::from_fn(|a| end[a] - start[a]) }
    }

    /// The values at the target voxels of `window`. `crop` yields the source voxels of a box.
    pub fn apply(&self, window: &Window, crop: impl FnOnce(&Window) -> Array3<f64>) -> Array3<f64> {
        let taps: [Option<Vec<Taps>>; 3] = std::array::from_fn(|a| {
            self.axes[a].map(|(first, step)| {
                (window.start[a]..window.end()[a])
                    .map(|t| self.taps_at(first + t as f64 * step, self.source[a]))
                    .collect()
            })
        });
        let source = self.source_window(window, &taps);
        let mut values = crop(&source);
        for a in [2, 1, 0] {
            let Some(taps) = &taps[a] else { continue };
            if self.method == Interpolation::CubicSpline {
                for line in values.lanes_mut(Axis(a)) {
                    prefilter(line);
                }
            }
            values = along(&values, a, taps, source.start[a]);
        }
        values
    }

    fn taps(&self) -> usize {
        match self.method {
            Interpolation::Nearest => 1,
            Interpolation::Linear => 2,
            Interpolation::CubicSpline | Interpolation::CubicConvolution => 4,
        }
    }

    /// The source voxels that make up the value at `coordinate`. Outside of the image, the
    /// nearest voxel counts, or nothing for grids that share their corner.
    fn taps_at(&self, coordinate: f64, n: usize) -> Taps {
        let last = n - 1;
        let outside = coordinate < -0.5 || coordinate > last as f64 + 0.5;
        let mirrored = self.method == Interpolation::CubicSpline && self.alignment == GridAlignment::Corner;
        let c = match mirrored && !outside {
            true => coordinate,
            false => coordinate.clamp(0.0, last as f64),
        };
        let floor = c.floor();
        let t = c - floor;
        let weights = match self.method {
            _ if outside && self.alignment == GridAlignment::Corner => [0.0; 4],
            Interpolation::Nearest => [0.0, f64::from(t < 0.5), f64::from(t >= 0.5), 0.0],
            Interpolation::Linear => [0.0, 1.0 - t, t, 0.0],
            Interpolation::CubicSpline => spline_weights(t),
            Interpolation::CubicConvolution => convolution_weights(t),
        };
        let base = floor as isize - 1;
        let index = std::array::from_fn(|o| {
            let i = base + o as isize;
            match self.method {
                Interpolation::CubicSpline => mirror(i, last),
                _ => i.clamp(0, last as isize) as usize,
            }
        });
        Taps { index, weights, linear: self.method == Interpolation::Linear }
    }

    fn source_window(&self, window: &Window, taps: &[Option<Vec<Taps>>; 3]) -> Window {
        let reach = match self.method {
            Interpolation::CubicSpline => SPLINE_REACH,
            _ => 0,
        };
        let mut start = window.start;
        let mut end = window.end();
        for a in 0..3 {
            let Some(taps) = &taps[a] else { continue };
            let indices = || taps.iter().flat_map(|t| t.index);
            start[a] = indices().min().unwrap_or(0).saturating_sub(reach);
            end[a] = (indices().max().unwrap_or(0) + 1 + reach).min(self.source[a]);
        }
        Window { start, shape: std::array::from_fn(|a| end[a] - start[a]) }
    }
}

/// Up to four source voxels along an axis and their weights.
#[derive(Clone, Copy, Debug)]
struct Taps {
    index: [usize; 4],
    weights: [f64; 4],
    /// Whether the value lies on the line between two voxels.
    linear: bool,
}

/// B-spline basis of order 3 at distances 1 + t, t, 1 − t and 2 − t.
pub(crate) fn spline_weights(t: f64) -> [f64; 4] {
    let u = 1.0 - t;
    let outer = |d: f64| d * d * d / 6.0;
    let inner = |d: f64| 2.0 / 3.0 - d * d + d * d * d / 2.0;
    [outer(u), inner(t), inner(u), outer(t)]
}

/// Keys' cubic convolution, a = −1/2, at the same distances.
fn convolution_weights(t: f64) -> [f64; 4] {
    let inner = |d: f64| (1.5 * d - 2.5) * d * d + 1.0;
    let outer = |d: f64| ((-0.5 * d + 2.5) * d - 4.0) * d + 2.0;
    [outer(1.0 + t), inner(t), inner(1.0 - t), outer(2.0 - t)]
}

/// Index `i` mirrored at the centres of the first and last voxel.
pub(crate) fn mirror(i: isize, last: usize) -> usize {
    if last == 0 {
        return 0;
    }
    let period = 2 * last as isize;
    let i = i.rem_euclid(period);
    i.min(period - i) as usize
}

/// Turns the values of a line into B-spline coefficients of order 3, with mirrored borders
/// (Unser 1999, the causal and the anti-causal filter).
pub(crate) fn prefilter(mut line: ArrayViewMut1<f64>) {
    let n = line.len();
    if n < 2 {
        return;
    }
    let pole = 3f64.sqrt() - 2.0;
    let gain = (1.0 - pole) * (1.0 - 1.0 / pole);
    // Past this many terms the powers of the pole add nothing.
    let horizon = n.min(SPLINE_REACH + 8);
    let mut causal = line[0];
    if horizon < n {
        let mut power = pole;
        for &x in line.iter().take(horizon).skip(1) {
            causal += power * x;
            power *= pole;
        }
    } else {
        // Short line: the mirrored signal is periodic, sum it exactly.
        let period = 2 * (n - 1);
        let mut power = 1.0;
        causal = 0.0;
        for i in 0..period {
            causal += power * line[mirror(i as isize, n - 1)];
            power *= pole;
        }
        causal /= 1.0 - power;
    }
    line[0] = causal;
    for i in 1..n {
        line[i] += pole * line[i - 1];
    }
    line[n - 1] = pole / (pole * pole - 1.0) * (line[n - 1] + pole * line[n - 2]);
    for i in (0..n - 1).rev() {
        line[i] = pole * (line[i + 1] - line[i]);
    }
    line.mapv_inplace(|c| c * gain);
}

/// The values at `taps` along axis `a`.
fn along(values: &Array3<f64>, a: usize, taps: &[Taps], start: usize) -> Array3<f64> {
    let mut shape = [values.dim().0, values.dim().1, values.dim().2];
    shape[a] = taps.len();
    let mut result = Array3::zeros(shape);
    if a == 2 {
        // Along x the sum gathers from one contiguous row.
        Zip::from(result.rows_mut()).and(values.rows()).for_each(|to, from| {
            for (value, tap) in to.into_iter().zip(taps) {
                tap.add(|index, add| add(value, from[index - start]));
            }
        });
        return result;
    }
    for (mut plane, tap) in result.axis_iter_mut(Axis(a)).zip(taps) {
        tap.add(|index, add| {
            Zip::from(&mut plane)
                .and(values.index_axis(Axis(a), index - start))
                .for_each(|to, from| add(to, *from));
        });
    }
    result
}

impl Taps {
    /// Calls `each` with every source index that has a weight and with what adds its value.
    ///
    /// A weight of 0 must not turn a NaN or an infinity outside of the support into NaN. Of two
    /// voxels, the second one moves the value from the first: a + t·(b − a) stays what it is
    /// between equal voxels, where a sum of weighted values may miss it by a rounding error.
    fn add(&self, mut each: impl FnMut(usize, &dyn Fn(&mut f64, f64))) {
        let used = || self.index.into_iter().zip(self.weights).filter(|(_, weight)| *weight != 0.0);
        if self.linear {
            for (place, (index, weight)) in used().enumerate() {
                match place {
                    0 => each(index, &|to, from| *to = from),
                    _ => each(index, &|to, from| *to += weight * (from - *to)),
                }
            }
        } else {
            for (index, weight) in used() {
                each(index, &|to, from| *to += weight * from);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use approx::assert_relative_eq;

    fn resample_line(values: &[f64], spacing: f64, method: Interpolation) -> Vec<f64> {
        let grid = Grid::new([1, 1, values.len()], [1.0; 3]).unwrap();
        let target = resampled_grid(&grid, [None, None, Some(spacing)], GridAlignment::Centre).unwrap();
        let image = Array3::from_shape_vec((1, 1, values.len()), values.to_vec()).unwrap();
        Resampling::new(&grid, &target, method, GridAlignment::Centre)
            .apply(&Window::whole(target.shape), |w| {
                image.slice(ndarray::s![.., .., w.start[2]..w.end()[2]]).to_owned()
            })
            .into_raw_vec_and_offset()
            .0
    }

    #[test]
    fn grids_share_their_centre() {
        // Six voxels of 1 mm, 0 … 6 mm, become four of 1.5 mm:
        //   |  0  |  1  |  2  |  3  |  4  |  5  |
        //   |   .25  |  1.75  |  3.25  |  4.75  |
        let grid = Grid::new([1, 1, 6], [1.0; 3]).unwrap();
        let target = resampled_grid(&grid, [None, None, Some(1.5)], GridAlignment::Centre).unwrap();
        assert_eq!(target.shape, [1, 1, 4]);
        assert_eq!(target.origin_mm, [0.0, 0.0, 0.25]);
        let ramp: Vec<f64> = (0..6).map(f64::from).collect();
        assert_eq!(resample_line(&ramp, 1.5, Interpolation::Linear), [0.25, 1.75, 3.25, 4.75]);
        assert_eq!(resample_line(&ramp, 1.5, Interpolation::Nearest), [0.0, 2.0, 3.0, 5.0]);
    }

    #[test]
    fn outside_of_the_grid_the_edge_value_counts() {
        assert_eq!(resample_line(&[1.0, 2.0, 3.0, 4.0], 1.5, Interpolation::Linear), [1.0, 2.5, 4.0]);
    }

    #[test]
    fn cubic_methods_reproduce_the_voxels_and_smooth_curves() {
        let n = 64;
        let wave = |x: f64| (x / 9.0).sin();
        let values: Vec<f64> = (0..n).map(|i| wave(f64::from(i))).collect();
        for method in [Interpolation::CubicSpline, Interpolation::CubicConvolution] {
            let fine = resample_line(&values, 0.5, method);
            for (i, v) in fine.iter().enumerate().skip(16).take(96) {
                assert_relative_eq!(*v, wave(-0.25 + 0.5 * i as f64), epsilon = 5e-4);
            }
            let same = resample_line(&values, 1.0 + 1e-15, method);
            for (a, b) in same.iter().zip(&values) {
                assert_relative_eq!(a, b, epsilon = 1e-12);
            }
        }
    }

    #[test]
    fn prefilter_solves_the_interpolation_equations() {
        // (c[i−1] + 4 c[i] + c[i+1]) / 6 = f[i], mirrored at both ends.
        for n in [2usize, 3, 7, 39, 40, 41, 100] {
            let values: Vec<f64> = (0..n).map(|i| ((i * 7919) % 101) as f64).collect();
            let mut c = ndarray::Array1::from(values.clone());
            prefilter(c.view_mut());
            for (i, value) in values.iter().enumerate() {
                let at = |o: isize| c[mirror(i as isize + o, n - 1)];
                assert_relative_eq!((at(-1) + 4.0 * at(0) + at(1)) / 6.0, *value, epsilon = 1e-10);
            }
        }
    }
}
