//! Where the voxels of an image lie in space.

use ndarray::{ArrayView2, ArrayView3};

use crate::error::{Error, Result, number};
use crate::kernels::finite::larger;
use crate::work::loops;

/// A regular voxel grid. Every triple is in (z, y, x) order: `shape[0]` counts
/// slices, and component 0 of a position is the patient's z (superior).
///
/// The centre of voxel `(k, j, i)` lies at
/// `origin_mm + direction · (spacing_mm ∘ (k, j, i))`.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Grid {
    /// Number of voxels along (z, y, x).
    pub shape: [usize; 3],
    /// Distance between voxel centres along (z, y, x), in millimetres.
    pub spacing_mm: [f64; 3],
    /// Position (z, y, x) of the centre of voxel (0, 0, 0), in millimetres.
    pub origin_mm: [f64; 3],
    /// Direction cosines: column `c` is the direction, in (z, y, x) components, in
    /// which array axis `c` runs.
    pub direction: [[f64; 3]; 3],
}

/// Direction cosines of a grid whose axes run along the patient's.
pub const IDENTITY: [[f64; 3]; 3] = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];

impl Grid {
    /// A grid at the origin whose axes run along the patient's.
    ///
    /// # Errors
    /// As [`Grid::oriented`].
    pub fn new(shape: [usize; 3], spacing_mm: [f64; 3]) -> Result<Self> {
        Self::oriented(shape, spacing_mm, [0.0; 3], IDENTITY)
    }

    /// A grid with all its fields, checked.
    ///
    /// # Errors
    /// As [`Grid::check`].
    pub fn oriented(
        shape: [usize; 3],
        spacing_mm: [f64; 3],
        origin_mm: [f64; 3],
        direction: [[f64; 3]; 3],
    ) -> Result<Self> {
        let grid = Self { shape, spacing_mm, origin_mm, direction };
        grid.check("grid")?;
        Ok(grid)
    }

    /// A grid from the matrix that NIfTI files have: from the indices (i, j, k) of a voxel, the fastest axis first,
    /// to its position in mm to the right, to the front and upwards. `shape` is that of the array, (k, j, i).
    ///
    /// ```
    /// use radiomics_core::Grid;
    ///
    /// # fn main() -> radiomics_core::Result<()> {
    /// // Voxels of 0.5 x 0.5 x 3 mm; the first one is at the right, in front and at the bottom.
    /// let affine = [
    ///     [-0.5, 0.0, 0.0, 90.0],
    ///     [0.0, -0.5, 0.0, 60.0],
    ///     [0.0, 0.0, 3.0, -40.0],
    ///     [0.0, 0.0, 0.0, 1.0],
    /// ];
    /// let grid = Grid::from_affine_ras([20, 256, 256], &affine)?;
    /// assert_eq!((grid.spacing_mm, grid.origin_mm), ([3.0, 0.5, 0.5], [-40.0, -60.0, -90.0]));
    /// assert_eq!(grid.direction, radiomics_core::IDENTITY);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Grid::check`]; a matrix that shears is refused.
    pub fn from_affine_ras(shape: [usize; 3], affine: &[[f64; 4]; 4]) -> Result<Self> {
        let mut lps = *affine;
        // Rows to the left and to the back, which DICOM and ITK count.
        for value in lps[..2].as_flattened_mut() {
            *value = -*value;
        }
        Self::from_affine_lps(shape, &lps)
    }

    /// As [`Grid::from_affine_ras`], of a matrix to positions to the left, to the back and upwards, as DICOM and
    /// ITK have them.
    ///
    /// # Errors
    /// As [`Grid::from_affine_ras`].
    pub fn from_affine_lps(shape: [usize; 3], affine: &[[f64; 4]; 4]) -> Result<Self> {
        let [x, y, z, last] = *affine;
        if last != [0.0, 0.0, 0.0, 1.0] {
            let reason = "the last row of an affine matrix is 0 0 0 1".to_owned();
            let (of, field) = ("grid".to_owned(), "affine");
            return Err(Error::InvalidGeometry { of, field, value: format!("{affine:?}"), reason });
        }
        // Row and column 0 of ours are z.
        let rows = [z, y, x];
        let step = |row: usize, axis: usize| rows[row][2 - axis];
        let spacing_mm: [f64; 3] = std::array::from_fn(|axis| {
            (0..3).map(|row| step(row, axis) * step(row, axis)).sum::<f64>().sqrt()
        });
        let direction = std::array::from_fn(|row| {
            // What is added to -0 is 0, which is how cosines are written.
            std::array::from_fn(|axis| step(row, axis) / spacing_mm[axis] + 0.0)
        });
        Self::oriented(shape, spacing_mm, rows.map(|row| row[3] + 0.0), direction)
    }

