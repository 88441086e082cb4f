//! The texture matrices themselves, as plain lists of cells.
//!
//! ```
//! use radiomics_core::matrices::{Cell, matrices};
//! use radiomics_core::{Execution, Settings, example};
//!
//! # fn main() -> radiomics_core::Result<()> {
//! let phantom = example::DigitalPhantom::new();
//! let settings = Settings {
//!     families: Some(vec!["glszm".to_owned()]),
//!     ..Settings::ibsi_configuration("digital_phantom")?
//! };
//! let zones = matrices(&phantom.image(), &phantom.mask(), 1, &settings, &Execution::default())?;
//! // One of the volume and one of each of the four slices. In the volume, 50 voxels of level 1
//! // are connected.
//! assert_eq!(zones.len(), 5);
//! assert_eq!(zones[4].cells[0], Cell { level: 1, column: 50, value: 1.0 });
//! # Ok(())
//! # }
//! ```

use std::collections::BTreeSet;

use ndarray::ArrayView3;

use crate::catalogue::Selection;
use crate::error::{Result, argument};
use crate::families::job::Job;
use crate::kernels::Isa;
use crate::kernels::padded::MAX_LEVELS;
use crate::preprocess::{self, grey_levels};
use crate::region::levels::Levels;
use crate::region::roi::Roi;
use crate::region::sample::Sample;
use crate::runtime::{Execution, Pool, Runtime};
use crate::settings::Settings;
use crate::texture::aggregation::Span;
use crate::volume::grid::{Grid, IDENTITY, Window};
use crate::volume::image::{Image, Mask};
use crate::work::loops;

pub use crate::texture::matrix::{Cell, Matrix};

/// The matrices of the texture families that `settings` ask for: of each slice if there are
/// aggregations by slice, of the volume if there are aggregations in three dimensions. Of a region of a
/// single slice there are those of the slice alone, if `single_slices` is planar.
///
/// # Errors
/// As [`extract`](crate::extract).
pub fn matrices(
    image: &Image,
    mask: &Mask,
    label: i64,
    settings: &Settings,
    execution: &Execution,
) -> Result<Vec<Matrix>> {
    // What is wrong with the settings is said before threads are started.
    Selection::new(settings)?;
    let pool = Pool::new(execution.threads)?;
    matrices_on(image, mask, label, settings, &execution.on(&pool))
}

/// As [`matrices`], on threads that are kept; it can be stopped, and is told of as one step.
///
/// # Errors
/// As [`matrices`], [`Error::Cancelled`](crate::Error::Cancelled) and
/// [`Error::OutOfMemory`](crate::Error::OutOfMemory).
pub fn matrices_on(
    image: &Image,
    mask: &Mask,
    label: i64,
    settings: &Settings,
    runtime: &Runtime,
) -> Result<Vec<Matrix>> {
    let selection = Selection::new(settings)?;
    settings.check_single_discretisation("texture matrices")?;
    let isa = runtime.isa;
    runtime.run(1, |_| {
        let roi = preprocess::prepare(image, mask, label, settings, 0.0, isa)?;
        let roi = roi.sliced_along(settings.slice_axis);
        let sample = Sample::new(isa, &roi);
        let levels = grey_levels(&roi, &sample, settings, isa)?;
        Ok(Counting { roi: &roi, levels: &levels, settings, isa }.matrices(&selection))
    })
}

