//! Sums over all pairs of voxels, for Moran's I and Geary's C (IBSI 1, N365 and NPT7).
//!
//! The weight of a pair, 1/distance, depends on the displacement alone. So each sum is one of
//! the weight times a correlation of the region with itself, and by Parseval's theorem a sum
//! over their spectra: four real transforms give all sums exactly, for any number of voxels.

use std::sync::Arc;

use ndarray::ArrayView3;
use rayon::prelude::*;
use realfft::RealFftPlanner;
use rustfft::num_complex::Complex64;
use rustfft::{Fft, FftPlanner};

use crate::transform_size::smooth;

/// Up to this many voxels the pairs are summed one by one: as fast, and the same bits on every
/// machine.
const FEW_VOXELS: usize = 1000;

/// Sums over ordered pairs i ≠ j of voxels, w being 1/distance in mm⁻¹ and z the intensity less
/// its mean.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct PairSums {
    /// Number of voxels.
    pub n: f64,
    /// Σ zᵢ².
    pub square: f64,
    /// Σ wᵢⱼ.
    pub weight: f64,
    /// Σ wᵢⱼ·zᵢ·zⱼ.
    pub product: f64,
    /// Σ wᵢⱼ·(zᵢ − zⱼ)².
    pub difference: f64,
}

impl PairSums {
    /// Of the voxels of `mask`.
    pub fn new(intensities: ArrayView3<f64>, mask: ArrayView3<bool>, spacing_mm: [f64; 3]) -> Self {
        let voxels = centred(intensities, mask);
        if voxels.len() <= FEW_VOXELS {
            pairwise(&voxels, spacing_mm)
        } else {
            by_transform(&voxels, mask.dim().into(), spacing_mm)
        }
    }

    /// Moran's I: N/Σw·Σw·zᵢ·zⱼ/Σz².
    pub fn moran(&self) -> f64 {
        self.n / self.weight * self.product / self.square
    }

    /// Geary's C: (N − 1)/(2·Σw)·Σw·(xᵢ − xⱼ)²/Σz².
    pub fn geary(&self) -> f64 {
        (self.n - 1.0) / (2.0 * self.weight) * self.difference / self.square
    }
}

/// A voxel and its intensity less the mean.
type Centred = ([usize; 3], f64);

fn centred(intensities: ArrayView3<f64>, mask: ArrayView3<bool>) -> Vec<Centred> {
    let inside = intensities.indexed_iter().zip(mask).filter(|(_, m)| **m);
    let mut voxels: Vec<Centred> = inside.map(|(((k, j, i), &x), _)| ([k, j, i], x)).collect();
    // Subtracting the first intensity keeps those of a flat region exactly equal.
    let first = voxels.first().map_or(0.0, |v| v.1);
    let mean = voxels.iter().map(|v| v.1 - first).sum::<f64>() / voxels.len() as f64;
    voxels.iter_mut().for_each(|v| v.1 = (v.1 - first) - mean);
    voxels
}

fn sum_of_squares(voxels: &[Centred]) -> f64 {
    voxels.iter().map(|v| v.1 * v.1).sum()
}

/// Pair by pair: the definition, and the oracle of the transform.
fn pairwise(voxels: &[Centred], spacing_mm: [f64; 3]) -> PairSums {
    let (mut weight, mut product, mut difference) = (0.0, 0.0, 0.0);
    for (n, (p, z)) in voxels.iter().enumerate() {
        for (q, other) in &voxels[..n] {
            let lag = std::array::from_fn(|a| p[a].abs_diff(q[a]));
            let w = inverse_distance(lag, spacing_mm);
            weight += w;
            product += w * z * other;
            difference += w * (z - other).powi(2);
        }
    }
    PairSums {
        n: voxels.len() as f64,
        square: sum_of_squares(voxels),
        weight: 2.0 * weight,
        product: 2.0 * product,
        difference: 2.0 * difference,
    }
}

/// 1/distance, and 0 for a voxel and itself.
fn inverse_distance(lag: [usize; 3], spacing_mm: [f64; 3]) -> f64 {
    let square: f64 = (0..3).map(|a| (lag[a] as f64 * spacing_mm[a]).powi(2)).sum();
    if square > 0.0 { square.sqrt().recip() } else { 0.0 }
}

