"""PyRadiomics' values."""

import logging

import agree_common
import SimpleITK as sitk
from radiomics import featureextractor

logging.getLogger("radiomics").setLevel(logging.CRITICAL)


def compute(case, recipe):
    extractor = featureextractor.RadiomicsFeatureExtractor(agree_common.parameters(case, recipe))
    return extractor.execute(sitk.ReadImage(case["image"]), sitk.ReadImage(case["mask"]))


agree_common.run(compute, ("filtered", "native", "interpolated"))
