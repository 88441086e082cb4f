"""DICOM files, doses and folders of slices."""

import re
import struct

import numpy as np
import pytest
import SimpleITK as sitk  # noqa: N813

import radiomics_rs as rr
from radiomics_rs import io

SETTINGS = rr.Settings(bin_number=8, families=["intensity_statistics"])
MEAN = "original_intensity_statistics_mean"
DOSE = "1.2.840.10008.5.1.4.1.1.481.2"
SHAPE = (4, 16, 16)


@pytest.fixture
def mask():
    mask = np.zeros(SHAPE, np.uint8)
    mask[1:3, 4:12, 4:12] = 1
    return mask


def element(group, number, kind, value):
    value = value.encode() if isinstance(value, str) else value
    value += (b"\0" if kind in ("UI", "OW") else b" ") * (len(value) % 2)
    size = len(value)
    length = struct.pack("<HI", 0, size) if kind in ("OB", "OW") else struct.pack("<H", size)
    return struct.pack("<HH", group, number) + kind.encode() + length + value


def dicom(path, array, class_id=DOSE, more=(), offsets="0\\1\\2\\3"):
    """A file of several slices of 32-bit numbers; `more` elements replace the usual ones."""

    def short(n):
        return struct.pack("<H", n)

    elements = {
        (8, 0x16): ("UI", class_id), (8, 0x18): ("UI", "1.2.3.4.5"), (8, 0x60): ("CS", "OT"),
        (0x18, 0x50): ("DS", "1"), (0x20, 0xD): ("UI", "1.2.3"), (0x20, 0xE): ("UI", "1.2.3.4"),
        (0x20, 0x32): ("DS", "0\\0\\0"), (0x20, 0x37): ("DS", "1\\0\\0\\0\\1\\0"),
        (0x28, 2): ("US", short(1)), (0x28, 4): ("CS", "MONOCHROME2"),
        (0x28, 8): ("IS", str(len(array))), (0x28, 9): ("AT", struct.pack("<HH", 0x3004, 0xC)),
        (0x28, 0x10): ("US", short(array.shape[1])), (0x28, 0x11): ("US", short(array.shape[2])),
        (0x28, 0x30): ("DS", "1\\1"), (0x28, 0x100): ("US", short(32)),
        (0x28, 0x101): ("US", short(32)), (0x28, 0x102): ("US", short(31)),
        (0x28, 0x103): ("US", short(0)), (0x3004, 2): ("CS", "GY"), (0x3004, 4): ("CS", "PHYSICAL"),
        (0x3004, 0xA): ("CS", "PLAN"), (0x3004, 0xC): ("DS", offsets),
        (0x3004, 0xE): ("DS", "1e-06"), (0x7FE0, 0x10): ("OW", array.tobytes()),
        **dict(more),
    }  # fmt: skip
    meta = element(2, 1, "OB", b"\0\1") + element(2, 2, "UI", class_id)
    meta += element(2, 3, "UI", "1.2.3.4.5") + element(2, 0x10, "UI", "1.2.840.10008.1.2.1")
    held = {tag: value for tag, value in elements.items() if value is not None}
    body = b"".join(element(*tag, *held[tag]) for tag in sorted(held))
    length = element(2, 0, "UL", struct.pack("<I", len(meta)))
    path.write_bytes(bytes(128) + b"DICM" + length + meta + body)
    return path


@pytest.fixture
def stored():
    return np.random.default_rng(0).integers(1_000_000, 2_000_000, SHAPE).astype("<u4")


def test_a_dose_is_in_gray(tmp_path, mask, stored):
    path = dicom(tmp_path / "dose.dcm", stored)
    table = rr.extract(path, mask, SETTINGS).to_dict()
    assert table[MEAN] == pytest.approx(stored[mask > 0].mean() * 1e-6, rel=1e-12)
    with pytest.raises(rr.ReadError, match=r"a dose \(RTDOSE\): give the file .*dose\.dcm"):
        rr.extract(tmp_path, mask, SETTINGS)
    image = io.read_sitk(path)
    assert image.GetSpacing() == (1, 1, 1)
    np.testing.assert_array_equal(sitk.GetArrayFromImage(image), stored * 1e-6)


@pytest.mark.parametrize(
    ("more", "kind", "message"),
    [
        ({(0x3004, 0xE): None}, rr.ReadError, "without a DoseGridScaling"),
        ({(0x3004, 0xE): ("DS", "0")}, rr.ReadError, "without a DoseGridScaling"),
        ({(0x3004, 0xC): ("DS", "0\\1\\2\\5")}, rr.GeometryError, r"0, 1, 2, 5 mm"),
        ({(0x3004, 0xC): ("DS", "0\\-1\\-2\\-3")}, rr.GeometryError, "not evenly upwards"),
        ({(8, 0x16): ("UI", "1.2.840.10008.5.1.4.1.1.481.3")}, rr.ReadError, "RTSTRUCT"),
        ({(8, 0x16): ("UI", "1.2.840.10008.5.1.4.1.1.66.4")}, rr.ReadError, "segmentation"),
        ({(0x7FE0, 0x10): None}, rr.ReadError, "no pixel data"),
        ({(0x7FE0, 0x10): ("OW", bytes(400))}, rr.ReadError, "bytes are missing"),
    ],
)
def test_what_is_no_image_or_no_dose(tmp_path, stored, more, kind, message):
    path = dicom(tmp_path / "file.dcm", stored, more=more)
    with pytest.raises(kind, match=message) as caught:
        io.read_sitk(path)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({(0x3004, 2): ("CS", "RELATIVE")}, "units of RELATIVE, not in Gy"),
        ({(0x28, 4): ("CS", "MONOCHROME1")}, "MONOCHROME1"),
    ],
)
def test_what_may_be_misunderstood_is_a_warning(tmp_path, mask, stored, more, message):
    path = dicom(tmp_path / "file.dcm", stored, more=more)
    with pytest.warns(rr.RadiomicsWarning, match=message):
        rr.extract(path, mask, SETTINGS)


