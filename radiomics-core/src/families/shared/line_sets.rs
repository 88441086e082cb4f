//! Pairs and runs of all units that are asked for: counted in one pass, read by GLCM and by
//! GLRLM.

use std::collections::{BTreeMap, BTreeSet};

use crate::families::job::Job;
use crate::families::shared::texture::Bulk;
use crate::kernels::lines::{LineCounter, Lines, count_lines};
use crate::region::levels::{Levels, with_levels};
use crate::texture::aggregation::{Scope, Span, Unit};
use crate::texture::neighbourhood::{ANY, half_directions};
use crate::work::{Held, loops};

/// The directions of lines, in the plane and in the volume. Runs are unbroken, whatever the distance at
/// which other families look for neighbours.
pub(crate) fn directions() -> [Vec<[i32; 3]>; 2] {
    [half_directions(&[1], false, ANY), half_directions(&[1], true, ANY)]
}

/// Lines by unit, and what they take; those of units that are only needed as a sum are with the first of
/// them.
pub(crate) struct LineSets(BTreeMap<Unit, (Lines, [Held; 2])>);

impl LineSets {
    /// The pairs and runs that the wanted aggregations need; `None` where the two families do
    /// not look along the same lines.
    pub fn new(job: &Job, levels: &Levels) -> Option<Self> {
        if job.settings.distances != [1] {
            return None;
        }
        let slices = levels.shape()[0];
        let directions = directions();
        let chosen = Scope::Directional.chosen(&job.settings.aggregations);
        let numbers = directions.each_ref().map(Vec::len);
        let plans = chosen.into_iter().map(|a| job.plan(a, slices, numbers));
        let groups: Vec<Vec<Unit>> = plans.flatten().collect();
        let along = |(span, direction): Unit| directions[usize::from(span == Span::Volume)][direction];
        // Every direction counts alike, and all count.
        let alike = job.settings.distance_weighting.is_none() && !job.settings.glrlm_drop_single_voxel_lines;
        let sums = match alike && LineCounter::fits(levels.shape(), levels.n_g) {
            true => summed_together(&groups),
            false => groups.iter().flatten().collect::<BTreeSet<_>>().into_iter().map(|&u| vec![u]).collect(),
        };
        let count = |units: Vec<Unit>| -> Vec<(Unit, (Lines, [Held; 2]))> {
            let lines = match &units[..] {
                &[unit] => with_levels!(levels, v => {
                    count_lines(job.isa, v, levels.n_g, unit.0.slices(slices), along(unit))
                }),
                _ => count_sum(job, levels, &units, along),
            };
            // The others have been counted with the first.
            let none = Lines { pairs: Vec::new(), runs: Vec::new() };
            let lines = std::iter::once(lines).chain(std::iter::repeat(none)).map(|lines| {
                let held = [lines.pairs.hold(), lines.runs.hold()];
                (lines, held)
            });
            units.into_iter().zip(lines).collect()
        };
        Some(Self(loops::map(sums, count).into_iter().flatten().collect()))
    }

    /// The pairs and runs of a unit, if it was asked for.
    pub fn of(&self, span: Span, direction: usize) -> Option<&Lines> {
        self.0.get(&(span, direction)).map(|(lines, _)| lines)
    }
}

/// Units put together by the groups that they are in: those that are in the same groups are only ever
/// needed as a sum.
fn summed_together(groups: &[Vec<Unit>]) -> Vec<Vec<Unit>> {
    let mut memberships: BTreeMap<Unit, Vec<usize>> = BTreeMap::new();
    for (n, group) in groups.iter().enumerate() {
        group.iter().for_each(|&unit| memberships.entry(unit).or_default().push(n));
    }
    let mut together: BTreeMap<Vec<usize>, Vec<Unit>> = BTreeMap::new();
    for (unit, groups) in memberships {
        together.entry(groups).or_default().push(unit);
    }
    together.into_values().collect()
}

fn count_sum(job: &Job, levels: &Levels, units: &[Unit], along: impl Fn(Unit) -> [i32; 3] + Sync) -> Lines {
    let slices = levels.shape()[0];
    let looked_at = units.iter().map(|unit| unit.0.slices(slices).len()).sum();
    let counter = || LineCounter::new(levels.shape(), levels.n_g, looked_at);
    let counted = loops::folded(units, FEW_UNITS, counter, |counter, &unit| {
        with_levels!(levels, v => counter.add(job.isa, v, unit.0.slices(slices), along(unit)));
    });
    // Whole numbers: their sum is the same however units are shared out.
    counted.into_iter().reduce(LineCounter::merged).expect("units to be summed").into_lines()
}

/// The least number of units that one counter counts: for fewer, another counter would cost as much.
const FEW_UNITS: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texture::aggregation::{Aggregation, plan};

    #[test]
    fn what_is_summed_only_is_counted_together() {
        let plans = |aggregations: &[Aggregation]| {
            let groups: Vec<Vec<Unit>> = aggregations.iter().flat_map(|&a| plan(a, 3, 4, 13)).collect();
            summed_together(&groups).iter().map(Vec::len).collect::<Vec<_>>()
        };
        assert_eq!(plans(&[Aggregation::Merged3d]), [13]);
        assert_eq!(plans(&[Aggregation::Averaged3d, Aggregation::Merged3d]), [1; 13]);
        // Each slice is needed for itself, and all of them merged.
        assert_eq!(plans(&[Aggregation::SliceMerged2d, Aggregation::Merged25d]), [4; 3]);
        assert_eq!(plans(&[Aggregation::DirectionMerged25d]), [3; 4]);
    }
}
