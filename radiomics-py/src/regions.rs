//! Regions in millimetres: thin, the work is the core's.

use numpy::{IntoPyArray, PyArray3};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use radiomics_core::masks::{self, Change, Connectivity, Distance};
use radiomics_core::{Named, Runtime};

use crate::extract::{Geometry, mask};
use crate::guard::core;
use crate::pools::{Limits, on_threads};
use crate::voxels::Borrowed;

/// Some voxels of a grid, kept in the box that holds them.
///
/// `Region(mask, geometry, label)` has the voxels of a mask, an array as for `extract`, that have a label.
/// Lengths are millimetres. Operations return a new region and a dict of what they changed, in voxels.
#[pyclass(frozen, module = "radiomics_rs._core")]
pub struct Region(masks::Region);

type Made<'py> = (Region, Bound<'py, PyDict>);

#[pymethods]
impl Region {
    #[new]
    #[pyo3(signature = (mask, geometry, label))]
    fn new(mask: &Bound<'_, PyAny>, geometry: Geometry, label: i64) -> PyResult<Self> {
        let voxels = Borrowed::new("mask", mask)?;
        let mask = self::mask(voxels.voxels(), geometry)?;
        core(|| masks::Region::of_label(&mask, label)).map(Self)
    }

    /// Number of voxels.
    #[getter]
    fn voxels(&self) -> usize {
        self.0.voxels()
    }

    /// Volume of the voxels in mm³.
    #[getter]
    fn volume_mm3(&self) -> f64 {
        self.0.volume_mm3()
    }

    /// First voxel (z, y, x) of the box that holds the region and its shape; None without any voxel.
    #[getter]
    fn bounding_box(&self) -> Option<([usize; 3], [usize; 3])> {
        self.0.bounding_box().map(|window| (window.start, window.shape))
    }

    /// Distance (z, y, x) between voxel centres in millimetres.
    #[getter]
    fn spacing_mm(&self) -> [f64; 3] {
        self.0.grid().spacing_mm
    }

    /// The region as a mask of the whole grid: a new array (z, y, x) of 0 and 1, and the geometry.
    fn mask<'py>(&self, py: Python<'py>) -> (Bound<'py, PyArray3<u8>>, Geometry) {
        let (grid, voxels) = self.0.to_mask().into_parts();
        (voxels.into_pyarray(py), (grid.spacing_mm, grid.origin_mm, grid.direction))
    }

    /// The region and what is at most `mm` away.
    fn dilate<'py>(&self, py: Python<'py>, mm: f64, distance: &str) -> PyResult<Made<'py>> {
        let distance = core(|| Distance::parse(distance))?;
        self.made(py, |region, runtime| region.dilate(mm, distance, runtime))
    }

    /// What is more than `mm` inside of the region.
    fn erode<'py>(&self, py: Python<'py>, mm: f64) -> PyResult<Made<'py>> {
        self.made(py, |region, runtime| region.erode(mm, runtime))
    }

    /// What is at most `mm` inside of the region.
    fn shell_inside<'py>(&self, py: Python<'py>, mm: f64) -> PyResult<Made<'py>> {
        self.made(py, |region, runtime| region.shell_inside(mm, runtime))
    }

    /// What is outside of the region, more than `from_mm` and at most `to_mm` away.
    fn ring<'py>(&self, py: Python<'py>, from_mm: f64, to_mm: f64, distance: &str) -> PyResult<Made<'py>> {
        let distance = core(|| Distance::parse(distance))?;
        self.made(py, |region, runtime| region.ring(from_mm, to_mm, distance, runtime))
    }

    /// What is in both regions; `name` is what messages call the other one.
    fn within<'py>(&self, py: Python<'py>, other: &Self, name: &str) -> PyResult<Made<'py>> {
        self.made(py, |region, _| region.within(&other.0, name))
    }

    /// What is in this region and not in the other one.
    fn minus<'py>(&self, py: Python<'py>, other: &Self, name: &str) -> PyResult<Made<'py>> {
        self.made(py, |region, _| region.minus(&other.0, name))
    }

    /// What is in one of the regions or in both.
    fn union<'py>(&self, py: Python<'py>, other: &Self, name: &str) -> PyResult<Made<'py>> {
        self.made(py, |region, _| region.union(&other.0, name))
    }

    /// The connected components, the largest one first; `neighbours` of a voxel are 6, 18 or 26.
    fn components(&self, py: Python<'_>, neighbours: i64) -> PyResult<Vec<Self>> {
        let connectivity = core(|| Connectivity::of_neighbours(neighbours))?;
        let found =
            on_threads(py, 0, Limits::default(), |runtime, _| self.0.components(connectivity, runtime))?;
        Ok(found.into_iter().map(Self).collect())
    }
}

impl Region {
    fn made<'py>(
        &self,
        py: Python<'py>,
        work: impl FnOnce(&masks::Region, &Runtime) -> radiomics_core::Result<(masks::Region, Change)> + Send,
    ) -> PyResult<Made<'py>> {
        let (region, change) = on_threads(py, 0, Limits::default(), |runtime, _| work(&self.0, runtime))?;
        Ok((Self(region), changed(py, change)?))
    }
}

/// Rings of several regions of one grid that do not overlap: what is outside of all, more than `from_mm` and
/// at most `to_mm` away from the nearest one.
#[pyfunction]
pub fn shared_rings<'py>(
    py: Python<'py>,
    regions: Vec<Py<Region>>,
    from_mm: f64,
    to_mm: f64,
    distance: &str,
) -> PyResult<Vec<Made<'py>>> {
    let distance = core(|| Distance::parse(distance))?;
    let lesions: Vec<&masks::Region> = regions.iter().map(|region| &region.get().0).collect();
    let rings = on_threads(py, 0, Limits::default(), |runtime, _| {
        masks::Region::shared_rings(&lesions, from_mm, to_mm, distance, runtime)
    })?;
    rings.into_iter().map(|(region, change)| Ok((Region(region), changed(py, change)?))).collect()
}

fn changed(py: Python<'_>, change: Change) -> PyResult<Bound<'_, PyDict>> {
    let found = PyDict::new(py);
    found.set_item("before", change.before)?;
    found.set_item("after", change.after)?;
    found.set_item("beyond_edge", change.beyond_edge)?;
    found.set_item("shared", change.shared)?;
    Ok(found)
}
