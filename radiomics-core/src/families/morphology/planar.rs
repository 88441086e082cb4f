//! Convex hulls and boxes in a plane.

use crate::kernels::elementary::{cos, hypot};
use std::f64::consts::{FRAC_1_SQRT_2, FRAC_PI_8};

/// Largest distance between points given on a lattice with the spacing `unit`.
pub(super) fn diameter(points: Vec<[i64; 2]>, unit: [f64; 2]) -> f64 {
    largest_distance(lattice_hull(points).into_iter(), unit)
}

/// Largest distance between the corners of a hull, which are few, on a lattice with the spacing `unit`.
pub(super) fn largest_distance(corners: impl Iterator<Item = [i64; 2]>, unit: [f64; 2]) -> f64 {
    let corners: Vec<[f64; 2]> = corners.map(|p| [p[0] as f64 * unit[0], p[1] as f64 * unit[1]]).collect();
    let mut largest = 0.0f64;
    for (n, p) in corners.iter().enumerate() {
        for q in &corners[..n] {
            largest = largest.max((p[0] - q[0]).powi(2) + (p[1] - q[1]).powi(2));
        }
    }
    largest.sqrt()
}

/// How far points extend along four directions: of their coordinates, and of the sum and the difference of these.
#[derive(Clone, Copy, Debug)]
pub(super) struct Extents {
    low: [f64; 4],
    high: [f64; 4],
}

impl Default for Extents {
    fn default() -> Self {
        Self { low: [f64::INFINITY; 4], high: [f64::NEG_INFINITY; 4] }
    }
}

impl Extents {
    /// Adds the ends of a row, or a row from its first to its last place.
    pub fn add(&mut self, row: f64, [first, last]: [f64; 2]) {
        self.merge(&Self {
            low: [row, first, row + first, row - last],
            high: [row, last, row + last, row - first],
        });
    }

    /// Adds the points of `other`.
    pub fn merge(&mut self, other: &Self) {
        for n in 0..4 {
            // No coordinate is NaN, which `min` and `max` would look for.
            self.low[n] = if other.low[n] < self.low[n] { other.low[n] } else { self.low[n] };
            self.high[n] = if other.high[n] > self.high[n] { other.high[n] } else { self.high[n] };
        }
    }

    /// Bounds of the largest distance between the points. Of the four directions, one is at most an eighth of half a
    /// turn away from that of the largest distance.
    pub fn diameter_bounds(&self) -> [f64; 2] {
        if self.low[0] > self.high[0] {
            return [0.0; 2];
        }
        let [y, x, up, down]: [f64; 4] = std::array::from_fn(|n| self.high[n] - self.low[n]);
        let width = y.max(x).max(FRAC_1_SQRT_2 * up.max(down));
        // What rounding may do to either.
        [width * (1.0 - 1e-9), width / cos(FRAC_PI_8) * (1.0 + 1e-9)]
    }
}

/// Corners of the convex hull of points of a lattice, exactly; products of their coordinates
/// must fit into 62 bits.
pub(super) fn lattice_hull(points: Vec<[i64; 2]>) -> Vec<[i64; 2]> {
    hull(points, |o, a, b| turn(o, a, b) > 0)
}

/// The convex hull of the ends of rows of a lattice, which come in ascending order; corners as of
/// [`lattice_hull`].
#[derive(Debug, Default)]
pub(super) struct RowsHull {
    /// Corners at the first and at the last places of rows.
    sides: [Vec<[i64; 2]>; 2],
}

impl RowsHull {
    /// Removes all rows.
    pub fn clear(&mut self) {
        self.sides.iter_mut().for_each(Vec::clear);
    }

    /// Adds a row from its first to its last place.
    pub fn add(&mut self, row: i64, ends: [i64; 2]) {
        for ((side, end), way) in self.sides.iter_mut().zip(ends).zip([1, -1]) {
            let next = [row, end];
            while let [.., o, a] = side[..]
                && way * turn(o, a, next) <= 0
            {
                side.pop();
            }
            side.push(next);
        }
    }

