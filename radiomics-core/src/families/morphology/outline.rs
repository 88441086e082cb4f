//! Vertices of the mesh of a mask, and which of them can be corners of a convex hull. In half
//! voxels (z, y, x): the middle between two voxels has one odd coordinate.

use crate::work::loops;

use super::bits::{self, Bits};
use super::cubes::Point;
use super::planar::{self, RowsHull};

/// All vertices of the mesh of a mask, voxel by voxel.
pub(super) fn vertices(bits: &Bits) -> Vec<[i32; 3]> {
    let is_inside = |k: usize, j: usize, i: usize| bits.row(k, j)[i / 32] >> (i % 32) & 1 == 1;
    let [nz, ny, nx] = bits.shape;
    let mut vertices = Vec::new();
    // The last voxel along each axis is background and has no neighbour inside.
    for (k, j, i) in ndarray::indices((nz - 1, ny - 1, nx - 1)) {
        let here = is_inside(k, j, i);
        for [z, y, x] in [[1, 0, 0], [0, 1, 0], [0, 0, 1]] {
            if is_inside(k + z, j + y, i + x) != here {
                vertices.push([2 * k + z, 2 * j + y, 2 * i + x].map(|v| v as i32));
            }
        }
    }
    vertices
}

/// The vertices that can be corners of the convex hull: those that are corners of a hull in each of the
/// three planes across the axes that they lie in.
pub(super) fn candidates(bits: &Bits) -> Vec<Point> {
    let of_plane = |z: usize| -> Vec<Point> {
        let mut hull = RowsHull::default();
        ends_along_x(bits, z, |y, ends| hull.add(y, ends));
        hull.corners().map(|[y, x]| [z as i64, y, x]).collect()
    };
    let planes: Vec<Vec<Point>> = loops::map(0..2 * bits.shape[0], of_plane);
    let mut points = planes.concat();
    for axis in [1, 2] {
        let [b, c] = others(axis);
        let mut corners = Vec::with_capacity(points.len());
        for (at, plane) in Planes::new(&points, axis).iter().enumerate() {
            corners.extend(planar::lattice_hull(plane.to_vec()).into_iter().map(|p| {
                let mut point = [at as i64; 3];
                (point[b], point[c]) = (p[0], p[1]);
                point
            }));
        }
        points = corners;
    }
    points
}

/// Largest distance between vertices that share their coordinate along `axis`; `half_mm` is
/// half a voxel.
pub(super) fn planar_diameter_mm(bits: &Bits, axis: usize, half_mm: [f64; 3]) -> f64 {
    // Only ends of lines in the plane can be corners of its hull.
    let ends = |z: usize| match axis {
        2 => ends_along_y(bits, z),
        _ => {
            let mut points = Vec::new();
            ends_along_x(bits, z, |y, [low, high]| {
                points.push([z as i64, y, low]);
                points.extend((high > low).then_some([z as i64, y, high]));
            });
            points
        }
    };
    let points: Vec<Point> = loops::map(0..2 * bits.shape[0], ends).concat();
    let unit = others(axis).map(|a| half_mm[a]);
    let planes = Planes::new(&points, axis);
    // Most planes are too small to have the largest distance.
    let bounds: Vec<[f64; 2]> = planes.iter().map(|plane| planar::diameter_bounds(plane, unit)).collect();
    let least = bounds.iter().fold(0.0, |least: f64, [low, _]| least.max(*low));
    let large = planes.iter().zip(&bounds).filter(|(_, [_, high])| *high >= least);
    let large: Vec<&[[i64; 2]]> = large.map(|(plane, _)| plane).collect();
    let diameters = loops::map(large, |plane| planar::diameter(plane.to_vec(), unit));
    diameters.into_iter().fold(0.0, f64::max)
}

/// The two axes besides `axis`.
fn others(axis: usize) -> [usize; 2] {
    [usize::from(axis == 0), 2 - usize::from(axis == 2)]
}

/// Points sorted by their coordinate along an axis, else in the order in which they were.
struct Planes {
    /// Where the points of each plane end.
    ends: Vec<usize>,
    points: Vec<[i64; 2]>,
}

impl Planes {
    fn new(points: &[Point], axis: usize) -> Self {
        let planes = points.iter().map(|p| p[axis] as usize + 1).max().unwrap_or(0);
        let mut ends = vec![0; planes];
        points.iter().for_each(|p| ends[p[axis] as usize] += 1);
        let mut total = 0;
        for end in &mut ends {
            // First where the points begin; filling in the points moves this to where they end.
            total += std::mem::replace(end, total);
        }
        let mut sorted = vec![[0; 2]; total];
        let [b, c] = others(axis);
        for p in points {
            let end = &mut ends[p[axis] as usize];
            sorted[*end] = [p[b], p[c]];
            *end += 1;
        }
        Self { ends, points: sorted }
    }

    fn iter(&self) -> impl Iterator<Item = &[[i64; 2]]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, &end)| &self.points[start..end])
    }
}

