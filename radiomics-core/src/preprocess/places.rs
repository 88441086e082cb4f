//! Values at the voxels of a grid that is turned and shifted against an image, of the voxels round each of them.
//!
//! Three ways lead there: axis by axis where the grid is shifted alone, slice by slice where it turns in its plane,
//! and voxel by voxel, the plain one, which the others are compared with.

use std::ops::Range;

use ndarray::{Array3, ArrayView2, Axis};

use super::lines::{Along, interpolate};
use super::resample::{Resampling, SPLINE_REACH};
use crate::kernels::Isa;
use crate::kernels::oblique::{self, Line, Method, ON_VOXEL, Plane};
use crate::kernels::splines::Taps;
use crate::settings::Interpolation;
use crate::volume::grid::Window;
use crate::volume::voxels::volume;
use crate::work::loops;

/// Where the voxels of a grid lie in an image, in voxels of it.
#[derive(Clone, Debug)]
pub(super) struct Places {
    /// Shape of the image, and of the grid.
    pub source: [usize; 3],
    pub shape: [usize; 3],
    /// Where the grid begins in its lattice.
    pub start: [f64; 3],
    /// Where the lattice's voxel 0 lies, and its steps (axis of the image, own axis).
    pub first: [f64; 3],
    pub steps: [[f64; 3]; 3],
    /// Whether each axis runs along that of the image.
    pub is_straight: bool,
}

/// Writes the voxels of a box of the image that is one slice, x before y.
pub(super) type Read<'a> = dyn Fn(&Window, &mut [f64]) + Sync + 'a;

/// How values are made at places.
#[derive(Clone, Copy)]
pub(super) struct Sampling<'a> {
    pub by: &'a Resampling,
    /// Whether there is nothing, 0, beyond the image. Otherwise it is what `by` says.
    pub is_bounded: bool,
    pub isa: Isa,
}

impl Places {
    /// The place of a voxel.
    pub fn place(&self, at: [usize; 3]) -> [f64; 3] {
        std::array::from_fn(|b| {
            let along = |a: usize| self.steps[b][a] * (self.start[a] + at[a] as f64);
            let place = (0..3).fold(self.first[b], |sum, a| sum + along(a));
            let whole = place.round_ties_even();
            if !self.is_straight && (place - whole).abs() < ON_VOXEL { whole } else { place }
        })
    }

    /// Whether a place lies outside of the image along an axis.
    fn is_beyond(&self, axis: usize, place: f64) -> bool {
        place < -0.5 || place >= self.source[axis] as f64 - 0.5
    }

    /// The voxels of the image that are at most `reach` away from all places.
    fn near(&self, reach: f64) -> Window {
        let [mut low, mut high] = [[f64::INFINITY; 3], [f64::NEG_INFINITY; 3]];
        for corner in 0..8_usize {
            let place =
                self.place(std::array::from_fn(|a| (corner >> a & 1) * (self.shape[a].saturating_sub(1))));
            low = std::array::from_fn(|a| low[a].min(place[a]));
            high = std::array::from_fn(|a| high[a].max(place[a]));
        }
        let end = |a: usize, place: f64| place.clamp(0.0, (self.source[a] - 1) as f64) as usize;
        let start: [usize; 3] = std::array::from_fn(|a| end(a, (low[a] - reach).floor()));
        let last: [usize; 3] = std::array::from_fn(|a| end(a, (high[a] + reach).ceil()));
        Window { start, shape: std::array::from_fn(|a| last[a] - start[a] + 1) }
    }

    /// The voxels of the image that values are made of.
    pub fn reads(&self, method: Interpolation) -> Window {
        self.near(if method == Interpolation::CubicSpline { SPLINE_REACH as f64 } else { 2.0 })
    }

    /// Values at the voxels, of an image that `read` reads.
    pub fn sample(&self, sampling: Sampling, read: &Read) -> Array3<f64> {
        let is_across = |a: usize, b: usize| self.steps[a][b] == 0.0 && self.steps[b][a] == 0.0;
        if self.is_straight {
            self.along_axes(sampling, read)
        } else if is_across(0, 1) && is_across(0, 2) {
            self.in_slices(sampling, read)
        } else {
            self.one_by_one(sampling, read)
        }
    }