    /// The corners of the hull, in the order in which they go round.
    pub fn corners(&self) -> impl Iterator<Item = [i64; 2]> {
        let [first, last] = &self.sides;
        let ends = [first.first(), first.last()];
        let back = last.iter().rev().filter(move |&corner| !ends.contains(&Some(corner)));
        first.iter().chain(back).copied()
    }
}

/// Above 0 if the way o → a → b turns left, below 0 if it turns right.
fn turn(o: [i64; 2], a: [i64; 2], b: [i64; 2]) -> i64 {
    (a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0])
}

/// Sides of the rectangle of least area that holds all points. One side of it lies along a
/// side of the convex hull (Freeman and Shapira 1975). Of rectangles of equal area the most
/// compact one counts, so that no rounding chooses.
pub(super) fn smallest_rectangle(points: Vec<[f64; 2]>) -> [f64; 2] {
    let turns_left =
        |o: [f64; 2], a: [f64; 2], b: [f64; 2]| (a[0] - o[0]) * (b[1] - o[1]) > (a[1] - o[1]) * (b[0] - o[0]);
    let mut corners = hull(without_inner(points), turns_left);
    // Corners that differ by rounding only would stop the calipers.
    let size = corners.iter().flatten().fold(0.0f64, |size, v| size.max(v.abs()));
    let same = |a: [f64; 2], b: [f64; 2]| {
        let [dy, dx] = [a[0] - b[0], a[1] - b[1]];
        dy.abs() <= 1e-13 * size && hypot(dy, dx) <= 1e-13 * size
    };
    corners.dedup_by(|a, b| same(*a, *b));
    if corners.len() > 1 && same(corners[0], corners[corners.len() - 1]) {
        corners.pop();
    }
    smallest(&rectangles(&corners), |[a, b]| a * b, |[a, b]| a + b).unwrap_or([0.0; 2])
}

/// Area of the smallest of the rectangles along the sides of a convex polygon, or less; 0 for a
/// point.
pub(super) fn least_area(mut corners: Vec<[f64; 2]>) -> f64 {
    corners.dedup();
    while corners.len() > 1 && corners.first() == corners.last() {
        corners.pop();
    }
    let n = corners.len();
    let mut least = f64::INFINITY;
    let mut places: Option<[usize; 3]> = None;
    for (i, p) in corners.iter().enumerate().filter(|_| n > 1) {
        let q = corners[if i + 1 == n { 0 } else { i + 1 }];
        let [dy, dx] = [q[0] - p[0], q[1] - p[1]];
        let along = |c: usize| corners[c][0] * dy + corners[c][1] * dx;
        let across = |c: usize| corners[c][1] * dy - corners[c][0] * dx;
        let behind = |c: usize| -along(c);
        let [ahead, aside, back] = match places {
            None => [farthest(n, along), farthest(n, across), farthest(n, behind)],
            Some([a, b, c]) => [turned(n, a, along), turned(n, b, across), turned(n, c, behind)],
        };
        places = Some([ahead, aside, back]);
        // Both extents are too long by the length of the side.
        let area = (along(ahead) - along(back)) * (across(aside) - across(i)) / (dy * dy + dx * dx);
        least = least.min(area);
    }
    if least.is_finite() { least } else { 0.0 }
}

/// The rectangles along the sides of a convex polygon. As the side goes round, so do the
/// farthest corners from it, ahead and behind (Toussaint 1983, "rotating calipers").
fn rectangles(corners: &[[f64; 2]]) -> Vec<[f64; 2]> {
    let n = corners.len();
    let mut rectangles = Vec::with_capacity(n);
    let mut places: Option<[usize; 3]> = None;
    for (i, p) in corners.iter().enumerate() {
        let q = corners[(i + 1) % n];
        let [dy, dx] = [q[0] - p[0], q[1] - p[1]];
        let length = hypot(dy, dx);
        if length == 0.0 {
            continue;
        }
        let along = |c: usize| (corners[c][0] * dy + corners[c][1] * dx) / length;
        let across = |c: usize| (corners[c][1] * dy - corners[c][0] * dx) / length;
        let behind = |c: usize| -along(c);
        let ends = match places {
            // The first side looks at all corners.
            None => [farthest(n, along), farthest(n, across), farthest(n, behind)],
            Some([a, b, c]) => [turned(n, a, along), turned(n, b, across), turned(n, c, behind)],
        };
        places = Some(ends);
        let [ahead, aside, behind] = ends;
        rectangles.push([along(ahead) - along(behind), across(aside) - across(i)]);
    }
    rectangles
}

