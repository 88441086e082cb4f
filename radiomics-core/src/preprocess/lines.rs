//! Interpolation of a volume along one axis.

use ndarray::{Array3, ArrayView2, ArrayViewMut2, Axis};
use rayon::prelude::*;

use crate::kernels::Isa;
use crate::kernels::splines::{LANES, Lanes, Taps, at_taps, prefilter};

/// How values along an axis are made.
pub(super) struct Along<'a> {
    pub axis: usize,
    pub taps: &'a [Taps],
    /// Voxels that the spline prefilter reaches, if there is one.
    pub prefilter: Option<usize>,
    pub isa: Isa,
}

impl Along<'_> {
    /// The values at the taps along the axis. Lines are independent of each other, and copied
    /// into blocks in which they lie side by side.
    pub fn apply(&self, values: &Array3<f64>) -> Array3<f64> {
        let mut shape: [usize; 3] = values.dim().into();
        shape[self.axis] = self.taps.len();
        let mut result = Array3::zeros(shape);
        // Planes that hold lines of the axis.
        let across = Axis(usize::from(self.axis == 0));
        let pairs: Vec<_> = values.axis_iter(across).zip(result.axis_iter_mut(across)).collect();
        pairs.into_par_iter().for_each_init(
            || Block::new(values.len_of(Axis(self.axis)), self.taps.len()),
            |block, (from, to)| match self.axis {
                2 => self.rows(block, from, to),
                _ => self.columns(block, from, to),
            },
        );
        result
    }

    /// Lines along the last axis of a plane.
    fn rows(&self, block: &mut Block, from: ArrayView2<f64>, mut to: ArrayViewMut2<f64>) {
        for first in (0..from.nrows()).step_by(LANES) {
            let lanes = LANES.min(from.nrows() - first);
            for lane in 0..lanes {
                let row = from.row(first + lane);
                match row.as_slice() {
                    Some(row) => block.line.iter_mut().zip(row).for_each(|(lanes, &x)| lanes[lane] = x),
                    None => block.line.iter_mut().zip(row).for_each(|(lanes, &x)| lanes[lane] = x),
                }
            }
            self.compute(block);
            for lane in 0..lanes {
                let mut row = to.row_mut(first + lane);
                match row.as_slice_mut() {
                    Some(row) => row.iter_mut().zip(&block.values).for_each(|(x, lanes)| *x = lanes[lane]),
                    None => row.iter_mut().zip(&block.values).for_each(|(x, lanes)| *x = lanes[lane]),
                }
            }
        }
    }

    /// Lines along the first axis of a plane.
    fn columns(&self, block: &mut Block, from: ArrayView2<f64>, mut to: ArrayViewMut2<f64>) {
        for first in (0..from.ncols()).step_by(LANES) {
            let columns = first..from.ncols().min(first + LANES);
            for (lanes, row) in block.line.iter_mut().zip(from.rows()) {
                let lanes = &mut lanes[..columns.len()];
                match row.as_slice() {
                    Some(row) => lanes.copy_from_slice(&row[columns.clone()]),
                    None => lanes.iter_mut().zip(row.iter().skip(first)).for_each(|(lane, &x)| *lane = x),
                }
            }
            self.compute(block);
            for (lanes, mut row) in block.values.iter().zip(to.rows_mut()) {
                match row.as_slice_mut() {
                    Some(row) => row[columns.clone()].copy_from_slice(&lanes[..columns.len()]),
                    None => row.iter_mut().skip(first).zip(lanes).for_each(|(x, &lane)| *x = lane),
                }
            }
        }
    }

    fn compute(&self, block: &mut Block) {
        if let Some(reach) = self.prefilter {
            prefilter(self.isa, &mut block.line, reach);
        }
        at_taps(self.isa, &block.line, self.taps, &mut block.values);
    }
}

/// Lines side by side, and what is computed of them.
struct Block {
    line: Vec<Lanes>,
    values: Vec<Lanes>,
}

impl Block {
    fn new(length: usize, taps: usize) -> Self {
        Self { line: vec![[0.0; LANES]; length], values: vec![[0.0; LANES]; taps] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::splines::{POLE, mirror};
    use ndarray::ArrayViewMut1;
    use proptest::prelude::*;

    const REACH: usize = 32;

    /// One line, value by value.
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
        /// Lines side by side give the bits of each line on its own.
        #[test]
        fn blocks_equal_lines(
            shape in [1..4usize, 1..20usize, 1..60usize],
            axis in 0..3usize,
            linear in any::<bool>(),
            spline in any::<bool>(),
            raw in prop::collection::vec((0..1000usize, [0.0..1.0f64, -1.0..1.0f64, -1.0..1.0f64]), 1..9),
        ) {
            let values = Array3::from_shape_fn(shape, |(k, j, i)| ((k * 919 + j * 131 + i * 37) % 101) as f64 * 0.3);
            let n = shape[axis];
            let taps: Vec<Taps> = raw
                .iter()
                .map(|&(i, [a, b, c])| {
                    let weights = if linear { [0.0, 1.0 - a, a, 0.0] } else { [a, b, 0.0, c] };
                    Taps { index: [i % n, (i + 1) % n, (i + 2) % n, (i / 2) % n], weights, linear }
                })
                .collect();
            let mut filtered = values.clone();
            if spline {
                filtered.lanes_mut(Axis(axis)).into_iter().for_each(plain_prefilter);
            }
            for isa in Isa::available() {
                let along = Along { axis, taps: &taps, prefilter: spline.then_some(REACH), isa };
                let found = along.apply(&values);
                for (line, found) in filtered.lanes(Axis(axis)).into_iter().zip(found.lanes(Axis(axis))) {
                    let plain: Vec<u64> = taps.iter().map(|t| plain_value(&line.to_vec(), t).to_bits()).collect();
                    let found: Vec<u64> = found.iter().map(|x| x.to_bits()).collect();
                    prop_assert_eq!(found, plain, "{}", isa.name());
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
