//! Sums over pairs of voxels through Fourier transforms.
//!
//! Moran's I and Geary's C need Σ w·zᵢ·zⱼ over all ordered pairs of voxels, w being 1 / distance: pairs
//! grow with the square of the number of voxels. But the weight depends on the displacement alone, so
//! the sum over pairs is one over displacements of the weight times a correlation of the region with
//! itself, and a correlation is a product of spectra. By Parseval's theorem the sum can be taken
//! there, and nothing is transformed back:
//!
//! ```text
//! Σ_pairs w(i − j)·z(i)·z(j)  =  Σ_lags w(lag) · (z ⋆ z)(lag)  =  1/N · Σ_frequencies W · |Z|²
//! ```
//!
//! The box is padded so that its ends do not meet, with one exception: the longest lag meets itself,
//! backwards, and both have the same weight. z and the mask are real, so one complex transform takes
//! two of their lines at a time. Of the three axes only two are transformed. Along the shortest one the
//! sum stays a form with the Toeplitz matrix of the weights (`kernels/toeplitz.rs`), for each frequency of
//! the other two: no padding, no third transform, and a plane of frequencies is done with at a time.

use std::sync::Arc;

use rayon::prelude::*;
use rustfft::num_complex::Complex64;
use rustfft::{Fft, FftPlanner};

use super::field::{Field, PairSums};
use crate::kernels::pages::zeros;
use crate::kernels::transform_size::quick;
use crate::kernels::{Isa, reduce, toeplitz};
use crate::work;
use crate::work::parallel::Watch;

/// The sums over the pairs of a field.
///
/// With Mₐ, Zₐ and Qₐ the spectra, in the planes a of the first axis, of the mask, of z and of z²
/// (0 outside), and W of the weight, the three sums are Σ Wₐ₋ᵦ·Mₐ·Mᵦ*, Σ Wₐ₋ᵦ·Zₐ·Zᵦ* and
/// 2·Σ Wₐ₋ᵦ·(Re Qₐ·Mᵦ* − Zₐ·Zᵦ*), over the number of points of a plane. Along the first axis,
/// which is the shortest, these products take less time than transforms would.
pub(super) fn by_transform(isa: Isa, field: &Field) -> PairSums {
    // For each voxel the spectra of three fields and of the weight.
    let bytes = field.z.len() as u64 * (3 * 16 + 8);
    let _held = work::hold(bytes, "Moran's I and Geary's C", "leave them out, or choose a larger spacing");
    let spectra = Spectra::new(field.shape);
    let weights = spectra.weights(field.spacing_mm);
    let fields = spectra.fields(field);
    let columns = Columns::new(isa, &spectra, &weights, &fields);
    // One partial sum per frequency, added in order: the same bits for any number of threads.
    let sums: Vec<[f64; 3]> = (0..spectra.frequencies())
        .into_par_iter()
        .watched()
        .map_init(|| columns.scratch(), |scratch, x| columns.sums(scratch, x))
        .collect();
    let points = (spectra.length * columns.length) as f64;
    let total = |which: usize| {
        // The frequencies that are left out are as the others.
        let twice = |x: usize| if x == 0 || 2 * x == spectra.length { 1.0 } else { 2.0 };
        sums.iter().enumerate().map(|(x, s)| twice(x) * s[which]).sum::<f64>() / points
    };
    // Spectra of fields are twice what they should be.
    let [weight, product, crossed] = [0, 1, 2].map(total).map(|sum| sum / 4.0);
    PairSums {
        n: field.voxels as f64,
        square: reduce::sum_of_squares(isa, &field.z, 0.0),
        weight,
        product,
        difference: 2.0 * (crossed - product),
    }
}

/// The fewest points that keep the two ends of a line of `n` voxels apart. The longest lag meets
/// itself, backwards, and both have the same weight.
fn points(n: usize) -> usize {
    quick(2 * (n - 1))
}

/// A transform of one line, and its memory.
struct Line {
    plan: Arc<dyn Fft<f64>>,
    values: Vec<Complex64>,
    scratch: Vec<Complex64>,
}

