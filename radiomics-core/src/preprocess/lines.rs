//! Interpolation of a volume along its axes.

use ndarray::{Array3, ArrayView2, ArrayViewMut2, Axis};

use crate::kernels::Isa;
use crate::kernels::pages::made;
use crate::kernels::splines::{LANES, Taps, at_tap, at_taps, prefilter};
use crate::kernels::transpose::{Matrix, transpose};
use crate::volume::axes::{Block, each_plane};
use crate::volume::voxels::volume;

/// How the values along an axis are made from voxels.
pub(super) struct Along {
    pub taps: Vec<Taps>,
    /// How many voxels the spline prefilter reaches, if there is one.
    pub prefilter: Option<usize>,
}

/// The values at the taps of the axes (z, y, x) that have any, of a volume whose slices `read`
/// writes, x before y: along x, then y, then z. A slice is done with while it is in cache.
pub(super) fn interpolate(
    axes: &[Option<Along>; 3],
    source: [usize; 3],
    isa: Isa,
    read: impl Fn(usize, &mut [f64]) + Sync,
) -> Array3<f64> {
    let target: [usize; 3] =
        std::array::from_fn(|a| axes[a].as_ref().map_or(source[a], |along| along.taps.len()));
    let [_, along_y, along_x] = axes;
    let in_plane = made(
        source[0] * target[1] * target[2],
        target[1] * target[2],
        <(Lines, [Vec<f64>; 3])>::default,
        |(lines, [from, turned, between]), k, to| {
            let [_, ny, nx] = source;
            let mut step = |from: &[f64], along: &Along, to: &mut [f64], length: usize| {
                let shape = |length: usize, values: usize| (length, values / length.max(1));
                let from = ArrayView2::from_shape(shape(length, from.len()), from);
                let to = ArrayViewMut2::from_shape(shape(along.taps.len(), to.len()), to);
                along.columns(isa, lines, from.expect("whole rows"), to.expect("whole rows"));
            };
            if along_x.is_none() && along_y.is_none() {
                return read(k, to);
            }
            from.resize(ny * nx, 0.0);
            read(k, from);
            if let Some(along) = along_x {
                // Lines along x, side by side.
                turned.resize(nx * ny, 0.0);
                transpose(isa, Matrix { values: from, pitch: nx, rows: ny, columns: nx }, turned, ny);
                between.resize(target[2] * ny, 0.0);
                step(turned, along, between, nx);
                let back = Matrix { values: between, pitch: ny, rows: target[2], columns: ny };
                if along_y.is_none() {
                    return transpose(isa, back, to, target[2]);
                }
                from.resize(ny * target[2], 0.0);
                transpose(isa, back, from, target[2]);
            }
            if let Some(along) = along_y {
                step(from, along, to, ny);
            }
        },
    );
    let in_plane = Array3::from_shape_vec([source[0], target[1], target[2]], in_plane);
    let in_plane = in_plane.expect("a value for each voxel");
    let Some(along_z) = &axes[0] else { return in_plane };
    let mut result = volume(target);
    each_plane(in_plane.view(), result.view_mut(), 0, |lines, from, to| {
        along_z.columns(isa, lines, from, to);
    });
    result
}

impl Along {
    /// Interpolates the lines along the first axis of a plane.
    fn columns(&self, isa: Isa, block: &mut Lines, from: ArrayView2<f64>, mut to: ArrayViewMut2<f64>) {
        assert_eq!(self.taps.len(), to.nrows(), "values along an axis and what they are made of");
        // Without a filter a row of values is made of a few rows, where these lie.
        let lie_together = |plane: &ArrayView2<f64>| plane.strides()[1] == 1;
        if self.prefilter.is_none() && lie_together(&from) && lie_together(&to.view()) {
            for (tap, mut values) in self.taps.iter().zip(to.rows_mut()) {
                let row =
                    |index| from.index_axis_move(Axis(0), index).to_slice().expect("a row in one piece");
                at_tap(isa, tap.index.map(row), tap, values.as_slice_mut().expect("a row in one piece"));
            }
            return;
        }
        block.each(from, to, |line, values| {
            if let Some(reach) = self.prefilter {
                prefilter(isa, line, reach);
            }
            at_taps(isa, line, &self.taps, values);
        });
    }
}

