//! The way into the library: no panic leaves it.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::context::radiomics_context;
use crate::pointers::borrowed;
use crate::status::{Failure, radiomics_status as Status};

/// Runs the body of a function that has a context, which keeps the text of a failure.
pub(crate) unsafe fn entry(
    context: *const radiomics_context,
    body: impl FnOnce(&radiomics_context) -> Result<(), Failure>,
) -> Status {
    // SAFETY: passed on to the caller.
    let Ok(context) = (unsafe { borrowed(context, "context") }) else {
        return Status::InvalidArgument;
    };
    match caught(|| body(context)) {
        Ok(()) => Status::Ok,
        Err(failure) => {
            let status = failure.status;
            context.keep_error(&failure.text);
            status
        }
    }
}

/// Runs the body of a function without a context: of a failure only the code is left.
pub(crate) fn plain_entry(body: impl FnOnce() -> Result<(), Failure>) -> Status {
    caught(body).map_or_else(|failure| failure.status, |()| Status::Ok)
}

/// Runs the body of a function that returns a value, `otherwise` if it panics.
pub(crate) fn value_or<T>(otherwise: T, body: impl FnOnce() -> T) -> T {
    catch_unwind(AssertUnwindSafe(body)).unwrap_or(otherwise)
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
    catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|payload| {
        Err(Failure {
            status: Status::Internal,
            text: format!("the library made a mistake, please report it: {}", panic_text(&*payload)),
        })
    })
}

fn panic_text(payload: &(dyn Any + Send)) -> &str {
    let formatted = payload.downcast_ref::<String>().map(String::as_str);
    formatted.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or("no details")
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
            assert!(text.ends_with("please report it: level 3 of 2"), "{text}");
            assert_eq!(entry(context, |_| Ok(())), Status::Ok);
            radiomics_context_free(context);
        }
        assert_eq!(plain_entry(|| panic!("here")), Status::Internal);
        assert_eq!(value_or(7, || panic!("here")), 7);
    }
}
