//! Regions that are so many millimetres larger, smaller, round another one, or just inside of it.

use std::ops::Range;

use ndarray::{Array3, Zip};

use super::distance::{Field, SLACK, bound};
use super::region::{Change, Region};
use super::ruler::Distance;
use crate::error::{Result, argument, number};
use crate::runtime::Runtime;
use crate::volume::grid::Window;
use crate::volume::voxels::volume;

impl Region {
    /// The region and all voxels of the image whose distance to it is at most `mm`.
    ///
    /// # Errors
    /// [`Error::EmptyMask`](crate::Error::EmptyMask) for a region without voxels,
    /// [`Error::InvalidArgument`](crate::Error::InvalidArgument) for a distance that is none, and
    /// [`Error::Cancelled`](crate::Error::Cancelled) or [`Error::OutOfMemory`](crate::Error::OutOfMemory).
    pub fn dilate(&self, mm: f64, distance: Distance, runtime: &Runtime) -> Result<(Self, Change)> {
        let to = self.bound("mm", mm)?;
        runtime.run(1, |monitor| monitor.run(|| Ok(self.outside(None, to, distance))))
    }

    /// The voxels outside of the region whose distance to it is more than `from_mm` and at most `to_mm`.
    /// From 0 on these are all voxels outside.
    ///
    /// # Errors
    /// As [`Region::dilate`]; also when `from_mm` is not below `to_mm`.
    pub fn ring(
        &self,
        from_mm: f64,
        to_mm: f64,
        distance: Distance,
        runtime: &Runtime,
    ) -> Result<(Self, Change)> {
        let [from, to] = self.ring_bounds(from_mm, to_mm)?;
        runtime.run(1, |monitor| monitor.run(|| Ok(self.outside(Some(from), to, distance))))
    }

    /// The voxels of the region whose distance to the nearest voxel centre outside is more than `mm`. What
    /// lies beyond the edge of the image is outside.
    ///
    /// # Errors
    /// As [`Region::dilate`].
    pub fn erode(&self, mm: f64, runtime: &Runtime) -> Result<(Self, Change)> {
        let to = self.bound("mm", mm)?;
        runtime.run(1, |monitor| monitor.run(|| Ok(self.inside(to, false))))
    }

    /// The voxels of the region whose distance to the nearest voxel centre outside is at most `mm`. What lies
    /// beyond the edge of the image is outside.
    ///
    /// # Errors
    /// As [`Region::dilate`].
    pub fn shell_inside(&self, mm: f64, runtime: &Runtime) -> Result<(Self, Change)> {
        let to = self.bound("mm", mm)?;
        runtime.run(1, |monitor| monitor.run(|| Ok(self.inside(to, true))))
    }

    /// Rings of several lesions that do not overlap: a voxel belongs to the nearest lesion, and to the first
    /// one of those that are equally near; a voxel of a lesion belongs to no ring.
    ///
    /// # Errors
    /// As [`Region::ring`], and [`Error::GridsDiffer`](crate::Error::GridsDiffer) for lesions on
    /// different grids.
    pub fn shared_rings(
        lesions: &[&Region],
        from_mm: f64,
        to_mm: f64,
        distance: Distance,
        runtime: &Runtime,
    ) -> Result<Vec<(Self, Change)>> {
        let Some(first) = lesions.first() else { return Ok(Vec::new()) };
        let mut bounds = [0.0; 2];
        for (n, lesion) in lesions.iter().enumerate() {
            first.check_grid(lesion, &format!("lesion {}", n + 1))?;
            bounds = lesion.ring_bounds(from_mm, to_mm)?;
        }
        let [from, to] = bounds;
        let rings = || lesions.iter().map(|lesion| lesion.outside(Some(from), to, distance)).collect();
        let shared = |rings| Ok(share(lesions, rings, to, distance));
        runtime.run(1, |monitor| monitor.run(|| shared(rings())))
    }

    fn bound(&self, name: &'static str, mm: f64) -> Result<f64> {
        self.check_voxels()?;
        bound(name, mm, self.grid.spacing_mm)
    }

    fn ring_bounds(&self, from_mm: f64, to_mm: f64) -> Result<[f64; 2]> {
        let bounds = [self.bound("from_mm", from_mm)?, self.bound("to_mm", to_mm)?];
        if from_mm >= to_mm {
            let remedy = format!("a ring is from < d <= to, and `from_mm` is {}", number(&from_mm));
            return Err(argument("to_mm", number(&to_mm), remedy));
        }
        Ok(bounds)
    }

