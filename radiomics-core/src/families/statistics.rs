//! Statistics of a sample, shared by the intensity and the histogram family.

use crate::kernels::{Isa, reduce};

/// What the formulas of both families read.
#[derive(Clone, Debug)]
pub(crate) struct Statistics {
    pub mean: f64,
    pub variance: f64,
    pub skewness: f64,
    /// Fourth central moment over σ⁴; 0 for a flat sample.
    pub kurtosis: f64,
    pub minimum: f64,
    pub p10: f64,
    pub p25: f64,
    pub median: f64,
    pub p75: f64,
    pub p90: f64,
    pub maximum: f64,
    pub mean_absolute_deviation: f64,
    pub robust_mean_absolute_deviation: f64,
    pub median_absolute_deviation: f64,
    pub n: f64,
}

impl Statistics {
    /// Of values in any order; the order fixes the rounding of the sums.
    pub fn of_values(isa: Isa, values: &[f64]) -> Self {
        let mut order = Quantiles::new(values.to_vec());
        let [p10, p25, median, p75, p90] = [0.10, 0.25, 0.50, 0.75, 0.90].map(|p| order.quantile(p));
        let [minimum, maximum] = reduce::range(isa, values);
        // The mean of equal values can miss them by a rounding error, and then variance,
        // skewness and kurtosis would be noise.
        let mean = if minimum == maximum { minimum } else { reduce::mean(isa, values) };
        let moments = reduce::central_moments(isa, values, mean);
        let middle: Vec<f64> = values.iter().copied().filter(|x| (p10..=p90).contains(x)).collect();
        Self {
            mean,
            variance: moments.variance,
            skewness: standardised(moments.third, moments.variance, 1.5),
            kurtosis: standardised(moments.fourth, moments.variance, 2.0),
            minimum,
            p10,
            p25,
            median,
            p75,
            p90,
            maximum,
            mean_absolute_deviation: reduce::mean_absolute_deviation(isa, values, mean),
            robust_mean_absolute_deviation: reduce::mean_absolute_deviation(
                isa,
                &middle,
                reduce::mean(isa, &middle),
            ),
            median_absolute_deviation: reduce::mean_absolute_deviation(isa, values, median),
            n: values.len() as f64,
        }
    }

    /// Of grey levels, from the number of voxels of each; entry 0 counts level 1.
    pub fn of_histogram(counts: &[u64]) -> Self {
        let levels = || counts.iter().enumerate().map(|(i, &n)| ((i + 1) as f64, n as f64));
        let n: f64 = levels().map(|(_, n)| n).sum();
        let mean_of = |term: &dyn Fn(f64) -> f64| levels().map(|(x, w)| w * term(x)).sum::<f64>() / n;
        let mean = mean_of(&|x| x);
        let moment = |k: i32| mean_of(&|x| (x - mean).powi(k));
        let present = || levels().filter(|(_, n)| *n > 0.0).map(|(x, _)| x);
        let quantile = |p| histogram_quantile(counts, p);
        let (p10, median, p90) = (quantile(0.10), quantile(0.50), quantile(0.90));
        let middle = || levels().filter(|(x, _)| (p10..=p90).contains(x));
        let middle_n: f64 = middle().map(|(_, n)| n).sum();
        let middle_mean = middle().map(|(x, n)| x * n).sum::<f64>() / middle_n;
        Self {
            mean,
            variance: moment(2),
            skewness: standardised(moment(3), moment(2), 1.5),
            kurtosis: standardised(moment(4), moment(2), 2.0),
            minimum: present().next().unwrap_or(f64::NAN),
            p10,
            p25: quantile(0.25),
            median,
            p75: quantile(0.75),
            p90,
            maximum: present().last().unwrap_or(f64::NAN),
            mean_absolute_deviation: mean_of(&|x| (x - mean).abs()),
            robust_mean_absolute_deviation: middle().map(|(x, n)| n * (x - middle_mean).abs()).sum::<f64>()
                / middle_n,
            median_absolute_deviation: mean_of(&|x| (x - median).abs()),
            n,
        }
    }

    /// Fourth central moment over σ⁴, less 3; 0 for a flat sample, where it is 0 / 0.
    pub fn excess_kurtosis(&self) -> f64 {
        if self.variance > 0.0 { self.kurtosis - 3.0 } else { 0.0 }
    }

