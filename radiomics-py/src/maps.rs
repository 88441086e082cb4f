//! Feature maps.

use std::ops::ControlFlow;

use numpy::{PyArray1, PyArray2, PyArrayMethods, PyReadwriteArray2};
use pyo3::prelude::*;
use radiomics_core::voxel_map::{Layout, MovingWindow, PreparedMaps, Tile};

use crate::column::Column;
use crate::extract::{Geometry, image, mask};
use crate::guard::{RadiomicsError, SettingsError};
use crate::pools::{Limits, on_threads};
use crate::settings::Settings;
use crate::voxels::Borrowed;

/// What [`feature_maps`] returns: columns, values, places, shape and geometry.
type Found<'py> =
    (Vec<Column>, Option<Bound<'py, PyArray2<f64>>>, Bound<'py, PyArray1<i64>>, [usize; 3], Geometry);

/// Bytes of values that are computed before they are handed over.
const TILE_BYTES: usize = 2 << 20;

/// Feature maps of the voxels of a mask that have a label.
///
/// Arrays and geometries are as for `extract`. `allocate` is called once with (maps, voxels) and
/// gives the array of 64-bit floats to fill; `progress`, if not None, is called with the number
/// of voxels done and of all of them. What either raises, or an interrupt, ends the work. `memory_mb` is as
/// for `extract`.
///
/// Returns the columns that the maps are of, the filled array (None
/// without voxels or maps), the places of its columns in the maps' box as flat indices, and the
/// shape (z, y, x) and the geometry of that box.
#[pyfunction]
#[pyo3(signature = (image, image_geometry, mask, mask_geometry, settings, *, label, threads, radius, in_plane, masked, allocate, progress, memory_mb=None))]
#[allow(clippy::too_many_arguments, reason = "what the core takes, in Python's words")]
pub fn feature_maps<'py>(
    py: Python<'py>,
    image: &Bound<'py, PyAny>,
    image_geometry: Geometry,
    mask: &Bound<'py, PyAny>,
    mask_geometry: Geometry,
    settings: &Settings,
    label: i64,
    threads: i64,
    radius: i64,
    in_plane: bool,
    masked: bool,
    allocate: Py<PyAny>,
    progress: Option<Py<PyAny>>,
    memory_mb: Option<f64>,
) -> PyResult<Found<'py>> {
    let window = MovingWindow { radius: self::radius(radius)?, in_plane, masked };
    let (voxels, labels) = (Borrowed::new("image", image)?, Borrowed::new("mask", mask)?);
    let image = self::image("image", voxels.voxels(), image_geometry)?;
    let mask = self::mask(labels.voxels(), mask_geometry)?;

    let mut receiver = Receiver { allocate, values: None };
    let mut failure = None;
    let receive = |tile: &Tile| match Python::attach(|py| receiver.take(py, tile)) {
        Ok(()) => ControlFlow::Continue(()),
        Err(error) => {
            failure = Some(error);
            ControlFlow::Break(())
        }
    };
    let layout = on_threads(py, threads, Limits { progress, memory_mb }, |runtime, quiet| {
        let maps = PreparedMaps::new(&image, &mask, label, settings.core(), &window, quiet)?;
        let _: ControlFlow<()> = maps.compute(runtime, TILE_BYTES, receive)?;
        Ok(maps.into_layout())
    })?;
    if let Some(error) = failure {
        return Err(error);
    }
    let grid = layout.grid();
    Ok((
        layout.columns().iter().map(Column::from).collect(),
        receiver.values.map(|values| values.into_bound(py)),
        PyArray1::from_iter(py, places(&layout)),
        grid.shape,
        (grid.spacing_mm, grid.origin_mm, grid.direction),
    ))
}

/// Where tiles go.
struct Receiver {
    allocate: Py<PyAny>,
    /// The filled array, once there is a tile.
    values: Option<Py<PyArray2<f64>>>,
}

impl Receiver {
    fn take(&mut self, py: Python<'_>, tile: &Tile) -> PyResult<()> {
        let values = match &mut self.values {
            Some(values) => values,
            none => none.insert(allocated(py, &self.allocate, tile.layout)?),
        };
        fill(py, values.bind(py).try_readwrite()?, tile)
    }
}

fn radius(given: i64) -> PyResult<usize> {
    usize::try_from(given)
        .map_err(|_| SettingsError::new_err(format!("radius is {given}: give a number above 0")))
}

/// The voxels of the maps as flat indices into an array of their box.
fn places(layout: &Layout) -> impl Iterator<Item = i64> {
    let [_, ny, nx] = layout.grid().shape;
    layout.voxels().iter().map(move |voxel| {
        let [k, j, i] = voxel.map(|v| v as usize);
        ((k * ny + j) * nx + i) as i64
    })
}

fn allocated(py: Python<'_>, allocate: &Py<PyAny>, layout: &Layout) -> PyResult<Py<PyArray2<f64>>> {
    let shape = (layout.columns().len(), layout.voxels().len());
    let array: Bound<'_, PyArray2<f64>> = allocate.call1(py, shape)?.extract(py)?;
    let given = array.try_readonly()?.as_array().dim();
    if given != shape {
        let message = format!("`allocate` gave an array of shape {given:?} instead of {shape:?}");
        return Err(RadiomicsError::new_err(message));
    }
    Ok(array.unbind())
}

/// Turns values voxel by voxel into values map by map. Each map is in memory of its own, which the system
/// fills when it is first written to: with many of them that takes long enough to look at signals.
fn fill(py: Python<'_>, mut values: PyReadwriteArray2<'_, f64>, tile: &Tile) -> PyResult<()> {
    let mut values = values.as_array_mut();
    let rows = tile.values.chunks_exact(tile.layout.columns().len());
    for (column, mut map) in values.outer_iter_mut().enumerate() {
        py.check_signals()?;
        for (to, row) in map.iter_mut().skip(tile.first).zip(rows.clone()) {
            *to = row[column];
        }
    }
    Ok(())
}
