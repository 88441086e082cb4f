//! How noisy an image is, and more of the same noise.

use ndarray::{Array3, Axis};

use super::stream::Stream;
use crate::filters::decomposition;
use crate::kernels::splines::mirror;
use crate::volume::grid::Window;
use crate::volume::image::Image;
use crate::work::loops;

/// Half of the values of a normal distribution are less than this many standard deviations from its mean.
const MEDIAN_DEVIATION: f64 = 0.674_489_750_196_081_7;

/// The standard deviation of the noise in a box of an image: the median of the magnitudes of the diagonal
/// coefficients of the stationary wavelet transform with coif1, slice by slice, over 0.6745 (Chang, Yu & Vetterli,
/// IEEE Transactions on Image Processing 2000, 9: 1532-1546). Voxels that are no numbers are left out.
pub(super) fn level(image: &Image, window: &Window) -> f64 {
    let high = decomposition("coif1").expect("a wavelet of the table").high;
    let reach = high.len();
    let seen = window.grown([0, reach, reach], image.grid().shape);
    let held = window.within(&seen);
    let voxels = image.voxels().crop(&seen);
    let of_slice = |k: usize| {
        let mut slice = voxels.index_axis(Axis(0), held.start[0] + k).to_owned();
        for axis in 0..2 {
            // Along a single voxel nothing differs.
            if slice.len_of(Axis(axis)) > 1 {
                slice.lanes_mut(Axis(axis)).into_iter().for_each(|mut line| {
                    let before = line.to_vec();
                    let last = before.len() - 1;
                    let at =
                        |i: usize, n: usize| before[mirror((i + n) as isize - (reach / 2) as isize, last)];
                    line.indexed_iter_mut().for_each(|(i, x)| {
                        *x = high.iter().enumerate().map(|(n, h)| h * at(i, n)).sum();
                    });
                });
            }
        }
        let ([_, j, i], [_, je, ie]) = (held.start, held.end());
        slice.slice(ndarray::s![j..je, i..ie]).iter().map(|x| x.abs()).filter(|x| x.is_finite()).collect()
    };
    let of_slices: Vec<Vec<f64>> = loops::map(0..held.shape[0], of_slice);
    let mut magnitudes = of_slices.concat();
    if magnitudes.is_empty() {
        return 0.0;
    }
    let middle = magnitudes.len() / 2;
    *magnitudes.select_nth_unstable_by(middle, f64::total_cmp).1 / MEDIAN_DEVIATION
}

/// Adds normal noise to the voxels of a box of an image of a shape: each voxel's is its own, whatever the box.
pub(super) fn add(
    voxels: &mut Array3<f64>,
    window: &Window,
    shape: [usize; 3],
    deviation: f64,
    stream: &Stream,
) {
    loops::each(voxels.outer_iter_mut().enumerate(), |(k, mut slice)| {
        for ((j, i), x) in slice.indexed_iter_mut() {
            let [z, y, x_place] = [window.start[0] + k, window.start[1] + j, window.start[2] + i];
            let place = (z * shape[1] + y) * shape[2] + x_place;
            *x += deviation * stream.normal(place as u64);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::volume::grid::Grid;

    /// Noise of a known level is found, upon what changes slowly.
    #[test]
    fn the_level_is_found() {
        let shape = [3, 120, 110];
        let stream = Stream::new(1, "test");
        let slow = |(k, j, i): (usize, usize, usize)| 3.0 * k as f64 + 0.4 * j as f64 - 0.2 * i as f64;
        for deviation in [0.5, 8.0] {
            let mut voxels = Array3::from_shape_fn(shape, slow);
            add(&mut voxels, &Window::whole(shape), shape, deviation, &stream);
            let image = Image::new(Grid::new(shape, [1.0; 3]).unwrap(), voxels.view()).unwrap();
            let found = level(&image, &Window::whole(shape));
            assert!((found / deviation - 1.0).abs() < 0.02, "{found} for {deviation}");
            let part = level(&image, &Window { start: [1, 20, 10], shape: [1, 80, 90] });
            assert!((part / deviation - 1.0).abs() < 0.05, "{part} for {deviation}");
        }
        let flat = Array3::<u8>::zeros([2, 1, 9]);
        let image = Image::new(Grid::new([2, 1, 9], [1.0; 3]).unwrap(), flat.view()).unwrap();
        assert_eq!(level(&image, &Window::whole([2, 1, 9])), 0.0);
    }

    /// A voxel has the same noise in any box.
    #[test]
    fn noise_belongs_to_the_voxel() {
        let shape = [4, 5, 6];
        let stream = Stream::new(1, "test");
        let mut whole = Array3::zeros(shape);
        add(&mut whole, &Window::whole(shape), shape, 2.0, &stream);
        let window = Window { start: [1, 2, 3], shape: [2, 3, 2] };
        let mut part = Array3::zeros(window.shape);
        add(&mut part, &window, shape, 2.0, &stream);
        assert_eq!(window.of(&whole.view()), part);
    }
}
