//! Runs of equal labels of a mask, and the smallest boxes that hold labels, all found in one pass.

use std::borrow::Cow;

use ndarray::{ArrayView1, ArrayView2, ArrayView3};

use crate::kernels::voxel::Voxel;
use crate::volume::grid::Window;
use crate::work::{self, loops};

/// The smallest box of each of `labels`; `None` for a label that is not there, or for the background.
pub(crate) fn boxes<T: Voxel + Sync>(view: &ArrayView3<'_, T>, labels: &[i64]) -> Vec<Option<Window>> {
    let labels: Vec<Option<T>> = labels.iter().map(|&label| T::of_label(label)).collect();
    // Of each label the first and the last place along (z, y, x).
    let nothing = || vec![None::<[[usize; 2]; 3]>; labels.len()];
    let hull = |a: [[usize; 2]; 3], b: [[usize; 2]; 3]| {
        std::array::from_fn(|axis| [a[axis][0].min(b[axis][0]), a[axis][1].max(b[axis][1])])
    };
    let of_slice = |(k, slice): (usize, ArrayView2<'_, T>)| {
        let mut bounds = nothing();
        for (j, row) in slice.rows().into_iter().enumerate() {
            each_run(&contiguous(&row), |label, start, end| {
                let run = [[k, k], [j, j], [start, end - 1]];
                // The same label may be asked for twice.
                let places = labels.iter().zip(&mut bounds).filter(|(of, _)| **of == Some(label));
                places.for_each(|(_, bounds)| *bounds = Some(bounds.map_or(run, |known| hull(known, run))));
            });
        }
        bounds
    };
    let bounds = loops::merged(view.outer_iter().enumerate(), of_slice, |a, b| {
        assert_eq!(a.len(), b.len(), "boxes of the same labels");
        let both = |(a, b): (Option<_>, Option<_>)| a.zip(b).map(|(a, b)| hull(a, b)).or(a).or(b);
        a.into_iter().zip(b).map(both).collect()
    });
    let window = |ends: [[usize; 2]; 3]| Window {
        start: ends.map(|[first, _]| first),
        shape: ends.map(|[first, last]| last + 1 - first),
    };
    bounds.unwrap_or_else(nothing).into_iter().map(|ends| ends.map(window)).collect()
}

/// Calls `each` with the label and the length of every run of equal voxels along x but those of the background.
/// The voxels are labels or 0.
pub(super) fn each_label<T: Voxel>(view: &ArrayView3<'_, T>, mut each: impl FnMut(i64, usize)) {
    for row in view.rows() {
        work::check();
        each_run(&contiguous(&row), |value, start, end| {
            each(value.label().expect("a mask holds whole numbers of 64 bits"), end - start);
        });
    }
}

fn contiguous<'a, T: Voxel>(row: &'a ArrayView1<'_, T>) -> Cow<'a, [T]> {
    row.as_slice().map_or_else(|| Cow::Owned(row.to_vec()), Cow::Borrowed)
}

/// Calls `each` with the value, start and end of every run of equal values but 0.
fn each_run<T: Voxel>(row: &[T], mut each: impl FnMut(T, usize, usize)) {
    const PIECE: usize = 64;
    let mut start = 0;
    while let Some(&value) = row.get(start) {
        let mut end = start + 1;
        // Whole pieces first, which takes no branch a voxel.
        while row
            .get(end..end + PIECE)
            .is_some_and(|piece| piece.iter().fold(true, |all, x| all & (*x == value)))
        {
            end += PIECE;
        }
        end += row[end..].iter().take_while(|x| **x == value).count();
        if value.to_f64() != 0.0 {
            each(value, start, end);
        }
        start = end;
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array3, ShapeBuilder};
    use proptest::prelude::*;

    use super::*;
    use crate::volume::grid::Grid;
    use crate::volume::image::Mask;

    proptest! {
        #[test]
        fn as_one_by_one(
            runs in prop::collection::vec((0..5i16, 1..200usize), 1..40),
            nx in prop::sample::select(vec![1usize, 7, 64, 200, 331]),
        ) {
            let values = runs.iter().flat_map(|&(label, n)| vec![label; n]);
            let shape = (3, 4, nx);
            let plain: Vec<i16> = values.chain(std::iter::repeat(0)).take(12 * nx).collect();
            let mask = Array3::from_shape_vec(shape, plain).unwrap();
            let mut turned = Array3::zeros(shape.f());
            turned.assign(&mask);
            let floats = mask.mapv(f32::from);
            let grid = || Grid::new([3, 4, nx], [1.0; 3]).unwrap();
            let labels = [3, 1, 0, 2, -4, 1, 70_000];
            for mask in [
                Mask::new(grid(), mask.view()).unwrap(),
                Mask::new(grid(), turned.view()).unwrap(),
                Mask::new(grid(), floats.view()).unwrap(),
            ] {
                let one_by_one: Vec<Option<Window>> = labels.iter().map(|&l| mask.bounding(l).ok()).collect();
                prop_assert_eq!(mask.boxes(&labels), one_by_one);
            }
        }
    }

    #[test]
    fn fractions_are_for_others_to_complain_of() {
        let mut mask = Array3::from_elem((2, 2, 2), 1.0);
        mask[[1, 1, 1]] = 0.5;
        let grid = Grid::new([2; 3], [1.0; 3]).unwrap();
        assert_eq!(Mask::new(grid, mask.view()).unwrap().boxes(&[1, 2]), [None, None]);
    }
}
