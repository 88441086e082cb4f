//! Connected components of a region.
//!
//! Rows are cut into runs of voxels of the region; runs of neighbouring rows that touch are joined. The labels
//! of `kernels/labels.rs` are not used: they are forgotten after two slices, and here each voxel's is wanted.

use ndarray::Array3;

use super::region::Region;
use crate::error::{Result, argument};
use crate::runtime::Runtime;
use crate::volume::grid::Window;
use crate::work;

/// Which voxels are neighbours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Connectivity {
    /// Those that share a face: 6.
    Faces,
    /// Those that share a face or an edge: 18.
    Edges,
    /// Those that share a face, an edge or a corner: 26.
    #[default]
    Corners,
}

impl Connectivity {
    /// The one with so many neighbours: 6, 18 or 26.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`](crate::Error::InvalidArgument) for another number.
    pub fn of_neighbours(neighbours: i64) -> Result<Self> {
        match neighbours {
            6 => Ok(Self::Faces),
            18 => Ok(Self::Edges),
            26 => Ok(Self::Corners),
            other => {
                Err(argument("neighbours", other, "give the number of neighbours of a voxel: 6, 18 or 26"))
            }
        }
    }

    /// The rows (z, y) before a row that hold neighbours, and whether those one step along x are.
    fn rows_before(self) -> &'static [([isize; 2], bool)] {
        match self {
            Self::Faces => &[([0, -1], false), ([-1, 0], false)],
            Self::Edges => &[([0, -1], true), ([-1, -1], false), ([-1, 0], true), ([-1, 1], false)],
            Self::Corners => &[([0, -1], true), ([-1, -1], true), ([-1, 0], true), ([-1, 1], true)],
        }
    }
}

/// Voxels of a row from one on to before another one.
#[derive(Clone, Copy, Debug)]
struct Run {
    start: usize,
    end: usize,
    row: usize,
}

impl Region {
    /// The connected components, the largest one first; of those that are equally large, the one that comes
    /// first in (z, y, x) order.
    ///
    /// # Errors
    /// [`Error::Cancelled`](crate::Error::Cancelled) or [`Error::OutOfMemory`](crate::Error::OutOfMemory).
    pub fn components(&self, connectivity: Connectivity, runtime: &Runtime) -> Result<Vec<Self>> {
        runtime.run(1, |monitor| monitor.run(|| Ok(self.connected(connectivity))))
    }

    fn connected(&self, connectivity: Connectivity) -> Vec<Self> {
        let [_, ny, _] = self.window.shape;
        let (runs, rows) = self.runs();
        let mut parents: Vec<usize> = (0..runs.len()).collect();
        for (row, own) in rows.windows(2).enumerate() {
            let [k, j] = [row / ny, row % ny].map(|n| n as isize);
            for &([dk, dj], diagonal) in connectivity.rows_before() {
                if k + dk < 0 || !(0..ny as isize).contains(&(j + dj)) {
                    continue;
                }
                let other = ((k + dk) * ny as isize + j + dj) as usize;
                join_rows(&runs, own[0]..own[1], rows[other]..rows[other + 1], diagonal, &mut parents);
            }
            work::check();
        }
        let (members, ends) = by_root(&runs, &mut parents);
        let of_root = ends.windows(2).map(|ends| &members[ends[0]..ends[1]]);
        let mut components: Vec<&[Run]> = Vec::new();
        for (n, runs) in of_root.enumerate() {
            check_at(n);
            components.extend((!runs.is_empty()).then_some(runs));
        }
        let size = |runs: &[Run]| runs.iter().map(|run| run.end - run.start).sum::<usize>();
        components.sort_by_cached_key(|runs| std::cmp::Reverse(size(runs)));
        components.into_iter().map(|runs| self.of_runs(runs)).collect()
    }

