//! A region as its features are computed of it: voxels to show, and its surface.

use radiomics_core::morphology::{Surface, surface};
use radiomics_core::ndarray::Array3;
use radiomics_core::preprocess::{PreparedRegion, prepare_on};
use radiomics_core::roi::Levels;
use radiomics_core::{Grid, Settings};

use crate::context::{Call, radiomics_context};
use crate::entry::{entry, free, plain_entry};
use crate::image::{described, image, mask, radiomics_dtype, radiomics_image};
use crate::pointers::{Out, OutStruct, Versioned, borrowed, end_of};
use crate::settings::radiomics_settings;
use crate::status::{Failure, radiomics_status};

/// A region after preprocessing, with a margin of the image round it: the very voxels that its features are
/// computed of. It is never changed, so any number of threads may use one at the same time.
pub struct radiomics_region {
    grid: Grid,
    intensities: Array3<f64>,
    morphological: Array3<u8>,
    intensity: Array3<u8>,
    levels: Option<Array3<u16>>,
    surface: Surface,
}

/// Which voxels of a region are meant.
#[repr(i32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum radiomics_region_part {
    /// The image, interpolated, rounded and normalised as the settings say, in doubles.
    Intensities = 1,
    /// The region as drawn and interpolated, which shape is computed of: 1 in it, else 0, in bytes.
    MorphologicalMask = 2,
    /// What resegmentation leaves of it, which intensities are looked at in: 1 in it, else 0, in bytes.
    IntensityMask = 3,
    /// Grey levels from 1, 0 outside of the region, in 16 bits.
    GreyLevels = 4,
}

/// The surface mesh of a region, as volume and area are computed of it. What it points to lives as long as
/// the region. Since RADIOMICS_ABI_VERSION 8.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct radiomics_surface {
    /// sizeof(radiomics_surface), to be set by the caller.
    pub struct_size: usize,
    /// Number of vertices.
    pub vertex_count: usize,
    /// Positions of the vertices in mm, three numbers (z, y, x) each.
    pub vertices: *const f64,
    /// Number of triangles.
    pub triangle_count: usize,
    /// The vertices of the triangles, three numbers each, counter-clockwise as seen from outside, where x, y and z
    /// are right-handed.
    pub triangles: *const u32,
}

// SAFETY: repr(C), begins with its size, and consists of numbers and pointers.
unsafe impl Versioned for radiomics_surface {
    const NAME: &'static str = "radiomics_surface";
    const FIRST_SIZE: usize = end_of!(Self, triangles);
}

/// Prepares a region, as extraction does before it computes features, and keeps `margin_mm` of the image round
/// it, as far as the image reaches. Filters that the settings name are not applied: to see the region in a
/// filtered image, give a response of radiomics_filter as `image`. The region is to be freed with
/// radiomics_region_free. Since RADIOMICS_ABI_VERSION 8.
// SAFETY: the name is ours alone: nothing else that is linked begins with `radiomics_`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn radiomics_region_new(
    context: *mut radiomics_context,
    image: *const radiomics_image,
    mask: *const radiomics_image,
    label: i64,
    settings: *const radiomics_settings,
    margin_mm: f64,
    region: *mut *mut radiomics_region,
) -> radiomics_status {
    let body = |call: &Call| {
        // SAFETY: by the rule of the header.
        let (out, settings, image, mask) = unsafe {
            let out = Out::new(region, "region")?;
            let settings: &Settings = borrowed(settings, "settings")?.core();
            (out, settings, self::image(image, "image", "image")?, self::mask(mask, "mask")?)
        };
        let runtime = call.runtime();
        let prepared = prepare_on(&image, &mask, label, settings, margin_mm, &runtime)?;
        let surface = surface(&prepared.roi, settings.mesh_faces, &runtime)?;
        let made = copied(&prepared, surface, call)?;
        out.set(Box::into_raw(Box::new(made)));
        Ok(())
    };
    // SAFETY: by the rule of the header.
    unsafe { entry(context, body) }
}

