"""The table of features and the catalogue."""

import csv
import json
import math
import subprocess
import sys

import numpy as np
import pytest

import radiomics_rs as rr

FIELDS = ["image", "family", "feature", "ibsi_id", "aggregation", "value", "status"]


@pytest.fixture
def table(phantom, configuration):
    image, mask, spacing_mm = phantom
    return rr.extract(image, mask, configuration, spacing_mm=spacing_mm)


@pytest.fixture
def undefined(phantom):
    """Features of a region of mean 0, some of which are undefined."""
    _, mask, _ = phantom
    image = np.where(np.arange(80).reshape(mask.shape) % 2, 1.0, -1.0)
    mask[:] = 1
    table = rr.extract(image, mask, spacing_mm=1)
    assert any(math.isnan(row.value) for row in table)
    return table


def test_every_form_holds_the_same(table):
    records = table.records()
    assert list(records[0]) == FIELDS
    assert len(table) == len(records) == len(table.to_dict())
    assert [row.value for row in table] == [record["value"] for record in records]
    assert list(table.to_dict()) == [row.column for row in table]
    frame = table.to_pandas()
    assert list(frame.columns) == FIELDS
    assert frame["value"].tolist() == list(table.to_dict().values())
    assert table[0].column == "original_" + "_".join((table[0].family, table[0].feature))
    assert len(table[1:3]) == 2


def test_table_follows_the_catalogue(table):
    expected = [
        (feature["family"], aggregation)
        for feature in rr.features()
        if feature["ibsi_id"]  # the default set of features is IBSI's
        for aggregation in feature["aggregations"]
    ]
    assert sorted(expected) == sorted((row.family, row.aggregation) for row in table)


def test_undefined_values_are_kept(undefined):
    missing = [row for row in undefined if math.isnan(row.value)]
    assert {row.status for row in missing} == {"undefined"}
    assert {row.status for row in undefined if row not in missing} == {"ok"}


def test_csv_keeps_every_bit(undefined, tmp_path):
    path = tmp_path / "table.csv"
    undefined.to_csv(path)
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == FIELDS
    for row, record in zip(rows, undefined.records(), strict=True):
        np.testing.assert_equal({**row, "value": float(row["value"])}, record)


def test_json_is_strict(undefined, tmp_path):
    path = tmp_path / "table.json"
    undefined.to_json(path)

    def refuse(constant):
        raise AssertionError(constant)

    rows = json.loads(path.read_text(), parse_constant=refuse)
    for row, record in zip(rows, undefined.records(), strict=True):
        value = None if math.isnan(record["value"]) else record["value"]
        assert row == {**record, "value": value}


def test_text(table):
    lines = str(table).splitlines()
    assert len(lines) == len(table) + 1
    assert lines[0].split() == FIELDS
    assert repr(table).endswith(f"[{len(table)} features]")
    assert len(repr(table).splitlines()) == 23
    assert repr(table[:0]).endswith("[0 features]")


