"""pictologics' values; its texture is merged over the directions of the volume."""

import os
import warnings

import agree_common

# What is not called need not be compiled.
os.environ.setdefault("PICTOLOGICS_DISABLE_WARMUP", "1")
warnings.filterwarnings("ignore")

import pictologics  # noqa: E402

FAMILIES = ["intensity", "morphology", "texture", "histogram", "ivh"]


def step(name, **parameters):
    return {"step": name, "params": parameters}


def compute(case, recipe):
    image, mask = pictologics.load_image(case["image"]), pictologics.load_image(case["mask"])
    steps = []
    if recipe == "interpolated":
        how = {"interpolation": "linear", "mask_interpolation": "linear"}
        steps.append(step("resample", new_spacing=(2.0, 2.0, 2.0), **how))
    steps += [
        # By its default the morphological mask would lose voxels, too; IBSI keeps that one whole.
        step("resegment", range_min=case["lowest"], range_max=case["highest"], apply_to="intensity"),
        step("discretise", method="FBS", bin_width=case["width"], min_val=case["lowest"]),
        step(
            "extract_features",
            families=FAMILIES,
            include_spatial_intensity=True,
            include_local_intensity=True,
            ivh_discretisation={"method": "FBN", "n_bins": 1000},
        ),
    ]
    pipeline = pictologics.RadiomicsPipeline()
    pipeline.add_config("case", steps)
    return dict(pipeline.run(image, mask, config_names=["case"])["case"])


agree_common.run(compute, ("native", "interpolated"))
