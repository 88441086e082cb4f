//! Grey level co-occurrence within a window, from whole numbers.
//!
//! A direction of a 3 × 3 × 3 window has at most 18 pairs of neighbours, so there is no matrix: what the
//! formulas of the family need is summed over the pairs of levels that occur, and logarithms come from
//! a table. The symmetric matrix has each pair of neighbours twice, as (i, j) and as (j, i); here it is
//! counted once:
//!
//! ```text
//! levels      neighbours along x      counted           the family's matrix
//! 1 1 3       1–1  1–3                1–1  twice            1  3
//! 3 1 1       3–1  1–1                1–3  twice         1  4  2
//!                                                        3  2  0
//! ```
//!
//! So n pairs make a matrix of 2·n; a pair of different levels is two elements, and one of equal levels
//! counts twice in its own.

use super::counter::{Counter, Entropy, Logarithms, scaled_variance, signed};
use super::formulas::{FastRow, Formulas, Totals};
use super::groups::{Places, groups};
use super::maximal_correlation::{self, coefficient};
use super::region::Region;
use super::window::Window;
use crate::families::glcm;
use crate::feature::place;
use crate::kernels::elementary::{exp, log2};
use crate::settings::Settings;
use crate::texture::aggregation::{Aggregation, Span};

/// The formulas of GLCM over [`Summed`], by the names of their features in the family's table.
#[rustfmt::skip]
pub(super) static TABLE: &[FastRow<Summed>] = &[
    row("joint_maximum", |m| f64::from(m.whole.maximum) / m.elements),
    row("joint_average", |m| m.sum_average / 2.0),
    row("joint_variance", |m| m.spread / (m.elements * m.elements)),
    row("joint_entropy", |m| m.joint),
    row("difference_average", |m| m.whole.difference as f64 / m.n),
    row("difference_variance", |m| scaled_variance(m.whole.n, m.whole.difference, m.whole.difference_squares) / (m.n * m.n)),
    row("difference_entropy", |m| m.differences.of(m.log2_n, m.n)),
    row("sum_average", |m| m.sum_average),
    row("sum_variance", |m| m.sum_variance / (m.n * m.n)),
    row("sum_entropy", |m| m.sums.of(m.log2_n, m.n)),
    row("angular_second_moment", |m| m.whole.energy as f64 / (m.elements * m.elements)),
    row("contrast", |m| m.whole.difference_squares as f64 / m.n),
    row("dissimilarity", |m| m.whole.difference as f64 / m.n),
    row("inverse_difference", |m| m.inverses[0] / m.n),
    row("normalised_inverse_difference", |m| m.inverses[1] / m.n),
    row("inverse_difference_moment", |m| m.inverses[2] / m.n),
    row("normalised_inverse_difference_moment", |m| m.inverses[3] / m.n),
    row("inverse_variance", |m| m.inverses[4] / m.n),
    row("correlation", |m| if m.is_flat() { 1.0 } else { m.covariance / m.spread }),
    row("autocorrelation", |m| m.whole.product as f64 / m.n),
    row("cluster_tendency", |m| m.sum_variance / (m.n * m.n)),
    row("cluster_shade", |m| m.shade / m.n),
    row("cluster_prominence", |m| m.prominence / m.n),
    row("information_correlation_1", |m| if m.is_flat() { 0.0 } else { -m.information / m.marginal }),
    row("information_correlation_2", |m| (1.0 - exp(-2.0 * m.information)).sqrt()),
    COEFFICIENT,
];

/// The row of the maximal correlation coefficient. It costs as much as all others, so it is summed only
/// for a part that has this row.
const COEFFICIENT: FastRow<Summed> = row("maximal_correlation_coefficient", |m| m.coefficient);

const fn row(name: &str, value: fn(&Summed) -> f64) -> FastRow<Summed> {
    FastRow { place: place(glcm::TABLE, name), value }
}

