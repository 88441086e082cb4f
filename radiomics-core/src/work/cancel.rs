//! Stopping a job from outside.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Stops jobs from any thread, at any time.
///
/// ```
/// use radiomics_core::{Cancel, Error, Pool, Runtime, Settings, example, extract_many};
///
/// # fn main() -> radiomics_core::Result<()> {
/// let (pool, cancel) = (Pool::new(1)?, Cancel::new());
/// let watch = cancel.watch();
/// let runtime = Runtime { stop: Some(&watch), ..Runtime::new(&pool) };
/// cancel.cancel();
/// let phantom = example::DigitalPhantom::new();
/// let images = [("original", &phantom.image())];
/// let stopped = extract_many(&images, &phantom.mask(), &[1], &Settings::default(), &runtime);
/// assert!(matches!(stopped, Err(Error::Cancelled { .. })));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct Cancel {
    /// How often `cancel` was called. A number, so that a caller such as the C interface can stop what
    /// runs and go on with the same `Cancel`.
    calls: Arc<AtomicU64>,
}

/// Looks at a [`Cancel`]: says whether it was called since.
#[derive(Clone, Debug)]
pub struct Watch {
    calls: Arc<AtomicU64>,
    seen: u64,
}

impl Cancel {
    /// A `Cancel` that nobody watches yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Stops the jobs of all watches that were made before: they end within about 0.1 s with
    /// [`Error::Cancelled`](crate::Error::Cancelled). It waits for nothing and takes no lock, so it may be
    /// called from a signal handler too.
    pub fn cancel(&self) {
        self.calls.fetch_add(1, Ordering::Relaxed);
    }

    /// A watch of the calls from now on, for the jobs that they are to stop, running or not yet begun.
    pub fn watch(&self) -> Watch {
        Watch { calls: self.calls.clone(), seen: self.calls.load(Ordering::Relaxed) }
    }
}

impl Watch {
    /// Whether [`Cancel::cancel`] was called since the watch was made.
    pub fn is_cancelled(&self) -> bool {
        self.calls.load(Ordering::Relaxed) != self.seen
    }
}
