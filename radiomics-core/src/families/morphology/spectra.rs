//! Products with the weights of all pairs of voxels through Fourier transforms.
//!
//! Moran's I and Geary's C need sums over all ordered pairs of voxels, w being 1 / distance: pairs
//! grow with the square of the number of voxels. But the weight depends on the displacement alone, so
//! Σⱼ wᵢⱼ·zⱼ is a convolution, which is a product of spectra. Of Σᵢⱼ wᵢⱼ·zᵢ·zⱼ nothing has to be
//! transformed back: by Parseval's theorem the sum can be taken over the spectra,
//!
//! ```text
//! Σ_pairs w(i − j)·z(i)·z(j)  =  Σ_lags w(lag) · (z ⋆ z)(lag)  =  1/N · Σ_frequencies W · |Z|²
//! ```
//!
//! The box is padded so that its ends do not meet, with one exception: the longest lag meets itself,
//! backwards, and both have the same weight. Fields are real, so one complex transform takes
//! two of their lines at a time. Of the three axes only two are transformed. Along the shortest one the
//! weights stay the Toeplitz matrix that they are (`kernels/toeplitz.rs`), for each frequency of
//! the other two: no padding, no third transform, and a plane of frequencies is done with at a time.

use std::sync::Arc;

use rustfft::num_complex::Complex64;
use rustfft::{Fft, FftPlanner};

use crate::kernels::pages::{made, room, zeros};
use crate::kernels::transform_size::quick;
use crate::kernels::{Isa, toeplitz};
use crate::work::loops;

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

/// The weights of all pairs of voxels of a box, as spectra along its last axis.
pub(super) struct Weights {
    isa: Isa,
    rows: Rows,
    columns: Columns,
    /// Real, for lags of 0 or more along the first two axes: along each axis the weight is the same
    /// forwards and backwards.
    spectra: Vec<f64>,
}

impl Weights {
    /// Bytes for each voxel that the weights take.
    pub const BYTES: u64 = 8;
    /// Bytes for each voxel that a form takes besides.
    pub const FORM_BYTES: u64 = 16;
    /// Bytes for each voxel that sums take besides the form.
    pub const SUMS_BYTES: u64 = 16;

    /// The weights 1 / distance, and 0 of a voxel and itself.
    pub fn new(isa: Isa, shape: [usize; 3], spacing_mm: [f64; 3]) -> Self {
        let rows = Rows::new(shape);
        let columns = Columns::new(shape, rows.lines());
        Self { isa, spectra: rows.weights(spacing_mm), rows, columns }
    }

    /// Σ w·z·z′ over the ordered pairs of voxels, of values that are 0 wherever `inside` is not set.
    pub fn form(&self, inside: &[bool], z: &[f64]) -> f64 {
        let fields = self.rows.spectra(inside, |n| z[n]);
        let of_frequency = |scratch: &mut Scratch, x: usize| {
            self.columns.transform_weights(scratch, &self.spectra, x);
            self.columns.transform_field(
                &mut scratch.field,
                &mut scratch.line,
                self.rows.lines_of(&fields, x),
            );
            let Scratch { field, weights, products, .. } = scratch;
            toeplitz::form(self.isa, field, weights, self.columns.pitch(), products)
        };
        let forms = loops::map_with(0..self.rows.frequencies(), || self.columns.scratch(), of_frequency);
        self.summed(&forms)
    }

    /// That, and Σ w over the voxels of `inside` for each voxel of the box.
    pub fn form_and_sums(&self, inside: &[bool], z: &[f64]) -> (f64, Vec<f64>) {
        let fields = self.rows.spectra(inside, |n| z[n]);
        let mut mask = self.rows.spectra(inside, |n| f64::from(inside[n]));
        let of_frequency = |scratch: &mut Scratch, (x, mut lines): (usize, Vec<&mut [Complex64]>)| {
            self.columns.transform_weights(scratch, &self.spectra, x);
            self.columns.transform_field(
                &mut scratch.field,
                &mut scratch.line,
                self.rows.lines_of(&fields, x),
            );
            self.columns.transform_field(
                &mut scratch.other,
                &mut scratch.line,
                lines.iter().map(|line| &**line),
            );
            let Scratch { field, other, weights, products, .. } = scratch;
            let pitch = self.columns.pitch();
            let form = toeplitz::form_and_multiply(self.isa, field, other, weights, pitch, products);
            self.columns.back(scratch, &mut lines);
            form
        };
        // The sums take the place of the mask.
        let frequencies = self.rows.by_frequency(&mut mask).into_iter().enumerate();
        let forms = loops::map_with(frequencies, || self.columns.scratch(), of_frequency);
        drop(fields);
        (self.summed(&forms), self.rows.back(&mask, 0.5 / self.points()))
    }

