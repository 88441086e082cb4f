//! Interpolation to a new grid, axis by axis (IBSI 1, "Image interpolation", VTM2).

use ndarray::Array3;

use super::lines::{Along, interpolate};
use crate::error::{Error, Result, invalid};
use crate::kernels::Isa;
use crate::kernels::pages::room;
use crate::kernels::splines::{Taps, convolution_weights, mirror, spline_weights};
use crate::settings::{GridAlignment, Interpolation};
use crate::volume::grid::{Grid, Window};
use crate::volume::voxels::volume;
use crate::work::loops;

/// How many voxels the spline prefilter reaches: its response falls by 2 − √3 a voxel, so at this
/// distance it is below the resolution of a 64-bit float.
pub(super) const SPLINE_REACH: usize = 32;

/// Largest grid that interpolation may make: 2³² voxels.
pub(super) const MAX_VOXELS: f64 = 4_294_967_296.0;

/// How many times finer than the image a new grid may be along an axis: there is nothing in between that more
/// voxels would show, and the work has no end.
const MOST_FINER: f64 = 300.0;

/// Slack of what is half way between two voxels, in voxels: the spacings 3 and 2 mm put every
/// third voxel there, and rounding must not decide between its neighbours.
pub(super) const HALF_WAY_SLACK: f64 = 1e-9;

/// Size slack of the new grid, in voxels: spacings read from files carry rounding, which
/// must not add a slice.
const SIZE_SLACK: f64 = 1e-6;

/// The grid with `spacing_mm` (z, y, x; `None` keeps an axis), ⌈n·s/s'⌉ voxels along each axis,
/// that shares its centre or its corner with `grid` (IBSI 1, UMPJ).
///
/// # Errors
/// [`Error::GridTooLarge`] when it would have more than 2³² voxels, and [`Error::InvalidSetting`] for one that is
/// more than 300 times finer than `grid` along an axis.
pub fn resampled_grid(grid: &Grid, spacing_mm: [Option<f64>; 3], alignment: GridAlignment) -> Result<Grid> {
    let spacing: [f64; 3] = std::array::from_fn(|a| spacing_mm[a].unwrap_or(grid.spacing_mm[a]));
    let size: [f64; 3] = std::array::from_fn(|a| match spacing_mm[a] {
        None => grid.shape[a] as f64,
        Some(s) => (grid.shape[a] as f64 * grid.spacing_mm[a] / s - SIZE_SLACK).ceil().max(1.0),
    });
    let voxels: f64 = size.iter().product();
    if voxels > MAX_VOXELS {
        return Err(Error::GridTooLarge { spacing_mm: spacing, voxels });
    }
    let is_too_fine = |a: usize| grid.spacing_mm[a] > MOST_FINER * spacing[a];
    if (0..3).any(is_too_fine) {
        let remedy = format!(
            "voxels of the image measure {:?} mm, and {voxels:.3e} would be made of them; choose a larger spacing, at \
             most {MOST_FINER} times finer along an axis",
            grid.spacing_mm
        );
        return Err(invalid("resample_spacing_mm", format!("{spacing:?}"), remedy));
    }
    let shape = size.map(|n| n as usize);
    let first = std::array::from_fn(|a| first_coordinate(grid, shape, spacing, alignment, a));
    Ok(Grid { shape, spacing_mm: spacing, origin_mm: grid.position_mm(first), direction: grid.direction })
}

/// Where the first voxel of the new grid lies along axis `a`, in voxels of the old one.
fn first_coordinate(
    grid: &Grid,
    shape: [usize; 3],
    spacing: [f64; 3],
    alignment: GridAlignment,
    a: usize,
) -> f64 {
    let step = spacing[a] / grid.spacing_mm[a];
    match alignment {
        GridAlignment::Centre => 0.5 * ((grid.shape[a] as f64 - 1.0) - step * (shape[a] as f64 - 1.0)),
        GridAlignment::Corner => 0.5 * (step - 1.0),
    }
}

/// Values at the voxels of one grid from those of another with the same centre.
#[derive(Clone, Debug)]
pub struct Resampling {
    source: [usize; 3],
    target: [usize; 3],
    /// First coordinate and step in source voxels; `None` where an axis stays as it is.
    axes: [Option<(f64, f64)>; 3],
    method: Interpolation,
    alignment: GridAlignment,
}

