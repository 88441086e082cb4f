//! The context: threads, and the text of the last failure.

use std::ffi::{CString, c_char};
use std::sync::{Mutex, PoisonError};

use radiomics_core::{Cancel, Pool, Runtime, Watch};

use crate::entry::{free, kept_text, plain_entry, value_or};
use crate::pointers::{Out, Versioned, end_of, versioned};
use crate::status::{Failure, radiomics_status};
use crate::strings::c_text;

/// Threads to compute on, and the text of the last failure. Contexts share nothing, so each may
/// be used at the same time as the others; one context is for one thread at a time, but for
/// radiomics_context_cancel.
pub struct radiomics_context {
    pool: Pool,
    cancel: Cancel,
    error: Mutex<CString>,
}

/// How a context is made. All fields 0, apart from struct_size, are the usual choice.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct radiomics_context_options {
    /// sizeof(radiomics_context_options), to be set by the caller.
    pub struct_size: usize,
    /// Number of threads, at most 1024; 0 means as many as the machine has. No number depends on
    /// it.
    pub threads: usize,
}

// SAFETY: repr(C), begins with its size, and consists of integers.
unsafe impl Versioned for radiomics_context_options {
    const NAME: &'static str = "radiomics_context_options";
    const FIRST_SIZE: usize = end_of!(Self, threads);
}

/// What a call runs on.
pub(crate) struct Call<'a> {
    pool: &'a Pool,
    watch: Watch,
}

impl Call<'_> {
    /// For the jobs of the call.
    pub fn runtime(&self) -> Runtime<'_> {
        let mut runtime = Runtime::new(self.pool);
        runtime.stop = Some(&self.watch);
        runtime
    }
}

impl radiomics_context {
    /// A call that begins now: who cancels from here on stops it.
    pub(crate) fn call(&self) -> Call<'_> {
        Call { pool: &self.pool, watch: self.cancel.watch() }
    }

    pub(crate) fn keep_error(&self, text: &str) {
        *self.error.lock().unwrap_or_else(PoisonError::into_inner) = c_text(text);
    }
}

/// Makes a context, which starts its threads. `options` may be NULL for the usual choice. What went wrong
/// if there is none is radiomics_last_error(NULL).
// SAFETY: the name is ours alone: nothing else that is linked begins with `radiomics_`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn radiomics_context_new(
    options: *const radiomics_context_options,
    context: *mut *mut radiomics_context,
) -> radiomics_status {
    plain_entry(|| {
        // SAFETY: by the rule of the header.
        let out = unsafe { Out::new(context, "context") }?;
        let threads = match options.is_null() {
            true => 0,
            // SAFETY: by the rule of the header.
            false => unsafe { versioned(options, "options") }?.threads,
        };
        let pool = Pool::new(threads).map_err(Failure::from)?;
        let made = radiomics_context { pool, cancel: Cancel::new(), error: Mutex::default() };
        out.set(Box::into_raw(Box::new(made)));
        Ok(())
    })
}

/// Stops what runs with the context at this moment, within 0.2 s: its status is then
/// RADIOMICS_STATUS_CANCELLED, and its outputs stay as they were. What begins later is not affected. It may
/// be called from any thread, from a progress callback and from the handler of a signal, while the context
/// lives; NULL is fine. Since RADIOMICS_ABI_VERSION 6.
// SAFETY: the name is ours alone: nothing else that is linked begins with `radiomics_`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn radiomics_context_cancel(context: *const radiomics_context) {
    // Neither checks nor a net for panics, as elsewhere: the handler of a signal must not take locks or
    // memory, for which a variable of the thread is enough.
    // SAFETY: by the rule of the header.
    if let Some(context) = unsafe { context.as_ref() } {
        context.cancel.cancel();
    }
}

/// Frees a context and ends its threads; NULL is fine. Not to be called from a progress callback.
// SAFETY: the name is ours alone: nothing else that is linked begins with `radiomics_`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn radiomics_context_free(context: *mut radiomics_context) {
    // SAFETY: by the rule of the header.
    unsafe { free(context) };
}

/// What went wrong in the last call with this context that failed: the values at fault and the
/// remedy, in UTF-8. Empty if none failed. Valid until the next failing call with the context, or until
/// it is freed. For NULL the same of the calls of this thread that take no context, valid until the next
/// of those that fails; before RADIOMICS_ABI_VERSION 5 it was empty.
// SAFETY: the name is ours alone: nothing else that is linked begins with `radiomics_`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn radiomics_last_error(context: *const radiomics_context) -> *const c_char {
    value_or(c"".as_ptr(), || {
        // SAFETY: by the rule of the header.
        let Some(context) = (unsafe { context.as_ref() }) else { return kept_text() };
        context.error.lock().unwrap_or_else(PoisonError::into_inner).as_ptr()
    })
}
