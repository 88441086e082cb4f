//! The wavelet decomposition of PyRadiomics: `pywt.swtn` of one level, again and again on the
//! approximation. Lines are periodic, and odd axes are extended by the voxel of the other side
//! once, at the beginning. Sums are in the order of PyWavelets, x before y before z, so that
//! they round like its own: on integer images many a value lies on the edge of a bin. For the
//! same reason numbers are of the type that PyWavelets computes in: 32-bit floats for images of
//! such, 64-bit ones for all others.

use ndarray::{Array3, ArrayRef3};

use super::parts::{Each, sized};
use super::wavelets::DecompositionFilters;
use crate::error::Result;
use crate::kernels::Isa;
use crate::kernels::convolve::{Float, Tap, sums};
use crate::kernels::pages::{made, zeros};
use crate::volume::grid::Window;
use crate::volume::voxels::write_row;
use crate::work::loops;

/// Whether each of x, y and z is high-pass filtered.
pub(crate) type Band = [bool; 3];

/// The responses that are asked for of an image.
#[derive(Clone, Copy)]
pub(crate) struct Wanted<'a> {
    /// The number of axes: 3, or 2 if nothing is done along z.
    pub axes: usize,
    /// Level and sub-band of each response.
    pub bands: &'a [(usize, Band)],
    /// The part of each response that is asked for.
    pub part: &'a Window,
}

impl Wanted<'_> {
    /// The indices of a level's sub-band among those that are asked for.
    fn of(&self, level: usize, band: Band) -> impl Iterator<Item = usize> {
        self.bands.iter().enumerate().filter(move |(_, b)| **b == (level, band)).map(|b| b.0)
    }
}

/// Calls `each` with the response to every one of the bands, in `response`, and its index; bands
/// that have their first letters in common share the passes along these axes.
///
/// # Errors
/// Those of `each`.
pub(crate) fn responses<T: Float>(
    image: &ArrayRef3<f64>,
    wavelet: &DecompositionFilters,
    wanted: Wanted,
    isa: Isa,
    response: &mut Array3<f64>,
    each: &mut Each,
) -> Result<()> {
    let part = wanted.part;
    let mut approximation = extended::<T>(image, isa);
    let last = wanted.bands.iter().map(|band| band.0).max().unwrap_or(0);
    let mut in_plane = [Vec::new(), Vec::new()];
    for level in 1..=last {
        let mut next = None;
        let goes_on = |band: Band| level < last && band == [false; 3];
        let is_wanted = |band: Band| wanted.of(level, band).next().is_some() || goes_on(band);
        for x in [false, true] {
            let z_bands: &[bool] = if wanted.axes == 3 { &[false, true] } else { &[false] };
            let needs = [false, true].map(|y| z_bands.iter().any(|&z| is_wanted([x, y, z])));
            approximation.along_x_and_y(wavelet, x, needs, &mut in_plane);
            for y in [false, true].into_iter().filter(|&y| needs[usize::from(y)]) {
                let values = std::mem::take(&mut in_plane[usize::from(y)]);
                let plane = Volume { values, ..approximation };
                for &z in z_bands {
                    let band = [x, y, z];
                    let filter = (wanted.axes == 3).then(|| pick(wavelet, z));
                    for index in wanted.of(level, band) {
                        let to = sized(response, part.shape);
                        let to = to.as_slice_mut().expect("made in standard layout");
                        plane.along_z(filter, part, to, Into::into);
                        each(index, response)?;
                    }
                    if goes_on(band) {
                        let mut values = zeros(plane.values.len());
                        plane.along_z(filter, &Window::whole(plane.shape), &mut values, |x| x);
                        next = Some(values);
                    }
                }
                in_plane[usize::from(y)] = plane.values;
            }
        }
        if let Some(next) = next {
            approximation.values = next;
        }
    }
    Ok(())
}

/// The image with its odd axes extended.
fn extended<T: Float>(image: &ArrayRef3<f64>, isa: Isa) -> Volume<T> {
    let shape: [usize; 3] = image.dim().into();
    let even = shape.map(|n| n + n % 2);
    let [_, ny, nx] = even;
    let fill = |(): &mut (), k: usize, slice: &mut [T]| {
        for (j, to) in slice.chunks_exact_mut(nx).enumerate() {
            let row = image.slice(ndarray::s![k % shape[0], j % shape[1], ..]);
            let (within, beyond) = to.split_at_mut(shape[2]);
            write_row(row, within, T::from_f64);
            beyond.fill(T::from_f64(row[0]));
        }
    };
    let values = made(even.iter().product(), ny * nx, || (), fill);
    Volume { values, shape: even, isa }
}

/// The high-pass filter of a wavelet, or else its low-pass filter.
fn pick(wavelet: &DecompositionFilters, high: bool) -> &[f64] {
    if high { &wavelet.high } else { &wavelet.low }
}

