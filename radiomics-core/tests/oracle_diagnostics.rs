//! Every processing step of the CT configurations meets IBSI's diagnostic values, so that a
//! deviation is found where it arises. The comparison is IBSI's: rounded to three significant
//! digits, inside of the tolerance.

use std::collections::BTreeMap;

use crate::common;
use radiomics_core::ndarray::Array3;
use radiomics_core::preprocess::{Resampling, prepare, resampled_grid};
use radiomics_core::roi::Roi;
use radiomics_core::{Grid, IbsiConfiguration, Isa, Named, Rounding, Settings, Window};

type Values = BTreeMap<String, f64>;

/// Values under the axis names that the reference file uses.
fn put_axes(values: &mut Values, stem: &str, stage: &str, zyx: [f64; 3]) {
    for (axis, value) in ["z", "y", "x"].into_iter().zip(zyx) {
        values.insert(format!("{stem}_{axis}_{stage}"), value);
    }
}

fn put_range(values: &mut Values, stem: &str, stage: &str, of: impl Iterator<Item = f64> + Clone) {
    let n = of.clone().count() as f64;
    values.insert(format!("{stem}mean_int_{stage}"), of.clone().sum::<f64>() / n);
    values.insert(format!("{stem}min_int_{stage}"), of.clone().fold(f64::INFINITY, f64::min));
    values.insert(format!("{stem}max_int_{stage}"), of.fold(f64::NEG_INFINITY, f64::max));
}

fn image_values(values: &mut Values, stage: &str, grid: &Grid, intensities: &Array3<f64>) {
    put_axes(values, "img_dim", stage, grid.shape.map(|n| n as f64));
    put_axes(values, "vox_dim", stage, grid.spacing_mm);
    put_range(values, "", stage, intensities.iter().copied());
}

fn region_values(values: &mut Values, stage: &str, grid: &Grid, roi: &Roi) {
    put_axes(values, "int_mask_dim", stage, grid.shape.map(|n| n as f64));
    for (name, mask) in [("int", roi.intensity()), ("morph", roi.morphological())] {
        let bounds = Window::bounding(mask.view()).expect("voxels").shape;
        put_axes(values, &format!("{name}_mask_bb_dim"), stage, bounds.map(|n| n as f64));
        let count = mask.iter().filter(|&&m| m).count();
        values.insert(format!("{name}_mask_vox_count_{stage}"), count as f64);
    }
    put_range(values, "int_mask_", stage, roi.values().into_iter());
}

fn all_stages(image: &common::Volume, mask: &common::Volume, settings: &Settings) -> Values {
    let mut values = Values::new();
    let grid = &image.grid;
    let intensities = image.voxels.mapv(f64::from);
    image_values(&mut values, "init_img", grid, &intensities);

    let target =
        resampled_grid(grid, settings.resample_spacing_mm.unwrap_or([None; 3]), settings.grid_alignment)
            .unwrap();
    let resampling = Resampling::new(grid, &target, settings.image_interpolation, settings.grid_alignment);
    let mut interpolated = resampling.apply(&Window::whole(target.shape), |w| {
        let ([k, j, i], [ke, je, ie]) = (w.start, w.end());
        intensities.slice(radiomics_core::ndarray::s![k..ke, j..je, i..ie]).to_owned()
    });
    if settings.intensity_rounding == Rounding::Nearest {
        interpolated.mapv_inplace(f64::round_ties_even);
    }
    image_values(&mut values, "interp_img", &target, &interpolated);

    let resegmented = settings.clone();
    let drawn = Settings { resegment_range: None, resegment_sigma: None, ..settings.clone() };
    let initial = Settings { resample_spacing_mm: None, ..drawn.clone() };
    for (stage, grid, settings) in
        [("init_roi", grid, initial), ("interp_roi", &target, drawn), ("reseg_roi", &target, resegmented)]
    {
        let roi = prepare(&image.image(), &mask.mask(), 1, &settings, 0.0, Isa::best()).unwrap();
        region_values(&mut values, stage, grid, &roi);
    }
    values
}

#[test]
fn every_step_of_configurations_a_to_e() {
    let Some((image, mask)) = common::ct_phantom() else { return };
    let path = common::data().unwrap().join("ibsi1/diagnostic_reference_values.csv");
    let mut reader = csv::Reader::from_path(path).unwrap();
    let references: Vec<[String; 7]> = reader.deserialize().map(|row| row.unwrap()).collect();
    let mut outside = Vec::new();
    let mut checked = 0;
    for (name, configuration) in IbsiConfiguration::NAMES.iter().skip(1) {
        let values = all_stages(&image, &mask, &configuration.settings());
        for [_, stage, _, tag, value, tolerance, _] in
            references.iter().filter(|r| r[0] == format!("ct_{name}"))
        {
            let (reference, tolerance) = (value.parse::<f64>().unwrap(), tolerance.parse::<f64>().unwrap());
            let ours = *values.get(tag).unwrap_or_else(|| panic!("{tag} is not computed"));
            let rounded: f64 = format!("{ours:.2e}").parse().unwrap();
            let close = |v: f64| (v - reference).abs() <= tolerance + 1e-9 * reference.abs();
            checked += 1;
            // Voxel counts are published with all their digits.
            if !close(rounded) && !close(ours) {
                outside
                    .push(format!("{name}, {stage}: {tag} is {ours} instead of {reference} ± {tolerance}"));
            }
        }
    }
    assert!(outside.is_empty(), "{} of {checked}:\n{}", outside.len(), outside.join("\n"));
    assert_eq!(checked, 300);
}
