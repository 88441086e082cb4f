//! Labels of zones, which are connected voxels of one grey level, in one scan in the order of memory.
//!
//! A voxel takes the label of a neighbour that the scan has passed and that has its level; without such
//! a neighbour it begins a label. Where neighbours of its level have different labels, these have met
//! here for the first time and are joined: they stand for one zone from now on. In a slice, with
//! neighbours on the left and in the row above, corners included, and · outside of the region:
//!
//! ```text
//! levels      labels      label  parent  voxels  level
//! 2 · 2 ·     0 · 1 ·       0      0       3       2
//! 2 2 2 1     0 0 1 2       1      0       2       2     joined with 0 by the second 2 of the row
//! · · 1 1     · · 2 2       2      2       3       1     below, whose corners have 0 and 1
//! ```
//!
//! What a label stands for (size, distance) is summed on the way, so that no second pass over the voxels
//! replaces labels by those that they were joined with, and the labels of all but the last two slices may
//! be forgotten. The parent of a label is itself or an earlier one, so that one pass over the labels
//! adds up zones. For each voxel of the region:
//!
//! ```text
//! set   := neighbours passed by the scan that have the voxel's level        from `equal_neighbours`
//! label := label of the first of set, or the next one if set is empty
//! set   := set without the first and those that touch it                    they are of its zone already
//! count the voxel for its label
//! for each that is left in set: join its label with the voxel's
//! ```
//!
//! Written like that, most of the time is lost where a processor guesses wrong: whether a voxel begins a
//! zone, and whether it has a second neighbour to be joined, is as hard to tell as the noise of the image.
//! So neither is a branch. What a new label stands for is written behind the last one in any case, and
//! the number of labels grows by 0 or 1; the pair to be joined is written in any case, and the number of
//! pairs grows by 0 or 1. Pairs are joined after each strip, because to follow parents is to guess again.
//! Only a third label, which is rare, is a branch. Writing where nothing has been counted yet is why
//! this needs unchecked places, all of which the asserts at the beginning of a strip bound.
//!
//! Windows of maps have a union-find of their own (`voxel_map/zones.rs`): they are so small that places
//! are labels, and a zone's voxels are not in the order of a scan.

use super::distances::Distance;
use super::{pages, precondition};
use crate::kernels::padded::Level;

/// Voxels that are looked at together.
pub const STRIP: usize = 512;

/// Entries of tables by neighbour: more than a set of neighbours has bits, and a power of 2.
const ENTRIES: usize = 32;

/// The place after the last neighbour, which an empty set of neighbours points at.
const NONE: u32 = 1 << u16::BITS;

/// The steps from a voxel to its neighbours that come before it.
#[derive(Clone, Debug)]
pub struct Ways {
    /// Steps from the place of the voxel's label to those of its neighbours; 0 where there is no neighbour.
    steps: [isize; ENTRIES],
    /// For each neighbour the set of those that need not be looked at if its label is known.
    represented: [u32; ENTRIES],
}

impl Ways {
    /// The steps to up to 16 neighbours, and for each of them the set of those that touch it, itself
    /// included.
    ///
    /// # Panics
    /// When there are more than 16 neighbours, or not as many sets as steps.
    pub fn new(steps: impl ExactSizeIterator<Item = isize>, represented: &[u16]) -> Self {
        assert_eq!(steps.len(), represented.len(), "neighbours and those that touch them");
        assert!(steps.len() <= u16::BITS as usize, "a bit of 16 for each of {} neighbours", steps.len());
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
    /// Number of voxels of the label.
    pub size: u32,
    /// The least distance of a voxel of the label.
    pub distance: u32,
    /// Grey level of the label's voxels.
    pub level: u32,
}

/// Labels, and what they stand for.
#[derive(Debug)]
pub struct Labels {
    /// The labels of voxels, as far as they are kept. Every entry is a label, or 0.
    labels: Vec<u32>,
    /// What each label stands for.
    parts: Vec<Part>,
    /// Pairs of labels that met in a strip and stand for one zone.
    joins: Box<[[u32; 2]; STRIP]>,
}

impl Labels {
    /// Labels with room for those of `voxels` voxels.
    pub fn new(voxels: usize) -> Self {
        Self { labels: pages::zeros(voxels), parts: Vec::new(), joins: Box::new([[0; 2]; STRIP]) }
    }

