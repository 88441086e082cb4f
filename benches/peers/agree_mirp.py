"""MIRP's values, without its approximations; it reads the files itself.

It takes half a minute for a region of 200 voxels: it is not asked for interpolated ones as well.
"""

import logging
import warnings

import agree_common

warnings.filterwarnings("ignore")
logging.disable(logging.CRITICAL)

from mirp import extract_features  # noqa: E402

DIRECTIONAL = ["2d_average", "2d_slice_merge", "2.5d_direction_merge", "2.5d_volume_merge"]
DIRECTIONAL += ["3d_average", "3d_volume_merge"]
SLICES = ["2d", "2.5d", "3d"]


def compute(case, _recipe):
    found = extract_features(
        image=case["image"],
        mask=case["mask"],
        write_features=False,
        export_features=True,
        no_approximation=True,
        base_feature_families="all",
        base_discretisation_method="fixed_bin_size",
        base_discretisation_bin_width=case["width"],
        resegmentation_intensity_range=[case["lowest"], case["highest"]],
        ivh_discretisation_method="fixed_bin_number",
        ivh_discretisation_n_bins=1000,
        glcm_spatial_method=DIRECTIONAL,
        glrlm_spatial_method=DIRECTIONAL,
        **{f"{family}_spatial_method": SLICES for family in ("glszm", "gldzm", "ngtdm", "ngldm")},
    )
    return found[0].select_dtypes("number").iloc[0].to_dict()


agree_common.run(compute, ("native",))
