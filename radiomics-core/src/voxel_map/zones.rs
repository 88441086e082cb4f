//! Zones of equal level within a window.

use super::columns::Column;
use super::emphases::{Emphases, Totals};
use super::groups::{Neighbours, Places};
use super::region::Region;
use super::scratch::Scratch;
use super::tiles::Part;
use crate::catalogue::Family;

/// Features of one aggregation.
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

/// Buffers.
#[derive(Default)]
pub(super) struct Buffers {
    /// For each level of the window, by rank, the places that have it.
    holders: Vec<u64>,
    parents: Vec<u16>,
    sizes: Vec<u32>,
}

impl Zones {
    /// For columns of one aggregation; nothing if a feature needs the general way.
    pub fn new(family: &Family, columns: &[&Column], region: &Region) -> Option<Self> {
        let places = Places { shape: region.window_shape() };
        let size = places.shape.iter().product();
        let group = |neighbours: Neighbours| {
            let masks = (size <= u64::BITS as usize).then(|| masks(&neighbours, size));
            Group { neighbours, masks }
        };
        let groups = Neighbours::groups(&places, columns.first()?.aggregation, &[1]);
        Some(Self {
            emphases: Emphases::new(family, columns, region, size, size)?,
            groups: groups.into_iter().map(group).collect(),
        })
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

impl Part for Zones {
    fn compute(&self, scratch: &mut Scratch, out: &mut Vec<f64>) {
        let Scratch { ranks, distinct, emphases: buffers, zones: work, .. } = scratch;
        self.emphases.reserve(buffers, distinct.len());
        let mut totals = Totals::new();
        for group in &self.groups {
            let places = &group.neighbours.places;
            let count = |rank, size| self.emphases.count(buffers, rank, size);
            match &group.masks {
                Some(masks) => by_masks(work, ranks, distinct.len(), places, masks, count),
                None => by_union(work, ranks, places, &group.neighbours.pairs, count),
            }
            self.emphases.add(buffers, distinct, None, &mut totals);
        }
        self.emphases.finish(&totals, out);
    }
}

/// Calls `zone` with the rank and the size of each zone: a zone grows by the neighbours of its
/// places that have its level.
#[inline(always)]
fn by_masks(
    work: &mut Buffers,
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

/// The same by union-find, for windows of any size.
fn by_union(
    work: &mut Buffers,
    ranks: &[u16],
    places: &[u16],
    pairs: &[[u16; 2]],
    mut zone: impl FnMut(u16, u32),
) {
    let Buffers { parents, sizes, .. } = work;
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
    use crate::texture::aggregation::Aggregation;
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
                let (mut one, mut other) = (Vec::new(), Vec::new());
                let (places, masks) = (&group.places, masks(&group, ranks.len()));
                by_masks(&mut Buffers::default(), &ranks, 4, places, &masks, |r, n| one.push((r, n)));
                by_union(&mut Buffers::default(), &ranks, places, &group.pairs, |r, n| other.push((r, n)));
                one.sort_unstable();
                other.sort_unstable();
                prop_assert_eq!(one, other);
            }
        }
    }
}
