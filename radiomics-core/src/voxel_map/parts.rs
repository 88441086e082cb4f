//! Who computes which features: a family's fast way those that it has formulas for, the general way
//! all others.

use super::cooccurrence::{self, Cooccurrence};
use super::dependences::{self, Dependences};
use super::emphases;
use super::formulas::{FastRow, knows};
use super::general::General;
use super::region::Region;
use super::runs::{self, Runs};
use super::tones::{self, Tones};
use super::window::Window;
use super::zones::{self, Zones};
use crate::catalogue::Chosen;
use crate::families::family::{Family, Maps};
use crate::kernels::Isa;
use crate::settings::Settings;
use crate::texture::aggregation::Aggregation;

/// What computes some features of one family.
pub(super) enum Part {
    /// The general way, in memory of its own as it carries the settings along.
    General(Box<General>),
    Cooccurrence(Cooccurrence),
    Runs(Runs),
    Zones(Zones),
    Tones(Tones),
    Dependences(Dependences),
}

/// What a thread keeps from window to window, for each kind of part.
#[derive(Default)]
pub(super) struct Buffers {
    cooccurrence: cooccurrence::Buffers,
    runs: runs::Buffers,
    zones: zones::Buffers,
    tones: tones::Buffers,
    dependences: dependences::Buffers,
}

impl Part {
    /// Appends the values of the part's features for the window under work to `out`.
    fn compute(&self, window: &Window, buffers: &mut Buffers, out: &mut Vec<f64>) {
        match self {
            Self::General(part) => part.compute(window, out),
            Self::Cooccurrence(part) => part.compute(window, &mut buffers.cooccurrence, out),
            Self::Runs(part) => part.compute(window, &mut buffers.runs, out),
            Self::Zones(part) => part.compute(window, &mut buffers.zones, out),
            Self::Tones(part) => part.compute(window, &mut buffers.tones, out),
            Self::Dependences(part) => part.compute(window, &mut buffers.dependences, out),
        }
    }
}

/// How the features of a family are computed, with the table of the fast way.
pub(super) enum Way {
    General,
    Cooccurrence(&'static [FastRow<cooccurrence::Summed>]),
    Runs(&'static [FastRow<emphases::Summed>]),
    Zones(&'static [FastRow<emphases::Summed>]),
    Tones(&'static [FastRow<tones::Summed>]),
    Dependences(&'static [FastRow<emphases::Summed>]),
}

impl Way {
    /// The fast way of the family, if it has one that suits the settings and the region.
    pub fn of(family: &Family, settings: &Settings, region: &Region) -> Self {
        match family.maps {
            Maps::Cooccurrence if cooccurrence::suits(settings, region) => {
                Self::Cooccurrence(cooccurrence::TABLE)
            }
            Maps::Runs if runs::suits(settings) => Self::Runs(runs::TABLE),
            Maps::Zones => Self::Zones(zones::TABLE),
            Maps::Tones => Self::Tones(tones::TABLE),
            Maps::Dependences => Self::Dependences(dependences::TABLE),
            Maps::General | Maps::Cooccurrence | Maps::Runs => Self::General,
            Maps::None => unreachable!("maps of {}, which has none", family.name),
        }
    }

    /// Whether this is a fast way with a formula for the feature at `place` in the family's table.
    fn knows(&self, place: usize) -> bool {
        match self {
            Self::General => false,
            Self::Cooccurrence(table) => knows(table, place),
            Self::Runs(table) | Self::Zones(table) | Self::Dependences(table) => knows(table, place),
            Self::Tones(table) => knows(table, place),
        }
    }

    /// The part that computes `features`, all of which a fast way knows; `None` for the general way.
    fn part(
        &self,
        features: &[usize],
        aggregation: Aggregation,
        settings: &Settings,
        region: &Region,
    ) -> Option<Part> {
        Some(match self {
            Self::General => return None,
            Self::Cooccurrence(table) => {
                Part::Cooccurrence(Cooccurrence::new(table, features, aggregation, settings, region))
            }
            Self::Runs(table) => Part::Runs(Runs::new(table, features, aggregation, settings, region)),
            Self::Zones(table) => Part::Zones(Zones::new(table, features, aggregation, region)),
            Self::Tones(table) => Part::Tones(Tones::new(table, features, aggregation, settings, region)),
            Self::Dependences(table) => {
                Part::Dependences(Dependences::new(table, features, aggregation, settings, region))
            }
        })
    }
}

/// A part and the columns that it fills.
pub(super) struct Placed {
    pub part: Part,
    pub columns: Vec<usize>,
}

impl Placed {
    /// The parts that compute the columns of a family, the first of which is column `first`: one for each
    /// aggregation for the features that `way` knows, and the general way for all others together.
    pub fn of_family(
        chosen: &Chosen,
        first: usize,
        way: &Way,
        settings: &Settings,
        region: &Region,
        isa: Isa,
    ) -> Vec<Self> {
        let aggregations = chosen.family.scope.chosen(&settings.aggregations);
        // Columns come aggregation by aggregation, and for each of these in the order of the features.
        let width = chosen.features.len();
        let column = |number: usize, n: &usize| first + number * width + n;
        let features = |of: &[usize]| of.iter().map(|&n| chosen.features[n]).collect::<Vec<_>>();
        let (known, others): (Vec<usize>, Vec<usize>) =
            (0..width).partition(|&n| way.knows(chosen.features[n]));
        let mut placed = Vec::new();
        for (number, &aggregation) in aggregations.iter().enumerate().filter(|_| !known.is_empty()) {
            let part = way.part(&features(&known), aggregation, settings, region);
            let columns = known.iter().map(|n| column(number, n)).collect();
            placed.extend(part.map(|part| Self { part, columns }));
        }
        if !others.is_empty() && !aggregations.is_empty() {
            let others_chosen = Chosen { family: chosen.family, features: features(&others) };
            let part = Part::General(Box::new(General::new(others_chosen, settings, region, isa)));
            let of = |number: usize| others.iter().map(move |n| column(number, n));
            placed.push(Self { part, columns: (0..aggregations.len()).flat_map(of).collect() });
        }
        placed
    }

    /// Writes the values of the window under work to the part's columns of `row`. `out` is for values on
    /// their way.
    pub fn fill(&self, window: &Window, buffers: &mut Buffers, out: &mut Vec<f64>, row: &mut [f64]) {
        out.clear();
        self.part.compute(window, buffers, out);
        assert_eq!(out.len(), self.columns.len(), "a part of maps computes a value for each of its columns");
        for (&column, &value) in self.columns.iter().zip(out.iter()) {
            row[column] = value;
        }
    }
}
