//! Masks that are made of others, in millimetres: rings, shells, larger and smaller regions, and what regions have in
//! common.

use std::ffi::c_char;

use radiomics_core::masks::{Change, Connectivity, Distance, MaskVolume, Region};
use radiomics_core::{Error, Named};

use crate::context::{Call, radiomics_context};
use crate::entry::{entry, free, plain_entry};
use crate::image::{described, radiomics_dtype, radiomics_image};
use crate::pointers::{Out, OutStruct, Versioned, borrowed, end_of, member, text};
use crate::status::{Failure, radiomics_status};

/// A mask that the library owns: a region of label 1 on the grid of the mask it was made of. It may have no
/// voxels. It is never changed, so any number of threads may use one at the same time.
pub struct radiomics_mask {
    region: Region,
    volume: MaskVolume,
    change: Change,
}

/// What a mask has, and what making it changed, in voxels. Since RADIOMICS_ABI_VERSION 8.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct radiomics_mask_info {
    /// sizeof(radiomics_mask_info), to be set by the caller.
    pub struct_size: usize,
    /// Number of voxels.
    pub voxels: usize,
    /// Volume of the voxels in mm^3.
    pub volume_mm3: f64,
    /// Voxels of the mask that it was made of.
    pub before: usize,
    /// Voxels that it would have besides if the image went on beyond its edge.
    pub beyond_edge: usize,
}

// SAFETY: repr(C), begins with its size, and consists of numbers.
unsafe impl Versioned for radiomics_mask_info {
    const NAME: &'static str = "radiomics_mask_info";
    const FIRST_SIZE: usize = end_of!(Self, beyond_edge);
}

fn boxed((region, change): (Region, Change), call: &Call) -> Result<*mut radiomics_mask, Failure> {
    let volume = call.over(region.grid().len(), || Ok(region.to_mask()))?;
    Ok(Box::into_raw(Box::new(radiomics_mask { region, volume, change })))
}

/// Makes a mask of the region of another one.
unsafe fn made_of(
    context: *mut radiomics_context,
    from: *const radiomics_mask,
    made: *mut *mut radiomics_mask,
    make: impl FnOnce(&Region, &Call) -> Result<(Region, Change), Failure>,
) -> radiomics_status {
    let body = |call: &Call| {
        // SAFETY: passed on to the caller.
        let (out, from) = unsafe { (Out::new(made, "made")?, borrowed(from, "mask")?) };
        out.set(boxed(make(&from.region, call)?, call)?);
        Ok(())
    };
    // SAFETY: passed on to the caller.
    unsafe { entry(context, body) }
}

unsafe fn distance(name: *const c_char) -> Result<Distance, Failure> {
    match name.is_null() {
        true => Ok(Distance::Centre),
        // SAFETY: passed on to the caller.
        false => Ok(Distance::parse(unsafe { text(name, "distance") }?)?),
    }
}

/// Makes a mask of the voxels of a label, to be freed with radiomics_mask_free. Since RADIOMICS_ABI_VERSION
/// 8.
// SAFETY: the name is ours alone: nothing else that is linked begins with `radiomics_`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn radiomics_mask_of_label(
    context: *mut radiomics_context,
    image: *const radiomics_image,
    label: i64,
    made: *mut *mut radiomics_mask,
) -> radiomics_status {
    let body = |call: &Call| {
        // SAFETY: by the rule of the header.
        let (out, mask) = unsafe { (Out::new(made, "made")?, crate::image::mask(image, "image")?) };
        let region = call.over(mask.grid().len(), || Region::of_label(&mask, label))?;
        let voxels = region.voxels();
        let change = Change { before: voxels, after: voxels, beyond_edge: 0, shared: 0 };
        out.set(boxed((region, change), call)?);
        Ok(())
    };
    // SAFETY: by the rule of the header.
    unsafe { entry(context, body) }
}

