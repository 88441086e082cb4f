//! Grey level co-occurrence within a window, from whole numbers: a direction of a 3 × 3 × 3
//! window has at most 18 pairs of neighbours, so what the formulas of the family need is summed
//! over the pairs that occur, and logarithms come from a table. The symmetric matrix holds each
//! pair of neighbours twice, as (i, j) and as (j, i); here it is counted once.

use super::columns::Column;
use super::counter::{Counter, Logarithms, entropy};
use super::groups::{Places, groups};
use super::region::Region;
use super::scratch::Scratch;
use super::spectrum::second_singular_value;
use super::tiles::Part;
use crate::families::glcm::directions;
use crate::settings::Settings;
use crate::texture::aggregation::{Aggregation, Span};

/// The features, by their names in the catalogue, in the order of [`Summed::features`].
const FEATURES: [&str; 26] = [
    "joint_maximum",
    "joint_average",
    "joint_variance",
    "joint_entropy",
    "difference_average",
    "difference_variance",
    "difference_entropy",
    "sum_average",
    "sum_variance",
    "sum_entropy",
    "angular_second_moment",
    "contrast",
    "dissimilarity",
    "inverse_difference",
    "normalised_inverse_difference",
    "inverse_difference_moment",
    "normalised_inverse_difference_moment",
    "inverse_variance",
    "correlation",
    "autocorrelation",
    "cluster_tendency",
    "cluster_shade",
    "cluster_prominence",
    "information_correlation_1",
    "information_correlation_2",
    "maximal_correlation_coefficient",
];

/// The place of the maximal correlation coefficient, which costs as much as all others.
const COEFFICIENT: usize = 25;

/// Most different levels in a window: a table has a row and a column for each.
const MAX_LEVELS: usize = 1023;

/// Features of one aggregation.
pub(super) struct Cooccurrence {
    /// Which of [`FEATURES`] each column is.
    features: Vec<usize>,
    groups: Vec<Vec<[u16; 2]>>,
    logarithms: Logarithms,
    /// By level difference k: 1 / (1 + k), 1 / (1 + k / Ng), 1 / (1 + k²), 1 / (1 + (k / Ng)²)
    /// and 1 / k², 0 for k = 0.
    weights: Vec<[f64; 5]>,
    n_g: usize,
}

/// Buffers.
#[derive(Default)]
pub(super) struct Buffers {
    pairs: Counter,
    differences: Counter,
    sums: Counter,
    /// How often each level of the window is in a pair.
    members: Vec<u32>,
    /// The pairs of levels that occur and their numbers.
    cells: Vec<(u16, u16, u32)>,
    /// For each level of the window a bit for each of those that it is paired with.
    adjacent: Vec<u64>,
    matrix: Vec<f64>,
    root: Vec<f64>,
    work: Vec<f64>,
    place: Vec<usize>,
}

impl Cooccurrence {
    /// For columns of one aggregation; nothing if the settings or a feature need the general way.
    pub fn new(columns: &[&Column], settings: &Settings, region: &Region) -> Option<Self> {
        let places = Places { shape: region.window_shape() };
        let levels = region.n_g.min(places.shape.iter().product());
        if !settings.glcm_symmetric || settings.distance_weighting.is_some() || levels > MAX_LEVELS {
            return None;
        }
        let feature = |c: &&Column| FEATURES.iter().position(|name| *name == c.feature.name);
        let aggregation: Aggregation = columns.first()?.aggregation;
        let pairs = |span: Span, _, offset| places.pairs(span, offset);
        let groups: Vec<Vec<[u16; 2]>> = groups(aggregation, places.shape[0], &directions(settings), pairs)
            .into_iter()
            .map(|group| group.concat())
            .filter(|group| !group.is_empty())
            .collect();
        let largest = groups.iter().map(Vec::len).max().unwrap_or(0);
        let weights = |k: usize| {
            let (k, n_g) = (k as f64, region.n_g as f64);
            let (share, square) = (k / n_g, k * k);
            let inverse = if k > 0.0 { 1.0 / square } else { 0.0 };
            [1.0 / (1.0 + k), 1.0 / (1.0 + share), 1.0 / (1.0 + square), 1.0 / (1.0 + share * share), inverse]
        };
        Some(Self {
            features: columns.iter().map(feature).collect::<Option<_>>()?,
            groups,
            logarithms: Logarithms::new(2 * largest),
            weights: (0..region.n_g).map(weights).collect(),
            n_g: region.n_g,
        })
    }
}

