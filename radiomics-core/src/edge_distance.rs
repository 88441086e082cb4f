//! How far each voxel is from the edge of the region.

use crate::aggregation::Span;
use crate::kernels::Isa;
use crate::kernels::neighbours::one_more_at_most;
use crate::roi::{Level, Padded, Roi};

/// For each place of the span's padded slices, the least number of steps along the axes
/// (4-connected in a slice, 6-connected in the volume) that lead out of the morphological mask;
/// the border of the image counts as outside.
///
/// That is the city-block distance, which is exact axis by axis: along the rows first, then
/// across them in two sweeps. 16 bits hold it, as it is half the least side of the box at most.
pub(crate) fn edge_distances<T: Level>(isa: Isa, roi: &Roi, span: Span, levels: &Padded<T>) -> Vec<u16> {
    let [sz, sy, _] = levels.strides();
    let [nz, ny, nx] = levels.shape;
    let volumetric = span == Span::Volume;
    let slices = span.slices(nz);
    let first = if volumetric { 0 } else { (slices.start + levels.pad) * sz };
    let mut distances = vec![0u16; if volumetric { levels.data.len() } else { sz }];
    let rows = || slices.clone().flat_map(|k| (0..ny).map(move |j| [k, j, 0]));
    let [k0, j0, i0] = roi.region().start;
    let mask = roi.morphological();
    let mut copy = vec![false; nx];
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
        along_row(inside, &mut distances[at..at + nx]);
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

/// Steps to the nearer end of the run of inside voxels; 0 outside.
fn along_row(inside: &[bool], distances: &mut [u16]) {
    let mut start = 0;
    while let Some(skipped) = inside[start..].iter().position(|&m| m) {
        start += skipped;
        let n = inside[start..].iter().position(|&m| !m).unwrap_or(inside.len() - start);
        let run = &mut distances[start..start + n];
        for (v, distance) in run.iter_mut().enumerate() {
            *distance = (v + 1).min(n - v).min(usize::from(u16::MAX)) as u16;
        }
        start += n;
    }
}
