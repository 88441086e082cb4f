"""Why values differ by more than 10⁻⁶: whose the difference is, why, and where that can be read."""

import math
import re
from typing import NamedTuple

VERSIONS = {
    "PyRadiomics": "3.0.1",
    "MIRP": "2.5.0",
    "pictologics": "0.9.0",
    "Z-Rad": "26.9.0",
    "Nyxus": "0.11.0",
    "SciPy and scikit-image": "1.17, 0.26",
}


class Reason(NamedTuple):
    """Why a package differs, in which values."""

    package: str
    recipe: str
    tags: str
    why: str
    source: str
    #: Regions in which that is so.
    cases: str = ".*"
    #: The largest deviation that comes of it.
    most: float = math.inf


ANY = ".*"
#: What is computed of the surface mesh.
MESH = r"^morph_(volume|area_mesh|av|comp_\d|sph\w*|asphericity|(vol|area)_dens_\w+|integ_int)$"
SKIMAGE = (
    "Both: where two corners of a cube's face lie across from each other, the surface may connect or part them. "
    "scikit-image (Lewiner) decides cube by cube, we part what is inside (`mesh_faces`). IBSI takes either."
)
REASONS = (
    Reason(
        "Z-Rad",
        ANY,
        r"_2D(_avg|_comb)?$|_2_5D(_avg|_comb)?$",
        "Theirs: slices in which the region has fewer than 9 voxels, or a box narrower than 3, are left out of 2D and 2.5D "
        "aggregations. IBSI has no such rule. In regions without such slices all of these values are the same.",
        "`zrad/preprocessing/masks.py`, `RoiMaskValidator`",
    ),
    Reason(
        "Z-Rad",
        "interpolated",
        r"^(cm|rlm|szm|dzm|ngt|ngl|ih)_|^stat_rmad$",
        "Both: what lies on the edge of a bin, or at a percentile, after interpolation is decided by rounding. With fractions 83 voxels of "
        "CT_small_bowel are on an edge and the mean level is 14.7807; ours is 14.7722, theirs 14.7714 (CT_gallbladder: 170 voxels; "
        "25.6235, ours 25.6111, theirs 25.6048). The masks are the same, and all other intensities. With voxels of "
        "3.0137 × 2.991 × 3.0071 mm, which put none on an edge, all of these values are the same.",
        "IBSI, *Interpolation* (it rounds CT to whole HU for that reason); seen",
        cases="CT_(small_bowel|gallbladder)",
    ),
    Reason(
        "Z-Rad",
        "interpolated",
        ANY,
        "Theirs: the new grid does not share its centre with the image where an axis runs against that of the patient: the shift of the "
        "first voxel is added to the origin without the direction of the axes. These images run from left to right and from back to "
        "front, and the grid is 1 or 2 mm off (2 mm, a whole voxel, for odd numbers of voxels: CT_small_bowel and CT_gallbladder do not "
        "show it). With the direction taken out of the files, a second cause remains, rounding: voxels that the mask fills to one half "
        "(121 in CT_rib_left_10) are lost there; by fractions it has our 702 voxels, theirs 632. In all 18 regions our mask has the "
        "voxels that fractions give. With voxels of 3.0137 × 2.991 × 3.0071 mm as well, which put none at one half or on the edge of a "
        "bin, all values of the 18 regions are the same but those of the mesh.",
        "IBSI UMPJ; `zrad/preprocessing/interpolation.py`, `_calculate_resampled_origin`; seen",
        cases=r"CT_(?!small_bowel$|gallbladder$).*",
    ),
    Reason("Z-Rad", ANY, MESH, SKIMAGE, "IBSI HCUG; `zrad/radiomics/morphology.py`, `measure.marching_cubes`"),
    Reason(
        "Z-Rad",
        "native",
        r"^ih_mode$",
        "Ours by IBSI: of several most frequent levels the one nearest to the mean; `np.argmax` takes the lowest. In STS_019_PET levels "
        "9, 11 and 12 have 17 voxels each, and the mean is 12.5; in STS_025_PET levels 8 and 10 have 65, and it is 10.3.",
        "IBSI AMMC; `zrad/radiomics/intensity.py`, `_histogram_mode`; seen",
        cases="STS_0(19|25)_PET",
    ),
    Reason("SciPy and scikit-image", ANY, MESH, SKIMAGE, "IBSI HCUG; `skimage.measure.marching_cubes`"),
    Reason(
        "SciPy and scikit-image",
        ANY,
        r"^ih_mode$",
        "Ours by IBSI: of several most frequent levels the one nearest to the mean; NumPy's `argmax` takes the lowest. In STS_019_PET "
        "levels 9, 11 and 12 have 17 voxels each, and the mean is 12.5.",
        "IBSI AMMC; seen",
    ),
    Reason(
        "MIRP",
        ANY,
        MESH,
        f"{SKIMAGE} By scikit-image's two methods, Lewiner and Lorensen, come MIRP's values and ours, to the last digits.",
        "IBSI HCUG; `mirp/_features/morph_3d_data.py`; seen",
    ),
    Reason(
        "MIRP",
        ANY,
        r"^cm_inv_var_",
        "Theirs: a slice or direction in which all pairs are of equal grey levels has no inverse variance and is left out of the "
        "mean. By the formula it is a sum of nothing: we count 0.",
        "IBSI E8JP; `mirp/_features/cm_features.py`, `FeatureCMInverseVariance`",
    ),
    Reason(
        "MIRP",
        ANY,
        r"^cm_info_corr1_",
        "Theirs: 1 where all pairs are of one grey level, and this is part of the mean. The measure is 0 or below otherwise; "
        "we count 0.",
        "IBSI R8DG; `mirp/_features/cm_features.py`, `FeatureCMInformationCorrelation1`",
    ),
    Reason(
        "MIRP",
        ANY,
        r"^(stat|ih)_(skew|kurt)$|^morph_(com|moran_i)$",
        "Theirs: intensities and grey levels are 32-bit floats, and so are sums of them, which costs up to half of their seven digits. "
        "The same sums in 32 bits give MIRP's skewness, kurtosis, Moran's I and shift of the centre of mass to the last digit, in 64 "
        "bits ours.",
        "`mirp/_features/stat_features.py`, `ih_features.py`, `morph_3d_data.py`; seen",
        most=2e-5,
    ),
    Reason(
        "MIRP",
        ANY,
        r"^loc_peak_(loc|glob)$",
        "Theirs: in regions of more than 300 voxels a sphere that reaches beyond the image counts the voxel at its border several times "
        "(`mode` is `nearest`); in smaller ones MIRP takes the voxels that there are, as we do, Z-Rad and pictologics. Either rule gives "
        "the values of those who follow it in all 15 regions.",
        "IBSI VJGA, 0F91; `mirp/_features/local_intensity_features.py`, `_filter_compute`; seen",
    ),
    Reason(
        "MIRP",
        ANY,
        r"^ngt_busyness_2D$",
        "Both: a slice in which all products of level and probability are equal has no busyness, for the divisor is 0. MIRP counts 0, we "
        "leave it out of the mean: in STS_012_PET one of 21 slices (level 5 in two thirds of its voxels, level 10 in the others), in "
        "STS_023_PET one of 44. IBSI has a rule for a single level only.",
        "IBSI NQ30; `mirp/_features/ngtdm_features.py`, `FeatureNGTDMBusyness`; seen",
        cases="STS_0(12|23)_PET",
    ),
    Reason(
        "pictologics",
        "interpolated",
        ANY,
        "Both: what lies on an edge after interpolation is decided by rounding. Voxels of 3 mm become ones of 2 mm: the mask fills 121 "
        "voxels of CT_rib_left_10 to one half; by fractions it has our 702 voxels, without them 581, and theirs 670. Of STS_008_PET half "
        "a plane of voxels lies between two of the image (ours 3,409 voxels, theirs 3,405). Bins: 83 voxels of CT_small_bowel are on an edge; "
        "the mean level is 14.7807 with fractions, ours 14.7722, theirs 14.7719. In all 18 regions of the CT our mask has the voxels "
        "that fractions give. With voxels of 3.0137 × 2.991 × 3.0071 mm the same 18 regions differ for the other reasons here alone, "
        "except one (CT_inferior_vena_cava), of which 13 voxels are at one half there, too.",
        "IBSI, *Interpolation*; `pictologics/preprocessing.py`, `resample_image`; seen",
        cases="CT_.*|STS_008_PET",
    ),
    Reason(
        "pictologics",
        ANY,
        MESH,
        "Both: as with MIRP. Its tables are Paul Bourke's: two voxels with an edge in common and no face are connected (volume 0.667, "
        "in ours 0.333). Of a ball, which has no such voxels, surface and volume are the same to 10⁻¹⁵.",
        "IBSI HCUG; `pictologics/features/_mc_tables.py`; seen",
    ),
    Reason(
        "pictologics",
        ANY,
        r"^(stat|ih)_(p10|p90|iqr|rmad|qcod)$",
        "Both: percentiles are values that occur (`inverted_cdf`), ours lie between two of them. IBSI says no more than which share "
        "of the voxels is below.",
        "IBSI QG58; `pictologics/features/intensity.py`, `_percentile_ranks`",
    ),
    Reason(
        "pictologics",
        ANY,
        r"^ivh_",
        "Theirs: the intensity at a share of the volume is one that occurs; IBSI's is the least of all grey levels, occurring or "
        "not, at which no more than the share is left. Of CT_rib_right_11 the one rule gives 776 and 204, the other 772 and 201.",
        "IBSI GBPN; `pictologics/features/intensity.py`, `calculate_ivh_features`; seen",
    ),
    Reason(
        "pictologics",
        ANY,
        r"^cm_inv_diff(_mom)?_norm_",
        "Theirs: the Ng that differences are divided by is the number of levels from the lowest to the highest that occur (STS_025_PET: "
        "21); by IBSI levels begin at 1, and Ng is the highest (22).",
        "IBSI NDRX, 1QCO; `pictologics/features/texture.py`, `ng_eff`; seen",
        cases="STS_025_PET|CT_iliopsoas_left",
    ),
    Reason(
        "Nyxus",
        ANY,
        r"^(cm|rlm|szm|ih|stat)_.*(entr|info_corr)",
        "Theirs: logarithms are approximated (`fast_log10(p + EPSILON)`).",
        "`src/nyx/features/3d_glcm.cpp`",
    ),
    Reason(
        "Nyxus",
        ANY,
        r"^stat_(p10|p90|iqr|qcod|rmad)$|^ih_mode$",
        "Theirs: percentiles and mode are those of a histogram of its own bins, not of the voxels.",
        "IBSI QG58; `src/nyx/features/3d_intensity.cpp`, `TrivialHistogram`",
    ),
    Reason(
        "Nyxus",
        ANY,
        r"^stat_cov$",
        "Theirs: the standard deviation is that of n − 1; IBSI divides by n.",
        "IBSI 7TET; `src/nyx/features/3d_intensity.cpp`",
    ),
    Reason(
        "Nyxus",
        ANY,
        r"^ngt_",
        "Theirs: all five are 0 in 3D in this version.",
        "seen; `src/nyx/features/3d_ngtdm.cpp` has since been changed",
    ),
    Reason(
        "Nyxus",
        ANY,
        r"^ngl_",
        "Theirs: in this version grey levels and dependences share one sum (its two non-uniformities are the same number), "
        "and voxels at the border of the box are left out.",
        "seen; `src/nyx/features/3d_ngldm.cpp` has since been rewritten",
    ),
    Reason(
        "Nyxus",
        ANY,
        r"^dzm_",
        "Theirs: in this version zones and their distance from the border are not IBSI's: its number of zones is another one than "
        "that of its own GLSZM.",
        "IBSI VMDZ; seen; `src/nyx/features/3d_gldzm.cpp` has since been rewritten",
    ),
    Reason(
        "Nyxus",
        ANY,
        r"^morph_pca_",
        "Theirs: the axes are not in the order of their length: what it calls major, minor and least are our minor, least and major "
        "ones, to the last digits. Elongation and flatness follow.",
        "IBSI TDIC, P9VJ, 7J51; seen",
    ),
    Reason(
        "Nyxus",
        ANY,
        r"^morph_vol_approx$",
        "Theirs: the volume of all voxels of 1 mm³ is no whole number, but 2·10⁻⁶ less.",
        "seen",
    ),
    Reason(
        "Nyxus",
        ANY,
        r"^morph_",
        "Theirs: its surface is no mesh of the mask: its mesh volume is the number that it also gives as volume of the convex hull, "
        "from a third less to nearly three times as much as the voxels have.",
        "IBSI RNU0; seen",
    ),
)


def reason(package, tag, recipe, case, share):
    """The first reason that is of this value, which is so far apart; None if there is none."""
    for found in REASONS:
        of = found.package == package and re.fullmatch(found.recipe, recipe) and re.fullmatch(found.cases, case)
        if of and re.search(found.tags, tag) and share <= found.most:
            return found
    return None
