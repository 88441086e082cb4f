//! Filters that are defined by their transfer function.
//!
//! The image is extended as the boundary says, by a fixed number of voxels on either side;
//! beyond, a transform repeats it. A periodic image needs no extension. Only transforms along x
//! are kept: planes of constant x frequency are independent, so that the extended volume never
//! exists.

use std::sync::Arc;

use ndarray::{Array2, Array3, ArrayRef3, ArrayView2, ArrayViewMut2, Axis};

use crate::kernels::pages::{Zero, zeros};
use crate::work::loops;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};
use rustfft::num_complex::Complex64;
use rustfft::{Fft, FftPlanner};

use super::boundary::Boundary;
use super::choices::Dimensions;
use super::kernel1d::Triple;

/// Rows that are transformed together, so that their transposition writes whole cache lines.
const ROWS: usize = 8;

/// Voxels by which an image is extended on either side. IBSI leaves the number open; with this one
/// both the response maps of phantoms and the statistics of the CT phantom are met (and with 31, 33,
/// 40 or 48; without an extension, not all maps of Riesz transforms are).
const EXTENSION: usize = 32;

/// A transfer function (−i)^L · g(|ν|) · Πₐ νₐ^lₐ, with L = Σ lₐ, over frequencies along (z, y, x) of
/// which 1 is Nyquist's; times that of a sampled kernel, if there are any.
pub(crate) struct Transfer<G> {
    /// The function g of the magnitudes |νₐ| along (z, y, x).
    pub radial: G,
    /// The exponents lₐ along (z, y, x).
    pub order: [u32; 3],
    /// Symmetric kernels along (z, y, x), of which the sampled kernel is the sum; or none.
    pub kernels: Vec<Triple>,
}

/// A table of zeros.
fn plane<T: Zero>(rows: usize, columns: usize) -> Array2<T> {
    Array2::from_shape_vec((rows, columns), zeros(rows * columns)).expect("as many zeros as it has places")
}

/// The response of an image (z, y, x): the real part of the inverse transform of its transform
/// times the transfer function.
pub(crate) fn filter<G: Fn([f64; 3]) -> f64 + Sync>(
    image: &ArrayRef3<f64>,
    transfer: &Transfer<G>,
    dimensions: Dimensions,
    boundary: Boundary,
) -> Array3<f64> {
    let image = image.as_standard_layout();
    let (nz, ny, nx) = image.dim();
    let [z, y, x] = [nz, ny, nx].map(|n| Line::new(n, boundary));
    let z = if dimensions == Dimensions::Two { Line { padded: 1, before: 0, ..z } } else { z };
    let mut real = RealFftPlanner::new();
    let rows =
        Rows { line: x, forward: real.plan_fft_forward(x.padded), inverse: real.plan_fft_inverse(x.padded) };
    let lines = (image.view().into_shape_with_order((nz * ny, nx))).expect("rows of the image");
    let mut spectra = plane(x.padded / 2 + 1, nz * ny);
    loops::each_with(
        lines.axis_chunks_iter(Axis(0), ROWS).zip(spectra.axis_chunks_iter_mut(Axis(1), ROWS)),
        || rows.scratch(),
        |scratch, (from, to)| rows.transform(from, to, scratch),
    );

    let planes = Planes::new([z, y, x], dimensions, transfer);
    loops::each_with(
        spectra.axis_iter_mut(Axis(0)).enumerate(),
        || planes.scratch(),
        |scratch, (frequency, mut plane)| {
            planes.apply(frequency, plane.as_slice_mut().expect("rows are contiguous"), scratch);
        },
    );

    let mut response = plane(nz * ny, nx);
    loops::each_with(
        spectra.axis_chunks_iter(Axis(1), ROWS).zip(response.axis_chunks_iter_mut(Axis(0), ROWS)),
        || rows.scratch(),
        |scratch, (from, to)| rows.back(from, to, scratch),
    );
    response.into_shape_with_order((nz, ny, nx)).expect("rows of the image")
}

/// How lines of an axis are extended.
#[derive(Clone, Copy)]
struct Line {
    n: usize,
    padded: usize,
    before: usize,
    boundary: Boundary,
}

impl Line {
    fn new(n: usize, boundary: Boundary) -> Self {
        match boundary {
            Boundary::Periodic => Self { n, padded: n, before: 0, boundary },
            _ => Self { n, padded: n + 2 * EXTENSION, before: EXTENSION, boundary },
        }
    }