    pub fn range(&self) -> f64 {
        self.maximum - self.minimum
    }

    pub fn interquartile_range(&self) -> f64 {
        self.p75 - self.p25
    }

    pub fn coefficient_of_variation(&self) -> f64 {
        self.variance.sqrt() / self.mean
    }

    pub fn quartile_coefficient_of_dispersion(&self) -> f64 {
        (self.p75 - self.p25) / (self.p75 + self.p25)
    }
}

/// μ_k / σ^k, and 0 for a flat region, where it is 0 / 0.
fn standardised(moment: f64, variance: f64, power: f64) -> f64 {
    if variance > 0.0 { moment / variance.powf(power) } else { 0.0 }
}

/// Quantiles by linear interpolation between order statistics (Hyndman and Fan type 7).
struct Quantiles {
    values: Vec<f64>,
    /// Everything below this index is in its place already.
    sorted_below: usize,
}

impl Quantiles {
    fn new(values: Vec<f64>) -> Self {
        Self { values, sorted_below: 0 }
    }

    /// Quantile `p`; must be asked for in ascending order of `p`.
    fn quantile(&mut self, p: f64) -> f64 {
        let n = self.values.len();
        let rank = p * (n as f64 - 1.0);
        let below = rank.floor() as usize;
        let tail = &mut self.values[self.sorted_below..];
        let (_, low, above) = tail.select_nth_unstable_by(below - self.sorted_below, f64::total_cmp);
        let low = *low;
        let high = above.iter().copied().fold(f64::INFINITY, f64::min);
        self.sorted_below = below;
        if rank > below as f64 { low + (rank - below as f64) * (high - low) } else { low }
    }
}

fn histogram_quantile(counts: &[u64], p: f64) -> f64 {
    let n: u64 = counts.iter().sum();
    let rank = p * (n as f64 - 1.0);
    let level_at = |index: u64| {
        let mut below = 0;
        let place = counts.iter().position(|&c| {
            below += c;
            index < below
        });
        place.map_or(f64::NAN, |i| (i + 1) as f64)
    };
    let low = level_at(rank.floor() as u64);
    if rank > rank.floor() { low + rank.fract() * (level_at(rank.floor() as u64 + 1) - low) } else { low }
}

#[cfg(test)]
mod tests {
    use super::*;
    use approx::assert_relative_eq;

    #[test]
    fn quantiles_interpolate_between_order_statistics() {
        let mut q = Quantiles::new(vec![4.0, 1.0, 3.0, 2.0, 10.0]);
        assert_eq!(q.quantile(0.10), 1.4);
        assert_eq!(q.quantile(0.25), 2.0);
        assert_eq!(q.quantile(0.50), 3.0);
        assert_eq!(q.quantile(0.75), 4.0);
        assert_relative_eq!(q.quantile(0.90), 7.6);
    }

    #[test]
    fn histogram_and_values_agree() {
        let counts = [3u64, 0, 7, 1, 0, 2];
        let values: Vec<f64> = counts
            .iter()
            .enumerate()
            .flat_map(|(i, &n)| std::iter::repeat_n((i + 1) as f64, n as usize))
            .collect();
        let a = Statistics::of_values(Isa::Scalar, &values);
        let b = Statistics::of_histogram(&counts);
        for (a, b) in [
            (a.mean, b.mean),
            (a.variance, b.variance),
            (a.skewness, b.skewness),
            (a.kurtosis, b.kurtosis),
            (a.p10, b.p10),
            (a.p25, b.p25),
            (a.median, b.median),
            (a.p75, b.p75),
            (a.p90, b.p90),
            (a.minimum, b.minimum),
            (a.maximum, b.maximum),
            (a.mean_absolute_deviation, b.mean_absolute_deviation),
            (a.robust_mean_absolute_deviation, b.robust_mean_absolute_deviation),
            (a.median_absolute_deviation, b.median_absolute_deviation),
        ] {
            assert_relative_eq!(a, b, max_relative = 1e-12);
        }
    }

    #[test]
    fn a_flat_sample_has_no_spread_and_no_shape() {
        let s = Statistics::of_values(Isa::best(), &[0.1; 37]);
        assert_eq!([s.variance, s.skewness, s.excess_kurtosis()], [0.0; 3]);
        assert_eq!(s.mean, 0.1);
    }
}
