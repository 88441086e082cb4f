//! Neighbourhood grey tone differences within a window.

use super::columns::Column;
use super::groups::{Neighbours, Places};
use super::region::Region;
use super::scratch::Scratch;
use super::tiles::Part;
use crate::settings::Settings;

/// The features, by their names in the catalogue, in the order of [`features`].
const FEATURES: [&str; 5] = ["coarseness", "contrast", "busyness", "complexity", "strength"];

/// Features of one aggregation.
pub(super) struct Tones {
    /// Which of [`FEATURES`] each column is.
    features: Vec<usize>,
    groups: Vec<Neighbours>,
    count_isolated: bool,
}

/// Buffers.
#[derive(Default)]
pub(super) struct Buffers {
    /// For each place the number of its neighbours and the sum of their levels.
    around: Vec<(u32, u32)>,
    /// For each level of the window, by rank, s_i and n_i.
    by_rank: Vec<(f64, u32)>,
    /// Level i, p_i, s_i and i·n_i of those that count.
    tones: Vec<(f64, f64, f64, u64)>,
}

impl Tones {
    /// For columns of one aggregation; nothing if a feature needs the general way.
    pub fn new(columns: &[&Column], settings: &Settings, region: &Region) -> Option<Self> {
        let places = Places { shape: region.window_shape() };
        let feature = |c: &&Column| FEATURES.iter().position(|name| *name == c.feature.name);
        Some(Self {
            features: columns.iter().map(feature).collect::<Option<_>>()?,
            groups: Neighbours::groups(&places, columns.first()?.aggregation, &settings.distances),
            count_isolated: settings.ngtdm_count_isolated,
        })
    }

    /// s_i and n_i of a group.
    #[inline(always)]
    fn count(&self, group: &Neighbours, levels: &[u16], ranks: &[u16], distinct: usize, work: &mut Buffers) {
        let Buffers { around, by_rank, .. } = work;
        around.clear();
        around.resize(levels.len(), (0, 0));
        for pair in &group.pairs {
            let [a, b] = pair.map(usize::from);
            let (level_a, level_b) = (u32::from(levels[a]), u32::from(levels[b]));
            around[a].0 += u32::from(level_b > 0);
            around[a].1 += level_b;
            around[b].0 += u32::from(level_a > 0);
            around[b].1 += level_a;
        }
        by_rank.clear();
        by_rank.resize(distinct, (0.0, 0));
        for &place in &group.places {
            let place = usize::from(place);
            let (n, sum) = around[place];
            if n > 0 || self.count_isolated {
                let tone = &mut by_rank[usize::from(ranks[place])];
                let difference = (u64::from(levels[place]) * u64::from(n)).abs_diff(u64::from(sum));
                tone.0 += difference as f64 / f64::from(n.max(1));
                tone.1 += 1;
            }
        }
    }
}

impl Part for Tones {
    fn compute(&self, scratch: &mut Scratch, out: &mut Vec<f64>) {
        let Scratch { levels, ranks, distinct, tones: work, .. } = scratch;
        let mut totals = [(0.0, 0u32); FEATURES.len()];
        for group in &self.groups {
            self.count(group, levels, ranks, distinct.len(), work);
            let Some(values) = features(work, distinct) else { continue };
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

/// The features of what was counted; nothing if that is no voxel.
fn features(work: &mut Buffers, distinct: &[u16]) -> Option<[f64; 5]> {
    let Buffers { by_rank, tones, .. } = work;
    let n: u64 = by_rank[1..].iter().map(|tone| u64::from(tone.1)).sum();
    if n == 0 {
        return None;
    }
    let n = n as f64;
    tones.clear();
    for (&level, &(s, count)) in distinct.iter().zip(by_rank.iter()).skip(1).filter(|(_, tone)| tone.1 > 0) {
        let weight = u64::from(level) * u64::from(count);
        tones.push((f64::from(level), f64::from(count) / n, s, weight));
    }
    let differences: f64 = tones.iter().map(|t| t.2).sum();
    let product: f64 = tones.iter().map(|t| t.1 * t.2).sum();
    let (mut contrasts, mut weights, mut complexities, mut strengths) = (0.0, 0, 0.0, 0.0);
    // A pair and its mirror image are equal, hence twice; i and i add nothing.
    for (a, &(i, p_i, s_i, weight_i)) in tones.iter().enumerate() {
        for &(j, p_j, s_j, weight_j) in &tones[..a] {
            let distance = (i - j).abs();
            contrasts += 2.0 * p_i * p_j * distance * distance;
            // In whole numbers, for the sum to be 0 when it should.
            weights += 2 * weight_i.abs_diff(weight_j);
            complexities += 2.0 * distance * (p_i * s_i + p_j * s_j) / (p_i + p_j);
            strengths += 2.0 * (p_i + p_j) * distance * distance;
        }
    }
    let levels = tones.len() as f64;
    let several = tones.len() > 1;
    Some([
        if product > 0.0 { 1.0 / product } else { 1e6 },
        if several { contrasts / (levels * (levels - 1.0)) * (differences / n) } else { 0.0 },
        if several { product / (weights as f64 / n) } else { 0.0 },
        complexities / n,
        if differences > 0.0 { strengths / differences } else { 0.0 },
    ])
}
