//! The keys of a settings document: one table, a row a key.

use serde_json::Value;

use super::bins::{Anchor, BY_EDGES, BY_NUMBER, BY_WIDTH, Each, Single};
use super::kinds::{
    Axes, Choice, FAMILY, FEATURE, FLAG, Filters, Kind, List, NUMBER, Normalise, OfNormalisation, Optional,
    RANGE, WHOLE,
};
use super::read::Read;
use crate::settings::{Discretisation, FilterCrop, Settings, bound_of};

/// One key of a settings document.
pub struct Key {
    /// Name of the key.
    pub name: &'static str,
    /// Identifiers of the IBSI reference manual that the setting has to do with; empty if there are none.
    pub ibsi: &'static str,
    /// What the setting does, in a line.
    pub summary: &'static str,
    pub(super) needs: Option<Need>,
    takes: fn(&str) -> String,
    python: fn() -> String,
    write: fn(&Settings) -> Value,
    pub(super) read: fn(&mut Settings, &Value) -> Read<()>,
}

/// Another setting, without which the setting of a key does nothing.
pub(super) struct Need {
    /// The other setting in words, as a message asks for it.
    pub text: &'static str,
    pub is_met: fn(&Settings) -> bool,
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Key").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Key {
    /// What values the key takes, in words.
    pub fn takes(&self) -> String {
        (self.takes)(&bound_of(self.name).map_or(String::new(), |bound| bound.to_string()))
    }

    /// The other setting that this one belongs to, and without which it is refused, if there is one.
    pub fn only_with(&self) -> Option<&'static str> {
        self.needs.as_ref().map(|need| need.text)
    }

    /// The type that the value has in Python, as an attribute of `Settings`.
    pub fn python_type(&self) -> String {
        (self.python)()
    }

    /// The value of this key in `settings`.
    pub fn value(&self, settings: &Settings) -> Value {
        if self.is_idle(settings) { self.idle() } else { (self.write)(settings) }
    }

    /// Whether this key changes nothing, as `settings` lack what it belongs to.
    pub(super) fn is_idle(&self, settings: &Settings) -> bool {
        self.needs.as_ref().is_some_and(|need| !(need.is_met)(settings))
    }

    /// The value that an idle key is written with: without one, not all settings could be written.
    pub(super) fn idle(&self) -> Value {
        (self.write)(&Settings::default())
    }

    const fn only_if(self, need: Need) -> Self {
        Self { needs: Some(need), ..self }
    }
}

/// A field of the settings, to be read and to be replaced.
struct Field<T> {
    get: fn(&Settings) -> &T,
    get_mut: fn(&mut Settings) -> &mut T,
}

impl<T> Field<T> {
    fn takes(self, kind: &impl Kind<T>, bound: &str) -> String {
        kind.one(bound)
    }

    fn python(self, kind: &impl Kind<T>) -> String {
        kind.python()
    }

    fn write(self, kind: &impl Kind<T>, settings: &Settings) -> Value {
        kind.write((self.get)(settings))
    }

    fn read(self, kind: &impl Kind<T>, settings: &mut Settings, value: &Value) -> Read<()> {
        kind.assign((self.get_mut)(settings), value)
    }
}

/// A row: `key!(name: kind, ibsi, summary)` for the field of that name, `name in field` for a key that
/// decides on a part of a field, `name in *` for one that decides on several fields.
macro_rules! key {
    ($name:ident: $($row:tt)*) => { key!($name in $name: $($row)*) };
    ($name:ident in *: $kind:expr, $($row:tt)*) => {
        key!(@ $name, Field { get: |s| s, get_mut: |s| s }, $kind, $($row)*)
    };
    ($name:ident in $field:ident: $kind:expr, $($row:tt)*) => {
        key!(@ $name, Field { get: |s| &s.$field, get_mut: |s| &mut s.$field }, $kind, $($row)*)
    };
    (@ $name:ident, $field:expr, $kind:expr, $ibsi:literal, $summary:literal) => {
        Key {
            name: stringify!($name),
            ibsi: $ibsi,
            summary: $summary,
            needs: None,
            takes: |bound| $field.takes(&$kind, bound),
            python: || $field.python(&$kind),
            write: |settings| $field.write(&$kind, settings),
            read: |settings, value| $field.read(&$kind, settings, value),
        }
    };
}

const NORMALISE: Need = Need { text: "`normalise: true`", is_met: |s| s.normalisation.is_some() };
const RESEGMENT: Need = Need { text: "`resegment_range`", is_met: |s| s.resegment_range.is_some() };
const CROP: Need = Need {
    text: "`filter_crop: when_interpolated` or `always`",
    is_met: |s| s.filter_crop != FilterCrop::Never,
};
const BIN_WIDTH: Need =
    Need { text: "`bin_width`", is_met: |s| matches!(s.discretisation, Discretisation::FixedBinSize { .. }) };

