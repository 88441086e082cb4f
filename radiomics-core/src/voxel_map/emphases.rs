//! What GLRLM, GLSZM and NGLDM have in common within a window: how often a level i occurs with a
//! number j, a run's length, a zone's size or a dependence.
//!
//! The families take their formulas from one table, [`crate::families::shared::emphasis`], in which a
//! definition stands for a formula. The table here has the same definitions with formulas over whole
//! numbers, and the compiler finds by them which rows of a family's table are known here:
//!
//! ```text
//! levels      runs along x            counted: level i, number j, how often
//! 1 1 3       1 of two, 3 of one      1  2  twice
//! 3 1 1       3 of one, 1 of two      3  1  twice
//! ```

use super::counter::{Counter, Entropy, Logarithms, scaled_variance};
use super::formulas::{FastRow, Formulas, Totals};
use super::region::Region;
use crate::families::shared::emphasis::{Emphasis, has_formula};
use crate::feature::{Row, is_same};
use crate::kernels::elementary::log2;

/// The formulas over [`Summed`], by their definitions in the table that the families share.
static TABLE: &[Shared] = &[
    shared("Σ p_ij / j²", |m| m.small / m.n_s),
    shared("Σ p_ij·j²", |m| m.large / m.n_s),
    shared("Σ p_ij / i²", |m| m.low / m.n_s),
    shared("Σ p_ij·i²", |m| m.high / m.n_s),
    shared("Σ p_ij / (i²·j²)", |m| m.small_low / m.n_s),
    shared("Σ p_ij·i² / j²", |m| m.small_high / m.n_s),
    shared("Σ p_ij·j² / i²", |m| m.large_low / m.n_s),
    shared("Σ p_ij·i²·j²", |m| m.large_high / m.n_s),
    shared("Σ_i (Σ_j s_ij)² / Ns", |m| m.levels.non_uniformity / m.n_s),
    shared("Σ_i (Σ_j s_ij)² / Ns²", |m| m.levels.non_uniformity / m.n_s / m.n_s),
    shared("Σ_j (Σ_i s_ij)² / Ns", |m| m.numbers.non_uniformity / m.n_s),
    shared("Σ_j (Σ_i s_ij)² / Ns²", |m| m.numbers.non_uniformity / m.n_s / m.n_s),
    shared("Ns / Nv, Nv being the number of voxels", |m| m.n_s / m.n_v),
    shared("Σ (i − μ)²·p_ij, μ = Σ i·p_ij", |m| m.levels.variance()),
    shared("Σ (j − μ)²·p_ij, μ = Σ j·p_ij", |m| m.numbers.variance()),
    shared("−Σ p_ij·log₂ p_ij", |m| m.entropy.of(log2(m.n_s), m.n_s)),
    shared("Σ p_ij²", |m| m.energy / (m.n_s * m.n_s)),
];

/// A row of the table: a definition, and a formula for it.
struct Shared {
    definition: &'static str,
    value: fn(&Summed) -> f64,
}

const fn shared(definition: &'static str, value: fn(&Summed) -> f64) -> Shared {
    assert!(has_formula(definition), "no formula of families/shared/emphasis.rs has this definition");
    Shared { definition, value }
}

/// The formula for a row of a family's table; `None` for a row that is not known here.
const fn formula(row: &Row<Emphasis>) -> Option<fn(&Summed) -> f64> {
    let mut n = 0;
    while n < TABLE.len() {
        if is_same(TABLE[n].definition, row.feature.summary) {
            return Some(TABLE[n].value);
        }
        n += 1;
    }
    None
}

/// How many rows of a family's table are known here.
pub(super) const fn known(family: &[Row<Emphasis>]) -> usize {
    let (mut n, mut place) = (0, 0);
    while place < family.len() {
        n += formula(&family[place]).is_some() as usize;
        place += 1;
    }
    n
}

/// The table of a family's fast way, of the `N` rows that are known here.
pub(super) const fn table<const N: usize>(family: &[Row<Emphasis>]) -> [FastRow<Summed>; N] {
    let mut rows = [FastRow { place: 0, value: TABLE[0].value }; N];
    let (mut n, mut place) = (0, 0);
    while place < family.len() {
        if let Some(value) = formula(&family[place]) {
            rows[n] = FastRow { place, value };
            n += 1;
        }
        place += 1;
    }
    assert!(n == N, "as many rows as are known");
    rows
}

/// What the formulas read: sums over the runs, zones or dependences of a group, of level i and number j.
pub(super) struct Summed {
    /// Ns, how many runs, zones or dependences there are.
    n_s: f64,
    /// Number of voxels of the group.
    n_v: f64,
    /// Σ 1 / j².
    small: f64,
    /// Σ j².
    large: f64,
    /// Σ 1 / i².
    low: f64,
    /// Σ i².
    high: f64,
    /// Σ 1 / (i²·j²).
    small_low: f64,
    /// Σ i² / j².
    small_high: f64,
    /// Σ j² / i².
    large_low: f64,
    /// Σ i²·j².
    large_high: f64,
    /// Σ s_ij².
    energy: f64,
    /// How often each pair of level and number occurs.
    entropy: Entropy,
    /// Sums over the levels i.
    levels: Marginal,
    /// Sums over the numbers j.
    numbers: Marginal,
}

