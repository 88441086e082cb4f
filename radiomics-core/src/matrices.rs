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

use crate::catalogue::{Family, check_selection};
use crate::error::Result;
use crate::families::is_selected;
use crate::families::{Job, glcm, gldzm, glrlm, glszm, ngldm, ngtdm};
use crate::preprocess;
use crate::preprocess::grey_levels;
use crate::region::levels::Levels;
use crate::region::sample::Sample;
use crate::runtime::Execution;
use crate::settings::Settings;
use crate::texture::aggregation::Span;
use crate::texture::zones::zones;
use crate::volume::image::{Image, Mask};

/// A cell that is not 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cell {
    /// Grey level i, from 1.
    pub level: u16,
    /// GLCM: grey level j; GLRLM: run length; GLSZM: zone size; GLDZM: zone distance; NGLDM:
    /// dependence, the voxel itself included; NGTDM: n_i, the number of voxels of the level
    /// that have neighbours.
    pub column: u64,
    /// Number of occurrences; NGTDM: s_i, the sum of differences from the neighbours' mean.
    pub value: f64,
}

/// A texture matrix of one slice or of the volume, and of one direction if the family has them.
#[derive(Clone, Debug, PartialEq)]
pub struct Matrix {
    /// Name of the family.
    pub family: &'static str,
    /// The voxels it was counted over; slices are those of the region's bounding box.
    pub span: Span,
    /// Offset (z, y, x) to the neighbour, for GLCM and GLRLM. The GLCM counts each pair of
    /// neighbours in both orders, unless `glcm_symmetric` is off.
    pub offset: Option<[i32; 3]>,
    /// Its cells in ascending order.
    pub cells: Vec<Cell>,
}

/// Counts the matrices of a family over a span.
type Count = fn(&Job, &Levels, Span) -> Vec<(Option<[i32; 3]>, Vec<Cell>)>;

static COUNTS: &[(Family, Count)] = &[
    (glcm::FAMILY, |job, levels, span| {
        let directions = glcm::directions(job.settings);
        each_direction(directions, span, |offset| {
            let pairs = glcm::matrix(job.isa, levels, span, offset);
            let cells = glcm::merged([(1.0, &pairs)].into_iter(), job.settings.glcm_symmetric);
            cells.into_iter().map(|(i, j, n)| cell(i as u16, j as u64, n)).collect()
        })
    }),
    (glrlm::FAMILY, |job, levels, span| {
        each_direction(glrlm::directions(), span, |offset| {
            counts(glrlm::matrix(job.isa, levels, span, offset).cells)
        })
    }),
    (glszm::FAMILY, |job, levels, span| {
        let zones = zones(job.isa, levels, span, None);
        vec![(None, counts(glszm::matrix(&zones, levels.n_g).cells))]
    }),
    (gldzm::FAMILY, |job, levels, span| {
        let zones = zones(job.isa, levels, span, Some(job.roi));
        vec![(None, counts(gldzm::matrix(&zones, levels.n_g).cells))]
    }),
    (ngtdm::FAMILY, |job, levels, span| {
        let tones = ngtdm::tones(
            &[&ngtdm::matrix(job.isa, levels, job.settings, span)],
            job.settings.ngtdm_count_isolated,
        );
        vec![(None, tones.into_iter().map(|(i, s, n)| cell(i, n, s)).collect())]
    }),
    (ngldm::FAMILY, |job, levels, span| {
        vec![(None, counts(ngldm::matrix(job.isa, levels, job.settings, span).cells))]
    }),
];

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
    check_selection(settings)?;
    settings.check_single_discretisation("texture matrices")?;
    execution.pool()?.install(|| {
        let roi = preprocess::prepare(image, mask, label, settings, 0.0, execution.isa)?;
        let roi = roi.sliced_along(settings.slice_axis);
        let sample = Sample::new(execution.isa, &roi);
        let levels = grey_levels(&roi, &sample, settings, execution.isa)?;
        let job = Job { image: "original", roi: &roi, settings, isa: execution.isa };
        let mut spans = Vec::new();
        if settings.aggregations.iter().any(|a| a.is_planar()) {
            spans.extend((0..levels.shape()[0]).map(Span::Slice));
        }
        if settings.aggregations.iter().any(|a| a.is_volumetric()) {
            spans.push(Span::Volume);
        }
        let wanted = |f: &Family| (f.features)().iter().any(|x| is_selected(settings, f.name, x));
        let units: Vec<_> = COUNTS
            .iter()
            .filter(|(family, _)| wanted(family))
            .flat_map(|(family, count)| spans.iter().map(move |&span| (family.name, *count, span)))
            .collect();
        let found = units.into_par_iter().flat_map_iter(|(family, count, span)| {
            let matrices = count(&job, &levels, span).into_iter();
            matrices.map(move |(offset, cells)| Matrix { family, span, offset, cells })
        });
        Ok(found.collect())
    })
}

fn each_direction(
    [planar, volumetric]: [Vec<[i32; 3]>; 2],
    span: Span,
    count: impl Fn([i32; 3]) -> Vec<Cell>,
) -> Vec<(Option<[i32; 3]>, Vec<Cell>)> {
    let directions = if span == Span::Volume { volumetric } else { planar };
    directions.into_iter().map(|offset| (Some(offset), count(offset))).collect()
}

fn counts(cells: crate::kernels::cells::Cells) -> Vec<Cell> {
    cells.into_iter().map(|(level, column, n)| cell(level, u64::from(column), n as f64)).collect()
}

fn cell(level: u16, column: u64, value: f64) -> Cell {
    Cell { level, column, value }
}
