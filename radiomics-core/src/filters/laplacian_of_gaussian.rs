//! Laplacian of Gaussian.

use std::f64::consts::PI;

use ndarray::Array3;
use serde::{Deserialize, Serialize};

use super::kernel1d::{Kernel, Triple};
use super::recursive_gaussian;
use super::separable::Engine;
use super::{Boundary, Dimensions, Reach, check_reach, half_width, invalid, positive};
use crate::error::Result;
use crate::kernels::Isa;

/// How a Gaussian is convolved with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GaussianMethod {
    /// Its samples, cut off (IBSI).
    #[default]
    Sampled,
    /// The recursive approximation of Deriche as in ITK, normalised across scales, computed in
    /// 32-bit floats between axes (PyRadiomics). Volumes only; the border is ITK's.
    Recursive,
}

/// Laplacian of Gaussian (IBSI 2, L6PA).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LaplacianOfGaussian {
    /// Standard deviation of the Gaussian in mm.
    pub sigma_mm: f64,
    /// Where the sampled kernel is cut off, in standard deviations.
    #[serde(default = "four")]
    pub truncate_sigma: f64,
    /// Sampled or recursive.
    #[serde(default)]
    pub method: GaussianMethod,
    /// Whether in 2D or 3D.
    #[serde(default)]
    pub dimensions: Dimensions,
    /// What lies outside of the image.
    #[serde(default)]
    pub boundary: Boundary,
}

fn four() -> f64 {
    4.0
}

impl LaplacianOfGaussian {
    pub(super) fn apply(&self, image: &Array3<f64>, spacing_mm: [f64; 3], isa: Isa) -> Result<Array3<f64>> {
        match self.method {
            GaussianMethod::Recursive => recursive_gaussian::laplacian(image, spacing_mm, self.sigma_mm, isa),
            GaussianMethod::Sampled => self.sampled(image, spacing_mm, isa),
        }
    }

    fn sampled(&self, image: &Array3<f64>, spacing_mm: [f64; 3], isa: Isa) -> Result<Array3<f64>> {
        let terms: Vec<_> =
            self.kernels(spacing_mm)?.into_iter().map(|kernels| (vec![kernels], 1.0)).collect();
        Ok(Engine { boundary: self.boundary, isa }.sum(image, &terms))
    }

    /// The kernel, −Πₐ g(xₐ) · Σₐ (1 − xₐ²/sₐ²)/sₐ² with sₐ = σ/spacing in voxels, as a sum of separable
    /// ones, one for each axis.
    pub(super) fn kernels(&self, spacing_mm: [f64; 3]) -> Result<Vec<Triple>> {
        let half = self.half(spacing_mm);
        check_reach("laplacian_of_gaussian", "sigma_mm", self.sigma_mm, half)?;
        let mut smooth = [0; 3].map(|_| Kernel::identity());
        let mut curved = smooth.clone();
        for axis in self.dimensions.axes() {
            [smooth[axis], curved[axis]] = gaussian(self.sigma_mm / spacing_mm[axis], half[axis]);
        }
        let term = |axis: usize| {
            let mut kernels = smooth.clone();
            kernels[axis] = curved[axis].clone();
            kernels
        };
        Ok(self.dimensions.axes().map(term).collect())
    }

    /// Half widths of the sampled kernel along (z, y, x).
    fn half(&self, spacing_mm: [f64; 3]) -> [usize; 3] {
        let half = |axis: usize| half_width(self.truncate_sigma * self.sigma_mm / spacing_mm[axis]);
        let mut halves = [0; 3];
        self.dimensions.axes().for_each(|axis| halves[axis] = half(axis));
        halves
    }

    pub(super) fn reach(&self, spacing_mm: [f64; 3]) -> Reach {
        match self.method {
            GaussianMethod::Recursive => Reach::Everything,
            GaussianMethod::Sampled => Reach::new(self.half(spacing_mm), self.boundary),
        }
    }

    pub(super) fn validate(&self) -> Result<()> {
        const FILTER: &str = "laplacian_of_gaussian";
        positive(FILTER, "sigma_mm", self.sigma_mm)?;
        positive(FILTER, "truncate_sigma", self.truncate_sigma)?;
        if self.method == GaussianMethod::Recursive {
            let alone = |parameter, given, what: &str| {
                Err(invalid(FILTER, parameter, given, format!("method `recursive` {what}")))
            };
            if self.dimensions == Dimensions::Two {
                return alone("dimensions", "2D", "filters volumes only: leave it out, or use `sampled`");
            }
            if self.boundary != Boundary::default() {
                return alone(
                    "boundary",
                    self.boundary.suffix().trim_start_matches('-'),
                    "has ITK's: leave it out",
                );
            }
            if self.truncate_sigma != four() {
                return alone(
                    "truncate_sigma",
                    &self.truncate_sigma.to_string(),
                    "cuts nothing off: leave it out",
                );
            }
        }
        Ok(())
    }

