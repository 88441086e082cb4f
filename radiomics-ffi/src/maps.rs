//! Feature maps.

use std::ffi::{c_char, c_void};
use std::ops::ControlFlow;
use std::ptr::null;

use radiomics_core::Runtime;
use radiomics_core::voxel_map::{Column, MovingWindow, PreparedMaps, Tile};

use crate::columns::radiomics_column;
use crate::context::{Call, radiomics_context};
use crate::entry::{entry, free, plain_entry, value_or};
use crate::image::{described, image, mask, radiomics_dtype, radiomics_image};
use crate::output::{Buffer, Output, doubles, flag, radiomics_output};
use crate::pointers::{Out, OutStruct, Versioned, borrowed, end_of, member, versioned};
use crate::progress::{Terms, radiomics_progress};
use crate::settings::radiomics_settings;
use crate::status::{Failure, radiomics_status};
use crate::strings::Texts;

/// Feature maps of a region that are prepared: which there are and where they lie is known, values
/// are computed when asked for. It keeps no voxels of the caller and is never changed, so any number
/// of threads, each with its context, may use one at the same time.
pub struct radiomics_maps {
    core: PreparedMaps,
    for_c: Vec<radiomics_map>,
    // Owns what the maps for C point to.
    _texts: Texts,
}

/// What to make maps of. Fields that are not needed stay 0.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct radiomics_maps_job {
    /// sizeof(radiomics_maps_job), to be set by the caller.
    pub struct_size: usize,
    /// The image that maps are made of.
    pub image: *const radiomics_image,
    /// The mask, on the grid of the image.
    pub mask: *const radiomics_image,
    /// The label whose voxels are the region.
    pub label: i64,
    /// The settings, which determine the numbers. The features that they ask for, by default all that
    /// can, have a map for each aggregation; of filters there is one.
    pub settings: *const radiomics_settings,
    /// Number of voxels that the window has on either side of its centre, at most 15; 0 means 1, for 27
    /// voxels in all.
    pub radius: usize,
    /// 1 for a window that is one voxel thick across slices, else 0.
    pub in_plane: i32,
    /// 0 for windows that end where the region ends; 1 for voxels round the region to count as well.
    pub unmasked: i32,
    /// A callback that is told of progress in radiomics_maps_new and may cancel; may be NULL. Since
    /// RADIOMICS_ABI_VERSION 6.
    pub progress: radiomics_progress,
    /// What is handed on to `progress`. Since RADIOMICS_ABI_VERSION 6.
    pub user_data: *mut c_void,
    /// Megabytes (10^6 bytes) that radiomics_maps_new may take beside what it is given; 0 for what the
    /// machine has free. What needs more is refused, with RADIOMICS_STATUS_OUT_OF_MEMORY. Since
    /// RADIOMICS_ABI_VERSION 6.
    pub memory_mb: f64,
}

// SAFETY: repr(C), begins with its size, and consists of numbers and pointers, all of which may be
// NULL.
unsafe impl Versioned for radiomics_maps_job {
    const NAME: &'static str = "radiomics_maps_job";
    const FIRST_SIZE: usize = end_of!(Self, unmasked);
}

/// What a map is of. The texts are UTF-8 and live as long as the maps.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct radiomics_map {
    /// sizeof(radiomics_map), to be set by the caller.
    pub struct_size: usize,
    /// A name unique among the maps: image_family_feature, and _aggregation for texture.
    pub column: *const c_char,
    /// Name of the image: "original", or that of a filter.
    pub image: *const c_char,
    /// Name of the family, such as "glcm".
    pub family: *const c_char,
    /// Name of the feature within its family.
    pub feature: *const c_char,
    /// What the feature is aggregated over within a window, such as "3D_avg"; empty for the window as a
    /// whole.
    pub aggregation: *const c_char,
    /// IBSI identifier of the feature; empty if IBSI has none.
    pub ibsi_id: *const c_char,
    /// IBSI identifier of the value that the feature's parameter has; empty for most features.
    pub ibsi_parameter_id: *const c_char,
    /// PyRadiomics' name of the feature; NULL if it has none.
    pub pyradiomics: *const c_char,
}

