//! Extraction, the catalogue and the example.

use numpy::{IntoPyArray, PyArray3};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};
use radiomics_core::catalogue::FAMILIES;
use radiomics_core::example::DigitalPhantom;
use radiomics_core::filters::{Filter, filter_each, read_filters};
use radiomics_core::{
    Error, FeatureRow, FeatureTable, Grid, Image, Interface, Mask, Named, OnError, Voxels, Warning,
    extract_masks,
};

use serde_json::Value;

use crate::column::Column;
use crate::guard::{core, raised};
use crate::pools::{Limits, on_threads};
use crate::settings::Settings;
use crate::value::{MAX_DEPTH, to_value};
use crate::voxels::{Borrowed, to_array};

/// Geometry of an image: spacing, origin and direction, all (z, y, x).
pub type Geometry = ([f64; 3], [f64; 3], [[f64; 3]; 3]);

/// A row of features: what the value is of, the value, and why it is undefined (empty if it is defined).
type Row<'py> = (Py<Column>, f64, Bound<'py, PyString>);

/// Something that makes values doubtful: its code, the label, the image, and a message.
type Doubt = (&'static str, i64, String, String);

/// What is found of a region: rows and doubts.
type Found<'py> = (Vec<Row<'py>>, Vec<Doubt>);

/// The example: image, mask and spacing (z, y, x) in mm.
type Example<'py> = (Bound<'py, PyAny>, Bound<'py, PyAny>, (f64, f64, f64));

/// Rows of features of labels of masks in several images, a list for each mask of a list for each of its labels:
/// image by image, and there in catalogue order.
///
/// `images` are (name, array, geometry), `name` being what rows call the image. `masks` are
/// (name, array, geometry, labels), `name` being what errors begin with if there are several. Arrays are
/// (z, y, x); a geometry is (spacing, origin, direction), all in (z, y, x) order and
/// millimetres. The arrays are borrowed and the interpreter lock is released: nobody may write to
/// them meanwhile. A row is (column, value, reason); the reason says why a
/// value is undefined, and is empty if it is not.
///
/// `progress`, if not None, is called with the steps done and all steps, at least every 0.05 s; what it
/// raises, or an interrupt, ends the work. `memory_mb` is how many megabytes the work may take. With
/// `record`, a region that cannot be computed keeps its rows, and a warning of the code "failed" says why.
#[pyfunction]
#[pyo3(signature = (images, masks, settings, *, threads, progress=None, memory_mb=None, record=false))]
#[allow(clippy::too_many_arguments, reason = "what the core takes, in Python's words")]
pub fn extract<'py>(
    py: Python<'py>,
    images: Vec<(String, Bound<'py, PyAny>, Geometry)>,
    masks: Vec<(String, Bound<'py, PyAny>, Geometry, Vec<i64>)>,
    settings: &Settings,
    threads: i64,
    progress: Option<Py<PyAny>>,
    memory_mb: Option<f64>,
    record: bool,
) -> PyResult<Vec<Vec<Found<'py>>>> {
    let on_error = if record { OnError::Record } else { OnError::Fail };
    let single = images.len() == 1;
    let role = |name: &str| if single { "image".to_owned() } else { format!("image `{name}`") };
    let borrowed = images
        .iter()
        .map(|(name, image, _)| Borrowed::new(&role(name), image))
        .collect::<PyResult<Vec<_>>>()?;
    let borrowed_masks =
        masks.iter().map(|(_, mask, _, _)| Borrowed::new("mask", mask)).collect::<PyResult<Vec<_>>>()?;
    let of_names = images.iter().zip(&borrowed);
    let images = of_names
        .map(|((name, _, geometry), image)| {
            Ok((name.as_str(), self::image(&role(name), image.voxels(), *geometry)?))
        })
        .collect::<PyResult<Vec<(&str, Image)>>>()?;
    let named: Vec<(&str, &Image)> = images.iter().map(|(name, image)| (*name, image)).collect();
    let of_masks = masks.iter().zip(&borrowed_masks);
    let regions = of_masks
        .map(|((_, _, geometry, _), mask)| self::mask(mask.voxels(), *geometry))
        .collect::<PyResult<Vec<Mask>>>()?;
    let regions: Vec<(&Mask, &[i64])> =
        regions.iter().zip(&masks).map(|(mask, (_, _, _, labels))| (mask, &labels[..])).collect();
    let mut tables: Vec<Vec<FeatureTable>> = masks.iter().map(|_| Vec::new()).collect();
    on_threads(py, threads, Limits { progress, memory_mb }, |runtime, _| {
        let each = &mut |mask: usize, _, table| tables[mask].push(table);
        Ok(extract_masks(&named, &regions, settings.core(), on_error, runtime, each))
    })?
    .map_err(|error| {
        let (of, error) = match (&error, &masks[..]) {
            (Error::Mask { mask, error }, masks) => (&masks[*mask].0[..], &**error),
            (error, [(of, ..)]) => (&of[..], error),
            (error, _) => ("", error),
        };
        raised(error, format!("{of}{}", error.message(Interface::Python)))
    })?;
    // All labels have the same columns, which are objects that tables can share.
    let columns = tables.iter().flatten().next().map_or(&[][..], FeatureTable::rows);
    let columns: Vec<Py<Column>> =
        columns.iter().map(|row| Py::new(py, Column::from(&row.column))).collect::<PyResult<_>>()?;
    let rows = |table: &FeatureTable| -> Vec<Row<'py>> {
        assert_eq!(table.rows().len(), columns.len(), "rows of labels of one job");
        let reason = |row: &FeatureRow| PyString::intern(py, row.reason.map_or("", Named::name));
        let of_row =
            |(column, row): (&Py<Column>, &FeatureRow)| (column.clone_ref(py), row.value, reason(row));
        columns.iter().zip(table.rows()).map(of_row).collect()
    };
    let of_table = |table: &FeatureTable| (rows(table), table.warnings().iter().map(warning).collect());
    Ok(tables.iter().map(|of_mask| of_mask.iter().map(of_table).collect()).collect())
}

