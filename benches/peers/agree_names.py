"""Which value of a package is which value of ours: by IBSI's identifiers, or by the tags of its compliance sheet.

Each function takes a package's name and returns our tag, or None if there is nothing to compare it with.
"""

import re

FAMILIES = {
    "morph": "morphology",
    "loc": "local_intensity",
    "stat": "intensity_statistics",
    "ih": "intensity_histogram",
    "ivh": "intensity_volume_histogram",
    "cm": "glcm",
    "rlm": "glrlm",
    "szm": "glszm",
    "dzm": "gldzm",
    "ngt": "ngtdm",
    "ngl": "ngldm",
}
MIRP_METHODS = {
    "2d_avg": "2D_avg",
    "2d_s_mrg": "2D_comb",
    "2.5d_d_mrg": "2_5D_avg",
    "2.5d_v_mrg": "2_5D_comb",
    "3d_avg": "3D_avg",
    "3d_v_mrg": "3D_comb",
    "2d": "2D",
    "2.5d": "2_5D",
    "3d": "3D",
}
#: pictologics' names whose identifier is a misprint of the manual, or stands for two values.
PICTOLOGICS = {
    "10th_discretised": "ih_p10",
    "90th_discretised": "ih_p90",
    "small_zone_emphasis_": "szm_sze_3D",
    "volume_at_intensity_fraction_0.10": "ivh_v10",
    "volume_at_intensity_fraction_0.90": "ivh_v90",
    "intensity_at_volume_fraction_0.10": "ivh_i10",
    "intensity_at_volume_fraction_0.90": "ivh_i90",
    "volume_fraction_difference_between_intensity_0.10": "ivh_diff_v10_v90",
    "intensity_fraction_difference_between_volume_0.10": "ivh_diff_i10_i90",
}
#: Nyxus' names in our tags' words, per matrix.
NYXUS = {
    "GLCM": (
        "cm",
        "ACOR:auto_corr ASM:energy CLUPROM:clust_prom CLUSHADE:clust_shade CLUTEND:clust_tend CONTRAST:contrast "
        "CORRELATION:corr DIFAVE:diff_avg DIFENTRO:diff_entr DIFVAR:diff_var DIS:dissimilarity ID:inv_diff "
        "IDN:inv_diff_norm IDM:inv_diff_mom IDMN:inv_diff_mom_norm INFOMEAS1:info_corr1 INFOMEAS2:info_corr2 "
        "IV:inv_var JAVE:joint_avg JE:joint_entr JMAX:joint_max JVAR:joint_var SUMAVERAGE:sum_avg "
        "SUMENTROPY:sum_entr SUMVARIANCE:sum_var",
    ),
    "GLRLM": (
        "rlm",
        "SRE:sre LRE:lre GLN:glnu GLNN:glnu_norm RLN:rlnu RLNN:rlnu_norm RP:r_perc GLV:gl_var RV:rl_var RE:rl_entr "
        "LGLRE:lgre HGLRE:hgre SRLGLE:srlge SRHGLE:srhge LRLGLE:lrlge LRHGLE:lrhge",
    ),
    "GLSZM": (
        "szm",
        "SAE:sze LAE:lze GLN:glnu GLNN:glnu_norm SZN:zsnu SZNN:zsnu_norm ZP:z_perc GLV:gl_var ZV:zs_var ZE:zs_entr "
        "LGLZE:lgze HGLZE:hgze SALGLE:szlge SAHGLE:szhge LALGLE:lzlge LAHGLE:lzhge",
    ),
    "GLDZM": (
        "dzm",
        "SDE:sde LDE:lde LGLZE:lgze HGLZE:hgze SDLGLE:sdlge SDHGLE:sdhge LDLGLE:ldlge LDHGLE:ldhge GLNU:glnu "
        "GLNUN:glnu_norm ZDNU:zdnu ZDNUN:zdnu_norm ZP:z_perc GLV:gl_var ZDV:zd_var ZDE:zd_entr",
    ),
    "NGLDM": (
        "ngl",
        "LDE:lde HDE:hde LGLCE:lgce HGLCE:hgce LDLGLE:ldlge LDHGLE:ldhge HDLGLE:hdlge HDHGLE:hdhge GLNU:glnu "
        "GLNUN:glnu_norm DCNU:dcnu DCNUN:dcnu_norm DCP:dc_perc GLV:gl_var DCV:dc_var DCENT:dc_entr DCENE:dc_energy",
    ),
    "NGTDM": (
        "ngt",
        "COARSENESS:coarseness CONTRAST:contrast BUSYNESS:busyness COMPLEXITY:complexity STRENGTH:strength",
    ),
}
NYXUS_REST = {
    "MEAN": "stat_mean",
    "VARIANCE_BIASED": "stat_var",
    "SKEWNESS": "stat_skew",
    "EXCESS_KURTOSIS": "stat_kurt",
    "MEDIAN": "stat_median",
    "MIN": "stat_min",
    "P10": "stat_p10",
    "P90": "stat_p90",
    "MAX": "stat_max",
    "INTERQUARTILE_RANGE": "stat_iqr",
    "RANGE": "stat_range",
    "MEAN_ABSOLUTE_DEVIATION": "stat_mad",
    "MEDIAN_ABSOLUTE_DEVIATION": "stat_medad",
    "ROBUST_MEAN_ABSOLUTE_DEVIATION": "stat_rmad",
    "QCOD": "stat_qcod",
    "COV": "stat_cov",
    "ENERGY": "stat_energy",
    "ROOT_MEAN_SQUARED": "stat_rms",
    "UNIFORMITY": "ih_uniformity",
    "ENTROPY": "ih_entropy",
    "MODE": "ih_mode",
    "AREA": "morph_area_mesh",
    "AREA_2_VOLUME": "morph_av",
    "COMPACTNESS1": "morph_comp_1",
    "COMPACTNESS2": "morph_comp_2",
    "MESH_VOLUME": "morph_volume",
    "SPHERICAL_DISPROPORTION": "morph_sph_dispr",
    "SPHERICITY": "morph_sphericity",
    "VOXEL_VOLUME": "morph_vol_approx",
    "MAJOR_AXIS_LEN": "morph_pca_maj_axis",
    "MINOR_AXIS_LEN": "morph_pca_min_axis",
    "LEAST_AXIS_LEN": "morph_pca_least_axis",
    "ELONGATION": "morph_pca_elongation",
    "FLATNESS": "morph_pca_flatness",
}


