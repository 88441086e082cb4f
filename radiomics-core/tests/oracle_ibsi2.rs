//! Every response map of IBSI 2, phase 1, is met in all voxels, and every published value of phase 2
//! inside of its tolerance.

mod common;

use std::path::Path;

use common::Volume;
use radiomics_core::Execution;
use radiomics_core::verify::{self, Check, Format, ResponseCheck, ct_phantom_filtered, response_maps};

fn checked_maps() -> Option<Vec<ResponseCheck>> {
    let folder = common::data()?.join("ibsi2");
    let check = |map: &radiomics_core::verify::ResponseMap| {
        let phantom = Volume::nifti(&folder.join(map.phantom_file()));
        let reference = Volume::nifti(&folder.join(map.reference_file()));
        map.check(&phantom.image(), &reference.image(), &Execution::default()).unwrap()
    };
    Some(response_maps().iter().map(check).collect())
}

#[test]
fn response_maps_of_phantoms() {
    let Some(checks) = checked_maps() else { return };
    for check in &checks {
        println!("{:<6} {:.4} % of the range", check.test, 100.0 * check.share());
    }
    let outside: Vec<_> = checks.iter().filter(|check| !check.inside()).collect();
    assert!(outside.is_empty(), "{outside:#?}");
    assert_eq!(checks.len(), 33);
}

#[test]
fn statistics_of_the_filtered_ct_phantom() {
    let Some((image, mask)) = common::ct_phantom() else { return };
    let checks = ct_phantom_filtered(&image.image(), &mask.mask(), &Execution::default()).unwrap();
    let outside: Vec<String> = checks
        .iter()
        .filter(|check| !check.inside())
        .map(|Check { reference: r, value }| {
            format!("{} {}: {value} instead of {} ± {}", r.dataset, r.feature, r.value, r.tolerance)
        })
        .collect();
    assert!(outside.is_empty(), "{} outside:\n{}", outside.len(), outside.join("\n"));
    assert_eq!(checks.len(), 323);
}

#[test]
fn the_validation_page_says_so() {
    let Some((image, mask)) = common::ct_phantom() else { return };
    let (image, mask, execution) = (image.image(), mask.mask(), Execution::default());
    let mut checks = verify::digital_phantom(&execution).unwrap();
    checks.extend(verify::ct_phantom(&image, &mask, &execution).unwrap());
    checks.extend(checked_maps().unwrap().iter().map(ResponseCheck::as_check));
    checks.extend(ct_phantom_filtered(&image, &mask, &execution).unwrap());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/validation.md");
    common::compare_or_regenerate(&path, &verify::write(&checks, Format::Markdown));
}
