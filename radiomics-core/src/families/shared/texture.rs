//! What all texture families share: which matrices are counted, merged and averaged.

use std::collections::BTreeMap;

use crate::families::job::{Job, Value};
use crate::feature::Row;
use crate::texture::aggregation::{Scope, Span, Unit};
use crate::work::{Held, hold_cells, loops};

/// A matrix that is kept until all are counted.
pub(crate) trait Bulk {
    /// Memory of its cells.
    fn hold(&self) -> Held;
}

impl<T> Bulk for Vec<T> {
    fn hold(&self) -> Held {
        hold_cells::<T>(self.len())
    }
}

/// Counts each matrix that the wanted aggregations need once, merges them as planned and
/// averages the features.
///
/// `directions` are the numbers of directions in the plane and in the volume (1 for families without);
/// `count` makes the matrix of one unit; `summarise` merges matrices and yields what the
/// formulas read, or nothing if the merged matrix is empty.
#[allow(clippy::too_many_arguments, reason = "each is one decision of a family")]
pub(crate) fn values<C: Bulk + Send + Sync, M>(
    job: &Job,
    scope: Scope,
    table: &'static [Row<M>],
    directions: [usize; 2],
    slices: usize,
    count: impl Fn(Span, usize) -> C + Sync,
    summarise: impl Fn(&[&C]) -> Option<M> + Sync,
) -> Vec<Value> {
    let chosen = scope.chosen(&job.settings.aggregations).into_iter();
    let plans: Vec<_> = chosen.map(|a| job.plan(a, slices, directions)).collect();
    let mut units: Vec<Unit> = plans.iter().flatten().flatten().copied().collect();
    units.sort();
    units.dedup();
    let counted = loops::map(units, |(span, direction)| {
        let counted = count(span, direction);
        let held = counted.hold();
        ((span, direction), (counted, held))
    });
    let counted: BTreeMap<Unit, (C, Held)> = counted.into_iter().collect();
    plans
        .into_iter()
        .flat_map(|groups| {
            // Some formulas take long: those of one group on one thread, those of another on the next.
            let of_groups = loops::map(groups, |group| {
                let matrices: Vec<&C> = group.iter().map(|unit| &counted[unit].0).collect();
                summarise(&matrices).map(|summary| job.of_group(table, &summary))
            });
            job.means(&of_groups.into_iter().flatten().collect::<Vec<_>>())
        })
        .collect()
}
