//! A window as a region of its own, given to its family as it is: works for every feature and all
//! settings, and is the plain twin of the fast ways.

use ndarray::Array3;

use super::region::Region;
use super::window::Window;
use crate::catalogue::Chosen;
use crate::families::family::Compute;
use crate::families::job::Job;
use crate::families::shared::zone_sets::ZoneSets;
use crate::kernels::Isa;
use crate::region::levels::Levels;
use crate::region::roi::Roi;
use crate::region::sample::Sample;
use crate::settings::{Settings, SingleSlices};
use crate::volume::grid::{self, Grid, IDENTITY};

/// What computes features of one family, in all aggregations of the settings, from a window as a region.
pub(super) struct General {
    chosen: Chosen,
    settings: Settings,
    spacing_mm: [f64; 3],
    shape: [usize; 3],
    n_g: usize,
    isa: Isa,
}

impl General {
    /// The general way for the features of `chosen`.
    pub fn new(chosen: Chosen, settings: &Settings, region: &Region, isa: Isa) -> Self {
        let shape = region.window_shape();
        // A window is a piece of a volume, even where a single slice of it is inside of the region.
        let settings = Settings { single_slices: SingleSlices::Volume, ..settings.clone() };
        Self { chosen, settings, spacing_mm: region.spacing_mm, shape, n_g: region.n_g, isa }
    }

    /// Appends the values of the features to `out`, aggregation by aggregation, and for each of these in
    /// the order of the features.
    pub fn compute(&self, window: &Window, out: &mut Vec<f64>) {
        let roi = self.roi(window);
        let features = &self.chosen.features;
        let job = Job { roi: &roi, settings: &self.settings, isa: self.isa, features, pairs: None };
        let levels = || {
            let levels = self.array(&window.levels);
            let pad = self.settings.distances.iter().max().map_or(1, |&d| d as usize);
            Levels::from_array(&levels, self.n_g, pad)
        };
        let values = match self.chosen.family.compute {
            Compute::Shape(compute) | Compute::Surroundings { compute, .. } => compute(&job),
            Compute::Sample(compute) => compute(&job, &Sample::new(self.isa, &roi))
                .expect("a family with maps has values for any sample of a window"),
            Compute::Levels(compute) => compute(&job, &levels()),
            Compute::Lines(compute) => compute(&job, &levels(), None),
            Compute::Zones { distances, compute } => {
                let levels = levels();
                compute(&job, &levels, &ZoneSets::new(&job, &levels, distances))
            }
        };
        out.extend(values.into_iter().map(|value| value.value));
    }

    fn roi(&self, window: &Window) -> Roi {
        let intensities = self.array(&window.intensities);
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
            region: grid::Window::whole(self.shape),
        }
    }

    fn array<T: Clone>(&self, values: &[T]) -> Array3<T> {
        Array3::from_shape_vec(self.shape, values.to_vec())
            .expect("a window has a value for each of its places, and levels if a family needs them")
    }
}
