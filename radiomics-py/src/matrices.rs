//! Texture matrices.

use numpy::{PyArray1, PyReadonlyArray3};
use pyo3::prelude::*;
use radiomics_core::aggregation::Span;
use radiomics_core::matrices::{Matrix, matrices_of_levels_on, matrices_on};

use crate::extract::{Geometry, image, mask};
use crate::pools::{Limits, on_threads};
use crate::settings::Settings;
use crate::voxels::Borrowed;

/// A matrix for Python: family, slice (None for the volume), offset (None without directions), and level,
/// column and value of each cell that is not 0.
type Record<'py> = (
    &'static str,
    Option<usize>,
    Option<[i32; 3]>,
    Bound<'py, PyArray1<u16>>,
    Bound<'py, PyArray1<u64>>,
    Bound<'py, PyArray1<f64>>,
);

fn records(py: Python<'_>, matrices: Vec<Matrix>) -> Vec<Record<'_>> {
    let record = |matrix: Matrix| {
        let slice = match matrix.span {
            Span::Slice(k) => Some(k),
            Span::Volume => None,
        };
        let cells = &matrix.cells;
        (
            matrix.family,
            slice,
            matrix.offset,
            PyArray1::from_iter(py, cells.iter().map(|cell| cell.level)),
            PyArray1::from_iter(py, cells.iter().map(|cell| cell.column)),
            PyArray1::from_iter(py, cells.iter().map(|cell| cell.value)),
        )
    };
    matrices.into_iter().map(record).collect()
}

/// Texture matrices of the voxels of a mask that have a label.
///
/// Arrays and geometries are as for `extract`. A matrix is (family, slice, offset, levels, columns,
/// values): slice is None for the volume, offset (z, y, x) is None for a family without directions,
/// and the arrays hold level, column and value of each cell that is not 0.
#[pyfunction]
#[pyo3(signature = (image, image_geometry, mask, mask_geometry, settings, *, label, threads, memory_mb=None))]
#[allow(clippy::too_many_arguments, reason = "what the core takes, in Python's words")]
pub fn matrices<'py>(
    py: Python<'py>,
    image: &Bound<'py, PyAny>,
    image_geometry: Geometry,
    mask: &Bound<'py, PyAny>,
    mask_geometry: Geometry,
    settings: &Settings,
    label: i64,
    threads: i64,
    memory_mb: Option<f64>,
) -> PyResult<Vec<Record<'py>>> {
    let (voxels, labels) = (Borrowed::new("image", image)?, Borrowed::new("mask", mask)?);
    let image = self::image("image", voxels.voxels(), image_geometry)?;
    let mask = self::mask(labels.voxels(), mask_geometry)?;
    let limits = Limits { progress: None, memory_mb };
    let counted = on_threads(py, threads, limits, |runtime, _| {
        matrices_on(&image, &mask, label, settings.core(), runtime)
    })?;
    Ok(records(py, counted))
}

/// Texture matrices of grey levels, an array (z, y, x) of 16-bit numbers: 0 is outside of the region.
///
/// `n_g` is the highest level there may be. Matrices are as for `matrices`.
#[pyfunction]
pub fn matrices_of_levels<'py>(
    py: Python<'py>,
    levels: PyReadonlyArray3<'py, u16>,
    n_g: usize,
    settings: &Settings,
) -> PyResult<Vec<Record<'py>>> {
    let levels = levels.as_array();
    let counted = on_threads(py, 1, Limits::default(), |runtime, _| {
        matrices_of_levels_on(levels, n_g, settings.core(), runtime)
    })?;
    Ok(records(py, counted))
}
