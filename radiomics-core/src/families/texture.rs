//! What all texture families share: which matrices are counted, merged and averaged.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::Job;
use crate::feature::Row;
use crate::table::FeatureRow;
use crate::texture::aggregation::{Scope, Span, Unit, plan};

/// Counts each matrix that the wanted aggregations need once, merges them as planned and
/// averages the features.
///
/// `directions` are their numbers in the plane and in the volume (1 for families without);
/// `count` makes the matrix of one unit; `summarise` merges matrices and yields what the
/// formulas read, or nothing if the merged matrix is empty.
#[allow(clippy::too_many_arguments, reason = "each is one decision of a family")]
pub(crate) fn rows<C: Send + Sync, M: Send>(
    job: &Job,
    family: &'static str,
    scope: Scope,
    table: &'static [Row<M>],
    directions: [usize; 2],
    slices: usize,
    count: impl Fn(Span, usize) -> C + Sync,
    summarise: impl Fn(&[&C]) -> Option<M> + Sync,
) -> Vec<FeatureRow> {
    let plans: Vec<_> = scope
        .chosen(&job.settings.aggregations)
        .into_iter()
        .map(|a| (a, plan(a, slices, directions[0], directions[1])))
        .collect();
    let mut units: Vec<Unit> =
        plans.iter().flat_map(|(_, groups)| groups.iter().flatten()).copied().collect();
    units.sort();
    units.dedup();
    let counted: BTreeMap<Unit, C> =
        units.into_par_iter().map(|(span, direction)| ((span, direction), count(span, direction))).collect();
    plans
        .into_iter()
        .flat_map(|(aggregation, groups)| {
            let summaries: Vec<M> = groups
                .into_par_iter()
                .filter_map(|group| {
                    let matrices: Vec<&C> = group.iter().filter_map(|unit| counted.get(unit)).collect();
                    summarise(&matrices)
                })
                .collect();
            job.rows(family, table, aggregation, &summaries)
        })
        .collect()
}
