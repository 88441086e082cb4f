//! Riesz transforms.

use ndarray::Array3;
use serde::{Deserialize, Serialize};

use super::fourier::{Transfer, filter};
use super::{Boundary, Dimensions, GaussianMethod, LaplacianOfGaussian, Simoncelli, invalid};
use crate::error::Result;

/// A filter whose response a Riesz transform takes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RieszBase {
    /// Laplacian of Gaussian, with sampled kernel.
    LaplacianOfGaussian(LaplacianOfGaussian),
    /// Simoncelli's wavelet.
    Simoncelli(Simoncelli),
}

/// Riesz transform of another filter's response (IBSI 2, AYRS).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Riesz {
    /// Order of the transform along (z, y, x); their sum is at least 1.
    pub order: [u32; 3],
    /// The other filter.
    pub of: RieszBase,
}

/// Beyond this order, powers of frequencies are too small to be of use.
const MAX_ORDER: u32 = 16;

impl Riesz {
    /// (−i)^|l| √(|l|!/(l₁! l₂! l₃!)) ν^l/|ν|^|l|, times the transfer function of the other filter.
    pub(super) fn apply(&self, image: &Array3<f64>, spacing_mm: [f64; 3]) -> Array3<f64> {
        let total: u32 = self.order.iter().sum();
        let factorial = |n: u32| (1..=n).map(f64::from).product::<f64>();
        let coefficient = (factorial(total) / self.order.map(factorial).iter().product::<f64>()).sqrt();
        let riesz = |nu: f64| if nu > 0.0 { coefficient / nu.powi(total as i32) } else { 0.0 };
        let norm = |nu: [f64; 3]| nu.iter().map(|v| v * v).sum::<f64>().sqrt();
        let (dimensions, boundary) = (self.of.dimensions(), self.boundary());
        match &self.of {
            RieszBase::Simoncelli(base) => {
                let radial = |nu| base.band_pass(norm(nu)) * riesz(norm(nu));
                filter(image, &Transfer { radial, order: self.order }, dimensions, boundary)
            }
            RieszBase::LaplacianOfGaussian(base) => {
                let radial = |nu| base.transfer(nu, spacing_mm) * riesz(norm(nu));
                filter(image, &Transfer { radial, order: self.order }, dimensions, boundary)
            }
        }
    }

    fn boundary(&self) -> Boundary {
        match &self.of {
            RieszBase::LaplacianOfGaussian(base) => base.boundary,
            RieszBase::Simoncelli(base) => base.boundary,
        }
    }

    pub(super) fn validate(&self) -> Result<()> {
        let order = || format!("{:?}", self.order);
        let total = self.order.iter().try_fold(0u32, |sum, &l| sum.checked_add(l));
        if !total.is_some_and(|total| (1..=MAX_ORDER).contains(&total)) {
            return Err(invalid("riesz", "order", order(), format!("its sum must be 1 to {MAX_ORDER}")));
        }
        if self.of.dimensions() == Dimensions::Two && self.order[0] > 0 {
            return Err(invalid(
                "riesz",
                "order",
                order(),
                "in 2D there is none along z: its first number must be 0",
            ));
        }
        match &self.of {
            RieszBase::Simoncelli(base) => base.validate(),
            RieszBase::LaplacianOfGaussian(base) if base.method == GaussianMethod::Recursive => Err(invalid(
                "riesz",
                "method",
                "recursive",
                "it has no transfer function here: use `sampled`",
            )),
            RieszBase::LaplacianOfGaussian(base) => base.validate(),
        }
    }

    pub(super) fn name(&self) -> String {
        let [z, y, x] = self.order;
        let of = match &self.of {
            RieszBase::LaplacianOfGaussian(base) => base.name(),
            RieszBase::Simoncelli(base) => base.name(),
        };
        format!("riesz-z{z}y{y}x{x}-{of}")
    }
}

impl RieszBase {
    fn dimensions(&self) -> Dimensions {
        match self {
            RieszBase::LaplacianOfGaussian(base) => base.dimensions,
            RieszBase::Simoncelli(base) => base.dimensions,
        }
    }
}
