//! Responses of filters.

use radiomics_core::filters::{Filter, filter_each};
use radiomics_core::ndarray::Array3;

use crate::context::{Call, radiomics_context};
use crate::entry::entry;
use crate::image::radiomics_image;
use crate::output::{Buffer, Output, radiomics_output};
use crate::pointers::borrowed;
use crate::settings::radiomics_settings;
use crate::status::radiomics_status;

/// Computes the responses of the filters of `settings` (the key `filters`) to a whole image. Each
/// has the shape of the image and lies where the image lies; what they are called is
/// radiomics_settings_filter_name. No other setting matters: the image is neither interpolated nor
/// rounded. Filters whose buffer is NULL are not computed.
// SAFETY: the name is ours alone: nothing else that is linked begins with `radiomics_`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn radiomics_filter(
    context: *mut radiomics_context,
    image: *const radiomics_image,
    settings: *const radiomics_settings,
    output: *const radiomics_output,
) -> radiomics_status {
    let body = |call: &Call| {
        // SAFETY: by the rule of the header.
        let (settings, image) =
            unsafe { (borrowed(settings, "settings")?, crate::image::image(image, "image", "image")?) };
        let filters = &settings.core().filters;
        // SAFETY: by the rule of the header.
        let mut output = unsafe { Output::new(output, "response", filters.len(), image.grid().shape) }?;
        if output.wanted().is_empty() {
            return Ok(());
        }
        let wanted: Vec<Filter> = output.wanted().iter().map(|b| filters[b.index].clone()).collect();
        let mut buffers = output.take_buffers();
        if output.as_they_come() {
            let write = |index: usize, response| copy(&mut buffers[index], &response);
            return Ok(output.run(call, |runtime| filter_each(&image, &wanted, runtime, write))?);
        }
        let mut responses: Vec<Array3<f64>> = Vec::with_capacity(wanted.len());
        output.run(call, |runtime| {
            filter_each(&image, &wanted, runtime, |_, response| responses.push(response))
        })?;
        buffers.iter_mut().zip(&responses).for_each(|(buffer, response)| copy(buffer, response));
        Ok(())
    };
    // SAFETY: by the rule of the header.
    unsafe { entry(context, body) }
}

/// Writes a response to the caller's memory, x fastest.
fn copy(buffer: &mut Buffer, response: &Array3<f64>) {
    for (voxel, &value) in response.iter().enumerate() {
        buffer.set(voxel, value);
    }
}
