//! Where the intensities of a region have their centre.

use ndarray::{ArrayView3, Axis, Zip};

use crate::kernels::Isa;
use crate::volume::intensities::Intensity;
use crate::work::loops;

/// Sums over the voxels of the intensity mask.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Mass {
    /// Number of voxels in the mask.
    n: usize,
    /// Sum of the intensities, Σ x.
    sum: f64,
    /// Sums of intensity times place, for the axes (z, y, x).
    moments: [f64; 3],
}

impl Mass {
    /// Sums over the voxels of a mask.
    pub fn new<T: Intensity>(isa: Isa, intensities: ArrayView3<T>, mask: ArrayView3<bool>) -> Self {
        // One partial sum per slice, added in order: the same bits for any number of threads.
        let slices: Vec<Self> = loops::map(0..intensities.len_of(Axis(0)), |k| {
            let mut slice = Self::default();
            let mut j = 0.0;
            Zip::from(intensities.index_axis(Axis(0), k).rows())
                .and(mask.index_axis(Axis(0), k).rows())
                .for_each(|x, m| {
                    let [sum, moment] = match (x.as_slice(), m.as_slice()) {
                        (Some(x), Some(m)) => T::masked_moments(isa, x, m),
                        _ => T::masked_moments(isa, &x.to_vec(), &m.to_vec()),
                    };
                    slice.n += m.iter().filter(|&&m| m).count();
                    slice.sum += sum;
                    slice.moments[1] += j * sum;
                    slice.moments[2] += moment;
                    j += 1.0;
                });
            slice
        });
        let mut all = Self::default();
        for (k, slice) in slices.iter().enumerate() {
            all.n += slice.n;
            all.sum += slice.sum;
            all.moments[0] += k as f64 * slice.sum;
            all.moments[1] += slice.moments[1];
            all.moments[2] += slice.moments[2];
        }
        all
    }

    /// Mean intensity of the voxels.
    pub fn mean(&self) -> f64 {
        self.sum / self.n as f64
    }

    /// Centre (z, y, x) of the intensities, in voxels.
    pub fn centre(&self) -> [f64; 3] {
        self.moments.map(|m| m / self.sum)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use approx::assert_relative_eq;
    use ndarray::Array3;

    #[test]
    fn sums_over_the_voxels_of_a_mask() {
        let values = Array3::from_shape_fn((3, 4, 19), |(k, j, i)| (k * 7 + j * 3 + i * 5 % 11) as f64 + 0.5);
        let mask = Array3::from_shape_fn((3, 4, 19), |(k, j, i)| (k + 2 * j + 3 * i) % 4 != 0);
        let mut plain = Mass::default();
        for (((k, j, i), x), _) in values.indexed_iter().zip(&mask).filter(|(_, m)| **m) {
            plain.n += 1;
            plain.sum += x;
            plain.moments.iter_mut().zip([k, j, i]).for_each(|(sum, at)| *sum += x * at as f64);
        }
        for isa in Isa::available() {
            let mass = Mass::new(isa, values.view(), mask.view());
            assert_relative_eq!(mass.mean(), plain.mean(), max_relative = 1e-14);
            for (a, b) in mass.centre().into_iter().zip(plain.centre()) {
                assert_relative_eq!(a, b, max_relative = 1e-14);
            }
        }
    }
}
