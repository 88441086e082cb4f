//! Where the intensities of a region have their centre.

use ndarray::{ArrayView3, Axis, Zip};
use rayon::prelude::*;

use crate::kernels::{Isa, reduce};

/// Sums over the voxels of the intensity mask.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Mass {
    /// Number of voxels.
    n: usize,
    /// Σ x.
    sum: f64,
    /// Σ x·place, for the axes (z, y, x).
    moments: [f64; 3],
}

impl Mass {
    /// Of the voxels of a mask.
    pub fn new(isa: Isa, intensities: ArrayView3<f64>, mask: ArrayView3<bool>) -> Self {
        // One partial sum per slice, added in order: the same bits for any number of threads.
        let slices: Vec<Self> = (0..intensities.len_of(Axis(0)))
            .into_par_iter()
            .map(|k| {
                let mut slice = Self::default();
                let mut j = 0.0;
                Zip::from(intensities.index_axis(Axis(0), k).rows())
                    .and(mask.index_axis(Axis(0), k).rows())
                    .for_each(|x, m| {
                        let [sum, moment] = match (x.as_slice(), m.as_slice()) {
                            (Some(x), Some(m)) => reduce::masked_moments(isa, x, m),
                            _ => reduce::masked_moments(isa, &x.to_vec(), &m.to_vec()),
                        };
                        slice.n += m.iter().filter(|&&m| m).count();
                        slice.sum += sum;
                        slice.moments[1] += j * sum;
                        slice.moments[2] += moment;
                        j += 1.0;
                    });
                slice
            })
            .collect();
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

    /// Mean intensity.
    pub fn mean(&self) -> f64 {
        self.sum / self.n as f64
    }

    /// Centre (z, y, x) in voxels.
    pub fn centre(&self) -> [f64; 3] {
        self.moments.map(|m| m / self.sum)
    }
}
