//! Radiomic features as standardised by the Image Biomarker Standardisation Initiative
//! (IBSI): image, mask and settings in, a table of features out.
//!
//! ```
//! use radiomics_core::{Execution, Settings, example, extract};
//!
//! # fn main() -> radiomics_core::Result<()> {
//! let phantom = example::DigitalPhantom::new();
//! let settings = Settings::ibsi_configuration("digital_phantom")?;
//! let table = extract(&phantom.image(), &phantom.mask(), 1, &settings, &Execution::default())?;
//! let mean = table.rows().iter().find(|row| row.column.feature.ibsi_id == "Q4LE").unwrap();
//! assert_eq!((mean.value * 100.0).round() / 100.0, 2.15);
//! # Ok(())
//! # }
//! ```
//!
//! All arrays are (z, y, x), all lengths millimetres. Data flows one way:
//! [`Image`], [`Mask`] and [`Settings`] → [`preprocess`] → [`Roi`](roi::Roi) → families →
//! [`FeatureTable`].
//!
//! Two features of the crate, both defaults, leave when they are off: `threads` the threads of a [`Pool`] (jobs run on
//! the thread that starts them), and `large-pages` the large pages that volumes ask Linux for. No number changes.

// An invariant that fails says which one it was.
#![cfg_attr(not(test), warn(clippy::unwrap_used, clippy::disallowed_methods))]

pub mod catalogue;
pub mod document;
mod error;
pub mod example;
mod extract;
mod families;
mod feature;
pub mod filters;
mod kernels;
pub mod masks;
pub mod matrices;
/// Surface meshes of masks.
pub mod morphology {
    pub use crate::families::morphology::{Mesh, Surface, surface};
}
mod names;
#[cfg(test)]
#[path = "../tests/common/noise.rs"]
mod noise;
pub mod perturb;
pub mod preprocess;
mod region;
/// The region of interest after preprocessing, and its grey levels.
pub mod roi {
    pub use crate::kernels::padded::{Level, MAX_LEVELS, Padded};
    pub use crate::region::levels::{LevelVolume, Levels};
    pub use crate::region::roi::Roi;
}
mod runtime;
mod settings;
pub mod stability;
mod table;
mod texture;
#[cfg(feature = "verify")]
pub mod verify;
mod volume;
pub mod voxel_map;
mod work;

pub use error::{Error, Interface, Result, nearest};
pub use extract::{OnError, extract, extract_each, extract_many, extract_masks, extract_regions};
pub use kernels::Isa;
pub use kernels::voxel::Voxel;
pub use names::Named;
pub use ndarray;
pub use runtime::{Execution, Pool, Progress, Runtime};
pub use settings::profile::{IbsiConfiguration, Profile};
pub use settings::{
    AxesCovariance, BinAnchor, BinAssignment, Discretisation, FaceRule, FeatureSet, FilterCrop,
    GridAlignment, Interpolation, MorphologicalMask, Norm, Normalisation, ResegmentUnit, Rounding, Settings,
    SingleSlices,
};
pub use table::{
    Column, FeatureRow, FeatureTable, Reason, RegionFailure, Status, Warning, WarningCode, csv, csv_of_masks,
};
pub use texture::aggregation::{self, Aggregation};
pub use volume::grid::{Grid, IDENTITY, Window};
pub use volume::image::{Image, Mask};
pub use volume::label_counts::LabelCount;
pub use volume::voxels::Voxels;
pub use work::{Cancel, Executor, Watch, free_memory};
