//! Zones: connected voxels of equal grey level, in a slice (8-connected) or in the volume
//! (26-connected), and how far each is from the edge of the region.

use std::ops::Range;

use crate::kernels::Isa;
use crate::kernels::distances::Distance;
use crate::kernels::labels::{Labels, Part, STRIP, Ways, join};
use crate::kernels::neighbours::equal_neighbours;
use crate::kernels::occupied::occupied;
use crate::kernels::padded::{Level, Padded};
use crate::kernels::pages;
use crate::region::levels::{Levels, with_levels};
use crate::region::roi::Roi;
use crate::runtime::slab_thickness;
use crate::texture::aggregation::Span;
use crate::texture::edge_distance::{EdgeDistances, edge_distances};
use crate::texture::neighbourhood::{ANY, half_directions};
use crate::work::{Held, hold_cells, loops};

/// A zone: connected voxels of one grey level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Zone {
    pub level: u16,
    /// Number of voxels in the zone.
    pub size: u32,
    /// Steps from the zone's nearest voxel to outside of the morphological mask, 1 at the edge; 0 if not
    /// asked for.
    pub distance: u32,
}

/// The zones of a slice or of the volume, in no order.
pub(crate) fn zones(isa: Isa, levels: &Levels, span: Span, roi: Option<&Roi>) -> Vec<Zone> {
    let slab = slab_thickness(span.slices(levels.shape()[0]).len());
    with_levels!(levels, v => {
        match roi.map(|roi| edge_distances(isa, roi, span, v)) {
            None => find_zones::<_, u8>(isa, v, span, None, slab),
            Some(EdgeDistances::U8(distances)) => find_zones(isa, v, span, Some(&distances), slab),
            Some(EdgeDistances::U16(distances)) => find_zones(isa, v, span, Some(&distances), slab),
        }
    })
}

fn find_zones<T: Level, D: Distance>(
    isa: Isa,
    levels: &Padded<T>,
    span: Span,
    distances: Option<&[D]>,
    slab: usize,
) -> Vec<Zone> {
    let slices = span.slices(levels.shape[0]);
    // Distances are of the span's own slices and the padding round the volume.
    let first = match span {
        Span::Slice(k) => (k + levels.pad) * levels.strides()[0],
        Span::Volume => 0,
    };
    let slabs = loops::map(slices.clone().step_by(slab), |start| {
        let own = start..slices.end.min(start + slab);
        Slab::label(isa, levels, own, &slices, |strip| match distances {
            Some(distances) => &distances[strip.start - first..strip.end - first],
            None => &[],
        })
    });
    join_slabs(isa, levels, slabs)
}

/// The neighbours that a scan in memory order has seen and that are `wanted`, each with a mask of those
/// that are neighbours of it as well: if they all have one level, they are in one zone already.
fn seen_neighbours(span: Span, wanted: impl Fn(&[i32; 3]) -> bool) -> (Vec<[i32; 3]>, Vec<u16>) {
    let mut seen: Vec<[i32; 3]> = half_directions(&[1], span == Span::Volume, ANY)
        .into_iter()
        .map(|o| o.map(|c| -c))
        .filter(wanted)
        .collect();
    let touch = |a: &[i32; 3], b: &[i32; 3]| (0..3).all(|axis| a[axis].abs_diff(b[axis]) <= 1);
    // Those that stand for most of the others come first.
    let all = seen.clone();
    seen.sort_by_key(|a| std::cmp::Reverse(all.iter().filter(|b| touch(a, b)).count()));
    let mask = |a| seen.iter().enumerate().map(|(n, b)| u16::from(touch(a, b)) << n).sum();
    let masks = seen.iter().map(mask).collect();
    (seen, masks)
}

/// Steps from a voxel to neighbours. Labels are kept of a slice and of the one before it, in turn.
struct Steps {
    /// Steps in `Padded::data` from a voxel to the neighbours that were seen.
    in_data: Vec<isize>,
    /// Steps in the labels from a voxel's place in its slice to the neighbours that were seen, for slices
    /// of even and odd number.
    in_labels: [Ways; 2],
}

