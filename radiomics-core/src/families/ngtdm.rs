//! Neighbourhood grey tone differences (IBSI 1, IPET): how far voxels of level i are from the
//! mean of their neighbours. Undefined if no voxel has a neighbour.

use std::collections::BTreeMap;

use crate::families::family::{Compute, Family, Maps};
use crate::families::job::{Job, Value, features};
use crate::families::shared::texture;
use crate::feature::{Row, row};
use crate::kernels::Isa;
use crate::kernels::counters::Counters;
use crate::kernels::neighbours::{BLOCK, STRIP, sum_neighbours};
use crate::kernels::padded::{Level, Padded};
use crate::kernels::{neighbours as kernel, occupied::occupied};
use crate::region::levels::{Levels, with_levels};
use crate::runtime::slab_thickness;
use crate::settings::Settings;
use crate::texture::aggregation::{Scope, Span};
use crate::texture::matrix::Cell;
use crate::texture::neighbourhood::{ANY, neighbours};
use crate::work;
use crate::work::loops;

pub(crate) const FAMILY: Family = Family {
    name: "ngtdm",
    ibsi_id: "IPET",
    pyradiomics: Some("ngtdm"),
    scope: Scope::Omnidirectional,
    features: || features(TABLE),
    compute: Compute::Levels(compute),
    matrix: Some(cells),
    steps: 2,
    maps: Maps::Tones,
};

#[rustfmt::skip]
pub(crate) static TABLE: &[Row<Ngtdm>] = &[
    row("coarseness", "QCDE", "Coarseness", "1 / Σ p_i·s_i; 10⁶ if the sum is 0; undefined if no voxel has a neighbour", |m| if m.product > 0.0 { 1.0 / m.product } else { 1e6 }),
    row("contrast", "65HE", "Contrast", "Σ p_i·p_j·(i − j)² / (Ngp·(Ngp − 1)) · Σ s_i / N; 0 if a level is alone; undefined if no voxel has a neighbour", contrast),
    row("busyness", "NQ30", "Busyness", "Σ p_i·s_i / Σ |i·p_i − j·p_j|; 0 if a level is alone; undefined if all i·p_i are equal or no voxel has a neighbour", busyness),
    row("complexity", "HDEZ", "Complexity", "Σ |i − j|·(p_i·s_i + p_j·s_j) / (p_i + p_j) / N; undefined if no voxel has a neighbour", |m| m.complexities / m.n),
    row("strength", "1X9X", "Strength", "Σ (p_i + p_j)·(i − j)² / Σ s_i; 0 if all s_i are 0; undefined if no voxel has a neighbour", |m| over(m.strengths, m.differences)),
];

/// What the formulas of NGTDM read: sums over levels i, or over all ordered pairs of levels i and j, that
/// occur; voxels without a neighbour are left out.
#[derive(Debug, Default)]
pub(crate) struct Ngtdm {
    /// Number of voxels that have neighbours.
    n: f64,
    /// Ngp, the number of levels that occur.
    n_gp: f64,
    /// Σ s_i.
    differences: f64,
    /// Σ p_i·s_i.
    product: f64,
    /// Σ p_i·p_j·(i − j)².
    contrasts: f64,
    /// Σ |i·p_i − j·p_j|.
    weight_differences: f64,
    /// Σ |i − j|·(p_i·s_i + p_j·s_j) / (p_i + p_j).
    complexities: f64,
    /// Σ (p_i + p_j)·(i − j)².
    strengths: f64,
}

/// How far the voxels of one level and number of neighbours are from the mean of their neighbours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Difference {
    pub level: u16,
    pub neighbours: u32,
    pub voxels: u64,
    /// Σ |level·neighbours − sum of the neighbours' levels|, whole numbers, so that the order
    /// of voxels does not matter.
    pub scaled: u64,
}

/// The rows of an NGTDM: level i, the sum of differences s_i and the number of voxels n_i.
pub(crate) type Tones = Vec<(u16, f64, u64)>;

