"""Frames whose headers say less, or something else, than voxels need; the command `scan`."""

import json

import numpy as np
import pytest

import radiomics_rs as rr
from radiomics_rs import cli, io

pydicom = pytest.importorskip("pydicom")
CT, ULTRASOUND = "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.6.1"


def written(path, position=None, kind=CT, voxels=None, **more):
    """A slice in a file; `more` are fields of its header."""
    one = pydicom.dataset.Dataset()
    one.file_meta = pydicom.dataset.FileMetaDataset()
    one.file_meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
    one.SOPClassUID = one.file_meta.MediaStorageSOPClassUID = kind
    one.SOPInstanceUID = one.file_meta.MediaStorageSOPInstanceUID = pydicom.uid.generate_uid()
    one.SeriesInstanceUID, one.Modality = "1.2.3", "CT" if kind == CT else "US"
    if position is not None:
        one.ImagePositionPatient, one.ImageOrientationPatient = position, [1, 0, 0, 0, 1, 0]
        one.PixelSpacing = [2, 1]
    voxels = np.arange(24, dtype=np.uint8).reshape(4, 6) if voxels is None else voxels
    one.Rows, one.Columns = voxels.shape[:2]
    one.BitsAllocated, one.BitsStored, one.HighBit, one.PixelRepresentation = 8, 8, 7, 0
    one.SamplesPerPixel, one.PhotometricInterpretation = 1, "MONOCHROME2"
    one.PixelData = voxels.tobytes()
    for name, value in more.items():
        setattr(one, name, value)
    one.save_as(path, enforce_file_format=True)
    return path


def test_a_slice_beside_the_others(tmp_path):
    for place in range(5):
        written(tmp_path / f"{place}.dcm", [20 if place == 2 else 0, 0, 3 * place])
    with pytest.raises(rr.GeometryError, match=r"\(20, 0, 6\) \(2\.dcm\) lies 20 mm beside"):
        io.read_image(tmp_path)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("PixelSpacing", [0, 1], r"the PixelSpacing of 0\.dcm is \(0\.0, 1\.0\)"),
        ("ImageOrientationPatient", [0] * 6, r"the ImageOrientationPatient of 0\.dcm is \(0, 0"),
        ("ImageOrientationPatient", [1, 0, 0, 1, 0, 0], "at right angles"),
    ],
)
def test_headers_that_place_nothing(tmp_path, field, value, said):
    for place in range(3):
        written(tmp_path / f"{place}.dcm", [0, 0, place], **{field: value})
    with pytest.raises(rr.GeometryError, match=said):
        io.read_image(tmp_path)


@pytest.mark.filterwarnings("ignore::radiomics_rs.RadiomicsWarning")
def test_palettes_are_resolved(tmp_path):
    table = {}
    for name, step in (("Red", 257), ("Green", 0), ("Blue", 0)):
        table[f"{name}PaletteColorLookupTableDescriptor"] = [256, 0, 16]
        entries = (np.arange(256)[::-1] * step).astype("<u2")
        table[f"{name}PaletteColorLookupTableData"] = entries.tobytes()
    path = written(
        tmp_path / "a.dcm", kind=ULTRASOUND, PhotometricInterpretation="PALETTE COLOR", **table
    )
    found = io.read_image(path)
    np.testing.assert_allclose(found.voxels.ravel(), 0.299 * (255 - np.arange(24)))
    assert found.record["colour"].values["rule"] == "BT.601"


@pytest.mark.filterwarnings("ignore::radiomics_rs.RadiomicsWarning")
def test_colours_in_planes_and_as_luma(tmp_path):
    colours = np.random.default_rng(3).integers(0, 256, (4, 6, 3)).astype(np.uint8)
    grey = colours @ np.array([0.299, 0.587, 0.114])
    layouts = {
        "RGB": (0, colours),
        "planes": (1, np.moveaxis(colours, -1, 0)),
        "YBR_FULL": (0, pydicom.pixels.convert_color_space(colours, "RGB", "YBR_FULL")),
    }
    for name, (planar, stored) in layouts.items():
        fields = {
            "SamplesPerPixel": 3,
            "PlanarConfiguration": planar,
            "PhotometricInterpretation": "RGB" if name == "planes" else name,
            "Rows": 4,
            "Columns": 6,
        }
        path = written(tmp_path / f"{name}.dcm", kind=ULTRASOUND, voxels=stored, **fields)
        # Luma and chroma are rounded to whole numbers, and clipped.
        limit = 2 if name == "YBR_FULL" else 1e-9
        assert np.abs(io.read_image(path).voxels[0] - grey).max() <= limit