    /// Copies the values `from` of an axis into `line` and extends them.
    fn extend<T: Copy + Default>(&self, from: &[T], line: &mut [T]) {
        line[self.before..][..self.n].copy_from_slice(from);
        for i in (0..self.before).chain(self.before + self.n..self.padded) {
            let inside = self.boundary.index(i as isize - self.before as isize, self.n);
            line[i] = inside.map_or(T::default(), |i| from[i]);
        }
    }
}

/// Transforms along x.
struct Rows {
    line: Line,
    forward: Arc<dyn RealToComplex<f64>>,
    inverse: Arc<dyn ComplexToReal<f64>>,
}

struct RowScratch {
    real: Vec<f64>,
    spectra: Array2<Complex64>,
    work: Vec<Complex64>,
}

impl Rows {
    fn scratch(&self) -> RowScratch {
        let work = self.forward.get_scratch_len().max(self.inverse.get_scratch_len());
        RowScratch {
            real: vec![0.0; self.line.padded],
            spectra: Array2::zeros((ROWS, self.line.padded / 2 + 1)),
            work: vec![Complex64::default(); work],
        }
    }

    fn transform(&self, from: ArrayView2<f64>, mut to: ArrayViewMut2<Complex64>, scratch: &mut RowScratch) {
        let RowScratch { real, spectra, work } = scratch;
        for (row, mut spectrum) in from.rows().into_iter().zip(spectra.rows_mut()) {
            self.line.extend(row.as_slice().expect("rows are contiguous"), real);
            let spectrum = spectrum.as_slice_mut().expect("rows are contiguous");
            self.forward.process_with_scratch(real, spectrum, work).expect("buffers of the plan's length");
        }
        for (frequency, mut to) in to.rows_mut().into_iter().enumerate() {
            to.iter_mut().enumerate().for_each(|(row, to)| *to = spectra[[row, frequency]]);
        }
    }

    fn back(&self, from: ArrayView2<Complex64>, mut to: ArrayViewMut2<f64>, scratch: &mut RowScratch) {
        let RowScratch { real, spectra, work } = scratch;
        for (frequency, from) in from.rows().into_iter().enumerate() {
            from.iter().enumerate().for_each(|(row, from)| spectra[[row, frequency]] = *from);
        }
        let padded = self.line.padded;
        for (mut row, mut spectrum) in to.rows_mut().into_iter().zip(spectra.rows_mut()) {
            let spectrum = spectrum.as_slice_mut().expect("rows are contiguous");
            // Rounding left of what cancels; real lines have none.
            spectrum[0].im = 0.0;
            if padded.is_multiple_of(2) {
                spectrum[padded / 2].im = 0.0;
            }
            self.inverse.process_with_scratch(spectrum, real, work).expect("buffers of the plan's length");
            row.iter_mut().zip(&real[self.line.before..]).for_each(|(to, &from)| *to = from);
        }
    }
}

/// Frequencies of the n points of an axis: IBSI's references have n points from −1 to 1, both
/// included, which for even n is half a step off from those of the transform.
struct Frequencies {
    /// The places in `magnitudes` of |ν(k)| and of |ν(−k)|.
    class: [Vec<usize>; 2],
    /// The powers ν(k)ˡ and ν(−k)ˡ.
    power: [Vec<f64>; 2],
    /// The different magnitudes |ν|.
    magnitudes: Vec<f64>,
}

impl Frequencies {
    fn new(n: usize, order: u32) -> Self {
        // −1 to 1 in units of 1/(n − 1); the zero frequency comes first.
        let twice = |k: usize| 2 * ((k + n / 2) % n) as i64 - (n as i64 - 1);
        let steps = n.max(2) as f64 - 1.0;
        let both = |of: &dyn Fn(i64) -> f64| {
            [false, true].map(|negative| {
                (0..n).map(|k| of(twice(if negative { (n - k) % n } else { k }))).collect::<Vec<f64>>()
            })
        };
        let class =
            both(&|t| (t.unsigned_abs() / 2) as f64).map(|c| c.into_iter().map(|c| c as usize).collect());
        let power = both(&|t| (t as f64 / steps).powi(order as i32));
        let parity = (n + 1) % 2;
        let magnitudes = (0..n.div_ceil(2)).map(|c| (2 * c + parity) as f64 / steps).collect();
        Self { class, power, magnitudes }
    }
}

