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
//! let mean = table.rows().iter().find(|row| row.feature.ibsi_id == "Q4LE").unwrap();
//! assert_eq!((mean.value * 100.0).round() / 100.0, 2.15);
//! # Ok(())
//! # }
//! ```
//!
//! All arrays are (z, y, x), all lengths millimetres. Data flows one way:
//! [`Image`], [`Mask`] and [`Settings`] → [`preprocess`] → [`Roi`](roi::Roi) → families →
//! [`FeatureTable`].

pub mod aggregation;
pub mod catalogue;
mod cells;
pub mod document;
mod edge_distance;
mod error;
pub mod example;
mod extract;
mod families;
pub mod filters;
mod grid;
mod image;
mod intensities;
mod kernels;
mod label_boxes;
pub mod matrices;
/// Surface meshes of masks.
pub mod morphology {
    pub use crate::families::morphology::Mesh;
}
mod names;
mod neighbourhood;
pub mod preprocess;
mod profile;
pub mod roi;
mod runtime;
mod sample;
mod settings;
mod table;
mod transform_size;
pub mod verify;
pub mod voxel_map;
mod voxels;
mod zones;

pub use aggregation::Aggregation;
pub use error::{Error, Result};
pub use extract::{Execution, extract, extract_many};
pub use grid::{Grid, IDENTITY, Window};
pub use image::{Image, Mask};
pub use kernels::Isa;
pub use names::Named;
pub use ndarray;
pub use profile::{IbsiConfiguration, Profile};
pub use runtime::{Pool, Progress, Runtime};
pub use settings::{
    AxesCovariance, BinAnchor, BinAssignment, Discretisation, FaceRule, FeatureSet, FilterCrop,
    GridAlignment, Interpolation, MorphologicalMask, Norm, Normalisation, ResegmentUnit, Rounding, Settings,
};
pub use table::{FeatureRow, FeatureTable, Status};
pub use voxels::{Voxel, Voxels};
