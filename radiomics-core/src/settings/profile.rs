//! Ready-made settings.

use crate::error::Result;
use crate::filters::Filter;
use crate::names::Named;
use crate::settings::{
    AxesCovariance, BinAnchor, BinAssignment, Discretisation, FaceRule, FeatureSet, FilterCrop,
    GridAlignment, Interpolation, MorphologicalMask, ResegmentUnit, Rounding, Settings, SingleSlices,
};
use crate::texture::aggregation::{Aggregation, Scope};

/// A named set of conventions; it only builds [`Settings`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// Features as the Image Biomarker Standardisation Initiative defines them. Where IBSI leaves the
    /// choice: no interpolation, 32 bins, matrices averaged over 3D directions.
    Ibsi,
    /// Features as PyRadiomics computes them by default, without filters.
    PyRadiomics,
    /// As `Ibsi`, for images and regions of a single slice: their shape is that of the slice, and matrices
    /// are averaged over directions in the plane.
    Ibsi2d,
}

impl Named for Profile {
    const KIND: &'static str = "profile";
    const NAMES: &'static [(&'static str, Self)] =
        &[("ibsi", Self::Ibsi), ("pyradiomics", Self::PyRadiomics), ("ibsi_2d", Self::Ibsi2d)];
}

impl Profile {
    /// The settings of this profile.
    pub fn settings(self) -> Settings {
        match self {
            Profile::Ibsi => ibsi(),
            Profile::PyRadiomics => pyradiomics(),
            Profile::Ibsi2d => ibsi_2d(),
        }
    }
}

fn ibsi() -> Settings {
    Settings {
        geometry_tolerance: 1e-4,
        resample_spacing_mm: None,
        normalisation: None,
        grid_alignment: GridAlignment::Centre,
        keep_single_slices: true,
        image_interpolation: Interpolation::Linear,
        mask_interpolation: Interpolation::Linear,
        mask_threshold: 0.5,
        intensity_rounding: Rounding::None,
        resegment_range: None,
        resegment_unit: ResegmentUnit::Intensity,
        morphological_mask: MorphologicalMask::AsDrawn,
        resegment_sigma: None,
        filters: vec![Filter::Original],
        filter_crop: FilterCrop::Never,
        filter_crop_voxels: 5,
        single_slices: SingleSlices::Planar,
        mesh_faces: FaceRule::InsideApart,
        axes_covariance: AxesCovariance::Sample,
        discretisation: Discretisation::FixedBinNumber { bins: 32 },
        further_discretisations: Vec::new(),
        bin_assignment: BinAssignment::Formula,
        ivh_discretisation: Discretisation::FixedBinNumber { bins: 1000 },
        distances: vec![1],
        slice_axis: 0,
        glcm_symmetric: true,
        distance_weighting: None,
        glrlm_drop_single_voxel_lines: false,
        ngtdm_count_isolated: false,
        intensity_shift: 0.0,
        ngldm_alpha: 0,
        aggregations: vec![Aggregation::Averaged3d, Aggregation::Volume3d],
        feature_set: FeatureSet::Ibsi,
        families: None,
        features: None,
    }
}

/// All families of IBSI, with the shape of a slice in place of that of a volume.
const FAMILIES_2D: [&str; 11] = [
    "morphology_2d",
    "local_intensity",
    "intensity_statistics",
    "intensity_histogram",
    "intensity_volume_histogram",
    "glcm",
    "glrlm",
    "glszm",
    "gldzm",
    "ngtdm",
    "ngldm",
];

fn ibsi_2d() -> Settings {
    Settings {
        aggregations: vec![Aggregation::Averaged2d],
        families: Some(FAMILIES_2D.map(str::to_owned).to_vec()),
        ..ibsi()
    }
}

fn pyradiomics() -> Settings {
    Settings {
        grid_alignment: GridAlignment::Corner,
        single_slices: SingleSlices::Volume,
        image_interpolation: Interpolation::CubicSpline,
        mask_interpolation: Interpolation::Nearest,
        intensity_rounding: Rounding::VoxelType,
        morphological_mask: MorphologicalMask::CroppedToIntensityMask,
        discretisation: Discretisation::FixedBinSize { width: 25.0, anchor: BinAnchor::MultipleOfWidth },
        filter_crop: FilterCrop::WhenInterpolated,
        mesh_faces: FaceRule::ComplementSymmetric,
        axes_covariance: AxesCovariance::Population,
        bin_assignment: BinAssignment::Edges,
        glrlm_drop_single_voxel_lines: true,
        ngtdm_count_isolated: true,
        feature_set: FeatureSet::PyRadiomics,
        ..ibsi()
    }
}