/// Most different levels in a window: a table has a row and a column for each.
const MAX_LEVELS: usize = 1023;

/// Whether the fast way suits the settings and the region.
pub(super) fn suits(settings: &Settings, region: &Region) -> bool {
    let levels = region.n_g.min(region.window_shape().iter().product());
    settings.glcm_symmetric && settings.distance_weighting.is_none() && levels <= MAX_LEVELS
}

/// What computes features of GLCM in one aggregation.
pub(super) struct Cooccurrence {
    formulas: Formulas<Summed>,
    with_coefficient: bool,
    /// Pairs of places that are neighbours, group by group.
    groups: Vec<Vec<[u16; 2]>>,
    logarithms: Logarithms,
    /// What a pair adds to [`Summed::inverses`], by the difference k of its levels.
    weights: Vec<[f64; 5]>,
    n_g: usize,
}

/// What [`Cooccurrence`] keeps from window to window.
#[derive(Default)]
pub(super) struct Buffers {
    totals: Totals,
    pairs: Counter,
    differences: Counter,
    sums: Counter,
    /// How often each level of the window is in a pair.
    members: Vec<u32>,
    /// The pairs of levels that occur, as ranks, and their numbers.
    cells: Vec<(u16, u16, u32)>,
    coefficient: maximal_correlation::Buffers,
}

impl Cooccurrence {
    /// The fast way for `features`, places in the family's table of which `table` knows all, where
    /// [`suits`] says that it is one.
    pub fn new(
        table: &[FastRow<Summed>],
        features: &[usize],
        aggregation: Aggregation,
        settings: &Settings,
        region: &Region,
    ) -> Self {
        let places = Places { shape: region.window_shape() };
        let pairs = |span: Span, _, offset| places.pairs(span, offset);
        let directions = glcm::directions(settings, places.shape);
        let groups: Vec<Vec<[u16; 2]>> = groups(aggregation, places.shape[0], &directions, pairs)
            .into_iter()
            .map(|group| group.concat())
            .filter(|group| !group.is_empty())
            .collect();
        let largest = groups.iter().map(Vec::len).max().unwrap_or(0);
        Self {
            formulas: Formulas::new(table, features),
            with_coefficient: features.contains(&COEFFICIENT.place),
            groups,
            logarithms: Logarithms::new(2 * largest),
            weights: weights(region.n_g),
            n_g: region.n_g,
        }
    }

    /// Appends the values of the features to `out`.
    // By itself, so that the loops of one part do not take the registers of another's.
    #[inline(never)]
    pub fn compute(&self, window: &Window, buffers: &mut Buffers, out: &mut Vec<f64>) {
        let Window { ranks, distinct, .. } = window;
        // Keys are two ranks side by side.
        let bits = distinct.len().next_power_of_two().trailing_zeros();
        buffers.pairs.reserve(1 << (2 * bits));
        buffers.differences.reserve(self.n_g);
        buffers.sums.reserve(2 * self.n_g + 1);
        buffers.members.resize(distinct.len(), 0);
        self.formulas.begin(&mut buffers.totals);
        for group in &self.groups {
            for &[a, b] in group {
                let (a, b) = (ranks[usize::from(a)], ranks[usize::from(b)]);
                let key = (usize::from(a.min(b)) << bits) | usize::from(a.max(b));
                buffers.pairs.add(key, 1);
            }
            let Some(whole) = Whole::new(buffers, distinct, bits) else { continue };
            let summed = Summed::new(whole, self, buffers);
            self.formulas.add(&summed, &mut buffers.totals);
        }
        buffers.totals.append_means(out);
    }
}

fn weights(n_g: usize) -> Vec<[f64; 5]> {
    let of = |k: usize| {
        let (k, n_g) = (k as f64, n_g as f64);
        let (share, square) = (k / n_g, k * k);
        let inverse = if k > 0.0 { 1.0 / square } else { 0.0 };
        [1.0 / (1.0 + k), 1.0 / (1.0 + share), 1.0 / (1.0 + square), 1.0 / (1.0 + share * share), inverse]
    };
    (0..n_g).map(of).collect()
}

