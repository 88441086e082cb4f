//! Gabor filters.

use std::f64::consts::PI;

use ndarray::{Array3, Axis};
use rustfft::num_complex::Complex64;

use crate::error::Result;
use crate::filters::engine::bank::{Bank, Extent};
use crate::filters::engine::boundary::Boundary;
use crate::filters::engine::choices::Pooling;
use crate::filters::operation::{Described, Operation, parameters};
use crate::filters::reach::{About, Reach, half_width};
use crate::kernels::Isa;
use crate::names::Named;

parameters! {
    /// Modulus of the response to a 2D Gabor kernel (IBSI 2, Q88H).
    pub struct Gabor = "gabor", "Q88H", "" {
        /// Standard deviation of the envelope in mm.
        pub sigma_mm: f64,
        /// Wavelength in mm.
        pub lambda_mm: f64,
        /// Aspect ratio of the envelope.
        pub gamma: f64 = ROUND,
        /// Orientation in radians.
        pub theta: f64 = 0.0,
        /// Step in radians of the orientations that are pooled; none for `theta` alone.
        pub delta_theta: Option<f64> = None,
        /// How the responses in several orientations are pooled.
        pub pooling: Pooling = Pooling::Mean,
        /// Whether axial, coronal and sagittal slices are filtered and averaged, or axial ones only.
        pub orthogonal_planes: bool = false,
        /// What lies outside of the image.
        pub boundary: Boundary = Boundary::Mirror,
    }
}

/// The aspect ratio of a round envelope.
const ROUND: f64 = 1.0;

/// Kernels reach as far as this many standard deviations of the wider side of their envelope.
const TRUNCATE_SIGMA: f64 = 4.0;
/// The least step of the orientation: finer ones take long and change nothing.
const SMALLEST_STEP: f64 = 1e-3;

/// Planes of slices: the axes across them, of the kernel's y and of its x. With orthogonal planes slices
/// lie not only across z, but also across y and across x.
const PLANES: [[usize; 3]; 3] = [[0, 1, 2], [1, 0, 2], [2, 0, 1]];

impl Gabor {
    /// The kernel exp(−(u² + γ² v²)/(2 σ²) + i 2π u/λ), u = x cos θ + y sin θ, v = −x sin θ + y cos θ.
    fn kernel(&self, theta: f64, y: f64, x: f64) -> Complex64 {
        let (sin, cos) = theta.sin_cos();
        let (u, v) = (x * cos + y * sin, -x * sin + y * cos);
        let envelope = -(u * u + self.gamma * self.gamma * v * v) / (2.0 * self.sigma_mm * self.sigma_mm);
        Complex64::from_polar(envelope.exp(), 2.0 * PI * u / self.lambda_mm)
    }

    /// The orientations from θ on, as many as half a turn has: a kernel turned by half of one has the same modulus.
    fn orientations(&self) -> Vec<f64> {
        let Some(step) = self.delta_theta else { return vec![self.theta] };
        // A step that divides half a turn may do so not quite in floating point.
        let n = (PI / step - 1e-9).ceil().max(1.0) as usize;
        (0..n).map(|i| self.theta + i as f64 * step).collect()
    }

    /// Half widths of the kernels along (z, y, x).
    fn half(&self, spacing_mm: [f64; 3]) -> [usize; 3] {
        let widest = TRUNCATE_SIGMA * self.sigma_mm * self.gamma.recip().max(1.0);
        spacing_mm.map(|spacing| half_width(widest / spacing))
    }
}

impl Operation for Gabor {
    fn apply(&self, image: &Array3<f64>, about: About, isa: Isa) -> Result<Array3<f64>> {
        let spacing_mm = about.spacing_mm;
        let half = self.half(spacing_mm);
        Self::check_reach("sigma_mm", self.sigma_mm, half)?;
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

    fn reach(&self, spacing_mm: [f64; 3]) -> Reach {
        let [z, y, x] = self.half(spacing_mm);
        Reach::new([if self.orthogonal_planes { z } else { 0 }, y, x], self.boundary)
    }

    fn validate(&self) -> Result<()> {
        Self::positive("sigma_mm", self.sigma_mm)?;
        Self::positive("lambda_mm", self.lambda_mm)?;
        Self::positive("gamma", self.gamma)?;
        if !self.theta.is_finite() {
            return Err(Self::invalid("theta", self.theta, "it must be a finite number of radians"));
        }
        match self.delta_theta {
            Some(step) if !(SMALLEST_STEP..=PI).contains(&step) => {
                let remedy = format!("it must be {SMALLEST_STEP} to π radians");
                Err(Self::invalid("delta_theta", step, remedy))
            }
            _ => Ok(()),
        }
    }

    fn name(&self) -> String {
        let mut name = format!("gabor-{}mm-{}mm", self.sigma_mm, self.lambda_mm);
        if self.gamma != ROUND {
            name += &format!("-gamma{}", self.gamma);
        }
        if self.theta != 0.0 || self.delta_theta.is_none() {
            name += &format!("-theta{}", angle(self.theta));
        }
        if let Some(step) = self.delta_theta {
            name += &format!("-step{}", angle(step));
            if self.pooling == Pooling::Max {
                name += &format!("-{}", self.pooling.name());
            }
        }
        if self.orthogonal_planes {
            name += "-3planes";
        }
        name + &self.boundary.suffix()
    }
}

/// An angle in degrees if they are a short number that says the same, but for rounding.
fn angle(radians: f64) -> String {
    let degrees = (radians.to_degrees() * 1e6).round() / 1e6;
    let same = (degrees.to_radians() - radians).abs() <= 4.0 * f64::EPSILON * radians.abs();
    if same { format!("{degrees}deg") } else { format!("{radians}rad") }
}

#[cfg(test)]
#[path = "gabor_tests.rs"]
mod tests;
