//! Filters that look at one voxel and the range of the image (PyRadiomics).
//!
//! All keep the largest magnitude m = max |x| of the image where it is. An image of zeros, for
//! which PyRadiomics has 0/0, stays zero; its exponential is 1.

use ndarray::Array3;
use rayon::prelude::*;

/// Voxels that are worth a task of their own.
const CHUNK: usize = 1 << 14;

/// x² / m.
pub(super) fn square(image: &Array3<f64>) -> Array3<f64> {
    let m = largest_magnitude(image);
    if m == 0.0 {
        return image.clone();
    }
    let scale = 1.0 / m.sqrt();
    each(image, |x| (scale * x) * (scale * x))
}

/// sign(x) √(|x| m).
pub(super) fn square_root(image: &Array3<f64>) -> Array3<f64> {
    let m = largest_magnitude(image);
    each(image, |x| (x.abs() * m).sqrt().copysign(x))
}

/// sign(x) ln(|x| + 1) · m / ln(m + 1).
pub(super) fn logarithm(image: &Array3<f64>) -> Array3<f64> {
    let m = largest_magnitude(image);
    if m == 0.0 {
        return image.clone();
    }
    let scale = m / (m + 1.0).ln();
    each(image, |x| (x.abs() + 1.0).ln().copysign(x) * scale)
}

/// m^(x/m).
pub(super) fn exponential(image: &Array3<f64>) -> Array3<f64> {
    let m = largest_magnitude(image);
    let rate = if m == 0.0 { 0.0 } else { m.ln() / m };
    each(image, |x| (rate * x).exp())
}

fn largest_magnitude(image: &Array3<f64>) -> f64 {
    image.iter().fold(0.0, |m: f64, x| m.max(x.abs()))
}

fn each(image: &Array3<f64>, function: impl Fn(f64) -> f64 + Sync + Send) -> Array3<f64> {
    let mut result = image.as_standard_layout().into_owned();
    let values = result.as_slice_mut().unwrap_or_default();
    values.par_chunks_mut(CHUNK).for_each(|chunk| chunk.iter_mut().for_each(|x| *x = function(*x)));
    result
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn formulas_in_every_quadrant() {
        // m = 4
        let image = array![[[-4.0, -1.0, 0.0, 1.0, 2.0]]];
        let check = |got: Array3<f64>, wanted: [f64; 5]| {
            for (got, wanted) in got.iter().zip(wanted) {
                assert!((got - wanted).abs() < 1e-14, "{got} {wanted}");
            }
        };
        check(square(&image), [4.0, 0.25, 0.0, 0.25, 1.0]);
        check(square_root(&image), [-4.0, -2.0, 0.0, 2.0, 8f64.sqrt()]);
        let log = |x: f64| 4.0 * x.ln() / 5f64.ln();
        check(logarithm(&image), [-4.0, -log(2.0), 0.0, log(2.0), log(3.0)]);
        check(exponential(&image), [0.25, 0.5f64.sqrt(), 1.0, 2f64.sqrt(), 2.0]);
    }

    #[test]
    fn an_image_of_zeros_has_a_response() {
        let zeros = Array3::zeros((2, 2, 2));
        for filter in [square, square_root, logarithm] {
            assert_eq!(filter(&zeros), zeros);
        }
        assert_eq!(exponential(&zeros), Array3::<f64>::ones((2, 2, 2)));
    }
}
