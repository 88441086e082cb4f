//! The choices that settings offer, each named for what it does.

use crate::error::{Result, invalid};
use crate::kernels::padded::MAX_LEVELS;
use crate::names::Named;

/// How values between voxel centres are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interpolation {
    /// The nearest voxel's value.
    Nearest,
    /// Linear interpolation along each axis (IBSI "trilinear", 7RXP).
    Linear,
    /// Cubic B-spline through the voxel values, with prefilter (IBSI "tricubic spline", TZ2M).
    CubicSpline,
    /// Cubic convolution, a = −1/2 (Keys 1981; IBSI "tricubic convolution").
    CubicConvolution,
}

impl Named for Interpolation {
    const KIND: &'static str = "interpolation";
    const NAMES: &'static [(&'static str, Self)] = &[
        ("nearest", Self::Nearest),
        ("linear", Self::Linear),
        ("cubic_spline", Self::CubicSpline),
        ("cubic_convolution", Self::CubicConvolution),
    ];
}

/// What happens to interpolated intensities.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rounding {
    /// Intensities stay as they are.
    None,
    /// Intensities are rounded to the nearest whole number, halves to the even one; for CT (IBSI 1,
    /// "Rounding").
    Nearest,
    /// Intensities are kept in the image's own voxel type: cut off towards 0 for integers, rounded to 32
    /// bits for 32-bit floats (ITK).
    VoxelType,
}

impl Named for Rounding {
    const KIND: &'static str = "rounding";
    const NAMES: &'static [(&'static str, Self)] =
        &[("none", Self::None), ("nearest", Self::Nearest), ("voxel_type", Self::VoxelType)];
}

/// Where the grid that is interpolated to lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GridAlignment {
    /// The grid's centre is the image's; outside of the image the nearest voxel counts (IBSI, UMPJ).
    Centre,
    /// The grid's first voxel begins at the corner of the image's first voxel; outside of the image the
    /// intensity is 0 (PyRadiomics).
    Corner,
}

impl Named for GridAlignment {
    const KIND: &'static str = "grid alignment";
    const NAMES: &'static [(&'static str, Self)] = &[("centre", Self::Centre), ("corner", Self::Corner)];
}

/// When the image is cut to a box round the region before filters see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FilterCrop {
    /// The image is never cut: filters see as much of it as they need.
    Never,
    /// The image is cut when it is interpolated (PyRadiomics).
    WhenInterpolated,
    /// The image is always cut (PyRadiomics with `preCrop`).
    Always,
}

impl Named for FilterCrop {
    const KIND: &'static str = "filter crop";
    const NAMES: &'static [(&'static str, Self)] =
        &[("never", Self::Never), ("when_interpolated", Self::WhenInterpolated), ("always", Self::Always)];
}

/// What the resegmentation range is given in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResegmentUnit {
    /// The range is in intensities.
    Intensity,
    /// The range is in shares of the region's highest intensity.
    Maximum,
    /// The range is in standard deviations from the region's mean.
    Sigma,
}

impl Named for ResegmentUnit {
    const KIND: &'static str = "resegmentation unit";
    const NAMES: &'static [(&'static str, Self)] =
        &[("intensity", Self::Intensity), ("maximum", Self::Maximum), ("sigma", Self::Sigma)];
}

/// What the morphological mask is after resegmentation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MorphologicalMask {
    /// The region as drawn (IBSI).
    AsDrawn,
    /// What of the region as drawn lies in the bounding box of the intensity mask (PyRadiomics).
    CroppedToIntensityMask,
    /// The intensity mask (PyRadiomics with `resegmentShape`).
    Resegmented,
}

impl Named for MorphologicalMask {
    const KIND: &'static str = "morphological mask";
    const NAMES: &'static [(&'static str, Self)] = &[
        ("as_drawn", Self::AsDrawn),
        ("cropped", Self::CroppedToIntensityMask),
        ("resegmented", Self::Resegmented),
    ];
}

/// z-scores of the whole image, by the sample's standard deviation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Normalisation {
    /// What a standard deviation becomes when normalising.
    pub scale: f64,
    /// Normalised intensities end at this many standard deviations on either side of 0; `None` keeps
    /// them as they are.
    pub clip: Option<f64>,
}

