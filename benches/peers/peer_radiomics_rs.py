"""radiomics-rs: IBSI profile, PyRadiomics profile, or in PyRadiomics' place."""

import os

import measure
from recipes import PARAMETERS

chosen = measure.arguments()
measure.limit_threads(chosen.threads)
variant = os.environ.get("VARIANT", "ibsi")

import SimpleITK as sitk  # noqa: E402

import radiomics_rs as rr  # noqa: E402
from ours import VARIANTS  # noqa: E402

image, mask = sitk.ReadImage(chosen.image), sitk.ReadImage(chosen.mask)
if variant == "radiomics":
    import radiomics_rs.pyradiomics

    radiomics_rs.pyradiomics.install()
    from radiomics import featureextractor

    extractor = featureextractor.RadiomicsFeatureExtractor(PARAMETERS[chosen.case])
    extractor.threads = chosen.threads

    def run():
        return extractor.execute(image, mask)

else:
    settings = VARIANTS[variant](chosen.case)

    def run():
        return rr.extract(image, mask, settings, threads=chosen.threads).to_dict()


measure.report(f"radiomics-rs {rr.__version__}", run, chosen)
