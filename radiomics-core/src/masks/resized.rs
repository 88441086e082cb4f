//! Regions of so many voxels.

use ndarray::Array3;

use super::distance::Field;
use super::region::Region;
use super::ruler::Distance;
use crate::volume::grid::Window;

/// A voxel that may come or go: its squared distance, what decides between equally near ones, and its place.
type Candidate = (f64, u64, [usize; 3]);

impl Region {
    /// The region with `wanted` voxels, at least one and at most those of the image: grown by the voxels that are
    /// nearest to it, or without those that are nearest to what lies outside, by their centres. `tie` decides
    /// between voxels (z, y, x) that are equally near: the lowest number goes first. Nothing happens along an
    /// axis that is `flat`.
    pub(crate) fn of_size(
        &self,
        wanted: usize,
        flat: [bool; 3],
        tie: impl Fn([usize; 3]) -> u64 + Sync,
    ) -> Self {
        let (voxels, is_grown) = (self.voxels(), wanted > self.voxels());
        let count = if is_grown { wanted - voxels } else { voxels - wanted.max(1) };
        let mut found = if is_grown { self.around(count, flat, tie) } else { self.rim(count, flat, tie) };
        found.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)).then(a.2.cmp(&b.2)));
        let changed = found.into_iter().take(count).map(|(_, _, place)| place);
        self.with(changed, is_grown)
    }

    /// The region with some voxels of the image added or taken away.
    fn with(&self, places: impl Iterator<Item = [usize; 3]>, is_added: bool) -> Self {
        let places: Vec<[usize; 3]> = places.collect();
        let of_place = |place: &[usize; 3]| Window { start: *place, shape: [1; 3] };
        let window = places.iter().map(of_place).fold(self.window, |all, one| all.hull(&one));
        let mut inside = Array3::default(window.shape);
        let held = self.window.within(&window);
        let ([k, j, i], [ke, je, ie]) = (held.start, held.end());
        inside.slice_mut(ndarray::s![k..ke, j..je, i..ie]).assign(&self.inside);
        for place in places {
            let at: [usize; 3] = std::array::from_fn(|a| place[a] - window.start[a]);
            inside[at] = is_added;
        }
        Self::of_box(self.grid().clone(), window, inside)
    }

    /// The voxels outside that are nearest, at least `count` if the image has so many.
    fn around(
        &self,
        count: usize,
        flat: [bool; 3],
        tie: impl Fn([usize; 3]) -> u64 + Sync,
    ) -> Vec<Candidate> {
        let grid = self.grid();
        let mut mm = 2.0 * grid.spacing_mm.into_iter().fold(0.0, f64::max);
        loop {
            let field = Field::new(self.inside.view(), grid.spacing_mm, Distance::Centre, mm * mm);
            let reach = field.margin();
            // No further than the image goes.
            let margin: [usize; 3] = std::array::from_fn(|a| match flat[a] {
                true => 0,
                false => reach[a].min(grid.shape[a]),
            });
            let first = std::array::from_fn(|a| self.window.start[a] as isize - margin[a] as isize);
            let found = candidates(&field, margin, self.window.shape, first, grid.shape, &tie);
            let is_all = (0..3).all(|a| flat[a] || reach[a] >= grid.shape[a]);
            if found.len() >= count || is_all {
                return found;
            }
            mm *= 2.0;
        }
    }

    /// The voxels of the region that are nearest to what lies outside, at least `count` of those that have any
    /// distance to it.
    fn rim(&self, count: usize, flat: [bool; 3], tie: impl Fn([usize; 3]) -> u64 + Sync) -> Vec<Candidate> {
        // What lies beyond the edge of the image is outside, but for an axis along which nothing happens.
        let pad = flat.map(|flat| usize::from(!flat));
        let shape: [usize; 3] = std::array::from_fn(|a| self.window.shape[a] + 2 * pad[a]);
        let mut outside = Array3::from_elem(shape, true);
        let end: [usize; 3] = std::array::from_fn(|a| pad[a] + self.window.shape[a]);
        let part = ndarray::s![pad[0]..end[0], pad[1]..end[1], pad[2]..end[2]];
        outside.slice_mut(part).zip_mut_with(&self.inside, |to, &inside| *to = !inside);
        let spacing = self.grid().spacing_mm;
        let across = (0..3).map(|a| (shape[a] as f64 * spacing[a]).powi(2)).sum::<f64>().sqrt();
        let first = std::array::from_fn(|a| self.window.start[a] as isize - pad[a] as isize);
        let mut mm = 2.0 * spacing.into_iter().fold(0.0, f64::max);
        loop {
            let field = Field::new(outside.view(), spacing, Distance::Centre, mm * mm);
            let found = candidates(&field, [0; 3], shape, first, self.grid().shape, &tie);
            if found.len() >= count || mm >= across {
                return found;
            }
            mm *= 2.0;
        }
    }
}

