//! Drawn slices, and the rule itself as an oracle.

use ndarray::Array3;
use proptest::prelude::*;

use super::contours::{Contour, ContourReport, SLICE_TOLERANCE, rasterise_on};
use super::edges::ON_LINE_VOXELS;
use crate::error::{Error, Result};
use crate::runtime::{Pool, Runtime};
use crate::volume::grid::Grid;
use crate::work::Cancel;

fn rasterised(contours: &[Contour], grid: &Grid) -> Result<(Array3<u8>, ContourReport)> {
    let pool = Pool::new(1)?;
    let (mask, report) = rasterise_on(contours, grid, SLICE_TOLERANCE, &Runtime::new(&pool))?;
    Ok((mask.into_parts().1, report))
}

/// A contour of points (y, x) in slice `z`.
fn flat(z: f64, points: &[[f64; 2]]) -> Contour {
    points.iter().map(|&[y, x]| [z, y, x]).collect()
}

fn square(low: f64, high: f64) -> Contour {
    flat(0.0, &[[low, low], [low, high], [high, high], [high, low]])
}

/// What is made of contours in a single slice, a text a row.
fn picture(contours: &[Contour], size: usize) -> (Vec<String>, ContourReport) {
    let grid = Grid::new([1, size, size], [3.0, 1.0, 1.0]).unwrap();
    let (voxels, report) = rasterised(contours, &grid).unwrap();
    let text = |v: &u8| match v {
        0 => '·',
        1 => '■',
        _ => panic!("{v}"),
    };
    let slice = voxels.index_axis_move(ndarray::Axis(0), 0);
    (slice.rows().into_iter().map(|row| row.iter().map(text).collect()).collect(), report)
}

#[test]
fn a_contour_within_another_is_a_hole_and_one_within_that_an_island() {
    let (drawn, report) = picture(&[square(-0.5, 6.5), square(0.5, 5.5), square(2.5, 3.5)], 7);
    assert_eq!(drawn, ["■■■■■■■", "■·····■", "■·····■", "■··■··■", "■·····■", "■·····■", "■■■■■■■"]);
    assert_eq!(report, ContourReport { drawn: 3, ..ContourReport::default() });
}

#[test]
fn centres_on_the_border_of_what_is_filled_belong_to_it() {
    // Outside, and round a hole: lines through centres.
    let (drawn, report) = picture(&[square(0.0, 4.0), square(1.0, 3.0)], 6);
    assert_eq!(drawn, ["■■■■■·", "■■■■■·", "■■·■■·", "■■■■■·", "■■■■■·", "······"]);
    assert_eq!(report.on_line, 24);
    // A slanting line through every second centre.
    let triangle = flat(0.0, &[[0.0, 0.0], [4.0, 0.0], [4.0, 2.0]]);
    let (drawn, report) = picture(&[triangle], 5);
    assert_eq!(drawn, ["■····", "■····", "■■···", "■■···", "■■■··"]);
    assert_eq!(report.on_line, 8);
}

#[test]
fn a_keyhole_is_a_ring_and_its_bridge_no_border() {
    // The bridge runs from the outer border to the hole and back, through the centres of row 3.
    let keyhole = flat(
        0.0,
        &[
            [3.0, -0.5],
            [-0.5, -0.5],
            [-0.5, 6.5],
            [6.5, 6.5],
            [6.5, -0.5],
            [3.0, -0.5],
            [3.0, 1.5],
            [4.5, 1.5],
            [4.5, 4.5],
            [1.5, 4.5],
            [1.5, 1.5],
            [3.0, 1.5],
        ],
    );
    let (drawn, report) = picture(&[keyhole], 7);
    assert_eq!(drawn, ["■■■■■■■", "■■■■■■■", "■■···■■", "■■···■■", "■■···■■", "■■■■■■■", "■■■■■■■"]);
    assert_eq!((report.on_line, report.crossing), (0, vec![]));
    // A whisker, there and back outside of the square, encloses nothing.
    let whisker = flat(0.0, &[[0.0, 0.0], [0.0, 2.0], [0.0, 4.0], [0.0, 2.0], [2.0, 2.0], [2.0, 0.0]]);
    let (drawn, _) = picture(&[whisker], 5);
    assert_eq!(drawn[0], "■■■··", "whose far half is drawn twice");
    // And so does a contour that is there twice.
    let (drawn, report) = picture(&[square(0.0, 3.0), square(0.0, 3.0)], 4);
    assert_eq!((drawn.concat().matches('■').count(), report.on_line), (0, 0));
}

