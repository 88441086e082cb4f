//! Whose threads the loops of this thread are shared with.

use std::cell::RefCell;
use std::sync::Arc;

/// Threads of a host, such as those of its own pool: a [`Pool::of_host`](crate::Pool::of_host) computes on them.
///
/// ```
/// use std::sync::Arc;
/// use radiomics_core::{Executor, Pool, Runtime, Settings, example, extract_many};
///
/// /// Threads that are started for each loop; a host has a pool.
/// struct Scoped;
///
/// impl Executor for Scoped {
///     fn threads(&self) -> usize {
///         2
///     }
///     fn run(&self, n: usize, task: &(dyn Fn(usize) + Sync)) {
///         std::thread::scope(|scope| {
///             (0..n).for_each(|index| drop(scope.spawn(move || task(index))));
///         });
///     }
/// }
///
/// # fn main() -> radiomics_core::Result<()> {
/// let phantom = example::DigitalPhantom::new();
/// let settings = Settings::ibsi_configuration("digital_phantom")?;
/// let pool = Pool::of_host(Arc::new(Scoped));
/// let (image, mask) = (phantom.image(), phantom.mask());
/// let images = [("original", &image)];
/// let theirs = extract_many(&images, &mask, &[1], &settings, &Runtime::new(&pool))?;
/// // The same bits as on one thread.
/// assert_eq!(theirs, extract_many(&images, &mask, &[1], &settings, &Runtime::new(&Pool::inline()))?);
/// # Ok(())
/// # }
/// ```
pub trait Executor: Send + Sync {
    /// How many tasks run at the same time.
    fn threads(&self) -> usize;

    /// Calls `task` with each number below `n`, on any threads, this one included, and returns when all calls have
    /// returned. Tasks do not wait for each other, start no others, and do not panic.
    fn run(&self, n: usize, task: &(dyn Fn(usize) + Sync));
}

/// Where the loops of a thread are worked on.
#[derive(Clone)]
pub(crate) enum Place {
    /// On the pool that the thread is one of; on itself if it is one of none.
    Own,
    /// On this thread alone.
    Here,
    /// On threads of a host.
    Host(Arc<dyn Executor>),
}

thread_local! {
    static PLACE: RefCell<Place> = const { RefCell::new(Place::Own) };
}

/// The place of this thread.
pub(crate) fn place() -> Place {
    PLACE.with_borrow(Clone::clone)
}

/// Runs `work` with the loops of this thread in another place.
pub(crate) fn at<R>(place: Place, work: impl FnOnce() -> R) -> R {
    struct Back(Place);
    impl Drop for Back {
        fn drop(&mut self) {
            PLACE.set(std::mem::replace(&mut self.0, Place::Own));
        }
    }
    let _back = Back(PLACE.replace(place));
    work()
}
