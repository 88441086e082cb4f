//! Gabor filters.

use std::f64::consts::PI;

use ndarray::{Array3, ArrayRef3, Axis};
use rustfft::num_complex::Complex64;

use crate::error::Result;
use crate::filters::engine::bank::{Bank, Extent, Kernel};
use crate::filters::engine::boundary::Boundary;
use crate::filters::engine::choices::Pooling;
use crate::filters::operation::{Described, Operation, parameters};
use crate::filters::reach::{About, Reach};
use crate::kernels::Isa;
use crate::kernels::elementary::{exp, hypot, sin_cos};
use crate::names::Named;
use crate::volume::grid::Window;
use crate::volume::voxels::volume;

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

/// Kernels reach as far as this many standard deviations of the wider side of their envelope. Beyond it
/// exp(−t²/2) is below 2⁻⁵³: in 64-bit floats a kernel that reaches further is the same one.
const TRUNCATE_SIGMA: f64 = 8.6;
/// Kernels of at most so many taps are transformed; of larger ones the spectrum may take less to compute.
const FEW_TAPS: f64 = 65_536.0;
/// Values at most that are computed for the kernels of a plane: some ten seconds on one thread.
const MOST_VALUES: f64 = 5e8;
/// Points at most of all spectra of a plane, 8 bytes each.
const MOST_POINTS: f64 = 536_870_912.0;

/// Points of all spectra of all slices beyond which a spectrum may have no more than [`MOST_TIMES`] as many as
/// the slice has voxels: a kernel that is far wider than the image sees little but what is put beyond its border.
const FEW_POINTS: f64 = 33_554_432.0;
/// Values of kernels beyond which there may be no more than the square of that times as many.
const FEW_VALUES: f64 = 2e7;
const MOST_TIMES: f64 = 64.0;
/// The shortest wave in mm: the phase of much shorter ones is beyond the largest number.
const SHORTEST: f64 = 1e-100;
/// The least step of the orientation: finer ones take long and change nothing.
const SMALLEST_STEP: f64 = 1e-3;

/// Planes of slices: the axes across them, of the kernel's y and of its x. With orthogonal planes slices
/// lie not only across z, but also across y and across x.
const PLANES: [[usize; 3]; 3] = [[0, 1, 2], [1, 0, 2], [2, 0, 1]];

impl Gabor {
    /// The kernel exp(−(u² + γ² v²)/(2 σ²) + i 2π u/λ), u = x cos θ + y sin θ, v = −x sin θ + y cos θ.
    fn kernel(&self, theta: f64, y: f64, x: f64) -> Complex64 {
        let (sin, cos) = sin_cos(theta);
        let (u, v) = (x * cos + y * sin, -x * sin + y * cos);
        // The square of γ may be infinite and that of σ 0: infinity times 0 and 0 over 0 are no numbers.
        let across = if v == 0.0 { 0.0 } else { self.gamma * self.gamma * v * v };
        let far = u * u + across;
        let envelope = if far == 0.0 { 0.0 } else { -far / (2.0 * self.sigma_mm * self.sigma_mm) };
        let (sin, cos) = sin_cos(2.0 * PI * u / self.lambda_mm);
        exp(envelope) * Complex64::new(cos, sin)
    }

    /// The orientations from θ on, as many as half a turn has: a kernel turned by half of one has the same modulus.
    fn orientations(&self) -> Vec<f64> {
        let Some(step) = self.delta_theta else { return vec![self.theta] };
        // A step that divides half a turn may do so not quite in floating point.
        let n = (PI / step - 1e-9).ceil().max(1.0) as usize;
        (0..n).map(|i| self.theta + i as f64 * step).collect()
    }

    /// The lowest and the highest frequency along (y, x), in cycles per mm, of what a kernel passes.
    fn band(&self, theta: f64) -> [[f64; 2]; 2] {
        let (sin, cos) = sin_cos(theta);
        // Nor may these be infinite: along an axis of the envelope they are multiplied by 0.
        let wide = |side: f64| (TRUNCATE_SIGMA * side / (2.0 * PI * self.sigma_mm)).min(f64::MAX);
        let deviations = [1.0, self.gamma].map(wide);
        [[sin, cos], [cos, -sin]].map(|[along_u, along_v]| {
            let (middle, width) =
                (along_u / self.lambda_mm, hypot(along_u * deviations[0], along_v * deviations[1]));
            [middle - width, middle + width]
        })
    }

    /// The spectrum of the kernel at frequencies (v, u) in cycles per voxel. That of its values at all
    /// voxels is the sum over all whole m of what the kernel of a plane without voxels has at f + m,
    /// 2π σ²/γ · exp(−2π² σ² ((f_u − 1/λ)² + f_v²/γ²)), over the area of a voxel (Poisson).
    fn spectrum(&self, theta: f64, spacing_mm: [f64; 2], at: [f64; 2]) -> f64 {
        let (sin, cos) = sin_cos(theta);
        let band = self.band(theta);
        let places = |axis: usize| {
            let [low, high] = band[axis].map(|end| end * spacing_mm[axis] - at[axis]);
            low.ceil() as i64..=high.floor() as i64
        };
        let square = 2.0 * PI * self.sigma_mm * self.sigma_mm;
        let mut sum = 0.0;
        for m in places(0) {
            for n in places(1) {
                let [y, x] = [(0, m), (1, n)].map(|(axis, n)| (at[axis] + n as f64) / spacing_mm[axis]);
                let (u, v) = (x * cos + y * sin - 1.0 / self.lambda_mm, (-x * sin + y * cos) / self.gamma);
                sum += exp(-PI * square * (u * u + v * v));
            }
        }
        sum * square / (self.gamma * spacing_mm[0] * spacing_mm[1])
    }

