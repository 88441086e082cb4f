//! Intensity-volume histogram (IBSI 1, P88C): which share of the region has at least a level.

use crate::error::{Error, Result};
use crate::families::family::{Compute, Family, Maps};
use crate::families::job::{Job, Value, features};
use crate::feature::{Row, row};
use crate::kernels::Isa;
use crate::preprocess::Bins;
use crate::region::sample::Sample;
use crate::settings::Discretisation;
use crate::texture::aggregation::Scope;

pub(crate) const FAMILY: Family = Family {
    name: "intensity_volume_histogram",
    ibsi_id: "P88C",
    pyradiomics: None,
    scope: Scope::Region,
    features: || features(TABLE),
    compute: Compute::Sample(compute),
    matrix: None,
    steps: 1,
    maps: Maps::None,
};

// Where IBSI has one feature with a parameter, the parameters' identifiers are NK6P and 4279
// (volume fractions), PWN1 and BOHI (intensities), WITY and JXJA (differences).
#[rustfmt::skip]
static TABLE: &[Row<VolumeHistogram>] = &[
    row("volume_fraction_at_10_intensity", "BC2M", "", "V10, largest ν_i with (i − min) / (max − min) ≥ 10 %; undefined for a range of one level", |h: &VolumeHistogram| h.volume_at(10)).at_parameter("NK6P"),
    row("volume_fraction_at_90_intensity", "BC2M", "", "V90, largest ν_i with (i − min) / (max − min) ≥ 90 %; undefined for a range of one level", |h: &VolumeHistogram| h.volume_at(90)).at_parameter("4279"),
    row("intensity_at_10_volume", "GBPN", "", "I10, least i with ν_i ≤ 10 %; undefined if the highest level fills more", |h: &VolumeHistogram| h.intensity_at(10)).at_parameter("PWN1"),
    row("intensity_at_90_volume", "GBPN", "", "I90, least i with ν_i ≤ 90 %; undefined if the highest level fills more", |h: &VolumeHistogram| h.intensity_at(90)).at_parameter("BOHI"),
    row("volume_fraction_difference_between_10_and_90_intensity", "DDTU", "", "V10 − V90; undefined if they are", |h: &VolumeHistogram| h.volume_at(10) - h.volume_at(90)).at_parameter("WITY"),
    row("intensity_difference_between_10_and_90_volume", "CNV2", "", "I10 − I90; undefined if one of them is", |h: &VolumeHistogram| h.intensity_at(10) - h.intensity_at(90)).at_parameter("JXJA"),
    row("area_under_the_ivh_curve", "9CMM", "", "∫ ν dγ by trapezia over γ = (i − min) / (max − min); 0 if a level is alone", VolumeHistogram::area),
];

/// ν_i, the share of voxels of level i or more, on a range of evenly spaced levels. It is kept
/// for the levels that occur: those in between may be many more than voxels.
struct VolumeHistogram {
    /// Lowest level of the range.
    first: f64,
    /// Distance from one level to the next.
    step: f64,
    /// Number of levels in the range, at least 1.
    n_levels: u64,
    /// The levels that occur, counted from 0, ascending, and how many voxels are of a lower one.
    below: Vec<(u64, u64)>,
    /// Number of voxels in the region.
    n: u64,
}

fn compute(job: &Job, sample: &Sample) -> Result<Vec<Value>> {
    let range = job.settings.intensity_range();
    let histogram = VolumeHistogram::new(job.isa, sample, &job.settings.ivh_discretisation, range)?;
    Ok(job.values(TABLE, &histogram))
}

impl VolumeHistogram {
    /// The histogram of a sample. Without discretisation, levels are 1 apart; with bins of a fixed width
    /// they are the bins' centres, and both cover the resegmentation range as far as it has ends, else
    /// the region's intensities. Otherwise levels are the numbers of bins.
    fn new(
        isa: Isa,
        sample: &Sample,
        discretisation: &Discretisation,
        range: [Option<f64>; 2],
    ) -> Result<Self> {
        let [lowest, highest] = sample.range(isa);
        let [low, high] = range.map(|end| end.filter(|end| end.is_finite()));
        let (low, high) = (low.unwrap_or(lowest), high.unwrap_or(highest));
        let bins = Bins::new(discretisation, lowest, highest, Some(low), "ivh_")?;
        let number = |levels: f64| match levels < MOST_LEVELS {
            true => Ok(whole(levels)),
            false => {
                let (minimum, maximum, limit) = (low, high, MOST_LEVELS as usize);
                Err(Error::TooManyLevels { keys: "ivh_", levels, minimum, maximum, limit })
            }
        };
        let (first, step, n_levels, index): (f64, f64, u64, &dyn Fn(f64) -> u64) = match discretisation {
            Discretisation::Identity => (low, 1.0, number(high - low)? + 1, &|x| whole(x - low)),
            Discretisation::FixedBinSize { width, .. } => {
                let low = bins.first_edge();
                let n_levels = number(((high - low) / width).ceil())?.max(1);
                (low + width / 2.0, *width, n_levels, &|x| u64::from(bins.level(x)) - 1)
            }
            Discretisation::FixedBinNumber { bins: n } => {
                (1.0, 1.0, u64::from(*n), &|x| u64::from(bins.level(x)) - 1)
            }
            Discretisation::BinEdges { edges } => {
                (1.0, 1.0, edges.len() as u64 - 1, &|x| u64::from(bins.level(x)) - 1)
            }
        };
        // The upper end of the range, being the edge of a bin, belongs to the last one.
        let index = |x: f64| index(x).min(n_levels - 1);
        let counts = match sample {
            Sample::Counted(counts) => merged(counts.iter().map(|&(x, n)| (index(x), n))),
            Sample::Values(values) if n_levels <= DENSE_LEVELS => {
                let mut counts = vec![0; n_levels as usize];
                values.iter().for_each(|&x| counts[index(x) as usize] += 1);
                merged((0..).zip(counts).filter(|(_, n)| *n > 0))
            }
            Sample::Values(values) => {
                let mut levels: Vec<u64> = values.iter().map(|&x| index(x)).collect();
                levels.sort_unstable();
                merged(levels.into_iter().map(|level| (level, 1)))
            }
        };
        let mut n = 0;
        let below = counts.into_iter().map(|(level, count)| {
            n += count;
            (level, n - count)
        });
        Ok(Self { first, step, n_levels, below: below.collect(), n })
    }

