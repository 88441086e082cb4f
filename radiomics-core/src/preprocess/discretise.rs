//! From intensities to grey levels (IBSI 1, "Intensity discretisation", 4R0B).

use std::borrow::Cow;
use std::sync::OnceLock;

use ndarray::{Array3, ArrayView1};

use crate::error::{Error, Result};
use crate::kernels::Isa;
use crate::kernels::levels::{self as kernel, EvenBins, SteppedBins};
use crate::kernels::padded::{Level, MAX_LEVELS, Padded};
use crate::kernels::voxel::Voxel;
use crate::region::levels::{LevelVolume, Levels};
use crate::region::roi::Roi;
use crate::region::sample::Sample;
use crate::settings::{BinAnchor, BinAssignment, Discretisation, Settings};
use crate::volume::intensities::with_intensities;
use crate::work::loops;

/// What the keys of the settings begin with that say how texture is discretised.
const KEYS: &str = "";

/// The grey levels of a region. `assignment` says how an intensity finds its bin, `lower_bound` is
/// the lower end of the resegmentation range, if there is one; `pad` is the largest neighbour
/// distance that kernels will look at.
///
/// # Errors
/// [`Error::InvalidSetting`] for bins that are none, [`Error::TooManyLevels`],
/// [`Error::RangeTooLarge`], [`Error::NotDiscretised`] or [`Error::OutsideBinEdges`].
pub fn discretise(
    roi: &Roi,
    discretisation: &Discretisation,
    assignment: BinAssignment,
    lower_bound: Option<f64>,
    pad: usize,
    isa: Isa,
) -> Result<Levels> {
    discretisation.validate()?;
    discretise_sample(roi, &Sample::new(isa, roi), discretisation, assignment, lower_bound, pad, isa)
}

/// The grey levels of a region whose sample is known, by the one discretisation of `settings`.
pub(crate) fn grey_levels(roi: &Roi, sample: &Sample, settings: &Settings, isa: Isa) -> Result<Levels> {
    let [lower_bound, _] = settings.intensity_range();
    let pad = *settings.distances.iter().max().expect("a distance, as settings are validated") as usize;
    discretise_sample(roi, sample, &settings.discretisation, settings.bin_assignment, lower_bound, pad, isa)
}

fn discretise_sample(
    roi: &Roi,
    sample: &Sample,
    discretisation: &Discretisation,
    assignment: BinAssignment,
    lower_bound: Option<f64>,
    pad: usize,
    isa: Isa,
) -> Result<Levels> {
    let [minimum, maximum] = sample.range(isa);
    let mut bins = Bins::new(discretisation, minimum, maximum, lower_bound, KEYS)?;
    if assignment == BinAssignment::Edges {
        bins = bins.with_edges(minimum, maximum)?;
    }
    if let Bins::Identity = bins {
        check_whole(sample)?;
    }
    let n_g = match discretisation {
        Discretisation::FixedBinNumber { bins } => *bins as usize,
        Discretisation::BinEdges { edges } => edges.len() - 1,
        _ => usize::from(bins.level(maximum)),
    };
    let volume = match n_g <= usize::from(u8::MAX) {
        true => LevelVolume::U8(bins.levels(roi, pad, isa)),
        false => LevelVolume::U16(bins.levels(roi, pad, isa)),
    };
    let histogram = match sample {
        Sample::Counted(counts) => bins.histogram(counts, n_g).into(),
        Sample::Values(_) => OnceLock::new(),
    };
    Ok(Levels { volume, n_g, n_v: sample.n(), histogram })
}

/// The rows of slice `k` of the region, each with its number, intensities and intensity mask.
fn rows<'a, V: Voxel>(
    roi: &'a Roi,
    intensities: &'a Array3<V>,
    k: usize,
) -> impl Iterator<Item = (usize, Cow<'a, [V]>, Cow<'a, [bool]>)> {
    let [k0, j0, i0] = roi.region.start;
    let [_, ny, nx] = roi.region.shape;
    (0..ny).map(move |j| {
        let row = ndarray::s![k0 + k, j0 + j, i0..i0 + nx];
        (j, whole(intensities.slice(row)), whole(roi.intensity().slice(row)))
    })
}

