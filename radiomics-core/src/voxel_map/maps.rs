//! Maps as a whole.

use std::ops::ControlFlow;

use ndarray::Array3;

use super::layout::Layout;
use super::moving_window::MovingWindow;
use super::request::request;
use super::tiles::{PreparedMaps, Tile};
use crate::error::Result;
use crate::kernels::pages::filled;
use crate::runtime::{Execution, Pool};
use crate::settings::Settings;
use crate::volume::image::{Image, Mask};

/// Bytes of values that are held at a time where the caller sets no limit.
const TILE_BYTES: usize = 32 << 20;

/// Maps of features over the voxels of a region.
#[derive(Clone, Debug)]
pub struct FeatureMaps {
    layout: Layout,
    /// The values map after map, each map in the order of the layout's voxels.
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
    request(settings, window)?;
    let pool = Pool::new(execution.threads)?;
    let runtime = execution.on(&pool);
    let maps = PreparedMaps::new(image, mask, label, settings, window, &runtime)?;
    let (n, columns) = (maps.layout().voxels().len(), maps.layout().columns().len());
    let mut values = runtime.run(0, |_| Ok(filled(n * columns, f64::NAN)))?;
    let collect = |tile: &Tile| {
        for (voxel, row) in tile.values.chunks_exact(columns).enumerate() {
            for (column, &value) in row.iter().enumerate() {
                values[column * n + tile.first + voxel] = value;
            }
        }
        ControlFlow::Continue(())
    };
    let _: ControlFlow<()> = maps.compute(&runtime, TILE_BYTES, collect)?;
    Ok(FeatureMaps { layout: maps.into_layout(), values })
}
