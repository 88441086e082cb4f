//! Settings as text: YAML and JSON documents, and the one table of their keys that Python, the
//! command line and C share.
//!
//! A document is a mapping. Its optional key `profile` names the settings to begin with
//! (`ibsi`); every other key replaces one of them:
//!
//! ```
//! let settings = radiomics_core::document::from_yaml("
//! resample_spacing_mm: [2, 2, 2]
//! resegment_range: [-500, 400]
//! bin_width: 25
//! ").unwrap();
//! assert_eq!(settings.resample_spacing_mm, Some([Some(2.0); 3]));
//! ```
//!
//! A list as `bin_width`, `bin_number` or `bin_edges` stands for a discretisation per member:
//!
//! ```
//! let settings = radiomics_core::document::from_yaml("bin_width: [10, 25, 50]").unwrap();
//! assert_eq!(settings.discretisations().count(), 3);
//! ```

mod bins;
mod faults;
mod json;
mod keys;
mod kinds;
mod map;
pub mod pyradiomics;
mod read;
mod text;

pub use keys::{KEYS, Key};
pub use map::{differences, from_map, to_map, update};
pub use text::{from_json, from_yaml, template, to_json, to_yaml, yaml_map};

#[cfg(test)]
mod tests;
