//! Extraction.

use std::ffi::{c_char, c_void};

use radiomics_core::catalogue::columns;
use radiomics_core::{Error, Image, Mask, OnError, Settings, extract_masks};

use crate::context::{Call, radiomics_context};
use crate::entry::entry;
use crate::image::{image, mask, radiomics_image};
use crate::output::flag;
use crate::pointers::{Out, Versioned, borrowed, end_of, slice, text, versioned};
use crate::progress::{Terms, radiomics_progress};
use crate::results::Results;
use crate::settings::radiomics_settings;
use crate::status::{Failure, radiomics_status};
use crate::table::{OfLabel, radiomics_table};
use crate::table_text::Provenance;

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
    /// The mask, which holds the labels; NULL if there are several.
    pub mask: *const radiomics_image,
    /// The labels whose voxels are the regions, each once; NULL means every label of the mask, ascending. They
    /// are those of each of several masks.
    pub labels: *const i64,
    /// Number of labels; 0 if `labels` is NULL, and only then.
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
    /// Pointers to mask_count masks instead of one, on the grid of the images: rows come mask by mask. All regions share
    /// what is computed of whole images. Since RADIOMICS_ABI_VERSION 8, as what follows.
    pub masks: *const *const radiomics_image,
    /// Number of masks; 0 if `masks` is NULL, and only then.
    pub mask_count: usize,
    /// Memory of the caller for the values of the table, in its order, or NULL. Those of a label are there as
    /// soon as they are computed, of labels that share a filter's response together; what a call that fails has
    /// written stays.
    pub values: *mut f64,
    /// The same for values in 32 bits. Only one of the two may be given.
    pub float_values: *mut f32,
    /// Number of values that there is room for: at least radiomics_columns_length for each label of each mask.
    pub value_count: usize,
    /// Memory of the caller for a radiomics_status for each label of each mask, or NULL: it is written after
    /// the values of the label, and may be looked at in the callback. Of several images, one that fails decides.
    pub states: *mut i32,
    /// Number of states that there is room for.
    pub state_count: usize,
}

// SAFETY: repr(C), begins with its size, and consists of numbers and pointers, all of which may be
// NULL.
unsafe impl Versioned for radiomics_job {
    const NAME: &'static str = "radiomics_job";
    const FIRST_SIZE: usize = end_of!(Self, user_data);

    fn reserved(&self) -> i32 {
        self.reserved
    }
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
            (out, settings, crate::image::image(image, "image", "image")?, crate::image::mask(mask, "mask")?)
        };
        let regions = Regions {
            images: vec![("original", image)],
            masks: vec![(mask, vec![label])],
            settings: settings.core(),
            on_error: OnError::Fail,
        };
        out.set(regions.table(&Terms::none(), call, None)?);
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
        let (terms, masks) =
            unsafe { (Terms::new(job.progress, job.user_data, job.memory_mb)?, masks(&job, call)?) };
        let on_error = match flag(job.record_failures, "record_failures")? {
            true => OnError::Record,
            false => OnError::Fail,
        };
        let regions = Regions { images, masks, settings: settings.core(), on_error };
        // SAFETY: as above.
        let results = unsafe { Results::new(&job, regions.labels(), || regions.columns()) }?;
        out.set(regions.table(&terms, call, Some(results))?);
        Ok(())
    };
    // SAFETY: by the rule of the header.
    unsafe { entry(context, body) }
}

/// The masks of a job, and the labels of each.
unsafe fn masks<'a>(job: &radiomics_job, call: &Call) -> Result<Vec<(Mask<'a>, Vec<i64>)>, Failure> {
    let single = [job.mask];
    let pointers = match (job.mask.is_null(), job.masks.is_null()) {
        (true, true) if job.mask_count == 0 => {
            return Err(Failure::argument("`mask` and `masks` are both NULL: give one of them"));
        }
        (false, false) => {
            return Err(Failure::argument("`mask` and `masks` are both given: give one of them"));
        }
        (_, true) => &single[..],
        // SAFETY: passed on to the caller.
        (true, false) => unsafe { slice(job.masks, job.mask_count, "masks") }?,
    };
    if pointers.is_empty() {
        return Err(Failure::argument("`mask_count` is 0: give at least one mask"));
    }
    if job.masks.is_null() && job.mask_count != 0 {
        return Err(Failure::argument(format!(
            "`masks` is NULL, and `mask_count` is {}: make it 0",
            job.mask_count
        )));
    }
    if job.label_count == 0 && !job.labels.is_null() {
        return Err(Failure::argument(
            "`label_count` is 0, and `labels` is not NULL: give at least one label; NULL means every label of the mask",
        ));
    }
    // SAFETY: as above.
    let given = unsafe { slice(job.labels, job.label_count, "labels") }?;
    let mut masks = Vec::new();
    for (index, &pointer) in pointers.iter().enumerate() {
        let name = if job.masks.is_null() { "mask".to_owned() } else { format!("masks[{index}]") };
        // SAFETY: as above.
        let mask = unsafe { self::mask(pointer, &name) }?;
        let labels = match job.labels.is_null() {
            true => call.over(mask.grid().len(), || mask.labels())?,
            false => given.to_vec(),
        };
        if labels.is_empty() {
            let Failure { status, text } = Error::EmptyMask { voxels: mask.grid().len() }.into();
            let remedy =
                "without `labels` it has no rows, not even failed ones: give `labels`, or leave the mask out";
            return Err(Failure { status, text: format!("`{name}`: {text}; {remedy}") });
        }
        masks.push((mask, labels));
    }
    Ok(masks)
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

/// What a job computes.
struct Regions<'a> {
    images: Vec<(&'a str, Image<'a>)>,
    masks: Vec<(Mask<'a>, Vec<i64>)>,
    settings: &'a Settings,
    on_error: OnError,
}

impl Regions<'_> {
    /// Number of labels of all masks.
    fn labels(&self) -> usize {
        self.masks.iter().map(|(_, labels)| labels.len()).sum()
    }

    /// Number of rows of a label.
    fn columns(&self) -> Result<usize, Failure> {
        let names: Vec<&str> = self.images.iter().map(|(name, _)| *name).collect();
        Ok(columns(self.settings, &names)?.len())
    }

    /// Extracts, and makes one table of the tables of all labels.
    fn table(
        &self,
        terms: &Terms,
        call: &Call,
        mut results: Option<Results>,
    ) -> Result<*mut radiomics_table, Failure> {
        let images: Vec<(&str, &Image)> = self.images.iter().map(|(name, image)| (*name, image)).collect();
        let masks: Vec<(&Mask, &[i64])> =
            self.masks.iter().map(|(mask, labels)| (mask, &labels[..])).collect();
        let mut found = Vec::with_capacity(self.labels());
        let mut each = |mask: usize, place: usize, table| {
            results.iter_mut().for_each(|results| results.write(found.len(), &table));
            found.push(OfLabel { mask, label: masks[mask].1[place], table });
        };
        terms.run(call, |runtime| {
            extract_masks(&images, &masks, self.settings, self.on_error, runtime, &mut each)
        })?;
        let names: Vec<&str> = images.iter().map(|(name, _)| *name).collect();
        let provenance = Provenance::new(&images, &self.masks, self.settings);
        Ok(Box::into_raw(Box::new(radiomics_table::new(found, &names, provenance))))
    }
}
