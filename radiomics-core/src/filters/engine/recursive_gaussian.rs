//! The Laplacian of a Gaussian by recursive filters of order 4 (Deriche 1993, with the constants
//! of Farnebäck and Westin 2006), step by step as ITK's `LaplacianRecursiveGaussianImageFilter`
//! computes it: a line in 64 bits, what is kept between axes in 32; the second derivative along
//! an axis comes first, then the smoothing along the others, x before y before z.

use std::ops::Range;

use ndarray::{Array3, ArrayRef3, ArrayView1, Axis};

use super::recursive_coefficients::{second_derivative, smoothing};
use crate::kernels::Isa;
use crate::kernels::pages::{Zero, made, zeros};
use crate::kernels::recursive::{Causal, LANES, Lines, Recursion, Stored, add_scaled, filter, sum_scaled};
use crate::kernels::transpose::{Element, Matrix, transpose};
use crate::volume::grid::Window;
use crate::volume::voxels::write_row;
use crate::work::loops;

/// An image whose rows are padded to whole panels of lines, and volumes between the axes, which
/// are used again for the next σ.
pub(crate) struct Laplacians {
    shape: [usize; 3],
    spacing_mm: [f64; 3],
    image: Values,
    /// The part of the sum with the derivative along x before the pass along z, and the sum of this part
    /// and that along y after it. A volume (y, z, x), so that what the pass along z works on lies
    /// together.
    along_x: Vec<f32>,
    /// The part of the sum with the derivative along y before the pass along z, and the part with the
    /// derivative along z after it. A volume (y, z, x).
    along_y: Vec<f32>,
}

/// The voxels of an image, in 32 bits if all of them are such numbers: these are half as much to move.
enum Values {
    Single(Vec<f32>),
    Double(Vec<f64>),
}

/// Slices while they are worked on, the lines along x below each other or side by side.
#[derive(Default)]
struct Slices<T> {
    causal: Causal,
    image: Vec<T>,
    part: [Vec<f32>; 2],
}

impl Laplacians {
    pub(crate) fn new(image: &ArrayRef3<f64>, spacing_mm: [f64; 3]) -> Self {
        let shape: [usize; 3] = image.dim().into();
        let fits = |x: f64| f64::from(x as f32).to_bits() == x.to_bits();
        // A row without a branch for each of its values.
        let row_fits = |row: ArrayView1<f64>| row.iter().fold(true, |all, &x| all & fits(x));
        let is_single = loops::all(image.outer_iter(), |slice| slice.rows().into_iter().all(row_fits));
        let image = match is_single {
            true => Values::Single(padded(image, |x| x as f32)),
            false => Values::Double(padded(image, |x| x)),
        };
        Self { shape, spacing_mm, image, along_x: Vec::new(), along_y: Vec::new() }
    }

    /// The box `part` of σ² times the Laplacian of the smoothed image, in `to`, which has the
    /// shape of the box. The image must be [large enough](is_large_enough).
    pub(crate) fn response(&mut self, sigma_mm: f64, part: &Window, isa: Isa, to: &mut Array3<f64>) {
        assert!(is_large_enough(self.shape, self.spacing_mm, sigma_mm), "{:?} for {sigma_mm}", self.shape);
        assert_eq!(to.dim(), part.shape.into(), "room for the box {part:?}");
        let passes = Passes::new(self.shape, self.spacing_mm, sigma_mm, part, isa);
        let volume = self.shape[0] * self.shape[1] * passes.pitch[1];
        if self.along_x.is_empty() {
            (self.along_x, self.along_y) = (zeros(volume), zeros(volume));
        }
        let parts = (&mut self.along_x[..], &mut self.along_y[..]);
        match &self.image {
            Values::Single(values) => passes.response(values, parts, to),
            Values::Double(values) => passes.response(values, parts, to),
        }
    }
}

