"""Z-Rad's values: the six aggregations of its texture, and its filters."""

import warnings

import agree_common

warnings.filterwarnings("ignore")

from zrad import preprocessing as steps  # noqa: E402
from zrad.image import Image  # noqa: E402
from zrad.radiomics import Radiomics  # noqa: E402

TEXTURE = ["glcm", "glrlm", "glszm", "gldzm", "ngtdm", "ngldm"]
REST = ["morphology", "local_intensity", "intensity_statistics", "intensity_histogram", "ivh"]
AGGREGATIONS = [
    ("3D", "MERG"),
    ("3D", "AVER"),
    ("2D", "SLICE_MERG"),
    ("2D", "AVER"),
    ("2.5D", "DIR_MERG"),
    ("2.5D", "MERG"),
]


def compute(case, recipe):
    image = Image.from_nifti(case["image"])
    mask = Image.from_nifti_mask(case["mask"], reference=image)
    chain = []
    if recipe == "interpolated":
        chain += [steps.ImageResampler(2.0, "linear"), steps.MaskResampler(2.0, "linear", 0.5)]
    chain += [
        steps.IntensityMaskBuilder(),
        steps.Resegmenter(intensity_range=(case["lowest"], case["highest"])),
        steps.TextureDiscretizer(bin_size=case["width"]),
        steps.IVHIntensityDiscretizer("fixed_bin_number", number_of_bins=1000),
    ]
    named = [(str(number), step) for number, step in enumerate(chain)]
    roi = steps.Pipeline(named).apply(steps.RoiData(image=image, morphological_mask=mask))
    found = {}
    for dimension, method in AGGREGATIONS if recipe == "native" else AGGREGATIONS[:1]:
        families = TEXTURE + (REST if (dimension, method) == ("3D", "MERG") else [])
        chosen = Radiomics(aggr_dim=dimension, aggr_method=method)
        found |= chosen.extract_features(roi, families=families)
    return found


agree_common.run(compute, ("native", "interpolated"))
