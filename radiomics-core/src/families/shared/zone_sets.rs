//! The zones of all spans that are asked for: found once, counted by GLSZM and by GLDZM.

use std::collections::BTreeMap;

use crate::families::job::Job;
use crate::families::shared::texture::Bulk;
use crate::region::levels::Levels;
use crate::texture::aggregation::{Scope, Span};
use crate::texture::zones::{Zone, zones};
use crate::work::{Held, loops};

/// The zones of each span that is asked for.
pub(crate) struct ZoneSets(BTreeMap<Span, (Vec<Zone>, Held)>);

impl ZoneSets {
    /// The zones that the wanted aggregations need, with distances if they are needed.
    pub fn new(job: &Job, levels: &Levels, distances: bool) -> Self {
        let slices = levels.shape()[0];
        let chosen = Scope::Omnidirectional.chosen(&job.settings.aggregations);
        let mut spans: Vec<Span> = chosen
            .into_iter()
            .flat_map(|a| job.plan(a, slices, [1, 1]))
            .flatten()
            .map(|unit| unit.0)
            .collect();
        spans.sort();
        spans.dedup();
        let roi = distances.then_some(job.roi);
        let of_span = |span| {
            let zones = zones(job.isa, levels, span, roi);
            let held = zones.hold();
            (span, (zones, held))
        };
        Self(loops::map(spans, of_span).into_iter().collect())
    }

    /// The zones of a span that the wanted aggregations need.
    pub fn of(&self, span: Span) -> &[Zone] {
        let (zones, _) = self.0.get(&span).unwrap_or_else(|| panic!("no zones were looked for in {span:?}"));
        zones
    }
}
