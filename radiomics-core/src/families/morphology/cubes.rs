//! Which triangles marching cubes puts into a cube of eight voxel centres.
//!
//! There is no table: for each of the 256 ways in which corners lie inside, the contour is
//! traced over the six faces and every closed loop becomes a fan of triangles. All points are
//! middles of cube edges, so in units of half a voxel everything is a whole number.

use crate::settings::FaceRule;
use std::sync::LazyLock;

/// A point (z, y, x) in half voxels.
pub(super) type Point = [i64; 3];

/// The surface within a cube, in half voxels from its first corner.
#[derive(Clone, Debug, Default)]
pub(super) struct Cube {
    /// Twice the area vector of each triangle, pointing outwards.
    pub normals: Vec<Point>,
    /// Σ a · (b × c) over the triangles: six times the volume under them.
    pub determinant: i64,
    /// Sum of `normals`: by how much `determinant` grows when the cube moves by half a voxel along each axis.
    pub normal: Point,
}

/// The cubes of a face rule; corner (z, y, x) is bit 4z + 2y + x of the index.
pub(super) fn cubes(rule: FaceRule) -> &'static [Cube; 256] {
    static INSIDE_APART: LazyLock<[Cube; 256]> = LazyLock::new(|| all(FaceRule::InsideApart));
    static COMPLEMENT: LazyLock<[Cube; 256]> = LazyLock::new(|| all(FaceRule::ComplementSymmetric));
    match rule {
        FaceRule::InsideApart => &INSIDE_APART,
        FaceRule::ComplementSymmetric => &COMPLEMENT,
    }
}

fn all(rule: FaceRule) -> [Cube; 256] {
    std::array::from_fn(|inside| Cube::new(&triangles_of(inside as u8, rule)))
}

impl Cube {
    fn new(triangles: &[[Point; 3]]) -> Self {
        let mut cube = Self::default();
        for &[a, b, c] in triangles {
            let normal = cross(minus(b, a), minus(c, a));
            cube.determinant += dot(a, cross(b, c));
            cube.normal = std::array::from_fn(|axis| cube.normal[axis] + normal[axis]);
            cube.normals.push(normal);
        }
        cube
    }
}

/// The triangles of a cube; corner (z, y, x) is bit 4z + 2y + x of `inside`.
pub(super) fn triangles_of(inside: u8, rule: FaceRule) -> Vec<[Point; 3]> {
    contours(inside, rule)
        .iter()
        .flat_map(|contour| {
            let start = fan_start(contour);
            let at = move |i: usize| contour[(start + i) % contour.len()];
            (1..contour.len() - 1).map(move |i| [at(0), at(i), at(i + 1)])
        })
        .collect()
}

/// The corner of a contour at which its fan of triangles starts: the sharpest one, that is where the
/// neighbours are nearest to each other; of several, one that is farthest from another corner. Fans from
/// corners that still tie have the same area and volume. These are PyRadiomics' triangles, up to
/// diagonals of flat polygons.
fn fan_start(contour: &[Point]) -> usize {
    let n = contour.len();
    let key = |i: usize| {
        let opening = distance2(contour[(i + n - 1) % n], contour[(i + 1) % n]);
        let reach = contour.iter().map(|&p| distance2(p, contour[i])).max();
        (opening, std::cmp::Reverse(reach))
    };
    (0..n).min_by_key(|&i| key(i)).expect("a contour has points")
}

/// The closed loops in which the surface cuts the cube's faces.
fn contours(inside: u8, rule: FaceRule) -> Vec<Vec<Point>> {
    let mut pieces = pieces(inside, rule);
    let mut loops = Vec::new();
    while let Some((start, mut end)) = pieces.pop() {
        let mut contour = vec![start];
        while let Some(next) = pieces.iter().position(|&(from, _)| from == end) {
            contour.push(end);
            end = pieces.remove(next).1;
        }
        assert_eq!(end, start, "where the contour of corners {inside:#010b} ends");
        loops.push(contour);
    }
    loops
}