/// Whole numbers summed over the pairs of a group, i and j being the levels of a pair.
struct Whole {
    /// Number of pairs of the group.
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
    /// Σ of the squares of the matrix's elements.
    energy: u64,
    /// Number of levels that are in a pair.
    levels: usize,
}

impl Whole {
    /// Empties the pairs into cells, levels, sums and differences; `None` if there is no pair.
    #[inline(always)]
    fn new(buffers: &mut Buffers, distinct: &[u16], bits: u32) -> Option<Self> {
        let Buffers { pairs, differences, sums, members, cells, .. } = buffers;
        let (mut n, mut sum, mut squares, mut product) = (0, 0, 0, 0);
        let (mut total_difference, mut difference_squares) = (0, 0);
        let (mut maximum, mut energy) = (0, 0);
        cells.clear();
        members.fill(0);
        pairs.drain(|key, count| {
            let (a, b) = (key >> bits, key & ((1 << bits) - 1));
            // One of the pair lies outside.
            if a == 0 {
                return;
            }
            cells.push((a as u16, b as u16, count));
            members[a] += count;
            members[b] += count;
            let (i, j) = (u64::from(distinct[a]), u64::from(distinct[b]));
            let difference = i.abs_diff(j);
            differences.add(difference as usize, count);
            sums.add((i + j) as usize, count);
            let element = if a == b { 2 * count } else { count };
            let count = u64::from(count);
            n += count;
            sum += count * (i + j);
            squares += count * (i * i + j * j);
            product += count * i * j;
            total_difference += count * difference;
            difference_squares += count * difference * difference;
            maximum = maximum.max(element);
            // Off the diagonal an element occurs twice.
            energy += 2 * count * u64::from(element);
        });
        let levels = members.iter().filter(|&&m| m > 0).count();
        let difference = total_difference;
        (n > 0).then_some(Self {
            n,
            sum,
            squares,
            product,
            difference,
            difference_squares,
            maximum,
            energy,
            levels,
        })
    }

