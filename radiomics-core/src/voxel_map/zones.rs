//! Zones of equal level within a window.
//!
//! A window of at most 64 places is worked on as masks, in which a place is a bit: one mask a level says
//! where it is, one a place who its neighbours are. A zone begins with the first place of a level, and
//! each place on its border takes in those of its neighbours that have the level and are left:
//!
//! ```text
//! levels      places      level 1: 0 1 4     zone of 0: takes in 1 and 4, and nothing is left
//! 1 1 2       0 1 2       level 2: 2 3 5     zone of 2: takes in 5
//! 2 1 2       3 4 5                          zone of 3: its neighbours 0, 1 and 4 are of level 1
//! ```
//!
//! Larger windows join the places of equal neighbours, pair by pair (union-find).

use super::emphases::{self, Emphases, Summed, known, table};
use super::formulas::FastRow;
use super::groups::{Neighbours, Places};
use super::region::Region;
use super::window::Window;
use crate::families::glszm;
use crate::texture::aggregation::Aggregation;

/// The formulas of GLSZM over [`Summed`], by the places of their features in the family's table.
pub(super) static TABLE: &[FastRow<Summed>] = &table::<{ known(glszm::TABLE) }>(glszm::TABLE);

/// What computes features of GLSZM in one aggregation.
pub(super) struct Zones {
    emphases: Emphases,
    groups: Vec<Group>,
}

struct Group {
    neighbours: Neighbours,
    /// For each place of the window a bit for each of its neighbours, if the window has no more
    /// places than a mask has bits.
    masks: Option<Vec<u64>>,
}

/// What [`Zones`] keeps from window to window.
#[derive(Default)]
pub(super) struct Buffers {
    emphases: emphases::Buffers,
    work: Work,
}

/// What finding zones needs room for.
#[derive(Default)]
struct Work {
    /// For each level of the window, by rank, the places that have it.
    holders: Vec<u64>,
    parents: Vec<u16>,
    sizes: Vec<u32>,
}

impl Zones {
    /// The fast way for `features`, places in the family's table of which `table` knows all.
    pub fn new(
        table: &[FastRow<Summed>],
        features: &[usize],
        aggregation: Aggregation,
        region: &Region,
    ) -> Self {
        let places = Places { shape: region.window_shape() };
        let size = places.shape.iter().product();
        let group = |neighbours: Neighbours| {
            let masks = (size <= u64::BITS as usize).then(|| masks(&neighbours, size));
            Group { neighbours, masks }
        };
        let groups = Neighbours::groups(&places, aggregation, &[1]);
        Self {
            emphases: Emphases::new(table, features, region, size, size),
            groups: groups.into_iter().map(group).collect(),
        }
    }

    /// Appends the values of the features to `out`.
    // By itself, so that the loops of one part do not take the registers of another's.
    #[inline(never)]
    pub fn compute(&self, window: &Window, buffers: &mut Buffers, out: &mut Vec<f64>) {
        let Window { ranks, distinct, .. } = window;
        let Buffers { emphases, work } = buffers;
        self.emphases.begin(emphases, distinct.len());
        for group in &self.groups {
            let places = &group.neighbours.places;
            let count = |rank, size| self.emphases.count(emphases, rank, size);
            match &group.masks {
                Some(masks) => by_masks(work, ranks, distinct.len(), places, masks, count),
                None => by_union(work, ranks, places, &group.neighbours.pairs, count),
            }
            self.emphases.add(emphases, distinct, None);
        }
        self.emphases.finish(emphases, out);
    }
}

fn masks(neighbours: &Neighbours, size: usize) -> Vec<u64> {
    let mut masks = vec![0; size];
    for &[a, b] in &neighbours.pairs {
        masks[usize::from(a)] |= 1 << b;
        masks[usize::from(b)] |= 1 << a;
    }
    masks
}