/// Through spectra: with M, Z and Q those of the mask, of z and of z² (0 outside), and W that of
/// the weight, the three sums are Σ W·|M|², Σ W·|Z|² and 2·Σ W·(Re(Q·M*) − |Z|²), over the
/// number of points.
///
/// Planes of constant x frequency are independent, so only the transforms along x are kept, and
/// never the padded volume.
fn by_transform(voxels: &[Centred], shape: [usize; 3], spacing_mm: [f64; 3]) -> PairSums {
    // Twice the extent keeps the two ends of the region from meeting across the border.
    let padded = shape.map(|n| smooth(2 * n - 1));
    let lines = Lines::new(shape, padded);
    let field = |value: fn(f64) -> f64| {
        lines.transform(shape[0] * shape[1], |rows| {
            for ([k, j, i], z) in voxels {
                rows[(k * shape[1] + j) * shape[2] + i] = value(*z);
            }
        })
    };
    let fields = [field(|_| 1.0), field(|z| z), field(|z| z * z)];
    let planes = Planes::new(shape, padded);
    let weights = lines.weights(spacing_mm);
    let n = lines.frequencies();
    // One partial sum per plane, added in order: the same bits for any number of threads.
    let sums: Vec<[f64; 3]> = (0..n.div_ceil(2))
        .into_par_iter()
        .map_init(
            || planes.scratch(),
            |scratch, pair| {
                let pair = [2 * pair, 2 * pair + 1];
                planes.fill_weights(scratch, pair.map(|x| weights.at(x.min(n - 1))));
                pair.map(|x| {
                    if x >= n {
                        return [0.0; 3];
                    }
                    for (which, field) in fields.iter().enumerate() {
                        planes.fill(scratch, which, field.at(x));
                    }
                    let sums = planes.sums(scratch, x % 2);
                    let twice = if x == 0 || 2 * x == padded[2] { 1.0 } else { 2.0 };
                    sums.map(|s| s * twice)
                })
            },
        )
        .collect::<Vec<_>>()
        .concat();
    let points: f64 = padded.iter().map(|&n| n as f64).product();
    let total = |which: usize| sums.iter().map(|s| s[which]).sum::<f64>() / points;
    let product = total(1);
    PairSums {
        n: voxels.len() as f64,
        square: sum_of_squares(voxels),
        weight: total(0),
        product,
        difference: 2.0 * (total(2) - product),
    }
}

/// Spectra along x of the lines of a volume, stored with the x frequency outermost.
struct Spectra {
    lines: usize,
    values: Vec<Complex64>,
}

impl Spectra {
    fn at(&self, frequency: usize) -> &[Complex64] {
        &self.values[frequency * self.lines..][..self.lines]
    }
}

/// Lines along x that are transformed before they are stored.
const TOGETHER: usize = 8;

/// Real transforms along x.
struct Lines {
    shape: [usize; 3],
    padded: [usize; 3],
    plan: Arc<dyn realfft::RealToComplex<f64>>,
}

impl Lines {
    fn new(shape: [usize; 3], padded: [usize; 3]) -> Self {
        Self { shape, padded, plan: RealFftPlanner::new().plan_fft_forward(padded[2]) }
    }

    fn frequencies(&self) -> usize {
        self.padded[2] / 2 + 1
    }

    /// Transforms as many lines of the region's length as `fill` is given.
    fn transform(&self, lines: usize, fill: impl FnOnce(&mut [f64])) -> Spectra {
        let mut rows = vec![0.0; lines * self.shape[2]];
        fill(&mut rows);
        self.spectra(lines, |line, row| {
            row[..self.shape[2]].copy_from_slice(&rows[line * self.shape[2]..][..self.shape[2]]);
            row[self.shape[2]..].fill(0.0);
        })
    }

