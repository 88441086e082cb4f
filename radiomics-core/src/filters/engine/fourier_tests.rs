use std::f64::consts::PI;

use super::*;
use crate::filters::engine::kernel1d::Kernel;
use crate::filters::engine::separable::tests::{BOUNDARIES, assert_close, noise};
use crate::runtime::Pool;

/// The response by its definition, pair of points by pair of points: the image is extended, transformed,
/// multiplied and transformed back, and of that the real part is cropped.
fn plain<G: Fn([f64; 3]) -> f64>(
    image: &ArrayRef3<f64>,
    transfer: &Transfer<G>,
    dimensions: Dimensions,
    boundary: Boundary,
) -> Array3<f64> {
    let (nz, ny, nx) = image.dim();
    let extended = |n: usize| if boundary == Boundary::Periodic { (n, 0) } else { (n + 64, 32) };
    let [(pz, bz), (py, by), (px, bx)] = [nz, ny, nx].map(extended);
    let (pz, bz) = if dimensions == Dimensions::Two { (nz, 0) } else { (pz, bz) };
    let extended = Array3::from_shape_fn((pz, py, px), |(k, j, i)| {
        let at = |i: usize, before: usize, n| boundary.index(i as isize - before as isize, n);
        match (at(k, bz, nz), at(j, by, ny), at(i, bx, nx)) {
            (Some(k), Some(j), Some(i)) => Complex64::new(image[[k, j, i]], 0.0),
            _ => Complex64::default(),
        }
    });
    let axes = if dimensions == Dimensions::Two { 1..3 } else { 0..3 };
    let mut spectrum = axes.clone().fold(extended, |array, axis| transform(&array, axis, -1.0));
    // linspace(−1, 1, n), the point n/2 first.
    let nu = |k: usize, n: usize| {
        if n == 1 { 0.0 } else { -1.0 + 2.0 * ((k + n / 2) % n) as f64 / (n as f64 - 1.0) }
    };
    for ((k, j, i), value) in spectrum.indexed_iter_mut() {
        let z = if dimensions == Dimensions::Two { 0.0 } else { nu(k, pz) };
        let nu = [z, nu(j, py), nu(i, px)];
        let power: f64 = nu.iter().zip(transfer.order).map(|(v, l)| v.powi(l as i32)).product();
        let turn = Complex64::new(0.0, -1.0).powu(transfer.order.iter().sum());
        *value *= turn * (transfer.radial)(nu.map(f64::abs)) * power;
        if !transfer.kernels.is_empty() {
            *value *= transfer
                .kernels
                .iter()
                .map(|kernels| {
                    let of = |axis: usize, k: usize, n: usize| -> Complex64 {
                        let term = |&(at, w): &(isize, f64)| {
                            Complex64::from_polar(w, 2.0 * PI * k as f64 * at as f64 / n as f64)
                        };
                        kernels[axis].reads().iter().map(term).sum()
                    };
                    of(0, k, pz) * of(1, j, py) * of(2, i, px)
                })
                .sum::<Complex64>();
        }
    }
    let n = axes.clone().map(|a| [pz, py, px][a] as f64).product::<f64>();
    let response = axes.fold(spectrum, |array, axis| transform(&array, axis, 1.0));
    Array3::from_shape_fn(image.dim(), |(k, j, i)| response[[k + bz, j + by, i + bx]].re / n)
}

fn transform(array: &Array3<Complex64>, axis: usize, sign: f64) -> Array3<Complex64> {
    let n = array.len_of(Axis(axis));
    let root = |k: usize| Complex64::from_polar(1.0, sign * 2.0 * PI * k as f64 / n as f64);
    let roots: Vec<_> = (0..n).map(root).collect();
    let mut out = Array3::zeros(array.dim());
    for (from, mut to) in array.lanes(Axis(axis)).into_iter().zip(out.lanes_mut(Axis(axis))) {
        for (k, to) in to.iter_mut().enumerate() {
            *to = from.iter().enumerate().map(|(i, x)| x * roots[k * i % n]).sum();
        }
    }
    out
}

fn check(shape: (usize, usize, usize), order: [u32; 3], dimensions: Dimensions, boundary: Boundary) {
    let radial = |nu: [f64; 3]| 1.0 / (0.1 + nu[0] + 2.0 * nu[1] * nu[1] + nu[2]);
    let image = noise(shape);
    let transfer = Transfer { radial, order, kernels: Vec::new() };
    let expected = plain(&image, &transfer, dimensions, boundary);
    let response = filter(&image, &transfer, dimensions, boundary);
    assert_close(&response, &expected, &format!("{shape:?} {order:?} {boundary:?} {dimensions:?}"));
}

#[test]
fn filtering_equals_its_definition() {
    for shape in [(4, 3, 6), (3, 10, 5), (1, 4, 4), (1, 1, 1), (2, 9, 1)] {
        for order in [[0, 0, 0], [0, 0, 1], [0, 2, 0], [0, 1, 2]] {
            check(shape, order, Dimensions::Two, Boundary::Periodic);
            check(shape, order, Dimensions::Three, Boundary::Periodic);
        }
        check(shape, [1, 0, 0], Dimensions::Three, Boundary::Periodic);
        check(shape, [1, 2, 1], Dimensions::Three, Boundary::Periodic);
    }
}

#[test]
fn images_are_extended_as_the_boundary_says() {
    for boundary in BOUNDARIES {
        check((2, 3, 4), [0, 1, 2], Dimensions::Two, boundary);
    }
    check((2, 3, 4), [1, 0, 1], Dimensions::Three, Boundary::Nearest);
}

#[test]
fn kernels_are_multiplied_in() {
    let symmetric = |a: f64| Kernel::centred(&[a, 1.0, 3.0, 1.0, a]);
    let slices = [Kernel::identity(), symmetric(0.2), symmetric(0.3)];
    let volume = vec![[0.1, 0.2, 0.3].map(symmetric), [0.5, -0.2, 0.7].map(symmetric)];
    let image = noise((4, 3, 5));
    for (order, dimensions, kernels) in
        [([0, 1, 0], Dimensions::Two, vec![slices]), ([1, 0, 1], Dimensions::Three, volume)]
    {
        let transfer = Transfer { radial: |nu: [f64; 3]| 1.0 + nu[1], order, kernels };
        let expected = plain(&image, &transfer, dimensions, Boundary::Periodic);
        assert_close(&filter(&image, &transfer, dimensions, Boundary::Periodic), &expected, "with kernels");
    }
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let image = noise((6, 7, 8));
    let transfer =
        Transfer { radial: |nu: [f64; 3]| nu[0] + nu[1] + nu[2], order: [0, 1, 0], kernels: Vec::new() };
    let on = |threads| {
        let pool = Pool::new(threads).unwrap();
        pool.install(|| filter(&image, &transfer, Dimensions::Three, Boundary::Mirror))
    };
    let one = on(1);
    assert_eq!(on(2), one);
    assert_eq!(on(4), one);
}
