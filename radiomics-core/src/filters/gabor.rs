//! Gabor filters.

use std::f64::consts::PI;

use ndarray::{Array3, Axis};
use rustfft::num_complex::Complex64;
use serde::{Deserialize, Serialize};

use super::bank::{Bank, Extent};
use super::{Boundary, Pooling, Reach, check_reach, half_width, invalid, positive};
use crate::error::Result;
use crate::kernels::Isa;

/// Modulus of the response to a 2D Gabor kernel (IBSI 2, Q88H).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gabor {
    /// Standard deviation of the envelope in mm.
    pub sigma_mm: f64,
    /// Wavelength in mm.
    pub lambda_mm: f64,
    /// Aspect ratio of the envelope.
    #[serde(default = "one")]
    pub gamma: f64,
    /// Orientation in radians.
    #[serde(default)]
    pub theta: f64,
    /// Step in radians of the orientations that are pooled; none for `theta` alone.
    #[serde(default)]
    pub delta_theta: Option<f64>,
    /// How orientations are pooled.
    #[serde(default = "mean")]
    pub pooling: Pooling,
    /// Whether axial, coronal and sagittal slices are filtered and averaged, or axial ones only.
    #[serde(default)]
    pub orthogonal_planes: bool,
    /// What lies outside of the image.
    #[serde(default)]
    pub boundary: Boundary,
}

fn one() -> f64 {
    1.0
}

fn mean() -> Pooling {
    Pooling::Mean
}

/// Kernels reach as far as this many standard deviations of the wider side of their envelope.
const TRUNCATE_SIGMA: f64 = 4.0;
/// Finer steps of the orientation take long and change nothing.
const SMALLEST_STEP: f64 = 1e-3;
const FILTER: &str = "gabor";

impl Gabor {
    /// Slices lie across z: the kernel's x and y are those of the image. With orthogonal planes
    /// they lie also across y, where these are x and z, and across x, where they are y and z.
    pub(super) fn apply(&self, image: &Array3<f64>, spacing_mm: [f64; 3], isa: Isa) -> Result<Array3<f64>> {
        const PLANES: [[usize; 3]; 3] = [[0, 1, 2], [1, 0, 2], [2, 0, 1]];
        let half = self.half(spacing_mm);
        check_reach(FILTER, "sigma_mm", self.sigma_mm, half)?;
        let planes = if self.orthogonal_planes { &PLANES[..] } else { &PLANES[..1] };
        let thetas = self.orientations();
        let weight = match self.pooling {
            Pooling::Mean => 1.0 / (thetas.len() * planes.len()) as f64,
            Pooling::Max => 1.0 / planes.len() as f64,
        };
        let mut response = Array3::zeros(image.dim());
        for &[across, v, u] in planes {
            let extents = [v, u].map(|axis| Extent::new(image.len_of(Axis(axis)), half[axis], self.boundary));
            let kernels = thetas.iter().map(|&theta| {
                move |dv: isize, du: isize| {
                    self.kernel(theta, dv as f64 * spacing_mm[v], du as f64 * spacing_mm[u])
                }
            });
            let bank = Bank::new(extents, kernels, self.pooling, isa);
            bank.add_responses(image, Axis(across), weight, &mut response);
        }
        Ok(response)
    }

    /// exp(−(u² + γ² v²)/(2 σ²) + i 2π u/λ), u = x cos θ + y sin θ, v = −x sin θ + y cos θ.
    fn kernel(&self, theta: f64, y: f64, x: f64) -> Complex64 {
        let (sin, cos) = theta.sin_cos();
        let (u, v) = (x * cos + y * sin, -x * sin + y * cos);
        let envelope = -(u * u + self.gamma * self.gamma * v * v) / (2.0 * self.sigma_mm * self.sigma_mm);
        Complex64::from_polar(envelope.exp(), 2.0 * PI * u / self.lambda_mm)
    }

    /// From θ on, as many as half a turn has: a kernel turned by half of one has the same modulus.
    fn orientations(&self) -> Vec<f64> {
        let Some(step) = self.delta_theta else { return vec![self.theta] };
        // A step that divides half a turn may do so not quite in floating point.
        let n = (PI / step - 1e-9).ceil().max(1.0) as usize;
        (0..n).map(|i| self.theta + i as f64 * step).collect()
    }

    fn half(&self, spacing_mm: [f64; 3]) -> [usize; 3] {
        let widest = TRUNCATE_SIGMA * self.sigma_mm * self.gamma.recip().max(1.0);
        spacing_mm.map(|spacing| half_width(widest / spacing))
    }

    pub(super) fn reach(&self, spacing_mm: [f64; 3]) -> Reach {
        let [z, y, x] = self.half(spacing_mm);
        Reach::new([if self.orthogonal_planes { z } else { 0 }, y, x], self.boundary)
    }

    pub(super) fn validate(&self) -> Result<()> {
        positive(FILTER, "sigma_mm", self.sigma_mm)?;
        positive(FILTER, "lambda_mm", self.lambda_mm)?;
        positive(FILTER, "gamma", self.gamma)?;
        if !self.theta.is_finite() {
            return Err(invalid(FILTER, "theta", self.theta, "it must be a finite number of radians"));
        }
        match self.delta_theta {
            Some(step) if !(SMALLEST_STEP..=PI).contains(&step) => {
                let remedy = format!("it must be {SMALLEST_STEP} to π radians");
                Err(invalid(FILTER, "delta_theta", step, remedy))
            }
            _ => Ok(()),
        }
    }

    pub(super) fn name(&self) -> String {
        let mut name = format!("gabor-{}mm-{}mm", self.sigma_mm, self.lambda_mm);
        if self.gamma != one() {
            name += &format!("-gamma{}", self.gamma);
        }
        if self.theta != 0.0 || self.delta_theta.is_none() {
            name += &format!("-theta{}", angle(self.theta));
        }
        if let Some(step) = self.delta_theta {
            name += &format!("-step{}", angle(step));
            if self.pooling == Pooling::Max {
                name += self.pooling.suffix();
            }
        }
        if self.orthogonal_planes {
            name += "-3planes";
        }
        name + self.boundary.suffix()
    }
}

/// In degrees if they are a short number that says the same, but for rounding.
fn angle(radians: f64) -> String {
    let degrees = (radians.to_degrees() * 1e6).round() / 1e6;
    let same = (degrees.to_radians() - radians).abs() <= 4.0 * f64::EPSILON * radians.abs();
    if same { format!("{degrees}deg") } else { format!("{radians}rad") }
}

#[cfg(test)]
#[path = "gabor_tests.rs"]
mod tests;
