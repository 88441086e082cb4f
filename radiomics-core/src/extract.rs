//! The main job: image, mask and settings in, a table of features out.

use std::borrow::Cow;

use ndarray::Array3;
use rayon::prelude::*;

use crate::catalogue::{FAMILIES, Family, check_selection};
use crate::error::Result;
use crate::families::is_selected;
use crate::families::line_sets::LineSets;
use crate::families::zone_sets::ZoneSets;
use crate::families::{Compute, Job, morphology};
use crate::filters::Filter;
use crate::kernels::Isa;
use crate::preprocess::{Known, KnownImage, KnownLabel, Prepared, grey_levels};
use crate::region::levels::Levels;
use crate::region::roi::Roi;
use crate::region::sample::Sample;
use crate::runtime::{Execution, Monitor, Runtime};
use crate::settings::{Discretisation, Settings};
use crate::table::{FeatureRow, FeatureTable};
use crate::volume::image::{Image, Mask};

/// Computes the features that `settings` ask for, of the voxels of `mask` that have `label`:
/// those of the shape once, those of intensities for every filter, and those of grey levels for
/// every filter and discretisation.
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
    check_selection(settings)?;
    let pool = execution.pool()?;
    let monitor = Monitor::new(None, 0);
    let work = Work { settings, isa: execution.isa, monitor: &monitor };
    pool.install(|| extract_one(ORIGINAL, image, mask, label, work, Known::default(), None))
}

/// Computes the features of each of `labels` of one mask in each of several images, which have
/// names: a table for each label, with the rows of one image after those of the other, called by
/// its name or, after a filter, `name-filter`. A step of the progress is a family of one image or
/// response, for one discretisation if it depends on that, or what is done before the families.
///
/// # Errors
/// As [`extract`]; with more than one label or image in [`Error::Region`](crate::Error::Region), which says where.
/// [`Error::Cancelled`](crate::Error::Cancelled) when the runtime's progress stops the job.
pub fn extract_many(
    images: &[(&str, &Image)],
    mask: &Mask,
    labels: &[i64],
    settings: &Settings,
    runtime: &Runtime,
) -> Result<Vec<FeatureTable>> {
    check_selection(settings)?;
    let single = images.len() * labels.len() == 1;
    let (shape, intensity) = selected(settings);
    let by_level = intensity.iter().filter(|f| f.compute.uses_levels()).count();
    let of_response = intensity.len() + settings.further_discretisations.len() * by_level;
    let of_one = 1 + shape.len() + settings.filters.len() * of_response;
    let steps = images.len() * labels.len() * of_one;
    let monitor = Monitor::new(runtime.progress, steps);
    let work = Work { settings, isa: runtime.isa, monitor: &monitor };
    let table = |label: i64, of_images: &[KnownImage], mut of_label: KnownLabel| {
        let mut rows = Vec::new();
        let mut shape = (images.len() > 1).then(KnownShape::default);
        for ((name, image), of_image) in images.iter().zip(of_images) {
            let known = Known { image: Some(of_image), label: Some(&mut of_label) };
            let table = extract_one(name, image, mask, label, work, known, shape.as_mut());
            rows.extend(
                table.map_err(|error| if single { error } else { error.of_region(name, label) })?.into_rows(),
            );
        }
        Ok(FeatureTable::from_rows(rows))
    };
    runtime.pool.install(|| {
        monitor.advance(0)?;
        let of_images: Vec<KnownImage> = images.iter().map(|_| KnownImage::default()).collect();
        // A single label is found faster by itself.
        let boxes = if labels.len() > 1 { mask.boxes(labels) } else { vec![None; labels.len()] };
        let of_labels = boxes.into_iter().map(|bounds| KnownLabel::new(bounds, images.len() > 1));
        labels.iter().zip(of_labels).map(|(&label, known)| table(label, &of_images, known)).collect()
    })
}

/// Name of an image that no filter made.
const ORIGINAL: &str = "original";

/// What to compute, and on what.
#[derive(Clone, Copy)]
struct Work<'a> {
    settings: &'a Settings,
    isa: Isa,
    monitor: &'a Monitor<'a>,
}

