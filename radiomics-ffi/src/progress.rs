//! Who is told of progress and may cancel, and how much memory a call may take.

use std::ffi::c_void;
use std::ops::ControlFlow;

use radiomics_core::Runtime;

use crate::context::Call;
use crate::panics::of_caller;
use crate::status::Failure;

/// A callback that is told that `done` of `total` steps are done, and returns 0 to go on, anything else
/// to cancel; of the last call, when all are done, the answer is not looked at. It is called on the thread
/// of the call that it belongs to, with `done` never going down, and at least every 0.1 s. It must not call
/// a function with that context, but for radiomics_context_cancel.
pub type radiomics_progress =
    Option<unsafe extern "C" fn(done: usize, total: usize, user_data: *mut c_void) -> i32>;

/// A callback and its data, as a function of the core.
struct Callback {
    function: unsafe extern "C" fn(usize, usize, *mut c_void) -> i32,
    user_data: *mut c_void,
}

// SAFETY: the core makes one call at a time, on the thread of the job: that of the caller's call.
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

/// What the caller says of a job besides what is to be computed.
pub(crate) struct Terms {
    callback: Option<Callback>,
    memory_bytes: Option<u64>,
}

/// As the header and the messages count.
const MEGABYTE: f64 = 1e6;

impl Terms {
    /// The callback and its data are the caller's, by the rule of the header.
    pub unsafe fn new(
        progress: radiomics_progress,
        user_data: *mut c_void,
        memory_mb: f64,
    ) -> Result<Self, Failure> {
        let memory_bytes = match memory_mb {
            0.0 => None,
            // What is more than a number of bytes can be is the most that it can be.
            given if given > 0.0 => Some((given * MEGABYTE) as u64),
            given => {
                let remedy = "give megabytes, or 0 for what the machine has free";
                return Err(Failure::argument(format!("`memory_mb` is {given}: {remedy}")));
            }
        };
        Ok(Self { callback: progress.map(|function| Callback { function, user_data }), memory_bytes })
    }

    /// Nobody is told, and there is no limit.
    pub fn none() -> Self {
        Self { callback: None, memory_bytes: None }
    }

    /// Runs a job of a call on these terms.
    pub fn run<R>(&self, call: &Call, job: impl FnOnce(&Runtime) -> R) -> R {
        let told = self.callback.as_ref().map(|callback| |done, total| callback.call(done, total));
        let mut runtime = call.runtime();
        runtime.progress = told.as_ref().map(|told| told as _);
        runtime.memory_bytes = self.memory_bytes;
        job(&runtime)
    }
}

#[cfg(test)]
mod tests {
    use std::ptr::null_mut;

    use super::*;

    #[test]
    fn memory_is_a_number_of_megabytes() {
        // SAFETY: there is no callback.
        let bytes = |mb| unsafe { Terms::new(None, null_mut(), mb) }.map(|terms| terms.memory_bytes);
        assert_eq!(bytes(0.0).unwrap(), None);
        assert_eq!(bytes(-0.0).unwrap(), None);
        assert_eq!(bytes(1.5).unwrap(), Some(1_500_000));
        assert_eq!(bytes(1e-9).unwrap(), Some(0));
        assert_eq!(bytes(f64::INFINITY).unwrap(), Some(u64::MAX));
        for (wrong, shown) in [(-1.0, "-1"), (f64::NAN, "NaN"), (f64::NEG_INFINITY, "-inf")] {
            let text = bytes(wrong).unwrap_err().text;
            assert!(text.starts_with(&format!("`memory_mb` is {shown}: give megabytes")), "{text}");
        }
    }
}