#[test]
fn contours_that_cross_are_named() {
    let eight = flat(0.0, &[[0.5, 0.5], [4.5, 4.5], [4.5, 0.5], [0.5, 4.5]]);
    let (_, report) = picture(&[square(-0.4, 5.4), eight.clone()], 6);
    assert_eq!(report.crossing, [1]);
    let (drawn, report) = picture(&[square(0.5, 3.5), square(1.5, 5.5), square(4.6, 5.4)], 6);
    // The overlap is outside, and so is what lies within the second.
    assert_eq!(drawn, ["······", "·■■■··", "·■··■■", "·■··■■", "··■■■■", "··■■■·"]);
    assert_eq!(report.crossing, [0, 1]);
    // Corners and borders in common are no crossings.
    let (_, report) = picture(&[square(0.5, 2.5), square(2.5, 4.5), square(0.5, 4.5)], 6);
    assert_eq!((report.crossing, report.crowded_slices), (vec![], vec![]));
}

#[test]
fn what_lies_in_no_slice_is_reported() {
    let grid = Grid::new([6, 4, 4], [2.0, 1.0, 1.0]).unwrap();
    let at = |z: f64| flat(z, &[[0.5, 0.5], [0.5, 2.5], [2.5, 2.5], [2.5, 0.5]]);
    let tilted = vec![[2.0, 0.5, 0.5], [2.0, 0.5, 2.5], [4.0, 2.5, 2.5]];
    let far = flat(4.0, &[[0.5, 0.5], [0.5, 9.0], [2.5, 0.5]]);
    let line = flat(4.0, &[[0.5, 0.5], [0.5, 2.5]]);
    let contours = [at(2.19), at(8.0), at(3.0), tilted, at(-1.1), at(12.0), far, line, vec![]];
    let (voxels, report) = rasterised(&contours, &grid).unwrap();
    assert_eq!(report.between, [2, 3]);
    assert_eq!(report.outside, [4, 5, 6]);
    assert_eq!(report.degenerate, [7, 8]);
    assert_eq!((report.drawn, report.gaps.as_slice()), (3, &[3][..]));
    assert!((report.off_slice_mm - 0.19).abs() < 1e-12);
    let of_slice = |k| voxels.index_axis(ndarray::Axis(0), k).iter().map(|&v| u32::from(v)).sum::<u32>();
    assert_eq!((0..6).map(of_slice).collect::<Vec<_>>(), [0, 4, 5, 0, 4, 0]);
}

#[test]
fn slices_may_lie_across_any_axis_of_an_oblique_grid() {
    let (c, s) = (0.3_f64.cos(), 0.3_f64.sin());
    let tilt = [[c, 0.0, -s], [0.0, 1.0, 0.0], [s, 0.0, c]];
    let points = [[0.6, 0.7], [0.6, 3.2], [2.7, 4.1], [4.4, 1.0]];
    let mut counts = Vec::new();
    for axis in 0..3 {
        let order = [[0, 1, 2], [1, 0, 2], [2, 0, 1]][axis];
        let grid = Grid::oriented([6, 7, 8], [3.0, 0.7, 1.3], [-50.0, 7.0, 900.0], tilt).unwrap();
        let place = |[y, x]: [f64; 2]| {
            let mut index = [0.0; 3];
            (index[order[0]], index[order[1]], index[order[2]]) = (4.0, y, x);
            grid.position_mm(index)
        };
        let (voxels, report) = rasterised(&[points.map(place).to_vec()], &grid).unwrap();
        assert_eq!((report.slice_axis, report.drawn), (axis, 1));
        let slice = voxels.index_axis(ndarray::Axis(axis), 4);
        assert_eq!(slice[[1, 1]], 1, "first the earlier of the other axes");
        assert_eq!([slice[[1, 4]], slice[[4, 1]]], [0, 1]);
        assert_eq!(voxels.iter().filter(|&&v| v == 1).count(), slice.iter().filter(|&&v| v == 1).count());
        counts.push(slice.sum());
    }
    assert_eq!(counts, [counts[0]; 3]);
}

#[test]
fn what_is_no_contour_is_refused() {
    let grid = Grid::new([1, 4, 4], [1.0; 3]).unwrap();
    for value in [f64::NAN, f64::INFINITY, -1e30, 1.1e7] {
        let mut second = square(0.0, 2.0);
        second[2][1] = value;
        let error = rasterised(&[square(0.0, 2.0), second], &grid).unwrap_err();
        assert!(matches!(error, Error::InvalidContour { contour: 1, point: 2, .. }), "{error}");
        assert!(error.to_string().starts_with("point 3 of contour 2 lies at (z, y, x) [0.0, "), "{error}");
    }
    let pool = Pool::new(1).unwrap();
    for tolerance in [-0.1, 0.6, f64::NAN] {
        let given = rasterise_on(&[], &grid, tolerance, &Runtime::new(&pool));
        assert!(matches!(given, Err(Error::InvalidArgument { name: "slice_tolerance", .. })));
    }
    let nowhere = Grid { spacing_mm: [0.0; 3], ..grid };
    assert!(matches!(rasterised(&[], &nowhere), Err(Error::InvalidSpacing { .. })));
}

