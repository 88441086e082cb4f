//! Every published value of IBSI 1 is met inside of its own tolerance.

use crate::common;
use radiomics_core::verify::{self, Check};
use radiomics_core::{Named, Pool, Runtime};

fn assert_inside(checks: &[Check], expected: usize) {
    let outside: Vec<String> = checks
        .iter()
        .filter(|check| !check.inside())
        .map(|Check { reference: r, value }| {
            format!(
                "{} {} {} {}: {value} instead of {} ± {}",
                r.dataset,
                r.family,
                r.aggregation.name(),
                r.feature,
                r.value,
                r.tolerance
            )
        })
        .collect();
    assert!(outside.is_empty(), "{} of {} outside:\n{}", outside.len(), checks.len(), outside.join("\n"));
    assert_eq!(checks.len(), expected);
}

#[test]
fn digital_phantom() {
    let pool = Pool::new(0).unwrap();
    assert_inside(&verify::digital_phantom(&Runtime::new(&pool)).unwrap(), 482);
}

#[test]
fn ct_phantom_in_configurations_a_to_e() {
    let Some((image, mask)) = common::ct_phantom() else { return };
    let pool = Pool::new(0).unwrap();
    let checks = verify::ct_phantom(&image.image(), &mask.mask(), &Runtime::new(&pool)).unwrap();
    assert_inside(&checks, 346 + 346 + 209 + 210 + 210);
}