fn farthest(n: usize, reach: impl Fn(usize) -> f64) -> usize {
    (0..n).max_by(|&a, &b| reach(a).total_cmp(&reach(b))).expect("a polygon has corners")
}

/// The corner from `end` on, going round, after which `reach` does not grow.
fn turned(n: usize, mut end: usize, reach: impl Fn(usize) -> f64) -> usize {
    let mut farthest = reach(end);
    loop {
        let next = if end + 1 == n { 0 } else { end + 1 };
        let farther = reach(next);
        match farther > farthest {
            true => (end, farthest) = (next, farther),
            false => return end,
        }
    }
}

/// The points without most of those that cannot be corners: the ones inside of the octagon of
/// the farthest points in eight directions (Akl and Toussaint 1978). Spares sorting them.
fn without_inner(mut points: Vec<[f64; 2]>) -> Vec<[f64; 2]> {
    let ways = [
        [1.0, 0.0],
        [1.0, 1.0],
        [0.0, 1.0],
        [-1.0, 1.0],
        [-1.0, 0.0],
        [-1.0, -1.0],
        [0.0, -1.0],
        [1.0, -1.0],
    ];
    let mut ends = [([0.0; 2], f64::NEG_INFINITY); 8];
    for &p in &points {
        for (way, end) in ways.iter().zip(&mut ends) {
            let reach = way[0] * p[0] + way[1] * p[1];
            if reach > end.1 {
                *end = (p, reach);
            }
        }
    }
    let sides: Vec<_> = (0..8).map(|i| (ends[i].0, ends[(i + 1) % 8].0)).filter(|(a, b)| a != b).collect();
    let is_left = |p: &[f64; 2], (a, b): &([f64; 2], [f64; 2])| {
        (b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0]) > 0.0
    };
    points.retain(|p| sides.is_empty() || !sides.iter().all(|side| is_left(p, side)));
    points
}

/// The body with the least surface, of those whose size is the least one up to rounding.
pub(super) fn smallest<T: Copy>(
    bodies: &[T],
    size: impl Fn(T) -> f64,
    surface: impl Fn(T) -> f64,
) -> Option<T> {
    let least = bodies.iter().map(|&b| size(b)).fold(f64::INFINITY, f64::min);
    let ties = bodies.iter().copied().filter(|&b| size(b) <= least * (1.0 + 1e-9));
    ties.min_by(|&a, &b| surface(a).total_cmp(&surface(b)))
}

/// Corners of the convex hull in order (Andrew 1979). `turns_left(o, a, b)` tells whether the
/// way o → a → b turns strictly left.
fn hull<T: Copy + PartialOrd>(
    mut points: Vec<[T; 2]>,
    turns_left: impl Fn([T; 2], [T; 2], [T; 2]) -> bool,
) -> Vec<[T; 2]> {
    // What is no number, as spacings beyond all measure make it, ends up anywhere, and in the result.
    let order = |a: &[T; 2], b: &[T; 2]| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal);
    // Lines of a mask come in order.
    if !points.is_sorted_by(|a, b| order(a, b).is_le()) {
        points.sort_unstable_by(order);
    }
    points.dedup();
    if points.len() < 3 {
        return points;
    }
    let mut corners: Vec<[T; 2]> = Vec::new();
    let mut half = |way: &mut dyn Iterator<Item = &[T; 2]>| {
        let base = corners.len();
        for &p in way {
            while corners.len() >= base + 2
                && !turns_left(corners[corners.len() - 2], corners[corners.len() - 1], p)
            {
                corners.pop();
            }
            corners.push(p);
        }
        // The last point begins the other half.
        corners.pop();
    };
    half(&mut points.iter());
    half(&mut points.iter().rev());
    corners
}