    /// How values are made along an axis of the image that only the same axis of the grid runs along, of which voxels;
    /// nothing is made where places are voxels.
    fn along(&self, axis: usize, Sampling { by, is_bounded, .. }: Sampling) -> (Option<Along>, Range<usize>) {
        let (n, shape, start) = (self.source[axis], self.shape[axis], self.start[axis]);
        let is_voxels = self.steps[axis][axis] == 1.0 && self.first[axis].abs() < ON_VOXEL;
        if is_voxels && start >= 0.0 && start as usize + shape <= n {
            return (None, start as usize..start as usize + shape);
        }
        let tap = |t: usize| {
            let mut at = [0; 3];
            at[axis] = t;
            let place = self.place(at)[axis];
            let tap = by.taps_at(place, n);
            if is_bounded && self.is_beyond(axis, place) { Taps { weights: [0.0; 4], ..tap } } else { tap }
        };
        let mut taps: Vec<Taps> = (0..shape).map(tap).collect();
        let prefilter = (by.method() == Interpolation::CubicSpline).then_some(SPLINE_REACH);
        let indices = || taps.iter().flat_map(|tap| tap.index);
        let ends = indices().min().zip(indices().max());
        let (low, high) = ends.expect("a grid of some voxels");
        let reach = prefilter.unwrap_or(0);
        let (low, high) = (low.saturating_sub(reach), (high + 1 + reach).min(n));
        taps.iter_mut().for_each(|tap| tap.index = tap.index.map(|i| i - low));
        (Some(Along { taps, prefilter }), low..high)
    }

    /// As the engine interpolates, with places in between.
    fn along_axes(&self, sampling: Sampling, read: &Read) -> Array3<f64> {
        let [(z, along_z), (y, along_y), (x, along_x)] =
            std::array::from_fn(|axis| self.along(axis, sampling));
        let ranges = [along_z, along_y, along_x];
        read_and_interpolate(&[z, y, x], &ranges, sampling.isa, read)
    }

    /// Slices at the places along z, and then each of them at those of its plane.
    fn in_slices(&self, sampling: Sampling, read: &Read) -> Array3<f64> {
        let Sampling { by, isa, .. } = sampling;
        let (z, along_z) = self.along(0, sampling);
        let (all, used) = (self.reads(by.method()), self.near(2.0));
        let ranges = [along_z, range(&all, 1), range(&all, 2)];
        let mut voxels = read_and_interpolate(&[z, None, None], &ranges, isa, read);
        // Of the slices that are left: there were more of them, by what the spline reaches.
        let [y, x] = [1, 2].map(|axis| coefficients(by.method(), &all, &used, axis));
        if y.is_some() {
            let slice = |k: usize| voxels.index_axis(Axis(0), k).to_slice().expect("a slice in one piece");
            let of_slice = |k: usize, to: &mut [f64]| to.copy_from_slice(slice(k));
            voxels = interpolated(&[None, y, x], voxels.dim().into(), isa, &of_slice);
        }
        let start = [used.start[1], used.start[2]];
        let method = match by.method() {
            Interpolation::Nearest => Method::Nearest,
            Interpolation::Linear => Method::Linear,
            Interpolation::CubicConvolution => Method::Convolution,
            Interpolation::CubicSpline => Method::Spline,
        };
        let mut values: Array3<f64> = volume(self.shape);
        let slices = values.outer_iter_mut().zip(voxels.outer_iter());
        loops::each(slices.enumerate(), |(k, (mut slice, voxels))| {
            for (j, mut row) in slice.rows_mut().into_iter().enumerate() {
                let row = row.as_slice_mut().expect("made in standard layout");
                self.row(k, j, (voxels, start), method, sampling, row);
            }
        });
        values
    }

