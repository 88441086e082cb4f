//! How far each voxel is from the edge of the region.

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
/// across them in two sweeps.
fn distances<T: Level, D: Distance>(isa: Isa, roi: &Roi, span: Span, levels: &Padded<T>) -> Vec<D> {
    let [sz, sy, _] = levels.strides();
    let [nz, ny, nx] = levels.shape;
    let volumetric = span == Span::Volume;
    let slices = span.slices(nz);
    let first = if volumetric { 0 } else { (slices.start + levels.pad) * sz };
    let mut distances: Vec<D> = pages::zeros(if volumetric { levels.data.len() } else { sz });
    let rows = || slices.clone().flat_map(|k| (0..ny).map(move |j| [k, j, 0]));
    let [k0, j0, i0] = roi.region().start;
    let mask = roi.morphological();
    let (mut copy, mut scratch) = (vec![false; nx], Vec::new());
    for [k, j, _] in rows() {
        let at = levels.at([k, j, 0]) - first;
        let inside = mask.slice(ndarray::s![k0 + k, j0 + j, i0..i0 + nx]);
        let inside = match inside.as_slice() {
            Some(inside) => inside,
            None => {
                copy.iter_mut().zip(inside).for_each(|(to, from)| *to = *from);
                &copy
            }
        };
        along_row(isa, inside, &mut distances[at..at + nx], &mut scratch);
        let (done, rest) = distances.split_at_mut(at);
        if volumetric {
            one_more_at_most(isa, &done[at - sz..at - sz + nx], &mut rest[..nx]);
        }
        one_more_at_most(isa, &done[at - sy..at - sy + nx], &mut rest[..nx]);
    }
    for [k, j, _] in rows().rev() {
        let at = levels.at([k, j, 0]) - first;
        let (rest, done) = distances.split_at_mut(at + sy);
        if volumetric {
            one_more_at_most(isa, &done[sz - sy..sz - sy + nx], &mut rest[at..at + nx]);
        }
        one_more_at_most(isa, &done[..nx], &mut rest[at..at + nx]);
    }
    distances
}