/// Sums over the values of i, or of j.
struct Marginal {
    /// Ns, the number of values.
    n: u64,
    /// Σ of the squares of how often each value occurs.
    non_uniformity: f64,
    /// Σ of the values.
    sum: u64,
    /// Σ of the squares of the values.
    squares: u64,
}

impl Marginal {
    /// The variance of the values, exact but for the rounding of the result.
    fn variance(&self) -> f64 {
        scaled_variance(self.n, self.sum, self.squares) / (self.n as f64 * self.n as f64)
    }
}

/// What computes the features of one aggregation from what a family counts in a window.
pub(super) struct Emphases {
    formulas: Formulas<Summed>,
    logarithms: Logarithms,
    /// A table of 1 / n² by n.
    inverse_squares: Vec<f64>,
    /// How many bits of a key hold the number j.
    bits: u32,
}

/// What [`Emphases`] keeps from window to window.
#[derive(Default)]
pub(super) struct Buffers {
    totals: Totals,
    cells: Counter,
    numbers: Counter,
    /// How often each level of the window occurs.
    members: Vec<u32>,
}

impl Emphases {
    /// Emphases for `features`, places in a family's table of which `table` knows all, where no number j
    /// is above `largest` and what is counted is at most `most`.
    pub fn new(
        table: &[FastRow<Summed>],
        features: &[usize],
        region: &Region,
        largest: usize,
        most: usize,
    ) -> Self {
        let inverse = |n: usize| if n == 0 { 0.0 } else { 1.0 / (n as f64 * n as f64) };
        Self {
            formulas: Formulas::new(table, features),
            logarithms: Logarithms::new(most),
            inverse_squares: (0..=largest.max(region.n_g)).map(inverse).collect(),
            bits: (largest + 1).next_power_of_two().trailing_zeros(),
        }
    }

    /// Makes room for a window of so many levels, and forgets the window before.
    pub fn begin(&self, buffers: &mut Buffers, levels: usize) {
        buffers.cells.reserve((levels + 1) << self.bits);
        buffers.numbers.reserve(1 << self.bits);
        buffers.members.resize(levels + 1, 0);
        self.formulas.begin(&mut buffers.totals);
    }

    /// Counts a level, by its rank in the window (0 does not count), with a number.
    #[inline(always)]
    pub fn count(&self, buffers: &mut Buffers, rank: u16, number: u32) {
        buffers.cells.add((usize::from(rank) << self.bits) | number as usize, 1);
    }

    /// Adds the values of a group, of what was counted since the last group. `n_v` is the number of
    /// voxels, or `None` if that is the sum of the numbers.
    pub fn add(&self, buffers: &mut Buffers, distinct: &[u16], n_v: Option<u64>) {
        if let Some(summed) = self.sum(buffers, distinct, n_v) {
            self.formulas.add(&summed, &mut buffers.totals);
        }
    }

    /// Appends the mean over groups of each feature to `out`; NaN if no group has a value.
    pub fn finish(&self, buffers: &Buffers, out: &mut Vec<f64>) {
        buffers.totals.append_means(out);
    }

    /// Sums up what was counted, and empties it; `None` if nothing was.
    #[inline(always)]
    fn sum(&self, buffers: &mut Buffers, distinct: &[u16], n_v: Option<u64>) -> Option<Summed> {
        let Buffers { cells, numbers, members, .. } = buffers;
        members.fill(0);
        let bits = self.bits;
        let (mut n_s, mut energy, mut entropy) = (0, 0, Entropy::default());
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
            entropy.add(self.logarithms.of(n));
            let (n, ii, jj) = (f64::from(n), ii as f64, jj as f64);
            let (by_ii, by_jj) = (self.inverse_squares[i], self.inverse_squares[j]);
            let terms = [by_jj, jj, by_ii, ii, by_ii * by_jj, ii * by_jj, jj * by_ii, ii * jj];
            sums.iter_mut().zip(terms).for_each(|(sum, term)| *sum += n * term);
        });
        let mut squares_of_numbers = 0;
        numbers.drain(|_, n| squares_of_numbers += u64::from(n) * u64::from(n));
        if n_s == 0 {
            return None;
        }
        let squares_of_levels: u64 = members.iter().map(|&n| u64::from(n) * u64::from(n)).sum();
        let [small, large, low, high, small_low, small_high, large_low, large_high] = sums;
        let marginal = |non_uniformity: u64, sum, squares| Marginal {
            n: n_s,
            non_uniformity: non_uniformity as f64,
            sum,
            squares,
        };
        Some(Summed {
            n_s: n_s as f64,
            n_v: n_v.unwrap_or(sum_j) as f64,
            small,
            large,
            low,
            high,
            small_low,
            small_high,
            large_low,
            large_high,
            energy: energy as f64,
            entropy,
            levels: marginal(squares_of_levels, sum_i, squares_i),
            numbers: marginal(squares_of_numbers, sum_j, squares_j),
        })
    }
}
