//! Turned grids against the grid of settings, whole turns, and images that are known everywhere.

use approx::assert_abs_diff_eq;
use ndarray::Array3;

use super::*;
use crate::noise::Noise;
use crate::preprocess::prepare;
use crate::settings::{GridAlignment, Interpolation, Settings};

fn noise(shape: [usize; 3]) -> Array3<f64> {
    let mut noise = Noise::new(5);
    Array3::from_shape_simple_fn(shape, || noise.fraction(24))
}

fn ball(shape: [usize; 3], middle: [f64; 3], radius: f64) -> Array3<u8> {
    Array3::from_shape_fn(shape, |(k, j, i)| {
        let apart = [k, j, i].iter().zip(middle).map(|(&n, m)| (n as f64 - m).powi(2)).sum::<f64>();
        u8::from(apart <= radius * radius)
    })
}

struct Case {
    grid: Grid,
    image: Array3<f64>,
    mask: Array3<u8>,
}

impl Case {
    fn new(value: impl Fn([f64; 3]) -> f64) -> Self {
        let shape = [18, 20, 22];
        let grid = Grid::new(shape, [1.5, 0.8, 0.8]).unwrap();
        let image =
            Array3::from_shape_fn(shape, |(k, j, i)| value([1.5 * k as f64, 0.8 * j as f64, 0.8 * i as f64]));
        Self { grid, image, mask: ball(shape, [8.0, 9.0, 11.0], 5.0) }
    }

    fn image(&self) -> Image<'_> {
        Image::new(self.grid.clone(), self.image.view()).unwrap()
    }

    fn mask(&self) -> Mask<'_> {
        Mask::new(self.grid.clone(), self.mask.view()).unwrap()
    }

    fn turned(&self, settings: &Settings, pose: &Pose) -> (Grid, Array3<f64>, Array3<bool>) {
        let bounds = self.mask().bounding(1).unwrap();
        let isa = Isa::best();
        let turned = Turned::new(&self.image(), &bounds, settings, pose, 1.0).unwrap();
        let values = turned.intensities(&self.image(), settings, isa, &|_, _| ());
        let mask = turned.mask(&self.mask(), 1, settings, isa).unwrap();
        (turned.grid, values, mask)
    }
}

fn resampled(method: Interpolation, spacing: f64) -> Settings {
    Settings {
        resample_spacing_mm: Some([Some(spacing); 3]),
        image_interpolation: method,
        ..Settings::default()
    }
}

/// Neither turned nor shifted, it is what the engine computes.
#[test]
fn without_a_pose_it_is_the_grid_of_settings() {
    let values = noise([18, 20, 22]);
    let mut case = Case::new(|_| 0.0);
    case.image = values.mapv(|x| 100.0 * x);
    for method in [Interpolation::Linear, Interpolation::CubicSpline, Interpolation::CubicConvolution] {
        for alignment in [GridAlignment::Centre, GridAlignment::Corner] {
            let settings = Settings { grid_alignment: alignment, ..resampled(method, 1.1) };
            let (grid, values, mask) = case.turned(&settings, &Pose::default());
            let roi = prepare(&case.image(), &case.mask(), 1, &settings, 0.0, Isa::best()).unwrap();
            let inside = Window::bounding(mask.view()).unwrap();
            assert_eq!(grid.window(&inside).shape, roi.grid().shape);
            assert_abs_diff_eq!(grid.window(&inside).origin_mm[2], roi.grid().origin_mm[2], epsilon = 1e-12);
            assert_eq!(inside.of(&mask.view()), roi.intensity());
            for (a, b) in inside.of(&values.view()).iter().zip(roi.intensities().iter()) {
                // A spline is filtered in another order.
                let epsilon = if method == Interpolation::CubicSpline { 1e-9 } else { 0.0 };
                assert_abs_diff_eq!(a, b, epsilon = epsilon);
            }
        }
    }
}

/// A linear image is linear between its voxels: every method gives its value at every place.
#[test]
fn values_are_those_of_the_places() {
    let plane = |[z, y, x]: [f64; 3]| 3.0 + 2.0 * z - y + 0.5 * x;
    let case = Case::new(plane);
    for method in [Interpolation::Linear, Interpolation::CubicConvolution] {
        for rotation_deg in [[13.0, 0.0, 0.0], [20.0, -35.0, 50.0], [90.0, 0.0, 0.0]] {
            let pose = Pose { rotation_deg, shift: [0.25, 0.5, 0.75] };
            let (grid, values, mask) = case.turned(&resampled(method, 1.0), &pose);
            assert_eq!(grid.check("turned grid"), Ok(()));
            for (((k, j, i), &value), _) in values.indexed_iter().zip(&mask).filter(|(_, inside)| **inside) {
                let place = grid.position_mm([k, j, i].map(|n| n as f64));
                assert_abs_diff_eq!(value, plane(place), epsilon = 1e-9);
            }
            let voxels = |mask: Array3<bool>| mask.iter().filter(|&&inside| inside).count() as f64;
            let (_, _, straight) = case.turned(&resampled(method, 1.0), &Pose::default());
            let (volume, straight) = (voxels(mask), voxels(straight));
            assert!((volume / straight - 1.0).abs() < 0.03, "{volume} mm³, {straight} if not turned");
        }
    }
}

/// A quarter of a turn takes voxels to voxels.
#[test]
fn a_quarter_of_a_turn_is_a_transposition() {
    let shape = [3, 9, 9];
    let image = noise(shape);
    let mask = ball(shape, [1.0, 4.0, 4.0], 3.0);
    let grid = Grid::new(shape, [1.0; 3]).unwrap();
    let case = Case { grid, image: image.clone(), mask };
    let pose = Pose { rotation_deg: [90.0, 0.0, 0.0], shift: [0.0; 3] };
    let (grid, values, _) = case.turned(&Settings::default(), &pose);
    let first = grid.position_mm([0.0; 3]).map(|p| p.round() as usize);
    // The axis x of the grid runs along y, and its y against x.
    for ((k, j, i), &value) in values.indexed_iter() {
        assert_abs_diff_eq!(value, image[[first[0] + k, first[1] + i, first[2] - j]], epsilon = 1e-12);
    }
}

#[test]
fn a_single_slice_turns_in_its_plane_only() {
    let mut case = Case::new(|[_, y, _]| y);
    case.mask.slice_mut(ndarray::s![..8, .., ..]).fill(0);
    case.mask.slice_mut(ndarray::s![9.., .., ..]).fill(0);
    let settings = Settings { keep_single_slices: true, ..resampled(Interpolation::Linear, 1.0) };
    let pose = |rotation_deg| Pose { rotation_deg, shift: [0.5; 3] };
    let (grid, _, mask) = case.turned(&settings, &pose([10.0, 0.0, 0.0]));
    let inside = Window::bounding(mask.view()).unwrap();
    assert_eq!((grid.spacing_mm, inside.shape[0]), ([1.5, 1.0, 1.0], 1));
    let bounds = case.mask().bounding(1).unwrap();
    let error = Turned::new(&case.image(), &bounds, &settings, &pose([0.0, 5.0, 0.0]), 0.0).err().unwrap();
    assert!(error.to_string().contains("[0.0, 5.0, 0.0]: the region is a single slice"), "{error}");
}
