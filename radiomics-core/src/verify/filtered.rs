//! IBSI 2, phase 2: features of the CT phantom after filters.

use std::f64::consts::FRAC_PI_8;

use super::check::{Check, check, table};
use crate::error::Result;
use crate::filters::{
    Boundary, Decomposition, Dimensions, Filter, Gabor, GaussianMethod, LaplacianOfGaussian, Laws, Mean,
    Pooling, SeparableWavelet, Simoncelli,
};
use crate::runtime::Runtime;
use crate::settings::profile::Profile;
use crate::settings::{Interpolation, Rounding, Settings};
use crate::table::FeatureTable;
use crate::volume::image::{Image, Mask};

/// Computes intensity statistics of the CT phantom, patient 1 of the IBSI data with its region
/// GTV-1 (label 1), after filters 1 to 9 of IBSI 2, by slice (A) and in 3D (B), and checks them.
///
/// # Errors
/// Any [`Error`](crate::Error) of [`extract`](crate::extract), as when image and mask do not belong together.
pub fn ct_phantom_filtered(image: &Image, mask: &Mask, runtime: &Runtime) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    for (name, dimensions) in [("A", Dimensions::Two), ("B", Dimensions::Three)] {
        let settings = settings(dimensions);
        let table = table(image, mask, &settings, runtime)?;
        for (number, filter) in (1..).zip(&settings.filters) {
            let image = filter.name();
            let rows = table.rows().iter().filter(|row| row.column.image == image).cloned().collect();
            checks.extend(check(&format!("ct_filter_{number}.{name}"), &FeatureTable::new(rows, Vec::new())));
        }
    }
    Ok(checks)
}

/// The settings of phase 2 of IBSI 2, with filters 1 to 9.
fn settings(dimensions: Dimensions) -> Settings {
    let base = Settings {
        resegment_range: Some([Some(-1000.0), Some(400.0)]),
        families: Some(vec!["intensity_statistics".to_owned()]),
        filters: filters(dimensions),
        ..Profile::Ibsi.settings()
    };
    match dimensions {
        Dimensions::Two => base,
        Dimensions::Three => Settings {
            resample_spacing_mm: Some([Some(1.0); 3]),
            image_interpolation: Interpolation::CubicSpline,
            intensity_rounding: Rounding::Nearest,
            ..base
        },
    }
}

fn filters(dimensions: Dimensions) -> Vec<Filter> {
    let boundary = Boundary::Mirror;
    let in_3d = dimensions == Dimensions::Three;
    let text = |in_2d: &str, more: &str| format!("{in_2d}{}", if in_3d { more } else { "" });
    let wavelet = |subband, level| {
        Filter::SeparableWavelet(SeparableWavelet {
            wavelet: "db3".to_owned(),
            subband,
            level,
            rotation_invariant: true,
            pooling: Pooling::Mean,
            decomposition: Decomposition::Dilated,
            boundary,
        })
    };
    let simoncelli = |level| Filter::Simoncelli(Simoncelli { level, dimensions, boundary });
    vec![
        Filter::Original,
        Filter::Mean(Mean { support_voxels: 5, dimensions, boundary }),
        Filter::LaplacianOfGaussian(LaplacianOfGaussian {
            sigma_mm: 1.5,
            truncate_sigma: 4.0,
            method: GaussianMethod::Sampled,
            dimensions,
            boundary,
        }),
        Filter::Laws(Laws {
            kernels: text("L5E5", "E5"),
            rotation_invariant: true,
            pooling: Pooling::Max,
            energy_delta_voxels: Some(7),
            boundary,
        }),
        Filter::Gabor(Gabor {
            sigma_mm: 5.0,
            lambda_mm: 2.0,
            gamma: 1.5,
            theta: 0.0,
            delta_theta: Some(FRAC_PI_8),
            pooling: Pooling::Mean,
            orthogonal_planes: in_3d,
            boundary,
        }),
        // In 3D, LLH; the low-pass goes first.
        wavelet(if in_3d { "LLH" } else { "LH" }.to_owned(), 1),
        wavelet(text("HH", "H"), 2),
        simoncelli(1),
        simoncelli(2),
    ]
}
