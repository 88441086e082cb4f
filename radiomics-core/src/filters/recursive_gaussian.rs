//! The Laplacian of a Gaussian by recursive filters of order 4 (Deriche 1993, with the constants
//! of Farnebäck and Westin 2006), step by step as ITK's `LaplacianRecursiveGaussianImageFilter`
//! computes it: a line in 64 bits, what is kept between axes in 32; the second derivative along
//! an axis comes first, then the smoothing along the others, x before y before z.

use std::ops::Range;

use ndarray::Array3;
use rayon::prelude::*;

use super::invalid;
use crate::error::Result;
use crate::kernels::Isa;
use crate::kernels::recursive::{Block, Recursion, add_scaled, blocks, sum_scaled};

/// Terms of the approximation, k = 1, 2: exp(l_k t) (a_k cos(w_k t) + b_k sin(w_k t)).
const W: [f64; 2] = [0.6681, 2.0787];
const L: [f64; 2] = [-1.3932, -1.3732];
/// (a, b) of the Gaussian ...
const GAUSSIAN: [[f64; 2]; 2] = [[1.3530, 1.8151], [-0.3531, 0.0902]];
/// ... and of its second derivative.
const SECOND_DERIVATIVE: [[f64; 2]; 2] = [[-1.3563, 5.2318], [0.3446, -2.2355]];

/// Volumes between the axes, to be used again for the next σ.
#[derive(Default)]
pub(super) struct Scratch {
    /// The parts of the sum that await the pass along z, by the axis of their derivative.
    along_x: Vec<f32>,
    along_y: Vec<f32>,
    /// The sum of these two, and the part with the derivative along z, after that pass: block by
    /// block of columns.
    sum: Vec<f32>,
    along_z: Vec<f32>,
}

/// σ² times the Laplacian of the smoothed image; `sigma_mm` and `spacing_mm` (z, y, x) in mm.
///
/// # Errors
/// [`crate::Error::Filter`] if an axis has fewer than 4 voxels or than σ / spacing + 1.
pub(super) fn laplacian(
    image: &Array3<f64>,
    spacing_mm: [f64; 3],
    sigma_mm: f64,
    isa: Isa,
    scratch: &mut Scratch,
) -> Result<Array3<f64>> {
    let (nz, ny, nx) = image.dim();
    check([nz, ny, nx], spacing_mm, sigma_mm)?;
    let plane = ny * nx;
    let [smooth_z, smooth_y, smooth_x] = spacing_mm.map(|s| smoothing(sigma_mm / s));
    let [curve_z, curve_y, curve_x] = spacing_mm.map(|s| second_derivative(sigma_mm / s, sigma_mm));
    let [scale_z, scale_y, scale_x] = spacing_mm.map(|s| 1.0 / (s * s));
    let image = image.as_standard_layout();
    let values = image.as_slice().unwrap_or_default();
    let Scratch { along_x, along_y, sum, along_z } = scratch;
    for part in [&mut *along_x, &mut *along_y, &mut *sum, &mut *along_z] {
        part.resize(values.len(), 0.0);
    }

    // Slice by slice: what precedes the pass along z.
    let slices =
        values.par_chunks(plane).zip(along_x.par_chunks_mut(plane)).zip(along_y.par_chunks_mut(plane));
    slices.for_each_init(Block::default, |block, ((values, along_x), along_y)| {
        filter_x(isa, block, &curve_x, nx, Some(values), along_x);
        filter_y(isa, block, &smooth_y, nx, None, along_x);
        filter_y(isa, block, &curve_y, nx, Some(values), along_y);
        filter_x(isa, block, &smooth_x, nx, None, along_y);
    });

    // Along z: blocks of columns, which lie side by side in the result.
    let columns: Vec<_> = blocks(plane).collect();
    let outputs = pieces(sum, &columns, nz).into_iter().zip(pieces(along_z, &columns, nz));
    let work: Vec<_> = columns.iter().zip(outputs).collect();
    work.into_par_iter().for_each_init(
        <(Block, Vec<f32>)>::default,
        |(block, part), (columns, (sum, along_z))| {
            let (start, lines) = (columns.start, columns.len());
            part.resize(sum.len(), 0.0);
            for (from, to) in [(&along_x[start..], &mut *sum), (&along_y[start..], &mut *part)] {
                block.load_across(isa, from, plane, lines);
                block.filter(isa, &smooth_z);
                block.store_across(to, lines);
            }
            sum_scaled(isa, sum, part, [scale_x, scale_y]);
            block.load_across(isa, &values[start..], plane, lines);
            block.filter(isa, &curve_z);
            block.store_across(along_z, lines);
        },
    );

    // What follows it.
    let mut result = Array3::<f64>::zeros((nz, ny, nx));
    let slices = result.as_slice_mut().unwrap_or_default().par_chunks_mut(plane).enumerate();
    slices.for_each_init(<(Block, Vec<f32>)>::default, |(block, part), (z, result)| {
        let slice = |columns: &Range<usize>| {
            let start = columns.start * nz + z * columns.len();
            start..start + columns.len()
        };
        part.resize(plane, 0.0);
        for columns in &columns {
            part[columns.clone()].copy_from_slice(&along_z[slice(columns)]);
        }
        filter_x(isa, block, &smooth_x, nx, None, part);
        filter_y(isa, block, &smooth_y, nx, None, part);
        for columns in &columns {
            let to = &mut result[columns.clone()];
            add_scaled(isa, &sum[slice(columns)], &part[columns.clone()], scale_z, to);
        }
    });
    Ok(result)
}

