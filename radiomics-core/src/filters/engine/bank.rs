//! Moduli of the responses of slices to several complex kernels.
//!
//! A slice is transformed once, and once back for each kernel. As kernels equal their own
//! conjugate seen from the other side, k(−r) = k(r)*, their spectra are real.

use std::ops::Range;
use std::sync::Arc;

use ndarray::{Array3, ArrayRef3, ArrayView2, Axis, Zip};
use realfft::{RealFftPlanner, RealToComplex};
use rustfft::num_complex::Complex64;
use rustfft::{Fft, FftPlanner};

use super::boundary::Boundary;
use super::choices::Pooling;
use crate::kernels::Isa;
use crate::kernels::convolve::{Add, Max};
use crate::kernels::modulus::combine_moduli;
use crate::kernels::pages::zeros;
use crate::kernels::transform_size::smooth;
use crate::volume::voxels::write_row;
use crate::work::{self, loops};

/// Columns that are transformed together, so that their transposition writes whole cache lines.
const COLUMNS: usize = 8;

/// A line of a slice and what the kernels see beyond its ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Extent {
    n: usize,
    half: usize,
    /// Places before the first value.
    before: usize,
    /// Places that hold something.
    held: usize,
    padded: usize,
    boundary: Boundary,
}

impl Extent {
    /// A line of `n` values, which kernels of half width `half` see, for responses at the places `part`.
    ///
    /// ```text
    /// d c b a | a b c d | d c b a      what a mirrored line goes on with
    ///     b a | a b c d | d            what a kernel of half width 2 sees in a part without the last value
    ///         | a b c d   d c b a |    the period of the whole, for kernels wider than that
    /// ```
    pub(crate) fn new(n: usize, half: usize, boundary: Boundary, part: Range<usize>) -> Self {
        // Of zeros nothing is seen but where the line itself is.
        let half = if boundary == Boundary::Zero { half.min(n.saturating_sub(1)) } else { half };
        let before = half.saturating_sub(part.start);
        let after = half.saturating_sub(n - part.end);
        let held = n.saturating_add(before).saturating_add(after);
        // A transform is periodic by itself; kernels wider than its period wrap round as well.
        let period = match boundary {
            Boundary::Periodic => Some(n),
            Boundary::Mirror => Some(2 * n),
            Boundary::Zero | Boundary::Nearest => None,
        };
        match period {
            Some(period) if boundary == Boundary::Periodic || period <= held => {
                Self { n, half, before: 0, held: period, padded: period, boundary }
            }
            _ => Self { n, half, before, held, padded: smooth(held), boundary },
        }
    }

    /// Values of the line.
    pub(crate) fn length(&self) -> usize {
        self.n
    }

    /// Points of a transform.
    pub(crate) fn points(&self) -> usize {
        self.padded
    }

    /// Offsets of a kernel that are seen.
    pub(crate) fn taps(&self) -> usize {
        self.half.saturating_mul(2).saturating_add(1)
    }

    /// Which value of the line stands at a place of the extended line; `None` where that is 0.
    fn index(&self, i: usize) -> Option<usize> {
        if i >= self.held {
            return None;
        }
        self.boundary.index(i as isize - self.before as isize, self.n)
    }

    /// The place of an offset in a transform, which is periodic.
    fn wrapped(&self, offset: isize) -> usize {
        offset.rem_euclid(self.padded as isize) as usize
    }
}

/// A kernel, one way or the other.
pub(crate) enum Kernel<T, S> {
    /// By its values at offsets (v, u).
    Taps(T),
    /// By its spectrum at frequencies (v, u), in cycles per voxel from 0 to 1.
    Spectrum(S),
}

/// Kernels for the slices (v, u) of a volume.
pub(crate) struct Bank {
    v: Extent,
    u: Extent,
    /// Spectra of the kernels, u frequency outermost, over the number of points.
    spectra: Vec<Vec<f64>>,
    pooling: Pooling,
    isa: Isa,
    forward_u: Arc<dyn RealToComplex<f64>>,
    forward_v: Arc<dyn Fft<f64>>,
    inverse_v: Arc<dyn Fft<f64>>,
    inverse_u: Arc<dyn Fft<f64>>,
}