/// Makes a mask of the region and all voxels at most `mm` from it. `distance` is "centre", to the nearest
/// centre of a voxel of the region, as for NULL, or "surface", to the nearest point of its voxels. Since
/// RADIOMICS_ABI_VERSION 8.
// SAFETY: the name is ours alone: nothing else that is linked begins with `radiomics_`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn radiomics_mask_dilate(
    context: *mut radiomics_context,
    mask: *const radiomics_mask,
    mm: f64,
    distance: *const c_char,
    made: *mut *mut radiomics_mask,
) -> radiomics_status {
    let make = |region: &Region, call: &Call| {
        // SAFETY: by the rule of the header.
        let distance = unsafe { self::distance(distance) }?;
        Ok(region.dilate(mm, distance, &call.runtime())?)
    };
    // SAFETY: by the rule of the header.
    unsafe { made_of(context, mask, made, make) }
}

/// Makes a mask of the voxels of the region that are more than `mm` from the nearest one outside. Since
/// RADIOMICS_ABI_VERSION 8.
// SAFETY: the name is ours alone: nothing else that is linked begins with `radiomics_`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn radiomics_mask_erode(
    context: *mut radiomics_context,
    mask: *const radiomics_mask,
    mm: f64,
    made: *mut *mut radiomics_mask,
) -> radiomics_status {
    // SAFETY: by the rule of the header.
    unsafe { made_of(context, mask, made, |region, call| Ok(region.erode(mm, &call.runtime())?)) }
}

/// Makes a mask of the voxels of the region that are at most `mm` from the nearest one outside. Since
/// RADIOMICS_ABI_VERSION 8.
// SAFETY: the name is ours alone: nothing else that is linked begins with `radiomics_`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn radiomics_mask_shell(
    context: *mut radiomics_context,
    mask: *const radiomics_mask,
    mm: f64,
    made: *mut *mut radiomics_mask,
) -> radiomics_status {
    // SAFETY: by the rule of the header.
    unsafe { made_of(context, mask, made, |region, call| Ok(region.shell_inside(mm, &call.runtime())?)) }
}

/// Makes a mask of the voxels outside of the region that are more than `from_mm` and at most `to_mm` from it;
/// from 0 on, all outside. `distance` is as for radiomics_mask_dilate. Since RADIOMICS_ABI_VERSION 8.
// SAFETY: the name is ours alone: nothing else that is linked begins with `radiomics_`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn radiomics_mask_ring(
    context: *mut radiomics_context,
    mask: *const radiomics_mask,
    from_mm: f64,
    to_mm: f64,
    distance: *const c_char,
    made: *mut *mut radiomics_mask,
) -> radiomics_status {
    let make = |region: &Region, call: &Call| {
        // SAFETY: by the rule of the header.
        let distance = unsafe { self::distance(distance) }?;
        Ok(region.ring(from_mm, to_mm, distance, &call.runtime())?)
    };
    // SAFETY: by the rule of the header.
    unsafe { made_of(context, mask, made, make) }
}

/// Makes a mask of the largest connected part of the region, or of the next one for each step of `index`,
/// from 0. Voxels are connected to 6, 18 or 26 `neighbours`. The status is
/// RADIOMICS_STATUS_INVALID_ARGUMENT if there are not so many parts. Since RADIOMICS_ABI_VERSION 8.
// SAFETY: the name is ours alone: nothing else that is linked begins with `radiomics_`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn radiomics_mask_component(
    context: *mut radiomics_context,
    mask: *const radiomics_mask,
    neighbours: i32,
    index: usize,
    made: *mut *mut radiomics_mask,
) -> radiomics_status {
    let make = |region: &Region, call: &Call| {
        let connectivity = Connectivity::of_neighbours(neighbours.into())?;
        let mut parts = region.components(connectivity, &call.runtime())?;
        member(&parts, index, "connected parts of the mask")?;
        let part = parts.swap_remove(index);
        let change = Change { before: region.voxels(), after: part.voxels(), beyond_edge: 0, shared: 0 };
        Ok((part, change))
    };
    // SAFETY: by the rule of the header.
    unsafe { made_of(context, mask, made, make) }
}

