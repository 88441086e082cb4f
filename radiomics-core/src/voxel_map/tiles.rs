//! Maps are computed tile by tile: a tile is as many voxels as the caller wants to hold at a
//! time, shared out among the threads in short stretches.

use std::collections::HashMap;
use std::ops::ControlFlow;

use super::layout::Layout;
use super::moving_window::MovingWindow;
use super::parts::{Buffers, Placed, Way};
use super::region::Region;
use super::request::request;
use super::window::Window;
use crate::error::Result;
use crate::families::family::Family;
use crate::kernels::pages::filled;
use crate::runtime::{Execution, Monitor, Pool, Runtime};
use crate::settings::Settings;
use crate::volume::image::{Image, Mask};
use crate::work::{self, loops};

/// How many voxels a thread takes at a time: enough to pay for its buffers, few enough that no thread is
/// left waiting.
const STRETCH: usize = 256;

/// Values of consecutive voxels of all maps.
#[derive(Debug)]
pub struct Tile<'a> {
    /// Where the voxels lie, and which maps there are.
    pub layout: &'a Layout,
    /// The first voxel of the tile, an index into [`Layout::voxels`].
    pub first: usize,
    /// Values of the maps of the first voxel, then of the second, and so on; NaN where a feature
    /// is undefined.
    pub values: &'a [f64],
}

/// Maps of a region before the values are computed: where they lie, which they are, and what every
/// window needs. Nothing of the image or the mask is borrowed. It is never changed, so several
/// threads may compute from one at the same time.
pub struct PreparedMaps {
    layout: Layout,
    region: Region,
    pub(super) parts: Vec<Placed>,
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
        let way = |family: &Family, region: &Region| Way::of(family, settings, region);
        Self::by(way, image, mask, label, settings, window, runtime)
    }

    /// Prepares maps for which `way` says how each family is computed.
    pub(super) fn by(
        way: impl Fn(&Family, &Region) -> Way,
        image: &Image,
        mask: &Mask,
        label: i64,
        settings: &Settings,
        window: &MovingWindow,
        runtime: &Runtime,
    ) -> Result<Self> {
        let (filter, families) = request(settings, window)?;
        let with_levels = families.iter().any(|chosen| chosen.family.compute.uses_levels());
        let isa = runtime.isa;
        let mut region = runtime
            .run(1, |_| Region::new(image, mask, label, settings, filter, window, with_levels, isa))?;
        let voxels = std::mem::take(&mut region.voxels);
        let mut layout = Layout { grid: region.grid.clone(), voxels, columns: Vec::new() };
        let mut parts = Vec::new();
        for chosen in families {
            let first = layout.columns.len();
            layout.columns.extend(chosen.columns(&filter.name(), settings));
            let way = way(chosen.family, &region);
            parts.extend(Placed::of_family(&chosen, first, &way, settings, &region, isa));
        }
        let mut filled: Vec<usize> = parts.iter().flat_map(|placed| placed.columns.iter().copied()).collect();
        filled.sort_unstable();
        assert!(filled.into_iter().eq(0..layout.columns.len()), "each column of maps is filled by one part");
        Ok(Self { layout, region, parts })
    }

    /// Where the voxels lie, and which maps there are.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Where the voxels lie, and which maps there are, without what the maps are computed from.
    pub fn into_layout(self) -> Layout {
        self.layout
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
        let monitor = Monitor::start(runtime, layout.voxels.len())?;
        let tile = (tile_bytes / (8 * n_columns)).max(1);
        let mut values = monitor.run(|| Ok(filled(tile.min(layout.voxels.len()) * n_columns, f64::NAN)))?;
        for (n, voxels) in layout.voxels.chunks(tile).enumerate() {
            let values = &mut values[..voxels.len() * n_columns];
            monitor.run(|| {
                loops::try_each_with(
                    values.chunks_mut(STRETCH * n_columns).zip(voxels.chunks(STRETCH)),
                    || Worker::new(region, parts),
                    |worker, (values, voxels)| {
                        worker.fill(values, voxels);
                        monitor.advance(voxels.len())
                    },
                )
            })?;
            let done = each(&Tile { layout, first: n * tile, values });
            if done.is_break() {
                return Ok(done);
            }
        }
        monitor.end();
        Ok(ControlFlow::Continue(()))
    }
}

/// What a thread computes voxels with.
struct Worker<'a> {
    region: &'a Region,
    parts: &'a [Placed],
    window: Window,
    buffers: Buffers,
    out: Vec<f64>,
    /// The voxels of a stretch by what their windows hold, if that is the same for several.
    known: Option<HashMap<[[usize; 2]; 3], usize>>,
}

impl<'a> Worker<'a> {
    fn new(region: &'a Region, parts: &'a [Placed]) -> Self {
        Self {
            region,
            parts,
            window: Window::new(region),
            buffers: Buffers::default(),
            out: Vec::new(),
            known: region.has_windows_that_hold_the_same().then(HashMap::new),
        }
    }

    /// Computes the rows of a stretch of voxels.
    fn fill(&mut self, values: &mut [f64], voxels: &[[u32; 3]]) {
        let width = values.len() / voxels.len();
        if let Some(known) = &mut self.known {
            known.clear();
        }
        for (n, &voxel) in voxels.iter().enumerate() {
            work::check();
            let (done, row) = values[..(n + 1) * width].split_at_mut(n * width);
            if let Some(known) = &mut self.known {
                let same = *known.entry(self.region.held(voxel)).or_insert(n);
                if same < n {
                    row.copy_from_slice(&done[same * width..(same + 1) * width]);
                    continue;
                }
            }
            self.window.move_to(self.region, voxel);
            for placed in self.parts {
                placed.fill(&self.window, &mut self.buffers, &mut self.out, row);
            }
        }
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
    request(settings, window)?;
    let pool = Pool::new(execution.threads)?;
    let runtime = execution.on(&pool);
    let maps = PreparedMaps::new(image, mask, label, settings, window, &runtime)?;
    let done = maps.compute(&runtime, tile_bytes, each)?;
    Ok((maps.layout, done))
}
