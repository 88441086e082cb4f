//! The intensities of a region less their mean in a box, and what Moran's I and Geary's C are made
//! of.

use ndarray::ArrayView3;

use crate::kernels::pages::room;
use crate::kernels::{Isa, reduce};

/// Sums over ordered pairs i ≠ j of voxels, w being 1/distance in mm⁻¹ and z the intensity less
/// its mean.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct PairSums {
    /// Number of voxels.
    pub n: f64,
    /// Σ zᵢ² over the voxels.
    pub square: f64,
    /// Σ wᵢⱼ over the pairs.
    pub weight: f64,
    /// Σ wᵢⱼ·zᵢ·zⱼ over the pairs.
    pub product: f64,
    /// Σ wᵢⱼ·(zᵢ − zⱼ)² over the pairs.
    pub difference: f64,
}

impl PairSums {
    /// Moran's I: N/Σw·Σw·zᵢ·zⱼ/Σz².
    pub fn moran(&self) -> f64 {
        self.n / self.weight * self.product / self.square
    }

    /// Geary's C: (N − 1)/(2·Σw)·Σw·(xᵢ − xⱼ)²/Σz².
    pub fn geary(&self) -> f64 {
        (self.n - 1.0) / (2.0 * self.weight) * self.difference / self.square
    }
}

/// Intensities less their mean in a box.
pub(super) struct Field {
    /// Shape of the box: the shortest axis comes first, the others in the order they have in space.
    pub shape: [usize; 3],
    pub spacing_mm: [f64; 3],
    pub inside: Vec<bool>,
    /// Intensities less their mean, 0 outside of the mask.
    pub z: Vec<f64>,
    pub voxels: usize,
}

impl Field {
    pub fn new(isa: Isa, intensities: ArrayView3<f64>, mask: ArrayView3<bool>, spacing_mm: [f64; 3]) -> Self {
        assert_eq!(intensities.dim(), mask.dim(), "intensities and their mask");
        let shape: [usize; 3] = mask.dim().into();
        let axes = match shape {
            [z, y, x] if z <= y && z <= x => [0, 1, 2],
            [_, y, x] if y <= x => [1, 0, 2],
            _ => [2, 0, 1],
        };
        let (intensities, mask) = (intensities.permuted_axes(axes), mask.permuted_axes(axes));
        let inside = dense(mask);
        let mut z = dense(intensities);
        // Subtracting the first intensity keeps those of a flat region exactly equal.
        let first = z[inside.iter().position(|&inside| inside).expect("a region of some voxels")];
        for (z, &inside) in z.iter_mut().zip(&inside) {
            *z = if inside { *z - first } else { 0.0 };
        }
        let voxels = inside.iter().filter(|&&inside| inside).count();
        let mean = reduce::mean(isa, &z) * z.len() as f64 / voxels as f64;
        for (z, &inside) in z.iter_mut().zip(&inside) {
            *z = if inside { *z - mean } else { 0.0 };
        }
        Self { shape: axes.map(|a| shape[a]), spacing_mm: axes.map(|a| spacing_mm[a]), inside, z, voxels }
    }
}

/// All values of an array, the last axis innermost.
fn dense<T: Copy>(view: ArrayView3<T>) -> Vec<T> {
    let mut values = room(view.len());
    for row in view.rows() {
        match row.to_slice() {
            Some(row) => values.extend_from_slice(row),
            None => values.extend(row.iter().copied()),
        }
    }
    values
}
