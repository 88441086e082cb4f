use std::f64::consts::{FRAC_PI_2, FRAC_PI_3, FRAC_PI_8};

use super::*;
use crate::filters::engine::separable::tests::{BOUNDARIES, assert_close, noise};
use crate::runtime::Pool;

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
    image: &ArrayRef3<f64>,
    spacing: [f64; 3],
    axes: [usize; 2],
    theta: f64,
) -> Array3<f64> {
    plain_to(filter.half(spacing), filter, image, spacing, axes, theta)
}

/// The same with a kernel of these half widths.
fn plain_to(
    half: [usize; 3],
    filter: &Gabor,
    image: &ArrayRef3<f64>,
    spacing: [f64; 3],
    [v, u]: [usize; 2],
    theta: f64,
) -> Array3<f64> {
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

/// A wider kernel changes no response by more than 1e-9 of the largest one.
#[test]
fn the_kernel_has_converged() {
    let spacing = [1.0, 1.0, 0.75];
    let offset = noise((1, 12, 13)).mapv(|x| 1000.0 + x);
    for (sigma_mm, lambda_mm, gamma) in [(1.5, 4.0, 0.75), (0.4, 2.0, 1.0), (2.0, 3.0, 1.5), (0.8, 8.0, 0.5)]
    {
        for image in [noise((1, 12, 13)), offset.clone()] {
            let filter = Gabor { sigma_mm, lambda_mm, gamma, ..gabor() };
            let found = filter.apply(&image, About::doubles(spacing), Isa::best()).unwrap();
            let wide = filter.half(spacing).map(|half| 2 * half);
            let wider = plain_to(wide, &filter, &image, spacing, [1, 2], FRAC_PI_3);
            let largest = wider.iter().fold(0.0, |m: f64, x| m.max(x.abs()));
            let change = (&found - &wider).iter().fold(0.0, |m: f64, x| m.max(x.abs()));
            assert!(change <= 1e-9 * largest, "{change:e} of {largest} with {sigma_mm} {lambda_mm} {gamma}");
        }
    }
}

#[test]
fn a_spectrum_is_that_of_the_taps() {
    let spacing = [0.7, 1.0];
    for (filter, n) in [(gabor(), 48), (Gabor { sigma_mm: 0.3, gamma: 0.2, ..gabor() }, 40)] {
        let half = filter.half([1.0, spacing[0], spacing[1]]);
        for (j, i) in [(0, 0), (1, 0), (5, 9), (n / 2, 3), (n - 4, n - 1)] {
            let mut sum = Complex64::default();
            for dv in -(half[1] as isize)..=half[1] as isize {
                for du in -(half[2] as isize)..=half[2] as isize {
                    let turns = (dv * j as isize + du * i as isize) as f64 / n as f64;
                    let value = filter.kernel(FRAC_PI_3, dv as f64 * spacing[0], du as f64 * spacing[1]);
                    sum += value * Complex64::from_polar(1.0, -2.0 * PI * turns);
                }
            }
            let found = filter.spectrum(FRAC_PI_3, spacing, [j as f64 / n as f64, i as f64 / n as f64]);
            assert!((found - sum.re).abs() < 1e-11 && sum.im.abs() < 1e-11, "{found} {sum} at {j} {i}");
        }
    }
}

/// However wide a kernel is, a small image takes no time and gives the sum over all taps.
#[test]
fn kernels_wider_than_any_image() {
    // A period of 8 or 16 voxels along x has a wave of 4.
    let image = noise((1, 4, 8));
    for boundary in [Boundary::Mirror, Boundary::Periodic, Boundary::Zero] {
        let wide = Gabor { sigma_mm: 15.0, theta: 0.0, boundary, ..gabor() };
        let expected = plain(&wide, &image, [1.0; 3], [1, 2], 0.0);
        let found = wide.apply(&image, About::doubles([1.0; 3]), Isa::best()).unwrap();
        let largest = expected.iter().fold(0.0, |m: f64, x| m.max(x.abs()));
        for (found, expected) in found.iter().zip(&expected) {
            assert!((found - expected).abs() <= 1e-10 * largest, "{found} {expected} {boundary:?}");
        }
        let widest = Gabor { sigma_mm: 1e6, gamma: 0.1, delta_theta: Some(0.1), boundary, ..gabor() };
        assert!(widest.apply(&image, About::doubles([0.1; 3]), Isa::best()).is_ok());
    }
    let far = Gabor { sigma_mm: 1e6, boundary: Boundary::Nearest, ..gabor() };
    let message = far.apply(&image, About::doubles([1.0; 3]), Isa::best()).unwrap_err().to_string();
    assert!(message.contains("looks more than 4095 voxels far"), "{message}");
    // Of few slices it may take as long as of many that are not much smaller than its kernel.
    let thick = Gabor {
        sigma_mm: 2.0,
        lambda_mm: 3.0,
        boundary: Boundary::Nearest,
        delta_theta: Some(0.785),
        ..gabor()
    };
    let spacing = [0.045, 0.009, 0.044];
    let message =
        thick.apply(&noise((5, 8, 4)), About::doubles(spacing), Isa::best()).unwrap_err().to_string();
    assert!(message.contains("5 slices of 32 voxels take"), "{message}");
    let many = Gabor { sigma_mm: 300.0, boundary: Boundary::Nearest, delta_theta: Some(0.01), ..gabor() };
    let message = many.apply(&image, About::doubles([1.0; 3]), Isa::best()).unwrap_err().to_string();
    assert!(
        message.contains("with 315 orientations it takes ") && message.contains("points of spectra"),
        "{message}"
    );
}

/// Of an envelope that is narrower than a voxel on one side nothing is left but a line.
#[test]
fn aspect_ratios_whose_square_is_infinite() {
    let image = noise((3, 40, 1));
    let response = |gamma: f64| {
        let filter = Gabor { sigma_mm: 3.0, lambda_mm: 3.0, gamma, theta: 0.0, ..gabor() };
        filter.apply(&image, About::doubles([3.4e-4, 947.0, 2.9e-4]), Isa::best()).unwrap()
    };
    let narrow = response(1e10);
    assert!(narrow.iter().all(|v| *v > 0.0));
    for gamma in [1e150, 1e155, 2e307, 9e307, f64::MAX] {
        assert_eq!(response(gamma), narrow, "gamma {gamma:e}");
    }
}

/// Of an envelope whose square is 0 its middle is left, and so the image.
#[test]
fn envelopes_whose_square_is_zero() {
    let image = noise((1, 5, 6));
    let filter = Gabor { sigma_mm: 1e-200, ..gabor() };
    let found = filter.apply(&image, About::doubles([1.0; 3]), Isa::best()).unwrap();
    assert_close(&found, &image.mapv(f64::abs), "the modulus of the image");
}

/// Of a part no more is computed than is seen, and it is the part of the whole.
#[test]
fn a_part_is_that_of_the_whole() {
    let image = noise((12, 40, 44));
    let spacing = [2.0, 1.0, 0.75];
    for boundary in BOUNDARIES {
        let filter = Gabor { sigma_mm: 0.8, orthogonal_planes: true, boundary, ..gabor() };
        let whole = filter.apply(&image, About::doubles(spacing), Isa::best()).unwrap();
        for (start, shape) in
            [([5, 15, 14], [2, 9, 12]), ([0, 3, 14], [12, 30, 30]), ([11, 39, 0], [1, 1, 1])]
        {
            let part = Window { start, shape };
            let found = filter.within(&image, About::doubles(spacing), &part, Isa::best()).unwrap();
            let (found, whole) = (found.view(), whole.view());
            assert_close(
                &part.of(&found).to_owned(),
                &part.of(&whole).to_owned(),
                &format!("{boundary:?} {start:?}"),
            );
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
        let pool = Pool::new(threads).unwrap();
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
    assert!(refused(Gabor { lambda_mm: 1e-320, ..gabor() }).contains("it must be at least 1e-100 mm"));
    assert!(refused(Gabor { delta_theta: Some(1e-9), ..gabor() }).contains("0.001 to π radians"));
    assert_eq!(gabor().name(), "gabor-1.5mm-4mm-gamma0.75-theta60deg");
    let pooled =
        Gabor { gamma: 1.0, theta: 0.0, delta_theta: Some(FRAC_PI_8), orthogonal_planes: true, ..gabor() };
    assert_eq!(pooled.name(), "gabor-1.5mm-4mm-step22.5deg-3planes");
    assert_eq!(
        Gabor { delta_theta: Some(0.3), ..pooled.clone() }.name(),
        "gabor-1.5mm-4mm-step0.3rad-3planes"
    );
    assert_eq!(pooled.reach([2.0, 1.0, 1.0]), Reach::Voxels([6, 13, 13]));
    assert_eq!(gabor().reach([2.0, 1.0, 1.0]), Reach::Voxels([0, 17, 17]));
}