    /// ν of a level, which is counted from 0: the share of voxels of that level or more.
    fn fraction(&self, level: u64) -> f64 {
        self.at_least(level) as f64 / self.n as f64
    }

    /// Number of voxels of a level or more.
    fn at_least(&self, level: u64) -> u64 {
        let next = self.below.partition_point(|&(l, _)| l < level);
        self.below.get(next).map_or(0, |&(_, below)| self.n - below)
    }

    /// V_x, the largest ν of the levels from x % of the range on. ν falls from level to level, so it is
    /// that of the first of them.
    fn volume_at(&self, percent: u64) -> f64 {
        let last = self.n_levels - 1;
        let enough = (u128::from(last) * u128::from(percent)).div_ceil(100);
        if last == 0 { f64::NAN } else { self.fraction(enough as u64) }
    }

    /// I_x, the first level that at most x % of the voxels reach, which follows the last level that more
    /// of them reach.
    fn intensity_at(&self, percent: u64) -> f64 {
        let allowed = (u128::from(self.n) * u128::from(percent) / 100) as u64;
        // The last level that more voxels than allowed reach; with the next one, few enough do.
        let reached = self.below.partition_point(|&(_, below)| self.n - below > allowed);
        let level = reached.checked_sub(1).map_or(0, |last| self.below[last].0 + 1);
        if level < self.n_levels { self.first + level as f64 * self.step } else { f64::NAN }
    }

    /// The area under the histogram, in trapezia between neighbouring levels. Σ ν is the mean over voxels
    /// of the number of levels up to the voxel's own.
    fn area(&self) -> f64 {
        if self.below.len() < 2 {
            return 0.0;
        }
        let last = self.n_levels - 1;
        let ends = self.below.iter().skip(1).map(|&(_, below)| below).chain([self.n]);
        let steps = self.below.iter().zip(ends);
        let up_to: u128 =
            steps.map(|(&(level, below), end)| (u128::from(level) + 1) * u128::from(end - below)).sum();
        let fractions = up_to as f64 / self.n as f64;
        (fractions - (self.fraction(0) + self.fraction(last)) / 2.0) / last as f64
    }
}

/// Up to this many levels have a counter each.
const DENSE_LEVELS: u64 = 1 << 16;

/// Adds the numbers of equal levels, which follow each other.
fn merged(counts: impl Iterator<Item = (u64, u64)>) -> Vec<(u64, u64)> {
    let mut sums: Vec<(u64, u64)> = Vec::new();
    for (level, n) in counts {
        match sums.last_mut() {
            Some(last) if last.0 == level => last.1 += n,
            _ => sums.push((level, n)),
        }
    }
    sums
}

/// Fewer levels than this are counted: those are still told apart as 64-bit floats.
const MOST_LEVELS: f64 = (1u64 << 53) as f64;