    /// Checks the fields, which anybody can set. [`Image::new`](crate::Image::new) and
    /// [`Mask::new`](crate::Mask::new) do so too; `of` is what the message calls the thing that lies on
    /// the grid.
    ///
    /// # Errors
    /// [`Error::EmptyImage`] when an axis has no voxels, [`Error::InvalidSpacing`] when a spacing is not
    /// a finite number above zero, [`Error::InvalidGeometry`] when the origin is not finite, or the
    /// directions are not of length 1 and perpendicular to each other, to three decimals.
    pub fn check(&self, of: &str) -> Result<()> {
        let (shape, spacing_mm, of) = (self.shape, self.spacing_mm, || of.to_owned());
        if shape.contains(&0) {
            return Err(Error::EmptyImage { of: of(), shape });
        }
        if !spacing_mm.iter().all(|s| (SMALLEST_MM..=LARGEST_MM).contains(s)) {
            return Err(Error::InvalidSpacing { of: of(), spacing_mm });
        }
        let wrong = |field, value, reason| Err(Error::InvalidGeometry { of: of(), field, value, reason });
        if self.origin_mm.iter().any(|v| !v.is_finite()) {
            return wrong("origin", format!("{:?}", self.origin_mm), "it must be finite".to_owned());
        }
        match not_orthonormal(&self.direction) {
            Some(reason) => wrong("direction", format!("{:?}", self.direction), reason),
            None => Ok(()),
        }
    }

    /// Volume of one voxel in mm³.
    pub fn voxel_volume_mm3(&self) -> f64 {
        self.spacing_mm.iter().product()
    }

    /// Number of voxels of the grid.
    pub fn len(&self) -> usize {
        self.shape.iter().product()
    }

    /// Whether the grid has no voxels; never true for a checked grid.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Position (z, y, x) in millimetres of a point given in voxel units.
    pub fn position_mm(&self, index: [f64; 3]) -> [f64; 3] {
        let mut position = self.origin_mm;
        for (row, p) in self.direction.iter().zip(&mut position) {
            for axis in 0..3 {
                *p += row[axis] * self.spacing_mm[axis] * index[axis];
            }
        }
        position
    }

    /// How far corners of two grids of one shape are apart at most.
    pub(crate) fn corner_apart_mm(&self, other: &Self) -> f64 {
        let corners = (0..8).map(|corner: usize| {
            let index = std::array::from_fn(|a| ((corner >> a & 1) * (self.shape[a] - 1)) as f64);
            let (own, others) = (self.position_mm(index), other.position_mm(index));
            own.iter().zip(&others).map(|(a, b)| (a - b) * (a - b)).sum::<f64>().sqrt()
        });
        corners.fold(0.0, f64::max)
    }

    /// The grid of a box of this grid's voxels.
    pub(crate) fn window(&self, window: &Window) -> Grid {
        Grid {
            shape: window.shape,
            spacing_mm: self.spacing_mm,
            origin_mm: self.position_mm(window.start.map(|s| s as f64)),
            direction: self.direction,
        }
    }

    /// Checks that `other`, the mask's grid, is the same grid to within `tolerance`.
    pub(crate) fn check_same(&self, other: &Grid, tolerance: f64) -> Result<()> {
        if self.shape != other.shape {
            return Err(Error::ShapeMismatch { image: self.shape, mask: other.shape });
        }
        let flat = |d: &[[f64; 3]; 3]| d.iter().flatten().copied().collect::<Vec<f64>>();
        let fields = [
            ("spacing", "mm", self.spacing_mm.to_vec(), other.spacing_mm.to_vec()),
            ("origin", "mm", self.origin_mm.to_vec(), other.origin_mm.to_vec()),
            ("direction", "", flat(&self.direction), flat(&other.direction)),
        ];
        for (field, unit, image, mask) in fields {
            let difference = image.iter().zip(&mask).map(|(a, b)| (a - b).abs()).fold(0.0, larger);
            if difference > tolerance || difference.is_nan() {
                return Err(Error::GeometryMismatch { field, unit, image, mask, difference, tolerance });
            }
        }
        Ok(())
    }
}

