//! The parallel loop.
//!
//! There is one, [`run`], compiled once. Threads that join in take one item after the other until none is left:
//! ```text
//! items    0 1 2 3 4 5 6 7
//! thread A 0 . 2 . . 5 . 7      its state made before item 0, its results in places 0, 2, 5 and 7
//! thread B . 1 . 3 4 . 6 .
//! ```
//! What stands round it for each type of items, states and results is so little that a loop costs a page of code
//! where generic parallel iterators cost ten. Items are worked on for the job of the thread that starts the loop, and
//! the loop is left when the job is to stop. Loops stand within loops. A panic ends the loop and is passed on.

use std::convert::Infallible;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::place::{Executor, Place, at, place};
use super::{CURRENT, Entered, Job, check, current, enter};

/// Calls `work` with each item.
pub(crate) fn each<I>(items: I, work: impl Fn(I::Item) + Sync)
where
    I: IntoIterator<IntoIter: ExactSizeIterator + Send>,
{
    each_with(items, || (), |(), item| work(item));
}

/// Calls `work` with each item and a state of the thread, which `state` makes before its first item.
pub(crate) fn each_with<I, S>(items: I, state: impl Fn() -> S + Sync, work: impl Fn(&mut S, I::Item) + Sync)
where
    I: IntoIterator<IntoIter: ExactSizeIterator + Send>,
{
    let Ok(()) = try_each_with(items, state, |state, item| {
        work(state, item);
        Ok::<(), Infallible>(())
    });
}

/// As [`each_with`], but an error ends the loop.
pub(crate) fn try_each_with<I, S, E: Send>(
    items: I,
    state: impl Fn() -> S + Sync,
    work: impl Fn(&mut S, I::Item) -> Result<(), E> + Sync,
) -> Result<(), E>
where
    I: IntoIterator<IntoIter: ExactSizeIterator + Send>,
{
    let items = items.into_iter();
    let n = items.len();
    let (items, failed) = (Mutex::new(items), Mutex::new(None));
    run(n, 1, &|turns| {
        let mut own = None;
        while turns.take() {
            let item = lock(&items).next().expect("an item for each turn");
            if let Err(error) = work(own.get_or_insert_with(&state), item) {
                lock(&failed).get_or_insert(error);
                break;
            }
        }
    });
    into_inner(failed).map_or(Ok(()), Err)
}

/// Whether `holds` for all items. Once it does not for one, no more are looked at.
pub(crate) fn all<I>(items: I, holds: impl Fn(I::Item) -> bool + Sync) -> bool
where
    I: IntoIterator<IntoIter: ExactSizeIterator + Send>,
{
    try_each_with(items, || (), |(), item| if holds(item) { Ok(()) } else { Err(()) }).is_ok()
}

/// What `of` makes of each item, in their order.
pub(crate) fn map<I, R: Send>(items: I, of: impl Fn(I::Item) -> R + Sync) -> Vec<R>
where
    I: IntoIterator<IntoIter: ExactSizeIterator + Send>,
{
    map_with(items, || (), |(), item| of(item))
}

/// As [`map`], with a state of the thread as [`each_with`] has it.
pub(crate) fn map_with<I, S, R: Send>(
    items: I,
    state: impl Fn() -> S + Sync,
    of: impl Fn(&mut S, I::Item) -> R + Sync,
) -> Vec<R>
where
    I: IntoIterator<IntoIter: ExactSizeIterator + Send>,
{
    let Ok(results) = try_map_with(items, state, |state, item| Ok::<R, Infallible>(of(state, item)));
    results
}

/// As [`map_with`], but an error ends the loop.
pub(crate) fn try_map_with<I, S, R: Send, E: Send>(
    items: I,
    state: impl Fn() -> S + Sync,
    of: impl Fn(&mut S, I::Item) -> Result<R, E> + Sync,
) -> Result<Vec<R>, E>
where
    I: IntoIterator<IntoIter: ExactSizeIterator + Send>,
{
    let items = items.into_iter();
    let mut results: Vec<Option<R>> = (0..items.len()).map(|_| None).collect();
    try_each_with(items.zip(&mut results), state, |state, (item, place)| {
        *place = Some(of(state, item)?);
        Ok(())
    })?;
    Ok(results.into_iter().map(|result| result.expect("a result for each item")).collect())
}

/// The states of the threads after each item has been added to one of them, and at most one for `grain` items.
/// Which items are in which state is left to chance: what is made of them must be the same in any order.
pub(crate) fn folded<I, S: Send>(
    items: I,
    grain: usize,
    state: impl Fn() -> S + Sync,
    add: impl Fn(&mut S, I::Item) + Sync,
) -> Vec<S>
where
    I: IntoIterator<IntoIter: ExactSizeIterator + Send>,
{
    let items = items.into_iter();
    let n = items.len();
    let (items, states) = (Mutex::new(items), Mutex::new(Vec::new()));
    run(n, grain, &|turns| {
        let mut own = None;
        while turns.take() {
            let item = lock(&items).next().expect("an item for each turn");
            add(own.get_or_insert_with(&state), item);
        }
        if let Some(own) = own {
            lock(&states).push(own);
        }
    });
    into_inner(states)
}