    /// A row of values in the plane of a slice, which begins at `start` in the image.
    fn row(
        &self,
        k: usize,
        j: usize,
        (voxels, start): (ArrayView2<f64>, [usize; 2]),
        method: Method,
        Sampling { by, is_bounded, isa }: Sampling,
        row: &mut [f64],
    ) {
        let shape = [voxels.nrows(), voxels.ncols()];
        let plane = Plane { values: voxels.to_slice().expect("a slice in one piece"), shape, start };
        let from = |b: usize| {
            let along = |a: usize, at: usize| self.steps[b][a] * (self.start[a] + at as f64);
            self.first[b] + along(0, k) + along(1, j)
        };
        let line = Line {
            from: [from(1), from(2)],
            step: [self.steps[1][2], self.steps[2][2]],
            first: self.start[2],
        };
        oblique::along(isa, &plane, &line, method, row);
        // Near the border of the image, and beside voxels that are no numbers, which count only if they have a weight.
        for (i, value) in row.iter_mut().enumerate().filter(|(_, value)| !value.is_finite()) {
            let [_, y, x] = self.place([k, j, i]);
            *value = match is_bounded && (self.is_beyond(1, y) || self.is_beyond(2, x)) {
                true => 0.0,
                false => {
                    let [y, x] = [by.taps_at(y, self.source[1]), by.taps_at(x, self.source[2])];
                    blend(&y, |j| blend(&x, |i| voxels[[j - start[0], i - start[1]]]))
                }
            };
        }
    }

    /// Each value of the voxels of a box, whatever the places.
    fn one_by_one(&self, Sampling { by, is_bounded, isa }: Sampling, read: &Read) -> Array3<f64> {
        let window = self.reads(by.method());
        let axes = [0, 1, 2].map(|axis| coefficients(by.method(), &window, &window, axis));
        let ranges = [0, 1, 2].map(|axis| range(&window, axis));
        let voxels = read_and_interpolate(&axes, &ranges, isa, read);
        let [kw, jw, iw] = window.start;
        let mut values: Array3<f64> = volume(self.shape);
        loops::each(values.outer_iter_mut().enumerate(), |(k, mut slice)| {
            for ((j, i), value) in slice.indexed_iter_mut() {
                let place = self.place([k, j, i]);
                if !is_bounded || !(0..3).any(|axis| self.is_beyond(axis, place[axis])) {
                    let taps = |axis: usize| by.taps_at(place[axis], self.source[axis]);
                    let (z, y, x) = (taps(0), taps(1), taps(2));
                    let voxel = |k: usize, j: usize, i: usize| voxels[[k - kw, j - jw, i - iw]];
                    *value = blend(&z, |k| blend(&y, |j| blend(&x, |i| voxel(k, j, i))));
                }
            }
        });
        values
    }
}

/// The box of the image that ranges along its axes make, interpolated along those that are to be.
fn read_and_interpolate(
    axes: &[Option<Along>; 3],
    ranges: &[Range<usize>; 3],
    isa: Isa,
    read: &Read,
) -> Array3<f64> {
    let [z, y, x] = ranges;
    interpolated(axes, [z.len(), y.len(), x.len()], isa, &|k, to| {
        read(&Window { start: [z.start + k, y.start, x.start], shape: [1, y.len(), x.len()] }, to);
    })
}

/// The engine's interpolation, compiled once for all that is read here.
fn interpolated(
    axes: &[Option<Along>; 3],
    shape: [usize; 3],
    isa: Isa,
    read: &(dyn Fn(usize, &mut [f64]) + Sync),
) -> Array3<f64> {
    interpolate(axes, shape, isa, read)
}

fn range(window: &Window, axis: usize) -> Range<usize> {
    window.start[axis]..window.end()[axis]
}

/// How the voxels of a box become coefficients of the spline through them, along an axis, of which those of a smaller
/// box are kept; nothing if values are made of voxels.
fn coefficients(method: Interpolation, all: &Window, kept: &Window, axis: usize) -> Option<Along> {
    (method == Interpolation::CubicSpline).then(|| {
        let tap = |i: usize| Taps { index: [i; 4], weights: [1.0, 0.0, 0.0, 0.0], linear: false };
        let from = kept.start[axis] - all.start[axis];
        Along { taps: (from..from + kept.shape[axis]).map(tap).collect(), prefilter: Some(SPLINE_REACH) }
    })
}

