//! Maps are computed tile by tile: a tile is as many voxels as the caller wants to hold at a
//! time, shared out among the threads in short stretches.

use std::ops::ControlFlow;

use rayon::prelude::*;

use super::columns::families;
use super::cooccurrence::Cooccurrence;
use super::dependences::Dependences;
use super::general::General;
use super::layout::Layout;
use super::region::Region;
use super::runs::Runs;
use super::scratch::Scratch;
use super::tones::Tones;
use super::zones::Zones;
use super::{Column, MovingWindow};
use crate::catalogue::{Chosen, Family};
use crate::error::{Result, invalid};
use crate::filters::Filter;
use crate::kernels::Isa;
use crate::runtime::Execution;
use crate::runtime::{Monitor, Runtime};
use crate::settings::Settings;
use crate::volume::image::{Image, Mask};

/// Voxels that a thread takes at a time: enough to pay for its buffers, few enough that no
/// thread is left waiting.
const STRETCH: usize = 256;

/// Values of consecutive voxels of all maps.
#[derive(Debug)]
pub struct Tile<'a> {
    /// Where the voxels lie, and which maps there are.
    pub layout: &'a Layout,
    /// The first voxel, an index into [`Layout::voxels`].
    pub first: usize,
    /// Values of the maps of the first voxel, then of the second, and so on; NaN where a feature
    /// is undefined.
    pub values: &'a [f64],
}

/// Some features of one family for the window under work.
pub(super) trait Part: Send + Sync {
    /// Appends a value for each of its columns to `out`.
    fn compute(&self, scratch: &mut Scratch, out: &mut Vec<f64>);
}

/// A part and the columns that it fills.
struct Placed {
    part: Box<dyn Part>,
    columns: Vec<usize>,
}

/// Maps of a region before the values are computed: where they lie, which they are, and what every
/// window needs. Nothing of the image or the mask is borrowed. It is never changed, so several
/// threads may compute from one at the same time.
pub struct PreparedMaps {
    layout: Layout,
    region: Region,
    parts: Vec<Placed>,
}

impl std::fmt::Debug for PreparedMaps {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PreparedMaps").field("layout", &self.layout).finish_non_exhaustive()
    }
}

impl PreparedMaps {
    /// Preprocesses and discretises the region, on the runtime's threads. Nobody is told of progress.
    ///
    /// # Errors
    /// As [`feature_maps`](super::feature_maps).
    pub fn new(
        image: &Image,
        mask: &Mask,
        label: i64,
        settings: &Settings,
        window: &MovingWindow,
        runtime: &Runtime,
    ) -> Result<Self> {
        let (filter, families) = asked_for(settings, window)?;
        let with_levels = families.iter().any(|f| f.family.compute.uses_levels());
        let isa = runtime.isa;
        let mut region = runtime
            .pool
            .install(|| Region::new(image, mask, label, settings, filter, window, with_levels, isa))?;
        let voxels = std::mem::take(&mut region.voxels);
        let mut layout = Layout { grid: region.grid.clone(), voxels, columns: Vec::new() };
        let mut parts = Vec::new();
        for family in families {
            let first = layout.columns.len();
            layout.columns.extend(family.columns(&filter.name(), settings));
            parts.extend(self::parts(family.family, &layout.columns[first..], first, settings, &region, isa));
        }
        Ok(Self { layout, region, parts })
    }

    /// Where the voxels lie, and which maps there are.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Computes the values and hands them to `each` in tiles of at most `tile_bytes` (but at least one
    /// voxel). `each` may stop the work by breaking off. A step of the progress is a voxel.
    ///
    /// # Errors
    /// [`Error::Cancelled`](crate::Error::Cancelled) when the runtime's progress stops the job.
    pub fn compute(
        &self,
        runtime: &Runtime,
        tile_bytes: usize,
        mut each: impl FnMut(&Tile) -> ControlFlow<()>,
    ) -> Result<ControlFlow<()>> {
        let Self { layout, region, parts } = self;
        let n_columns = layout.columns.len();
        if n_columns == 0 {
            return Ok(ControlFlow::Continue(()));
        }
        let monitor = Monitor::new(runtime.progress, layout.voxels.len());
        runtime.pool.install(|| monitor.advance(0))?;
        let tile = (tile_bytes / (8 * n_columns)).max(1);
        let mut values = vec![f64::NAN; tile.min(layout.voxels.len()) * n_columns];
        for (n, voxels) in layout.voxels.chunks(tile).enumerate() {
            let values = &mut values[..voxels.len() * n_columns];
            runtime.pool.install(|| {
                let stretches = values.par_chunks_mut(STRETCH * n_columns).zip(voxels.par_chunks(STRETCH));
                stretches.try_for_each_init(
                    || (Scratch::new(region), Vec::new()),
                    |(scratch, out), (values, voxels)| {
                        for (row, &voxel) in values.chunks_exact_mut(n_columns).zip(voxels) {
                            scratch.gather(region, voxel);
                            fill(parts, scratch, out, row);
                        }
                        monitor.advance(voxels.len())
                    },
                )
            })?;
            let done = each(&Tile { layout, first: n * tile, values });
            if done.is_break() {
                return Ok(done);
            }
        }
        Ok(ControlFlow::Continue(()))
    }
}