/// The voxels of an image whose distances in a field are neither 0 nor beyond its bound. The field's box has a
/// `margin` and a `shape` without it; `first` is where the margin begins in the image.
fn candidates(
    field: &Field,
    margin: [usize; 3],
    shape: [usize; 3],
    first: [isize; 3],
    image: [usize; 3],
    tie: &(impl Fn([usize; 3]) -> u64 + Sync),
) -> Vec<Candidate> {
    let place = |at: [usize; 3]| -> Option<[usize; 3]> {
        let mut place = [0; 3];
        for a in 0..3 {
            place[a] = usize::try_from(first[a] + at[a] as isize).ok().filter(|&n| n < image[a])?;
        }
        Some(place)
    };
    let mut slices: Vec<Vec<Candidate>> = vec![Vec::new(); shape[0] + 2 * margin[0]];
    field.each_row(margin, slices.iter_mut().enumerate().collect(), |(k, slice), j, distances| {
        for (i, &distance) in distances.iter().enumerate() {
            if distance > 0.0
                && distance <= field.bound()
                && let Some(place) = place([*k, j, i])
            {
                slice.push((distance, tie(place), place));
            }
        }
    });
    slices.concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::volume::grid::Grid;
    use crate::volume::image::Mask;
    use ndarray::array;

    fn of(mask: &Array3<u8>, spacing: [f64; 3]) -> Region {
        let grid = Grid::new(mask.dim().into(), spacing).unwrap();
        Region::of_label(&Mask::new(grid, mask.view()).unwrap(), 1).unwrap()
    }

    fn by_place([k, j, i]: [usize; 3]) -> u64 {
        (k * 100 + j * 10 + i) as u64
    }

    #[test]
    fn the_nearest_voxels_come_and_go_first() {
        // Voxels of 2 mm along y and 1 mm along x: those beside the region are nearer than those above it.
        let mask = array![[[0, 0, 0, 0, 0], [0, 0, 1, 1, 0], [0, 0, 0, 0, 0]]];
        let region = of(&mask, [5.0, 2.0, 1.0]);
        let grown = region.of_size(5, [false; 3], by_place);
        assert_eq!(grown.to_mask().voxels(), &array![[[0, 0, 1, 0, 0], [0, 1, 1, 1, 1], [0, 0, 0, 0, 0]]]);
        let back = grown.of_size(2, [true, false, false], by_place);
        assert_eq!(back.voxels(), 2);
        assert_eq!(region.of_size(100, [false; 3], by_place).voxels(), 15);
        assert_eq!(region.of_size(0, [false; 3], by_place).voxels(), 1);
        assert_eq!(region.of_size(2, [false; 3], by_place), region);
    }

    #[test]
    fn a_flat_region_changes_in_its_plane() {
        let mut mask = Array3::<u8>::zeros((3, 7, 7));
        mask.slice_mut(ndarray::s![1, 1..6, 1..6]).fill(1);
        let region = of(&mask, [1.0; 3]);
        let flat = [true, false, false];
        assert_eq!(region.of_size(40, flat, by_place).bounding_box().unwrap().shape[0], 1);
        // The rim of a square of 5 × 5 is 16 voxels.
        let mut inner = Array3::<u8>::zeros((3, 7, 7));
        inner.slice_mut(ndarray::s![1, 2..5, 2..5]).fill(1);
        assert_eq!(region.of_size(9, flat, by_place).to_mask().voxels(), &inner);
    }

    /// Growth is that by a distance, as far as whole shells go.
    #[test]
    fn growth_is_that_of_dilation() {
        let mut mask = Array3::<u8>::zeros((20, 21, 22));
        mask.slice_mut(ndarray::s![8..12, 9..11, 9..14]).fill(1);
        let region = of(&mask, [1.5, 1.0, 0.75]);
        let pool = crate::runtime::Pool::new(2).unwrap();
        let runtime = crate::runtime::Runtime::new(&pool);
        let (grown, _) = region.dilate(3.3, Distance::Centre, &runtime).unwrap();
        assert_eq!(region.of_size(grown.voxels(), [false; 3], by_place), grown);
        let (shrunk, _) = grown.erode(1.6, &runtime).unwrap();
        assert_eq!(grown.of_size(shrunk.voxels(), [false; 3], by_place), shrunk);
    }
}
