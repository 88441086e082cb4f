//! Grey level co-occurrence (IBSI 1, LFYI): how often levels i and j are neighbours.

mod merge;
mod singular;
mod spread;

use std::borrow::Cow;

use self::singular::Deflated;
use self::spread::Spread;
use crate::families::family::{Compute, Family, Maps};
use crate::families::job::{Job, Value, entropy_term, features};
use crate::families::shared::line_sets::LineSets;
use crate::families::shared::texture::{self, Bulk};
use crate::feature::{Row, row};
use crate::kernels::Isa;
use crate::kernels::cells::sum_equal;
use crate::kernels::elementary::exp;
use crate::kernels::pairs::{Pairs, count_pairs};
use crate::region::levels::{Levels, with_levels};
use crate::settings::Settings;
use crate::texture::aggregation::{Scope, Span};
use crate::texture::matrix::Cell;
use crate::texture::neighbourhood::{ANY, half_directions, is_within};
use crate::work::{Held, hold_cells};

pub(crate) const FAMILY: Family = Family {
    name: "glcm",
    ibsi_id: "LFYI",
    pyradiomics: Some("glcm"),
    scope: Scope::Directional,
    features: || features(TABLE),
    compute: Compute::Lines(compute),
    matrix: Some(cells),
    steps: 1,
    maps: Maps::Cooccurrence,
};

#[rustfmt::skip]
pub(crate) static TABLE: &[Row<Glcm>] = &[
    row("joint_maximum", "GYBY", "MaximumProbability", "max p_ij", |m| m.maximum),
    row("joint_average", "60VM", "JointAverage", "μ = Σ i·p_ij", |m| m.mean_i),
    row("joint_variance", "UR99", "SumSquares", "Σ (i − μ)²·p_ij", |m| m.variance_i),
    row("joint_entropy", "TU9B", "JointEntropy", "−Σ p_ij·log₂ p_ij", |m| m.entropy),
    row("difference_average", "TF7R", "DifferenceAverage", "Σ k·p_{i−j}(k)", |m| m.difference(|k| k)),
    row("difference_variance", "D3YU", "DifferenceVariance", "Σ (k − μ)²·p_{i−j}(k), μ being the difference average", difference_variance),
    row("difference_entropy", "NTRS", "DifferenceEntropy", "−Σ p_{i−j}·log₂ p_{i−j}", |m| entropy(&m.differences)),
    row("sum_average", "ZGXS", "SumAverage", "Σ k·p_{i+j}(k)", |m| m.sum(|k| k)),
    row("sum_variance", "OEEB", "", "Σ (k − μ)²·p_{i+j}(k), μ being the sum average", sum_variance),
    row("sum_entropy", "P6QZ", "SumEntropy", "−Σ p_{i+j}·log₂ p_{i+j}", |m| entropy(&m.sums)),
    row("angular_second_moment", "8ZQL", "JointEnergy", "Σ p_ij²", |m| m.energy),
    row("contrast", "ACUI", "Contrast", "Σ (i − j)²·p_ij", |m| m.difference(|k| k * k)),
    row("dissimilarity", "8S9J", "Dissimilarity", "Σ |i − j|·p_ij", |m: &Glcm| m.difference(|k| k)).only_by_name(),
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
    row("information_correlation_1", "R8DG", "Imc1", "(HXY − HXY₁) / max(HX, HY); 0 if a level is alone", information_correlation_1),
    row("information_correlation_2", "JN9H", "Imc2", "√(1 − exp(−2·(HXY₂ − HXY)))", information_correlation_2),
    row("maximal_correlation_coefficient", "", "MCC", "Second largest singular value of p_ij / √(p_i·p_j + ε), ε being 2.2e-16; 0 if a level is alone, but 1 if the region has no other", maximal_correlation_coefficient),
];

/// What the formulas read of a matrix of probabilities p_ij.
#[derive(Debug, Default)]
pub(crate) struct Glcm {
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
    /// k = |i − j| and p_{i−j}(k), where it is not 0.
    differences: Vec<(f64, f64)>,
    /// k = i + j and p_{i+j}(k), where it is not 0.
    sums: Vec<(f64, f64)>,
    /// Levels and p_i, and p_j, where they are not 0.
    marginals: [Vec<(f64, f64)>; 2],
    /// p_ij where it is not 0; of a symmetric matrix not below the diagonal.
    cells: Vec<(usize, usize, f64)>,
    /// What the cells take.
    held: Held,
    /// Whether the matrix is symmetric.
    folded: bool,
    /// Whether the region, of which the matrix may hold one direction, has a single level.
    of_flat_region: bool,
    /// Instruction set; that of every machine if there is none.
    isa: Option<Isa>,
}

