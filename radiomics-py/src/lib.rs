//! The Python module `radiomics_rs._core`: `radiomics-core` for Python, with no numbers of
//! its own. The package around it turns files and SimpleITK images into arrays.

mod column;
mod contours;
mod extract;
mod guard;
mod inflate;
mod maps;
mod matrices;
mod perturb;
mod pools;
mod prepare;
mod pyradiomics;
mod regions;
mod settings;
mod stability;
mod value;
mod verify;
mod voxels;

use pyo3::prelude::*;

/// The compiled part of radiomics_rs.
#[pymodule]
mod _core {
    #[pymodule_export]
    use super::column::{Column, columns};
    #[pymodule_export]
    use super::contours::rasterise;
    #[pymodule_export]
    use super::extract::{example, extract, features, filter_images, filters_look_at_everything};
    #[pymodule_export]
    use super::guard::{
        GeometryError, InternalError, OutOfMemoryError, RadiomicsError, ReadError, RegionError,
        SettingsError, fail,
    };
    #[pymodule_export]
    use super::inflate::inflate;
    #[pymodule_export]
    use super::maps::feature_maps;
    #[pymodule_export]
    use super::matrices::{matrices, matrices_of_levels};
    #[pymodule_export]
    use super::perturb::{Perturbation, perturb};
    #[pymodule_export]
    use super::pools::end_idle_threads;
    #[pymodule_export]
    use super::prepare::{labels, prepare};
    #[pymodule_export]
    use super::pyradiomics::{pyradiomics_classes, pyradiomics_parameters, pyradiomics_settings};
    #[pymodule_export]
    use super::regions::{Region, shared_rings};
    #[pymodule_export]
    use super::settings::{Settings, setting_keys};
    #[pymodule_export]
    use super::stability::icc;
    #[pymodule_export]
    use super::verify::{Verification, response_map_tests, verify};

    #[pymodule_export]
    #[allow(non_upper_case_globals, reason = "Python's name for it")]
    const __version__: &str = env!("CARGO_PKG_VERSION");
}
