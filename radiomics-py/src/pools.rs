//! Threads that are kept from call to call: starting them would cost a short call a tenth of its
//! time.

use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread::available_parallelism;

use pyo3::prelude::*;
use radiomics_core::{Pool, Runtime};

use crate::guard::{SettingsError, core};

/// Pools that no call uses, the one that was last used last. A call has its pool to itself, so
/// calls of several Python threads do not wait for each other.
///
/// Locked only with the interpreter lock held, and never while that is released: whoever forks
/// through Python leaves no locked one behind in the child.
static IDLE: Mutex<Vec<Idle>> = Mutex::new(Vec::new());

struct Idle {
    /// Number of threads as the caller asked for them: 0 for as many as the machine has.
    threads: usize,
    /// Number of the process that started the threads: a forked one has the pool but no threads.
    process: u32,
    pool: Pool,
}

/// What a job may take, and who is told how far it is.
#[derive(Default)]
pub struct Limits {
    /// A function of the steps done and all steps, or None.
    pub progress: Option<Py<PyAny>>,
    /// Megabytes (10^6 bytes) of memory beside input and result; None for what the machine has free.
    pub memory_mb: Option<f64>,
}

impl Limits {
    fn bytes(&self) -> PyResult<Option<u64>> {
        let Some(megabytes) = self.memory_mb else { return Ok(None) };
        if megabytes > 0.0 && megabytes.is_finite() {
            return Ok(Some((megabytes * 1e6) as u64));
        }
        Err(SettingsError::new_err(format!(
            "memory_mb is {megabytes}: give a number of megabytes above 0, or None for what the machine has free"
        )))
    }
}

/// Runs `job` on so many threads, with the interpreter lock released. It is called with two runtimes: one that
/// tells of progress, and one that does not, for what comes before. An interrupt ends both, and so does what
/// `progress` raises.
///
/// # Errors
/// `SettingsError` for a negative number, or more threads than the system gives; what `progress` or a signal
/// raises; else as [`core`].
pub fn on_threads<R: Send>(
    py: Python<'_>,
    threads: i64,
    limits: Limits,
    job: impl FnOnce(&Runtime, &Runtime) -> radiomics_core::Result<R> + Send,
) -> PyResult<R> {
    let memory_bytes = limits.bytes()?;
    let threads = number(threads)?;
    let pool = match take(threads) {
        Some(pool) => pool,
        None => core(|| Pool::new(threads))?,
    };
    let process = std::process::id();
    let raised: Mutex<Option<PyErr>> = Mutex::new(None);
    let told = |progress: Option<&Py<PyAny>>, done: usize, total: usize| {
        // What came with the last step of one run ends the next one before it begins.
        if raised.lock().unwrap_or_else(PoisonError::into_inner).is_some() {
            return ControlFlow::Break(());
        }
        let answer = Python::attach(|py| {
            progress.map(|progress| progress.call1(py, (done, total))).transpose()?;
            if std::process::id() != process {
                return end_fork(py);
            }
            py.check_signals()
        });
        match answer {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                *raised.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                ControlFlow::Break(())
            }
        }
    };
    let loud = |done, total| told(limits.progress.as_ref(), done, total);
    let quiet = |done, total| told(None, done, total);
    let result = py.detach(|| {
        let each_step = limits.progress.is_some();
        let runtime = Runtime { memory_bytes, progress: Some(&loud), each_step, ..Runtime::new(&pool) };
        core(|| job(&runtime, &Runtime { progress: Some(&quiet), each_step: false, ..runtime }))
    });
    keep(threads, pool);
    match raised.into_inner().unwrap_or_else(PoisonError::into_inner) {
        Some(error) => Err(error),
        None => result,
    }
}

/// Ends a process that `progress` has forked and that came back from it: the threads that it would wait for
/// are those of its parent.
fn end_fork(py: Python<'_>) -> PyResult<()> {
    let text = "radiomics-rs: `progress` has forked this process, which cannot go on with the call: end it \
                there with os._exit()\n";
    py.import("sys")?.getattr("stderr")?.call_method1("write", (text,))?;
    py.import("sys")?.getattr("stderr")?.call_method0("flush")?;
    py.import("os")?.call_method1("_exit", (1,))?;
    Ok(())
}

/// A number of threads as Python gives it.
pub fn number(threads: i64) -> PyResult<usize> {
    usize::try_from(threads).map_err(|_| {
        SettingsError::new_err(format!("threads is {threads}: give 0 for all cores, or a number above 0"))
    })
}

fn take(threads: usize) -> Option<Pool> {
    let mut idle = IDLE.lock().unwrap_or_else(PoisonError::into_inner);
    forget_foreign(&mut idle);
    let place = idle.iter().rposition(|kept| kept.threads == threads)?;
    Some(idle.remove(place).pool)
}

/// Keeps up to twice as many threads as the machine has, those that were used last.
fn keep(threads: usize, pool: Pool) {
    // The system reads files to say so, which takes longer than a small job.
    static MACHINE: OnceLock<usize> = OnceLock::new();
    let most = 2 * MACHINE.get_or_init(|| available_parallelism().map_or(1, NonZeroUsize::get));
    let mut idle = IDLE.lock().unwrap_or_else(PoisonError::into_inner);
    forget_foreign(&mut idle);
    idle.push(Idle { threads, process: std::process::id(), pool });
    while idle.iter().map(|kept| kept.pool.threads()).sum::<usize>() > most {
        idle.remove(0);
    }
}

/// Forgets pools of the process that this one was forked from: to drop them would wait for threads that
/// are not here.
fn forget_foreign(idle: &mut Vec<Idle>) {
    let here = std::process::id();
    let (own, foreign) = idle.drain(..).partition(|kept| kept.process == here);
    *idle = own;
    std::mem::forget::<Vec<Idle>>(foreign);
}

/// Ends the threads that no call uses.
///
/// Called before the process forks: threads do not survive that, and Python warns of them.
#[pyfunction]
pub fn end_idle_threads() {
    let mut idle = IDLE.lock().unwrap_or_else(PoisonError::into_inner);
    forget_foreign(&mut idle);
    idle.clear();
}
