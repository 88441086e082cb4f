//! Zones: connected voxels of equal grey level, in a slice (8-connected) or in the volume
//! (26-connected), and how far each is from the edge of the region.

use crate::aggregation::Span;
use crate::kernels::Isa;
use crate::kernels::neighbours::equal_neighbours;
use crate::neighbourhood::half_directions;
use crate::roi::{Level, Levels, Padded, Roi, with_levels};

/// A zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Zone {
    pub level: u16,
    /// Number of voxels.
    pub size: u32,
    /// Steps from its nearest voxel to outside of the morphological mask, 1 at the edge; 0 if
    /// not asked for.
    pub distance: u32,
}

/// The zones of a slice or of the volume, in the order of their first voxels.
pub(crate) fn zones(isa: Isa, levels: &Levels, span: Span, roi: Option<&Roi>) -> Vec<Zone> {
    with_levels!(levels, v => {
        let distances = roi.map(|roi| edge_distances(roi, span, v));
        label(isa, v, span, distances.as_deref())
    })
}

/// The padded slices of a span, as places in `data`.
fn slab<T: Level>(levels: &Padded<T>, span: Span) -> std::ops::Range<usize> {
    let slice = levels.strides()[0];
    match span {
        Span::Slice(k) => (k + levels.pad) * slice..(k + levels.pad + 1) * slice,
        Span::Volume => 0..levels.data.len(),
    }
}

/// The neighbours that a scan in memory order has seen, and for each a mask of those that are
/// neighbours of it as well: if they all have one level, they are in one zone already.
fn seen_neighbours(span: Span) -> (Vec<[i32; 3]>, Vec<u16>) {
    let mut seen: Vec<[i32; 3]> =
        half_directions(&[1], span == Span::Volume).into_iter().map(|o| o.map(|c| -c)).collect();
    let touch = |a: &[i32; 3], b: &[i32; 3]| (0..3).all(|axis| a[axis].abs_diff(b[axis]) <= 1);
    // Those that stand for most of the others come first.
    let all = seen.clone();
    seen.sort_by_key(|a| std::cmp::Reverse(all.iter().filter(|b| touch(a, b)).count()));
    let mask = |a| seen.iter().enumerate().map(|(n, b)| u16::from(touch(a, b)) << n).sum();
    let masks = seen.iter().map(mask).collect();
    (seen, masks)
}

/// Two-pass labelling by union-find, within the slab of a span.
fn label<T: Level>(isa: Isa, levels: &Padded<T>, span: Span, distances: Option<&[u32]>) -> Vec<Zone> {
    let slab = slab(levels, span);
    let data = &levels.data;
    let (seen, represented) = seen_neighbours(span);
    let steps: Vec<isize> = seen.iter().map(|&o| levels.step(o)).collect();
    let rows = || span.slices(levels.shape[0]).flat_map(|k| (0..levels.shape[1]).map(move |j| [k, j, 0]));
    let nx = levels.shape[2];

    // A voxel's parent is itself or comes before it.
    let mut parents = vec![0u32; slab.len()];
    let mut bits = vec![0u16; nx];
    for row in rows() {
        let start = levels.at(row);
        equal_neighbours(isa, data, start, &steps, &mut bits);
        for (i, &equal) in bits.iter().enumerate() {
            let place = start - slab.start + i;
            let mut root = place as u32;
            let mut equal = equal;
            while equal != 0 {
                let n = equal.trailing_zeros() as usize;
                let other = find(&mut parents, place.wrapping_add_signed(steps[n]) as u32);
                // The first neighbour takes the voxel in, any further one joins the two zones.
                let (low, high) = (root.min(other), root.max(other));
                parents[high as usize] = low;
                root = low;
                equal &= !represented[n];
            }
            parents[place] = root;
        }
    }

    let mut zones = Vec::new();
    for row in rows() {
        let start = levels.at(row);
        for (i, &level) in data[start..start + nx].iter().enumerate() {
            if level == T::default() {
                continue;
            }
            let place = start - slab.start + i;
            // Numbers of zones replace parents: what comes before has its number already.
            let number = match parents[place] as usize {
                root if root == place => {
                    zones.push(Zone { level: level.index() as u16, size: 0, distance: u32::MAX });
                    zones.len() as u32 - 1
                }
                parent => parents[parent],
            };
            parents[place] = number;
            let zone = &mut zones[number as usize];
            zone.size += 1;
            zone.distance = zone.distance.min(distances.map_or(0, |d| d[place]));
        }
    }
    zones
}

/// The first voxel of a zone, halving the path to it on the way.
fn find(parents: &mut [u32], mut place: u32) -> u32 {
    loop {
        let parent = parents[place as usize];
        if parent == place {
            return place;
        }
        let grandparent = parents[parent as usize];
        parents[place as usize] = grandparent;
        place = grandparent;
    }
}

/// For each place of the slab, the least number of steps along the axes (4-connected in a
/// slice, 6-connected in the volume) that lead out of the morphological mask; the border of
/// the image counts as outside. Exact in two sweeps, as the number of steps is the city-block
/// distance.
fn edge_distances<T: Level>(roi: &Roi, span: Span, levels: &Padded<T>) -> Vec<u32> {
    let slab = slab(levels, span);
    let [sz, sy, _] = levels.strides();
    let [_, ny, nx] = levels.shape;
    let mut distances = vec![0u32; slab.len()];
    let volumetric = span == Span::Volume;
    let rows: Vec<[usize; 3]> =
        span.slices(levels.shape[0]).flat_map(|k| (0..ny).map(move |j| [k, j, 0])).collect();
    let least = |d: &mut [u32], at: usize, from: usize| {
        for i in 0..nx {
            d[at + i] = d[at + i].min(d[from + i] + 1);
        }
    };
    let [k0, j0, i0] = roi.region().start;
    let mask: ndarray::ArrayView3<bool> = roi.morphological().view();
    for &[k, j, _] in &rows {
        let at = levels.at([k, j, 0]) - slab.start;
        let inside = mask.slice(ndarray::s![k0 + k, j0 + j, i0..i0 + nx]);
        for (d, &inside) in distances[at..at + nx].iter_mut().zip(inside) {
            *d = if inside { u32::MAX - 1 } else { 0 };
        }
        if volumetric {
            least(&mut distances, at, at - sz);
        }
        least(&mut distances, at, at - sy);
        let mut previous = 0;
        for d in &mut distances[at..at + nx] {
            previous = (*d).min(previous + 1);
            *d = previous;
        }
    }
    for &row in rows.iter().rev() {
        let at = levels.at(row) - slab.start;
        if volumetric {
            least(&mut distances, at, at + sz);
        }
        least(&mut distances, at, at + sy);
        let mut next = 0;
        for d in distances[at..at + nx].iter_mut().rev() {
            next = (*d).min(next + 1);
            *d = next;
        }
    }
    distances
}