/// The grey tone difference matrix of a span as cells.
fn cells(job: &Job, levels: &Levels, span: Span) -> Vec<(Option<[i32; 3]>, Vec<Cell>)> {
    let differences = matrix(job.isa, levels, job.settings, span);
    let tones = tones(&[&differences], job.settings.ngtdm_count_isolated);
    let cell = |(level, s, n): (u16, f64, u64)| Cell { level, column: n, value: s };
    vec![(None, tones.into_iter().map(cell).collect())]
}

fn compute(job: &Job, levels: &Levels) -> Vec<Value> {
    let count = |span, _| matrix(job.isa, levels, job.settings, span);
    let summarise =
        |matrices: &[&Vec<Difference>]| Ngtdm::new(&tones(matrices, job.settings.ngtdm_count_isolated));
    texture::values(job, FAMILY.scope, TABLE, [1, 1], levels.shape()[0], count, summarise)
}

/// Differences of the voxels of a span, by level and number of neighbours.
pub(crate) fn matrix(isa: Isa, levels: &Levels, settings: &Settings, span: Span) -> Vec<Difference> {
    let all_nearest = 1 + neighbours(&[1], span == Span::Volume, ANY).len();
    let nearest = settings.distances == [1] && (levels.n_g + 1) * all_nearest <= Counters::MAX;
    with_levels!(levels, v => match nearest {
        true => of_nearest(isa, v, levels.n_g, span, all_nearest),
        false => {
            let offsets = neighbours(&settings.distances, span == Span::Volume, v.shape);
            differences(isa, v, levels.n_g, span, &offsets)
        }
    })
}

/// Voxels after which [`Packed`] sums are unpacked, so that neither part overflows.
const UNPACK_AFTER: usize = 1 << 23;

/// A number of voxels above the lowest 40 bits, and the sum of their scaled differences, each below 2¹⁶,
/// in these.
type Packed = u64;

/// The differences of [`matrix`] from neighbours at distance 1, of which there are `width` − 1.
fn of_nearest<T: Level>(
    isa: Isa,
    levels: &Padded<T>,
    n_g: usize,
    span: Span,
    width: usize,
) -> Vec<Difference> {
    let slices = if span == Span::Volume { -1..=1 } else { 0..=0 };
    let rows: Vec<isize> =
        slices.flat_map(|z| (-1..=1).map(move |y| [z, y, 0])).map(|offset| levels.step(offset)).collect();
    let slices: Vec<usize> = span.slices(levels.shape[0]).collect();
    let add = |mut sums: Vec<Total>, others: Vec<Total>| {
        assert_eq!(sums.len(), others.len(), "totals by level and number of neighbours");
        let all = sums.iter_mut().zip(others);
        all.for_each(|(sum, other)| *sum = (sum.0 + other.0, sum.1 + other.1));
        sums
    };
    let slabs = slices.chunks(slab_thickness(slices.len()));
    let totals = loops::merged(slabs, |slices| totals(isa, levels, slices, &rows, n_g, width), add);
    let totals = totals.expect("a span of some slices");
    let counted = totals.into_iter().enumerate().skip(width).filter(|(_, total)| total.0 > 0);
    let difference = |(at, (voxels, scaled)): (usize, Total)| Difference {
        level: (at / width) as u16,
        neighbours: (at % width) as u32,
        voxels,
        scaled,
    };
    counted.map(difference).collect()
}

/// Number of voxels and sum of their scaled differences.
type Total = (u64, u64);

