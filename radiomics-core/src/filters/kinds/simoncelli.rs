//! The non-separable wavelet of Simoncelli.

use std::f64::consts::FRAC_PI_2;

use ndarray::{Array3, ArrayRef3};

use crate::error::Result;
use crate::filters::engine::boundary::Boundary;
use crate::filters::engine::choices::Dimensions;
use crate::filters::engine::fourier::{Transfer, filter};
use crate::filters::operation::{Described, Operation, parameters};
use crate::filters::reach::{About, Reach};
use crate::kernels::Isa;
use crate::kernels::elementary::{cos, log2};
use crate::names::Named;

parameters! {
    /// Band-pass of the non-separable wavelet of Simoncelli (IBSI 2, PRT7).
    pub struct Simoncelli = "simoncelli", "PRT7", "" {
        /// Level of the decomposition, from 1 to 16.
        pub level: usize = 1,
        /// Whether the volume is filtered, or each slice by itself.
        pub dimensions: Dimensions = Dimensions::Three,
        /// What lies outside of the image.
        pub boundary: Boundary = Boundary::Mirror,
    }
}

/// The highest level: beyond it the band is narrower than the frequencies of any image are apart.
const MAX_LEVEL: usize = 16;

impl Simoncelli {
    /// g(ν) = cos(π/2 · log₂(2 ν/ν_max)) for ν_max/4 < ν ≤ ν_max, with ν_max = 2^(1 − level) of
    /// Nyquist's frequency.
    pub(crate) fn band_pass(&self, nu: f64) -> f64 {
        let highest = 0.5f64.powi(self.level as i32 - 1);
        if nu <= highest / 4.0 || nu > highest {
            return 0.0;
        }
        cos(FRAC_PI_2 * log2(2.0 * nu / highest))
    }
}

impl Operation for Simoncelli {
    fn apply(&self, image: &ArrayRef3<f64>, _: About, _: Isa) -> Result<Array3<f64>> {
        let radial = |nu: [f64; 3]| self.band_pass(nu.iter().map(|v| v * v).sum::<f64>().sqrt());
        let transfer = Transfer { radial, order: [0; 3], kernels: Vec::new() };
        Ok(filter(image, &transfer, self.dimensions, self.boundary))
    }

    fn reach(&self, _: [f64; 3]) -> Reach {
        Reach::Everything
    }

    fn validate(&self) -> Result<()> {
        if (1..=MAX_LEVEL).contains(&self.level) {
            return Ok(());
        }
        Err(Self::invalid("level", self.level, format!("it must be 1 to {MAX_LEVEL}")))
    }

    fn name(&self) -> String {
        format!("simoncelli-level{}-{}{}", self.level, self.dimensions.name(), self.boundary.suffix())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level(level: usize) -> Simoncelli {
        Simoncelli { level, dimensions: Dimensions::Three, boundary: Boundary::Mirror }
    }

    #[test]
    fn bands_of_levels_share_the_energy_between_them() {
        assert_eq!(level(1).band_pass(0.5), 1.0);
        assert_eq!(level(1).band_pass(0.25), 0.0);
        assert_eq!(level(1).band_pass(1.01), 0.0);
        for nu in [0.26, 0.3, 0.4, 0.5] {
            let energy = level(1).band_pass(nu).powi(2) + level(2).band_pass(nu).powi(2);
            assert!((energy - 1.0).abs() < 1e-12, "{energy} at {nu}");
        }
    }

    #[test]
    fn levels_that_are_none_are_refused() {
        assert!(level(1).validate().is_ok());
        let message = level(0).validate().unwrap_err().to_string();
        assert_eq!(message, "filter `simoncelli`: `level` is 0: it must be 1 to 16");
        assert_eq!(level(3).name(), "simoncelli-level3-3D");
    }
}
