//! The way into the library: no panic leaves it.

use std::cell::UnsafeCell;
use std::ffi::c_char;

use crate::context::{Call, radiomics_context};
use crate::panics;
use crate::pointers::borrowed;
use crate::status::{Failure, radiomics_status as Status};
use crate::strings::c_text;

/// Runs the body of a function that has a context, which keeps the text of a failure.
pub(crate) unsafe fn entry(
    context: *const radiomics_context,
    body: impl FnOnce(&Call) -> Result<(), Failure>,
) -> Status {
    // SAFETY: passed on to the caller.
    let context = match unsafe { borrowed(context, "context") } {
        Ok(context) => context,
        Err(failure) => {
            keep_text(&failure.text);
            return failure.status;
        }
    };
    let run = || {
        let _turn = context.turn()?;
        body(&context.call())
    };
    match caught(run) {
        Ok(()) => Status::Ok,
        Err(failure) => {
            let status = failure.status;
            context.keep_error(&failure.text);
            status
        }
    }
}

/// Runs the body of a function without a context: its thread keeps the text of a failure.
pub(crate) fn plain_entry(body: impl FnOnce() -> Result<(), Failure>) -> Status {
    let Err(failure) = caught(body) else { return Status::Ok };
    keep_text(&failure.text);
    failure.status
}

/// Bytes of a text that a thread keeps: long enough for any message that has no list of the caller's in
/// it, and without memory that would have to be freed when the thread ends or the library is unloaded.
const KEPT: usize = 1024;

thread_local! {
    /// What went wrong in the last call without a context that failed on this thread, ended by NUL.
    static TEXT: UnsafeCell<[u8; KEPT]> = const { UnsafeCell::new([0; KEPT]) };
}

fn keep_text(text: &str) {
    let text = c_text(text);
    let whole = text.to_bytes();
    // A character of several bytes is not cut.
    let end =
        (0..=whole.len().min(KEPT - 1)).rev().find(|&end| whole.get(end).is_none_or(|b| b & 0xc0 != 0x80));
    let kept = &whole[..end.unwrap_or(0)];
    TEXT.with(|to| {
        // SAFETY: only this thread has the buffer, and nothing in Rust borrows it: what C was given of it
        // is valid until the next failing call, by the rule of the header.
        let to = unsafe { &mut *to.get() };
        to[..kept.len()].copy_from_slice(kept);
        to[kept.len()] = 0;
    });
}

/// The text that [`plain_entry`] kept on this thread.
pub(crate) fn kept_text() -> *const c_char {
    TEXT.with(|text| text.get().cast::<c_char>().cast_const())
}

/// Runs the body of a function that returns a value, `otherwise` if it panics.
pub(crate) fn value_or<T>(otherwise: T, body: impl FnOnce() -> T) -> T {
    panics::caught(body).unwrap_or(otherwise)
}

/// Frees what `Box::into_raw` handed out; NULL is fine.
pub(crate) unsafe fn free<T>(pointer: *mut T) {
    if pointer.is_null() {
        return;
    }
    // SAFETY: by the rule of the header the pointer came from this library, from `Box::into_raw`,
    // and was not freed yet.
    value_or((), || drop(unsafe { Box::from_raw(pointer) }));
}

// Outputs are written last and the context is behind locks, so nothing is left half changed.
fn caught(body: impl FnOnce() -> Result<(), Failure>) -> Result<(), Failure> {
    panics::caught(body).unwrap_or_else(|text| {
        let text = format!("the library made a mistake, please report it: {text}");
        Err(Failure { status: Status::Internal, text })
    })
}

#[cfg(test)]
mod tests {
    use std::ffi::CStr;

    use super::*;
    use crate::context::{radiomics_context_free, radiomics_context_new, radiomics_last_error};

    #[test]
    fn a_panic_becomes_a_status_and_the_context_lives_on() {
        let mut context = std::ptr::null_mut();
        // SAFETY: the pointers are NULL or to objects of this function; the context is freed once.
        unsafe {
            assert_eq!(radiomics_context_new(std::ptr::null(), &mut context), Status::Ok);
            assert_eq!(entry(context, |_| panic!("level {} of {}", 3, 2)), Status::Internal);
            let text = CStr::from_ptr(radiomics_last_error(context)).to_str().unwrap();
            assert!(
                text.contains("please report it: level 3 of 2 (") && text.contains("src/entry.rs:"),
                "{text}"
            );
            assert_eq!(entry(context, |_| Ok(())), Status::Ok);
            radiomics_context_free(context);
        }
        assert_eq!(plain_entry(|| panic!("here")), Status::Internal);
        // SAFETY: the text ends in NUL and lives as long as the thread.
        let kept = || unsafe { CStr::from_ptr(kept_text()) }.to_str().unwrap().to_owned();
        assert!(kept().contains("please report it: here ("), "{}", kept());
        std::thread::spawn(move || assert_eq!(kept(), "")).join().unwrap();
        assert_eq!(plain_entry(|| Err(Failure::argument("é".repeat(KEPT)))), Status::InvalidArgument);
        assert_eq!(kept(), "é".repeat((KEPT - 1) / 2));
        assert_eq!(value_or(7, || panic!("here")), 7);
    }
}
