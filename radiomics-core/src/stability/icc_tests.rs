//! Tables that fit on a screen.

use approx::assert_abs_diff_eq;
use ndarray::{Array2, array};

use super::{Icc, Reliability, icc};

/// Shrout & Fleiss, Psychological Bulletin 1979, 86: 420-428, table 2: six cases, four judges.
fn shrout_and_fleiss() -> Array2<f64> {
    array![
        [9.0, 2.0, 5.0, 8.0],
        [6.0, 1.0, 3.0, 2.0],
        [8.0, 4.0, 6.0, 8.0],
        [7.0, 1.0, 2.0, 6.0],
        [10.0, 5.0, 6.0, 9.0],
        [6.0, 2.0, 4.0, 7.0],
    ]
}

fn kinds(found: Reliability) -> [Icc; 3] {
    [found.icc_1_1, found.icc_2_1, found.icc_3_1]
}

fn of(table: &Array2<f64>) -> Reliability {
    icc(table.view(), 0.95).unwrap()
}

/// Estimates are those of table 4 of the paper (0.17, 0.29, 0.71), from its sums of squares. The interval of
/// ICC(2,1) is what the R package psych and pingouin print for these data.
#[test]
fn the_example_of_shrout_and_fleiss() {
    let found = of(&shrout_and_fleiss());
    assert_eq!((found.cases, found.raters), (6, 4));
    let [one, two, three] = kinds(found);
    for (icc, value, low, high) in
        [(one, 0.17, -0.13, 0.72), (two, 0.29, 0.02, 0.76), (three, 0.71, 0.34, 0.95)]
    {
        assert_abs_diff_eq!(icc.value, value, epsilon = 5e-3);
        assert_abs_diff_eq!(icc.low, low, epsilon = 6e-3);
        assert_abs_diff_eq!(icc.high, high, epsilon = 6e-3);
    }
    // Mean squares by hand: MSR = 11.24, MSC = 32.49, MSE = 1.02, MSW = 6.26 (table 3).
    let [sr, sc, se] =
        [56.208_333_333_333_33 / 5.0, 97.458_333_333_333_33 / 3.0, 15.291_666_666_666_67 / 15.0];
    assert_abs_diff_eq!(two.value, (sr - se) / (sr + 3.0 * se + 4.0 * (sc - se) / 6.0), epsilon = 1e-14);
}

#[test]
fn what_is_constant_is_undefined() {
    for value in [2.5, 0.0, 0.1, 1e300, -3e12] {
        let found = of(&Array2::from_elem((5, 4), value));
        assert_eq!(found.cases, 5);
        assert!(kinds(found).iter().all(|icc| icc.value.is_nan() && icc.low.is_nan() && icc.high.is_nan()));
    }
}

#[test]
fn perfect_agreement_is_one_with_its_bounds() {
    let table = Array2::from_shape_fn((7, 3), |(case, _)| 0.1 + 1.7 * case as f64);
    for Icc { value, low, high } in kinds(of(&table)) {
        assert_eq!((value, low, high), (1.0, 1.0, 1.0));
    }
}

/// Raters that differ by a shift alone agree for ICC(3,1), and not for ICC(2,1).
#[test]
fn a_shift_counts_for_absolute_agreement_only() {
    let table = Array2::from_shape_fn((5, 3), |(case, rater)| (case + 4 * rater) as f64);
    let found = of(&table);
    assert_eq!(found.icc_3_1, Icc { value: 1.0, low: 1.0, high: 1.0 });
    // MSR = 3 * 2.5, MSC = 5 * 16, MSE = 0.
    assert_abs_diff_eq!(found.icc_2_1.value, 7.5 / (7.5 + 3.0 * 80.0 / 5.0), epsilon = 1e-14);
    assert!(found.icc_2_1.low < found.icc_2_1.value && found.icc_2_1.value < found.icc_2_1.high);
}

/// Neither offset nor unit moves a digit, as long as floats hold the values.
#[test]
fn offset_and_unit_do_not_count() {
    let table = shrout_and_fleiss();
    let [_, expected, _] = kinds(of(&table));
    for (scale, offset) in
        [(1.0, 1e12), (2.0, -3e15), (1e-300, 0.0), (1e306, 0.0), (-3.0, 7.0), (5e-320, 0.0)]
    {
        let found = of(&table.mapv(|x| x * scale + offset)).icc_2_1;
        // A subnormal number has few digits.
        let epsilon = if scale < 1e-305 { 1e-3 } else { 1e-12 };
        for (found, expected) in
            [(found.value, expected.value), (found.low, expected.low), (found.high, expected.high)]
        {
            assert_abs_diff_eq!(found, expected, epsilon = epsilon);
        }
    }
}

#[test]
fn cases_with_a_missing_value_are_left_out() {
    let whole = shrout_and_fleiss();
    let mut table = Array2::from_elem((8, 4), f64::NAN);
    table.slice_mut(ndarray::s![1..7, ..]).assign(&whole);
    table[[0, 0]] = 3.0;
    table.row_mut(7).assign(&array![1.0, 2.0, f64::INFINITY, 4.0]);
    assert_eq!(of(&table), of(&whole));
    let mut one = Array2::from_elem((3, 4), f64::NAN);
    one.row_mut(1).assign(&whole.row(0));
    assert!(of(&one).cases == 1 && of(&one).icc_1_1.value.is_nan());
}

/// Whatever the table, bounds hold the estimate and no correlation is above 1. Below 0 the degrees of freedom
/// of ICC(2,1) can become next to none, for which its bounds were not made.
#[test]
fn bounds_hold_the_estimate() {
    for seed in 0..200_u64 {
        let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 40) as f64 / (1_u64 << 24) as f64
        };
        let (cases, raters) = (2 + (seed % 9) as usize, 2 + (seed % 5) as usize);
        let of_case: Vec<f64> = (0..cases).map(|_| next() * (seed % 3) as f64).collect();
        let table = Array2::from_shape_fn((cases, raters), |(case, _)| of_case[case] + next());
        let [one, two, three] = kinds(of(&table));
        assert!(two.value <= 1.0);
        for Icc { value, low, high } in [one, three].into_iter().chain((two.value >= 0.0).then_some(two)) {
            assert!(low <= value && value <= high && high <= 1.0, "{low} {value} {high}");
        }
    }
}

#[test]
fn what_cannot_be_used_is_refused() {
    let message = |table: Array2<f64>, confidence| icc(table.view(), confidence).unwrap_err().to_string();
    let found = message(Array2::zeros((1, 4)), 0.95);
    assert!(found.starts_with("the table has 1 case(s), and at least 2 are needed: give a row"), "{found}");
    assert!(message(Array2::zeros((4, 1)), 0.95).starts_with("the table has 1 rater(s)"));
    for confidence in [0.0, 1.0, 95.0, f64::NAN] {
        assert!(message(Array2::zeros((4, 4)), confidence).contains("between 0 and 1, such as 0.95"));
    }
}
