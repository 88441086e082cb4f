//! Where responses are put: each in the place of the one before, and no more of it than is wanted.

use ndarray::{Array3, ArrayRef3};

use crate::error::Result;
use crate::volume::grid::Window;
use crate::volume::voxels::volume;

/// A function that gets the response to the filter of an index, and may take it away.
pub(crate) type Each<'a> = dyn FnMut(usize, &mut Array3<f64>) -> Result<()> + 'a;

/// An array of this shape, with whatever values.
pub(crate) fn sized(response: &mut Array3<f64>, shape: [usize; 3]) -> &mut Array3<f64> {
    if response.dim() != shape.into() || !response.is_standard_layout() {
        *response = volume(shape);
    }
    response
}

/// Puts part of a volume in the place of a response.
pub(crate) fn put(volume: &ArrayRef3<f64>, part: &Window, response: &mut Array3<f64>) {
    sized(response, part.shape).assign(&part.of(&volume.view()));
}

/// Puts part of a volume that nobody else needs in the place of a response, without copying it if the
/// part is all of it.
pub(crate) fn put_whole(volume: Array3<f64>, part: &Window, response: &mut Array3<f64>) {
    match *part == Window::whole(volume.dim().into()) {
        true => *response = volume,
        false => put(&volume, part, response),
    }
}
