//! Extraction.

use std::ffi::{c_char, c_void};

use radiomics_core::{FeatureTable, Image, Mask, OnError, Runtime, Settings, extract_regions};

use crate::context::{Call, radiomics_context};
use crate::entry::entry;
use crate::image::{image, mask, radiomics_image};
use crate::pointers::{Out, Versioned, borrowed, end_of, slice, text, versioned};
use crate::progress::{Terms, radiomics_progress};
use crate::settings::radiomics_settings;
use crate::status::{Failure, radiomics_status};
use crate::table::radiomics_table;

/// What to extract. Fields that are not needed stay 0.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct radiomics_job {
    /// sizeof(radiomics_job), to be set by the caller.
    pub struct_size: usize,
    /// Pointers to image_count images on one grid, that of the mask.
    pub images: *const *const radiomics_image,
    /// A name for each image, all different and none of them empty: it becomes the `image` of its rows. NULL is fine for
    /// one image, which is then "original".
    pub image_names: *const *const c_char,
    /// Number of images.
    pub image_count: usize,
    /// The mask, which holds the labels.
    pub mask: *const radiomics_image,
    /// The labels whose voxels are the regions, each once; NULL means every label of the mask, ascending.
    pub labels: *const i64,
    /// Number of labels; 0 if `labels` is NULL.
    pub label_count: usize,
    /// The settings, which determine the numbers.
    pub settings: *const radiomics_settings,
    /// A callback that is told of progress and may cancel; may be NULL.
    pub progress: radiomics_progress,
    /// What is handed on to `progress`.
    pub user_data: *mut c_void,
    /// Megabytes (10^6 bytes) that the call may take beside what it is given and what it returns; 0 for what
    /// the machine has free. What needs more is refused, with RADIOMICS_STATUS_OUT_OF_MEMORY. Since
    /// RADIOMICS_ABI_VERSION 6.
    pub memory_mb: f64,
    /// 1 for a region that cannot be computed to keep its rows, NaN with RADIOMICS_VALUE_STATUS_FAILED, and
    /// to have a warning of the code "failed" that says why; 0 for it to fail the call. Since
    /// RADIOMICS_ABI_VERSION 7.
    pub record_failures: i32,
    /// Padding.
    pub reserved: i32,
}

// SAFETY: repr(C), begins with its size, and consists of numbers and pointers, all of which may be
// NULL.
unsafe impl Versioned for radiomics_job {
    const NAME: &'static str = "radiomics_job";
    const FIRST_SIZE: usize = end_of!(Self, user_data);
}

/// Computes the features of the voxels of `mask` that have `label`. The table is to be freed
/// with radiomics_table_free.
// SAFETY: the name is ours alone: nothing else that is linked begins with `radiomics_`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn radiomics_extract(
    context: *mut radiomics_context,
    image: *const radiomics_image,
    mask: *const radiomics_image,
    label: i64,
    settings: *const radiomics_settings,
    table: *mut *mut radiomics_table,
) -> radiomics_status {
    let body = |call: &Call| {
        // SAFETY: by the rule of the header.
        let (out, settings, image, mask) = unsafe {
            let out = Out::new(table, "table")?;
            let settings = borrowed(settings, "settings")?;
            (out, settings, crate::image::image(image, "image", "image")?, crate::image::mask(mask)?)
        };
        out.set(tables(
            &[("original", &image)],
            &mask,
            &[label],
            settings.core(),
            OnError::Fail,
            &call.runtime(),
        )?);
        Ok(())
    };
    // SAFETY: by the rule of the header.
    unsafe { entry(context, body) }
}

/// Computes the features of one or many labels in one or many images: the rows of the table come
/// label by label, and for each label image by image. The table is to be freed with
/// radiomics_table_free. If one region fails, the whole call does, and the text of the error says
/// where, unless the job says otherwise.
// SAFETY: the name is ours alone: nothing else that is linked begins with `radiomics_`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn radiomics_extract_many(
    context: *mut radiomics_context,
    job: *const radiomics_job,
    table: *mut *mut radiomics_table,
) -> radiomics_status {
    let body = |call: &Call| {
        // SAFETY: by the rule of the header.
        let (out, job) = unsafe { (Out::new(table, "table")?, versioned(job, "job")?) };
        // SAFETY: as above.
        let (settings, images) = unsafe { (borrowed(job.settings, "settings")?, images(&job)?) };
        // SAFETY: as above.
        let terms = unsafe { Terms::new(job.progress, job.user_data, job.memory_mb) }?;
        // SAFETY: as above.
        let mask = unsafe { mask(job.mask) }?;
        // SAFETY: as above.
        let labels = match unsafe { slice(job.labels, job.label_count, "labels") }? {
            [] if job.labels.is_null() => mask.labels()?,
            labels => labels.to_vec(),
        };
        let named: Vec<(&str, &Image)> = images.iter().map(|(name, image)| (*name, image)).collect();
        let on_error = if job.record_failures == 0 { OnError::Fail } else { OnError::Record };
        let extract = |runtime: &Runtime| tables(&named, &mask, &labels, settings.core(), on_error, runtime);
        out.set(terms.run(call, extract)?);
        Ok(())
    };
    // SAFETY: by the rule of the header.
    unsafe { entry(context, body) }
}

/// The images of a job with their names.
unsafe fn images<'a>(job: &radiomics_job) -> Result<Vec<(&'a str, Image<'a>)>, Failure> {
    // SAFETY: passed on to the caller.
    let pointers = unsafe { slice(job.images, job.image_count, "images") }?;
    if pointers.is_empty() {
        return Err(Failure::argument("`image_count` is 0: give at least one image"));
    }
    if pointers.len() > 1 && job.image_names.is_null() {
        return Err(Failure::argument("`image_names` is NULL: several images need names"));
    }
    let names = match job.image_names.is_null() {
        true => &[],
        // SAFETY: passed on to the caller.
        false => unsafe { slice(job.image_names, job.image_count, "image_names") }?,
    };
    let mut images: Vec<(&str, Image)> = Vec::new();
    for (index, &pointer) in pointers.iter().enumerate() {
        let name = match names.get(index) {
            None => "original",
            // SAFETY: passed on to the caller.
            Some(&name) => unsafe { text(name, &format!("image_names[{index}]")) }?,
        };
        let role = if pointers.len() == 1 { "image".to_owned() } else { format!("image `{name}`") };
        // SAFETY: passed on to the caller.
        images.push((name, unsafe { image(pointer, &format!("images[{index}]"), &role) }?));
    }
    Ok(images)
}

/// Extracts, and makes one table of the tables of all labels.
fn tables(
    images: &[(&str, &Image)],
    mask: &Mask,
    labels: &[i64],
    settings: &Settings,
    on_error: OnError,
    runtime: &Runtime,
) -> Result<*mut radiomics_table, Failure> {
    let tables = extract_regions(images, mask, labels, settings, on_error, runtime)?;
    let of_labels: Vec<(i64, FeatureTable)> = labels.iter().copied().zip(tables).collect();
    Ok(Box::into_raw(Box::new(radiomics_table::new(of_labels))))
}
