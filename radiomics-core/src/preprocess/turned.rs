//! Interpolation to a grid that is turned and shifted against the one that settings ask for: rotation, shift and
//! change of spacing in one interpolation, by the same weights as [`Resampling`].
//!
//! ```text
//!   image        settings' grid     turned by 30° about the middle of the region
//!   . . . .        +   +   +             +
//!   . . . .                            +    +      each + is computed of the voxels . round it,
//!   . . . .        +   +   +         +    +        and of nothing that was interpolated before
//! ```

use ndarray::Array3;

use super::drawn::{check_size, threshold};
use super::frame::{round, wanted_spacing};
use super::places::{Places, Read, Sampling};
use super::resample::{MAX_VOXELS, Resampling, resampled_grid};
use crate::error::{Error, Result, argument};
use crate::kernels::Isa;
use crate::kernels::elementary::sin_cos;
use crate::kernels::oblique::ON_VOXEL;
use crate::settings::Settings;
use crate::volume::grid::{Grid, Window};
use crate::volume::image::{Image, Mask};
use crate::volume::voxels::copied;
use crate::work;

/// How a grid lies against the one that settings ask for.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Pose {
    /// Rotation about the axes (z, y, x) in degrees; about z from x towards y.
    pub rotation_deg: [f64; 3],
    /// Shift along its own axes (z, y, x) in voxels of the grid.
    pub shift: [f64; 3],
}

/// A turned grid in a box round a region.
pub(crate) struct Turned {
    pub grid: Grid,
    places: Places,
    image: Resampling,
    mask: Resampling,
}

impl Turned {
    /// The grid of `settings`, posed about the middle of the box `bounds`, as far as that box and `margin_mm` round
    /// it go and there is an image. An axis along which the region is a single slice that stays one is neither
    /// shifted nor tilted.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] for such a slice that would be tilted, [`Error::GridTooLarge`].
    pub fn new(
        image: &Image,
        bounds: &Window,
        settings: &Settings,
        pose: &Pose,
        margin_mm: f64,
    ) -> Result<Self> {
        let source = image.grid();
        let single: [bool; 3] = std::array::from_fn(|a| settings.keep_single_slices && bounds.shape[a] == 1);
        check_tilt(single, pose)?;
        let spacing = wanted_spacing(image, bounds, settings).unwrap_or_default();
        let straight = resampled_grid(source, spacing, settings.grid_alignment)?;
        let of = |method| Resampling::new(source, &straight, method, settings.grid_alignment);
        let (of_image, of_mask) = (of(settings.image_interpolation), of(settings.mask_interpolation));
        let lattice = Lattice {
            turn: rotation(pose.rotation_deg),
            middle: std::array::from_fn(|a| {
                (bounds.start[a] as f64 + 0.5 * (bounds.shape[a] as f64 - 1.0)) * source.spacing_mm[a]
            }),
            first: std::array::from_fn(|a| {
                let shift = if single[a] { 0.0 } else { pose.shift[a] * straight.spacing_mm[a] };
                of_image.along(a).0 * source.spacing_mm[a] + shift
            }),
            spacing: straight.spacing_mm,
            of_image: source.spacing_mm,
        };
        let (start, shape) = lattice.cut(source.shape, bounds, margin_mm)?;
        let mut first = lattice.voxel([0.0; 3]);
        let mut steps: [[f64; 3]; 3] = std::array::from_fn(|b| {
            std::array::from_fn(|a| lattice.turn[b][a] * straight.spacing_mm[a] / source.spacing_mm[b])
        });
        let is_straight = pose.rotation_deg == [0.0; 3];
        if is_straight {
            // The very places of the settings' grid: a voxel half way between two intensities is rounded as there.
            for (a, row) in steps.iter_mut().enumerate() {
                let (begin, step) = of_image.along(a);
                first[a] = if single[a] { begin } else { begin + pose.shift[a] * step };
                row[a] = step;
            }
        }
        let product = |row: &[f64; 3], a: usize| (0..3).map(|b| row[b] * lattice.turn[b][a]).sum();
        let direction = source.direction.map(|row| std::array::from_fn(|a| product(&row, a)));
        let origin_mm = source.position_mm(lattice.voxel(start));
        let grid = Grid { shape, spacing_mm: straight.spacing_mm, origin_mm, direction };
        let places = Places { source: source.shape, shape, start, first, steps, is_straight };
        Ok(Self { grid, places, image: of_image, mask: of_mask })
    }

    /// Intensities at the voxels, rounded as `settings` say. `change` changes the voxels of a box of the image, a
    /// slice, before anything is interpolated. Beyond the image the nearest voxel counts, or nothing for grids that
    /// share their corner.
    pub fn intensities(&self, image: &Image, settings: &Settings, isa: Isa, change: &Read) -> Array3<f64> {
        let bytes = 8 * (2 * self.places.reads(self.image.method()).voxels() + self.grid.len() as u64);
        let _held = work::hold(bytes, "the turned image", "choose a smaller `margin_mm`");
        let sampling = Sampling { by: &self.image, is_bounded: false, isa };
        let mut values = self.places.sample(sampling, &|window, to| {
            image.voxels().read(window, to);
            change(window, to);
        });
        round(settings.intensity_rounding, image.voxels(), false, isa, &mut values);
        values
    }

