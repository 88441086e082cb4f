use super::*;
use ndarray::Array3;
use proptest::prelude::*;

#[test]
fn directions_are_orthonormal_to_three_decimals() {
    let (sin, cos) = 0.3f64.sin_cos();
    let turned = |digits: f64| {
        let round = |x: f64| (x * digits).round() / digits;
        [[1.0, 0.0, 0.0], [0.0, round(cos), round(-sin)], [0.0, round(sin), round(cos)]]
    };
    let check = |direction| Grid { direction, ..Grid::new([1; 3], [1.0; 3]).unwrap() }.check("mask");
    for good in [IDENTITY, turned(1e3), turned(1e17), IDENTITY.map(|row| row.map(|cosine| -cosine))] {
        assert_eq!(check(good), Ok(()));
    }
    let message = |direction| check(direction).unwrap_err().to_string();
    for (scale, length) in [(2.0, "2"), (0.011, "0.011"), (0.0, "0"), (f64::NAN, "NaN"), (1e300, "inf")] {
        let found = message(IDENTITY.map(|row| row.map(|cosine| scale * cosine)));
        let expected = format!("of axis z has length {length} and must");
        assert!(
            found.starts_with("the direction (z, y, x) of the mask is [[") && found.contains(&expected),
            "{found}"
        );
    }
    let tilt = [[cos, 0.0, 0.0], [sin, 1.0, 0.0], [0.0, 0.0, 1.0]];
    assert!(
        message(tilt).contains("axes z and y must be perpendicular, but the cosine between them is 0.29552 ")
    );
}

#[test]
fn grids_whose_difference_is_no_number_are_not_the_same() {
    let grid = Grid::new([1; 3], [1.0; 3]).unwrap();
    let wrong = Grid { origin_mm: [0.0, f64::NAN, 0.0], ..grid.clone() };
    assert!(matches!(grid.check_same(&wrong, 1e-4), Err(Error::GeometryMismatch { field: "origin", .. })));
    for spacing_mm in [[0.0, 1.0, 1.0], [-1.0, 1.0, 1.0], [f64::NAN, 1.0, 1.0], [1.0, 1.0, 1e-100], [1e31; 3]]
    {
        let text = Grid { spacing_mm, ..grid.clone() }.check("image").unwrap_err().to_string();
        assert!(text.starts_with("the voxel spacing (z, y, x) of the image is ["), "{text}");
    }
}

proptest! {
    #[test]
    fn bounding_boxes(places in prop::collection::vec([0..3usize, 0..15usize, 0..200usize], 0..9)) {
        let mut mask = Array3::from_elem((3, 15, 200), false);
        places.iter().for_each(|&p| mask[p] = true);
        let plain = (!places.is_empty()).then(|| {
            let start = std::array::from_fn(|a| places.iter().map(|p| p[a]).min().unwrap());
            let last: [usize; 3] = std::array::from_fn(|a| places.iter().map(|p| p[a]).max().unwrap());
            Window { start, shape: std::array::from_fn(|a| last[a] - start[a] + 1) }
        });
        prop_assert_eq!(Window::bounding(mask.view()), plain);
        let turned = plain.map(|w| Window { start: [2, 1, 0].map(|a| w.start[a]), shape: [2, 1, 0].map(|a| w.shape[a]) });
        prop_assert_eq!(Window::bounding(mask.t()), turned);
    }
}
