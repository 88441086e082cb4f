//! How noisy an image is, and more of the same noise.

use super::stream::Stream;
use crate::filters::decomposition;
use crate::kernels::Isa;
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
    let (held, middle) = (window.within(&seen), (reach / 2) as isize);
    let [_, ny, nx] = seen.shape;
    let of_slice = |[slice, across, along]: &mut [Vec<f64>; 3], k: usize| {
        slice.resize(ny * nx, 0.0);
        let start = [window.start[0] + k, seen.start[1], seen.start[2]];
        image.voxels().read(&Window { start, shape: [1, ny, nx] }, slice);
        let mut magnitudes = Vec::with_capacity(window.shape[1] * window.shape[2]);
        for j in held.start[1]..held.end()[1] {
            let row = |j: usize| &slice[j * nx..][..nx];
            // Along a single voxel nothing differs.
            match ny {
                1 => across.splice(.., row(j).iter().copied()).for_each(drop),
                _ => filtered(&high, across, nx, |n| row(mirror((j + n) as isize - middle, ny - 1))),
            }
            if nx > 1 {
                let places = 0..(nx + reach) as isize;
                along.splice(.., places.map(|i| across[mirror(i - middle, nx - 1)])).for_each(drop);
                filtered(&high, across, nx, |n| &along[n..]);
            }
            let row = across[held.start[2]..held.end()[2]].iter().map(|x| x.abs());
            magnitudes.extend(row.filter(|x| x.is_finite()).map(f64::to_bits));
        }
        magnitudes
    };
    let mut magnitudes = loops::map_with(0..window.shape[0], Default::default, of_slice).concat();
    if magnitudes.is_empty() {
        return 0.0;
    }
    // Numbers from 0 on are ordered as their bits are.
    let half = magnitudes.len() / 2;
    f64::from_bits(*magnitudes.select_nth_unstable(half).1) / MEDIAN_DEVIATION
}

/// The sum of `n` rows, each with the weight of its number, in their first `length` places.
fn filtered<'a>(weights: &[f64], sums: &mut Vec<f64>, length: usize, row: impl Fn(usize) -> &'a [f64]) {
    sums.clear();
    sums.resize(length, 0.0);
    for (n, weight) in weights.iter().enumerate() {
        sums.iter_mut().zip(row(n)).for_each(|(sum, x)| *sum += weight * x);
    }
}

/// Adds normal noise to the voxels of a box of an image of a shape: each voxel's is its own, whatever
/// the box.
pub(super) fn add(
    isa: Isa,
    voxels: &mut [f64],
    window: &Window,
    shape: [usize; 3],
    deviation: f64,
    stream: &Stream,
) {
    let ([k, j, i], [_, rows, columns]) = (window.start, window.shape);
    for (n, voxels) in voxels.chunks_mut(columns.max(1)).enumerate() {
        let row = (k + n / rows) * shape[1] + j + n % rows;
        stream.add_normal(isa, row as u64, i, voxels, deviation);
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Array3;

    use super::*;
    use crate::volume::grid::Grid;

    fn of_noise(
        voxels: &mut Array3<f64>,
        window: &Window,
        shape: [usize; 3],
        deviation: f64,
        stream: &Stream,
    ) {
        add(Isa::best(), voxels.as_slice_mut().unwrap(), window, shape, deviation, stream);
    }

    /// Noise of a known level is found, upon what changes slowly.
    #[test]
    fn the_level_is_found() {
        let shape = [3, 120, 110];
        let stream = Stream::new(1, "test");
        let slow = |(k, j, i): (usize, usize, usize)| 3.0 * k as f64 + 0.4 * j as f64 - 0.2 * i as f64;
        for deviation in [0.5, 8.0] {
            let mut voxels = Array3::from_shape_fn(shape, slow);
            of_noise(&mut voxels, &Window::whole(shape), shape, deviation, &stream);
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
        of_noise(&mut whole, &Window::whole(shape), shape, 2.0, &stream);
        let window = Window { start: [1, 2, 3], shape: [2, 3, 2] };
        let mut part = Array3::zeros(window.shape);
        of_noise(&mut part, &window, shape, 2.0, &stream);
        assert_eq!(window.of(&whole.view()), part);
    }
}