impl Part for Cooccurrence {
    fn compute(&self, scratch: &mut Scratch, out: &mut Vec<f64>) {
        let Scratch { ranks, distinct, cooccurrence: buffers, .. } = scratch;
        // Keys are two ranks side by side.
        let bits = distinct.len().next_power_of_two().trailing_zeros();
        buffers.pairs.reserve(1 << (2 * bits));
        buffers.differences.reserve(self.n_g);
        buffers.sums.reserve(2 * self.n_g + 1);
        buffers.members.resize(distinct.len(), 0);
        let with_coefficient = self.features.contains(&COEFFICIENT);
        let mut totals = [(0.0, 0u32); FEATURES.len()];
        for group in &self.groups {
            for &[a, b] in group {
                let (a, b) = (ranks[usize::from(a)], ranks[usize::from(b)]);
                let key = (usize::from(a.min(b)) << bits) | usize::from(a.max(b));
                buffers.pairs.add(key, 1);
            }
            let Some(summed) = Summed::new(buffers, distinct, bits) else { continue };
            let values = summed.features(self, buffers, with_coefficient);
            for (total, value) in totals.iter_mut().zip(values) {
                if value.is_finite() {
                    *total = (total.0 + value, total.1 + 1);
                }
            }
        }
        // 0 / 0 is the NaN that says "undefined".
        out.extend(self.features.iter().map(|&f| totals[f].0 / f64::from(totals[f].1)));
    }
}

/// Sums over the pairs of a group, i and j being the levels of a pair.
struct Summed {
    /// Number of pairs.
    n: u64,
    /// Σ i + j.
    sum: u64,
    /// Σ i² + j².
    squares: u64,
    /// Σ i·j.
    product: u64,
    /// Σ |i − j|.
    difference: u64,
    /// Σ (i − j)².
    difference_squares: u64,
    /// The largest element of the matrix.
    maximum: u32,
    /// Σ of the squares of its elements.
    energy: u64,
    /// Number of levels.
    levels: usize,
}

impl Summed {
    /// Empties the pairs into cells and level counts; nothing if there is no pair.
    #[inline(always)]
    fn new(buffers: &mut Buffers, distinct: &[u16], bits: u32) -> Option<Self> {
        let Buffers { pairs, differences, sums, members, cells, .. } = buffers;
        let mut s = Self {
            n: 0,
            sum: 0,
            squares: 0,
            product: 0,
            difference: 0,
            difference_squares: 0,
            maximum: 0,
            energy: 0,
            levels: 0,
        };
        cells.clear();
        members.fill(0);
        pairs.drain(|key, n| {
            let (a, b) = (key >> bits, key & ((1 << bits) - 1));
            // One of the pair lies outside.
            if a == 0 {
                return;
            }
            cells.push((a as u16, b as u16, n));
            members[a] += n;
            members[b] += n;
            let (i, j) = (u64::from(distinct[a]), u64::from(distinct[b]));
            let difference = i.abs_diff(j);
            differences.add(difference as usize, n);
            sums.add((i + j) as usize, n);
            let element = if a == b { 2 * n } else { n };
            let count = u64::from(n);
            s.n += count;
            s.sum += count * (i + j);
            s.squares += count * (i * i + j * j);
            s.product += count * i * j;
            s.difference += count * difference;
            s.difference_squares += count * difference * difference;
            s.maximum = s.maximum.max(element);
            // Off the diagonal an element occurs twice.
            s.energy += 2 * count * u64::from(element);
        });
        s.levels = members.iter().filter(|&&m| m > 0).count();
        (s.n > 0).then_some(s)
    }

    fn features(&self, job: &Cooccurrence, buffers: &mut Buffers, with_coefficient: bool) -> [f64; 26] {
        let n = self.n as f64;
        let average = self.sum as f64 / n;
        let flat = self.levels < 2;

        let (mut shade, mut prominence) = (0.0, 0.0);
        let (mut sum_logarithms, mut n_sums) = (0.0, 0);
        buffers.sums.drain(|sum, count| {
            let from_mean = sum as f64 - average;
            let square = from_mean * from_mean;
            shade += f64::from(count) * square * from_mean;
            prominence += f64::from(count) * square * square;
            sum_logarithms += job.logarithms.of(count);
            n_sums += 1;
        });
        let mut inverses = [0.0; 5];
        let (mut difference_logarithms, mut n_differences) = (0.0, 0);
        buffers.differences.drain(|difference, count| {
            for (inverse, weight) in inverses.iter_mut().zip(&job.weights[difference]) {
                *inverse += f64::from(count) * weight;
            }
            difference_logarithms += job.logarithms.of(count);
            n_differences += 1;
        });
        let [inverse, normalised, moment, normalised_moment, variance] = inverses.map(|sum| sum / n);

        let logarithms = |&(a, b, count): &(u16, u16, u32)| {
            if a == b { job.logarithms.of(2 * count) } else { 2.0 * job.logarithms.of(count) }
        };
        let elements = if buffers.cells.len() == 1 && flat { 1 } else { 2 };
        let (log_n, twice) = (n.log2(), 2.0 * n);
        let joint = entropy(log_n + 1.0, buffers.cells.iter().map(logarithms).sum(), twice, elements);
        let marginal = buffers.members.iter().map(|&m| job.logarithms.of(m)).sum();
        let marginal = entropy(log_n + 1.0, marginal, twice, self.levels);
        let [spread, linked] = self.spread();
        let information = if self.is_independent(buffers) { 0.0 } else { (2.0 * marginal - joint).max(0.0) };
        let difference = self.difference as f64 / n;
        let sum_variance = scaled_variance(self.n, self.sum, self.squares + 2 * self.product);

        [
            f64::from(self.maximum) / twice,
            average / 2.0,
            spread / (twice * twice),
            joint,
            difference,
            scaled_variance(self.n, self.difference, self.difference_squares) / (n * n),
            entropy(log_n, difference_logarithms, n, n_differences),
            average,
            sum_variance / (n * n),
            entropy(log_n, sum_logarithms, n, n_sums),
            self.energy as f64 / (twice * twice),
            self.difference_squares as f64 / n,
            difference,
            inverse,
            normalised,
            moment,
            normalised_moment,
            variance,
            if flat { 1.0 } else { linked / spread },
            self.product as f64 / n,
            sum_variance / (n * n),
            shade / n,
            prominence / n,
            if flat { 0.0 } else { -information / marginal },
            (1.0 - (-2.0 * information).exp()).sqrt(),
            if with_coefficient { self.coefficient(buffers) } else { f64::NAN },
        ]
    }

