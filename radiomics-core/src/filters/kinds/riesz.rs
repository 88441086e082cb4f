//! Riesz transforms.

use ndarray::{Array3, ArrayRef3};
use serde_json::Value;

use super::laplacian_of_gaussian::{GaussianMethod, LaplacianOfGaussian};
use super::simoncelli::Simoncelli;
use crate::error::Result;
use crate::filters::engine::boundary::Boundary;
use crate::filters::engine::choices::Dimensions;
use crate::filters::engine::fourier::{Transfer, filter};
use crate::filters::operation::{Described, Operation, parameters};
use crate::filters::parameter::{ParameterValue, Reader, Wrong, one_of, read_named};
use crate::filters::reach::{About, Reach};
use crate::kernels::Isa;

/// A filter whose response a Riesz transform takes.
#[derive(Clone, Debug, PartialEq)]
pub enum RieszBase {
    /// Laplacian of Gaussian, with sampled kernel.
    LaplacianOfGaussian(LaplacianOfGaussian),
    /// Simoncelli's wavelet.
    Simoncelli(Simoncelli),
}

/// The filters of [`RieszBase`] by name.
const BASES: [(&str, Reader<RieszBase>); 2] = [
    (LaplacianOfGaussian::NAME, |given| Described::read(given).map(RieszBase::LaplacianOfGaussian)),
    (Simoncelli::NAME, |given| Described::read(given).map(RieszBase::Simoncelli)),
];

impl ParameterValue for RieszBase {
    fn takes() -> String {
        format!("a filter, {}", one_of(&BASES.map(|(name, _)| name)))
    }

    fn read(value: &Value) -> std::result::Result<Self, Wrong> {
        read_named(value, "filter with a Riesz transform", &BASES)
    }

    fn write(&self) -> Value {
        self.operation().write()
    }
}

parameters! {
    /// Riesz transform of another filter's response (IBSI 2, AYRS).
    pub struct Riesz = "riesz", "AYRS", "" {
        /// Order of the transform along (z, y, x); their sum is at least 1.
        pub order: [u32; 3],
        /// The filter whose response is transformed; of a `laplacian_of_gaussian`, the `method` is `sampled`.
        pub of: RieszBase,
    }
}

/// The highest order: beyond it, powers of frequencies are too small to be of use.
const MAX_ORDER: u32 = 16;

impl Operation for Riesz {
    /// The transfer function is (−i)^|l| √(|l|!/(l₁! l₂! l₃!)) ν^l/|ν|^|l| times that of the filter whose
    /// response is transformed.
    fn apply(&self, image: &ArrayRef3<f64>, about: About, _: Isa) -> Result<Array3<f64>> {
        let total: u32 = self.order.iter().sum();
        let factorial = |n: u32| (1..=n).map(f64::from).product::<f64>();
        let coefficient = (factorial(total) / self.order.map(factorial).iter().product::<f64>()).sqrt();
        let (base, kernels) = match &self.of {
            RieszBase::Simoncelli(base) => (Some(base), Vec::new()),
            RieszBase::LaplacianOfGaussian(base) => (None, base.kernels(about.spacing_mm)?),
        };
        let radial = |nu: [f64; 3]| {
            let norm = nu.iter().map(|v| v * v).sum::<f64>().sqrt();
            if norm == 0.0 {
                return 0.0;
            }
            base.map_or(1.0, |base| base.band_pass(norm)) * coefficient / norm.powi(total as i32)
        };
        let transfer = Transfer { radial, order: self.order, kernels };
        Ok(filter(image, &transfer, self.of.dimensions(), self.of.boundary()))
    }

    fn reach(&self, _: [f64; 3]) -> Reach {
        Reach::Everything
    }

    fn validate(&self) -> Result<()> {
        let order = || format!("{:?}", self.order);
        let total = self.order.iter().try_fold(0u32, |sum, &l| sum.checked_add(l));
        if !total.is_some_and(|total| (1..=MAX_ORDER).contains(&total)) {
            return Err(Self::invalid("order", order(), format!("its sum must be 1 to {MAX_ORDER}")));
        }
        if self.of.dimensions() == Dimensions::Two && self.order[0] > 0 {
            let remedy = "in 2D there is none along z: its first number must be 0";
            return Err(Self::invalid("order", order(), remedy));
        }
        match &self.of {
            RieszBase::LaplacianOfGaussian(base) if base.method == GaussianMethod::Recursive => {
                let remedy = "it has no transfer function here: use `sampled`";
                Err(Self::invalid("method", "recursive", remedy))
            }
            base => base.operation().validate(),
        }
    }

