//! Contours of radiotherapy structures, from the bytes of a file to a mask.

use numpy::{IntoPyArray, PyArray3};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::PyDict;
use radiomics_core::Grid;
use radiomics_core::masks::{Contour, rasterise_on};

use crate::extract::Geometry;
use crate::guard::ReadError;
use crate::pools::{Limits, on_threads};

/// A mask of contours, an array (z, y, x) of 0 and 1, and what was noticed.
///
/// A contour is the bytes of its ContourData: x, y and z of each point in mm as decimal numbers with a
/// backslash between two of them. Lists in the report hold positions in `contours`, or in `gaps` and
/// `crowded_slices` slices. `what` is what messages call the contours, such as "ROI liver".
#[pyfunction]
#[pyo3(signature = (contours, shape, geometry, *, what, slice_tolerance, threads, memory_mb=None))]
#[allow(clippy::too_many_arguments, reason = "what the core takes, in Python's words")]
pub fn rasterise<'py>(
    py: Python<'py>,
    contours: Vec<PyBackedBytes>,
    shape: [usize; 3],
    geometry: Geometry,
    what: &str,
    slice_tolerance: f64,
    threads: i64,
    memory_mb: Option<f64>,
) -> PyResult<(Bound<'py, PyArray3<u8>>, Bound<'py, PyDict>)> {
    let points = py.detach(|| parsed(&contours, what))?;
    drop(contours);
    let (spacing_mm, origin_mm, direction) = geometry;
    let grid = Grid { shape, spacing_mm, origin_mm, direction };
    let limits = Limits { progress: None, memory_mb };
    let (mask, report) =
        on_threads(py, threads, limits, |runtime, _| rasterise_on(&points, &grid, slice_tolerance, runtime))?;
    let found = PyDict::new(py);
    found.set_item("drawn", report.drawn)?;
    found.set_item("on_line", report.on_line)?;
    found.set_item("outside", report.outside)?;
    found.set_item("between", report.between)?;
    found.set_item("degenerate", report.degenerate)?;
    found.set_item("crossing", report.crossing)?;
    found.set_item("crowded_slices", report.crowded_slices)?;
    found.set_item("gaps", report.gaps)?;
    found.set_item("slice_axis", report.slice_axis)?;
    found.set_item("off_slice_mm", report.off_slice_mm)?;
    let (_, voxels) = mask.into_parts();
    Ok((voxels.into_pyarray(py), found))
}

fn parsed(contours: &[PyBackedBytes], what: &str) -> PyResult<Vec<Contour>> {
    let one = |(n, bytes): (usize, &PyBackedBytes)| {
        points(bytes).map_err(|wrong| {
            ReadError::new_err(format!(
                "contour {} of {what}: {wrong}; the file is damaged, export it again",
                n + 1
            ))
        })
    };
    contours.iter().enumerate().map(one).collect()
}

/// The points (z, y, x) of a text of coordinates (x, y, z), or what is wrong with it.
fn points(bytes: &[u8]) -> Result<Contour, String> {
    // An odd number of characters is filled up with a space, by some with a NUL.
    let text = bytes.trim_ascii_end();
    let text = text.strip_suffix(b"\0").unwrap_or(text);
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let mut numbers = text.split(|&byte| byte == b'\\').map(number);
    let mut points = Vec::with_capacity(text.len() / 24);
    while let Some(x) = numbers.next() {
        let (Some(y), Some(z)) = (numbers.next(), numbers.next()) else {
            let count = text.split(|&byte| byte == b'\\').count();
            return Err(format!("it has {count} numbers, which are no points of three"));
        };
        points.push([z?, y?, x?]);
    }
    Ok(points)
}

fn number(bytes: &[u8]) -> Result<f64, String> {
    let text = std::str::from_utf8(bytes.trim_ascii()).ok();
    // "nan" and "inf" are numbers for Rust, and none for DICOM.
    let number = text.and_then(|text| text.parse().ok()).filter(|value: &f64| value.is_finite());
    number.ok_or_else(|| {
        let shown: String = String::from_utf8_lossy(bytes).chars().take(40).collect();
        format!("{shown:?} among its coordinates is no finite number")
    })
}
