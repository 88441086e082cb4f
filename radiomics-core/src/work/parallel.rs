//! Parallel loops that pass their job on to the threads that work for them.

use std::sync::Arc;

use rayon::iter::plumbing::{Consumer, Folder, ProducerCallback, UnindexedConsumer};
use rayon::prelude::*;

use super::loops::work_for;
use super::{Job, check, current};

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
