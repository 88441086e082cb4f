//! The caller's voxels.

use std::ffi::c_void;

use radiomics_core::ndarray::{ArrayView3, Axis, ShapeBuilder};
use radiomics_core::{Grid, IDENTITY, Image, Mask, Voxels};

use crate::pointers::{Versioned, end_of, versioned};
use crate::status::Failure;

/// The number type of voxels.
#[repr(i32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum radiomics_dtype {
    /// uint8_t
    U8 = 1,
    /// int8_t
    I8 = 2,
    /// uint16_t
    U16 = 3,
    /// int16_t
    I16 = 4,
    /// uint32_t
    U32 = 5,
    /// int32_t
    I32 = 6,
    /// uint64_t
    U64 = 7,
    /// int64_t
    I64 = 8,
    /// float
    F32 = 9,
    /// double
    F64 = 10,
}

/// An image or a mask: the caller's voxels and where they lie. Triples are in (z, y, x) order,
/// slices first, and component 0 of a position is the patient's z. The centre of voxel (k, j, i)
/// lies at origin_mm + direction * (spacing_mm * (k, j, i)).
///
/// The voxels are borrowed for the call and not copied as a whole; nobody may write to them
/// meanwhile. A mask holds whole-number labels, 0 being the background.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct radiomics_image {
    /// sizeof(radiomics_image), to be set by the caller.
    pub struct_size: usize,
    /// Pointer to the voxel (0, 0, 0), aligned as its type asks for.
    pub data: *const c_void,
    /// Number type of the voxels, a radiomics_dtype.
    pub dtype: i32,
    /// Reserved for later versions: must be 0.
    pub reserved: i32,
    /// Number of voxels along (z, y, x).
    pub shape: [usize; 3],
    /// Steps in voxels, not bytes, from a voxel to its neighbour along (z, y, x); they may be negative.
    /// All 0 means contiguous voxels: `(shape[1] * shape[2], shape[2], 1)`. Otherwise 0 is only for an axis
    /// of one voxel, whose stride is not looked at: on a longer one it is refused with
    /// RADIOMICS_STATUS_INVALID_ARGUMENT.
    pub strides: [isize; 3],
    /// Distance in mm between voxel centres along (z, y, x).
    pub spacing_mm: [f64; 3],
    /// Position (z, y, x) in mm of the centre of voxel (0, 0, 0).
    pub origin_mm: [f64; 3],
    /// Direction cosines: column c is the direction, in (z, y, x) components, of axis c. The three are
    /// of length 1 and perpendicular, to three decimals. All 0 means that the axes run along the
    /// patient's.
    pub direction: [[f64; 3]; 3],
}

// SAFETY: repr(C), begins with its size, and consists of numbers and a pointer.
unsafe impl Versioned for radiomics_image {
    const NAME: &'static str = "radiomics_image";
    const FIRST_SIZE: usize = end_of!(Self, direction);

    fn reserved(&self) -> i32 {
        self.reserved
    }
}

/// Voxels of ours that lie on a grid, x fastest, as C sees them.
pub(crate) fn described(grid: &Grid, data: *const c_void, dtype: radiomics_dtype) -> radiomics_image {
    radiomics_image {
        struct_size: size_of::<radiomics_image>(),
        data,
        dtype: dtype as i32,
        reserved: 0,
        shape: grid.shape,
        strides: [0; 3],
        spacing_mm: grid.spacing_mm,
        origin_mm: grid.origin_mm,
        direction: grid.direction,
    }
}

/// The image that the caller describes, borrowed for as long as the caller's voxels live. `name` is
/// that of the argument, and `role` what messages call an image that lies nowhere.
pub(crate) unsafe fn image<'a>(
    image: *const radiomics_image,
    name: &str,
    role: &str,
) -> Result<Image<'a>, Failure> {
    // SAFETY: passed on to the caller.
    let (grid, voxels) = unsafe { grid_and_voxels(image, name, role) }?;
    Ok(Image::new(grid, voxels)?)
}