def test_a_file_that_was_cut_off(tmp_path, stored):
    path = dicom(tmp_path / "dose.dcm", stored)
    data = path.read_bytes()
    for length in (len(data) - 1, len(data) // 2, len(data) - stored.nbytes, 300, 140):
        path.write_bytes(data[:length])
        with pytest.raises(rr.ReadError, match=re.escape(str(path))):
            io.read_sitk(path)


def series(folder, array, positions=None, uid="1.2.3.4", orientation="1\\0\\0\\0\\1\\0"):
    """Slices of a series, in files whose names run the other way."""
    folder.mkdir(exist_ok=True)
    writer = sitk.ImageFileWriter()
    writer.KeepOriginalImageUIDOn()
    for k, voxels in enumerate(array):
        position = f"0\\0\\{2 * k}" if positions is None else positions[k]
        image = sitk.GetImageFromArray(voxels[None])
        values = {
            "0008|0060": "CT", "0008|0016": "1.2.840.10008.5.1.4.1.1.2",
            "0008|0018": f"{uid}.{k + 1}", "0020|000d": "1.2.3", "0020|000e": uid,
            "0020|0013": str(k + 1), "0020|0032": position, "0020|0037": orientation,
            "0018|0050": "2",
        }  # fmt: skip
        for tag, value in values.items():
            image.SetMetaData(tag, value)
        writer.SetFileName(str(folder / f"{uid}-{99 - k}.dcm"))
        writer.Execute(image)
    return folder


@pytest.fixture
def slices():
    return np.random.default_rng(0).integers(0, 500, SHAPE).astype("i2")


def test_a_folder_is_its_series(tmp_path, mask, slices):
    folder = series(tmp_path / "series", slices)
    image = io.read_sitk(folder)
    np.testing.assert_array_equal(sitk.GetArrayFromImage(image), slices)
    assert image.GetSpacing()[2] == pytest.approx(2)
    assert rr.extract(folder, mask, SETTINGS)[MEAN] == slices[mask > 0].mean()


@pytest.mark.parametrize(
    ("positions", "message", "of_drop_in"),
    [
        (
            ["0\\0\\0", "0\\0\\2", "0\\0\\6", "0\\0\\8"],
            "a gap of 4 mm, where slices are 2 mm apart",
            "2 to 4 mm apart: some are missing",
        ),
        (
            ["0\\0\\0", "0\\0\\2", "0\\0\\2", "0\\0\\4"],
            r"2 slices with different voxels lie at \(0, 0, 2\)",
            "several slices at one place",
        ),
        (
            [f"0\\{-k / 2}\\{2 * k}" for k in range(4)],
            "tilt of 14 degrees",
            "tilted by 14 degrees",
        ),
    ],
)
def test_slices_that_make_no_volume(tmp_path, mask, slices, positions, message, of_drop_in, capfd):
    folder = series(tmp_path / "series", slices, positions)
    with pytest.raises(rr.GeometryError, match=message) as caught:
        rr.extract(folder, mask, SETTINGS)
    assert str(folder) in str(caught.value)
    said = []
    io.read_sitk(folder, "image", io.Door(pytest.fail, said.append))
    (error,) = said
    assert isinstance(error, rr.GeometryError)
    assert of_drop_in in str(error)
    assert str(folder) in str(error)
    assert capfd.readouterr() == ("", "")


def test_rounded_positions_are_even(tmp_path, slices):
    folder = series(tmp_path / "series", slices, [f"0\\0\\{k * 4 / 3:.2f}" for k in range(4)])
    io.read_sitk(folder, "image", io.Door(pytest.fail, pytest.fail))


def test_a_folder_of_several_series_or_of_none(tmp_path, slices):
    folder = series(series(tmp_path / "series", slices), slices, uid="1.2.3.5")
    with pytest.raises(rr.ReadError, match="the folder holds 2 DICOM series"):
        io.read_sitk(folder)
    (tmp_path / "other").mkdir()
    with pytest.raises(rr.ReadError, match="the folder holds no DICOM series"):
        io.read_sitk(tmp_path / "other")


def test_a_slice_that_was_cut_off(tmp_path, slices):
    folder = series(tmp_path / "series", slices)
    name = sorted(folder.iterdir())[1]
    name.write_bytes(name.read_bytes()[:-100])
    with pytest.raises(rr.ReadError, match=re.escape(str(name))):
        io.read_sitk(folder)
