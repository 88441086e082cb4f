//! What is done to an image before features are computed, and which are.

pub(crate) mod bounds;
mod choices;
pub(crate) mod profile;

pub use choices::{
    AxesCovariance, BinAnchor, BinAssignment, Discretisation, FaceRule, FeatureSet, FilterCrop,
    GridAlignment, Interpolation, MorphologicalMask, Norm, Normalisation, ResegmentUnit, Rounding,
    SingleSlices,
};

use std::collections::HashSet;

use bounds::Bound;

use crate::error::{Error, Result, ends, invalid};
use crate::filters::{Filter, Reach};
use crate::kernels::padded::MAX_LEVELS;
use crate::texture::aggregation::Aggregation;

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
    /// Whether the intensities of the whole image become z-scores before all else, and how.
    pub normalisation: Option<Normalisation>,
    /// Voxel spacing in mm to interpolate to; without one, nothing is interpolated. The order is
    /// (z, y, x), and `None` on an axis keeps it as it is.
    pub resample_spacing_mm: Option<[Option<f64>; 3]>,
    /// Whether the new grid shares the centre of the image or begins at the corner of its first
    /// voxel.
    pub grid_alignment: GridAlignment,
    /// Whether an axis along which the region is a single slice keeps its spacing.
    pub keep_single_slices: bool,
    /// How the image is interpolated.
    pub image_interpolation: Interpolation,
    /// How the mask is interpolated.
    pub mask_interpolation: Interpolation,
    /// Share of an interpolated voxel that the region must fill for the voxel to belong to it.
    pub mask_threshold: f64,
    /// Rounding of interpolated intensities: `nearest` for CT, `voxel_type` to cut off towards 0 if
    /// the image holds integers.
    pub intensity_rounding: Rounding,
    /// Closed range of intensities that stay in the intensity mask (IBSI 1, "Range re-segmentation",
    /// USB3). An end that is `None` is open.
    pub resegment_range: Option<[Option<f64>; 2]>,
    /// Whether `resegment_range` is in intensities, shares of the region's maximum, or standard
    /// deviations from its mean.
    pub resegment_unit: ResegmentUnit,
    /// What shape is computed of after resegmentation: the region as drawn, what of it lies in the
    /// box of the intensity mask, or the intensity mask.
    pub morphological_mask: MorphologicalMask,
    /// Intensities within this many standard deviations of the region's mean stay in the intensity
    /// mask, the ends included (IBSI 1, "Intensity outlier filtering", 7ACA).
    pub resegment_sigma: Option<f64>,
    /// What features are computed of: `original` is the image as it is; a list as a parameter stands
    /// for a filter per member, in a document.
    pub filters: Vec<Filter>,
    /// When the image is cut to a box round the region before filters see it; `never` lets them see
    /// as much as they need.
    pub filter_crop: FilterCrop,
    /// Voxels that the box of `filter_crop` has more than the region, on either side.
    pub filter_crop_voxels: usize,
    /// Whether a region of a single slice is planar, without a 3D shape and with neighbours in the plane
    /// in every aggregation, or a volume one voxel thick.
    pub single_slices: SingleSlices,
    /// How ambiguous faces of the surface mesh are resolved; `inside_apart` gives a closed mesh.
    pub mesh_faces: FaceRule,
    /// Whether the covariance of the principal axes is divided by n − 1 or by n.
    pub axes_covariance: AxesCovariance,
    /// Grey levels for histogram and texture: in a document `bin_width` with `bin_anchor`,
    /// `bin_number` or `bin_edges`, or none of them for `Identity`.
    pub discretisation: Discretisation,
    /// Other grey levels, for which histogram and texture are computed as well; mostly none. All
    /// are of the kind of the first, such as other bin widths with the same anchor.
    pub further_discretisations: Vec<Discretisation>,
    /// Whether an intensity's bin is computed (IBSI) or found by comparison with computed edges
    /// (PyRadiomics).
    pub bin_assignment: BinAssignment,
    /// Grey levels for the intensity-volume histogram, in a document the keys with `ivh_`;
    /// `Identity` means steps of 1 in intensity units.
    pub ivh_discretisation: Discretisation,
    /// Chebyshev distances, in voxels, of the neighbours that GLCM, NGTDM and NGLDM look at.
    pub distances: Vec<u32>,
    /// Array axis (0, 1 or 2 for z, y, x) across which the slices of 2D and 2.5D texture lie.
    pub slice_axis: usize,
    /// Whether GLCM counts each pair of neighbours both ways (IBSI) or from the nearer voxel only.
    pub glcm_symmetric: bool,
    /// Norm of the distances that weigh directions where their matrices are merged; without one, all
    /// weigh alike. The weight is exp(−d²) in GLCM and d in GLRLM, d being the neighbour's distance in
    /// mm.
    pub distance_weighting: Option<Norm>,
    /// Whether GLRLM takes out directions in which no line passes through two voxels of the
    /// region.
    pub glrlm_drop_single_voxel_lines: bool,
    /// Whether NGTDM counts voxels that have no neighbour in the region, with a difference of 0.
    pub ngtdm_count_isolated: bool,
    /// Added to intensities in energy, total energy and root mean square.
    pub intensity_shift: f64,
    /// Largest grey level difference that counts as dependent in NGLDM (coarseness α).
    pub ngldm_alpha: u32,
    /// Texture aggregations to compute, as far as a family knows them.
    pub aggregations: Vec<Aggregation>,
    /// Which features are meant where `features` does not name them.
    pub feature_set: FeatureSet,
    /// Families to compute; with neither `families` nor `features`, all are.
    pub families: Option<Vec<String>>,
    /// Single features to compute, besides those of `families`. They are named `family.feature`.
    pub features: Option<Vec<String>>,
}