    /// Which voxels the region has: those of which it fills the share that `settings` ask for. None lies beyond
    /// the image.
    ///
    /// # Errors
    /// [`Error::RegionTooSmall`].
    pub fn mask(&self, mask: &Mask, label: i64, settings: &Settings, isa: Isa) -> Result<Array3<bool>> {
        let bytes = 16 * self.places.reads(self.mask.method()).voxels() + 9 * self.grid.len() as u64;
        let _held = work::hold(bytes, "the turned mask", "choose a smaller `margin_mm`");
        let sampling = Sampling { by: &self.mask, is_bounded: true, isa };
        let shares = self.places.sample(sampling, &|window, to| {
            let inside = mask.select(label, window);
            to.iter_mut().zip(&inside).for_each(|(to, &inside)| *to = f64::from(u8::from(inside)));
        });
        let threshold = threshold(settings);
        let inside = copied(shares.view(), |share| share >= threshold);
        check_size(&inside, "interpolation")?;
        Ok(inside)
    }
}

/// Refuses to tilt a slice that is to stay one.
fn check_tilt(single: [bool; 3], pose: &Pose) -> Result<()> {
    let tilts = |a: usize| single[a] && (0..3).any(|b| b != a && pose.rotation_deg[b] != 0.0);
    match (0..3).any(tilts) {
        true => Err(argument(
            "rotation_deg",
            format!("{:?}", pose.rotation_deg),
            "the region is a single slice, which turns in its plane only: give an angle about the axis across it",
        )),
        false => Ok(()),
    }
}

/// Places of a turned grid, in millimetres along the axes of the image from its first voxel.
struct Lattice {
    /// Columns are the directions of the grid.
    turn: [[f64; 3]; 3],
    /// What it turns about.
    middle: [f64; 3],
    /// Its first voxel before it turns, and its spacing.
    first: [f64; 3],
    spacing: [f64; 3],
    /// Spacing of the image.
    of_image: [f64; 3],
}

impl Lattice {
    /// The voxel of the image, not rounded, at which a voxel of the grid lies.
    fn voxel(&self, at: [f64; 3]) -> [f64; 3] {
        let apart: [f64; 3] =
            std::array::from_fn(|a| self.first[a] + self.spacing[a] * at[a] - self.middle[a]);
        std::array::from_fn(|b| {
            let turned: f64 = (0..3).map(|a| self.turn[b][a] * apart[a]).sum();
            (self.middle[b] + turned) / self.of_image[b]
        })
    }

    /// The voxels of the grid, not rounded, between which a box lies that reaches from `start` to `end` in voxels of
    /// the image.
    fn range(&self, start: [f64; 3], end: [f64; 3]) -> [[f64; 3]; 2] {
        let [mut low, mut high] = [[f64::INFINITY; 3], [f64::NEG_INFINITY; 3]];
        for corner in 0..8_usize {
            let apart: [f64; 3] = std::array::from_fn(|b| {
                let place = if corner >> b & 1 == 0 { start[b] } else { end[b] };
                place * self.of_image[b] - self.middle[b]
            });
            let at: [f64; 3] = std::array::from_fn(|a| {
                let turned: f64 = (0..3).map(|b| self.turn[b][a] * apart[b]).sum();
                (self.middle[a] + turned - self.first[a]) / self.spacing[a]
            });
            low = std::array::from_fn(|a| low[a].min(at[a]));
            high = std::array::from_fn(|a| high[a].max(at[a]));
        }
        [low, high]
    }

    /// First voxel and shape of the part that holds a box of the image with a margin, and no more than the image.
    fn cut(&self, image: [usize; 3], bounds: &Window, margin_mm: f64) -> Result<([f64; 3], [usize; 3])> {
        let low = |start: [usize; 3]| start.map(|s| s as f64 - 0.5);
        let whole = self.range([-0.5; 3], low(image));
        let part = self.range(low(bounds.start), low(bounds.end()));
        let start: [f64; 3] = std::array::from_fn(|a| {
            (part[0][a] - margin_mm / self.spacing[a]).floor().max((whole[0][a] - ON_VOXEL).ceil())
        });
        let size: [f64; 3] = std::array::from_fn(|a| {
            let last =
                (part[1][a] + margin_mm / self.spacing[a]).ceil().min((whole[1][a] + ON_VOXEL).floor());
            (last - start[a] + 1.0).max(1.0)
        });
        let voxels: f64 = size.iter().product();
        if voxels > MAX_VOXELS {
            return Err(Error::GridTooLarge { spacing_mm: self.spacing, voxels });
        }
        Ok((start, size.map(|n| n as usize)))
    }
}

/// The rotation about x, then y, then z, in (z, y, x) order: its columns are where the axes come to lie. About z
/// it goes from x towards y, about y from z towards x, about x from y towards z.
fn rotation(degrees: [f64; 3]) -> [[f64; 3]; 3] {
    let [[sz, cz], [sy, cy], [sx, cx]] = degrees.map(|angle| {
        let (sin, cos) = sin_cos(angle.to_radians());
        [sin, cos]
    });
    let about_z = [[1.0, 0.0, 0.0], [0.0, cz, sz], [0.0, -sz, cz]];
    let about_y = [[cy, 0.0, -sy], [0.0, 1.0, 0.0], [sy, 0.0, cy]];
    let about_x = [[cx, sx, 0.0], [-sx, cx, 0.0], [0.0, 0.0, 1.0]];
    let product = |a: [[f64; 3]; 3], b: [[f64; 3]; 3]| {
        a.map(|row| std::array::from_fn(|j| (0..3).map(|i| row[i] * b[i][j]).sum()))
    };
    product(about_z, product(about_y, about_x))
}

#[cfg(test)]
#[path = "turned_tests.rs"]
mod tests;
