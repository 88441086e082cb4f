//! A perturbation from image and mask to what it makes of them.

use ndarray::Array3;

use super::contour::redrawn;
use super::noise;
use super::perturbation::{Perturbation, Resize};
use super::stream::Stream;
use crate::error::{Result, argument, invalid};
use crate::masks::{Distance, MaskVolume, Region};
use crate::preprocess::{Pose, Turned};
use crate::runtime::Runtime;
use crate::settings::Settings;
use crate::volume::grid::{Grid, Window};
use crate::volume::image::{Image, Mask};

/// How far round the region the noise of the image is estimated, in mm within slices.
const NOISE_AROUND_MM: f64 = 10.0;

/// What all perturbations of a list have in common.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PerturbOptions {
    /// Where random numbers begin: another seed gives others.
    pub seed: u64,
    /// Standard deviation of the noise in units of intensity; `None` for that of the image.
    pub noise_level: Option<f64>,
    /// Share of its volume that a region keeps at least when it shrinks by a distance
    /// (`perturbation_roi_adapt_max_erosion` of MIRP).
    pub minimum_volume: f64,
    /// How much of the image there is round the region, in mm, for filters and for what the region grows by.
    pub margin_mm: f64,
}

impl Default for PerturbOptions {
    fn default() -> Self {
        Self { seed: 0, noise_level: None, minimum_volume: 0.8, margin_mm: 25.0 }
    }
}

impl PerturbOptions {
    fn check(&self) -> Result<()> {
        if let Some(level) = self.noise_level.filter(|level| !(0.0..f64::INFINITY).contains(level)) {
            return Err(argument(
                "noise_level",
                level,
                "give a finite number of units of intensity, 0 or more",
            ));
        }
        if !(0.0..=1.0).contains(&self.minimum_volume) {
            return Err(argument(
                "minimum_volume",
                self.minimum_volume,
                "give a share from 0 to 1, such as 0.8",
            ));
        }
        if !(0.0..f64::INFINITY).contains(&self.margin_mm) {
            let remedy = "it must be a finite number of millimetres, 0 or more";
            return Err(argument("margin_mm", self.margin_mm, remedy));
        }
        Ok(())
    }
}

/// An image and a mask that were perturbed, on one grid of the settings' spacing.
#[derive(Clone, Debug, PartialEq)]
pub struct Perturbed {
    /// Intensities (z, y, x), interpolated and rounded as the settings say.
    pub image: Array3<f64>,
    /// The mask, label 1, on the grid of the image.
    pub mask: MaskVolume,
    /// Standard deviation of the noise that was added.
    pub noise_level: Option<f64>,
    /// Voxels of the region after interpolation, after its size was changed, and in the end.
    pub voxels: [usize; 3],
}