#[cfg(test)]
mod tests {
    use super::*;
    use approx::assert_relative_eq;
    use proptest::prelude::*;

    #[test]
    fn diameter_of_a_lattice() {
        // · · ·
        // · · ·   3 × 2 points, 2 mm and 1 mm apart.
        let points = || (0..3).flat_map(|i| (0..2).map(move |j| [j, i]));
        assert_eq!(diameter(points().collect(), [1.0, 2.0]), 17f64.sqrt());
        assert_eq!(diameter(vec![[4, 4]], [1.0; 2]), 0.0);
        assert_eq!(diameter((0..5).map(|i| [i, i]).collect(), [1.0; 2]), 32f64.sqrt());
    }

    #[test]
    fn the_octagon_keeps_what_may_be_a_corner() {
        // · · ·
        // · x ·   Only the middle one lies inside of the eight others.
        // · · ·
        let points: Vec<[f64; 2]> = (0..9).map(|n| [f64::from(n / 3), f64::from(n % 3)]).collect();
        let kept = without_inner(points);
        assert_eq!(kept.len(), 8);
        assert!(!kept.contains(&[1.0, 1.0]));
        assert_eq!(without_inner(vec![[2.0, 2.0]]), [[2.0, 2.0]]);
    }

    fn extent(values: impl Iterator<Item = f64>) -> f64 {
        let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
        high - low
    }

    proptest! {
        /// Rotating calipers give the rectangles that looking at all corners for each side gives.
        #[test]
        fn calipers(points in prop::collection::vec([-9.0..9.0f64, -4.0..4.0f64], 3..60)) {
            let left = |o: [f64; 2], a: [f64; 2], b: [f64; 2]| {
                (a[0] - o[0]) * (b[1] - o[1]) > (a[1] - o[1]) * (b[0] - o[0])
            };
            let corners = hull(points, left);
            for (i, [along, across]) in rectangles(&corners).into_iter().enumerate() {
                let (p, q) = (corners[i], corners[(i + 1) % corners.len()]);
                let [dy, dx] = [q[0] - p[0], q[1] - p[1]];
                let length = dy.hypot(dx);
                let plain = [
                    extent(corners.iter().map(|r| (r[0] * dy + r[1] * dx) / length)),
                    extent(corners.iter().map(|r| (r[1] * dy - r[0] * dx) / length)),
                ];
                assert_relative_eq!(along, plain[0], max_relative = 1e-9);
                assert_relative_eq!(across, plain[1], max_relative = 1e-9);
            }
        }
    }

    proptest! {
        #[test]
        fn least_area_is_that_of_the_smallest_rectangle(
            points in prop::collection::vec([-9.0..9.0f64, -4.0..4.0f64], 3..60),
        ) {
            let left = |o: [f64; 2], a: [f64; 2], b: [f64; 2]| {
                (a[0] - o[0]) * (b[1] - o[1]) > (a[1] - o[1]) * (b[0] - o[0])
            };
            let [a, b] = smallest_rectangle(points.clone());
            let mut corners = hull(points, left);
            corners.insert(1, corners[0]);
            assert_relative_eq!(least_area(corners), a * b, max_relative = 1e-9);
        }

        #[test]
        fn the_hull_of_rows_is_that_of_their_ends(
            rows in prop::collection::btree_map(0..40i64, (-9..9i64, 0..9i64), 1..30),
        ) {
            let mut hull = RowsHull::default();
            let mut points = Vec::new();
            for (row, (first, length)) in rows {
                hull.add(row, [first, first + length]);
                points.extend([[row, first], [row, first + length]]);
            }
            prop_assert_eq!(hull.corners().collect::<Vec<_>>(), lattice_hull(points));
        }
    }

    #[test]
    fn rectangle_of_a_turned_square() {
        let square = vec![[0.0, 1.0], [1.0, 0.0], [2.0, 1.0], [1.0, 2.0], [1.0, 1.0]];
        let [a, b] = smallest_rectangle(square);
        assert_relative_eq!(a * b, 2.0, max_relative = 1e-14);
    }
}
