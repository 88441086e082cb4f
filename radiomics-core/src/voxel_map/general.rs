//! A window as a region of its own, given to the families as it is: works for every setting,
//! and is the plain twin of the fast ways.

use ndarray::Array3;

use super::columns::Column;
use super::region::Region;
use super::scratch::Scratch;
use super::tiles::Part;
use crate::catalogue::Family;
use crate::families::family::Compute;
use crate::families::job::Job;
use crate::families::shared::zone_sets::ZoneSets;
use crate::kernels::Isa;
use crate::region::levels::Levels;
use crate::region::roi::Roi;
use crate::region::sample::Sample;
use crate::settings::Settings;
use crate::volume::grid::{Grid, IDENTITY, Window};

/// Features of one family.
pub(super) struct General {
    family: &'static Family,
    /// Rows of the family's table.
    features: Vec<usize>,
    settings: Settings,
    spacing_mm: [f64; 3],
    shape: [usize; 3],
    n_g: usize,
    isa: Isa,
}

impl General {
    /// For the features of `columns`, in the order in which the family computes them.
    pub fn new(
        family: &'static Family,
        columns: &[&Column],
        settings: &Settings,
        region: &Region,
        isa: Isa,
    ) -> Self {
        let all = (family.features)();
        let of_first = columns.iter().filter(|c| c.aggregation == columns[0].aggregation);
        let place = |c: &&Column| all.iter().position(|f| *f == c.feature).expect("a feature of the family");
        let features = of_first.map(place).collect();
        let mut aggregations: Vec<_> = columns.iter().map(|c| c.aggregation).collect();
        aggregations.dedup();
        let settings = Settings { aggregations, ..settings.clone() };
        let shape = region.window_shape();
        Self { family, features, settings, spacing_mm: region.spacing_mm, shape, n_g: region.n_g, isa }
    }

    fn roi(&self, scratch: &Scratch) -> Roi {
        let array = |values: Vec<f64>| Array3::from_shape_vec(self.shape, values);
        let intensities = array(scratch.intensities.clone()).unwrap_or_default();
        let inside = intensities.mapv(|x| !x.is_nan());
        Roi {
            grid: Grid {
                shape: self.shape,
                spacing_mm: self.spacing_mm,
                origin_mm: [0.0; 3],
                direction: IDENTITY,
            },
            intensities: intensities.into(),
            morphological: inside.clone(),
            resegmented: Some(inside),
            region: Window::whole(self.shape),
        }
    }
}

impl Part for General {
    fn compute(&self, scratch: &mut Scratch, out: &mut Vec<f64>) {
        let roi = self.roi(scratch);
        let job = Job { roi: &roi, settings: &self.settings, isa: self.isa, features: &self.features };
        let levels = || {
            let levels = Array3::from_shape_vec(self.shape, scratch.levels.clone()).unwrap_or_default();
            let pad = self.settings.distances.iter().max().map_or(1, |&d| d as usize);
            Levels::from_array(&levels, self.n_g, pad)
        };
        let rows = match self.family.compute {
            Compute::Shape(compute) | Compute::Surroundings { compute, .. } => compute(&job),
            Compute::Sample(compute) => compute(&job, &Sample::new(self.isa, &roi)).unwrap_or_default(),
            Compute::Levels(compute) => compute(&job, &levels()),
            Compute::Lines(compute) => compute(&job, &levels(), None),
            Compute::Zones { distances, compute } => {
                let levels = levels();
                compute(&job, &levels, &ZoneSets::new(&job, &levels, distances))
            }
        };
        out.extend(rows.into_iter().map(|row| row.value));
    }
}
