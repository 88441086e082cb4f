//! What a job runs on: threads that are kept from job to job, and who is told how far it is.

use std::ops::ControlFlow;
use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;

use crate::error::{Error, Result};
use crate::kernels::Isa;

/// How to compute; never changes a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Execution {
    /// Number of threads, at most 1024; 0 means as many as the machine has.
    pub threads: usize,
    /// Instruction set.
    pub isa: Isa,
}

impl Default for Execution {
    fn default() -> Self {
        Self { threads: 0, isa: Isa::best() }
    }
}

impl Execution {
    /// Threads of their own for one job.
    ///
    /// # Errors
    /// As [`Pool::new`].
    pub(crate) fn pool(&self) -> Result<Pool> {
        Pool::new(self.threads)
    }
}

/// More threads than any machine has use for. Tens of thousands would start, and bring the
/// machine to a standstill.
const MAX_THREADS: usize = 1024;

/// Threads to compute on. They never change a number.
#[derive(Debug)]
pub struct Pool {
    // Both are there until the pool is dropped.
    threads: Option<rayon::ThreadPool>,
    handles: Vec<JoinHandle<()>>,
    count: usize,
}

impl Pool {
    /// Starts `threads` threads, at most 1024; 0 means as many as the machine has.
    ///
    /// # Errors
    /// [`Error::Threads`] for more than 1024 threads, or when the system refuses them.
    pub fn new(threads: usize) -> Result<Self> {
        if threads > MAX_THREADS {
            let reason = format!("{MAX_THREADS} are the limit; 0 takes as many as the machine has");
            return Err(Error::Threads { threads, reason });
        }
        let mut handles = Vec::new();
        let built = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .spawn_handler(|thread| {
                handles.push(std::thread::Builder::new().spawn(|| thread.run())?);
                Ok(())
            })
            .build();
        match built {
            Ok(pool) => Ok(Self { count: pool.current_num_threads(), threads: Some(pool), handles }),
            Err(error) => Err(Error::Threads { threads, reason: error.to_string() }),
        }
    }

    /// Number of threads.
    pub fn threads(&self) -> usize {
        self.count
    }

    /// Runs a job whose parallel loops use these threads.
    pub(crate) fn install<R: Send>(&self, job: impl FnOnce() -> R + Send) -> R {
        match &self.threads {
            Some(threads) => threads.install(job),
            None => job(),
        }
    }
}

impl Drop for Pool {
    /// Waits until the threads have ended: whoever unloads a library afterwards pulls no code from
    /// under them.
    fn drop(&mut self) {
        drop(self.threads.take());
        for handle in self.handles.drain(..) {
            // A thread of the pool catches what jobs panic with, so it has nothing to tell.
            let _ = handle.join();
        }
    }
}

/// Slabs for each thread: several, as some have more voxels than others.
const SLABS_PER_THREAD: usize = 4;

/// The least number of slices of a slab, so that what a slab costs besides them is little.
const LEAST_SLAB: usize = 8;

/// How many of the slices a thread of the pool in use looks at before its results are put together with
/// those of others: all of them if it is the only thread.
pub(crate) fn slab_thickness(slices: usize) -> usize {
    match rayon::current_num_threads() {
        1 => slices.max(1),
        threads => slices.div_ceil(SLABS_PER_THREAD * threads).max(LEAST_SLAB),
    }
}

/// A function that is told how many of how many steps are done, and may stop the job. It is called on the
/// job's threads, one call at a time, with numbers that never go down: first with 0, last with all steps
/// unless the job fails or is stopped.
pub type Progress<'a> = dyn Fn(usize, usize) -> ControlFlow<()> + Sync + 'a;

/// What a job runs on; never changes a number.
#[derive(Clone, Copy)]
pub struct Runtime<'a> {
    /// The threads of the job.
    pub pool: &'a Pool,
    /// Instruction set.
    pub isa: Isa,
    /// Who is told of progress, and may stop the job.
    pub progress: Option<&'a Progress<'a>>,
}

impl<'a> Runtime<'a> {
    /// A runtime on the threads of `pool` with the best instruction set, which tells nobody of progress.
    pub fn new(pool: &'a Pool) -> Self {
        Self { pool, isa: Isa::best(), progress: None }
    }
}

impl std::fmt::Debug for Runtime<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Runtime").field("pool", self.pool).field("isa", &self.isa).finish_non_exhaustive()
    }
}

/// Counts the steps of a job, tells of them, and remembers whether it was stopped.
pub(crate) struct Monitor<'a> {
    progress: Option<&'a Progress<'a>>,
    total: usize,
    state: Mutex<State>,
}

struct State {
    done: usize,
    stopped: bool,
}

impl<'a> Monitor<'a> {
    /// A monitor of a job of `total` steps, none of which is done.
    pub fn new(progress: Option<&'a Progress<'a>>, total: usize) -> Self {
        Self { progress, total, state: Mutex::new(State { done: 0, stopped: false }) }
    }

    /// Counts `steps` more as done; 0 only asks whether to go on.
    ///
    /// # Errors
    /// [`Error::Cancelled`] when the job was stopped, now or earlier.
    pub fn advance(&self, steps: usize) -> Result<()> {
        let Some(progress) = self.progress else { return Ok(()) };
        // Held during the call, so that calls come one at a time and in order. A lock that a
        // panicking callback left behind is as good as any: both fields are always valid.
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.done += steps;
        state.stopped = state.stopped || progress(state.done, self.total).is_break();
        match state.stopped {
            true => Err(Error::Cancelled { done: state.done, total: self.total }),
            false => Ok(()),
        }
    }
}
