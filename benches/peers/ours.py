"""The cases as settings of radiomics-rs.

    python benches/peers/ours.py CASE ibsi

prints those of a case as JSON, by which the command computes it.
"""

import sys

import radiomics_rs as rr

FAMILIES = list(dict.fromkeys(row["family"] for row in rr.features() if row["family_ibsi_id"]))
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


def ibsi(case):
    merged = {"aggregations": ["3D_merged", "3D"]}
    if case == "E":
        return rr.Settings.ibsi_configuration("C").replace(**merged)
    if case == "C":
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


def pyradiomics(case):
    more = {"resample_spacing_mm": 1, "filters": PYRADIOMICS_FILTERS} if case == "C" else {}
    return rr.Settings(profile="pyradiomics", bin_width=25, **more)


#: The settings of a case, by what run.py calls them.
VARIANTS = {"ibsi": ibsi, "pyradiomics": pyradiomics}

if __name__ == "__main__":
    case, variant = sys.argv[1:]
    print(VARIANTS[variant](case).to_json())