/// The rows of an image one after another, padded to whole panels.
fn padded<T: Zero>(image: &ArrayRef3<f64>, value: impl Fn(f64) -> T + Sync) -> Vec<T> {
    let (nz, ny, nx) = image.dim();
    let pitch = nx.next_multiple_of(LANES);
    let fill = |(): &mut (), k: usize, slice: &mut [T]| {
        for (row, to) in image.index_axis(Axis(0), k).rows().into_iter().zip(slice.chunks_exact_mut(pitch)) {
            write_row(row, to, &value);
        }
    };
    made(nz * ny * pitch, ny * pitch, || (), fill)
}

/// The passes of one σ. After the pass along an axis, what lies outside of the wanted part along that axis is of no
/// more use: the passes that follow leave it out, in whole panels.
struct Passes {
    isa: Isa,
    /// The box that is wanted of the response.
    part: Window,
    /// The lines that hold the part, in whole panels, by their y and by their x.
    within: [Range<usize>; 2],
    shape: [usize; 3],
    /// Padded lengths of y and x.
    pitch: [usize; 2],
    smooth: [Recursion; 3],
    curve: [Recursion; 3],
    scale: [f64; 3],
}

impl Passes {
    fn new(shape: [usize; 3], spacing_mm: [f64; 3], sigma_mm: f64, part: &Window, isa: Isa) -> Self {
        let panels = |axis: usize| part.start[axis] / LANES * LANES..part.end()[axis].next_multiple_of(LANES);
        Self {
            isa,
            part: *part,
            within: [panels(1), panels(2)],
            shape,
            pitch: [shape[1], shape[2]].map(|n| n.next_multiple_of(LANES)),
            smooth: spacing_mm.map(|s| smoothing(sigma_mm / s)),
            curve: spacing_mm.map(|s| second_derivative(sigma_mm / s, sigma_mm)),
            scale: spacing_mm.map(|s| 1.0 / (s * s)),
        }
    }

    fn response<T: Stored + Element>(
        &self,
        values: &[T],
        (along_x, along_y): (&mut [f32], &mut [f32]),
        to: &mut Array3<f64>,
    ) {
        let ([nz, ny, _], [_, px], part) = (self.shape, self.pitch, &self.part);
        let slices = values.chunks(ny * px).zip(by_slice(along_x, nz, px)).zip(by_slice(along_y, nz, px));
        loops::each_with(
            slices,
            || self.slices(),
            |buffers, ((values, along_x), along_y)| {
                self.before_z(values, along_x, along_y, buffers);
            },
        );
        let rows = along_x.chunks_mut(nz * px).zip(along_y.chunks_mut(nz * px)).enumerate();
        loops::each_with(
            rows,
            <(Causal, [Vec<f32>; 2])>::default,
            |(causal, smooth), (y, (along_x, along_y))| {
                if (part.start[1]..part.end()[1]).contains(&y) {
                    self.sum_along_z(along_x, along_y, causal, smooth);
                }
                let values = Lines { values: &values[y * px..], stride: ny * px };
                filter(self.isa, &self.curve[0], values, (along_y, px), [px, nz], causal);
            },
        );
        let to = to.as_slice_mut().expect("made in standard layout");
        let slices = to.chunks_mut(part.shape[1] * part.shape[2]);
        loops::each_with(
            slices.zip(part.start[0]..part.end()[0]),
            || self.slices::<f32>(),
            |buffers, (to, z)| {
                self.after_z(&along_y[z * px..], buffers);
                let sums = |y: usize| &along_x[(y * nz + z) * px..];
                let rows = to.chunks_exact_mut(part.shape[2]).zip(part.start[1]..);
                for (to, y) in rows {
                    let x = part.start[2];
                    add_scaled(self.isa, &sums(y)[x..], &buffers.part[1][y * px + x..], self.scale[0], to);
                }
            },
        );
    }