/// The buffers of a thread that applies a bank of kernels.
struct Scratch {
    real: Vec<f64>,
    /// Transforms along u of the rows of a slice.
    rows: Vec<Complex64>,
    /// Transforms along v of the transforms along u, u frequency outermost.
    spectrum: Vec<Complex64>,
    /// Some columns of a response.
    columns: Vec<Complex64>,
    /// A response before its transform back along u.
    response: Vec<Complex64>,
    pooled: Vec<f64>,
    work: Vec<Complex64>,
}

impl Bank {
    /// A bank of kernels.
    pub(crate) fn new<T: Fn(isize, isize) -> Complex64, S: Fn(f64, f64) -> f64>(
        [v, u]: [Extent; 2],
        kernels: impl Iterator<Item = Kernel<T, S>>,
        pooling: Pooling,
        isa: Isa,
    ) -> Self {
        let mut planner = FftPlanner::new();
        let forward_v = planner.plan_fft_forward(v.padded);
        let forward_u = planner.plan_fft_forward(u.padded);
        let points = (v.padded * u.padded) as f64;
        let transformed = |kernel: T| {
            let mut rows = zeros(v.padded * u.padded);
            let range = |extent: Extent| -(extent.half as isize)..=extent.half as isize;
            for dv in range(v) {
                work::check();
                for du in range(u) {
                    rows[v.wrapped(dv) * u.padded + u.wrapped(du)] += kernel(dv, du);
                }
            }
            let each = |fft: &dyn Fft<f64>, lines: &mut [Complex64]| {
                lines.chunks_exact_mut(fft.len()).for_each(|line| {
                    work::check();
                    fft.process(line);
                });
            };
            each(&*forward_u, &mut rows);
            let mut columns: Vec<Complex64> =
                (0..u.padded).flat_map(|i| rows[i..].iter().step_by(u.padded).copied()).collect();
            each(&*forward_v, &mut columns);
            columns.into_iter().map(|value| value.re / points).collect::<Vec<f64>>()
        };
        let frequencies = |extent: Extent| (0..extent.padded).map(move |k| k as f64 / extent.padded as f64);
        let spectrum = |kernel: Kernel<T, S>| match kernel {
            Kernel::Taps(kernel) => transformed(kernel),
            Kernel::Spectrum(of) => {
                let of = &of;
                let column = |i: f64| {
                    work::check();
                    frequencies(v).map(move |j| of(j, i) / points)
                };
                frequencies(u).flat_map(column).collect()
            }
        };
        Self {
            v,
            u,
            spectra: kernels.map(spectrum).collect(),
            pooling,
            isa,
            forward_u: RealFftPlanner::new().plan_fft_forward(u.padded),
            inverse_v: planner.plan_fft_inverse(v.padded),
            inverse_u: planner.plan_fft_inverse(u.padded),
            forward_v,
        }
    }

    /// Adds `weight` times the sum, or the maximum, of the moduli in some slices across an axis.
    pub(crate) fn add_responses(
        &self,
        image: &ArrayRef3<f64>,
        (across, wanted): (Axis, Range<usize>),
        weight: f64,
        out: &mut Array3<f64>,
    ) {
        assert_eq!(image.dim(), out.dim(), "responses have the shape of the image");
        let slices = image.axis_iter(across).zip(out.axis_iter_mut(across));
        let slices: Vec<_> = slices.skip(wanted.start).take(wanted.len()).collect();
        if let Some((slice, _)) = slices.first() {
            assert_eq!(
                slice.dim(),
                (self.v.n, self.u.n),
                "slices are as large as the kernels' spectra expect"
            );
        }
        loops::each_with(
            slices,
            || self.scratch(),
            |scratch, (slice, mut out)| {
                self.respond(slice, scratch);
                let pooled = ArrayView2::from_shape(out.dim(), &scratch.pooled).expect("of the slice's size");
                Zip::from(&mut out).and(&pooled).for_each(|out, &pooled| *out += weight * pooled);
            },
        );
    }