impl Resampling {
    /// Resampling from the voxels of `from` to those of `to`, a grid made by [`resampled_grid`] with the
    /// same `alignment`.
    pub fn new(from: &Grid, to: &Grid, method: Interpolation, alignment: GridAlignment) -> Self {
        let axes = std::array::from_fn(|a| {
            let same = from.shape[a] == to.shape[a] && from.spacing_mm[a] == to.spacing_mm[a];
            let first = || first_coordinate(from, to.shape, to.spacing_mm, alignment, a);
            (!same).then(|| (first(), to.spacing_mm[a] / from.spacing_mm[a]))
        });
        Self { source: from.shape, target: to.shape, axes, method, alignment }
    }

    /// First coordinate and step of the target along an axis, in source voxels.
    pub(super) fn along(&self, axis: usize) -> (f64, f64) {
        self.axes[axis].unwrap_or((0.0, 1.0))
    }

    /// How values are interpolated.
    pub(super) fn method(&self) -> Interpolation {
        self.method
    }

    /// The target voxels that the source voxels of `window` can influence.
    pub fn reach(&self, window: &Window) -> Window {
        let mut start = window.start;
        let mut end = window.end();
        for a in 0..3 {
            let Some((first, step)) = self.axes[a] else { continue };
            let support = self.taps() as f64;
            let target = |coordinate: f64| (coordinate - first) / step;
            let last = self.target[a] - 1;
            // Edge values extend outwards, so a region at the border reaches to the end.
            start[a] = match start[a] {
                0 => 0,
                s => (target(s as f64 - support).floor().max(0.0) as usize).min(last),
            };
            end[a] = match end[a] {
                e if e == self.source[a] => last + 1,
                e => (target(e as f64 + support).ceil().max(0.0) as usize).min(last) + 1,
            };
        }
        Window { start, shape: std::array::from_fn(|a| end[a] - start[a]) }
    }

    /// The values at the target voxels of `window`. `crop` yields the source voxels of a box.
    pub fn apply(&self, window: &Window, crop: impl Fn(&Window) -> Array3<f64> + Sync) -> Array3<f64> {
        self.apply_by_slice(window, |slice, to| {
            let voxels = crop(slice);
            assert_eq!(voxels.len(), to.len(), "voxels in {slice:?}");
            to.iter_mut().zip(&voxels).for_each(|(to, &x)| *to = x);
        })
    }

    /// The source voxels that the target voxels of `window` are made of.
    pub(super) fn reads(&self, window: &Window) -> Window {
        self.source_window(window, &self.taps_along(window))
    }

    /// What the target voxels of `window` are made of, along each axis that is interpolated.
    fn taps_along(&self, window: &Window) -> [Option<Vec<Taps>>; 3] {
        std::array::from_fn(|a| self.axes[a].map(|(first, step)| self.taps_between(window, a, first, step)))
    }

    /// What the target voxels of `window` are made of along an axis. There may be more of them than of anything
    /// else: a row of voxels that are metres long becomes millions.
    fn taps_between(&self, window: &Window, axis: usize, first: f64, step: f64) -> Vec<Taps> {
        let mut taps = room(window.shape[axis]);
        let places = window.start[axis]..window.end()[axis];
        taps.extend(places.map(|t| self.taps_at(first + t as f64 * step, self.source[axis])));
        taps
    }

    /// The values at the target voxels of `window`. `read` writes the source voxels of a box that is one
    /// slice, x before y.
    pub(super) fn apply_by_slice(
        &self,
        window: &Window,
        read: impl Fn(&Window, &mut [f64]) + Sync,
    ) -> Array3<f64> {
        let taps = self.taps_along(window);
        let source = self.source_window(window, &taps);
        let prefilter = (self.method == Interpolation::CubicSpline).then_some(SPLINE_REACH);
        let mut axis = 0;
        let axes = taps.map(|taps| {
            let start = source.start[axis];
            axis += 1;
            let mut taps = taps?;
            taps.iter_mut().for_each(|tap| tap.index = tap.index.map(|i| i - start));
            Some(Along { taps, prefilter })
        });
        let [k, j, i] = source.start;
        let [_, ny, nx] = source.shape;
        interpolate(&axes, source.shape, Isa::best(), |slice, to| {
            read(&Window { start: [k + slice, j, i], shape: [1, ny, nx] }, to);
        })
    }