impl Line {
    fn new(plan: &Arc<dyn Fft<f64>>) -> Self {
        Self { plan: plan.clone(), values: zeros(plan.len()), scratch: zeros(plan.get_inplace_scratch_len()) }
    }

    fn transform(&mut self) {
        self.plan.process_with_scratch(&mut self.values, &mut self.scratch);
    }

    /// Makes the values of the line the same backwards as forwards, given the first `n` of them.
    fn mirror(&mut self, n: usize) {
        let length = self.values.len();
        self.values[n..].fill(Complex64::default());
        for lag in 1..n {
            self.values[length - lag] = self.values[lag];
        }
    }
}

/// Transforms along the last axis. Spectra are a plane of the first axis after another, with the
/// second axis innermost, for the next transform.
struct Spectra {
    shape: [usize; 3],
    /// Points of the transform along the last axis.
    length: usize,
    plan: Arc<dyn Fft<f64>>,
}

impl Spectra {
    fn new(shape: [usize; 3]) -> Self {
        let length = points(shape[2]);
        Self { shape, length, plan: FftPlanner::new().plan_fft_forward(length) }
    }

    fn frequencies(&self) -> usize {
        self.length / 2 + 1
    }

    /// Number of lines of a plane, which is even: they are transformed in pairs, as real and imaginary part.
    fn lines(&self) -> usize {
        self.shape[1].next_multiple_of(2)
    }

    /// Twice the spectra of the mask, z and z², after one another for each frequency of each plane.
    fn fields(&self, field: &Field) -> Vec<Vec<Complex64>> {
        let (lines, [nz, ny, nx]) = (self.lines(), self.shape);
        let voxels = nz * ny * nx;
        assert_eq!([field.z.len(), field.inside.len()], [voxels; 2], "a field of {:?} voxels", self.shape);
        let planes = field.z.par_chunks_exact(ny * nx).zip(field.inside.par_chunks_exact(ny * nx));
        let spectra = planes.watched().map_init(
            || Line::new(&self.plan),
            |line, (z, inside)| {
                let mut plane = zeros(3 * self.frequencies() * lines);
                for (pair, (z, inside)) in z.chunks(2 * nx).zip(inside.chunks(2 * nx)).enumerate() {
                    // All is 0 and stays so.
                    if !inside.contains(&true) {
                        continue;
                    }
                    let (z, inside) = (z.split_at(nx), inside.split_at(nx));
                    let values = |which: usize, z: f64, inside: bool| match which {
                        0 => f64::from(inside),
                        1 => z,
                        _ => z * z,
                    };
                    for which in 0..3 {
                        for (to, (&z, &inside)) in line.values.iter_mut().zip(z.0.iter().zip(inside.0)) {
                            *to = Complex64::new(values(which, z, inside), 0.0);
                        }
                        for (to, (&z, &inside)) in line.values.iter_mut().zip(z.1.iter().zip(inside.1)) {
                            to.im = values(which, z, inside);
                        }
                        line.values[nx..].fill(Complex64::default());
                        line.transform();
                        apart(&line.values, &mut plane, 3 * lines, which * lines + 2 * pair);
                    }
                }
                plane
            },
        );
        spectra.collect()
    }

    /// Spectra of the weight, which are real, for lags of 0 or more along the first two axes: along
    /// each axis the weight is the same forwards and backwards.
    fn weights(&self, spacing_mm: [f64; 3]) -> Vec<Vec<f64>> {
        let [nz, ny, nx] = self.shape;
        let square = |axis: usize, lag: usize| (lag as f64 * spacing_mm[axis]).powi(2);
        let of_last: Vec<f64> = (0..nx).map(|i| square(2, i)).collect();
        let planes = (0..nz).into_par_iter().watched().map_init(
            || Line::new(&self.plan),
            |line, k| {
                let mut plane = zeros(self.frequencies() * self.lines());
                for j in (0..ny).step_by(2) {
                    let [a, b] = [j, j + 1].map(|j| square(0, k) + square(1, j));
                    for (to, c) in line.values.iter_mut().zip(&of_last) {
                        let [a, b] = [a, b].map(|square| (square + c).sqrt().recip());
                        *to = Complex64::new(a, b);
                    }
                    if k == 0 && j == 0 {
                        line.values[0].re = 0.0;
                    }
                    line.mirror(nx);
                    line.transform();
                    for (to, spectrum) in plane.chunks_exact_mut(self.lines()).zip(&line.values) {
                        (to[j], to[j + 1]) = (spectrum.re, spectrum.im);
                    }
                }
                plane
            },
        );
        planes.collect()
    }
}

