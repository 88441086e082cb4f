"""Units, ranges and pitfalls of features, which the catalogue of the engine does not have.

Each table has rules for names within families, of which the first that fits counts. Ng is the
number of grey levels, N the number of voxels, d the largest distance to the border in voxels.
"""

from __future__ import annotations

#: Families of PyRadiomics, by ours.
PYRADIOMICS_CLASS = {
    "morphology": "shape",
    "morphology_2d": "shape2D",
    "intensity_statistics": "firstorder",
    "intensity_histogram": "firstorder",
    "ngldm": "gldm",
    "glcm": "glcm",
    "glrlm": "glrlm",
    "glszm": "glszm",
    "ngtdm": "ngtdm",
}

LEVEL, LEVEL_2, PER_LEVEL_2 = "grey level", "grey level²", "grey level⁻²"
UNIT = "unit of the image"
#: What stands for a number without a unit.
NONE = "none"

#: (family, or "" for any; part of the name, or "" for any; unit).
UNITS = (
    ("morphology", "integrated_intensity", f"{UNIT} · mm³"),
    ("local_intensity", "", UNIT),
    ("intensity_statistics", "total_energy", f"({UNIT})² · mm³"),
    ("intensity_statistics", "energy", f"({UNIT})²"),
    ("intensity_statistics", "variance", f"({UNIT})²"),
    ("intensity_statistics", "skewness", NONE),
    ("intensity_statistics", "kurtosis", NONE),
    ("intensity_statistics", "coefficient", NONE),
    ("intensity_statistics", "", UNIT),
    ("intensity_histogram", "variance", LEVEL_2),
    ("intensity_histogram", "skewness", NONE),
    ("intensity_histogram", "kurtosis", NONE),
    ("intensity_histogram", "coefficient", NONE),
    ("intensity_histogram", "uniformity", NONE),
    ("intensity_histogram", "gradient_level", LEVEL),
    ("intensity_histogram", "gradient", "voxels per grey level"),
    ("intensity_histogram", "entropy", "bit"),
    ("intensity_histogram", "", LEVEL),
    ("intensity_volume_histogram", "intensity_at", UNIT),
    ("intensity_volume_histogram", "intensity_difference", UNIT),
    ("intensity_volume_histogram", "", NONE),
    ("", "entropy", "bit"),
    ("glcm", "joint_average", LEVEL),
    ("glcm", "difference_average", LEVEL),
    ("glcm", "sum_average", LEVEL),
    ("glcm", "dissimilarity", LEVEL),
    ("glcm", "inverse_variance", PER_LEVEL_2),
    ("glcm", "variance", LEVEL_2),
    ("glcm", "contrast", LEVEL_2),
    ("glcm", "autocorrelation", LEVEL_2),
    ("glcm", "cluster_tendency", LEVEL_2),
    ("glcm", "cluster_shade", "grey level³"),
    ("glcm", "cluster_prominence", "grey level⁴"),
    ("ngtdm", "coarseness", "grey level⁻¹"),
    ("ngtdm", "contrast", "grey level³"),
    ("ngtdm", "complexity", LEVEL_2),
    ("ngtdm", "strength", LEVEL),
    ("ngtdm", "", NONE),
    ("", "high_grey_level", LEVEL_2),
    ("", "low_grey_level", PER_LEVEL_2),
    ("", "grey_level_variance", LEVEL_2),
)
#: Within these the unit of a feature is at the end of its definition.
SAID = ("mm³", "mm²", "mm⁻¹", "mm")

