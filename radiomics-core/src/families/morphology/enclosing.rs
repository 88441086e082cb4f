//! Boxes and ellipsoids round the region.

use nalgebra::Vector3;

use super::hull::Hull;
use super::planar;
use crate::kernels::Isa;
use crate::kernels::directions::{self as dots, Vectors};
use crate::kernels::elementary::sin_cos;
use crate::work::loops;

/// Last term of the series for the area of an ellipsoid (IBSI 1, RDD2).
const AREA_TERMS: usize = 20;

/// Volume of a box.
pub(super) fn box_volume([a, b, c]: [f64; 3]) -> f64 {
    a * b * c
}

/// Surface area of a box.
pub(super) fn box_area([a, b, c]: [f64; 3]) -> f64 {
    2.0 * (a * b + a * c + b * c)
}

/// Sides in mm of the box of least volume that holds the hull and has a side in a plane with a
/// face of it, or at right angles to an axis of the grid. IBSI leaves the method open; the
/// smallest box of all may touch the hull in edges only, and then be a little smaller.
///
/// A box is at least as large as its height times the hull's shadow along it, and as the box of
/// a few corners. Directions are taken from the least such product on, until what is left cannot
/// be the smallest.
pub(super) fn oriented_box(isa: Isa, hull: &Hull) -> [f64; 3] {
    let shape = Projected {
        isa,
        hull,
        ways: WAYS.map(|ways| {
            let way = |n: usize| sin_cos(std::f64::consts::PI * n as f64 / ways as f64);
            (0..ways).map(way).map(|(sin, cos)| [cos, sin]).collect()
        }),
        corners: Vectors::new(hull.corners_mm().into_iter()),
        beside: hull.faces_beside_edges_mm2().map(|faces| Vectors::new(faces.into_iter())),
    };
    let directions = hull.face_directions();
    // Faces in one direction, or in opposite ones, throw their shadows as one.
    let shadows = Vectors::new(directions.iter().map(|d| d.1));
    let mut least: Vec<(f64, Upright)> = loops::map(with_axes(&directions), |up| {
        let shadow = dots::magnitude(isa, &shadows, up.into()) / 2.0;
        let height = dots::extent(isa, &shape.corners, up.into());
        (height * shadow, Upright { up, height })
    });
    least.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut boxes: Vec<[f64; 3]> = Vec::new();
    let mut smallest = f64::INFINITY;
    // The first one alone, for the others to be measured by.
    let (first, others) = least.split_at(least.len().min(1));
    for some in std::iter::once(first).chain(others.chunks(TOGETHER)) {
        // Boxes that are smallest but for rounding take part in the choice.
        let limit = smallest * (1.0 + 1e-8);
        if some.iter().all(|&(least, _)| least > limit) {
            break;
        }
        let sides =
            loops::map_with(some, Default::default, |shadow, (_, of)| shape.smallest_box(of, limit, shadow));
        boxes.extend(sides.into_iter().flatten());
        smallest = boxes.iter().map(|&b| box_volume(b)).fold(f64::INFINITY, f64::min);
    }
    planar::smallest(&boxes, box_volume, box_area).unwrap_or([f64::NAN; 3])
}

/// The directions that a side of the box may have: those of the axes, and those of faces.
fn with_axes(faces: &[([f64; 3], [f64; 3])]) -> Vec<Vector3<f64>> {
    let axes = [Vector3::x(), Vector3::y(), Vector3::z()];
    let faces = faces.iter().map(|d| Vector3::from(d.0).normalize());
    axes.into_iter().chain(faces).collect()
}

/// Directions of a box that are tried together.
const TOGETHER: usize = 8;

/// How many directions across a box are looked along first, each of them both ways: a few, and where these leave a
/// chance, more of them. Of a round body nearly all boxes are within a hundredth of the smallest.
const WAYS: [usize; 2] = [8, 32];

/// Two directions at right angles to `up` and to each other.
fn axes_across(up: Vector3<f64>) -> [Vector3<f64>; 2] {
    let along = up.cross(&Vector3::ith(up.iamin(), 1.0)).normalize();
    [along, up.cross(&along)]
}

/// A direction of a box, and how high the hull is along it.
struct Upright {
    up: Vector3<f64>,
    height: f64,
}

