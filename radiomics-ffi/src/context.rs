//! The context: threads, and the text of the last failure.

use std::ffi::{CString, c_char, c_void};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use radiomics_core::{Cancel, Executor, Pool, Runtime, Watch};

use crate::entry::{free, kept_text, plain_entry, value_or};
use crate::panics::{of_caller, of_library};
use crate::pointers::{Out, Versioned, end_of, versioned};
use crate::status::{Failure, radiomics_status};
use crate::strings::c_text;

/// Threads to compute on, and the text of the last failure. Contexts share nothing, so each may
/// be used at the same time as the others; one context is for one call at a time, but for
/// radiomics_context_cancel: another one is refused with RADIOMICS_STATUS_INVALID_ARGUMENT.
pub struct radiomics_context {
    pool: Pool,
    cancel: Cancel,
    error: Mutex<CString>,
    is_in_use: AtomicBool,
}

/// A call has the context for itself as long as this lives.
pub(crate) struct Turn<'a>(&'a AtomicBool);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
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
    /// Where to compute: a radiomics_executor, 0 being threads of the context. Since RADIOMICS_ABI_VERSION 8, as
    /// what follows.
    pub executor: i32,
    /// Padding.
    pub reserved: i32,
    /// With RADIOMICS_EXECUTOR_HOST the function that the context computes by; else NULL.
    pub parallel_for: radiomics_parallel_for,
    /// What is handed on to `parallel_for` as `host`.
    pub host: *mut c_void,
}

/// Where a context computes. No number depends on it.
#[repr(i32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum radiomics_executor {
    /// On threads that the context starts and keeps.
    Threads = 0,
    /// On the thread of the call alone; `threads` is not looked at.
    Inline = 1,
    /// On threads of the caller by `parallel_for`, `threads` of them at a time. Progress is told after each
    /// step, and not in between.
    Host = 2,
}

/// A function of the caller's that calls `task(index, data)` with each index from 0 to below `n`, on any threads,
/// its own included, and returns when all of these calls have returned. Tasks do not wait for each other. It is
/// called on the thread of the call that the context is in, and lives as long as the context.
pub type radiomics_parallel_for = Option<
    unsafe extern "C" fn(
        n: usize,
        task: unsafe extern "C" fn(index: usize, data: *mut c_void),
        data: *mut c_void,
        host: *mut c_void,
    ),
>;

/// The caller's threads.
struct Host {
    parallel_for:
        unsafe extern "C" fn(usize, unsafe extern "C" fn(usize, *mut c_void), *mut c_void, *mut c_void),
    host: *mut c_void,
    threads: usize,
}

// SAFETY: the function and its data are for any thread that a context is used on, by the rule of the header.
unsafe impl Send for Host {}
// SAFETY: as above.
unsafe impl Sync for Host {}

/// A task as data of C.
struct Task<'a>(&'a (dyn Fn(usize) + Sync));

unsafe extern "C" fn run_task(index: usize, data: *mut c_void) {
    // SAFETY: `Host::run` hands this function out with a pointer to a task, which lives until all calls have
    // returned.
    let task = unsafe { &*data.cast::<Task>() };
    of_library(|| (task.0)(index));
}

impl Executor for Host {
    fn threads(&self) -> usize {
        self.threads
    }

    fn run(&self, n: usize, task: &(dyn Fn(usize) + Sync)) {
        let mut task = Task(task);
        let data = (&raw mut task).cast();
        // SAFETY: a function of the type of the header with the data that belong to it.
        of_caller(|| unsafe { (self.parallel_for)(n, run_task, data, self.host) });
    }
}

fn pool(options: &radiomics_context_options) -> Result<Pool, Failure> {
    use radiomics_executor as At;
    let host = options.parallel_for;
    match options.executor {
        at if at == At::Host as i32 => {
            let Some(parallel_for) = host else {
                return Err(Failure::argument("`parallel_for` is NULL: RADIOMICS_EXECUTOR_HOST needs it"));
            };
            const MAX_THREADS: usize = 1024;
            if options.threads > MAX_THREADS {
                let threads = options.threads;
                return Err(Failure::argument(format!("`threads` is {threads}: give at most {MAX_THREADS}")));
            }
            let machine = || std::thread::available_parallelism().map_or(1, usize::from);
            let threads = if options.threads == 0 { machine() } else { options.threads };
            Ok(Pool::of_host(Arc::new(Host { parallel_for, host: options.host, threads })))
        }
        _ if host.is_some() => {
            Err(Failure::argument("`parallel_for` is given: `executor` must be RADIOMICS_EXECUTOR_HOST"))
        }
        at if at == At::Threads as i32 => Ok(Pool::new(options.threads)?),
        at if at == At::Inline as i32 => Ok(Pool::inline()),
        other => Err(Failure::argument(format!(
            "`executor` is {other}: give RADIOMICS_EXECUTOR_THREADS (0), RADIOMICS_EXECUTOR_INLINE (1) or \
             RADIOMICS_EXECUTOR_HOST (2)"
        ))),
    }
}

// SAFETY: repr(C), begins with its size, and consists of integers and pointers that may be NULL.
unsafe impl Versioned for radiomics_context_options {
    const NAME: &'static str = "radiomics_context_options";
    const FIRST_SIZE: usize = end_of!(Self, threads);

    fn reserved(&self) -> i32 {
        self.reserved
    }
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

    /// Runs what takes time with a volume of so many voxels, so that it can be cancelled. A small one takes less than
    /// to hand it to other threads.
    pub fn over<R: Send>(
        &self,
        voxels: usize,
        work: impl FnOnce() -> radiomics_core::Result<R> + Send,
    ) -> Result<R, Failure> {
        const SMALL: usize = 1 << 16;
        Ok(if voxels <= SMALL { work()? } else { self.runtime().stoppable(work)? })
    }
}

impl radiomics_context {
    /// The context for one call; a second one, from a progress function or another thread, would wait for the first,
    /// which may wait for it.
    pub(crate) fn turn(&self) -> Result<Turn<'_>, Failure> {
        match self.is_in_use.swap(true, Ordering::Acquire) {
            false => Ok(Turn(&self.is_in_use)),
            true => Err(Failure::argument(
                "`context` is in use by another call, whose progress function must not call with it either: give \
                 another context",
            )),
        }
    }

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
        let pool = match options.is_null() {
            true => Pool::new(0)?,
            // SAFETY: by the rule of the header.
            false => pool(&unsafe { versioned(options, "options") }?)?,
        };
        let made = radiomics_context {
            pool,
            cancel: Cancel::new(),
            error: Mutex::default(),
            is_in_use: AtomicBool::default(),
        };
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
