//! Panics in calls of this library: nothing of them is printed, and what they say goes to the error's
//! text, with the place.
//!
//! The hook that panics call is one for all code that shares the Rust standard library, and that may be a
//! host's as well. Ours notes the panics of our calls, and hands on all others to the hook it found.

use std::any::Any;
use std::cell::Cell;
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind, set_hook, take_hook};
use std::sync::{Mutex, Once, PoisonError};

/// Whose code runs on a thread.
#[derive(Clone, Copy)]
enum Side {
    /// Nobody has said so: it is ours on threads of pools.
    Unknown,
    /// A call of this library.
    Library,
    /// A callback, that is, the caller's code inside of a call of ours.
    Caller,
}

thread_local! {
    static SIDE: Cell<Side> = const { Cell::new(Side::Unknown) };
}

/// Runs the body of a call. If it panics the error is what the panic says, and where it was.
pub(crate) fn caught<R>(body: impl FnOnce() -> R) -> Result<R, String> {
    static HOOK: Once = Once::new();
    // While a thread panics, as in a destructor that calls us, hooks cannot be changed.
    if !std::thread::panicking() {
        HOOK.call_once(|| {
            let before = take_hook();
            set_hook(Box::new(move |info| if is_ours() { note(info) } else { before(info) }));
        });
    }
    catch_unwind(AssertUnwindSafe(|| on(Side::Library, body))).map_err(|payload| noted(text(&*payload)))
}

/// Runs a callback of the caller's, whose panics are not ours.
pub(crate) fn of_caller<R>(callback: impl FnOnce() -> R) -> R {
    on(Side::Caller, callback)
}

/// Runs code of ours in a callback of the caller's.
pub(crate) fn of_library<R>(task: impl FnOnce() -> R) -> R {
    on(Side::Library, task)
}

fn on<R>(side: Side, body: impl FnOnce() -> R) -> R {
    struct Back(Side);
    impl Drop for Back {
        fn drop(&mut self) {
            SIDE.set(self.0);
        }
    }
    let _back = Back(SIDE.replace(side));
    body()
}

/// Whether it is a call of ours that panics on this thread.
fn is_ours() -> bool {
    match SIDE.get() {
        Side::Library => true,
        Side::Caller => false,
        Side::Unknown => rayon_core::current_thread_index().is_some(),
    }
}

/// Texts and places of panics that no call has ended with yet. A thread of a pool notes it, and the thread
/// of the call, where the panic comes out with its text alone, looks for the place.
static NOTES: Mutex<VecDeque<(String, String)>> = Mutex::new(VecDeque::new());

/// More notes than panics come at a time. One is left over when several threads of a call panic.
const MOST_NOTES: usize = 64;

fn note(info: &PanicHookInfo) {
    let Some(place) = info.location() else { return };
    let mut notes = NOTES.lock().unwrap_or_else(PoisonError::into_inner);
    if notes.len() == MOST_NOTES {
        notes.pop_front();
    }
    notes.push_back((text(info.payload()).to_owned(), format!("{}:{}", place.file(), place.line())));
}

/// The text of a panic with the place, if a hook was called for it.
fn noted(text: &str) -> String {
    let mut notes = NOTES.lock().unwrap_or_else(PoisonError::into_inner);
    let last = notes.iter().rposition(|(of, _)| of == text).and_then(|index| notes.remove(index));
    last.map_or_else(|| text.to_owned(), |(text, place)| format!("{text} ({place})"))
}

fn text(payload: &dyn Any) -> &str {
    let formatted = payload.downcast_ref::<String>().map(String::as_str);
    formatted.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or("no details")
}

#[cfg(test)]
mod tests {
    use std::panic::resume_unwind;
    use std::process::Command;
    use std::thread;

    use super::*;

    /// There is one hook in a process, so what a host's hook is told is looked at in another process.
    #[test]
    fn the_host_s_hook_is_called_for_its_own_panics_alone() {
        let mut child = Command::new(std::env::current_exe().unwrap());
        let output =
            child.args(["--exact", "panics::tests::host", "--ignored", "--nocapture"]).output().unwrap();
        let printed = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{printed}\n{}", String::from_utf8_lossy(&output.stdout));
        assert_eq!(printed, "the host's hook: in its thread\nthe host's hook: in its callback\n");
    }

    #[test]
    #[ignore = "sets a hook: the test above runs it in a process of its own"]
    fn host() {
        set_hook(Box::new(|info| eprintln!("the host's hook: {}", text(info.payload()))));
        let told = caught::<()>(|| panic!("in a {}", "call")).unwrap_err();
        assert!(told.starts_with("in a call (") && told.contains("src/panics.rs:"), "{told}");
        let pool = rayon_core::ThreadPoolBuilder::new().num_threads(2).build().unwrap();
        let told = caught::<()>(|| pool.install(|| panic!("in a pool"))).unwrap_err();
        assert!(told.starts_with("in a pool (") && told.contains("src/panics.rs:"), "{told}");

        assert!(thread::spawn(|| panic!("in its thread")).join().is_err());
        let callback = || of_caller(|| catch_unwind(|| panic!("in its callback")).is_err());
        assert_eq!(caught(callback), Ok(true));
        let told = caught(|| of_caller(|| caught::<()>(|| panic!("in a call of a callback"))));
        assert!(told.unwrap().unwrap_err().starts_with("in a call of a callback ("));
        // Unwinding that calls no hook has no place.
        assert_eq!(caught::<()>(|| resume_unwind(Box::new("silent"))), Err("silent".to_owned()));
    }
}
