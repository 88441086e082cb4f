//! Intensity histogram features (IBSI 1, ZVCW): of the grey levels in the intensity mask.

use crate::families::family::{Compute, Family, Maps};
use crate::families::job::{Job, Value, entropy_term, features};
use crate::families::shared::statistics::Statistics;
use crate::feature::{Row, row};
use crate::region::levels::Levels;
use crate::texture::aggregation::Scope;

pub(crate) const FAMILY: Family = Family {
    name: "intensity_histogram",
    ibsi_id: "ZVCW",
    pyradiomics: Some("firstorder"),
    scope: Scope::Region,
    features: || features(TABLE),
    compute: Compute::Levels(compute),
    matrix: None,
    steps: 1,
    maps: Maps::General,
};

#[rustfmt::skip]
static TABLE: &[Row<Histogram>] = &[
    row("mean", "X6K6", "", "Mean grey level", |h| h.statistics.mean),
    row("variance", "CH89", "", "Variance of the grey levels", |h| h.statistics.variance),
    row("skewness", "88K1", "", "Third central moment over σ³; 0 for a flat region", |h| h.statistics.skewness),
    row("excess_kurtosis", "C3I7", "", "Fourth central moment over σ⁴, less 3; 0 for a flat region", |h| h.statistics.excess_kurtosis()),
    row("median", "WIFQ", "", "Median grey level", |h| h.statistics.median),
    row("minimum", "1PR8", "", "Lowest grey level present", |h| h.statistics.minimum),
    row("percentile_10", "GPMT", "", "10th percentile, linear interpolation between order statistics", |h| h.statistics.p10),
    row("percentile_90", "OZ0C", "", "90th percentile, linear interpolation between order statistics", |h| h.statistics.p90),
    row("maximum", "3NCY", "", "Highest grey level present", |h| h.statistics.maximum),
    row("mode", "AMMC", "", "Most frequent grey level; of several, the one nearest to the mean", mode),
    row("interquartile_range", "WR0O", "", "P75 − P25", |h| h.statistics.interquartile_range()),
    row("range", "5Z3W", "", "Maximum − minimum", |h| h.statistics.range()),
    row("mean_absolute_deviation", "D2ZX", "", "Mean of |x − μ|", |h| h.statistics.mean_absolute_deviation),
    row("robust_mean_absolute_deviation", "WRZB", "", "Mean of |x − μ'| within [P10, P90], μ' being the mean there", |h| h.statistics.robust_mean_absolute_deviation),
    row("median_absolute_deviation", "4RNL", "", "Mean of |x − median|", |h| h.statistics.median_absolute_deviation),
    row("coefficient_of_variation", "CWYJ", "", "σ / μ", |h| h.statistics.coefficient_of_variation()),
    row("quartile_coefficient_of_dispersion", "SLWD", "", "(P75 − P25) / (P75 + P25)", |h| h.statistics.quartile_coefficient_of_dispersion()),
    row("entropy", "TLU2", "Entropy", "−Σ p·log₂ p", |h| h.probabilities().map(entropy_term).sum()),
    row("uniformity", "BJ5W", "Uniformity", "Σ p²", |h| h.probabilities().map(|p| p * p).sum()),
    row("maximum_gradient", "12CE", "", "Highest gradient of the histogram; undefined for a single grey level", |h| h.steepest(f64::gt).0),
    row("maximum_gradient_level", "8E6O", "", "Grey level of the highest gradient", |h| h.steepest(f64::gt).1),
    row("minimum_gradient", "VQB3", "", "Lowest gradient of the histogram; undefined for a single grey level", |h| h.steepest(f64::lt).0),
    row("minimum_gradient_level", "RHQZ", "", "Grey level of the lowest gradient", |h| h.steepest(f64::lt).1),
];

/// Voxel counts of the levels 1..=Ng, and their statistics.
struct Histogram {
    counts: Vec<u64>,
    statistics: Statistics,
}

fn compute(job: &Job, levels: &Levels) -> Vec<Value> {
    job.values(TABLE, &Histogram::new(levels.histogram()))
}

impl Histogram {
    fn new(counts: Vec<u64>) -> Self {
        Self { statistics: Statistics::of_histogram(&counts), counts }
    }

    fn probabilities(&self) -> impl Iterator<Item = f64> {
        self.counts.iter().map(|&n| n as f64 / self.statistics.n)
    }

    /// Gradient of the histogram, level by level: central differences, one-sided at the ends.
    fn gradient(&self) -> Vec<f64> {
        let n = |i: usize| self.counts[i] as f64;
        let last = self.counts.len() - 1;
        if last == 0 {
            return Vec::new();
        }
        (0..=last)
            .map(|i| match i {
                0 => n(1) - n(0),
                i if i == last => n(last) - n(last - 1),
                i => (n(i + 1) - n(i - 1)) / 2.0,
            })
            .collect()
    }

    /// The first gradient of the histogram that no other one beats, and its level.
    fn steepest(&self, beats: fn(&f64, &f64) -> bool) -> (f64, f64) {
        let mut best = (f64::NAN, f64::NAN);
        for (i, g) in self.gradient().into_iter().enumerate() {
            if best.0.is_nan() || beats(&g, &best.0) {
                best = (g, (i + 1) as f64);
            }
        }
        best
    }
}

fn mode(h: &Histogram) -> f64 {
    let highest = h.counts.iter().max();
    let levels = h.counts.iter().enumerate().filter(|(_, n)| Some(*n) == highest);
    let distance = |level: f64| (level - h.statistics.mean).abs();
    levels
        .map(|(i, _)| (i + 1) as f64)
        .min_by(|a, b| distance(*a).total_cmp(&distance(*b)))
        .expect("a grey level")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mode_ties_go_to_the_level_nearest_to_the_mean() {
        assert_eq!(mode(&Histogram::new(vec![5, 0, 5, 4])), 3.0);
    }

    #[test]
    fn gradients_use_empty_bins() {
        let h = Histogram::new(vec![10, 0, 0, 4]);
        assert_eq!(h.gradient(), [-10.0, -5.0, 2.0, 4.0]);
        assert_eq!(h.steepest(f64::gt), (4.0, 4.0));
        assert_eq!(h.steepest(f64::lt), (-10.0, 1.0));
        assert!(Histogram::new(vec![7]).steepest(f64::gt).0.is_nan());
    }
}