    fn scratch(&self) -> Scratch {
        let plans = [&self.forward_v, &self.inverse_v, &self.inverse_u];
        let work = plans.map(|plan| plan.get_inplace_scratch_len()).into_iter().max().unwrap_or(0);
        let (v, u) = (self.v, self.u);
        let frequencies = u.padded / 2 + 1;
        let complex = |n| zeros::<Complex64>(n);
        Scratch {
            real: vec![0.0; u.padded],
            rows: complex(v.n * frequencies),
            spectrum: complex(frequencies * v.padded),
            columns: complex(COLUMNS * v.padded),
            response: complex(v.n * u.padded),
            pooled: vec![0.0; v.n * u.n],
            work: complex(work.max(self.forward_u.get_scratch_len())),
        }
    }

    /// Pools the moduli of the responses of a slice.
    fn respond(&self, slice: ArrayView2<f64>, scratch: &mut Scratch) {
        self.transform(slice, scratch);
        scratch.pooled.fill(0.0);
        for kernel in &self.spectra {
            work::check();
            self.transform_back(kernel, scratch);
            let rows = scratch.response.chunks_exact(self.u.padded);
            for (pooled, row) in scratch.pooled.chunks_exact_mut(self.u.n).zip(rows) {
                let row = &row[self.u.before..];
                match self.pooling {
                    Pooling::Mean => combine_moduli(self.isa, Add, pooled, row),
                    Pooling::Max => combine_moduli(self.isa, Max, pooled, row),
                }
            }
        }
    }

    /// The half spectrum of a slice.
    fn transform(&self, slice: ArrayView2<f64>, scratch: &mut Scratch) {
        let (v, u) = (self.v, self.u);
        let frequencies = u.padded / 2 + 1;
        let Scratch { real, rows, spectrum, work, .. } = scratch;
        for (row, to) in slice.rows().into_iter().zip(rows.chunks_exact_mut(frequencies)) {
            let (before, others) = real.split_at_mut(u.before);
            let (own, after) = others.split_at_mut(u.n);
            write_row(row, own, |x| x);
            for (i, value) in before.iter_mut().enumerate().chain((u.before + u.n..).zip(after)) {
                *value = u.index(i).map_or(0.0, |i| own[i]);
            }
            self.forward_u.process_with_scratch(real, to, work).expect("buffers of the plan's length");
        }
        for (block, columns) in spectrum.chunks_mut(COLUMNS * v.padded).enumerate() {
            let first = block * COLUMNS;
            for j in 0..v.padded {
                let row = v.index(j).map(|j| &rows[j * frequencies + first..]);
                for (c, column) in columns.chunks_exact_mut(v.padded).enumerate() {
                    column[j] = row.map_or(Complex64::default(), |row| row[c]);
                }
            }
        }
        self.forward_v.process_with_scratch(spectrum, work);
    }

    /// The response to a kernel, transformed back.
    fn transform_back(&self, kernel: &[f64], scratch: &mut Scratch) {
        let (v, u) = (self.v, self.u);
        let Scratch { spectrum, columns, response, work, .. } = scratch;
        for first in (0..u.padded).step_by(COLUMNS) {
            let width = COLUMNS.min(u.padded - first);
            let columns = &mut columns[..width * v.padded];
            for (c, column) in columns.chunks_exact_mut(v.padded).enumerate() {
                let i = first + c;
                let kernel = &kernel[i * v.padded..][..v.padded];
                if i <= u.padded / 2 {
                    let from = &spectrum[i * v.padded..][..v.padded];
                    column.iter_mut().zip(from).zip(kernel).for_each(|((to, from), k)| *to = from * k);
                } else {
                    // Of a real slice, the other half is the conjugate of this one seen from the
                    // other side.
                    let from = &spectrum[(u.padded - i) * v.padded..][..v.padded];
                    column[0] = from[0].conj() * kernel[0];
                    let rest = column[1..].iter_mut().zip(from[1..].iter().rev()).zip(&kernel[1..]);
                    rest.for_each(|((to, from), k)| *to = from.conj() * k);
                }
            }
            self.inverse_v.process_with_scratch(columns, work);
            for (j, row) in response.chunks_exact_mut(u.padded).enumerate() {
                for (c, to) in row[first..first + width].iter_mut().enumerate() {
                    *to = columns[c * v.padded + v.before + j];
                }
            }
        }
        self.inverse_u.process_with_scratch(response, work);
    }
}
