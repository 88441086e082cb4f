//! A job that runs: how far it is, who is told, and whether it was stopped.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::machine::{Execution, Progress, Runtime};
use super::pool::Pool;
use crate::error::{Error, Result};
use crate::work::{Job, Left};

/// How long the teller of progress sleeps at most.
const PERIOD: Duration = Duration::from_millis(40);

/// A job: counts its steps, and tells of them on the thread that started it.
pub(crate) struct Monitor<'a> {
    pool: &'a Pool,
    progress: Option<&'a Progress<'a>>,
    /// Whether each step is told of.
    each_step: bool,
    job: Arc<Job>,
    /// Whether the job runs on no other threads than the one that starts it, where nobody else can tell of steps.
    tells_itself: bool,
    total: usize,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    done: usize,
    /// Steps that wait to be told of, and those that have been.
    asked: usize,
    told: usize,
    /// What was told last.
    last: usize,
    /// Whether somebody tells of steps now.
    is_telling: bool,
}

impl Execution {
    /// Runs a job on threads of its own, which it takes the instruction set from.
    ///
    /// # Errors
    /// Those of the job, and as [`Pool::new`] and [`Runtime::run`].
    pub(crate) fn run<R: Send>(&self, job: impl FnOnce(&Monitor) -> Result<R> + Send) -> Result<R> {
        let pool = Pool::new(self.threads)?;
        self.on(&pool).run(0, job)
    }
}

impl Runtime<'_> {
    /// Runs `work` as a job of one step: what it calls of this crate is stopped when the job is to stop, shares the
    /// threads of the pool, and takes no more memory than the job may.
    ///
    /// ```
    /// use radiomics_core::{Cancel, Error, Pool, Runtime, example};
    ///
    /// # fn main() -> radiomics_core::Result<()> {
    /// let (pool, cancel, phantom) = (Pool::new(1)?, Cancel::new(), example::DigitalPhantom::new());
    /// let watch = cancel.watch();
    /// let runtime = Runtime { stop: Some(&watch), ..Runtime::new(&pool) };
    /// assert_eq!(runtime.stoppable(|| phantom.mask().labels())?, [1]);
    /// cancel.cancel();
    /// let stopped = runtime.stoppable(|| phantom.mask().labels());
    /// assert!(matches!(stopped, Err(Error::Cancelled { .. })));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Those of `work`, [`Error::Cancelled`](crate::Error::Cancelled) and
    /// [`Error::OutOfMemory`](crate::Error::OutOfMemory).
    pub fn stoppable<R: Send>(&self, work: impl FnOnce() -> Result<R> + Send) -> Result<R> {
        self.run(1, |monitor| monitor.run(work))
    }

    /// Runs a job of `total` steps.
    ///
    /// # Errors
    /// Those of the job, [`Error::Cancelled`](crate::Error::Cancelled) when it is stopped, and
    /// [`Error::OutOfMemory`](crate::Error::OutOfMemory) when it needs more memory than it may take.
    pub(crate) fn run<R: Send>(
        &self,
        total: usize,
        job: impl FnOnce(&Monitor) -> Result<R> + Send,
    ) -> Result<R> {
        let monitor = Monitor::start(self, total)?;
        let result = monitor.run(|| job(&monitor))?;
        monitor.end();
        Ok(result)
    }
}

impl<'a> Monitor<'a> {
    /// A job of `total` steps, none of which is done; whoever is told of progress hears of it.
    ///
    /// # Errors
    /// [`Error::Cancelled`] when it is stopped at once.
    pub fn start(runtime: &Runtime<'a>, total: usize) -> Result<Self> {
        let Runtime { pool, progress, each_step, stop, memory_bytes, .. } = *runtime;
        let job = Job::new(stop.cloned(), memory_bytes);
        let tells_itself = !pool.is_elsewhere();
        let (state, changed) = (Mutex::default(), Condvar::new());
        let monitor = Self { pool, progress, each_step, job, tells_itself, total, state, changed };
        let is_refused = progress.is_some_and(|progress| progress(0, total).is_break());
        if is_refused || monitor.job.is_stopped() { Err(monitor.cancelled()) } else { Ok(monitor) }
    }

    /// Runs a part of the job on the threads of the pool.
    ///
    /// # Errors
    /// Those of `part`; [`Error::Cancelled`] and [`Error::OutOfMemory`].
    pub fn run<R: Send>(&self, part: impl FnOnce() -> Result<R> + Send) -> Result<R> {
        let part = || self.job.run(part);
        let result = match self.progress {
            Some(progress) if self.pool.is_elsewhere() => {
                self.state().is_telling = true;
                let part = || {
                    // However the part ends, the teller is to end as well.
                    let _ended = Ended(self);
                    part()
                };
                self.pool.install_and(part, || self.tell(progress)).expect("a part that has ended")
            }
            _ => self.pool.install(part),
        };
        match result {
            Ok(result) => result,
            Err(Left::Stopped) => Err(self.cancelled()),
            Err(Left::Memory(shortage)) => Err(Error::OutOfMemory {
                what: shortage.what,
                needed: shortage.needed,
                available: shortage.available,
                limit: shortage.limit,
                remedy: shortage.remedy,
            }),
        }
    }

