//! How far voxels are from a region: exact Euclidean distances on voxels of any spacing, in time that is
//! linear in the number of voxels.
//!
//! An axis at a time. Along z the nearest voxel of a column is found by counting steps; along y it is the
//! lowest of parabolas, one over each voxel that z has left a distance to (their lower envelope is built
//! and read in one pass each: Meijster, Roerdink and Hesselink 2000; Felzenszwalb and Huttenlocher 2012):
//!
//! ```text
//! distance²   |\   \     /   /|
//!             | \   \_ _/   / |      envelope of parabolas over y1, y2, y3
//!             |  \_/ . . \_/  |
//!             +---y1--y2--y3--+ y
//! ```
//!
//! Along x nothing is computed for a voxel at all where only "within so many mm" is asked for: what is left
//! of the distance at a voxel says how many voxels it reaches on either side, and a row of the result is the
//! union of these runs.
//!
//! Only rows and slices beside the region have memory: a step (4 bytes) for each voxel of the region's box,
//! a slice of distances for each thread, and the result (1 byte). What lies beyond the edge of the image is
//! counted, and takes none.

use std::ops::Range;

use ndarray::{Array3, ArrayView2, ArrayView3};

use super::ruler::{Distance, Ruler};
use crate::error::{Result, argument, number};
use crate::volume::axes::each_plane;
use crate::volume::voxels::volume;
use crate::work::loops;

/// Part of a squared distance by which it may exceed the square of a bound and still be within it. 3 × 0.8 mm
/// is more than 2.4 mm in 64-bit floats: a voxel at exactly the bound would be in or out by chance.
pub(super) const SLACK: f64 = 1e-9;

/// Steps that a distance may reach along an axis: more than any image has, and few enough to be counted in
/// 64 bits over three axes.
const MOST_STEPS: f64 = 100_000.0;

/// The squared distance up to which a voxel is within `mm`.
///
/// # Errors
/// [`Error::InvalidArgument`](crate::Error::InvalidArgument), which calls it `name`.
pub(super) fn bound(name: &'static str, mm: f64, spacing_mm: [f64; 3]) -> Result<f64> {
    if !(mm >= 0.0 && mm.is_finite()) {
        return Err(argument(name, number(&mm), "give a distance in mm, a finite number from 0 on"));
    }
    let finest = spacing_mm.into_iter().fold(f64::INFINITY, f64::min);
    if mm / finest > MOST_STEPS {
        let remedy =
            format!("give at most {} mm, 100000 voxels of {} mm", finest * MOST_STEPS, number(&finest));
        return Err(argument(name, number(&mm), remedy));
    }
    Ok(mm * mm * (1.0 + SLACK))
}

/// The lower envelope of parabolas over places of a line, each as high as the distance that the axes before
/// have left there.
#[derive(Debug, Default)]
struct Envelope {
    /// Where parabolas have their lowest point, in units, and how high it is.
    parabolas: Vec<[f64; 2]>,
}

impl Envelope {
    /// The envelope over a line of voxels; those above `bound` have none.
    fn build(&mut self, line: impl Iterator<Item = f64>, bound: f64, ruler: Ruler) {
        self.parabolas.clear();
        match ruler.distance {
            Distance::Centre => {
                for (i, height) in line.enumerate().filter(|&(_, height)| height <= bound) {
                    self.push([i as f64, height], ruler);
                }
            }
            // A voxel reaches from half a voxel before its centre to half a voxel behind it. What lies
            // between two voxels belongs to the lower one of them.
            Distance::Surface => {
                let mut before = f64::INFINITY;
                for (i, height) in line.chain([f64::INFINITY]).enumerate() {
                    let between = before.min(height);
                    if between <= bound {
                        self.push([2.0 * i as f64 - 1.0, between], ruler);
                    }
                    if height <= bound {
                        self.push([2.0 * i as f64, height], ruler);
                    }
                    before = height;
                }
            }
        }
    }

    /// Takes one more parabola, to the right of all others, and drops those that it leaves nowhere the lowest.
    fn push(&mut self, new: [f64; 2], ruler: Ruler) {
        while let [.., [at1, height1], [at2, height2]] = self.parabolas[..] {
            let [a, b, c] = [at2 - at1, new[0] - at2, new[0] - at1];
            let above = c * height2 - b * height1 - a * new[1] - a * b * c * ruler.unit_mm * ruler.unit_mm;
            if above <= 0.0 {
                break;
            }
            self.parabolas.pop();
        }
        self.parabolas.push(new);
    }