/// The mask that the caller describes, borrowed for as long as the caller's voxels live. `name` is that of the argument.
pub(crate) unsafe fn mask<'a>(mask: *const radiomics_image, name: &str) -> Result<Mask<'a>, Failure> {
    // SAFETY: passed on to the caller.
    let (grid, voxels) = unsafe { grid_and_voxels(mask, name, name) }?;
    Ok(Mask::new(grid, voxels)?)
}

unsafe fn grid_and_voxels<'a>(
    image: *const radiomics_image,
    name: &str,
    role: &str,
) -> Result<(Grid, Voxels<'a>), Failure> {
    // SAFETY: passed on to the caller.
    let image = unsafe { versioned(image, name) }?;
    let unset = image.direction.iter().flatten().all(|cosine| *cosine == 0.0);
    let direction = if unset { IDENTITY } else { image.direction };
    let radiomics_image { shape, spacing_mm, origin_mm, .. } = image;
    let grid = Grid { shape, spacing_mm, origin_mm, direction };
    grid.check(role)?;
    // SAFETY: passed on to the caller.
    let voxels = unsafe { voxels(&image, name) }?;
    Ok((grid, voxels))
}

/// Stamps out one arm for each voxel type.
macro_rules! voxels_of {
    ($image:expr, $name:expr, $($variant:ident: $t:ty),*) => {
        match $image.dtype {
            $(code if code == radiomics_dtype::$variant as i32 => {
                // SAFETY: passed on to the caller.
                unsafe { view::<$t>($image, $name) }.map(Voxels::from)
            })*
            other => Err(Failure::argument(format!(
                "the dtype of `{}` is {other}: give a radiomics_dtype, from RADIOMICS_DTYPE_U8 (1) to RADIOMICS_DTYPE_F64 (10)",
                $name
            ))),
        }
    };
}

unsafe fn voxels<'a>(image: &radiomics_image, name: &str) -> Result<Voxels<'a>, Failure> {
    voxels_of!(image, name, U8: u8, I8: i8, U16: u16, I16: i16, U32: u32, I32: i32,
               U64: u64, I64: i64, F32: f32, F64: f64)
}

/// The caller's voxels as a view. What can be checked is checked; that the memory is there cannot be.
unsafe fn view<'a, T>(image: &radiomics_image, name: &str) -> Result<ArrayView3<'a, T>, Failure> {
    let data = image.data.cast::<T>();
    if data.is_null() {
        return Err(Failure::argument(format!("the data of `{name}` are NULL")));
    }
    if !data.is_aligned() {
        return Err(Failure::argument(format!(
            "the data of `{name}` are at address {data:p}: voxels of {} bytes need a multiple of that",
            size_of::<T>()
        )));
    }
    let shape = image.shape;
    let strides = match image.strides {
        [0, 0, 0] => contiguous(shape),
        given => Some(given),
    };
    let reach = strides.and_then(|strides| reach::<T>(data.addr(), shape, strides));
    let (Some(strides), Some(before)) = (strides, reach) else {
        return Err(Failure::argument(format!(
            "`{name}` of shape (z, y, x) {shape:?} and strides {:?} does not fit into memory",
            image.strides
        )));
    };
    if (0..3).any(|axis| shape[axis] > 1 && strides[axis] == 0) {
        return Err(Failure::argument(format!(
            "`{name}` has strides (z, y, x) {strides:?}: only an axis of one voxel can have a stride of 0"
        )));
    }
    // ndarray wants the first voxel in memory and strides that are not negative.
    // SAFETY: `reach` found the whole of the view within the address space; that the caller's memory
    // holds it is the rule of the header.
    let first = unsafe { data.sub(before) };
    // Along an axis of one voxel there is no step, whatever the caller calls it: of isize::MIN ndarray
    // could not make one that is not negative.
    let steps: [usize; 3] =
        std::array::from_fn(|axis| if shape[axis] > 1 { strides[axis].unsigned_abs() } else { 0 });
    let form = (shape[0], shape[1], shape[2]).strides((steps[0], steps[1], steps[2]));
    // SAFETY: the pointer is aligned, all voxels are within memory that the caller vouches for and that
    // spans at most isize::MAX bytes, and the steps are not negative: `reach` found them times the
    // voxels to be at most isize::MAX.
    let mut view = unsafe { ArrayView3::from_shape_ptr(form, first) };
    for axis in (0..3).filter(|&axis| shape[axis] > 1 && strides[axis] < 0) {
        view.invert_axis(Axis(axis));
    }
    Ok(view)
}