    /// The sum over all frequencies, in order: the same bits for any number of threads.
    fn summed(&self, forms: &[f64]) -> f64 {
        // The frequencies that are left out are as the others.
        let twice = |x: usize| if x == 0 || 2 * x == self.rows.length { 1.0 } else { 2.0 };
        let sum: f64 = forms.iter().enumerate().map(|(x, form)| twice(x) * form).sum();
        // Spectra of fields are twice what they should be.
        sum / self.points() / 4.0
    }

    /// Points of a plane that is transformed.
    fn points(&self) -> f64 {
        (self.rows.length * self.columns.length) as f64
    }
}

/// Transforms along the last axis. Spectra are a plane of the first axis after another, with the
/// second axis innermost, for the next transform.
struct Rows {
    shape: [usize; 3],
    /// Points of the transform along the last axis.
    length: usize,
    plan: Arc<dyn Fft<f64>>,
    back: Arc<dyn Fft<f64>>,
}

impl Rows {
    fn new(shape: [usize; 3]) -> Self {
        let length = points(shape[2]);
        let mut planner = FftPlanner::new();
        Self { shape, length, plan: planner.plan_fft_forward(length), back: planner.plan_fft_inverse(length) }
    }

    fn frequencies(&self) -> usize {
        self.length / 2 + 1
    }

    /// Number of lines of a plane, which is even: they are transformed in pairs, as real and imaginary part.
    fn lines(&self) -> usize {
        self.shape[1].next_multiple_of(2)
    }