    /// Counts `steps` more as done, and waits until whoever is told of progress knows of it.
    ///
    /// # Errors
    /// [`Error::Cancelled`] when the job was stopped, now or earlier.
    pub fn advance(&self, steps: usize) -> Result<()> {
        let mut state = self.state();
        state.done += steps;
        state.asked += usize::from(self.each_step);
        let own = state.asked;
        match self.progress {
            // Whoever tells of steps looks at them by the clock.
            Some(_) if !self.each_step && !self.tells_itself => {}
            Some(progress) if self.tells_itself && self.pool.is_this_thread() => {
                state = self.tell_now(state, progress)
            }
            _ => self.changed.notify_all(),
        }
        while state.is_telling && state.told < own && !self.job.is_stopped() {
            (state, _) = self.wait(state);
        }
        drop(state);
        if self.job.is_stopped() { Err(self.cancelled()) } else { Ok(()) }
    }

    /// How many steps are done.
    pub fn done(&self) -> usize {
        self.state().done
    }

    /// Tells that all is done, if that is not known yet.
    pub fn end(&self) {
        if let (Some(progress), true) = (self.progress, self.state().last < self.total) {
            // What is done cannot be stopped any more.
            let _ = progress(self.total, self.total);
        }
    }

    /// Tells of steps, and every now and then that there is none, until the part has ended.
    fn tell(&self, progress: &Progress) {
        let _stopped = StopsByPanic(self);
        let mut state = self.state();
        while state.is_telling {
            let mut is_time = false;
            if state.asked == state.told || self.job.is_stopped() {
                (state, is_time) = self.wait(state);
            }
            if !state.is_telling || self.job.is_stopped() || state.asked == state.told && !is_time {
                continue;
            }
            state = self.tell_now(state, progress);
            self.changed.notify_all();
        }
    }

    /// Tells how many steps are done, more of which may be meanwhile.
    fn tell_now<'m>(&'m self, state: MutexGuard<'m, State>, progress: &Progress) -> MutexGuard<'m, State> {
        let State { asked, done, .. } = *state;
        drop(state);
        if progress(done, self.total).is_break() && done < self.total {
            self.job.stop();
        }
        let mut state = self.state();
        (state.told, state.last) = (asked, done);
        state
    }

    fn cancelled(&self) -> Error {
        Error::Cancelled { done: self.state().done, total: self.total }
    }

    // A lock that a panicking thread left behind is as good as any: what it guards is always valid.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until something changes, or says that it has waited for long.
    fn wait<'g>(&self, state: MutexGuard<'g, State>) -> (MutexGuard<'g, State>, bool) {
        let (state, waited) =
            self.changed.wait_timeout(state, PERIOD).unwrap_or_else(PoisonError::into_inner);
        (state, waited.timed_out())
    }
}

/// Ends the telling when a part ends, however it does.
struct Ended<'m, 'a>(&'m Monitor<'a>);

impl Drop for Ended<'_, '_> {
    fn drop(&mut self) {
        self.0.state().is_telling = false;
        self.0.changed.notify_all();
    }
}

/// Stops the job when whoever is told of progress panics.
struct StopsByPanic<'m, 'a>(&'m Monitor<'a>);

impl Drop for StopsByPanic<'_, '_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.job.stop();
            self.0.changed.notify_all();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::ops::ControlFlow;

    use super::*;

    /// The thread that starts the job has to work for it, so that it tells of each step when it is done.
    #[test]
    fn a_job_on_the_thread_that_starts_it_is_told_of() {
        let pool = Pool::new(1).unwrap();
        let run = |stop_at: usize| {
            let calls = Mutex::new(Vec::new());
            let progress = |done, total| {
                calls.lock().unwrap().push((done, total));
                if done == stop_at { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            };
            let runtime = Runtime { progress: Some(&progress), ..Runtime::new(&pool) };
            let steps = |monitor: &Monitor| {
                monitor.advance(1)?;
                monitor.advance(2)
            };
            let result = pool.install(|| runtime.run(3, steps));
            (result, calls.into_inner().unwrap())
        };
        assert_eq!(run(3), (Ok(()), vec![(0, 3), (1, 3), (3, 3)]));
        assert_eq!(run(1), (Err(Error::Cancelled { done: 1, total: 3 }), vec![(0, 3), (1, 3)]));
    }

    /// Steps that nobody waits for are told of by the clock, which can stop the job as well.
    #[test]
    fn steps_may_be_told_of_by_the_clock_alone() {
        let pool = Pool::new(1).unwrap();
        let run = |stop_at: usize| {
            let calls = Mutex::new(Vec::new());
            let progress = |done, total| {
                calls.lock().unwrap().push((done, total));
                if done == stop_at { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            };
            let runtime = Runtime { progress: Some(&progress), each_step: false, ..Runtime::new(&pool) };
            let result = runtime.run(9, |monitor| {
                (0..4).try_for_each(|_| monitor.advance(1))?;
                while calls.lock().unwrap().len() < 3 && !monitor.job.is_stopped() {
                    std::thread::yield_now();
                }
                monitor.advance(1)
            });
            (result, calls.into_inner().unwrap())
        };
        let (result, calls) = run(9);
        assert_eq!((result, calls[0], calls.last()), (Ok(()), (0, 9), Some(&(9, 9))));
        assert!(calls.is_sorted() && calls.len() < 9, "{calls:?}");
        assert_eq!(run(4).0, Err(Error::Cancelled { done: 5, total: 9 }));
    }
}