/// Filters planes of constant x frequency.
struct Planes<'a, G> {
    lines: [Line; 2],
    frequencies: [Frequencies; 3],
    /// Transforms of the kernels along (z, y, x).
    kernels: Vec<[Vec<f64>; 3]>,
    transfer: &'a Transfer<G>,
    along_z: Option<[Arc<dyn Fft<f64>>; 2]>,
    along_y: [Arc<dyn Fft<f64>>; 2],
    scale: f64,
}

struct PlaneScratch {
    /// Transforms along y of the slices of the image; empty if there is room for them in the plane.
    rows: Vec<Complex64>,
    /// Some lines along z.
    columns: Vec<Complex64>,
    /// g for the different magnitudes along z and y, at ν and at −ν.
    radial: [Radial; 2],
    /// The transfer function of a line along z.
    factors: Vec<f64>,
    work: Vec<Complex64>,
}

/// g in a plane of constant x frequency.
#[derive(Clone)]
struct Radial {
    /// The place of the magnitude along x, once there is one.
    class: Option<usize>,
    /// By the magnitudes along z and y.
    values: Vec<f64>,
}

impl<'a, G: Fn([f64; 3]) -> f64> Planes<'a, G> {
    fn new([z, y, x]: [Line; 3], dimensions: Dimensions, transfer: &'a Transfer<G>) -> Self {
        let mut planner = FftPlanner::new();
        let mut plans = |n| [planner.plan_fft_forward(n), planner.plan_fft_inverse(n)];
        let padded = [z.padded, y.padded, x.padded];
        Self {
            lines: [z, y],
            frequencies: std::array::from_fn(|a| Frequencies::new(padded[a], transfer.order[a])),
            kernels: (transfer.kernels.iter())
                .map(|kernels| [0, 1, 2].map(|axis| kernels[axis].spectrum(padded[axis])))
                .collect(),
            transfer,
            along_z: (dimensions == Dimensions::Three).then(|| plans(z.padded)),
            along_y: plans(y.padded),
            scale: 1.0 / padded.iter().map(|&n| n as f64).product::<f64>(),
        }
    }

    fn scratch(&self) -> PlaneScratch {
        let [z, y] = &self.lines;
        let plans = self.along_y.iter().chain(self.along_z.iter().flatten());
        let radial = self.frequencies[0].magnitudes.len() * self.frequencies[1].magnitudes.len();
        let radial = Radial { class: None, values: vec![0.0; radial] };
        PlaneScratch {
            rows: zeros(if y.padded == y.n { 0 } else { z.n * y.padded }),
            columns: zeros(ROWS * z.padded),
            radial: [radial.clone(), radial],
            factors: vec![0.0; z.padded],
            work: vec![Complex64::default(); plans.map(|p| p.get_inplace_scratch_len()).max().unwrap_or(0)],
        }
    }

    /// Filters a plane (z, y), as large as the image.
    fn apply(&self, x: usize, plane: &mut [Complex64], scratch: &mut PlaneScratch) {
        let line_y = self.lines[1];
        self.fill_radial(x, &mut scratch.radial);
        let PlaneScratch { rows: extended, columns, radial, factors, work } = scratch;
        if extended.is_empty() {
            return self.apply_to_rows(x, plane, columns, radial, factors, work);
        }
        for (row, from) in extended.chunks_exact_mut(line_y.padded).zip(plane.chunks_exact(line_y.n)) {
            line_y.extend(from, row);
        }
        self.apply_to_rows(x, extended, columns, radial, factors, work);
        for (row, to) in extended.chunks_exact(line_y.padded).zip(plane.chunks_exact_mut(line_y.n)) {
            to.copy_from_slice(&row[line_y.before..][..line_y.n]);
        }
    }

