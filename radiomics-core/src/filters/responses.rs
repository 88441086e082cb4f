//! The responses of one image to many filters, which share what they have in common.

use std::collections::BTreeMap;

use ndarray::{Array3, ArrayRef3};

use super::engine::parts::{Each, put, put_whole};
use super::engine::recursive_gaussian::Laplacians;
use super::kinds::{Filter, GaussianMethod, SeparableWavelet};
use super::reach::About;
use crate::error::Result;
use crate::kernels::Isa;
use crate::runtime::{Execution, Pool, Runtime};
use crate::volume::grid::Window;
use crate::volume::image::Image;
use crate::volume::voxels::{VoxelKind, Voxels, copied};
use crate::work;

/// The responses of several filters to a whole image, arrays (z, y, x).
///
/// ```
/// use radiomics_core::filters::{Filter, LaplacianOfGaussian, filter_images};
/// use radiomics_core::{Execution, example};
///
/// # fn main() -> radiomics_core::Result<()> {
/// let phantom = example::DigitalPhantom::new();
/// let filters = [Filter::Square, Filter::LaplacianOfGaussian(LaplacianOfGaussian::new(1.5))];
/// let responses = filter_images(&phantom.image(), &filters, &Execution::default())?;
/// assert_eq!(responses[1].dim(), (4, 4, 5));
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// As [`Filter::validate`], [`Error::Filter`](crate::Error::Filter) for an image that a filter cannot
/// take, and [`Error::Threads`](crate::Error::Threads) when the system refuses threads.
pub fn filter_images(image: &Image, filters: &[Filter], execution: &Execution) -> Result<Vec<Array3<f64>>> {
    filters.iter().try_for_each(Filter::validate)?;
    let pool = Pool::new(execution.threads)?;
    let runtime = execution.on(&pool);
    let mut responses = Vec::with_capacity(filters.len());
    filter_each(image, filters, &runtime, |_, response| responses.push(response))?;
    Ok(responses)
}

/// Calls `each` with the index of every one of `filters`, in their order, and its response to a whole
/// image, an array (z, y, x). A response is gone when `each` drops it. A step of the progress is a
/// filter.
///
/// # Errors
/// As [`filter_images`], and [`Error::Cancelled`](crate::Error::Cancelled)
/// when the runtime's progress stops the job.
pub fn filter_each(
    image: &Image,
    filters: &[Filter],
    runtime: &Runtime,
    mut each: impl FnMut(usize, Array3<f64>) + Send,
) -> Result<()> {
    let grid = image.grid();
    let about = About { spacing_mm: grid.spacing_mm, kind: image.voxels().kind() };
    runtime.run(filters.len(), |monitor| {
        let whole = Window::whole(grid.shape);
        let voxels = image.voxels();
        // Responses are 64-bit floats, and so is what they are made of.
        let (copy, view);
        let voxels: &ArrayRef3<f64> = match voxels {
            Voxels::F64(voxels) if voxels.is_standard_layout() => {
                view = *voxels;
                &view
            }
            _ => {
                copy = voxels.crop(&whole);
                &copy
            }
        };
        let mut response = Array3::default([0; 3]);
        for_each_response(
            filters,
            voxels,
            about,
            &whole,
            runtime.isa,
            &mut response,
            &mut |index, response| {
                each(index, std::mem::take(response));
                monitor.advance(1)
            },
        )
    })
}

/// Whole images are filtered as well as regions, for which alone there are settings.
const REMEDY: &str =
    "filter a smaller part of the image (for features: `filter_crop`), or one of larger spacing";

