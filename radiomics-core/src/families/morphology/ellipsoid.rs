//! The ellipsoid of least volume round a convex hull.

use nalgebra::{DMatrix, DVector, Matrix3, Matrix4, SymmetricEigen, Vector3, Vector4};

use super::hull::Hull;

/// Relative excess over the smallest ellipsoid at which the search for it ends.
const TOLERANCE: f64 = 1e-12;
/// Bound on the points that the search takes in one after the other; a few dozen are the most seen.
const MAX_POINTS: usize = 1000;
/// Bound on the steps of Newton's method after a point is taken in.
const MAX_STEPS: usize = 50;

/// Semi-axes in mm, longest first, of the ellipsoid of least volume that holds the hull.
///
/// Its dual is a design: weights on the points, such that the ellipsoid of their covariance
/// touches all points that have weight, and holds the others (Khachiyan 1996). Few points have
/// weight. So the weights of a few points are made optimal with Newton's method, then the point
/// farthest outside is taken in, until none is outside.
pub(super) fn enclosing_ellipsoid(hull: &Hull) -> [f64; 3] {
    let points: Vec<Vector3<f64>> = hull.corners_mm().into_iter().map(Vector3::from).collect();
    let n = points.len() as f64;
    let centre = points.iter().sum::<Vector3<f64>>() / n;
    let covariance: Matrix3<f64> =
        points.iter().map(|p| (p - centre) * (p - centre).transpose()).sum::<Matrix3<f64>>() / n;
    // Points of unit covariance keep all matrices well conditioned.
    let spread = SymmetricEigen::new(covariance);
    if spread.eigenvalues.iter().any(|v| v.is_nan() || *v <= 0.0) {
        return [f64::NAN; 3];
    }
    let scale = Matrix3::from_diagonal(&spread.eigenvalues.map(f64::sqrt));
    let narrow = Matrix3::from_diagonal(&spread.eigenvalues.map(|v| v.sqrt().recip()));
    let even = narrow * spread.eigenvectors.transpose();
    let points: Vec<Vector4<f64>> = points.iter().map(|p| (even * (p - centre)).push(1.0)).collect();
    let design = Design::of(&points);
    let back = spread.eigenvectors * scale;
    let covariance = back * design.covariance() * back.transpose();
    let mut axes: [f64; 3] =
        SymmetricEigen::new(covariance).eigenvalues.map(|v| (3.0 * v.max(0.0)).sqrt()).into();
    axes.sort_by(|a, b| b.total_cmp(a));
    axes
}

/// Points with weights above 0 that sum to 1. Points are (z, y, x, 1).
struct Design {
    points: Vec<Vector4<f64>>,
    weights: Vec<f64>,
}

impl Design {
    /// The optimal design: q·M⁻¹·q, M being Σ w·q·q', is 4 for its points, and no more for the others.
    fn of(points: &[Vector4<f64>]) -> Self {
        let mut design = Self::start(points);
        for _ in 0..MAX_POINTS {
            design.optimise();
            let Some(inverse) = design.moment().try_inverse() else { break };
            let distances = points.iter().map(|q| q.dot(&(inverse * q)));
            let far = distances.enumerate().max_by(|a, b| a.1.total_cmp(&b.1));
            let Some((far, distance)) = far.filter(|(_, d)| d / 4.0 - 1.0 > TOLERANCE) else { break };
            // The best share of the new point against all others.
            let share = (distance - 4.0) / (4.0 * (distance - 1.0));
            design.weights.iter_mut().for_each(|w| *w *= 1.0 - share);
            match design.points.iter().position(|q| *q == points[far]) {
                Some(place) => design.weights[place] += share,
                None => {
                    design.points.push(points[far]);
                    design.weights.push(share);
                }
            }
        }
        design
    }

    /// A design to start from: equal weights on the ends of the points along three directions, each at
    /// right angles to the ways between the ends before it (Kumar and Yıldırım 2005); they span the
    /// space.
    fn start(points: &[Vector4<f64>]) -> Self {
        let mut chosen: Vec<Vector4<f64>> = Vec::new();
        let mut direction = Vector3::x();
        let mut ways: Vec<Vector3<f64>> = Vec::new();
        for _ in 0..3 {
            let along = |p: &&Vector4<f64>| direction.dot(&p.xyz());
            let order = |a: &&Vector4<f64>, b: &&Vector4<f64>| along(a).total_cmp(&along(b));
            let ends = points.iter().min_by(order).zip(points.iter().max_by(order));
            let (low, high) = ends.expect("a hull has corners");
            for end in [low, high] {
                if !chosen.contains(end) {
                    chosen.push(*end);
                }
            }
            ways.push(high.xyz() - low.xyz());
            direction = match ways[..] {
                [way] => way.cross(&Vector3::ith(way.iamin(), 1.0)),
                [first, second, ..] => first.cross(&second),
                [] => direction,
            };
        }
        let weights = vec![1.0 / chosen.len() as f64; chosen.len()];
        Self { points: chosen, weights }
    }

    fn moment(&self) -> Matrix4<f64> {
        self.weights.iter().zip(&self.points).map(|(&w, q)| q * q.transpose() * w).sum()
    }

    fn covariance(&self) -> Matrix3<f64> {
        let moment = self.moment();
        let centre: Vector3<f64> = moment.fixed_view::<3, 1>(0, 3).into_owned();
        moment.fixed_view::<3, 3>(0, 0) - centre * centre.transpose()
    }