    /// Calls `each` with the height of the envelope at voxels `from`, `from` + 1 … of the line.
    fn read(&self, from: isize, count: usize, ruler: Ruler, mut each: impl FnMut(usize, f64)) {
        let Some(last) = self.parabolas.len().checked_sub(1) else {
            return;
        };
        let height = |lowest: usize, at: f64| {
            let [place, height] = self.parabolas[lowest];
            height + ruler.of_units(at - place)
        };
        let mut lowest = 0;
        for n in 0..count {
            let at = (ruler.units() as isize * (from + n as isize)) as f64;
            let mut here = height(lowest, at);
            while lowest < last {
                let next = height(lowest + 1, at);
                if next > here {
                    break;
                }
                (lowest, here) = (lowest + 1, next);
            }
            each(n, here);
        }
    }
}

/// Distances from the voxels of a box that are set, on a grid of a spacing.
#[derive(Clone, Copy, Debug)]
pub(super) struct Field<'a> {
    sources: ArrayView3<'a, bool>,
    rulers: [Ruler; 3],
    /// The squared distance that is of interest.
    bound: f64,
}

/// No voxel of a column is set.
const NONE: u32 = u32::MAX;

/// What a thread needs for a slice.
#[derive(Debug, Default)]
struct Slice {
    envelope: Envelope,
    /// Distances along z, (y, x) of the box.
    along_z: Vec<f64>,
    /// Distances along z and y, rows of the box's length.
    along_y: Vec<f64>,
}

impl<'a> Field<'a> {
    pub fn new(sources: ArrayView3<'a, bool>, spacing_mm: [f64; 3], distance: Distance, bound: f64) -> Self {
        Self { sources, rulers: spacing_mm.map(|spacing_mm| Ruler::new(distance, spacing_mm)), bound }
    }

    /// The squared distance that is of interest.
    pub fn bound(&self) -> f64 {
        self.bound
    }

    /// Voxels (z, y, x) beyond the box that are of interest.
    pub fn margin(&self) -> [usize; 3] {
        self.rulers.map(|ruler| ruler.reach(self.bound))
    }

    /// Calls `work` with each slice of the box and `margin` voxels round it, with what is in `into` for the
    /// slice: with squared distances along z and y of all rows, each as long as the box, and
    /// infinite where they do not matter. Slices are shared out among the threads.
    fn each_slice<T: Send, R: Send>(
        &self,
        margin: [usize; 3],
        into: Vec<T>,
        work: impl Fn(T, &[f64]) -> R + Sync,
    ) -> Vec<R> {
        let (nz, ny, nx) = self.sources.dim();
        assert_eq!(into.len(), nz + 2 * margin[0], "something to work into for each slice");
        let steps = self.steps();
        loops::map_with(into.into_iter().enumerate(), Slice::default, |slice, (k, into)| {
            // Beyond the box, the nearest voxel is that of its first or last slice.
            let nearest = k.saturating_sub(margin[0]).min(nz - 1);
            let beyond = (k - margin[0].min(k)).abs_diff(nearest) + margin[0].saturating_sub(k);
            self.along_z(steps.index_axis(ndarray::Axis(0), nearest), beyond, &mut slice.along_z);
            self.along_y(slice, [ny, nx], margin[1]);
            work(into, &slice.along_y)
        })
    }

    /// Steps along z to the nearest voxel that is set.
    fn steps(&self) -> Array3<u32> {
        let (nz, ny, nx) = self.sources.dim();
        let mut steps = volume([nz, ny, nx]);
        each_plane(self.sources, steps.view_mut(), 0, |before: &mut Vec<u32>, from, mut to| {
            before.clear();
            before.resize(from.ncols(), NONE);
            for (from, mut to) in from.rows().into_iter().zip(to.rows_mut()) {
                for ((&is_set, to), before) in from.iter().zip(&mut to).zip(&mut *before) {
                    *before = if is_set { 0 } else { before.saturating_add(1) };
                    *to = *before;
                }
            }
            before.fill(NONE);
            for mut to in to.rows_mut().into_iter().rev() {
                for (to, before) in to.iter_mut().zip(&mut *before) {
                    *before = before.saturating_add(1).min(*to);
                    *to = *before;
                }
            }
        });
        steps
    }

    fn along_z(&self, steps: ArrayView2<u32>, beyond: usize, to: &mut Vec<f64>) {
        to.clear();
        to.extend(steps.iter().map(|&steps| match steps {
            NONE => f64::INFINITY,
            steps => self.rulers[0].squared(steps as usize + beyond),
        }));
    }

    fn along_y(&self, slice: &mut Slice, [ny, nx]: [usize; 2], margin: usize) {
        let rows = ny + 2 * margin;
        slice.along_y.clear();
        slice.along_y.resize(rows * nx, f64::INFINITY);
        for i in 0..nx {
            let line = slice.along_z.iter().skip(i).step_by(nx).copied();
            slice.envelope.build(line, self.bound, self.rulers[1]);
            let column = &mut slice.along_y[i..];
            slice
                .envelope
                .read(-(margin as isize), rows, self.rulers[1], |n, height| column[n * nx] = height);
        }
    }

