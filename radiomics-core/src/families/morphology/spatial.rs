//! Sums over all pairs of voxels, for Moran's I and Geary's C (IBSI 1, N365 and NPT7).
//!
//! The weight of a pair, 1/distance, depends on the displacement alone. So each sum is one of
//! the weight times a correlation of the region with itself, and by Parseval's theorem a sum
//! over their spectra: four real transforms give all sums exactly, for any number of voxels.

use ndarray::ArrayView3;
use rayon::prelude::*;
use realfft::RealFftPlanner;
use rustfft::num_complex::Complex64;
use rustfft::{Fft, FftPlanner};

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
    let mut planner = FftPlanner::new();
    let planes = Planes {
        shape,
        padded,
        along: [planner.plan_fft_forward(padded[0]), planner.plan_fft_forward(padded[1])],
    };
    let weights = lines.weights(spacing_mm);
    // One partial sum per plane, added in order: the same bits for any number of threads.
    let sums: Vec<[f64; 3]> = (0..lines.frequencies())
        .into_par_iter()
        .map_init(
            || std::array::from_fn(|_| planes.scratch()),
            |scratch: &mut [Vec<Complex64>; 4], x| {
                let [mask, z, square, weight] = scratch;
                planes.fill(mask, &fields[0], x);
                planes.fill(z, &fields[1], x);
                planes.fill(square, &fields[2], x);
                planes.fill_mirrored(weight, &weights, x);
                let mut sums = [0.0; 3];
                for (((m, z), q), w) in mask.iter().zip(z.iter()).zip(square.iter()).zip(weight.iter()) {
                    sums[0] += w.re * m.norm_sqr();
                    sums[1] += w.re * z.norm_sqr();
                    sums[2] += w.re * (q.re * m.re + q.im * m.im);
                }
                let twice = if x == 0 || 2 * x == padded[2] { 1.0 } else { 2.0 };
                sums.map(|s| s * twice)
            },
        )
        .collect();
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

/// The smallest number from `n` on without prime factors above 5: quick to transform.
fn smooth(n: usize) -> usize {
    (n.max(1)..)
        .find(|&candidate| {
            let mut rest = candidate;
            for p in [2, 3, 5] {
                while rest % p == 0 {
                    rest /= p;
                }
            }
            rest == 1
        })
        .unwrap_or(n)
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

/// Real transforms along x.
struct Lines {
    shape: [usize; 3],
    padded: [usize; 3],
    plan: std::sync::Arc<dyn realfft::RealToComplex<f64>>,
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
    /// lags of 0 or more along z and y.
    fn weights(&self, spacing_mm: [f64; 3]) -> Spectra {
        let [_, ny, _] = self.shape;
        let nx = self.padded[2];
        self.spectra(self.shape[0] * ny, |line, row| {
            for (i, w) in row.iter_mut().enumerate() {
                *w = inverse_distance([line / ny, line % ny, i.min(nx - i)], spacing_mm);
            }
        })
    }

    fn spectra(&self, lines: usize, load: impl Fn(usize, &mut [f64])) -> Spectra {
        let n = self.frequencies();
        let mut values = vec![Complex64::default(); n * lines];
        let mut row = self.plan.make_input_vec();
        let mut spectrum = self.plan.make_output_vec();
        let mut scratch = self.plan.make_scratch_vec();
        for line in 0..lines {
            load(line, &mut row);
            // It fails for buffers of another length only, and these are the plan's own.
            let done = self.plan.process_with_scratch(&mut row, &mut spectrum, &mut scratch);
            debug_assert!(done.is_ok());
            for (x, &value) in spectrum.iter().enumerate() {
                values[x * lines + line] = value;
            }
        }
        Spectra { lines, values }
    }
}

/// Transforms along y and z of planes of constant x frequency.
struct Planes {
    shape: [usize; 3],
    padded: [usize; 3],
    along: [std::sync::Arc<dyn Fft<f64>>; 2],
}

impl Planes {
    fn scratch(&self) -> Vec<Complex64> {
        vec![Complex64::default(); self.padded[0] * self.padded[1]]
    }

    /// The transformed plane of a field that is 0 beyond the region.
    fn fill(&self, plane: &mut [Complex64], spectra: &Spectra, x: usize) {
        let [nz, ny, _] = self.shape;
        plane.fill(Complex64::default());
        for (to, from) in plane.chunks_exact_mut(self.padded[1]).zip(spectra.at(x).chunks_exact(ny)) {
            to[..ny].copy_from_slice(from);
        }
        self.transform(plane, nz);
    }

    /// The transformed plane of the weight. Lags that no pair has may hold anything.
    fn fill_mirrored(&self, plane: &mut [Complex64], spectra: &Spectra, x: usize) {
        let [nz, ny, _] = self.shape;
        let [lz, ly, _] = self.padded;
        let line = spectra.at(x);
        plane.fill(Complex64::default());
        for (k, row) in plane.chunks_exact_mut(ly).enumerate() {
            let lag_z = k.min(lz - k);
            if lag_z >= nz {
                continue;
            }
            for lag_y in 0..ny {
                let value = line[lag_z * ny + lag_y];
                row[lag_y] = value;
                row[(ly - lag_y) % ly] = value;
            }
        }
        self.transform(plane, lz);
    }

    /// In place, the first `lines` lines along y being the only ones that are not 0. The result
    /// is stored with y outermost; only that all planes are stored alike matters.
    fn transform(&self, plane: &mut [Complex64], lines: usize) {
        let [lz, ly, _] = self.padded;
        self.along[1].process(&mut plane[..lines * ly]);
        let mut turned = vec![Complex64::default(); lz * ly];
        for (k, row) in plane.chunks_exact(ly).take(lines).enumerate() {
            for (j, &value) in row.iter().enumerate() {
                turned[j * lz + k] = value;
            }
        }
        self.along[0].process(&mut turned);
        plane.copy_from_slice(&turned);
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

    #[test]
    fn smooth_numbers() {
        assert_eq!([1, 7, 11, 199, 51].map(smooth), [1, 8, 12, 200, 54]);
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
