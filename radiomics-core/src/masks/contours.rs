//! Contours drawn slice by slice, as voxels: what radiotherapy structures are.
//!
//! A voxel belongs to the region if its centre lies inside by the even-odd rule over all contours of the
//! slice, or on a line of them. `docs/contours.md` draws the rule.

use ndarray::{Array3, ArrayViewMut2, Axis};

use super::crossings::Crossings;
use super::edges::{Edge, ON_LINE_VOXELS, Plane};
use super::owned::MaskVolume;
use crate::error::{Error, Result, argument, number};
use crate::runtime::Runtime;
use crate::volume::grid::Grid;
use crate::volume::voxels::volume;
use crate::work;

/// The share of the distance between slices by which a contour may be off its slice, if nothing else is said.
pub const SLICE_TOLERANCE: f64 = 0.1;

/// Coordinates beyond this are no place in a patient: ten kilometres.
const FARTHEST_MM: f64 = 1e7;

/// A closed line: its points (z, y, x) in millimetres; the last one is joined to the first.
pub type Contour = Vec<[f64; 3]>;

/// What was noticed about contours while they became voxels. Lists hold positions in the list of contours that
/// was given, in ascending order; a contour is in one list of `outside`, `between` and `degenerate` at most.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ContourReport {
    /// Number of contours of which voxels were made.
    pub drawn: usize,
    /// Voxels whose centre lies on a line, all of which are in the mask.
    pub on_line: usize,
    /// Contours that leave the image: in no slice of it, or with a point beyond its outermost voxels. What of
    /// them lies within is drawn.
    pub outside: Vec<usize>,
    /// Contours that lie in no slice, but between two or across several; they are not drawn.
    pub between: Vec<usize>,
    /// Contours of fewer than three points; they are not drawn.
    pub degenerate: Vec<usize>,
    /// Contours that cross themselves or another one.
    pub crossing: Vec<usize>,
    /// Slices so full of lines that not all were compared with each other, so that crossings may be missing.
    pub crowded_slices: Vec<usize>,
    /// Slices between the first and the last one with a contour that have none.
    pub gaps: Vec<usize>,
    /// The axis (0, 1 or 2 of z, y, x) across which the slices of the contours lie.
    pub slice_axis: usize,
    /// By how many millimetres the contours that are drawn lie off their slices at most.
    pub off_slice_mm: f64,
}

/// The voxels inside of contours: label 1 on a grid that may be oblique.
///
/// A voxel centre is inside if a line from it to the outside crosses the contours of its slice an odd number
/// of times: a contour within another one is a hole, and one within the hole an island. A centre on a line (to
/// [`ON_LINE_VOXELS`]) is in the mask, on the outer border and on that of a hole alike. Edges that
/// join the same two points an even number of times, such as the bridge of a keyhole, are no border.
///
/// A contour lies in the slice from which none of its points is farther than `slice_tolerance` of the distance
/// between slices.
///
/// ```
/// use radiomics_core::masks::{SLICE_TOLERANCE, rasterise_on};
/// use radiomics_core::{Grid, Pool, Runtime, ndarray::array};
///
/// # fn main() -> radiomics_core::Result<()> {
/// let grid = Grid::new([1, 5, 5], [3.0, 1.0, 1.0])?;
/// let square = |low: f64, high: f64| {
///     vec![[0.0, low, low], [0.0, low, high], [0.0, high, high], [0.0, high, low]]
/// };
/// let pool = Pool::new(1)?;
/// let contours = [square(-0.5, 4.5), square(1.5, 2.5)];
/// let (mask, report) = rasterise_on(&contours, &grid, SLICE_TOLERANCE, &Runtime::new(&pool))?;
/// assert_eq!(mask.voxels().map(|&v| usize::from(v)).sum(), 24);
/// assert_eq!(mask.voxels()[[0, 2, 2]], 0);
/// assert_eq!((report.drawn, report.on_line), (2, 0));
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// As [`Grid::check`]; [`Error::InvalidArgument`] for a tolerance that is not from 0 to 0.5;
/// [`Error::InvalidContour`] for a coordinate that is not finite or farther away than 10 km;
/// [`Error::Cancelled`] and [`Error::OutOfMemory`].
pub fn rasterise_on(
    contours: &[Contour],
    grid: &Grid,
    slice_tolerance: f64,
    runtime: &Runtime,
) -> Result<(MaskVolume, ContourReport)> {
    grid.check("image")?;
    if !(0.0..=0.5).contains(&slice_tolerance) {
        let remedy = "give a share of the distance between slices, from 0 to 0.5";
        return Err(argument("slice_tolerance", number(&slice_tolerance), remedy));
    }
    runtime.run(1, |_| {
        let places = placed(contours, grid)?;
        let mut report = ContourReport { slice_axis: slice_axis(&places), ..ContourReport::default() };
        let voxels = drawn(&places, grid, slice_tolerance, &mut report);
        Ok((MaskVolume::new(grid.clone(), voxels)?, report))
    })
}

/// The contours in voxels: where the centre of voxel (k, j, i) is the point (k, j, i).
fn placed(contours: &[Contour], grid: &Grid) -> Result<Vec<Contour>> {
    let points = contours.iter().map(Vec::len).sum::<usize>() as u64;
    let _held = work::hold(48 * points, "contours in voxels", "give fewer points");
    let inverse = inverse(&grid.direction);
    let index = |contour: usize, point: usize, place: [f64; 3]| {
        let from = std::array::from_fn::<f64, 3, _>(|a| place[a] - grid.origin_mm[a]);
        let index: [f64; 3] = std::array::from_fn(|a| {
            let row = inverse[a];
            (row[0] * from[0] + row[1] * from[1] + row[2] * from[2]) / grid.spacing_mm[a]
        });
        let is_place = place.iter().all(|v| v.abs() <= FARTHEST_MM) && index.iter().all(|v| v.is_finite());
        is_place.then_some(index).ok_or(Error::InvalidContour { contour, point, place_mm: place })
    };
    let one = |(n, contour): (usize, &Contour)| {
        work::check();
        contour.iter().enumerate().map(|(p, &place)| index(n, p, place)).collect()
    };
    contours.iter().enumerate().map(one).collect()
}