/// How intensities become grey levels 1, 2, … (IBSI 1, "Intensity discretisation", 4R0B).
#[derive(Clone, Debug, PartialEq)]
pub enum Discretisation {
    /// No discretisation: the intensities are whole numbers and are the grey levels.
    Identity,
    /// A fixed number of bins over the range of the region's intensities (K15C).
    FixedBinNumber {
        /// Number of bins.
        bins: u32,
    },
    /// Bins of a fixed width (Q3RU).
    FixedBinSize {
        /// Width in intensity units.
        width: f64,
        /// Where the first bin begins.
        anchor: BinAnchor,
    },
    /// Bins between explicit edges, ascending; each bin holds its lower edge, the last one
    /// its upper edge as well.
    BinEdges {
        /// The edges, one more than there are bins.
        edges: Vec<f64>,
    },
}

/// Where the first bin of a fixed width begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BinAnchor {
    /// The first bin begins at the lower end of the resegmentation range, or at the region's lowest
    /// intensity if there is none (IBSI).
    LowerBound,
    /// The first bin begins at the multiple of the bin width at or below the region's lowest intensity
    /// (PyRadiomics), so that all images share their edges.
    MultipleOfWidth,
}

impl Named for BinAnchor {
    const KIND: &'static str = "bin anchor";
    const NAMES: &'static [(&'static str, Self)] =
        &[("lower_bound", Self::LowerBound), ("multiple_of_width", Self::MultipleOfWidth)];
}

/// How an intensity is put into its bin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BinAssignment {
    /// The bin is computed as ⌊(x − low) / width⌋ (IBSI).
    Formula,
    /// The bin is found by comparing with edges that are computed first, as NumPy does (PyRadiomics). It
    /// differs from the formula's by a level where rounding puts an intensity on either side of an edge.
    Edges,
}

impl Named for BinAssignment {
    const KIND: &'static str = "bin assignment";
    const NAMES: &'static [(&'static str, Self)] = &[("formula", Self::Formula), ("edges", Self::Edges)];
}

/// Which features are meant where none are named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FeatureSet {
    /// The features that IBSI defines.
    Ibsi,
    /// The features that PyRadiomics computes by default.
    PyRadiomics,
}

impl Named for FeatureSet {
    const KIND: &'static str = "feature set";
    const NAMES: &'static [(&'static str, Self)] =
        &[("ibsi", Self::Ibsi), ("pyradiomics", Self::PyRadiomics)];
}

/// How the distance between neighbours is measured, in mm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Norm {
    /// Sum of the distances along the axes.
    Manhattan,
    /// Length of the straight line.
    Euclidean,
    /// Largest of the distances along the axes.
    Infinity,
}

impl Named for Norm {
    const KIND: &'static str = "norm";
    const NAMES: &'static [(&'static str, Self)] =
        &[("manhattan", Self::Manhattan), ("euclidean", Self::Euclidean), ("infinity", Self::Infinity)];
}

impl Norm {
    /// Length of an offset (z, y, x) in voxels of the given spacing.
    pub fn length_mm(self, offset: [i32; 3], spacing_mm: [f64; 3]) -> f64 {
        let along: [f64; 3] = std::array::from_fn(|a| f64::from(offset[a]).abs() * spacing_mm[a]);
        match self {
            Self::Manhattan => along.iter().sum(),
            Self::Euclidean => along.iter().map(|d| d * d).sum::<f64>().sqrt(),
            Self::Infinity => along.into_iter().fold(0.0, f64::max),
        }
    }
}

/// What the surface mesh does on a cube face with two inside corners at opposite ends: either the
/// two inside corners are cut off one by one, or the two outside corners are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaceRule {
    /// The inside corners are cut off, always. Neighbouring cubes agree on the face that they share, so
    /// the mesh is closed, and mirroring or turning the mask mirrors or turns the mesh.
    InsideApart,
    /// The inside corners are cut off if the cube's corner at (z + 1, y + 1, x) is outside, else the
    /// outside corners: the triangles of a cube and of its complement are the same (PyRadiomics).
    /// Neighbouring cubes may disagree, and then the mesh has a gap on the face that they share.
    ComplementSymmetric,
}

impl Named for FaceRule {
    const KIND: &'static str = "face rule";
    const NAMES: &'static [(&'static str, Self)] =
        &[("inside_apart", Self::InsideApart), ("complement_symmetric", Self::ComplementSymmetric)];
}