/// A hull, to be looked at along directions.
struct Projected<'a> {
    isa: Isa,
    hull: &'a Hull,
    /// Directions across a box in which the farthest corners are looked for first.
    ways: [Vec<[f64; 2]>; 2],
    corners: Vectors,
    /// The vectors of the two faces beside each edge.
    beside: [Vectors; 2],
}

/// Memory for the outline of a shadow.
#[derive(Default)]
struct Shadow {
    is_outline: Vec<bool>,
    /// A bit for each corner of the hull.
    is_end: Vec<u64>,
    /// The corners of the outline, and more of them maybe, along two axes.
    points: [Vec<f64>; 2],
}

impl Projected<'_> {
    /// Sides of the smallest box along a direction, unless it is certain to be larger than `limit`.
    fn smallest_box(&self, of: &Upright, limit: f64, shadow: &mut Shadow) -> Option<[f64; 3]> {
        self.cast(of.up, shadow);
        let corners: Vec<[f64; 2]> =
            shadow.points[0].iter().zip(&shadow.points[1]).map(|(&a, &b)| [a, b]).collect();
        // The corners that are farthest in some directions have a smaller rectangle.
        let mut may_be_smallest = self.ways.iter().map(|ways| {
            let inner = dots::inner_polygon(self.isa, &mut shadow.points, ways);
            of.height * planar::least_area(inner) <= limit
        });
        may_be_smallest.all(|may| may).then(|| {
            let [length, width] = planar::smallest_rectangle(corners);
            [of.height, length, width]
        })
    }

    /// The shadow along `up`. Its outline is made of edges between a face on the one side and one on the other.
    fn cast(&self, up: Vector3<f64>, shadow: &mut Shadow) {
        let Shadow { is_outline, is_end, points } = shadow;
        dots::parted(self.isa, &self.beside, up.into(), is_outline);
        is_end.clear();
        is_end.resize(self.hull.corners.len().div_ceil(64), 0);
        for (edges, are_outline) in self.hull.edges.chunks(8).zip(is_outline.chunks(8)) {
            if are_outline.iter().fold(false, |any, is_outline| any | is_outline) {
                for (edge, _) in edges.iter().zip(are_outline).filter(|(_, is_outline)| **is_outline) {
                    edge.corners
                        .iter()
                        .for_each(|&corner| is_end[corner as usize / 64] |= 1 << (corner % 64));
                }
            }
        }
        let axes = axes_across(up);
        points.iter_mut().for_each(Vec::clear);
        for (word, &bits) in is_end.iter().enumerate() {
            let mut left = bits;
            while left != 0 {
                let corner = 64 * word + left.trailing_zeros() as usize;
                left &= left - 1;
                let p = Vector3::from(self.hull.corner_mm(corner));
                points.iter_mut().zip(&axes).for_each(|(points, axis)| points.push(axis.dot(&p)));
            }
        }
    }
}

/// Volume of an ellipsoid with these semi-axes.
pub(super) fn ellipsoid_volume([a, b, c]: [f64; 3]) -> f64 {
    4.0 / 3.0 * std::f64::consts::PI * a * b * c
}

