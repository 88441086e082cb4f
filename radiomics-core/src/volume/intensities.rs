//! The intensities of a box, in the narrowest type that holds them: most passes over them cost what
//! reading them does.

use std::borrow::Cow;

use ndarray::{Array3, ArrayView3};

use crate::kernels::voxel::Voxel;
use crate::kernels::{Isa, reduce, whole};
use crate::volume::grid::Window;
use crate::volume::voxels::{Voxels, copied, volume};
use crate::work::loops;

/// Intensities (z, y, x), x contiguous.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Intensities {
    /// Whole numbers of 16 bits with a sign, as in CT, whatever type the image has.
    I16(Array3<i16>),
    /// Whole numbers of 16 bits from 0, as in MR.
    U16(Array3<u16>),
    /// Any other numbers.
    F64(Array3<f64>),
}

/// Runs `$body` with `$array` bound to the typed array.
macro_rules! with_intensities {
    ($intensities:expr, $array:ident => $body:expr) => {
        match $intensities {
            $crate::volume::intensities::Intensities::I16($array) => $body,
            $crate::volume::intensities::Intensities::U16($array) => $body,
            $crate::volume::intensities::Intensities::F64($array) => $body,
        }
    };
}
pub(crate) use with_intensities;

impl Intensities {
    /// The intensities of a box of voxels.
    pub fn crop(isa: Isa, voxels: &Voxels, window: &Window) -> Self {
        // Whole numbers often became floats when a file was read.
        let narrow = match voxels {
            Voxels::F32(v) => narrowed(isa, window.of(v)),
            Voxels::F64(v) => narrowed(isa, window.of(v)),
            _ => None,
        };
        if let Some(narrow) = narrow {
            return Self::I16(narrow);
        }
        match voxels {
            Voxels::I8(v) => Self::I16(copied(window.of(v), i16::from)),
            Voxels::U8(v) => Self::I16(copied(window.of(v), i16::from)),
            Voxels::I16(v) => Self::I16(copied(window.of(v), |x: i16| x)),
            Voxels::U16(v) => Self::U16(copied(window.of(v), |x: u16| x)),
            _ => Self::F64(voxels.crop(window)),
        }
    }

    /// The intensities as 64-bit floats.
    pub fn to_f64(&self) -> Cow<'_, Array3<f64>> {
        match self {
            Self::F64(array) => Cow::Borrowed(array),
            Self::I16(array) => Cow::Owned(copied(array.view(), f64::from)),
            Self::U16(array) => Cow::Owned(copied(array.view(), f64::from)),
        }
    }

    /// The intensities with the axes in another order.
    pub fn permuted(&self, order: [usize; 3]) -> Self {
        match self {
            Self::I16(array) => Self::I16(permuted(array, order)),
            Self::U16(array) => Self::U16(permuted(array, order)),
            Self::F64(array) => Self::F64(permuted(array, order)),
        }
    }
}

/// Voxels as whole numbers of 16 bits, if all of them are such numbers.
fn narrowed<T: Voxel + Sync>(isa: Isa, view: ArrayView3<T>) -> Option<Array3<i16>> {
    let mut narrow = volume(view.dim().into());
    let (_, ny, nx) = view.dim();
    let slices = narrow.as_slice_mut().expect("made in standard layout").chunks_exact_mut((ny * nx).max(1));
    let all = loops::all(slices.zip(view.outer_iter()), |(to, from)| {
        to.chunks_exact_mut(nx).zip(from.rows()).all(|(to, from)| match from.as_slice() {
            Some(from) => whole::narrow(isa, from, to),
            None => whole::narrow(isa, &from.to_vec(), to),
        })
    });
    all.then_some(narrow)
}

/// An array with its axes in another order, x contiguous.
pub(crate) fn permuted<T: Clone>(array: &Array3<T>, order: [usize; 3]) -> Array3<T> {
    array.view().permuted_axes(order).as_standard_layout().into_owned()
}

impl From<Array3<f64>> for Intensities {
    fn from(array: Array3<f64>) -> Self {
        Self::F64(array)
    }
}

impl Default for Intensities {
    fn default() -> Self {
        Self::F64(Array3::default([0; 3]))
    }
}

/// A type of intensities, and what the sample of a region needs of it.
pub(crate) trait Intensity: Voxel + Sync + 'static {
    /// Lowest and highest of the values whose entry in `mask` is set, as [`reduce::masked_range`].
    fn masked_range(isa: Isa, values: &[Self], mask: &[bool]) -> ([f64; 2], bool);

    /// Σ x and Σ i·x of the values whose entry in `mask` is set, as [`reduce::masked_moments`].
    fn masked_moments(isa: Isa, values: &[Self], mask: &[bool]) -> [f64; 2];

    /// Places from `low` on of whole numbers, as [`reduce::masked_places`].
    fn masked_places(isa: Isa, values: &[Self], mask: &[bool], low: f64, instead: f64, places: &mut [u16]);
}

impl Intensity for f64 {
    fn masked_range(isa: Isa, values: &[Self], mask: &[bool]) -> ([f64; 2], bool) {
        reduce::masked_range(isa, values, mask)
    }

    fn masked_moments(isa: Isa, values: &[Self], mask: &[bool]) -> [f64; 2] {
        reduce::masked_moments(isa, values, mask)
    }

    fn masked_places(isa: Isa, values: &[Self], mask: &[bool], low: f64, instead: f64, places: &mut [u16]) {
        reduce::masked_places(isa, values, mask, low, instead, places);
    }
}

macro_rules! whole_intensities {
    ($($t:ty),*) => {$(
        impl Intensity for $t {
            fn masked_range(isa: Isa, values: &[Self], mask: &[bool]) -> ([f64; 2], bool) {
                let [low, high] = whole::masked_range(isa, values, mask);
                let range = if low > high { [f64::INFINITY, f64::NEG_INFINITY] } else { [low, high].map(f64::from) };
                (range, true)
            }

            fn masked_moments(isa: Isa, values: &[Self], mask: &[bool]) -> [f64; 2] {
                // Whole numbers far below 2⁵³: floats would give the same.
                whole::masked_moments(isa, values, mask).map(|sum| sum as f64)
            }

            fn masked_places(
                isa: Isa,
                values: &[Self],
                mask: &[bool],
                low: f64,
                instead: f64,
                places: &mut [u16],
            ) {
                whole::masked_places(isa, values, mask, low as $t, instead as $t, places);
            }
        }
    )*};
}
whole_intensities!(i16, u16);