/// What `of` makes of the items, merged; `None` of no items. Which ones are merged first is left to chance: the
/// outcome must be the same in any order.
pub(crate) fn merged<I, R: Send>(
    items: I,
    of: impl Fn(I::Item) -> R + Sync,
    merge: impl Fn(R, R) -> R + Sync,
) -> Option<R>
where
    I: IntoIterator<IntoIter: ExactSizeIterator + Send>,
{
    let add = |all: &mut Option<R>, item: I::Item| {
        let one = of(item);
        *all = Some(match all.take() {
            Some(all) => merge(all, one),
            None => one,
        });
    };
    folded(items, 1, || None, add).into_iter().flatten().reduce(merge)
}

// A lock that a panicking thread left behind guards what nobody looks at any more.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn into_inner<T>(mutex: Mutex<T>) -> T {
    mutex.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// Number of threads that share the loops of this one: those of its pool, or it alone if it is in none.
pub(crate) fn threads() -> usize {
    match place() {
        Place::Own => {}
        Place::Here => return 1,
        Place::Host(host) => return host.threads().max(1),
    }
    #[cfg(feature = "threads")]
    if rayon_core::current_thread_index().is_some() {
        return rayon_core::current_num_threads();
    }
    1
}

/// Calls `work` on each thread that joins in, with turns of which there are `n` in all. There are at most as many
/// calls as turns divided by `grain`.
fn run(n: usize, grain: usize, work: &(dyn Fn(&Turns) + Sync)) {
    let shared = Loop { n, begun: AtomicUsize::new(0), work };
    if n / 2 >= grain && threads() > 1 {
        match place() {
            Place::Host(host) => shared.share_with(&*host, &current(), grain),
            #[cfg(feature = "threads")]
            Place::Own => return shared.share_out(&current(), grain, threads(), n),
            _ => {}
        }
    }
    // What a host has left, if it called no task, is done here.
    shared.join_in();
}

/// A loop that runs.
struct Loop<'a> {
    n: usize,
    /// Number of turns that were taken; more than there are, if threads asked in vain.
    begun: AtomicUsize,
    work: &'a (dyn Fn(&Turns) + Sync),
}

impl Loop<'_> {
    fn left(&self) -> usize {
        self.n.saturating_sub(self.begun.load(Ordering::Relaxed))
    }

    /// Takes turns on this thread.
    fn join_in(&self) {
        if self.left() > 0 {
            let _ended = Ended(self);
            (self.work)(&Turns(self));
        }
    }

    /// Offers the turns to threads of a host. Loops within this one stay on their threads, as not every host's tasks
    /// may start others.
    fn share_with(&self, host: &dyn Executor, job: &Option<Arc<Job>>, grain: usize) {
        let panicked = Mutex::new(None);
        let pieces = host.threads().min(self.n / grain.max(1));
        host.run(pieces, &|_| {
            let join_in = || {
                let _as_before = work_for(job);
                self.join_in();
            };
            // A host's own code is not to be unwound through.
            if let Err(panic) = catch_unwind(AssertUnwindSafe(|| at(Place::Here, join_in))) {
                lock(&panicked).get_or_insert(panic);
            }
        });
        if let Some(panic) = into_inner(panicked) {
            resume_unwind(panic);
        }
    }

    /// Offers half of `turns` to other threads, again and again: as often as makes a piece or two for each thread,
    /// and anew where another thread has taken one, for others may have time as well then. A piece is no more than
    /// a place to join in: whoever has it takes what turns are left.
    #[cfg(feature = "threads")]
    fn share_out(&self, job: &Option<Arc<Job>>, grain: usize, splits: usize, turns: usize) {
        let half = turns / 2;
        if splits == 0 || half < grain {
            let _as_before = work_for(job);
            return self.join_in();
        }
        rayon_core::join_context(
            |_| self.share_out(job, grain, splits / 2, half),
            |context| match context.migrated() {
                true => self.share_out(job, grain, threads().max(splits / 2), self.left().min(turns - half)),
                false => self.share_out(job, grain, splits / 2, turns - half),
            },
        );
    }
}

/// Leaves no turn when a thread ends, because there was none, it broke off or it panics.
struct Ended<'l, 'a>(&'l Loop<'a>);

impl Drop for Ended<'_, '_> {
    fn drop(&mut self) {
        self.0.begun.store(self.0.n, Ordering::Relaxed);
    }
}

/// The turns that a thread takes.
struct Turns<'l, 'a>(&'l Loop<'a>);

impl Turns<'_, '_> {
    /// Takes a turn, if one is left. The job is left when it is to stop.
    fn take(&self) -> bool {
        let is_left = self.0.begun.fetch_add(1, Ordering::Relaxed) < self.0.n;
        if is_left {
            check();
        }
        is_left
    }
}

/// Makes this thread work for a job, if it does not do so already.
pub(super) fn work_for(job: &Option<Arc<Job>>) -> Option<Entered> {
    let is_known = CURRENT.with_borrow(|current| match (current, job) {
        (Some(current), Some(job)) => Arc::ptr_eq(current, job),
        (current, job) => current.is_none() && job.is_none(),
    });
    (!is_known).then(|| enter(job.clone()))
}

#[cfg(test)]
#[path = "loops_tests.rs"]
mod tests;
