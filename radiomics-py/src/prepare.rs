//! Regions as features are computed of them, and the labels of a mask.

use numpy::ndarray::{Array3, s};
use numpy::{IntoPyArray, PyArray3};
use pyo3::prelude::*;
use radiomics_core::preprocess::{PreparedRegion, prepare_on};

use crate::extract::{Geometry, image, mask};
use crate::guard::core;
use crate::pools::{Limits, on_threads};
use crate::settings::Settings;
use crate::voxels::Borrowed;

/// A region: intensities, intensity mask, morphological mask, grey levels (None without any), geometry.
type Region<'py> = (
    Bound<'py, PyArray3<f64>>,
    Bound<'py, PyArray3<bool>>,
    Bound<'py, PyArray3<bool>>,
    Option<Bound<'py, PyArray3<u16>>>,
    Geometry,
);

/// The voxels of a mask that have a label, as features are computed of them.
///
/// Arrays and geometries are as for `extract`. Returns new arrays (z, y, x) of the region's box with
/// `margin_mm` round it: intensities, intensity mask, morphological mask, grey levels (0 outside of the
/// intensity mask; None if the intensities are none without bins); and the geometry of the box.
#[pyfunction]
#[pyo3(signature = (image, image_geometry, mask, mask_geometry, settings, *, label, margin_mm, threads, memory_mb=None))]
#[allow(clippy::too_many_arguments, reason = "what the core takes, in Python's words")]
pub fn prepare<'py>(
    py: Python<'py>,
    image: &Bound<'py, PyAny>,
    image_geometry: Geometry,
    mask: &Bound<'py, PyAny>,
    mask_geometry: Geometry,
    settings: &Settings,
    label: i64,
    margin_mm: f64,
    threads: i64,
    memory_mb: Option<f64>,
) -> PyResult<Region<'py>> {
    let (voxels, labels) = (Borrowed::new("image", image)?, Borrowed::new("mask", mask)?);
    let image = self::image("image", voxels.voxels(), image_geometry)?;
    let mask = self::mask(labels.voxels(), mask_geometry)?;
    let limits = Limits { progress: None, memory_mb };
    let PreparedRegion { roi, levels } = on_threads(py, threads, limits, |runtime, _| {
        prepare_on(&image, &mask, label, settings.core(), margin_mm, runtime)
    })?;
    let levels = levels.map(|levels| {
        let mut whole = Array3::zeros(roi.grid().shape);
        let ([k, j, i], [ke, je, ie]) = (roi.region().start, roi.region().end());
        whole.slice_mut(s![k..ke, j..je, i..ie]).assign(&levels.to_array());
        whole.into_pyarray(py)
    });
    let grid = roi.grid();
    Ok((
        roi.intensities().into_owned().into_pyarray(py),
        roi.intensity().clone().into_pyarray(py),
        roi.morphological().clone().into_pyarray(py),
        levels,
        (grid.spacing_mm, grid.origin_mm, grid.direction),
    ))
}

/// The labels of a mask, ascending and without the background.
///
/// Array and geometry are as for `extract`. Raises RegionError for a mask of fractions.
#[pyfunction]
pub fn labels(mask: &Bound<'_, PyAny>, geometry: Geometry) -> PyResult<Vec<i64>> {
    let voxels = Borrowed::new("mask", mask)?;
    let mask = self::mask(voxels.voxels(), geometry)?;
    core(|| mask.labels())
}
