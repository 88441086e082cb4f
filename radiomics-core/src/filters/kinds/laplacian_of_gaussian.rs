//! Laplacian of Gaussian.

use std::f64::consts::PI;

use ndarray::{Array3, ArrayRef3};

use crate::error::Result;
use crate::filters::engine::boundary::Boundary;
use crate::filters::engine::choices::Dimensions;
use crate::filters::engine::kernel1d::{Kernel, Triple};
use crate::filters::engine::parts::sized;
use crate::filters::engine::recursive_gaussian::{Laplacians, is_large_enough};
use crate::filters::engine::separable::Engine;
use crate::filters::operation::{Described, Operation, parameters};
use crate::filters::reach::{About, Reach, half_width};
use crate::kernels::Isa;
use crate::kernels::elementary::exp;
use crate::names::Named;
use crate::volume::grid::Window;

/// How a Gaussian is convolved with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum GaussianMethod {
    /// Samples of the Gaussian, cut off (IBSI).
    #[default]
    Sampled,
    /// The recursive approximation of Deriche as in ITK, normalised across scales, computed in
    /// 32-bit floats between axes (PyRadiomics). Volumes only; the border is ITK's.
    Recursive,
}

/// The least σ in millimetres: kernels of smaller ones are beyond 64-bit floats.
const SMALLEST_SIGMA_MM: f64 = 1e-30;

impl Named for GaussianMethod {
    const KIND: &'static str = "method";
    const NAMES: &'static [(&'static str, Self)] =
        &[("sampled", Self::Sampled), ("recursive", Self::Recursive)];
}

/// Where the kernels of IBSI's reference responses are cut off, in standard deviations.
const TRUNCATE_SIGMA: f64 = 4.0;

parameters! {
    /// Laplacian of Gaussian (IBSI 2, L6PA).
    pub struct LaplacianOfGaussian = "laplacian_of_gaussian", "L6PA", "LoG" {
        /// Standard deviation of the Gaussian in mm.
        pub sigma_mm: f64,
        /// Where the sampled kernel is cut off, in standard deviations.
        pub truncate_sigma: f64 = TRUNCATE_SIGMA,
        /// Whether the Gaussian is sampled and cut off (IBSI), or is ITK's recursive one: normalised across
        /// scales, in 32-bit floats between axes, for volumes only and with ITK's border (PyRadiomics).
        pub method: GaussianMethod = GaussianMethod::Sampled,
        /// Whether the volume is filtered, or each slice by itself.
        pub dimensions: Dimensions = Dimensions::Three,
        /// What lies outside of the image.
        pub boundary: Boundary = Boundary::Mirror,
    }
}

impl LaplacianOfGaussian {
    /// Puts the part `part` of the recursive method's response into `response`. `laplacians` is the same
    /// for all standard deviations.
    ///
    /// # Errors
    /// [`crate::Error::Filter`] if the image, of `shape`, is too small.
    pub(crate) fn recursive(
        &self,
        laplacians: &mut Laplacians,
        (shape, spacing_mm): ([usize; 3], [f64; 3]),
        part: &Window,
        isa: Isa,
        response: &mut Array3<f64>,
    ) -> Result<()> {
        if !is_large_enough(shape, spacing_mm, self.sigma_mm) {
            let remedy = format!(
                "the image of {shape:?} voxels (z, y, x) of {spacing_mm:?} mm is too small: the recursive method \
                 needs at least 4 voxels and sigma / spacing + 1 along each axis; choose a smaller sigma or a larger crop"
            );
            return Err(Self::invalid("sigma_mm", self.sigma_mm, remedy));
        }
        laplacians.response(self.sigma_mm, part, isa, sized(response, part.shape));
        Ok(())
    }

    fn sampled(&self, image: &ArrayRef3<f64>, spacing_mm: [f64; 3], isa: Isa) -> Result<Array3<f64>> {
        let terms: Vec<_> =
            self.kernels(spacing_mm)?.into_iter().map(|kernels| (vec![kernels], 1.0)).collect();
        Ok(Engine { boundary: self.boundary, isa }.sum(image, &terms))
    }

    /// The kernel, −Πₐ g(xₐ) · Σₐ (1 − xₐ²/sₐ²)/sₐ² with sₐ = σ/spacing in voxels, as a sum of separable
    /// ones, one for each axis.
    pub(crate) fn kernels(&self, spacing_mm: [f64; 3]) -> Result<Vec<Triple>> {
        let half = self.half(spacing_mm);
        Self::check_reach("sigma_mm", self.sigma_mm, half)?;
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

    /// Checks that nothing is given that the recursive method does not know.
    fn validate_recursive(&self) -> Result<()> {
        let alone = |parameter, given: &str, remedy: &str| {
            Err(Self::invalid(parameter, given, format!("method `recursive` {remedy}")))
        };
        if self.dimensions == Dimensions::Two {
            return alone("dimensions", "2D", "filters volumes only: leave it out, or use `sampled`");
        }
        if self.boundary != Boundary::default() {
            return alone("boundary", self.boundary.name(), "has ITK's: leave it out");
        }
        if self.truncate_sigma != TRUNCATE_SIGMA {
            return alone(
                "truncate_sigma",
                &self.truncate_sigma.to_string(),
                "cuts nothing off: leave it out",
            );
        }
        Ok(())
    }
}

impl Operation for LaplacianOfGaussian {
    fn apply(&self, image: &ArrayRef3<f64>, about: About, isa: Isa) -> Result<Array3<f64>> {
        match self.method {
            GaussianMethod::Recursive => {
                let shape: [usize; 3] = image.dim().into();
                let mut response = Array3::default([0; 3]);
                let mut laplacians = Laplacians::new(image, about.spacing_mm);
                let grid = (shape, about.spacing_mm);
                self.recursive(&mut laplacians, grid, &Window::whole(shape), isa, &mut response)?;
                Ok(response)
            }
            GaussianMethod::Sampled => self.sampled(image, about.spacing_mm, isa),
        }
    }

