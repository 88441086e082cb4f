//! Every response map of IBSI 2, phase 1, is met in all voxels, and every published value of phase 2
//! inside of its tolerance.

mod common;

use common::Volume;
use radiomics_core::Execution;
use radiomics_core::verify::{Check, ResponseCheck, ct_phantom_filtered, response_maps};

#[test]
fn response_maps_of_phantoms() {
    let Some(folder) = common::data() else { return };
    let folder = folder.join("ibsi2");
    let check = |map: &radiomics_core::verify::ResponseMap| {
        let phantom = Volume::nifti(&folder.join(map.phantom_file()));
        let reference = Volume::nifti(&folder.join(map.reference_file()));
        map.check(&phantom.image(), &reference.image(), &Execution::default()).unwrap()
    };
    let checks: Vec<ResponseCheck> = response_maps().iter().map(check).collect();
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
