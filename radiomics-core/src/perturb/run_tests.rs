//! Whole perturbations of an image of noise with a ball in it.

use ndarray::Array3;

use super::*;
use crate::extract::extract;
use crate::kernels::Isa;
use crate::runtime::{Execution, Pool};
use crate::settings::Interpolation;

struct Case {
    grid: Grid,
    image: Array3<i16>,
    mask: Array3<u8>,
}

fn case() -> Case {
    let shape = [24, 30, 32];
    let stream = Stream::new(9, "image");
    let apart = |(k, j, i): (usize, usize, usize)| {
        (2.0 * (k as f64 - 12.0)).powi(2) + (j as f64 - 15.0).powi(2) + (i as f64 - 16.0).powi(2)
    };
    let mut normal = Array3::zeros(shape);
    for (row, mut voxels) in normal.rows_mut().into_iter().enumerate() {
        stream.add_normal(Isa::best(), row as u64, 0, voxels.as_slice_mut().unwrap(), 1.0);
    }
    let image = Array3::from_shape_fn(shape, |at| {
        (if apart(at) < 100.0 { 60.0 } else { -20.0 } + 10.0 * normal[at]).round() as i16
    });
    let mask = Array3::from_shape_fn(shape, |at| u8::from(apart(at) < 81.0));
    Case { grid: Grid::new(shape, [2.0, 1.0, 1.0]).unwrap(), image, mask }
}

impl Case {
    fn run(&self, perturbation: &Perturbation, seed: u64, threads: usize) -> Result<Perturbed> {
        let image = Image::new(self.grid.clone(), self.image.view())?;
        let mask = Mask::new(self.grid.clone(), self.mask.view())?;
        let options = PerturbOptions { seed, ..PerturbOptions::default() };
        let pool = Pool::new(threads)?;
        perturb(&image, &mask, 1, &settings(), perturbation, &options, &Runtime::new(&pool))
    }
}

fn settings() -> Settings {
    Settings {
        resample_spacing_mm: Some([Some(1.25); 3]),
        image_interpolation: Interpolation::CubicSpline,
        families: Some(vec!["intensity_statistics".to_owned(), "morphology".to_owned()]),
        ..Settings::default()
    }
}

fn all() -> Perturbation {
    Perturbation {
        noise: Some(1),
        rotation_deg: [11.0, 0.0, 0.0],
        translation: [0.25; 3],
        volume: Some(Resize::Fraction(0.15)),
        contour: Some(1),
    }
}

/// The engine computes of an image that is not perturbed what it computes of the image itself.
#[test]
fn without_a_change_features_are_those_of_the_image() {
    let case = case();
    let found = case.run(&Perturbation::default(), 0, 2).unwrap();
    let of =
        |image: &Image, mask: &Mask| extract(image, mask, 1, &settings(), &Execution::default()).unwrap();
    let grid = found.mask.view().grid().clone();
    let perturbed = of(&Image::new(grid, found.image.view()).unwrap(), &found.mask.view());
    let plain = of(
        &Image::new(case.grid.clone(), case.image.view()).unwrap(),
        &Mask::new(case.grid.clone(), case.mask.view()).unwrap(),
    );
    for (a, b) in perturbed.rows().iter().zip(plain.rows()) {
        assert_eq!(a.column, b.column);
        let near = (a.value - b.value).abs() <= 1e-8 * b.value.abs().max(1.0);
        assert!(near || b.value.is_nan(), "{}: {} {}", a.column.name(), a.value, b.value);
    }
}

#[test]
fn the_same_bits_at_any_number_of_threads() {
    let case = case();
    let one = case.run(&all(), 3, 1).unwrap();
    assert_eq!(one, case.run(&all(), 3, 3).unwrap());
    assert_ne!(one.image, case.run(&all(), 4, 1).unwrap().image);
    let second = Perturbation { noise: Some(2), ..all() };
    assert_ne!(one.image, case.run(&second, 3, 1).unwrap().image);
}

#[test]
fn sizes_are_those_asked_for() {
    let case = case();
    let of = |resize| {
        let found =
            case.run(&Perturbation { volume: Some(resize), ..Perturbation::default() }, 0, 2).unwrap();
        found.voxels[1] as f64 / found.voxels[0] as f64
    };
    for share in [-0.3, -0.05, 0.1, 0.5] {
        assert!((of(Resize::Fraction(share)) - 1.0 - share).abs() < 1e-3);
    }
    assert!(of(Resize::Distance(2.0)) > 1.3);
    // Four millimetres would leave less than eight tenths.
    assert!((of(Resize::Distance(-4.0)) - 0.8).abs() < 2e-3);
}

#[test]
fn noise_is_that_of_the_image() {
    let noisy = Perturbation { noise: Some(1), ..Perturbation::default() };
    let level = case().run(&noisy, 0, 2).unwrap().noise_level.unwrap();
    assert!((level - 10.0).abs() < 1.0, "{level}");
}

#[test]
fn what_cannot_be_used_is_refused() {
    let case = case();
    let image = Image::new(case.grid.clone(), case.image.view()).unwrap();
    let mask = Mask::new(case.grid.clone(), case.mask.view()).unwrap();
    let pool = Pool::new(1).unwrap();
    let message = |settings: &Settings, options: &PerturbOptions| {
        let nothing = Perturbation::default();
        let found = perturb(&image, &mask, 1, settings, &nothing, options, &Runtime::new(&pool));
        found.unwrap_err().to_string()
    };
    let good = PerturbOptions::default();
    for (options, text) in [
        (PerturbOptions { noise_level: Some(-1.0), ..good }, "`noise_level` is -1: give a finite number"),
        (PerturbOptions { minimum_volume: 1.5, ..good }, "`minimum_volume` is 1.5: give a share"),
        (PerturbOptions { margin_mm: f64::NAN, ..good }, "`margin_mm` is NaN: it must be"),
    ] {
        assert!(message(&settings(), &options).contains(text));
    }
}
