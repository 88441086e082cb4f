//! What filters share that look at one voxel and the range of the image (PyRadiomics).
//!
//! All keep the largest magnitude m = max |x| of the image where it is. An image of zeros, for
//! which PyRadiomics has 0/0, stays zero; its exponential is 1.

use ndarray::{Array3, ArrayRef3};

use crate::kernels::finite::larger;
use crate::volume::voxels::copied;
use crate::work::loops;

/// Voxels that are worth a task of their own.
const CHUNK: usize = 1 << 14;

/// The largest magnitude of a voxel; NaN if there is one that is no number.
pub(crate) fn largest_magnitude(image: &ArrayRef3<f64>) -> f64 {
    image.iter().fold(0.0, |m, x| larger(m, x.abs()))
}

/// The image with `function` applied to each voxel.
pub(crate) fn each(image: &ArrayRef3<f64>, function: impl Fn(f64) -> f64 + Sync + Send) -> Array3<f64> {
    let mut result = copied(image.view(), |x| x);
    let values = result.as_slice_mut().expect("made in standard layout");
    loops::each(values.chunks_mut(CHUNK), |chunk| chunk.iter_mut().for_each(|x| *x = function(*x)));
    result
}

#[cfg(test)]
pub(crate) mod tests {
    use ndarray::array;

    use super::*;
    use crate::filters::operation::Operation;
    use crate::filters::reach::About;
    use crate::kernels::Isa;

    /// Checks what a filter makes of −4, −1, 0, 1 and 2, of which 4 is the largest magnitude, and of zeros.
    pub(crate) fn check(filter: &dyn Operation, expected: [f64; 5], of_zeros: f64) {
        let apply = |image: Array3<f64>| filter.apply(&image, About::doubles([1.0; 3]), Isa::best()).unwrap();
        let got = apply(array![[[-4.0, -1.0, 0.0, 1.0, 2.0]]]);
        for (got, expected) in got.iter().zip(expected) {
            assert!((got - expected).abs() < 1e-14, "{got} {expected}");
        }
        assert_eq!(apply(Array3::zeros((2, 2, 2))), Array3::from_elem((2, 2, 2), of_zeros));
    }

    #[test]
    fn the_largest_magnitude_may_be_that_of_a_negative_voxel() {
        assert_eq!(largest_magnitude(&array![[[-4.0, 1.0, 2.0]]]), 4.0);
        assert!(largest_magnitude(&array![[[-4.0, f64::NAN, 2.0]]]).is_nan());
    }
}
