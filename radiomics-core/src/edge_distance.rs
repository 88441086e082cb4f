//! How far each voxel is from the edge of the region.

use rayon::prelude::*;

use crate::aggregation::Span;
use crate::kernels::distances::{Distance, along_row, one_more_at_most};
use crate::kernels::{Isa, pages};
use crate::roi::{Level, Padded, Roi};

/// Steps to the edge, in the narrowest type that holds them.
pub(crate) enum EdgeDistances {
    /// Up to 254.
    U8(Vec<u8>),
    /// Up to 65,534.
    U16(Vec<u16>),
}

/// For each place of the span's padded slices, the least number of steps along the axes
/// (4-connected in a slice, 6-connected in the volume) that lead out of the morphological mask;
/// the border of the image counts as outside.
pub(crate) fn edge_distances<T: Level>(isa: Isa, roi: &Roi, span: Span, levels: &Padded<T>) -> EdgeDistances {
    let [nz, ny, nx] = levels.shape;
    let across = if span == Span::Volume { nz.min(ny) } else { ny };
    // From the middle of the shortest line through the box.
    let most = across.min(nx).div_ceil(2);
    match most < usize::from(u8::MAX) {
        true => EdgeDistances::U8(distances(isa, roi, span, levels)),
        false => EdgeDistances::U16(distances(isa, roi, span, levels)),
    }
}

/// That is the city-block distance, which is exact axis by axis: along the rows first, then
/// across them in two sweeps, in a slice and from slice to slice.
fn distances<T: Level, D: Distance>(isa: Isa, roi: &Roi, span: Span, levels: &Padded<T>) -> Vec<D> {
    let [sz, ..] = levels.strides();
    let slices = span.slices(levels.shape[0]);
    // A slice by itself is kept without padding in front of it.
    let before = if span == Span::Volume { levels.pad } else { 0 };
    let mut distances: Vec<D> = pages::zeros(if span == Span::Volume { levels.data.len() } else { sz });
    let each = distances.par_chunks_mut(sz.max(1)).skip(before).zip(slices.clone());
    each.for_each_init(Vec::new, |scratch, (slice, k)| in_slice(isa, roi, levels, k, slice, scratch));
    if span == Span::Volume {
        for k in slices.clone() {
            let (done, rest) = distances.split_at_mut((k + before) * sz);
            one_more_at_most(isa, &done[done.len() - sz..], &mut rest[..sz]);
        }
        for k in slices.rev() {
            let (rest, done) = distances.split_at_mut((k + before + 1) * sz);
            let last = rest.len() - sz;
            one_more_at_most(isa, &done[..sz], &mut rest[last..]);
        }
    }
    distances
}

/// Steps to the edge within slice `k`.
fn in_slice<T: Level, D: Distance>(
    isa: Isa,
    roi: &Roi,
    levels: &Padded<T>,
    k: usize,
    distances: &mut [D],
    scratch: &mut Vec<D>,
) {
    let [_, sy, _] = levels.strides();
    let [_, ny, nx] = levels.shape;
    let [k0, j0, i0] = roi.region().start;
    let mask = roi.morphological();
    let at = |j: usize| (j + levels.pad) * sy + levels.pad;
    for j in 0..ny {
        let inside = mask.slice(ndarray::s![k0 + k, j0 + j, i0..i0 + nx]);
        let (done, rest) = distances.split_at_mut(at(j));
        match inside.to_slice() {
            Some(inside) => along_row(isa, inside, &mut rest[..nx], scratch),
            None => along_row(isa, &inside.to_vec(), &mut rest[..nx], scratch),
        }
        one_more_at_most(isa, &done[at(j) - sy..][..nx], &mut rest[..nx]);
    }
    for j in (0..ny).rev() {
        let (rest, done) = distances.split_at_mut(at(j) + sy);
        one_more_at_most(isa, &done[..nx], &mut rest[at(j)..][..nx]);
    }
}
