//! z-scores of the whole image.

use crate::error::{Error, Result, invalid};
use crate::kernels::Isa;
use crate::kernels::voxel::Voxel;
use crate::settings::Normalisation;
use crate::volume::grid::Window;
use crate::volume::voxels::{NotFinite, Voxels, with_voxels};

/// The linear map from intensities to normalised ones, and where normalised ones end.
#[derive(Clone, Copy, Debug)]
pub(super) struct ZScore {
    mean: f64,
    deviation: f64,
    normalisation: Normalisation,
}

impl ZScore {
    /// The z-scores of all voxels of an image, by the sample's standard deviation (n − 1).
    ///
    /// # Errors
    /// [`Error::NonFiniteSurroundings`] for an image with voxels that are no numbers, and
    /// [`Error::InvalidSetting`] for one whose intensities are all the same, or too large to be squared.
    pub fn new(voxels: &Voxels, normalisation: Normalisation, isa: Isa) -> Result<Self> {
        let sum = |term: &dyn Fn(f64) -> f64| with_voxels!(voxels, v => v.fold(0.0, |sum, x| sum + term(x.to_f64())));
        let n = voxels.shape().iter().product::<usize>() as f64;
        let mean = sum(&|x| x) / n;
        let deviation = (sum(&|x| (x - mean) * (x - mean)) / (n - 1.0)).sqrt();
        if deviation.is_finite() && deviation > 0.0 {
            return Ok(Self { mean, deviation, normalisation });
        }
        if let Some(found) = voxels.not_finite(isa, &Window::whole(voxels.shape())) {
            let NotFinite { count, index, value } = found;
            let step = "`normalise`, which takes the whole image,".to_owned();
            return Err(Error::NonFiniteSurroundings { step, count, index, value });
        }
        let remedy = match deviation == 0.0 {
            true => "all voxels of the image have the same intensity, so that there is no standard deviation",
            false => {
                "the intensities of the image are too large to be squared: divide them by a power of ten"
            }
        };
        Err(invalid("normalise", true, remedy))
    }

    /// The normalised intensity of `x`.
    pub fn apply(&self, x: f64) -> f64 {
        let z = (x - self.mean) / self.deviation;
        let z = self.normalisation.clip.map_or(z, |limit| z.clamp(-limit, limit));
        z * self.normalisation.scale
    }
}
