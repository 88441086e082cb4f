//! The main job: image, mask and settings in, a table of features out.

use rayon::prelude::*;

use crate::catalogue::{FAMILIES, Family, check_selection, is_selected};
use crate::error::{Error, Result};
use crate::families::{Compute, Job};
use crate::image::{Image, Mask};
use crate::kernels::Isa;
use crate::preprocess;
use crate::roi::{Levels, Roi};
use crate::settings::Settings;
use crate::table::FeatureTable;

/// How to compute; never changes a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Execution {
    /// Number of threads; 0 means as many as the machine has.
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
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(execution.threads)
        .build()
        .map_err(|error| Error::Threads { threads: execution.threads, reason: error.to_string() })?;
    pool.install(|| {
        let families = selected(settings);
        let margin_mm = families.iter().map(|f| f.compute.margin_mm()).fold(0.0, f64::max);
        let roi = preprocess::prepare(image, mask, label, settings, margin_mm, execution.isa)?;
        compute("original", &roi, &families, settings, execution.isa)
    })
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
    let uses_levels = |f: &&Family| matches!(f.compute, Compute::Levels(_));
    let texture = match families.iter().any(uses_levels) {
        true => {
            let roi = roi.sliced_along(settings.slice_axis);
            let levels = grey_levels(&roi, settings, isa)?;
            Some((roi, levels))
        }
        false => None,
    };
    let rows: Vec<_> = families
        .par_iter()
        .map(|family| match (family.compute, &texture) {
            (Compute::Region(compute) | Compute::Surroundings { compute, .. }, _) => compute(&job),
            (Compute::Levels(compute), Some((roi, levels))) => compute(&Job { roi, ..job }, levels),
            (Compute::Levels(_), None) => Vec::new(),
        })
        .collect();
    Ok(FeatureTable::from_rows(rows.into_iter().flatten().collect()))
}

fn grey_levels(roi: &Roi, settings: &Settings, isa: Isa) -> Result<Levels> {
    let lower_bound = settings.resegment_range.and_then(|[low, _]| low);
    let pad = settings.distances.iter().max().map_or(1, |&d| d as usize);
    preprocess::discretise(roi, &settings.discretisation, settings.bin_assignment, lower_bound, pad, isa)
}