/// The voxels of each block of columns.
fn pieces<'a>(mut volume: &'a mut [f32], columns: &[Range<usize>], nz: usize) -> Vec<&'a mut [f32]> {
    let piece = |columns: &Range<usize>| {
        let (piece, rest) = std::mem::take(&mut volume).split_at_mut(columns.len() * nz);
        volume = rest;
        piece
    };
    columns.iter().map(piece).collect()
}

/// Filters the rows of a slice, `from` elsewhere or in place.
fn filter_x(
    isa: Isa,
    block: &mut Block,
    recursion: &Recursion,
    nx: usize,
    from: Option<&[f64]>,
    slice: &mut [f32],
) {
    for rows in blocks(slice.len() / nx) {
        let part = rows.start * nx..rows.end * nx;
        match from {
            Some(from) => block.load_rows(isa, &from[part.clone()], nx),
            None => block.load_rows(isa, &slice[part.clone()], nx),
        }
        block.filter(isa, recursion);
        block.store_rows(isa, &mut slice[part]);
    }
}

/// Filters the columns of a slice, `from` elsewhere or in place.
fn filter_y(
    isa: Isa,
    block: &mut Block,
    recursion: &Recursion,
    nx: usize,
    from: Option<&[f64]>,
    slice: &mut [f32],
) {
    for columns in blocks(nx) {
        match from {
            Some(from) => block.load_across(isa, &from[columns.start..], nx, columns.len()),
            None => block.load_across(isa, &slice[columns.start..], nx, columns.len()),
        }
        block.filter(isa, recursion);
        block.store_across(&mut slice[columns.start..], nx);
    }
}

fn check(shape: [usize; 3], spacing_mm: [f64; 3], sigma_mm: f64) -> Result<()> {
    let fits = |(&n, s): (&usize, f64)| n >= 4 && n as f64 >= (sigma_mm / s).ceil() + 1.0;
    if shape.iter().zip(spacing_mm).all(fits) {
        return Ok(());
    }
    Err(invalid(
        "laplacian_of_gaussian",
        "sigma_mm",
        sigma_mm,
        format!(
            "the image of {shape:?} voxels (z, y, x) of {spacing_mm:?} mm is too small: the recursive method \
             needs at least 4 voxels and sigma / spacing + 1 along each axis; choose a smaller sigma or a larger crop"
        ),
    ))
}

/// What the terms are at a scale of `sigma` voxels: e^(l/σ), cos(w/σ) and sin(w/σ).
///
/// Coefficients are summed in ITK's order: for a wide Gaussian they nearly cancel, so that
/// another order shows in the last bits of the response.
struct Terms {
    decay: [f64; 2],
    cosine: [f64; 2],
    sine: [f64; 2],
}

impl Terms {
    fn new(sigma: f64) -> Self {
        Self {
            decay: L.map(|l| (l / sigma).exp()),
            cosine: W.map(|w| (w / sigma).cos()),
            sine: W.map(|w| (w / sigma).sin()),
        }
    }

