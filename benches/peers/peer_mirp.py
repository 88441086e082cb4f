"""MIRP; it reads the files within the time."""

import logging
import warnings
from importlib.metadata import version

import measure

chosen = measure.arguments()
measure.limit_threads(chosen.threads)
warnings.filterwarnings("ignore")
logging.disable(logging.CRITICAL)

from mirp import extract_features  # noqa: E402

FAMILIES = ["morphological", "statistics", "glcm", "glrlm", "glszm", "ngldm", "ngtdm"]
BINS = {
    "base_discretisation_method": "fixed_bin_size",
    "base_discretisation_bin_width": 25.0,
    "resegmentation_intensity_range": [-1000.0, 5000.0],
}
AVERAGED = {"glcm_spatial_method": "3d_average", "glrlm_spatial_method": "3d_average"}
MERGED = {"glcm_spatial_method": "3d_volume_merge", "glrlm_spatial_method": "3d_volume_merge"}
CASES = {
    "A": {**BINS, **AVERAGED, "base_feature_families": FAMILIES},
    "C": {
        **BINS,
        **AVERAGED,
        "base_feature_families": FAMILIES,
        "new_spacing": 1.0,
        "spline_order": 3,
        "anti_aliasing": False,
        "filter_kernels": ["laplacian_of_gaussian", "separable_wavelet"],
        "laplacian_of_gaussian_sigma": [1.0, 2.0, 3.0, 4.0, 5.0],
        "separable_wavelet_families": "coif1",
        "separable_wavelet_set": "all",
        "separable_wavelet_rotation_invariance": False,
        "response_map_feature_families": FAMILIES[1:],
        "response_map_discretisation_method": "fixed_bin_size",
        "response_map_discretisation_bin_width": 25.0,
    },
    "E": {
        **BINS,
        **MERGED,
        "resegmentation_intensity_range": [-1000.0, 400.0],
        "base_feature_families": "all",
        "new_spacing": 2.0,
        "spline_order": 1,
        "anti_aliasing": False,
        "ivh_discretisation_method": "fixed_bin_size",
        "ivh_discretisation_bin_width": 2.5,
    },
}
CASES["B"] = {**CASES["A"], "base_feature_families": FAMILIES[1:]}
CASES["cold"] = CASES["A"]


def run():
    found = extract_features(
        image=chosen.image,
        mask=chosen.mask,
        image_modality="CT",
        write_features=False,
        export_features=True,
        **CASES[chosen.case],
    )
    return found[0].select_dtypes("number").iloc[0].to_dict()


measure.report(f"MIRP {version('mirp')}", run, chosen)
