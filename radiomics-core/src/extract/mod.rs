//! The main job: image, mask and settings in, a table of features out.

mod many;
mod of_label;
mod warnings;

pub use many::{OnError, extract_each, extract_many, extract_masks, extract_regions};

use std::borrow::Cow;

use ndarray::Array3;

use crate::catalogue::{Chosen, ORIGINAL, Selection, response_name};
use crate::error::Result;
use crate::families::family::Compute;
use crate::families::job::{Job, Value};
use crate::families::morphology::KnownPairs;
use crate::families::shared::line_sets::LineSets;
use crate::families::shared::zone_sets::ZoneSets;
use crate::feature::Reads;
use crate::filters::Filter;
use crate::kernels::Isa;
use crate::preprocess::{Known, Prepared, grey_levels};
use crate::region::levels::Levels;
use crate::region::roi::Roi;
use crate::region::sample::Sample;
use crate::runtime::{Execution, Monitor};
use crate::settings::{Discretisation, Settings};
use crate::table::{Column, FeatureRow, FeatureTable, Warning};
use crate::volume::image::{Image, Mask};
use crate::volume::voxels::copy_of;
use crate::work::loops;
use warnings::Found;

/// Computes the features that `settings` ask for, of the voxels of `mask` that have `label`:
/// those of the shape once, those of intensities for every filter, and those of grey levels for
/// every filter and discretisation.
///
/// ```
/// use radiomics_core::{Aggregation, Execution, Settings, example, extract};
///
/// # fn main() -> radiomics_core::Result<()> {
/// let phantom = example::DigitalPhantom::new();
/// let settings = Settings::ibsi_configuration("digital_phantom")?;
/// let table = extract(&phantom.image(), &phantom.mask(), 1, &settings, &Execution::default())?;
/// let contrast = table.value("glcm", "contrast", Aggregation::Averaged3d);
/// assert_eq!(contrast.map(|value| (value * 100.0).round()), Some(532.0));
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// [`Error`](crate::Error), which names the value at fault and the remedy: an unusable image, mask, label or
/// setting, or more threads than the system gives.
pub fn extract(
    image: &Image,
    mask: &Mask,
    label: i64,
    settings: &Settings,
    execution: &Execution,
) -> Result<FeatureTable> {
    // What is wrong with the settings is said before threads are started.
    let selection = Selection::new(settings)?;
    let mut warnings = Vec::new();
    let values = execution.run(|monitor| {
        let work = Work { selection: &selection, settings, isa: execution.isa, pairs: None, monitor };
        extract_one((ORIGINAL, image), mask, label, work, &mut warnings)
    })?;
    Ok(FeatureTable::new(rows(selection.columns(ORIGINAL, settings), values), warnings))
}

/// The steps of progress of what is done before the families, and of a filter.
const PREPARATION: usize = 3;
const FILTER: usize = 3;

/// Steps of the progress for one image and label.
fn steps_of_one(selection: &Selection, settings: &Settings) -> usize {
    let steps = |families: &[Chosen], is_asked: fn(&Chosen) -> bool| -> usize {
        families.iter().filter(|c| is_asked(c)).map(|c| c.family.steps).sum()
    };
    let by_level = steps(&selection.intensity, |c| c.family.compute.uses_levels());
    let of_response =
        steps(&selection.intensity, |_| true) + settings.further_discretisations.len() * by_level;
    let filtered = settings.filters.iter().filter(|filter| !matches!(filter, Filter::Original)).count();
    let of_intensities = if selection.intensity.is_empty() {
        0
    } else {
        settings.filters.len() * of_response + filtered * FILTER
    };
    PREPARATION + steps(&selection.shape, |_| true) + of_intensities
}

/// The rows of a table: each column with its value.
fn rows(columns: Vec<Column>, values: Vec<Value>) -> Vec<FeatureRow> {
    assert_eq!(columns.len(), values.len(), "a value for each column");
    let row = |(column, Value { value, reason })| FeatureRow { column, value, reason };
    columns.into_iter().zip(values).map(row).collect()
}

/// What is computed, and what it is computed on.
#[derive(Clone, Copy)]
struct Work<'a> {
    selection: &'a Selection,
    settings: &'a Settings,
    isa: Isa,
    pairs: Option<&'a KnownPairs>,
    monitor: &'a Monitor<'a>,
}

/// The values of one image, in the order of [`Selection::columns`]. What is doubtful about them is added
/// to `warnings`.
fn extract_one(
    image: (&str, &Image),
    mask: &Mask,
    label: i64,
    work: Work,
    warnings: &mut Vec<Warning>,
) -> Result<Vec<Value>> {
    let (prepared, mut values) = begin(image, mask, label, work, Known::default(), None, warnings)?;
    if !work.selection.intensity.is_empty() {
        prepared.for_each_response(&work.settings.filters, work.isa, &mut |filter, roi| {
            values.extend(go_on((image.0, label), filter, roi, work, warnings)?);
            Ok(())
        })?;
    }
    Ok(values)
}

/// How far families look round a region.
fn margin_mm(selection: &Selection) -> f64 {
    selection.intensity.iter().map(|chosen| chosen.family.compute.margin_mm()).fold(0.0, f64::max)
}