/// The totals of some slices, in a table of levels and numbers of neighbours.
fn totals<T: Level>(
    isa: Isa,
    levels: &Padded<T>,
    slices: &[usize],
    rows: &[isize],
    n_g: usize,
    width: usize,
) -> Vec<Total> {
    let size = (n_g + 1) * width;
    let mut totals: Vec<Total> = vec![(0, 0); size];
    // In turn, so that flat regions need not wait for the sum they have just written.
    let mut packed: [Vec<Packed>; 2] = [vec![0; size], vec![0; size]];
    let unpack = |packed: &mut [Vec<Packed>; 2], totals: &mut [Total]| {
        for sums in packed {
            for (total, sum) in totals.iter_mut().zip(sums) {
                *total = (total.0 + (*sum >> 40), total.1 + (*sum & ((1 << 40) - 1)));
                *sum = 0;
            }
        }
    };
    let (mut places, mut scaled) = ([0u16; STRIP], [0u16; STRIP]);
    let mut unpacked = 0;
    for &k in slices {
        for range in occupied(isa, levels, k) {
            for start in range.clone().step_by(STRIP) {
                let n = STRIP.min(range.end - start);
                let (places, scaled) = (&mut places[..n], &mut scaled[..n]);
                kernel::differences(isa, &levels.data, start, rows, width as u16, places, scaled);
                let [even, odd] = &mut packed;
                let blocks = places.chunks(BLOCK).zip(scaled.chunks(BLOCK));
                for (here, (places, scaled)) in levels.data[start..start + n].chunks(BLOCK).zip(blocks) {
                    if here.iter().all(|&level| level == T::default()) {
                        continue;
                    }
                    let both = places.chunks(2).zip(scaled.chunks(2));
                    for (places, scaled) in both {
                        even[usize::from(places[0])] += 1 << 40 | u64::from(scaled[0]);
                        if let (Some(&place), Some(&scaled)) = (places.get(1), scaled.get(1)) {
                            odd[usize::from(place)] += 1 << 40 | u64::from(scaled);
                        }
                    }
                }
                unpacked += n;
                if unpacked > UNPACK_AFTER {
                    unpack(&mut packed, &mut totals);
                    unpacked = 0;
                }
            }
        }
    }
    unpack(&mut packed, &mut totals);
    totals
}

/// Differences are kept in a table by level and number of neighbours up to this many entries, and in a
/// map past that.
const MAX_ENTRIES: usize = 1 << 18;

fn differences<T: Level>(
    isa: Isa,
    levels: &Padded<T>,
    n_g: usize,
    span: Span,
    offsets: &[[i32; 3]],
) -> Vec<Difference> {
    let width = offsets.len() + 1;
    let as_difference = |(level, n): (usize, usize), (voxels, scaled): (u64, u64)| Difference {
        level: level as u16,
        neighbours: n as u32,
        voxels,
        scaled,
    };
    if (n_g + 1).saturating_mul(width) <= MAX_ENTRIES {
        let mut table = vec![(0u64, 0u64); (n_g + 1) * width];
        each_voxel(isa, levels, n_g, span, offsets, |level, n, scaled| {
            let entry = &mut table[level * width + n as usize];
            entry.0 += 1;
            entry.1 += scaled;
        });
        let entries = table.into_iter().enumerate().skip(width).filter(|(_, entry)| entry.0 > 0);
        entries.map(|(at, entry)| as_difference((at / width, at % width), entry)).collect()
    } else {
        let mut map = BTreeMap::new();
        each_voxel(isa, levels, n_g, span, offsets, |level, n, scaled| {
            let entry = map.entry((level, n as usize)).or_insert((0, 0));
            entry.0 += 1;
            entry.1 += scaled;
        });
        map.into_iter().filter(|(key, _)| key.0 > 0).map(|(key, entry)| as_difference(key, entry)).collect()
    }
}

