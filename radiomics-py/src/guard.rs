//! The way into the core: its errors become Python's, a class for each kind, and a panic, which is a
//! mistake of ours, becomes `InternalError`. No call of the core is made but through here.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use radiomics_core::{Error, Interface};

use crate::pools::Limits;

pyo3::create_exception!(
    radiomics_rs,
    RadiomicsError,
    PyValueError,
    "An image, a mask, a label or a setting that cannot be used; the message names the value and the remedy. \
     Its subclasses say which."
);

/// A class of errors for each kind of what is at fault.
macro_rules! kinds {
    ($($name:ident: $text:literal),* $(,)?) => {
        $( pyo3::create_exception!(radiomics_rs, $name, RadiomicsError, $text); )*
    };
}

kinds! {
    ReadError: "A file, or what is in memory, that cannot be read as an image, or written as one.",
    GeometryError: "Voxels of which it is not known where they lie, or that do not lie where they should.",
    RegionError: "A mask, a label, or what the image holds in the region, of which nothing can be computed.",
    SettingsError: "A setting, a filter or another argument that cannot be used.",
    OutOfMemoryError: "Work that needs more memory than there is, or than `memory_mb` gives it.",
    InternalError: "The library made a mistake, not its caller: please report the message.",
}

/// Runs a job of the core.
///
/// # Errors
/// The core's error as the class of its kind, or `InternalError` with the text of a panic, on whichever
/// thread it was.
pub fn core<T>(job: impl FnOnce() -> radiomics_core::Result<T>) -> PyResult<T> {
    // What the job was at work on is given up with it.
    match catch_unwind(AssertUnwindSafe(job)) {
        Ok(result) => result.map_err(|error| raised(&error, error.message(Interface::Python))),
        Err(payload) => {
            let text = panic_text(&*payload);
            Err(InternalError::new_err(format!("the library made a mistake, please report it: {text}")))
        }
    }
}

/// An error of the core as an exception of its kind, with a text of its own.
pub fn raised(error: &Error, text: String) -> PyErr {
    match error {
        Error::EmptyImage { .. }
        | Error::InvalidSpacing { .. }
        | Error::InvalidGeometry { .. }
        | Error::VoxelsMismatch { .. }
        | Error::ShapeMismatch { .. }
        | Error::InvalidContour { .. }
        | Error::GeometryMismatch { .. }
        | Error::GridsDiffer { .. } => GeometryError::new_err(text),
        Error::EmptyMask { .. }
        | Error::LabelNotPresent { .. }
        | Error::BackgroundLabel
        | Error::LabelTwice { .. }
        | Error::FractionalMask { .. }
        | Error::NonFiniteVoxels { .. }
        | Error::NonFiniteSurroundings { .. }
        | Error::RegionTooSmall { .. } => RegionError::new_err(text),
        Error::ImageName { .. }
        | Error::InvalidTable(_)
        | Error::NonFiniteResult { .. }
        | Error::UnknownSetting { .. }
        | Error::InvalidSetting { .. }
        | Error::InvalidArgument { .. }
        | Error::Filter { .. }
        | Error::UnknownParameter { .. }
        | Error::InvalidFilter { .. }
        | Error::Unavailable { .. }
        | Error::InvalidDocument { .. }
        | Error::PyRadiomicsDocument { .. }
        | Error::UnknownName { .. }
        | Error::TooManyLevels { .. }
        | Error::RangeTooLarge { .. }
        | Error::NotDiscretised { .. }
        | Error::OutsideBinEdges { .. }
        | Error::GridTooLarge { .. }
        | Error::Threads { .. } => SettingsError::new_err(text),
        Error::OutOfMemory { .. } => OutOfMemoryError::new_err(text),
        Error::Region { error, .. } | Error::Mask { error, .. } | Error::Discretisation { error, .. } => {
            raised(error, text)
        }
        // A job that was stopped, and what the core may come to say before it has a kind here.
        _ => RadiomicsError::new_err(text),
    }
}

fn panic_text(payload: &(dyn Any + Send)) -> &str {
    let formatted = payload.downcast_ref::<String>().map(String::as_str);
    formatted.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or("no details")
}

/// Makes the mistake that `InternalError` is for, to see what becomes of it.
#[pyfunction]
#[pyo3(name = "_fail")]
pub fn fail(py: Python<'_>, text: &str) -> PyResult<()> {
    crate::pools::on_threads(py, 1, Limits::default(), |_, _| panic!("{text}"))
}
