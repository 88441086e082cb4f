//! A region as features are computed of it, for whoever wants the voxels themselves.

use super::discretise::grey_levels;
use super::prepared::prepare;
use crate::error::{Error, Result, argument};
use crate::region::levels::Levels;
use crate::region::roi::Roi;
use crate::region::sample::Sample;
use crate::runtime::Runtime;
use crate::settings::Settings;
use crate::volume::image::{Image, Mask};

/// A region after preprocessing, with its grey levels.
#[derive(Clone, Debug)]
pub struct PreparedRegion {
    /// The region, with a margin round it.
    pub roi: Roi,
    /// The grey levels in the box [`Roi::region`]; `None` if the settings have no bins and the intensities
    /// are no grey levels as they are.
    pub levels: Option<Levels>,
}

/// Prepares a region as [`extract`](crate::extract) does, the very voxels that its features are computed of,
/// with `margin_mm` of the image round it, on threads that are kept; it can be stopped, and is told of as one
/// step.
///
/// ```
/// use radiomics_core::{Pool, Runtime, Settings, example, preprocess};
///
/// # fn main() -> radiomics_core::Result<()> {
/// let phantom = example::DigitalPhantom::new();
/// let (pool, settings) = (Pool::new(1)?, Settings::ibsi_configuration("digital_phantom")?);
/// let runtime = Runtime::new(&pool);
/// let region = preprocess::prepare_on(&phantom.image(), &phantom.mask(), 1, &settings, 0.0, &runtime)?;
/// assert_eq!(region.roi.values().len(), 74);
/// assert_eq!(region.levels.map(|levels| levels.n_g()), Some(6));
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// As [`extract`](crate::extract); [`Error::InvalidArgument`] for a margin that is negative or not finite,
/// [`Error::InvalidSetting`](crate::Error::InvalidSetting) for several discretisations.
pub fn prepare_on(
    image: &Image,
    mask: &Mask,
    label: i64,
    settings: &Settings,
    margin_mm: f64,
    runtime: &Runtime,
) -> Result<PreparedRegion> {
    if !(0.0..f64::INFINITY).contains(&margin_mm) {
        return Err(argument("margin_mm", margin_mm, "it must be a finite number of millimetres, 0 or more"));
    }
    settings.check_single_discretisation("a prepared region")?;
    let isa = runtime.isa;
    runtime.run(1, |_| {
        let roi = prepare(image, mask, label, settings, margin_mm, isa)?;
        let levels = match grey_levels(&roi, &Sample::new(isa, &roi), settings, isa) {
            Ok(levels) => Some(levels),
            Err(Error::NotDiscretised { .. }) => None,
            Err(error) => return Err(error),
        };
        Ok(PreparedRegion { roi, levels })
    })
}
