//! Parallel loops that pass their job on to the threads that work for them.

use std::sync::Arc;

use rayon::iter::plumbing::{Consumer, Folder, ProducerCallback, UnindexedConsumer};
use rayon::prelude::*;

use super::{CURRENT, Entered, Job, check, current, enter};

/// Gives parallel loops [`watched`](Watch::watched).
pub(crate) trait Watch: ParallelIterator {
    /// The same loop, each item of which is worked on for the job of the thread that starts the loop, and
    /// which is left when the job is to stop. It stands behind `zip`, `enumerate` and the like, and before
    /// what works.
    fn watched(self) -> Watched<Self> {
        Watched { base: self, job: current() }
    }
}

impl<I: ParallelIterator> Watch for I {}

/// A loop that passes its job on.
pub(crate) struct Watched<I> {
    base: I,
    job: Option<Arc<Job>>,
}

impl<I: ParallelIterator> ParallelIterator for Watched<I> {
    type Item = I::Item;

    fn drive_unindexed<C: UnindexedConsumer<I::Item>>(self, consumer: C) -> C::Result {
        self.base.drive_unindexed(ForJob { base: consumer, job: self.job })
    }

    fn opt_len(&self) -> Option<usize> {
        self.base.opt_len()
    }
}

impl<I: IndexedParallelIterator> IndexedParallelIterator for Watched<I> {
    fn len(&self) -> usize {
        self.base.len()
    }

    fn drive<C: Consumer<I::Item>>(self, consumer: C) -> C::Result {
        self.base.drive(ForJob { base: consumer, job: self.job })
    }

    fn with_producer<CB: ProducerCallback<I::Item>>(self, _: CB) -> CB::Output {
        panic!("`watched` stands before `zip`, `enumerate` or the like, where it would not see the work")
    }
}

/// What works on items, or on one after the other of them, and for whom.
struct ForJob<C> {
    base: C,
    job: Option<Arc<Job>>,
}

impl<T, C: Consumer<T>> Consumer<T> for ForJob<C> {
    type Folder = ForJob<C::Folder>;
    type Reducer = C::Reducer;
    type Result = C::Result;

    fn split_at(self, index: usize) -> (Self, Self, C::Reducer) {
        let (left, right, reducer) = self.base.split_at(index);
        (Self { base: left, job: self.job.clone() }, Self { base: right, job: self.job }, reducer)
    }

    fn into_folder(self) -> Self::Folder {
        ForJob { base: self.base.into_folder(), job: self.job }
    }

    fn full(&self) -> bool {
        self.base.full()
    }
}

impl<T, C: UnindexedConsumer<T>> UnindexedConsumer<T> for ForJob<C> {
    fn split_off_left(&self) -> Self {
        Self { base: self.base.split_off_left(), job: self.job.clone() }
    }

    fn to_reducer(&self) -> C::Reducer {
        self.base.to_reducer()
    }
}

impl<T, F: Folder<T>> Folder<T> for ForJob<F> {
    type Result = F::Result;

    fn consume(self, item: T) -> Self {
        let _as_before = work_for(&self.job);
        check();
        Self { base: self.base.consume(item), job: self.job }
    }

    fn complete(self) -> F::Result {
        self.base.complete()
    }

    fn full(&self) -> bool {
        self.base.full()
    }
}

/// Makes this thread work for a job, if it does not do so already.
fn work_for(job: &Option<Arc<Job>>) -> Option<Entered> {
    let is_known = CURRENT.with_borrow(|current| match (current, job) {
        (Some(current), Some(job)) => Arc::ptr_eq(current, job),
        (current, job) => current.is_none() && job.is_none(),
    });
    (!is_known).then(|| enter(job.clone()))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::work::Left;

    /// Two jobs share threads, with loops within loops: each item is worked on for its own job.
    #[test]
    fn items_are_worked_on_for_the_job_that_started_the_loop() {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap();
        let is_own = |job: &Arc<Job>| current().is_some_and(|current| Arc::ptr_eq(&current, job));
        let loops = |job: &Arc<Job>| {
            job.run(|| {
                let inner = |i: usize| (0..i).into_par_iter().watched().filter(|_| is_own(job)).count();
                pool.install(|| {
                    assert!(!is_own(job), "a thread of the pool");
                    job.run(|| (0..200usize).into_par_iter().watched().map(inner).sum::<usize>())
                })
            })
        };
        let jobs = [Job::new(None, None), Job::new(None, None)];
        std::thread::scope(|scope| {
            for job in &jobs {
                scope.spawn(|| assert_eq!(loops(job), Ok(Ok(199 * 100))));
            }
        });
    }

    #[test]
    fn a_stopped_loop_does_no_more() {
        let job = Job::new(None, None);
        let done = AtomicUsize::new(0);
        let left = job.run(|| {
            (0..1000).into_par_iter().watched().for_each(|_| {
                done.fetch_add(1, Ordering::Relaxed);
                job.stop();
            });
        });
        assert_eq!(left, Err(Left::Stopped));
        assert!(done.into_inner() <= rayon::current_num_threads());
    }

    #[test]
    fn order_and_number_are_kept() {
        let items: Vec<usize> = (0..1000).into_par_iter().watched().map(|i| i + 1).collect();
        assert_eq!(items, (1..1001).collect::<Vec<_>>());
        assert_eq!((0..7).into_par_iter().watched().len(), 7);
        let evens: Vec<usize> = (0..100).into_par_iter().filter(|i| i % 2 == 0).watched().collect();
        assert_eq!(evens, (0..50).map(|i| 2 * i).collect::<Vec<_>>());
    }
}
