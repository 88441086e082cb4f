"""Write the values that PyRadiomics gives of sparse, thin and flat regions, for a test to compare with.

usage: PYTHON benches/peers/degenerate_values.py > radiomics-py/tests/data/pyradiomics_degenerate.csv

PYTHON is one that has PyRadiomics 3.0.1 (see README.md here).
"""

import csv
import logging
import sys
from pathlib import Path

import radiomics
import SimpleITK as sitk
from radiomics.featureextractor import RadiomicsFeatureExtractor

sys.path.insert(0, str(Path(__file__).parents[2] / "radiomics-py" / "tests"))

from degenerate_regions import CLASSES, SETTING, regions  # noqa: E402


def main():
    """One line per region and feature."""
    logging.disable(logging.CRITICAL)
    if not radiomics.__version__.startswith("v3.0.1"):
        sys.exit(f"PyRadiomics {radiomics.__version__}: the values are those of 3.0.1")
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(["region", "feature", "value"])
    for name, (voxels, labels, spacing, further) in regions().items():
        image, mask = sitk.GetImageFromArray(voxels), sitk.GetImageFromArray(labels)
        image.SetSpacing(spacing)
        mask.SetSpacing(spacing)
        classes = {family: None for family in CLASSES}
        parameters = {"setting": {**SETTING, **further}, "featureClass": classes}
        for feature, value in RadiomicsFeatureExtractor(parameters).execute(image, mask).items():
            if not feature.startswith("diagnostics_"):
                out.writerow([name, feature, repr(float(value))])


if __name__ == "__main__":
    main()