    /// The weight, which is the same forwards and backwards along each axis: only lines with
    /// lags of 0 or more along z and y. Its spectrum is real. Lags that no pair has may hold
    /// anything.
    fn weights(&self, spacing_mm: [f64; 3]) -> Spectra {
        let [_, ny, nx] = self.shape;
        let [sz, sy, sx] = spacing_mm;
        self.spectra(self.shape[0] * ny, |line, row| {
            let square = ((line / ny) as f64 * sz).powi(2) + ((line % ny) as f64 * sy).powi(2);
            for (i, w) in row[..nx].iter_mut().enumerate() {
                *w = (square + (i as f64 * sx).powi(2)).sqrt().recip();
            }
            if line == 0 {
                row[0] = 0.0;
            }
            row[nx..].fill(0.0);
            for i in 1..nx {
                row[self.padded[2] - i] = row[i];
            }
        })
    }

    fn spectra(&self, lines: usize, load: impl Fn(usize, &mut [f64])) -> Spectra {
        let n = self.frequencies();
        let mut values = vec![Complex64::default(); n * lines];
        let mut row = self.plan.make_input_vec();
        let mut scratch = self.plan.make_scratch_vec();
        // Some lines together, as they end up beside each other.
        let mut block = vec![Complex64::default(); n * TOGETHER];
        for first in (0..lines).step_by(TOGETHER) {
            let here = TOGETHER.min(lines - first);
            for (line, spectrum) in (first..first + here).zip(block.chunks_exact_mut(n)) {
                load(line, &mut row);
                // It fails for buffers of another length only, and these are the plan's own.
                let done = self.plan.process_with_scratch(&mut row, spectrum, &mut scratch);
                debug_assert!(done.is_ok());
            }
            for x in 0..n {
                for (to, from) in
                    values[x * lines + first..][..here].iter_mut().zip(block[x..].iter().step_by(n))
                {
                    *to = *from;
                }
            }
        }
        Spectra { lines, values }
    }
}

/// Transforms along y and z of planes of constant x frequency.
struct Planes {
    shape: [usize; 3],
    padded: [usize; 3],
    along_z: Arc<dyn Fft<f64>>,
    along_y: Arc<dyn Fft<f64>>,
}

/// Memory for a few planes. Transformed ones are stored with y outermost.
struct Scratch {
    /// Lines along y.
    rows: Vec<Complex64>,
    /// The mask, z and z².
    fields: [Vec<Complex64>; 3],
    /// The weights of two planes, which are real, as one complex number. Frequencies along y
    /// from 0 to half of them: the others are the same.
    weights: Vec<Complex64>,
    transform: Vec<Complex64>,
}

impl Planes {
    fn new(shape: [usize; 3], padded: [usize; 3]) -> Self {
        let mut planner = FftPlanner::new();
        let [along_z, along_y] = [padded[0], padded[1]].map(|n| planner.plan_fft_forward(n));
        Self { shape, padded, along_z, along_y }
    }

    fn scratch(&self) -> Scratch {
        let zeros = |n| vec![Complex64::default(); n];
        let [lz, ly, _] = self.padded;
        let needed = self.along_z.get_inplace_scratch_len().max(self.along_y.get_inplace_scratch_len());
        Scratch {
            rows: zeros(self.shape[0] * ly),
            fields: std::array::from_fn(|_| zeros(ly * lz)),
            weights: zeros((ly / 2 + 1) * lz),
            transform: zeros(needed),
        }
    }

    /// The transformed plane of a field that is 0 beyond the region.
    fn fill(&self, scratch: &mut Scratch, which: usize, values: &[Complex64]) {
        let [nz, ny, _] = self.shape;
        let [lz, ly, _] = self.padded;
        for (to, from) in scratch.rows.chunks_exact_mut(ly).zip(values.chunks_exact(ny)) {
            to[..ny].copy_from_slice(from);
            to[ny..].fill(Complex64::default());
        }
        self.along_y.process_with_scratch(&mut scratch.rows, &mut scratch.transform);
        let plane = &mut scratch.fields[which];
        for (y, line) in plane.chunks_exact_mut(lz).enumerate() {
            for (to, from) in line.iter_mut().zip(scratch.rows[y..].iter().step_by(ly)) {
                *to = *from;
            }
            line[nz..].fill(Complex64::default());
        }
        self.along_z.process_with_scratch(plane, &mut scratch.transform);
    }

