//! Memory for whole volumes that a program keeps from one job to the next.
//!
//! What an allocator gives back to the system comes back as pages that the system has to clear, one after another, when
//! they are first written to. A job on a volume of some megabytes spends a seventh of its time on that.

use std::alloc::{GlobalAlloc, Layout, System};
use std::hint::{black_box, spin_loop};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, TryLockError};

use crate::work::KEPT;

/// Bytes from which on memory is kept: of less the system's allocator keeps enough.
const LEAST: usize = 1 << 20;

/// Bytes that are kept at most.
const MOST: usize = 64 << 20;

/// Blocks that are kept at most.
const BLOCKS: usize = 64;

/// How often the blocks are asked for while another thread has them, which it never has for long.
const TRIES: usize = 1000;

/// Bytes from which on glibc's allocator gives each block back to the system, as it does with what is free beyond so many
/// bytes; until it has been given back a larger one, which it takes for an example of what it should keep.
const MAPPED: usize = 128 << 10;

/// Bytes of that example: while the larger blocks are kept here, none of them is one.
const EXAMPLE: usize = 4 << 20;

/// An allocator that keeps up to 64 MB of what is freed in blocks of 1 MB or more for whoever wants as much next; all else
/// is the system's. A job, and a program that computes one region after another, spare the time that it takes to have the
/// same memory cleared again and again.
///
/// ```
/// use radiomics_core::KeptMemory;
///
/// #[global_allocator]
/// static MEMORY: KeptMemory = KeptMemory::new();
///
/// drop(vec![1u8; 5 << 20]);
/// assert!(MEMORY.kept() >= 5 << 20);
/// MEMORY.release();
/// assert_eq!(MEMORY.kept(), 0);
/// ```
#[derive(Debug)]
pub struct KeptMemory {
    blocks: Mutex<Blocks>,
    /// Whether the system's allocator has been given its example.
    has_example: AtomicBool,
}

/// The blocks that are kept, the longest ago freed one first.
#[derive(Debug)]
struct Blocks {
    all: [Block; BLOCKS],
    n: usize,
    bytes: usize,
}

/// The address of a block, and its size, which is that of a [class](class).
#[derive(Clone, Copy, Debug)]
struct Block {
    /// As a number, since blocks belong to no thread.
    exposed: usize,
    size: usize,
}

impl Blocks {
    fn remove(&mut self, at: usize) -> *mut u8 {
        let block = self.all[at];
        self.all.copy_within(at + 1..self.n, at);
        self.n -= 1;
        self.bytes -= block.size;
        KEPT.fetch_sub(block.size, Ordering::Relaxed);
        std::ptr::with_exposed_provenance_mut(block.exposed)
    }

    fn add(&mut self, memory: *mut u8, size: usize) {
        self.all[self.n] = Block { exposed: memory.expose_provenance(), size };
        self.n += 1;
        self.bytes += size;
        KEPT.fetch_add(size, Ordering::Relaxed);
    }
}

/// The alignment of all blocks that may be kept: that for which the system's allocator has memory of zeros, and makes
/// memory longer where it is.
const ALIGNED: usize = 2 * size_of::<usize>();

/// The size of the block for so many bytes: one of eight between a power of two and the next, so that volumes of nearly
/// the same size take each other's place.
fn class(bytes: usize) -> usize {
    let step = bytes.next_power_of_two() / 16;
    bytes.next_multiple_of(step.max(1))
}

fn of_class(size: usize) -> Layout {
    Layout::from_size_align(size, ALIGNED).expect("the size of a block that there is")
}

/// The size of the block that has this layout, if it is one of those that are kept.
fn block_of(layout: Layout) -> Option<usize> {
    let is_kept = (LEAST..=MOST).contains(&layout.size()) && layout.align() <= ALIGNED;
    is_kept.then(|| class(layout.size()))
}

impl KeptMemory {
    /// An allocator that keeps nothing yet.
    #[must_use]
    pub const fn new() -> Self {
        let none = Block { exposed: 0, size: 0 };
        let blocks = Mutex::new(Blocks { all: [none; BLOCKS], n: 0, bytes: 0 });
        Self { blocks, has_example: AtomicBool::new(false) }
    }

    /// Bytes that are kept at the moment.
    #[must_use]
    pub fn kept(&self) -> usize {
        self.blocks().map_or(0, |blocks| blocks.bytes)
    }

    /// Gives all that is kept back to the system's allocator.
    pub fn release(&self) {
        self.free_while(|blocks| blocks.n > 0);
    }

