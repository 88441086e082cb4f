//! The way into the core: its errors become `RadiomicsError`, and a panic, which is a mistake of ours,
//! becomes `InternalError`. No call of the core is made but through here.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

pyo3::create_exception!(
    radiomics_rs,
    RadiomicsError,
    PyValueError,
    "An image, a mask, a label or a setting that cannot be used; the message names the value and the remedy."
);

pyo3::create_exception!(
    radiomics_rs,
    InternalError,
    RadiomicsError,
    "The library made a mistake, not its caller: please report the message."
);

/// Runs a job of the core.
///
/// # Errors
/// `RadiomicsError` with the core's message, or `InternalError` with that of a panic, on whichever
/// thread it was.
pub fn core<T>(job: impl FnOnce() -> radiomics_core::Result<T>) -> PyResult<T> {
    // What the job was at work on is given up with it.
    match catch_unwind(AssertUnwindSafe(job)) {
        Ok(result) => result.map_err(|error| RadiomicsError::new_err(error.to_string())),
        Err(payload) => {
            let text = panic_text(&*payload);
            Err(InternalError::new_err(format!("the library made a mistake, please report it: {text}")))
        }
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
    crate::pools::on_threads(py, 1, |_| panic!("{text}"))
}