    /// The lines of all planes of frequency number `x`.
    fn lines_of<'a>(&self, spectra: &'a [Complex64], x: usize) -> impl Iterator<Item = &'a [Complex64]> {
        let lines = self.lines();
        spectra.chunks_exact(self.frequencies() * lines).map(move |plane| &plane[x * lines..][..lines])
    }

    /// The lines of all planes, for each frequency.
    fn by_frequency<'a>(&self, spectra: &'a mut [Complex64]) -> Vec<Vec<&'a mut [Complex64]>> {
        let mut of_frequencies: Vec<_> = (0..self.frequencies()).map(|_| room(self.shape[0])).collect();
        for plane in spectra.chunks_exact_mut(self.frequencies() * self.lines()) {
            for (lines, line) in of_frequencies.iter_mut().zip(plane.chunks_exact_mut(self.lines())) {
                lines.push(line);
            }
        }
        of_frequencies
    }

    /// Twice the spectra of a field that is 0 wherever `inside` is not set, given its value in a place.
    fn spectra(&self, inside: &[bool], value: impl Fn(usize) -> f64 + Sync) -> Vec<Complex64> {
        let (lines, [nz, ny, nx]) = (self.lines(), self.shape);
        assert_eq!(inside.len(), nz * ny * nx, "a field of {:?} voxels", self.shape);
        let plane = self.frequencies() * lines;
        made(
            nz * plane,
            plane,
            || Line::new(&self.plan),
            |line, z, plane| {
                for (pair, inside) in inside[z * ny * nx..][..ny * nx].chunks(2 * nx).enumerate() {
                    // All is 0 and stays so.
                    if !inside.contains(&true) {
                        continue;
                    }
                    let first = (z * ny + 2 * pair) * nx;
                    for (x, to) in line.values[..nx].iter_mut().enumerate() {
                        *to = Complex64::new(value(first + x), 0.0);
                    }
                    for (x, to) in line.values[..inside.len() - nx].iter_mut().enumerate() {
                        to.im = value(first + nx + x);
                    }
                    line.values[nx..].fill(Complex64::default());
                    line.transform();
                    apart(&line.values, plane, lines, 2 * pair);
                }
            },
        )
    }

    /// The field, times `scale`, of which these are the spectra along the last axis.
    fn back(&self, spectra: &[Complex64], scale: f64) -> Vec<f64> {
        let (lines, [nz, ny, nx], length) = (self.lines(), self.shape, self.length);
        assert_eq!(spectra.len(), nz * self.frequencies() * lines, "spectra of {:?} voxels", self.shape);
        let of_plane = self.frequencies() * lines;
        made(
            nz * ny * nx,
            ny * nx,
            || Line::new(&self.back),
            |line, z, plane| {
                let spectra = &spectra[z * of_plane..][..of_plane];
                for (pair, to) in plane.chunks_mut(2 * nx).enumerate() {
                    // Two real lines come back as real and imaginary part.
                    for (x, spectrum) in spectra.chunks_exact(lines).enumerate() {
                        let [f, g] = [spectrum[2 * pair], spectrum[2 * pair + 1]];
                        line.values[x] = Complex64::new(f.re - g.im, f.im + g.re);
                        if x > 0 {
                            line.values[length - x] = Complex64::new(f.re + g.im, g.re - f.im);
                        }
                    }
                    line.transform();
                    let (first, second) = to.split_at_mut(nx);
                    for (to, value) in first.iter_mut().zip(&line.values) {
                        *to = scale * value.re;
                    }
                    for (to, value) in second.iter_mut().zip(&line.values) {
                        *to = scale * value.im;
                    }
                }
            },
        )
    }

    /// Spectra of the weight, as [`Weights`] has them.
    fn weights(&self, spacing_mm: [f64; 3]) -> Vec<f64> {
        let [nz, ny, nx] = self.shape;
        let square = |axis: usize, lag: usize| (lag as f64 * spacing_mm[axis]).powi(2);
        let of_last: Vec<f64> = (0..nx).map(|i| square(2, i)).collect();
        let plane = self.frequencies() * self.lines();
        made(
            nz * plane,
            plane,
            || Line::new(&self.plan),
            |line, k, plane| {
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
            },
        )
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

/// Transforms along the second axis, of the lines of one frequency of the last axis.
struct Columns {
    shape: [usize; 3],
    /// Lines from one frequency of the last axis to the next.
    lines: usize,
    /// Points of the transform along the second axis.
    length: usize,
    plan: Arc<dyn Fft<f64>>,
    back: Arc<dyn Fft<f64>>,
}

/// Memory for one frequency of the last axis, where lines lie [`Columns::pitch`] apart. What lies beyond the lines
/// and planes of weights and spectra stays 0.
struct Scratch {
    line: Line,
    field: Vec<Complex64>,
    other: Vec<Complex64>,
    weights: Vec<Complex64>,
    products: toeplitz::Scratch,
}

impl Columns {
    fn new(shape: [usize; 3], lines: usize) -> Self {
        let length = points(shape[1]);
        let mut planner = FftPlanner::new();
        let (plan, back) = (planner.plan_fft_forward(length), planner.plan_fft_inverse(length));
        Self { shape, lines, length, plan, back }
    }

    /// From one line of [`Scratch`] to the next.
    fn pitch(&self) -> usize {
        self.length.next_multiple_of(toeplitz::COLUMNS)
    }

    fn scratch(&self) -> Scratch {
        let pitch = self.pitch();
        let n = self.shape[0].next_multiple_of(toeplitz::ROWS);
        Scratch {
            line: Line::new(&self.plan),
            field: zeros(n * pitch),
            other: zeros(n * pitch),
            weights: zeros(n / 2 * pitch),
            products: toeplitz::Scratch::new(n),
        }
    }

    /// Transforms the weights of frequency number `x` of the last axis.
    fn transform_weights(&self, scratch: &mut Scratch, weights: &[f64], x: usize) {
        let Scratch { line, weights: to, .. } = scratch;
        let ny = self.shape[1];
        let plane = weights.len() / self.shape[0];
        // Two lags of the weight, whose spectra are real, as one complex number.
        for (lags, to) in weights.chunks(2 * plane).zip(to.chunks_exact_mut(self.pitch())) {
            let even = &lags[x * self.lines..][..ny];
            for (to, &w) in line.values.iter_mut().zip(even) {
                *to = Complex64::new(w, 0.0);
            }
            if lags.len() > plane {
                let odd = &lags[plane + x * self.lines..][..ny];
                for (to, &w) in line.values.iter_mut().zip(odd) {
                    to.im = w;
                }
            }
            line.mirror(ny);
            line.transform();
            to[..self.length].copy_from_slice(&line.values);
        }
    }

    /// Transforms lines of a field, one of each plane, of one frequency of the last axis.
    fn transform_field<'a>(
        &self,
        field: &mut [Complex64],
        line: &mut Line,
        lines: impl Iterator<Item = &'a [Complex64]>,
    ) {
        let ny = self.shape[1];
        for (from, to) in lines.zip(field.chunks_exact_mut(self.pitch())) {
            let to = &mut to[..self.length];
            to[..ny].copy_from_slice(&from[..ny]);
            to[ny..].fill(Complex64::default());
            self.plan.process_with_scratch(to, &mut line.scratch);
        }
    }

    /// The lines of all planes, not divided by their number of points, of which `scratch.other` has the spectra.
    fn back(&self, scratch: &mut Scratch, lines: &mut [&mut [Complex64]]) {
        let Scratch { line, other, .. } = scratch;
        for (spectrum, to) in other.chunks_exact_mut(self.pitch()).zip(lines) {
            let spectrum = &mut spectrum[..self.length];
            self.back.process_with_scratch(spectrum, &mut line.scratch);
            to[..self.shape[1]].copy_from_slice(&spectrum[..self.shape[1]]);
        }
        // Products fill the planes beyond the last one too, which others take to be 0.
        other[self.shape[0] * self.pitch()..].fill(Complex64::default());
    }
}
