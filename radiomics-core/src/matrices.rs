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
//! let found = matrices(&phantom.image(), &phantom.mask(), 1, &settings, &Execution::default())?;
//! // One of the volume and one of each of the four slices. In the volume, 50 voxels of level 1
//! // are connected.
//! assert_eq!(found.len(), 5);
//! assert_eq!(found[4].cells[0], Cell { level: 1, column: 50, value: 1.0 });
//! # Ok(())
//! # }
//! ```

use rayon::prelude::*;

use crate::catalogue::Selection;
use crate::error::Result;
use crate::families::job::Job;
use crate::preprocess::{self, grey_levels};
use crate::region::sample::Sample;
use crate::runtime::Execution;
use crate::settings::Settings;
use crate::texture::aggregation::Span;
use crate::volume::image::{Image, Mask};

pub use crate::texture::matrix::{Cell, Matrix};

/// The matrices of the texture families that `settings` ask for: of each slice if there are
/// aggregations by slice, of the volume if there are aggregations in three dimensions.
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
    let selection = Selection::new(settings)?;
    settings.check_single_discretisation("texture matrices")?;
    execution.pool()?.install(|| {
        let roi = preprocess::prepare(image, mask, label, settings, 0.0, execution.isa)?;
        let roi = roi.sliced_along(settings.slice_axis);
        let sample = Sample::new(execution.isa, &roi);
        let levels = grey_levels(&roi, &sample, settings, execution.isa)?;
        let job = Job { roi: &roi, settings, isa: execution.isa, features: &[] };
        let mut spans = Vec::new();
        if settings.aggregations.iter().any(|a| a.is_planar()) {
            spans.extend((0..levels.shape()[0]).map(Span::Slice));
        }
        if settings.aggregations.iter().any(|a| a.is_volumetric()) {
            spans.push(Span::Volume);
        }
        let counts = selection.families().filter_map(|family| Some((family.name, family.matrix?)));
        let units: Vec<_> =
            counts.flat_map(|(family, count)| spans.iter().map(move |&span| (family, count, span))).collect();
        let found = units.into_par_iter().flat_map_iter(|(family, count, span)| {
            let matrices = count(&job, &levels, span).into_iter();
            matrices.map(move |(offset, cells)| Matrix { family, span, offset, cells })
        });
        Ok(found.collect())
    })
}
