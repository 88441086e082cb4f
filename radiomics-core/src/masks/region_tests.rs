use ndarray::{Array3, array};

use super::Region;
use crate::error::Error;
use crate::volume::grid::Grid;
use crate::volume::image::Mask;

fn region(labels: &Array3<u8>, label: i64) -> Region {
    let grid = Grid::new(labels.dim().into(), [2.0, 1.0, 0.5]).unwrap();
    Region::of_label(&Mask::new(grid, labels.view()).unwrap(), label).unwrap()
}

#[test]
fn sets_of_voxels() {
    // · a a ·      · a b ·
    // · b b ·      · · b ·
    let one = array![[[0, 1, 1, 0], [0, 0, 0, 0]], [[0, 1, 0, 0], [0, 0, 0, 0]]];
    let other = array![[[0, 0, 1, 0], [0, 1, 1, 0]], [[0, 0, 1, 0], [0, 0, 1, 0]]];
    let (a, b) = (region(&one, 1), region(&other, 1));
    let (both, change) = a.within(&b, "b").unwrap();
    assert_eq!(both.to_mask().voxels(), &array![[[0, 0, 1, 0], [0, 0, 0, 0]], [[0, 0, 0, 0], [0, 0, 0, 0]]]);
    assert_eq!((change.before, change.after), (3, 1));
    let (left, _) = a.minus(&b, "b").unwrap();
    assert_eq!(left.to_mask().voxels(), &array![[[0, 1, 0, 0], [0, 0, 0, 0]], [[0, 1, 0, 0], [0, 0, 0, 0]]]);
    let (all, _) = a.union(&b, "b").unwrap();
    let union = ndarray::Zip::from(&one).and(&other).map_collect(|a, b| a | b);
    assert_eq!(all.to_mask().voxels(), &union);
    assert_eq!((all.voxels(), all.volume_mm3()), (7, 7.0));
    let bounds = all.bounding_box().unwrap();
    assert_eq!((bounds.start, bounds.shape), ([0, 0, 1], [2, 2, 2]));
}

#[test]
fn nothing_is_a_region_too() {
    let own = region(&array![[[0, 1, 0]]], 1);
    let (nothing, _) = own.minus(&own, "itself").unwrap();
    assert_eq!((nothing.voxels(), nothing.bounding_box()), (0, None));
    assert_eq!(nothing.union(&own, "own").unwrap().0, own);
    assert_eq!(own.union(&nothing, "nothing").unwrap().0, own);
    assert_eq!(own.within(&nothing, "nothing").unwrap().0, nothing);
    assert_eq!(own.minus(&nothing, "nothing").unwrap().0, own);
}

#[test]
fn regions_on_other_grids_are_refused() {
    let labels = array![[[0, 1, 0]]];
    let own = region(&labels, 1);
    let other = |grid: Grid| Region::of_label(&Mask::new(grid, labels.view()).unwrap(), 1).unwrap();
    let wider = other(Grid::new([1, 1, 3], [2.0, 1.0, 0.6]).unwrap());
    let Err(Error::GridsDiffer { of, field, reason, .. }) = own.within(&wider, "the organ") else {
        panic!("another spacing is another grid")
    };
    assert_eq!((of.as_str(), field), ("the organ", "spacing"));
    assert!(reason.contains("worst corner by 0.2 mm"), "{reason}");
    let longer = region(&array![[[0, 1, 0, 0]]], 1);
    assert!(matches!(own.minus(&longer, "it"), Err(Error::GridsDiffer { field: "shape", .. })));
}
