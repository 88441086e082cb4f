//! How far each voxel is from the edge of the region.

use crate::kernels::distances::{Distance, across_rows, along_rows};
use crate::kernels::padded::{Level, Padded};
use crate::kernels::{Isa, pages};
use crate::region::roi::Roi;
use crate::texture::aggregation::Span;
use crate::work::loops;

/// Steps to the edge, in the narrowest type that holds them.
pub(crate) enum EdgeDistances {
    /// Up to 254 steps.
    U8(Vec<u8>),
    /// Up to 65,534 steps.
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

/// The steps that [`edge_distances`] gives, as numbers of one type. They are the city-block distance,
/// which is exact axis by axis: across the rows of each slice, from slice to slice, and last along all
/// rows of a slice at once.
fn distances<T: Level, D: Distance>(isa: Isa, roi: &Roi, span: Span, levels: &Padded<T>) -> Vec<D> {
    let [sz, sy, _] = levels.strides();
    let [_, ny, nx] = levels.shape;
    let pad = levels.pad;
    let slices = span.slices(levels.shape[0]);
    // A slice by itself is kept without padding in front of it.
    let before = if span == Span::Volume { pad } else { 0 };
    let mut distances: Vec<D> = pages::zeros(if span == Span::Volume { levels.data.len() } else { sz });
    let [k0, j0, i0] = roi.region().start;
    let mask = roi.morphological();
    let slices_held = distances.len() / sz.max(1);
    assert!(before + slices.len() <= slices_held, "{slices:?} behind {before} slices of {slices_held}");
    let own = distances.chunks_mut(sz.max(1)).skip(before).zip(slices.clone());
    loops::each(own, |(slice, k)| {
        for j in 0..ny {
            let inside = mask.slice(ndarray::s![k0 + k, j0 + j, i0..i0 + nx]);
            let to = &mut slice[(j + pad) * sy + pad..][..nx];
            match inside.to_slice() {
                Some(inside) => start(inside, to),
                None => start(&inside.to_vec(), to),
            }
        }
        // With the row of padding on either side.
        across_rows(isa, &mut slice[(pad - 1) * sy..(pad + ny + 1) * sy], sy);
    });
    if span == Span::Volume {
        across_rows(isa, &mut distances[(pad - 1) * sz..(pad + slices.len() + 1) * sz], sz);
    }
    let own = distances.chunks_mut(sz.max(1)).skip(before).take(slices.len());
    loops::each_with(own, Default::default, |scratch, slice| along_rows(isa, slice, nx, scratch));
    distances
}

/// The distances of a row before any neighbour is looked at: 0 outside of the mask, no limit inside.
fn start<D: Distance>(inside: &[bool], distances: &mut [D]) {
    assert_eq!(inside.len(), distances.len(), "a row of the mask and its distances");
    for (distance, &inside) in distances.iter_mut().zip(inside) {
        *distance = if inside { D::MAX } else { D::default() };
    }
}