UNIT_INTERVAL, ABOVE, ANY = "0 to 1", "0 and above", "any number"
RANGES = (
    ("morphology", "asphericity", "0 for a sphere, else above"),
    ("morphology", "sphericity", "above 0, 1 for a sphere"),
    ("morphology", "compactness_1", "above 0, 1 / (6π) ≈ 0.053 for a sphere"),
    ("morphology", "compactness_2", "above 0, 1 for a sphere"),
    ("morphology", "spherical_disproportion", "1 for a sphere, else above"),
    ("morphology", "elongation", "0 to 1; 1 for a circular section"),
    ("morphology", "flatness", "0 to 1; 1 for a sphere"),
    ("morphology", "morans_i", "about −1 to 1; near 0 without spatial order"),
    (
        "morphology",
        "gearys_c",
        "0 and above; near 1 without spatial order, below if neighbours are alike",
    ),
    ("morphology", "integrated_intensity", ANY),
    ("morphology", "volume_density_convex_hull", "above 0, 1 for a convex region"),
    ("morphology", "area_density_convex_hull", "above 0, 1 for a convex region"),
    ("morphology", "", ABOVE),
    ("morphology_2d", "sphericity", "above 0, 1 for a circle"),
    ("morphology_2d", "spherical_disproportion", "1 for a circle, else above"),
    ("morphology_2d", "elongation", "0 to 1; 1 for a circle"),
    ("morphology_2d", "", ABOVE),
    ("local_intensity", "", ANY),
    ("", "excess_kurtosis", "−2 and above; 0 for a normal distribution"),
    ("intensity_statistics", "kurtosis", "1 and above; 3 for a normal distribution"),
    ("intensity_statistics", "variance", ABOVE),
    ("intensity_statistics", "range", ABOVE),
    ("intensity_statistics", "deviation", ABOVE),
    ("intensity_statistics", "energy", ABOVE),
    ("intensity_statistics", "root_mean_square", ABOVE),
    ("intensity_statistics", "", ANY),
    ("intensity_histogram", "skewness", ANY),
    ("intensity_histogram", "variance", "0 to (Ng − 1)² / 4"),
    ("intensity_histogram", "range", "0 to Ng − 1"),
    ("intensity_histogram", "deviation", "0 to Ng − 1"),
    ("intensity_histogram", "coefficient", ABOVE),
    ("intensity_histogram", "entropy", "0 to log₂ Ng"),
    ("intensity_histogram", "uniformity", "1 / Ng to 1"),
    ("intensity_histogram", "gradient_level", "1 to Ng"),
    ("intensity_histogram", "maximum_gradient", "−N to N"),
    ("intensity_histogram", "minimum_gradient", "−N to N"),
    ("intensity_histogram", "", "1 to Ng"),
    ("intensity_volume_histogram", "intensity_at", ANY),
    ("intensity_volume_histogram", "intensity_difference", ANY),
    ("intensity_volume_histogram", "", UNIT_INTERVAL),
    ("glcm", "joint_maximum", UNIT_INTERVAL),
    ("glcm", "joint_average", "1 to Ng"),
    ("glcm", "joint_entropy", "0 to 2 · log₂ Ng"),
    ("glcm", "difference_average", "0 to Ng − 1"),
    ("glcm", "difference_entropy", "0 to log₂ Ng"),
    ("glcm", "sum_average", "2 to 2 · Ng"),
    ("glcm", "sum_entropy", "0 to log₂ (2 · Ng − 1)"),
    ("glcm", "angular_second_moment", "1 / Ng² to 1"),
    ("glcm", "contrast", "0 to (Ng − 1)²"),
    ("glcm", "dissimilarity", "0 to Ng − 1"),
    ("glcm", "inverse", UNIT_INTERVAL),
    ("glcm", "autocorrelation", "1 to Ng²"),
    ("glcm", "maximal_correlation", UNIT_INTERVAL),
    ("glcm", "information_correlation_1", "−1 to 0"),
    ("glcm", "information_correlation_2", UNIT_INTERVAL),
    ("glcm", "correlation", "−1 to 1"),
    ("glcm", "cluster_shade", ANY),
    ("glcm", "", ABOVE),
    ("ngtdm", "coarseness", "0 to 10⁶"),
    ("ngtdm", "", ABOVE),
    ("ngldm", "percentage", "1"),
    ("", "percentage", UNIT_INTERVAL),
    ("", "energy", UNIT_INTERVAL),
    ("", "normalised", UNIT_INTERVAL),
    ("", "_low_grey_level", ABOVE),
    ("", "_high_grey_level", ABOVE),
    ("", "low_grey_level", UNIT_INTERVAL),
    ("", "high_grey_level", "1 to Ng²"),
    ("", "short_run", UNIT_INTERVAL),
    ("", "small_", UNIT_INTERVAL),
    ("", "low_dependence", UNIT_INTERVAL),
    ("", "long_run", "1 and above"),
    ("", "large_", "1 and above"),
    ("", "high_dependence", "1 and above"),
    ("", "non_uniformity", "above 0, at most the number of what is counted"),
    ("", "", ABOVE),
)

