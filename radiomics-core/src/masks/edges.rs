//! The edges of the contours of one slice, and the voxels that they enclose or run through.

use ndarray::ArrayViewMut2;

use crate::work;

/// Lines this near to a voxel centre, in voxels along the rows and columns of a slice, run through it: far
/// more than the rounding of 64-bit floats, far less than the digits of what anybody draws.
pub const ON_LINE_VOXELS: f64 = 1e-6;

/// An edge in voxels of a slice: its ends are points (y, x), the lower one first, whichever way it is drawn, so
/// that an edge that is drawn there and back is twice the same.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Edge {
    pub from: [f64; 2],
    pub to: [f64; 2],
}

impl Edge {
    /// The edge between two points.
    pub fn between(a: [f64; 2], b: [f64; 2]) -> Self {
        if (a[0], a[1]) <= (b[0], b[1]) { Self { from: a, to: b } } else { Self { from: b, to: a } }
    }

    /// The edges of a contour, the one that closes it last; `order` says which axes are y and x.
    pub fn all(contour: &[[f64; 3]], order: [usize; 3]) -> impl Iterator<Item = Self> {
        let point = move |p: &[f64; 3]| [p[order[1]], p[order[2]]];
        let next = contour.iter().cycle().skip(1);
        contour.iter().zip(next).map(move |(a, b)| Self::between(point(a), point(b)))
    }

    /// Where the edge crosses the line of centres `y`, which lies within its range.
    fn x_at(&self, y: f64) -> f64 {
        let [[y0, x0], [y1, x1]] = [self.from, self.to];
        x0 + (y - y0) / (y1 - y0) * (x1 - x0)
    }

    /// The lowest and highest x within `ON_LINE_VOXELS` of the line of centres `y`.
    fn near(&self, y: f64) -> [f64; 2] {
        let [[y0, x0], [y1, x1]] = [self.from, self.to];
        let (low, high) = ((y - ON_LINE_VOXELS).max(y0), (y + ON_LINE_VOXELS).min(y1));
        let at = |y: f64| {
            if y <= y0 {
                x0
            } else if y >= y1 {
                x1
            } else {
                self.x_at(y)
            }
        };
        // A level edge has both ends in reach.
        let [a, b] = if y1 - y0 > 0.0 { [at(low), at(high)] } else { [x0, x1] };
        [a.min(b), a.max(b)]
    }
}

/// Bits of a voxel while its slice is drawn: an odd number of edges crosses its row between the centre before
/// and its own; an edge runs through its centre.
const TURNS: u8 = 1;
const ON_LINE: u8 = 2;

/// A slice that is drawn: no more memory than its voxels.
pub(super) struct Plane<'a> {
    voxels: ArrayViewMut2<'a, u8>,
    /// Rows and columns that anything has been drawn in: first and one past the last.
    rows: [usize; 2],
    columns: [usize; 2],
}

impl<'a> Plane<'a> {
    /// A slice of zeros.
    pub fn new(voxels: ArrayViewMut2<'a, u8>) -> Self {
        Self { voxels, rows: [usize::MAX, 0], columns: [usize::MAX, 0] }
    }

    /// Draws edges, and says whether any runs through a centre.
    pub fn draw(&mut self, edges: &mut dyn Iterator<Item = Edge>) -> bool {
        let mut are_near = false;
        for (n, edge) in edges.enumerate() {
            look_up(n);
            self.turn(&edge);
            are_near |= self.mark(&edge);
        }
        are_near
    }

    /// Marks the centres on lines anew: on those that are there an odd number of times, as others separate
    /// nothing.
    pub fn mark_again(&mut self, mut edges: Vec<Edge>) {
        self.voxels.iter_mut().for_each(|voxel| *voxel &= !ON_LINE);
        let key = |e: &Edge| [e.from[0], e.from[1], e.to[0], e.to[1]];
        let order = |a: &Edge, b: &Edge| {
            let pairs = key(a).into_iter().zip(key(b));
            // What equals is the same, 0 and -0 as well.
            let first = pairs.map(|(a, b)| (a + 0.0).total_cmp(&(b + 0.0))).find(|o| o.is_ne());
            first.unwrap_or(std::cmp::Ordering::Equal)
        };
        edges.sort_unstable_by(order);
        let borders = edges.chunk_by(|a, b| a == b).filter(|same| same.len() % 2 == 1);
        for (n, border) in borders.enumerate() {
            look_up(n);
            self.mark(&border[0]);
        }
    }

