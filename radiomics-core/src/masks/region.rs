//! A region: some voxels of a grid, kept in the box that holds them.

use ndarray::{Array3, ArrayView2};

use crate::error::{Error, Result, number};
use crate::kernels::finite::larger;
use crate::masks::MaskVolume;
use crate::volume::grid::{Grid, Window};
use crate::volume::image::Mask;
use crate::volume::voxels::{each_slice, volume};
use crate::work::loops;

/// Some voxels of a grid: a tumour, an organ, a rim. Memory is that of the box that holds them. It may have
/// no voxels, as what is left of a rim outside of an organ.
///
/// ```
/// use radiomics_core::masks::{Distance, Region};
/// use radiomics_core::{Grid, Mask, Pool, Runtime, ndarray::array};
///
/// # fn main() -> radiomics_core::Result<()> {
/// let pool = Pool::new(1)?;
/// let runtime = Runtime::new(&pool);
/// // Voxels of 2 mm in a row: tumour 1, organ 2, vessel 3.
/// let labels = array![[[0, 2, 2, 1, 2, 3, 2]]];
/// let mask = Mask::new(Grid::new([1, 1, 7], [2.0; 3])?, labels.view())?;
/// let tumour = Region::of_label(&mask, 1)?;
/// let (rim, change) = tumour.ring(0.0, 4.0, Distance::Centre, &runtime)?;
/// assert_eq!((rim.voxels(), change.beyond_edge), (4, 28));
/// let (rim, _) = rim.minus(&Region::of_label(&mask, 3)?, "vessels")?;
/// assert_eq!(rim.to_mask().voxels(), &array![[[0, 1, 1, 0, 1, 0, 0]]]);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Region {
    pub(super) grid: Grid,
    /// The smallest box that holds the voxels; without any, a box of none at the first voxel.
    pub(super) window: Window,
    /// Which voxels of the box are the region's.
    pub(super) inside: Array3<bool>,
    voxels: usize,
}

/// What an operation made of a region, in voxels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// Voxels of the region.
    pub before: usize,
    /// Voxels of the result.
    pub after: usize,
    /// Voxels that the result would have besides if the image went on beyond its edge.
    pub beyond_edge: usize,
    /// Voxels that the result would have besides if there were no nearer lesion.
    pub shared: usize,
}

impl Region {
    /// The voxels of a label of a mask.
    ///
    /// # Errors
    /// As [`MaskVolume::of_label`].
    pub fn of_label(mask: &Mask, label: i64) -> Result<Self> {
        let window = mask.bounding(label)?;
        Ok(Self::of_box(mask.grid().clone(), window, mask.select(label, &window)))
    }

    /// The voxels of a box that are set.
    pub(super) fn of_box(grid: Grid, window: Window, inside: Array3<bool>) -> Self {
        assert_eq!(window.shape, <[usize; 3]>::from(inside.dim()), "a box and its voxels");
        let Some(held) = Window::bounding_where(inside.view(), |&inside| inside) else {
            let window = Window { start: [0; 3], shape: [0; 3] };
            return Self { grid, window, inside: Array3::default([0; 3]), voxels: 0 };
        };
        let of_slice = |slice: ArrayView2<'_, bool>| slice.iter().filter(|&&inside| inside).count();
        let voxels = loops::map(inside.outer_iter(), of_slice).into_iter().sum();
        let whole = held.shape == window.shape;
        let inside = if whole { inside } else { crop(&inside, &held) };
        let start = std::array::from_fn(|axis| window.start[axis] + held.start[axis]);
        Self { grid, window: Window { start, shape: held.shape }, inside, voxels }
    }

    /// The grid of the mask that the region is of.
    pub fn grid(&self) -> &Grid {
        &self.grid
    }

    /// Number of voxels.
    pub fn voxels(&self) -> usize {
        self.voxels
    }

    /// Volume of the voxels in mm³.
    pub fn volume_mm3(&self) -> f64 {
        self.voxels as f64 * self.grid.voxel_volume_mm3()
    }

    /// The smallest box that holds the voxels; `None` without any.
    pub fn bounding_box(&self) -> Option<Window> {
        (self.voxels > 0).then_some(self.window)
    }

    /// The region as a mask of the whole grid, label 1.
    pub fn to_mask(&self) -> MaskVolume {
        let mut voxels = volume(self.grid.shape);
        let ([k, j, i], [ke, je, ie]) = (self.window.start, self.window.end());
        let part = voxels.slice_mut(ndarray::s![k..ke, j..je, i..ie]);
        each_slice(part, self.inside.view(), |to: &mut u8, inside| *to = u8::from(inside));
        MaskVolume::new(self.grid.clone(), voxels).expect("the grid of a mask")
    }

    /// What is in this region and in `other` too, such as the part of a rim that lies in an organ; `name` is
    /// what messages call the other one.
    ///
    /// # Errors
    /// [`Error::GridsDiffer`] when the other one lies on another grid.
    pub fn within(&self, other: &Self, name: &str) -> Result<(Self, Change)> {
        self.cut(other, name, |inside, other| inside & other)
    }

