//! Memory for whole volumes.

use std::alloc::{Layout, alloc, alloc_zeroed, handle_alloc_error};

use rustfft::num_complex::Complex;

use crate::work;

/// Bytes from which on large pages are worth asking for: less comes from memory that the
/// allocator has used before.
const WORTH: usize = 4 << 20;

/// Bytes up to which an allocator may take memory from what it had before, and writes zeros to it page by
/// page, before anybody can ask for large ones; glibc's limit. More comes from the system, which has zeros.
const FROM_SYSTEM: usize = 32 << 20;

/// A type whose zero is memory of zeros.
///
/// # Safety
/// All bits 0 must be a valid value.
pub unsafe trait Zero: Copy {}

macro_rules! zero {
    ($($t:ty),*) => {$(
        // SAFETY: a number or `bool` of bits 0 is 0, or false.
        unsafe impl Zero for $t {}
    )*};
}
zero!(bool, u8, i8, u16, i16, u32, i32, u64, i64, usize, f32, f64);

// SAFETY: consists of numbers, which are 0.
unsafe impl<T: Zero, const N: usize> Zero for [T; N] {}

// SAFETY: consists of two numbers, which are 0.
unsafe impl<T: Zero> Zero for Complex<T> {}

/// `n` zeros, untouched: the system fills a page when it is first written to. Where it has large
/// pages, they spare most of the time that this takes. The job is left when there is not enough memory.
pub fn zeros<T: Zero>(n: usize) -> Vec<T> {
    let Some(layout) = Layout::array::<T>(n).ok().filter(|layout| layout.size() > 0) else {
        // More than any machine has, or nothing: either way this is what says so.
        return room(n);
    };
    let bytes = layout.size();
    work::ask(bytes as u64);
    let is_written = (WORTH..FROM_SYSTEM).contains(&bytes);
    // SAFETY: the layout is not empty.
    let memory = unsafe { if is_written { alloc(layout) } else { alloc_zeroed(layout) } };
    if memory.is_null() {
        work::refused(bytes as u64);
        handle_alloc_error(layout);
    }
    prefer_large(memory, bytes);
    if is_written {
        // SAFETY: that many bytes were allocated.
        unsafe { memory.write_bytes(0, bytes) };
    }
    // SAFETY: the memory was allocated for `n` of the type, of which zeros are a value.
    unsafe { Vec::from_raw_parts(memory.cast(), n, n) }
}

/// An empty vector with room for `n`. The job is left when there is not enough memory.
pub fn room<T>(n: usize) -> Vec<T> {
    let bytes = (n as u64).saturating_mul(size_of::<T>() as u64);
    work::ask(bytes);
    let mut memory = Vec::new();
    if memory.try_reserve_exact(n).is_err() {
        work::refused(bytes);
        memory.reserve_exact(n);
    }
    memory
}

/// `n` times the same value. The job is left when there is not enough memory.
pub fn filled<T: Clone>(n: usize, value: T) -> Vec<T> {
    let mut memory = room(n);
    memory.resize(n, value);
    memory
}

/// Asks the system for large pages; it may not have any.
#[cfg(all(target_os = "linux", feature = "large-pages"))]
fn prefer_large(memory: *mut u8, bytes: usize) {
    if bytes < WORTH {
        return;
    }
    // SAFETY: asks for a constant.
    let page = unsafe { libc::sysconf(libc::_SC_PAGESIZE) };
    let Ok(page) = usize::try_from(page) else { return };
    let start = memory.addr();
    let skipped = start.next_multiple_of(page.max(1)) - start;
    // SAFETY: the range is whole pages within the memory, and the advice changes how the system
    // backs them, never what they hold. Not being heard is no error.
    unsafe {
        let first = memory.byte_add(skipped).cast();
        libc::madvise(first, (bytes - skipped) / page * page, libc::MADV_HUGEPAGE);
    }
}

#[cfg(not(all(target_os = "linux", feature = "large-pages")))]
fn prefer_large(_: *mut u8, _: usize) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zeros_of_any_number() {
        for n in [0, 1, 1000, WORTH / 2 + 7] {
            let mut memory: Vec<u16> = zeros(n);
            assert!(memory.len() == n && memory.iter().all(|&x| x == 0));
            memory.iter_mut().for_each(|x| *x = 7);
            assert!(memory.iter().all(|&x| x == 7));
        }
    }

    #[test]
    fn too_much_is_refused() {
        let job = work::Job::new(None, None);
        let most = usize::MAX / 16;
        for left in [
            job.run(|| zeros::<f64>(most)).map(drop),
            job.run(|| zeros::<f64>(usize::MAX)).map(drop),
            job.run(|| room::<f64>(most)).map(drop),
            job.run(|| filled(most, 1.5)).map(drop),
        ] {
            assert!(matches!(left, Err(work::Left::Memory(_))), "{left:?}");
        }
        let limited = work::Job::new(None, Some(1000));
        assert!(limited.run(|| zeros::<u8>(1000)).is_ok());
        assert!(limited.run(|| zeros::<u8>(1001)).is_err());
    }
}
