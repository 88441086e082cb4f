//! The keys of a settings document: one table, a row a key.

use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::error::Error;
use crate::filters::{Filter, read_filters};
use crate::names::Named;
use crate::settings::{Normalisation, Settings};
use crate::texture::aggregation::Aggregation;

use super::bins::{
    anchor, each, edges, number, set_anchors, set_each, set_edges, set_number, set_width, width,
};

/// One key of a settings document.
pub struct Key {
    /// Its name.
    pub name: &'static str,
    /// What values it takes.
    pub takes: &'static str,
    /// What it does, in a line.
    pub summary: &'static str,
    pub(super) get: fn(&Settings) -> Value,
    pub(super) set: fn(&mut Settings, &Value) -> Read<()>,
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Key").field("name", &self.name).finish_non_exhaustive()
    }
}

/// A value, or nothing if it is of the wrong kind.
pub(super) type Read<T> = std::result::Result<T, WrongKind>;

/// The value is not of the kind that its key takes, or a name that does not exist.
pub(super) struct WrongKind(pub Option<Error>);

/// The keys of a settings document, apart from `profile`.
#[rustfmt::skip]
pub static KEYS: &[Key] = &[
    Key {
        name: "geometry_tolerance", takes: "a number, 0 or more",
        summary: "Largest difference between the grids of image and mask (mm; direction cosines) that counts as none",
        get: |s| json!(s.geometry_tolerance), set: |s, v| assign(&mut s.geometry_tolerance, v),
    },
    Key {
        name: "normalise", takes: "true or false",
        summary: "Whether the intensities of the whole image become z-scores before all else",
        get: |s| json!(s.normalisation.is_some()), set: |s, v| normalise(&mut s.normalisation, v),
    },
    Key {
        name: "normalise_scale", takes: "a number above 0",
        summary: "What a standard deviation becomes when normalising",
        get: |s| json!(s.normalisation.map_or(1.0, |n| n.scale)),
        set: |s, v| match &mut s.normalisation { Some(n) => assign(&mut n.scale, v), None => read::<f64>(v).map(|_| ()) },
    },
    Key {
        name: "normalise_clip", takes: "a number above 0, or null",
        summary: "Normalised intensities end at this many standard deviations",
        get: |s| json!(s.normalisation.and_then(|n| n.clip)),
        set: |s, v| match &mut s.normalisation { Some(n) => assign(&mut n.clip, v), None => read::<Option<f64>>(v).map(|_| ()) },
    },
    Key {
        name: "resample_spacing_mm", takes: "three numbers (z, y, x) above 0 (null keeps an axis), one number for all axes, or null",
        summary: "Voxel spacing to interpolate to; null for no interpolation",
        get: |s| json!(s.resample_spacing_mm), set: |s, v| { s.resample_spacing_mm = spacing(v)?; Ok(()) },
    },
    Key {
        name: "grid_alignment", takes: "centre or corner",
        summary: "Whether the new grid shares the centre of the image or begins at the corner of its first voxel",
        get: |s| json!(s.grid_alignment.name()), set: |s, v| named(&mut s.grid_alignment, v),
    },
    Key {
        name: "keep_single_slices", takes: "true or false",
        summary: "Whether an axis along which the region is a single slice keeps its spacing",
        get: |s| json!(s.keep_single_slices), set: |s, v| assign(&mut s.keep_single_slices, v),
    },
    Key {
        name: "image_interpolation", takes: "nearest, linear, cubic_spline or cubic_convolution",
        summary: "How the image is interpolated",
        get: |s| json!(s.image_interpolation.name()), set: |s, v| named(&mut s.image_interpolation, v),
    },
    Key {
        name: "mask_interpolation", takes: "nearest, linear, cubic_spline or cubic_convolution",
        summary: "How the mask is interpolated",
        get: |s| json!(s.mask_interpolation.name()), set: |s, v| named(&mut s.mask_interpolation, v),
    },
    Key {
        name: "mask_threshold", takes: "a number above 0, at most 1",
        summary: "Share of a voxel that the region must fill for the voxel to belong to it",
        get: |s| json!(s.mask_threshold), set: |s, v| assign(&mut s.mask_threshold, v),
    },
    Key {
        name: "intensity_rounding", takes: "none, nearest or voxel_type",
        summary: "Rounding of interpolated intensities: nearest for CT, voxel_type to cut off towards 0 if the image holds integers",
        get: |s| json!(s.intensity_rounding.name()), set: |s, v| named(&mut s.intensity_rounding, v),
    },
    Key {
        name: "resegment_range", takes: "two numbers, lower and upper end (null leaves an end open), or null",
        summary: "Closed range of intensities that stay in the intensity mask",
        get: |s| json!(s.resegment_range), set: |s, v| assign(&mut s.resegment_range, v),
    },
    Key {
        name: "resegment_unit", takes: "intensity, maximum or sigma",
        summary: "Whether resegment_range is in intensities, shares of the region's maximum, or standard deviations from its mean",
        get: |s| json!(s.resegment_unit.name()), set: |s, v| named(&mut s.resegment_unit, v),
    },
    Key {
        name: "morphological_mask", takes: "as_drawn, cropped or resegmented",
        summary: "What shape is computed of after resegmentation: the region as drawn, what of it lies in the box of the intensity mask, or the intensity mask",
        get: |s| json!(s.morphological_mask.name()), set: |s, v| named(&mut s.morphological_mask, v),
    },
    Key {
        name: "resegment_sigma", takes: "a number above 0, or null",
        summary: "Keep intensities within this many standard deviations of the region's mean",
        get: |s| json!(s.resegment_sigma), set: |s, v| assign(&mut s.resegment_sigma, v),
    },
    Key {
        name: "filters", takes: "a filter or a list of them, each a name or a mapping from one to its parameters, such as {mean: {support_voxels: 5}}",
        summary: "What features are computed of: `original` is the image as it is; a list as a parameter stands for a filter per member",
        get: |s| json!(s.filters), set: |s, v| filters(&mut s.filters, v),
    },
    Key {
        name: "filter_crop", takes: "never, when_interpolated or always",
        summary: "When the image is cut to a box round the region before filters see it; never lets them see as much as they need",
        get: |s| json!(s.filter_crop.name()), set: |s, v| named(&mut s.filter_crop, v),
    },
    Key {
        name: "filter_crop_voxels", takes: "a whole number, 0 or more",
        summary: "Voxels that such a box has more than the region, on either side",
        get: |s| json!(s.filter_crop_voxels), set: |s, v| assign(&mut s.filter_crop_voxels, v),
    },
    Key {
        name: "mesh_faces", takes: "inside_apart or complement_symmetric",
        summary: "How ambiguous faces of the surface mesh are resolved; the first gives a closed mesh",
        get: |s| json!(s.mesh_faces.name()), set: |s, v| named(&mut s.mesh_faces, v),
    },
    Key {
        name: "axes_covariance", takes: "sample or population",
        summary: "Whether the covariance of the principal axes is divided by n − 1 or by n",
        get: |s| json!(s.axes_covariance.name()), set: |s, v| named(&mut s.axes_covariance, v),
    },
    Key {
        name: "bin_width", takes: "a number above 0, a list of such numbers, or null",
        summary: "Grey levels of a fixed width in intensity units (one of the three bin settings); a list stands for a discretisation per member",
        get: |s| each(s, width), set: |s, v| set_each(s, v, set_width),
    },
    Key {
        name: "bin_number", takes: "a whole number above 0, a list of such numbers, or null",
        summary: "This many grey levels over the range of the region (one of the three bin settings); a list stands for a discretisation per member",
        get: |s| each(s, number), set: |s, v| set_each(s, v, set_number),
    },
    Key {
        name: "bin_edges", takes: "two or more numbers in ascending order, a list of such lists, or null",
        summary: "Grey levels between explicit edges (one of the three bin settings); with all three null, intensities are the grey levels",
        get: |s| each(s, edges), set: |s, v| set_each(s, v, set_edges),
    },
    Key {
        name: "bin_anchor", takes: "lower_bound or multiple_of_width",
        summary: "Where the first bin of bin_width begins: at the lower end of resegment_range or else the region's minimum, or at a multiple of the width",
        get: |s| anchor(&s.discretisation), set: set_anchors,
    },
    Key {
        name: "bin_assignment", takes: "formula or edges",
        summary: "Whether an intensity's bin is computed (IBSI) or found by comparison with computed edges (PyRadiomics)",
        get: |s| json!(s.bin_assignment.name()), set: |s, v| named(&mut s.bin_assignment, v),
    },
    Key {
        name: "ivh_bin_width", takes: "a number above 0, or null",
        summary: "Levels of a fixed width for the intensity-volume histogram (one of the three ivh bin settings)",
        get: |s| width(&s.ivh_discretisation), set: |s, v| set_width(&mut s.ivh_discretisation, v),
    },
    Key {
        name: "ivh_bin_number", takes: "a whole number above 0, or null",
        summary: "This many levels for the intensity-volume histogram (one of the three ivh bin settings)",
        get: |s| number(&s.ivh_discretisation), set: |s, v| set_number(&mut s.ivh_discretisation, v),
    },
    Key {
        name: "ivh_bin_edges", takes: "two or more numbers in ascending order, or null",
        summary: "Explicit edges for the intensity-volume histogram; with all three null, steps of 1 in intensity units",
        get: |s| edges(&s.ivh_discretisation), set: |s, v| set_edges(&mut s.ivh_discretisation, v),
    },
    Key {
        name: "distances", takes: "whole numbers from 1 to 64",
        summary: "Chebyshev distances, in voxels, of the neighbours that GLCM, NGTDM and NGLDM look at",
        get: |s| json!(s.distances), set: |s, v| assign(&mut s.distances, v),
    },
    Key {
        name: "slice_axis", takes: "0, 1 or 2 (z, y, x)",
        summary: "Array axis across which the slices of 2D and 2.5D texture lie",
        get: |s| json!(s.slice_axis), set: |s, v| assign(&mut s.slice_axis, v),
    },
    Key {
        name: "glcm_symmetric", takes: "true or false",
        summary: "Whether GLCM counts each pair of neighbours both ways",
        get: |s| json!(s.glcm_symmetric), set: |s, v| assign(&mut s.glcm_symmetric, v),
    },
    Key {
        name: "distance_weighting", takes: "manhattan, euclidean, infinity or null",
        summary: "Norm of the distances that weigh directions where their matrices are merged; null weighs all alike",
        get: |s| json!(s.distance_weighting.map(Named::name)), set: |s, v| optional_name(&mut s.distance_weighting, v),
    },
    Key {
        name: "glrlm_drop_single_voxel_lines", takes: "true or false",
        summary: "Whether GLRLM takes out directions in which no line passes through two voxels of the region",
        get: |s| json!(s.glrlm_drop_single_voxel_lines), set: |s, v| assign(&mut s.glrlm_drop_single_voxel_lines, v),
    },
    Key {
        name: "ngtdm_count_isolated", takes: "true or false",
        summary: "Whether NGTDM counts voxels that have no neighbour in the region",
        get: |s| json!(s.ngtdm_count_isolated), set: |s, v| assign(&mut s.ngtdm_count_isolated, v),
    },
    Key {
        name: "intensity_shift", takes: "a number",
        summary: "Added to intensities in energy, total energy and root mean square",
        get: |s| json!(s.intensity_shift), set: |s, v| assign(&mut s.intensity_shift, v),
    },
    Key {
        name: "ngldm_alpha", takes: "a whole number, 0 or more",
        summary: "Largest grey level difference that counts as dependent in NGLDM",
        get: |s| json!(s.ngldm_alpha), set: |s, v| assign(&mut s.ngldm_alpha, v),
    },
    Key {
        name: "aggregations", takes: "names from 2D_avg, 2D_slice_merged, 2.5D_dir_merged, 2.5D_merged, 3D_avg, 3D_merged and 3D",
        summary: "Texture aggregations to compute, as far as a family knows them",
        get: |s| json!(s.aggregations.iter().map(|a| a.name()).collect::<Vec<_>>()), set: |s, v| aggregations(&mut s.aggregations, v),
    },
    Key {
        name: "feature_set", takes: "ibsi or pyradiomics",
        summary: "Which features are meant where `features` does not name them",
        get: |s| json!(s.feature_set.name()), set: |s, v| named(&mut s.feature_set, v),
    },
    Key {
        name: "families", takes: "names of feature families, or null",
        summary: "Families to compute; with families and features null, all",
        get: |s| json!(s.families), set: |s, v| assign(&mut s.families, v),
    },
    Key {
        name: "features", takes: "names of features as family.feature, or null",
        summary: "Single features to compute, besides those of families",
        get: |s| json!(s.features), set: |s, v| assign(&mut s.features, v),
    },
];