/// Calls `each` with the y and the x of the first and the last vertex of each line along x in the
/// plane z, in ascending order.
fn ends_along_x(bits: &Bits, z: usize, mut each: impl FnMut(i64, [i64; 2])) {
    let mut add = |y: usize, ends: Option<[i64; 2]>| {
        if let Some(ends) = ends {
            each(y as i64, ends);
        }
    };
    let between = |a: &[u32], b: &[u32]| {
        bits::ends(bits.words(), |w| a[w] ^ b[w]).map(|ends| ends.map(|x| 2 * i64::from(x)))
    };
    let k = z / 2;
    for j in 0..bits.shape[1] - 1 {
        let row = bits.row(k, j);
        if z % 2 == 1 {
            if k + 1 < bits.shape[0] {
                add(2 * j, between(row, bits.row(k + 1, j)));
            }
            continue;
        }
        // Beside the first and the last voxel of the row, and between it and the next one.
        let of_row = bits::ends(bits.words(), |w| row[w]).map(|ends| ends.map(i64::from));
        add(2 * j, of_row.map(|[first, last]| [2 * first - 1, 2 * last + 1]));
        add(2 * j + 1, between(row, bits.row(k, j + 1)));
    }
}

/// The first and the last vertex of each line along y in the plane z.
fn ends_along_y(bits: &Bits, z: usize) -> Vec<Point> {
    let k = z / 2;
    let last = bits.shape[1] - 1;
    let mut points = Vec::new();
    if z % 2 == 1 {
        if k + 1 < bits.shape[0] {
            let across = |j: usize, w: usize| bits.row(k, j)[w] ^ bits.row(k + 1, j)[w];
            line_ends(bits, across, |j, x| [z, 2 * j, 2 * x], &mut points);
        }
        return points;
    }
    let beside = |j: usize, w: usize| {
        let row = bits.row(k, j);
        row[w] ^ (row[w] >> 1 | row[w + 1] << 31)
    };
    line_ends(bits, beside, |j, x| [z, 2 * j, 2 * x + 1], &mut points);
    let below = |j: usize, w: usize| if j < last { bits.row(k, j)[w] ^ bits.row(k, j + 1)[w] } else { 0 };
    line_ends(bits, below, |j, x| [z, 2 * j + 1, 2 * x], &mut points);
    points
}

/// For each x that is set in `word(j, w)` for any j, the points at the first and the last such j.
fn line_ends(
    bits: &Bits,
    word: impl Fn(usize, usize) -> u32,
    point: impl Fn(usize, usize) -> [usize; 3],
    points: &mut Vec<Point>,
) {
    let rows = bits.shape[1];
    for w in bits.words() {
        let mut add_new = |j: usize, seen: &mut u32| {
            let mut new = word(j, w) & !*seen;
            *seen |= new;
            while new != 0 {
                points.push(point(j, 32 * w + new.trailing_zeros() as usize).map(|v| v as i64));
                new &= new - 1;
            }
        };
        let mut seen = 0;
        (0..rows).for_each(|j| add_new(j, &mut seen));
        seen = 0;
        (0..rows).rev().for_each(|j| add_new(j, &mut seen));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::families::morphology::hull::Hull;
    use ndarray::Array3;
    use proptest::prelude::*;

    proptest! {
        /// The chosen vertices have the hull and the diameters that all of them have.
        #[test]
        fn the_chosen_vertices_are_enough(
            shape in [1..5usize, 1..6usize, 1..45usize],
            voxels in prop::collection::vec(0..9u8, 4 * 5 * 44),
            filled in 1..9u8,
        ) {
            let n: usize = shape.iter().product();
            let mask = Array3::from_shape_vec(shape, voxels[..n].to_vec()).unwrap().mapv(|v| v < filled);
            let bits = Bits::new(mask.view());
            let all: Vec<Point> = vertices(&bits).iter().map(|v| v.map(i64::from)).collect();
            let few = candidates(&bits);
            prop_assert!(few.iter().all(|p| all.contains(p)));
            let half = [0.5, 0.7, 1.1];
            match (Hull::new(&all, half), Hull::new(&few, half)) {
                (Some(a), Some(b)) => {
                    prop_assert_eq!(a.volume_mm3(), b.volume_mm3());
                    prop_assert_eq!(a.diameter_mm(), b.diameter_mm());
                }
                (a, b) => prop_assert!(a.is_none() && b.is_none() && !mask.iter().any(|&m| m)),
            }
            for axis in 0..3 {
                let [b, c] = others(axis);
                let mut plain = 0.0f64;
                for p in &all {
                    for q in all.iter().filter(|q| q[axis] == p[axis]) {
                        let along = |a: usize| ((p[a] - q[a]) as f64 * half[a]).powi(2);
                        plain = plain.max(along(b) + along(c));
                    }
                }
                prop_assert!((planar_diameter_mm(&bits, axis, half) - plain.sqrt()).abs() < 1e-12);
            }
        }
    }
}
