//! The responses of one image to many filters, which share what they have in common.

use ndarray::Array3;

use super::recursive_gaussian::{self, Scratch};
use super::{Filter, GaussianMethod, SeparableWavelet};
use crate::error::Result;
use crate::kernels::Isa;

/// Calls `each` with the index of every one of `filters` and its response to `image` (z, y, x),
/// whose voxels have `spacing_mm` (z, y, x), or with [`crate::Error::Filter`] if the image is too
/// small for it. The response is the one that the filter has alone, to the bit.
///
/// Filters go one after another, and a response is gone when `each` drops it. Wavelets that
/// stand together and differ in sub-band and level only are the exception: passes that their
/// sub-bands have in common are done once, so that they come in another order, and up to four
/// at a time are held.
///
/// # Errors
/// Those of `each`, and as [`Filter::validate`].
pub fn for_each_response(
    filters: &[Filter],
    image: &Array3<f64>,
    spacing_mm: [f64; 3],
    isa: Isa,
    each: &mut dyn FnMut(usize, Result<Array3<f64>>) -> Result<()>,
) -> Result<()> {
    for filter in filters {
        filter.validate()?;
    }
    let mut scratch = Scratch::default();
    let mut index = 0;
    while let Some(filter) = filters.get(index) {
        match filter {
            Filter::SeparableWavelet(first) => {
                let alike: Vec<&SeparableWavelet> =
                    filters[index..].iter().map_while(|other| same_family(first, other)).collect();
                let mut shifted = |i: usize, response| each(index + i, response);
                SeparableWavelet::apply_all(&alike, image, isa, &mut shifted)?;
                index += alike.len();
                continue;
            }
            Filter::LaplacianOfGaussian(log) if log.method == GaussianMethod::Recursive => {
                let sigma = log.sigma_mm;
                each(index, recursive_gaussian::laplacian(image, spacing_mm, sigma, isa, &mut scratch))?;
            }
            _ => each(index, filter.apply(image, spacing_mm, isa))?,
        }
        index += 1;
    }
    Ok(())
}

fn same_family<'a>(first: &SeparableWavelet, other: &'a Filter) -> Option<&'a SeparableWavelet> {
    match other {
        Filter::SeparableWavelet(other) if first.shares_with(other) => Some(other),
        _ => None,
    }
}