/// The pairs of one direction, each counted once, and what the direction weighs.
struct Direction<'a> {
    weight: f64,
    pairs: Cow<'a, Pairs>,
}

impl Bulk for Direction<'_> {
    fn hold(&self) -> Held {
        match &self.pairs {
            Cow::Borrowed(_) => Held::default(),
            Cow::Owned(pairs) => pairs.hold(),
        }
    }
}

/// The directions of pairs within a box, in the plane and in the volume.
pub(crate) fn directions(settings: &Settings, shape: [usize; 3]) -> [Vec<[i32; 3]>; 2] {
    [false, true].map(|volumetric| half_directions(&settings.distances, volumetric, shape))
}

/// The pairs of voxels within a span that lie `offset` apart, each counted once.
pub(crate) fn matrix(isa: Isa, levels: &Levels, span: Span, offset: [i32; 3]) -> Pairs {
    let slices = span.slices(levels.shape()[0]);
    if !is_within(offset, levels.shape()) {
        return Pairs::new();
    }
    with_levels!(levels, v => count_pairs(isa, v, levels.n_g, slices, offset))
}

/// The co-occurrence matrices of a span as cells, one for each direction.
fn cells(job: &Job, levels: &Levels, span: Span) -> Vec<(Option<[i32; 3]>, Vec<Cell>)> {
    Cell::each_direction(directions(job.settings, ANY), span, |offset| {
        let pairs = matrix(job.isa, levels, span, offset);
        let cells = merged([(1.0, &pairs)].into_iter(), job.settings.glcm_symmetric);
        let cell = |(i, j, n): (usize, usize, f64)| Cell { level: i as u16, column: j as u64, value: n };
        cells.into_iter().map(cell).collect()
    })
}

fn compute(job: &Job, levels: &Levels, lines: Option<&LineSets>) -> Vec<Value> {
    let [planar, volumetric] = match &job.settings.distances[..] {
        // As lines are counted, which know directions by their number.
        [1] => directions(job.settings, ANY),
        _ => directions(job.settings, levels.shape()),
    };
    let count = |span, direction: usize| {
        let offset = if span == Span::Volume { volumetric[direction] } else { planar[direction] };
        Direction {
            weight: job.settings.distance_weighting.map_or(1.0, |norm| {
                let distance = norm.length_mm(offset, job.roi.grid.spacing_mm);
                exp(-distance * distance)
            }),
            pairs: match lines.and_then(|l| l.of(span, direction)) {
                Some(lines) => Cow::Borrowed(&lines.pairs),
                None => Cow::Owned(matrix(job.isa, levels, span, offset)),
            },
        }
    };
    let of_flat_region = levels.is_flat();
    texture::values(
        job,
        FAMILY.scope,
        TABLE,
        [planar.len(), volumetric.len()],
        levels.shape()[0],
        count,
        |directions| {
            let matrix = Glcm::new(directions, levels.n_g, job.settings.glcm_symmetric)?;
            Some(Glcm { of_flat_region, isa: Some(job.isa), ..matrix })
        },
    )
}

