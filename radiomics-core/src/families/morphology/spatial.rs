//! Sums over all pairs of voxels, for Moran's I and Geary's C (IBSI 1, N365 and NPT7).
//!
//! The weight of a pair, 1/distance, depends on the displacement alone, so that sums over pairs are
//! products of spectra: exact for any number of voxels.

use ndarray::ArrayView3;

use super::field::{Field, PairSums};
use super::pairs::{KnownPairs, by_transform};
use crate::kernels::Isa;
use crate::kernels::pair_sums::{PairWeights, STRIPE, pair_sums, stripes};

/// Up to this many voxels the pairs are summed one by one: that is as fast, and gives the same bits on
/// every machine.
const FEW_VOXELS: usize = 1000;

impl PairSums {
    /// The sums over the pairs of voxels of `mask`; `known` is what other images have found of their masks.
    pub fn new(
        isa: Isa,
        intensities: ArrayView3<f64>,
        mask: ArrayView3<bool>,
        spacing_mm: [f64; 3],
        known: Option<&KnownPairs>,
    ) -> Self {
        let voxels: usize = mask.rows().into_iter().map(|row| row.iter().filter(|&&m| m).count()).sum();
        if voxels <= FEW_VOXELS {
            pairwise(isa, &centred(intensities, mask), spacing_mm)
        } else {
            by_transform(isa, &Field::new(isa, intensities, mask, spacing_mm), known)
        }
    }
}

/// A voxel and its intensity less the mean.
type Centred = ([usize; 3], f64);

fn centred(intensities: ArrayView3<f64>, mask: ArrayView3<bool>) -> Vec<Centred> {
    assert_eq!(intensities.dim(), mask.dim(), "intensities and their mask");
    let mut voxels: Vec<Centred> = Vec::new();
    for (k, (slice, mask)) in intensities.outer_iter().zip(mask.outer_iter()).enumerate() {
        for (j, (row, mask)) in slice.outer_iter().zip(mask.outer_iter()).enumerate() {
            let inside = row.iter().zip(mask).enumerate().filter(|(_, (_, m))| **m);
            voxels.extend(inside.map(|(i, (&x, _))| ([k, j, i], x)));
        }
    }
    // Subtracting the first intensity keeps those of a flat region exactly equal.
    let first = voxels.first().map_or(0.0, |v| v.1);
    let mean = voxels.iter().map(|v| v.1 - first).sum::<f64>() / voxels.len() as f64;
    voxels.iter_mut().for_each(|v| v.1 = (v.1 - first) - mean);
    voxels
}

fn sum_of_squares(voxels: &[Centred]) -> f64 {
    voxels.iter().map(|v| v.1 * v.1).sum()
}

/// The sums pair by pair: the definition, and the oracle of the transform.
fn pairwise(isa: Isa, voxels: &[Centred], spacing_mm: [f64; 3]) -> PairSums {
    let lags = Lags::of(voxels);
    // A lag is that of many pairs, unless voxels lie far apart.
    if lags.number() <= voxels.len() * voxels.len() / 4 {
        summed(isa, voxels, &Tabled::new(&lags, voxels, spacing_mm))
    } else {
        summed(isa, voxels, &Measured::new(voxels, spacing_mm))
    }
}

/// Weights by a table of lags.
struct Tabled {
    weights: Vec<f64>,
    zero: usize,
    places: Vec<[usize; STRIPE]>,
}

impl Tabled {
    fn new(lags: &Lags, voxels: &[Centred], spacing_mm: [f64; 3]) -> Self {
        let places: Vec<usize> = voxels.iter().map(|voxel| lags.place(voxel.0)).collect();
        Self { weights: lags.weights(spacing_mm), zero: lags.zero(), places: stripes(&places) }
    }
}

impl PairWeights for Tabled {
    #[inline(always)]
    fn stripe(&self, p: usize, first: usize) -> [f64; STRIPE] {
        let place = self.zero + self.places[p / STRIPE][p % STRIPE];
        let others = &self.places[first / STRIPE];
        let mut weights = [0.0; STRIPE];
        for l in 0..STRIPE {
            // That of a later voxel is not asked for, and may lie outside of the table.
            weights[l] = *self.weights.get(place.wrapping_sub(others[l])).unwrap_or(&0.0);
        }
        weights
    }
}

