//! Grey level co-occurrence (IBSI 1, LFYI): how often levels i and j are neighbours.

use super::{Compute, Job, entropy_term, features, texture};
use crate::aggregation::{Scope, Span};
use crate::catalogue::{Family, Row, row};
use crate::kernels::Isa;
use crate::kernels::pairs::count_pairs;
use crate::neighbourhood::half_directions;
use crate::roi::{Levels, with_levels};
use crate::settings::Settings;
use crate::table::FeatureRow;

pub(crate) const FAMILY: Family = Family {
    name: "glcm",
    ibsi_id: "LFYI",
    scope: Scope::Directional,
    features: || features(TABLE),
    compute: Compute::Levels(compute),
};

#[rustfmt::skip]
static TABLE: &[Row<Glcm>] = &[
    row("joint_maximum", "GYBY", "MaximumProbability", "max p_ij", |m| m.maximum),
    row("joint_average", "60VM", "JointAverage", "μ = Σ i·p_ij", |m| m.mean_i),
    row("joint_variance", "UR99", "SumSquares", "Σ (i − μ)²·p_ij", |m| m.variance_i),
    row("joint_entropy", "TU9B", "JointEntropy", "−Σ p_ij·log₂ p_ij", |m| m.entropy),
    row("difference_average", "TF7R", "DifferenceAverage", "Σ k·p_{i−j}(k)", |m| m.difference(|k| k)),
    row("difference_variance", "D3YU", "DifferenceVariance", "Σ (k − μ)²·p_{i−j}(k), μ being the difference average", difference_variance),
    row("difference_entropy", "NTRS", "DifferenceEntropy", "−Σ p_{i−j}·log₂ p_{i−j}", |m| m.differences.iter().copied().map(entropy_term).sum()),
    row("sum_average", "ZGXS", "SumAverage", "Σ k·p_{i+j}(k)", |m| m.sum(|k| k)),
    row("sum_variance", "OEEB", "", "Σ (k − μ)²·p_{i+j}(k), μ being the sum average", sum_variance),
    row("sum_entropy", "P6QZ", "SumEntropy", "−Σ p_{i+j}·log₂ p_{i+j}", |m| m.sums.iter().copied().map(entropy_term).sum()),
    row("angular_second_moment", "8ZQL", "JointEnergy", "Σ p_ij²", |m| m.energy),
    row("contrast", "ACUI", "Contrast", "Σ (i − j)²·p_ij", |m| m.difference(|k| k * k)),
    row("dissimilarity", "8S9J", "Dissimilarity", "Σ |i − j|·p_ij", |m| m.difference(|k| k)),
    row("inverse_difference", "IB1Z", "Id", "Σ p_ij / (1 + |i − j|)", |m| m.difference(|k| 1.0 / (1.0 + k))),
    row("normalised_inverse_difference", "NDRX", "Idn", "Σ p_ij / (1 + |i − j| / Ng)", |m| m.difference(|k| 1.0 / (1.0 + k / m.n_g))),
    row("inverse_difference_moment", "WF0Z", "Idm", "Σ p_ij / (1 + (i − j)²)", |m| m.difference(|k| 1.0 / (1.0 + k * k))),
    row("normalised_inverse_difference_moment", "1QCO", "Idmn", "Σ p_ij / (1 + (i − j)² / Ng²)", |m| m.difference(|k| 1.0 / (1.0 + (k / m.n_g) * (k / m.n_g)))),
    row("inverse_variance", "E8JP", "InverseVariance", "Σ p_ij / (i − j)² over i ≠ j", |m| m.difference(|k| if k > 0.0 { 1.0 / (k * k) } else { 0.0 })),
    row("correlation", "NI2N", "Correlation", "(Σ i·j·p_ij − μ_i·μ_j) / (σ_i·σ_j); 1 if a level is alone", correlation),
    row("autocorrelation", "QWB0", "Autocorrelation", "Σ i·j·p_ij", |m| m.product),
    row("cluster_tendency", "DG8W", "ClusterTendency", "Σ (i + j − μ_i − μ_j)²·p_ij", |m| m.cluster(2)),
    row("cluster_shade", "7NFM", "ClusterShade", "Σ (i + j − μ_i − μ_j)³·p_ij", |m| m.cluster(3)),
    row("cluster_prominence", "AE86", "ClusterProminence", "Σ (i + j − μ_i − μ_j)⁴·p_ij", |m| m.cluster(4)),
    row("information_correlation_1", "R8DG", "Imc1", "(HXY − HXY₁) / HX; undefined if a level is alone", information_correlation_1),
    row("information_correlation_2", "JN9H", "Imc2", "√(1 − exp(−2·(HXY₂ − HXY)))", information_correlation_2),
];

/// What the formulas read of a matrix of probabilities p_ij.
#[derive(Debug)]
struct Glcm {
    n_g: f64,
    maximum: f64,
    /// Σ p_ij².
    energy: f64,
    /// HXY = −Σ p_ij·log₂ p_ij.
    entropy: f64,
    /// Entropies HX and HY of the marginals.
    entropies: [f64; 2],
    /// Σ i·j·p_ij.
    product: f64,
    mean_i: f64,
    mean_j: f64,
    variance_i: f64,
    variance_j: f64,
    /// p_{i−j}(k) for k = |i − j| = 0, 1, …
    differences: Vec<f64>,
    /// p_{i+j}(k) for k = i + j = 0, 1, …
    sums: Vec<f64>,
}

