use ndarray::{Array3, array};
use proptest::prelude::*;

use super::super::{Distance, Region};
use crate::error::Error;
use crate::runtime::{Pool, Runtime};
use crate::volume::grid::Grid;
use crate::volume::image::Mask;

fn region(labels: &Array3<u8>, spacing_mm: [f64; 3], label: i64) -> Region {
    let grid = Grid::new(labels.dim().into(), spacing_mm).unwrap();
    Region::of_label(&Mask::new(grid, labels.view()).unwrap(), label).unwrap()
}

fn run<R>(work: impl FnOnce(&Runtime) -> R) -> R {
    let pool = Pool::new(2).unwrap();
    work(&Runtime::new(&pool))
}

/// The squared distance of a voxel from the nearest voxel that `is` one, over all pairs.
fn squared(
    shape: [usize; 3],
    spacing_mm: [f64; 3],
    from: [usize; 3],
    distance: Distance,
    is: &dyn Fn([usize; 3]) -> bool,
) -> f64 {
    let mut nearest = f64::INFINITY;
    for (k, j, i) in ndarray::indices(shape) {
        if is([k, j, i]) {
            let steps = [from[0].abs_diff(k), from[1].abs_diff(j), from[2].abs_diff(i)];
            let apart = |axis: usize| match distance {
                Distance::Centre => steps[axis] as f64 * spacing_mm[axis],
                Distance::Surface => (steps[axis] as f64 - 0.5).max(0.0) * spacing_mm[axis],
            };
            nearest = nearest.min((0..3).map(|axis| apart(axis).powi(2)).sum());
        }
    }
    nearest
}

/// Whether a squared distance is within a bound: the numbers of the tests are not within rounding of it
/// unless they are at it.
fn within(squared: f64, mm: f64) -> bool {
    squared <= mm * mm * (1.0 + 1e-9)
}

fn voxels(region: &Region) -> Array3<bool> {
    region.to_mask().voxels().mapv(|voxel| voxel > 0)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn every_operation_is_the_definition(
        shape in [1..6usize, 1..7usize, 1..8usize],
        seed: u64,
        density in 1..40u64,
        spacing in [0..3usize, 0..3usize, 0..3usize],
        bounds in [0..7usize, 1..8usize],
        surface: bool,
    ) {
        let spacing_mm = spacing.map(|n| [0.8, 1.0, 2.5][n]);
        let mut state = seed | 1;
        let mut labels = Array3::<u8>::zeros(shape);
        for label in &mut labels {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            *label = u8::from(state % 40 < density);
        }
        labels[[0, 0, 0]] = 1;
        let [from, to] = [bounds[0] as f64 * 0.4, (bounds[0] + bounds[1]) as f64 * 0.4];
        let distance = if surface { Distance::Surface } else { Distance::Centre };
        let own = region(&labels, spacing_mm, 1);
        let is = |[k, j, i]: [usize; 3]| labels[[k, j, i]] > 0;
        let (ring, dilated, eroded, shell) = run(|runtime| {
            (
                own.ring(from, to, distance, runtime).unwrap().0,
                own.dilate(to, distance, runtime).unwrap().0,
                own.erode(to, runtime).unwrap().0,
                own.shell_inside(to, runtime).unwrap().0,
            )
        });
        let (ring, dilated, eroded, shell) = (voxels(&ring), voxels(&dilated), voxels(&eroded), voxels(&shell));
        // What lies beyond the edge is outside: a frame of one voxel does for that.
        let framed = shape.map(|n| n + 2);
        let is_out = |at: [usize; 3]| {
            (0..3).any(|a| at[a] == 0 || at[a] > shape[a]) || !is(at.map(|n| n - 1))
        };
        for (k, j, i) in ndarray::indices(shape) {
            let at = [k, j, i];
            let d = squared(shape, spacing_mm, at, distance, &is);
            let near = within(d, from) && (from > 0.0 || is(at));
            prop_assert_eq!(ring[at], !is(at) && !near && within(d, to), "ring at {:?}: {}", at, d);
            prop_assert_eq!(dilated[at], is(at) || within(d, to), "dilated at {:?}: {}", at, d);
            let deep = squared(framed, spacing_mm, at.map(|n| n + 1), Distance::Centre, &is_out);
            prop_assert_eq!(eroded[at], is(at) && !within(deep, to), "eroded at {:?}: {}", at, deep);
            prop_assert_eq!(shell[at], is(at) && within(deep, to), "shell at {:?}: {}", at, deep);
        }
    }

    #[test]
    fn each_voxel_is_of_the_nearest_lesion(
        shape in [1..5usize, 1..6usize, 1..9usize],
        seed: u64,
        to in 1..6usize,
    ) {
        let spacing_mm = [2.0, 1.0, 0.8];
        let mut state = seed | 1;
        let mut labels = Array3::<u8>::zeros(shape);
        for label in &mut labels {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            *label = if state % 12 < 3 { (state % 12) as u8 + 1 } else { 0 };
        }
        let to = to as f64;
        let present: Vec<i64> = (1..=3).filter(|&n| labels.iter().any(|&l| i64::from(l) == n)).collect();
        let lesions: Vec<Region> = present.iter().map(|&n| region(&labels, spacing_mm, n)).collect();
        let borrowed: Vec<&Region> = lesions.iter().collect();
        let rings = run(|runtime| Region::shared_rings(&borrowed, 0.0, to, Distance::Centre, runtime)).unwrap();
        prop_assert_eq!(rings.len(), lesions.len());
        let rings: Vec<Array3<bool>> = rings.iter().map(|(ring, _)| voxels(ring)).collect();
        for (k, j, i) in ndarray::indices(shape) {
            let d = |n: i64| {
                let is = |[k, j, i]: [usize; 3]| i64::from(labels[[k, j, i]]) == n;
                squared(shape, spacing_mm, [k, j, i], Distance::Centre, &is)
            };
            let distances: Vec<f64> = present.iter().map(|&n| d(n)).collect();
            let nearest = distances.iter().copied().fold(f64::INFINITY, f64::min);
            let owner = distances.iter().position(|&d| within(d, nearest.sqrt()));
            for (n, ring) in rings.iter().enumerate() {
                let expected = labels[[k, j, i]] == 0 && within(nearest, to) && owner == Some(n);
                prop_assert_eq!(ring[[k, j, i]], expected, "lesion {} at {:?}", n, [k, j, i]);
            }
        }
    }
}

