//! Memory for whole volumes.

use std::alloc::{Layout, alloc, alloc_zeroed, dealloc, handle_alloc_error};
use std::hint::black_box;
use std::mem::{ManuallyDrop, MaybeUninit};
use std::sync::Once;

use rustfft::num_complex::Complex;

use crate::work::{self, loops};

/// Bytes from which on large pages are worth asking for: less comes from memory that the
/// allocator has used before.
const WORTH: usize = 4 << 20;

/// Bytes up to which an allocator may take memory from what it had before, and writes zeros to it page by
/// page, before anybody can ask for large ones; glibc's limit. More comes from the system, which has zeros.
const FROM_SYSTEM: usize = 32 << 20;

/// Bytes from which on glibc's allocator gives each block back to the system, as it does with what is free beyond so many
/// bytes; until it has been given back a larger one, which it takes for an example of what it should keep.
const MAPPED: u64 = 128 << 10;

/// Bytes of that example.
const EXAMPLE: usize = 4 << 20;

/// Bytes that are cleared at a time: they stay in the cache of a core.
const PIECE: usize = 256 << 10;

/// A type whose zero is memory of zeros.
///
/// # Safety
/// All bits 0 must be a valid value.
pub unsafe trait Zero: Copy + Send {}

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

/// `n` zeros. Where nobody has touched them yet, the system fills a page when it is first written to; where it has large
/// pages, they spare most of the time that this takes. The job is left when there is not enough memory.
pub fn zeros<T: Zero>(n: usize) -> Vec<T> {
    let Some(layout) = Layout::array::<T>(n).ok().filter(|layout| layout.size() > 0) else {
        // More than any machine has, or nothing: either way this is what says so.
        return room(n);
    };
    let bytes = layout.size();
    ask(bytes as u64);
    let is_written = (WORTH..FROM_SYSTEM).contains(&bytes);
    // SAFETY: the layout is not empty.
    let memory = unsafe { if is_written { alloc(layout) } else { alloc_zeroed(layout) } };
    if memory.is_null() {
        work::refused(bytes as u64);
        handle_alloc_error(layout);
    }
    // SAFETY: the memory was allocated for `n` of the type, of whatever value.
    let mut memory: Vec<MaybeUninit<T>> = unsafe { Vec::from_raw_parts(memory.cast(), n, n) };
    prefer_large(&mut memory);
    if is_written {
        loops::each(memory.chunks_mut(PIECE / size_of::<T>()), |piece| _ = cleared(piece));
    }
    // SAFETY: all of it is zeros, as it came or from the loop.
    unsafe { written(memory) }
}

/// `n` values that `fill` makes in pieces of `piece` values, the last one maybe of fewer. It is given the number of a
/// piece and the piece, of zeros, which are written just before: while the piece is in the cache that costs little.
/// `state` is that of a thread. The job is left when there is not enough memory.
pub fn made<T: Zero, S>(
    n: usize,
    piece: usize,
    state: impl Fn() -> S + Sync,
    fill: impl Fn(&mut S, usize, &mut [T]) + Sync,
) -> Vec<T> {
    let mut memory: Vec<MaybeUninit<T>> = room(n);
    // SAFETY: there is room for them, and they may hold anything.
    unsafe { memory.set_len(n) };
    prefer_large(&mut memory);
    loops::each_with(memory.chunks_mut(piece.max(1)).enumerate(), state, |state, (k, piece)| {
        fill(state, k, cleared(piece));
    });
    // SAFETY: a loop that is not left has been through all pieces.
    unsafe { written(memory) }
}

/// The same memory, with zeros in it.
fn cleared<T: Zero>(memory: &mut [MaybeUninit<T>]) -> &mut [T] {
    // SAFETY: zeros are a value of the type, and nobody else has the memory meanwhile.
    unsafe {
        memory.as_mut_ptr().write_bytes(0, memory.len());
        std::slice::from_raw_parts_mut(memory.as_mut_ptr().cast(), memory.len())
    }
}

/// The same memory, which has been written to.
///
/// # Safety
/// It must hold values of the type.
unsafe fn written<T: Zero>(memory: Vec<MaybeUninit<T>>) -> Vec<T> {
    let mut memory = ManuallyDrop::new(memory);
    // SAFETY: the parts of a vector whose values are as large and as aligned; the caller's promise.
    unsafe { Vec::from_raw_parts(memory.as_mut_ptr().cast(), memory.len(), memory.capacity()) }
}

/// Leaves the job when there are not so many bytes.
fn ask(bytes: u64) {
    static EXAMPLE_GIVEN: Once = Once::new();
    if bytes >= MAPPED {
        EXAMPLE_GIVEN.call_once(give_example);
    }
    work::ask(bytes);
}

/// Frees a block, so that a program that computes one small region after another is not given memory that the system has
/// to clear for each of them.
fn give_example() {
    let layout = Layout::array::<u8>(EXAMPLE).expect("a few megabytes");
    // SAFETY: the layout is not empty, and the memory is freed with it.
    unsafe {
        let memory = black_box(alloc(layout));
        if !memory.is_null() {
            dealloc(memory, layout);
        }
    }
}

/// An empty vector with room for `n`. The job is left when there is not enough memory.
pub fn room<T>(n: usize) -> Vec<T> {
    let bytes = (n as u64).saturating_mul(size_of::<T>() as u64);
    ask(bytes);
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
fn prefer_large<T>(memory: &mut [MaybeUninit<T>]) {
    let bytes = size_of_val(memory);
    if bytes < WORTH {
        return;
    }
    let memory: *mut u8 = memory.as_mut_ptr().cast();
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
fn prefer_large<T>(_: &mut [MaybeUninit<T>]) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zeros_of_any_number() {
        for n in [0, 1, 1000, WORTH / 2 + 7, FROM_SYSTEM / 2 + 7] {
            let mut memory: Vec<u16> = zeros(n);
            assert!(memory.len() == n && memory.iter().all(|&x| x == 0));
            memory.iter_mut().for_each(|x| *x = 7);
            assert!(memory.iter().all(|&x| x == 7));
        }
    }

    #[test]
    fn pieces_are_zeros_before_they_are_made() {
        for (n, piece) in [(0, 5), (1, 5), (23, 5), (25, 5), (WORTH, PIECE)] {
            let made = made(
                n,
                piece,
                || (),
                |(), k, values: &mut [u32]| {
                    assert!(values.iter().all(|&x| x == 0));
                    for (i, value) in values.iter_mut().enumerate().skip(1) {
                        *value = (k * piece + i) as u32;
                    }
                },
            );
            let expected = (0..n).map(|i| if i % piece == 0 { 0 } else { i as u32 });
            assert!(made.iter().copied().eq(expected), "{n} in pieces of {piece}");
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