/// Calls `each` with the index of every one of `filters`, in their order, and the part `part` of
/// its response to `image` (z, y, x). The response is the one that the filter has alone, to the
/// bit.
///
/// Filters go one after another, and each response takes the place of the one before in
/// `response`, unless `each` takes it away from there: fresh memory costs about as much as a
/// filter. Of wavelets that stand together and differ in sub-band and level only, passes that
/// they have in common are done once; what is ready before its turn is held until then. A response that
/// saw a voxel that is NaN or infinite is NaN there.
///
/// # Errors
/// Those of `each`, as [`Filter::validate`], and [`crate::Error::Filter`] if the image is too
/// small for a filter.
pub(crate) fn for_each_response(
    filters: &[Filter],
    image: &ArrayRef3<f64>,
    about: About,
    part: &Window,
    isa: Isa,
    response: &mut Array3<f64>,
    each: &mut Each,
) -> Result<()> {
    for filter in filters {
        filter.validate()?;
    }
    // The image, a response, and what filters keep of theirs besides.
    let bytes = image.len() as u64 * (8 * 5);
    let _held = work::hold(bytes, "filtering", REMEDY);
    let original = image;
    let cleaned = without_infinities(image);
    let image = cleaned.as_deref().unwrap_or(image);
    let mut laplacians = None;
    let mut index = 0;
    while let Some(filter) = filters.get(index) {
        match filter {
            Filter::SeparableWavelet(first) => {
                let alike: Vec<&SeparableWavelet> =
                    filters[index..].iter().map_while(|other| same_family(first, other)).collect();
                let image = (image, about.kind);
                wavelets(&alike, image, part, isa, response, &mut |i, response| each(index + i, response))?;
                index += alike.len();
                continue;
            }
            Filter::LaplacianOfGaussian(log) if log.method == GaussianMethod::Recursive => {
                let laplacians = laplacians.get_or_insert_with(|| Laplacians::new(image, about.spacing_mm));
                let grid = (image.dim().into(), about.spacing_mm);
                log.recursive(laplacians, grid, part, isa, response)?;
            }
            Filter::Gabor(gabor) => put_whole(gabor.within(image, about, part, isa)?, part, response),
            Filter::Original => put(original, part, response),
            _ => put_whole(filter.apply(image, about, isa)?, part, response),
        }
        each(index, response)?;
        index += 1;
    }
    Ok(())
}

/// The image with NaN in place of infinities, if it has any. A filter may lose those, in a maximum or in a
/// scale of 0, but NaN goes through all that filters do: a response that saw one says so.
fn without_infinities(image: &ArrayRef3<f64>) -> Option<Array3<f64>> {
    // Several are looked at at once, without a branch for each.
    let any = |values: &[f64]| values.iter().fold(false, |any, x| any | x.is_infinite());
    let found = match image.as_slice() {
        Some(values) => values.chunks(4096).any(any),
        None => image.iter().any(|x| x.is_infinite()),
    };
    found.then(|| copied(image.view(), |x| if x.is_infinite() { f64::NAN } else { x }))
}

/// The responses to wavelets that share passes, in their order.
fn wavelets(
    alike: &[&SeparableWavelet],
    (image, kind): (&ArrayRef3<f64>, VoxelKind),
    part: &Window,
    isa: Isa,
    response: &mut Array3<f64>,
    each: &mut Each,
) -> Result<()> {
    let mut early = BTreeMap::new();
    let mut turn = 0;
    SeparableWavelet::apply_all(alike, image, (kind, part), isa, response, &mut |i, response| {
        if i != turn {
            early.insert(i, std::mem::take(response));
            return Ok(());
        }
        each(turn, response)?;
        turn += 1;
        while let Some(mut response) = early.remove(&turn) {
            each(turn, &mut response)?;
            turn += 1;
        }
        Ok(())
    })?;
    assert_eq!((turn, early.len()), (alike.len(), 0), "one response to each of the wavelets");
    Ok(())
}

fn same_family<'a>(first: &SeparableWavelet, other: &'a Filter) -> Option<&'a SeparableWavelet> {
    match other {
        Filter::SeparableWavelet(other) if first.shares_with(other) => Some(other),
        _ => None,
    }
}