/// A region, and the values of its shape, which come first. What is doubtful about it is added to `warnings`; what
/// was found of the region in another image already is not said again.
fn begin<'i, 'v>(
    (name, image): (&str, &'i Image<'v>),
    mask: &Mask,
    label: i64,
    work: Work,
    known: Known,
    known_shape: Option<&mut KnownShape>,
    warnings: &mut Vec<Warning>,
) -> Result<(Prepared<'i, 'v>, Vec<Value>)> {
    let Work { selection, settings, isa, monitor, .. } = work;
    let prepared = Prepared::new(image, mask, label, settings, margin_mm(selection), isa, known)?;
    monitor.advance(PREPARATION)?;
    let mut found = warnings::of_region(image, mask, label, &prepared, selection, settings);
    found.retain(|new| !warnings.iter().any(|old| (old.code, &old.message) == (new.code, &new.message)));
    warnings.extend(found.into_iter().map(|found| found.of(label, name)));
    let values = match known_shape {
        Some(known) => known.values(&prepared.roi, work)?,
        None => compute(&prepared.roi, &selection.shape, work, &mut Vec::new())?,
    };
    Ok((prepared, values))
}

/// The values of a region with the response of a filter, of the image and label that are named.
fn go_on(
    (name, label): (&str, i64),
    filter: &Filter,
    roi: &Roi,
    work: Work,
    warnings: &mut Vec<Warning>,
) -> Result<Vec<Value>> {
    if !matches!(filter, Filter::Original) {
        work.monitor.advance(FILTER)?;
    }
    let settings = work.settings.of_response(filter);
    let mut found = Vec::new();
    let values = compute(roi, &work.selection.intensity, Work { settings: &settings, ..work }, &mut found)?;
    warnings.extend(found.into_iter().map(|found| found.of(label, &response_name(name, filter))));
    Ok(values)
}

/// The shape of a label in the first of several images: in the others it mostly is the same.
#[derive(Default)]
struct KnownShape {
    mask: Array3<bool>,
    spacing_mm: [f64; 3],
    values: Vec<Value>,
    pairs: KnownPairs,
}

impl KnownShape {
    /// The values of the families of shape. What depends on the mask alone is computed anew only for
    /// another mask than the last one.
    fn values(&mut self, roi: &Roi, work: Work) -> Result<Vec<Value>> {
        let shape = &work.selection.shape;
        let work = Work { pairs: Some(&self.pairs), ..work };
        let is_known = self.spacing_mm == roi.grid.spacing_mm && self.mask == roi.morphological;
        if self.values.is_empty() || !is_known {
            self.values = compute(roi, shape, work, &mut Vec::new())?;
            self.mask = copy_of(&roi.morphological);
            self.spacing_mm = roi.grid.spacing_mm;
            return Ok(self.values.clone());
        }
        // The families with what of them depends on the image.
        let of_image: Vec<Chosen> = shape.iter().map(Chosen::reading_intensities).collect();
        let (own, rest): (Vec<Chosen>, Vec<Chosen>) =
            of_image.iter().cloned().partition(|chosen| !chosen.features.is_empty());
        let mut own = compute(roi, &own, work, &mut Vec::new())?.into_iter();
        work.monitor.advance(rest.iter().map(|chosen| chosen.family.steps).sum())?;
        let mut values = self.values.clone();
        let places = shape.iter().flat_map(|chosen| {
            let all = (chosen.family.features)();
            chosen.features.iter().map(move |&feature| all[feature].reads != Reads::Nothing)
        });
        for (value, _) in values.iter_mut().zip(places).filter(|(_, is_own)| *is_own) {
            *value = own.next().expect("a value for each feature of the shape that reads intensities");
        }
        assert_eq!(own.len(), 0, "values of the shape that belong to no feature");
        Ok(values)
    }
}

/// The values of families for one image or response, in their order. What does not depend on the
/// discretisation is computed once; a family that does has its values for one after the other.
/// What is doubtful about the grey levels is added to `found`.
fn compute(roi: &Roi, families: &[Chosen], work: Work, found: &mut Vec<Found>) -> Result<Vec<Value>> {
    let Work { settings, isa, .. } = work;
    let uses_levels = |chosen: &&Chosen| chosen.family.compute.uses_levels();
    let all: Vec<&Chosen> = families.iter().collect();
    let by_level: Vec<&Chosen> = families.iter().filter(uses_levels).collect();
    let sample = families.iter().any(|c| c.family.compute.uses_sample()).then(|| Sample::new(isa, roi));
    let region = Region { roi, sample, turned: None };
    if by_level.is_empty() {
        return Ok(compute_discretised(&region, &all, None, work, found)?.into_iter().flatten().collect());
    }
    let region = Region { turned: Some(roi.sliced_along(settings.slice_axis)), ..region };
    let several = !settings.further_discretisations.is_empty();
    // One after the other, so that there are grey levels of one alone.
    let mut computed = Vec::new();
    for discretisation in settings.discretisations() {
        let families = if computed.is_empty() { &all } else { &by_level };
        let settings = settings.of_discretisation(discretisation);
        let discretisation = several.then_some(discretisation);
        let work = Work { settings: &settings, ..work };
        computed.push(compute_discretised(&region, families, discretisation, work, found)?.into_iter());
    }
    let mut values = Vec::new();
    for chosen in &all {
        let of_all = if uses_levels(chosen) { computed.len() } else { 1 };
        for of_discretisation in &mut computed[..of_all] {
            values.extend(of_discretisation.next().expect("values of each family"));
        }
    }
    Ok(values)
}