    /// Filters a plane (z, y) whose rows are extended.
    fn apply_to_rows(
        &self,
        x: usize,
        rows: &mut [Complex64],
        columns: &mut [Complex64],
        radial: &[Radial; 2],
        factors: &mut [f64],
        work: &mut [Complex64],
    ) {
        let [line_z, line_y] = self.lines;
        let [forward, inverse] = &self.along_y;
        rows.chunks_exact_mut(line_y.padded).for_each(|row| forward.process_with_scratch(row, work));
        match &self.along_z {
            None => {
                for y in 0..line_y.padded {
                    self.factors(y, x, radial, factors);
                    for value in rows[y..].iter_mut().step_by(line_y.padded) {
                        *value = self.turned(*value, factors[0]);
                    }
                }
            }
            Some([forward, inverse]) => {
                for start in (0..line_y.padded).step_by(ROWS) {
                    let width = ROWS.min(line_y.padded - start);
                    let columns = &mut columns[..width * line_z.padded];
                    for k in 0..line_z.padded {
                        let from = line_z.boundary.index(k as isize - line_z.before as isize, line_z.n);
                        for c in 0..width {
                            columns[c * line_z.padded + k] =
                                from.map_or(Complex64::default(), |k| rows[k * line_y.padded + start + c]);
                        }
                    }
                    forward.process_with_scratch(columns, work);
                    for (c, column) in columns.chunks_exact_mut(line_z.padded).enumerate() {
                        self.factors(start + c, x, radial, factors);
                        for (value, &factor) in column.iter_mut().zip(factors.iter()) {
                            *value = self.turned(*value, factor);
                        }
                    }
                    inverse.process_with_scratch(columns, work);
                    for k in 0..line_z.n {
                        for c in 0..width {
                            rows[k * line_y.padded + start + c] =
                                columns[c * line_z.padded + line_z.before + k];
                        }
                    }
                }
            }
        }
        rows.chunks_exact_mut(line_y.padded).for_each(|row| inverse.process_with_scratch(row, work));
    }

    /// Fills in g for a plane of constant x frequency, where it depends on magnitudes only.
    fn fill_radial(&self, x: usize, radial: &mut [Radial; 2]) {
        let [z, y, along_x] = &self.frequencies;
        let classes = [0, 1].map(|sign| along_x.class[sign][x]);
        // One frequency's negative is, off by half a step, the frequency before.
        if radial[0].class == Some(classes[1]) {
            radial.swap(0, 1);
        }
        for (class, radial) in classes.into_iter().zip(radial) {
            if radial.class.replace(class) == Some(class) {
                continue;
            }
            let nu_x = along_x.magnitudes[class];
            let pairs =
                z.magnitudes.iter().flat_map(|&nu_z| y.magnitudes.iter().map(move |&nu_y| [nu_z, nu_y]));
            for (g, [nu_z, nu_y]) in radial.values.iter_mut().zip(pairs) {
                *g = (self.transfer.radial)([nu_z, nu_y, nu_x]);
            }
        }
    }

    /// The factors along z of the transfer function T, without (−i)^L. They are of (T(ν) + T(−ν)*)/2,
    /// whose response is real: the real part of the response to T.
    fn factors(&self, y: usize, x: usize, radial: &[Radial; 2], factors: &mut [f64]) {
        let [of_z, of_y, of_x] = &self.frequencies;
        let stride = of_y.magnitudes.len();
        let sign = if self.turns().is_multiple_of(2) { 1.0 } else { -1.0 };
        let weights = [0.5 * self.scale, 0.5 * self.scale * sign];
        let [plus, minus] = [0, 1].map(|side| weights[side] * of_y.power[side][y] * of_x.power[side][x]);
        let [column, mirrored] = [0, 1].map(|side| &radial[side].values[of_y.class[side][y]..]);
        let along = of_z.class[0].iter().zip(&of_z.class[1]).zip(of_z.power[0].iter().zip(&of_z.power[1]));
        for (factor, ((&class, &of_minus), (power, power_minus))) in factors.iter_mut().zip(along) {
            *factor =
                plus * power * column[class * stride] + minus * power_minus * mirrored[of_minus * stride];
        }
        if !self.kernels.is_empty() {
            for (k, factor) in factors.iter_mut().enumerate() {
                *factor *=
                    self.kernels.iter().map(|[of_z, of_y, of_x]| of_z[k] * of_y[y] * of_x[x]).sum::<f64>();
            }
        }
    }

    /// L, the number of quarter turns (−i) in the transfer function.
    fn turns(&self) -> u32 {
        self.transfer.order.iter().sum()
    }

    /// Multiplies `value` by a factor and by (−i)^L.
    fn turned(&self, value: Complex64, factor: f64) -> Complex64 {
        let value = value * factor;
        match self.turns() % 4 {
            0 => value,
            1 => Complex64::new(value.im, -value.re),
            2 => -value,
            _ => Complex64::new(-value.im, value.re),
        }
    }
}

#[cfg(test)]
#[path = "fourier_tests.rs"]
mod tests;
