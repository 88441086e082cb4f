//! Grey level runs within a window.

use super::columns::Column;
use super::emphases::{Emphases, Totals};
use super::groups::{Lines, Places, groups};
use super::region::Region;
use super::scratch::Scratch;
use super::tiles::Part;
use crate::catalogue::Family;
use crate::families::shared::line_sets::directions;
use crate::settings::Settings;
use crate::texture::aggregation::Span;

/// Features of one aggregation.
pub(super) struct Runs {
    emphases: Emphases,
    groups: Vec<Vec<Unit>>,
    /// Lines of the whole window in all directions, if those count only along which a line
    /// passes through two voxels of the region.
    tested: Option<Vec<Lines>>,
}

/// The lines of one span and direction.
struct Unit {
    direction: usize,
    lines: Lines,
}

impl Runs {
    /// For columns of one aggregation; nothing if the settings or a feature need the general way.
    pub fn new(family: &Family, columns: &[&Column], settings: &Settings, region: &Region) -> Option<Self> {
        if settings.distance_weighting.is_some() {
            return None;
        }
        let places = Places { shape: region.window_shape() };
        let aggregation = columns.first()?.aggregation;
        let directions = directions();
        let unit = |span: Span, direction, offset| Unit { direction, lines: places.lines(span, offset) };
        let groups = groups(aggregation, places.shape[0], &directions, unit);
        let lines = |group: &Vec<Unit>| group.iter().map(|unit| unit.lines.places.len()).sum::<usize>();
        let most = groups.iter().map(lines).max().unwrap_or(0);
        let longest = places.shape.into_iter().max().unwrap_or(1);
        let whole = |offset: &[i32; 3]| places.lines(Span::Volume, *offset);
        let tested = &directions[usize::from(aggregation.is_volumetric())];
        Some(Self {
            emphases: Emphases::new(family, columns, region, longest, most)?,
            groups,
            tested: settings.glrlm_drop_single_voxel_lines.then(|| tested.iter().map(whole).collect()),
        })
    }
}

impl Part for Runs {
    fn compute(&self, scratch: &mut Scratch, out: &mut Vec<f64>) {
        let Scratch { ranks, distinct, emphases: buffers, directions: counts, .. } = scratch;
        self.emphases.reserve(buffers, distinct.len());
        counts.clear();
        if let Some(tested) = &self.tested {
            counts.extend(tested.iter().map(|lines| passes_through_two(ranks, lines)));
        }
        let mut totals = Totals::new();
        for group in &self.groups {
            for unit in group {
                if counts.get(unit.direction).copied().unwrap_or(true) {
                    each_run(ranks, &unit.lines, |rank, length| {
                        self.emphases.count(buffers, rank, length);
                    });
                }
            }
            self.emphases.add(buffers, distinct, None, &mut totals);
        }
        self.emphases.finish(&totals, out);
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