/// A region with voxels of its own. It can be cancelled between one array and the next.
fn copied(prepared: &PreparedRegion, surface: Surface, call: &Call) -> Result<radiomics_region, Failure> {
    let roi = &prepared.roi;
    let (grid, voxels) = (roi.grid().clone(), roi.grid().len());
    let mask = |of: &Array3<bool>| call.over(voxels, || Ok(in_order(of.mapv(u8::from))));
    let levels = |levels: &Levels| {
        let mut whole = Array3::zeros(grid.shape);
        let (start, end) = (roi.region().start, roi.region().end());
        let place = radiomics_core::ndarray::s![start[0]..end[0], start[1]..end[1], start[2]..end[2]];
        whole.slice_mut(place).assign(&levels.to_array());
        whole
    };
    Ok(radiomics_region {
        intensities: call.over(voxels, || Ok(in_order(roi.intensities().into_owned())))?,
        morphological: mask(roi.morphological())?,
        intensity: mask(roi.intensity())?,
        levels: call.over(voxels, || Ok(prepared.levels.as_ref().map(levels)))?,
        surface,
        grid,
    })
}

/// The same voxels one after the other, x fastest.
fn in_order<T: Clone>(array: Array3<T>) -> Array3<T> {
    match array.is_standard_layout() {
        true => array,
        false => array.as_standard_layout().into_owned(),
    }
}

/// Writes where voxels of the region lie and what they are: an image like any other, whose data live as long as
/// the region. `part` is a radiomics_region_part. Set `image->struct_size` first. The status is
/// RADIOMICS_STATUS_UNSUITABLE_DISCRETISATION for grey levels if the settings give none. Since
/// RADIOMICS_ABI_VERSION 8.
// SAFETY: the name is ours alone: nothing else that is linked begins with `radiomics_`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn radiomics_region_image(
    region: *const radiomics_region,
    part: i32,
    image: *mut radiomics_image,
) -> radiomics_status {
    use radiomics_region_part as Part;
    plain_entry(|| {
        // SAFETY: by the rule of the header.
        let (region, out) = unsafe { (borrowed(region, "region")?, OutStruct::new(image, "image")?) };
        let (data, dtype) = match part {
            part if part == Part::Intensities as i32 => {
                (region.intensities.as_ptr().cast(), radiomics_dtype::F64)
            }
            part if part == Part::MorphologicalMask as i32 => {
                (region.morphological.as_ptr().cast(), radiomics_dtype::U8)
            }
            part if part == Part::IntensityMask as i32 => {
                (region.intensity.as_ptr().cast(), radiomics_dtype::U8)
            }
            part if part == Part::GreyLevels as i32 => match &region.levels {
                Some(levels) => (levels.as_ptr().cast(), radiomics_dtype::U16),
                None => {
                    return Err(Failure {
                        status: radiomics_status::UnsuitableDiscretisation,
                        text:
                            "the settings have no bins, and the intensities are no grey levels as they are: \
                               give `bin_width` or `bin_number`"
                                .to_owned(),
                    });
                }
            },
            other => {
                return Err(Failure::argument(format!(
                    "`part` is {other}: give a radiomics_region_part, from RADIOMICS_REGION_PART_INTENSITIES (1) to \
                     RADIOMICS_REGION_PART_GREY_LEVELS (4)"
                )));
            }
        };
        out.set(described(&region.grid, data, dtype));
        Ok(())
    })
}

/// Writes the surface of the region as drawn. Set `surface->struct_size` first. Since RADIOMICS_ABI_VERSION
/// 8.
// SAFETY: the name is ours alone: nothing else that is linked begins with `radiomics_`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn radiomics_region_surface(
    region: *const radiomics_region,
    surface: *mut radiomics_surface,
) -> radiomics_status {
    plain_entry(|| {
        // SAFETY: by the rule of the header.
        let (region, out) = unsafe { (borrowed(region, "region")?, OutStruct::new(surface, "surface")?) };
        let found = &region.surface;
        out.set(radiomics_surface {
            struct_size: size_of::<radiomics_surface>(),
            vertex_count: found.vertices_mm.len(),
            vertices: found.vertices_mm.as_flattened().as_ptr(),
            triangle_count: found.triangles.len(),
            triangles: found.triangles.as_flattened().as_ptr(),
        });
        Ok(())
    })
}

/// Frees a region; NULL is fine. Since RADIOMICS_ABI_VERSION 8.
// SAFETY: the name is ours alone: nothing else that is linked begins with `radiomics_`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn radiomics_region_free(region: *mut radiomics_region) {
    // SAFETY: by the rule of the header.
    unsafe { free(region) };
}
