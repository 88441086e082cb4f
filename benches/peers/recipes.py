"""The cases in PyRadiomics' words, for all packages that read them."""

CLASSES = ["firstorder", "shape", "glcm", "glrlm", "glszm", "gldm", "ngtdm"]

NATIVE = {
    "imageType": {"Original": {}},
    "featureClass": {name: [] for name in CLASSES},
    "setting": {"binWidth": 25, "additionalInfo": False},
}

FILTERED = {
    **NATIVE,
    "imageType": {
        "Original": {},
        "LoG": {"sigma": [1.0, 2.0, 3.0, 4.0, 5.0]},
        "Wavelet": {"wavelet": "coif1", "level": 1},
    },
    "setting": {
        "binWidth": 25,
        "resampledPixelSpacing": [1, 1, 1],
        "interpolator": "sitkBSpline",
        "additionalInfo": False,
    },
}

#: {case: parameters}; PyRadiomics has no IBSI configuration C.
PARAMETERS = {"A": NATIVE, "B": NATIVE, "C": FILTERED, "cold": NATIVE}
