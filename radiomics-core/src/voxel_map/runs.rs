//! Grey level runs within a window.
//!
//! Lines of places are listed once for all windows, from border to border in each direction; going along
//! them gives the runs. Places outside of the region make runs of rank 0, which are not counted:
//!
//! ```text
//! ranks       lines along (y, x) = (1, 1)     runs: rank, length
//! 1 1 0       1 1                             1  2
//! 2 1 1       1 1                             1  2
//!             0                               0  1  outside
//!             2                               2  1
//! ```

use super::emphases::{self, Emphases, Summed, known, table};
use super::formulas::FastRow;
use super::groups::{Lines, Places, groups};
use super::region::Region;
use super::window::Window;
use crate::families::glrlm;
use crate::families::shared::line_sets::directions;
use crate::settings::Settings;
use crate::texture::aggregation::{Aggregation, Span};

/// The formulas of GLRLM over [`Summed`], by the places of their features in the family's table.
pub(super) static TABLE: &[FastRow<Summed>] = &table::<{ known(glrlm::TABLE) }>(glrlm::TABLE);

/// Whether the fast way suits the settings.
pub(super) fn suits(settings: &Settings) -> bool {
    settings.distance_weighting.is_none()
}

/// What computes features of GLRLM in one aggregation.
pub(super) struct Runs {
    emphases: Emphases,
    groups: Vec<Vec<Unit>>,
    /// Lines of the whole window in all directions, if only those directions count along which a line
    /// passes through two voxels of the region.
    tested: Option<Vec<Lines>>,
}

/// The lines of one span and direction.
struct Unit {
    direction: usize,
    lines: Lines,
}

/// What [`Runs`] keeps from window to window.
#[derive(Default)]
pub(super) struct Buffers {
    emphases: emphases::Buffers,
    /// Which directions count; empty if all do.
    counts: Vec<bool>,
}

impl Runs {
    /// The fast way for `features`, places in the family's table of which `table` knows all, where
    /// [`suits`] says that it is one.
    pub fn new(
        table: &[FastRow<Summed>],
        features: &[usize],
        aggregation: Aggregation,
        settings: &Settings,
        region: &Region,
    ) -> Self {
        let places = Places { shape: region.window_shape() };
        let directions = directions();
        let unit = |span: Span, direction, offset| Unit { direction, lines: places.lines(span, offset) };
        let groups = groups(aggregation, places.shape[0], &directions, unit);
        let lines = |group: &Vec<Unit>| group.iter().map(|unit| unit.lines.places.len()).sum::<usize>();
        let most = groups.iter().map(lines).max().unwrap_or(0);
        let longest = places.shape.into_iter().max().unwrap_or(1);
        let in_window = |offset: &[i32; 3]| places.lines(Span::Volume, *offset);
        let tested = &directions[usize::from(aggregation.is_volumetric())];
        Self {
            emphases: Emphases::new(table, features, region, longest, most),
            groups,
            tested: settings.glrlm_drop_single_voxel_lines.then(|| tested.iter().map(in_window).collect()),
        }
    }

    /// Appends the values of the features to `out`.
    // By itself, so that the loops of one part do not take the registers of another's.
    #[inline(never)]
    pub fn compute(&self, window: &Window, buffers: &mut Buffers, out: &mut Vec<f64>) {
        let Window { ranks, distinct, .. } = window;
        let Buffers { emphases, counts } = buffers;
        self.emphases.begin(emphases, distinct.len());
        counts.clear();
        if let Some(tested) = &self.tested {
            counts.extend(tested.iter().map(|lines| passes_through_two(ranks, lines)));
        }
        for group in &self.groups {
            for unit in group {
                if self.tested.is_none() || counts[unit.direction] {
                    each_run(ranks, &unit.lines, |rank, length| self.emphases.count(emphases, rank, length));
                }
            }
            self.emphases.add(emphases, distinct, None);
        }
        self.emphases.finish(emphases, out);
    }
}

/// Calls `run` with the rank and the length of each run, those outside of the region (rank 0)
/// included.
#[inline(always)]
fn each_run(ranks: &[u16], lines: &Lines, mut run: impl FnMut(u16, u32)) {
    let mut start = 0;
    for &end in &lines.ends {
        let mut rank = ranks[usize::from(lines.places[start])];
        let mut length = 1;
        for &place in &lines.places[start + 1..end] {
            let next = ranks[usize::from(place)];
            if next == rank {
                length += 1;
            } else {
                run(rank, length);
                (rank, length) = (next, 1);
            }
        }
        run(rank, length);
        start = end;
    }
}

/// Whether any of the lines passes through two voxels of the region.
fn passes_through_two(ranks: &[u16], lines: &Lines) -> bool {
    let mut start = 0;
    lines.ends.iter().any(|&end| {
        let line = &lines.places[start..end];
        start = end;
        line.iter().filter(|&&place| ranks[usize::from(place)] > 0).count() > 1
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example at the head of the file: runs along a diagonal.
    #[test]
    fn runs_end_where_the_rank_changes() {
        #[rustfmt::skip]
        let ranks = [
            1, 1, 0,
            2, 1, 1,
        ];
        let lines = Places { shape: [1, 2, 3] }.lines(Span::Volume, [0, 1, 1]);
        let mut runs = Vec::new();
        each_run(&ranks, &lines, |rank, length| runs.push((rank, length)));
        assert_eq!(runs, [(1, 2), (1, 2), (0, 1), (2, 1)]);
        assert!(passes_through_two(&ranks, &lines));
        assert!(!passes_through_two(&[1, 1, 0, 2, 0, 0], &lines));
    }
}
