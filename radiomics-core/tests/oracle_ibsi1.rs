//! Every published value of IBSI 1 is met inside of its own tolerance.

mod common;

use radiomics_core::verify::{self, Check};
use radiomics_core::{Execution, Named, catalogue};

fn assert_inside(checks: &[Check]) {
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
}

/// Until all families are there, only those that are can be checked.
fn implemented(checks: Vec<Check>) -> Vec<Check> {
    checks.into_iter().filter(|c| catalogue::family(c.reference.family).is_ok()).collect()
}

#[test]
fn digital_phantom() {
    assert_inside(&implemented(verify::digital_phantom(&Execution::default()).unwrap()));
}

#[test]
fn ct_phantom_in_configurations_a_to_e() {
    let Some((image, mask)) = common::ct_phantom() else { return };
    assert_inside(&implemented(
        verify::ct_phantom(&image.image(), &mask.mask(), &Execution::default()).unwrap(),
    ));
}
