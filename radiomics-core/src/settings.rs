//! What is done to an image before features are computed, and which are.

use crate::aggregation::Aggregation;
use crate::error::{Error, Result};
use crate::names::Named;

/// How values between voxel centres are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interpolation {
    /// The nearest voxel's value.
    Nearest,
    /// Linear along each axis (IBSI "trilinear", 7RXP).
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
    /// Nothing.
    None,
    /// Rounded to the nearest whole number, halves to the even one; for CT (IBSI 1, "Rounding").
    Nearest,
    /// Kept in the image's own voxel type: cut off towards 0 for integers, rounded to 32 bits for
    /// 32-bit floats (ITK).
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
    /// Its centre is the image's; outside of the image the nearest voxel counts (IBSI, UMPJ).
    Centre,
    /// Its first voxel begins at the corner of the image's first voxel; outside of the image the
    /// intensity is 0 (PyRadiomics).
    Corner,
}

impl Named for GridAlignment {
    const KIND: &'static str = "grid alignment";
    const NAMES: &'static [(&'static str, Self)] = &[("centre", Self::Centre), ("corner", Self::Corner)];
}

/// In what the resegmentation range is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResegmentUnit {
    /// In intensities.
    Intensity,
    /// As shares of the region's highest intensity.
    Maximum,
    /// In standard deviations from the region's mean.
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
    /// What of it lies in the bounding box of the intensity mask (PyRadiomics).
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
    /// What a standard deviation becomes.
    pub scale: f64,
    /// z-scores beyond this become this; `None` keeps them.
    pub clip: Option<f64>,
}

/// How intensities become grey levels 1, 2, … (IBSI 1, "Intensity discretisation", 4R0B).
#[derive(Clone, Debug, PartialEq)]
pub enum Discretisation {
    /// Not at all: the intensities are whole numbers and are the grey levels.
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
        /// One more than there are bins.
        edges: Vec<f64>,
    },
}

/// Where the first bin of a fixed width begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BinAnchor {
    /// At the lower end of the resegmentation range, or at the region's lowest intensity if
    /// there is none (IBSI).
    LowerBound,
    /// At the multiple of the bin width at or below the region's lowest intensity
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
    /// By ⌊(x − low) / width⌋ (IBSI).
    Formula,
    /// By comparing with edges that are computed first, as NumPy does (PyRadiomics). Differs
    /// from the formula by a level where rounding puts an intensity on either side of an edge.
    Edges,
}

impl Named for BinAssignment {
    const KIND: &'static str = "bin assignment";
    const NAMES: &'static [(&'static str, Self)] = &[("formula", Self::Formula), ("edges", Self::Edges)];
}

/// Which features are meant where none are named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FeatureSet {
    /// Those that IBSI defines.
    Ibsi,
    /// Those that PyRadiomics computes by default.
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
    /// Straight line.
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
    /// The inside corners, always. Neighbouring cubes agree on the face that they share, so the
    /// mesh is closed, and mirroring or turning the mask mirrors or turns the mesh.
    InsideApart,
    /// The inside corners if the cube's corner at (z + 1, y + 1, x) is outside, else the outside
    /// corners: the triangles of a cube and of its complement are the same (PyRadiomics).
    /// Neighbouring cubes may disagree, and then the mesh has a gap on the face they share.
    ComplementSymmetric,
}

impl Named for FaceRule {
    const KIND: &'static str = "face rule";
    const NAMES: &'static [(&'static str, Self)] =
        &[("inside_apart", Self::InsideApart), ("complement_symmetric", Self::ComplementSymmetric)];
}

/// What the covariance of voxel centres is divided by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AxesCovariance {
    /// By n − 1: IBSI does not say, but its values for the digital phantom need it.
    Sample,
    /// By n (PyRadiomics).
    Population,
}

impl Named for AxesCovariance {
    const KIND: &'static str = "axes covariance";
    const NAMES: &'static [(&'static str, Self)] =
        &[("sample", Self::Sample), ("population", Self::Population)];
}

