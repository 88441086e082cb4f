//! Neighbouring grey level dependence within a window.
//!
//! Pairs of neighbours are listed once for all windows; each whose levels are similar adds one to the
//! dependence of either place:
//!
//! ```text
//! levels      dependences for α = 0       counted: level, dependence, how often
//! 1 1 2       2 2 3                       1  2  twice
//! 3 2 2       1 3 3                       2  3  three times
//!                                         3  1  once
//! ```

use super::emphases::{self, Emphases, Summed, known, table};
use super::formulas::FastRow;
use super::groups::{Neighbours, Places};
use super::region::Region;
use super::window::Window;
use crate::families::ngldm;
use crate::settings::Settings;
use crate::texture::aggregation::Aggregation;
use crate::texture::neighbourhood::{ANY, neighbours};

/// The formulas of NGLDM over [`Summed`], by the places of their features in the family's table.
pub(super) static TABLE: &[FastRow<Summed>] = &table::<{ known(ngldm::TABLE) }>(ngldm::TABLE);

/// What computes features of NGLDM in one aggregation.
pub(super) struct Dependences {
    emphases: Emphases,
    groups: Vec<Neighbours>,
    alpha: u16,
}

/// What [`Dependences`] keeps from window to window.
#[derive(Default)]
pub(super) struct Buffers {
    emphases: emphases::Buffers,
    /// For each place of the window how many neighbours depend on it, itself included.
    dependences: Vec<u32>,
}

impl Dependences {
    /// The fast way for `features`, places in the family's table of which `table` knows all.
    pub fn new(
        table: &[FastRow<Summed>],
        features: &[usize],
        aggregation: Aggregation,
        settings: &Settings,
        region: &Region,
    ) -> Self {
        let places = Places { shape: region.window_shape() };
        let size = places.shape.iter().product();
        let most = 1 + neighbours(&settings.distances, true, ANY).len().min(size);
        Self {
            emphases: Emphases::new(table, features, region, most, size),
            groups: Neighbours::groups(&places, aggregation, &settings.distances),
            alpha: settings.ngldm_alpha.min(u32::from(u16::MAX)) as u16,
        }
    }

    /// Appends the values of the features to `out`.
    // By itself, so that the loops of one part do not take the registers of another's.
    #[inline(never)]
    pub fn compute(&self, window: &Window, buffers: &mut Buffers, out: &mut Vec<f64>) {
        let Window { levels, ranks, distinct, .. } = window;
        let Buffers { emphases, dependences } = buffers;
        self.emphases.begin(emphases, distinct.len());
        for group in &self.groups {
            find(levels, &group.pairs, self.alpha, dependences);
            let mut n_v = 0;
            for &place in &group.places {
                let place = usize::from(place);
                n_v += u64::from(ranks[place] > 0);
                self.emphases.count(emphases, ranks[place], dependences[place]);
            }
            self.emphases.add(emphases, distinct, Some(n_v));
        }
        self.emphases.finish(emphases, out);
    }
}

/// Finds the dependence of each place.
#[inline(always)]
fn find(levels: &[u16], pairs: &[[u16; 2]], alpha: u16, dependences: &mut Vec<u32>) {
    dependences.clear();
    dependences.resize(levels.len(), 1);
    for pair in pairs {
        let [a, b] = pair.map(usize::from);
        let inside = (levels[a] > 0) & (levels[b] > 0);
        let similar = u32::from(inside & (levels[a].abs_diff(levels[b]) <= alpha));
        dependences[a] += similar;
        dependences[b] += similar;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example at the head of the file: dependences of six places for α = 0.
    #[test]
    fn a_place_depends_on_neighbours_of_its_level() {
        let group = &Neighbours::groups(&Places { shape: [1, 2, 3] }, Aggregation::Volume3d, &[1])[0];
        let mut dependences = Vec::new();
        find(&[1, 1, 2, 3, 2, 2], &group.pairs, 0, &mut dependences);
        #[rustfmt::skip]
        assert_eq!(dependences, [
            2, 2, 3,
            1, 3, 3,
        ]);
    }
}