def family(tag):
    """The family of a tag, or of a name of PyRadiomics."""
    if "_" not in tag:
        return tag
    head = tag.split("_")
    return FAMILIES.get(head[0], head[1])


def same(name, _ids):
    """Names that are tags already."""
    return name


def mirp(name, _ids):
    """`cm_contrast_d1_3d_v_mrg_fbs_w25.0` and the like."""
    if name.split("_")[0] not in FAMILIES:
        return None
    name = re.sub(r"_(fbs|fbn)_[wn][0-9.]+$", "", name)
    name = re.sub(r"_d1(?:\.0)?(?=_|$)|_a0(?:\.0)?(?=_|$)", "", name)
    for method in sorted(MIRP_METHODS, key=len, reverse=True):
        if name.endswith("_" + method):
            return f"{name[: -len(method) - 1]}_{MIRP_METHODS[method]}"
    return name


def pictologics(name, ids):
    """Names that end in IBSI's identifier."""
    for part, tag in PICTOLOGICS.items():
        if name.startswith(part):
            return tag
    return ids.get(name.rsplit("_", 1)[-1])


def nyxus(name, _ids):
    """`3GLCM_CONTRAST_AVE` is averaged over the directions of the volume, `3GLCM_CONTRAST` of the first one."""
    name = name.removeprefix("3")
    if name in NYXUS_REST:
        return NYXUS_REST[name]
    matrix, _, rest = name.partition("_")
    if matrix not in NYXUS:
        return None
    directional = matrix in ("GLCM", "GLRLM")
    if directional and not rest.endswith("_AVE"):
        return None
    stem, words = NYXUS[matrix]
    words = dict(pair.split(":") for pair in words.split())
    word = words.get(rest.removesuffix("_AVE"))
    if word is None:
        return None
    return f"{stem}_{word}_3D{'_avg' if directional else ''}"