impl Glcm {
    /// What the formulas read of the weighted sum of matrices; `None` if there is no pair at all.
    fn new(directions: &[&Direction], n_g: usize, symmetric: bool) -> Option<Self> {
        let weighted_pairs: Vec<(f64, &Pairs)> = directions.iter().map(|d| (d.weight, &*d.pairs)).collect();
        let mut cells = merge::sum(&weighted_pairs, symmetric);
        let mut total: f64 = cells.iter().map(|c| c.2).sum();
        if total == 0.0 {
            return None;
        }
        if symmetric {
            // A pair is counted in both orders: one of equal levels twice in its own cell.
            cells.iter_mut().filter(|c| c.0 == c.1).for_each(|c| c.2 *= 2.0);
            total *= 2.0;
        }
        cells.iter_mut().for_each(|c| c.2 /= total);
        let mut m = Glcm { n_g: n_g as f64, folded: symmetric, ..Glcm::default() };
        let spread = |numbers| Spread::new(numbers, cells.len());
        let (mut differences, mut sums) = (spread(n_g), spread(2 * n_g + 1));
        let (mut of_first, mut of_second) = (spread(n_g + 1), spread(if symmetric { 0 } else { n_g + 1 }));
        for &(i, j, p) in &cells {
            // A cell beside the diagonal stands for its mirror image as well.
            let times = if symmetric && i != j { 2.0 } else { 1.0 };
            m.maximum = m.maximum.max(p);
            m.energy += times * p * p;
            m.entropy += times * entropy_term(p);
            m.product += times * (i * j) as f64 * p;
            differences.add(i.abs_diff(j), times * p);
            sums.add(i + j, times * p);
            of_first.add(i, p);
            if !symmetric {
                of_second.add(j, p);
            } else if i != j {
                of_first.add(j, p);
            }
        }
        (m.differences, m.sums) = (differences.occurring(), sums.occurring());
        let of_first = of_first.occurring();
        let of_second = if symmetric { of_first.clone() } else { of_second.occurring() };
        m.marginals = [of_first, of_second];
        m.entropies = m.marginals.each_ref().map(|p| entropy(p));
        [m.mean_i, m.mean_j] = m.marginals.each_ref().map(|p| weighted(p, |i| i));
        m.variance_i = weighted(&m.marginals[0], |i| (i - m.mean_i) * (i - m.mean_i));
        m.variance_j = weighted(&m.marginals[1], |j| (j - m.mean_j) * (j - m.mean_j));
        m.held = hold_cells::<(usize, usize, f64)>(cells.len());
        m.cells = cells;
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

    /// Whether one level is alone, as the first or as the second of the pairs.
    fn is_flat(&self) -> bool {
        self.marginals.iter().any(|p| p.len() < 2)
    }
}

/// The weighted sum of matrices, and of their transposes if symmetric, cell by cell.
pub(crate) fn merged<'a>(
    directions: impl Iterator<Item = (f64, &'a Pairs)>,
    symmetric: bool,
) -> Vec<(usize, usize, f64)> {
    let mut cells = merge::sum(&directions.collect::<Vec<_>>(), symmetric);
    // They are there once more, and are sorted.
    let _held = hold_cells::<(usize, usize, f64)>(if symmetric { 3 * cells.len() } else { 0 });
    if symmetric {
        let mirrored: Vec<_> = cells.iter().map(|&(i, j, n)| (j, i, n)).collect();
        cells.extend(mirrored);
        cells = sum_equal(cells);
    }
    cells
}

/// Σ term(k)·p(k).
fn weighted(p: &[(f64, f64)], term: impl Fn(f64) -> f64) -> f64 {
    p.iter().map(|&(k, p)| term(k) * p).sum()
}

/// −Σ p(k)·log₂ p(k).
fn entropy(p: &[(f64, f64)]) -> f64 {
    p.iter().map(|&(_, p)| entropy_term(p)).sum()
}

fn difference_variance(m: &Glcm) -> f64 {
    let mean = m.difference(|k| k);
    m.difference(|k| (k - mean) * (k - mean))
}

fn sum_variance(m: &Glcm) -> f64 {
    let mean = m.sum(|k| k);
    m.sum(|k| (k - mean) * (k - mean))
}

/// For a level that is alone, IBSI leaves 0 / 0; PyRadiomics and MIRP take 1.
fn correlation(m: &Glcm) -> f64 {
    if m.is_flat() {
        return 1.0;
    }
    (m.product - m.mean_i * m.mean_j) / (m.variance_i * m.variance_j).sqrt()
}

/// HXY₁ = −Σ p_ij·log₂(p_i·p_j) is HX + HY.
fn information_correlation_1(m: &Glcm) -> f64 {
    let [hx, hy] = m.entropies;
    if m.is_flat() { 0.0 } else { (m.entropy - (hx + hy)) / hx.max(hy) }
}

/// HXY₂ = −Σ p_i·p_j·log₂(p_i·p_j) is HX + HY as well, and never below HXY but for rounding.
fn information_correlation_2(m: &Glcm) -> f64 {
    let [hx, hy] = m.entropies;
    (1.0 - exp(-2.0 * (hx + hy - m.entropy).max(0.0))).sqrt()
}

/// The matrix Q of the literature is M·Mᵀ for M = p_ij / √(p_i·p_j), so the square root of its
/// second largest eigenvalue is the second largest singular value of M.
///
/// The feature is PyRadiomics', and so are its edge values: ε keeps its sums from dividing by 0, and a
/// level that is alone in a direction only has no second eigenvalue but 0.
fn maximal_correlation_coefficient(m: &Glcm) -> f64 {
    if m.is_flat() {
        return if m.of_flat_region { 1.0 } else { 0.0 };
    }
    let _held = hold_cells::<(usize, usize, f64)>(m.cells.len());
    // Without the levels that do not occur.
    let places = m.marginals.each_ref().map(|p| {
        let mut places = vec![0; p.last().map_or(0, |&(level, _)| level as usize + 1)];
        for (place, &(level, _)) in p.iter().enumerate() {
            places[level as usize] = place;
        }
        places
    });
    let [p, q] = m.marginals.each_ref().map(|p| p.iter().map(|&(_, p)| p).collect::<Vec<f64>>());
    let cells = m.cells.iter().map(|&(i, j, p)| (places[0][i], places[1][j], p));
    let matrix = if m.folded { Deflated::symmetric(cells, &p) } else { Deflated::general(cells, &p, &q) };
    matrix.largest(m.isa.unwrap_or(Isa::Scalar))
}