fn contiguous([_, ny, nx]: [usize; 3]) -> Option<[isize; 3]> {
    let rows = isize::try_from(nx).ok()?;
    Some([rows.checked_mul(isize::try_from(ny).ok()?)?, rows, 1])
}

/// How many voxels before `address` the view begins; `None` if its number of voxels or its extent in
/// memory is more than there can be.
fn reach<T>(address: usize, shape: [usize; 3], strides: [isize; 3]) -> Option<usize> {
    let most = isize::MAX as u128 / size_of::<T>() as u128;
    let mut count = 1_u128;
    let (mut before, mut after) = (0_u128, 0_u128);
    for (n, stride) in shape.into_iter().zip(strides) {
        count = count.checked_mul(n as u128).filter(|count| *count <= most)?;
        let span = (n as u128 - 1) * stride.unsigned_abs() as u128;
        let side = if stride < 0 { &mut before } else { &mut after };
        *side = side.checked_add(span)?;
    }
    let bytes = |voxels: u128| usize::try_from(voxels * size_of::<T>() as u128).ok();
    if before + after >= most {
        return None;
    }
    address.checked_sub(bytes(before)?)?;
    address.checked_add(bytes(after + 1)?)?;
    usize::try_from(before).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn described(data: &[i16], first: usize, shape: [usize; 3], strides: [isize; 3]) -> radiomics_image {
        radiomics_image {
            struct_size: size_of::<radiomics_image>(),
            data: data[first..].as_ptr().cast(),
            dtype: radiomics_dtype::I16 as i32,
            reserved: 0,
            shape,
            strides,
            spacing_mm: [1.0; 3],
            origin_mm: [0.0; 3],
            direction: [[0.0; 3]; 3],
        }
    }

    #[test]
    fn any_strides_show_the_same_voxels() {
        // Two slices of two rows of three voxels; value zyx.
        let plain: Vec<i16> = vec![0, 1, 2, 10, 11, 12, 100, 101, 102, 110, 111, 112];
        let x_first: Vec<i16> = vec![0, 100, 10, 110, 1, 101, 11, 111, 2, 102, 12, 112];
        let backwards: Vec<i16> = plain.iter().rev().copied().collect();
        for (data, first, strides) in [
            (&plain, 0, [0, 0, 0]),
            (&plain, 0, [6, 3, 1]),
            (&x_first, 0, [1, 2, 4]),
            (&backwards, 11, [-6, -3, -1]),
        ] {
            // SAFETY: the data have twelve voxels, which all these strides stay within.
            let view = unsafe { view::<i16>(&described(data, first, [2, 2, 3], strides), "image") }.unwrap();
            assert_eq!(view.iter().copied().collect::<Vec<_>>(), plain, "{strides:?}");
        }
    }

    #[test]
    fn an_axis_of_one_voxel_may_have_any_stride() {
        let data: [i16; 6] = [0, 1, 2, 10, 11, 12];
        for stride in [isize::MIN, -1, 0, 1, isize::MAX] {
            // SAFETY: the data have six voxels, which all are.
            let view = unsafe { view::<i16>(&described(&data, 0, [1, 2, 3], [stride, 3, 1]), "image") };
            assert_eq!(view.unwrap().iter().copied().collect::<Vec<_>>(), data, "{stride}");
        }
    }

    #[test]
    fn impossible_extents_are_refused() {
        let data = [0_i16; 8];
        let most = usize::MAX;
        for (shape, strides) in [
            ([most, most, most], [0, 0, 0]),
            ([2, 2, 2], [isize::MAX, 2, 1]),
            ([2, 2, 2], [isize::MIN, 2, 1]),
            ([most, 1, 1], [1, 1, 1]),
            ([2, 2, 2], [4, 0, 1]),
        ] {
            // SAFETY: refused before any voxel is looked at.
            let refused = unsafe { view::<i16>(&described(&data, 0, shape, strides), "image") };
            assert!(refused.is_err(), "{shape:?} {strides:?}");
        }
    }
}
