"""The examples of the documentation run as printed, and their numbers are NumPy's."""

import re
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk  # noqa: N813

pytestmark = pytest.mark.filterwarnings("ignore::radiomics_rs.RadiomicsWarning")
PAGE = Path(__file__).parents[2] / "docs" / "examples.md"


@pytest.fixture(scope="module")
def found(data):
    """What the page's code leaves behind."""
    names = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(data / "abdomen_ct")
        for block in re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S):
            exec(compile(block, str(PAGE), "exec"), names)
    return names


def voxels(data, name):
    return sitk.GetArrayFromImage(sitk.ReadImage(str(data / "abdomen_ct" / name)))


def test_phases(found, data):
    change = found["wash_in"]["delta-native-arterial_intensity_statistics_mean"]
    assert change == pytest.approx(40, abs=1e-9)
    change = found["wash_out"]["delta-arterial-portal_intensity_statistics_mean"]
    assert change == pytest.approx(-60, abs=1e-9)
    change = found["wash_in"]["delta-native-arterial_intensity_statistics_variance"]
    assert change == pytest.approx(0, abs=1e-6)
    image = voxels(data, "image.nii.gz").astype(np.float64)
    rim = found["rim"].mask.voxels > 0
    mean = found["of_rim"]["portal_intensity_statistics_mean"]
    assert mean == pytest.approx(image[rim].mean() + 50)
    # The ball is near enough to one of 15 mm, and its rim lies in the liver outside of it.
    liver = voxels(data, "labels.nii.gz") == 5
    tumour = found["tumour"].mask.voxels > 0
    assert tumour.sum() * 27 == pytest.approx(4 / 3 * np.pi * 15**3, rel=0.2)
    assert not (rim & tumour).any()
    assert not (rim & ~liver).any()


def test_body_composition(found, data):
    image = voxels(data, "image.nii.gz").astype(np.float64)
    for tissue, name in (("muscle", "skeletal_muscle"), ("fat", "subcutaneous_fat")):
        inside = voxels(data, f"{name}.nii.gz") > 0
        assert found["mean_hu"][tissue] == pytest.approx(image[inside].mean())
        assert found["volume_ml"][tissue] == pytest.approx(inside.sum() * 0.027)
    muscle = voxels(data, "skeletal_muscle.nii.gz") > 0
    np.testing.assert_allclose(found["area_cm2"], [s.sum() * 0.09 for s in muscle])
    area = found["table"]["original_morphology_2d_pixel_surface"] / 100
    assert area == pytest.approx(found["area_cm2"][12])