impl Steps {
    fn new<T: Level>(levels: &Padded<T>, span: Span) -> Self {
        let (seen, represented) = seen_neighbours(span, |_| true);
        let slice = levels.strides()[0] as isize;
        let in_labels = [0, 1].map(|parity| {
            // From the half of the slice to that of the neighbour, which is the same or the other.
            let half = |o: &[i32; 3]| if o[0] == 0 { 0 } else { slice - 2 * parity * slice };
            let step = |o: &[i32; 3]| levels.step(*o) - o[0] as isize * slice + half(o);
            Ways::new(seen.iter().map(step), &represented)
        });
        Self { in_data: seen.iter().map(|&o| levels.step(o)).collect(), in_labels }
    }
}

/// Some slices in which zones have been labelled.
struct Slab {
    slices: Range<usize>,
    /// Zones that no other slab can touch.
    settled: Vec<Zone>,
    /// Zones that reach a slice beside another slab.
    open: Vec<Part>,
    /// For the voxels of the first and of the last slice, padding included, which of the open
    /// zones they are in; empty where there is no other slab.
    faces: [Vec<u32>; 2],
    /// What all of these take.
    _held: [Held; 3],
}

impl Slab {
    /// Labels the voxels of `slices`, which are some of those of `span`, in the order of memory.
    /// `distances` gives the distances of a strip from the edge, or none.
    fn label<'d, T: Level, D: Distance + 'd>(
        isa: Isa,
        levels: &Padded<T>,
        slices: Range<usize>,
        span: &Range<usize>,
        distances: impl Fn(Range<usize>) -> &'d [D],
    ) -> Self {
        let slice = levels.strides()[0];
        // What lies in front of the first slice is joined later, if it is in the same span.
        let (within, across) = (Steps::new(levels, Span::Slice(0)), Steps::new(levels, Span::Volume));
        let mut labels = Labels::new(2 * slice);
        let mut faces = [Vec::new(), Vec::new()];
        let mut bits = [0u16; STRIP];
        for k in slices.clone() {
            let parity = k % 2;
            let steps = if k == slices.start { &within } else { &across };
            let base = (k + levels.pad) * slice;
            for range in occupied(isa, levels, k) {
                for start in range.clone().step_by(STRIP) {
                    let strip = start..range.end.min(start + STRIP);
                    let bits = &mut bits[..strip.len()];
                    equal_neighbours(isa, &levels.data, start, &steps.in_data, bits);
                    let (here, at) = (&levels.data[strip.clone()], parity * slice + start - base);
                    labels.label(here, bits, distances(strip), &steps.in_labels[parity], at);
                }
            }
            let face = || labels.of_voxels()[parity * slice..][..slice].to_vec();
            if k == slices.start && k > span.start {
                faces[0] = face();
            }
            if k + 1 == slices.end && k + 1 < span.end {
                faces[1] = face();
            }
        }
        let mut parts = labels.into_parts();
        // Where each of the open ones is found is listed as well.
        let _held = (hold_cells::<Part>(parts.len()), hold_cells::<u32>(parts.len()));
        add_up(&mut parts);
        let open = take_open(&mut parts, &mut faces);
        let mut settled = pages::room(whole_zones(&parts).count());
        let held = [
            hold_cells::<Zone>(settled.capacity()),
            hold_cells::<Part>(open.len()),
            hold_cells::<u32>(faces.iter().map(Vec::len).sum()),
        ];
        settled.extend(whole_zones(&parts));
        Self { slices, settled, open, faces, _held: held }
    }
}

/// Moves what is known of parts of a zone to its first label, to which all of them then point.
fn add_up(parts: &mut [Part]) {
    for label in 0..parts.len() {
        let part = parts[label];
        if (part.parent as usize) < label {
            // What comes before a label has found its first one already.
            let root = parts[part.parent as usize].parent;
            parts[label].parent = root;
            let zone = &mut parts[root as usize];
            zone.size += part.size;
            zone.distance = zone.distance.min(part.distance);
        }
    }
}

