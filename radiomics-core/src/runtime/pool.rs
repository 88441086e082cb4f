//! Threads that are kept from job to job.

use std::thread::JoinHandle;

use crate::error::{Error, Result};

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
    pub(super) fn install<R: Send>(&self, job: impl FnOnce() -> R + Send) -> R {
        self.rayon().install(job)
    }

    /// Runs a job on these threads, and `meanwhile` on this one. What `meanwhile` panics with is passed on
    /// when the job has ended.
    pub(super) fn install_and<R: Send>(
        &self,
        job: impl FnOnce() -> R + Send,
        meanwhile: impl FnOnce(),
    ) -> Option<R> {
        let mut result = None;
        self.rayon().in_place_scope(|scope| {
            let result = &mut result;
            scope.spawn(move |_| *result = Some(job()));
            meanwhile();
        });
        result
    }

    /// Whether this thread is one of them.
    pub(super) fn is_own_thread(&self) -> bool {
        self.rayon().current_thread_index().is_some()
    }

    fn rayon(&self) -> &rayon::ThreadPool {
        self.threads.as_ref().expect("threads are there until the pool is dropped")
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