    /// What is in this region and not in `other`; `name` is what messages call the other one.
    ///
    /// # Errors
    /// As [`Region::within`].
    pub fn minus(&self, other: &Self, name: &str) -> Result<(Self, Change)> {
        self.cut(other, name, |inside, other| inside & !other)
    }

    /// What is in this region or in `other`, or in both; `name` is what messages call the other one.
    ///
    /// # Errors
    /// As [`Region::within`].
    pub fn union(&self, other: &Self, name: &str) -> Result<(Self, Change)> {
        self.check_grid(other, name)?;
        let window = match (self.bounding_box(), other.bounding_box()) {
            (Some(own), Some(other)) => own.hull(&other),
            _ => return Ok(self.changed(if self.voxels > 0 { self.clone() } else { other.clone() })),
        };
        let mut inside: Array3<bool> = volume(window.shape);
        for region in [self, other] {
            let held = region.window.within(&window);
            let ([k, j, i], [ke, je, ie]) = (held.start, held.end());
            let part = inside.slice_mut(ndarray::s![k..ke, j..je, i..ie]);
            each_slice(part, region.inside.view(), |to, inside| *to |= inside);
        }
        Ok(self.changed(Self::of_box(self.grid.clone(), window, inside)))
    }

    fn cut(&self, other: &Self, name: &str, keep: fn(bool, bool) -> bool) -> Result<(Self, Change)> {
        self.check_grid(other, name)?;
        let mut beside = volume(self.inside.dim().into());
        let (start, end): ([usize; 3], [usize; 3]) = (
            std::array::from_fn(|a| self.window.start[a].max(other.window.start[a])),
            std::array::from_fn(|a| self.window.end()[a].min(other.window.end()[a])),
        );
        if (0..3).all(|a| start[a] < end[a]) {
            let common = self.window.intersection(&other.window);
            let (own, others) = (common.within(&self.window), common.within(&other.window));
            let ([k, j, i], [ke, je, ie]) = (own.start, own.end());
            let from = other.inside.view();
            let part = beside.slice_mut(ndarray::s![k..ke, j..je, i..ie]);
            each_slice(part, others.of(&from), |to, other| *to = other);
        }
        each_slice(beside.view_mut(), self.inside.view(), |other, inside| *other = keep(inside, *other));
        Ok(self.changed(Self::of_box(self.grid.clone(), self.window, beside)))
    }

    /// A result with what it changes.
    pub(super) fn changed(&self, result: Self) -> (Self, Change) {
        let change = Change { before: self.voxels, after: result.voxels, beyond_edge: 0, shared: 0 };
        (result, change)
    }

    /// Refuses a region without voxels.
    pub(super) fn check_voxels(&self) -> Result<()> {
        match self.voxels {
            0 => Err(Error::EmptyMask { voxels: self.grid.len() }),
            _ => Ok(()),
        }
    }

    /// Refuses a region on another grid.
    pub(super) fn check_grid(&self, other: &Self, name: &str) -> Result<()> {
        let (own, of) = (&self.grid, &other.grid);
        let differ = |field, value: String, reason: String| {
            let reason = format!("{reason}: resample it to the grid of the region first");
            Err(Error::GridsDiffer { of: name.to_owned(), field, value, reason })
        };
        if own.shape != of.shape {
            let reason = format!("the region's grid has {:?} voxels", own.shape);
            return differ("shape", format!("{:?}", of.shape), reason);
        }
        let flat = |d: &[[f64; 3]; 3]| d.iter().flatten().copied().collect::<Vec<f64>>();
        let fields = [
            ("spacing", own.spacing_mm.to_vec(), of.spacing_mm.to_vec()),
            ("origin", own.origin_mm.to_vec(), of.origin_mm.to_vec()),
            ("direction", flat(&own.direction), flat(&of.direction)),
        ];
        for (field, own_values, values) in fields {
            let apart = own_values.iter().zip(&values).map(|(a, b)| (a - b).abs()).fold(0.0, larger);
            if apart > SAME || apart.is_nan() {
                let corner = number(&((own.corner_apart_mm(of) * 1e3).round() / 1e3));
                let reason =
                    format!("the region's is {own_values:?}, which moves the worst corner by {corner} mm");
                return differ(field, format!("{values:?}"), reason);
            }
        }
        Ok(())
    }
}

/// A box of voxels by itself.
fn crop(inside: &Array3<bool>, window: &Window) -> Array3<bool> {
    let mut part = volume(window.shape);
    each_slice(part.view_mut(), window.of(&inside.view()), |to, from| *to = from);
    part
}

/// How far numbers of two grids may be apart and be the same: the default of `geometry_tolerance`.
const SAME: f64 = 1e-4;

#[cfg(test)]
#[path = "region_tests.rs"]
mod tests;
