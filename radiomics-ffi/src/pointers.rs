//! What comes and goes through pointers. Every function here asks its caller for the rule of the
//! header: a pointer is NULL, or valid for the call and for what its type says.

use std::ffi::{CStr, c_char};
use std::mem::MaybeUninit;

use crate::status::Failure;

type Result<T> = std::result::Result<T, Failure>;

fn check<T>(pointer: *const T, name: &str) -> Result<()> {
    if pointer.is_null() {
        return Err(Failure::argument(format!("`{name}` is NULL")));
    }
    if !pointer.is_aligned() {
        return Err(Failure::argument(format!(
            "`{name}` is at address {pointer:p}, which is not a multiple of {}",
            align_of::<T>()
        )));
    }
    Ok(())
}

/// The object at `pointer`, borrowed for the call.
pub(crate) unsafe fn borrowed<'a, T>(pointer: *const T, name: &str) -> Result<&'a T> {
    check(pointer, name)?;
    // SAFETY: not NULL and aligned as just checked; valid by the rule of the header.
    Ok(unsafe { &*pointer })
}

/// The `length` objects from `pointer` on, borrowed for the call; NULL is fine for none.
pub(crate) unsafe fn slice<'a, T>(pointer: *const T, length: usize, name: &str) -> Result<&'a [T]> {
    if length == 0 {
        return Ok(&[]);
    }
    check(pointer, name)?;
    if length > isize::MAX as usize / size_of::<T>().max(1) {
        return Err(Failure::argument(format!("`{name}` cannot have {length} elements")));
    }
    // SAFETY: not NULL, aligned and of a possible size as just checked; valid by the rule of the
    // header.
    Ok(unsafe { std::slice::from_raw_parts(pointer, length) })
}

/// Member `index` of a list; `what` is what messages call the members.
pub(crate) fn member<'a, T>(list: &'a [T], index: usize, what: &str) -> Result<&'a T> {
    list.get(index).ok_or_else(|| {
        Failure::argument(match list.len() {
            0 => format!("`index` is {index}, and there are no {what}"),
            1 => format!("`index` is {index}, and the number of {what} is 1: give 0"),
            count => {
                format!("`index` is {index}, and the number of {what} is {count}: give 0 to {}", count - 1)
            }
        })
    })
}

/// The UTF-8 text at `pointer` up to its NUL, borrowed for the call.
pub(crate) unsafe fn text<'a>(pointer: *const c_char, name: &str) -> Result<&'a str> {
    check(pointer, name)?;
    // SAFETY: not NULL as just checked; ends in NUL by the rule of the header.
    let text = unsafe { CStr::from_ptr(pointer) };
    text.to_str().map_err(|error| Failure::argument(format!("`{name}` is not UTF-8 text: {error}")))
}

/// Where an output goes: checked first, written last.
pub(crate) struct Out<T>(*mut T);

impl<T> Out<T> {
    pub unsafe fn new(pointer: *mut T, name: &str) -> Result<Self> {
        check(pointer, name).map(|()| Self(pointer))
    }

    /// Where an output goes that the caller may not want: `None` for NULL.
    pub unsafe fn optional(pointer: *mut T, name: &str) -> Result<Option<Self>> {
        if pointer.is_null() {
            return Ok(None);
        }
        // SAFETY: passed on to the caller.
        unsafe { Self::new(pointer, name) }.map(Some)
    }

    pub fn set(self, value: T) {
        // SAFETY: `new` checked the pointer; it is valid for writing by the rule of the header.
        unsafe { self.0.write(value) }
    }
}

/// A plain struct of the header that begins with its own size, so that later versions can append
/// fields.
///
/// # Safety
/// `repr(C)`, the first field is `struct_size: usize`, all bytes 0 are a value, and so is any
/// value of the caller's fields.
pub(crate) unsafe trait Versioned: Copy {
    /// Name of the struct in the header.
    const NAME: &'static str;
    /// Where the last field ends that the struct had in its first version: on any machine the size that
    /// callers have at least. The field is never to be changed.
    const FIRST_SIZE: usize;

    /// Padding that the caller sets, which must be 0 as a later version may give it a meaning.
    fn reserved(&self) -> i32 {
        0
    }
}

/// Where a field ends, in bytes from the beginning of its struct.
macro_rules! end_of {
    ($struct:ty, $field:ident) => {{
        const fn size<T, F>(_: fn(&T) -> &F) -> usize {
            size_of::<F>()
        }
        std::mem::offset_of!($struct, $field) + size::<$struct, _>(|of| &of.$field)
    }};
}
pub(crate) use end_of;

