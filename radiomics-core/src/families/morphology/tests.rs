use super::*;
use approx::assert_relative_eq;
use ndarray::{Array3, ArrayView3, Axis, arr3};
use proptest::prelude::*;

/// The values of the family for a region whose intensities are all kept.
fn values(intensities: ArrayView3<f64>, mask: ArrayView3<bool>, spacing_mm: [f64; 3]) -> Vec<f64> {
    let window = crate::volume::grid::Window::bounding(mask).unwrap();
    let ([k, j, i], [ke, je, ie]) = (window.start, window.end());
    let region = ndarray::s![k..ke, j..je, i..ie];
    let (intensities, mask) = (intensities.slice(region), mask.slice(region));
    let mut shape = Shape::new(mask, spacing_mm);
    shape.mass = Some(Mass::new(Isa::best(), intensities, mask));
    shape.pairs = Some(PairSums::new(Isa::best(), intensities, mask, spacing_mm, None));
    TABLE.iter().map(|row| (row.value)(&shape)).collect()
}

fn value(values: &[f64], name: &str) -> f64 {
    values[TABLE.iter().position(|row| row.feature.name == name).unwrap()]
}

fn undefined(values: &[f64]) -> Vec<&'static str> {
    let rows = TABLE.iter().zip(values).filter(|(_, v)| !v.is_finite());
    rows.map(|(row, _)| row.feature.name).collect()
}

#[test]
fn a_single_voxel() {
    let v = values(arr3(&[[[5.0]]]).view(), arr3(&[[[true]]]).view(), [2.0; 3]);
    assert_relative_eq!(value(&v, "volume"), 8.0 / 6.0, max_relative = 1e-14);
    assert_eq!(value(&v, "volume_voxel_counting"), 8.0);
    assert_eq!(value(&v, "maximum_3d_diameter"), 2.0);
    assert_eq!(value(&v, "major_axis_length"), 0.0);
    assert_relative_eq!(value(&v, "volume_density_convex_hull"), 1.0, max_relative = 1e-14);
    assert_relative_eq!(value(&v, "volume_density_aabb"), 1.0 / 6.0, max_relative = 1e-14);
    assert_eq!(
        undefined(&v),
        ["elongation", "flatness", "volume_density_aee", "area_density_aee", "morans_i", "gearys_c"]
    );
}

#[test]
fn two_voxels() {
    // 1 3   2 mm apart
    let v = values(arr3(&[[[1.0, 3.0]]]).view(), arr3(&[[[true, true]]]).view(), [1.0, 1.0, 2.0]);
    assert_relative_eq!(value(&v, "major_axis_length"), 4.0 * 2f64.sqrt(), max_relative = 1e-14);
    assert_eq!((value(&v, "elongation"), value(&v, "flatness")), (0.0, 0.0));
    // The centre of the intensities lies three quarters of the way, that of the mask half.
    assert_relative_eq!(value(&v, "centre_of_mass_shift"), 0.5, max_relative = 1e-14);
    assert_eq!((value(&v, "morans_i"), value(&v, "gearys_c")), (-1.0, 1.0));
    assert_eq!(undefined(&v), ["volume_density_aee", "area_density_aee"]);
}

#[test]
fn a_flat_l_of_one_intensity() {
    // ■·
    // ■■
    let mask = arr3(&[[[true, false], [true, true]]]);
    let v = values(mask.mapv(|_| 0.1).view(), mask.view(), [1.0; 3]);
    assert_eq!(value(&v, "volume_voxel_counting"), 3.0);
    assert_eq!(value(&v, "maximum_3d_diameter"), 5f64.sqrt());
    assert_eq!(value(&v, "least_axis_length"), 0.0);
    assert_relative_eq!(value(&v, "integrated_intensity"), 0.1 * value(&v, "volume"), max_relative = 1e-14);
    assert_eq!(undefined(&v), ["volume_density_aee", "morans_i", "gearys_c"]);
}

/// A region and its intensities: random voxels, so with several parts, holes and thin places.
fn region() -> impl Strategy<Value = (Array3<f64>, Array3<bool>, [f64; 3])> {
    let shape = [1..6usize, 1..6usize, 1..7usize];
    (shape, 1..10usize, [0.5..4.0f64, 0.5..4.0f64, 0.5..4.0f64]).prop_flat_map(|(shape, filled, spacing)| {
        let n: usize = shape.iter().product();
        (prop::collection::vec((0..11usize, -50..50i32), n), Just((shape, filled, spacing))).prop_map(
            |(voxels, (shape, filled, spacing))| {
                let mask = voxels.iter().map(|v| v.0 <= filled).collect();
                let x = voxels.iter().map(|v| f64::from(v.1)).collect();
                let array = |v| Array3::from_shape_vec(shape, v);
                (array(x).unwrap(), Array3::from_shape_vec(shape, mask).unwrap(), spacing)
            },
        )
    })
}

fn assert_same(name: &str, before: &[f64], after: &[f64], tolerance: f64) {
    for ((row, a), b) in TABLE.iter().zip(before).zip(after) {
        // The diameters within planes change places with the axes.
        if row.feature.name.starts_with("maximum_2d") {
            continue;
        }
        let tolerance = if row.feature.name.ends_with("_mvee") { tolerance.min(1e-9) } else { tolerance };
        let same = a.is_nan() && b.is_nan() || a == b || (a - b).abs() <= tolerance * a.abs().max(1e-3);
        assert!(same, "{name} changes {} from {a} to {b}", row.feature.name);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn flips_axes_and_padding_change_nothing((x, mask, spacing) in region(), pad in 1..3usize) {
        prop_assume!(mask.iter().filter(|&&m| m).count() > 1);
        let before = values(x.view(), mask.view(), spacing);
        for axis in 0..3 {
            let (mut x, mut mask) = (x.view(), mask.view());
            x.invert_axis(Axis(axis));
            mask.invert_axis(Axis(axis));
            assert_same("a flip", &before, &values(x, mask, spacing), 1e-6);
        }
        for order in [[1, 2, 0], [0, 2, 1]] {
            let spacing = order.map(|a| spacing[a]);
            let after = values(x.view().permuted_axes(order), mask.view().permuted_axes(order), spacing);
            assert_same("another axis order", &before, &after, 1e-6);
        }
        let (nz, ny, nx) = mask.dim();
        let mut padded = Array3::default((nz + pad, ny + 2 * pad, nx + pad + 1));
        let mut brighter = Array3::from_elem(padded.dim(), 77.0);
        let inner = ndarray::s![pad.., pad..pad + ny, 1..=nx];
        padded.slice_mut(inner).assign(&mask);
        brighter.slice_mut(inner).assign(&x);
        assert_same("padding", &before, &values(brighter.view(), padded.view(), spacing), 1e-12);
    }

    #[test]
    fn bodies_hold_each_other((x, mask, spacing) in region()) {
        prop_assume!(mask.iter().any(|&m| m));
        let v = values(x.view(), mask.view(), spacing);
        let density = |body: &str| value(&v, &format!("volume_density_{body}"));
        for body in ["convex_hull", "ombb", "aabb", "mvee"] {
            prop_assert!(density(body) > 0.0 && density(body) <= density("convex_hull") * (1.0 + 1e-9));
        }
        prop_assert!(density("convex_hull") <= 1.0 + 1e-12);
        prop_assert!(density("ombb") >= density("aabb") * (1.0 - 1e-9));
        prop_assert!(value(&v, "sphericity") <= 1.0);
    }
}
