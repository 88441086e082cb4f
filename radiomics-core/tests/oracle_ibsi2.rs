//! Every response map of IBSI 2, phase 1, is met in all voxels.

mod common;

use common::Volume;
use radiomics_core::Execution;
use radiomics_core::verify::{ResponseCheck, response_maps};

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