    fn name(&self) -> String {
        let [z, y, x] = self.order;
        format!("riesz-z{z}y{y}x{x}-{}", self.of.operation().name())
    }
}

impl RieszBase {
    /// What the filter does.
    fn operation(&self) -> &dyn Operation {
        match self {
            RieszBase::LaplacianOfGaussian(base) => base,
            RieszBase::Simoncelli(base) => base,
        }
    }

    /// What lies outside of the image.
    fn boundary(&self) -> Boundary {
        match self {
            RieszBase::LaplacianOfGaussian(base) => base.boundary,
            RieszBase::Simoncelli(base) => base.boundary,
        }
    }

    /// Whether the volume is filtered, or each slice by itself.
    fn dimensions(&self) -> Dimensions {
        match self {
            RieszBase::LaplacianOfGaussian(base) => base.dimensions,
            RieszBase::Simoncelli(base) => base.dimensions,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filters::engine::separable::tests::noise;

    const ABOUT: fn() -> About = || About::doubles([1.0; 3]);

    fn simoncelli(dimensions: Dimensions) -> RieszBase {
        RieszBase::Simoncelli(Simoncelli { level: 1, dimensions, boundary: Boundary::Periodic })
    }

    fn log(method: GaussianMethod) -> RieszBase {
        let (dimensions, boundary) = (Dimensions::Three, Boundary::Zero);
        let (sigma_mm, truncate_sigma) = (1.5, 4.0);
        RieszBase::LaplacianOfGaussian(LaplacianOfGaussian {
            sigma_mm,
            truncate_sigma,
            method,
            dimensions,
            boundary,
        })
    }

    #[test]
    fn transforms_of_an_order_share_the_energy_of_the_other_filter() {
        // Σ |l|!/(l₁! l₂! l₃!) ν^2l/|ν|^2|l| = 1, so that for odd sizes, whose frequencies are not half a
        // step off, energies add up to that of the response itself.
        let image = noise((7, 9, 5));
        let energy = |response: &ArrayRef3<f64>| response.iter().map(|x| x * x).sum::<f64>();
        let base = Simoncelli { level: 1, dimensions: Dimensions::Three, boundary: Boundary::Periodic };
        let expected = energy(&base.apply(&image, ABOUT(), Isa::best()).unwrap());
        for total in [1u32, 2, 3] {
            let mut sum = 0.0;
            for z in 0..=total {
                for y in 0..=total - z {
                    let riesz = Riesz { order: [z, y, total - z - y], of: simoncelli(Dimensions::Three) };
                    sum += energy(&riesz.apply(&image, ABOUT(), Isa::best()).unwrap());
                }
            }
            assert!((sum / expected - 1.0).abs() < 1e-12, "{sum} instead of {expected} at order {total}");
        }
    }

    #[test]
    fn the_last_number_of_the_order_is_x() {
        // Nothing changes along y and z, so only the order along x responds.
        let image = Array3::from_shape_fn((5, 5, 15), |(_, _, i)| [0.0, 1.0, -1.0][i % 3]);
        let largest = |order| {
            let riesz = Riesz { order, of: simoncelli(Dimensions::Three) };
            let response = riesz.apply(&image, ABOUT(), Isa::best()).unwrap();
            response.iter().fold(0.0f64, |m, x| m.max(x.abs()))
        };
        assert!(largest([0, 0, 1]) > 0.5);
        assert!(largest([0, 1, 0]) < 1e-12);
        assert!(largest([1, 0, 0]) < 1e-12);
    }

    #[test]
    fn parameters_are_checked_and_named() {
        let message = |order, of| Riesz { order, of }.validate().unwrap_err().to_string();
        let none = message([0, 0, 0], simoncelli(Dimensions::Three));
        assert_eq!(none, "filter `riesz`: `order` is [0, 0, 0]: its sum must be 1 to 16");
        assert!(message([u32::MAX, 1, 0], simoncelli(Dimensions::Three)).contains("its sum"));
        assert!(message([1, 0, 0], simoncelli(Dimensions::Two)).contains("none along z"));
        assert!(message([1, 0, 0], log(GaussianMethod::Recursive)).contains("use `sampled`"));
        let good = Riesz { order: [0, 2, 0], of: log(GaussianMethod::Sampled) };
        assert!(good.validate().is_ok());
        assert_eq!(good.name(), "riesz-z0y2x0-log-1.5mm-3D-zero");
    }
}
