//! Statistics of a sample, shared by the intensity and the histogram family.

use crate::kernels::elementary::pow;
use crate::kernels::{Isa, reduce};
use crate::region::sample::Sample;

/// What the formulas of the intensity and the histogram family read.
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
    /// The statistics of a region's intensities.
    pub fn of_sample(isa: Isa, sample: &Sample) -> Self {
        match sample {
            Sample::Counted(counts) => Self::of_counts(counts),
            Sample::Values(values) => Self::of_values(isa, values),
        }
    }

    /// The statistics of values in any order; the order fixes the rounding of the sums.
    pub fn of_values(isa: Isa, values: &[f64]) -> Self {
        let [minimum, maximum] = reduce::range(isa, values);
        let [p10, p25, median, p75, p90] = quantiles(isa, values, [minimum, maximum], PROBABILITIES);
        // The mean of equal values can miss them by a rounding error, and then variance,
        // skewness and kurtosis would be noise.
        let mean = if minimum == maximum { minimum } else { reduce::mean(isa, values) };
        let moments = reduce::central_moments(isa, values, mean);
        let [robust, about_median] = reduce::mean_absolute_deviations(isa, values, [p10, p90], median);
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
            mean_absolute_deviation: moments.absolute,
            robust_mean_absolute_deviation: robust,
            median_absolute_deviation: about_median,
            n: values.len() as f64,
        }
    }

    /// The statistics of grey levels, from the number of voxels of each; entry 0 counts level 1.
    pub fn of_histogram(counts: &[u64]) -> Self {
        let levels = counts.iter().enumerate().map(|(i, &n)| ((i + 1) as f64, n));
        Self::of_counts(&levels.filter(|(_, n)| *n > 0).collect::<Vec<_>>())
    }

    /// The statistics of values that occur several times, from each of them, ascending, and how often it
    /// does.
    pub fn of_counts(counts: &[(f64, u64)]) -> Self {
        let weighted = || counts.iter().map(|&(x, n)| (x, n as f64));
        let n: f64 = weighted().map(|(_, n)| n).sum();
        fn mean_of(counts: impl Iterator<Item = (f64, f64)>, n: f64, term: impl Fn(f64) -> f64) -> f64 {
            counts.map(|(x, w)| w * term(x)).sum::<f64>() / n
        }
        let mean = mean_of(weighted(), n, |x| x);
        let moment = |k: i32| mean_of(weighted(), n, |x| (x - mean).powi(k));
        let [p10, p25, median, p75, p90] = PROBABILITIES.map(|p| count_quantile(counts, p));
        let middle = || weighted().filter(|(x, _)| (p10..=p90).contains(x));
        let middle_n: f64 = middle().map(|(_, n)| n).sum();
        let middle_mean = mean_of(middle(), middle_n, |x| x);
        Self {
            mean,
            variance: moment(2),
            skewness: standardised(moment(3), moment(2), 1.5),
            kurtosis: standardised(moment(4), moment(2), 2.0),
            minimum: counts.first().map_or(f64::NAN, |c| c.0),
            p10,
            p25,
            median,
            p75,
            p90,
            maximum: counts.last().map_or(f64::NAN, |c| c.0),
            mean_absolute_deviation: mean_of(weighted(), n, |x| (x - mean).abs()),
            robust_mean_absolute_deviation: mean_of(middle(), middle_n, |x| (x - middle_mean).abs()),
            median_absolute_deviation: mean_of(weighted(), n, |x| (x - median).abs()),
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

/// A standardised moment μ_k / σ^k, and 0 for a flat region, where it is 0 / 0.
fn standardised(moment: f64, variance: f64, power: f64) -> f64 {
    if variance > 0.0 { moment / pow(variance, power) } else { 0.0 }
}

/// The quantiles that formulas read.
const PROBABILITIES: [f64; 5] = [0.10, 0.25, 0.50, 0.75, 0.90];

/// The order statistic at or below a quantile of `n` values, and the share of the way to the next one:
/// linear interpolation (Hyndman and Fan type 7).
fn rank(n: usize, p: f64) -> (usize, f64) {
    let rank = p * (n as f64 - 1.0);
    (rank.floor() as usize, rank.fract())
}

fn between(low: f64, high: f64, share: f64) -> f64 {
    if share > 0.0 { low + share * (high - low) } else { low }
}

/// Ranges of intensity that [`quantiles`] counts values in.
const BUCKETS: f64 = 4096.0;

/// Quantiles of values that lie in `range`. Counting them in ranges of equal width tells which
/// ranges hold the order statistics that are needed; only what lies in these is sorted.
fn quantiles<const N: usize>(isa: Isa, values: &[f64], range: [f64; 2], p: [f64; N]) -> [f64; N] {
    let [low, high] = range;
    let scale = BUCKETS / (high - low);
    if !scale.is_finite() || scale <= 0.0 || values.len() < 1000 {
        return sorted_quantiles(values.to_vec(), p);
    }
    // A place never falls where the value rises, so the ranges are in order.
    let mut buckets = vec![0; values.len()];
    reduce::places(isa, values, low, scale, &mut buckets);
    // The highest value is alone in the last bucket, up to rounding.
    let mut counts = [const { [0usize; BUCKETS as usize + 2] }; 2];
    for pair in buckets.chunks(2) {
        counts[0][pair[0] as usize] += 1;
        if let Some(&odd) = pair.get(1) {
            counts[1][odd as usize] += 1;
        }
    }
    let [even, odd] = &counts;
    let before: Vec<usize> = std::iter::once(0)
        .chain(even.iter().zip(odd).scan(0, |sum, (e, o)| {
            *sum += e + o;
            Some(*sum)
        }))
        .collect();
    let bucket_of = |index: usize| before.partition_point(|&b| b <= index) - 1;
    let indices = p.map(|p| {
        let (index, share) = rank(values.len(), p);
        ([index, (index + 1).min(values.len() - 1)], share)
    });
    let mut needed: Vec<usize> = indices.iter().flat_map(|(i, _)| i.map(bucket_of)).collect();
    needed.sort_unstable();
    needed.dedup();
    let mut slots = [0u8; BUCKETS as usize + 2];
    needed.iter().enumerate().for_each(|(slot, &bucket)| slots[bucket] = slot as u8 + 1);
    let mut held: Vec<Vec<f64>> =
        needed.iter().map(|&b| Vec::with_capacity(before[b + 1] - before[b])).collect();
    for (&x, &bucket) in values.iter().zip(&buckets) {
        let slot = slots[bucket as usize];
        if slot > 0 {
            held[usize::from(slot) - 1].push(x);
        }
    }
    held.iter_mut().for_each(|bucket| bucket.sort_unstable_by(f64::total_cmp));
    let at = |index: usize| {
        let bucket = bucket_of(index);
        let slot = usize::from(slots[bucket]) - 1;
        held[slot][index - before[bucket]]
    };
    indices.map(|([low, high], share)| between(at(low), at(high), share))
}

/// Quantiles of values by sorting them: the definition, and the oracle of [`quantiles`].
fn sorted_quantiles<const N: usize>(mut values: Vec<f64>, p: [f64; N]) -> [f64; N] {
    values.sort_unstable_by(f64::total_cmp);
    p.map(|p| {
        let (index, share) = rank(values.len(), p);
        between(values[index], values[(index + 1).min(values.len() - 1)], share)
    })
}

/// A quantile of values that occur several times, given with their counts and in order.
fn count_quantile(counts: &[(f64, u64)], p: f64) -> f64 {
    let n: u64 = counts.iter().map(|c| c.1).sum();
    let (index, share) = rank(n as usize, p);
    let value_at = |index: usize| {
        let mut below = 0;
        let place = counts.iter().find(|&&(_, n)| {
            below += n;
            (index as u64) < below
        });
        place.map_or(f64::NAN, |c| c.0)
    };
    between(value_at(index), value_at(index + 1), share)
}

#[cfg(test)]
mod tests {
    use super::*;
    use approx::assert_relative_eq;
    use proptest::prelude::*;

    #[test]
    fn quantiles_interpolate_between_order_statistics() {
        let [p10, p25, median, p75, p90] = sorted_quantiles(vec![4.0, 1.0, 3.0, 2.0, 10.0], PROBABILITIES);
        assert_eq!([p10, p25, median, p75], [1.4, 2.0, 3.0, 4.0]);
        assert_relative_eq!(p90, 7.6);
        assert_eq!(sorted_quantiles(vec![5.0], [0.0, 0.3, 1.0]), [5.0; 3]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        /// Buckets hold for evenly spread values, and for values of which nearly all share a bucket.
        #[test]
        fn buckets_give_the_order_statistics(
            values in prop::collection::vec(-1.0..1.0f64, 1000..1500),
            power in prop_oneof![Just(1), Just(9), Just(61)],
            offset in prop_oneof![Just(0.0), Just(1e6)],
        ) {
            let values: Vec<f64> = values.iter().map(|x| x.powi(power) + offset).collect();
            let p = [0.0, 0.1, 0.25, 0.5, 0.9, 0.999, 1.0];
            for isa in Isa::available() {
                let range = reduce::range(isa, &values);
                prop_assert_eq!(quantiles(isa, &values, range, p), sorted_quantiles(values.clone(), p));
            }
        }
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