impl Default for Settings {
    fn default() -> Self {
        Profile::Ibsi.settings()
    }
}

/// A configuration for which IBSI 1 publishes reference values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IbsiConfiguration {
    /// The digital phantom, without any processing.
    DigitalPhantom,
    /// CT phantom, by slice, no interpolation, fixed bin size 25 HU.
    A,
    /// CT phantom, by slice, 2 mm in the plane, 32 bins.
    B,
    /// CT phantom, 2 mm, trilinear, fixed bin size 25 HU.
    C,
    /// CT phantom, 2 mm, trilinear, outlier filter, 32 bins.
    D,
    /// CT phantom, 2 mm, tricubic spline, range and outlier filter, 32 bins.
    E,
}

impl Named for IbsiConfiguration {
    const KIND: &'static str = "IBSI configuration";
    const NAMES: &'static [(&'static str, Self)] = &[
        ("digital_phantom", Self::DigitalPhantom),
        ("A", Self::A),
        ("B", Self::B),
        ("C", Self::C),
        ("D", Self::D),
        ("E", Self::E),
    ];
}

impl Settings {
    /// The settings of an IBSI 1 reference configuration: `digital_phantom`, or `A` to `E`
    /// for the CT phantom, with every aggregation that has reference values.
    ///
    /// # Errors
    /// [`Error::UnknownName`](crate::Error::UnknownName) for any other name.
    pub fn ibsi_configuration(name: &str) -> Result<Settings> {
        Ok(IbsiConfiguration::parse(name)?.settings())
    }
}

/// The aggregations of all families that look at slices, at the volume, or at both.
fn aggregations(planar: bool, volumetric: bool) -> Vec<Aggregation> {
    let directional = Scope::Directional.aggregations().iter();
    let all = directional.chain(Scope::Omnidirectional.aggregations());
    let mut chosen: Vec<Aggregation> =
        all.map(|&(a, _)| a).filter(|a| planar && a.is_planar() || volumetric && a.is_volumetric()).collect();
    chosen.sort();
    chosen.dedup();
    chosen
}

impl IbsiConfiguration {
    /// The settings of this configuration.
    pub fn settings(self) -> Settings {
        use IbsiConfiguration::*;
        let base = Profile::Ibsi.settings();
        let isotropic = Some([Some(2.0); 3]);
        let fixed_size = |width| Discretisation::FixedBinSize { width, anchor: BinAnchor::LowerBound };
        let bins = |bins| Discretisation::FixedBinNumber { bins };
        match self {
            DigitalPhantom => Settings {
                discretisation: Discretisation::Identity,
                ivh_discretisation: Discretisation::Identity,
                aggregations: aggregations(true, true),
                ..base
            },
            A => Settings {
                resegment_range: Some([Some(-500.0), Some(400.0)]),
                discretisation: fixed_size(25.0),
                ivh_discretisation: Discretisation::Identity,
                aggregations: aggregations(true, false),
                ..base
            },
            B => Settings {
                resample_spacing_mm: Some([None, Some(2.0), Some(2.0)]),
                intensity_rounding: Rounding::Nearest,
                resegment_range: Some([Some(-500.0), Some(400.0)]),
                discretisation: bins(32),
                ivh_discretisation: Discretisation::Identity,
                aggregations: aggregations(true, false),
                ..base
            },
            C => Settings {
                resample_spacing_mm: isotropic,
                intensity_rounding: Rounding::Nearest,
                resegment_range: Some([Some(-1000.0), Some(400.0)]),
                discretisation: fixed_size(25.0),
                ivh_discretisation: fixed_size(2.5),
                aggregations: aggregations(false, true),
                ..base
            },
            D => Settings {
                resample_spacing_mm: isotropic,
                intensity_rounding: Rounding::Nearest,
                resegment_sigma: Some(3.0),
                discretisation: bins(32),
                ivh_discretisation: Discretisation::Identity,
                aggregations: aggregations(false, true),
                ..base
            },
            E => Settings {
                resample_spacing_mm: isotropic,
                image_interpolation: Interpolation::CubicSpline,
                intensity_rounding: Rounding::Nearest,
                resegment_range: Some([Some(-1000.0), Some(400.0)]),
                resegment_sigma: Some(3.0),
                discretisation: bins(32),
                ivh_discretisation: bins(1000),
                aggregations: aggregations(false, true),
                ..base
            },
        }
    }
}
