//! The region that windows move over: intensities and grey levels with a border as wide as a
//! window reaches, so that no window tests for borders.

use std::borrow::Cow;

use ndarray::Array3;

use super::moving_window::MovingWindow;
use crate::error::Result;
use crate::filters::Filter;
use crate::kernels::Isa;
use crate::kernels::pages::{filled, zeros};
use crate::preprocess::{Known, Prepared, grey_levels};
use crate::region::levels::Levels;
use crate::region::roi::Roi;
use crate::region::sample::Sample;
use crate::settings::Settings;
use crate::volume::grid::{Grid, Window};
use crate::volume::image::{Image, Mask};

/// The region that windows move over, in volumes whose axis 0 is across the slices of 2D texture ("turned").
pub(super) struct Region {
    /// The grid of the maps, with the axes of the image.
    pub grid: Grid,
    /// The voxels of the maps, (z, y, x) in `grid`.
    pub voxels: Vec<[u32; 3]>,
    /// Spacing in mm along the turned axes.
    pub spacing_mm: [f64; 3],
    /// Number of grey levels; 0 if no family needs them.
    pub n_g: usize,
    /// For each turned axis, which axis of the image it is.
    order: [usize; 3],
    /// Where the first voxel of `grid` lies in the volumes, along the turned axes.
    shift: [usize; 3],
    /// Distance in memory between neighbours along the turned axes.
    strides: [usize; 3],
    reach: [usize; 3],
    /// Voxels along the turned axes, without the border.
    size: [usize; 3],
    /// Intensities of the region with its border; NaN where a window counts nothing.
    intensities: Vec<f64>,
    /// Grey levels of the region with its border; 0 where a window counts nothing, and empty if no family
    /// needs levels.
    levels: Vec<u16>,
}

impl Region {
    #[allow(clippy::too_many_arguments, reason = "those of `feature_maps`")]
    pub fn new(
        image: &Image,
        mask: &Mask,
        label: i64,
        settings: &Settings,
        filter: &Filter,
        window: &MovingWindow,
        with_levels: bool,
        isa: Isa,
    ) -> Result<Self> {
        let margin_mm = if window.masked { 0.0 } else { margin_mm(image, settings, window) };
        let prepared = Prepared::new(image, mask, label, settings, margin_mm, isa, Known::default())?;
        let mut response = None;
        prepared.for_each_response(std::slice::from_ref(filter), isa, &mut |_, roi| {
            response = Some(roi.clone());
            Ok(())
        })?;
        let roi = response.expect("a filter has a response");
        let settings = &settings.of_response(filter);
        let grid = roi.grid.window(&roi.region);
        let voxels = places(&roi);
        let order = match settings.slice_axis {
            0 => [0, 1, 2],
            1 => [1, 0, 2],
            _ => [2, 0, 1],
        };
        let turned = roi.sliced_along(settings.slice_axis);
        let own = turned.region;
        let turned = if window.masked { turned } else { Cow::Owned(surroundings(&turned, window.reach())) };
        // Beyond the voxels that there are, a window holds nothing. One of several slices stays that.
        let full = window.reach();
        let reach: [usize; 3] =
            std::array::from_fn(|a| full[a].min(turned.region.shape[a].saturating_sub(1).max(1)));
        let shape: [usize; 3] = std::array::from_fn(|a| turned.region.shape[a] + 2 * reach[a]);
        let mut region = Self {
            grid,
            voxels,
            spacing_mm: turned.grid.spacing_mm,
            n_g: 0,
            order,
            shift: std::array::from_fn(|a| own.start[a] - turned.region.start[a] + reach[a]),
            strides: [shape[1] * shape[2], shape[2], 1],
            reach,
            size: turned.region.shape,
            intensities: filled(shape.iter().product(), f64::NAN),
            levels: Vec::new(),
        };
        region.fill_intensities(&turned);
        if with_levels {
            let levels = grey_levels(&turned, &Sample::new(isa, &turned), settings, isa)?;
            region.fill_levels(&levels);
        }
        Ok(region)
    }

    /// Takes over the intensities of the intensity mask.
    fn fill_intensities(&mut self, turned: &Roi) {
        let (start, reach) = (turned.region.start, self.reach);
        let intensities = turned.intensities.to_f64();
        for ((k, j, i), &inside) in turned.intensity().indexed_iter() {
            if inside {
                let at = [k, j, i];
                let place = self.place(std::array::from_fn(|a| at[a] - start[a] + reach[a]));
                self.intensities[place] = intensities[at];
            }
        }
    }

