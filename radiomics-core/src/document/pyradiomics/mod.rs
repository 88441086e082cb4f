//! PyRadiomics' parameter files as settings.
//!
//! One table says what becomes of each of its settings. What would change a number and cannot be
//! had here is an error that names it, never passed over.

mod given;
mod images;
mod read;
mod table;

pub use read::{Parameters, from_parameters, from_yaml};
pub use table::{SETTINGS, Setting, classes};

#[cfg(test)]
mod tests;
