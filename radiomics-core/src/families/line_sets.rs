//! Pairs and runs of all units that are asked for: counted in one pass, read by GLCM and by
//! GLRLM.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::{Job, glrlm};
use crate::aggregation::{Scope, Span, Unit, plan};
use crate::kernels::lines::{Lines, count_lines};
use crate::roi::{Levels, with_levels};

/// Lines by unit.
pub(crate) struct LineSets(BTreeMap<Unit, Lines>);

impl LineSets {
    /// The pairs and runs that the wanted aggregations need; `None` where the two families do
    /// not look along the same lines.
    pub fn new(job: &Job, levels: &Levels) -> Option<Self> {
        if job.settings.distances != [1] {
            return None;
        }
        let slices = levels.shape()[0];
        let directions = glrlm::directions();
        let chosen = Scope::Directional.chosen(&job.settings.aggregations);
        let plans = chosen.into_iter().map(|a| plan(a, slices, directions[0].len(), directions[1].len()));
        let mut units: Vec<Unit> = plans.flatten().flatten().collect();
        units.sort();
        units.dedup();
        let count = |(span, direction): Unit| {
            let offset = directions[usize::from(span == Span::Volume)][direction];
            with_levels!(levels, v => count_lines(job.isa, v, levels.n_g, span.slices(slices), offset))
        };
        Some(Self(units.into_par_iter().map(|unit| (unit, count(unit))).collect()))
    }

    /// The lines of a unit, if it was asked for.
    pub fn of(&self, span: Span, direction: usize) -> Option<&Lines> {
        self.0.get(&(span, direction))
    }
}