    /// Variance and covariance of i and j, times (2·n)².
    fn spread(&self) -> [f64; 2] {
        // A level counts n times as i and n times as j.
        let sum = u128::from(self.sum) * u128::from(self.sum);
        let of = |moment: u64| (2 * u128::from(self.n) * u128::from(moment)) as i128 - sum as i128;
        [of(self.squares), of(2 * self.product)].map(signed)
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
}

/// What the formulas read: sums over the pairs of a group, i and j being the levels of a pair.
pub(super) struct Summed {
    whole: Whole,
    /// n, the number of pairs.
    n: f64,
    log2_n: f64,
    /// 2·n, the sum of the matrix's elements.
    elements: f64,
    /// Mean of i + j.
    sum_average: f64,
    /// Variance of i + j, times n².
    sum_variance: f64,
    /// Variance of i, times (2·n)².
    spread: f64,
    /// Covariance of i and j, times (2·n)².
    covariance: f64,
    /// Σ (i + j − mean)³.
    shade: f64,
    /// Σ (i + j − mean)⁴.
    prominence: f64,
    /// Σ of 1 / (1 + k), 1 / (1 + k / Ng), 1 / (1 + k²), 1 / (1 + (k / Ng)²) and 1 / k² for
    /// k = |i − j|, the last one 0 for k = 0.
    inverses: [f64; 5],
    /// The entropy of the differences |i − j|.
    differences: Entropy,
    /// The entropy of the sums i + j.
    sums: Entropy,
    /// The entropy of the matrix.
    joint: f64,
    /// The entropy of a marginal of the matrix.
    marginal: f64,
    /// What the levels of a pair say of each other: the entropies of both marginals less that of the
    /// matrix.
    information: f64,
    /// The maximal correlation coefficient; NaN if no formula reads it.
    coefficient: f64,
}

impl Summed {
    /// Sums up a group, and empties the counters of sums and differences.
    #[inline(always)]
    fn new(whole: Whole, part: &Cooccurrence, buffers: &mut Buffers) -> Self {
        let n = whole.n as f64;
        let (log2_n, elements) = (log2(n), 2.0 * n);
        let sum_average = whole.sum as f64 / n;
        let (mut shade, mut prominence, mut sums) = (0.0, 0.0, Entropy::default());
        buffers.sums.drain(|sum, count| {
            let from_mean = sum as f64 - sum_average;
            let square = from_mean * from_mean;
            shade += f64::from(count) * square * from_mean;
            prominence += f64::from(count) * square * square;
            sums.add(part.logarithms.of(count));
        });
        let (mut inverses, mut differences) = ([0.0; 5], Entropy::default());
        buffers.differences.drain(|difference, count| {
            for (inverse, weight) in inverses.iter_mut().zip(&part.weights[difference]) {
                *inverse += f64::from(count) * weight;
            }
            differences.add(part.logarithms.of(count));
        });
        let logarithms = |&(a, b, count): &(u16, u16, u32)| {
            if a == b { part.logarithms.of(2 * count) } else { 2.0 * part.logarithms.of(count) }
        };
        let joint = Entropy {
            logarithms: buffers.cells.iter().map(logarithms).sum(),
            occurring: if buffers.cells.len() == 1 && whole.levels < 2 { 1 } else { 2 },
        };
        let marginal = Entropy {
            logarithms: buffers.members.iter().map(|&m| part.logarithms.of(m)).sum(),
            occurring: whole.levels,
        };
        let (joint, marginal) = (joint.of(log2_n + 1.0, elements), marginal.of(log2_n + 1.0, elements));
        let independent = whole.is_independent(buffers);
        let [spread, covariance] = whole.spread();
        Self {
            n,
            log2_n,
            elements,
            sum_average,
            sum_variance: scaled_variance(whole.n, whole.sum, whole.squares + 2 * whole.product),
            spread,
            covariance,
            shade,
            prominence,
            inverses,
            differences,
            sums,
            joint,
            marginal,
            information: if independent { 0.0 } else { (2.0 * marginal - joint).max(0.0) },
            coefficient: match part.with_coefficient {
                true => coefficient(&buffers.cells, &buffers.members, whole.n, &mut buffers.coefficient),
                false => f64::NAN,
            },
            whole,
        }
    }

    /// Whether the pairs are of a single level.
    fn is_flat(&self) -> bool {
        self.whole.levels < 2
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example at the head of the file: 1–1 and 1–3 are counted once each way round.
    #[test]
    fn pairs_of_neighbours_are_counted_once() {
        #[rustfmt::skip]
        let window = Window::drawn(&[
            1, 1, 3,
            3, 1, 1,
        ]);
        let pairs = Places { shape: [1, 2, 3] }.pairs(Span::Volume, [0, 0, 1]);
        let names = ["joint_maximum", "contrast", "joint_average", "angular_second_moment"];
        let features = names.map(|name| place(glcm::TABLE, name));
        let part = Cooccurrence {
            formulas: Formulas::new(TABLE, &features),
            with_coefficient: false,
            groups: vec![pairs],
            logarithms: Logarithms::new(8),
            weights: weights(3),
            n_g: 3,
        };
        let (mut buffers, mut values) = (Buffers::default(), Vec::new());
        part.compute(&window, &mut buffers, &mut values);
        // Ranks 1 and 2 are levels 1 and 3.
        assert_eq!(buffers.cells, [(1, 1, 2), (1, 2, 2)]);
        assert_eq!(buffers.members, [0, 6, 2]);
        assert_eq!(values, [4.0 / 8.0, 2.0 * 4.0 / 4.0, 12.0 / 8.0, (16.0 + 4.0 + 4.0) / 64.0]);
    }
}