    /// The voxels between two bounds, in the box and `margin` voxels round it: those within the field's
    /// bound and not within `from`. `kept` is the part of that which the result has, (z, y, x) counted from
    /// its first voxel; the others are counted.
    pub fn between(&self, margin: [usize; 3], from: Option<f64>, kept: [Range<usize>; 3]) -> Between {
        let nx = self.sources.dim().2;
        let [z, y, x] = kept;
        let mut voxels: Array3<bool> = volume([z.len(), y.len(), x.len()]);
        let mut slices = voxels.outer_iter_mut();
        let all = 0..self.sources.dim().0 + 2 * margin[0];
        let into: Vec<_> = all.map(|k| if z.contains(&k) { slices.next() } else { None }).collect();
        let counts = self.each_slice(margin, into, |mut slice, rows| {
            let (mut runs, mut count) = (Vec::new(), [0, 0]);
            for (j, row) in rows.chunks_exact(nx).enumerate() {
                let mut place = match &mut slice {
                    Some(slice) if y.contains(&j) => Some(slice.row_mut(j - y.start)),
                    _ => None,
                };
                for (bound, is_in) in [(Some(self.bound), true), (from, false)] {
                    let Some(bound) = bound else { continue };
                    self.runs(row, bound, margin[2], &mut runs);
                    for run in &runs {
                        let clip = |at: usize| at.clamp(x.start, x.end) - x.start;
                        let inside = clip(run.start)..clip(run.end);
                        let held = if place.is_some() { inside.len() } else { 0 };
                        let sign = if is_in { 1 } else { -1 };
                        count[0] += sign * held as i64;
                        count[1] += sign * (run.len() - held) as i64;
                        if let Some(place) = &mut place {
                            let mut part = place.slice_mut(ndarray::s![inside]);
                            part.fill(is_in);
                        }
                    }
                }
            }
            count
        });
        let sum = |which: usize| counts.iter().map(|count: &[i64; 2]| count[which]).sum::<i64>();
        let count = |which| usize::try_from(sum(which)).expect("what is within `from` is within the bound");
        Between { voxels, inside: count(0), beyond: count(1) }
    }

    /// The places of a row, `margin` voxels longer than the box on either side, that are within a bound:
    /// runs that neither overlap nor touch, from left to right.
    fn runs(&self, row: &[f64], bound: f64, margin: usize, runs: &mut Vec<Range<usize>>) {
        runs.clear();
        // Of voxels beside each other with one distance, as inside of the region, all reach equally far.
        let mut first = 0;
        for same in row.chunk_by(|a, b| a == b) {
            let (from, last) = (first + margin, first + same.len() - 1 + margin);
            first += same.len();
            if same[0] > bound {
                continue;
            }
            let reach = self.rulers[2].reach(bound - same[0]);
            let mut run = from.saturating_sub(reach)..(last + reach + 1).min(row.len() + 2 * margin);
            // Every run on the left holds the places of its voxels, which are left of these.
            while let Some(left) = runs.pop_if(|left| left.end >= run.start) {
                run = left.start.min(run.start)..left.end.max(run.end);
            }
            runs.push(run);
        }
    }

    /// Calls `each` with the squared distances of rows of slices, `margin` voxels longer than the box, and
    /// with what is in `into` for the slice and the number of the row. They are right as far as they are
    /// within the bound, and beyond it where they are not.
    pub fn each_row<T: Send>(
        &self,
        margin: [usize; 3],
        into: Vec<T>,
        each: impl Fn(&mut T, usize, &[f64]) + Sync,
    ) {
        let nx = self.sources.dim().2;
        let length = nx + 2 * margin[2];
        self.each_slice(margin, into, |mut into, rows| {
            let (mut envelope, mut distances) = (Envelope::default(), vec![0.0; length]);
            for (j, row) in rows.chunks_exact(nx).enumerate() {
                distances.fill(f64::INFINITY);
                envelope.build(row.iter().copied(), self.bound, self.rulers[2]);
                let from = -(margin[2] as isize);
                envelope.read(from, length, self.rulers[2], |n, height| distances[n] = height);
                each(&mut into, j, &distances);
            }
        });
    }
}

/// Voxels between two distances.
#[derive(Debug)]
pub(super) struct Between {
    pub voxels: Array3<bool>,
    /// How many of them are set.
    pub inside: usize,
    /// How many more lie where the result has no voxels.
    pub beyond: usize,
}