// SAFETY: repr(C), begins with its size, and consists of a number and pointers.
unsafe impl Versioned for radiomics_map {
    const NAME: &'static str = "radiomics_map";
    const FIRST_SIZE: usize = end_of!(Self, pyradiomics);
}

impl radiomics_maps {
    fn new(core: PreparedMaps) -> Self {
        let mut texts = Texts::default();
        let for_c = core.layout().columns().iter().map(|column| map_for_c(column, &mut texts)).collect();
        Self { core, for_c, _texts: texts }
    }
}

fn map_for_c(column: &Column, texts: &mut Texts) -> radiomics_map {
    let column = radiomics_column::new(column, texts);
    radiomics_map {
        struct_size: size_of::<radiomics_map>(),
        column: column.column,
        image: column.image,
        family: column.family,
        feature: column.feature,
        aggregation: column.aggregation,
        ibsi_id: column.ibsi_id,
        ibsi_parameter_id: column.ibsi_parameter_id,
        pyradiomics: column.pyradiomics,
    }
}

/// Prepares feature maps: a value for each voxel of the region, computed of the window round it. The
/// region is preprocessed, filtered and discretised here, and windows are gone through in
/// radiomics_maps_compute. The maps are to be freed with radiomics_maps_free.
// SAFETY: the name is ours alone: nothing else that is linked begins with `radiomics_`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn radiomics_maps_new(
    context: *mut radiomics_context,
    job: *const radiomics_maps_job,
    maps: *mut *mut radiomics_maps,
) -> radiomics_status {
    let body = |call: &Call| {
        // SAFETY: by the rule of the header.
        let (out, job) = unsafe { (Out::new(maps, "maps")?, versioned(job, "job")?) };
        // SAFETY: as above.
        let (settings, image, mask) = unsafe {
            (
                borrowed(job.settings, "settings")?,
                image(job.image, "image", "image")?,
                mask(job.mask, "mask")?,
            )
        };
        let window = MovingWindow {
            radius: if job.radius == 0 { 1 } else { job.radius },
            in_plane: flag(job.in_plane, "in_plane")?,
            masked: !flag(job.unmasked, "unmasked")?,
        };
        // SAFETY: as above.
        let terms = unsafe { Terms::new(job.progress, job.user_data, job.memory_mb) }?;
        let core = terms.run(call, |runtime| {
            PreparedMaps::new(&image, &mask, job.label, settings.core(), &window, runtime)
        })?;
        out.set(Box::into_raw(Box::new(radiomics_maps::new(core))));
        Ok(())
    };
    // SAFETY: by the rule of the header.
    unsafe { entry(context, body) }
}

/// The number of maps; 0 for NULL.
// SAFETY: the name is ours alone: nothing else that is linked begins with `radiomics_`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn radiomics_maps_length(maps: *const radiomics_maps) -> usize {
    // SAFETY: by the rule of the header.
    value_or(0, || unsafe { maps.as_ref() }.map_or(0, |maps| maps.for_c.len()))
}

/// Writes what map `index`, from 0, is of. Set `map->struct_size` first.
// SAFETY: the name is ours alone: nothing else that is linked begins with `radiomics_`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn radiomics_maps_map(
    maps: *const radiomics_maps,
    index: usize,
    map: *mut radiomics_map,
) -> radiomics_status {
    plain_entry(|| {
        // SAFETY: by the rule of the header.
        let (maps, out) = unsafe { (borrowed(maps, "maps")?, OutStruct::new(map, "map")?) };
        out.set(*member(&maps.for_c, index, "maps")?);
        Ok(())
    })
}

