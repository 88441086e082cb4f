//! What became of each region of a job.

use std::ffi::c_char;

use radiomics_core::RegionFailure;

use crate::entry::{plain_entry, value_or};
use crate::pointers::{OutStruct, Versioned, borrowed, end_of, member};
use crate::status::{Failure, radiomics_status};
use crate::strings::Texts;
use crate::table::radiomics_table;

/// What became of a label of a mask in an image. The texts are UTF-8 and live as long as the table. Since
/// RADIOMICS_ABI_VERSION 8.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct radiomics_outcome {
    /// sizeof(radiomics_outcome), to be set by the caller.
    pub struct_size: usize,
    /// Which of the masks, from 0.
    pub mask: usize,
    /// The label.
    pub label: i64,
    /// Name of the image.
    pub image: *const c_char,
    /// The first of its rows.
    pub first_row: usize,
    /// The number of its rows.
    pub row_count: usize,
    /// Why it has no values, a radiomics_status; RADIOMICS_STATUS_OK if it has them.
    pub status: i32,
    /// Reserved for later versions: 0.
    pub reserved: i32,
    /// What is wrong, for people; empty if nothing is.
    pub text: *const c_char,
}

// SAFETY: repr(C), begins with its size, and consists of numbers and pointers.
unsafe impl Versioned for radiomics_outcome {
    const NAME: &'static str = "radiomics_outcome";
    const FIRST_SIZE: usize = end_of!(Self, text);
}

/// The outcomes of the images of a label, whose rows begin with `first_row`.
pub(crate) fn outcomes(
    (mask, label): (usize, i64),
    images: &[&str],
    (first_row, rows): (usize, usize),
    failures: &[RegionFailure],
    texts: &mut Texts,
) -> Vec<radiomics_outcome> {
    let row_count = rows / images.len().max(1);
    let of_image = |(place, image): (usize, &&str)| {
        let failure = failures.iter().find(|failure| failure.image == **image);
        let failure = failure.map(|failure| Failure::from(failure.error.clone()));
        radiomics_outcome {
            struct_size: size_of::<radiomics_outcome>(),
            mask,
            label,
            image: texts.keep(image),
            first_row: first_row + place * row_count,
            row_count,
            status: failure.as_ref().map_or(radiomics_status::Ok, |failure| failure.status) as i32,
            reserved: 0,
            text: texts.keep(failure.as_ref().map_or("", |failure| failure.text.as_str())),
        }
    };
    images.iter().enumerate().map(of_image).collect()
}

/// The number of regions, each label of each mask in each image being one; 0 for NULL. Since
/// RADIOMICS_ABI_VERSION 8.
// SAFETY: the name is ours alone: nothing else that is linked begins with `radiomics_`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn radiomics_table_outcome_count(table: *const radiomics_table) -> usize {
    // SAFETY: by the rule of the header.
    value_or(0, || unsafe { table.as_ref() }.map_or(0, |table| table.outcomes.len()))
}

/// Writes what became of region `index`, from 0, in the order of the rows. Set `outcome->struct_size` first.
/// Since RADIOMICS_ABI_VERSION 8.
// SAFETY: the name is ours alone: nothing else that is linked begins with `radiomics_`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn radiomics_table_outcome(
    table: *const radiomics_table,
    index: usize,
    outcome: *mut radiomics_outcome,
) -> radiomics_status {
    plain_entry(|| {
        // SAFETY: by the rule of the header.
        let (table, out) = unsafe { (borrowed(table, "table")?, OutStruct::new(outcome, "outcome")?) };
        out.set(*member(&table.outcomes, index, "outcomes")?);
        Ok(())
    })
}
