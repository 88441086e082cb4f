//! The wavelet decomposition of PyRadiomics: `pywt.swtn` of one level, again and again on the
//! approximation. Lines are periodic, and odd axes are extended by the voxel of the other side
//! once, at the beginning. Sums are in the order of PyWavelets, x before y before z, so that
//! they round like its own: on integer images many a value lies on the edge of a bin. For the
//! same reason numbers are of the type that PyWavelets computes in: 32-bit floats for images of
//! such, 64-bit ones for all others.

use ndarray::Array3;
use rayon::prelude::*;

use super::wavelets::DecompositionFilters;
use crate::error::Result;
use crate::kernels::Isa;
use crate::kernels::convolve::{Float, Tap, sums};

/// Whether each of x, y and z is high-pass filtered.
pub(super) type Band = [bool; 3];

/// Calls `each` with the response to every one of `bands`, levels and sub-bands, and its index;
/// bands that have their first letters in common share the passes along these axes. In 2D
/// (`axes` = 2) nothing is done along z.
///
/// # Errors
/// Those of `each`.
pub(super) fn responses<T: Float>(
    image: &Array3<f64>,
    wavelet: &DecompositionFilters,
    axes: usize,
    bands: &[(usize, Band)],
    isa: Isa,
    each: &mut dyn FnMut(usize, Array3<f64>) -> Result<()>,
) -> Result<()> {
    let shape: [usize; 3] = image.dim().into();
    let even = shape.map(|n| n + n % 2);
    let mut approximation = Volume::<T> { values: Vec::new(), shape: even, isa };
    approximation.values.reserve_exact(even.iter().product());
    for k in 0..even[0] {
        for j in 0..even[1] {
            let row = (0..even[2]).map(|i| T::from_f64(image[[k % shape[0], j % shape[1], i % shape[2]]]));
            approximation.values.extend(row);
        }
    }
    let last = bands.iter().map(|band| band.0).max().unwrap_or(0);
    for level in 1..=last {
        let mut next = None;
        let wanted =
            |band: Band| bands.iter().enumerate().filter(move |(_, b)| **b == (level, band)).map(|b| b.0);
        let goes_on = |band: Band| level < last && band == [false; 3];
        let is_wanted = |band: Band| wanted(band).next().is_some() || goes_on(band);
        for x in [false, true] {
            let z_bands: &[bool] = if axes == 3 { &[false, true] } else { &[false] };
            let needs = [false, true].map(|y| z_bands.iter().any(|&z| is_wanted([x, y, z])));
            let in_plane = approximation.along_x_and_y(wavelet, x, needs);
            for (y, plane) in [false, true].into_iter().zip(in_plane) {
                let Some(plane) = plane else { continue };
                for &z in z_bands {
                    let band = [x, y, z];
                    let filter = (axes == 3).then(|| pick(wavelet, z));
                    for index in wanted(band) {
                        each(index, plane.along_z(filter, shape))?;
                    }
                    if goes_on(band) {
                        let values = plane.along_z(filter, even).into_iter().map(T::from_f64).collect();
                        next = Some(Volume { values, shape: even, isa });
                    }
                }
            }
        }
        if let Some(next) = next {
            approximation = next;
        }
    }
    Ok(())
}

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
    /// Filtered along x and then along y with either filter that `needs` (low, high) asks for.
    fn along_x_and_y(
        &self,
        wavelet: &DecompositionFilters,
        x: bool,
        needs: [bool; 2],
    ) -> [Option<Volume<T>>; 2] {
        if needs == [false; 2] {
            return [None, None];
        }
        let [_, ny, nx] = self.shape;
        let plane = ny * nx;
        let filter = pick(wavelet, x);
        let half = filter.len() / 2;
        // A row with `half` more values at either end: f[0] reads furthest ahead.
        let row_taps: Vec<Tap> =
            filter.iter().enumerate().map(|(k, &weight)| Tap { offset: 2 * half - k, weight }).collect();
        // The last values of a row sum in another order.
        let end_taps: Vec<_> = (nx.saturating_sub(half)..nx).rev().map(|i| taps(filter, i, nx, 1)).collect();
        let column_taps =
            [false, true].map(|y| (0..ny).map(|j| taps(pick(wavelet, y), j, ny, nx)).collect::<Vec<_>>());
        let mut volumes = needs.map(|need| vec![T::default(); if need { self.values.len() } else { 0 }]);
        let [low, high] = &mut volumes;
        let mut low_planes = low.chunks_exact_mut(plane);
        let mut high_planes = high.chunks_exact_mut(plane);
        let work: Vec<_> = self
            .values
            .chunks_exact(plane)
            .map(|from| (from, [low_planes.next(), high_planes.next()]))
            .collect();
        work.into_par_iter().for_each_init(
            || (vec![T::default(); nx + 2 * half], vec![T::default(); plane]),
            |(extended, filtered), (from, to)| {
                for (row, filtered) in from.chunks_exact(nx).zip(filtered.chunks_exact_mut(nx)) {
                    for (i, value) in extended[..half].iter_mut().enumerate() {
                        *value = row[(i + half * nx - half) % nx];
                    }
                    extended[half..half + nx].copy_from_slice(row);
                    for (i, value) in extended[half + nx..].iter_mut().enumerate() {
                        *value = row[i % nx];
                    }
                    sums(self.isa, filtered, extended, &row_taps);
                    for (value, taps) in filtered.iter_mut().rev().zip(&end_taps) {
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
        let mut needs = needs.into_iter();
        volumes.map(|values| needs.next()?.then_some(Volume { values, shape: self.shape, isa: self.isa }))
    }

    /// Filtered along z, if there is a filter, and cut to `shape`.
    fn along_z(&self, filter: Option<&[f64]>, shape: [usize; 3]) -> Array3<f64> {
        let [nz, ny, nx] = self.shape;
        let mut result = Array3::<f64>::zeros(shape);
        let identity = [1.0];
        let slices = result.as_slice_mut().unwrap_or_default();
        let slices = slices.par_chunks_mut((shape[1] * shape[2]).max(1)).enumerate();
        slices.for_each_init(Vec::new, |sums_of_slice, (k, slice)| {
            let taps = match filter {
                Some(filter) => taps(filter, k, nz, ny * nx),
                None => taps(&identity, k, nz, ny * nx),
            };
            sums_of_slice.resize(shape[1] * nx, T::default());
            sums(self.isa, sums_of_slice, &self.values, &taps);
            for (row, sums) in slice.chunks_exact_mut(shape[2]).zip(sums_of_slice.chunks_exact(nx)) {
                for (value, &sum) in row.iter_mut().zip(sums) {
                    *value = sum.into();
                }
            }
        });
        result
    }
}

#[cfg(test)]
mod tests {
    use super::super::wavelets::decomposition;
    use super::*;

    fn image(shape: (usize, usize, usize)) -> Array3<f64> {
        let (_, ny, nx) = shape;
        Array3::from_shape_fn(shape, |(k, j, i)| (((k * ny + j) * nx + i) * 7919 % 101) as f64)
    }

    fn all(
        image: &Array3<f64>,
        name: &str,
        axes: usize,
        bands: &[(usize, Band)],
        isa: Isa,
    ) -> Vec<Array3<f64>> {
        let mut found = vec![Array3::zeros((0, 0, 0)); bands.len()];
        let wavelet = decomposition(name).expect("a wavelet");
        responses::<f64>(image, &wavelet, axes, bands, isa, &mut |i, response| {
            found[i] = response;
            Ok(())
        })
        .expect("no error of ours");
        found
    }

    /// Every axis of the padded image on its own, voxel by voxel.
    fn plain(image: &Array3<f64>, name: &str, axes: usize, level: usize, band: Band) -> Array3<f64> {
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
                    let wanted = plain(&image, name, axes, level, band);
                    assert_eq!(got.dim(), wanted.dim());
                    let worst = (got - &wanted).iter().fold(0.0, |m: f64, x| m.max(x.abs()));
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
        let wanted = [
            (1, [false, false, true], [-39.45580954354953, 9.42355946076389, 59.38282102084861, 4.406647203980433, -39.455809543549535]),
            (1, [true, true, false], [24.806683908292282, -62.591390720569514, 28.254769607325077, 5.339649552314864, -1.1493618996775907]),
            (2, [true, false, false], [-63.84737213991801, -11.792536939711184, -6.943981796666098, -78.38744979697101, 70.79135393658413]),
            (2, [false; 3], [238.337506211426, 379.43999723115013, 452.7032958570476, 472.29878309267997, 424.39742358716944]),
        ];
        let bands = wanted.map(|(level, band, _)| (level, band));
        let got = all(&image((3, 4, 5)), "coif1", 3, &bands, Isa::best());
        for ((level, band, wanted), got) in wanted.into_iter().zip(got) {
            let row: Vec<f64> = (0..5).map(|i| got[[1, 2, i]]).collect();
            assert_eq!(row, wanted, "level {level} {band:?}");
        }
    }
}
