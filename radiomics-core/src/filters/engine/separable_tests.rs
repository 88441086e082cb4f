use ndarray::Array3;

use super::*;
use crate::filters::engine::kernel1d::Kernel;
use crate::filters::engine::separable_plan::How;
use crate::noise::Noise;
use crate::runtime::Pool;

pub(crate) const BOUNDARIES: [Boundary; 4] =
    [Boundary::Zero, Boundary::Nearest, Boundary::Periodic, Boundary::Mirror];

/// Voxels without any order.
pub(crate) fn noise(shape: (usize, usize, usize)) -> Array3<f64> {
    let mut noise = Noise::new(1);
    Array3::from_shape_simple_fn(shape, || noise.bits(24) as f64 / 1e4 - 800.0)
}

/// A response by its definition: Σ over the taps of the three axes, voxel by voxel.
pub(crate) fn plain(image: &Array3<f64>, kernels: &Triple, boundary: Boundary) -> Array3<f64> {
    let (nz, ny, nx) = image.dim();
    Array3::from_shape_fn(image.dim(), |(k, j, i)| {
        let mut sum = 0.0;
        for &(dx, wx) in kernels[2].reads() {
            for &(dy, wy) in kernels[1].reads() {
                for &(dz, wz) in kernels[0].reads() {
                    let z = boundary.index(k as isize + dz, nz);
                    let y = boundary.index(j as isize + dy, ny);
                    let x = boundary.index(i as isize + dx, nx);
                    if let (Some(z), Some(y), Some(x)) = (z, y, x) {
                        sum += wx * wy * wz * image[[z, y, x]];
                    }
                }
            }
        }
        sum
    })
}

fn plain_stages(image: &Array3<f64>, stages: &[Triple], boundary: Boundary) -> Array3<f64> {
    stages.iter().fold(image.to_owned(), |image, kernels| plain(&image, kernels, boundary))
}

pub(crate) fn assert_close(response: &Array3<f64>, expected: &Array3<f64>, case: &str) {
    // Terms as large as the voxels of `noise` may cancel.
    let scale = expected.iter().fold(1e3, |m: f64, x| m.max(x.abs()));
    for (at, x) in expected.indexed_iter() {
        assert!(
            (response[at] - x).abs() <= 1e-12 * scale,
            "{case} at {at:?}: {} instead of {x}",
            response[at]
        );
    }
}

fn kernels() -> Triple {
    [
        Kernel::centred(&[-1.0, -2.0, 0.0, 2.0, 1.0]),
        Kernel::centred(&[1.0, 2.0, 1.0]),
        Kernel::centred(&[0.5, -0.25, 3.0]).dilated(2),
    ]
}

#[test]
fn the_response_to_an_impulse_is_the_kernel() {
    let mut image = Array3::zeros((1, 3, 7));
    image[[0, 1, 3]] = 1.0;
    let engine = Engine { boundary: Boundary::Zero, isa: Isa::best() };
    let kernels =
        [Kernel::identity(), Kernel::centred(&[1.0, 2.0, 3.0]), Kernel::centred(&[4.0, 5.0, 6.0]).dilated(2)];
    let expected = [
        [0.0, 4.0, 0.0, 5.0, 0.0, 6.0, 0.0],
        [0.0, 8.0, 0.0, 10.0, 0.0, 12.0, 0.0],
        [0.0, 12.0, 0.0, 15.0, 0.0, 18.0, 0.0],
    ];
    assert_eq!(engine.convolve(&image, &kernels), ndarray::arr3(&[expected]));
}

#[test]
fn a_stage_equals_its_definition_for_any_boundary_and_size() {
    for shape in [(5, 6, 37), (1, 1, 1), (2, 1, 3), (1, 40, 5), (23, 3, 4)] {
        let image = noise(shape);
        for boundary in BOUNDARIES {
            let expected = plain(&image, &kernels(), boundary);
            let scalar = Engine { boundary, isa: Isa::Scalar }.convolve(&image, &kernels());
            assert_close(&scalar, &expected, &format!("{boundary:?} {shape:?}"));
            for isa in Isa::available() {
                assert_eq!(Engine { boundary, isa }.convolve(&image, &kernels()), scalar, "{}", isa.name());
            }
        }
    }
}

#[test]
fn several_responses_equal_single_ones() {
    let image = noise((6, 5, 9));
    let [a, b, c] = kernels();
    let responses = [
        [a.clone(), b.clone(), c.clone()],
        [a.clone(), b.clone(), b.clone()],
        [c.clone(), Kernel::identity(), a.flipped()],
    ];
    let engine = Engine { boundary: Boundary::Mirror, isa: Isa::best() };
    for (response, kernels) in engine.each(&image, &responses).iter().zip(&responses) {
        assert_eq!(*response, engine.convolve(&image, kernels));
    }
}

