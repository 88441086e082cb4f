//! Labelling voxels: one by one, with as little as can be for each.

use super::distances::Distance;
use crate::kernels::padded::Level;

/// Voxels that are looked at together.
pub const STRIP: usize = 512;

/// Entries of tables by neighbour: more than a set of neighbours has bits, and a power of 2.
const ENTRIES: usize = 32;

/// The place after the last neighbour, which an empty set of neighbours points at.
const NONE: u32 = 1 << u16::BITS;

/// From a voxel to its neighbours that come before it.
#[derive(Clone, Debug)]
pub struct Ways {
    /// To their labels; 0 where there is no neighbour.
    steps: [isize; ENTRIES],
    /// For each the set of neighbours that need not be looked at if its label is known.
    represented: [u32; ENTRIES],
}

impl Ways {
    /// For up to 16 neighbours.
    pub fn new(steps: impl Iterator<Item = isize>, represented: &[u16]) -> Self {
        let mut ways = Self { steps: [0; ENTRIES], represented: [0; ENTRIES] };
        ways.steps.iter_mut().zip(steps).for_each(|(to, step)| *to = step);
        ways.represented.iter_mut().zip(represented).for_each(|(to, &set)| *to = u32::from(set));
        ways
    }
}

/// What a label stands for.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    /// The label itself, or one that came before it and stands for voxels of the same zone.
    pub parent: u32,
    /// Number of voxels.
    pub size: u32,
    /// The least distance of any of them.
    pub distance: u32,
    /// Grey level.
    pub level: u32,
}

/// Labels, and what they stand for.
#[derive(Debug)]
pub struct Labels {
    /// Of voxels, as far as they are kept. Every entry is a label, or 0.
    labels: Vec<u32>,
    /// Of each label.
    parts: Vec<Part>,
    /// Labels of a strip that stand for one zone.
    joins: Box<[[u32; 2]; STRIP]>,
}

impl Labels {
    /// Room for the labels of some voxels.
    pub fn new(voxels: usize) -> Self {
        Self { labels: vec![0; voxels], parts: Vec::new(), joins: Box::new([[0; 2]; STRIP]) }
    }

    /// Labels of voxels.
    pub fn of_voxels(&self) -> &[u32] {
        &self.labels
    }

    /// What each label stands for.
    pub fn into_parts(self) -> Vec<Part> {
        self.parts
    }

    /// Labels the voxels of a strip, whose labels begin at `at`: those inside of the region with the
    /// label of a neighbour that has the same level, or else a new one. Where neighbours of the
    /// same level have different labels, these are joined.
    ///
    /// `equal` are the sets of neighbours of the same level, empty outside of the region;
    /// `distances` are of the strip, or empty.
    pub fn label<T: Level, D: Distance>(
        &mut self,
        levels: &[T],
        equal: &[u16],
        distances: &[D],
        ways: &Ways,
        at: usize,
    ) {
        match distances {
            [] => self.label_strip::<T, D, false>(levels, equal, &[], ways, at),
            _ => self.label_strip::<T, D, true>(levels, equal, distances, ways, at),
        }
    }

    fn label_strip<T: Level, D: Distance, const WITH_DISTANCES: bool>(
        &mut self,
        levels: &[T],
        equal: &[u16],
        distances: &[D],
        ways: &Ways,
        at: usize,
    ) {
        let n = levels.len().min(STRIP);
        let (levels, equal) = (&levels[..n], &equal[..n]);
        let distances = if WITH_DISTANCES { &distances[..n] } else { &[] };
        let reach = |ends: fn(isize, isize) -> isize| ways.steps.into_iter().fold(0, ends);
        let first = at.checked_add_signed(reach(isize::min));
        let last = (at + n).checked_add_signed(reach(isize::max));
        assert!(first.is_some() && last.is_some_and(|last| last <= self.labels.len()));
        // Room for as many new labels as there are voxels, so that the next one can be written
        // before it is known whether the voxel needs it: whether a voxel begins a zone is what a
        // processor cannot guess.
        self.parts.reserve(n + 1);
        let (mut next, mut n_joins) = (self.parts.len(), 0);
        let (labels, joins) = (&mut self.labels[..], &mut *self.joins);
        let parts = self.parts.as_mut_ptr();
        for v in 0..n {
            let level = levels[v];
            if level == T::default() {
                continue;
            }
            let neighbour = |labels: &[u32], set: u32| {
                let which = (set | NONE).trailing_zeros() as usize % ENTRIES;
                // SAFETY: all steps from any voxel of the strip were checked above.
                let label = unsafe { *labels.get_unchecked((at + v).wrapping_add_signed(ways.steps[which])) };
                (label, set & !ways.represented[which])
            };
            let set = u32::from(equal[v]);
            let (found, others) = neighbour(labels, set);
            let label = if set == 0 { next as u32 } else { found };
            let new = Part { parent: next as u32, size: 0, distance: u32::MAX, level: level.index() as u32 };
            // SAFETY: there is room for one new label a voxel and one more.
            unsafe { parts.add(next).write(new) };
            next += usize::from(set == 0);
            // SAFETY: the label was the next one, which has just been written, or was in use before.
            let part = unsafe { &mut *parts.add(label as usize) };
            part.size += 1;
            if WITH_DISTANCES {
                part.distance = part.distance.min(distances[v].wide());
            }
            // Nor can it guess whether there is a second label, but there seldom is a third.
            let (other, more) = neighbour(labels, others);
            // SAFETY: at most one join a voxel has been counted.
            unsafe { *joins.get_unchecked_mut(n_joins) = [label, other] };
            let parent = part.parent;
            // SAFETY: labels of voxels are in use, or 0, and one label at least has been written.
            let other_parent = unsafe { (*parts.add(other as usize)).parent };
            n_joins += usize::from((others != 0) & (other_parent != parent));
            let mut others = if others == 0 { 0 } else { more };
            while others != 0 {
                let (other, more) = neighbour(labels, others);
                // SAFETY: all labels below the next one have been written.
                join(unsafe { std::slice::from_raw_parts_mut(parts, next) }, label, other);
                others = more;
            }
            // SAFETY: a step of 0 was checked as well.
            unsafe { *labels.get_unchecked_mut(at + v) = label };
        }
        // SAFETY: all labels below the next one have been written.
        unsafe { self.parts.set_len(next) };
        let parts = &mut self.parts[..];
        joins[..n_joins].iter().for_each(|&[a, b]| join(parts, a, b));
    }
}

/// Makes two labels stand for one zone: the later first label follows the earlier one.
pub fn join(parts: &mut [Part], a: u32, b: u32) {
    let (a, b) = (first_label(parts, a), first_label(parts, b));
    parts[a.max(b) as usize].parent = a.min(b);
}

/// The first label of a zone, halving the path to it on the way.
fn first_label(parts: &mut [Part], mut label: u32) -> u32 {
    loop {
        let parent = parts[label as usize].parent;
        if parent == label {
            return label;
        }
        let grandparent = parts[parent as usize].parent;
        parts[label as usize].parent = grandparent;
        label = grandparent;
    }
}
