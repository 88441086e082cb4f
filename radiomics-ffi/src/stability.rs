//! How far measurements of a feature agree.

use radiomics_core::ndarray::ArrayView2;
use radiomics_core::stability::{Icc, icc};

use crate::entry::plain_entry;
use crate::pointers::{OutStruct, Versioned, end_of, slice};
use crate::status::{Failure, radiomics_status};

/// Intraclass correlations of single measurements, with their confidence bounds; NaN where undefined. Since
/// RADIOMICS_ABI_VERSION 8.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct radiomics_reliability {
    /// sizeof(radiomics_reliability), to be set by the caller.
    pub struct_size: usize,
    /// ICC(1,1), one-way random effects: the estimate, its lower and its upper bound.
    pub icc_1_1: [f64; 3],
    /// ICC(2,1), two-way random effects, absolute agreement.
    pub icc_2_1: [f64; 3],
    /// ICC(3,1), two-way mixed effects, consistency.
    pub icc_3_1: [f64; 3],
    /// Number of cases that all raters have a finite value for; no others count.
    pub cases: usize,
}

// SAFETY: repr(C), begins with its size, and consists of numbers.
unsafe impl Versioned for radiomics_reliability {
    const NAME: &'static str = "radiomics_reliability";
    const FIRST_SIZE: usize = end_of!(Self, cases);
}

/// Computes the intraclass correlations of `case_count * rater_count` values of a feature, case by case, with
/// bounds of `confidence`, such as 0.95. A rater may be another observer, scan or perturbation. Set
/// `reliability->struct_size` first. Since RADIOMICS_ABI_VERSION 8.
// SAFETY: the name is ours alone: nothing else that is linked begins with `radiomics_`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn radiomics_icc(
    values: *const f64,
    case_count: usize,
    rater_count: usize,
    confidence: f64,
    reliability: *mut radiomics_reliability,
) -> radiomics_status {
    plain_entry(|| {
        // SAFETY: by the rule of the header.
        let out = unsafe { OutStruct::new(reliability, "reliability") }?;
        let too_many = || Failure::argument("`case_count` times `rater_count` is more than memory can hold");
        let count = case_count.checked_mul(rater_count).ok_or_else(too_many)?;
        // SAFETY: as above.
        let values = unsafe { slice(values, count, "values") }?;
        let table = ArrayView2::from_shape((case_count, rater_count), values).map_err(|_| too_many())?;
        let found = icc(table, confidence)?;
        let numbers = |of: Icc| [of.value, of.low, of.high];
        out.set(radiomics_reliability {
            struct_size: size_of::<radiomics_reliability>(),
            icc_1_1: numbers(found.icc_1_1),
            icc_2_1: numbers(found.icc_2_1),
            icc_3_1: numbers(found.icc_3_1),
            cases: found.cases,
        });
        Ok(())
    })
}
