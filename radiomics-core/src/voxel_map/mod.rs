//! Feature maps: a feature of the neighbourhood of each voxel of a region.
//!
//! The region is preprocessed and discretised once. Each of its voxels then gets the features
//! of the window round it, clipped to the region, as if that were a region of its own with the
//! grey levels of the whole.
//!
//! ```
//! use radiomics_core::voxel_map::{MovingWindow, feature_maps};
//! use radiomics_core::{Execution, Settings, example};
//!
//! # fn main() -> radiomics_core::Result<()> {
//! let phantom = example::DigitalPhantom::new();
//! let settings = Settings {
//!     features: Some(vec!["glcm.joint_entropy".to_owned()]),
//!     ..Settings::ibsi_configuration("digital_phantom")?
//! };
//! let window = MovingWindow { radius: 1, ..MovingWindow::default() };
//! let maps = feature_maps(&phantom.image(), &phantom.mask(), 1, &settings, &window, &Execution::default())?;
//! assert_eq!(maps.layout().voxels().len(), 74);
//! assert_eq!(maps.dense(0, f64::NAN).dim(), (4, 4, 5));
//! # Ok(())
//! # }
//! ```

mod cooccurrence;
mod counter;
mod dependences;
mod emphases;
mod formulas;
mod general;
mod groups;
mod layout;
mod maps;
mod maximal_correlation;
mod moving_window;
mod parts;
mod region;
mod request;
mod runs;
mod spectrum;
#[cfg(test)]
mod tests;
mod tiles;
mod tones;
mod window;
mod zones;

pub use crate::table::Column;
pub use layout::Layout;
pub use maps::{FeatureMaps, feature_maps};
pub use moving_window::{MAX_RADIUS, MovingWindow};
pub use tiles::{PreparedMaps, Tile, feature_map_tiles};