/// Makes a mask of the voxels that are in both. Here and for the next two, the status is
/// RADIOMICS_STATUS_GEOMETRY_MISMATCH if they lie on different grids. Since RADIOMICS_ABI_VERSION 8.
// SAFETY: the name is ours alone: nothing else that is linked begins with `radiomics_`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn radiomics_mask_within(
    context: *mut radiomics_context,
    mask: *const radiomics_mask,
    other: *const radiomics_mask,
    made: *mut *mut radiomics_mask,
) -> radiomics_status {
    // SAFETY: by the rule of the header.
    unsafe { of_two(context, mask, other, made, Region::within) }
}

/// Makes a mask of the voxels that are in `mask` and not in `other`. Since RADIOMICS_ABI_VERSION 8.
// SAFETY: the name is ours alone: nothing else that is linked begins with `radiomics_`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn radiomics_mask_minus(
    context: *mut radiomics_context,
    mask: *const radiomics_mask,
    other: *const radiomics_mask,
    made: *mut *mut radiomics_mask,
) -> radiomics_status {
    // SAFETY: by the rule of the header.
    unsafe { of_two(context, mask, other, made, Region::minus) }
}

/// Makes a mask of the voxels that are in one of them, or in both. Since RADIOMICS_ABI_VERSION 8.
// SAFETY: the name is ours alone: nothing else that is linked begins with `radiomics_`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn radiomics_mask_union(
    context: *mut radiomics_context,
    mask: *const radiomics_mask,
    other: *const radiomics_mask,
    made: *mut *mut radiomics_mask,
) -> radiomics_status {
    // SAFETY: by the rule of the header.
    unsafe { of_two(context, mask, other, made, Region::union) }
}

type Together = fn(&Region, &Region, &str) -> Result<(Region, Change), Error>;

unsafe fn of_two(
    context: *mut radiomics_context,
    mask: *const radiomics_mask,
    other: *const radiomics_mask,
    made: *mut *mut radiomics_mask,
    together: Together,
) -> radiomics_status {
    let make = |region: &Region, call: &Call| {
        // SAFETY: passed on to the caller.
        let other = &unsafe { borrowed(other, "other") }?.region;
        call.over(region.grid().len(), || together(region, other, "other mask"))
    };
    // SAFETY: passed on to the caller.
    unsafe { made_of(context, mask, made, make) }
}

/// Writes what the mask has. Set `info->struct_size` first. Since RADIOMICS_ABI_VERSION 8.
// SAFETY: the name is ours alone: nothing else that is linked begins with `radiomics_`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn radiomics_mask_describe(
    mask: *const radiomics_mask,
    info: *mut radiomics_mask_info,
) -> radiomics_status {
    plain_entry(|| {
        // SAFETY: by the rule of the header.
        let (mask, out) = unsafe { (borrowed(mask, "mask")?, OutStruct::new(info, "info")?) };
        out.set(radiomics_mask_info {
            struct_size: size_of::<radiomics_mask_info>(),
            voxels: mask.region.voxels(),
            volume_mm3: mask.region.volume_mm3(),
            before: mask.change.before,
            beyond_edge: mask.change.beyond_edge,
        });
        Ok(())
    })
}

/// Writes the mask as an image of bytes, 1 in the region, whose data live as long as the mask: every function
/// takes it as a mask. Set `image->struct_size` first. Since RADIOMICS_ABI_VERSION 8.
// SAFETY: the name is ours alone: nothing else that is linked begins with `radiomics_`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn radiomics_mask_image(
    mask: *const radiomics_mask,
    image: *mut radiomics_image,
) -> radiomics_status {
    plain_entry(|| {
        // SAFETY: by the rule of the header.
        let (mask, out) = unsafe { (borrowed(mask, "mask")?, OutStruct::new(image, "image")?) };
        let voxels = mask.volume.voxels();
        assert!(voxels.is_standard_layout(), "a mask is made x fastest");
        out.set(described(mask.volume.grid(), voxels.as_ptr().cast(), radiomics_dtype::U8));
        Ok(())
    })
}

/// Frees a mask; NULL is fine. Since RADIOMICS_ABI_VERSION 8.
// SAFETY: the name is ours alone: nothing else that is linked begins with `radiomics_`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn radiomics_mask_free(mask: *mut radiomics_mask) {
    // SAFETY: by the rule of the header.
    unsafe { free(mask) };
}