#[test]
fn a_ring_says_what_lies_beyond_the_edge() {
    // A row of voxels of 1 mm, the region at its end.
    let own = region(&array![[[1, 0, 0, 0]]], [1.0; 3], 1);
    let (ring, change) = run(|runtime| own.ring(0.0, 1.0, Distance::Centre, runtime)).unwrap();
    assert_eq!(ring.to_mask().voxels(), &array![[[0, 1, 0, 0]]]);
    assert_eq!((change.before, change.after, change.beyond_edge), (1, 1, 5));
}

#[test]
fn a_distance_at_the_bound_counts() {
    // 3 × 0.8 is more than 2.4 in 64-bit floats.
    let own = region(&array![[[1, 0, 0, 0, 0]]], [0.8; 3], 1);
    let (ring, _) = run(|runtime| own.ring(1.6, 2.4, Distance::Centre, runtime)).unwrap();
    assert_eq!(ring.to_mask().voxels(), &array![[[0, 0, 0, 1, 0]]]);
    let (ring, _) = run(|runtime| own.ring(0.0, 2.0, Distance::Surface, runtime)).unwrap();
    assert_eq!(ring.to_mask().voxels(), &array![[[0, 1, 1, 1, 0]]]);
}

#[test]
fn distances_that_are_none_are_refused() {
    let own = region(&array![[[1, 0, 0]]], [1.0; 3], 1);
    run(|runtime| {
        for wrong in [-1.0, f64::NAN, f64::INFINITY, 1e30] {
            let error = own.dilate(wrong, Distance::Centre, runtime).unwrap_err();
            assert!(matches!(error, Error::InvalidArgument { name: "mm", .. }), "{error}");
        }
        let error = own.ring(2.0, 2.0, Distance::Centre, runtime).unwrap_err();
        assert!(matches!(error, Error::InvalidArgument { name: "to_mm", .. }), "{error}");
        let (nothing, _) = own.minus(&own, "itself").unwrap();
        assert_eq!(nothing.voxels(), 0);
        let error = nothing.ring(0.0, 1.0, Distance::Centre, runtime).unwrap_err();
        assert!(matches!(error, Error::EmptyMask { .. }), "{error}");
    });
}