/// What `filter` reads for position `i` of a line of `n` rows that are `stride` apart:
/// Σ f[k] x[i + N/2 − k], what lies beyond the end of the line first and backwards, as
/// PyWavelets sums it.
fn taps(filter: &[f64], i: usize, n: usize, stride: usize) -> Vec<Tap> {
    let ahead = i + filter.len() / 2;
    let at = |k: usize| (ahead + filter.len() * n - k) % n;
    let mut taps: Vec<Tap> =
        filter.iter().enumerate().map(|(k, &weight)| Tap { offset: at(k) * stride, weight }).collect();
    let beyond = (ahead + 1).saturating_sub(n).min(taps.len());
    taps[..beyond].reverse();
    taps
}

/// A volume with even axes.
struct Volume<T> {
    values: Vec<T>,
    shape: [usize; 3],
    isa: Isa,
}

impl<T: Float> Volume<T> {
    /// Filters along x and then along y with either filter that `needs` (low, high) asks for.
    fn along_x_and_y(
        &self,
        wavelet: &DecompositionFilters,
        x: bool,
        needs: [bool; 2],
        volumes: &mut [Vec<T>; 2],
    ) {
        if needs == [false; 2] {
            return;
        }
        let [_, ny, nx] = self.shape;
        let plane = ny * nx;
        let filter = pick(wavelet, x);
        let half = filter.len() / 2;
        // A row with `half` more values at either end: f[0] reads furthest ahead.
        let pitch = nx + 2 * half;
        let row_taps: Vec<Tap> =
            filter.iter().enumerate().map(|(k, &weight)| Tap { offset: 2 * half - k, weight }).collect();
        // The last values of a row sum in another order.
        let end_taps: Vec<_> = (nx.saturating_sub(half)..nx).rev().map(|i| taps(filter, i, nx, 1)).collect();
        let column_taps =
            [false, true].map(|y| (0..ny).map(|j| taps(pick(wavelet, y), j, ny, pitch)).collect::<Vec<_>>());
        for (values, need) in volumes.iter_mut().zip(needs) {
            let length = if need { self.values.len() } else { 0 };
            if values.len() != length {
                *values = zeros(length);
            }
        }
        let [low, high] = volumes;
        let mut low_planes = low.chunks_exact_mut(plane);
        let mut high_planes = high.chunks_exact_mut(plane);
        let planes = self.values.chunks_exact(plane);
        loops::each_with(
            planes.map(|from| (from, [low_planes.next(), high_planes.next()])),
            || (vec![T::default(); ny * pitch], vec![T::default(); ny * pitch]),
            |(extended, filtered), (from, to)| {
                for (row, extended) in from.chunks_exact(nx).zip(extended.chunks_exact_mut(pitch)) {
                    extend_periodically(row, half, extended);
                }
                // Row after row at once, and what lies between them as if it belonged there.
                sums(self.isa, &mut filtered[..ny * pitch - 2 * half], extended, &row_taps);
                for (row, filtered) in from.chunks_exact(nx).zip(filtered.chunks_exact_mut(pitch)) {
                    for (value, taps) in filtered[..nx].iter_mut().rev().zip(&end_taps) {
                        *value = T::default();
                        for tap in taps {
                            *value += T::from_f64(tap.weight) * row[tap.offset];
                        }
                    }
                }
                for (to, taps) in to.into_iter().zip(&column_taps) {
                    for (to, taps) in to.into_iter().flat_map(|to| to.chunks_exact_mut(nx)).zip(taps) {
                        sums(self.isa, to, filtered, taps);
                    }
                }
            },
        );
    }

    /// Filters the box `part` along z, if there is a filter.
    fn along_z<U: Send>(
        &self,
        filter: Option<&[f64]>,
        part: &Window,
        to: &mut [U],
        value: impl Fn(T) -> U + Sync,
    ) {
        let [nz, ny, nx] = self.shape;
        assert_eq!(to.len(), part.shape.iter().product::<usize>(), "room for the box {part:?}");
        let slices = to.chunks_mut((part.shape[1] * part.shape[2]).max(1));
        let columns = part.start[2]..part.end()[2];
        loops::each_with(slices.zip(part.start[0]..part.end()[0]), Vec::new, |sums_of_row, (slice, k)| {
            let taps = taps(filter.unwrap_or(&[1.0]), k, nz, ny * nx);
            sums_of_row.resize(nx, T::default());
            for (to, j) in slice.chunks_exact_mut(part.shape[2]).zip(part.start[1]..) {
                sums(self.isa, sums_of_row, &self.values[j * nx..], &taps);
                for (to, &sum) in to.iter_mut().zip(&sums_of_row[columns.clone()]) {
                    *to = value(sum);
                }
            }
        });
    }
}