/// Cells (i, j, n) in order, of one direction, each pair once.
pub(crate) type Cells = Vec<(u16, u16, u64)>;

/// Directions in the plane and in the volume.
pub(crate) fn directions(settings: &Settings) -> [Vec<[i32; 3]>; 2] {
    [half_directions(&settings.distances, false), half_directions(&settings.distances, true)]
}

/// Pairs within a span at `offset`, each once.
pub(crate) fn matrix(isa: Isa, levels: &Levels, span: Span, offset: [i32; 3]) -> Cells {
    let slices = span.slices(levels.shape()[0]);
    with_levels!(levels, v => count_pairs(isa, v, levels.n_g, slices, offset))
}

fn compute(job: &Job, levels: &Levels) -> Vec<FeatureRow> {
    let [planar, volumetric] = directions(job.settings);
    let count = |span, direction: usize| {
        let offset = if span == Span::Volume { volumetric[direction] } else { planar[direction] };
        matrix(job.isa, levels, span, offset)
    };
    texture::rows(
        job,
        FAMILY.name,
        FAMILY.scope,
        TABLE,
        [planar.len(), volumetric.len()],
        levels.shape()[0],
        count,
        |matrices| Glcm::new(matrices, levels.n_g),
    )
}

impl Glcm {
    /// Of the sum of matrices and their transposes; `None` if there is no pair at all.
    fn new(matrices: &[&Cells], n_g: usize) -> Option<Self> {
        let cells = symmetric_sum(matrices);
        let total: u64 = cells.iter().map(|c| c.2).sum();
        if total == 0 {
            return None;
        }
        let mut m = Glcm {
            n_g: n_g as f64,
            maximum: 0.0,
            energy: 0.0,
            entropy: 0.0,
            entropies: [0.0; 2],
            product: 0.0,
            mean_i: 0.0,
            mean_j: 0.0,
            variance_i: 0.0,
            variance_j: 0.0,
            differences: vec![0.0; n_g],
            sums: vec![0.0; 2 * n_g + 1],
        };
        let mut marginals = [vec![0.0; n_g + 1], vec![0.0; n_g + 1]];
        for &(i, j, n) in &cells {
            let p = n as f64 / total as f64;
            let (i, j) = (usize::from(i), usize::from(j));
            m.maximum = m.maximum.max(p);
            m.energy += p * p;
            m.entropy += entropy_term(p);
            m.product += (i * j) as f64 * p;
            m.differences[i.abs_diff(j)] += p;
            m.sums[i + j] += p;
            marginals[0][i] += p;
            marginals[1][j] += p;
        }
        m.entropies = marginals.each_ref().map(|p| p.iter().copied().map(entropy_term).sum());
        [m.mean_i, m.mean_j] = marginals.each_ref().map(|p| weighted(p, |i| i));
        m.variance_i = weighted(&marginals[0], |i| (i - m.mean_i) * (i - m.mean_i));
        m.variance_j = weighted(&marginals[1], |j| (j - m.mean_j) * (j - m.mean_j));
        Some(m)
    }

    fn difference(&self, term: impl Fn(f64) -> f64) -> f64 {
        weighted(&self.differences, term)
    }

    fn sum(&self, term: impl Fn(f64) -> f64) -> f64 {
        weighted(&self.sums, term)
    }

    fn cluster(&self, power: i32) -> f64 {
        self.sum(|k| (k - self.mean_i - self.mean_j).powi(power))
    }

    /// Whether only one level occurs.
    fn is_flat(&self) -> bool {
        self.maximum == 1.0
    }
}

/// The sum of matrices and their transposes, cell by cell.
pub(crate) fn symmetric_sum(matrices: &[&Cells]) -> Cells {
    let cells = matrices.iter().flat_map(|m| m.iter());
    let mut both: Cells = cells.flat_map(|&(i, j, n)| [(i, j, n), (j, i, n)]).collect();
    both.sort_unstable_by_key(|&(i, j, _)| (i, j));
    both.dedup_by(|next, kept| {
        let same = (next.0, next.1) == (kept.0, kept.1);
        if same {
            kept.2 += next.2;
        }
        same
    });
    both
}

/// Σ term(k)·p(k).
fn weighted(p: &[f64], term: impl Fn(f64) -> f64) -> f64 {
    p.iter().enumerate().map(|(k, p)| term(k as f64) * p).sum()
}

fn difference_variance(m: &Glcm) -> f64 {
    let mean = m.difference(|k| k);
    m.difference(|k| (k - mean) * (k - mean))
}

fn sum_variance(m: &Glcm) -> f64 {
    let mean = m.sum(|k| k);
    m.sum(|k| (k - mean) * (k - mean))
}

fn correlation(m: &Glcm) -> f64 {
    if m.is_flat() {
        return 1.0;
    }
    (m.product - m.mean_i * m.mean_j) / (m.variance_i * m.variance_j).sqrt()
}

/// HXY₁ = −Σ p_ij·log₂(p_i·p_j) is HX + HY.
fn information_correlation_1(m: &Glcm) -> f64 {
    let [hx, hy] = m.entropies;
    if m.is_flat() { f64::NAN } else { (m.entropy - (hx + hy)) / hx }
}

/// HXY₂ = −Σ p_i·p_j·log₂(p_i·p_j) is HX + HY as well, and never below HXY but for rounding.
fn information_correlation_2(m: &Glcm) -> f64 {
    let [hx, hy] = m.entropies;
    (1.0 - (-2.0 * (hx + hy - m.entropy).max(0.0)).exp()).sqrt()
}
