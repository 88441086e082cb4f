//! The formulas that GLRLM, GLSZM, GLDZM and NGLDM share. Their matrices all count how often
//! grey level i occurs with a number j: a run's length, a zone's size or distance, a
//! neighbourhood's dependence.

use crate::feature::{Row, is_same, row};
use crate::kernels::cells::{Cells, hold_merged, merge};
use crate::work::{Held, hold_cells};

use crate::families::job::entropy_term;
use crate::families::shared::texture::Bulk;

/// The matrix of one unit, with the number of voxels that it was counted over.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counted {
    pub cells: Cells,
    pub n_v: u64,
}

impl Bulk for Counted {
    fn hold(&self) -> Held {
        self.cells.hold()
    }
}

/// What the formulas read of a matrix of counts s_ij, where p_ij = s_ij / Ns.
#[derive(Debug, Default)]
pub(crate) struct Emphasis {
    /// Ns = Σ s_ij.
    n_s: f64,
    /// Number of voxels that the matrix was counted over.
    n_v: f64,
    /// Σ p_ij / j².
    small: f64,
    /// Σ p_ij·j².
    large: f64,
    /// Σ p_ij / i².
    low: f64,
    /// Σ p_ij·i².
    high: f64,
    /// Σ p_ij / (i²·j²).
    small_low: f64,
    /// Σ p_ij·i² / j².
    small_high: f64,
    /// Σ p_ij·j² / i².
    large_low: f64,
    /// Σ p_ij·i²·j².
    large_high: f64,
    /// −Σ p_ij·log₂ p_ij.
    entropy: f64,
    /// Σ p_ij².
    energy: f64,
    /// The marginal s_i. over grey levels i.
    level: Marginal,
    /// The marginal s_.j over numbers j.
    number: Marginal,
}

/// What the formulas read of a marginal s_i. or s_.j.
#[derive(Debug, Default)]
struct Marginal {
    /// Σ s².
    squares: f64,
    /// Σ (i − μ)²·p.
    variance: f64,
}

/// Number of formulas that the families share.
const FORMULAS: usize = 17;