#: What a feature depends on, which is what to report with it.
DEPENDS = {
    "morphology": "the mask and its resampling; not on bins",
    "morphology_2d": "the mask and its resampling; not on bins",
    "local_intensity": "the image and the spacing of its voxels; not on bins",
    "intensity_statistics": "the image and resegmentation; not on bins",
    "intensity_histogram": "the image, resegmentation and bins",
    "intensity_volume_histogram": "the image, resegmentation and the bins of the histogram (ivh_*)",
}
DEPENDS_OF_TEXTURE = "the image, resampling, resegmentation, bins and aggregation"

TEXTURE_PITFALL = (
    "It changes with bins and voxel spacing: compare values of equal settings only.",
    "It says little of fewer than about 8 grey levels, or of a region of some tens of voxels.",
)
#: (family, part of the name, what goes wrong).
PITFALLS = (
    ("", "non_uniformity", "It grows with the volume unless it is the normalised one."),
    (
        "intensity_statistics",
        "energy",
        "It grows with the number of voxels, and so with the volume and the spacing.",
    ),
    (
        "intensity_statistics",
        "energy",
        "Negative intensities such as HU count by their squares: see `intensity_shift`.",
    ),
    (
        "intensity_statistics",
        "coefficient",
        "It means nothing where 0 is no absence of signal, as in HU.",
    ),
    ("intensity_statistics", "excess_kurtosis", "PyRadiomics' Kurtosis is this plus 3."),
    ("intensity_statistics", "kurtosis", "IBSI's excess kurtosis is this less 3."),
    ("intensity_statistics", "minimum", "A single voxel decides: percentiles are more stable."),
    ("intensity_statistics", "maximum", "A single voxel decides: percentiles are more stable."),
    ("intensity_statistics", "", "In MR, intensities have no unit: normalise them first."),
    ("intensity_histogram", "", "It is in grey levels, not in the unit of the image."),
    (
        "intensity_histogram",
        "entropy",
        "PyRadiomics lists it under firstorder; it depends on bins.",
    ),
    (
        "intensity_histogram",
        "uniformity",
        "PyRadiomics lists it under firstorder; it depends on bins.",
    ),
    (
        "morphology",
        "integrated_intensity",
        "It means nothing where intensities may be negative, as HU.",
    ),
    (
        "morphology",
        "centre_of_mass_shift",
        "It is unstable where intensities sum to nearly 0, as HU may.",
    ),
    (
        "morphology",
        "morans_i",
        "It compares all pairs of voxels, which takes long for large regions.",
    ),
    (
        "morphology",
        "gearys_c",
        "It compares all pairs of voxels, which takes long for large regions.",
    ),
    (
        "morphology",
        "volume",
        "The volume of the mesh is smaller than that of the voxels, the more so for small regions.",
    ),
    ("morphology", "surface", "Steps of slices that are thick make it larger: resample to cubes."),
    (
        "morphology",
        "sphericity",
        "Steps of slices that are thick make it smaller: resample to cubes.",
    ),
    (
        "morphology",
        "elongation",
        "It is near 1 for a round section, and lower for an elongated one.",
    ),
    ("morphology", "", "It is undefined for a region of a single slice: see morphology_2d."),
    ("glcm", "joint_average", "It follows the mean intensity: it is no measure of pattern."),
    ("glcm", "joint_variance", "PyRadiomics calls it SumSquares."),
    ("glcm", "angular_second_moment", "PyRadiomics calls it JointEnergy."),
    ("glcm", "sum_variance", "PyRadiomics has the same value as ClusterTendency."),
    ("glcm", "contrast", "It goes with the square of the number of grey levels."),
    ("ngtdm", "contrast", "It is another feature than contrast of the glcm."),
    ("ngtdm", "coarseness", "10⁶ stands for infinity: leave such values out of means."),
    ("gldzm", "", "PyRadiomics has no such family."),
    ("ngldm", "percentage", "It is 1 by its definition, and no feature to select."),
    ("ngldm", "", "PyRadiomics calls the family gldm."),
)