/// Whether filters look at the whole image, so that regions which are computed in one call share responses.
#[pyfunction]
pub fn filters_look_at_everything(settings: &Settings) -> bool {
    settings.core().filters_look_at_everything()
}

fn warning(warning: &Warning) -> Doubt {
    (warning.code.name(), warning.label, warning.image.clone(), warning.message.clone())
}

/// The responses of several filters to an image, a list of new float64 arrays (z, y, x).
///
/// `filters` is a filter or a list of them as the setting `filters` takes them. The array is
/// borrowed and the interpreter lock is released: nobody may write to it meanwhile. `progress` and `memory_mb`
/// are as for `extract`.
#[pyfunction]
#[pyo3(signature = (image, geometry, filters, *, threads, progress=None, memory_mb=None))]
#[allow(clippy::too_many_arguments, reason = "what the core takes, in Python's words")]
pub fn filter_images<'py>(
    py: Python<'py>,
    image: &Bound<'py, PyAny>,
    geometry: Geometry,
    filters: &Bound<'py, PyAny>,
    threads: i64,
    progress: Option<Py<PyAny>>,
    memory_mb: Option<f64>,
) -> PyResult<Vec<Bound<'py, PyArray3<f64>>>> {
    let filters = filters_of(filters)?;
    let voxels = Borrowed::new("image", image)?;
    let image = self::image("image", voxels.voxels(), geometry)?;
    let mut responses = Vec::with_capacity(filters.len());
    on_threads(py, threads, Limits { progress, memory_mb }, |runtime, _| {
        filter_each(&image, &filters, runtime, |_, response| responses.push(response))
    })?;
    Ok(responses.into_iter().map(|response| response.into_pyarray(py)).collect())
}

fn filters_of(given: &Bound<'_, PyAny>) -> PyResult<Vec<Filter>> {
    let values = match to_value("filters", given, MAX_DEPTH)? {
        Value::Array(values) => values,
        single => vec![single],
    };
    core(|| read_filters(&values))
}

/// Borrowed voxels as an image, which messages call by its `role`.
pub fn image<'a>(role: &str, voxels: Voxels<'a>, geometry: Geometry) -> PyResult<Image<'a>> {
    let grid = grid(role, &voxels, geometry)?;
    core(|| Image::new(grid, voxels))
}

/// Borrowed voxels as a mask.
pub fn mask<'a>(voxels: Voxels<'a>, geometry: Geometry) -> PyResult<Mask<'a>> {
    let grid = grid("mask", &voxels, geometry)?;
    core(|| Mask::new(grid, voxels))
}

fn grid(role: &str, voxels: &Voxels, (spacing_mm, origin_mm, direction): Geometry) -> PyResult<Grid> {
    let grid = Grid { shape: voxels.shape(), spacing_mm, origin_mm, direction };
    core(|| grid.check(role))?;
    Ok(grid)
}

/// Every feature there is, in catalogue order.
///
/// A list of dicts with the keys family, family_ibsi_id, feature, ibsi_id (empty if IBSI has
/// none), ibsi_parameter_id (of a feature at one value of its parameter, else empty),
/// pyradiomics (PyRadiomics' name or None), summary and aggregations (a list of names; an
/// empty name stands for the region as a whole).
#[pyfunction]
pub fn features(py: Python<'_>) -> PyResult<Vec<Bound<'_, PyDict>>> {
    let mut all = Vec::new();
    for family in FAMILIES {
        for feature in (family.features)() {
            let aggregations: Vec<&str> =
                family.scope.aggregations().iter().map(|(aggregation, _)| aggregation.name()).collect();
            let item = PyDict::new(py);
            item.set_item("family", family.name)?;
            item.set_item("family_ibsi_id", family.ibsi_id)?;
            item.set_item("feature", feature.name)?;
            item.set_item("ibsi_id", feature.ibsi_id)?;
            item.set_item("ibsi_parameter_id", feature.ibsi_parameter_id)?;
            item.set_item("pyradiomics", feature.pyradiomics)?;
            item.set_item("summary", feature.summary)?;
            item.set_item("aggregations", aggregations)?;
            all.push(item);
        }
    }
    Ok(all)
}

/// The digital phantom of IBSI 1: (image, mask, spacing_mm).
///
/// Two new arrays (z, y, x) of 4 × 4 × 5 voxels, int16 and uint8 (label 1), and the spacing
/// (z, y, x) in millimetres.
#[pyfunction]
pub fn example(py: Python<'_>) -> PyResult<Example<'_>> {
    let phantom = DigitalPhantom::new();
    let image = phantom.image();
    Ok((
        to_array(py, image.voxels())?,
        to_array(py, phantom.mask().voxels())?,
        image.grid().spacing_mm.into(),
    ))
}