fn extract_one(
    name: &str,
    image: &Image,
    mask: &Mask,
    label: i64,
    work: Work,
    known: Known,
    known_shape: Option<&mut KnownShape>,
) -> Result<FeatureTable> {
    let Work { settings, isa, monitor } = work;
    let (shape, intensity) = selected(settings);
    let margin_mm = intensity.iter().map(|f| f.compute.margin_mm()).fold(0.0, f64::max);
    let prepared = Prepared::new(image, mask, label, settings, margin_mm, isa, known)?;
    monitor.advance(1)?;
    let mut rows = match known_shape {
        Some(known) => known.rows(name, &prepared.roi, &shape, work)?,
        None => compute(name, &prepared.roi, &shape, work)?,
    };
    if !intensity.is_empty() {
        prepared.for_each_response(&settings.filters, isa, &mut |filter, roi| {
            let settings = settings.of_response(filter);
            let work = Work { settings: &settings, ..work };
            rows.extend(compute(&response_name(name, filter), roi, &intensity, work)?);
            Ok(())
        })?;
    }
    Ok(FeatureTable::from_rows(rows))
}

/// The shape of a label in the first of several images: in the others it mostly is the same.
#[derive(Default)]
struct KnownShape {
    mask: Array3<bool>,
    spacing_mm: [f64; 3],
    rows: Vec<FeatureRow>,
}

impl KnownShape {
    /// The rows of `families`, which are those of shape. What depends on the mask alone is computed
    /// anew only for another mask than the last one.
    fn rows(&mut self, image: &str, roi: &Roi, families: &[&Family], work: Work) -> Result<Vec<FeatureRow>> {
        if self.rows.is_empty() || self.spacing_mm != roi.grid.spacing_mm || self.mask != roi.morphological {
            self.rows = compute(image, roi, families, work)?;
            self.mask.clone_from(&roi.morphological);
            self.spacing_mm = roi.grid.spacing_mm;
            return Ok(self.rows.clone());
        }
        let is_own = |row: &FeatureRow| {
            row.family == morphology::FAMILY.name && morphology::needs_intensities(row.feature.name)
        };
        let names = self.rows.iter().filter(|row| is_own(row));
        let features = names.map(|row| format!("{}.{}", row.family, row.feature.name)).collect();
        let own = Settings { features: Some(features), families: None, ..work.settings.clone() };
        let (computed, rest): (Vec<&Family>, Vec<&Family>) =
            families.iter().partition(|family| selected(&own).0.iter().any(|f| f.name == family.name));
        let mut computed = compute(image, roi, &computed, Work { settings: &own, ..work })?.into_iter();
        work.monitor.advance(rest.len())?;
        let renamed = |row: &FeatureRow| FeatureRow { image: image.to_owned(), ..row.clone() };
        let rows = self.rows.iter().map(|row| match is_own(row) {
            true => computed.next().unwrap_or_else(|| renamed(row)),
            false => renamed(row),
        });
        Ok(rows.collect())
    }
}

/// What rows call the response of a filter to an image.
fn response_name(image: &str, filter: &Filter) -> String {
    match (image, filter) {
        (_, Filter::Original) => image.to_owned(),
        (ORIGINAL, _) => filter.name(),
        _ => format!("{image}-{}", filter.name()),
    }
}

/// The families of which any feature is asked for: those of shape, and those of intensities.
fn selected(settings: &Settings) -> (Vec<&'static Family>, Vec<&'static Family>) {
    let wanted = |family: &&Family| {
        let names = (family.features)();
        names.iter().any(|feature| is_selected(settings, family.name, feature))
    };
    FAMILIES.iter().filter(wanted).partition(|family| matches!(family.compute, Compute::Shape(_)))
}

/// The rows of families for one image or response, in their order. What does not depend on the
/// discretisation is computed once; a family that does has its rows for one after the other.
fn compute(image: &str, roi: &Roi, families: &[&Family], work: Work) -> Result<Vec<FeatureRow>> {
    let Work { settings, isa, .. } = work;
    let by_level: Vec<&Family> = families.iter().filter(|f| f.compute.uses_levels()).copied().collect();
    let sample = families.iter().any(|f| f.compute.uses_sample()).then(|| Sample::new(isa, roi));
    let region = Region { image, roi, sample, turned: None };
    if by_level.is_empty() {
        return Ok(compute_discretised(&region, families, None, work)?.into_iter().flatten().collect());
    }
    let region = Region { turned: Some(roi.sliced_along(settings.slice_axis)), ..region };
    let several = !settings.further_discretisations.is_empty();
    // One after the other, so that there are grey levels of one alone.
    let mut found = Vec::new();
    for discretisation in settings.discretisations() {
        let families = if found.is_empty() { families } else { &by_level };
        let settings = settings.of_discretisation(discretisation);
        let discretisation = several.then_some(discretisation);
        let work = Work { settings: &settings, ..work };
        found.push(compute_discretised(&region, families, discretisation, work)?.into_iter());
    }
    let mut rows = Vec::new();
    for family in families {
        let of_all = if family.compute.uses_levels() { found.len() } else { 1 };
        rows.extend(found[..of_all].iter_mut().filter_map(Iterator::next).flatten());
    }
    Ok(rows)
}