@pytest.mark.parametrize("compressed", ["MR_small_RLE", "MR_small_jp2klossless", "MR_small"])
def test_rescale_is_that_of_any_encoding(data, tmp_path, compressed):
    source = data / "clinical" / "series" / "encodings_mr" / f"{compressed}.dcm"
    plain = io.read_image(source).voxels
    header = pydicom.dcmread(source)
    header.RescaleSlope, header.RescaleIntercept = 2, -10
    header.save_as(tmp_path / "a.dcm")
    np.testing.assert_array_equal(
        io.read_image(tmp_path / "a.dcm").voxels, plain.astype(float) * 2 - 10
    )


def test_arguments_that_choose_nothing(tmp_path, data):
    path = written(tmp_path / "a.dcm", [0, 0, 0])
    with pytest.raises(TypeError, match="volume is 'a'"):
        io.read_image(path, volume="a")
    loop = data / "clinical" / "us2d" / "frames_ybr_jpeg" / "1.dcm"
    with pytest.raises(rr.ReadError, match="choose one with frame=0 to 29"):
        io.read_image(loop, frame=True)


def test_the_command_scan(tmp_path, capsys):
    for place in range(3):
        written(tmp_path / f"{place}.dcm", [0, 0, place])
    assert cli.main(["scan", str(tmp_path)]) == 0
    assert "sound" in capsys.readouterr().out
    written(tmp_path / "3.dcm", [0, 0, 7])
    assert cli.main(["scan", str(tmp_path), "--format", "json"]) == 1
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["files"], row["modality"]) == (4, "CT")
    assert row["state"].startswith("a gap of 5 mm")


def ultrasound(*spacings):
    """An image of regions that lie beside each other, ten columns each."""
    regions = [[0, 10 * n, 9, 10 * n + 9] for n in range(len(spacings))]
    record = io.Record().with_step(
        "ultrasound_regions", "regions", regions=regions, spacings_mm=list(spacings)
    )
    generator = np.random.default_rng(6)
    return io.Volume(generator.normal(size=(1, 12, 40)), (1, 1, 1), record=record)


@pytest.mark.filterwarnings("ignore:image:radiomics_rs.RadiomicsWarning")
def test_a_mask_lies_in_one_ultrasound_region():
    image = ultrasound((0.5, 0.25), (0.1, 0.2), None)
    settings = {"profile": "ibsi_2d", "families": ["morphology_2d"]}

    def mask(first, last):
        drawn = np.zeros((1, 12, 40), np.uint8)
        drawn[0, 2:8, first:last] = 1
        return drawn

    def area(first, last):
        table = rr.extract(image, mask(first, last), settings)
        return table["original_morphology_2d_pixel_surface"]

    assert area(1, 7) == pytest.approx(36 * 0.5 * 0.25)
    assert area(11, 17) == pytest.approx(36 * 0.1 * 0.2)
    with pytest.warns(rr.RadiomicsWarning, match="region without a scale"):
        assert area(21, 27) == pytest.approx(36)
    with pytest.warns(rr.RadiomicsWarning, match="in no ultrasound region"):
        assert area(31, 37) == pytest.approx(36)
    for columns in ((7, 17), (27, 33)):
        with pytest.raises(rr.ReadError, match=r"crosses .* 3 ultrasound regions"):
            area(*columns)
    labels = mask(1, 7) + 2 * mask(11, 17)
    name = "original_morphology_2d_pixel_surface"
    assert rr.extract(image, labels, settings, label=2)[name] == pytest.approx(36 * 0.1 * 0.2)
    both = rr.extract({"a": image, "b": image}, mask(11, 17), settings)
    assert both["b_morphology_2d_pixel_surface"] == pytest.approx(36 * 0.1 * 0.2)
    other = io.Volume(mask(11, 17), (1, 7, 7))
    with pytest.raises(rr.GeometryError, match="spacing"):
        rr.extract(image, other, settings)
    explained = rr.explain(image, mask(11, 17), {"profile": "ibsi_2d"})
    assert "region 2 of 3: pixels of 0.1 x 0.2 mm" in str(explained)


@pytest.mark.filterwarnings("ignore:image:radiomics_rs.RadiomicsWarning")
def test_of_ultrasound_regions_in_each_other_the_smallest_counts():
    mask = np.zeros((1, 12, 40), np.uint8)
    mask[0, 2:8, 2:8] = 1
    settings = {"profile": "ibsi_2d", "families": ["morphology_2d"]}
    given = [([0, 0, 11, 39], (0.1, 0.1)), ([0, 0, 9, 9], (0.5, 0.5))]
    voxels = np.random.default_rng(6).normal(size=(1, 12, 40))
    for order in (given, given[::-1]):
        regions, spacings = zip(*order, strict=True)
        record = io.Record().with_step(
            "ultrasound_regions", "two", regions=list(regions), spacings_mm=list(spacings)
        )
        image = io.Volume(voxels, (1, 1, 1), record=record)
        table = rr.extract(image, mask, settings)
        assert table["original_morphology_2d_pixel_surface"] == pytest.approx(9)
