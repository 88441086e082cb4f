"""PyRadiomics, the reference."""

import logging

import measure
from recipes import PARAMETERS

chosen = measure.arguments()
measure.limit_threads(chosen.threads)

import SimpleITK as sitk  # noqa: E402
from radiomics import __version__, featureextractor  # noqa: E402

logging.getLogger("radiomics").setLevel(logging.CRITICAL)
image, mask = sitk.ReadImage(chosen.image), sitk.ReadImage(chosen.mask)
extractor = featureextractor.RadiomicsFeatureExtractor(PARAMETERS[chosen.case])
measure.report(f"PyRadiomics {__version__.lstrip('v')}", lambda: extractor.execute(image, mask), chosen)