/// Spacings between these leave areas and volumes in any power that features take of them, and far
/// more than any voxel is large or small.
const SMALLEST_MM: f64 = 1e-30;
const LARGEST_MM: f64 = 1e30;

/// How far directions may be from perpendicular ones of length 1, as products of two of them: files hold
/// them with as few as three decimals. ITK asks for 1e-4 in NIfTI files and for nothing in others.
const ORTHONORMAL: f64 = 1e-3;

/// What is wrong with directions, columns of cosines, that are not of length 1 or not perpendicular.
fn not_orthonormal(direction: &[[f64; 3]; 3]) -> Option<String> {
    const NAMES: [&str; 3] = ["z", "y", "x"];
    let product = |a: usize, b: usize| direction.iter().map(|row| row[a] * row[b]).sum::<f64>();
    // What is NaN is near nothing.
    let near = |value: f64, wanted: f64| (value - wanted).abs() <= ORTHONORMAL;
    if let Some(a) = (0..3).find(|&a| !near(product(a, a), 1.0)) {
        let (name, length) = (NAMES[a], number(&product(a, a).sqrt()));
        return Some(format!(
            "the direction of axis {name} has length {length} and must have length 1: how long a voxel is, the spacing says"
        ));
    }
    let pairs = [(0, 1), (0, 2), (1, 2)];
    pairs.into_iter().find(|&(a, b)| !near(product(a, b), 0.0)).map(|(a, b)| {
        let cosine = number(&((product(a, b) * 1e6).round() / 1e6));
        format!(
            "axes {} and {} must be perpendicular, but the cosine between them is {cosine} (a shear): resample to a \
             grid without shear",
            NAMES[a], NAMES[b]
        )
    })
}

/// A box of voxels of a grid: first voxel and extent, both (z, y, x).
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Window {
    /// First voxel (z, y, x).
    pub start: [usize; 3],
    /// Number of voxels along (z, y, x).
    pub shape: [usize; 3],
}

impl Window {
    /// Number of voxels of the box.
    pub(crate) fn voxels(&self) -> u64 {
        self.shape.iter().map(|&n| n as u64).product()
    }

    /// The box that is the whole of a grid of `shape`.
    pub fn whole(shape: [usize; 3]) -> Self {
        Self { start: [0; 3], shape }
    }

    /// The box from the voxel `start` to before the voxel `end`.
    fn between(start: [usize; 3], end: [usize; 3]) -> Self {
        assert!((0..3).all(|a| start[a] <= end[a]), "a box from {start:?} to {end:?}");
        Self { start, shape: std::array::from_fn(|a| end[a] - start[a]) }
    }

    /// One past the last voxel (z, y, x) of the box.
    pub fn end(&self) -> [usize; 3] {
        std::array::from_fn(|a| self.start[a] + self.shape[a])
    }

    /// This box with `margin` voxels more on either side, cut at the borders of a grid.
    pub fn grown(&self, margin: [usize; 3], shape: [usize; 3]) -> Self {
        let start = std::array::from_fn(|a| self.start[a].saturating_sub(margin[a]));
        Self::between(start, std::array::from_fn(|a| self.end()[a].saturating_add(margin[a]).min(shape[a])))
    }

    /// The voxels that both boxes hold, which must be some.
    pub(crate) fn intersection(&self, other: &Self) -> Self {
        let start = std::array::from_fn(|a| self.start[a].max(other.start[a]));
        Self::between(start, std::array::from_fn(|a| self.end()[a].min(other.end()[a])))
    }

    /// The smallest box that holds both boxes.
    pub(crate) fn hull(&self, other: &Self) -> Self {
        let start = std::array::from_fn(|a| self.start[a].min(other.start[a]));
        Self::between(start, std::array::from_fn(|a| self.end()[a].max(other.end()[a])))
    }