/// Lines side by side, and what is computed of them.
type Lines = Block<f64, f64, LANES>;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::splines::{Lanes, POLE, mirror};
    use ndarray::ArrayViewMut1;
    use proptest::prelude::*;

    const REACH: usize = 32;

    /// The spline prefilter by its definition, on one line and value by value.
    fn plain_prefilter(mut line: ArrayViewMut1<f64>) {
        let n = line.len();
        if n < 2 {
            return;
        }
        let gain = (1.0 - POLE) * (1.0 - 1.0 / POLE);
        let horizon = n.min(REACH + 8);
        let mut causal = line[0];
        if horizon < n {
            let mut power = POLE;
            for &x in line.iter().take(horizon).skip(1) {
                causal += power * x;
                power *= POLE;
            }
        } else {
            let mut power = 1.0;
            causal = 0.0;
            for i in 0..2 * (n - 1) {
                causal += power * line[mirror(i as isize, n - 1)];
                power *= POLE;
            }
            causal /= 1.0 - power;
        }
        line[0] = causal;
        for i in 1..n {
            line[i] += POLE * line[i - 1];
        }
        line[n - 1] = POLE / (POLE * POLE - 1.0) * (line[n - 1] + POLE * line[n - 2]);
        for i in (0..n - 1).rev() {
            line[i] = POLE * (line[i + 1] - line[i]);
        }
        line.mapv_inplace(|c| c * gain);
    }

    fn plain_value(line: &[f64], tap: &Taps) -> f64 {
        let mut used = tap.index.iter().zip(tap.weights).filter(|(_, w)| *w != 0.0);
        match tap.linear {
            true => {
                let first = used.next().map_or(0.0, |(&i, _)| line[i]);
                used.fold(first, |value, (&i, w)| value + w * (line[i] - value))
            }
            false => used.fold(0.0, |value, (&i, w)| value + w * line[i]),
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        /// Lines side by side give the bits of each line on its own, one axis after another.
        #[test]
        fn blocks_equal_lines(
            shape in [1..4usize, 1..20usize, 1..60usize],
            changed in any::<[bool; 3]>(),
            linear in any::<bool>(),
            spline in any::<bool>(),
            raw in prop::collection::vec((0..1000usize, [0.0..1.0f64, -1.0..1.0f64, -1.0..1.0f64]), 3..9),
        ) {
            let values = Array3::from_shape_fn(shape, |(k, j, i)| ((k * 919 + j * 131 + i * 37) % 101) as f64 * 0.3);
            let axes = [0, 1, 2].map(|axis| {
                let n = shape[axis];
                let taps = raw.iter().skip(axis).map(|&(i, [a, b, c])| {
                    let weights = if linear { [0.0, 1.0 - a, a, 0.0] } else { [a, b, 0.0, c] };
                    Taps { index: [i % n, (i + 1) % n, (i + 2) % n, (i / 2) % n], weights, linear }
                });
                changed[axis].then(|| Along { taps: taps.collect(), prefilter: spline.then_some(REACH) })
            });
            let mut expected = values.clone();
            for axis in [2, 1, 0] {
                let Some(along) = &axes[axis] else { continue };
                if spline {
                    expected.lanes_mut(Axis(axis)).into_iter().for_each(plain_prefilter);
                }
                let mut shape: [usize; 3] = expected.dim().into();
                shape[axis] = along.taps.len();
                let mut next = Array3::zeros(shape);
                for (from, to) in expected.lanes(Axis(axis)).into_iter().zip(next.lanes_mut(Axis(axis))) {
                    let line = from.to_vec();
                    to.into_iter().zip(&along.taps).for_each(|(to, tap)| *to = plain_value(&line, tap));
                }
                expected = next;
            }
            for isa in Isa::available() {
                let interpolated = interpolate(&axes, shape, isa, |k, to| {
                    to.iter_mut().zip(values.index_axis(Axis(0), k)).for_each(|(to, &x)| *to = x);
                });
                prop_assert_eq!(interpolated.dim(), expected.dim());
                for (value, expected) in interpolated.iter().zip(&expected) {
                    prop_assert_eq!(value.to_bits(), expected.to_bits(), "{}", isa.name());
                }
            }
        }
    }

    #[test]
    fn prefilter_solves_the_interpolation_equations() {
        // (c[i−1] + 4 c[i] + c[i+1]) / 6 = f[i], mirrored at both ends.
        for n in [2usize, 3, 7, 39, 40, 41, 100] {
            let value = |i: usize| ((i * 7919) % 101) as f64;
            let mut line: Vec<Lanes> = (0..n).map(|i| [value(i); LANES]).collect();
            prefilter(Isa::best(), &mut line, REACH);
            for i in 0..n {
                let at = |o: isize| line[mirror(i as isize + o, n - 1)][3];
                assert!(((at(-1) + 4.0 * at(0) + at(1)) / 6.0 - value(i)).abs() < 1e-10);
            }
        }
    }
}
