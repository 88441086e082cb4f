//! From intensities to grey levels (IBSI 1, "Intensity discretisation", 4R0B).

use std::borrow::Cow;

use ndarray::{Array3, Zip};

use crate::error::{Error, Result};
use crate::kernels::{Isa, reduce};
use crate::roi::{Levels, MAX_LEVELS, Roi};
use crate::settings::{BinAnchor, BinAssignment, Discretisation};

/// The grey levels of a region. `assignment` says how an intensity finds its bin, `lower_bound` is the lower end of the resegmentation range,
/// if there is one; `pad` is the largest neighbour distance that kernels will look at.
///
/// # Errors
/// [`Error::TooManyLevels`], [`Error::NotDiscretised`] or [`Error::OutsideBinEdges`].
pub fn discretise(
    roi: &Roi,
    discretisation: &Discretisation,
    assignment: BinAssignment,
    lower_bound: Option<f64>,
    pad: usize,
    isa: Isa,
) -> Result<Levels> {
    let values = roi.values();
    let [minimum, maximum] = reduce::range(isa, &values);
    let mut bins = Bins::new(discretisation, minimum, maximum, lower_bound)?;
    if assignment == BinAssignment::Edges {
        bins = bins.with_edges(minimum, maximum);
    }
    let (start, end) = (roi.region.start, roi.region.end());
    let region = ndarray::s![start[0]..end[0], start[1]..end[1], start[2]..end[2]];
    let mut levels = Array3::zeros(roi.region.shape);
    Zip::from(&mut levels).and(roi.intensities.slice(region)).and(roi.intensity.slice(region)).for_each(
        |level, &x, &inside| {
            if inside {
                *level = bins.level(x);
            }
        },
    );
    let n_g = match discretisation {
        Discretisation::FixedBinNumber { bins } => *bins as usize,
        Discretisation::BinEdges { edges } => edges.len() - 1,
        _ => usize::from(bins.level(maximum)),
    };
    if let Bins::Identity = bins {
        check_whole(&values)?;
    }
    Ok(Levels::from_array(&levels, n_g, pad))
}

/// How an intensity becomes a level.
pub(crate) enum Bins<'a> {
    Identity,
    /// ⌊(x − low)·multiply / divide⌋ + 1, at most `top`.
    Even {
        low: f64,
        multiply: f64,
        divide: f64,
        top: f64,
    },
    Edges(Cow<'a, [f64]>),
}

impl<'a> Bins<'a> {
    pub fn new(
        discretisation: &'a Discretisation,
        minimum: f64,
        maximum: f64,
        lower_bound: Option<f64>,
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
                    return Err(Error::OutsideBinEdges { value, low, high });
                }
                Bins::Edges(Cow::Borrowed(edges))
            }
        };
        if let Bins::Even { low, multiply, divide, top } = bins {
            let levels = (((maximum - low) * multiply / divide).floor() + 1.0).min(top);
            if levels.is_nan() || levels > MAX_LEVELS as f64 {
                return Err(Error::TooManyLevels { levels, minimum, maximum, limit: MAX_LEVELS });
            }
        }
        Ok(bins)
    }

    /// The same bins by their edges, computed as NumPy's `arange` and `linspace` do.
    fn with_edges(self, minimum: f64, maximum: f64) -> Self {
        let Bins::Even { low, multiply, divide, top } = self else { return self };
        let edges: Vec<f64> = if top.is_finite() {
            let n = top as usize;
            // For a flat region NumPy widens the range by a half on either side.
            let [start, end] =
                if minimum == maximum { [minimum - 0.5, maximum + 0.5] } else { [minimum, maximum] };
            let step = (end - start) / top;
            let mut edges: Vec<f64> = (0..=n).map(|i| i as f64 * step + start).collect();
            // The highest intensity belongs to the last bin.
            edges[n] = end + 1.0;
            edges
        } else {
            let width = divide / multiply;
            let step = (low + width) - low;
            let n = ((maximum + 2.0 * width - low) / width).ceil() as usize;
            (0..n).map(|i| low + i as f64 * step).collect()
        };
        Bins::Edges(Cow::Owned(edges))
    }

    /// Where the first bin begins.
    pub fn first_edge(&self) -> f64 {
        match self {
            Bins::Identity => 1.0,
            Bins::Even { low, .. } => *low,
            Bins::Edges(edges) => edges[0],
        }
    }

    /// The level of an intensity, from 1.
    pub fn level(&self, x: f64) -> u16 {
        match self {
            Bins::Identity => x as u16,
            Bins::Even { low, multiply, divide, top } => {
                (((x - low) * multiply / divide).floor() + 1.0).clamp(1.0, *top) as u16
            }
            Bins::Edges(edges) => edges[1..edges.len() - 1].partition_point(|e| *e <= x) as u16 + 1,
        }
    }
}

fn check_whole(values: &[f64]) -> Result<()> {
    match values.iter().find(|x| x.fract() != 0.0 || **x < 1.0 || **x > MAX_LEVELS as f64) {
        None => Ok(()),
        Some(&value) => Err(Error::NotDiscretised { value, limit: MAX_LEVELS }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn levels(discretisation: &Discretisation, values: &[f64], lower_bound: Option<f64>) -> Vec<u16> {
        let [low, high] = reduce::range(Isa::Scalar, values);
        let bins = Bins::new(discretisation, low, high, lower_bound).unwrap();
        values.iter().map(|&x| bins.level(x)).collect()
    }

    #[test]
    fn fixed_bin_number_puts_the_maximum_into_the_last_bin() {
        let four = Discretisation::FixedBinNumber { bins: 4 };
        assert_eq!(levels(&four, &[0.0, 0.9, 1.0, 2.0, 3.9, 4.0], None), [1, 1, 2, 3, 4, 4]);
        assert_eq!(levels(&four, &[7.0, 7.0], None), [1, 1]);
    }

    #[test]
    fn fixed_bin_size_begins_at_its_anchor() {
        let bins = |anchor| Discretisation::FixedBinSize { width: 25.0, anchor };
        let values = [-10.0, 0.0, 14.9, 15.0, 25.0];
        assert_eq!(levels(&bins(BinAnchor::LowerBound), &values, None), [1, 1, 1, 2, 2]);
        assert_eq!(levels(&bins(BinAnchor::LowerBound), &values, Some(-50.0)), [2, 3, 3, 3, 4]);
        assert_eq!(levels(&bins(BinAnchor::MultipleOfWidth), &values, Some(-50.0)), [1, 2, 2, 2, 3]);
    }

    #[test]
    fn explicit_edges_hold_their_lower_end() {
        let edges = Discretisation::BinEdges { edges: vec![0.0, 1.0, 10.0, 100.0] };
        assert_eq!(levels(&edges, &[0.0, 0.5, 1.0, 9.9, 10.0, 100.0], None), [1, 1, 2, 2, 3, 3]);
        assert!(matches!(
            Bins::new(&edges, -1.0, 5.0, None),
            Err(Error::OutsideBinEdges { value: -1.0, .. })
        ));
    }

    #[test]
    fn a_tiny_bin_width_is_refused_with_the_number_of_levels() {
        let tiny = Discretisation::FixedBinSize { width: 1e-7, anchor: BinAnchor::LowerBound };
        let error = Bins::new(&tiny, 0.0, 798.0, None).err();
        assert!(matches!(error, Some(Error::TooManyLevels { levels, .. }) if levels > 7e9));
    }
}
