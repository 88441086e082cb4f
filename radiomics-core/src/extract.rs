//! The main job: image, mask and settings in, a table of features out.

use rayon::prelude::*;

use crate::catalogue::{FAMILIES, Family, check_selection, is_selected};
use crate::error::{Error, Result};
use crate::families::line_sets::LineSets;
use crate::families::zone_sets::ZoneSets;
use crate::families::{Compute, Job};
use crate::image::{Image, Mask};
use crate::kernels::Isa;
use crate::preprocess;
use crate::roi::{Levels, Roi};
use crate::settings::Settings;
use crate::table::{FeatureRow, FeatureTable};

/// How to compute; never changes a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Execution {
    /// Number of threads, at most 1024; 0 means as many as the machine has.
    pub threads: usize,
    /// Instruction set.
    pub isa: Isa,
}

impl Default for Execution {
    fn default() -> Self {
        Self { threads: 0, isa: Isa::best() }
    }
}

/// Computes the features that `settings` ask for, of the voxels of `mask` that have `label`.
///
/// # Errors
/// [`Error`], which names the value at fault and the remedy: an unusable image, mask, label or
/// setting, or more threads than the system gives.
pub fn extract(
    image: &Image,
    mask: &Mask,
    label: i64,
    settings: &Settings,
    execution: &Execution,
) -> Result<FeatureTable> {
    check_selection(settings)?;
    pool(execution)?.install(|| {
        let families = selected(settings);
        let margin_mm = families.iter().map(|f| f.compute.margin_mm()).fold(0.0, f64::max);
        let roi = preprocess::prepare(image, mask, label, settings, margin_mm, execution.isa)?;
        compute("original", &roi, &families, settings, execution.isa)
    })
}

/// More threads than any machine has use for. Tens of thousands would start, and bring the
/// machine to a standstill.
const MAX_THREADS: usize = 1024;

/// The threads to compute on.
pub(crate) fn pool(execution: &Execution) -> Result<rayon::ThreadPool> {
    if execution.threads > MAX_THREADS {
        let reason = format!("{MAX_THREADS} are the limit; 0 takes as many as the machine has");
        return Err(Error::Threads { threads: execution.threads, reason });
    }
    rayon::ThreadPoolBuilder::new()
        .num_threads(execution.threads)
        .build()
        .map_err(|error| Error::Threads { threads: execution.threads, reason: error.to_string() })
}

/// The families of which any feature is asked for.
fn selected(settings: &Settings) -> Vec<&'static Family> {
    let wanted = |family: &&Family| {
        let names = (family.features)();
        names.iter().any(|feature| is_selected(settings, family.name, feature))
    };
    FAMILIES.iter().filter(wanted).collect()
}

fn compute(
    image: &str,
    roi: &Roi,
    families: &[&Family],
    settings: &Settings,
    isa: Isa,
) -> Result<FeatureTable> {
    let job = Job { image, roi, settings, isa };
    let uses_levels = |f: &&Family| {
        !matches!(f.compute, Compute::Region(_) | Compute::Surroundings { .. } | Compute::Checked(_))
    };
    let texture = match families.iter().any(uses_levels) {
        true => {
            let roi = roi.sliced_along(settings.slice_axis);
            let levels = grey_levels(&roi, settings, isa)?;
            Some((roi, levels))
        }
        false => None,
    };
    let texture = texture.as_ref().map(|(roi, levels)| (Job { roi, ..job }, levels));
    // Families that count zones go together, to find the zones once; likewise those that look
    // along lines.
    let together =
        |a: &&Family, b: &&Family| counts_zones(a) && counts_zones(b) || counts_lines(a) && counts_lines(b);
    let groups: Vec<&[&Family]> = families.chunk_by(together).collect();
    let rows: Vec<_> =
        groups.par_iter().map(|group| compute_group(group, &job, texture)).collect::<Result<_>>()?;
    Ok(FeatureTable::from_rows(rows.into_iter().flatten().collect()))
}

fn counts_zones(family: &Family) -> bool {
    matches!(family.compute, Compute::Zones { .. })
}

fn counts_lines(family: &Family) -> bool {
    matches!(family.compute, Compute::Lines(_))
}

/// `texture` is the job with slices across the wanted axis, and the grey levels of that.
fn compute_group(group: &[&Family], job: &Job, texture: Option<(Job, &Levels)>) -> Result<Vec<FeatureRow>> {
    let needs_distances = |f: &&Family| matches!(f.compute, Compute::Zones { distances: true, .. });
    let zones = texture
        .filter(|_| group.iter().any(|f| counts_zones(f)))
        .map(|(job, levels)| ZoneSets::new(&job, levels, group.iter().any(needs_distances)));
    let lines = texture
        .filter(|_| group.len() > 1 && group.iter().all(|f| counts_lines(f)))
        .and_then(|(job, levels)| LineSets::new(&job, levels));
    let mut rows = Vec::new();
    for family in group {
        rows.extend(match (family.compute, texture, &zones) {
            (Compute::Region(compute) | Compute::Surroundings { compute, .. }, ..) => compute(job),
            (Compute::Checked(compute), ..) => compute(job)?,
            (Compute::Levels(compute), Some((job, levels)), _) => compute(&job, levels),
            (Compute::Lines(compute), Some((job, levels)), _) => compute(&job, levels, lines.as_ref()),
            (Compute::Zones { compute, .. }, Some((job, levels)), Some(zones)) => {
                compute(&job, levels, zones)
            }
            (Compute::Levels(_) | Compute::Lines(_) | Compute::Zones { .. }, ..) => Vec::new(),
        });
    }
    Ok(rows)
}

pub(crate) fn grey_levels(roi: &Roi, settings: &Settings, isa: Isa) -> Result<Levels> {
    let lower_bound = settings.resegment_range.and_then(|[low, _]| low);
    let pad = settings.distances.iter().max().map_or(1, |&d| d as usize);
    preprocess::discretise(roi, &settings.discretisation, settings.bin_assignment, lower_bound, pad, isa)
}