impl Settings {
    /// These settings, changed and checked.
    ///
    /// ```
    /// use radiomics_core::filters::{Filter, LaplacianOfGaussian};
    /// use radiomics_core::{Discretisation, Settings};
    ///
    /// # fn main() -> radiomics_core::Result<()> {
    /// let settings = Settings::default().with(|settings| {
    ///     settings.resample_spacing_mm = Some([Some(1.0); 3]);
    ///     settings.discretisation = Discretisation::FixedBinNumber { bins: 32 };
    ///     settings.filters = vec![Filter::LaplacianOfGaussian(LaplacianOfGaussian::new(1.5))];
    /// })?;
    /// assert!(settings.with(|settings| settings.distances.clear()).is_err());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Settings::validate`].
    pub fn with(mut self, change: impl FnOnce(&mut Self)) -> Result<Self> {
        change(&mut self);
        self.validate()?;
        Ok(self)
    }

    /// These settings for the response of a filter: the range of resegmentation is one of intensities of
    /// the image, and no bound of responses.
    pub(crate) fn of_response(&self, filter: &Filter) -> Self {
        match filter {
            Filter::Original => self.clone(),
            _ => Self { resegment_range: None, ..self.clone() },
        }
    }

    /// Whether a filter looks at the whole image. Its response is the same for all regions of the image, and those
    /// that are computed together share it.
    pub fn filters_look_at_everything(&self) -> bool {
        // At no spacing does one that does not.
        self.filters.iter().any(|filter| filter.reach([1.0; 3]) == Reach::Everything)
    }

    /// The range of resegmentation if it is one of intensities, where bins may begin and end.
    pub(crate) fn intensity_range(&self) -> [Option<f64>; 2] {
        match self.resegment_unit {
            ResegmentUnit::Intensity => self.resegment_range.unwrap_or_default(),
            ResegmentUnit::Maximum | ResegmentUnit::Sigma => [None; 2],
        }
    }

    /// All discretisations: the first one and the further ones.
    pub fn discretisations(&self) -> impl Iterator<Item = &Discretisation> {
        std::iter::once(&self.discretisation).chain(&self.further_discretisations)
    }

    /// These settings with only one of their discretisations.
    pub(crate) fn of_discretisation(&self, discretisation: &Discretisation) -> Self {
        let (discretisation, further_discretisations) = (discretisation.clone(), Vec::new());
        Self { discretisation, further_discretisations, ..self.clone() }
    }

    /// Refuses several discretisations for `what`, which takes one alone.
    ///
    /// # Errors
    /// [`Error::InvalidSetting`] with the values given.
    pub(crate) fn check_single_discretisation(&self, what: &str) -> Result<()> {
        match self.further_discretisations.is_empty() {
            true => Ok(()),
            false => Err(self.invalid_discretisations(format!(
                "{what} are of one discretisation: give a single value, and make a call for each"
            ))),
        }
    }

    fn invalid_discretisations(&self, remedy: String) -> Error {
        let values: Vec<String> = self.discretisations().map(Discretisation::value).collect();
        invalid(self.discretisation.key(), format!("[{}]", values.join(", ")), remedy)
    }

    fn validate_discretisations(&self) -> Result<()> {
        self.discretisations().try_for_each(|d| d.check_edges("bin_edges"))?;
        let mut known = HashSet::from([self.discretisation.numbers()]);
        for further in &self.further_discretisations {
            if !further.is_like(&self.discretisation) {
                let remedy = format!(
                    "all must be of one kind, with one anchor, but `{}` is not like the first: make a call \
                     for each kind",
                    further.name()
                );
                return Err(self.invalid_discretisations(remedy));
            }
            if !known.insert(further.numbers()) {
                return Err(self.invalid_discretisations(format!("{} is given twice", further.value())));
            }
        }
        Ok(())
    }

