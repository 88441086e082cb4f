//! Principal axes of the voxel centres.

use nalgebra::{Matrix3, SymmetricEigen};

use super::bits::PlaceSums;
use crate::settings::AxesCovariance;

/// Variances in mm² along the principal axes, largest first.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Axes {
    pub major: f64,
    pub minor: f64,
    pub least: f64,
}

impl Axes {
    /// The axes of a mask, from sums over its voxels: eigenvalues of the covariance of the voxel centres
    /// (IBSI 1, TDIC). The sums are of whole numbers, so a region that is flat along an axis of the grid
    /// has a variance of exactly 0, and so has a single voxel.
    pub fn of_sums(sums: PlaceSums, spacing_mm: [f64; 3], divided: AxesCovariance) -> Self {
        let PlaceSums { n, sum, products } = sums;
        let divisor = match divided {
            AxesCovariance::Sample => (n - 1).max(1),
            AxesCovariance::Population => n.max(1),
        };
        let covariance = Matrix3::from_fn(|r, c| {
            let (a, b) = (r.min(c), r.max(c));
            let scaled = (n * products[a][b] - sum[a] * sum[b]) as f64;
            scaled / (n * divisor) as f64 * spacing_mm[a] * spacing_mm[b]
        });
        let mut values = SymmetricEigen::new(covariance).eigenvalues;
        values.as_mut_slice().sort_by(|a, b| b.total_cmp(a));
        // A variance below what rounding leaves of the largest one is 0: a slanted line or
        // plane of voxels has no extent across.
        let floor = values[0] * 1e-14;
        let [major, minor, least] = [0, 1, 2].map(|i| if values[i] > floor { values[i] } else { 0.0 });
        Self { major, minor, least }
    }

    /// Length of the axis of an ellipsoid with this variance, 4·√λ.
    pub fn length(variance: f64) -> f64 {
        4.0 * variance.sqrt()
    }

    /// Semi-axes of the approximate enclosing ellipsoid, 2·√λ.
    pub fn semi_axes(&self) -> [f64; 3] {
        [self.major, self.minor, self.least].map(|v| 2.0 * v.sqrt())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::families::morphology::bits::Bits;
    use approx::assert_relative_eq;
    use ndarray::{Array3, arr3};

    fn axes(mask: &Array3<bool>, spacing_mm: [f64; 3]) -> Axes {
        Axes::of_sums(Bits::new(mask.view()).place_sums(), spacing_mm, AxesCovariance::Sample)
    }

    #[test]
    fn a_row_has_one_axis() {
        // ■■   Centres 3 mm apart: λ = 2 · 1.5².
        let axes = axes(&arr3(&[[[true, true]]]), [1.0, 1.0, 3.0]);
        assert_eq!(axes, Axes { major: 4.5, minor: 0.0, least: 0.0 });
    }

    #[test]
    fn a_slanted_line_has_one_axis_too() {
        // ■··
        // ·■·
        // ··■
        let line = Array3::from_shape_fn((3, 3, 3), |(k, j, i)| k == j && j == i);
        let axes = axes(&line, [0.7, 1.1, 1.9]);
        assert_relative_eq!(axes.major, 0.49 + 1.21 + 3.61, max_relative = 1e-12);
        assert_eq!((axes.minor, axes.least), (0.0, 0.0));
    }
}
