//! The proof against published values.

use std::collections::HashMap;

use pyo3::prelude::*;
use pyo3::types::PyDict;
use radiomics_core::Named;
use radiomics_core::verify::{
    Check, Format, ResponseMap, ct_phantom, ct_phantom_filtered, digital_phantom, response_maps, summaries,
    write,
};

use crate::extract::{Geometry, image, mask};
use crate::guard::core;
use crate::pools::{Limits, on_threads};
use crate::voxels::Borrowed;

/// Published values beside ours, as `radiomics_rs.verify` returns them.
#[pyclass(frozen, module = "radiomics_rs")]
pub struct Verification {
    checks: Vec<Check>,
}

#[pymethods]
impl Verification {
    /// Whether every value is inside of its tolerance.
    #[getter]
    fn all_inside(&self) -> bool {
        self.checks.iter().all(Check::inside)
    }

    /// A dict for every check, with the keys dataset, family, aggregation, feature, ibsi_id, reference,
    /// tolerance, value and inside.
    fn records<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyDict>>> {
        let record = |check: &Check| {
            let (item, r) = (PyDict::new(py), &check.reference);
            item.set_item("dataset", r.dataset)?;
            item.set_item("family", r.family)?;
            item.set_item("aggregation", r.aggregation.name())?;
            item.set_item("feature", r.feature)?;
            item.set_item("ibsi_id", r.ibsi_id)?;
            item.set_item("reference", r.value)?;
            item.set_item("tolerance", r.tolerance)?;
            item.set_item("value", check.value)?;
            item.set_item("inside", check.inside())?;
            Ok(item)
        };
        self.checks.iter().map(record).collect()
    }

    /// A dict for each family of each data set: dataset, family, checked, inside and worst, the
    /// largest deviation relative to the published value.
    fn summary<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyDict>>> {
        let record = |s: &radiomics_core::verify::Summary| {
            let item = PyDict::new(py);
            item.set_item("dataset", s.dataset)?;
            item.set_item("family", s.family)?;
            item.set_item("checked", s.checked)?;
            item.set_item("inside", s.inside)?;
            item.set_item("worst", s.worst)?;
            Ok(item)
        };
        summaries(&self.checks).iter().map(record).collect()
    }

    /// The checks as text: table (of families), csv, json or markdown (all values).
    #[pyo3(signature = (style = "table"))]
    fn to_text(&self, style: &str) -> PyResult<String> {
        Ok(write(&self.checks, core(|| Format::parse(style))?))
    }

    fn __len__(&self) -> usize {
        self.checks.len()
    }

    fn __str__(&self) -> String {
        write(&self.checks, Format::Table)
    }
}

/// The tests of IBSI 2, phase 1: (number, file of the phantom, file of the reference map), in the
/// folder of IBSI 2's data.
#[pyfunction]
pub fn response_map_tests() -> Vec<(&'static str, String, String)> {
    let names = |map: ResponseMap| (map.test, map.phantom_file(), map.reference_file());
    response_maps().into_iter().map(names).collect()
}

/// Voxels and geometry of an image, and of its mask or reference map.
type Pair<'py> = (Bound<'py, PyAny>, Geometry, Bound<'py, PyAny>, Geometry);

/// Recompute published values: the embedded digital phantom, those of the CT phantom if it is given
/// as (image, geometry, mask, geometry), and response maps if they are, by the number of the test
/// as (phantom, geometry, reference, geometry).
#[pyfunction]
#[pyo3(signature = (ct, maps, *, threads))]
pub fn verify(
    py: Python<'_>,
    ct: Option<Pair<'_>>,
    maps: HashMap<String, Pair<'_>>,
    threads: i64,
) -> PyResult<Verification> {
    let mut checks = on_threads(py, threads, Limits::default(), |runtime, _| digital_phantom(runtime))?;
    if let Some((image_voxels, image_geometry, mask_voxels, mask_geometry)) = ct {
        let (voxels, labels) = (Borrowed::new("image", &image_voxels)?, Borrowed::new("mask", &mask_voxels)?);
        let (image, mask) =
            (image("image", voxels.voxels(), image_geometry)?, mask(labels.voxels(), mask_geometry)?);
        checks.extend(on_threads(py, threads, Limits::default(), |runtime, _| {
            let mut checks = ct_phantom(&image, &mask, runtime)?;
            checks.extend(ct_phantom_filtered(&image, &mask, runtime)?);
            Ok(checks)
        })?);
    }
    for map in response_maps() {
        let Some((phantom, geometry, reference, reference_geometry)) = maps.get(map.test) else { continue };
        let (voxels, expected) = (Borrowed::new("image", phantom)?, Borrowed::new("reference", reference)?);
        let (phantom, reference) = (
            image("phantom", voxels.voxels(), *geometry)?,
            image("reference", expected.voxels(), *reference_geometry)?,
        );
        let check = on_threads(py, threads, Limits::default(), |runtime, _| {
            map.check(&phantom, &reference, runtime)
        })?;
        checks.push(check.as_check());
    }
    Ok(Verification { checks })
}
