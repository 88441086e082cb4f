//! The feature families, a file each: the table of features, their formulas, and how the matrix that
//! the formulas read is built. Formulas never see voxels; families never see names of profiles or
//! bindings. A new family is a file, and its two lines here.

pub(crate) mod family;
pub(crate) mod glcm;
pub(crate) mod gldzm;
pub(crate) mod glrlm;
pub(crate) mod glszm;
pub(crate) mod intensity_histogram;
pub(crate) mod intensity_statistics;
pub(crate) mod intensity_volume_histogram;
pub(crate) mod job;
pub(crate) mod local_intensity;
pub(crate) mod morphology;
pub(crate) mod ngldm;
pub(crate) mod ngtdm;
pub(crate) mod shared;

use family::Family;

/// The families, in the order in which IBSI lists them: the only registry. Whatever goes through
/// families reads it: extraction, matrices, maps, documents, bindings and tests.
pub static FAMILIES: &[Family] = &[
    morphology::FAMILY,
    morphology::slice::FAMILY,
    local_intensity::FAMILY,
    intensity_statistics::FAMILY,
    intensity_histogram::FAMILY,
    intensity_volume_histogram::FAMILY,
    glcm::FAMILY,
    glrlm::FAMILY,
    glszm::FAMILY,
    gldzm::FAMILY,
    ngtdm::FAMILY,
    ngldm::FAMILY,
];
