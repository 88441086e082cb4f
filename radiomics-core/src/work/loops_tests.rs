use std::sync::atomic::{AtomicBool, AtomicUsize};

use super::super::{Job, Left, current};
use super::*;
use crate::runtime::Pool;

/// Whether this thread works for a job.
fn works_for(job: &std::sync::Arc<Job>) -> bool {
    current().is_some_and(|current| std::sync::Arc::ptr_eq(&current, job))
}

#[test]
fn every_item_has_its_turn_once_and_results_keep_their_order() {
    for threads in 1..=4 {
        let pool = Pool::new(threads).unwrap();
        for n in 0..200 {
            let turns: Vec<AtomicUsize> = (0..n).map(|_| AtomicUsize::new(0)).collect();
            let doubled = pool.install(|| {
                each(&turns, |turn: &AtomicUsize| {
                    turn.fetch_add(1, Ordering::Relaxed);
                });
                map(0..n, |i| 2 * i)
            });
            assert!(turns.iter().all(|turn| turn.load(Ordering::Relaxed) == 1), "{n} by {threads} threads");
            assert_eq!(doubled, (0..n).map(|i| 2 * i).collect::<Vec<_>>(), "{n} by {threads} threads");
        }
    }
}

/// Two jobs share threads, with loops within loops: each item is worked on for its own job.
#[test]
fn items_are_worked_on_for_the_job_that_started_the_loop() {
    let pool = Pool::new(3).unwrap();
    let loops = |job: &std::sync::Arc<Job>| {
        pool.install(|| {
            assert!(!works_for(job), "a thread of the pool");
            let inner = |i: usize| map(0..i, |_| usize::from(works_for(job))).into_iter().sum();
            let counts: Result<Vec<usize>, Left> = job.run(|| map(0..200, inner));
            assert!(!works_for(job), "a thread of the pool again");
            counts
        })
    };
    let jobs = [Job::new(None, None), Job::new(None, None)];
    std::thread::scope(|scope| {
        for job in &jobs {
            scope.spawn(|| assert_eq!(loops(job), Ok((0..200).collect())));
        }
    });
}

/// States are made for the job as well: they take memory.
#[test]
fn states_are_made_for_the_job_that_started_the_loop() {
    let (pool, job) = (Pool::new(4).unwrap(), Job::new(None, None));
    let made = || assert!(works_for(&job));
    assert_eq!(pool.install(|| job.run(|| each_with(0..1000, made, |(), _| {}))), Ok(()));
}

#[test]
fn a_stopped_loop_does_no_more() {
    let threads = 4;
    let pool = Pool::new(threads).unwrap();
    let (job, done) = (Job::new(None, None), AtomicUsize::new(0));
    let one = |_| {
        done.fetch_add(1, Ordering::Relaxed);
        job.stop();
    };
    assert_eq!(pool.install(|| job.run(|| each(0..1000, one))), Err(Left::Stopped));
    assert!(done.into_inner() <= threads);
}

#[test]
fn a_panic_ends_the_loop_and_is_passed_on() {
    for threads in 1..=3 {
        let pool = Pool::new(threads).unwrap();
        let done = AtomicUsize::new(0);
        let one = |i: usize| {
            done.fetch_add(1, Ordering::Relaxed);
            match i {
                // Without a hook, which would print it.
                5 => std::panic::resume_unwind(Box::new("a bug")),
                _ => std::thread::sleep(std::time::Duration::from_millis(1)),
            }
        };
        let each = || pool.install(|| each(0..1000, one));
        let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(each)).unwrap_err();
        assert_eq!(caught.downcast_ref(), Some(&"a bug"));
        assert!(done.into_inner() < 500, "others go on");
    }
}

#[test]
fn an_error_ends_the_loop() {
    for threads in 1..=3 {
        let pool = Pool::new(threads).unwrap();
        let of = |(): &mut (), i: usize| if i < 7 { Ok(i) } else { Err("seven") };
        let all = |n| pool.install(|| try_map_with(0..n, || (), of));
        assert_eq!(all(7), Ok((0..7).collect()));
        assert_eq!(all(1000), Err("seven"));
        let asked = AtomicUsize::new(0);
        let holds = |i| {
            asked.fetch_add(1, Ordering::Relaxed);
            i != 3
        };
        assert!(!pool.install(|| super::all(0..1000, holds)));
        assert!(pool.install(|| super::all(4..1000, |i| i != 3)));
        assert!((4..1000).contains(&asked.into_inner()), "the loop went on");
    }
}

/// A state that two threads used at a time would lose items, or see that it is in use.
#[test]
fn states_are_not_shared_and_not_more_than_they_may_be() {
    struct State(AtomicBool, Vec<usize>);
    let state = || State(AtomicBool::new(false), Vec::new());
    for (threads, grain) in [(1, 1), (2, 1), (4, 1), (2, 4), (4, 4), (3, 1000)] {
        let pool = Pool::new(threads).unwrap();
        for n in [0, 1, 2, 7, 13, 300] {
            let add = |state: &mut State, i: usize| {
                assert!(!state.0.swap(true, Ordering::SeqCst));
                std::thread::yield_now();
                state.1.push(i);
                state.0.store(false, Ordering::SeqCst);
            };
            let states = pool.install(|| folded(0..n, grain, state, add));
            assert!(states.len() <= (n / grain).max(1), "{} states for {n} items", states.len());
            assert!(states.iter().all(|state| state.1.is_sorted() && !state.1.is_empty()));
            let mut items: Vec<usize> = states.into_iter().flat_map(|state| state.1).collect();
            items.sort_unstable();
            assert_eq!(items, (0..n).collect::<Vec<_>>());
        }
    }
    let sum = |n| merged(0..n, |i: usize| i, |a, b| a + b);
    let pool = Pool::new(3).unwrap();
    assert_eq!(pool.install(|| [sum(0), sum(1), sum(1000)]), [None, Some(0), Some(499_500)]);
}

/// Loops of a thread of a pool are shared by all of them, and those of others stay where they are.
#[cfg(feature = "threads")]
#[test]
fn threads_of_a_pool_share_loops() {
    let own = std::thread::current().id();
    assert!(all(0..100, |_| std::thread::current().id() == own));
    assert_eq!(threads(), 1);
    let pool = Pool::new(2).unwrap();
    assert_eq!(pool.install(threads), 2);
    // Each of the two items waits for the other.
    let barrier = std::sync::Barrier::new(2);
    pool.install(|| {
        each(0..2, |_| {
            barrier.wait();
        });
    });
}