/// Maps as [`feature_maps`](super::feature_maps), handed to `each` in tiles of at most
/// `tile_bytes` (but at least one voxel), so that memory does not grow with the number of maps.
/// `each` may stop the work by breaking off.
///
/// # Errors
/// As [`feature_maps`](super::feature_maps).
#[allow(clippy::too_many_arguments, reason = "those of `feature_maps`, and where tiles go")]
pub fn feature_map_tiles(
    image: &Image,
    mask: &Mask,
    label: i64,
    settings: &Settings,
    window: &MovingWindow,
    execution: &Execution,
    tile_bytes: usize,
    each: impl FnMut(&Tile) -> ControlFlow<()>,
) -> Result<(Layout, ControlFlow<()>)> {
    // What is wrong with the settings is said before threads are started.
    asked_for(settings, window)?;
    let pool = execution.pool()?;
    let runtime = Runtime { pool: &pool, isa: execution.isa, progress: None };
    let maps = PreparedMaps::new(image, mask, label, settings, window, &runtime)?;
    let done = maps.compute(&runtime, tile_bytes, each)?;
    Ok((maps.layout, done))
}

/// The filter and the families of the settings, once everything about them is checked.
fn asked_for<'a>(settings: &'a Settings, window: &MovingWindow) -> Result<(&'a Filter, Vec<Chosen>)> {
    let families = families(settings)?;
    window.validate()?;
    settings.check_single_discretisation("feature maps")?;
    Ok((only_filter(settings)?, families))
}

/// The one filter of the settings.
fn only_filter(settings: &Settings) -> Result<&Filter> {
    match settings.filters.as_slice() {
        [filter] => Ok(filter),
        several => Err(invalid(
            "filters",
            format!("{} filters", several.len()),
            "maps are made of one image at a time: give one filter",
        )),
    }
}

/// What computes the columns of a family, of which the first one is column `first`: the fast way
/// where there is one, else the general way.
fn parts(
    family: &'static Family,
    columns: &[Column],
    first: usize,
    settings: &Settings,
    region: &Region,
    isa: Isa,
) -> Vec<Placed> {
    let numbered: Vec<(usize, &Column)> = (first..).zip(columns).collect();
    let of_aggregations = numbered.chunk_by(|a, b| a.1.aggregation == b.1.aggregation);
    let (mut parts, mut rest) = (Vec::new(), Vec::new());
    for numbered in of_aggregations {
        let (numbers, columns): (Vec<usize>, Vec<&Column>) = numbered.iter().copied().unzip();
        match fast(family, &columns, settings, region) {
            Some(part) => parts.push(Placed { part, columns: numbers }),
            None => rest.extend_from_slice(numbered),
        }
    }
    if !rest.is_empty() {
        let (numbers, columns): (Vec<usize>, Vec<&Column>) = rest.into_iter().unzip();
        let part = Box::new(General::new(family, &columns, settings, region, isa));
        parts.push(Placed { part, columns: numbers });
    }
    parts
}

/// The fast way to columns of one family and aggregation, if there is one.
fn fast(family: &Family, columns: &[&Column], settings: &Settings, region: &Region) -> Option<Box<dyn Part>> {
    match family.name {
        "glcm" => Some(Box::new(Cooccurrence::new(columns, settings, region)?)),
        "glrlm" => Some(Box::new(Runs::new(family, columns, settings, region)?)),
        "glszm" => Some(Box::new(Zones::new(family, columns, region)?)),
        "ngtdm" => Some(Box::new(Tones::new(columns, settings, region)?)),
        "ngldm" => Some(Box::new(Dependences::new(family, columns, settings, region)?)),
        _ => None,
    }
}

fn fill(parts: &[Placed], scratch: &mut Scratch, out: &mut Vec<f64>, row: &mut [f64]) {
    for placed in parts {
        out.clear();
        placed.part.compute(scratch, out);
        for (&column, &value) in placed.columns.iter().zip(out.iter()) {
            row[column] = value;
        }
    }
}
