//! Neighbourhood grey tone differences within a window.
//!
//! Pairs of neighbours are listed once for all windows. Going through them gives each place the number
//! of its neighbours and the sum of their levels, whatever lies outside adding 0, and with that how far
//! its level is from their mean:
//!
//! ```text
//! levels      neighbours: number, sum      difference from their mean
//! 1 2         3, 8   3, 7                  |1 − 8/3|  |2 − 7/3|       s_1 = 5/3  n_1 = 1
//! 2 4         3, 7   3, 5                  |2 − 7/3|  |4 − 5/3|       s_2 = 2/3  n_2 = 2
//!                                                                     s_4 = 7/3  n_4 = 1
//! ```

use super::formulas::{FastRow, Formulas, Totals};
use super::groups::{Neighbours, Places};
use super::region::Region;
use super::window::Window;
use crate::families::ngtdm;
use crate::feature::place;
use crate::settings::Settings;
use crate::texture::aggregation::Aggregation;

/// The formulas of NGTDM over [`Summed`], by the names of their features in the family's table.
pub(super) static TABLE: &[FastRow<Summed>] = &[
    row("coarseness", |m| if m.product > 0.0 { 1.0 / m.product } else { 1e6 }),
    row("contrast", |m| match m.is_flat() {
        false => m.contrasts / (m.levels * (m.levels - 1.0)) * (m.differences / m.n),
        true => 0.0,
    }),
    row("busyness", |m| if m.is_flat() { 0.0 } else { m.product / (m.weights as f64 / m.n) }),
    row("complexity", |m| m.complexities / m.n),
    row("strength", |m| if m.differences > 0.0 { m.strengths / m.differences } else { 0.0 }),
];

const fn row(name: &str, value: fn(&Summed) -> f64) -> FastRow<Summed> {
    FastRow { place: place(ngtdm::TABLE, name), value }
}

/// Sums over the levels i, or over all ordered pairs of levels i and j, of a group's places that count.
pub(super) struct Summed {
    /// Number of places that count.
    n: f64,
    /// Number of levels of the places that count.
    levels: f64,
    /// Σ s_i.
    differences: f64,
    /// Σ p_i·s_i.
    product: f64,
    /// Σ p_i·p_j·(i − j)².
    contrasts: f64,
    /// Σ |i·n_i − j·n_j|, a whole number, for it to be 0 when it should.
    weights: u64,
    /// Σ |i − j|·(p_i·s_i + p_j·s_j) / (p_i + p_j).
    complexities: f64,
    /// Σ (p_i + p_j)·(i − j)².
    strengths: f64,
}

/// What computes features of NGTDM in one aggregation.
pub(super) struct Tones {
    formulas: Formulas<Summed>,
    groups: Vec<Neighbours>,
    count_isolated: bool,
}

/// What [`Tones`] keeps from window to window.
#[derive(Default)]
pub(super) struct Buffers {
    totals: Totals,
    /// For each place of the window the number of its neighbours and the sum of their levels.
    around: Vec<(u32, u32)>,
    /// For each level of the window, by rank, s_i and n_i.
    by_rank: Vec<(f64, u32)>,
    /// Level i, p_i, s_i and i·n_i of the levels of places that count.
    tones: Vec<(f64, f64, f64, u64)>,
}

impl Tones {
    /// The fast way for `features`, places in the family's table of which `table` knows all.
    pub fn new(
        table: &[FastRow<Summed>],
        features: &[usize],
        aggregation: Aggregation,
        settings: &Settings,
        region: &Region,
    ) -> Self {
        let places = Places { shape: region.window_shape() };
        Self {
            formulas: Formulas::new(table, features),
            groups: Neighbours::groups(&places, aggregation, &settings.distances),
            count_isolated: settings.ngtdm_count_isolated,
        }
    }

    /// Appends the values of the features to `out`.
    // By itself, so that the loops of one part do not take the registers of another's.
    #[inline(never)]
    pub fn compute(&self, window: &Window, buffers: &mut Buffers, out: &mut Vec<f64>) {
        self.formulas.begin(&mut buffers.totals);
        for group in &self.groups {
            count(group, self.count_isolated, window, buffers);
            if let Some(summed) = Summed::new(&window.distinct, buffers) {
                self.formulas.add(&summed, &mut buffers.totals);
            }
        }
        buffers.totals.append_means(out);
    }
}

/// Finds s_i and n_i of a group.
#[inline(always)]
fn count(group: &Neighbours, count_isolated: bool, window: &Window, buffers: &mut Buffers) {
    let Window { levels, ranks, distinct, .. } = window;
    let Buffers { around, by_rank, .. } = buffers;
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
    by_rank.resize(distinct.len(), (0.0, 0));
    for &place in &group.places {
        let place = usize::from(place);
        let (n, sum) = around[place];
        if n > 0 || count_isolated {
            let tone = &mut by_rank[usize::from(ranks[place])];
            let difference = (u64::from(levels[place]) * u64::from(n)).abs_diff(u64::from(sum));
            tone.0 += difference as f64 / f64::from(n.max(1));
            tone.1 += 1;
        }
    }
}

impl Summed {
    /// Sums up what was counted; `None` if no place counts.
    #[inline(always)]
    fn new(distinct: &[u16], buffers: &mut Buffers) -> Option<Self> {
        let Buffers { by_rank, tones, .. } = buffers;
        let n: u64 = by_rank[1..].iter().map(|tone| u64::from(tone.1)).sum();
        if n == 0 {
            return None;
        }
        let n = n as f64;
        tones.clear();
        for (&level, &(s, count)) in
            distinct.iter().zip(by_rank.iter()).skip(1).filter(|(_, tone)| tone.1 > 0)
        {
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
                weights += 2 * weight_i.abs_diff(weight_j);
                complexities += 2.0 * distance * (p_i * s_i + p_j * s_j) / (p_i + p_j);
                strengths += 2.0 * (p_i + p_j) * distance * distance;
            }
        }
        let levels = tones.len() as f64;
        Some(Self { n, levels, differences, product, contrasts, weights, complexities, strengths })
    }

    /// Whether the places that count have a single level.
    fn is_flat(&self) -> bool {
        self.levels < 2.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example at the head of the file: four places, each a neighbour of the others.
    #[test]
    fn four_places_that_are_neighbours_of_each_other() {
        #[rustfmt::skip]
        let window = Window::drawn(&[
            1, 2,
            2, 4,
        ]);
        let group = &Neighbours::groups(&Places { shape: [1, 2, 2] }, Aggregation::Volume3d, &[1])[0];
        let mut buffers = Buffers::default();
        count(group, false, &window, &mut buffers);
        assert_eq!(buffers.around, [(3, 8), (3, 7), (3, 7), (3, 5)]);
        assert_eq!(buffers.by_rank, [(0.0, 0), (5.0 / 3.0, 1), (1.0 / 3.0 + 1.0 / 3.0, 2), (7.0 / 3.0, 1)]);
        let summed = Summed::new(&window.distinct, &mut buffers).unwrap();
        assert_eq!([summed.n, summed.levels], [4.0, 3.0]);
        // i·n_i is 1, 4 and 4.
        assert_eq!(summed.weights, 2 * (3 + 3));
    }
}