/// A size that no struct of the header comes near: a larger one was never set.
const LARGEST_SIZE: usize = 4096;

unsafe fn size_of_callers<T: Versioned>(pointer: *const T, name: &str) -> Result<usize> {
    const { assert!(T::FIRST_SIZE <= size_of::<T>() && size_of::<T>() <= LARGEST_SIZE) };
    check(pointer, name)?;
    // SAFETY: not NULL and aligned as just checked; the first field is the size.
    let size = unsafe { pointer.cast::<usize>().read() };
    if !(T::FIRST_SIZE..=LARGEST_SIZE).contains(&size) {
        return Err(Failure::argument(format!(
            "the struct_size of `{name}` is {size}: set it to sizeof({}), which is {}",
            T::NAME,
            size_of::<T>()
        )));
    }
    Ok(size)
}

/// The caller's struct. Fields that an older caller does not have are 0; fields that only a newer caller
/// has must be 0.
pub(crate) unsafe fn versioned<T: Versioned>(pointer: *const T, name: &str) -> Result<T> {
    // SAFETY: passed on to the caller.
    let size = unsafe { size_of_callers(pointer, name) }?;
    let mut value = MaybeUninit::<T>::zeroed();
    let known = size.min(size_of::<T>());
    let bytes = pointer.cast::<u8>();
    // SAFETY: the caller's struct has `size` bytes, ours has `size_of::<T>()`, and both are at
    // least `known`.
    unsafe { std::ptr::copy_nonoverlapping(bytes, value.as_mut_ptr().cast(), known) };
    // SAFETY: the caller's struct has bytes up to `size`.
    let newer = (known..size).any(|i| unsafe { bytes.add(i).read() } != 0);
    if newer {
        return Err(Failure::argument(format!(
            "`{name}` is a {} of {size} bytes with fields that this library, version {}, does not know",
            T::NAME,
            env!("CARGO_PKG_VERSION")
        )));
    }
    // SAFETY: any bytes are a value of a `Versioned`.
    let value = unsafe { value.assume_init() };
    match value.reserved() {
        0 => Ok(value),
        other => Err(Failure::argument(format!("`reserved` of `{name}` is {other}: it must be 0"))),
    }
}

/// Where a struct that begins with its size goes.
pub(crate) struct OutStruct<T> {
    pointer: *mut T,
    size: usize,
}

impl<T: Versioned> OutStruct<T> {
    pub unsafe fn new(pointer: *mut T, name: &str) -> Result<Self> {
        // SAFETY: passed on to the caller.
        let size = unsafe { size_of_callers(pointer.cast_const(), name) }?;
        Ok(Self { pointer, size })
    }