/// The definition of a feature and its formula.
type Formula = (&'static str, fn(&Emphasis) -> f64);

/// The formulas with their definitions, in IBSI's order. IBSI gives the last one to NGLDM
/// only.
#[rustfmt::skip]
const TABLE: [Formula; FORMULAS] = [
    ("Σ p_ij / j²", |m| m.small),
    ("Σ p_ij·j²", |m| m.large),
    ("Σ p_ij / i²", |m| m.low),
    ("Σ p_ij·i²", |m| m.high),
    ("Σ p_ij / (i²·j²)", |m| m.small_low),
    ("Σ p_ij·i² / j²", |m| m.small_high),
    ("Σ p_ij·j² / i²", |m| m.large_low),
    ("Σ p_ij·i²·j²", |m| m.large_high),
    ("Σ_i (Σ_j s_ij)² / Ns", |m| m.level.squares / m.n_s),
    ("Σ_i (Σ_j s_ij)² / Ns²", |m| m.level.squares / (m.n_s * m.n_s)),
    ("Σ_j (Σ_i s_ij)² / Ns", |m| m.number.squares / m.n_s),
    ("Σ_j (Σ_i s_ij)² / Ns²", |m| m.number.squares / (m.n_s * m.n_s)),
    ("Ns / Nv, Nv being the number of voxels", |m| m.n_s / m.n_v),
    ("Σ (i − μ)²·p_ij, μ = Σ i·p_ij", |m| m.level.variance),
    ("Σ (j − μ)²·p_ij, μ = Σ j·p_ij", |m| m.number.variance),
    ("−Σ p_ij·log₂ p_ij", |m| m.entropy),
    ("Σ p_ij²", |m| m.energy),
];

/// A family's table: the first `N` formulas under the family's own names (native, IBSI
/// identifier, PyRadiomics).
pub(crate) const fn table<const N: usize>(names: [[&'static str; 3]; N]) -> [Row<Emphasis>; N] {
    let mut rows = [row("", "", "", "", TABLE[0].1); N];
    let mut n = 0;
    while n < N {
        let [name, ibsi_id, pyradiomics] = names[n];
        rows[n] = row(name, ibsi_id, pyradiomics, TABLE[n].0, TABLE[n].1);
        n += 1;
    }
    rows
}

/// Whether one of the formulas has this definition. The compiler asks: a fast way to the features of
/// all these families is a table by definitions, and rows of a family's own are told from these by it.
pub(crate) const fn has_formula(definition: &str) -> bool {
    let mut n = 0;
    while n < FORMULAS && !is_same(TABLE[n].0, definition) {
        n += 1;
    }
    n < FORMULAS
}

impl Emphasis {
    /// What the formulas read of the sum of matrices; `None` if nothing was counted.
    pub fn new(matrices: &[&Counted]) -> Option<Self> {
        Self::of_weighted(matrices.iter().map(|m| (1.0, *m)))
    }

    /// What the formulas read of the weighted sum of matrices. With weights of 1 all sums are of whole
    /// numbers.
    pub fn of_weighted<'a>(matrices: impl Iterator<Item = (f64, &'a Counted)> + Clone) -> Option<Self> {
        let _held = hold_merged(matrices.clone().map(|(_, m)| &m.cells));
        let cells = merge(matrices.clone().map(|(weight, m)| (weight, &m.cells)));
        let n_s: f64 = cells.iter().map(|c| c.2).sum();
        if n_s == 0.0 {
            return None;
        }
        let n_v = matrices.map(|(weight, m)| weight * m.n_v as f64).sum();
        let mut m = Self { n_s, n_v, ..Self::default() };
        for &(i, j, n) in &cells {
            let p = n / m.n_s;
            let (i, j) = (f64::from(i), f64::from(j));
            let (ii, jj) = (i * i, j * j);
            m.small += p / jj;
            m.large += p * jj;
            m.low += p / ii;
            m.high += p * ii;
            m.small_low += p / (ii * jj);
            m.small_high += p * ii / jj;
            m.large_low += p * jj / ii;
            m.large_high += p * ii * jj;
            m.entropy += entropy_term(p);
            m.energy += p * p;
        }
        m.level = Marginal::new(cells.iter().map(|&(i, _, n)| (u32::from(i), n)));
        m.number = Marginal::new(cells.iter().map(|&(_, j, n)| (j, n)));
        Some(m)
    }
}

impl Marginal {
    /// The marginal of pairs (value, count), in which values may repeat. What is summed for a value is
    /// summed in the order of the pairs.
    fn new(counts: impl ExactSizeIterator<Item = (u32, f64)> + Clone) -> Self {
        let highest = counts.clone().map(|c| c.0).max().unwrap_or(0) as usize;
        let mut sums: Vec<(u32, f64)>;
        let _held;
        if highest < SUMS {
            sums = (0..).map(|value| (value, 0.0)).take(highest + 1).collect();
            counts.for_each(|(value, n)| sums[value as usize].1 += n);
        } else {
            _held = hold_cells::<(u32, f64)>(counts.len() + counts.len() / 2);
            sums = counts.collect();
            sums.sort_by_key(|c| c.0);
            sums.dedup_by(|next, kept| {
                let same = next.0 == kept.0;
                if same {
                    kept.1 += next.1;
                }
                same
            });
        }
        let total: f64 = sums.iter().map(|c| c.1).sum();
        let mean = sums.iter().map(|&(value, n)| f64::from(value) * n).sum::<f64>() / total;
        let mut marginal = Self::default();
        for (value, n) in sums {
            let deviation = f64::from(value) - mean;
            marginal.squares += n * n;
            marginal.variance += deviation * deviation * (n / total);
        }
        marginal
    }
}

/// Each value up to this one has a sum of its own, so that counts need not be sorted.
const SUMS: usize = 4096;

#[cfg(test)]
mod tests {
    use super::*;

    fn values(cells: &[(u16, u32, u64)], n_v: u64) -> Vec<f64> {
        let counted = Counted { cells: cells.to_vec(), n_v };
        let m = Emphasis::new(&[&counted]).unwrap();
        TABLE.iter().map(|(_, formula)| formula(&m)).collect()
    }

    /// The matrix counts level 1 twice with j = 1 and once with j = 2, and level 2 once with j = 2.
    #[test]
    fn formulas_by_hand() {
        #[rustfmt::skip]
        let expected = [
            0.625, 2.5, 0.8125, 1.75, 0.578125, 0.8125, 1.75, 5.5,
            10.0 / 4.0, 10.0 / 16.0, 8.0 / 4.0, 8.0 / 16.0, 4.0 / 6.0, 0.1875, 0.25, 1.5, 0.375,
        ];
        assert_eq!(values(&[(1, 1, 2), (1, 2, 1), (2, 2, 1)], 6), expected);
    }

    #[test]
    fn a_single_cell_has_no_spread() {
        let v = values(&[(3, 2, 5)], 10);
        assert_eq!([v[13], v[14], v[15], v[9], v[11], v[16]], [0.0, 0.0, 0.0, 1.0, 1.0, 1.0]);
        assert!(Emphasis::new(&[&Counted::default()]).is_none());
    }
}