    /// Takes over the grey levels of the region.
    fn fill_levels(&mut self, levels: &Levels) {
        let reach = self.reach;
        self.n_g = levels.n_g();
        self.levels = zeros(self.intensities.len());
        for ((k, j, i), &level) in levels.to_array().indexed_iter() {
            let place = self.place([k + reach[0], j + reach[1], i + reach[2]]);
            self.levels[place] = level;
        }
    }

    /// Shape of the window along the turned axes.
    pub fn window_shape(&self) -> [usize; 3] {
        self.reach.map(|r| 2 * r + 1)
    }

    /// Whether windows round several voxels can hold the same: those that reach from end to end of an axis.
    pub fn has_windows_that_hold_the_same(&self) -> bool {
        (0..3).any(|a| self.size[a] > 1 && 2 * self.reach[a] >= self.size[a])
    }

    /// The first and the last voxel, along each turned axis, that the window round a voxel of the map holds.
    pub fn held(&self, voxel: [u32; 3]) -> [[usize; 2]; 3] {
        std::array::from_fn(|a| {
            let (first, reach) =
                (voxel[self.order[a]] as usize + self.shift[a] - self.reach[a], self.reach[a]);
            [first.max(reach), (first + 2 * reach).min(reach + self.size[a] - 1)]
        })
    }

    fn place(&self, at: [usize; 3]) -> usize {
        (0..3).map(|a| at[a] * self.strides[a]).sum()
    }

    /// Calls `row` with each row of the window round a voxel of the map: where the row begins in the
    /// window, and its intensities and levels (if there are any).
    #[inline(always)]
    pub fn each_row(&self, voxel: [u32; 3], mut row: impl FnMut(usize, &[f64], &[u16])) {
        let at = |a: usize| voxel[self.order[a]] as usize + self.shift[a] - self.reach[a];
        let first = self.place([at(0), at(1), at(2)]);
        let [nz, ny, nx] = self.window_shape();
        for (k, j) in (0..nz).flat_map(|k| (0..ny).map(move |j| (k, j))) {
            let place = first + k * self.strides[0] + j * self.strides[1];
            let levels = if self.levels.is_empty() { &[] } else { &self.levels[place..place + nx] };
            row((k * ny + j) * nx, &self.intensities[place..place + nx], levels);
        }
    }
}

/// A margin in mm that is enough for the window along every axis of the grid that preprocessing makes.
fn margin_mm(image: &Image, settings: &Settings, window: &MovingWindow) -> f64 {
    let resampled = settings.resample_spacing_mm.into_iter().flatten().flatten();
    let spacings = image.grid().spacing_mm.into_iter().chain(resampled);
    // A little more, as the voxels are counted by a division.
    spacings.fold(0.0, f64::max) * (window.radius as f64 + 0.5)
}

/// The voxels of the intensity mask within the box of the region.
fn places(roi: &Roi) -> Vec<[u32; 3]> {
    let start = roi.region.start;
    let place =
        |(k, j, i): (usize, usize, usize)| [k - start[0], j - start[1], i - start[2]].map(|v| v as u32);
    roi.intensity().indexed_iter().filter(|(_, inside)| **inside).map(|(at, _)| place(at)).collect()
}

/// The box of the region and of all windows round its voxels as one region. Voxels beside the
/// region that are no number do not count.
fn surroundings(roi: &Roi, reach: [usize; 3]) -> Roi {
    let region = roi.region.grown(reach, roi.grid.shape);
    let intensities = roi.intensities.to_f64();
    let inside = Array3::from_shape_fn(roi.intensity().dim(), |(k, j, i)| {
        let within = |v: usize, a: usize| (region.start[a]..region.end()[a]).contains(&v);
        within(k, 0) && within(j, 1) && within(i, 2) && intensities[[k, j, i]].is_finite()
    });
    let region = Window::bounding(inside.view()).expect("the intensities of a region are numbers");
    Roi {
        grid: roi.grid.clone(),
        intensities: roi.intensities.clone(),
        morphological: inside.clone(),
        resegmented: Some(inside),
        region,
    }
}