/// Calls `add` with level, number of neighbours and scaled difference of each voxel of the
/// box, those outside of the region (level 0) included.
#[inline(always)]
fn each_voxel<T: Level>(
    isa: Isa,
    levels: &Padded<T>,
    n_g: usize,
    span: Span,
    offsets: &[[i32; 3]],
    mut add: impl FnMut(usize, u64, u64),
) {
    let steps: Vec<isize> = offsets.iter().map(|&o| levels.step(o)).collect();
    // So many neighbours' levels can be added in 16 bits.
    let part = usize::from(u16::MAX) / n_g.max(1);
    let [nz, ny, nx] = levels.shape;
    let (mut numbers, mut sums) = (vec![0u16; nx], vec![0u16; nx]);
    let mut totals = vec![(0u64, 0u64); nx];
    for (k, j) in span.slices(nz).flat_map(|k| (0..ny).map(move |j| (k, j))) {
        totals.fill((0, 0));
        for steps in steps.chunks(part.max(1)) {
            sum_neighbours(isa, &levels.data, levels.at([k, j, 0]), steps, &mut numbers, &mut sums);
            for (total, (&number, &sum)) in totals.iter_mut().zip(numbers.iter().zip(&sums)) {
                *total = (total.0 + u64::from(number), total.1 + u64::from(sum));
            }
        }
        for (level, &(n, sum)) in levels.row(k, j).iter().zip(&totals) {
            add(level.index(), n, (level.index() as u64 * n).abs_diff(sum));
        }
    }
}

/// The sum of matrices. Voxels that have no neighbour differ by 0, if they count at all.
pub(crate) fn tones(matrices: &[&Vec<Difference>], count_isolated: bool) -> Tones {
    let mut all: Vec<Difference> = matrices
        .iter()
        .flat_map(|m| m.iter())
        .filter(|d| count_isolated || d.neighbours > 0)
        .copied()
        .collect();
    all.sort_unstable_by_key(|d| (d.level, d.neighbours));
    let tone = |of_level: &[Difference]| {
        let s = of_level
            .chunk_by(|a, b| a.neighbours == b.neighbours)
            .map(|equal| {
                equal.iter().map(|d| d.scaled).sum::<u64>() as f64 / f64::from(equal[0].neighbours.max(1))
            })
            .sum();
        (of_level[0].level, s, of_level.iter().map(|d| d.voxels).sum())
    };
    all.chunk_by(|a, b| a.level == b.level).map(tone).collect()
}

impl Ngtdm {
    /// What the formulas read of a matrix; `None` if no voxel has a neighbour.
    fn new(tones: &Tones) -> Option<Self> {
        let n: u64 = tones.iter().map(|t| t.2).sum();
        if n == 0 {
            return None;
        }
        let mut m = Self { n: n as f64, n_gp: tones.len() as f64, ..Self::default() };
        let p = |count: u64| count as f64 / n as f64;
        let shares: Vec<f64> = tones.iter().map(|t| p(t.2)).collect();
        for (a, &(i, s_i, n_i)) in tones.iter().enumerate() {
            work::check();
            m.differences += s_i;
            let p_i = shares[a];
            m.product += p_i * s_i;
            // A pair and its mirror image are equal, hence twice; i and i add nothing.
            for (&(j, s_j, n_j), &p_j) in tones[..a].iter().zip(&shares) {
                // In whole numbers, for the sum to be 0 when it should.
                let weights = (u64::from(i) * n_i).abs_diff(u64::from(j) * n_j);
                let distance = f64::from(i - j);
                m.contrasts += 2.0 * p_i * p_j * distance * distance;
                m.weight_differences += 2.0 * p(weights);
                m.complexities += 2.0 * distance * (p_i * s_i + p_j * s_j) / (p_i + p_j);
                m.strengths += 2.0 * (p_i + p_j) * distance * distance;
            }
        }
        Some(m)
    }
}

/// The quotient a / b, and 0 where that is undefined and IBSI says 0.
fn over(a: f64, b: f64) -> f64 {
    if b > 0.0 { a / b } else { 0.0 }
}

fn busyness(m: &Ngtdm) -> f64 {
    if m.n_gp > 1.0 { m.product / m.weight_differences } else { 0.0 }
}

fn contrast(m: &Ngtdm) -> f64 {
    over(m.contrasts, m.n_gp * (m.n_gp - 1.0)) * (m.differences / m.n)
}

#[cfg(test)]
#[path = "ngtdm_tests.rs"]
mod tests;
