//! Memory of the caller that responses and maps are written to.

use std::ffi::c_void;

use radiomics_core::{Error, Runtime, free_memory};

use crate::context::Call;
use crate::pointers::{Out, Versioned, end_of, slice, versioned};
use crate::progress::{Terms, radiomics_progress};
use crate::status::Failure;

/// Where responses or maps go: a buffer for each, in memory of the caller. Values are written one after the
/// other, x fastest, when all are computed: a call that fails or is cancelled leaves the buffers as they
/// were, unless `as_they_come` is set.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct radiomics_output {
    /// sizeof(radiomics_output), to be set by the caller.
    pub struct_size: usize,
    /// Pointers to buffer_count buffers that do not overlap: one for each response or map, in their
    /// order, or NULL for one that is not wanted.
    pub buffers: *const *mut f64,
    /// Number of responses or maps.
    pub buffer_count: usize,
    /// Number of doubles that each buffer has room for: at least one for each voxel.
    pub buffer_length: usize,
    /// The value of a map where the region is not, such as NAN. Responses do not need it.
    pub outside: f64,
    /// A callback that is told of progress and may cancel; may be NULL. A step is a response, or a voxel
    /// of the maps.
    pub progress: radiomics_progress,
    /// What is handed on to `progress`.
    pub user_data: *mut c_void,
    /// Megabytes (10^6 bytes) that the call may take beside what it is given and what it returns; 0 for what
    /// the machine has free. What needs more is refused, with RADIOMICS_STATUS_OUT_OF_MEMORY. Since
    /// RADIOMICS_ABI_VERSION 6.
    pub memory_mb: f64,
    /// Buffers of floats instead of `buffers`, which are then NULL: values are rounded to 32 bits. Since
    /// RADIOMICS_ABI_VERSION 8.
    pub float_buffers: *const *mut f32,
    /// 1 for values to be written as they are computed, which spares the library the memory for them: what a
    /// call that fails leaves in the buffers is then anything. Since RADIOMICS_ABI_VERSION 8.
    pub as_they_come: i32,
    /// Padding.
    pub reserved: i32,
}

// SAFETY: repr(C), begins with its size, and consists of numbers and pointers, all of which may be
// NULL.
unsafe impl Versioned for radiomics_output {
    const NAME: &'static str = "radiomics_output";
    const FIRST_SIZE: usize = end_of!(Self, user_data);

    fn reserved(&self) -> i32 {
        self.reserved
    }
}

/// The caller's buffers, which have been checked and are written last.
pub(crate) struct Output {
    wanted: Vec<Buffer>,
    outside: f64,
    as_they_come: bool,
    terms: Terms,
}

/// A buffer of the caller that is not NULL.
pub(crate) struct Buffer {
    /// The number of the response or map that goes to this buffer.
    pub index: usize,
    first: First,
    voxels: usize,
}

/// The first value of a buffer.
#[derive(Clone, Copy)]
enum First {
    Double(*mut f64),
    Float(*mut f32),
}

impl First {
    fn address(self) -> usize {
        match self {
            Self::Double(first) => first.addr(),
            Self::Float(first) => first.addr(),
        }
    }

    /// Bytes of a value.
    fn size(self) -> usize {
        match self {
            Self::Double(_) => size_of::<f64>(),
            Self::Float(_) => size_of::<f32>(),
        }
    }
}

// SAFETY: the memory is the caller's for the call, by the rule of the header, and one thread at a time writes
// to it.
unsafe impl Send for Buffer {}

