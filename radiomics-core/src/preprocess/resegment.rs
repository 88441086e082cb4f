//! The intensity mask: which voxels of the region keep their intensity.

use ndarray::{Array3, Zip};

use crate::kernels::voxel::Voxel;
use crate::kernels::{Isa, reduce};
use crate::region::roi::masked;
use crate::settings::{ResegmentUnit, Settings};
use crate::volume::intensities::{Intensities, with_intensities};
use crate::volume::voxels::copy_of;

/// Resegments by range (IBSI 1, USB3), then by outliers of what is left (7ACA). Both
/// intervals are closed; σ is the population's. `None` if the settings ask for neither.
pub fn resegment(
    intensities: &Intensities,
    mask: &Array3<bool>,
    settings: &Settings,
    isa: Isa,
) -> Option<Array3<bool>> {
    if settings.resegment_range.is_none() && settings.resegment_sigma.is_none() {
        return None;
    }
    let mut kept = copy_of(mask);
    if let Some(range) = settings.resegment_range {
        let to_intensity = scale(intensities, mask, settings.resegment_unit, isa);
        let [low, high] = range.map(|end| end.map(&to_intensity));
        keep(intensities, &mut kept, low.unwrap_or(f64::NEG_INFINITY), high.unwrap_or(f64::INFINITY));
    }
    if let Some(n) = settings.resegment_sigma {
        let to_intensity = scale(intensities, &kept, ResegmentUnit::Sigma, isa);
        keep(intensities, &mut kept, to_intensity(-n), to_intensity(n));
    }
    Some(kept)
}

/// The function that turns a threshold into an intensity, offset + factor·threshold.
fn scale(
    intensities: &Intensities,
    mask: &Array3<bool>,
    unit: ResegmentUnit,
    isa: Isa,
) -> impl Fn(f64) -> f64 + use<> {
    let values = || with_intensities!(intensities, x => masked(x, mask));
    let (offset, factor) = match unit {
        ResegmentUnit::Intensity => (0.0, 1.0),
        ResegmentUnit::Maximum => (0.0, reduce::range(isa, &values())[1]),
        ResegmentUnit::Sigma => {
            let values = values();
            let mean = reduce::mean(isa, &values);
            (mean, reduce::central_moments(isa, &values, mean).variance.sqrt())
        }
    };
    move |threshold| offset + factor * threshold
}

fn keep(intensities: &Intensities, mask: &mut Array3<bool>, low: f64, high: f64) {
    let is_kept = |x: f64| (x >= low) & (x <= high);
    with_intensities!(intensities, x => Zip::from(mask).and(x).for_each(|m, x| *m &= is_kept(x.to_f64())));
}