/// What a region of a single slice is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SingleSlices {
    /// Planar: it has no shape in three dimensions, and in whatever aggregation its neighbours lie in the
    /// plane.
    Planar,
    /// A volume that is one voxel thick (PyRadiomics).
    Volume,
}

impl Named for SingleSlices {
    const KIND: &'static str = "single slices";
    const NAMES: &'static [(&'static str, Self)] = &[("planar", Self::Planar), ("volume", Self::Volume)];
}

/// What the covariance of voxel centres is divided by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AxesCovariance {
    /// The covariance is divided by n − 1: IBSI does not say so, but its values for the digital phantom
    /// need it.
    Sample,
    /// The covariance is divided by n (PyRadiomics).
    Population,
}

impl Named for AxesCovariance {
    const KIND: &'static str = "axes covariance";
    const NAMES: &'static [(&'static str, Self)] =
        &[("sample", Self::Sample), ("population", Self::Population)];
}

impl Discretisation {
    /// What columns call this discretisation where there are several: the key of the settings and its
    /// value, such as `bin_width_25`, `bin_width_0.5` or `bin_number_32`. Different ones have different
    /// names.
    pub fn name(&self) -> String {
        match self {
            Self::Identity => "identity".to_owned(),
            Self::FixedBinNumber { bins } => format!("bin_number_{bins}"),
            Self::FixedBinSize { width, .. } => format!("bin_width_{width}"),
            Self::BinEdges { edges } => {
                edges.iter().fold("bin_edges".to_owned(), |name, edge| format!("{name}_{edge}"))
            }
        }
    }

    /// The key of the settings that gives this discretisation.
    pub(super) fn key(&self) -> &'static str {
        match self {
            // With all keys null.
            Self::Identity | Self::FixedBinNumber { .. } => "bin_number",
            Self::FixedBinSize { .. } => "bin_width",
            Self::BinEdges { .. } => "bin_edges",
        }
    }

    /// The value of the key that gives this discretisation.
    pub(super) fn value(&self) -> String {
        match self {
            Self::Identity => "null".to_owned(),
            Self::FixedBinNumber { bins } => bins.to_string(),
            Self::FixedBinSize { width, .. } => width.to_string(),
            Self::BinEdges { edges } => format!("{edges:?}"),
        }
    }

    /// The bits of the numbers that tell discretisations of one kind apart, where 0 is −0.
    pub(super) fn numbers(&self) -> Vec<u64> {
        let bits = |number: &f64| (number + 0.0).to_bits();
        match self {
            Self::BinEdges { edges } => edges.iter().map(bits).collect(),
            other => other.width().or(other.number()).iter().map(bits).collect(),
        }
    }

    /// Whether one list in the settings can hold this discretisation and `other`.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::FixedBinNumber { .. }, Self::FixedBinNumber { .. }) => true,
            (Self::FixedBinSize { anchor, .. }, Self::FixedBinSize { anchor: other, .. }) => anchor == other,
            (Self::BinEdges { .. }, Self::BinEdges { .. }) => true,
            (Self::Identity, Self::Identity) => true,
            _ => false,
        }
    }

    /// The width of the bins, if it is fixed.
    pub(super) fn width(&self) -> Option<f64> {
        match self {
            Self::FixedBinSize { width, .. } => Some(*width),
            _ => None,
        }
    }

    /// The number of bins, if it is fixed.
    pub(super) fn number(&self) -> Option<f64> {
        match self {
            Self::FixedBinNumber { bins } => Some(f64::from(*bins)),
            _ => None,
        }
    }

    /// Checks the edges of bins, which the setting `name` gives.
    pub(super) fn check_edges(&self, name: &'static str) -> Result<()> {
        let ascend =
            |e: &[f64]| e.len() >= 2 && e.iter().all(|x| x.is_finite()) && e.is_sorted_by(|a, b| a < b);
        match self {
            Self::BinEdges { edges } if !ascend(edges) => Err(invalid(
                name,
                format!("{edges:?}"),
                "give at least two finite numbers in ascending order",
            )),
            Self::BinEdges { edges } if edges.len() - 1 > MAX_LEVELS => Err(invalid(
                name,
                format!("a list of {} numbers", edges.len()),
                format!("{MAX_LEVELS} bins are the limit, which {} edges make", MAX_LEVELS + 1),
            )),
            _ => Ok(()),
        }
    }
}
