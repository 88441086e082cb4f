//! Every response map of IBSI 2, phase 1, is met in all voxels, and every published value of phase 2
//! inside of its tolerance.

use std::path::Path;

use crate::common;
use common::Volume;
use radiomics_core::verify::{self, Check, Format, ResponseCheck, ct_phantom_filtered, response_maps};
use radiomics_core::{Pool, Runtime};

fn checked_maps() -> Option<Vec<ResponseCheck>> {
    let folder = common::data()?.join("ibsi2");
    let pool = Pool::new(0).unwrap();
    let check = |map: &radiomics_core::verify::ResponseMap| {
        let phantom = Volume::nifti(&folder.join(map.phantom_file()));
        let reference = Volume::nifti(&folder.join(map.reference_file()));
        map.check(&phantom.image(), &reference.image(), &Runtime::new(&pool)).unwrap()
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
    let pool = Pool::new(0).unwrap();
    let checks = ct_phantom_filtered(&image.image(), &mask.mask(), &Runtime::new(&pool)).unwrap();
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
    let (image, mask, pool) = (image.image(), mask.mask(), Pool::new(0).unwrap());
    let runtime = Runtime::new(&pool);
    let mut checks = verify::digital_phantom(&runtime).unwrap();
    checks.extend(verify::ct_phantom(&image, &mask, &runtime).unwrap());
    checks.extend(checked_maps().unwrap().iter().map(ResponseCheck::as_check));
    checks.extend(ct_phantom_filtered(&image, &mask, &runtime).unwrap());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/validation.md");
    common::compare_or_regenerate(&path, &verify::write(&checks, Format::Markdown));
}
