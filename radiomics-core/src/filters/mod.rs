//! Image filters: an image in, a response map out (IBSI 2, and PyRadiomics' image types).
//!
//! A filter is data: a kind and its parameters. In `kinds/` each has a file, with its parameters, what
//! it computes and how far it looks, so that no more than the region and that margin needs filtering;
//! and a row in the table, which makes it known everywhere. The machines that filters share are in
//! `engine/`. Arrays are (z, y, x); texts that name one kernel per axis (`L5E5S5`, `LLH`) are in the
//! order x, y, z, as IBSI and PyRadiomics write them.

mod engine;
mod filter;
mod kinds;
mod operation;
mod parameter;
mod reach;
mod responses;
mod table;
mod text;

pub use engine::boundary::Boundary;
pub use engine::choices::{Dimensions, Pooling};
pub(crate) use engine::wavelets::decomposition;
// A filter's file and its row say what is public of it.
pub use kinds::*;
pub use parameter::Parameter;
pub(crate) use reach::{About, Reach};
pub(crate) use responses::for_each_response;
pub use responses::{filter_each, filter_images};
pub use table::FilterKind;
pub use text::read_filters;
