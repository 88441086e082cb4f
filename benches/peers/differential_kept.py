"""Differences with PyRadiomics that stay, each with its reason (docs/pyradiomics.md has them, too)."""

import re

#: What only one of both says instead of values: (reason, PyRadiomics' text, ours).
ERRORS = (
    ("a mask that fills its image", r"No labels found in this mask", "values"),
    ("more grey levels than PyRadiomics has memory for", r"^MemoryError", "values"),
    ("the exponential of an image of zeros is 1, not NaN", r"range of \[nan, nan\] is not finite", "values"),
    ("NaN among the grey levels is refused", "values", r"grey levels run from nan to nan"),
)


def reason_of_error(theirs, ours):
    """Why only one of both has values; None if that is new."""
    for reason, their_text, our_text in ERRORS:
        if re.search(their_text, theirs) and re.search(our_text, ours):
            return reason
    return None


def reason_of_value(key, theirs, ours, values):
    """Why a value differs, `values` being all of PyRadiomics' for the case; None if that is new."""
    image, family, feature = key.rsplit("_", 2)
    if image.startswith("lbp-3D-"):
        return "LBP3D: rounding decides where neighbours are equal, or patterns lie on an edge or at a percentile"
    if family == "shape" and theirs == "complex":
        return "axes of flat regions are complex numbers in PyRadiomics"
    if feature in ("Skewness", "Kurtosis") and all_but_flat(image, values):
        return "moments of a region that is flat but for rounding"
    if feature == "Correlation" and some_directions(theirs, ours):
        return "Correlation of directions that are flat but for rounding"
    if feature == "Busyness" and ours == 0 and theirs != "nan" and theirs > 1e9:
        return "Busyness with a denominator of 0 but for rounding"
    if feature in ("InverseVariance", "RunEntropy", "RunVariance") and theirs == 0 and ours == "nan":
        return "a region without a pair or a run of voxels, of which PyRadiomics' sums over nothing are 0"
    return None


def all_but_flat(image, values):
    """Whether the grey levels of an image differ by no more than rounding."""
    low, high = (float(values[f"{image}_firstorder_{end}"]) for end in ("Minimum", "Maximum"))
    return high - low < 1e-9 * max(abs(low), abs(high))


def some_directions(theirs, ours):
    """Whether a mean over up to 200 directions has 1 in ours for one to three that are 0 in theirs."""
    return any(
        abs((ours - theirs) * count - flat) < 1e-5 for count in range(1, 201) for flat in range(1, min(4, count + 1))
    )
