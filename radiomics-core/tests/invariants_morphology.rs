//! Invariants of morphology and local intensity, from image and mask to the table.

use proptest::prelude::*;
use radiomics_core::ndarray::{Array3, s};
use radiomics_core::{Execution, FeatureTable, Grid, Image, Isa, Mask, Settings, extract};

const SPACING_MM: [f64; 3] = [3.0, 1.5, 2.0];

fn table(image: &Array3<f64>, mask: &Array3<u8>, execution: &Execution) -> FeatureTable {
    let settings = Settings {
        families: Some(vec!["morphology".into(), "local_intensity".into()]),
        ..Settings::default()
    };
    let grid = Grid::new(image.dim().into(), SPACING_MM).unwrap();
    let image = Image::new(grid.clone(), image.view()).unwrap();
    extract(&image, &Mask::new(grid, mask.view()).unwrap(), 1, &settings, execution).unwrap()
}

fn bits(table: &FeatureTable) -> Vec<u64> {
    table.rows().iter().map(|row| row.value.to_bits()).collect()
}

/// An image of whole numbers, and a region of several parts that touches its borders.
fn case() -> impl Strategy<Value = (Array3<f64>, Array3<u8>)> {
    let shape = (4usize, 6usize, 7usize);
    let n = shape.0 * shape.1 * shape.2;
    (prop::collection::vec(-200..200i32, n), prop::collection::vec(0..3u8, n)).prop_map(move |(x, m)| {
        let image = Array3::from_shape_vec(shape, x).unwrap().mapv(f64::from);
        let mut mask = Array3::from_shape_vec(shape, m).unwrap().mapv(|m| u8::from(m == 1));
        mask[[0, 0, 0]] = 1;
        mask[[3, 5, 6]] = 1;
        (image, mask)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// A region elsewhere in a larger image, whose added voxels are not finite and so do not count, has
    /// values of the same bits.
    #[test]
    fn translation((image, mask) in case(), [k, j, i] in [0..6usize, 0..6usize, 0..6usize]) {
        let here = table(&image, &mask, &Execution::default());
        let mut larger = Array3::from_elem((11, 13, 14), f64::NAN);
        let mut moved = Array3::zeros(larger.dim());
        let place = s![k..k + 4, j..j + 6, i..i + 7];
        larger.slice_mut(place).assign(&image);
        moved.slice_mut(place).assign(&mask);
        prop_assert_eq!(bits(&table(&larger, &moved, &Execution::default())), bits(&here));
    }

    #[test]
    fn threads_and_instruction_sets((image, mask) in case()) {
        let one = table(&image, &mask, &Execution { threads: 1, isa: Isa::Scalar });
        for isa in Isa::available() {
            let many = table(&image, &mask, &Execution { threads: 3, isa });
            prop_assert_eq!(bits(&many), bits(&one));
        }
    }

    /// Moran's I and Geary's C do not change with the unit and the zero of the intensities.
    #[test]
    fn scaled_and_shifted_intensities((image, mask) in case(), scale in 0.1..9.0f64, shift in -500.0..500.0f64) {
        let before = table(&image, &mask, &Execution::default());
        let after = table(&image.mapv(|x| scale * x + shift), &mask, &Execution::default());
        for (a, b) in before.rows().iter().zip(after.rows()) {
            let (name, a, b) = (a.column.feature.name, a.value, b.value);
            if name == "morans_i" || name == "gearys_c" {
                prop_assert!((a - b).abs() <= 1e-9, "{name}: {a} became {b}");
            } else if name.ends_with("_peak") {
                prop_assert!((scale * a + shift - b).abs() <= 1e-9 * (1.0 + b.abs()), "{name}: {a} became {b}");
            }
        }
    }
}

/// What a feature needs is computed for it alone as well.
#[test]
fn each_feature_alone() {
    let image = Array3::from_shape_fn((5, 6, 7), |(k, j, i)| ((k * 79 + j * 131 + i * 37) % 101) as f64);
    let mask = Array3::from_shape_fn((5, 6, 7), |(k, j, i)| u8::from((k + j + i) % 5 != 0));
    let grid = Grid::new([5, 6, 7], SPACING_MM).unwrap();
    let (image, mask) =
        (Image::new(grid.clone(), image.view()).unwrap(), Mask::new(grid, mask.view()).unwrap());
    let extract = |features| {
        let settings = Settings { features, ..Settings::default() };
        extract(&image, &mask, 1, &settings, &Execution::default()).unwrap()
    };
    let all = extract(None);
    let shape = all.rows().iter().filter(|row| row.column.family == "morphology");
    for row in shape.clone() {
        let alone = extract(Some(vec![format!("morphology.{}", row.column.feature.name)]));
        assert_eq!(bits(&alone), [row.value.to_bits()], "{}", row.column.feature.name);
    }
    assert!(shape.count() > 25);
}

/// A sphere of voxels is large enough for the transform: the number of threads must not show.
#[test]
fn transforms_and_threads() {
    let shape = (14, 16, 18);
    let image = Array3::from_shape_fn(shape, |(k, j, i)| ((k * 79 + j * 131 + i * 37) % 101) as f64);
    let mask = Array3::from_shape_fn(shape, |(k, j, i)| u8::from((k + j + i) % 5 != 0));
    let one = table(&image, &mask, &Execution { threads: 1, isa: Isa::best() });
    let many = table(&image, &mask, &Execution { threads: 4, isa: Isa::best() });
    assert_eq!(bits(&one), bits(&many));
}
