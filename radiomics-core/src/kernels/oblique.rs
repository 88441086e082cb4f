//! Interpolation in a plane at places that lie on a line at any angle.
//!
//! ```text
//!   . . . . . .     a row of the turned grid is a line across voxels: places, parts of a voxel and
//!   . .+. . . .     weights are made side by side, the voxels round each place are fetched one place
//!   . . . + . .     after the other
//!   . . . . . +
//! ```

use super::splines::{convolution_weights, spline_weights};
use super::{Isa, kernel};

/// How near to a voxel a place counts as that voxel, in voxels: rounding alone must not make a voxel a mixture.
pub const ON_VOXEL: f64 = 1e-9;

/// Places that are worked on together.
const LANES: usize = 8;

/// 2^52: a whole number below it is in the lowest bits of the sum of both.
const TWO_52: f64 = 4_503_599_627_370_496.0;

/// Voxels of a plane that begins at `start` in an image, rows of x.
#[derive(Clone, Copy, Debug)]
pub struct Plane<'a> {
    pub values: &'a [f64],
    pub shape: [usize; 2],
    pub start: [usize; 2],
}

/// Places of the image (y, x): the one of n is `from` + `step`·(`first` + n).
#[derive(Clone, Copy, Debug)]
pub struct Line {
    pub from: [f64; 2],
    pub step: [f64; 2],
    pub first: f64,
}

/// What a value is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// The nearest voxel; of two that are `ON_VOXEL` as near, the one that is further on.
    Nearest,
    /// Two voxels along each axis.
    Linear,
    /// Four voxels along each axis, spline coefficients.
    Spline,
    /// Four voxels along each axis, Keys' convolution.
    Convolution,
}

/// Where a place lies along an axis, by the voxel before it: its number in the plane, how far on the place is, and
/// whether the plane has all the voxels that are asked for, `before` that one and `after` it. If not, the number is
/// one that has them.
#[inline(always)]
fn parted(place: f64, is_nearest: bool, [low, high]: [f64; 2]) -> (u64, f64, bool) {
    let whole = place.round_ties_even();
    let place = if (place - whole).abs() < ON_VOXEL { whole } else { place };
    let (mut floor, mut part) = (place.floor(), 0.0);
    if is_nearest {
        floor += if place - floor >= 0.5 - ON_VOXEL { 1.0 } else { 0.0 };
    } else {
        part = place - floor;
    }
    let is_held = floor >= low && floor <= high;
    let number = if is_held { floor - low } else { 0.0 };
    ((number + TWO_52).to_bits() & 0x000f_ffff_ffff_ffff, part, is_held)
}

/// The first and last voxel along an axis of the image that has `before` voxels before it in the plane, and
/// `after` after it.
fn held(plane: &Plane, axis: usize, [before, after]: [usize; 2]) -> [f64; 2] {
    let first = (plane.start[axis] + before) as f64;
    [first, first + plane.shape[axis] as f64 - (1 + before + after) as f64]
}

kernel! {
    fn along_kernel(plane: &Plane, line: &Line, method: Method, values: &mut [f64]) {
        let is_cubic = matches!(method, Method::Spline | Method::Convolution);
        let support = if is_cubic { [1, 2] } else { [0, 1] };
        let [rows, columns] = [held(plane, 0, support), held(plane, 1, support)];
        let pitch = plane.shape[1];
        if rows[0] > rows[1] || columns[0] > columns[1] {
            return values.fill(f64::NAN);
        }
        let is_nearest = method == Method::Nearest;
        for (block, values) in values.chunks_mut(LANES).enumerate() {
            let mut at = [0; LANES];
            let mut parts = [[0.0; LANES]; 2];
            let mut is_held = [false; LANES];
            for l in 0..LANES {
                let n = line.first + (block * LANES + l) as f64;
                let (row, y, has_rows) = parted(line.from[0] + line.step[0] * n, is_nearest, rows);
                let (column, x, has_columns) = parted(line.from[1] + line.step[1] * n, is_nearest, columns);
                at[l] = (row as u32 as u64 * pitch as u32 as u64 + column) as usize;
                (parts[0][l], parts[1][l], is_held[l]) = (y, x, has_rows & has_columns);
            }
            let mut made = [0.0; LANES];
            if is_cubic {
                cubic(plane.values, pitch, &at, &parts, method == Method::Spline, &mut made);
            } else {
                linear(plane.values, pitch, &at, &parts, &mut made);
            }
            for l in 0..LANES {
                made[l] = if is_held[l] { made[l] } else { f64::NAN };
            }
            values.copy_from_slice(&made[..values.len()]);
        }
    }
}

/// Values between two rows and two columns, the first of which are those of `at`.
#[inline(always)]
fn linear(
    plane: &[f64],
    pitch: usize,
    at: &[usize; LANES],
    [y, x]: &[[f64; LANES]; 2],
    made: &mut [f64; LANES],
) {
    let mut corners = [[0.0; LANES]; 4];
    for l in 0..LANES {
        let from = &plane[at[l]..at[l] + pitch + 2];
        for (corner, place) in corners.iter_mut().zip([0, 1, pitch, pitch + 1]) {
            corner[l] = from[place];
        }
    }
    for l in 0..LANES {
        let upper = corners[0][l] + x[l] * (corners[1][l] - corners[0][l]);
        let lower = corners[2][l] + x[l] * (corners[3][l] - corners[2][l]);
        made[l] = upper + y[l] * (lower - upper);
    }
}

/// Values of four rows and four columns, the first of which are those of `at`.
#[inline(always)]
fn cubic(
    plane: &[f64],
    pitch: usize,
    at: &[usize; LANES],
    parts: &[[f64; LANES]; 2],
    is_spline: bool,
    made: &mut [f64; LANES],
) {
    let mut weights = [[[0.0; LANES]; 4]; 2];
    for (weights, part) in weights.iter_mut().zip(parts) {
        for l in 0..LANES {
            let of_place = if is_spline { spline_weights(part[l]) } else { convolution_weights(part[l]) };
            for (weights, weight) in weights.iter_mut().zip(of_place) {
                weights[l] = weight;
            }
        }
    }
    let [y, x] = &weights;
    for l in 0..LANES {
        let from = &plane[at[l]..at[l] + 3 * pitch + 4];
        let mut columns = [0.0; 4];
        for (row, y) in y.iter().enumerate() {
            let voxels = from[row * pitch..].first_chunk::<4>().expect("as many as were cut out");
            for c in 0..4 {
                columns[c] += y[l] * voxels[c];
            }
        }
        made[l] = x[0][l] * columns[0] + x[1][l] * columns[1] + (x[2][l] * columns[2] + x[3][l] * columns[3]);
    }
}

/// The values of a plane along a line; NaN where the plane does not have all the voxels that a value is made of.
pub fn along(isa: Isa, plane: &Plane, line: &Line, method: Method, values: &mut [f64]) {
    assert_eq!(plane.values.len(), plane.shape[0] * plane.shape[1], "voxels of the plane");
    along_kernel(isa, plane, line, method, values);
}