/// The keys of a settings document, apart from `profile`, in the order in which they are read.
///
/// How a step is done may be said whether the step is done or not (`image_interpolation`, without
/// `resample_spacing_mm`), as profiles do. A number or unit that means nothing by itself is refused
/// without what it belongs to: `only_if`.
#[rustfmt::skip]
pub static KEYS: &[Key] = &[
    key!(geometry_tolerance: NUMBER, "", "Largest difference between the grids of image and mask that counts as none: in mm for spacing and origin, in direction cosines for the direction"),
    key!(normalise in normalisation: Normalise, "", "Whether the intensities of the whole image become z-scores before all else"),
    key!(normalise_scale in normalisation: OfNormalisation(NUMBER, |n| &mut n.scale), "", "What a standard deviation becomes when normalising").only_if(NORMALISE),
    key!(normalise_clip in normalisation: OfNormalisation(Optional(NUMBER), |n| &mut n.clip), "", "Normalised intensities end at this many standard deviations on either side of 0").only_if(NORMALISE),
    key!(resample_spacing_mm: Optional(Axes), "VTM2", "Voxel spacing in mm to interpolate to; without one, nothing is interpolated"),
    key!(grid_alignment: Choice, "UMPJ", "Whether the new grid shares the centre of the image or begins at the corner of its first voxel"),
    key!(keep_single_slices: FLAG, "VTM2", "Whether an axis along which the region is a single slice keeps its spacing"),
    key!(image_interpolation: Choice, "VTM2", "How the image is interpolated"),
    key!(mask_interpolation: Choice, "VTM2", "How the mask is interpolated"),
    key!(mask_threshold: NUMBER, "VTM2", "Share of an interpolated voxel that the region must fill for the voxel to belong to it"),
    key!(intensity_rounding: Choice, "VTM2", "Rounding of interpolated intensities: `nearest` for CT, `voxel_type` to cut off towards 0 if the image holds integers"),
    key!(resegment_range: Optional(RANGE), "USB3", "Closed range of intensities that stay in the intensity mask"),
    key!(resegment_unit: Choice, "USB3", "Whether `resegment_range` is in intensities, shares of the region's maximum, or standard deviations from its mean").only_if(RESEGMENT),
    key!(morphological_mask: Choice, "", "What shape is computed of after resegmentation: the region as drawn, what of it lies in the box of the intensity mask, or the intensity mask"),
    key!(resegment_sigma: Optional(NUMBER), "7ACA", "Intensities within this many standard deviations of the region's mean stay in the intensity mask, the ends included"),
    key!(filters: Filters, "", "What features are computed of: `original` is the image as it is; a list as a parameter stands for a filter per member"),
    key!(filter_crop: Choice, "", "When the image is cut to a box round the region before filters see it; `never` lets them see as much as they need"),
    key!(filter_crop_voxels: WHOLE, "", "Voxels that the box of `filter_crop` has more than the region, on either side").only_if(CROP),
    key!(single_slices: Choice, "", "Whether a region of a single slice is planar, without a 3D shape and with neighbours in the plane in every aggregation, or a volume one voxel thick"),
    key!(mesh_faces: Choice, "HCUG", "How ambiguous faces of the surface mesh are resolved; `inside_apart` gives a closed mesh"),
    key!(axes_covariance: Choice, "HCUG", "Whether the covariance of the principal axes is divided by n − 1 or by n"),
    key!(bin_width in *: Each(BY_WIDTH), "Q3RU", "Grey levels of a fixed width in intensity units (one of the three bin settings); a list stands for a discretisation per member"),
    key!(bin_number in *: Each(BY_NUMBER), "K15C", "This many grey levels over the range of the region (one of the three bin settings); a list stands for a discretisation per member"),
    key!(bin_edges in *: Each(BY_EDGES), "4R0B", "Grey levels between explicit edges (one of the three bin settings); with all three null, intensities are the grey levels"),
    key!(bin_anchor in *: Anchor, "Q3RU", "Where the first bin of `bin_width` begins: at the lower end of `resegment_range` or else the region's minimum, or at a multiple of the width").only_if(BIN_WIDTH),
    key!(bin_assignment: Choice, "4R0B", "Whether an intensity's bin is computed (IBSI) or found by comparison with computed edges (PyRadiomics)"),
    key!(ivh_bin_width in ivh_discretisation: Single(BY_WIDTH), "P88C", "Levels of a fixed width for the intensity-volume histogram (one of the three ivh bin settings)"),
    key!(ivh_bin_number in ivh_discretisation: Single(BY_NUMBER), "P88C", "This many levels for the intensity-volume histogram (one of the three ivh bin settings)"),
    key!(ivh_bin_edges in ivh_discretisation: Single(BY_EDGES), "P88C", "Explicit edges for the intensity-volume histogram; with all three null, steps of 1 in intensity units"),
    key!(distances: List(WHOLE), "LFYI IPET REK0", "Chebyshev distances, in voxels, of the neighbours that GLCM, NGTDM and NGLDM look at"),
    key!(slice_axis: WHOLE, "", "Array axis (0, 1 or 2 for z, y, x) across which the slices of 2D and 2.5D texture lie"),
    key!(glcm_symmetric: FLAG, "LFYI", "Whether GLCM counts each pair of neighbours both ways (IBSI) or from the nearer voxel only"),
    key!(distance_weighting: Optional(Choice), "LFYI TP0I", "Norm of the distances that weigh directions where their matrices are merged; without one, all weigh alike"),
    key!(glrlm_drop_single_voxel_lines: FLAG, "TP0I", "Whether GLRLM takes out directions in which no line passes through two voxels of the region"),
    key!(ngtdm_count_isolated: FLAG, "IPET", "Whether NGTDM counts voxels that have no neighbour in the region, with a difference of 0"),
    key!(intensity_shift: NUMBER, "", "Added to intensities in energy, total energy and root mean square"),
    key!(ngldm_alpha: WHOLE, "REK0", "Largest grey level difference that counts as dependent in NGLDM (coarseness α)"),
    key!(aggregations: List(Choice), "", "Texture aggregations to compute, as far as a family knows them"),
    key!(feature_set: Choice, "", "Which features are meant where `features` does not name them"),
    key!(families: Optional(List(FAMILY)), "", "Families to compute; with neither `families` nor `features`, all are"),
    key!(features: Optional(List(FEATURE)), "", "Single features to compute, besides those of `families`"),
];