    /// Writes the fields that the caller has, apart from the size; those that only a newer caller
    /// has become 0.
    pub fn set(self, value: T) {
        let first = size_of::<usize>();
        let known = self.size.min(size_of::<T>());
        let to = self.pointer.cast::<u8>();
        // SAFETY: the caller's struct has `size` bytes and is valid for writing by the rule of the
        // header; ours has `known` or more.
        unsafe {
            let from = (&raw const value).cast::<u8>();
            std::ptr::copy_nonoverlapping(from.add(first), to.add(first), known - first);
            to.add(known).write_bytes(0, self.size - known);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A struct of three fields, of which the first version had two.
    #[repr(C)]
    #[derive(Clone, Copy, Debug, PartialEq)]
    struct Grown {
        struct_size: usize,
        old: u64,
        new: u64,
    }

    // SAFETY: repr(C), begins with its size, and consists of integers.
    unsafe impl Versioned for Grown {
        const NAME: &'static str = "grown";
        const FIRST_SIZE: usize = end_of!(Self, old);
    }

    /// A caller compiled with the first version of a struct can have no other size.
    #[test]
    fn first_versions_keep_their_size() {
        use crate::{
            catalogue, columns, context, extract, image, keys, labels, maps, mask, matrices, outcome, output,
            region, stability, table,
        };
        fn first<T: Versioned>() -> (&'static str, usize, usize) {
            (T::NAME, T::FIRST_SIZE, size_of::<T>())
        }
        let found = [
            first::<context::radiomics_context_options>(),
            first::<image::radiomics_image>(),
            first::<extract::radiomics_job>(),
            first::<table::radiomics_row>(),
            first::<table::radiomics_warning>(),
            first::<output::radiomics_output>(),
            first::<maps::radiomics_maps_job>(),
            first::<maps::radiomics_map>(),
            first::<catalogue::radiomics_feature>(),
            first::<columns::radiomics_column>(),
            first::<matrices::radiomics_matrix>(),
            first::<outcome::radiomics_outcome>(),
            first::<labels::radiomics_label>(),
            first::<region::radiomics_surface>(),
            first::<mask::radiomics_mask_info>(),
            first::<keys::radiomics_key>(),
            first::<stability::radiomics_reliability>(),
        ];
        // In the same order, in bytes, where pointers have 64 bits, and where they have 32: there
        // x86 puts numbers of 8 bytes at any multiple of 4, other machines at multiples of 8.
        let sizes = match (size_of::<usize>(), align_of::<u64>()) {
            (8, _) => [16, 192, 80, 96, 40, 56, 56, 72, 72, 80, 72, 64, 72, 40, 40, 64, 88],
            (4, 4) => [8, 160, 40, 60, 24, 32, 36, 36, 36, 40, 48, 40, 40, 20, 24, 32, 80],
            _ => [8, 160, 40, 64, 28, 32, 40, 36, 36, 40, 48, 40, 48, 20, 32, 32, 88],
        };
        for ((name, first, now), expected) in found.into_iter().zip(sizes) {
            assert_eq!(first, expected, "the first {name}");
            assert!(first <= now, "{name} has {now} bytes, the first one had {first}");
        }
    }

    /// Words of a caller's struct that says it is as long as `words`.
    fn callers<const N: usize>(mut words: [u64; N]) -> [u64; N] {
        words[0] = 8 * N as u64;
        words
    }

    #[test]
    fn callers_of_older_and_newer_headers_are_understood() {
        let read = |words: &[u64]| {
            // SAFETY: as many words as the first one says.
            unsafe { versioned(words.as_ptr().cast::<Grown>(), "it") }.map(|grown| (grown.old, grown.new))
        };
        assert_eq!(read(&callers([0, 5])).unwrap(), (5, 0));
        assert_eq!(read(&callers([0, 5, 6])).unwrap(), (5, 6));
        assert_eq!(read(&callers([0, 5, 6, 0])).unwrap(), (5, 6));
        assert!(read(&callers([0, 5, 6, 7])).unwrap_err().text.contains("does not know"));
        for size in [0, 8, 15, 4097, u64::MAX] {
            assert!(read(&[size, 5, 6]).unwrap_err().text.contains("set it to sizeof(grown), which is 24"));
        }
    }

    #[test]
    fn outputs_stay_within_the_caller_s_struct() {
        let value = Grown { struct_size: 24, old: 1, new: 2 };
        let mut older = callers([0, 9]).to_vec();
        older.push(9);
        let mut newer = callers([0, 9, 9, 9]);
        for words in [&mut older[..], &mut newer[..]] {
            // SAFETY: at least as many words as the first one says.
            unsafe { OutStruct::new(words.as_mut_ptr().cast::<Grown>(), "it") }.unwrap().set(value);
        }
        assert_eq!(older, [16, 1, 9]);
        assert_eq!(newer, [32, 1, 2, 0]);
    }

    #[test]
    fn an_index_that_is_too_large_says_how_many_there_are() {
        let text = |list: &[u8]| member(list, 3, "rows").copied().map_err(|failure| failure.text);
        assert_eq!(text(&[5, 6, 7, 8]), Ok(8));
        assert_eq!(text(&[5, 6, 7]).unwrap_err(), "`index` is 3, and the number of rows is 3: give 0 to 2");
        assert_eq!(text(&[5]).unwrap_err(), "`index` is 3, and the number of rows is 1: give 0");
        assert_eq!(text(&[]).unwrap_err(), "`index` is 3, and there are no rows");
    }

    #[test]
    fn a_wrong_pointer_is_named() {
        let words = [0_u64; 2];
        let odd = words.as_ptr().cast::<u8>().wrapping_add(1).cast::<u64>();
        // SAFETY: both are refused before they are looked at.
        let (null, odd) =
            unsafe { (borrowed::<u64>(std::ptr::null(), "this"), borrowed::<u64>(odd, "that")) };
        assert_eq!(null.unwrap_err().text, "`this` is NULL");
        assert!(odd.unwrap_err().text.contains("not a multiple of 8"));
    }
}