    fn validate_filters(&self) -> Result<()> {
        if self.filters.is_empty() {
            return Err(invalid(
                "filters",
                "[]",
                "give at least one filter; `original` is the image as it is",
            ));
        }
        self.filters.iter().try_for_each(Filter::validate)?;
        if self.filters.len() == 1 {
            return Ok(());
        }
        // Parameters that differ by rounding only have the same name.
        let mut known = HashSet::with_capacity(self.filters.len());
        match self.filters.iter().map(Filter::name).find(|name| !known.insert(name.clone())) {
            Some(name) => Err(invalid("filters", name, "this filter is given twice")),
            None => Ok(()),
        }
    }

    /// Checks what the types of the settings cannot express.
    ///
    /// # Errors
    /// [`Error::InvalidSetting`] naming the setting, its value and what it must be.
    pub fn validate(&self) -> Result<()> {
        for Bounded { name, bound, numbers } in BOUNDED {
            if let Some(number) = numbers(self).into_iter().find(|number| !bound.holds(*number)) {
                return Err(invalid(name, number, bound.remedy()));
            }
        }
        if let Some(range @ [low, high]) = self.resegment_range {
            let bad = |v: Option<f64>| v.is_some_and(f64::is_nan);
            if bad(low) || bad(high) || low.zip(high).is_some_and(|(low, high)| low > high) {
                return Err(invalid(
                    "resegment_range",
                    ends(range),
                    "the lower end must not be above the upper end",
                ));
            }
        }
        self.validate_discretisations()?;
        self.ivh_discretisation.check_edges("ivh_bin_edges")?;
        if self.distances.is_empty() {
            return Err(invalid("distances", "[]", "give at least one distance"));
        }
        self.validate_filters()
    }
}

impl Discretisation {
    /// Checks what the types cannot express, as for the bins of texture.
    ///
    /// # Errors
    /// [`Error::InvalidSetting`] naming the setting, its value and what it must be.
    pub(crate) fn validate(&self) -> Result<()> {
        for (name, number) in [("bin_width", self.width()), ("bin_number", self.number())] {
            let bound = bound_of(name).expect("bins that are numbers have a bound");
            if let Some(number) = number.filter(|&number| !bound.holds(number)) {
                return Err(invalid(name, number, bound.remedy()));
            }
        }
        self.check_edges("bin_edges")
    }
}

/// A setting that holds numbers: which numbers it takes, and those that it holds.
struct Bounded {
    name: &'static str,
    bound: Bound,
    numbers: fn(&Settings) -> Vec<f64>,
}

const fn bounded(name: &'static str, bound: Bound, numbers: fn(&Settings) -> Vec<f64>) -> Bounded {
    Bounded { name, bound, numbers }
}

const POSITIVE: Bound = Bound::above(0.0);
const BINS: Bound = Bound::whole(1, MAX_LEVELS as u32);

/// What numbers the settings take, by their keys in a document. [`Settings::validate`] checks it, and
/// the document says it.
#[rustfmt::skip]
static BOUNDED: &[Bounded] = &[
    bounded("geometry_tolerance", Bound::from(0.0), |s| vec![s.geometry_tolerance]),
    bounded("normalise_scale", POSITIVE, |s| s.normalisation.iter().map(|n| n.scale).collect()),
    bounded("normalise_clip", POSITIVE, |s| s.normalisation.iter().filter_map(|n| n.clip).collect()),
    bounded("resample_spacing_mm", POSITIVE, |s| s.resample_spacing_mm.into_iter().flatten().flatten().collect()),
    bounded("mask_threshold", POSITIVE.to(1.0), |s| vec![s.mask_threshold]),
    bounded("resegment_sigma", POSITIVE, |s| s.resegment_sigma.into_iter().collect()),
    bounded("filter_crop_voxels", Bound::whole(0, 1_000_000), |s| vec![s.filter_crop_voxels as f64]),
    bounded("bin_width", POSITIVE, |s| s.discretisations().filter_map(Discretisation::width).collect()),
    bounded("bin_number", BINS, |s| s.discretisations().filter_map(Discretisation::number).collect()),
    bounded("ivh_bin_width", POSITIVE, |s| s.ivh_discretisation.width().into_iter().collect()),
    bounded("ivh_bin_number", BINS, |s| s.ivh_discretisation.number().into_iter().collect()),
    bounded("distances", Bound::whole(1, 64), |s| s.distances.iter().map(|&d| f64::from(d)).collect()),
    bounded("slice_axis", Bound::whole(0, 2), |s| vec![s.slice_axis as f64]),
    bounded("ngldm_alpha", Bound::from(0.0), |s| vec![f64::from(s.ngldm_alpha)]),
    bounded("intensity_shift", Bound::ANY, |s| vec![s.intensity_shift]),
];

/// What numbers the setting called `name` takes, if it takes numbers but not all of them.
pub(crate) fn bound_of(name: &str) -> Option<Bound> {
    BOUNDED.iter().find(|setting| setting.name == name).map(|setting| setting.bound)
}
