//! Which labels a mask has.

use radiomics_core::LabelCount;

use crate::context::{Call, radiomics_context};
use crate::entry::{entry, free, plain_entry, value_or};
use crate::image::{mask, radiomics_image};
use crate::pointers::{Out, OutStruct, Versioned, borrowed, end_of, member};
use crate::status::radiomics_status;

/// The labels of a mask, ascending. They are never changed, so any number of threads may read them.
pub struct radiomics_labels {
    for_c: Vec<radiomics_label>,
}

/// A label of a mask: how many voxels it has, and where. Since RADIOMICS_ABI_VERSION 8.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct radiomics_label {
    /// sizeof(radiomics_label), to be set by the caller.
    pub struct_size: usize,
    /// The label, which is not 0.
    pub label: i64,
    /// Number of voxels.
    pub voxels: usize,
    /// First voxel (z, y, x) of the smallest box that holds them.
    pub first: [usize; 3],
    /// Number of voxels of that box along (z, y, x).
    pub shape: [usize; 3],
}

// SAFETY: repr(C), begins with its size, and consists of numbers.
unsafe impl Versioned for radiomics_label {
    const NAME: &'static str = "radiomics_label";
    const FIRST_SIZE: usize = end_of!(Self, shape);
}

fn for_c(count: &LabelCount) -> radiomics_label {
    radiomics_label {
        struct_size: size_of::<radiomics_label>(),
        label: count.label,
        voxels: count.voxels,
        first: count.window.start,
        shape: count.window.shape,
    }
}

/// Lists the labels of a mask, without the background. The list is to be freed with radiomics_labels_free.
/// Since RADIOMICS_ABI_VERSION 8.
// SAFETY: the name is ours alone: nothing else that is linked begins with `radiomics_`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn radiomics_labels_new(
    context: *mut radiomics_context,
    mask: *const radiomics_image,
    labels: *mut *mut radiomics_labels,
) -> radiomics_status {
    let body = |call: &Call| {
        // SAFETY: by the rule of the header.
        let (out, mask) = unsafe { (Out::new(labels, "labels")?, self::mask(mask, "mask")?) };
        let counts = call.over(mask.grid().len(), || mask.label_counts())?;
        let for_c = counts.iter().map(for_c).collect();
        out.set(Box::into_raw(Box::new(radiomics_labels { for_c })));
        Ok(())
    };
    // SAFETY: by the rule of the header.
    unsafe { entry(context, body) }
}

/// The number of labels; 0 for NULL. Since RADIOMICS_ABI_VERSION 8.
// SAFETY: the name is ours alone: nothing else that is linked begins with `radiomics_`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn radiomics_labels_length(labels: *const radiomics_labels) -> usize {
    // SAFETY: by the rule of the header.
    value_or(0, || unsafe { labels.as_ref() }.map_or(0, |labels| labels.for_c.len()))
}

/// Writes label `index`, from 0, ascending. Set `label->struct_size` first. Since RADIOMICS_ABI_VERSION 8.
// SAFETY: the name is ours alone: nothing else that is linked begins with `radiomics_`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn radiomics_labels_label(
    labels: *const radiomics_labels,
    index: usize,
    label: *mut radiomics_label,
) -> radiomics_status {
    plain_entry(|| {
        // SAFETY: by the rule of the header.
        let (labels, out) = unsafe { (borrowed(labels, "labels")?, OutStruct::new(label, "label")?) };
        out.set(*member(&labels.for_c, index, "labels")?);
        Ok(())
    })
}

/// Frees labels; NULL is fine. Since RADIOMICS_ABI_VERSION 8.
// SAFETY: the name is ours alone: nothing else that is linked begins with `radiomics_`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn radiomics_labels_free(labels: *mut radiomics_labels) {
    // SAFETY: by the rule of the header.
    unsafe { free(labels) };
}
