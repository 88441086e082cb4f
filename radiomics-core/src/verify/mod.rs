//! The proof: our values against the reference values of IBSI 1 and IBSI 2.
//!
//! The digital phantom is embedded, so [`digital_phantom`] runs anywhere; the CT phantom is
//! not ours to ship, so [`ct_phantom`] and [`ct_phantom_filtered`] are given its image and mask.

mod check;
mod filtered;
mod report;
mod response_maps;

pub use check::{Check, Reference, check, ct_phantom, digital_phantom, references};
pub use filtered::ct_phantom_filtered;

pub use report::{Format, Summary, summaries, write};
pub use response_maps::{ResponseCheck, ResponseMap, response_maps};