    /// The labels of the voxels that are kept.
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
    ///
    /// # Panics
    /// When there are more than [`STRIP`] voxels, fewer sets or distances than these, or a neighbour
    /// whose label is not kept.
    pub fn label<T: Level, D: Distance>(
        &mut self,
        levels: &[T],
        equal: &[u16],
        distances: &[D],
        ways: &Ways,
        at: usize,
    ) {
        let n = levels.len();
        self.check_reach(n, ways, at);
        // Room for as many new labels as there are voxels, so that the next one can be written
        // before it is known whether the voxel needs it: whether a voxel begins a zone is what a
        // processor cannot guess.
        self.parts.reserve(n + 1);
        match distances {
            [] => self.label_strip::<T, D, false>(levels, &equal[..n], &[], ways, at),
            _ => self.label_strip::<T, D, true>(levels, &equal[..n], &distances[..n], ways, at),
        }
    }

    /// Refuses a strip whose labels, or those of whose neighbours, are not kept.
    fn check_reach(&self, n: usize, ways: &Ways, at: usize) {
        assert!(n <= STRIP, "a strip of {n} voxels");
        let [back, ahead] = [isize::min, isize::max].map(|end| ways.steps.into_iter().fold(0, end));
        let first = at.checked_add_signed(back);
        let end = (at + n).checked_add_signed(ahead);
        assert!(
            first.is_some() && end.is_some_and(|end| end <= self.labels.len()),
            "labels from {at} to {} and of neighbours {back} to {ahead} further, of {} that are kept",
            at + n,
            self.labels.len(),
        );
    }

    /// Labels a strip as [`Labels::label`] does, which has looked at the arguments and made room.
    fn label_strip<T: Level, D: Distance, const WITH_DISTANCES: bool>(
        &mut self,
        levels: &[T],
        equal: &[u16],
        distances: &[D],
        ways: &Ways,
        at: usize,
    ) {
        let n = levels.len();
        assert!(n <= STRIP && equal.len() == n && distances.len() == if WITH_DISTANCES { n } else { 0 });
        let (mut next, mut n_joins) = (self.parts.len(), 0);
        let (labels, joins) = (&mut self.labels[..], &mut *self.joins);
        let (room, parts) = (self.parts.capacity(), self.parts.as_mut_ptr());
        for v in 0..n {
            let level = levels[v];
            if level == T::default() {
                continue;
            }
            // SAFETY: all steps from any voxel of the strip were checked above.
            let neighbour = |labels: &[u32], set| unsafe { neighbour(labels, ways, at + v, set) };
            let set = u32::from(equal[v]);
            let (first, others) = neighbour(labels, set);
            let label = if set == 0 { next as u32 } else { first };
            let new = Part { parent: next as u32, size: 0, distance: u32::MAX, level: level.index() as u32 };
            precondition!(next < room, "label {next} where there is room for {room}");
            // SAFETY: there is room for one new label a voxel and one more.
            unsafe { parts.add(next).write(new) };
            next += usize::from(set == 0);
            precondition!((label as usize) < next, "label {label} of {next}: a neighbour has none");
            // SAFETY: the label was the next one, which has just been written, or was in use before.
            let part = unsafe { &mut *parts.add(label as usize) };
            part.size += 1;
            if WITH_DISTANCES {
                part.distance = part.distance.min(distances[v].wide());
            }
            // Nor can it guess whether there is a second label, but there seldom is a third.
            let (other, more) = neighbour(labels, others);
            precondition!(n_joins < STRIP, "{n_joins} pairs of {STRIP} voxels");
            // SAFETY: at most one join a voxel has been counted.
            unsafe { *joins.get_unchecked_mut(n_joins) = [label, other] };
            let parent = part.parent;
            precondition!((other as usize) < next.max(1), "label {other} of {next}");
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

/// The label of the first of a set of neighbours of the voxel at `at`, and the set without that neighbour
/// and those that touch it.
///
/// # Safety
/// All steps of `ways` lead from `at` to a place of `labels`.
#[inline(always)]
unsafe fn neighbour(labels: &[u32], ways: &Ways, at: usize, set: u32) -> (u32, u32) {
    let which = (set | NONE).trailing_zeros() as usize % ENTRIES;
    let place = at.wrapping_add_signed(ways.steps[which]);
    precondition!(place < labels.len(), "place {place} of {} labels", labels.len());
    // SAFETY: all steps lead from `at` to a place of `labels`, as the caller sees to.
    let label = unsafe { *labels.get_unchecked(place) };
    (label, set & !ways.represented[which])
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

#[cfg(test)]
#[path = "labels_tests.rs"]
mod tests;
