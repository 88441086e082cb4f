"""oracle: the matrices that the classes show give PyRadiomics' own feature values."""

import numpy as np
import pytest

import pyradiomics_golden as golden
from radiomics_rs.pyradiomics import getFeatureClasses, imageoperations
from radiomics_rs.pyradiomics.featureextractor import RadiomicsFeatureExtractor

pytestmark = pytest.mark.skipif(not golden.FOLDER.is_dir(), reason=golden.REASON)

CASES = [
    f"{name}_{case}"
    for name, cases in {
        "brain1": ["01_default", "05_force2D_dim0", "05c_force2D_dim2", "05f_2Dimage_shape2D"],
        "breast1": ["01_default", "02_binCount32", "07_dist123_euclidean", "07_dist123_manhattan"],
        "prostate": ["01_default", "02_binCount32"],
    }.items()
    for case in cases
] + ["brain1_07c_gldm_a1", "breast1_07_dist123_infinity", "breast1_07_dist123_no_weighting"]


def mean(values):
    """The mean over directions."""
    return np.mean(values[0])


def glcm(P, of):
    return {
        "Contrast": mean((P * ((of["i"] - of["j"])[..., None]) ** 2).sum((1, 2))),
        "JointEntropy": mean(of["HXY"]),
        "DifferenceAverage": mean((of["pxSuby"] * of["kValuesDiff"][:, None]).sum(1)),
        "SumAverage": mean((of["pxAddy"] * of["kValuesSum"][:, None]).sum(1)),
        "JointAverage": np.mean(of["ux"]),
    }


def glrlm(P, of):
    i, j = of["ivector"][:, None], of["jvector"][:, None]
    return {
        "GrayLevelNonUniformity": mean((of["pg"] ** 2).sum(1) / of["Nr"]),
        "LongRunEmphasis": mean((of["pr"] * j**2).sum(1) / of["Nr"]),
        "HighGrayLevelRunEmphasis": mean((of["pg"] * i**2).sum(1) / of["Nr"]),
        "RunPercentage": mean(of["Nr"] / (of["pr"] * j).sum(1)),
    }


def glszm(P, of):
    return {
        "GrayLevelNonUniformity": (of["pg"] ** 2).sum() / of["Nz"][0],
        "LargeAreaEmphasis": (of["ps"] * of["jvector"] ** 2).sum() / of["Nz"][0],
        "ZonePercentage": (of["Nz"] / of["Np"])[0],
    }


def gldm(P, of):
    return {
        "GrayLevelNonUniformity": (of["pg"] ** 2).sum() / of["Nz"][0],
        "LargeDependenceEmphasis": (of["pd"] * of["jvector"] ** 2).sum() / of["Nz"][0],
    }


def ngtdm(P, of):
    return {
        "Coarseness": 1 / (of["p_i"] * of["s_i"]).sum(),
        "Strength": (
            (of["p_i"][0][:, None] + of["p_i"]) * (of["ivector"][0][:, None] - of["ivector"]) ** 2
        ).sum()
        / of["s_i"].sum(),
    }


@pytest.mark.parametrize("name", CASES)
def test_features_from_matrices(name):
    expected = golden.load(name)
    extractor = RadiomicsFeatureExtractor(expected["params"])
    image, mask = extractor.loadImage(*golden.files(expected), **extractor.settings)
    box, _ = imageoperations.checkMask(image, mask, **extractor.settings)
    image, mask = imageoperations.cropToTumorMask(image, mask, box)
    for feature_class in (glcm, glrlm, glszm, gldm, ngtdm):
        key = feature_class.__name__
        if key not in extractor.enabledFeatures:
            continue
        texture = getFeatureClasses()[key](image, mask, **extractor.settings)
        texture._initCalculation()
        ours = feature_class(getattr(texture, f"P_{key}"), texture.coefficients)
        theirs = {feature: expected["features"][f"original_{key}_{feature}"] for feature in ours}
        assert {k: v.item() for k, v in ours.items()} == pytest.approx(theirs, rel=1e-12), key