/// Weights by the distance of each pair.
struct Measured {
    /// Places along each axis.
    places: [Vec<[f64; STRIPE]>; 3],
    spacing_mm: [f64; 3],
}

impl Measured {
    fn new(voxels: &[Centred], spacing_mm: [f64; 3]) -> Self {
        let along = |axis: usize| voxels.iter().map(|voxel| voxel.0[axis] as f64).collect::<Vec<f64>>();
        Self { places: [0, 1, 2].map(|axis| stripes(&along(axis))), spacing_mm }
    }
}

impl PairWeights for Measured {
    #[inline(always)]
    fn stripe(&self, p: usize, first: usize) -> [f64; STRIPE] {
        let [z, y, x] = &self.places;
        let (stripe, place, others) = (p / STRIPE, p % STRIPE, first / STRIPE);
        let mut weights = [0.0; STRIPE];
        for l in 0..STRIPE {
            let lag = [
                z[stripe][place] - z[others][l],
                y[stripe][place] - y[others][l],
                x[stripe][place] - x[others][l],
            ];
            weights[l] = inverse_distance(lag, self.spacing_mm);
        }
        weights
    }
}

/// The lags between voxels, the earlier one of which is taken from the later one: backwards and forwards along
/// all axes but the first.
struct Lags {
    extent: [usize; 3],
}

impl Lags {
    fn of(voxels: &[Centred]) -> Self {
        let mut extent = [0; 3];
        for (at, _) in voxels {
            extent = std::array::from_fn(|a| extent[a].max(at[a] + 1));
        }
        Self { extent }
    }

    fn number(&self) -> usize {
        let [nz, ny, nx] = self.extent;
        nz.saturating_mul(2 * ny).saturating_mul(2 * nx)
    }

    /// The place of a voxel in a table: that of a lag is the difference of two, counted from that of no lag.
    fn place(&self, [k, j, i]: [usize; 3]) -> usize {
        let [_, ny, nx] = self.extent;
        (k * 2 * ny + j) * 2 * nx + i
    }

    fn zero(&self) -> usize {
        let [_, ny, nx] = self.extent;
        ny * 2 * nx + nx
    }

    fn weights(&self, spacing_mm: [f64; 3]) -> Vec<f64> {
        let [nz, ny, nx] = self.extent;
        let mut weights = Vec::with_capacity(self.number());
        for k in 0..nz {
            for j in 0..2 * ny {
                let lags = (0..2 * nx).map(|i| [k, j.abs_diff(ny), i.abs_diff(nx)].map(|lag| lag as f64));
                weights.extend(lags.map(|lag| inverse_distance(lag, spacing_mm)));
            }
        }
        weights
    }
}

/// The sums over the pairs of voxels, each both ways.
fn summed(isa: Isa, voxels: &[Centred], weights: &impl PairWeights) -> PairSums {
    let z: Vec<f64> = voxels.iter().map(|voxel| voxel.1).collect();
    let once = pair_sums(isa, &z, weights);
    PairSums {
        n: voxels.len() as f64,
        square: sum_of_squares(voxels),
        weight: 2.0 * once.weight,
        product: 2.0 * once.product,
        difference: 2.0 * once.difference,
    }
}