    /// The voxels within `to` and not within `from`.
    fn outside(&self, from: Option<f64>, to: f64, distance: Distance) -> (Self, Change) {
        let field = Field::new(self.inside.view(), self.grid.spacing_mm, distance, to);
        let margin = field.margin();
        let window = self.window.grown(margin, self.grid.shape);
        let made = field.between(margin, from, self.kept(margin, &window));
        let result = Self::of_box(self.grid.clone(), window, made.voxels);
        assert_eq!(result.voxels(), made.inside, "voxels by rows and one by one");
        let (result, change) = self.changed(result);
        (result, Change { beyond_edge: made.beyond, ..change })
    }

    /// The part of the box and its margin that a window of the image is.
    fn kept(&self, margin: [usize; 3], window: &Window) -> [Range<usize>; 3] {
        std::array::from_fn(|a| {
            let start = window.start[a] + margin[a] - self.window.start[a];
            start..start + window.shape[a]
        })
    }

    /// The voxels of the region that are within `to` of what lies outside, or those that are not.
    fn inside(&self, to: f64, is_near: bool) -> (Self, Change) {
        // A voxel outside that is nearest to one of the region lies beside the region's box at most.
        let padded = self.window.shape.map(|n| n + 2);
        let mut outside = Array3::from_elem(padded, true);
        let [nz, ny, nx] = self.window.shape;
        let mut within = outside.slice_mut(ndarray::s![1..=nz, 1..=ny, 1..=nx]);
        within.zip_mut_with(&self.inside, |to, &is| *to = !is);
        let field = Field::new(outside.view(), self.grid.spacing_mm, Distance::Centre, to);
        let kept = self.window.shape.map(|n| 1..n + 1);
        let mut near = field.between([0; 3], None, kept).voxels;
        Zip::from(&mut near).and(&self.inside).for_each(|near, &inside| *near = inside & (*near == is_near));
        self.changed(Self::of_box(self.grid.clone(), self.window, near))
    }
}

/// No lesion.
const NOBODY: u32 = u32::MAX;

/// Takes from each ring the voxels that are nearer to another lesion.
fn share(
    lesions: &[&Region],
    rings: Vec<(Region, Change)>,
    to: f64,
    distance: Distance,
) -> Vec<(Region, Change)> {
    let mut around = Vec::with_capacity(lesions.len());
    for lesion in lesions {
        let field = Field::new(lesion.inside.view(), lesion.grid.spacing_mm, distance, to);
        let margin = field.margin();
        around.push((field, margin, lesion.window.grown(margin, lesion.grid.shape)));
    }
    let all = around.iter().map(|(_, _, window)| *window).reduce(|a, b| a.hull(&b));
    let Some(all) = all else { return rings };
    // Each voxel's nearest lesion and the squared distance to it.
    let mut owners = Array3::from_elem(all.shape, NOBODY);
    let mut nearest: Array3<f64> = volume(all.shape);
    for (n, ((field, margin, window), lesion)) in around.iter().zip(lesions).enumerate() {
        let held = window.within(&all);
        let ([k, j, i], [ke, je, ie]) = (held.start, held.end());
        let mut owners = owners.slice_mut(ndarray::s![k..ke, j..je, i..ie]);
        let mut nearest = nearest.slice_mut(ndarray::s![k..ke, j..je, i..ie]);
        let [z, y, x] = lesion.kept(*margin, window);
        let mut slices = owners.outer_iter_mut().zip(nearest.outer_iter_mut());
        let depth = lesion.window.shape[0] + 2 * margin[0];
        let into = (0..depth).map(|k| if z.contains(&k) { slices.next() } else { None }).collect();
        field.each_row(*margin, into, |slice, j, distances| {
            let (Some((owners, nearest)), true) = (slice, y.contains(&j)) else { return };
            let (mut owners, mut nearest) = (owners.row_mut(j - y.start), nearest.row_mut(j - y.start));
            for ((owner, nearest), &d) in owners.iter_mut().zip(&mut nearest).zip(&distances[x.clone()]) {
                if d <= to && (*owner == NOBODY || d * (1.0 + SLACK) < *nearest) {
                    (*owner, *nearest) = (n as u32, d);
                }
            }
        });
    }
    let own = |n: usize, (ring, change): (Region, Change)| {
        let Some(window) = ring.bounding_box() else { return (ring, change) };
        let held = window.within(&all);
        let mut inside = ring.inside;
        let owners = owners.view();
        Zip::from(&mut inside).and(held.of(&owners)).for_each(|inside, &owner| *inside &= owner == n as u32);
        let left = Region::of_box(ring.grid, window, inside);
        let (after, shared) = (left.voxels(), change.after - left.voxels());
        (left, Change { after, shared, ..change })
    };
    rings.into_iter().enumerate().map(|(n, ring)| own(n, ring)).collect()
}

#[cfg(test)]
#[path = "rims_tests.rs"]
mod tests;