/// Writes where the maps lie: on the bounding box of the region, on the grid after interpolation. `image`
/// becomes the description of an image of doubles whose `data` are NULL: a map needs a buffer of
/// `shape[0] * shape[1] * shape[2]`, and is an image like any other once `data` points to that. Set
/// `image->struct_size` first.
// SAFETY: the name is ours alone: nothing else that is linked begins with `radiomics_`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn radiomics_maps_image(
    maps: *const radiomics_maps,
    image: *mut radiomics_image,
) -> radiomics_status {
    plain_entry(|| {
        // SAFETY: by the rule of the header.
        let (maps, out) = unsafe { (borrowed(maps, "maps")?, OutStruct::new(image, "image")?) };
        out.set(described(maps.core.layout().grid(), null(), radiomics_dtype::F64));
        Ok(())
    })
}

/// Computes the values of the maps. Voxels for which a feature is not defined are NAN.
// SAFETY: the name is ours alone: nothing else that is linked begins with `radiomics_`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn radiomics_maps_compute(
    context: *mut radiomics_context,
    maps: *const radiomics_maps,
    output: *const radiomics_output,
) -> radiomics_status {
    let body = |call: &Call| {
        // SAFETY: by the rule of the header.
        let maps = &unsafe { borrowed(maps, "maps") }?.core;
        let (n_maps, shape) = (maps.layout().columns().len(), maps.layout().grid().shape);
        // SAFETY: as above.
        let mut output = unsafe { Output::new(output, "map", n_maps, shape) }?;
        if output.wanted().is_empty() {
            return Ok(());
        }
        let outside = output.outside();
        let place = |voxel: usize| {
            let [k, j, i] = maps.layout().voxels()[voxel].map(|v| v as usize);
            (k * shape[1] + j) * shape[2] + i
        };
        if output.as_they_come() {
            let mut buffers = output.take_buffers();
            buffers.iter_mut().for_each(|buffer| buffer.fill(outside));
            let write = |voxel: usize, row: &[f64]| {
                buffers.iter_mut().for_each(|buffer| buffer.set(place(voxel), row[buffer.index]));
            };
            return output.run(call, |runtime| each_voxel(maps, runtime, write));
        }
        let values = output.run(call, |runtime| values(maps, output.wanted(), runtime))?;
        let of_maps = values.chunks_exact(maps.layout().voxels().len().max(1));
        for (mut buffer, values) in output.take_buffers().into_iter().zip(of_maps) {
            buffer.fill(outside);
            for (voxel, &value) in values.iter().enumerate() {
                buffer.set(place(voxel), value);
            }
        }
        Ok(())
    };
    // SAFETY: by the rule of the header.
    unsafe { entry(context, body) }
}

/// Bytes of values that are computed before they are sorted into maps.
const TILE_BYTES: usize = 8 << 20;

/// The values of the region's voxels in the maps that are wanted, map after map.
fn values(maps: &PreparedMaps, wanted: &[Buffer], runtime: &Runtime) -> Result<Vec<f64>, Failure> {
    let n_voxels = maps.layout().voxels().len();
    let mut values = doubles(wanted.len().saturating_mul(n_voxels))?;
    each_voxel(maps, runtime, |voxel, row| {
        for (place, buffer) in wanted.iter().enumerate() {
            values[place * n_voxels + voxel] = row[buffer.index];
        }
    })?;
    Ok(values)
}

/// Calls `each` with every voxel of the region and its values in all maps.
fn each_voxel(
    maps: &PreparedMaps,
    runtime: &Runtime,
    mut each: impl FnMut(usize, &[f64]),
) -> Result<(), Failure> {
    let sort = |tile: &Tile| {
        let rows = tile.values.chunks_exact(tile.layout.columns().len());
        (tile.first..).zip(rows).for_each(|(voxel, row)| each(voxel, row));
        ControlFlow::Continue(())
    };
    // Only `sort` could break off.
    let _ = maps.compute(runtime, TILE_BYTES, sort)?;
    Ok(())
}

/// Frees maps; NULL is fine.
// SAFETY: the name is ours alone: nothing else that is linked begins with `radiomics_`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn radiomics_maps_free(maps: *mut radiomics_maps) {
    // SAFETY: by the rule of the header.
    unsafe { free(maps) };
}
