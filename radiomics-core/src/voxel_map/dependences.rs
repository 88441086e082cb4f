//! Neighbouring grey level dependence within a window.

use super::columns::Column;
use super::emphases::{Emphases, Totals};
use super::groups::{Neighbours, Places};
use super::region::Region;
use super::scratch::Scratch;
use super::tiles::Part;
use crate::catalogue::Family;
use crate::settings::Settings;
use crate::texture::neighbourhood::neighbours;

/// Features of one aggregation.
pub(super) struct Dependences {
    emphases: Emphases,
    groups: Vec<Neighbours>,
    alpha: u16,
}

impl Dependences {
    /// For columns of one aggregation; nothing if a feature needs the general way.
    pub fn new(family: &Family, columns: &[&Column], settings: &Settings, region: &Region) -> Option<Self> {
        let places = Places { shape: region.window_shape() };
        let size = places.shape.iter().product();
        let most = 1 + neighbours(&settings.distances, true).len().min(size);
        let groups = Neighbours::groups(&places, columns.first()?.aggregation, &settings.distances);
        Some(Self {
            emphases: Emphases::new(family, columns, region, most, size)?,
            groups,
            alpha: settings.ngldm_alpha.min(u32::from(u16::MAX)) as u16,
        })
    }
}

impl Part for Dependences {
    fn compute(&self, scratch: &mut Scratch, out: &mut Vec<f64>) {
        let Scratch { levels, ranks, distinct, emphases: buffers, dependences, .. } = scratch;
        self.emphases.reserve(buffers, distinct.len());
        let mut totals = Totals::new();
        for group in &self.groups {
            dependences.clear();
            dependences.resize(levels.len(), 1);
            for pair in &group.pairs {
                let [a, b] = pair.map(usize::from);
                let inside = (levels[a] > 0) & (levels[b] > 0);
                let similar = u32::from(inside & (levels[a].abs_diff(levels[b]) <= self.alpha));
                dependences[a] += similar;
                dependences[b] += similar;
            }
            let mut n_v = 0;
            for &place in &group.places {
                let place = usize::from(place);
                n_v += u64::from(ranks[place] > 0);
                self.emphases.count(buffers, ranks[place], dependences[place]);
            }
            self.emphases.add(buffers, distinct, Some(n_v), &mut totals);
        }
        self.emphases.finish(&totals, out);
    }
}
