//! IBSI 2, phase 1: response maps of phantoms.

use std::f64::consts::{FRAC_PI_3, FRAC_PI_4, FRAC_PI_8};

use super::check::{Check, Reference};
use crate::error::{Error, Result};
use crate::filters::{
    Boundary, Decomposition, Dimensions, Filter, Gabor, GaussianMethod, LaplacianOfGaussian, Laws, Mean,
    Pooling, Riesz, RieszBase, SeparableWavelet, Simoncelli, filter_each,
};
use crate::runtime::Runtime;
use crate::texture::aggregation::Aggregation;
use crate::volume::grid::Window;
use crate::volume::image::Image;

use Boundary::{Mirror, Nearest, Periodic, Zero};
use Dimensions::{Three, Two};

/// Share of the range that a voxel may deviate by.
const TOLERANCE: f64 = 0.01;

/// A test of phase 1 that has a reference map.
#[derive(Clone, Debug, PartialEq)]
pub struct ResponseMap {
    /// Number of the test, such as `3.a.2`.
    pub test: &'static str,
    /// Name of the phantom.
    pub phantom: &'static str,
    /// The filter that the test applies.
    pub filter: Filter,
}

impl ResponseMap {
    /// The phantom's file, in the folder of IBSI 2's data.
    pub fn phantom_file(&self) -> String {
        format!("phantoms/{}.nii.gz", self.phantom)
    }

    /// The reference map's file, in the folder of IBSI 2's data.
    pub fn reference_file(&self) -> String {
        format!("reference_response_maps/{}-ValidCRM.nii.gz", self.test.replace('.', "_"))
    }

    /// Filters the phantom and holds the response against the reference map.
    ///
    /// # Errors
    /// [`Error::ShapeMismatch`] for a reference of another shape than the phantom, and any error
    /// of [`filter_each`].
    pub fn check(&self, phantom: &Image, reference: &Image, runtime: &Runtime) -> Result<ResponseCheck> {
        let (image, mask) = (phantom.voxels().shape(), reference.voxels().shape());
        if image != mask {
            return Err(Error::ShapeMismatch { image, mask });
        }
        let mut responses = Vec::new();
        filter_each(phantom, std::slice::from_ref(&self.filter), runtime, |_, response| {
            responses.push(response)
        })?;
        let [response] = &responses[..] else {
            unreachable!("{} responses of one filter", responses.len());
        };
        assert_eq!(<[usize; 3]>::from(response.dim()), image, "shapes of a response and its image");
        let reference = reference.voxels().crop(&Window::whole(image));
        let mut check = ResponseCheck {
            test: self.test,
            filter: self.filter.kind(),
            deviation: 0.0,
            low: f64::INFINITY,
            high: f64::NEG_INFINITY,
        };
        for (response, &expected) in response.iter().zip(&reference) {
            let deviation = (response - expected).abs();
            // Not `f64::max`, which would pass over what is no number.
            if deviation > check.deviation || deviation.is_nan() {
                check.deviation = deviation;
            }
            (check.low, check.high) = (check.low.min(expected), check.high.max(expected));
        }
        Ok(check)
    }
}

/// How a response compares with its reference map.
#[derive(Clone, Debug, PartialEq)]
pub struct ResponseCheck {
    /// Number of the test.
    pub test: &'static str,
    /// Kind of the filter.
    pub filter: &'static str,
    /// Largest |response − reference| of all voxels.
    pub deviation: f64,
    /// Lowest value of the reference map.
    pub low: f64,
    /// Highest value of the reference map.
    pub high: f64,
}

impl ResponseCheck {
    /// The largest deviation over the range of the reference map.
    pub fn share(&self) -> f64 {
        self.deviation / (self.high - self.low)
    }

    /// Whether the response is inside of the tolerance, by IBSI's rule: 1 % of the range, in
    /// every voxel.
    pub fn inside(&self) -> bool {
        self.share() <= TOLERANCE
    }

    /// This comparison as a check beside those of features: the share of the range, which should be 0.
    pub fn as_check(&self) -> Check {
        let reference = Reference {
            dataset: "response_maps",
            family: self.filter,
            aggregation: Aggregation::Region,
            feature: self.test,
            ibsi_id: "",
            ibsi_parameter_id: "",
            value: 0.0,
            tolerance: TOLERANCE,
            consensus: "",
        };
        // Less than a millionth of the range is rounding of the reference maps.
        Check { reference, value: (self.share() * 1e6).round() / 1e6 }
    }
}