/// The value that a tap gives of those at its places.
fn blend(tap: &Taps, value: impl Fn(usize) -> f64) -> f64 {
    let mut sum = 0.0;
    let mut is_first = true;
    for (&index, &weight) in tap.index.iter().zip(&tap.weights) {
        if weight == 0.0 {
            continue;
        }
        sum = match (tap.linear, is_first) {
            (true, true) => value(index),
            (true, false) => sum + weight * (value(index) - sum),
            (false, _) => sum + weight * value(index),
        };
        is_first = false;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::noise::Noise;
    use crate::preprocess::resampled_grid;
    use crate::settings::GridAlignment;
    use crate::volume::grid::Grid;

    const SOURCE: [usize; 3] = [7, 40, 45];

    /// A grid with all kinds of voxels: amid the image, at its border and beyond.
    fn places(degrees: f64, shift: [f64; 3]) -> Places {
        let (sin, cos) = degrees.to_radians().sin_cos();
        Places {
            source: SOURCE,
            shape: [9, 47, 61],
            start: [-1.0, -3.0, -9.0],
            first: shift,
            steps: [[1.0, 0.0, 0.0], [0.0, 0.9 * cos, 0.8 * sin], [0.0, -0.9 * sin, 0.8 * cos]],
            is_straight: degrees == 0.0,
        }
    }

    /// Axis by axis and slice by slice, values are those of one by one, on each instruction set with the same bits.
    #[test]
    fn all_ways_lead_to_the_same_values() {
        let mut noise = Noise::new(5);
        let image = Array3::from_shape_simple_fn(SOURCE, || noise.fraction(24));
        let read = |window: &Window, to: &mut [f64]| {
            to.iter_mut().zip(window.of(&image.view())).for_each(|(to, &x)| *to = x);
        };
        let grid = Grid::new(SOURCE, [1.0; 3]).unwrap();
        use Interpolation::{CubicConvolution, CubicSpline, Linear, Nearest};
        for (method, alignment) in [
            (Nearest, GridAlignment::Centre),
            (Linear, GridAlignment::Centre),
            (Linear, GridAlignment::Corner),
            (CubicConvolution, GridAlignment::Centre),
            (CubicSpline, GridAlignment::Centre),
            (CubicSpline, GridAlignment::Corner),
        ] {
            let to = resampled_grid(&grid, [Some(0.9), Some(0.9), Some(0.8)], alignment).unwrap();
            let by = Resampling::new(&grid, &to, method, alignment);
            for (degrees, shift) in
                [(0.0, [0.25, 0.5, 0.125]), (20.0, [0.0; 3]), (-65.0, [0.4, 3.0, 2.0]), (90.0, [0.0; 3])]
            {
                let (places, is_bounded) = (places(degrees, shift), degrees != 20.0);
                let of = |isa| Sampling { by: &by, is_bounded, isa };
                let plain = places.one_by_one(of(Isa::Scalar), &read);
                let best = places.sample(of(Isa::Scalar), &read);
                for (n, (a, b)) in plain.iter().zip(&best).enumerate() {
                    assert!((a - b).abs() < 1e-9, "{method:?} {alignment:?} {degrees}°, {n}: {a} and {b}");
                }
                for isa in Isa::available() {
                    assert!(best == places.sample(of(isa), &read), "{method:?} {degrees}° {}", isa.name());
                }
            }
        }
    }

    /// A voxel that is no number counts only where it has a weight.
    #[test]
    fn what_is_no_number_stays_where_it_is() {
        let mut image = Array3::<f64>::ones(SOURCE);
        image[[3, 20, 20]] = f64::NAN;
        let read = |window: &Window, to: &mut [f64]| {
            to.iter_mut().zip(window.of(&image.view())).for_each(|(to, &x)| *to = x);
        };
        let grid = Grid::new(SOURCE, [1.0; 3]).unwrap();
        let by = Resampling::new(&grid, &grid, Interpolation::Linear, GridAlignment::Centre);
        let mut turned = places(90.0, [0.0; 3]);
        // A quarter of a turn takes voxels to voxels.
        turned.steps = [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, 1.0, 0.0]];
        (turned.start, turned.shape) = ([0.0; 3], [7, 45, 40]);
        let values = turned.sample(Sampling { by: &by, is_bounded: false, isa: Isa::best() }, &read);
        assert_eq!(values.iter().filter(|x| x.is_nan()).count(), 1);
        assert!(values[[3, 20, 20]].is_nan());
    }
}
