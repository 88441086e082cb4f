"""radiomics-rs: IBSI profile, PyRadiomics profile, or in PyRadiomics' place."""

import os

import measure
from recipes import PARAMETERS

chosen = measure.arguments()
measure.limit_threads(chosen.threads)
variant = os.environ.get("VARIANT", "ibsi")

import SimpleITK as sitk  # noqa: E402

import radiomics_rs as rr  # noqa: E402

image, mask = sitk.ReadImage(chosen.image), sitk.ReadImage(chosen.mask)
FILTERS = [
    "original",
    {"laplacian_of_gaussian": {"sigma_mm": [1, 2, 3, 4, 5]}},
    {"separable_wavelet": {"wavelet": "coif1", "subband": [a + b + c for a in "LH" for b in "LH" for c in "LH"]}},
]
PYRADIOMICS_FILTERS = [
    "original",
    {"laplacian_of_gaussian": {"sigma_mm": [1, 2, 3, 4, 5], "method": "recursive"}},
    {
        "separable_wavelet": {
            "wavelet": "coif1",
            "subband": [a + b + c for a in "LH" for b in "LH" for c in "LH"],
            "decomposition": "repeated",
            "boundary": "periodic",
        }
    },
]


#: Moran's I and Geary's C.
SPATIAL = ("N365", "NPT7")


def ibsi():
    merged = {"aggregations": ["3D_merged", "3D"]}
    if chosen.case == "E":
        return rr.Settings.ibsi_configuration("C").replace(**merged)
    if chosen.case == "C":
        return rr.Settings(
            bin_width=25,
            resample_spacing_mm=1,
            image_interpolation="cubic_spline",
            filters=FILTERS,
            families=[name for name in FAMILIES if name not in ("local_intensity", "intensity_volume_histogram")],
            **merged,
        )
    # What the other packages compute here: without spatial autocorrelation and local peaks.
    features = [
        f"{row['family']}.{row['feature']}"
        for row in rr.features()
        if row["ibsi_id"] and row["family"] != "local_intensity" and row["ibsi_id"] not in SPATIAL
    ]
    return rr.Settings(bin_width=25, bin_anchor="multiple_of_width", features=features, **merged)


def pyradiomics():
    more = {"resample_spacing_mm": 1, "filters": PYRADIOMICS_FILTERS} if chosen.case == "C" else {}
    return rr.Settings(profile="pyradiomics", bin_width=25, **more)


FAMILIES = list(dict.fromkeys(row["family"] for row in rr.features() if row["family_ibsi_id"]))

if variant == "radiomics":
    import radiomics_rs.pyradiomics

    radiomics_rs.pyradiomics.install()
    from radiomics import featureextractor

    extractor = featureextractor.RadiomicsFeatureExtractor(PARAMETERS[chosen.case])
    extractor.threads = chosen.threads

    def run():
        return extractor.execute(image, mask)

else:
    settings = ibsi() if variant == "ibsi" else pyradiomics()

    def run():
        return rr.extract(image, mask, settings, threads=chosen.threads).to_dict()


measure.report(f"radiomics-rs {rr.__version__}", run, chosen)