    /// The blocks. A thread that has them for good is one that a fork has left behind: then the system's allocator is as
    /// good, and nobody waits.
    fn blocks(&self) -> Option<MutexGuard<'_, Blocks>> {
        for tried in 0..TRIES {
            match self.blocks.try_lock() {
                Ok(blocks) => return Some(blocks),
                // Blocks are whole whatever became of who changed them.
                Err(TryLockError::Poisoned(blocks)) => return Some(blocks.into_inner()),
                Err(TryLockError::WouldBlock) if tried < TRIES / 2 => spin_loop(),
                Err(TryLockError::WouldBlock) => std::thread::yield_now(),
            }
        }
        None
    }

    /// Frees the blocks that were given back longest ago, one after another, while there are too many.
    fn free_while(&self, are_too_many: impl Fn(&Blocks) -> bool) {
        loop {
            let Some(mut blocks) = self.blocks() else { return };
            if blocks.n == 0 || !are_too_many(&blocks) {
                return;
            }
            let size = blocks.all[0].size;
            let memory = blocks.remove(0);
            // Others need not wait for the system.
            drop(blocks);
            // SAFETY: it came from the system's allocator with this layout, and nobody but the list knew of it.
            unsafe { System.dealloc(memory, of_class(size)) };
        }
    }

    /// A block from those that are kept. If there is none, what is to be new takes the place of what is kept: a program
    /// does not grow while anything is.
    fn take(&self, size: usize) -> Option<*mut u8> {
        let mut blocks = self.blocks()?;
        if let Some(at) = blocks.all[..blocks.n].iter().rposition(|block| block.size == size) {
            return Some(blocks.remove(at));
        }
        let rest = blocks.bytes.saturating_sub(size);
        drop(blocks);
        self.free_while(|blocks| blocks.bytes > rest);
        None
    }

    /// Keeps a block; false if the blocks are not to be had.
    fn keep(&self, memory: *mut u8, size: usize) -> bool {
        self.free_while(|blocks| blocks.n == BLOCKS || blocks.bytes + size > MOST);
        let Some(mut blocks) = self.blocks() else { return false };
        // Others may have kept some meanwhile.
        let has_room = blocks.n < BLOCKS && blocks.bytes + size <= MOST;
        if has_room {
            blocks.add(memory, size);
        }
        has_room
    }

    /// What `allocate` gives; if that is nothing, what it gives once nothing is kept.
    fn after_release(&self, allocate: impl Fn() -> *mut u8) -> *mut u8 {
        let memory = allocate();
        if !memory.is_null() {
            return memory;
        }
        self.release();
        allocate()
    }

    fn give_example(&self) {
        if self.has_example.load(Ordering::Relaxed) || self.has_example.swap(true, Ordering::Relaxed) {
            return;
        }
        let layout = of_class(EXAMPLE);
        // SAFETY: the layout is not empty, and the memory is freed with it.
        unsafe {
            let memory = black_box(System.alloc(layout));
            if !memory.is_null() {
                System.dealloc(memory, layout);
            }
        }
    }

    /// What the system's allocator gives for a layout, or the block of `size` bytes that there was none kept of.
    fn allocate(&self, layout: Layout, size: Option<usize>, of: impl Fn(Layout) -> *mut u8) -> *mut u8 {
        if layout.size() >= MAPPED {
            self.give_example();
        }
        self.after_release(|| of(size.map_or(layout, of_class)))
    }
}

