use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;

/// The neighbours (y, x) of a slice that a scan has passed, corners included.
const PASSED: [[isize; 2]; 4] = [[-1, 0], [-1, -1], [0, -1], [-1, 1]];

/// A slice of levels, row after row, with a voxel of 0 on every side.
struct Slice {
    levels: Vec<u8>,
    pitch: usize,
}

impl Slice {
    fn new(rows: &[Vec<u8>]) -> Self {
        let pitch = rows[0].len() + 2;
        let mut levels = vec![0; pitch];
        rows.iter().for_each(|row| levels.extend([&[0][..], &row[..], &[0]].concat()));
        levels.extend(vec![0; pitch]);
        Self { levels, pitch }
    }

    fn steps(&self) -> [isize; 4] {
        PASSED.map(|[y, x]| y * self.pitch as isize + x)
    }

    /// The set of neighbours of the same level that a scan has passed, by its definition.
    fn equal(&self, at: usize) -> u16 {
        let level = self.levels[at];
        let same = |step: isize| level > 0 && self.levels[at.wrapping_add_signed(step)] == level;
        self.steps().iter().enumerate().map(|(n, &step)| u16::from(same(step)) << n).sum()
    }

    /// Labels all rows, in strips of some voxels that go on over the ends of rows.
    fn label(&self, strip: usize, distances: &[u8]) -> (Vec<u32>, Vec<Part>) {
        let touches = |a: [isize; 2], b: [isize; 2]| (0..2).all(|axis| (a[axis] - b[axis]).abs() <= 1);
        let represented = PASSED.map(|a| {
            let touched = PASSED.iter().enumerate().map(|(n, &b)| u16::from(touches(a, b)) << n);
            touched.sum::<u16>()
        });
        let ways = Ways::new(self.steps().into_iter(), &represented);
        let mut labels = Labels::new(self.levels.len());
        let inner = self.pitch + 1..self.levels.len() - self.pitch;
        for start in inner.clone().step_by(strip) {
            let range = start..inner.end.min(start + strip);
            let equal: Vec<u16> = range.clone().map(|at| self.equal(at)).collect();
            let distances = if distances.is_empty() { &[] } else { &distances[range.clone()] };
            labels.label(&self.levels[range], &equal, distances, &ways, start);
        }
        (labels.of_voxels().to_vec(), labels.into_parts())
    }

    /// The zones by their definition: for each voxel the first one of its zone, which is filled from there.
    fn plain(&self) -> Vec<Option<usize>> {
        let mut first_of = vec![None; self.levels.len()];
        for first in 0..self.levels.len() {
            let mut open = vec![first];
            while let Some(at) = open.pop() {
                if self.levels[at] > 0 && self.levels[at] == self.levels[first] && first_of[at].is_none() {
                    first_of[at] = Some(first);
                    let both_ways = self.steps().into_iter().flat_map(|step| [step, -step]);
                    open.extend(both_ways.map(|step| at.wrapping_add_signed(step)));
                }
            }
        }
        first_of
    }
}

proptest! {
    #[test]
    fn labels_are_the_zones_of_the_definition(
        (width, values) in (1usize..14, 1usize..9).prop_flat_map(|(width, rows)| {
            (Just(width), prop::collection::vec((0u8..4, 0u8..250), width * rows))
        }),
        strip in prop_oneof![Just(1), 2usize..20, Just(STRIP)],
        with_distances: bool,
    ) {
        let rows: Vec<Vec<u8>> =
            values.chunks(width).map(|row| row.iter().map(|&(level, _)| level).collect()).collect();
        let slice = Slice::new(&rows);
        let mut distances = vec![0; if with_distances { slice.levels.len() } else { 0 }];
        distances.iter_mut().zip(values.iter().cycle()).for_each(|(to, &(_, distance))| *to = distance);
        let (labels, mut parts) = slice.label(strip, &distances);
        // Of each zone its first label, level, number of voxels and least distance, by the definition ...
        let mut zones: BTreeMap<usize, (u32, u32, u32, u32)> = BTreeMap::new();
        for (at, first) in slice.plain().into_iter().enumerate() {
            let Some(first) = first else { continue };
            let label = first_label(&mut parts, labels[at]);
            let zone = zones.entry(first).or_insert((label, slice.levels[at].into(), 0, u32::MAX));
            prop_assert_eq!(zone.0, label, "labels of one zone lead to one");
            let distance = distances.get(at).map_or(u32::MAX, |&d| d.into());
            (zone.2, zone.3) = (zone.2 + 1, zone.3.min(distance));
        }
        // ... and by labels.
        let mut by_label: BTreeMap<u32, (u32, u32, u32, u32)> = BTreeMap::new();
        for label in 0..parts.len() as u32 {
            let first = first_label(&mut parts, label);
            let part = parts[label as usize];
            let zone = by_label.entry(first).or_insert((first, part.level, 0, u32::MAX));
            (zone.2, zone.3) = (zone.2 + part.size, zone.3.min(part.distance));
        }
        prop_assert!(zones.into_values().collect::<BTreeSet<_>>().into_iter().eq(by_label.into_values()));
    }
}

#[test]
fn the_slice_that_is_drawn_above() {
    #[rustfmt::skip]
    let slice = Slice::new(&[
        vec![2, 0, 2, 0],
        vec![2, 2, 2, 1],
        vec![0, 0, 1, 1],
    ]);
    let (labels, parts) = slice.label(STRIP, &[]);
    let row = |y: usize| &labels[(y + 1) * slice.pitch + 1..][..4];
    #[rustfmt::skip]
    assert_eq!([row(0), row(1), row(2)], [
        [0, 0, 1, 0],
        [0, 0, 1, 2],
        [0, 0, 2, 2],
    ]);
    let of_labels: Vec<_> = parts.iter().map(|part| (part.parent, part.size, part.level)).collect();
    assert_eq!(of_labels, [(0, 3, 2), (0, 2, 2), (2, 3, 1)]);
}

#[test]
#[should_panic(expected = "of neighbours -3 to 0 further, of 9 that are kept")]
fn a_neighbour_whose_label_is_not_kept_is_a_mistake() {
    let ways = Ways::new([-3].into_iter(), &[1]);
    Labels::new(9).label::<u8, u8>(&[1], &[0], &[], &ways, 2);
}

#[test]
#[should_panic(expected = "a strip of 513 voxels")]
fn a_strip_that_is_too_long_is_a_mistake() {
    let (levels, equal) = ([0u8; STRIP + 1], [0; STRIP + 1]);
    Labels::new(1000).label::<u8, u8>(&levels, &equal, &[], &Ways::new([].into_iter(), &[]), 0);
}