/// What discretisations of a region have in common.
struct Region<'a> {
    image: &'a str,
    roi: &'a Roi,
    /// Its intensities, if a family looks at them.
    sample: Option<Sample>,
    /// With slices across the wanted axis, if a family looks at grey levels.
    turned: Option<Cow<'a, Roi>>,
}

/// The rows of each family by the one discretisation of the settings, which is said in the rows
/// if it is one of several.
fn compute_discretised(
    region: &Region,
    families: &[&Family],
    discretisation: Option<&Discretisation>,
    work: Work,
) -> Result<Vec<Vec<FeatureRow>>> {
    let Work { settings, isa, monitor } = work;
    let Region { image, roi, ref sample, ref turned } = *region;
    let job = Job { image, roi, settings, isa };
    let levels = match (sample, turned) {
        (Some(sample), Some(roi)) => {
            let levels = grey_levels(roi, sample, settings, isa);
            Some(levels.map_err(|error| error.of_discretisation(discretisation.map(Discretisation::name)))?)
        }
        _ => None,
    };
    let texture = turned.as_deref().zip(levels.as_ref()).map(|(roi, levels)| (Job { roi, ..job }, levels));
    // Families that count zones go together, to find the zones once; likewise those that look
    // along lines.
    let together =
        |a: &&Family, b: &&Family| counts_zones(a) && counts_zones(b) || counts_lines(a) && counts_lines(b);
    let groups: Vec<&[&Family]> = families.chunk_by(together).collect();
    // Joining zones is for one thread alone: while it does so, others shall have work left.
    let mut order: Vec<usize> = (0..groups.len()).collect();
    order.sort_by_key(|&n| !groups[n].iter().any(|family| counts_zones(family)));
    let mut found: Vec<(usize, Vec<Vec<FeatureRow>>)> = order
        .into_par_iter()
        .map(|n| Ok((n, compute_group(groups[n], &job, sample.as_ref(), texture, monitor)?)))
        .collect::<Result<_>>()?;
    found.sort_by_key(|&(n, _)| n);
    let mut found: Vec<Vec<FeatureRow>> = found.into_iter().flat_map(|(_, rows)| rows).collect();
    if discretisation.is_some() {
        let by_level = families.iter().zip(&mut found).filter(|(family, _)| family.compute.uses_levels());
        let rows = by_level.flat_map(|(_, rows)| rows);
        rows.for_each(|row| row.discretisation = discretisation.cloned());
    }
    Ok(found)
}

fn counts_zones(family: &Family) -> bool {
    matches!(family.compute, Compute::Zones { .. })
}

fn counts_lines(family: &Family) -> bool {
    matches!(family.compute, Compute::Lines(_))
}

/// The rows of each family. `texture` is the job with slices across the wanted axis, and the grey
/// levels of that.
fn compute_group(
    group: &[&Family],
    job: &Job,
    sample: Option<&Sample>,
    texture: Option<(Job, &Levels)>,
    monitor: &Monitor,
) -> Result<Vec<Vec<FeatureRow>>> {
    monitor.advance(0)?;
    let needs_distances = |f: &&Family| matches!(f.compute, Compute::Zones { distances: true, .. });
    let zones = texture
        .filter(|_| group.iter().any(|f| counts_zones(f)))
        .map(|(job, levels)| ZoneSets::new(&job, levels, group.iter().any(needs_distances)));
    let lines = texture
        .filter(|_| group.len() > 1 && group.iter().all(|f| counts_lines(f)))
        .and_then(|(job, levels)| LineSets::new(&job, levels));
    let mut rows = Vec::new();
    for family in group {
        rows.push(match (family.compute, texture, &zones) {
            (Compute::Shape(compute) | Compute::Surroundings { compute, .. }, ..) => compute(job),
            (Compute::Sample(compute), ..) => match sample {
                Some(sample) => compute(job, sample)?,
                None => Vec::new(),
            },
            (Compute::Levels(compute), Some((job, levels)), _) => compute(&job, levels),
            (Compute::Lines(compute), Some((job, levels)), _) => compute(&job, levels, lines.as_ref()),
            (Compute::Zones { compute, .. }, Some((job, levels)), Some(zones)) => {
                compute(&job, levels, zones)
            }
            (Compute::Levels(_) | Compute::Lines(_) | Compute::Zones { .. }, ..) => Vec::new(),
        });
        monitor.advance(1)?;
    }
    Ok(rows)
}