/// Surface area of an ellipsoid with semi-axes a ≥ b ≥ c (IBSI 1, RDD2):
/// 4πab·Σ (αβ)^ν/(1 − 4ν²)·P_ν((α² + β²)/(2αβ)), ν = 0..20, α² = 1 − b²/a², β² = 1 − c²/a².
///
/// With these α and β, which IBSI prints and its reference values need, the sum is the area of
/// the ellipsoid for a sphere only; with α² = 1 − c²/a² and β² = 1 − c²/b² it would be for all.
pub(super) fn ellipsoid_area([a, b, c]: [f64; 3]) -> f64 {
    let alpha2 = 1.0 - (b / a).powi(2);
    let beta2 = 1.0 - (c / a).powi(2);
    // (αβ)^ν·P_ν follows from Legendre's recurrence without dividing by αβ, which is 0 for a
    // spheroid.
    let (mut previous, mut term) = (0.0, 1.0);
    let mut sum = 0.0;
    for order in 0..=AREA_TERMS {
        let nu = order as f64;
        sum += term / (1.0 - 4.0 * nu * nu);
        let next =
            ((2.0 * nu + 1.0) * (alpha2 + beta2) / 2.0 * term - nu * alpha2 * beta2 * previous) / (nu + 1.0);
        (previous, term) = (term, next);
    }
    4.0 * std::f64::consts::PI * a * b * sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::families::morphology::{FaceRule, Mesh};
    use approx::assert_relative_eq;
    use ndarray::Array3;
    use proptest::prelude::*;

    #[test]
    fn area_of_a_sphere_and_the_series_as_printed() {
        let pi = std::f64::consts::PI;
        assert_relative_eq!(ellipsoid_area([2.0, 2.0, 2.0]), 16.0 * pi, max_relative = 1e-14);
        let (a, b, c) = (5.7f64, 4.7f64, 4.3f64);
        let (alpha, beta) = ((1.0 - b * b / a / a).sqrt(), (1.0 - c * c / a / a).sqrt());
        let t = (alpha * alpha + beta * beta) / (2.0 * alpha * beta);
        let legendre = [1.0, t, (3.0 * t * t - 1.0) / 2.0, (5.0 * t * t - 3.0) * t / 2.0];
        let mut series = 0.0;
        for (nu, p) in legendre.into_iter().enumerate() {
            series += (alpha * beta).powi(nu as i32) / (1.0 - 4.0 * (nu * nu) as f64) * p;
        }
        // Four terms of the series leave less than the fifth.
        let rest = (alpha * alpha + beta * beta).powi(4) / 63.0;
        assert!((ellipsoid_area([a, b, c]) / (4.0 * pi * a * b) - series).abs() < rest);
    }

    /// The oriented box by trying every direction, with all corners along each.
    fn plain_box(hull: &Hull) -> [f64; 3] {
        let corners: Vec<Vector3<f64>> = hull.corners_mm().into_iter().map(Vector3::from).collect();
        let boxes = with_axes(&hull.face_directions()).into_iter().map(|up| {
            let along = up.cross(&Vector3::ith(up.iamin(), 1.0)).normalize();
            let across = up.cross(&along);
            let heights = || corners.iter().map(|p| up.dot(p));
            let height =
                heights().fold(f64::NEG_INFINITY, f64::max) - heights().fold(f64::INFINITY, f64::min);
            let shadow = corners.iter().map(|p| [along.dot(p), across.dot(p)]).collect();
            let [length, width] = planar::smallest_rectangle(shadow);
            [height, length, width]
        });
        planar::smallest(&boxes.collect::<Vec<_>>(), box_volume, box_area).unwrap()
    }

    proptest! {
        #[test]
        fn the_box_is_the_smallest_of_all_directions(
            points in prop::collection::vec([0..30i64, 0..9i64, 0..50i64], 5..200),
            spacing in [0.3..5.0f64, 0.3..5.0f64, 0.3..5.0f64],
        ) {
            let Some(hull) = Hull::new(&points, spacing) else { return Ok(()) };
            let plain = plain_box(&hull);
            for isa in Isa::available() {
                let sides = oriented_box(isa, &hull);
                assert_relative_eq!(box_volume(sides), box_volume(plain), max_relative = 1e-12);
                assert_relative_eq!(box_area(sides), box_area(plain), max_relative = 1e-9);
            }
        }
    }

    #[test]
    fn a_voxel_in_its_box() {
        // The box lies along a face of the octahedron: height 2/√3, on a hexagonal shadow.
        let mesh = Mesh::new(Array3::from_elem((1, 1, 1), true).view(), [2.0; 3], FaceRule::InsideApart);
        let hull = Hull::of_mesh(&mesh).unwrap();
        let volume = box_volume(oriented_box(Isa::best(), &hull));
        assert!(volume <= 4.0 + 1e-12, "{volume}");
    }

    #[test]
    fn a_box_in_itself() {
        let corners: Vec<[i64; 3]> = (0..8).map(|n| [n / 4 * 2, n / 2 % 2 * 6, n % 2 * 10]).collect();
        let hull = Hull::new(&corners, [1.0; 3]).unwrap();
        assert_relative_eq!(box_volume(oriented_box(Isa::best(), &hull)), 15.0, max_relative = 1e-12);
    }
}
