//! Who is told of progress, and may cancel.

use std::ffi::c_void;
use std::ops::ControlFlow;

use radiomics_core::Runtime;

use crate::context::radiomics_context;
use crate::panics::of_caller;

/// A callback that is told that `done` of `total` steps are done, and returns 0 to go on, anything else
/// to cancel. It is called on the context's threads, one call at a time, with `done` never going down,
/// and must not call a function with that context.
pub type radiomics_progress =
    Option<unsafe extern "C" fn(done: usize, total: usize, user_data: *mut c_void) -> i32>;

/// A callback and its data, as a function of the core.
struct Callback {
    function: unsafe extern "C" fn(usize, usize, *mut c_void) -> i32,
    user_data: *mut c_void,
}

// SAFETY: the header says that the callback comes on any of the context's threads, and the core
// makes one call at a time.
unsafe impl Sync for Callback {}

impl Callback {
    fn call(&self, done: usize, total: usize) -> ControlFlow<()> {
        // SAFETY: a function of the type of the header with the data that belong to it.
        match of_caller(|| unsafe { (self.function)(done, total, self.user_data) }) {
            0 => ControlFlow::Continue(()),
            _ => ControlFlow::Break(()),
        }
    }
}

/// Calls `job` with a runtime on the context's threads that tells the caller of progress. The
/// callback and its data are the caller's, by the rule of the header.
pub(crate) unsafe fn watched<R>(
    context: &radiomics_context,
    progress: radiomics_progress,
    user_data: *mut c_void,
    job: impl FnOnce(&Runtime) -> R,
) -> R {
    let callback = progress.map(|function| Callback { function, user_data });
    let told = callback.as_ref().map(|callback| |done, total| callback.call(done, total));
    let mut runtime = Runtime::new(context.pool());
    runtime.progress = told.as_ref().map(|told| told as _);
    job(&runtime)
}
