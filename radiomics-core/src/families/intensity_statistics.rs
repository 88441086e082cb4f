//! Intensity-based statistics (IBSI 1, UHIW): of the intensities in the intensity mask,
//! without discretisation.

use crate::error::Result;
use crate::families::family::{Compute, Family, Maps};
use crate::families::job::{Job, Value, features};
use crate::families::shared::statistics::Statistics;
use crate::feature::{Row, row};
use crate::kernels::reduce;
use crate::region::sample::Sample;
use crate::texture::aggregation::Scope;

pub(crate) const FAMILY: Family = Family {
    name: "intensity_statistics",
    ibsi_id: "UHIW",
    pyradiomics: Some("firstorder"),
    scope: Scope::Region,
    features: || features(TABLE),
    compute: Compute::Sample(compute),
    matrix: None,
    steps: 1,
    maps: Maps::General,
};

#[rustfmt::skip]
static TABLE: &[Row<Intensities>] = &[
    row("mean", "Q4LE", "Mean", "Mean intensity, μ = Σ x / N", |s| s.statistics.mean),
    row("variance", "ECT3", "Variance", "Variance, σ² = Σ (x − μ)² / N", |s| s.statistics.variance),
    row("skewness", "KE2A", "Skewness", "Third central moment over σ³; 0 for a flat region", |s| s.statistics.skewness),
    row("excess_kurtosis", "IPH6", "", "Fourth central moment over σ⁴, less 3; 0 for a flat region", |s| s.statistics.excess_kurtosis()),
    row("median", "Y12H", "Median", "Median intensity", |s| s.statistics.median),
    row("minimum", "1GSF", "Minimum", "Lowest intensity", |s| s.statistics.minimum),
    row("percentile_10", "QG58", "10Percentile", "10th percentile, linear interpolation between order statistics", |s| s.statistics.p10),
    row("percentile_90", "8DWT", "90Percentile", "90th percentile, linear interpolation between order statistics", |s| s.statistics.p90),
    row("maximum", "84IY", "Maximum", "Highest intensity", |s| s.statistics.maximum),
    row("interquartile_range", "SALO", "InterquartileRange", "P75 − P25", |s| s.statistics.interquartile_range()),
    row("range", "2OJQ", "Range", "Maximum − minimum", |s| s.statistics.range()),
    row("mean_absolute_deviation", "4FUA", "MeanAbsoluteDeviation", "Mean of |x − μ|", |s| s.statistics.mean_absolute_deviation),
    row("robust_mean_absolute_deviation", "1128", "RobustMeanAbsoluteDeviation", "Mean of |x − μ'| within [P10, P90], μ' being the mean there", |s| s.statistics.robust_mean_absolute_deviation),
    row("median_absolute_deviation", "N72L", "", "Mean of |x − median|", |s| s.statistics.median_absolute_deviation),
    row("coefficient_of_variation", "7TET", "", "σ / μ; undefined for a mean of 0", |s| s.statistics.coefficient_of_variation()),
    row("quartile_coefficient_of_dispersion", "9S40", "", "(P75 − P25) / (P75 + P25); undefined for P75 = −P25", |s| s.statistics.quartile_coefficient_of_dispersion()),
    row("energy", "N8CA", "Energy", "Σ x²; x may be shifted by `intensity_shift`", |s| s.energy),
    row("root_mean_square", "5ZWQ", "RootMeanSquared", "√(Σ x² / N); x may be shifted by `intensity_shift`", |s| (s.energy / s.statistics.n).sqrt()),
    row("kurtosis", "", "Kurtosis", "Fourth central moment over σ⁴; 0 for a flat region", |s| s.statistics.kurtosis),
    row("total_energy", "", "TotalEnergy", "Energy times the volume of a voxel in mm³", |s| s.energy * s.voxel_volume_mm3),
    row("standard_deviation", "", "StandardDeviation", "σ", |s: &Intensities| s.statistics.variance.sqrt()).only_by_name(),
];

/// What the formulas of this family read.
struct Intensities {
    statistics: Statistics,
    /// Σ x² of the shifted intensities.
    energy: f64,
    voxel_volume_mm3: f64,
}

fn compute(job: &Job, sample: &Sample) -> Result<Vec<Value>> {
    let shift = job.settings.intensity_shift;
    let intensities = Intensities {
        statistics: Statistics::of_sample(job.isa, sample),
        energy: match sample {
            Sample::Counted(counts) => counts.iter().map(|&(x, n)| n as f64 * (x + shift).powi(2)).sum(),
            Sample::Values(values) => reduce::sum_of_squares(job.isa, values, shift),
        },
        voxel_volume_mm3: job.roi.grid.voxel_volume_mm3(),
    };
    Ok(job.values(TABLE, &intensities))
}