    /// Buffers for slices of (y, padded x) or of (x, padded y).
    fn slices<T: Element>(&self) -> Slices<T> {
        let size = (self.shape[1] * self.pitch[1]).max(self.shape[2] * self.pitch[0]);
        Slices {
            causal: Causal::default(),
            image: vec![T::default(); size],
            part: [0; 2].map(|_| vec![0.0; size]),
        }
    }

    /// Passes along x and y, for the parts with the derivative along one of these.
    fn before_z<T: Stored + Element>(
        &self,
        values: &[T],
        mut along_x: Vec<&mut [f32]>,
        mut along_y: Vec<&mut [f32]>,
        Slices { causal, image, part: [a, b] }: &mut Slices<T>,
    ) {
        let ([_, ny, nx], [py, px]) = (self.shape, self.pitch);
        let [y, x] = &self.within;
        let rows = Matrix { values, pitch: px, rows: ny, columns: nx };
        transpose(self.isa, rows, image, py);
        self.along_x(&self.curve[2], image, a, 0..py, causal);
        self.turn_back(a, b, 0..py);
        self.along_y(&self.smooth[1], b, a, x.clone(), causal);
        self.copy_rows(a, &mut along_x);
        self.along_y(&self.curve[1], values, b, 0..px, causal);
        self.turn(b, px, a, y.clone());
        self.along_x(&self.smooth[2], a, b, y.clone(), causal);
        self.turn_back(b, a, y.clone());
        self.copy_rows(a, &mut along_y);
    }

    /// Smooths the parts with the derivative along x and along y, at one y, along z; their sum takes the
    /// place of the first.
    fn sum_along_z(
        &self,
        along_x: &mut [f32],
        along_y: &[f32],
        causal: &mut Causal,
        smooth: &mut [Vec<f32>; 2],
    ) {
        let ([nz, ..], [_, px], x) = (self.shape, self.pitch, &self.within[1]);
        for (smooth, from) in smooth.iter_mut().zip([&*along_x, along_y]) {
            smooth.resize(from.len(), 0.0);
            let from = Lines { values: &from[x.start..], stride: px };
            filter(self.isa, &self.smooth[0], from, (&mut smooth[x.start..], px), [x.len(), nz], causal);
        }
        for z in self.part.start[0]..self.part.end()[0] {
            let row = z * px + x.start..z * px + x.end;
            let [a, b] = [0, 1].map(|n: usize| &smooth[n][row.clone()]);
            sum_scaled(self.isa, a, b, [self.scale[2], self.scale[1]], &mut along_x[row]);
        }
    }

    /// Smooths a slice of the part with the derivative along z; the result is in `part[1]`.
    fn after_z(&self, along_z: &[f32], Slices { causal, part: [a, b], .. }: &mut Slices<f32>) {
        let [py, _] = self.pitch;
        self.turn(along_z, self.shape[0] * self.pitch[1], a, 0..py);
        self.along_x(&self.smooth[2], a, b, 0..py, causal);
        self.turn_back(b, a, 0..py);
        self.along_y(&self.smooth[1], a, b, self.within[1].clone(), causal);
    }

    /// Filters the lines along x at some y, which lie side by side.
    fn along_x<T: Stored>(
        &self,
        recursion: &Recursion,
        from: &[T],
        to: &mut [f32],
        y: Range<usize>,
        causal: &mut Causal,
    ) {
        let ([_, _, nx], [py, _]) = (self.shape, self.pitch);
        let from = Lines { values: &from[y.start..], stride: py };
        filter(self.isa, recursion, from, (&mut to[y.start..], py), [y.len(), nx], causal);
    }

    /// Filters the lines along y at some x, which lie side by side.
    fn along_y<T: Stored>(
        &self,
        recursion: &Recursion,
        from: &[T],
        to: &mut [f32],
        x: Range<usize>,
        causal: &mut Causal,
    ) {
        let ([_, ny, _], [_, px]) = (self.shape, self.pitch);
        let from = Lines { values: &from[x.start..], stride: px };
        filter(self.isa, recursion, from, (&mut to[x.start..], px), [x.len(), ny], causal);
    }