impl Default for KeptMemory {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for KeptMemory {
    fn drop(&mut self) {
        self.release();
    }
}

// SAFETY: a block is either kept or in use: it leaves the list when it is handed out, and enters it when it is freed. It is
// as large and as aligned as any layout of its class, and is allocated and freed with the layout of its class.
unsafe impl GlobalAlloc for KeptMemory {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let size = block_of(layout);
        if let Some(memory) = size.and_then(|size| self.take(size)) {
            return memory;
        }
        // SAFETY: the caller's promise; a block is not empty.
        self.allocate(layout, size, |layout| unsafe { System.alloc(layout) })
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        let size = block_of(layout);
        if let Some(memory) = size.and_then(|size| self.take(size)) {
            // SAFETY: the block has that many bytes.
            unsafe { memory.write_bytes(0, layout.size()) };
            return memory;
        }
        // SAFETY: the caller's promise; a block is not empty.
        self.allocate(layout, size, |layout| unsafe { System.alloc_zeroed(layout) })
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        let size = block_of(layout);
        if size.is_none_or(|size| !self.keep(memory, size)) {
            // SAFETY: the layout that it was allocated with.
            unsafe { System.dealloc(memory, size.map_or(layout, of_class)) };
        }
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let Ok(wanted) = Layout::from_size_align(size, layout.align()) else { return std::ptr::null_mut() };
        let again = |old: Layout, size: usize| {
            // SAFETY: the layout that the memory was allocated with; the caller's promise.
            self.after_release(|| unsafe { System.realloc(memory, old, size) })
        };
        match [block_of(layout), block_of(wanted)] {
            [Some(old), Some(new)] if old == new => memory,
            [Some(old), Some(new)] => again(of_class(old), new),
            [None, None] => again(layout, size),
            _ => {
                // SAFETY: the caller's promise; both are as long as what is copied.
                unsafe {
                    let moved = self.alloc(wanted);
                    if !moved.is_null() {
                        moved.copy_from_nonoverlapping(memory, layout.size().min(size));
                        self.dealloc(memory, layout);
                    }
                    moved
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn layout(bytes: usize) -> Layout {
        Layout::from_size_align(bytes, 8).unwrap()
    }

    #[test]
    fn a_class_is_at_most_an_eighth_larger() {
        for bytes in [LEAST, LEAST + 1, 3 << 20, (5 << 20) + 12_345, MOST - 1, MOST] {
            let size = class(bytes);
            assert!(size >= bytes && size - bytes <= bytes / 8, "{bytes} in {size}");
            assert_eq!(class(size), size);
        }
    }

    #[test]
    fn what_is_freed_is_there_for_the_next() {
        let memory = KeptMemory::new();
        // SAFETY: layouts that are not empty, each freed with its own.
        unsafe {
            let first = memory.alloc(layout(LEAST));
            first.write_bytes(7, LEAST);
            memory.dealloc(first, layout(LEAST));
            assert_eq!(memory.kept(), LEAST);
            let again = memory.alloc_zeroed(layout(LEAST));
            assert_eq!((again, memory.kept()), (first, 0));
            assert!(std::slice::from_raw_parts(again, LEAST).iter().all(|&byte| byte == 0));
            memory.dealloc(again, layout(LEAST));
            memory.release();
            assert_eq!(memory.kept(), 0);
        }
    }

    /// Takes `n` blocks of `bytes` at a time and gives all of them back.
    fn use_at_once(memory: &KeptMemory, n: usize, bytes: usize) {
        // SAFETY: layouts that are not empty, each freed with its own.
        unsafe {
            let blocks: Vec<*mut u8> = (0..n).map(|_| memory.alloc(layout(bytes))).collect();
            for block in blocks {
                memory.dealloc(block, layout(bytes));
            }
        }
    }

    #[test]
    fn no_more_is_kept_than_was_promised() {
        let memory = KeptMemory::new();
        use_at_once(&memory, 3, 30 << 20);
        assert_eq!(memory.kept(), 60 << 20, "as many bytes as there is room for");
        use_at_once(&memory, 3 * BLOCKS, 1 << 20);
        assert_eq!(memory.kept(), BLOCKS << 20, "as many blocks as there is room for");
        use_at_once(&memory, 1, LEAST - 1);
        use_at_once(&memory, 1, MOST + 1);
        assert_eq!(memory.kept(), BLOCKS << 20, "not what is small or larger than all");
        // SAFETY: a layout that is not empty, freed with its own.
        unsafe {
            let new = memory.alloc(layout(5 << 20));
            assert_eq!(memory.kept(), (BLOCKS - 5) << 20, "the oldest make room for what is new");
            memory.dealloc(new, layout(5 << 20));
        }
        memory.release();
        assert_eq!(memory.kept(), 0);
    }

    #[test]
    fn threads_take_and_give_blocks_of_their_own() {
        let memory = KeptMemory::new();
        std::thread::scope(|scope| {
            for thread in 1..=4u8 {
                let memory = &memory;
                scope.spawn(move || {
                    for round in 0..40 {
                        let held = layout(LEAST * (1 + round % 3));
                        // SAFETY: a layout that is not empty, freed with its own.
                        unsafe {
                            let block = memory.alloc(held);
                            block.write_bytes(thread, held.size());
                            std::thread::yield_now();
                            let bytes = std::slice::from_raw_parts(block, held.size());
                            assert!(bytes.iter().all(|&byte| byte == thread));
                            memory.dealloc(block, held);
                        }
                    }
                });
            }
        });
        assert!(memory.kept() <= MOST);
    }

    #[test]
    fn who_is_at_work_on_it_is_not_waited_for() {
        let memory = KeptMemory::new();
        let taken = memory.blocks.lock().unwrap();
        // SAFETY: a layout that is not empty, freed with its own.
        unsafe {
            let block = memory.alloc(layout(LEAST));
            assert!(!block.is_null());
            memory.dealloc(block, layout(LEAST));
        }
        drop(taken);
        assert_eq!(memory.kept(), 0);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(16))]
        #[test]
        fn memory_that_grows_and_shrinks_keeps_what_it_holds(
            sizes in prop::collection::vec(prop_oneof![1..5000usize, LEAST / 2..9 * LEAST], 2..9),
        ) {
            let memory = KeptMemory::new();
            let mut held = layout(sizes[0]);
            // SAFETY: layouts that are not empty, each changed and freed with its own.
            unsafe {
                let mut block = memory.alloc(held);
                block.write_bytes(1, held.size());
                for &size in &sizes[1..] {
                    block = memory.realloc(block, held, size);
                    let common = held.size().min(size);
                    held = layout(size);
                    prop_assert!([0, common / 2, common - 1].iter().all(|&at| *block.add(at) == 1));
                    block.write_bytes(1, size);
                }
                memory.dealloc(block, held);
            }
            memory.release();
        }
    }
}
