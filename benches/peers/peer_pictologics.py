"""pictologics; its steps say what a case does."""

import itertools
import warnings

import measure

chosen = measure.arguments()
measure.limit_threads(chosen.threads)
warnings.filterwarnings("ignore")

import numpy as np  # noqa: E402
import pictologics  # noqa: E402

pictologics.set_num_threads(chosen.threads)
image, mask = pictologics.load_image(chosen.image), pictologics.load_image(chosen.mask)
lowest = float(np.floor(image.array[mask.array > 0].min() / 25) * 25)
WITHOUT_IVH = ["intensity", "morphology", "texture", "histogram"]


def step(name, **parameters):
    return {"step": name, "params": parameters}


def features(families, spatial=False, **more):
    return step(
        "extract_features",
        families=families,
        include_spatial_intensity=spatial,
        include_local_intensity=spatial,
        **more,
    )


def bins(lowest):
    return step("discretise", method="FBS", bin_width=25.0, min_val=lowest)


def configurations():
    if chosen.case == "E":
        resample = step(
            "resample",
            new_spacing=(2.0, 2.0, 2.0),
            interpolation="linear",
            mask_interpolation="linear",
            round_intensities=True,
        )
        ivh = {
            "ivh_discretisation": {"method": "FBS", "bin_width": 2.5, "min_val": -1000},
            "ivh_params": {"target_range_max": 400},
        }
        range_ = step("resegment", range_min=-1000, range_max=400)
        all_ = features([*WITHOUT_IVH, "ivh"], True, **ivh)
        return {"C": [step("binarize_mask", threshold=0.5), resample, range_, bins(-1000.0), all_]}
    if chosen.case == "C":
        resample = step("resample", new_spacing=(1.0, 1.0, 1.0), interpolation="cubic")
        found = {"original": [resample, bins(lowest - 200), features(WITHOUT_IVH)]}
        of_response = features(["intensity", "texture", "histogram"])
        for sigma in (1.0, 2.0, 3.0, 4.0, 5.0):
            log = step("filter", type="log", sigma_mm=sigma)
            found[f"log{sigma:g}"] = [resample, log, bins(-1500.0), of_response]
        for band in map("".join, itertools.product("LH", repeat=3)):
            wavelet = step("filter", type="wavelet", wavelet="coif1", decomposition=band, level=1)
            found[f"wavelet{band}"] = [resample, wavelet, bins(-3000.0), of_response]
        return found
    return {"native": [bins(lowest), features([*WITHOUT_IVH, "ivh"])]}


def run():
    pipeline = pictologics.RadiomicsPipeline()
    chosen_steps = configurations()
    for name, steps in chosen_steps.items():
        pipeline.add_config(name, steps)
    found = pipeline.run(image, mask, config_names=list(chosen_steps))
    return {f"{name}_{key}": value for name, series in found.items() for key, value in series.items()}


measure.report(f"pictologics {pictologics.__version__}", run, chosen)
