"""Several images, labels and discretisations in one call have the values of calls of their own."""

import csv
import json

import numpy as np
import pytest
import SimpleITK as sitk  # noqa: N813

import radiomics_rs as rr
from conftest import same

FIELDS = ["image", "family", "feature", "ibsi_id", "aggregation", "value", "status"]
BY_LEVEL = {"intensity_histogram", "glcm", "glrlm", "glszm", "gldzm", "ngtdm", "ngldm"}


def bits(rows):
    """All of a row but what calls and columns are called, and the value to the last bit."""
    return [(r.family, r.feature, r.aggregation, np.float64(r.value).tobytes()) for r in rows]


@pytest.mark.parametrize(
    ("key", "values"),
    [
        ("bin_width", [50, 12.5, 5]),
        ("bin_number", [16, 32]),
        ("bin_edges", [[-100, 200], [-100, 0, 200]]),
    ],
)
def test_each_discretisation_has_the_values_of_a_call_of_its_own(oblique, key, values):
    filters = ["original", "square_root"] if key != "bin_edges" else "original"
    several = rr.extract(*oblique, {key: values}, label=7, filters=filters)
    assert len({row.column for row in several}) == len(several)
    names = list(dict.fromkeys(row.discretisation for row in several if row.discretisation))
    assert len(names) == len(values)
    for name, value in zip(names, values, strict=True):
        alone = rr.extract(*oblique, {key: value}, label=7, filters=filters)
        own = [row for row in several if row.discretisation in ("", name)]
        assert bits(own) == bits(alone)
        assert [row.column.removesuffix(f"_{name}") for row in own] == [r.column for r in alone]
        assert all(row.column.endswith(name) for row in own if row.discretisation)
        assert {row.family for row in own if row.discretisation} == BY_LEVEL
        assert not any(row.discretisation for row in alone)


def test_names_of_discretisations(phantom):
    image, mask, spacing_mm = phantom
    chosen = {"features": ["glcm.contrast"], "aggregations": ["3D_merged"]}
    for key, values, names in [
        ("bin_width", [1, 0.5], ["bin_width_1", "bin_width_0.5"]),
        ("bin_number", (16, np.int64(8)), ["bin_number_16", "bin_number_8"]),
        ("bin_width", np.array([2.0, 1.0]), ["bin_width_2", "bin_width_1"]),
        ("bin_number", [16], [""]),
    ]:
        table = rr.extract(image, mask, {**chosen, key: values}, spacing_mm=spacing_mm)
        assert [row.discretisation for row in table] == names
        expected = [f"original_glcm_contrast_3D_merged_{name}".rstrip("_") for name in names]
        assert list(table.to_dict()) == expected


def test_tables_say_which_discretisation_it_is(phantom, tmp_path):
    image, mask, spacing_mm = phantom
    table = rr.extract(image, mask, rr.Settings(bin_number=[8, 16]), spacing_mm=spacing_mm)
    records = table.records()
    assert list(records[0]) == [*FIELDS, "discretisation"]
    assert records[0]["discretisation"] == ""
    assert records[-1]["discretisation"] == "bin_number_16"
    assert table[-1].record() == records[-1]
    assert list(table[0].record()) == FIELDS
    frame = table.to_pandas()
    assert list(frame.columns) == [*FIELDS, "discretisation"]
    pivot = frame[frame.feature == "joint_entropy"].pivot_table(
        index="discretisation", values="value"
    )
    assert list(pivot.index) == ["bin_number_16", "bin_number_8"]
    table.to_csv(tmp_path / "t.csv")
    table.to_json(tmp_path / "t.json")
    with (tmp_path / "t.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["discretisation"] for row in rows] == [row.discretisation for row in table]
    of_json = json.loads((tmp_path / "t.json").read_text())
    assert [row["discretisation"] for row in of_json] == [row.discretisation for row in table]
    assert str(table).splitlines()[0].split() == [*FIELDS, "discretisation"]
    assert "bin_number_16" in repr(table)


def test_settings_of_several_discretisations():
    settings = rr.Settings(bin_width=[10, 25.5])
    assert settings.bin_width == (10, 25.5)
    assert settings.bin_number is None
    assert repr(settings) == "Settings(bin_width=(10.0, 25.5))"
    assert rr.Settings.from_yaml(settings.to_yaml()) == settings
    assert rr.Settings(**settings.to_dict()) == settings
    assert settings != rr.Settings(bin_width=10)
    assert settings.replace(bin_number=8) == rr.Settings(bin_number=8)
    assert rr.Settings(bin_width=[10]) == rr.Settings(bin_width=10)
    edges = rr.Settings(bin_edges=[[0, 1], [0, 0.5, 1]])
    assert edges.bin_edges == ((0, 1), (0, 0.5, 1))
    assert rr.Settings.from_json(edges.to_json()) == edges


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"bin_width": []}, r"`bin_width` is \[\]: it takes a number above 0, a list"),
        ({"bin_width": [25, 25.0]}, r"\[25, 25\]: 25 is given twice"),
        ({"bin_width": [25, -1]}, "`bin_width` is -1: it must be a finite number"),
        ({"bin_number": [32, 0]}, "`bin_number` is 0: it must be a whole number"),
        ({"bin_number": [32, 1.5]}, "it takes a whole number from 1 to 65535, a list"),
        ({"bin_width": [10, 25], "bin_number": [8]}, "give only one of them"),
        ({"ivh_bin_width": [1, 2]}, "it takes a number above 0, or null"),
    ],
)
def test_refused_discretisations(given, message):
    with pytest.raises(rr.RadiomicsError, match=message):
        rr.Settings(**given)


