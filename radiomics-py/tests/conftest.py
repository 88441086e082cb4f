"""What several test files share: reference values, data folder, inputs."""

from __future__ import annotations

import csv
import io
import math
import os
from pathlib import Path

import numpy as np
import pydicom
import pytest
import SimpleITK as sitk  # noqa: N813

import radiomics_rs as rr
import reading
from radiomics_rs._writers import write_lines
from radiomics_rs.table import sheet_of

ROOT = Path(__file__).resolve().parents[2]
PHANTOM_REFERENCE = ROOT / "radiomics-core" / "data" / "ibsi1_reference_values.csv"
DATA = Path(os.environ.get("RADIOMICS_DATA") or ROOT.parent / "shared")


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of reference images; tests that need it are skipped without it."""
    if not DATA.is_dir():
        pytest.skip(f"no reference images at {DATA}: set RADIOMICS_DATA to their folder")
    return DATA


@pytest.fixture
def phantom():
    """Image, mask, spacing."""
    return rr.example()


@pytest.fixture
def phantom_images():
    """Image and mask as SimpleITK images."""
    voxels, labels, spacing = rr.example()
    image, mask = sitk.GetImageFromArray(voxels), sitk.GetImageFromArray(labels)
    for place in (image, mask):
        place.SetSpacing(spacing[::-1])
    return image, mask


@pytest.fixture
def phantom_files(tmp_path, phantom_images):
    """Paths of image and mask files."""
    paths = str(tmp_path / "phantom_image.nrrd"), str(tmp_path / "phantom_label.nrrd")
    for image, path in zip(phantom_images, paths, strict=True):
        sitk.WriteImage(image, path)
    return paths


@pytest.fixture
def configuration():
    return rr.Settings.ibsi_configuration("digital_phantom")


@pytest.fixture
def oblique():
    """An image and a label map on a grid that no axis swap leaves alone."""
    rng = np.random.default_rng(7)
    voxels = rng.integers(-100, 200, (6, 9, 11)).astype(np.int16)
    labels = np.zeros(voxels.shape, np.uint8)
    labels[1:5, 2:6, 1:5] = 1
    labels[2:6, 4:9, 6:10] = 7
    c, s = math.cos(0.3), math.sin(0.3)

    def place(array):
        image = sitk.GetImageFromArray(array)
        # Numbers that 32 bits hold, which is what NIfTI keeps.
        image.SetSpacing((0.75, 1.125, 2.5))
        image.SetOrigin((-12.0, 30.0, 105.5))
        image.SetDirection((c, -s, 0, s, c, 0, 0, 0, 1))
        return image

    return place(voxels), place(labels)


def references(path: Path, dataset: str) -> list[dict[str, str]]:
    """Reference rows of a data set, of the families that the catalogue has."""
    families = {feature["family"] for feature in rr.features()}
    with path.open(newline="", encoding="utf-8") as file:
        rows = csv.DictReader(line for line in file if not line.startswith("#"))
        # The embedded file has shorter names than the one of the reference data.
        short = {"ibsi_id": "ibsi_feature_id", "feature": "feature_name"}
        return [
            {short.get(key, key): value for key, value in row.items()}
            for row in rows
            if row["dataset"] == dataset and row["family"] in families and row["value"]
        ]


@pytest.fixture
def mask():
    """A box within a volume of `reading.noise`."""
    mask = np.zeros(reading.SHAPE, np.uint8)
    mask[1:5, 4:12, 4:12] = 1
    return mask


@pytest.fixture
def series(tmp_path):
    """Writes slices at heights; what a change of the header makes of it is the test's."""

    def write(heights, shift=0.0, change=None, folder="series"):
        made = tmp_path / folder
        made.mkdir()
        for place, height in enumerate(heights):
            one = pydicom.dataset.Dataset()
            one.file_meta = pydicom.dataset.FileMetaDataset()
            one.file_meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
            one.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.2"
            one.file_meta.MediaStorageSOPInstanceUID = f"1.2.3.{place + 1}"
            one.SOPClassUID, one.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.2", f"1.2.3.{place + 1}"
            one.SeriesInstanceUID, one.Modality = "1.2.3", "CT"
            one.ImagePositionPatient = [10, 20 + shift * height, height]
            one.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
            one.PixelSpacing, one.SliceThickness = [2, 1], 9
            one.Rows, one.Columns, one.BitsAllocated, one.BitsStored, one.HighBit = 4, 6, 16, 12, 11
            one.SamplesPerPixel, one.PixelRepresentation = 1, 0
            one.PhotometricInterpretation = "MONOCHROME2"
            one.RescaleSlope, one.RescaleIntercept = 1, -1024
            one.PixelData = (np.full((4, 6), 100 * height) + np.arange(6)).astype("<u2").tobytes()
            if change:
                change(place, one)
            one.save_as(made / f"{9 - place}.dcm", enforce_file_format=True)
        return made

    return write


@pytest.fixture
def said(capfd):
    """What has been printed, by whomever, since the last call."""
    return lambda: "".join(capfd.readouterr())


def disagreements(table: rr.FeatureTable, rows: list[dict[str, str]]) -> list[str]:
    """Reference values that the table misses or does not reach, by the standard's own rule."""
    catalogue = {(f["family"], f["feature"]): f for f in rr.features()}
    values = {}
    for row in table:
        # A feature at a value of its parameter (intensity-volume histogram) has a second id.
        parameter = catalogue[row.family, row.feature]["ibsi_parameter_id"]
        values[row.family, row.aggregation, row.ibsi_id, parameter] = row.value
    wrong = []
    for row in rows:
        ids = row["ibsi_feature_id"], row["ibsi_parameter_id"]
        name = f"{row['family']} {row['aggregation']} {row['feature_name']} ({ids[0]})"
        value = values.get((row["family"], row["aggregation"], *ids))
        if value is None:
            wrong.append(f"{name}: not in the table")
            continue
        reference, tolerance = float(row["value"]), float(row["tolerance"] or 0)
        # The slack is the rounding of the subtraction itself, not of the value.
        slack = 1e-9 * abs(reference)
        if not abs(float(f"{value:.3g}") - reference) <= tolerance + slack:
            wrong.append(f"{name}: {value!r} is not {reference} ± {tolerance}")
    return wrong


def csv_of(tables: rr.FeatureTable | dict) -> str:
    """What a command prints of a table, or of several by label, where there is no terminal."""
    held = tables if isinstance(tables, dict) else {None: tables}
    stream = io.StringIO()
    write_lines(sheet_of(held), stream)
    return stream.getvalue()


def same(one: rr.FeatureTable, other: rr.FeatureTable) -> bool:
    """Whether two tables hold the same bits."""
    return [(r.column, np.float64(r.value).tobytes()) for r in one] == [
        (r.column, np.float64(r.value).tobytes()) for r in other
    ]
