//! Borrowed views of the caller's image and mask.

use ndarray::{Array3, ArrayView2, ArrayView3};

use crate::error::{Error, Result};
use crate::kernels::voxel::Voxel;
use crate::volume::grid::{Grid, Window};
use crate::volume::label_boxes;
use crate::volume::voxels::{Voxels, copied, volume, with_voxels};
use crate::work::loops;

/// Floats from here on, 2⁶³, are beyond the labels; the lowest label, −2⁶³, is refused as well.
const BEYOND: f64 = 9_223_372_036_854_775_808.0;

fn check(grid: &Grid, voxels: [usize; 3], of: &str) -> Result<()> {
    grid.check(of)?;
    match grid.shape == voxels {
        true => Ok(()),
        false => Err(Error::VoxelsMismatch { of: of.to_owned(), grid: grid.shape, voxels }),
    }
}

/// Checks that a grid is one, and that it has the shape of the voxels (z, y, x) of a mask.
///
/// # Errors
/// As [`Mask::new`].
pub(crate) fn check_mask(grid: &Grid, voxels: [usize; 3]) -> Result<()> {
    check(grid, voxels, "mask")
}

/// An image: voxels (z, y, x) and where they lie. Nothing is copied.
///
/// ```
/// use radiomics_core::{Grid, Image, ndarray::Array3};
///
/// # fn main() -> radiomics_core::Result<()> {
/// // Ten slices, 3 mm apart, of 64 x 64 voxels; any type of voxels is borrowed as it is.
/// let voxels = Array3::<i16>::zeros([10, 64, 64]);
/// let image = Image::new(Grid::new([10, 64, 64], [3.0, 0.8, 0.8])?, voxels.view())?;
/// assert_eq!(image.grid().position_mm([1.0, 0.0, 2.0]), [3.0, 0.0, 1.6]);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Image<'a> {
    grid: Grid,
    voxels: Voxels<'a>,
}

impl<'a> Image<'a> {
    /// An image of `voxels`, an `ArrayView3` (z, y, x) of any integer or float type.
    ///
    /// # Errors
    /// As [`Grid::check`], and [`Error::VoxelsMismatch`] when the shapes of `grid` and `voxels` differ.
    pub fn new(grid: Grid, voxels: impl Into<Voxels<'a>>) -> Result<Self> {
        let voxels = voxels.into();
        check(&grid, voxels.shape(), "image")?;
        Ok(Self { grid, voxels })
    }

    /// An image of a grid and voxels that are known to have the same shape.
    ///
    /// # Panics
    /// When the shapes differ.
    pub(crate) fn of_checked(grid: Grid, voxels: impl Into<Voxels<'a>>) -> Self {
        let voxels = voxels.into();
        assert_eq!(grid.shape, voxels.shape(), "shapes of a grid and its voxels");
        Self { grid, voxels }
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
///
/// ```
/// use radiomics_core::{Grid, Mask, ndarray::array};
///
/// # fn main() -> radiomics_core::Result<()> {
/// let labels = array![[[0_u8, 1, 1], [3, 3, 0]]];
/// let mask = Mask::new(Grid::new([1, 2, 3], [1.0; 3])?, labels.view())?;
/// assert_eq!(mask.labels()?, [1, 3]);
/// # Ok(())
/// # }
/// ```
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
    /// As [`Grid::check`], and [`Error::VoxelsMismatch`] when the shapes of `grid` and `voxels` differ.
    pub fn new(grid: Grid, voxels: impl Into<Voxels<'a>>) -> Result<Self> {
        let voxels = voxels.into();
        check_mask(&grid, voxels.shape())?;
        Ok(Self { grid, voxels })
    }

    /// A mask of a grid and voxels that are known to have the same shape.
    ///
    /// # Panics
    /// When the shapes differ.
    pub(crate) fn of_checked(grid: Grid, voxels: impl Into<Voxels<'a>>) -> Self {
        let voxels = voxels.into();
        assert_eq!(grid.shape, voxels.shape(), "shapes of a grid and its voxels");
        Self { grid, voxels }
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
    /// [`Error::FractionalMask`] when a value is not a whole number of 64 bits.
    pub fn labels(&self) -> Result<Vec<i64>> {
        self.check_whole()?;
        let mut labels = std::collections::BTreeSet::new();
        with_voxels!(&self.voxels, v => label_boxes::each_label(v, |label, _| {
            labels.insert(label);
        }));
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
        let window = with_voxels!(&self.voxels, v => bounding(v, label));
        window.ok_or_else(|| match self.labels() {
            Ok(present) if present.is_empty() => Error::EmptyMask { voxels: self.grid.len() },
            Ok(present) => Error::LabelNotPresent { label, present },
            Err(error) => error,
        })
    }

    /// The smallest boxes that hold the voxels of each of `labels`, all in one pass; `None` where
    /// [`bounding`](Self::bounding) has something to complain of.
    pub(crate) fn boxes(&self, labels: &[i64]) -> Vec<Option<Window>> {
        match self.check_whole() {
            Ok(()) => with_voxels!(&self.voxels, v => label_boxes::boxes(v, labels)),
            Err(_) => vec![None; labels.len()],
        }
    }

    /// Which voxels of a box have `label`.
    pub(crate) fn select(&self, label: i64, window: &Window) -> Array3<bool> {
        with_voxels!(&self.voxels, v => select(window.of(v), label))
    }

    fn check_whole(&self) -> Result<()> {
        let fraction = match &self.voxels {
            // Most voxels are background, of which no fraction need be computed.
            Voxels::F32(v) => first(v, |x| x != 0.0 && (x.fract() != 0.0 || x.abs() >= BEYOND as f32)),
            Voxels::F64(v) => first(v, |x| x != 0.0 && (x.fract() != 0.0 || x.abs() >= BEYOND)),
            Voxels::U64(v) => first(v, |x| x > i64::MAX as u64),
            _ => None,
        };
        match fraction {
            Some((index, value)) => Err(Error::FractionalMask { value, index }),
            None => Ok(()),
        }
    }
}

fn bounding<T: Voxel + Sync>(view: &ArrayView3<'_, T>, label: i64) -> Option<Window> {
    let label = T::of_label(label)?;
    Window::bounding_where(view.view(), |x: &T| *x == label)
}

fn select<T: Voxel + Sync>(view: ArrayView3<'_, T>, label: i64) -> Array3<bool> {
    match T::of_label(label) {
        Some(label) => copied(view, |x: T| x == label),
        None => volume(view.dim().into()),
    }
}

/// The first voxel in (z, y, x) order that is `wanted`, and where it is. NaN and infinities have a NaN
/// fraction, which differs from 0 as well.
fn first<T: Voxel + Sync>(
    view: &ArrayView3<'_, T>,
    wanted: impl Fn(T) -> bool + Sync,
) -> Option<([usize; 3], f64)> {
    let has_none = |slice: &ArrayView2<'_, T>| !slice.iter().any(|&x| wanted(x));
    if loops::all(view.outer_iter(), |slice| has_none(&slice)) {
        return None;
    }
    let (k, slice) = view.outer_iter().enumerate().find(|(_, slice)| !has_none(slice))?;
    slice.indexed_iter().find(|&(_, &x)| wanted(x)).map(|((j, i), &x)| ([k, j, i], x.to_f64()))
}
