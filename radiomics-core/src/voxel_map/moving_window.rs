//! The window that moves over a region.

use crate::error::{Result, argument};

/// The largest radius of a window.
pub const MAX_RADIUS: usize = 15;

/// The neighbourhood that a map's voxel stands for.
///
/// ```
/// use radiomics_core::voxel_map::{MovingWindow, PreparedMaps};
/// use radiomics_core::{Pool, Runtime, Settings, example};
///
/// # fn main() -> radiomics_core::Result<()> {
/// let phantom = example::DigitalPhantom::new();
/// let settings = Settings { features: Some(vec!["glcm.contrast".to_owned()]), ..Settings::default() };
/// let (pool, window) = (Pool::new(1)?, MovingWindow { radius: 2, ..MovingWindow::default() });
/// let runtime = Runtime::new(&pool);
/// let maps = PreparedMaps::new(&phantom.image(), &phantom.mask(), 1, &settings, &window, &runtime)?;
/// assert_eq!(maps.layout().voxels().len(), 74);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MovingWindow {
    /// How many voxels the window has on either side of the centre, 1 to [`MAX_RADIUS`]: 1 makes 3 × 3 × 3.
    pub radius: usize,
    /// Whether the window is one voxel thick along [`Settings::slice_axis`](crate::Settings::slice_axis).
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
    pub(super) fn validate(&self) -> Result<()> {
        if !(1..=MAX_RADIUS).contains(&self.radius) {
            let remedy = format!("give a whole number of voxels from 1 to {MAX_RADIUS}");
            return Err(argument("radius", self.radius, remedy));
        }
        Ok(())
    }

    /// How many voxels the window has on either side, along axes of which the first is the one across slices.
    pub(super) fn reach(&self) -> [usize; 3] {
        [if self.in_plane { 0 } else { self.radius }, self.radius, self.radius]
    }
}