/// The inverse of a matrix of directions that a [`Grid`] has checked: it is near to orthonormal.
fn inverse(m: &[[f64; 3]; 3]) -> [[f64; 3]; 3] {
    let minor = |r: usize, c: usize| {
        let (r1, r2, c1, c2) = ((r + 1) % 3, (r + 2) % 3, (c + 1) % 3, (c + 2) % 3);
        m[r1][c1] * m[r2][c2] - m[r1][c2] * m[r2][c1]
    };
    let determinant = (0..3).map(|c| m[0][c] * minor(0, c)).sum::<f64>();
    std::array::from_fn(|r| std::array::from_fn(|c| minor(c, r) / determinant))
}

/// The axis along which contours extend least: their slices lie across it, whatever the axes of the image are
/// called. The first of those that are equal but for rounding.
fn slice_axis(contours: &[Contour]) -> usize {
    let mut extents = [0.0; 3];
    for contour in contours {
        for (axis, sum) in extents.iter_mut().enumerate() {
            let [low, high] = range(contour, axis);
            *sum += if low <= high { high - low } else { 0.0 };
        }
    }
    let rounding = 1e-3 * contours.len() as f64;
    (1..3).fold(0, |least, axis| if extents[axis] + rounding < extents[least] { axis } else { least })
}

/// The lowest and the highest coordinate of the points.
fn range(contour: &Contour, axis: usize) -> [f64; 2] {
    contour
        .iter()
        .fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], p| [low.min(p[axis]), high.max(p[axis])])
}

/// The mask (z, y, x), with what is noticed on the way.
fn drawn(contours: &[Contour], grid: &Grid, tolerance: f64, report: &mut ContourReport) -> Array3<u8> {
    // The axis across the slices first; turned back at the end.
    let order = match report.slice_axis {
        0 => [0, 1, 2],
        1 => [1, 0, 2],
        _ => [2, 0, 1],
    };
    let shape = order.map(|axis| grid.shape[axis]);
    let slices = sorted(contours, order, shape, tolerance, report);
    report.off_slice_mm *= grid.spacing_mm[order[0]];
    let mut voxels = volume(shape);
    let mut crossings = Crossings::default();
    for (k, members) in &slices {
        work::check();
        let slice = voxels.index_axis_mut(Axis(0), *k);
        draw(contours, order, members, slice, report);
        let is_complete = crossings.find(contours, order, members, &mut report.crossing);
        if !is_complete {
            report.crowded_slices.push(*k);
        }
    }
    report.crossing.sort_unstable();
    report.gaps = gaps(&slices);
    match report.slice_axis {
        0 => voxels,
        1 => voxels.permuted_axes([1, 0, 2]).as_standard_layout().into_owned(),
        _ => voxels.permuted_axes([1, 2, 0]).as_standard_layout().into_owned(),
    }
}

/// Slices with the contours that lie in them, from the first slice on.
fn sorted(
    contours: &[Contour],
    order: [usize; 3],
    shape: [usize; 3],
    tolerance: f64,
    report: &mut ContourReport,
) -> Vec<(usize, Vec<usize>)> {
    let mut by_slice: Vec<(usize, usize)> = Vec::new();
    for (n, contour) in contours.iter().enumerate() {
        if contour.len() < 3 {
            report.degenerate.push(n);
            continue;
        }
        let [low, high] = range(contour, order[0]);
        let slice = (0.5 * (low + high)).round();
        let off = (high - slice).max(slice - low);
        let [far_low, far_high] = [-0.5, shape[0] as f64 - 0.5];
        if high < far_low || low > far_high {
            report.outside.push(n);
        } else if off > tolerance {
            report.between.push(n);
        } else {
            let leaves = (1..3).any(|a| {
                let [low, high] = range(contour, order[a]);
                low < -0.5 - ON_LINE_VOXELS || high > shape[a] as f64 - 0.5 + ON_LINE_VOXELS
            });
            if leaves {
                report.outside.push(n);
            }
            report.drawn += 1;
            report.off_slice_mm = report.off_slice_mm.max(off);
            // Rounding finds the first slice for what lies half a slice below it.
            by_slice.push(((slice.max(0.0) as usize).min(shape[0] - 1), n));
        }
    }
    by_slice.sort_unstable();
    let slices = by_slice.chunk_by(|a, b| a.0 == b.0);
    slices.map(|members| (members[0].0, members.iter().map(|m| m.1).collect())).collect()
}

/// Slices between others that are not there.
fn gaps(slices: &[(usize, Vec<usize>)]) -> Vec<usize> {
    slices.windows(2).flat_map(|pair| pair[0].0 + 1..pair[1].0).collect()
}

/// Draws the contours of a slice.
fn draw(
    contours: &[Contour],
    order: [usize; 3],
    members: &[usize],
    slice: ArrayViewMut2<u8>,
    report: &mut ContourReport,
) {
    let mut edges = members.iter().flat_map(|&n| Edge::all(&contours[n], order));
    let mut plane = Plane::new(slice);
    if plane.draw(&mut edges) {
        // Some centre is on a line: only then is it asked which lines are a border.
        let edges: Vec<Edge> = members.iter().flat_map(|&n| Edge::all(&contours[n], order)).collect();
        plane.mark_again(edges);
    }
    report.on_line += plane.fill();
}
