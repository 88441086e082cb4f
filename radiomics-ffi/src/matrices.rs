//! Texture matrices.

use std::ffi::c_char;

use radiomics_core::aggregation::Span;
use radiomics_core::matrices::{Matrix, matrices_on};

use crate::context::{Call, radiomics_context};
use crate::entry::{entry, free, plain_entry, value_or};
use crate::image::radiomics_image;
use crate::pointers::{Out, OutStruct, Versioned, borrowed, end_of, member};
use crate::settings::radiomics_settings;
use crate::status::radiomics_status;
use crate::strings::Texts;

/// Texture matrices of a region. They are never changed, so any number of threads may read them.
pub struct radiomics_matrices {
    for_c: Vec<radiomics_matrix>,
    // Own what the matrices for C point to.
    _cells: Vec<Cells>,
    _texts: Texts,
}

/// The cells of a matrix: their levels, columns and values, an array of each.
struct Cells {
    levels: Vec<u16>,
    columns: Vec<u64>,
    values: Vec<f64>,
}

/// A texture matrix of one slice or of the volume, and of one direction if the family has them. What
/// it points to lives as long as the matrices. Since RADIOMICS_ABI_VERSION 4.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct radiomics_matrix {
    /// sizeof(radiomics_matrix), to be set by the caller.
    pub struct_size: usize,
    /// Name of the family, such as "glcm".
    pub family: *const c_char,
    /// The slice of the region's bounding box that the matrix was counted over; -1 for the volume.
    pub slice: i64,
    /// 1 if the matrix is of one direction, which `offset` is, else 0.
    pub has_offset: i32,
    /// Steps (z, y, x) to the neighbour; all 0 for a matrix without a direction. The GLCM counts each
    /// pair of neighbours in both orders, unless glcm_symmetric is off.
    pub offset: [i32; 3],
    /// Number of cells that are not 0.
    pub cell_count: usize,
    /// Grey level i of each cell, from 1.
    pub levels: *const u16,
    /// Grey level j (GLCM), run length, zone size, zone distance or dependence of each cell, from 1; for
    /// NGTDM n_i, the number of voxels of the level that have neighbours.
    pub columns: *const u64,
    /// Number of occurrences of each cell; for NGTDM s_i, the sum of differences from the neighbours' mean.
    pub values: *const f64,
}

// SAFETY: repr(C), begins with its size, and consists of numbers and pointers.
unsafe impl Versioned for radiomics_matrix {
    const NAME: &'static str = "radiomics_matrix";
    const FIRST_SIZE: usize = end_of!(Self, values);
}

impl radiomics_matrices {
    fn new(matrices: &[Matrix]) -> Self {
        let (mut for_c, mut cells, mut texts) = (Vec::new(), Vec::new(), Texts::default());
        for matrix in matrices {
            let own = Cells {
                levels: matrix.cells.iter().map(|cell| cell.level).collect(),
                columns: matrix.cells.iter().map(|cell| cell.column).collect(),
                values: matrix.cells.iter().map(|cell| cell.value).collect(),
            };
            for_c.push(radiomics_matrix {
                struct_size: size_of::<radiomics_matrix>(),
                family: texts.keep(matrix.family),
                slice: match matrix.span {
                    Span::Slice(k) => k as i64,
                    Span::Volume => -1,
                },
                has_offset: matrix.offset.is_some().into(),
                offset: matrix.offset.unwrap_or([0; 3]),
                cell_count: own.values.len(),
                // Vectors keep their values on the heap, where they stay.
                levels: own.levels.as_ptr(),
                columns: own.columns.as_ptr(),
                values: own.values.as_ptr(),
            });
            cells.push(own);
        }
        Self { for_c, _cells: cells, _texts: texts }
    }
}

/// Counts the matrices of the texture families that `settings` ask for: those of each slice if any aggregation
/// is by slice, and those of the volume if any aggregation is in three dimensions. Filters that the settings name
/// are not applied: for the matrices of a filtered image, give a response of radiomics_filter as `image`. The
/// matrices are to be freed with radiomics_matrices_free. Since RADIOMICS_ABI_VERSION 4.
// SAFETY: the name is ours alone: nothing else that is linked begins with `radiomics_`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn radiomics_matrices_new(
    context: *mut radiomics_context,
    image: *const radiomics_image,
    mask: *const radiomics_image,
    label: i64,
    settings: *const radiomics_settings,
    matrices: *mut *mut radiomics_matrices,
) -> radiomics_status {
    let body = |call: &Call| {
        // SAFETY: by the rule of the header.
        let (out, settings, image, mask) = unsafe {
            let out = Out::new(matrices, "matrices")?;
            let settings = borrowed(settings, "settings")?;
            (out, settings, crate::image::image(image, "image", "image")?, crate::image::mask(mask, "mask")?)
        };
        let counted = matrices_on(&image, &mask, label, settings.core(), &call.runtime())?;
        out.set(Box::into_raw(Box::new(radiomics_matrices::new(&counted))));
        Ok(())
    };
    // SAFETY: by the rule of the header.
    unsafe { entry(context, body) }
}

/// The number of matrices; 0 for NULL. Since RADIOMICS_ABI_VERSION 4.
// SAFETY: the name is ours alone: nothing else that is linked begins with `radiomics_`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn radiomics_matrices_length(matrices: *const radiomics_matrices) -> usize {
    // SAFETY: by the rule of the header.
    value_or(0, || unsafe { matrices.as_ref() }.map_or(0, |matrices| matrices.for_c.len()))
}

/// Writes matrix `index`, from 0: family by family in the order of the catalogue, and there slice by
/// slice, then the volume. Set `matrix->struct_size` first. Since RADIOMICS_ABI_VERSION 4.
// SAFETY: the name is ours alone: nothing else that is linked begins with `radiomics_`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn radiomics_matrices_matrix(
    matrices: *const radiomics_matrices,
    index: usize,
    matrix: *mut radiomics_matrix,
) -> radiomics_status {
    plain_entry(|| {
        // SAFETY: by the rule of the header.
        let (matrices, out) = unsafe { (borrowed(matrices, "matrices")?, OutStruct::new(matrix, "matrix")?) };
        out.set(*member(&matrices.for_c, index, "matrices")?);
        Ok(())
    })
}

/// Frees matrices; NULL is fine. Since RADIOMICS_ABI_VERSION 4.
// SAFETY: the name is ours alone: nothing else that is linked begins with `radiomics_`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn radiomics_matrices_free(matrices: *mut radiomics_matrices) {
    // SAFETY: by the rule of the header.
    unsafe { free(matrices) };
}