/// The weight of a pair, 1/distance in mm⁻¹, and 0 for a voxel and itself.
#[inline(always)]
fn inverse_distance(lag: [f64; 3], spacing_mm: [f64; 3]) -> f64 {
    let (z, y, x) = (lag[0] * spacing_mm[0], lag[1] * spacing_mm[1], lag[2] * spacing_mm[2]);
    let square = z * z + y * y + x * x;
    if square > 0.0 { square.sqrt().recip() } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::noise::Noise;
    use approx::assert_relative_eq;
    use ndarray::Array3;
    use proptest::prelude::*;

    /// The sums by transforms from single voxels, whose intensities already have a mean of 0.
    fn by_transform(voxels: &[Centred], shape: [usize; 3], spacing_mm: [f64; 3]) -> PairSums {
        let (mut z, mut mask) = (Array3::zeros(shape), Array3::from_elem(shape, false));
        for &(at, value) in voxels {
            (z[at], mask[at]) = (value, true);
        }
        super::by_transform(Isa::best(), &Field::new(Isa::best(), z.view(), mask.view(), spacing_mm), None)
    }

    #[test]
    fn two_voxels() {
        // 1 3   z = ∓1, w = 1/2: I = 2/1·(−1)/2 = −1 and C = 1/2·4/2 = 1.
        let sums = pairwise(Isa::best(), &[([0, 0, 0], -1.0), ([0, 0, 1], 1.0)], [1.0, 1.0, 2.0]);
        assert_eq!((sums.moran(), sums.geary()), (-1.0, 1.0));
    }

    #[test]
    fn a_table_of_weights_changes_no_bit() {
        let mut noise = Noise::new(3);
        let spacing_mm = [3.0, 0.7, 1.1];
        for [shape, step] in [[[3, 6, 7], [1, 1, 1]], [[9, 8, 7], [4, 3, 1]], [[1, 1, 9], [1, 1, 2]]] {
            let mut voxels: Vec<Centred> = Vec::new();
            for k in (0..shape[0]).step_by(step[0]) {
                for j in (0..shape[1]).step_by(step[1]) {
                    let row = (0..shape[2]).step_by(step[2]);
                    voxels.extend(row.map(|i| ([k, j, i], noise.fraction(31) - 0.5)));
                }
            }
            let lags = Lags::of(&voxels);
            let tabled = summed(Isa::best(), &voxels, &Tabled::new(&lags, &voxels, spacing_mm));
            assert_eq!(tabled, summed(Isa::Scalar, &voxels, &Measured::new(&voxels, spacing_mm)));
            assert_eq!(tabled, pairwise(Isa::best(), &voxels, spacing_mm));
        }
    }

    #[test]
    fn what_is_known_changes_no_bit() {
        let mut noise = Noise::new(7);
        let mut image = |shape| Array3::from_shape_simple_fn(shape, || 300.0 * noise.fraction(31));
        let (shape, known) = ([11, 13, 12], KnownPairs::default());
        let images = [shape, shape, shape].map(&mut image);
        let masks = [0.0, 0.0, 100.0].map(|low| images[0].mapv(|x| x >= low));
        for (image, mask) in images.iter().zip(&masks) {
            for spacing_mm in [[1.0, 1.0, 1.0], [3.0, 1.0, 1.0]] {
                let sums = |known| PairSums::new(Isa::best(), image.view(), mask.view(), spacing_mm, known);
                assert_eq!(sums(Some(&known)), sums(None));
                assert_eq!(sums(Some(&known)), sums(None));
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn transform_equals_pairs(
            shape in [1..9usize, 1..12usize, 1..15usize],
            spacing in [0.3..5.0f64, 0.3..5.0f64, 0.3..5.0f64],
            offset in -2000.0..2000.0f64,
            seed in any::<u64>(),
        ) {
            let mut noise = Noise::new(seed | 1);
            let values = Array3::from_shape_simple_fn(shape, || offset + 300.0 * noise.fraction(31));
            let mask = Array3::from_shape_simple_fn(shape, || noise.fraction(31) < 0.7);
            let voxels = centred(values.view(), mask.view());
            prop_assume!(voxels.len() > 1);
            let (pairs, spectra) = (pairwise(Isa::best(), &voxels, spacing), by_transform(&voxels, shape, spacing));
            assert_relative_eq!(pairs.weight, spectra.weight, max_relative = 1e-9);
            assert_relative_eq!(pairs.geary(), spectra.geary(), max_relative = 1e-9);
            // Moran's I may cancel to 0, so its terms give the scale.
            assert_relative_eq!(pairs.moran(), spectra.moran(), max_relative = 1e-9, epsilon = 1e-11);
        }
    }
}