    /// Makes the weights optimal for the design's points, and drops points that get none.
    ///
    /// A step d of the weights changes q·M⁻¹·q by −H·d, with H the squares of qᵢ·M⁻¹·qⱼ.
    fn optimise(&mut self) {
        for _ in 0..MAX_STEPS {
            let moment = self.moment();
            let (Some(inverse), size) = (moment.try_inverse(), moment.determinant()) else { return };
            let n = self.points.len();
            let half: Vec<Vector4<f64>> = self.points.iter().map(|q| inverse * q).collect();
            let mut squares = DMatrix::from_fn(n, n, |i, j| self.points[i].dot(&half[j]).powi(2));
            let lack = DVector::from_fn(n, |i, _| self.points[i].dot(&half[i]) - 4.0);
            if lack.amax() < TOLERANCE {
                return;
            }
            // More points than touch an ellipsoid freely leave H without a full rank.
            let ridge = 1e-12 * squares.trace();
            (0..n).for_each(|i| squares[(i, i)] += ridge);
            let Some(step) = squares.cholesky().map(|h| h.solve(&lack)) else { return };
            if !self.go(&step, size) {
                return;
            }
        }
    }

    /// Changes the weights along `step` as far as none falls below 0 and the ellipsoid grows; false if it
    /// does not grow. `size` is the determinant of the moment.
    fn go(&mut self, step: &DVector<f64>, size: f64) -> bool {
        assert_eq!([self.points.len(), step.len()], [self.weights.len(); 2], "points, steps and weights");
        let limits = self.weights.iter().zip(step.iter()).filter(|(_, d)| **d < 0.0).map(|(w, d)| -w / d);
        let limit = limits.fold(f64::INFINITY, f64::min);
        let mut length = limit.min(1.0);
        for _ in 0..MAX_STEPS {
            let moved = self.weights.iter().zip(step.iter()).map(|(w, d)| (w + length * d).max(0.0));
            let mut weights: Vec<f64> = moved.collect();
            let sum: f64 = weights.iter().sum();
            weights.iter_mut().for_each(|w| *w /= sum);
            let next = Self { points: self.points.clone(), weights };
            // Near the optimum rounding hides the growth, and the step is good.
            if next.moment().determinant() >= size * (1.0 - 1e-14) {
                // Without what the limit has brought to 0, up to rounding.
                let weighted = next.points.into_iter().zip(next.weights);
                (self.points, self.weights) = weighted.filter(|(_, w)| *w > 1e-15).unzip();
                return true;
            }
            length /= 2.0;
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::families::morphology::{FaceRule, Mesh};
    use approx::assert_relative_eq;
    use ndarray::Array3;
    use proptest::prelude::*;

    #[test]
    fn the_ellipsoid_of_a_voxel() {
        // The octahedron's six corners lie on a sphere of 1 mm for 2 mm voxels.
        let mesh = Mesh::new(Array3::from_elem((1, 1, 1), true).view(), [2.0; 3], FaceRule::InsideApart);
        for axis in enclosing_ellipsoid(&Hull::of_mesh(&mesh).unwrap()) {
            assert_relative_eq!(axis, 1.0, max_relative = 1e-12);
        }
    }

    #[test]
    fn the_ellipsoid_of_a_box_goes_through_its_corners() {
        // The smallest ellipsoid round a box has semi-axes of √3/2 times its sides.
        let corners: Vec<[i64; 3]> = (0..8).map(|n| [n / 4 * 2, n / 2 % 2 * 6, n % 2 * 10]).collect();
        let axes = enclosing_ellipsoid(&Hull::new(&corners, [1.0; 3]).unwrap());
        for (axis, side) in axes.into_iter().zip([5.0, 3.0, 1.0]) {
            assert_relative_eq!(axis, side * 3f64.sqrt() / 2.0, max_relative = 1e-12);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        /// Weights with which no point is outside prove that no smaller ellipsoid holds the
        /// points (Khachiyan 1996). Few lattice points tie often, many are nearly on a sphere.
        #[test]
        fn no_point_is_outside(
            few in prop::collection::vec([0..5i64, 0..5i64, 0..5i64], 5..60),
            turn in 0.0..1.0f64,
            stretch in 1.0..40.0f64,
        ) {
            let ball = |n: usize| {
                let (z, angle) = (1.0 - 2.0 * (n as f64 + 0.5) / 400.0, 2.4 * n as f64 + turn);
                let r = (1.0f64 - z * z).sqrt();
                [60.0 * z, 50.0 * r * angle.cos(), 40.0 * r * angle.sin()].map(|v| v.round() as i64)
            };
            for lattice in [few, (0..400).map(ball).collect()] {
                let Some(hull) = Hull::new(&lattice, [1.0; 3]) else { continue };
                let points: Vec<Vector4<f64>> = hull
                    .corners
                    .iter()
                    .map(|p| Vector4::new(p[0] as f64 * stretch, p[1] as f64, p[2] as f64, 1.0))
                    .collect();
                let design = Design::of(&points);
                assert_relative_eq!(design.weights.iter().sum::<f64>(), 1.0, max_relative = 1e-12);
                prop_assert!(design.weights.iter().all(|w| *w > 0.0));
                let inverse = design.moment().try_inverse().unwrap();
                let far = points.iter().map(|q| q.dot(&(inverse * q))).fold(0.0, f64::max);
                prop_assert!(far <= 4.0 * (1.0 + 1e-9), "{far}");
            }
        }
    }
}