/// The directed pieces of contour on the faces. Each face is gone round so that it is seen from
/// outside of the cube; a piece leads from where that way enters the inside to where it leaves
/// it. A cube edge is passed once in either direction, so every end is one beginning.
fn pieces(inside: u8, rule: FaceRule) -> Vec<(Point, Point)> {
    let is_inside = |[z, y, x]: Point| inside >> (4 * z + 2 * y + x) & 1 == 1;
    let inside_apart = match rule {
        FaceRule::InsideApart => true,
        FaceRule::ComplementSymmetric => !is_inside([1, 1, 0]),
    };
    let mut pieces = Vec::new();
    for (axis, side) in [(0, 0), (0, 1), (1, 0), (1, 1), (2, 0), (2, 1)] {
        let mut way = [(0, 0), (1, 0), (1, 1), (0, 1)].map(|(b, c)| {
            let mut corner = [side; 3];
            corner[(axis + 1) % 3] = b;
            corner[(axis + 2) % 3] = c;
            corner
        });
        if side == 0 {
            way.reverse();
        }
        let corner = |i: usize| way[i % 4];
        let middle = |i: usize| std::array::from_fn(|a| corner(i)[a] + corner(i + 1)[a]);
        let enters = |i: usize| !is_inside(corner(i)) && is_inside(corner(i + 1));
        let leaves = |i: usize| is_inside(corner(i)) && !is_inside(corner(i + 1));
        for entry in (0..4).filter(|&i| enters(i)) {
            // Forwards the piece cuts off the inside corners just entered, backwards the
            // outside ones just left behind.
            let step = if inside_apart { 1 } else { 3 };
            let exit = (1..4).map(|n| entry + n * step).find(|&i| leaves(i));
            pieces.extend(exit.map(|exit| (middle(entry), middle(exit))));
        }
    }
    pieces
}

pub(super) fn minus(a: Point, b: Point) -> Point {
    std::array::from_fn(|axis| a[axis] - b[axis])
}

pub(super) fn cross(a: Point, b: Point) -> Point {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

fn dot(a: Point, b: Point) -> i64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

fn distance2(a: Point, b: Point) -> i64 {
    dot(minus(a, b), minus(a, b))
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: [FaceRule; 2] = [FaceRule::InsideApart, FaceRule::ComplementSymmetric];

    fn corners() -> [Point; 8] {
        std::array::from_fn(|c| [c as i64 >> 2, c as i64 >> 1 & 1, c as i64 & 1])
    }

    #[test]
    fn one_corner_gives_one_outward_triangle() {
        // Corner (0, 0, 0) is inside: half a voxel is cut off along each axis.
        let cube = &cubes(FaceRule::InsideApart)[1];
        assert_eq!(cube.normals, [[1, 1, 1]]);
        assert_eq!(cube.determinant, 1);
    }

    #[test]
    fn every_cut_edge_is_in_one_contour() {
        for rule in RULES {
            for inside in 0..=255u8 {
                let mut points: Vec<Point> = contours(inside, rule).into_iter().flatten().collect();
                points.sort();
                let mut cut = Vec::new();
                for (c, p) in corners().iter().enumerate() {
                    for (d, q) in corners().iter().enumerate().skip(c) {
                        let differ = (inside >> c & 1) != (inside >> d & 1);
                        if differ && distance2(*p, *q) == 1 {
                            cut.push(std::array::from_fn(|a| p[a] + q[a]));
                        }
                    }
                }
                cut.sort();
                assert_eq!(points, cut, "{rule:?} {inside:08b}");
            }
        }
    }

    #[test]
    fn complement_symmetric_cubes_are_turned_inside_out() {
        let cubes = cubes(FaceRule::ComplementSymmetric);
        for inside in 0..128 {
            assert_eq!(cubes[inside].determinant, -cubes[255 - inside].determinant);
        }
    }

    /// Turning and mirroring a cube may choose another of the tied fan starts; it must not
    /// change the area for any spacing, nor the volume.
    #[test]
    fn tied_fan_starts_have_the_same_area_and_volume() {
        let spacing = [1.0, 1.7, 0.61];
        let measure = |triangles: &[[Point; 3]]| {
            let cube = Cube::new(triangles);
            let area: f64 = cube.normals.iter().map(|&n| super::super::mesh::length_mm2(n, spacing)).sum();
            (area, cube.determinant)
        };
        for inside in 0..=255u8 {
            for contour in contours(inside, FaceRule::InsideApart) {
                let n = contour.len();
                let key = |i: usize| {
                    let opening = distance2(contour[(i + n - 1) % n], contour[(i + 1) % n]);
                    let reach = contour.iter().map(|&p| distance2(p, contour[i])).max();
                    (opening, std::cmp::Reverse(reach))
                };
                let fan = |s: usize| -> Vec<[Point; 3]> {
                    let at = |i: usize| contour[(s + i) % n];
                    (1..n - 1).map(|i| [at(0), at(i), at(i + 1)]).collect()
                };
                let best = fan_start(&contour);
                let (area, volume) = measure(&fan(best));
                for other in (0..n).filter(|&i| key(i) == key(best)) {
                    let (a, v) = measure(&fan(other));
                    assert!((a - area).abs() < 1e-12 && v == volume, "{inside:08b} {contour:?}");
                }
            }
        }
    }
}