    /// The runs of all rows, and where those of each row begin.
    fn runs(&self) -> (Vec<Run>, Vec<usize>) {
        let (mut runs, mut rows) = (Vec::new(), vec![0]);
        for (row, voxels) in self.inside.rows().into_iter().enumerate() {
            work::check();
            let mut start = None;
            for (i, &inside) in voxels.iter().chain([&false]).enumerate() {
                match (inside, start) {
                    (true, None) => start = Some(i),
                    (false, Some(first)) => {
                        runs.push(Run { start: first, end: i, row });
                        start = None;
                    }
                    _ => {}
                }
            }
            rows.push(runs.len());
        }
        (runs, rows)
    }

    /// The part of the region that is these runs, row by row.
    fn of_runs(&self, runs: &[Run]) -> Self {
        let ny = self.window.shape[1];
        let place = |row: &[Run]| [row[0].row / ny, row[0].row % ny];
        let rows = || {
            runs.chunk_by(|a, b| a.row == b.row)
                .enumerate()
                .inspect(|(n, _)| check_at(*n))
                .map(|(_, row)| row)
        };
        let (mut low, mut high) = ([usize::MAX; 3], [0; 3]);
        for row in rows() {
            let [k, j] = place(row);
            let (first, last) = ([k, j, row[0].start], [k, j, row[row.len() - 1].end - 1]);
            low = std::array::from_fn(|axis| low[axis].min(first[axis]));
            high = std::array::from_fn(|axis| high[axis].max(last[axis]));
        }
        let shape = std::array::from_fn(|axis| high[axis] - low[axis] + 1);
        let mut inside = Array3::default(shape);
        for row in rows() {
            let [k, j] = place(row);
            let mut voxels = inside.slice_mut(ndarray::s![k - low[0], j - low[1], ..]);
            let voxels = voxels.as_slice_mut().expect("a row of a new volume");
            row.iter().for_each(|run| voxels[run.start - low[2]..run.end - low[2]].fill(true));
        }
        let start = std::array::from_fn(|axis| self.window.start[axis] + low[axis]);
        Self::of_box(self.grid.clone(), Window { start, shape }, inside)
    }
}

/// The runs, those with one root beside each other and in their order, and where those of each root end, after a 0.
/// Lists of their own would be millions in a mask of noise.
fn by_root(runs: &[Run], parents: &mut [usize]) -> (Vec<Run>, Vec<usize>) {
    let mut roots = Vec::with_capacity(runs.len());
    let mut ends = vec![0; runs.len() + 1];
    for n in 0..runs.len() {
        check_at(n);
        let root = root(parents, n);
        roots.push(root);
        ends[root + 1] += 1;
    }
    for n in 0..runs.len() {
        ends[n + 1] += ends[n];
    }
    work::check();
    let (mut members, mut next) = (runs.to_vec(), ends.clone());
    for (n, (&run, root)) in runs.iter().zip(roots).enumerate() {
        check_at(n);
        members[next[root]] = run;
        next[root] += 1;
    }
    (members, ends)
}

/// Leaves the job if it is to stop. It is asked for one run in thousands, as a run takes less than to ask.
fn check_at(n: usize) {
    if n.is_multiple_of(1 << 12) {
        work::check();
    }
}

/// Joins the runs of two rows that touch.
fn join_rows(
    runs: &[Run],
    own: std::ops::Range<usize>,
    others: std::ops::Range<usize>,
    diagonal: bool,
    parents: &mut [usize],
) {
    let more = usize::from(diagonal);
    let (mut a, mut b) = (own.start, others.start);
    while a < own.end && b < others.end {
        if runs[a].start < runs[b].end + more && runs[b].start < runs[a].end + more {
            let [first, second] = [root(parents, a), root(parents, b)];
            // The first run stands for all, so that roots are in (z, y, x) order.
            parents[first.max(second)] = first.min(second);
        }
        if runs[a].end < runs[b].end { a += 1 } else { b += 1 }
    }
}

/// The run that stands for all that a run is joined with; the way to it is halved.
fn root(parents: &mut [usize], mut run: usize) -> usize {
    while parents[run] != run {
        parents[run] = parents[parents[run]];
        run = parents[run];
    }
    run
}

#[cfg(test)]
#[path = "components_tests.rs"]
mod tests;