/// Perturbs an image and the region of a label, as a step before [`extract`](crate::extract) with the same
/// settings; one step of a job.
///
/// ```
/// use radiomics_core::perturb::{Perturbation, PerturbOptions, perturb};
/// use radiomics_core::{Execution, Image, Pool, Runtime, Settings, example, extract};
///
/// # fn main() -> radiomics_core::Result<()> {
/// let phantom = example::DigitalPhantom::new();
/// let settings = Settings::ibsi_configuration("digital_phantom")?;
/// let turned = Perturbation { rotation_deg: [180.0, 0.0, 0.0], ..Perturbation::default() };
/// let pool = Pool::new(1)?;
/// let found = perturb(
///     &phantom.image(), &phantom.mask(), 1, &settings, &turned, &PerturbOptions::default(), &Runtime::new(&pool),
/// )?;
/// let image = Image::new(found.mask.view().grid().clone(), found.image.view())?;
/// let table = extract(&image, &found.mask.view(), 1, &settings, &Execution::default())?;
/// let mean = table.rows().iter().find(|row| row.column.feature.ibsi_id == "Q4LE").unwrap();
/// assert_eq!((mean.value * 100.0).round() / 100.0, 2.15);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// As [`extract`](crate::extract); [`Error::InvalidArgument`](crate::Error::InvalidArgument) for numbers out of range
/// or a single slice that would be tilted, [`Error::InvalidSetting`](crate::Error::InvalidSetting) for settings that
/// normalise the image.
pub fn perturb(
    image: &Image,
    mask: &Mask,
    label: i64,
    settings: &Settings,
    perturbation: &Perturbation,
    options: &PerturbOptions,
    runtime: &Runtime,
) -> Result<Perturbed> {
    perturbation.check()?;
    options.check()?;
    settings.validate()?;
    if settings.normalisation.is_some() {
        let remedy =
            "it needs the image as a whole, and a perturbation gives a part: normalise the image first";
        return Err(invalid("normalise", true, remedy));
    }
    image.grid().check_same(mask.grid(), settings.geometry_tolerance)?;
    let isa = runtime.isa;
    let stream = |step: &str| Stream::new(options.seed, &format!("{step}: {}", perturbation.name()));
    let prepared = runtime.run(1, |monitor| {
        monitor.run(|| {
            let bounds = mask.bounding(label)?;
            image.voxels().check_finite(isa, &bounds, &mask.select(label, &bounds))?;
            let pose = Pose { rotation_deg: perturbation.rotation_deg, shift: perturbation.translation };
            let turned = Turned::new(image, &bounds, settings, &pose, options.margin_mm)?;
            let level =
                perturbation.noise.map(|_| options.noise_level.unwrap_or_else(|| of_noise(image, &bounds)));
            let stream = stream("noise");
            let intensities = turned.intensities(image, settings, isa, &|window, voxels| {
                if let Some(level) = level {
                    noise::add(isa, voxels, window, image.grid().shape, level, &stream);
                }
            });
            let mask = turned.mask(mask, label, settings, isa)?;
            Ok((turned.grid, intensities, mask, level))
        })
    })?;
    let (grid, image, inside, noise_level) = prepared;
    let flat = flat(&inside, settings);
    let region = of_voxels(&grid, &inside)?;
    let mut voxels = [region.voxels(); 3];
    let region = match perturbation.volume {
        None | Some(Resize::Fraction(0.0) | Resize::Distance(0.0)) => region,
        Some(resize) => resized(region, resize, flat, options.minimum_volume, &stream("volume"), runtime)?,
    };
    voxels[1..].fill(region.voxels());
    let mut mask = region.to_mask();
    if perturbation.contour.is_some() {
        let drawn = || {
            let inside = mask.voxels().mapv(|voxel| voxel == 1);
            Ok(redrawn(&image, &inside, grid.spacing_mm, flat, &stream("contour")))
        };
        let region = of_voxels(&grid, &runtime.run(1, |monitor| monitor.run(drawn))?)?;
        voxels[2] = region.voxels();
        mask = region.to_mask();
    }
    Ok(Perturbed { image, mask, noise_level, voxels })
}

/// The noise of an image round a region.
fn of_noise(image: &Image, bounds: &Window) -> f64 {
    let grid = image.grid();
    let around = |a: usize| if a == 0 { 0 } else { (NOISE_AROUND_MM / grid.spacing_mm[a]).ceil() as usize };
    noise::level(image, &bounds.grown(std::array::from_fn(around), grid.shape))
}

/// Axes along which a region is a single slice that stays one.
fn flat(inside: &Array3<bool>, settings: &Settings) -> [bool; 3] {
    let bounds = Window::bounding(inside.view());
    let single = |a: usize| bounds.is_some_and(|bounds| bounds.shape[a] == 1);
    std::array::from_fn(|a| settings.keep_single_slices && single(a))
}

fn of_voxels(grid: &Grid, inside: &Array3<bool>) -> Result<Region> {
    let mask = MaskVolume::new(grid.clone(), inside.mapv(u8::from))?;
    Region::of_label(&mask.view(), 1)
}

/// The region, larger or smaller.
fn resized(
    region: Region,
    resize: Resize,
    flat: [bool; 3],
    minimum_volume: f64,
    stream: &Stream,
    runtime: &Runtime,
) -> Result<Region> {
    let before = region.voxels() as f64;
    let shape = region.grid().shape;
    let tie = |[k, j, i]: [usize; 3]| stream.bits(((k * shape[1] + j) * shape[2] + i) as u64);
    let of_size = |voxels: f64| {
        runtime.run(1, |monitor| monitor.run(|| Ok(region.of_size(voxels.round() as usize, flat, tie))))
    };
    match resize {
        Resize::Fraction(share) => of_size(before * (1.0 + share)),
        Resize::Distance(mm) if flat.contains(&true) => {
            let remedy = "the region is a single slice, which has no distance across it: give a fraction";
            Err(argument("volume", format!("{mm} mm"), remedy))
        }
        Resize::Distance(mm) if mm >= 0.0 => Ok(region.dilate(mm, Distance::Centre, runtime)?.0),
        Resize::Distance(mm) => {
            let (eroded, _) = region.erode(-mm, runtime)?;
            let least = (minimum_volume * before).ceil().max(1.0);
            if (eroded.voxels() as f64) < least { of_size(least) } else { Ok(eroded) }
        }
    }
}

#[cfg(test)]
#[path = "run_tests.rs"]
mod tests;
