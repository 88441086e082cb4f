//! Threads that are kept from job to job.

use std::fmt;
use std::sync::Arc;

use crate::error::{Error, Result};
use crate::work::place::{Place, at};
use crate::work::{Executor, loops};

/// More threads than any machine has use for. Tens of thousands would start, and bring the
/// machine to a standstill.
const MAX_THREADS: usize = 1024;

/// Threads to compute on. They never change a number. Without the feature `threads` of this crate there are none:
/// whatever number is asked for, all is computed on the thread that starts a job.
///
/// ```
/// use radiomics_core::{Pool, Runtime, Settings, example, extract_many};
///
/// # fn main() -> radiomics_core::Result<()> {
/// // Threads are started once, and kept for all jobs.
/// let pool = Pool::new(2)?;
/// let phantom = example::DigitalPhantom::new();
/// let (image, mask) = (phantom.image(), phantom.mask());
/// for bins in [8, 16] {
///     let settings = radiomics_core::document::from_json(&format!("{{\"bin_number\": {bins}}}"))?;
///     let tables = extract_many(&[("ct", &image)], &mask, &[1], &settings, &Runtime::new(&pool))?;
///     assert_eq!(tables.len(), 1);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Pool {
    threads: Whose,
}

static INLINE: Pool = Pool::inline();

/// Whose threads they are.
enum Whose {
    Own(Threads),
    /// The one that starts a job.
    Callers,
    Hosts(Arc<dyn Executor>),
}

impl fmt::Debug for Whose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Own(threads) => threads.fmt(f),
            Self::Callers => f.write_str("Inline"),
            Self::Hosts(host) => write!(f, "Host({} threads)", host.threads()),
        }
    }
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
        Ok(Self { threads: Whose::Own(Threads::start(threads)?) })
    }

    /// No threads: all is computed on the thread that starts a job. Progress is told after each step.
    pub const fn inline() -> Self {
        Self { threads: Whose::Callers }
    }

    /// The threads of a host, and the thread that starts a job. Progress is told after each step.
    pub fn of_host(host: Arc<dyn Executor>) -> Self {
        Self { threads: Whose::Hosts(host) }
    }

    /// A pool that does without threads of its own: those of a host stay.
    pub(super) fn without_own_threads(&self) -> &Self {
        match &self.threads {
            Whose::Own(_) => &INLINE,
            Whose::Callers | Whose::Hosts(_) => self,
        }
    }

    /// Number of threads: 1 without the feature `threads`.
    pub fn threads(&self) -> usize {
        match &self.threads {
            Whose::Own(threads) => threads.count(),
            Whose::Callers => 1,
            Whose::Hosts(host) => host.threads().max(1),
        }
    }

    /// Runs a job whose parallel loops use these threads.
    pub(crate) fn install<R: Send>(&self, job: impl FnOnce() -> R + Send) -> R {
        match &self.threads {
            Whose::Own(threads) => threads.install(|| at(Place::Own, job)),
            Whose::Callers => at(Place::Here, job),
            Whose::Hosts(host) => at(Place::Host(host.clone()), job),
        }
    }

    /// Whether jobs run on other threads than this one, which is free meanwhile.
    pub(super) fn is_elsewhere(&self) -> bool {
        match &self.threads {
            Whose::Own(threads) => threads.are_elsewhere(),
            Whose::Callers | Whose::Hosts(_) => false,
        }
    }

    /// Whether jobs run on this very thread and no other.
    pub(super) fn is_this_thread(&self) -> bool {
        match &self.threads {
            Whose::Own(_) => !self.is_elsewhere() && self.threads() == 1,
            Whose::Callers => true,
            // Tasks of the host are in another place.
            Whose::Hosts(_) => matches!(crate::work::place::place(), Place::Host(_)),
        }
    }

    /// Runs a job on these threads, which are [elsewhere](Self::is_elsewhere), and `meanwhile` on this one. What
    /// `meanwhile` panics with is passed on when the job has ended.
    pub(super) fn install_and<R: Send>(
        &self,
        job: impl FnOnce() -> R + Send,
        meanwhile: impl FnOnce(),
    ) -> Option<R> {
        match &self.threads {
            Whose::Own(threads) => threads.install_and(|| at(Place::Own, job), meanwhile),
            Whose::Callers | Whose::Hosts(_) => {
                unreachable!("jobs that run elsewhere run on threads of the pool's own")
            }
        }
    }
}