    /// This box counted from the first voxel of `outer`, which holds it.
    pub(crate) fn within(&self, outer: &Self) -> Self {
        let holds = (0..3).all(|a| outer.start[a] <= self.start[a] && self.end()[a] <= outer.end()[a]);
        assert!(holds, "{self:?} within {outer:?}");
        Self { start: std::array::from_fn(|a| self.start[a] - outer.start[a]), shape: self.shape }
    }

    /// The part of an array that lies in this box.
    pub(crate) fn of<'v, T>(&self, array: &'v ndarray::ArrayView3<'_, T>) -> ndarray::ArrayView3<'v, T> {
        let ([k, j, i], [ke, je, ie]) = (self.start, self.end());
        array.slice(ndarray::s![k..ke, j..je, i..ie])
    }

    /// The smallest box that holds every voxel of `mask` that is set.
    pub fn bounding(mask: ArrayView3<'_, bool>) -> Option<Self> {
        Self::bounding_where(mask, |&v| v)
    }

    /// The smallest box that holds every voxel that is inside.
    pub(crate) fn bounding_where<T: Sync>(
        voxels: ArrayView3<'_, T>,
        is_inside: impl Fn(&T) -> bool + Sync,
    ) -> Option<Self> {
        // Of each slice the first and the last y and x, or an empty range.
        let slices: Vec<[[usize; 2]; 2]> = loops::map(voxels.outer_iter(), |slice| {
            slice_bounds(slice, &is_inside).unwrap_or([[usize::MAX, 0]; 2])
        });
        let first = slices.iter().position(|[y, _]| y[0] <= y[1])?;
        let last = slices.iter().rposition(|[y, _]| y[0] <= y[1])?;
        let bounds = |a: usize| {
            let all = slices[first..=last].iter().map(|slice| slice[a]);
            all.fold([usize::MAX, 0], |[low, high], [l, h]| [low.min(l), high.max(h)])
        };
        let ends = [[first, last], bounds(0), bounds(1)];
        Some(Self { start: ends.map(|[low, _]| low), shape: ends.map(|[low, high]| high - low + 1) })
    }
}

/// The first and the last y and x of the voxels of a slice that are inside. Between the first and the
/// last row with any, only what lies beyond the bounds so far is looked at.
fn slice_bounds<T>(slice: ArrayView2<'_, T>, is_inside: impl Fn(&T) -> bool) -> Option<[[usize; 2]; 2]> {
    let Some(voxels) = slice.to_slice() else {
        let mut inside = slice.indexed_iter().filter(|(_, v)| is_inside(v)).map(|(place, _)| place);
        let (j, i) = inside.next()?;
        return Some(inside.fold([[j, j], [i, i]], |[y, x], (j, i)| [[y[0], j], [x[0].min(i), x[1].max(i)]]));
    };
    let nx = slice.ncols();
    let [begin, end] = ends(voxels, &is_inside)?;
    let [top, bottom] = [begin / nx, end / nx];
    let widened = |x: [usize; 2], row: usize| match ends(&voxels[row * nx..][..nx], &is_inside) {
        Some([first, last]) => [x[0].min(first), x[1].max(last)],
        None => x,
    };
    let mut x = widened([begin % nx; 2], top);
    for row in top..bottom {
        // What lies behind the bounds in a row and before them in the next one is one piece.
        if any(&voxels[row * nx + x[1] + 1..(row + 1) * nx + x[0]], &is_inside) {
            x = widened(widened(x, row), row + 1);
        }
    }
    Some([[top, bottom], widened(x, bottom)])
}

/// Whether any voxel is inside; all are asked, several at once.
fn any<T>(voxels: &[T], is_inside: impl Fn(&T) -> bool) -> bool {
    voxels.iter().fold(false, |any, v| any | is_inside(v))
}

/// The places of the first and the last voxel that are inside. Whole pieces are asked at once, then parts
/// of the piece that has the voxel.
fn ends<T>(voxels: &[T], is_inside: impl Fn(&T) -> bool) -> Option<[usize; 2]> {
    let (mut first, mut end) = (0, voxels.len());
    for piece in [1024, 64, 8, 1] {
        first += piece * voxels[first..].chunks(piece).position(|piece| any(piece, &is_inside))?;
        end -= piece * voxels[first..end].rchunks(piece).position(|piece| any(piece, &is_inside))?;
    }
    Some([first, end - 1])
}

#[cfg(test)]
#[path = "grid_tests.rs"]
mod tests;
