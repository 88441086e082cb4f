//! Intensity-based statistics (IBSI 1, UHIW): of the intensities in the intensity mask,
//! without discretisation.

use super::statistics::Statistics;
use super::{Compute, Job, features};
use crate::aggregation::{Aggregation, Scope};
use crate::catalogue::{Family, Row, row};
use crate::table::FeatureRow;

pub(crate) const FAMILY: Family = Family {
    name: "intensity_statistics",
    ibsi_id: "UHIW",
    scope: Scope::Region,
    features: || features(TABLE),
    compute: Compute::Region(compute),
};

#[rustfmt::skip]
static TABLE: &[Row<Statistics>] = &[
    row("mean", "Q4LE", "Mean", "Mean intensity, μ = Σ x / N", |s| s.mean),
    row("variance", "ECT3", "Variance", "Variance, σ² = Σ (x − μ)² / N", |s| s.variance),
    row("skewness", "KE2A", "Skewness", "Third central moment over σ³; 0 for a flat region", |s| s.skewness),
    row("excess_kurtosis", "IPH6", "", "Fourth central moment over σ⁴, less 3; 0 for a flat region", |s| s.excess_kurtosis),
    row("median", "Y12H", "Median", "Median intensity", |s| s.median),
    row("minimum", "1GSF", "Minimum", "Lowest intensity", |s| s.minimum),
    row("percentile_10", "QG58", "10Percentile", "10th percentile, linear interpolation between order statistics", |s| s.p10),
    row("percentile_90", "8DWT", "90Percentile", "90th percentile, linear interpolation between order statistics", |s| s.p90),
    row("maximum", "84IY", "Maximum", "Highest intensity", |s| s.maximum),
    row("interquartile_range", "SALO", "InterquartileRange", "P75 − P25", |s| s.interquartile_range()),
    row("range", "2OJQ", "Range", "Maximum − minimum", |s| s.range()),
    row("mean_absolute_deviation", "4FUA", "MeanAbsoluteDeviation", "Mean of |x − μ|", |s| s.mean_absolute_deviation),
    row("robust_mean_absolute_deviation", "1128", "RobustMeanAbsoluteDeviation", "Mean of |x − μ'| within [P10, P90], μ' being the mean there", |s| s.robust_mean_absolute_deviation),
    row("median_absolute_deviation", "N72L", "", "Mean of |x − median|", |s| s.median_absolute_deviation),
    row("coefficient_of_variation", "7TET", "", "σ / μ; undefined for a mean of 0", |s| s.coefficient_of_variation()),
    row("quartile_coefficient_of_dispersion", "9S40", "", "(P75 − P25) / (P75 + P25); undefined for P75 = −P25", |s| s.quartile_coefficient_of_dispersion()),
    row("energy", "N8CA", "Energy", "Σ x²", |s| s.energy),
    row("root_mean_square", "5ZWQ", "RootMeanSquared", "√(Σ x² / N)", |s| s.root_mean_square()),
];

fn compute(job: &Job) -> Vec<FeatureRow> {
    let statistics = Statistics::of_values(job.isa, &job.roi.values());
    job.rows(FAMILY.name, TABLE, Aggregation::Region, &[statistics])
}
