//! The job that a thread works for: whether it is to stop, and the memory that it may take.
//!
//! A job is stopped, or runs out of memory, deep in loops whose results nobody will look at any more.
//! [`check`] and [`hold`] leave those loops by unwinding, with a [`Left`] that [`Job::run`] turns back into
//! an error: loops that cannot fail otherwise need no `Result` for it. No panic hook is called, and a
//! program without unwinding stops between steps only.
//!
//! A thread knows its job without being told ([`check`] has no argument). Threads of a pool work for any
//! job that uses the pool, so [parallel loops](loops) pass their job on.

mod cancel;
mod limits;
pub(crate) mod loops;
pub(crate) mod place;

use std::any::Any;
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

pub use cancel::{Cancel, Watch};
pub use limits::free_memory;
pub use place::Executor;

thread_local! {
    static CURRENT: RefCell<Option<Arc<Job>>> = const { RefCell::new(None) };
}

/// What all threads that work for a job know of it.
#[derive(Debug)]
pub(crate) struct Job {
    watch: Option<Watch>,
    is_stopped: AtomicBool,
    /// Bytes that the job may take by its caller's word.
    limit: Option<u64>,
    /// What the machine had free when the job first asked, if nothing else limits it.
    free: OnceLock<u64>,
    held: AtomicU64,
}

/// Why a job was left.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Left {
    /// Somebody stopped it.
    Stopped,
    /// It needs more memory than there is.
    Memory(Shortage),
}

/// Memory that a job asked for in vain.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Shortage {
    /// What the memory is for.
    pub what: &'static str,
    pub remedy: &'static str,
    pub needed: u64,
    pub available: u64,
    /// The limit that the job's caller has set.
    pub limit: Option<u64>,
}

impl Job {
    /// A job that stops when `watch` says so, and takes at most `memory_bytes`; what the machine has free
    /// if that is `None`.
    pub fn new(watch: Option<Watch>, memory_bytes: Option<u64>) -> Arc<Self> {
        Arc::new(Self {
            watch,
            is_stopped: AtomicBool::new(false),
            limit: memory_bytes,
            free: OnceLock::new(),
            held: AtomicU64::new(0),
        })
    }

    /// Makes [`check`] stop the job's threads.
    pub fn stop(&self) {
        self.is_stopped.store(true, Ordering::Relaxed);
    }

    pub fn is_stopped(&self) -> bool {
        self.is_stopped.load(Ordering::Relaxed) || self.watch.as_ref().is_some_and(Watch::is_cancelled)
    }

    /// Runs `work` on this thread for the job, and says why it was left if it was.
    pub fn run<R>(self: &Arc<Self>, work: impl FnOnce() -> R) -> Result<R, Left> {
        let _as_before = enter(Some(self.clone()));
        // What work leaves half done is dropped with it: nobody looks at it afterwards.
        catch_unwind(AssertUnwindSafe(work)).map_err(|payload| match payload.downcast::<Left>() {
            Ok(left) => *left,
            Err(panic) => resume_unwind(panic),
        })
    }

    /// Bytes that may be taken beside those that are held.
    fn available(&self) -> u64 {
        let held = self.held.load(Ordering::Relaxed);
        let free = || free_memory().map_or(u64::MAX, |free| held + free);
        self.limit.unwrap_or_else(|| *self.free.get_or_init(free)).saturating_sub(held)
    }
}

/// Bytes that the job of this thread may take beside those that it holds.
pub(crate) fn available() -> u64 {
    current().map_or(u64::MAX, |job| job.available())
}

/// Gives a thread back to the job that it worked for before.
struct Entered(Option<Arc<Job>>);

fn enter(job: Option<Arc<Job>>) -> Entered {
    Entered(CURRENT.replace(job))
}

impl Drop for Entered {
    fn drop(&mut self) {
        CURRENT.set(self.0.take());
    }
}

/// The job that this thread works for.
fn current() -> Option<Arc<Job>> {
    CURRENT.with_borrow(Clone::clone)
}

/// Leaves the job if it is to stop. It costs a few nanoseconds: loops ask once a row or a slice.
pub(crate) fn check() {
    if CURRENT.with_borrow(|job| job.as_ref().is_some_and(|job| job.is_stopped())) {
        leave(Left::Stopped);
    }
}

fn leave(left: Left) {
    if cfg!(panic = "unwind") {
        let payload: Box<dyn Any + Send> = Box::new(left);
        resume_unwind(payload);
    }
}

/// Bytes below which nobody asks what the machine has free.
const LITTLE: u64 = 16 << 20;