/// The matrices of grey levels that are given, an array (z, y, x): 0 is outside of the region, and
/// `n_g` is the highest level there may be. Nothing is interpolated, resegmented or discretised, and
/// the region may have any number of voxels, or none.
///
/// ```
/// use radiomics_core::matrices::{Cell, matrices_of_levels};
/// use radiomics_core::{Aggregation, Execution, Settings, ndarray::array};
///
/// # fn main() -> radiomics_core::Result<()> {
/// // 1 1 2
/// // · 2 2
/// let levels = array![[[1, 1, 2], [0, 2, 2]]];
/// let settings = Settings {
///     families: Some(vec!["glszm".to_owned()]),
///     aggregations: vec![Aggregation::Volume3d],
///     ..Settings::default()
/// };
/// let zones = matrices_of_levels(levels.view(), 2, &settings, &Execution::default())?;
/// let zone = |level, size| Cell { level, column: size, value: 1.0 };
/// assert_eq!(zones[0].cells, [zone(1, 2), zone(2, 3)]);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// [`Error::UnknownName`](crate::Error::UnknownName) for a family or feature that does not exist,
/// [`Error::InvalidArgument`](crate::Error::InvalidArgument) for `n_g` below a level or above the highest
/// number of levels; as [`Settings::validate`].
pub fn matrices_of_levels(
    levels: ArrayView3<u16>,
    n_g: usize,
    settings: &Settings,
    execution: &Execution,
) -> Result<Vec<Matrix>> {
    settings.validate()?;
    let pool = Pool::new(execution.threads)?;
    matrices_of_levels_on(levels, n_g, settings, &execution.on(&pool))
}

/// As [`matrices_of_levels`], on threads that are kept; it can be stopped, and is told of as one step.
///
/// # Errors
/// As [`matrices_of_levels`], [`Error::Cancelled`](crate::Error::Cancelled) and
/// [`Error::OutOfMemory`](crate::Error::OutOfMemory).
pub fn matrices_of_levels_on(
    levels: ArrayView3<u16>,
    n_g: usize,
    settings: &Settings,
    runtime: &Runtime,
) -> Result<Vec<Matrix>> {
    settings.validate()?;
    let selection = Selection::new(settings)?;
    let highest = usize::from(levels.iter().copied().max().unwrap_or(0));
    if highest > n_g {
        return Err(argument(
            "n_g",
            n_g,
            format!("the levels go up to {highest}: give at least that number"),
        ));
    }
    if n_g > MAX_LEVELS {
        return Err(argument("n_g", n_g, format!("{MAX_LEVELS} grey levels are the limit")));
    }
    let shape: [usize; 3] = levels.dim().into();
    let roi = Roi {
        grid: Grid { shape, spacing_mm: [1.0; 3], origin_mm: [0.0; 3], direction: IDENTITY },
        intensities: levels.mapv(f64::from).into(),
        morphological: levels.mapv(|level| level > 0),
        resegmented: None,
        region: Window::whole(shape),
    };
    let isa = runtime.isa;
    runtime.run(1, |_| {
        let roi = roi.sliced_along(settings.slice_axis);
        let turned = roi.intensities().mapv(|level| level as u16);
        let pad = settings.distances.iter().max().map_or(1, |&d| d as usize);
        let levels = Levels::from_array(&turned, n_g, pad);
        Ok(Counting { roi: &roi, levels: &levels, settings, isa }.matrices(&selection))
    })
}

/// A region, its grey levels, and how texture matrices of them are counted.
struct Counting<'a> {
    roi: &'a Roi,
    levels: &'a Levels,
    settings: &'a Settings,
    isa: Isa,
}

impl Counting<'_> {
    /// The matrices of the families of a selection: of each slice if there are aggregations by slice,
    /// of the volume if there are aggregations in three dimensions.
    fn matrices(&self, selection: &Selection) -> Vec<Matrix> {
        let Self { roi, levels, settings, isa } = *self;
        let job = Job { roi, settings, isa, features: &[], pairs: None };
        let slices = levels.shape()[0];
        let units = settings.aggregations.iter().flat_map(|&a| job.plan(a, slices, [1, 1])).flatten();
        let spans: BTreeSet<Span> = units.map(|unit| unit.0).collect();
        let counts = selection.families().filter_map(|family| Some((family.name, family.matrix?)));
        let units: Vec<_> =
            counts.flat_map(|(family, count)| spans.iter().map(move |&span| (family, count, span))).collect();
        let counted = loops::map(units, |(family, count, span)| {
            let matrices = count(&job, levels, span).into_iter();
            matrices.map(move |(offset, cells)| Matrix { family, span, offset, cells })
        });
        counted.into_iter().flatten().collect()
    }
}
