//! The responses of one image to many filters, which share what they have in common.

use ndarray::Array3;

use super::recursive_gaussian::{self, Scratch};
use super::{Filter, GaussianMethod};
use crate::error::Result;
use crate::kernels::Isa;

/// doc
pub fn for_each_response(
    filters: &[Filter],
    image: &Array3<f64>,
    spacing_mm: [f64; 3],
    isa: Isa,
    each: &mut dyn FnMut(usize, Result<Array3<f64>>) -> Result<()>,
) -> Result<()> {
    let mut scratch = Scratch::default();
    for (index, filter) in filters.iter().enumerate() {
        let response = match filter {
            Filter::LaplacianOfGaussian(log) if log.method == GaussianMethod::Recursive => {
                recursive_gaussian::laplacian(image, spacing_mm, log.sigma_mm, isa, &mut scratch)
            }
            _ => filter.apply(image, spacing_mm, isa),
        };
        each(index, response)?;
    }
    Ok(())
}