    /// Puts the lines along x at some y side by side.
    fn turn(&self, values: &[f32], pitch: usize, to: &mut [f32], y: Range<usize>) {
        let ([_, ny, nx], [py, _]) = (self.shape, self.pitch);
        let rows = y.end.min(ny) - y.start;
        let from = Matrix { values: &values[y.start * pitch..], pitch, rows, columns: nx };
        transpose(self.isa, from, &mut to[y.start..], py);
    }

    /// Puts the lines along x at some y below each other, as far as they are within the part.
    fn turn_back(&self, values: &[f32], to: &mut [f32], y: Range<usize>) {
        let ([_, ny, nx], [py, px], x) = (self.shape, self.pitch, &self.within[1]);
        let values = &values[x.start * py + y.start..];
        let from =
            Matrix { values, pitch: py, rows: x.end.min(nx) - x.start, columns: y.end.min(ny) - y.start };
        transpose(self.isa, from, &mut to[y.start * px + x.start..], px);
    }

    /// Copies what is within the part to where the rows of the slice belong.
    fn copy_rows(&self, slice: &[f32], rows: &mut [&mut [f32]]) {
        let ([_, ny, _], [_, px], [y, x]) = (self.shape, self.pitch, &self.within);
        for y in y.start..y.end.min(ny) {
            rows[y][x.clone()].copy_from_slice(&slice[y * px..][x.clone()]);
        }
    }
}

/// The rows of each slice of a volume (y, z, x).
fn by_slice(volume: &mut [f32], nz: usize, pitch: usize) -> Vec<Vec<&mut [f32]>> {
    let mut slices: Vec<Vec<_>> = (0..nz).map(|_| Vec::with_capacity(volume.len() / (nz * pitch))).collect();
    for (row, to) in volume.chunks_exact_mut(pitch).enumerate() {
        slices[row % nz].push(to);
    }
    slices
}

