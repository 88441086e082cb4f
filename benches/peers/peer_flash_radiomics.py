"""flash-radiomics: a new extractor for each run, since it keeps what it has computed of a case."""

import copy
import logging
import os
import tempfile

import measure
from recipes import PARAMETERS

chosen = measure.arguments()
measure.limit_threads(chosen.threads)

import flash_radiomics  # noqa: E402
import SimpleITK as sitk  # noqa: E402

logging.getLogger("flash_radiomics").setLevel(logging.CRITICAL)
image, mask = sitk.ReadImage(chosen.image), sitk.ReadImage(chosen.mask)
folder = tempfile.mkdtemp()


def run():
    extractor = flash_radiomics.RadiomicsFeatureExtractor(
        copy.deepcopy(PARAMETERS[chosen.case]), backend="cpu", num_threads=chosen.threads
    )
    return extractor.execute(image, mask, label=1, output_hdf5_path=os.path.join(folder, "out.h5"))


measure.report(f"flash-radiomics {flash_radiomics.__version__}", run, chosen)