    /// Variance and covariance of i and j, times (2·n)².
    fn spread(&self) -> [f64; 2] {
        // A level counts n times as i and n times as j.
        let sum = u128::from(self.sum) * u128::from(self.sum);
        let of = |moment: u64| (2 * u128::from(self.n) * u128::from(moment)) as i128 - sum as i128;
        [of(self.squares), of(2 * self.product)].map(|x| x as f64)
    }

    /// Whether every element is the product of its marginals: then the second information
    /// correlation is 0, of which rounding would leave a square root.
    fn is_independent(&self, buffers: &Buffers) -> bool {
        let member = |rank: u16| u64::from(buffers.members[usize::from(rank)]);
        buffers.cells.len() == self.levels * (self.levels + 1) / 2
            && buffers.cells.iter().all(|&(a, b, count)| {
                let element = if a == b { 2 * count } else { count };
                2 * self.n * u64::from(element) == member(a) * member(b)
            })
    }

    /// The maximal correlation coefficient.
    fn coefficient(&self, buffers: &mut Buffers) -> f64 {
        let Buffers { members, cells, adjacent, matrix, root, work, place, .. } = buffers;
        let size = self.levels;
        if size < 2 || falls_apart(cells, adjacent, members) {
            return 1.0;
        }
        place.clear();
        root.clear();
        for &m in members.iter() {
            place.push(root.len());
            if m > 0 {
                root.push((f64::from(m) / (2.0 * self.n as f64)).sqrt());
            }
        }
        matrix.clear();
        matrix.resize(size * size, 0.0);
        for &(a, b, count) in cells.iter() {
            let (i, j) = (place[usize::from(a)], place[usize::from(b)]);
            let element = f64::from(if a == b { 2 * count } else { count }) / (2.0 * self.n as f64);
            let value = element / (root[i] * root[j]);
            matrix[i * size + j] = value;
            matrix[j * size + i] = value;
        }
        work.resize((3 * size).max(work.len()), 0.0);
        second_singular_value(matrix, root, work)
    }
}

/// Whether the levels of the pairs are of two sorts that are never paired with each other, or only
/// with each other: then the largest singular value, 1, occurs twice. In small windows this is
/// common, and is found faster than the singular values. With more levels than a mask has bits it
/// is left to them.
fn falls_apart(cells: &[(u16, u16, u32)], adjacent: &mut Vec<u64>, members: &[u32]) -> bool {
    if members.len() > u64::BITS as usize {
        return false;
    }
    adjacent.clear();
    adjacent.resize(members.len(), 0);
    let mut all = 0u64;
    for &(a, b, _) in cells {
        adjacent[usize::from(a)] |= 1 << b;
        adjacent[usize::from(b)] |= 1 << a;
        all |= 1 << a | 1 << b;
    }
    // Step by step away from the first level, those an even and those an odd number of steps away.
    let first = all & all.wrapping_neg();
    let (mut reached, mut border) = ([first, 0], first);
    let mut side = 0;
    while border != 0 {
        let mut next = 0;
        while border != 0 {
            next |= adjacent[border.trailing_zeros() as usize];
            border &= border - 1;
        }
        side = 1 - side;
        border = next & !reached[side];
        reached[side] |= border;
    }
    (reached[0] | reached[1]) != all || (reached[0] & reached[1]) == 0
}

/// n²·variance of n whole numbers from their sum and the sum of their squares, exact but for
/// the rounding of the result.
fn scaled_variance(n: u64, sum: u64, squares: u64) -> f64 {
    (u128::from(n) * u128::from(squares) - u128::from(sum) * u128::from(sum)) as f64
}