    /// Which of the target voxels of `window` are 1, for a mask whose voxels count with 0 and 1 and where
    /// each value is that of a single voxel, or 0.
    pub(super) fn apply_nearest(
        &self,
        window: &Window,
        crop: impl FnOnce(&Window) -> Array3<bool>,
    ) -> Array3<bool> {
        let taps: [Option<Vec<Taps>>; 3] = std::array::from_fn(|a| {
            let (first, step) = self.axes[a].unwrap_or((0.0, 1.0));
            Some(self.taps_between(window, a, first, step))
        });
        let source = self.source_window(window, &taps);
        let mut axis = 0;
        let [z, y, x] = taps.map(|taps| {
            let taps = taps.expect("taps along each axis");
            let start = source.start[axis];
            axis += 1;
            let chosen = |tap: &Taps| tap.weights.iter().position(|w| *w != 0.0).map(|n| tap.index[n]);
            let mut places: Vec<Option<usize>> = room(taps.len());
            places.extend(taps.iter().map(|tap| chosen(tap).map(|i| i - start)));
            places
        });
        let values = crop(&source);
        let mut result = volume(window.shape);
        loops::each(result.outer_iter_mut().zip(z), |(mut slice, k)| {
            for (mut to, j) in slice.rows_mut().into_iter().zip(&y) {
                let (Some(k), Some(j)) = (k, *j) else { continue };
                let from = values.slice(ndarray::s![k, j, ..]);
                for (to, i) in to.iter_mut().zip(&x) {
                    *to = i.is_some_and(|i| from[i]);
                }
            }
        });
        result
    }

    fn taps(&self) -> usize {
        match self.method {
            Interpolation::Nearest => 1,
            Interpolation::Linear => 2,
            Interpolation::CubicSpline | Interpolation::CubicConvolution => 4,
        }
    }

    /// The source voxels that make up the value at `coordinate`. Outside of the image, the
    /// nearest voxel counts, or nothing for grids that share their corner.
    pub(super) fn taps_at(&self, coordinate: f64, n: usize) -> Taps {
        let last = n - 1;
        // A voxel holds its lower border, not its upper one (ITK).
        let outside = coordinate < -0.5 - HALF_WAY_SLACK || coordinate >= last as f64 + 0.5 - HALF_WAY_SLACK;
        let mirrored = self.method == Interpolation::CubicSpline && self.alignment == GridAlignment::Corner;
        let c = match mirrored && !outside {
            true => coordinate,
            false => coordinate.clamp(0.0, last as f64),
        };
        let floor = c.floor();
        let t = c - floor;
        let weights = match self.method {
            _ if outside && self.alignment == GridAlignment::Corner => [0.0; 4],
            Interpolation::Nearest => {
                let second = t >= 0.5 - HALF_WAY_SLACK;
                [0.0, f64::from(!second), f64::from(second), 0.0]
            }
            Interpolation::Linear => [0.0, 1.0 - t, t, 0.0],
            Interpolation::CubicSpline => spline_weights(t),
            Interpolation::CubicConvolution => convolution_weights(t),
        };
        let base = floor as isize - 1;
        let index = std::array::from_fn(|o| {
            let i = base + o as isize;
            match self.method {
                Interpolation::CubicSpline => mirror(i, last),
                _ => i.clamp(0, last as isize) as usize,
            }
        });
        Taps { index, weights, linear: self.method == Interpolation::Linear }
    }