/// What discretisations of a region have in common.
struct Region<'a> {
    roi: &'a Roi,
    /// The intensities of the region, if a family looks at them.
    sample: Option<Sample>,
    /// The region with slices across the wanted axis, if a family looks at grey levels.
    turned: Option<Cow<'a, Roi>>,
}

/// The values of each family by the one discretisation of the settings, which errors name if it is
/// one of several.
fn compute_discretised(
    region: &Region,
    families: &[&Chosen],
    discretisation: Option<&Discretisation>,
    work: Work,
    found: &mut Vec<Found>,
) -> Result<Vec<Vec<Value>>> {
    let Work { settings, isa, monitor, pairs, .. } = work;
    let Region { roi, ref sample, ref turned } = *region;
    let job = Job { roi, settings, isa, features: &[], pairs };
    let levels = match (sample, turned) {
        (Some(sample), Some(roi)) => {
            let levels = grey_levels(roi, sample, settings, isa);
            Some(levels.map_err(|error| error.of_discretisation(discretisation.map(Discretisation::name)))?)
        }
        _ => None,
    };
    found.extend(levels.as_ref().and_then(|levels| warnings::of_levels(levels, &settings.discretisation)));
    let texture = turned.as_deref().zip(levels.as_ref()).map(|(roi, levels)| (Job { roi, ..job }, levels));
    // Families that count zones go together, to find the zones once; likewise those that look
    // along lines.
    let together =
        |a: &&Chosen, b: &&Chosen| counts_zones(a) && counts_zones(b) || counts_lines(a) && counts_lines(b);
    let groups: Vec<&[&Chosen]> = families.chunk_by(together).collect();
    // Joining zones is for one thread alone: while it does so, others shall have work left.
    let mut order: Vec<usize> = (0..groups.len()).collect();
    order.sort_by_key(|&n| !groups[n].iter().any(|chosen| counts_zones(chosen)));
    let of_group =
        |(): &mut (), n: usize| Ok((n, compute_group(groups[n], &job, sample.as_ref(), texture, monitor)?));
    let mut computed: Vec<(usize, Vec<Vec<Value>>)> = loops::try_map_with(order, || (), of_group)?;
    computed.sort_by_key(|&(n, _)| n);
    Ok(computed.into_iter().flat_map(|(_, values)| values).collect())
}

fn counts_zones(chosen: &Chosen) -> bool {
    matches!(chosen.family.compute, Compute::Zones { .. })
}

fn counts_lines(chosen: &Chosen) -> bool {
    matches!(chosen.family.compute, Compute::Lines(_))
}

/// The values of each family of a group. `texture` is the job with slices across the axis of the
/// settings, and the grey levels of that.
fn compute_group(
    group: &[&Chosen],
    job: &Job,
    sample: Option<&Sample>,
    texture: Option<(Job, &Levels)>,
    monitor: &Monitor,
) -> Result<Vec<Vec<Value>>> {
    let needs_distances = |c: &&Chosen| matches!(c.family.compute, Compute::Zones { distances: true, .. });
    let zones = texture
        .filter(|_| group.iter().any(|c| counts_zones(c)))
        .map(|(job, levels)| ZoneSets::new(&job, levels, group.iter().any(needs_distances)));
    let lines = texture
        .filter(|_| group.len() > 1 && group.iter().all(|c| counts_lines(c)))
        .and_then(|(job, levels)| LineSets::new(&job, levels));
    let mut all = Vec::new();
    for chosen in group {
        let features = &chosen.features[..];
        let job = Job { features, ..*job };
        let texture = || {
            let (job, levels) = texture.expect("grey levels for a family that looks at them");
            (Job { features, ..job }, levels)
        };
        let values = match chosen.family.compute {
            Compute::Shape(compute) | Compute::Surroundings { compute, .. } => compute(&job),
            Compute::Sample(compute) => compute(&job, sample.expect("a sample for a family that reads it"))?,
            Compute::Levels(compute) => {
                let (job, levels) = texture();
                compute(&job, levels)
            }
            Compute::Lines(compute) => {
                let (job, levels) = texture();
                compute(&job, levels, lines.as_ref())
            }
            Compute::Zones { compute, .. } => {
                let (job, levels) = texture();
                compute(&job, levels, zones.as_ref().expect("zones for a family that counts them"))
            }
        };
        let expected = chosen.values(&job.settings.aggregations);
        assert_eq!(values.len(), expected, "values of family {}", chosen.family.name);
        all.push(values);
        monitor.advance(chosen.family.steps)?;
    }
    Ok(all)
}