/// Everything that determines the numbers, apart from image and mask.
///
/// Built by [`Profile::settings`](crate::Profile::settings) or from a document by
/// [`document`](crate::document); [`Settings::default`] is the IBSI profile. Change single
/// fields with struct update syntax.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Largest difference between the grids of image and mask that counts as none: in mm for
    /// spacing and origin, in direction cosines for the direction.
    pub geometry_tolerance: f64,
    /// Whether, before all else, the intensities of the whole image become z-scores.
    pub normalisation: Option<Normalisation>,
    /// Voxel spacing (z, y, x) in mm to interpolate to; `None` on an axis keeps it as it is,
    /// `None` for all means no interpolation.
    pub resample_spacing_mm: Option<[Option<f64>; 3]>,
    /// Where the new grid lies.
    pub grid_alignment: GridAlignment,
    /// Whether an axis along which the region is a single slice keeps its spacing.
    pub keep_single_slices: bool,
    /// How the image is interpolated.
    pub image_interpolation: Interpolation,
    /// How the mask is interpolated.
    pub mask_interpolation: Interpolation,
    /// Share of a voxel that the region must fill for the voxel to belong to it.
    pub mask_threshold: f64,
    /// Rounding of interpolated intensities.
    pub intensity_rounding: Rounding,
    /// Closed range of intensities that stay in the intensity mask; `None` is open
    /// (IBSI 1, "Range re-segmentation", USB3).
    pub resegment_range: Option<[Option<f64>; 2]>,
    /// In what the range is given.
    pub resegment_unit: ResegmentUnit,
    /// What the morphological mask is after resegmentation.
    pub morphological_mask: MorphologicalMask,
    /// Keep intensities within this many standard deviations of the region's mean, the ends
    /// included (IBSI 1, "Intensity outlier filtering", 7ACA).
    pub resegment_sigma: Option<f64>,
    /// How ambiguous faces of the surface mesh are resolved.
    pub mesh_faces: FaceRule,
    /// What the covariance of the principal axes is divided by.
    pub axes_covariance: AxesCovariance,
    /// Grey levels for histogram and texture.
    pub discretisation: Discretisation,
    /// How an intensity is put into its bin.
    pub bin_assignment: BinAssignment,
    /// Grey levels for the intensity-volume histogram; `Identity` means steps of 1 in
    /// intensity units.
    pub ivh_discretisation: Discretisation,
    /// Chebyshev distances, in voxels, of the neighbours that GLCM, NGTDM and NGLDM look at.
    pub distances: Vec<u32>,
    /// Array axis (0, 1 or 2 for z, y, x) across which the slices of 2D and 2.5D texture lie.
    pub slice_axis: usize,
    /// Whether GLCM counts each pair both ways (IBSI) or from the nearer voxel only.
    pub glcm_symmetric: bool,
    /// Weight of a direction where matrices of directions are merged: exp(−d²) in GLCM and d
    /// in GLRLM, d being the neighbour's distance in mm. `None` weighs all alike.
    pub distance_weighting: Option<Norm>,
    /// Whether GLRLM takes out directions in which no line passes through two voxels of the
    /// region.
    pub glrlm_drop_single_voxel_lines: bool,
    /// Whether NGTDM counts voxels that have no neighbour in the region, with a difference of 0.
    pub ngtdm_count_isolated: bool,
    /// Added to intensities in energy, total energy and root mean square.
    pub intensity_shift: f64,
    /// Largest grey level difference that still counts as dependent in NGLDM (coarseness α).
    pub ngldm_alpha: u32,
    /// Which texture aggregations to compute, as far as a family knows them.
    pub aggregations: Vec<Aggregation>,
    /// Which features are meant where `features` does not name them.
    pub feature_set: FeatureSet,
    /// Families to compute; see [`Settings::features`].
    pub families: Option<Vec<String>>,
    /// Single features to compute, as `family.feature`. With neither `families` nor
    /// `features` everything is computed, else what either of them names.
    pub features: Option<Vec<String>>,
}

