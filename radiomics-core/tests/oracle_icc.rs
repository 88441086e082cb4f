//! Intraclass correlations of the reference table: values of the formulas, bounds of pingouin.

use std::collections::BTreeMap;
use std::path::Path;

use crate::common;
use approx::assert_abs_diff_eq;
use radiomics_core::ndarray::{Array2, s};
use radiomics_core::stability::{Design, Icc};
use radiomics_core::{Pool, Runtime};

fn rows(path: &Path) -> Vec<csv::StringRecord> {
    csv::ReaderBuilder::new()
        .has_headers(false)
        .from_path(path)
        .unwrap()
        .records()
        .map(Result::unwrap)
        .collect()
}

/// A number of a file; NaN where there is none.
fn number(text: &str) -> f64 {
    if text.is_empty() { f64::NAN } else { text.parse().unwrap() }
}

/// What the reference table gives, by feature: the three kinds, the cases that were used.
fn found(folder: &Path) -> BTreeMap<String, ([Icc; 3], usize)> {
    let table = rows(&folder.join("table.csv"));
    let (head, body) = table.split_first().unwrap();
    let column = |place: usize| body.iter().map(|row| row[place].to_owned()).collect::<Vec<_>>();
    let design = Design::new(&column(0), &column(1)).unwrap();
    assert_eq!((design.cases(), design.raters()), (12, 30));
    let values = Array2::from_shape_fn((head.len(), body.len()), |(feature, row)| match feature {
        0 | 1 => 0.0,
        _ => number(&body[row][feature]),
    });
    let pool = Pool::new(2).unwrap();
    let found = design.icc(values.slice(s![2.., ..]), 0.95, &Runtime::new(&pool)).unwrap();
    let kinds = |r: radiomics_core::stability::Reliability| ([r.icc_1_1, r.icc_2_1, r.icc_3_1], r.cases);
    head.iter().skip(2).map(str::to_owned).zip(found.into_iter().map(kinds)).collect()
}

/// Both NaN, or equal to within the tolerance.
fn same(name: &str, found: f64, expected: f64, tolerance: f64) {
    assert_eq!(found.is_nan(), expected.is_nan(), "{name}: {found}, {expected} is expected");
    if !expected.is_nan() {
        println!("{name}: {found}, expected {expected}");
        assert_abs_diff_eq!(found, expected, epsilon = tolerance);
    }
}

#[test]
fn every_feature_of_the_reference_table() {
    let Some(folder) = common::data().map(|data| data.join("clinical/icc")).filter(|folder| folder.is_dir())
    else {
        return println!("skipped: no table of intraclass correlations");
    };
    let found = found(&folder);
    assert_eq!(found.len(), 20);
    let formulas = rows(&folder.join("point_estimates_formula.csv"));
    for row in &formulas[1..] {
        let (kinds, cases) = &found[&row[0]];
        assert_eq!(*cases, row[1].parse::<usize>().unwrap(), "{}", &row[0]);
        for (n, icc) in kinds.iter().enumerate() {
            same(&row[0], icc.value, number(&row[3 + n]), 1e-9);
        }
    }
    let bounds = rows(&folder.join("expected.csv"));
    for row in &bounds[1..] {
        let kind = ["ICC(1,1)", "ICC(2,1)", "ICC(3,1)"].iter().position(|kind| *kind == &row[1]).unwrap();
        let icc = found[&row[0]].0[kind];
        let (name, [low, high]) =
            (format!("{} {}", &row[0], &row[1]), [6, 7].map(|place| number(&row[place])));
        if row[3].parse() == Ok(f64::INFINITY) {
            // pingouin has no bounds where F is infinite; ours are the limits.
            assert!(icc.low <= icc.value && icc.value <= icc.high, "{name}: {icc:?}");
            continue;
        }
        same(&name, icc.low, low, 1e-6);
        same(&name, icc.high, high, 1e-6);
    }
}
