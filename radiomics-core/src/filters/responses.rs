//! The responses of one image to many filters, which share what they have in common.

use std::collections::BTreeMap;

use ndarray::Array3;

use super::recursive_gaussian::{self, Scratch};
use super::{About, Filter, GaussianMethod, SeparableWavelet};
use crate::error::Result;
use crate::grid::Window;
use crate::image::Image;
use crate::kernels::Isa;
use crate::runtime::{Monitor, Runtime};

/// Calls `each` with the index of every one of `filters`, in their order, and its response to a whole
/// image, an array (z, y, x). A response is gone when `each` drops it. A step of the progress is a
/// filter.
///
/// # Errors
/// As [`filter_images`](super::filter_images), and [`Error::Cancelled`](crate::Error::Cancelled)
/// when the runtime's progress stops the job.
pub fn filter_each(
    image: &Image,
    filters: &[Filter],
    runtime: &Runtime,
    mut each: impl FnMut(usize, Array3<f64>) + Send,
) -> Result<()> {
    let monitor = Monitor::new(runtime.progress, filters.len());
    let grid = image.grid();
    let about = About { spacing_mm: grid.spacing_mm, kind: image.voxels().kind() };
    runtime.pool.install(|| {
        monitor.advance(0)?;
        let voxels = image.voxels().crop(&Window::whole(grid.shape));
        for_each_response(filters, &voxels, about, runtime.isa, &mut |index, response| {
            each(index, response?);
            monitor.advance(1)
        })
    })
}

/// Calls `each` with the index of every one of `filters`, in their order, and its response to
/// `image` (z, y, x), or with [`crate::Error::Filter`]
/// if the image is too small for it. The response is the one that the filter has alone, to the
/// bit.
///
/// Filters go one after another, and a response is gone when `each` drops it. Of wavelets that
/// stand together and differ in sub-band and level only, passes that they have in common are
/// done once; what is ready before its turn is held until then.
///
/// # Errors
/// Those of `each`, and as [`Filter::validate`].
pub(crate) fn for_each_response(
    filters: &[Filter],
    image: &Array3<f64>,
    about: About,
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
                let mut early = BTreeMap::new();
                let mut turn = 0;
                SeparableWavelet::apply_all(&alike, image, about.kind, isa, &mut |i, response| {
                    early.insert(i, response);
                    while let Some(response) = early.remove(&turn) {
                        each(index + turn, Ok(response))?;
                        turn += 1;
                    }
                    Ok(())
                })?;
                index += alike.len();
                continue;
            }
            Filter::LaplacianOfGaussian(log) if log.method == GaussianMethod::Recursive => {
                let sigma = log.sigma_mm;
                each(
                    index,
                    recursive_gaussian::laplacian(image, about.spacing_mm, sigma, isa, &mut scratch),
                )?;
            }
            _ => each(index, filter.apply(image, about, isa))?,
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
