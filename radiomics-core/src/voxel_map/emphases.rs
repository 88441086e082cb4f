//! What GLRLM, GLSZM and NGLDM have in common, within a window: how often a level i occurs with
//! a number j (a run's length, a zone's size, a dependence).

use super::columns::Column;
use super::counter::{Counter, Logarithms, entropy};
use super::region::Region;
use crate::catalogue::Family;

/// Number of features; those of all three families come in the same order.
const FEATURES: usize = 17;

/// What the features of a window are made with.
pub(super) struct Emphases {
    /// Which of the features each column is.
    features: Vec<usize>,
    logarithms: Logarithms,
    /// 1 / n² by n.
    inverse_squares: Vec<f64>,
    /// Bits of a key that hold j.
    bits: u32,
}

/// Sums of features over the groups of an aggregation.
pub(super) struct Totals([(f64, u32); FEATURES]);

/// Buffers.
#[derive(Default)]
pub(super) struct Buffers {
    cells: Counter,
    numbers: Counter,
    /// How often each level of the window occurs.
    members: Vec<u32>,
}

impl Emphases {
    /// For columns of one family, where no number j is above `largest` and what is counted is at
    /// most `most`; nothing if the family has a feature that is not among those known here.
    pub fn new(
        family: &Family,
        columns: &[&Column],
        region: &Region,
        largest: usize,
        most: usize,
    ) -> Option<Self> {
        let all = (family.features)();
        let feature =
            |c: &&Column| all.iter().position(|f| *f == c.feature).filter(|_| all.len() <= FEATURES);
        let inverse = |n: usize| if n == 0 { 0.0 } else { 1.0 / (n as f64 * n as f64) };
        Some(Self {
            features: columns.iter().map(feature).collect::<Option<_>>()?,
            logarithms: Logarithms::new(most),
            inverse_squares: (0..=largest.max(region.n_g)).map(inverse).collect(),
            bits: (largest + 1).next_power_of_two().trailing_zeros(),
        })
    }

    /// Makes room for a window of so many levels.
    pub fn reserve(&self, buffers: &mut Buffers, levels: usize) {
        buffers.cells.reserve((levels + 1) << self.bits);
        buffers.numbers.reserve(1 << self.bits);
        buffers.members.resize(levels + 1, 0);
    }

    /// Counts a level, by its rank in the window (0 does not count), with a number.
    #[inline(always)]
    pub fn count(&self, buffers: &mut Buffers, rank: u16, number: u32) {
        buffers.cells.add((usize::from(rank) << self.bits) | number as usize, 1);
    }

    /// Adds the features of what was counted since the last time to `totals`. `n_v` is the number
    /// of voxels, or nothing if it is the sum of the numbers.
    pub fn add(&self, buffers: &mut Buffers, distinct: &[u16], n_v: Option<u64>, totals: &mut Totals) {
        let Buffers { cells, numbers, members, .. } = buffers;
        members.fill(0);
        let bits = self.bits;
        let (mut n_s, mut energy, mut sum_logarithms, mut n_cells) = (0, 0, 0.0, 0);
        let (mut sum_i, mut squares_i, mut sum_j, mut squares_j) = (0, 0, 0, 0);
        let mut sums = [0.0; 8];
        cells.drain(|key, n| {
            let (rank, j) = (key >> bits, key & ((1 << bits) - 1));
            if rank == 0 {
                return;
            }
            let i = usize::from(distinct[rank]);
            members[rank] += n;
            numbers.add(j, n);
            let count = u64::from(n);
            let (ii, jj) = ((i * i) as u64, (j * j) as u64);
            n_s += count;
            energy += count * count;
            sum_i += count * i as u64;
            squares_i += count * ii;
            sum_j += count * j as u64;
            squares_j += count * jj;
            sum_logarithms += self.logarithms.of(n);
            n_cells += 1;
            let (n, ii, jj) = (f64::from(n), ii as f64, jj as f64);
            let (by_ii, by_jj) = (self.inverse_squares[i], self.inverse_squares[j]);
            let terms = [by_jj, jj, by_ii, ii, by_ii * by_jj, ii * by_jj, jj * by_ii, ii * jj];
            sums.iter_mut().zip(terms).for_each(|(sum, term)| *sum += n * term);
        });
        let mut squares_of_numbers = 0;
        numbers.drain(|_, n| squares_of_numbers += u64::from(n) * u64::from(n));
        if n_s == 0 {
            return;
        }
        let squares_of_levels: u64 = members.iter().map(|&n| u64::from(n) * u64::from(n)).sum();
        let n = n_s as f64;
        let [a, b, c, d, e, f, g, h] = sums.map(|sum| sum / n);
        let (of_levels, of_numbers) = (squares_of_levels as f64 / n, squares_of_numbers as f64 / n);
        let values = [
            a,
            b,
            c,
            d,
            e,
            f,
            g,
            h,
            of_levels,
            of_levels / n,
            of_numbers,
            of_numbers / n,
            n / n_v.unwrap_or(sum_j) as f64,
            variance(n_s, sum_i, squares_i),
            variance(n_s, sum_j, squares_j),
            entropy(n.log2(), sum_logarithms, n, n_cells),
            energy as f64 / (n * n),
        ];
        totals.add(values);
    }

    /// The mean over groups of each column's feature; NaN if there is none.
    pub fn finish(&self, totals: &Totals, out: &mut Vec<f64>) {
        // 0 / 0 is the NaN that says "undefined".
        out.extend(self.features.iter().map(|&f| totals.0[f].0 / f64::from(totals.0[f].1)));
    }
}

impl Totals {
    pub fn new() -> Self {
        Self([(0.0, 0); FEATURES])
    }

    fn add(&mut self, values: [f64; FEATURES]) {
        for (total, value) in self.0.iter_mut().zip(values) {
            if value.is_finite() {
                *total = (total.0 + value, total.1 + 1);
            }
        }
    }
}

/// Of n whole numbers, from their sum and the sum of their squares; exact but for the rounding
/// of the result.
fn variance(n: u64, sum: u64, squares: u64) -> f64 {
    let scaled = u128::from(n) * u128::from(squares) - u128::from(sum) * u128::from(sum);
    scaled as f64 / (n as f64 * n as f64)
}