impl Output {
    /// Checks the buffers for `count` responses or maps, which messages call `what`, each of `shape`.
    pub unsafe fn new(
        output: *const radiomics_output,
        what: &str,
        count: usize,
        shape: [usize; 3],
    ) -> Result<Self, Failure> {
        // SAFETY: passed on to the caller.
        let given = unsafe { versioned(output, "output") }?;
        if !given.buffers.is_null() && !given.float_buffers.is_null() {
            return Err(Failure::argument("`buffers` and `float_buffers` are both given: give one of them"));
        }
        if given.buffer_count != count {
            return Err(Failure::argument(format!(
                "`buffer_count` is {}, and the number of {what}s is {count}: give a buffer or NULL for each",
                given.buffer_count
            )));
        }
        // SAFETY: passed on to the caller.
        let firsts = unsafe { firsts(&given, count) }?;
        let voxels: usize = shape.iter().product();
        if !firsts.is_empty() && given.buffer_length < voxels {
            return Err(Failure::argument(format!(
                "`buffer_length` is {}: a {what} of shape (z, y, x) {shape:?} needs room for {voxels} values",
                given.buffer_length
            )));
        }
        let mut wanted = Vec::new();
        for (index, first) in firsts {
            if end(first, voxels).is_none() {
                let (name, address) = (format!("buffers[{index}]"), first.address());
                let text = format!("`{name}` at address {address:#x} cannot have {voxels} values");
                return Err(Failure::argument(text));
            }
            wanted.push(Buffer { index, first, voxels });
        }
        refuse_overlaps(&wanted)?;
        // SAFETY: passed on to the caller.
        let terms = unsafe { Terms::new(given.progress, given.user_data, given.memory_mb) }?;
        let as_they_come = flag(given.as_they_come, "as_they_come")?;
        Ok(Self { wanted, outside: given.outside, as_they_come, terms })
    }

    /// The buffers that are wanted, in the order of what goes there.
    pub fn wanted(&self) -> &[Buffer] {
        &self.wanted
    }

    /// The buffers that are wanted, for writing.
    pub fn take_buffers(&mut self) -> Vec<Buffer> {
        std::mem::take(&mut self.wanted)
    }

    /// Whether values are written before all of them are computed.
    pub fn as_they_come(&self) -> bool {
        self.as_they_come
    }

    /// What the voxels beside the region are to be.
    pub fn outside(&self) -> f64 {
        self.outside
    }

    /// Calls `job` with a runtime that tells the caller of progress and keeps to the memory.
    pub fn run<R>(&self, call: &Call, job: impl FnOnce(&Runtime) -> R) -> R {
        self.terms.run(call, job)
    }
}

/// The buffers that are not NULL, with their numbers.
unsafe fn firsts(given: &radiomics_output, count: usize) -> Result<Vec<(usize, First)>, Failure> {
    let mut firsts = Vec::new();
    if given.float_buffers.is_null() {
        // SAFETY: passed on to the caller.
        for (index, &first) in unsafe { slice(given.buffers, count, "buffers") }?.iter().enumerate() {
            // SAFETY: as above.
            let wanted = unsafe { Out::optional(first, &format!("buffers[{index}]")) }?;
            firsts.extend(wanted.map(|_| (index, First::Double(first))));
        }
        return Ok(firsts);
    }
    // SAFETY: as above.
    for (index, &first) in unsafe { slice(given.float_buffers, count, "float_buffers") }?.iter().enumerate() {
        // SAFETY: as above.
        let wanted = unsafe { Out::optional(first, &format!("float_buffers[{index}]")) }?;
        firsts.extend(wanted.map(|_| (index, First::Float(first))));
    }
    Ok(firsts)
}

impl Buffer {
    /// Writes the value of a voxel.
    pub fn set(&mut self, voxel: usize, value: f64) {
        assert!(voxel < self.voxels, "voxel {voxel} of {}", self.voxels);
        // SAFETY: `Output::new` checked that the pointer is aligned and not NULL, that the buffer has room
        // for as many values, which fit into memory, and that no two buffers overlap; the memory is
        // valid for writing by the rule of the header. Nothing of it is read.
        unsafe {
            match self.first {
                First::Double(first) => first.add(voxel).write(value),
                First::Float(first) => first.add(voxel).write(value as f32),
            }
        }
    }

    /// Writes the same value for all voxels.
    pub fn fill(&mut self, value: f64) {
        (0..self.voxels).for_each(|voxel| self.set(voxel, value));
    }
}

/// A flag of C.
pub(crate) fn flag(given: i32, name: &str) -> Result<bool, Failure> {
    match given {
        0 => Ok(false),
        1 => Ok(true),
        other => Err(Failure::argument(format!("`{name}` is {other}: give 0 or 1"))),
    }
}

/// Bytes below which nobody asks what the machine has free.
const LITTLE: u64 = 16 << 20;

