//! How well features keep to their cases when they are measured again: intraclass correlation.

mod anova;
mod design;
mod fisher;
mod icc;

pub use design::Design;
pub use icc::{Icc, Reliability, icc};