#[cfg(feature = "threads")]
use started::Threads;

#[cfg(feature = "threads")]
mod started {
    use std::thread::JoinHandle;

    use crate::error::{Error, Result};

    #[derive(Debug)]
    pub struct Threads {
        // Both are there until the threads end.
        pool: Option<rayon_core::ThreadPool>,
        handles: Vec<JoinHandle<()>>,
    }

    impl Threads {
        pub fn start(threads: usize) -> Result<Self> {
            let mut handles = Vec::new();
            let built = rayon_core::ThreadPoolBuilder::new()
                .num_threads(threads)
                .spawn_handler(|thread| {
                    handles.push(std::thread::Builder::new().spawn(|| thread.run())?);
                    Ok(())
                })
                .build();
            match built {
                Ok(pool) => Ok(Self { pool: Some(pool), handles }),
                Err(error) => Err(Error::Threads { threads, reason: error.to_string() }),
            }
        }

        pub fn count(&self) -> usize {
            self.pool().current_num_threads()
        }

        pub fn install<R: Send>(&self, job: impl FnOnce() -> R + Send) -> R {
            self.pool().install(job)
        }

        pub fn are_elsewhere(&self) -> bool {
            self.pool().current_thread_index().is_none()
        }

        pub fn install_and<R: Send>(
            &self,
            job: impl FnOnce() -> R + Send,
            meanwhile: impl FnOnce(),
        ) -> Option<R> {
            let mut result = None;
            self.pool().in_place_scope(|scope| {
                let result = &mut result;
                scope.spawn(move |_| *result = Some(job()));
                meanwhile();
            });
            result
        }

        fn pool(&self) -> &rayon_core::ThreadPool {
            self.pool.as_ref().expect("threads are there until the pool is dropped")
        }
    }

    impl Drop for Threads {
        /// Waits until the threads have ended: whoever unloads a library afterwards pulls no code from
        /// under them.
        fn drop(&mut self) {
            drop(self.pool.take());
            for handle in self.handles.drain(..) {
                // A thread of the pool catches what jobs panic with, so it has nothing to tell.
                let _ = handle.join();
            }
        }
    }
}

/// No threads but the one that starts a job.
#[cfg(not(feature = "threads"))]
#[derive(Debug)]
struct Threads;

#[cfg(not(feature = "threads"))]
impl Threads {
    fn start(_: usize) -> Result<Self> {
        Ok(Self)
    }

    fn count(&self) -> usize {
        1
    }

    fn install<R>(&self, job: impl FnOnce() -> R) -> R {
        job()
    }

    fn are_elsewhere(&self) -> bool {
        false
    }

    fn install_and<R>(&self, job: impl FnOnce() -> R, meanwhile: impl FnOnce()) -> Option<R> {
        let result = job();
        meanwhile();
        Some(result)
    }
}

/// Slabs for each thread: several, as some have more voxels than others.
const SLABS_PER_THREAD: usize = 4;

/// The least number of slices of a slab, so that what a slab costs besides them is little.
const LEAST_SLAB: usize = 8;

/// How many of the slices a thread of the pool in use looks at before its results are put together with
/// those of others: all of them if it is the only thread.
pub(crate) fn slab_thickness(slices: usize) -> usize {
    match loops::threads() {
        1 => slices.max(1),
        threads => slices.div_ceil(SLABS_PER_THREAD * threads).max(LEAST_SLAB),
    }
}
