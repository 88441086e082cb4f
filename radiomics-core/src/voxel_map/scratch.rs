//! What a thread keeps from window to window.

use super::region::Region;

/// The window under work, and buffers for those who count in it.
#[derive(Default)]
pub(super) struct Scratch {
    /// Intensities of the window in (z, y, x) order, NaN outside.
    pub intensities: Vec<f64>,
    /// Levels of the window, 0 outside; empty if no family needs them.
    pub levels: Vec<u16>,
}

impl Scratch {
    pub fn new(region: &Region) -> Self {
        let size = region.window_shape().iter().product();
        Self { intensities: vec![f64::NAN; size], levels: vec![0; if region.n_g > 0 { size } else { 0 }] }
    }

    /// Moves the window to a voxel of the map.
    pub fn gather(&mut self, region: &Region, voxel: [u32; 3]) {
        region.each_row(voxel, |start, intensities, levels| {
            self.intensities[start..start + intensities.len()].copy_from_slice(intensities);
            if !levels.is_empty() {
                self.levels[start..start + levels.len()].copy_from_slice(levels);
            }
        });
    }
}