/// Copies a row into `extended`, with `half` more values at either end, those of its other end.
fn extend_periodically<T: Copy>(row: &[T], half: usize, extended: &mut [T]) {
    let nx = row.len();
    for (i, value) in extended[..half].iter_mut().enumerate() {
        *value = row[(i + half * nx - half) % nx];
    }
    extended[half..half + nx].copy_from_slice(row);
    for (i, value) in extended[half + nx..].iter_mut().enumerate() {
        *value = row[i % nx];
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filters::engine::wavelets::decomposition;

    fn image(shape: (usize, usize, usize)) -> Array3<f64> {
        let (_, ny, nx) = shape;
        Array3::from_shape_fn(shape, |(k, j, i)| (((k * ny + j) * nx + i) * 7919 % 101) as f64)
    }

    fn all(
        image: &ArrayRef3<f64>,
        name: &str,
        axes: usize,
        bands: &[(usize, Band)],
        isa: Isa,
    ) -> Vec<Array3<f64>> {
        let mut all = vec![Array3::zeros((0, 0, 0)); bands.len()];
        let wavelet = decomposition(name).expect("a wavelet");
        let wanted = Wanted { axes, bands, part: &Window::whole(image.dim().into()) };
        responses::<f64>(image, &wavelet, wanted, isa, &mut Array3::default([0; 3]), &mut |i, response| {
            all[i] = std::mem::take(response);
            Ok(())
        })
        .expect("no error of ours");
        all
    }

    /// A response by its definition: every axis of the padded image on its own, voxel by voxel.
    fn plain(image: &ArrayRef3<f64>, name: &str, axes: usize, level: usize, band: Band) -> Array3<f64> {
        let wavelet = decomposition(name).expect("a wavelet");
        let shape: [usize; 3] = image.dim().into();
        let even = shape.map(|n| n + n % 2);
        let mut values =
            Array3::from_shape_fn(even, |(k, j, i)| image[[k % shape[0], j % shape[1], i % shape[2]]]);
        for step in 1..=level {
            for (axis, high) in [2, 1, 0].into_iter().zip(band).take(axes) {
                let filter = pick(&wavelet, high && step == level);
                values = Array3::from_shape_fn(even, |(k, j, i)| {
                    let read = |(tap, f): (usize, &f64)| {
                        let mut at = [k, j, i];
                        let position = at[axis] as isize + filter.len() as isize / 2 - tap as isize;
                        at[axis] = position.rem_euclid(even[axis] as isize) as usize;
                        f * values[at]
                    };
                    filter.iter().enumerate().map(read).sum()
                });
            }
        }
        values.slice_move(ndarray::s![..shape[0], ..shape[1], ..shape[2]])
    }

    #[test]
    fn shared_passes_give_what_each_axis_alone_gives() {
        let bands: Vec<(usize, Band)> = (0..24)
            .map(|n: usize| (1 + n / 8, [n & 4 != 0, n & 2 != 0, n & 1 != 0]))
            .filter(|(level, band)| *level != 2 || band[0])
            .collect();
        for (shape, name) in
            [((4, 6, 8), "db2"), ((3, 5, 7), "coif1"), ((2, 9, 37), "bior1.3"), ((1, 1, 3), "db4")]
        {
            let image = image(shape);
            for axes in [2, 3] {
                let bands: Vec<_> = bands.iter().copied().filter(|(_, band)| axes == 3 || !band[2]).collect();
                let first = all(&image, name, axes, &bands, Isa::Scalar);
                for (&(level, band), got) in bands.iter().zip(&first) {
                    let expected = plain(&image, name, axes, level, band);
                    assert_eq!(got.dim(), expected.dim());
                    let worst = (got - &expected).iter().fold(0.0, |m: f64, x| m.max(x.abs()));
                    assert!(worst < 1e-11, "{name} {shape:?} level {level} {band:?}: {worst}");
                }
                for isa in Isa::available() {
                    assert_eq!(all(&image, name, axes, &bands, isa), first, "{}", isa.name());
                }
            }
        }
    }

    #[test]
    fn responses_are_those_of_pyradiomics() {
        // PyRadiomics 3.0.1 with PyWavelets 1.8, getWaveletImage(wavelet='coif1', level=2) of the
        // image above, 3 x 4 x 5: row (1, 2).
        #[rustfmt::skip]
        let expected = [
            (1, [false, false, true], [-39.45580954354953, 9.42355946076389, 59.38282102084861, 4.406647203980433, -39.455809543549535]),
            (1, [true, true, false], [24.806683908292282, -62.591390720569514, 28.254769607325077, 5.339649552314864, -1.1493618996775907]),
            (2, [true, false, false], [-63.84737213991801, -11.792536939711184, -6.943981796666098, -78.38744979697101, 70.79135393658413]),
            (2, [false; 3], [238.337506211426, 379.43999723115013, 452.7032958570476, 472.29878309267997, 424.39742358716944]),
        ];
        let bands = expected.map(|(level, band, _)| (level, band));
        let got = all(&image((3, 4, 5)), "coif1", 3, &bands, Isa::best());
        for ((level, band, expected), got) in expected.into_iter().zip(got) {
            let row: Vec<f64> = (0..5).map(|i| got[[1, 2, i]]).collect();
            assert_eq!(row, expected, "level {level} {band:?}");
        }
    }
}
