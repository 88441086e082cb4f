//! Every published value of IBSI 1 is met inside of its own tolerance, and the validation page
//! says so.

mod common;

use std::path::Path;

use radiomics_core::verify::{self, Check, Format};
use radiomics_core::{Execution, Named};

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
    assert_inside(&verify::digital_phantom(&Execution::default()).unwrap(), 482);
}

#[test]
fn ct_phantom_in_configurations_a_to_e() {
    let Some((image, mask)) = common::ct_phantom() else { return };
    let execution = Execution::default();
    let checks = verify::ct_phantom(&image.image(), &mask.mask(), &execution).unwrap();
    assert_inside(&checks, 346 + 346 + 209 + 210 + 210);

    let mut all = verify::digital_phantom(&execution).unwrap();
    all.extend(checks);
    let page = verify::write(&all, Format::Markdown);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/validation.md");
    common::compare_or_regenerate(&path, &page);
}
