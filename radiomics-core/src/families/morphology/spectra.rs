//! Sums over pairs of voxels through Fourier transforms.

use std::sync::Arc;

use rayon::prelude::*;
use realfft::RealFftPlanner;
use rustfft::num_complex::Complex64;
use rustfft::{Fft, FftPlanner};

use super::spatial::{Centred, PairSums, sum_of_squares};

use crate::transform_size::smooth;

/// Through spectra: with M, Z and Q those of the mask, of z and of z² (0 outside), and W that of
/// the weight, the three sums are Σ W·|M|², Σ W·|Z|² and 2·Σ W·(Re(Q·M*) − |Z|²), over the
/// number of points.
///
/// Planes of constant x frequency are independent, so only the transforms along x are kept, and
/// never the padded volume.
pub(super) fn by_transform(voxels: &[Centred], shape: [usize; 3], spacing_mm: [f64; 3]) -> PairSums {
    // Twice the extent keeps the two ends of the region from meeting across the border.
    // Real transforms of an even length cost half of what complex ones do.
    let [nz, ny, nx] = shape;
    let padded = [smooth(2 * nz - 1), smooth(2 * ny - 1), 2 * smooth(nx)];
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
            for (to, from) in line.iter_mut().zip(scratch.rows[y..].iter().step_by(ly)) {
                *to = *from;
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
