//! Borrowed views of the caller's image and mask.

use ndarray::{ArrayView3, Zip};

use crate::error::{Error, Result};
use crate::grid::{Grid, Window};

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

/// A number type that voxels may have.
pub trait Voxel: Copy {
    /// The value as a 64-bit float. 64-bit integers beyond 2⁵³ are rounded.
    fn to_f64(self) -> f64;
}

/// Runs `$body` with `$view` bound to the typed view inside of `$voxels`.
macro_rules! with_voxels {
    ($voxels:expr, $view:ident => $body:expr) => {
        match $voxels {
            $crate::image::Voxels::U8($view) => $body,
            $crate::image::Voxels::I8($view) => $body,
            $crate::image::Voxels::U16($view) => $body,
            $crate::image::Voxels::I16($view) => $body,
            $crate::image::Voxels::U32($view) => $body,
            $crate::image::Voxels::I32($view) => $body,
            $crate::image::Voxels::U64($view) => $body,
            $crate::image::Voxels::I64($view) => $body,
            $crate::image::Voxels::F32($view) => $body,
            $crate::image::Voxels::F64($view) => $body,
        }
    };
}
pub(crate) use with_voxels;

macro_rules! voxel_types {
    ($($t:ty => $variant:ident),*) => {$(
        impl Voxel for $t {
            #[inline(always)]
            fn to_f64(self) -> f64 {
                self as f64
            }
        }
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
    /// Shape (z, y, x).
    pub fn shape(&self) -> [usize; 3] {
        let (z, y, x) = with_voxels!(self, v => v.dim());
        [z, y, x]
    }

    /// The nearest value towards 0 that the voxel type can hold.
    pub(crate) fn truncate(&self, x: f64) -> f64 {
        match self {
            // Conversions of floats to integers cut off, and end at the type's limits.
            Voxels::U8(_) => f64::from(x as u8),
            Voxels::I8(_) => f64::from(x as i8),
            Voxels::U16(_) => f64::from(x as u16),
            Voxels::I16(_) => f64::from(x as i16),
            Voxels::U32(_) => f64::from(x as u32),
            Voxels::I32(_) => f64::from(x as i32),
            Voxels::U64(_) => x as u64 as f64,
            Voxels::I64(_) => x as i64 as f64,
            Voxels::F32(_) => f64::from(x as f32),
            Voxels::F64(_) => x,
        }
    }

    /// A box of the voxels as 64-bit floats.
    pub(crate) fn crop(&self, window: &Window) -> ndarray::Array3<f64> {
        with_voxels!(self, v => copied(window.of(v), Voxel::to_f64))
    }
}

/// What `map` makes of the voxels, x contiguous whatever the strides of the view: sums run in
/// memory order, so the layout would show in the last bits.
fn copied<T: Voxel, U: Clone + Default>(view: ArrayView3<'_, T>, map: impl Fn(T) -> U) -> ndarray::Array3<U> {
    let mut copy = ndarray::Array3::default(view.dim());
    Zip::from(&mut copy).and(&view).for_each(|c, &v| *c = map(v));
    copy
}

fn check_shape(grid: &Grid, voxels: &Voxels) -> Result<()> {
    if grid.shape != voxels.shape() {
        return Err(Error::ShapeMismatch { image: grid.shape, mask: voxels.shape() });
    }
    Ok(())
}

/// An image: voxels (z, y, x) and where they lie. Nothing is copied.
#[derive(Clone, Debug)]
pub struct Image<'a> {
    grid: Grid,
    voxels: Voxels<'a>,
}

impl<'a> Image<'a> {
    /// An image of `voxels`, an `ArrayView3` (z, y, x) of any integer or float type.
    ///
    /// # Errors
    /// [`Error::ShapeMismatch`] when the shapes of `grid` and `voxels` differ.
    pub fn new(grid: Grid, voxels: impl Into<Voxels<'a>>) -> Result<Self> {
        let voxels = voxels.into();
        check_shape(&grid, &voxels)?;
        Ok(Self { grid, voxels })
    }

    /// Of a grid and voxels that are known to have the same shape.
    pub(crate) fn of_checked(grid: Grid, voxels: impl Into<Voxels<'a>>) -> Self {
        Self { grid, voxels: voxels.into() }
    }

    /// Where the voxels lie.
    pub fn grid(&self) -> &Grid {
        &self.grid
    }

    /// The voxels (z, y, x).
    pub fn voxels(&self) -> &Voxels<'a> {
        &self.voxels
    }
}

/// A mask: whole-number labels (z, y, x), 0 being the background, and where they lie.
/// Nothing is copied.
#[derive(Clone, Debug)]
pub struct Mask<'a> {
    grid: Grid,
    voxels: Voxels<'a>,
}