/// The tests of phase 1 that have a reference map.
pub fn response_maps() -> Vec<ResponseMap> {
    let mut maps = Vec::new();
    let mut test = |test, phantom, filter| maps.push(ResponseMap { test, phantom, filter });

    test("1.a.1", "checkerboard", mean(Three, Zero));
    test("1.a.2", "checkerboard", mean(Three, Nearest));
    test("1.a.3", "checkerboard", mean(Three, Periodic));
    test("1.a.4", "checkerboard", mean(Three, Mirror));
    test("1.b.1", "impulse", mean(Two, Zero));

    let log = |sigma_mm, dimensions, boundary| {
        Filter::LaplacianOfGaussian(laplacian_of_gaussian(sigma_mm, dimensions, boundary))
    };
    test("2.a", "impulse", log(3.0, Three, Zero));
    test("2.b", "checkerboard", log(5.0, Three, Mirror));
    test("2.c", "checkerboard", log(5.0, Two, Mirror));

    for (tests, phantom, kernels, boundary) in [
        (["3.a.1", "3.a.2", "3.a.3"], "impulse", "E5L5S5", Zero),
        (["3.b.1", "3.b.2", "3.b.3"], "checkerboard", "E3W5R5", Mirror),
        (["3.c.1", "3.c.2", "3.c.3"], "checkerboard", "L5S5", Mirror),
    ] {
        test(tests[0], phantom, laws(kernels, false, None, boundary));
        test(tests[1], phantom, laws(kernels, true, None, boundary));
        test(tests[2], phantom, laws(kernels, true, Some(7), boundary));
    }

    let narrow = gabor([10.0, 4.0, 0.5], Zero);
    test("4.a.1", "impulse", Filter::Gabor(Gabor { theta: FRAC_PI_3, ..narrow.clone() }));
    test("4.a.2", "impulse", pooled(narrow, FRAC_PI_4));
    let wide = gabor([20.0, 8.0, 2.5], Mirror);
    test("4.b.1", "sphere", Filter::Gabor(Gabor { theta: 5.0 * FRAC_PI_4, ..wide.clone() }));
    test("4.b.2", "sphere", pooled(wide, FRAC_PI_8));

    test("5.a.1", "impulse", wavelet("db2", "LHL", 1, false, Zero));
    test("5.a.2", "impulse", wavelet("db2", "LHL", 1, true, Zero));
    test("6.a.1", "sphere", wavelet("coif1", "HHL", 1, false, Periodic));
    test("6.a.2", "sphere", wavelet("coif1", "HHL", 1, true, Periodic));
    test("7.a.1", "checkerboard", wavelet("haar", "LLL", 2, true, Mirror));
    test("7.a.2", "checkerboard", wavelet("haar", "HHH", 2, true, Mirror));

    for (number, level) in [("8.a.1", 1), ("8.a.2", 2), ("8.a.3", 3)] {
        test(number, "checkerboard", Filter::Simoncelli(simoncelli(level, Periodic)));
    }

    // Orders are (z, y, x) here, (x, y, z) in the standard.
    let of_log = RieszBase::LaplacianOfGaussian(laplacian_of_gaussian(3.0, Three, Zero));
    test("9.a", "impulse", Filter::Riesz(Riesz { order: [0, 0, 1], of: of_log.clone() }));
    test("9.b.1", "sphere", Filter::Riesz(Riesz { order: [0, 2, 0], of: of_log }));
    let of_simoncelli = RieszBase::Simoncelli(simoncelli(1, Nearest));
    test("10.b.1", "pattern_1", Filter::Riesz(Riesz { order: [0, 2, 0], of: of_simoncelli }));
    maps
}

fn mean(dimensions: Dimensions, boundary: Boundary) -> Filter {
    Filter::Mean(Mean { support_voxels: 15, dimensions, boundary })
}

fn laplacian_of_gaussian(sigma_mm: f64, dimensions: Dimensions, boundary: Boundary) -> LaplacianOfGaussian {
    let method = GaussianMethod::Sampled;
    LaplacianOfGaussian { sigma_mm, truncate_sigma: 4.0, method, dimensions, boundary }
}

fn laws(
    kernels: &str,
    rotation_invariant: bool,
    energy_delta_voxels: Option<usize>,
    boundary: Boundary,
) -> Filter {
    let (kernels, pooling) = (kernels.to_owned(), Pooling::Max);
    Filter::Laws(Laws { kernels, rotation_invariant, pooling, energy_delta_voxels, boundary })
}

fn gabor([sigma_mm, lambda_mm, gamma]: [f64; 3], boundary: Boundary) -> Gabor {
    Gabor {
        sigma_mm,
        lambda_mm,
        gamma,
        theta: 0.0,
        delta_theta: None,
        pooling: Pooling::Mean,
        orthogonal_planes: false,
        boundary,
    }
}

fn pooled(gabor: Gabor, delta_theta: f64) -> Filter {
    Filter::Gabor(Gabor { delta_theta: Some(delta_theta), orthogonal_planes: true, ..gabor })
}

fn wavelet(
    wavelet: &str,
    subband: &str,
    level: usize,
    rotation_invariant: bool,
    boundary: Boundary,
) -> Filter {
    Filter::SeparableWavelet(SeparableWavelet {
        wavelet: wavelet.to_owned(),
        subband: subband.to_owned(),
        level,
        rotation_invariant,
        pooling: Pooling::Mean,
        decomposition: Decomposition::Dilated,
        boundary,
    })
}

fn simoncelli(level: usize, boundary: Boundary) -> Simoncelli {
    Simoncelli { level, dimensions: Three, boundary }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_published_map_is_tested_once() {
        let maps = response_maps();
        let mut numbers: Vec<_> = maps.iter().map(|map| map.test).collect();
        numbers.dedup();
        assert_eq!(numbers.len(), 33);
        assert_eq!(maps[9].reference_file(), "reference_response_maps/3_a_2-ValidCRM.nii.gz");
    }

    #[test]
    fn one_voxel_of_another_value_is_seen() {
        let check = |deviation| ResponseCheck { test: "", filter: "", deviation, low: -1.0, high: 1.0 };
        assert!(check(0.02).inside());
        assert!(!check(0.0201).inside());
        assert!(!check(f64::NAN).inside());
    }
}