/// A number of levels, cut off to a whole one within what is counted.
fn whole(x: f64) -> u64 {
    x.floor().clamp(0.0, MOST_LEVELS) as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::BinAnchor;
    use approx::assert_relative_eq;
    use proptest::prelude::*;

    fn histogram(values: &[f64], d: &Discretisation, range: [Option<f64>; 2]) -> VolumeHistogram {
        VolumeHistogram::new(Isa::best(), &Sample::Values(values.to_vec()), d, range).unwrap()
    }

    /// The level of each voxel, ascending.
    fn ascending(h: &VolumeHistogram) -> Vec<u64> {
        let number = |level| h.at_least(level) - h.at_least(level + 1);
        h.below.iter().flat_map(|&(level, _)| std::iter::repeat_n(level, number(level) as usize)).collect()
    }

    fn all(h: &VolumeHistogram) -> [f64; 5] {
        [h.volume_at(10), h.volume_at(90), h.intensity_at(10), h.intensity_at(90), h.area()]
    }

    /// The features by their definitions, level by level.
    fn plain(h: &VolumeHistogram) -> [f64; 5] {
        let voxels = ascending(h);
        let n = voxels.len() as f64;
        let last = h.n_levels as f64 - 1.0;
        let curve: Vec<(f64, f64)> = (0..h.n_levels)
            .map(|level| (level as f64, voxels.iter().filter(|&&voxel| voxel >= level).count() as f64 / n))
            .collect();
        let volume = |x: f64| {
            let enough = curve.iter().filter(|(level, _)| 100.0 * level >= x * last);
            enough.map(|c| c.1).fold(f64::NAN, f64::max)
        };
        let intensity = |x: f64| {
            let few = curve.iter().filter(|(_, share)| (share * n * 100.0).round() <= x * n);
            few.map(|c| h.first + c.0 * h.step).fold(f64::NAN, f64::min)
        };
        let area = curve.windows(2).map(|c| (c[0].1 + c[1].1) / 2.0 / last).sum();
        [volume(10.0), volume(90.0), intensity(10.0), intensity(90.0), area]
    }

    proptest! {
        #[test]
        fn the_curve_as_defined(
            values in proptest::collection::vec(-40i32..60, 2..50),
            width in prop_oneof![Just(1.0), Just(2.5), Just(7.0)],
            low in prop_oneof![Just(None), Just(Some(-40.0)), Just(Some(-55.0))],
        ) {
            let mut values: Vec<f64> = values.into_iter().map(f64::from).collect();
            values.push(-40.0);
            values.push(60.0);
            for d in [
                Discretisation::Identity,
                Discretisation::FixedBinNumber { bins: 20 },
                Discretisation::FixedBinSize { width, anchor: BinAnchor::LowerBound },
                Discretisation::BinEdges { edges: vec![-100.0, -10.0, 0.0, 90.0] },
            ] {
                let h = histogram(&values, &d, [low, None]);
                let mut counts = Vec::new();
                values.iter().for_each(|&x| counts.push((x, 1)));
                counts.sort_by(|a, b| a.0.total_cmp(&b.0));
                let counted = VolumeHistogram::new(Isa::best(), &Sample::Counted(counts), &d, [low, None]).unwrap();
                prop_assert_eq!(&counted.below, &h.below);
                for (a, b) in all(&h).into_iter().zip(plain(&h)) {
                    prop_assert!(a.is_nan() && b.is_nan() || (a - b).abs() < 1e-12, "{a} {b} {d:?}");
                }
            }
        }
    }

    #[test]
    fn levels_of_each_discretisation() {
        let values = [-3.0, 0.0, 5.0];
        let h = histogram(&values, &Discretisation::Identity, [Some(-5.0), None]);
        assert_eq!((h.first, h.step, h.n_levels, ascending(&h)), (-5.0, 1.0, 11, vec![2, 5, 10]));
        let size = Discretisation::FixedBinSize { width: 2.5, anchor: BinAnchor::LowerBound };
        let h = histogram(&values, &size, [Some(-5.0), Some(5.0)]);
        // Bin centres −3.75, −1.25, 1.25 and 3.75.
        assert_eq!((h.first, h.step, h.n_levels, ascending(&h)), (-3.75, 2.5, 4, vec![0, 2, 3]));
        let number = Discretisation::FixedBinNumber { bins: 4 };
        let h = histogram(&values, &number, [Some(-5.0), None]);
        assert_eq!((h.first, h.step, h.n_levels, ascending(&h)), (1.0, 1.0, 4, vec![0, 1, 3]));
    }

    #[test]
    fn a_flat_region() {
        let flat = histogram(&[7.0; 9], &Discretisation::Identity, [None; 2]);
        assert!(all(&flat)[..4].iter().all(|v| v.is_nan()));
        assert_eq!(flat.area(), 0.0);
        let in_range = histogram(&[7.0; 9], &Discretisation::Identity, [Some(0.0), Some(10.0)]);
        assert_eq!(all(&in_range), [1.0, 0.0, 8.0, 8.0, 0.0]);
    }

    #[test]
    fn more_levels_than_can_be_told_apart_are_refused() {
        let size = Discretisation::FixedBinSize { width: 2.5, anchor: BinAnchor::LowerBound };
        for (discretisation, range) in [
            (Discretisation::Identity, [None, Some(1e300)]),
            (Discretisation::Identity, [Some(-f64::MAX), Some(f64::MAX)]),
            (size, [None, Some(1e18)]),
        ] {
            let sample = Sample::Values(vec![1.0, 2.0]);
            let refused = VolumeHistogram::new(Isa::best(), &sample, &discretisation, range);
            let text = refused.err().expect("an error").to_string();
            assert!(text.contains("`ivh_bin_width` or a `ivh_bin_number`"), "{text}");
        }
    }

    #[test]
    fn area_of_a_straight_line_is_half() {
        let line: Vec<f64> = (0..=1000).map(f64::from).collect();
        let h = histogram(&line, &Discretisation::Identity, [None; 2]);
        assert_relative_eq!(h.area(), 0.5, max_relative = 1e-3);
    }
}
