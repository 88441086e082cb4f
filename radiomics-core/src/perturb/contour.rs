//! Contours as another observer could have drawn them: the region as a union of supervoxels.

use ndarray::{Array3, Axis, Zip};

use super::stream::Stream;
use super::supervoxels::supervoxels;
use crate::volume::grid::Window;

/// How far round the region supervoxels are made, in mm: further than one that the region has a part of reaches.
const AROUND_MM: f64 = 15.0;

/// Volume of a supervoxel in mm³, and the least number of its voxels.
const PIECE_MM3: f64 = 250.0;
const PIECE_VOXELS: f64 = 20.0;

/// Shares of a supervoxel in the region from which on it always belongs to it, and below which it never does.
const ALWAYS: f64 = 0.9;
const NEVER: f64 = 0.2;

/// Draws the region anew: supervoxels that it fills to nine tenths belong to it, those that it fills to less than a
/// fifth do not, and each of the others does with the probability of its share (Zwanenburg et al. 2019). Of none,
/// the one that has most of the region is taken. Nothing happens along an axis that is `flat`.
pub(super) fn redrawn(
    intensities: &Array3<f64>,
    mask: &Array3<bool>,
    spacing_mm: [f64; 3],
    flat: [bool; 3],
    stream: &Stream,
) -> Array3<bool> {
    let shape: [usize; 3] = mask.dim().into();
    let Some(bounds) = Window::bounding(mask.view()) else { return mask.clone() };
    let margin =
        std::array::from_fn(|a| if flat[a] { 0 } else { (AROUND_MM / spacing_mm[a]).ceil() as usize });
    let window = bounds.grown(margin, shape);
    let inside = window.of(&mask.view()).to_owned();
    let mut scaled = scaled(window.of(&intensities.view()).to_owned(), &inside);
    smooth(&mut scaled, flat);
    let voxel_mm3: f64 = spacing_mm.iter().product();
    let piece_mm3 = PIECE_MM3.max(PIECE_VOXELS * voxel_mm3);
    let (pieces, count) = supervoxels(scaled.view(), spacing_mm, piece_mm3);
    let mut filled = vec![[0_usize; 2]; count];
    Zip::from(&pieces).and(&inside).for_each(|&piece, &inside| {
        let [held, all] = &mut filled[piece as usize];
        *held += usize::from(inside);
        *all += 1;
    });
    let chosen = chosen(&filled, stream);
    let mut redrawn = Array3::from_elem(shape, false);
    let ([k, j, i], [ke, je, ie]) = (window.start, window.end());
    redrawn
        .slice_mut(ndarray::s![k..ke, j..je, i..ie])
        .zip_mut_with(&pieces, |to, &piece| *to = chosen[piece as usize]);
    redrawn
}

/// Intensities from 0 to 1, cut off where they are three standard deviations beyond those of the region.
fn scaled(mut intensities: Array3<f64>, inside: &Array3<bool>) -> Array3<f64> {
    let region = || intensities.iter().zip(inside).filter(|(_, inside)| **inside).map(|(x, _)| *x);
    let count = region().count() as f64;
    let mean = region().sum::<f64>() / count;
    let deviation = (region().map(|x| (x - mean).powi(2)).sum::<f64>() / count).sqrt();
    let low = region().fold(f64::INFINITY, f64::min) - 3.0 * deviation;
    let high = region().fold(f64::NEG_INFINITY, f64::max) + 3.0 * deviation;
    let range = high - low;
    // A region of one intensity has no scale: then all pieces are alike.
    intensities.mapv_inplace(|x| if range > 0.0 { ((x - low) / range).clamp(0.0, 1.0) } else { 0.5 });
    // What is no number outside of the region is like nothing.
    intensities.mapv_inplace(|x| if x.is_nan() { 0.0 } else { x });
    intensities
}

/// Smooths by a Gaussian of about one voxel, so that noise alone does not tear supervoxels apart: twice the mean of a
/// voxel and its neighbours with the weights 1, 2, 1 along each axis, edge voxels being their own neighbours.
fn smooth(values: &mut Array3<f64>, flat: [bool; 3]) {
    for axis in (0..3).filter(|&axis| !flat[axis]) {
        values.lanes_mut(Axis(axis)).into_iter().for_each(|mut line| {
            for _ in 0..2 {
                let mut before = line[0];
                for i in 0..line.len() {
                    let (here, next) = (line[i], line[(i + 1).min(line.len() - 1)]);
                    line[i] = 0.25 * (before + 2.0 * here + next);
                    before = here;
                }
            }
        });
    }
}

/// Which supervoxels belong to the region, by how many of their voxels do and how many there are.
fn chosen(filled: &[[usize; 2]], stream: &Stream) -> Vec<bool> {
    let is_chosen = |(n, &[held, all]): (usize, &[usize; 2])| {
        let share = held as f64 / all.max(1) as f64;
        share >= ALWAYS || (share >= NEVER && stream.uniform(n as u64) < share)
    };
    let mut chosen: Vec<bool> = filled.iter().enumerate().map(is_chosen).collect();
    if !chosen.contains(&true) {
        let mut most = 0;
        for (n, [held, _]) in filled.iter().enumerate() {
            if *held > filled[most][0] {
                most = n;
            }
        }
        chosen[most] = true;
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ball(radius: f64) -> Array3<bool> {
        Array3::from_shape_fn((40, 40, 40), |(k, j, i)| {
            [k, j, i].iter().map(|&n| (n as f64 - 19.5).powi(2)).sum::<f64>() <= radius * radius
        })
    }

    /// Where the image has an edge, the contour stays there; where it has none, it moves.
    #[test]
    fn contours_move_where_the_image_says_nothing() {
        let mask = ball(12.0);
        let noise = Stream::new(8, "image");
        let of = |step: f64| {
            Array3::from_shape_fn(mask.dim(), |at| {
                let place = ((at.0 * 40 + at.1) * 40 + at.2) as u64;
                (noise.uniform(place) - 0.5) * 3.5 + if mask[at] { step } else { 0.0 }
            })
        };
        let (sharp, vague) = (of(20.0), of(0.0));
        let change = |image: &Array3<f64>, purpose: &str| {
            let drawn = redrawn(image, &mask, [1.0; 3], [false; 3], &Stream::new(1, purpose));
            let differ = drawn.iter().zip(&mask).filter(|(a, b)| a != b).count();
            differ as f64 / mask.iter().filter(|&&inside| inside).count() as f64
        };
        let (kept, moved) = (change(&sharp, "contour_1"), change(&vague, "contour_1"));
        assert!(kept < 0.05 && (0.1..0.6).contains(&moved), "sharp {kept}, vague {moved}");
        assert_ne!(change(&vague, "contour_2"), moved);
        assert_eq!(change(&vague, "contour_1"), moved);
    }

    #[test]
    fn something_is_left_and_a_slice_stays_one() {
        let mut mask = Array3::from_elem((9, 40, 40), false);
        mask[[4, 20, 20]] = true;
        mask[[4, 20, 21]] = true;
        let image = Array3::from_shape_fn(mask.dim(), |(k, j, i)| ((k + j + i) % 5) as f64);
        let flat = [true, false, false];
        let drawn = redrawn(&image, &mask, [1.0; 3], flat, &Stream::new(1, "a"));
        let bounds = Window::bounding(drawn.view()).unwrap();
        assert_eq!((bounds.start[0], bounds.shape[0]), (4, 1));
    }
}
