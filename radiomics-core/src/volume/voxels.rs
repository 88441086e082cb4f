//! Borrowed voxels of any type.

use ndarray::{Array3, ArrayView1, ArrayView2, ArrayView3, ArrayViewMut3};

use crate::error::{Error, Result};
use crate::kernels::finite::all_finite;
use crate::kernels::voxel::Voxel;
use crate::kernels::{Isa, pages, splines};
use crate::volume::grid::Window;
use crate::work::loops;

/// Borrowed voxels (z, y, x) of any integer or float type and any strides.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Voxels<'a> {
    /// 8-bit unsigned integers.
    U8(ArrayView3<'a, u8>),
    /// 8-bit signed integers.
    I8(ArrayView3<'a, i8>),
    /// 16-bit unsigned integers.
    U16(ArrayView3<'a, u16>),
    /// 16-bit signed integers.
    I16(ArrayView3<'a, i16>),
    /// 32-bit unsigned integers.
    U32(ArrayView3<'a, u32>),
    /// 32-bit signed integers.
    I32(ArrayView3<'a, i32>),
    /// 64-bit unsigned integers.
    U64(ArrayView3<'a, u64>),
    /// 64-bit signed integers.
    I64(ArrayView3<'a, i64>),
    /// 32-bit floats.
    F32(ArrayView3<'a, f32>),
    /// 64-bit floats.
    F64(ArrayView3<'a, f64>),
}

/// What numbers voxels are, whatever their width: some filters compute in that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum VoxelKind {
    /// Whole numbers from 0 on.
    Unsigned,
    /// Whole numbers with a sign.
    Signed,
    /// 32-bit floats.
    Single,
    /// 64-bit floats.
    Double,
}

/// Runs `$body` with `$view` bound to the typed view inside of `$voxels`.
macro_rules! with_voxels {
    ($voxels:expr, $view:ident => $body:expr) => {
        match $voxels {
            $crate::volume::voxels::Voxels::U8($view) => $body,
            $crate::volume::voxels::Voxels::I8($view) => $body,
            $crate::volume::voxels::Voxels::U16($view) => $body,
            $crate::volume::voxels::Voxels::I16($view) => $body,
            $crate::volume::voxels::Voxels::U32($view) => $body,
            $crate::volume::voxels::Voxels::I32($view) => $body,
            $crate::volume::voxels::Voxels::U64($view) => $body,
            $crate::volume::voxels::Voxels::I64($view) => $body,
            $crate::volume::voxels::Voxels::F32($view) => $body,
            $crate::volume::voxels::Voxels::F64($view) => $body,
        }
    };
}
pub(crate) use with_voxels;

macro_rules! voxel_types {
    ($($t:ty => $variant:ident),*) => {$(
        impl<'a> From<ArrayView3<'a, $t>> for Voxels<'a> {
            fn from(view: ArrayView3<'a, $t>) -> Self {
                Voxels::$variant(view)
            }
        }
    )*};
}
voxel_types!(u8 => U8, i8 => I8, u16 => U16, i16 => I16, u32 => U32, i32 => I32,
             u64 => U64, i64 => I64, f32 => F32, f64 => F64);

impl Voxels<'_> {
    /// Shape (z, y, x) of the voxels.
    pub fn shape(&self) -> [usize; 3] {
        let (z, y, x) = with_voxels!(self, v => v.dim());
        [z, y, x]
    }

    pub(crate) fn is_integer(&self) -> bool {
        matches!(self.kind(), VoxelKind::Unsigned | VoxelKind::Signed)
    }

    /// Replaces each value by the nearest one towards 0 that the voxel type can hold.
    pub(crate) fn truncate(&self, isa: Isa, values: &mut [f64]) {
        let mut limits = |low: f64, high: f64| splines::truncate(isa, values, [low, high]);
        match self {
            Voxels::U8(_) => limits(0.0, u8::MAX.into()),
            Voxels::I8(_) => limits(i8::MIN.into(), i8::MAX.into()),
            Voxels::U16(_) => limits(0.0, u16::MAX.into()),
            Voxels::I16(_) => limits(i16::MIN.into(), i16::MAX.into()),
            Voxels::U32(_) => limits(0.0, u32::MAX.into()),
            Voxels::I32(_) => limits(i32::MIN.into(), i32::MAX.into()),
            // Conversions of floats to integers cut off, and end at the type's limits.
            Voxels::U64(_) => values.iter_mut().for_each(|x| *x = *x as u64 as f64),
            Voxels::I64(_) => values.iter_mut().for_each(|x| *x = *x as i64 as f64),
            Voxels::F32(_) => values.iter_mut().for_each(|x| *x = f64::from(*x as f32)),
            Voxels::F64(_) => {}
        }
    }

    /// What numbers the voxels are.
    pub(crate) fn kind(&self) -> VoxelKind {
        match self {
            Voxels::U8(_) | Voxels::U16(_) | Voxels::U32(_) | Voxels::U64(_) => VoxelKind::Unsigned,
            Voxels::I8(_) | Voxels::I16(_) | Voxels::I32(_) | Voxels::I64(_) => VoxelKind::Signed,
            Voxels::F32(_) => VoxelKind::Single,
            Voxels::F64(_) => VoxelKind::Double,
        }
    }

    /// A box of the voxels as 64-bit floats.
    pub(crate) fn crop(&self, window: &Window) -> Array3<f64> {
        with_voxels!(self, v => copied(window.of(v), Voxel::to_f64))
    }

    /// Writes a box of the voxels as 64-bit floats to `to`, x before y before z.
    ///
    /// # Panics
    /// When `to` has another number of places than the box has voxels.
    pub(crate) fn read(&self, window: &Window, to: &mut [f64]) {
        assert_eq!(to.len(), window.shape.iter().product::<usize>(), "places for the voxels of {window:?}");
        with_voxels!(self, v => {
            let rows = to.chunks_exact_mut(window.shape[2].max(1));
            for (to, from) in rows.zip(window.of(v).rows()) {
                match from.as_slice() {
                    Some(from) => to.iter_mut().zip(from).for_each(|(to, &from)| *to = from.to_f64()),
                    None => to.iter_mut().zip(from).for_each(|(to, &from)| *to = from.to_f64()),
                }
            }
        });
    }

    /// Refuses NaN and infinities of a box where its `mask` is set.
    pub(crate) fn check_finite(&self, isa: Isa, window: &Window, mask: &Array3<bool>) -> Result<()> {
        let found = match self {
            Voxels::F32(v) => not_finite(isa, window.of(v), mask, window.start),
            Voxels::F64(v) => not_finite(isa, window.of(v), mask, window.start),
            _ => None,
        };
        match found {
            None => Ok(()),
            Some(NotFinite { count, index, value }) => Err(Error::NonFiniteVoxels { count, index, value }),
        }
    }

    /// The voxels of a box that are NaN or infinite, if there are any.
    pub(crate) fn not_finite(&self, isa: Isa, window: &Window) -> Option<NotFinite> {
        let all = || Array3::from_elem(window.shape, true);
        match self {
            Voxels::F32(v) => not_finite(isa, window.of(v), &all(), window.start),
            Voxels::F64(v) => not_finite(isa, window.of(v), &all(), window.start),
            _ => None,
        }
    }
}

/// A volume of zeros. The job is left when there is not enough memory.
pub(crate) fn volume<T: pages::Zero>(shape: [usize; 3]) -> Array3<T> {
    let zeros = pages::zeros(shape.iter().product());
    Array3::from_shape_vec(shape, zeros).expect("as many zeros as the shape has voxels")
}

/// The same mask once more. The job is left when there is not enough memory.
pub(crate) fn copy_of(mask: &Array3<bool>) -> Array3<bool> {
    let mut copy = volume(mask.dim().into());
    copy.assign(mask);
    copy
}

/// Calls `change` with each voxel and what stands in its place in an array of the same shape.
pub(crate) fn each_slice<T: Send>(
    mut to: ArrayViewMut3<'_, T>,
    from: ArrayView3<'_, bool>,
    change: impl Fn(&mut T, bool) + Sync,
) {
    assert_eq!(to.dim(), from.dim(), "shapes of voxels in the same places");
    loops::each(to.outer_iter_mut().zip(from.outer_iter()), |(mut to, from)| {
        to.zip_mut_with(&from, |to, &from| change(to, from));
    });
}

/// An array of what `map` makes of the voxels, x contiguous whatever the strides of the view: sums run in
/// memory order, so the layout would show in the last bits.
pub(crate) fn copied<T, U>(view: ArrayView3<'_, T>, map: impl Fn(T) -> U + Sync) -> Array3<U>
where
    T: Voxel + Sync,
    U: pages::Zero + Send,
{
    // Memory that is 0 from the start is not written to before it is filled.
    let (nz, ny, nx) = view.dim();
    let mut copy = volume([nz, ny, nx]);
    let slices = copy.as_slice_mut().expect("made in standard layout").chunks_exact_mut((ny * nx).max(1));
    loops::each(slices.zip(view.outer_iter()), |(to, from)| {
        for (to, from) in to.chunks_exact_mut(nx).zip(from.rows()) {
            write_row(from, to, &map);
        }
    });
    copy
}

/// Writes what `map` makes of a row: quickly if its values lie together.
pub(crate) fn write_row<T: Copy, U>(from: ArrayView1<'_, T>, to: &mut [U], map: impl Fn(T) -> U) {
    match from.as_slice() {
        Some(from) => to.iter_mut().zip(from).for_each(|(to, &from)| *to = map(from)),
        None => to.iter_mut().zip(from).for_each(|(to, &from)| *to = map(from)),
    }
}

/// Voxels that are NaN or infinite.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct NotFinite {
    /// Number of voxels that are NaN or infinite.
    pub count: usize,
    /// Index (z, y, x) of the first such voxel.
    pub index: [usize; 3],
    /// Value of the first such voxel.
    pub value: f64,
}

/// The NaN and infinite intensities of a box where its `mask` is set, if there are any; `start` is where the box
/// lies in the image.
pub(crate) fn not_finite<T: Voxel + Sync>(
    isa: Isa,
    intensities: ArrayView3<T>,
    mask: &Array3<bool>,
    start: [usize; 3],
) -> Option<NotFinite> {
    assert_eq!(intensities.dim(), mask.dim(), "intensities and where they must be finite");
    let is_wrong = |x: T, mask: bool| mask & !x.to_f64().is_finite();
    let of_row = |x: ArrayView1<T>, w: ArrayView1<bool>| match (x.as_slice(), w.as_slice()) {
        (Some(x), Some(w)) if all_finite(isa, x, w) => 0,
        _ => x.iter().zip(w).filter(|&(&x, &w)| is_wrong(x, w)).count(),
    };
    let of_slice = |(x, w): (ArrayView2<T>, ArrayView2<bool>)| -> usize {
        x.rows().into_iter().zip(w.rows()).map(|(x, w)| of_row(x, w)).sum()
    };
    let count: usize =
        loops::map(intensities.outer_iter().zip(mask.outer_iter()), of_slice).into_iter().sum();
    if count == 0 {
        return None;
    }
    let first = intensities.indexed_iter().zip(mask).find(|((_, x), w)| is_wrong(**x, **w));
    let (((k, j, i), &x), _) = first.expect("one of those that were counted");
    let index = [start[0] + k, start[1] + j, start[2] + i];
    Some(NotFinite { count, index, value: x.to_f64() })
}

#[cfg(test)]
mod tests {
    use ndarray::ShapeBuilder;

    use super::*;

    #[test]
    fn a_crop_has_one_layout_whatever_the_view() {
        let plain = Array3::from_shape_fn((2, 3, 4), |(k, j, i)| (12 * k + 4 * j + i) as i16);
        let mut reversed = Array3::zeros((2, 3, 4).f());
        reversed.assign(&plain);
        let window = Window::whole([2, 3, 4]);
        for voxels in [Voxels::from(plain.view()), Voxels::from(reversed.view())] {
            let crop = voxels.crop(&window);
            assert!(crop.is_standard_layout());
            assert_eq!(crop, plain.mapv(f64::from));
            let mut read = [0.0; 24];
            voxels.read(&window, &mut read);
            assert_eq!(read, crop.as_slice().expect("one layout"));
        }
    }
}