def test_maps_take_one_discretisation(phantom):
    image, mask, spacing_mm = phantom
    with pytest.raises(rr.RadiomicsError, match=r"\[8, 16\]: feature maps are of one"):
        rr.feature_maps(image, mask, settings={"bin_number": [8, 16]}, spacing_mm=spacing_mm)


def test_pyradiomics_takes_one_discretisation():
    from radiomics_rs.pyradiomics import featureextractor

    for name in ("binWidth", "binCount"):
        with pytest.raises(TypeError, match=rf"{name} is \[10, 25\]: PyRadiomics takes one number"):
            featureextractor.RadiomicsFeatureExtractor(**{name: [10, 25]})


def test_images_on_one_mask(oblique):
    first, mask = oblique
    second = sitk.Cast(first * 2 + 3, sitk.sitkFloat32)
    images = {"arterial": first, "portal": second}
    settings = rr.Settings(resample_spacing_mm=2)
    table = rr.extract(images, mask, settings, label=7, filters=["original", "square"])
    alone = [
        rr.extract(i, mask, settings, label=7, filters=["original", "square"])
        for i in (first, second)
    ]
    assert bits(table) == bits([*alone[0], *alone[1]])
    names = ["arterial", "arterial-square", "portal", "portal-square"]
    assert list(dict.fromkeys(row.image for row in table)) == names
    assert len(table.to_dict()) == len(table)
    # A mapping of one has its name too.
    assert {row.image for row in rr.extract({"pet": first}, mask)} == {"pet"}


def test_images_of_every_kind_on_one_mask(oblique, tmp_path):
    first, mask = oblique
    sitk.WriteImage(first, str(tmp_path / "first.nii.gz"))
    voxels = sitk.GetArrayFromImage(first)
    table = rr.extract({"file": tmp_path / "first.nii.gz", "array": voxels, "sitk": first}, mask)
    third = len(table) // 3
    assert bits(table[:third]) == bits(table[third : 2 * third]) == bits(table[2 * third :])
    # An array beside arrays and an image that lies somewhere lies there too.
    labels = sitk.GetArrayFromImage(mask)
    assert bits(rr.extract({"array": voxels, "sitk": first}, labels)[:third]) == bits(table[:third])
    assert len(rr.extract({"a": voxels, "b": voxels}, labels, spacing_mm=(1, 2, 3))) == 2 * third


@pytest.mark.parametrize("labels", [[7, 1], (7, 1), np.array([7, 1], np.uint8), iter([7, 1])])
def test_labels_of_one_mask(oblique, labels):
    tables = rr.extract(*oblique, label=labels)
    assert list(tables) == [7, 1]
    assert all(type(label) is int for label in tables)
    for label, table in tables.items():
        assert same(table, rr.extract(*oblique, label=label))


def test_a_single_label_is_no_list(oblique):
    assert isinstance(rr.extract(*oblique, label=np.int64(7)), rr.FeatureTable)
    assert isinstance(rr.extract(*oblique, label=np.array(7)), rr.FeatureTable)
    assert list(rr.extract(*oblique, label=[7])) == [7]


def test_labels_and_images_and_discretisations(oblique):
    image, mask = oblique
    images = {"a": image, "b": image + 1}
    tables = rr.extract(images, mask, {"bin_number": [8, 16]}, label=[1, 7])
    for label, table in tables.items():
        for name, one in images.items():
            alone = rr.extract(one, mask, {"bin_number": [8, 16]}, label=label)
            assert bits(row for row in table if row.image == name) == bits(alone)


def test_what_is_wrong_says_where(oblique):
    image, mask = oblique
    other = sitk.Image(image)
    other.SetSpacing((1, 1, 1))
    with pytest.raises(
        rr.RadiomicsError, match=r"image `b` is not .* in spacing \[2.5, .*resample_images=True"
    ):
        rr.extract({"a": image, "b": other}, mask)
    with pytest.raises(
        rr.RadiomicsError, match="image `original`, label 3: label 3 is not in the mask"
    ):
        rr.extract(image, mask, label=[1, 3])
    with pytest.raises(rr.RadiomicsError, match=r"bin_width_0\.00001: discretisation"):
        rr.extract(image, mask, {"bin_width": [25, 1e-5]})
    with pytest.raises(TypeError, match="image `b` is of type int"):
        rr.extract({"a": image, "b": 3}, mask)
    with pytest.raises(TypeError, match="image `b` has dtype complex128"):
        rr.extract({"a": image, "b": np.ones((6, 9, 11), complex)}, mask)
    with pytest.raises(TypeError, match="name of an image is 1"):
        rr.extract({1: image}, mask)
    with pytest.raises(rr.RadiomicsError, match="empty mapping"):
        rr.extract({}, mask)
    with pytest.raises(rr.RadiomicsError, match="labels are empty"):
        rr.extract(image, mask, label=[])
    with pytest.raises(rr.RadiomicsError, match="label 7 is given twice"):
        rr.extract(image, mask, label=[7, 1, 7])
    with pytest.raises(TypeError, match=r"label is 1\.5"):
        rr.extract(image, mask, label=[7, 1.5])
