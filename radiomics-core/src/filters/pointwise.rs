//! Filters that look at one voxel and the range of the image.

use ndarray::Array3;

pub(super) fn square(image: &Array3<f64>) -> Array3<f64> {
    todo!()
}

pub(super) fn square_root(image: &Array3<f64>) -> Array3<f64> {
    todo!()
}

pub(super) fn logarithm(image: &Array3<f64>) -> Array3<f64> {
    todo!()
}

pub(super) fn exponential(image: &Array3<f64>) -> Array3<f64> {
    todo!()
}