/// Takes the zones that faces have labels of out of parts that were added up. The faces then hold places
/// among the zones taken, not labels.
fn take_open(parts: &mut [Part], faces: &mut [Vec<u32>; 2]) -> Vec<Part> {
    const SETTLED: u32 = u32::MAX;
    if parts.is_empty() {
        // A slab without a voxel has no label either, and nobody looks at what its faces have.
        return Vec::new();
    }
    let mut places = vec![SETTLED; parts.len()];
    let mut open: Vec<Part> = Vec::new();
    for label in faces.iter_mut().flatten() {
        let root = parts[*label as usize].parent;
        let (place, zone) = (&mut places[root as usize], &mut parts[root as usize]);
        if *place == SETTLED {
            *place = open.len() as u32;
            open.push(Part { parent: *place, ..*zone });
            zone.size = 0;
        }
        *label = *place;
    }
    open
}

/// The zones among parts that were added up, without those that were taken.
fn whole_zones(parts: &[Part]) -> impl Iterator<Item = Zone> {
    let is_whole = |&(label, part): &(usize, &Part)| part.parent as usize == label && part.size > 0;
    parts.iter().enumerate().filter(is_whole).map(|(_, part)| Zone {
        level: part.level as u16,
        size: part.size,
        // None was given.
        distance: if part.distance == u32::MAX { 0 } else { part.distance },
    })
}

/// The zones of all slabs, those that touch across the borders of slabs being one.
fn join_slabs<T: Level>(isa: Isa, levels: &Padded<T>, slabs: Vec<Slab>) -> Vec<Zone> {
    let touching = loops::map(slabs.windows(2), |pair| touching(isa, levels, &pair[0], &pair[1]));
    let most = slabs.iter().map(|slab| slab.settled.len() + slab.open.len()).sum();
    let _held = hold_cells::<Zone>(most);
    let mut zones = pages::room(most);
    let mut open: Vec<Part> = Vec::new();
    let mut firsts = Vec::new();
    for mut slab in slabs {
        zones.append(&mut slab.settled);
        let first = open.len() as u32;
        open.extend(slab.open.iter().map(|part| Part { parent: part.parent + first, ..*part }));
        firsts.push(first);
    }
    assert_eq!(touching.len(), firsts.len().saturating_sub(1), "pairs of slabs that follow each other");
    for (firsts, touching) in firsts.windows(2).zip(touching) {
        touching.iter().for_each(|[a, b]| join(&mut open, a + firsts[0], b + firsts[1]));
    }
    add_up(&mut open);
    zones.extend(whole_zones(&open));
    zones
}

/// The places of open zones of two slabs that follow each other and are one zone.
fn touching<T: Level>(isa: Isa, levels: &Padded<T>, before: &Slab, after: &Slab) -> Vec<[u32; 2]> {
    let slice = levels.strides()[0];
    let (in_front, represented) = seen_neighbours(Span::Volume, |o| o[0] < 0);
    let steps: Vec<isize> = in_front.iter().map(|&o| levels.step(o)).collect();
    let k = after.slices.start;
    let base = (k + levels.pad) * slice;
    let mut bits = [0u16; STRIP];
    let mut pairs: Vec<[u32; 2]> = Vec::new();
    for range in occupied(isa, levels, k) {
        for start in range.clone().step_by(STRIP) {
            let bits = &mut bits[..STRIP.min(range.end - start)];
            equal_neighbours(isa, &levels.data, start, &steps, bits);
            for (v, &equal) in bits.iter().enumerate() {
                let (at, mut equal) = (start + v - base, equal);
                while equal != 0 {
                    let n = equal.trailing_zeros() as usize;
                    let pair =
                        [before.faces[1][(at + slice).wrapping_add_signed(steps[n])], after.faces[0][at]];
                    if pairs.last() != Some(&pair) {
                        pairs.push(pair);
                    }
                    equal &= !represented[n];
                }
            }
        }
    }
    pairs
}

#[cfg(test)]
#[path = "zones_tests.rs"]
mod tests;
