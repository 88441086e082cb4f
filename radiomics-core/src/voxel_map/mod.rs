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

mod columns;
mod cooccurrence;
mod counter;
mod dependences;
mod emphases;
mod general;
mod groups;
mod layout;
mod region;
mod runs;
mod scratch;
mod spectrum;
mod tiles;
mod tones;
mod zones;

use ndarray::Array3;

use crate::error::{Result, invalid};
use crate::runtime::Execution;
use crate::settings::Settings;
use crate::volume::image::{Image, Mask};

pub use columns::Column;
pub use layout::Layout;
pub use tiles::{PreparedMaps, Tile, feature_map_tiles};

/// The largest radius of a window.
pub const MAX_RADIUS: usize = 15;

/// Values that are held at a time where the caller sets no limit.
const TILE_BYTES: usize = 32 << 20;

/// The neighbourhood that a map's voxel stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MovingWindow {
    /// Voxels on either side of the centre, 1 to [`MAX_RADIUS`]: 1 makes 3 × 3 × 3.
    pub radius: usize,
    /// Whether the window is one voxel thick along [`Settings::slice_axis`].
    pub in_plane: bool,
    /// Whether windows are clipped to the region. If not, the voxels round the region count as
    /// well: the box of the region and `radius` voxels on each side, where the image has them,
    /// is discretised as a whole, and windows are clipped to that.
    pub masked: bool,
}

impl Default for MovingWindow {
    fn default() -> Self {
        Self { radius: 1, in_plane: false, masked: true }
    }
}

impl MovingWindow {
    fn validate(&self) -> Result<()> {
        if !(1..=MAX_RADIUS).contains(&self.radius) {
            let remedy = format!("give a whole number of voxels from 1 to {MAX_RADIUS}");
            return Err(invalid("radius", self.radius, remedy));
        }
        Ok(())
    }

    /// Voxels on either side along axes of which the first is the one across slices.
    fn reach(&self) -> [usize; 3] {
        [if self.in_plane { 0 } else { self.radius }, self.radius, self.radius]
    }
}

/// Maps of features over the voxels of a region.
#[derive(Clone, Debug)]
pub struct FeatureMaps {
    layout: Layout,
    /// Map after map, each in the order of the layout's voxels.
    values: Vec<f64>,
}

impl FeatureMaps {
    /// Where the voxels lie, and which maps there are.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// The values of a map, in the order of [`Layout::voxels`]; NaN where the feature is
    /// undefined. Empty if there is no such map.
    pub fn values(&self, column: usize) -> &[f64] {
        let n = self.layout.voxels().len();
        self.values.get(column * n..(column + 1) * n).unwrap_or(&[])
    }

    /// A map as an array (z, y, x) over [`Layout::grid`], with `outside` where the region is not.
    pub fn dense(&self, column: usize, outside: f64) -> Array3<f64> {
        let mut map = Array3::from_elem(self.layout.grid().shape, outside);
        for (voxel, &value) in self.layout.voxels().iter().zip(self.values(column)) {
            map[voxel.map(|v| v as usize)] = value;
        }
        map
    }
}

/// Maps of the features that `settings` ask for, over the voxels of `mask` that have `label`.
/// Without `families` and `features` these are all that have maps.
///
/// # Errors
/// As [`extract`](crate::extract), and for a radius out of range or a family without maps.
pub fn feature_maps(
    image: &Image,
    mask: &Mask,
    label: i64,
    settings: &Settings,
    window: &MovingWindow,
    execution: &Execution,
) -> Result<FeatureMaps> {
    let mut values = Vec::new();
    let collect = |tile: &Tile| {
        let (n, columns) = (tile.layout.voxels().len(), tile.layout.columns().len());
        values.resize(n * columns, f64::NAN);
        for (voxel, row) in tile.values.chunks_exact(columns).enumerate() {
            for (column, &value) in row.iter().enumerate() {
                values[column * n + tile.first + voxel] = value;
            }
        }
        std::ops::ControlFlow::Continue(())
    };
    let (layout, _) =
        feature_map_tiles(image, mask, label, settings, window, execution, TILE_BYTES, collect)?;
    Ok(FeatureMaps { layout, values })
}
