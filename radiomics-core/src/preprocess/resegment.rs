//! The intensity mask: which voxels of the region keep their intensity.

use ndarray::{Array3, Zip};

use crate::kernels::{Isa, reduce};
use crate::roi::masked;
use crate::settings::Settings;

/// Resegments by range (IBSI 1, USB3), then by outliers of what is left (7ACA). Both
/// intervals are closed; σ is the population's.
pub fn resegment(
    intensities: &Array3<f64>,
    mask: &Array3<bool>,
    settings: &Settings,
    isa: Isa,
) -> Array3<bool> {
    let mut kept = mask.clone();
    if let Some([low, high]) = settings.resegment_range {
        keep(intensities, &mut kept, low.unwrap_or(f64::NEG_INFINITY), high.unwrap_or(f64::INFINITY));
    }
    if let Some(n) = settings.resegment_sigma {
        let values = masked(intensities, &kept);
        let mean = reduce::mean(isa, &values);
        let sigma = reduce::central_moments(isa, &values, mean).variance.sqrt();
        keep(intensities, &mut kept, mean - n * sigma, mean + n * sigma);
    }
    kept
}

fn keep(intensities: &Array3<f64>, mask: &mut Array3<bool>, low: f64, high: f64) {
    Zip::from(mask).and(intensities).for_each(|m, &x| *m = *m && x >= low && x <= high);
}