#[test]
fn pooled_rotations_equal_pooled_definitions() {
    let image = noise((7, 6, 8));
    let symmetric = [
        Kernel::centred(&[1.0, 4.0, 6.0, 4.0, 1.0]),
        Kernel::centred(&[-1.0, -2.0, 0.0, 2.0, 1.0]),
        Kernel::centred(&[-1.0, 0.0, 2.0, 0.0, -1.0]),
    ];
    let slices = [Kernel::identity(), symmetric[1].clone(), symmetric[0].clone()];
    let cases: [(Vec<Triple>, bool); 4] = [
        (vec![kernels()], true),
        (vec![symmetric.clone()], true),
        (vec![slices], false),
        (vec![kernels(), symmetric.map(|k| k.dilated(2))], true),
    ];
    for (stages, in_volume) in &cases {
        let responses = rotated(stages, *in_volume);
        for boundary in BOUNDARIES {
            let single: Vec<_> = responses.iter().map(|r| plain_stages(&image, r, boundary)).collect();
            let engine = Engine { boundary, isa: Isa::best() };
            let mut max = single[0].clone();
            single.iter().for_each(|r| max.zip_mut_with(r, |m, &x| *m = m.max(x)));
            assert_close(&engine.pooled(&image, &responses, Pooling::Max), &max, "max");
            let mean = single.iter().fold(Array3::zeros(image.dim()), |sum, r| sum + r) / single.len() as f64;
            let pooled = engine.pooled(&image, &responses, Pooling::Mean);
            assert_close(&pooled, &mean, "mean");
            let alone = engine.pooled(&image, &responses[1..2], Pooling::Max);
            assert_close(&alone, &single[1], "alone");
        }
    }
}

#[test]
fn six_products_stand_for_the_rotations_of_laws_kernels() {
    let stages = [[
        Kernel::centred(&[1.0, 4.0, 6.0, 4.0, 1.0]),
        Kernel::centred(&[-1.0, -2.0, 0.0, 2.0, 1.0]),
        Kernel::centred(&[-1.0, 0.0, 2.0, 0.0, -1.0]),
    ]];
    let signed: Vec<(Triple, f64)> = rotated(&stages, true)
        .iter()
        .map(|stages| {
            let mut signed = Signed::new(stages, 1.0);
            (signed.stages.remove(0), signed.weight)
        })
        .collect();
    let plan = Plan::max(&signed, true);
    let leaves: Vec<How> = plan.rows.iter().flat_map(|r| &r.leaves).map(|leaf| leaf.how).collect();
    assert_eq!((plan.z.len(), plan.rows.len(), leaves.len()), (3, 6, 6));
    assert_eq!(leaves[0], How::SetMagnitude);
    assert!(leaves[1..].iter().all(|how| *how == How::MaxMagnitude));
    // With either sign, the mean is 0, and nothing is computed.
    assert!(Plan::sum(&signed, true).rows.is_empty());
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let image = noise((19, 5, 6));
    let responses = rotated(&[kernels()], true);
    let engine = Engine { boundary: Boundary::Mirror, isa: Isa::best() };
    for pooling in [Pooling::Max, Pooling::Mean] {
        let on = |threads| {
            let pool = Pool::new(threads).unwrap();
            pool.install(|| engine.pooled(&image, &responses, pooling))
        };
        let one = on(1);
        assert_eq!(on(2), one);
        assert_eq!(on(4), one);
    }
}

/// Rows of long kernels are computed together where all voxels are numbers, and by themselves where one is not,
/// which must reach no further than the kernels do.
#[test]
fn long_kernels_have_the_bits_of_rows_alone_and_reach_no_further() {
    let long = |n: usize| {
        let weight = |i: usize| ((i * 7 + n) % 11) as f64 / 11.0 - 0.4;
        Kernel::centred(&(0..n).map(weight).collect::<Vec<_>>())
    };
    for (shape, lengths) in [
        ((23, 26, 70), [21, 17, 19]),
        ((3, 2, 129), [31, 41, 17]),
        ((17, 1, 5), [17, 17, 17]),
        ((1, 22, 64), [1, 25, 3]),
    ] {
        let kernels = [vec![lengths.map(long)], vec![[2, 1, 0].map(|a| long(lengths[a] + 2))]];
        let terms: Vec<(Stages, f64)> =
            kernels.iter().zip([1.0, -0.5]).map(|(k, w)| (k.clone(), w)).collect();
        assert!(Plan::sum(&[(terms[0].0[0].clone(), 1.0)], true).shares_reads(), "{lengths:?}");
        for (boundary, isa) in
            BOUNDARIES.into_iter().flat_map(|b| Isa::available().into_iter().map(move |isa| (b, isa)))
        {
            let engine = Engine { boundary, isa };
            let image = noise(shape);
            let together = engine.sum(&image, &terms);
            let mut with_nan = image.clone();
            with_nan[[0, 0, 0]] = f64::NAN;
            let alone = engine.sum(&with_nan, &terms);
            let sees = |at: [usize; 3]| {
                let along = |kernels: &Triple, a: usize| {
                    let n = [shape.0, shape.1, shape.2][a];
                    kernels[a]
                        .reads()
                        .iter()
                        .any(|&(far, _)| boundary.index(at[a] as isize + far, n) == Some(0))
                };
                kernels.iter().any(|stages| (0..3).all(|a| along(&stages[0], a)))
            };
            for ((at, &together), &alone) in together.indexed_iter().zip(&alone) {
                let case = format!("{shape:?} {boundary:?} {} at {at:?}", isa.name());
                assert_eq!(alone.is_nan(), sees(at.into()), "{case}");
                assert!(
                    alone.is_nan() || alone.to_bits() == together.to_bits(),
                    "{case}: {alone} {together}"
                );
            }
        }
    }
}