/// Twice the spectra of two real lines that were transformed as real and imaginary part.
fn apart(spectrum: &[Complex64], to: &mut [Complex64], pitch: usize, first: usize) {
    let backwards = spectrum[..1].iter().chain(spectrum.iter().rev());
    for ((to, f), g) in to.chunks_exact_mut(pitch).zip(spectrum).zip(backwards) {
        let to = &mut to[first..][..2];
        to[0] = Complex64::new(f.re + g.re, f.im - g.im);
        to[1] = Complex64::new(f.im + g.im, g.re - f.re);
    }
}

/// Transforms along the second axis, and products along the first.
struct Columns<'a> {
    isa: Isa,
    shape: [usize; 3],
    /// Lines from one frequency of the last axis to the next.
    lines: usize,
    weights: &'a [Vec<f64>],
    fields: &'a [Vec<Complex64>],
    /// Points of the transform along the second axis.
    length: usize,
    plan: Arc<dyn Fft<f64>>,
}

/// Memory for one frequency of the last axis, where lines lie `pitch` apart. What lies beyond the lines
/// and planes stays 0.
struct Scratch {
    line: Line,
    pitch: usize,
    fields: [Vec<Complex64>; 3],
    weights: Vec<Complex64>,
    products: toeplitz::Scratch,
}

impl<'a> Columns<'a> {
    fn new(isa: Isa, spectra: &Spectra, weights: &'a [Vec<f64>], fields: &'a [Vec<Complex64>]) -> Self {
        let (shape, lines) = (spectra.shape, spectra.lines());
        assert_eq!([weights.len(), fields.len()], [shape[0]; 2], "planes of spectra");
        let length = points(shape[1]);
        let plan = FftPlanner::new().plan_fft_forward(length);
        Self { isa, shape, lines, weights, fields, length, plan }
    }

    fn scratch(&self) -> Scratch {
        let pitch = self.length.next_multiple_of(toeplitz::COLUMNS);
        let n = self.shape[0].next_multiple_of(toeplitz::ROWS);
        let rows = |n: usize| zeros::<Complex64>(n * pitch);
        Scratch {
            pitch,
            line: Line::new(&self.plan),
            fields: std::array::from_fn(|_| rows(n)),
            weights: rows(n / 2),
            products: toeplitz::Scratch::new(n),
        }
    }

    /// The three sums over one frequency of the last axis.
    fn sums(&self, scratch: &mut Scratch, x: usize) -> [f64; 3] {
        let Scratch { line, pitch, fields, weights, products } = scratch;
        let (pitch, ny) = (*pitch, self.shape[1]);
        // Two lags of the weight, whose spectra are real, as one complex number.
        for (lags, to) in self.weights.chunks(2).zip(weights.chunks_exact_mut(pitch)) {
            let row = |lag: &'a Vec<f64>| &lag[x * self.lines..][..ny];
            let even = row(&lags[0]);
            for (to, &w) in line.values.iter_mut().zip(even) {
                *to = Complex64::new(w, 0.0);
            }
            for (to, &w) in line.values.iter_mut().zip(lags.get(1).map_or(&[][..], row)) {
                to.im = w;
            }
            line.mirror(ny);
            line.transform();
            to[..self.length].copy_from_slice(&line.values);
        }
        for (a, plane) in self.fields.iter().enumerate() {
            let spectra = plane[3 * x * self.lines..].chunks_exact(self.lines);
            for (field, spectrum) in fields.iter_mut().zip(spectra) {
                let to = &mut field[a * pitch..][..self.length];
                to[..ny].copy_from_slice(&spectrum[..ny]);
                to[ny..].fill(Complex64::default());
                self.plan.process_with_scratch(to, &mut line.scratch);
            }
        }
        toeplitz::forms(self.isa, fields.each_ref().map(Vec::as_slice), weights, pitch, products)
    }
}
