"""The examples of docs/guides/stability.md run as printed."""

import re
from pathlib import Path

import numpy as np
import pytest

import radiomics_rs as rr
from radiomics_rs.cohort.stability import stability_of

PAGE = Path(__file__).parents[2] / "docs" / "guides" / "stability.md"


@pytest.mark.filterwarnings("ignore::radiomics_rs.RadiomicsWarning")
def test_examples_run():
    names = {}
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S)
    assert len(blocks) == 2
    exec(compile(blocks[0], str(PAGE), "exec"), names)
    found = names["found"]
    assert len(names["tables"]) == 6 * 8
    assert {(row.n, row.k) for row in found} == {(6, 8)}
    assert found["original_intensity_statistics_mean"].icc_2_1 > 0.9
    assert names["stable"]
    assert any(row.feature.startswith("original_glcm_") for row in found)
    assert names["ranked"][0].icc_2_1_low >= names["ranked"][-1].icc_2_1_low
    exec(compile(blocks[1], str(PAGE), "exec"), names)
    assert names["found"]["mean"].icc_2_1 > 0.95


def test_features_without_an_icc_come_last():
    (recipe,) = re.findall(r"^ranked = .*$", PAGE.read_text(encoding="utf-8"), re.M)
    columns = {
        "constant": [1.0] * 6,
        "poor": [1.0, 5, 2, 4, 4, 2],
        "good": [1.0, 1.1, 5, 5, 9, 9.1],
    }
    table = {"case": list("aabbcc"), "scan": [1, 2] * 3, **columns, "same": [2.0] * 6}
    names = {"np": np, "found": rr.icc(table, subjects="case", raters="scan")}
    exec(recipe, names)
    assert [row.feature for row in names["ranked"]] == ["good", "poor", "constant", "same"]


def test_the_list_for_a_table_is_one(tmp_path):
    (block,) = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S)
    (tmp_path / "perturbations.yaml").write_text(block, encoding="utf-8")
    found = stability_of(tmp_path / "perturbations.yaml", rr.Settings())
    assert len(found.plans) == 3
    assert len(found.names) == 4 + 4 + 3
    assert "rotation_13_translation_0.75" in found.names
    assert "volume_-0.1_contour_2" in found.names