/// Says that the job takes so many bytes until the result is dropped, and leaves it if it has not got
/// them. To be asked before memory is taken that grows with the input or a setting.
pub(crate) fn hold(bytes: u64, what: &'static str, remedy: &'static str) -> Held {
    let job = current();
    if let Some(job) = &job {
        let is_asked = bytes >= LITTLE || job.limit.is_some() || job.free.get().is_some();
        if is_asked && bytes > job.available() {
            let (available, limit) = (job.available(), job.limit);
            leave(Left::Memory(Shortage { what, remedy, needed: bytes, available, limit }));
        }
        job.held.fetch_add(bytes, Ordering::Relaxed);
    }
    Held { job, bytes }
}

/// Memory that a job has said it takes.
#[derive(Debug, Default)]
#[must_use = "memory is held as long as this lives"]
pub(crate) struct Held {
    job: Option<Arc<Job>>,
    bytes: u64,
}

impl Drop for Held {
    fn drop(&mut self) {
        if let Some(job) = &self.job {
            job.held.fetch_sub(self.bytes, Ordering::Relaxed);
        }
    }
}

/// A table of less is not counted: moving windows count thousands of small ones a second.
const SMALL_TABLE: u64 = 4096;

/// As [`hold`], for cells of texture matrices, and for what is listed to count them.
pub(crate) fn hold_cells<T>(n: usize) -> Held {
    match (n as u64).saturating_mul(size_of::<T>() as u64) {
        small @ ..SMALL_TABLE => Held { job: None, bytes: small },
        bytes => hold(bytes, "a texture matrix of so many grey levels", CELLS_REMEDY),
    }
}

const CELLS_REMEDY: &str = "make bins wider (`bin_width`) or fewer (`bin_number`), or ask for fewer texture families or aggregations";

/// What an array is for that nothing more is known of.
const ARRAY: &str = "the next array";
const REMEDY: &str = "choose a larger spacing, a smaller region or fewer grey levels, or give more memory";

/// Leaves the job if a single array of so many bytes, which may be held already, is more than there is.
pub(crate) fn ask(bytes: u64) {
    let too_little = CURRENT.with_borrow(|job| match job.as_ref()?.limit {
        Some(limit) if bytes > limit => Some((limit, Some(limit))),
        _ if bytes < LITTLE => None,
        // Asked anew each time: the memory is about to be taken, and others take some as well.
        _ => Some((free_memory().filter(|&free| bytes > free)?, None)),
    });
    if let Some((available, limit)) = too_little {
        leave(Left::Memory(Shortage { what: ARRAY, remedy: REMEDY, needed: bytes, available, limit }));
    }
}

/// Leaves the job because the system refused memory.
pub(crate) fn refused(bytes: u64) {
    if let Some(job) = current() {
        let available = free_memory().unwrap_or_else(|| job.available());
        leave(Left::Memory(Shortage { what: ARRAY, remedy: REMEDY, needed: bytes, available, limit: None }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_is_left_when_it_is_stopped_and_others_are_not() {
        let (first, second) = (Job::new(None, None), Job::new(None, None));
        first.stop();
        assert_eq!(first.run(check), Err(Left::Stopped));
        assert_eq!(second.run(check), Ok(()));
        // One within the other, and back.
        let nested = second.run(|| (first.run(check), check()));
        assert_eq!(nested, Ok((Err(Left::Stopped), ())));
        // No job, nothing to stop.
        check();
    }

    #[test]
    fn cancelling_stops_what_is_watched() {
        let cancel = Cancel::new();
        let job = Job::new(Some(cancel.watch()), None);
        assert_eq!(job.run(check), Ok(()));
        cancel.cancel();
        assert_eq!(job.run(check), Err(Left::Stopped));
        assert_eq!(Job::new(Some(cancel.watch()), None).run(check), Ok(()));
    }

    #[test]
    fn memory_is_given_back() {
        let job = Job::new(None, Some(1000));
        let ask = |bytes| hold(bytes, "an array", "choose less");
        let left = job.run(|| {
            for _ in 0..3 {
                let _first = ask(600);
                let _second = ask(400);
            }
            let _first = ask(600);
            let _second = ask(401);
        });
        let (what, remedy, limit) = ("an array", "choose less", Some(1000));
        let shortage = Shortage { what, remedy, needed: 401, available: 400, limit };
        assert_eq!(left, Err(Left::Memory(shortage)));
        assert_eq!(job.run(|| ask(1000).bytes), Ok(1000));
    }

    #[test]
    fn a_panic_stays_a_panic() {
        let caught = catch_unwind(|| Job::new(None, None).run(|| resume_unwind(Box::new("a bug"))));
        let payload = caught.map(|left: Result<(), Left>| left).expect_err("it is passed on");
        assert_eq!(payload.downcast_ref(), Some(&"a bug"));
    }
}
