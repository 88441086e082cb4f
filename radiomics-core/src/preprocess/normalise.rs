//! z-scores of the whole image.

use crate::kernels::voxel::Voxel;
use crate::settings::Normalisation;
use crate::volume::voxels::{Voxels, with_voxels};

/// The linear map from intensities to normalised ones, and where normalised ones end.
#[derive(Clone, Copy, Debug)]
pub(super) struct ZScore {
    mean: f64,
    deviation: f64,
    normalisation: Normalisation,
}

impl ZScore {
    /// The z-scores of all voxels of an image, by the sample's standard deviation (n − 1). For an image
    /// of one intensity they are NaN.
    pub fn new(voxels: &Voxels, normalisation: Normalisation) -> Self {
        let sum = |term: &dyn Fn(f64) -> f64| with_voxels!(voxels, v => v.fold(0.0, |sum, x| sum + term(x.to_f64())));
        let n = voxels.shape().iter().product::<usize>() as f64;
        let mean = sum(&|x| x) / n;
        let deviation = (sum(&|x| (x - mean) * (x - mean)) / (n - 1.0)).sqrt();
        Self { mean, deviation, normalisation }
    }

    /// The normalised intensity of `x`.
    pub fn apply(&self, x: f64) -> f64 {
        let z = (x - self.mean) / self.deviation;
        let z = self.normalisation.clip.map_or(z, |limit| z.clamp(-limit, limit));
        z * self.normalisation.scale
    }
}