/// Calls `zone` with the rank and the size of each zone, found by masks in windows of at most 64 places:
/// a zone grows by the neighbours of its places that have its level.
#[inline(always)]
fn by_masks(
    work: &mut Work,
    ranks: &[u16],
    levels: usize,
    places: &[u16],
    masks: &[u64],
    mut zone: impl FnMut(u16, u32),
) {
    let holders = &mut work.holders;
    holders.clear();
    holders.resize(levels, 0);
    for &place in places {
        holders[usize::from(ranks[usize::from(place)])] |= 1 << place;
    }
    for (rank, &holders) in holders.iter().enumerate().skip(1) {
        let mut rest = holders;
        while rest != 0 {
            let mut border = rest & rest.wrapping_neg();
            rest ^= border;
            let mut size = 0;
            while border != 0 {
                let place = border.trailing_zeros() as usize;
                border &= border - 1;
                size += 1;
                let grown = masks[place] & rest;
                rest ^= grown;
                border |= grown;
            }
            zone(rank as u16, size);
        }
    }
}

/// Calls `zone` with the rank and the size of each zone, found by union-find in windows of any size.
fn by_union(
    work: &mut Work,
    ranks: &[u16],
    places: &[u16],
    pairs: &[[u16; 2]],
    mut zone: impl FnMut(u16, u32),
) {
    let Work { parents, sizes, .. } = work;
    parents.clear();
    parents.extend((0..ranks.len()).map(|place| place as u16));
    sizes.clear();
    sizes.resize(ranks.len(), 0);
    for &[a, b] in pairs {
        let rank = ranks[usize::from(a)];
        if rank > 0 && rank == ranks[usize::from(b)] {
            let (a, b) = (root(parents, a), root(parents, b));
            parents[usize::from(a.max(b))] = a.min(b);
        }
    }
    for &place in places {
        sizes[usize::from(root(parents, place))] += 1;
    }
    for &place in places {
        let (rank, size) = (ranks[usize::from(place)], sizes[usize::from(place)]);
        if rank > 0 && size > 0 {
            zone(rank, size);
        }
    }
}

fn root(parents: &mut [u16], mut place: u16) -> u16 {
    while parents[usize::from(place)] != place {
        let parent = parents[usize::from(place)];
        parents[usize::from(place)] = parents[usize::from(parent)];
        place = parents[usize::from(place)];
    }
    place
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn masks_and_union_find_the_same_zones(
            (shape, ranks) in prop_oneof![Just([3usize, 3, 3]), Just([1, 5, 5])].prop_flat_map(|shape| {
                (Just(shape), proptest::collection::vec(0u16..4, shape.iter().product::<usize>()))
            }),
            planar: bool,
        ) {
            let aggregation = if planar { Aggregation::Averaged2d } else { Aggregation::Volume3d };
            for group in Neighbours::groups(&Places { shape }, aggregation, &[1]) {
                let (mut masked, mut united) = (Vec::new(), Vec::new());
                let (places, masks) = (&group.places, masks(&group, ranks.len()));
                by_masks(&mut Work::default(), &ranks, 4, places, &masks, |r, n| masked.push((r, n)));
                by_union(&mut Work::default(), &ranks, places, &group.pairs, |r, n| united.push((r, n)));
                masked.sort_unstable();
                united.sort_unstable();
                prop_assert_eq!(masked, united);
            }
        }
    }
    /// The example at the head of the file: zones of two levels in six places.
    #[test]
    fn a_zone_takes_in_neighbours_of_its_level() {
        let group = &Neighbours::groups(&Places { shape: [1, 2, 3] }, Aggregation::Volume3d, &[1])[0];
        #[rustfmt::skip]
        let ranks = [
            1, 1, 2,
            2, 1, 2,
        ];
        let mut zones = Vec::new();
        let masks = masks(group, ranks.len());
        by_masks(&mut Work::default(), &ranks, 3, &group.places, &masks, |rank, size| {
            zones.push((rank, size))
        });
        assert_eq!(zones, [(1, 3), (2, 2), (2, 1)]);
    }
}
