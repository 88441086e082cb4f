//! Memory for whole volumes.

/// Bytes from which on large pages are worth asking for: less comes from memory that the
/// allocator has used before.
const WORTH: usize = 4 << 20;

/// `n` zeros, untouched: the system fills a page when it is first written to. Where it has large
/// pages, they spare most of the time that this takes.
pub fn zeros<T: Copy + Default>(n: usize) -> Vec<T> {
    let memory = vec![T::default(); n];
    prefer_large(&memory);
    memory
}

/// Asks the system for large pages; it may not have any.
#[cfg(target_os = "linux")]
fn prefer_large<T>(memory: &[T]) {
    let bytes = size_of_val(memory);
    if bytes < WORTH {
        return;
    }
    // SAFETY: asks for a constant.
    let page = unsafe { libc::sysconf(libc::_SC_PAGESIZE) };
    let Ok(page) = usize::try_from(page) else { return };
    let start = memory.as_ptr().addr();
    let skipped = start.next_multiple_of(page.max(1)) - start;
    // SAFETY: the range is whole pages within `memory`, and the advice changes how the system
    // backs them, never what they hold. Not being heard is no error.
    unsafe {
        let first = memory.as_ptr().byte_add(skipped).cast_mut().cast();
        libc::madvise(first, (bytes - skipped) / page * page, libc::MADV_HUGEPAGE);
    }
}

#[cfg(not(target_os = "linux"))]
fn prefer_large<T>(_: &[T]) {}

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
}