    fn source_window(&self, window: &Window, taps: &[Option<Vec<Taps>>; 3]) -> Window {
        let reach = match self.method {
            Interpolation::CubicSpline => SPLINE_REACH,
            _ => 0,
        };
        let mut start = window.start;
        let mut end = window.end();
        for a in 0..3 {
            let Some(taps) = &taps[a] else { continue };
            let indices = || taps.iter().flat_map(|t| t.index);
            let ends = indices().min().zip(indices().max());
            let (first, last) = ends.expect("a window of some voxels");
            start[a] = first.saturating_sub(reach);
            end[a] = (last + 1 + reach).min(self.source[a]);
        }
        Window { start, shape: std::array::from_fn(|a| end[a] - start[a]) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use approx::assert_relative_eq;
    use proptest::prelude::*;

    fn resample_line(values: &[f64], spacing: f64, method: Interpolation) -> Vec<f64> {
        let grid = Grid::new([1, 1, values.len()], [1.0; 3]).unwrap();
        let target = resampled_grid(&grid, [None, None, Some(spacing)], GridAlignment::Centre).unwrap();
        let image = Array3::from_shape_vec((1, 1, values.len()), values.to_vec()).unwrap();
        Resampling::new(&grid, &target, method, GridAlignment::Centre)
            .apply(&Window::whole(target.shape), |w| {
                image.slice(ndarray::s![.., .., w.start[2]..w.end()[2]]).to_owned()
            })
            .into_raw_vec_and_offset()
            .0
    }

    #[test]
    fn spacings_that_are_far_finer_are_refused() {
        let grid = Grid::new([4, 2, 2], [3.0, 1.0, 1.0]).unwrap();
        let made = |spacing: f64| resampled_grid(&grid, [Some(spacing), None, None], GridAlignment::Centre);
        assert_eq!(made(0.01).unwrap().shape, [1200, 2, 2]);
        let text = made(0.0099).unwrap_err().to_string();
        assert!(text.contains("`resample_spacing_mm`") && text.contains("at most 300 times finer"), "{text}");
    }

    #[test]
    fn grids_share_their_centre() {
        // Six voxels of 1 mm, 0 … 6 mm, become four of 1.5 mm:
        //   |  0  |  1  |  2  |  3  |  4  |  5  |
        //   |   .25  |  1.75  |  3.25  |  4.75  |
        let grid = Grid::new([1, 1, 6], [1.0; 3]).unwrap();
        let target = resampled_grid(&grid, [None, None, Some(1.5)], GridAlignment::Centre).unwrap();
        assert_eq!(target.shape, [1, 1, 4]);
        assert_eq!(target.origin_mm, [0.0, 0.0, 0.25]);
        let ramp: Vec<f64> = (0..6).map(f64::from).collect();
        assert_eq!(resample_line(&ramp, 1.5, Interpolation::Linear), [0.25, 1.75, 3.25, 4.75]);
        assert_eq!(resample_line(&ramp, 1.5, Interpolation::Nearest), [0.0, 2.0, 3.0, 5.0]);
    }

    #[test]
    fn outside_of_the_grid_the_edge_value_counts() {
        assert_eq!(resample_line(&[1.0, 2.0, 3.0, 4.0], 1.5, Interpolation::Linear), [1.0, 2.5, 4.0]);
    }

    #[test]
    fn cubic_methods_reproduce_the_voxels_and_smooth_curves() {
        let n = 64;
        let wave = |x: f64| (x / 9.0).sin();
        let values: Vec<f64> = (0..n).map(|i| wave(f64::from(i))).collect();
        for method in [Interpolation::CubicSpline, Interpolation::CubicConvolution] {
            let fine = resample_line(&values, 0.5, method);
            for (i, v) in fine.iter().enumerate().skip(16).take(96) {
                assert_relative_eq!(*v, wave(-0.25 + 0.5 * i as f64), epsilon = 5e-4);
            }
            let same = resample_line(&values, 1.0 + 1e-15, method);
            for (a, b) in same.iter().zip(&values) {
                assert_relative_eq!(a, b, epsilon = 1e-12);
            }
        }
    }

    proptest! {
        /// A mask by the nearest voxels is the one that the general way gives.
        #[test]
        fn nearest_mask(
            voxels in prop::collection::vec(any::<bool>(), 4 * 5 * 7),
            spacing in [0.4..2.5f64, 0.4..2.5f64, 0.4..2.5f64],
            corner in any::<bool>(),
        ) {
            let mask = Array3::from_shape_vec((4, 5, 7), voxels).unwrap();
            let grid = Grid::new([4, 5, 7], [1.0; 3]).unwrap();
            let alignment = if corner { GridAlignment::Corner } else { GridAlignment::Centre };
            let [z, y, x] = spacing;
            for spacing_mm in [[Some(z), Some(y), Some(x)], [None, Some(y), Some(x)]] {
                let target = resampled_grid(&grid, spacing_mm, alignment).unwrap();
                let resampling = Resampling::new(&grid, &target, Interpolation::Nearest, alignment);
                let window = Window::whole(target.shape);
                let cut = |w: &Window| {
                    let ([k, j, i], [ke, je, ie]) = (w.start, w.end());
                    mask.slice(ndarray::s![k..ke, j..je, i..ie]).to_owned()
                };
                let general = resampling.apply(&window, |w| cut(w).mapv(f64::from));
                prop_assert_eq!(resampling.apply_nearest(&window, cut), general.mapv(|v| v == 1.0));
            }
        }
    }
}
