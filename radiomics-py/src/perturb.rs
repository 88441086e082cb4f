//! Perturbations of image and mask: thin, the work is the core's.

use numpy::{IntoPyArray, PyArray3};
use pyo3::prelude::*;
use radiomics_core::perturb::{PerturbOptions, Perturbation as Made, Resize, perturb as perturbed};

use crate::extract::{Geometry, image, mask};
use crate::guard::core;
use crate::pools::{Limits, on_threads};
use crate::settings::Settings;
use crate::voxels::Borrowed;

/// What is done to an image and a mask.
///
/// Rotations are about the axes (z, y, x) in degrees, translations along them in voxels. `volume` is a share of the
/// region's volume, `volume_mm` a distance; at most one of them is given. `noise` and `contour` are numbers of
/// repetitions, or None.
#[pyclass(frozen, module = "radiomics_rs._core")]
pub struct Perturbation(Made);

#[pymethods]
impl Perturbation {
    #[new]
    #[pyo3(signature = (*, rotation_deg, translation, noise=None, volume=None, volume_mm=None, contour=None))]
    fn new(
        rotation_deg: [f64; 3],
        translation: [f64; 3],
        noise: Option<u32>,
        volume: Option<f64>,
        volume_mm: Option<f64>,
        contour: Option<u32>,
    ) -> PyResult<Self> {
        let resize = volume.map(Resize::Fraction).or(volume_mm.map(Resize::Distance));
        let made = Made { noise, rotation_deg, translation, volume: resize, contour };
        core(|| made.check())?;
        Ok(Self(made))
    }

    /// Its name, such as "rotation_-13_noise_1".
    #[getter]
    fn name(&self) -> String {
        self.0.name()
    }
}

/// Image, mask, geometry, level of noise, voxels after interpolation, change of size and in the end.
type Found<'py> = (Bound<'py, PyArray3<f64>>, Bound<'py, PyArray3<u8>>, Geometry, Option<f64>, [usize; 3]);

/// Perturbs an image and the region of a label.
///
/// Arrays and geometries are as for `extract`. Returns new arrays (z, y, x), intensities and a mask of 0 and 1, on one
/// grid; its geometry; the level of the noise that was added; and the numbers of voxels of the region after
/// interpolation, after its size was changed, and in the end.
#[pyfunction]
#[pyo3(signature = (image, image_geometry, mask, mask_geometry, settings, perturbation, *, label, seed, noise_level, minimum_volume, margin_mm, threads, memory_mb=None))]
#[allow(clippy::too_many_arguments, reason = "what the core takes, in Python's words")]
pub fn perturb<'py>(
    py: Python<'py>,
    image: &Bound<'py, PyAny>,
    image_geometry: Geometry,
    mask: &Bound<'py, PyAny>,
    mask_geometry: Geometry,
    settings: &Settings,
    perturbation: &Perturbation,
    label: i64,
    seed: u64,
    noise_level: Option<f64>,
    minimum_volume: f64,
    margin_mm: f64,
    threads: i64,
    memory_mb: Option<f64>,
) -> PyResult<Found<'py>> {
    let (voxels, labels) = (Borrowed::new("image", image)?, Borrowed::new("mask", mask)?);
    let image = self::image("image", voxels.voxels(), image_geometry)?;
    let mask = self::mask(labels.voxels(), mask_geometry)?;
    let options = PerturbOptions { seed, noise_level, minimum_volume, margin_mm };
    let limits = Limits { progress: None, memory_mb };
    let found = on_threads(py, threads, limits, |runtime, _| {
        perturbed(&image, &mask, label, settings.core(), &perturbation.0, &options, runtime)
    })?;
    let (grid, inside) = found.mask.into_parts();
    let geometry = (grid.spacing_mm, grid.origin_mm, grid.direction);
    let arrays = (found.image.into_pyarray(py), inside.into_pyarray(py));
    Ok((arrays.0, arrays.1, geometry, found.noise_level, found.voxels))
}