#[test]
fn a_hundred_thousand_lines_across_each_other_end_soon_or_when_told() {
    let zigzag: Contour = (0..100_000)
        .map(|n: i32| [0.0, f64::from(n % 2) * 63.0, f64::from(n.wrapping_mul(7919) % 640) * 0.1])
        .collect();
    let grid = Grid::new([1, 64, 64], [1.0; 3]).unwrap();
    let (_, report) = rasterised(std::slice::from_ref(&zigzag), &grid).unwrap();
    assert_eq!((report.crossing, report.crowded_slices), (vec![0], vec![0]));
    let (pool, cancel) = (Pool::new(1).unwrap(), Cancel::new());
    let watch = cancel.watch();
    cancel.cancel();
    let runtime = Runtime { stop: Some(&watch), ..Runtime::new(&pool) };
    let stopped = rasterise_on(&[zigzag], &grid, SLICE_TOLERANCE, &runtime);
    assert!(matches!(stopped, Err(Error::Cancelled { .. })));
}

/// Whether an edge runs through the square of `ON_LINE_VOXELS` on either side of a point, or so near to it that
/// rounding decides: what part of the edge lies between two sides of the square, and what between the others.
fn is_on(contour: &Contour, [y, x]: [f64; 2]) -> bool {
    let side = 1.001 * ON_LINE_VOXELS;
    let next = contour.iter().cycle().skip(1);
    contour.iter().zip(next).any(|(a, b)| {
        let parts = [(a[1] - y, b[1] - a[1]), (a[2] - x, b[2] - a[2])].map(|(from, step)| match step {
            0.0 if from.abs() <= side => [0.0, 1.0],
            0.0 => [1.0, 0.0],
            step => {
                let [one, other] = [(-side - from) / step, (side - from) / step];
                [one.min(other).max(0.0), one.max(other).min(1.0)]
            }
        });
        parts[0][0].max(parts[1][0]) <= parts[0][1].min(parts[1][1])
    })
}

/// The rule as it is said: how often a line from the point to the right crosses the contour.
fn crossings(contour: &Contour, [y, x]: [f64; 2]) -> usize {
    let next = contour.iter().cycle().skip(1);
    let is_right = |(a, b): &(&[f64; 3], &[f64; 3])| {
        (a[1] > y) != (b[1] > y) && x < a[2] + (y - a[1]) / (b[1] - a[1]) * (b[2] - a[2])
    };
    contour.iter().zip(next).filter(is_right).count()
}

/// Contours of up to twelve points in a slice of 10 × 12, some of them beyond it; on quarters of a voxel, so that
/// corners, level edges and lines through centres abound, or anywhere.
fn contours() -> impl Strategy<Value = Vec<Contour>> {
    let quarters = (-8_i32..56).prop_map(|n| f64::from(n) * 0.25);
    let number = prop_oneof![quarters, -3.0..15.0];
    let point = [number.clone(), number].prop_map(|[y, x]| [0.0, y, x]);
    prop::collection::vec(prop::collection::vec(point, 3..12), 1..5)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn every_voxel_is_as_the_rule_says(contours in contours()) {
        let grid = Grid::new([1, 10, 12], [1.0; 3]).unwrap();
        let (voxels, report) = rasterised(&contours, &grid).unwrap();
        let mut on_line = 0;
        for ((_, j, i), &voxel) in voxels.indexed_iter() {
            let centre = [j as f64, i as f64];
            if contours.iter().any(|c| is_on(c, centre)) {
                on_line += 1;
            } else {
                let odd = contours.iter().map(|c| crossings(c, centre)).sum::<usize>() % 2;
                prop_assert_eq!(usize::from(voxel), odd, "{} {}", j, i);
            }
        }
        // Lines that are there twice are no border.
        prop_assert!(report.on_line <= on_line, "{} {}", report.on_line, on_line);
    }

    /// Neither where a contour begins nor which way it runs changes anything, and lines to a corner and back
    /// neither.
    #[test]
    fn a_contour_is_a_line_without_begin_or_direction(contours in contours(), shift in 0_usize..12) {
        let grid = Grid::new([1, 10, 12], [1.0; 3]).unwrap();
        let turned = |c: &Contour| {
            let mut c = c.clone();
            let shift = shift % c.len();
            c.rotate_left(shift);
            c.reverse();
            let first = c[0];
            c.extend([first, [0.0, 3.0, 3.0]]);
            c
        };
        let (voxels, report) = rasterised(&contours, &grid).unwrap();
        let (again, other) = rasterised(&contours.iter().map(turned).collect::<Vec<_>>(), &grid).unwrap();
        prop_assert_eq!(voxels, again);
        prop_assert_eq!(report.on_line, other.on_line);
    }
}