    fn reach(&self, spacing_mm: [f64; 3]) -> Reach {
        match self.method {
            GaussianMethod::Recursive => Reach::Everything,
            GaussianMethod::Sampled => Reach::new(self.half(spacing_mm), self.boundary),
        }
    }

    fn validate(&self) -> Result<()> {
        Self::positive("sigma_mm", self.sigma_mm)?;
        if self.sigma_mm < SMALLEST_SIGMA_MM {
            let remedy = format!("it must be at least {SMALLEST_SIGMA_MM:e}, as voxel spacings must");
            return Err(Self::invalid("sigma_mm", self.sigma_mm, remedy));
        }
        Self::positive("truncate_sigma", self.truncate_sigma)?;
        match self.method {
            GaussianMethod::Recursive => self.validate_recursive(),
            GaussianMethod::Sampled => Ok(()),
        }
    }

    fn name(&self) -> String {
        if self.method == GaussianMethod::Recursive {
            return format!("log-{}mm-recursive", self.sigma_mm);
        }
        let truncate = match self.truncate_sigma {
            t if t == TRUNCATE_SIGMA => String::new(),
            t => format!("-truncate{t}"),
        };
        let (dimensions, boundary) = (self.dimensions.name(), self.boundary.suffix());
        format!("log-{}mm-{dimensions}{truncate}{boundary}", self.sigma_mm)
    }
}

/// The normalised Gaussian g(x) = exp(−x²/2s²)/(√2π s), and −(1 − x²/s²) g(x)/s², for |x| ≤ `half`.
fn gaussian(s: f64, half: usize) -> [Kernel; 2] {
    let at = |i: usize| (i as f64 - half as f64) / s;
    let g = |x: f64| exp(-x * x / 2.0) / ((2.0 * PI).sqrt() * s);
    let sample =
        |f: &dyn Fn(f64) -> f64| Kernel::centred(&(0..=2 * half).map(|i| f(at(i))).collect::<Vec<_>>());
    [sample(&g), sample(&|x| -(1.0 - x * x) * g(x) / (s * s))]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filters::engine::separable::tests::assert_close;

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
            let filter = log(2.0, dimensions, Boundary::Zero);
            let response = filter.apply(&image, About::doubles([2.0; 3]), Isa::best()).unwrap();
            let expected = Array3::from_shape_fn(image.dim(), |(k, j, i)| {
                let at = [k as f64 - 5.0, j as f64 - 5.0, i as f64 - 6.0];
                let beyond = at.iter().any(|x| x.abs() > 4.0);
                if beyond || dimensions == Dimensions::Two && k != 5 {
                    return 0.0;
                }
                let r2: f64 = at.iter().map(|x| x * x).sum();
                -(2.0 * PI).powf(-d / 2.0) * (d - r2) * (-r2 / 2.0).exp()
            });
            assert_close(&response.mapv(|x| 1e3 * x), &expected.mapv(|x| 1e3 * x), "impulse");
        }
    }

    /// What the end of the kernel leaves: the page of filters says so.
    #[test]
    fn a_constant_image_shows_where_the_kernel_ends() {
        let of = |truncate_sigma: f64| {
            let filter =
                LaplacianOfGaussian { truncate_sigma, ..log(3.0, Dimensions::Three, Boundary::Mirror) };
            let image = Array3::from_elem((3, 3, 3), 500.0);
            filter.apply(&image, About::doubles([1.0; 3]), Isa::best()).unwrap()[[1, 1, 1]]
        };
        let for_each_axis = of(4.0) / (3.0 * 500.0 / 9.0);
        assert!((-1.1e-3..-4e-4).contains(&for_each_axis), "{for_each_axis}");
        assert!(of(9.0).abs() < 1e-9);
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
        let apply = |filter: LaplacianOfGaussian| {
            let image = Array3::zeros((1, 1, 1));
            filter.apply(&image, About::doubles([1.0; 3]), Isa::best()).unwrap_err().to_string()
        };
        assert!(
            apply(wide)
                .ends_with("at this voxel spacing it looks more than 4095 voxels far: make it smaller")
        );
        let method = GaussianMethod::Recursive;
        let small = LaplacianOfGaussian { method, ..log(1.0, Dimensions::Three, Boundary::Mirror) };
        assert!(apply(small).contains("is too small: the recursive method needs at least 4 voxels"));
    }
}
