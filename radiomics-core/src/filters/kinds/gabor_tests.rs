use std::f64::consts::{FRAC_PI_2, FRAC_PI_3, FRAC_PI_8};

use super::*;
use crate::filters::engine::separable::tests::{BOUNDARIES, assert_close, noise};

fn gabor() -> Gabor {
    Gabor {
        sigma_mm: 1.5,
        lambda_mm: 4.0,
        gamma: 0.75,
        theta: FRAC_PI_3,
        delta_theta: None,
        pooling: Pooling::Mean,
        orthogonal_planes: false,
        boundary: Boundary::Mirror,
    }
}

/// The definition in slices across one axis: the kernel's taps one by one.
fn plain(
    filter: &Gabor,
    image: &Array3<f64>,
    spacing: [f64; 3],
    [v, u]: [usize; 2],
    theta: f64,
) -> Array3<f64> {
    let half = filter.half(spacing);
    let shape = [image.dim().0, image.dim().1, image.dim().2];
    let range = |axis: usize| -(half[axis] as isize)..=half[axis] as isize;
    Array3::from_shape_fn(image.dim(), |(k, j, i)| {
        let mut sum = Complex64::default();
        for dv in range(v) {
            for du in range(u) {
                let mut at = [k, j, i];
                let seen = |axis: usize, d: isize| filter.boundary.index(at[axis] as isize - d, shape[axis]);
                let (Some(seen_v), Some(seen_u)) = (seen(v, dv), seen(u, du)) else { continue };
                (at[v], at[u]) = (seen_v, seen_u);
                sum += image[at] * filter.kernel(theta, dv as f64 * spacing[v], du as f64 * spacing[u]);
            }
        }
        sum.norm()
    })
}

#[test]
fn slices_equal_their_definition() {
    let spacing = [2.0, 1.0, 0.75];
    for shape in [(2, 9, 7), (1, 1, 30), (2, 3, 4)] {
        let image = noise(shape);
        for boundary in BOUNDARIES {
            let filter = Gabor { boundary, ..gabor() };
            let expected = plain(&filter, &image, spacing, [1, 2], FRAC_PI_3);
            for isa in Isa::available() {
                let response = filter.apply(&image, About::doubles(spacing), isa).unwrap();
                assert_close(&response, &expected, &format!("{boundary:?} {shape:?}"));
            }
        }
    }
}

#[test]
fn orientations_and_planes_are_pooled() {
    let image = noise((6, 5, 7));
    let spacing = [2.0, 1.5, 1.5];
    let response = |filter: &Gabor| filter.apply(&image, About::doubles(spacing), Isa::best()).unwrap();
    let thetas = [0.0, 1.0, 2.0, 3.0].map(|i| FRAC_PI_3 + i * FRAC_PI_2 / 2.0);
    let planes = [[1, 2], [0, 2], [0, 1]];
    let single = planes.map(|plane| thetas.map(|theta| plain(&gabor(), &image, spacing, plane, theta)));
    let pooled = Gabor { delta_theta: Some(FRAC_PI_2 / 2.0), orthogonal_planes: true, ..gabor() };
    let mean = single.iter().flatten().fold(Array3::zeros(image.dim()), |sum, r| sum + r) / 12.0;
    assert_close(&response(&pooled), &mean, "mean");
    let max = single.iter().fold(Array3::<f64>::zeros(image.dim()), |sum, of_plane| {
        let mut max = of_plane[0].clone();
        of_plane.iter().for_each(|r| max.zip_mut_with(r, |m, &x| *m = m.max(x)));
        sum + max / 3.0
    });
    let pooled = Gabor { pooling: Pooling::Max, ..pooled };
    assert_close(&response(&pooled), &max, "max");
}

#[test]
fn stripes_are_seen_across_their_direction() {
    // Stripes of period 4 along x, the same for all y: θ = 0 sees them, θ = π/2 does not.
    let image = Array3::from_shape_fn((1, 40, 40), |(_, _, i)| [0.0, 1.0, 0.0, -1.0][i % 4]);
    let at = |theta| {
        let filter = Gabor { theta, sigma_mm: 4.0, gamma: 1.0, boundary: Boundary::Periodic, ..gabor() };
        filter.apply(&image, About::doubles([1.0; 3]), Isa::best()).unwrap()[[0, 20, 20]]
    };
    // Half of the kernel's sum: the other half of the stripes turns the other way round.
    assert!((at(0.0) / (PI * 16.0) - 1.0).abs() < 1e-3);
    assert!(at(FRAC_PI_2) < 0.1);
}

#[test]
fn half_a_turn_has_all_orientations() {
    let n = |step| Gabor { delta_theta: Some(step), ..gabor() }.orientations().len();
    assert_eq!([n(FRAC_PI_8), n(PI / 3.0), n(PI / 7.0), n(PI), n(1.0)], [8, 3, 7, 1, 4]);
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let image = noise((6, 7, 8));
    let filter = Gabor { delta_theta: Some(FRAC_PI_8), orthogonal_planes: true, ..gabor() };
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| filter.apply(&image, About::doubles([1.0; 3]), Isa::best()).unwrap())
    };
    let one = on(1);
    assert_eq!(on(2), one);
    assert_eq!(on(4), one);
}

#[test]
fn parameters_are_checked_and_named() {
    assert!(gabor().validate().is_ok());
    let refused = |filter: Gabor| filter.validate().unwrap_err().to_string();
    assert!(
        refused(Gabor { gamma: 0.0, ..gabor() }).contains("`gamma` is 0: it must be a finite number above 0")
    );
    assert!(refused(Gabor { theta: f64::NAN, ..gabor() }).contains("`theta`"));
    assert!(refused(Gabor { delta_theta: Some(1e-9), ..gabor() }).contains("0.001 to π radians"));
    let wide = Gabor { sigma_mm: 1e6, ..gabor() };
    assert!(wide.apply(&noise((1, 1, 1)), About::doubles([1.0; 3]), Isa::best()).is_err());
    assert_eq!(gabor().name(), "gabor-1.5mm-4mm-gamma0.75-theta60deg");
    let pooled =
        Gabor { gamma: 1.0, theta: 0.0, delta_theta: Some(FRAC_PI_8), orthogonal_planes: true, ..gabor() };
    assert_eq!(pooled.name(), "gabor-1.5mm-4mm-step22.5deg-3planes");
    assert_eq!(
        Gabor { delta_theta: Some(0.3), ..pooled.clone() }.name(),
        "gabor-1.5mm-4mm-step0.3rad-3planes"
    );
    assert_eq!(pooled.reach([2.0, 1.0, 1.0]), Reach::Voxels([3, 6, 6]));
    assert_eq!(gabor().reach([2.0, 1.0, 1.0]), Reach::Voxels([0, 8, 8]));
}
