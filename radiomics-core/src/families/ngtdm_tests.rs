use super::*;
use ndarray::Array3;
use proptest::prelude::*;

fn plain(levels: &Array3<u16>, offsets: &[[i32; 3]]) -> Vec<Difference> {
    let mut map = BTreeMap::new();
    for ((k, j, i), &level) in levels.indexed_iter().filter(|(_, level)| **level > 0) {
        let at = |v: usize, o: i32| v.wrapping_add_signed(o as isize);
        let neighbour = |o: &[i32; 3]| levels.get((at(k, o[0]), at(j, o[1]), at(i, o[2]))).copied();
        let around: Vec<u64> =
            offsets.iter().filter_map(neighbour).filter(|&n| n > 0).map(u64::from).collect();
        let entry = map.entry((level, around.len() as u32)).or_insert((0, 0));
        entry.0 += 1;
        entry.1 += (u64::from(level) * around.len() as u64).abs_diff(around.iter().sum());
    }
    let difference =
        |((level, neighbours), (voxels, scaled))| Difference { level, neighbours, voxels, scaled };
    map.into_iter().map(difference).collect()
}

proptest! {
    #[test]
    fn counting_equals_the_definition(
        (shape, values) in (1usize..5, 1usize..6, 1usize..20).prop_flat_map(|(z, y, x)| {
            (Just((z, y, x)), proptest::collection::vec(0u16..6, z * y * x))
        }),
        (n_g, scale) in prop_oneof![
            Just((5usize, 1u16)), Just((300, 60)), Just((2426, 485)), Just((65_535, 13_107))
        ],
        distances in prop_oneof![Just(vec![1u32]), Just(vec![2]), Just(vec![1, 2])],
    ) {
        let levels = Array3::from_shape_vec(shape, values).unwrap() * scale;
        let padded = Levels::from_array(&levels, n_g, 2);
        let settings = Settings { distances: distances.clone(), ..Settings::default() };
        for isa in Isa::available() {
            let expected = plain(&levels, &neighbours(&distances, true, ANY));
            prop_assert_eq!(matrix(isa, &padded, &settings, Span::Volume), expected);
            let slice = levels.slice(ndarray::s![..1, .., ..]).to_owned();
            let expected = plain(&slice, &neighbours(&distances, false, ANY));
            prop_assert_eq!(matrix(isa, &padded, &settings, Span::Slice(0)), expected);
        }
    }
}

fn values(tones: &Tones) -> Vec<f64> {
    let m = Ngtdm::new(tones).unwrap();
    TABLE.iter().map(|row| (row.value)(&m)).collect()
}

#[test]
fn formulas_by_hand() {
    // p = 1/4 and 3/4 of four voxels.
    let complexity = 2.0 * 2.0 * (0.25 * 2.0 + 0.75 * 1.0) / 4.0;
    let strength = 2.0 * 4.0 / 3.0;
    assert_eq!(
        values(&vec![(1, 2.0, 1), (3, 1.0, 3)]),
        [0.8, 0.1875 * 2.0 * 4.0 / 2.0 * 0.75, 1.25 / 4.0, complexity, strength]
    );
}

#[test]
fn a_flat_region_has_the_values_that_ibsi_prescribes() {
    assert_eq!(values(&vec![(2, 0.0, 9)]), [1e6, 0.0, 0.0, 0.0, 0.0]);
    assert!(Ngtdm::new(&Vec::new()).is_none());
}

#[test]
fn busyness_is_undefined_when_its_divisor_is_0() {
    assert!(values(&vec![(1, 1.0, 6), (2, 1.0, 3), (3, 1.0, 2)])[2].is_infinite());
}