    /// The transformed planes of the weight for two frequencies along x.
    fn fill_weights(&self, scratch: &mut Scratch, pair: [&[Complex64]; 2]) {
        let [nz, ny, _] = self.shape;
        let [lz, ly, _] = self.padded;
        for (row, to) in scratch.rows.chunks_exact_mut(ly).enumerate() {
            let [a, b] = pair.map(|values| &values[row * ny..][..ny]);
            for ((to, a), b) in to.iter_mut().zip(a).zip(b) {
                *to = Complex64::new(a.re, b.re);
            }
            to[ny..].fill(Complex64::default());
            for lag in 1..ny {
                to[ly - lag] = to[lag];
            }
        }
        self.along_y.process_with_scratch(&mut scratch.rows, &mut scratch.transform);
        for (y, line) in scratch.weights.chunks_exact_mut(lz).enumerate() {
            line[nz..].fill(Complex64::default());
            for lag in 0..nz {
                line[lag] = scratch.rows[lag * ly + y];
            }
            for lag in 1..nz {
                line[lz - lag] = line[lag];
            }
        }
        self.along_z.process_with_scratch(&mut scratch.weights, &mut scratch.transform);
    }

    /// The three sums over a plane, the first or the second of the two whose weights there are.
    fn sums(&self, scratch: &Scratch, which: usize) -> [f64; 3] {
        match which {
            0 => self.weighted(scratch, |w| w.re),
            _ => self.weighted(scratch, |w| w.im),
        }
    }

    fn weighted(&self, scratch: &Scratch, weight: impl Fn(&Complex64) -> f64) -> [f64; 3] {
        let [lz, ly, _] = self.padded;
        let [mask, z, square] = &scratch.fields;
        let mut sums = [0.0; 3];
        for y in 0..ly {
            let [m, z, q] = [mask, z, square].map(|plane| &plane[y * lz..][..lz]);
            let w = &scratch.weights[y.min(ly - y) * lz..][..lz];
            for (((m, z), q), w) in m.iter().zip(z).zip(q).zip(w) {
                let w = weight(w);
                sums[0] += w * m.norm_sqr();
                sums[1] += w * z.norm_sqr();
                sums[2] += w * (q.re * m.re + q.im * m.im);
            }
        }
        sums
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use approx::assert_relative_eq;
    use ndarray::Array3;
    use proptest::prelude::*;

    #[test]
    fn two_voxels() {
        // 1 3   z = ∓1, w = 1/2: I = 2/1·(−1)/2 = −1 and C = 1/2·4/2 = 1.
        let sums = pairwise(&[([0, 0, 0], -1.0), ([0, 0, 1], 1.0)], [1.0, 1.0, 2.0]);
        assert_eq!((sums.moran(), sums.geary()), (-1.0, 1.0));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn transform_equals_pairs(
            shape in [1..9usize, 1..12usize, 1..15usize],
            spacing in [0.3..5.0f64, 0.3..5.0f64, 0.3..5.0f64],
            offset in -2000.0..2000.0f64,
            seed in any::<u64>(),
        ) {
            let mut state = seed | 1;
            let mut random = move || {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (state >> 33) as f64 / (1u64 << 31) as f64
            };
            let values = Array3::from_shape_simple_fn(shape, || offset + 300.0 * random());
            let mask = Array3::from_shape_simple_fn(shape, || random() < 0.7);
            let voxels = centred(values.view(), mask.view());
            prop_assume!(voxels.len() > 1);
            let (pairs, spectra) = (pairwise(&voxels, spacing), by_transform(&voxels, shape, spacing));
            assert_relative_eq!(pairs.weight, spectra.weight, max_relative = 1e-9);
            assert_relative_eq!(pairs.geary(), spectra.geary(), max_relative = 1e-9);
            // Moran's I may cancel to 0, so its terms give the scale.
            assert_relative_eq!(pairs.moran(), spectra.moran(), max_relative = 1e-9, epsilon = 1e-11);
        }
    }
}