/// So many NaN, in memory that a call keeps its result in until all of it is computed.
pub(crate) fn doubles(count: usize) -> Result<Vec<f64>, Failure> {
    let needed = (count as u64).saturating_mul(size_of::<f64>() as u64);
    let free = if needed < LITTLE { None } else { free_memory() };
    let mut values = Vec::new();
    if free.is_some_and(|free| free < needed) || values.try_reserve_exact(count).is_err() {
        let (what, remedy) = ("the result", "ask for fewer of them at a time");
        let available = free.unwrap_or(0);
        return Err(Error::OutOfMemory { what, needed, available, limit: None, remedy }.into());
    }
    values.resize(count, f64::NAN);
    Ok(values)
}

/// The address behind the last of `values` values from `first` on, if there can be so many.
fn end(first: First, values: usize) -> Option<usize> {
    let bytes = values.checked_mul(first.size()).filter(|bytes| isize::try_from(*bytes).is_ok())?;
    first.address().checked_add(bytes)
}

fn refuse_overlaps(buffers: &[Buffer]) -> Result<(), Failure> {
    let mut ordered: Vec<&Buffer> = buffers.iter().collect();
    ordered.sort_by_key(|buffer| (buffer.first.address(), buffer.index));
    for pair in ordered.windows(2) {
        if end(pair[0].first, pair[0].voxels).is_none_or(|end| end > pair[1].first.address()) {
            return Err(Failure::argument(format!(
                "`buffers[{}]` and `buffers[{}]` overlap: each needs memory of its own",
                pair[0].index, pair[1].index
            )));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::ptr::{null, null_mut};

    use super::*;

    /// What is refused about `count` responses of 2 × 2 × 3 voxels with these buffers.
    fn refused(buffers: &[*mut f64], count: usize, length: usize) -> Option<String> {
        let output = radiomics_output {
            struct_size: size_of::<radiomics_output>(),
            buffers: if buffers.is_empty() { null() } else { buffers.as_ptr() },
            buffer_count: count,
            buffer_length: length,
            outside: 0.0,
            progress: None,
            user_data: null_mut(),
            memory_mb: 0.0,
            float_buffers: null(),
            as_they_come: 0,
            reserved: 0,
        };
        // SAFETY: as many pointers as the tests below count; nothing is written.
        let made = unsafe { Output::new(&output, "response", buffers.len(), [2, 2, 3]) };
        made.err().map(|failure| failure.text)
    }

    #[test]
    fn a_result_that_no_memory_holds_is_an_error() {
        assert!(doubles(7).unwrap().iter().all(|value| value.is_nan()));
        for too_many in [usize::MAX, usize::MAX / 8, usize::MAX / 1000] {
            let failure = doubles(too_many).unwrap_err();
            assert_eq!(failure.status, crate::status::radiomics_status::OutOfMemory);
            assert!(failure.text.starts_with("the result needs "), "{}", failure.text);
        }
    }

    #[test]
    fn buffers_are_large_enough_and_apart() {
        let mut memory = [0.0_f64; 24];
        let at = |place: usize| memory.as_mut_ptr().wrapping_add(place);
        let [first, inside, second] = [0, 11, 12].map(at);
        assert_eq!(refused(&[second, null_mut(), first], 3, 12), None);
        assert_eq!(refused(&[null_mut()], 1, 0), None);
        assert_eq!(refused(&[], 0, 0), None);
        let text = refused(&[first, inside], 2, 12).unwrap();
        assert!(text.starts_with("`buffers[0]` and `buffers[1]` overlap"), "{text}");
        let text = refused(&[first, null_mut(), first], 3, 12).unwrap();
        assert!(text.starts_with("`buffers[0]` and `buffers[2]` overlap"), "{text}");
        let text = refused(&[first], 1, 11).unwrap();
        assert_eq!(
            text,
            "`buffer_length` is 11: a response of shape (z, y, x) [2, 2, 3] needs room for 12 values"
        );
        let text = refused(&[first], 2, 12).unwrap();
        assert!(text.starts_with("`buffer_count` is 2, and the number of responses is 1"), "{text}");
        let odd = first.cast::<u8>().wrapping_add(1).cast();
        assert!(refused(&[odd], 1, 12).unwrap().contains("not a multiple of 8"));
        let last = std::ptr::without_provenance_mut(usize::MAX - 7);
        assert!(refused(&[last], 1, 12).unwrap().contains("cannot have 12 values"));
    }
}
