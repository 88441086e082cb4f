use ndarray::{Array3, array};
use proptest::prelude::*;

use super::super::{Connectivity, Region};
use crate::runtime::{Pool, Runtime};
use crate::volume::grid::Grid;
use crate::volume::image::Mask;

fn components(labels: &Array3<u8>, neighbours: i64) -> Vec<Array3<u8>> {
    let grid = Grid::new(labels.dim().into(), [1.0; 3]).unwrap();
    let region = Region::of_label(&Mask::new(grid, labels.view()).unwrap(), 1).unwrap();
    let pool = Pool::new(1).unwrap();
    let connectivity = Connectivity::of_neighbours(neighbours).unwrap();
    let found = region.components(connectivity, &Runtime::new(&pool)).unwrap();
    found.iter().map(|one| one.to_mask().voxels().clone()).collect()
}

#[test]
fn what_touches_by_a_corner() {
    // ■ · ·   · · ·
    // · ■ ·   · · ■
    let labels = array![[[1, 0, 0], [0, 1, 0]], [[0, 0, 0], [0, 0, 1]]];
    assert_eq!(components(&labels, 6).len(), 3);
    let found = components(&labels, 18);
    assert_eq!(found, std::slice::from_ref(&labels));
    let labels = array![[[1, 0, 0], [0, 0, 0]], [[0, 0, 0], [0, 1, 1]]];
    assert_eq!(components(&labels, 26), std::slice::from_ref(&labels));
    let found = components(&labels, 18);
    assert_eq!(found.len(), 2);
    assert_eq!(found[0], array![[[0, 0, 0], [0, 0, 0]], [[0, 0, 0], [0, 1, 1]]]);
    assert!(Connectivity::of_neighbours(8).is_err());
}

/// Components by filling, from one voxel to the next.
fn filled(labels: &Array3<u8>, most_axes: usize) -> Vec<usize> {
    let shape: [usize; 3] = labels.dim().into();
    let mut known = Array3::from_elem(shape, false);
    let mut sizes = Vec::new();
    for (k, j, i) in ndarray::indices(shape) {
        if labels[[k, j, i]] == 0 || known[[k, j, i]] {
            continue;
        }
        known[[k, j, i]] = true;
        let (mut open, mut size) = (vec![[k, j, i]], 0);
        while let Some(at) = open.pop() {
            size += 1;
            for (dk, dj, di) in ndarray::indices([3, 3, 3]) {
                let step = [dk, dj, di];
                if step.iter().filter(|&&d| d != 1).count() > most_axes {
                    continue;
                }
                let to = [0, 1, 2].map(|a| (at[a] + step[a]).wrapping_sub(1));
                if (0..3).all(|a| to[a] < shape[a]) && labels[to] > 0 && !known[to] {
                    known[to] = true;
                    open.push(to);
                }
            }
        }
        sizes.push(size);
    }
    sizes.sort_by_key(|&size| std::cmp::Reverse(size));
    sizes
}

proptest! {
    #[test]
    fn components_are_those_of_filling(
        shape in [1..6usize, 1..7usize, 1..9usize],
        seed: u64,
        density in 1..8u64,
    ) {
        let mut state = seed | 1;
        let mut labels = Array3::<u8>::zeros(shape);
        for label in &mut labels {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            *label = u8::from(state % 10 < density);
        }
        labels[[0, 0, 0]] = 1;
        for (neighbours, axes) in [(6, 1), (18, 2), (26, 3)] {
            let found = components(&labels, neighbours);
            let sizes: Vec<usize> = found.iter().map(|one| one.iter().filter(|&&v| v > 0).count()).collect();
            prop_assert_eq!(&sizes, &filled(&labels, axes));
            let sum = found.iter().fold(Array3::zeros(shape), |sum: Array3<u8>, one| sum + one);
            prop_assert_eq!(&sum, &labels);
        }
    }
}