def test_pandas_missing_is_said():
    code = (
        "import sys; sys.modules['pandas'] = None\n"
        "from radiomics_rs import FeatureTable\n"
        "try: FeatureTable([]).to_pandas()\n"
        "except ImportError as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "pip install pandas" in done.stdout


def test_features_can_be_selected(phantom):
    image, mask, _ = phantom
    settings = rr.Settings(families=["intensity_statistics"], features=["glcm.contrast"])
    table = rr.extract(image, mask, settings, spacing_mm=1)
    assert {row.family for row in table} == {"intensity_statistics", "glcm"}
    assert {row.feature for row in table if row.family == "glcm"} == {"contrast"}


def test_catalogue():
    features = rr.features()
    keys = ["family", "family_ibsi_id", "feature", "ibsi_id", "ibsi_parameter_id"]
    keys += ["pyradiomics", "summary"]
    assert all(list(feature) == [*keys, "aggregations"] for feature in features)
    names = {(feature["family"], feature["feature"]) for feature in features}
    assert len(names) == len(features)


def test_example_is_new_each_time():
    image, mask, spacing_mm = rr.example()
    assert image.shape == mask.shape == (4, 4, 5)
    assert int((mask == 1).sum()) == 74
    assert spacing_mm == (2.0, 2.0, 2.0)
    image[:] = 0
    assert rr.example()[0].max() == 9


def test_documented_example():
    import doctest

    assert doctest.testmod(rr).failed == 0


@pytest.fixture
def lesions(undefined, table):
    """Tables of two labels, one of which has undefined values and warnings."""
    assert undefined.warnings
    return {"first": table, 7: undefined}


def test_series(undefined):
    series = undefined.to_series("a1")
    assert series.name == "a1"
    assert list(series.index) == undefined.keys()
    np.testing.assert_array_equal(series.to_numpy(), undefined.values())
    assert series["original_ngtdm_coarseness_3D"] == undefined["original_ngtdm_coarseness_3D"]


def test_arrow_and_parquet(undefined, tmp_path):
    pa = pytest.importorskip("pyarrow")
    import pyarrow.parquet as pq

    found = undefined.to_arrow()
    assert found.column_names == FIELDS
    assert found.schema.field("value").type == pa.float64()
    # NaN is equal to nothing in Arrow.
    np.testing.assert_equal(pa.table(undefined).to_pydict(), found.to_pydict())
    undefined.to_parquet(tmp_path / "table.parquet")
    read = pq.read_table(tmp_path / "table.parquet")
    assert read.schema.equals(found.schema)
    np.testing.assert_array_equal(read["value"].to_numpy(), undefined.values())
    assert read["feature"].to_pylist() == [row.feature for row in undefined]


def test_polars(undefined):
    pl = pytest.importorskip("polars")
    found = undefined.to_polars()
    assert found.columns == FIELDS
    assert found["value"].dtype == pl.Float64
    np.testing.assert_array_equal(found["value"].to_numpy(), undefined.values())
    assert found.equals(pl.DataFrame(undefined.records()))


def test_html_is_short_and_escaped(undefined):
    row = undefined[0]._replace(family="<b>")
    text = rr.FeatureTable([row, *undefined[1:]])._repr_html_()
    assert "&lt;b&gt;" in text
    assert "<b>" not in text
    assert text.count("<tr>") == 22
    assert f"<p>{len(undefined)} features</p>" in text


def rows_of_xlsx(path):
    """The cells of a workbook, by what ECMA-376 says of them."""
    import zipfile
    from xml.etree import ElementTree

    space = {"": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        for name in names:
            ElementTree.fromstring(archive.read(name))
        sheet = ElementTree.fromstring(archive.read("xl/sheet.xml"))
    assert names[0] == "[Content_Types].xml"

    def cell(element):
        number, text = element.find("v", space), element.find("is/t", space)
        if number is not None:
            return json.loads(number.text)
        return None if text is None else text.text

    return [[cell(c) for c in row] for row in sheet.iterfind("sheetData/row", space)]


@pytest.mark.parametrize("wide", [False, True])
@pytest.mark.parametrize("warnings", [False, True])
def test_every_kind_of_file_holds_the_same(lesions, tmp_path, wide, warnings):
    from radiomics_rs._writers import WRITERS, write
    from radiomics_rs.table import sheet_of

    sheet = sheet_of(lesions, warnings=warnings, wide=wide)
    rows = {}
    for ending in WRITERS:
        path = tmp_path / f"table{ending}"
        write(sheet, path)
        rows[ending] = read_rows(path)
    names = list(dict.fromkeys([*lesions["first"].keys(), *lesions[7].keys()]))
    columns = names if wide else FIELDS
    wanted = ["label", *columns, *(["warnings"] if warnings else [])]
    expected = [
        {column: str(row[column]) if column == "label" else row[column] for column in wanted}
        for row in sheet.rows
    ]
    assert len(expected) == (2 if wide else sum(map(len, lesions.values())))
    if warnings:
        assert "few_levels" in {code for row in expected for code in row["warnings"].split(";")}
    for ending, found in rows.items():
        keys = [key for key in wanted if ending != ".json" or key != "warnings"]
        assert [list(row) for row in found] == [keys] * len(expected), ending
        for row, other in zip(found, expected, strict=True):
            for key in keys:
                cell, known = row[key], other[key]
                if isinstance(known, float):
                    np.testing.assert_equal(math.nan if cell in (None, "") else float(cell), known)
                else:
                    assert ("" if cell is None else str(cell)) == known, (ending, key)


def read_rows(path):
    """The rows of a file, by column."""
    if path.suffix in (".csv", ".tsv"):
        with path.open(newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file, delimiter="," if path.suffix == ".csv" else "\t"))
    if path.suffix == ".json":
        held = json.loads(path.read_text(encoding="utf-8"))
        return held["features"] if isinstance(held, dict) else held
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    if path.suffix == ".parquet":
        return pytest.importorskip("pyarrow.parquet").read_table(path).to_pylist()
    header, *rows = rows_of_xlsx(path)
    return [dict(zip(header, row, strict=True)) for row in rows]