    /// The product of the terms' denominators, 1 − 2 e^l cos(w)/z + e^2l/z², without its first
    /// coefficient, which is 1.
    fn denominator(&self) -> [f64; 4] {
        let ([e, f], [ce, cf]) = (self.decay, self.cosine);
        [
            -2.0 * (f * cf + e * ce),
            4.0 * cf * ce * e * f + (e * e + f * f),
            -2.0 * ce * e * f * f + -2.0 * cf * f * e * e,
            e * e * f * f,
        ]
    }

    /// The causal numerator over that product, for terms (a, b).
    fn numerator(&self, [[a, b], [c, d]]: [[f64; 2]; 2]) -> [f64; 4] {
        let ([e, f], [ce, cf], [se, sf]) = (self.decay, self.cosine, self.sine);
        [
            a + c,
            f * (d * sf - (c + 2.0 * a) * cf) + e * (b * se - (a + 2.0 * c) * ce),
            ((a + c) * cf * ce - (b * cf * se + d * ce * sf)) * (2.0 * e * f) + (c * e * e + a * f * f),
            f * e * e * (d * sf - c * cf) + e * f * f * (b * se - a * ce),
        ]
    }
}

/// Σ c_k, Σ k c_k and Σ k² c_k from k = `first` on: a polynomial at z = 1 and its derivatives.
fn at_one(c: [f64; 4], first: f64) -> [f64; 3] {
    let sum = |power: i32| {
        let w = |k: f64| (first + k).powi(power);
        w(0.0) * c[0] + w(1.0) * c[1] + w(2.0) * c[2] + w(3.0) * c[3]
    };
    [sum(0), sum(1), sum(2)]
}

/// The same of a denominator, with its first coefficient.
fn denominator_at_one(d: [f64; 4]) -> [f64; 3] {
    let [_, slope, curvature] = at_one(d, 1.0);
    [1.0 + d[0] + d[1] + d[2] + d[3], slope, curvature]
}

/// Gaussian of `sigma` voxels, of sum 1.
fn smoothing(sigma: f64) -> Recursion {
    let terms = Terms::new(sigma);
    let (n, d) = (terms.numerator(GAUSSIAN), terms.denominator());
    let ([sn, ..], [sd, ..]) = (at_one(n, 0.0), denominator_at_one(d));
    let scale = 1.0 / (2.0 * sn / sd - n[0]);
    symmetric(n.map(|c| c * scale), d)
}

/// Second derivative of a Gaussian of `sigma` voxels times `sigma_mm`²: exact for constants,
/// for which it is 0, and for parabolas.
fn second_derivative(sigma: f64, sigma_mm: f64) -> Recursion {
    let terms = Terms::new(sigma);
    let (smooth, curve) = (terms.numerator(GAUSSIAN), terms.numerator(SECOND_DERIVATIVE));
    let d = terms.denominator();
    let [sd, dd, ed] = denominator_at_one(d);
    let ([sn0, dn0, en0], [sn2, dn2, en2]) = (at_one(smooth, 0.0), at_one(curve, 0.0));
    // As much of the Gaussian as makes the response to a constant vanish.
    let share = -(2.0 * sn2 - sd * curve[0]) / (2.0 * sn0 - sd * smooth[0]);
    let n = [0, 1, 2, 3].map(|k| curve[k] + share * smooth[k]);
    let [sn, dn, en] = [sn2 + share * sn0, dn2 + share * dn0, en2 + share * en0];
    // The second moment of one half; that of both is the response to x², which shall be 2.
    let moment = (en * sd * sd - ed * sn * sd - 2.0 * dn * dd * sd + 2.0 * dd * dd * sn) / (sd * sd * sd);
    let scale = sigma_mm * sigma_mm / moment;
    symmetric(n.map(|c| c * scale), d)
}