impl Settings {
    /// Checks what the types cannot express.
    ///
    /// # Errors
    /// [`Error::InvalidSetting`] naming the setting, its value and what it must be.
    pub fn validate(&self) -> Result<()> {
        let positive = |name, value: f64| {
            if value.is_finite() && value > 0.0 {
                Ok(())
            } else {
                Err(invalid(name, value, "it must be a finite number above 0"))
            }
        };
        if !self.geometry_tolerance.is_finite() || self.geometry_tolerance < 0.0 {
            return Err(invalid("geometry_tolerance", self.geometry_tolerance, "it must be 0 or more"));
        }
        for spacing in self.resample_spacing_mm.iter().flatten().flatten() {
            positive("resample_spacing_mm", *spacing)?;
        }
        if !(self.mask_threshold > 0.0 && self.mask_threshold <= 1.0) {
            return Err(invalid("mask_threshold", self.mask_threshold, "it must be above 0 and at most 1"));
        }
        if let Some(range @ [low, high]) = self.resegment_range {
            let bad = |v: Option<f64>| v.is_some_and(f64::is_nan);
            if bad(low) || bad(high) || low.zip(high).is_some_and(|(low, high)| low > high) {
                return Err(invalid(
                    "resegment_range",
                    format!("{range:?}"),
                    "the lower end must not be above the upper end",
                ));
            }
        }
        if let Some(Normalisation { scale, clip }) = self.normalisation {
            positive("normalise_scale", scale)?;
            clip.map_or(Ok(()), |clip| positive("normalise_clip", clip))?;
        }
        if let Some(sigma) = self.resegment_sigma {
            positive("resegment_sigma", sigma)?;
        }
        self.discretisation.validate("bin_width", "bin_number", "bin_edges")?;
        self.ivh_discretisation.validate("ivh_bin_width", "ivh_bin_number", "ivh_bin_edges")?;
        if self.distances.is_empty() || self.distances.iter().any(|&d| d == 0 || d > 64) {
            return Err(invalid(
                "distances",
                format!("{:?}", self.distances),
                "give at least one whole number from 1 to 64",
            ));
        }
        if self.slice_axis > 2 {
            return Err(invalid("slice_axis", self.slice_axis, "it must be 0 (z), 1 (y) or 2 (x)"));
        }
        if !self.intensity_shift.is_finite() {
            return Err(invalid("intensity_shift", self.intensity_shift, "it must be a finite number"));
        }
        Ok(())
    }
}

impl Default for Settings {
    fn default() -> Self {
        crate::profile::Profile::Ibsi.settings()
    }
}

impl Discretisation {
    fn validate(
        &self,
        width_name: &'static str,
        number_name: &'static str,
        edges_name: &'static str,
    ) -> Result<()> {
        match self {
            Self::Identity => Ok(()),
            Self::FixedBinNumber { bins } if *bins == 0 || *bins as usize > crate::roi::MAX_LEVELS => {
                Err(invalid(
                    number_name,
                    bins,
                    format!("it must be a whole number from 1 to {}", crate::roi::MAX_LEVELS),
                ))
            }
            Self::FixedBinSize { width, .. } if !width.is_finite() || *width <= 0.0 => Err(invalid(
                width_name,
                width,
                "a bin width must be a finite number above 0, in intensity units",
            )),
            Self::BinEdges { edges }
                if edges.len() < 2
                    || edges.iter().any(|e| !e.is_finite())
                    || edges.windows(2).any(|w| w[0] >= w[1]) =>
            {
                Err(invalid(
                    edges_name,
                    format!("{edges:?}"),
                    "give at least two finite numbers in ascending order",
                ))
            }
            _ => Ok(()),
        }
    }
}

pub(crate) fn invalid(name: &'static str, value: impl ToString, remedy: impl Into<String>) -> Error {
    Error::InvalidSetting { name, value: value.to_string(), remedy: remedy.into() }
}