    /// Half widths of the kernels along (z, y, x).
    fn half(&self, spacing_mm: [f64; 3]) -> [usize; 3] {
        let widest = TRUNCATE_SIGMA * self.sigma_mm * self.gamma.recip().max(1.0);
        // However wide they are, it stays a number that can be added to.
        spacing_mm.map(|spacing| ((widest / spacing + 0.5).floor() as usize).min(isize::MAX as usize / 8))
    }

    /// Whether kernels for slices with these extents are computed by their spectrum, not by their taps.
    ///
    /// # Errors
    /// [`crate::Error::Filter`] if either takes too much.
    fn by_spectrum(
        &self,
        thetas: &[f64],
        slices: usize,
        extents: [Extent; 2],
        spacing_mm: [f64; 2],
    ) -> Result<bool> {
        let product = |of: fn(&Extent) -> usize| extents.iter().map(|e| of(e) as f64).product::<f64>();
        let (taps, points) = (product(Extent::taps), product(Extent::points));
        let terms = |theta: &f64| {
            let band = self.band(*theta);
            (0..2).map(|a| ((band[a][1] - band[a][0]) * spacing_mm[a]).floor() + 1.0).product::<f64>()
        };
        // `f64::max` would pass over what is no number.
        let most = thetas.iter().map(terms).fold(1.0, |most, n| if n <= most { most } else { n });
        let terms = points * most;
        // With zeros beyond the image a kernel ends where the image does, and so has another spectrum.
        let by_spectrum = taps > FEW_TAPS && terms < taps && self.boundary != Boundary::Zero;
        let n = thetas.len();
        let values = n as f64 * if by_spectrum { terms } else { taps };
        if values > MOST_VALUES || n as f64 * points > MOST_POINTS {
            let remedy = format!(
                "with {n} orientations it takes {values:.1e} values of kernels and {:.1e} points of spectra: make it \
                 smaller, or the image or `delta_theta` coarser",
                n as f64 * points
            );
            return Err(Self::invalid("sigma_mm", self.sigma_mm, remedy));
        }
        let plane = product(Extent::length);
        // A slice is transformed once, and back once for each orientation.
        let transformed = slices as f64 * (n as f64 + 1.0) * points;
        if (transformed > FEW_POINTS && points > MOST_TIMES * plane)
            || values > FEW_VALUES.max(MOST_TIMES * MOST_TIMES * plane)
        {
            let remedy = format!(
                "it looks so far that {slices} slices of {plane} voxels take {values:.1e} values of kernels and \
                 {transformed:.1e} points of spectra: make it smaller"
            );
            return Err(Self::invalid("sigma_mm", self.sigma_mm, remedy));
        }
        Ok(by_spectrum)
    }

    /// The response in the part `part` of an image; elsewhere there is anything.
    ///
    /// # Errors
    /// As [`Operation::apply`].
    pub(crate) fn within(
        &self,
        image: &ArrayRef3<f64>,
        about: About,
        part: &Window,
        isa: Isa,
    ) -> Result<Array3<f64>> {
        let spacing_mm = about.spacing_mm;
        let half = self.half(spacing_mm);
        if self.boundary == Boundary::Nearest {
            Self::check_reach("sigma_mm", self.sigma_mm, half)?;
        }
        let wanted = |axis: usize| part.start[axis]..part.end()[axis];
        let planes = if self.orthogonal_planes { &PLANES[..] } else { &PLANES[..1] };
        let thetas = self.orientations();
        let weight = match self.pooling {
            Pooling::Mean => 1.0 / (thetas.len() * planes.len()) as f64,
            Pooling::Max => 1.0 / planes.len() as f64,
        };
        let mut response = volume(image.dim().into());
        for &[across, v, u] in planes {
            let extent =
                |axis: usize| Extent::new(image.len_of(Axis(axis)), half[axis], self.boundary, wanted(axis));
            let (extents, spacing) = ([v, u].map(extent), [v, u].map(|axis| spacing_mm[axis]));
            let by_spectrum = self.by_spectrum(&thetas, wanted(across).len(), extents, spacing)?;
            let kernels = thetas.iter().map(|&theta| match by_spectrum {
                true => Kernel::Spectrum(move |v: f64, u: f64| self.spectrum(theta, spacing, [v, u])),
                false => Kernel::Taps(move |dv: isize, du: isize| {
                    self.kernel(theta, dv as f64 * spacing[0], du as f64 * spacing[1])
                }),
            });
            let bank = Bank::new(extents, kernels, self.pooling, isa);
            bank.add_responses(image, (Axis(across), wanted(across)), weight, &mut response);
        }
        Ok(response)
    }
}

impl Operation for Gabor {
    fn apply(&self, image: &ArrayRef3<f64>, about: About, isa: Isa) -> Result<Array3<f64>> {
        self.within(image, about, &Window::whole(image.dim().into()), isa)
    }

    fn reach(&self, spacing_mm: [f64; 3]) -> Reach {
        let [z, y, x] = self.half(spacing_mm);
        Reach::new([if self.orthogonal_planes { z } else { 0 }, y, x], self.boundary)
    }

    fn validate(&self) -> Result<()> {
        Self::positive("sigma_mm", self.sigma_mm)?;
        Self::positive("lambda_mm", self.lambda_mm)?;
        if self.lambda_mm < SHORTEST {
            return Err(Self::invalid(
                "lambda_mm",
                self.lambda_mm,
                format!("it must be at least {SHORTEST:e} mm"),
            ));
        }
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
            // An angle of −0 is one of 0.
            name += &format!("-theta{}", angle(self.theta + 0.0));
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