/// The even filter with this causal part; at the border voxels go on as they are.
fn symmetric(n: [f64; 4], d: [f64; 4]) -> Recursion {
    let [d1, d2, d3, d4] = d;
    let m = [n[1] - d1 * n[0], n[2] - d2 * n[0], n[3] - d3 * n[0], -d4 * n[0]];
    let sum = |c: [f64; 4]| c[0] + c[1] + c[2] + c[3];
    let all = 1.0 + d1 + d2 + d3 + d4;
    Recursion { n, m, d, before: d.map(|d| d * sum(n) / all), after: d.map(|d| d * sum(m) / all) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image(shape: (usize, usize, usize)) -> Array3<f64> {
        let (_, ny, nx) = shape;
        Array3::from_shape_fn(shape, |(k, j, i)| (((k * ny + j) * nx + i) * 7919 % 101) as f64)
    }

    fn response(image: &Array3<f64>, spacing_mm: [f64; 3], sigma_mm: f64, isa: Isa) -> Array3<f64> {
        laplacian(image, spacing_mm, sigma_mm, isa, &mut Scratch::default()).expect("a large enough image")
    }

    #[test]
    fn responses_are_those_of_itk() {
        // SimpleITK 2.5.7, LaplacianRecursiveGaussianImageFilter with NormalizeAcrossScale, of the
        // image above, 6 x 7 x 8: rows (0, 0) and (2, 3) for sigma 1.5 mm and 4 mm.
        #[rustfmt::skip]
        let wanted = [
            (1.5, 0, 0, [18.787968, 4.7175894, -5.1002464, -3.9315796, 5.1079664, 12.208435, 6.0067353, -7.800409]),
            (1.5, 2, 3, [6.598071, 8.135246, 10.170261, 5.894856, -2.3929586, -6.976319, -2.7331579, 7.524881]),
            (4.0, 0, 0, [4.6488957, 3.1436186, 1.7868603, 0.6458379, -0.34734896, -1.2077547, -2.1267772, -3.048234]),
            (4.0, 2, 3, [-5.569849, -4.118206, -2.6748157, -1.314156, 0.017507158, 1.2843289, 2.5338435, 3.754736f32]),
        ];
        for (sigma_mm, k, j, wanted) in wanted {
            let got = response(&image((6, 7, 8)), [2.0, 1.5, 1.0], sigma_mm, Isa::best());
            for (i, wanted) in wanted.into_iter().enumerate() {
                // Sines and exponentials may differ in the last bit between systems.
                let difference = (got[[k, j, i]] - f64::from(wanted)).abs();
                assert!(difference < 1e-5, "sigma {sigma_mm}, ({k}, {j}, {i}): {} {wanted}", got[[k, j, i]]);
            }
        }
    }

    #[test]
    fn a_constant_gives_nothing_and_a_parabola_its_curvature() {
        let constant = Array3::from_elem((5, 6, 7), 1000.0);
        assert!(response(&constant, [1.0; 3], 1.3, Isa::best()).iter().all(|x| x.abs() < 1e-3));
        // x² in mm² has the Laplacian 2; times σ² that is 8.
        let parabola = Array3::from_shape_fn((5, 5, 161), |(_, _, i)| {
            let x = 0.5 * (i as f64 - 80.0);
            x * x
        });
        let got = response(&parabola, [1.0, 1.0, 0.5], 2.0, Isa::best());
        assert!((got[[2, 2, 80]] - 8.0).abs() < 1e-2, "{}", got[[2, 2, 80]]);
    }

    #[test]
    fn the_same_bits_for_every_instruction_set_and_number_of_threads() {
        for shape in [(4, 4, 4), (5, 9, 41), (7, 37, 10)] {
            let image = image(shape);
            let wanted = response(&image, [1.0, 0.7, 1.3], 1.1, Isa::Scalar);
            for threads in [1, 2, 3] {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
                for isa in Isa::available() {
                    let got = pool.install(|| response(&image, [1.0, 0.7, 1.3], 1.1, isa));
                    assert_eq!(got, wanted, "{} with {threads} threads", isa.name());
                }
            }
        }
    }

    #[test]
    fn buffers_of_one_sigma_do_not_show_in_the_next() {
        let mut scratch = Scratch::default();
        for (shape, sigma_mm) in [((6, 8, 50), 2.0), ((5, 7, 9), 0.8), ((6, 8, 50), 1.0)] {
            let got = laplacian(&image(shape), [1.0; 3], sigma_mm, Isa::best(), &mut scratch);
            assert_eq!(got, Ok(response(&image(shape), [1.0; 3], sigma_mm, Isa::best())));
        }
    }

    #[test]
    fn images_that_are_too_small_are_refused() {
        for (shape, sigma_mm) in [((3, 9, 9), 1.0), ((9, 9, 5), 4.5)] {
            let error = laplacian(&image(shape), [1.0; 3], sigma_mm, Isa::best(), &mut Scratch::default());
            let message = error.expect_err("too small").to_string();
            assert!(message.contains("is too small"), "{message}");
        }
        assert!(laplacian(&image((5, 5, 5)), [1.0; 3], 4.0, Isa::best(), &mut Scratch::default()).is_ok());
    }
}