    /// Turns inside to outside right of the edge, on the rows that it crosses: those from its lower end,
    /// without its upper end, so that a corner is passed once.
    fn turn(&mut self, edge: &Edge) {
        let (height, width) = self.voxels.dim();
        let [low, high] = [edge.from[0].ceil().max(0.0), edge.to[0].ceil().min(height as f64)];
        if low >= high {
            return;
        }
        let rows = [low as usize, high as usize];
        self.rows = [self.rows[0].min(rows[0]), self.rows[1].max(rows[1])];
        for j in rows[0]..rows[1] {
            let x = edge.x_at(j as f64).ceil().max(0.0);
            // A border to the right of the image turns nothing in it.
            if x < width as f64 {
                let i = x as usize;
                self.voxels[[j, i]] ^= TURNS;
                self.columns[0] = self.columns[0].min(i);
                self.columns[1] = self.columns[1].max(i + 1);
            } else {
                self.columns[1] = width;
            }
        }
    }

    /// Marks the centres that the edge runs through, and says whether there are any.
    fn mark(&mut self, edge: &Edge) -> bool {
        let (height, width) = self.voxels.dim();
        let Some(rows) = whole(edge.from[0], edge.to[0], height) else { return false };
        let slope = (edge.to[1] - edge.from[1]).abs() / (edge.to[0] - edge.from[0]);
        // A level edge is looked at whatever its slope.
        let reach = 2.0 * ON_LINE_VOXELS * (1.0 + slope);
        let mut are_any = false;
        for j in rows {
            let x = edge.x_at(j as f64);
            if (x - x.round()).abs() > reach {
                continue;
            }
            let [low, high] = edge.near(j as f64);
            let Some(columns) = whole(low, high, width) else { continue };
            let (first, end) = (*columns.start(), columns.end() + 1);
            self.voxels.slice_mut(ndarray::s![j, first..end]).iter_mut().for_each(|v| *v |= ON_LINE);
            self.rows = [self.rows[0].min(j), self.rows[1].max(j + 1)];
            self.columns = [self.columns[0].min(first), self.columns[1].max(end)];
            are_any = true;
        }
        are_any
    }

    /// Makes a mask of turns and marks, and counts the centres on lines.
    pub fn fill(mut self) -> usize {
        if self.rows[0] >= self.rows[1] || self.columns[0] >= self.columns[1] {
            return 0;
        }
        let ([j, i], [je, ie]) = ([self.rows[0], self.columns[0]], [self.rows[1], self.columns[1]]);
        let mut on_line = 0;
        for mut row in self.voxels.slice_mut(ndarray::s![j..je, i..ie]).rows_mut() {
            let mut inside = 0;
            for voxel in &mut row {
                inside ^= *voxel & TURNS;
                let on = *voxel / ON_LINE;
                on_line += usize::from(on);
                *voxel = inside | on;
            }
        }
        on_line
    }
}

/// Whether the job is to stop, asked every now and then.
fn look_up(n: usize) {
    if n.is_multiple_of(1024) {
        work::check();
    }
}

/// The whole numbers from 0 to before `end` between two places, or within `ON_LINE_VOXELS` of them.
fn whole(low: f64, high: f64, end: usize) -> Option<std::ops::RangeInclusive<usize>> {
    let first = (low - ON_LINE_VOXELS).ceil().max(0.0);
    let last = (high + ON_LINE_VOXELS).floor().min(end as f64 - 1.0);
    (first <= last).then_some(first as usize..=last as usize)
}