/// A row in one piece of memory, copied if it is not stored so.
fn whole<T: Clone>(row: ArrayView1<'_, T>) -> Cow<'_, [T]> {
    match row.to_slice() {
        Some(row) => Cow::Borrowed(row),
        None => Cow::Owned(row.to_vec()),
    }
}

/// How an intensity becomes a level.
pub(crate) enum Bins<'a> {
    Identity,
    /// Even bins: the level of x is ⌊(x − low)·multiply / divide⌋ + 1, at most `top`.
    Even {
        low: f64,
        multiply: f64,
        divide: f64,
        top: f64,
    },
    /// Bins between edges, and the same bins by steps if the edges are evenly spaced.
    Edges(Cow<'a, [f64]>, Option<SteppedBins>),
}

impl<'a> Bins<'a> {
    /// `keys` is what the keys of the settings begin with that give the bins, for messages.
    pub fn new(
        discretisation: &'a Discretisation,
        minimum: f64,
        maximum: f64,
        lower_bound: Option<f64>,
        keys: &'static str,
    ) -> Result<Self> {
        let bins = match discretisation {
            Discretisation::Identity => Bins::Identity,
            Discretisation::FixedBinNumber { bins } => Bins::Even {
                low: minimum,
                multiply: f64::from(*bins),
                // A flat region lies in the first bin, whatever the width.
                divide: if maximum > minimum { maximum - minimum } else { f64::INFINITY },
                top: f64::from(*bins),
            },
            Discretisation::FixedBinSize { width, anchor } => Bins::Even {
                low: match anchor {
                    BinAnchor::LowerBound => lower_bound.unwrap_or(minimum),
                    BinAnchor::MultipleOfWidth => minimum - minimum.rem_euclid(*width),
                },
                multiply: 1.0,
                divide: *width,
                top: f64::INFINITY,
            },
            Discretisation::BinEdges { edges } => {
                let (low, high) = (edges[0], edges[edges.len() - 1]);
                if let Some(&value) = [minimum, maximum].iter().find(|&&v| v < low || v > high) {
                    return Err(Error::OutsideBinEdges { keys, value, low, high });
                }
                Bins::Edges(Cow::Borrowed(edges), None)
            }
        };
        if let Bins::Even { low, multiply, divide, top } = bins {
            let span = (maximum - low) * multiply;
            if !span.is_finite() {
                return Err(Error::RangeTooLarge { keys, minimum, maximum });
            }
            let levels = ((span / divide).floor() + 1.0).min(top);
            if levels > MAX_LEVELS as f64 {
                return Err(Error::TooManyLevels { keys, levels, minimum, maximum, limit: MAX_LEVELS });
            }
        }
        Ok(bins)
    }

    /// These bins of texture by their edges, computed as NumPy's `arange` and `linspace` do.
    fn with_edges(self, minimum: f64, maximum: f64) -> Result<Self> {
        let Bins::Even { low, multiply, divide, top } = self else { return Ok(self) };
        let (edges, step): (Vec<f64>, f64) = if top.is_finite() {
            let n = top as usize;
            // For a flat region NumPy widens the range by a half on either side.
            let [start, end] =
                if minimum == maximum { [minimum - 0.5, maximum + 0.5] } else { [minimum, maximum] };
            let step = (end - start) / top;
            let mut edges: Vec<f64> = (0..=n).map(|i| i as f64 * step + start).collect();
            // The highest intensity belongs to the last bin.
            edges[n] = end + 1.0;
            (edges, step)
        } else {
            let width = divide / multiply;
            let step = (low + width) - low;
            let n = ((maximum + 2.0 * width - low) / width).ceil();
            // Beside intensities that are large enough a width makes no difference, and so no bins.
            if !n.is_finite() || n < 2.0 || step <= 0.0 {
                return Err(Error::RangeTooLarge { keys: KEYS, minimum, maximum });
            }
            ((0..n as usize).map(|i| low + i as f64 * step).collect(), step)
        };
        let stepped = SteppedBins::new(edges[0], step, edges.len() - 1);
        Ok(Bins::Edges(Cow::Owned(edges), stepped))
    }

    /// Where the first bin begins.
    pub fn first_edge(&self) -> f64 {
        match self {
            Bins::Identity => 1.0,
            Bins::Even { low, .. } => *low,
            Bins::Edges(edges, _) => edges[0],
        }
    }

    /// The grey levels of a region, padded by `pad`.
    fn levels<T: Level>(&self, roi: &Roi, pad: usize, isa: Isa) -> Padded<T> {
        with_intensities!(&roi.intensities, x => self.levels_of(roi, x, pad, isa))
    }

    fn levels_of<T: Level, V: Voxel + Sync>(
        &self,
        roi: &Roi,
        intensities: &Array3<V>,
        pad: usize,
        isa: Isa,
    ) -> Padded<T> {
        let mut volume = Padded::<T>::empty(roi.region.shape, pad);
        let [slice, row, _] = volume.strides();
        let nx = volume.shape[2];
        let slices = volume.data.chunks_mut(slice.max(1)).skip(pad).take(volume.shape[0]).enumerate();
        loops::each(slices, |(k, levels)| {
            for (j, values, inside) in rows(roi, intensities, k) {
                let start = (j + pad) * row + pad;
                let levels = &mut levels[start..start + nx];
                match *self {
                    Bins::Even { low, multiply, divide, top } => {
                        let bins = EvenBins { low, multiply, divide, top };
                        kernel::even_levels(isa, &values, &inside, bins, levels);
                    }
                    Bins::Edges(_, Some(bins)) => {
                        kernel::stepped_levels(isa, &values, &inside, bins, levels);
                    }
                    _ => {
                        let inside = values.iter().zip(&*inside).zip(levels).filter(|((_, m), _)| **m);
                        inside.for_each(|((x, _), to)| *to = T::from_index(self.level(x.to_f64()).into()));
                    }
                }
            }
        });
        volume
    }

    /// Number of voxels of each level, from that of each intensity.
    fn histogram(&self, counts: &[(f64, u64)], n_g: usize) -> Vec<u64> {
        let mut histogram = vec![0; n_g];
        counts.iter().for_each(|&(x, n)| histogram[usize::from(self.level(x)) - 1] += n);
        histogram
    }

    /// The level of an intensity, from 1.
    pub fn level(&self, x: f64) -> u16 {
        match self {
            Bins::Identity => x as u16,
            Bins::Even { low, multiply, divide, top } => {
                (((x - low) * multiply / divide).floor() + 1.0).clamp(1.0, *top) as u16
            }
            Bins::Edges(edges, _) => edges[1..edges.len() - 1].partition_point(|e| *e <= x) as u16 + 1,
        }
    }
}

fn check_whole(sample: &Sample) -> Result<()> {
    let is_wrong = |x: &f64| x.fract() != 0.0 || *x < 1.0 || *x > MAX_LEVELS as f64;
    let wrong = match sample {
        Sample::Counted(counts) => counts.iter().map(|c| c.0).find(is_wrong),
        Sample::Values(values) => values.iter().copied().find(is_wrong),
    };
    match wrong {
        None => Ok(()),
        Some(value) => Err(Error::NotDiscretised { value, limit: MAX_LEVELS }),
    }
}

#[cfg(test)]
#[path = "discretise_tests.rs"]
mod tests;