pub(super) fn read<T: DeserializeOwned>(value: &Value) -> Read<T> {
    T::deserialize(value).map_err(|_| WrongKind(None))
}

fn assign<T: DeserializeOwned>(field: &mut T, value: &Value) -> Read<()> {
    *field = read(value)?;
    Ok(())
}

pub(super) fn named<T: Named>(field: &mut T, value: &Value) -> Read<()> {
    let name: String = read(value)?;
    *field = T::parse(&name).map_err(|error| WrongKind(Some(error)))?;
    Ok(())
}

fn normalise(field: &mut Option<Normalisation>, value: &Value) -> Read<()> {
    let on: bool = read(value)?;
    *field = on.then(|| field.unwrap_or(Normalisation { scale: 1.0, clip: None }));
    Ok(())
}

fn optional_name<T: Named>(field: &mut Option<T>, value: &Value) -> Read<()> {
    *field = match value {
        Value::Null => None,
        _ => {
            let name: String = read(value)?;
            Some(T::parse(&name).map_err(|error| WrongKind(Some(error)))?)
        }
    };
    Ok(())
}

fn spacing(value: &Value) -> Read<Option<[Option<f64>; 3]>> {
    match value {
        Value::Number(_) => Ok(Some([Some(read(value)?); 3])),
        _ => read(value),
    }
}

fn aggregations(field: &mut Vec<Aggregation>, value: &Value) -> Read<()> {
    let names: Vec<String> = read(value)?;
    let parse = |name: &String| Aggregation::parse(name).map_err(|error| WrongKind(Some(error)));
    *field = names.iter().map(parse).collect::<Read<_>>()?;
    Ok(())
}

fn filters(field: &mut Vec<Filter>, value: &Value) -> Read<()> {
    let given = match value {
        Value::Array(values) => values.as_slice(),
        single => std::slice::from_ref(single),
    };
    *field = read_filters(given).map_err(|error| WrongKind(Some(error)))?;
    Ok(())
}