impl<'a> Mask<'a> {
    /// A mask of `voxels`, an `ArrayView3` (z, y, x) of any integer type, or of a float
    /// type with whole-number values.
    ///
    /// # Errors
    /// [`Error::ShapeMismatch`] when the shapes of `grid` and `voxels` differ.
    pub fn new(grid: Grid, voxels: impl Into<Voxels<'a>>) -> Result<Self> {
        let voxels = voxels.into();
        check_shape(&grid, &voxels)?;
        Ok(Self { grid, voxels })
    }

    /// Of a grid and voxels that are known to have the same shape.
    pub(crate) fn of_checked(grid: Grid, voxels: impl Into<Voxels<'a>>) -> Self {
        Self { grid, voxels: voxels.into() }
    }

    /// Where the labels lie.
    pub fn grid(&self) -> &Grid {
        &self.grid
    }

    /// The labels (z, y, x).
    pub fn voxels(&self) -> &Voxels<'a> {
        &self.voxels
    }

    /// The labels in the mask, ascending, without the background.
    ///
    /// # Errors
    /// [`Error::FractionalMask`] when a value is not a whole number.
    pub fn labels(&self) -> Result<Vec<i64>> {
        self.check_whole()?;
        let mut labels = std::collections::BTreeSet::new();
        // Neighbours mostly share a label, so a set look-up per change is enough.
        let mut last = 0.0;
        with_voxels!(&self.voxels, v => v.for_each(|x: &_| {
            let x = Voxel::to_f64(*x);
            if x != last {
                labels.insert(x as i64);
                last = x;
            }
        }));
        labels.remove(&0);
        Ok(labels.into_iter().collect())
    }

    /// The smallest box that holds the voxels of `label`.
    ///
    /// # Errors
    /// [`Error::BackgroundLabel`], [`Error::EmptyMask`], [`Error::LabelNotPresent`] or
    /// [`Error::FractionalMask`].
    pub(crate) fn bounding(&self, label: i64) -> Result<Window> {
        if label == 0 {
            return Err(Error::BackgroundLabel);
        }
        self.check_whole()?;
        let window = Window::bounding(self.select(label, &Window::whole(self.grid.shape)).view());
        window.ok_or_else(|| match self.labels() {
            Ok(present) if present.is_empty() => Error::EmptyMask { voxels: self.grid.len() },
            Ok(present) => Error::LabelNotPresent { label, present },
            Err(error) => error,
        })
    }

    /// Which voxels of a box have `label`.
    pub(crate) fn select(&self, label: i64, window: &Window) -> ndarray::Array3<bool> {
        let label = label as f64;
        with_voxels!(&self.voxels, v => copied(window.of(v), |x| x.to_f64() == label))
    }

    fn check_whole(&self) -> Result<()> {
        let fraction = match &self.voxels {
            Voxels::F32(v) => first(v, |x| x.fract() != 0.0),
            Voxels::F64(v) => first(v, |x| x.fract() != 0.0),
            _ => None,
        };
        match fraction {
            Some((index, value)) => Err(Error::FractionalMask { value, index }),
            None => Ok(()),
        }
    }
}

/// The first voxel in (z, y, x) order that fulfils `wanted`. NaN and infinities have a
/// NaN fraction, which differs from 0 as well.
fn first<T: Voxel>(view: &ArrayView3<'_, T>, wanted: impl Fn(T) -> bool) -> Option<([usize; 3], f64)> {
    view.indexed_iter().find(|&(_, &x)| wanted(x)).map(|((k, j, i), &x)| ([k, j, i], x.to_f64()))
}

/// Refuses NaN and infinite intensities where `wanted` is set; `start` is where the box
/// lies in the image.
pub(crate) fn check_finite(
    intensities: &ndarray::Array3<f64>,
    wanted: &ndarray::Array3<bool>,
    start: [usize; 3],
) -> Result<()> {
    let mut count = 0;
    Zip::from(intensities).and(wanted).for_each(|x, &w| {
        count += usize::from(w && !x.is_finite());
    });
    if count == 0 {
        return Ok(());
    }
    let first = intensities.indexed_iter().zip(wanted).find(|((_, x), w)| **w && !x.is_finite());
    let (index, value) = first.map_or(([0; 3], f64::NAN), |(((k, j, i), &x), _)| ([k, j, i], x));
    Err(Error::NonFiniteVoxels { count, index: std::array::from_fn(|a| start[a] + index[a]), value })
}

#[cfg(test)]
mod tests {
    use ndarray::{Array3, ShapeBuilder};

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
        }
    }
}