/// Whether each axis (z, y, x) of an image has the voxels that the recursion needs: 4, and σ / spacing + 1.
pub(crate) fn is_large_enough(shape: [usize; 3], spacing_mm: [f64; 3], sigma_mm: f64) -> bool {
    let fits = |axis: usize| {
        let n = shape[axis];
        n >= 4 && n as f64 >= (sigma_mm / spacing_mm[axis]).ceil() + 1.0
    };
    (0..3).all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::Pool;

    fn image(shape: (usize, usize, usize)) -> Array3<f64> {
        let (_, ny, nx) = shape;
        Array3::from_shape_fn(shape, |(k, j, i)| (((k * ny + j) * nx + i) * 7919 % 101) as f64)
    }

    fn response(image: &ArrayRef3<f64>, spacing_mm: [f64; 3], sigma_mm: f64, isa: Isa) -> Array3<f64> {
        let whole = Window::whole(image.dim().into());
        let mut response = Array3::zeros(image.dim());
        Laplacians::new(image, spacing_mm).response(sigma_mm, &whole, isa, &mut response);
        response
    }

    #[test]
    fn responses_are_those_of_itk() {
        // SimpleITK 2.5.7, LaplacianRecursiveGaussianImageFilter with NormalizeAcrossScale, of the
        // image above, 6 x 7 x 8: rows (0, 0) and (2, 3) for sigma 1.5 mm and 4 mm.
        #[rustfmt::skip]
        let expected = [
            (1.5, 0, 0, [18.787968, 4.7175894, -5.1002464, -3.9315796, 5.1079664, 12.208435, 6.0067353, -7.800409]),
            (1.5, 2, 3, [6.598071, 8.135246, 10.170261, 5.894856, -2.3929586, -6.976319, -2.7331579, 7.524881]),
            (4.0, 0, 0, [4.6488957, 3.1436186, 1.7868603, 0.6458379, -0.34734896, -1.2077547, -2.1267772, -3.048234]),
            (4.0, 2, 3, [-5.569849, -4.118206, -2.6748157, -1.314156, 0.017507158, 1.2843289, 2.5338435, 3.754736f32]),
        ];
        for (sigma_mm, k, j, expected) in expected {
            let got = response(&image((6, 7, 8)), [2.0, 1.5, 1.0], sigma_mm, Isa::best());
            for (i, expected) in expected.into_iter().enumerate() {
                // Sines and exponentials may differ in the last bit between systems.
                let difference = (got[[k, j, i]] - f64::from(expected)).abs();
                assert!(
                    difference < 1e-5,
                    "sigma {sigma_mm}, ({k}, {j}, {i}): {} {expected}",
                    got[[k, j, i]]
                );
            }
        }
    }

    #[test]
    fn a_constant_gives_nothing_and_a_parabola_its_curvature() {
        let constant = Array3::from_elem((5, 6, 7), 1000.0);
        assert!(response(&constant, [1.0; 3], 1.3, Isa::best()).iter().all(|x| x.abs() < 1e-3));
        // x² in mm² has the Laplacian 2; times σ² that is 8.
        let parabola = Array3::from_shape_fn((5, 5, 161), |(_, _, i)| {
            let x = 0.5 * (i as f64 - 80.0);
            x * x
        });
        let got = response(&parabola, [1.0, 1.0, 0.5], 2.0, Isa::best());
        assert!((got[[2, 2, 80]] - 8.0).abs() < 1e-2, "{}", got[[2, 2, 80]]);
    }

    #[test]
    fn the_same_bits_for_every_instruction_set_and_number_of_threads() {
        for shape in [(4, 4, 4), (5, 9, 41), (7, 37, 10)] {
            let image = image(shape);
            let expected = response(&image, [1.0, 0.7, 1.3], 1.1, Isa::Scalar);
            for threads in [1, 2, 3] {
                let pool = Pool::new(threads).expect("a pool");
                for isa in Isa::available() {
                    let got = pool.install(|| response(&image, [1.0, 0.7, 1.3], 1.1, isa));
                    assert_eq!(got, expected, "{} with {threads} threads", isa.name());
                }
            }
        }
    }

    #[test]
    fn a_part_is_the_same_as_in_the_whole_and_buffers_of_one_sigma_do_not_show_in_the_next() {
        // Whole numbers, and such that 32 bits do not hold.
        for image in [image((6, 18, 50)), image((6, 18, 50)).mapv(|x| x / 3.0)] {
            let mut all = Laplacians::new(&image, [1.5, 1.0, 1.0]);
            assert_eq!(matches!(all.image, Values::Single(_)), image[[0, 0, 1]].fract() == 0.0);
            for (start, shape, sigma_mm) in
                [([0, 0, 0], [6, 18, 50], 2.0), ([1, 2, 3], [3, 9, 44], 0.8), ([5, 17, 49], [1, 1, 1], 1.0)]
            {
                let part = Window { start, shape };
                let whole = response(&image, [1.5, 1.0, 1.0], sigma_mm, Isa::Scalar);
                for isa in Isa::available() {
                    let mut response = Array3::from_elem(shape, f64::NAN);
                    all.response(sigma_mm, &part, isa, &mut response);
                    assert_eq!(response, part.of(&whole.view()), "{}", isa.name());
                }
            }
        }
    }

    #[test]
    fn lines_hold_four_voxels_and_the_width_of_the_gaussian() {
        assert!(!is_large_enough([3, 9, 9], [1.0; 3], 1.0));
        assert!(!is_large_enough([9, 9, 5], [1.0; 3], 4.5));
        assert!(is_large_enough([5, 5, 5], [1.0; 3], 4.0));
        assert!(!is_large_enough([5, 5, 5], [1.0, 1.0, 0.5], 4.0));
    }
}