    pub(super) fn name(&self) -> String {
        if self.method == GaussianMethod::Recursive {
            return format!("log-{}mm-recursive", self.sigma_mm);
        }
        let truncate = match self.truncate_sigma {
            t if t == four() => String::new(),
            t => format!("-truncate{t}"),
        };
        let (dimensions, boundary) = (self.dimensions.text(), self.boundary.suffix());
        format!("log-{}mm-{dimensions}{truncate}{boundary}", self.sigma_mm)
    }
}

/// The normalised Gaussian g(x) = exp(−x²/2s²)/(√2π s), and −(1 − x²/s²) g(x)/s², for |x| ≤ `half`.
fn gaussian(s: f64, half: usize) -> [Kernel; 2] {
    let at = |i: usize| (i as f64 - half as f64) / s;
    let g = |x: f64| (-x * x / 2.0).exp() / ((2.0 * PI).sqrt() * s);
    let sample =
        |f: &dyn Fn(f64) -> f64| Kernel::centred(&(0..=2 * half).map(|i| f(at(i))).collect::<Vec<_>>());
    [sample(&g), sample(&|x| -(1.0 - x * x) * g(x) / (s * s))]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filters::separable::tests::assert_close;

    fn log(sigma_mm: f64, dimensions: Dimensions, boundary: Boundary) -> LaplacianOfGaussian {
        LaplacianOfGaussian {
            sigma_mm,
            truncate_sigma: 4.0,
            method: GaussianMethod::Sampled,
            dimensions,
            boundary,
        }
    }

    #[test]
    fn the_response_to_an_impulse_is_the_kernel() {
        // −1/s² (1/(√2π s))^D (D − r²/s²) exp(−r²/2s²), s = 1 voxel, cut off at 4.
        let mut image = Array3::zeros((11, 11, 13));
        image[[5, 5, 6]] = 1.0;
        for (dimensions, d) in [(Dimensions::Two, 2.0), (Dimensions::Three, 3.0)] {
            let found = log(2.0, dimensions, Boundary::Zero).apply(&image, [2.0; 3], Isa::best()).unwrap();
            let expected = Array3::from_shape_fn(image.dim(), |(k, j, i)| {
                let at = [k as f64 - 5.0, j as f64 - 5.0, i as f64 - 6.0];
                let beyond = at.iter().any(|x| x.abs() > 4.0);
                if beyond || dimensions == Dimensions::Two && k != 5 {
                    return 0.0;
                }
                let r2: f64 = at.iter().map(|x| x * x).sum();
                -(2.0 * PI).powf(-d / 2.0) * (d - r2) * (-r2 / 2.0).exp()
            });
            assert_close(&found.mapv(|x| 1e3 * x), &expected.mapv(|x| 1e3 * x), "impulse");
        }
    }

    #[test]
    fn widths_follow_the_spacing_of_each_axis() {
        assert_eq!(log(1.5, Dimensions::Three, Boundary::Zero).half([3.0, 1.0, 0.5]), [2, 6, 12]);
        let reach = log(1.5, Dimensions::Two, Boundary::Periodic).reach([3.0, 1.0, 0.5]);
        assert_eq!(reach, Reach::Periodic([0, 6, 12]));
    }

    #[test]
    fn parameters_are_checked_and_named() {
        let good = log(1.5, Dimensions::Two, Boundary::Mirror);
        assert!(good.validate().is_ok());
        assert_eq!(good.name(), "log-1.5mm-2D");
        let short =
            LaplacianOfGaussian { truncate_sigma: 3.0, ..log(3.0, Dimensions::Three, Boundary::Zero) };
        assert_eq!(short.name(), "log-3mm-3D-truncate3-zero");
        for sigma_mm in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert!(LaplacianOfGaussian { sigma_mm, ..good.clone() }.validate().is_err());
        }
        let recursive = LaplacianOfGaussian { method: GaussianMethod::Recursive, ..good };
        assert_eq!(
            recursive.validate().unwrap_err().to_string(),
            "filter `laplacian_of_gaussian`: `dimensions` is 2D: method `recursive` filters volumes only: leave it \
             out, or use `sampled`"
        );
        // A kernel wider than any image would take all memory.
        let wide = log(1e9, Dimensions::Three, Boundary::Mirror);
        let message = wide.apply(&Array3::zeros((1, 1, 1)), [1.0; 3], Isa::best()).unwrap_err().to_string();
        assert!(
            message.ends_with("at this voxel spacing it looks more than 4095 voxels far: make it smaller")
        );
    }
}
