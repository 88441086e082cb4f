//! Boxes and ellipsoids round the region.

use nalgebra::{Matrix3, Matrix4, SymmetricEigen, Vector3, Vector4};
use rayon::prelude::*;

use super::hull::Hull;
use super::planar;

/// Relative excess over the smallest ellipsoid at which the search ends.
const ELLIPSOID_TOLERANCE: f64 = 1e-10;
/// Bound on the steps of that search; it takes some hundreds.
const ELLIPSOID_STEPS: usize = 20_000;
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
pub(super) fn oriented_box(hull: &Hull) -> [f64; 3] {
    let corners = hull.corners_mm();
    let mut directions = vec![[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
    directions.extend(hull.face_directions());
    let boxes = directions.into_par_iter().map(|direction| {
        let up = Vector3::from(direction).normalize();
        let along = up.cross(&Vector3::ith(up.iamin(), 1.0)).normalize();
        let across = up.cross(&along);
        let project = |onto: &Vector3<f64>, p: &[f64; 3]| onto.dot(&Vector3::from(*p));
        let height = planar::extent(corners.iter().map(|p| project(&up, p)));
        let shadow = corners.iter().map(|p| [project(&along, p), project(&across, p)]).collect();
        let [length, width] = planar::smallest_rectangle(shadow);
        [height, length, width]
    });
    planar::smallest(&boxes.collect::<Vec<_>>(), box_volume, box_area).unwrap_or([f64::NAN; 3])
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

/// Semi-axes in mm, longest first, of the ellipsoid of least volume that holds the hull
/// (Khachiyan 1996, with the steps away from a point of Todd and Yıldırım 2007).
///
/// Weights on the points are moved until the ellipsoid of their covariance touches all points
/// that have weight, and holds the others.
pub(super) fn enclosing_ellipsoid(hull: &Hull) -> [f64; 3] {
    let points: Vec<Vector3<f64>> = hull.corners_mm().into_iter().map(Vector3::from).collect();
    let n = points.len() as f64;
    let centre = points.iter().sum::<Vector3<f64>>() / n;
    let points: Vec<Vector3<f64>> = points.iter().map(|p| p - centre).collect();
    let mut weights = initial_weights(&points);
    for _ in 0..ELLIPSOID_STEPS {
        let moment: Matrix4<f64> = weights
            .iter()
            .zip(&points)
            .filter(|(w, _)| **w > 0.0)
            .map(|(&w, p)| {
                let q = p.push(1.0);
                q * q.transpose() * w
            })
            .sum();
        let Some(inverse) = moment.try_inverse() else { return [f64::NAN; 3] };
        let distance = |p: &Vector3<f64>| {
            let q: Vector4<f64> = p.push(1.0);
            q.dot(&(inverse * q))
        };
        let (mut far, mut near) = ((0, 0.0), (0, f64::INFINITY));
        for (i, p) in points.iter().enumerate() {
            let d = distance(p);
            if d > far.1 {
                far = (i, d);
            }
            if weights[i] > 0.0 && d < near.1 {
                near = (i, d);
            }
        }
        // At the optimum every weighted point has distance 4, and no point more.
        let (excess, lack) = (far.1 / 4.0 - 1.0, 1.0 - near.1 / 4.0);
        if excess.max(lack) < ELLIPSOID_TOLERANCE {
            break;
        }
        let step = |d: f64| (d - 4.0) / (4.0 * (d - 1.0));
        let (point, share) = if excess >= lack {
            (far.0, step(far.1))
        } else {
            let all = -weights[near.0] / (1.0 - weights[near.0]);
            (near.0, if near.1 > 1.0 { step(near.1).max(all) } else { all })
        };
        let drops = share < 0.0 && weights[point] * (1.0 - share) + share <= 0.0;
        weights.iter_mut().for_each(|w| *w *= 1.0 - share);
        weights[point] = if drops { 0.0 } else { (weights[point] + share).max(0.0) };
    }
    semi_axes(&points, &weights)
}

fn semi_axes(points: &[Vector3<f64>], weights: &[f64]) -> [f64; 3] {
    let weighted = || points.iter().zip(weights);
    let centre: Vector3<f64> = weighted().map(|(p, &w)| p * w).sum();
    let covariance: Matrix3<f64> =
        weighted().map(|(p, &w)| (p - centre) * (p - centre).transpose() * w).sum();
    let mut axes: [f64; 3] =
        SymmetricEigen::new(covariance).eigenvalues.map(|v| (3.0 * v.max(0.0)).sqrt()).into();
    axes.sort_by(|a, b| b.total_cmp(a));
    axes
}

/// Equal weights on the ends of the points along three directions, each at right angles to the
/// ways between the ends before it (Kumar and Yıldırım 2005); they span the space.
fn initial_weights(points: &[Vector3<f64>]) -> Vec<f64> {
    let mut weights = vec![0.0; points.len()];
    let mut direction = Vector3::x();
    let mut ways: Vec<Vector3<f64>> = Vec::new();
    for _ in 0..3 {
        let order = |a: &usize, b: &usize| direction.dot(&points[*a]).total_cmp(&direction.dot(&points[*b]));
        let Some(low) = (0..points.len()).min_by(order) else { break };
        let Some(high) = (0..points.len()).max_by(order) else { break };
        weights[low] = 1.0;
        weights[high] = 1.0;
        ways.push(points[high] - points[low]);
        direction = match ways[..] {
            [way] => way.cross(&Vector3::ith(way.iamin(), 1.0)),
            [first, second, ..] => first.cross(&second),
            [] => direction,
        };
    }
    let sum: f64 = weights.iter().sum();
    weights.iter().map(|w| w / sum).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::families::morphology::{FaceRule, Mesh};
    use approx::assert_relative_eq;
    use ndarray::Array3;

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

    #[test]
    fn a_voxel_in_its_ellipsoid_and_box() {
        // The octahedron's six corners lie on a sphere of 1 mm for 2 mm voxels. The box lies
        // along a face: height 2/√3, on a hexagonal shadow.
        let mesh = Mesh::new(Array3::from_elem((1, 1, 1), true).view(), [2.0; 3], FaceRule::InsideApart);
        let hull = Hull::of_mesh(&mesh).unwrap();
        for axis in enclosing_ellipsoid(&hull) {
            assert_relative_eq!(axis, 1.0, max_relative = 1e-9);
        }
        let volume = box_volume(oriented_box(&hull));
        assert!(volume <= 4.0 + 1e-12, "{volume}");
    }

    #[test]
    fn the_ellipsoid_of_a_box_goes_through_its_corners() {
        // The smallest ellipsoid round a box has semi-axes of √3/2 times its sides.
        let corners: Vec<[i64; 3]> = (0..8).map(|n| [n / 4 * 2, n / 2 % 2 * 6, n % 2 * 10]).collect();
        let hull = Hull::new(&corners, [1.0; 3]).unwrap();
        let axes = enclosing_ellipsoid(&hull);
        for (axis, side) in axes.into_iter().zip([5.0, 3.0, 1.0]) {
            assert_relative_eq!(axis, side * 3f64.sqrt() / 2.0, max_relative = 1e-8);
        }
        assert_relative_eq!(box_volume(oriented_box(&hull)), 15.0, max_relative = 1e-12);
    }
}
