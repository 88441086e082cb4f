"""A file is what it says, or an error says what it is not."""

import gzip
import locale
import re
import struct

import numpy as np
import pytest
import SimpleITK as sitk  # noqa: N813

import radiomics_rs as rr
from radiomics_rs import io
from radiomics_rs.pyradiomics import featureextractor
from reading import SETTINGS, noise, refusal

CUT = [
    ".nii", ".nii.gz", ".nrrd", ".mha", ".mhd", ".nhdr", ".img", ".hdr", ".img.gz", ".tif", ".png",
    ".jpg", ".bmp", ".dcm", ".vtk", ".gipl", ".gipl.gz", ".mrc", ".h5", ".mnc",
]  # fmt: skip

HEADERS = (".mhd", ".nhdr", ".hdr", ".hdr.gz")


@pytest.mark.parametrize("compressed", [True, False])
@pytest.mark.parametrize("suffix", CUT)
def test_a_file_that_was_cut_off_is_refused(tmp_path, suffix, compressed, said):
    """Half, all but a byte, the first hundred bytes, none; of header and voxels alike."""
    picture = suffix in (".tif", ".png", ".jpg", ".bmp", ".dcm")
    array = noise("u1" if suffix in (".jpg", ".bmp", ".mrc") else "u2" if picture else "f4")
    path = tmp_path / f"image{suffix}"
    image = sitk.GetImageFromArray(array[0] if picture and suffix != ".dcm" else array)
    sitk.WriteImage(image, str(path), useCompression=compressed)
    whole = {file: file.read_bytes() for file in tmp_path.iterdir()}
    io.read_sitk(path)
    for file, data in whole.items():
        for length in (len(data) // 2, len(data) - 1, 100, 0):
            # The last byte of a header beside its voxels is a line feed, or means nothing.
            if len(whole) > 1 and length == len(data) - 1 and file.name.endswith(HEADERS):
                continue
            if length >= len(data):
                continue
            file.write_bytes(data[:length])
            text = refusal(path)
            assert re.search("missing|cut off|damaged|empty|early|does not begin", text), text
            assert said() == ""
        file.write_bytes(data)
    io.read_sitk(path)


@pytest.mark.parametrize("dtype", ["u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f4", "f8"])
@pytest.mark.parametrize("suffix", [".nii.gz", ".nrrd", ".mha", ".mhd", ".nhdr", ".img.gz"])
def test_what_is_decompressed_here_is_what_simpleitk_reads(tmp_path, suffix, dtype):
    """Voxels of every type, their place, and what else the header holds."""
    path = tmp_path / f"image{suffix}"
    for array in (noise().astype("i2").astype(dtype), noise()[0].astype("i2").astype(dtype)):
        image = sitk.GetImageFromArray(array)
        image.SetSpacing((0.75, 1.125, 2.5)[: array.ndim])
        if array.ndim == 3:
            image.SetDirection((0, -1, 0, 1, 0, 0, 0, 0, 1))
        sitk.WriteImage(image, str(path), useCompression=True)
        theirs, ours = sitk.ReadImage(str(path)), io.read_sitk(path)
        np.testing.assert_array_equal(*map(sitk.GetArrayFromImage, (theirs, ours)))
        assert ours.GetPixelID() == theirs.GetPixelID()
        for place in ("GetSize", "GetSpacing", "GetOrigin", "GetDirection"):
            assert getattr(ours, place)() == getattr(theirs, place)()
        for key in ours.GetMetaDataKeys():
            assert ours.GetMetaData(key) == theirs.GetMetaData(key)
        volume = io.read(path)
        np.testing.assert_array_equal(volume.voxels.reshape(array.shape), array)


def test_the_locale_stays(tmp_path):
    """ITK's reader of VTK sets the locale C, in which text files are ASCII from then on."""
    path = tmp_path / "image.vtk"
    sitk.WriteImage(sitk.GetImageFromArray(noise()), str(path))
    before = locale.setlocale(locale.LC_ALL)
    try:
        locale.setlocale(locale.LC_CTYPE, "C.UTF-8")
    except locale.Error:
        pytest.skip("there is no locale C.UTF-8")
    try:
        io.read_sitk(path)
        path.write_bytes(path.read_bytes()[:300])
        refusal(path)
        assert locale.setlocale(locale.LC_CTYPE) == "C.UTF-8"
    finally:
        locale.setlocale(locale.LC_ALL, before)


def test_scaled_voxels_are_scaled(tmp_path):
    """A slope and an intercept in the header, of which the reader makes real numbers."""
    path = tmp_path / "image.nii"
    nifti(path, [(112, "2f", (0.5, 10))], noise("i2"))
    packed = tmp_path / "packed.nii.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    for file in (path, packed):
        volume = io.read(file)
        np.testing.assert_array_equal(volume.voxels, noise("i2") * 0.5 + 10)


@pytest.mark.parametrize("suffix", [".nii.gz", ".nrrd", ".mha"])
def test_a_byte_that_was_flipped_is_noticed(tmp_path, suffix, said):
    """Compressed data have a checksum."""
    path = tmp_path / f"image{suffix}"
    sitk.WriteImage(sitk.GetImageFromArray(noise()), str(path), useCompression=True)
    data = path.read_bytes()
    for place in np.linspace(len(data) // 3, len(data) - 20, 40).astype(int):
        path.write_bytes(data[:place] + bytes([data[place] ^ 16]) + data[place + 1 :])
        refusal(path)
        assert said() == ""


def test_compressed_streams_one_after_the_other_are_whole(tmp_path):
    """As bgzip and parallel compressors write them."""
    path = tmp_path / "image.nii"
    sitk.WriteImage(sitk.GetImageFromArray(noise()), str(path))
    data = path.read_bytes()
    several = tmp_path / "several.nii.gz"
    parts = [gzip.compress(data[k : k + 1000]) for k in range(0, len(data), 1000)]
    several.write_bytes(b"".join(parts) + gzip.compress(b""))
    read = sitk.GetArrayFromImage(io.read_sitk(several))
    np.testing.assert_array_equal(read, noise())
    several.write_bytes(b"".join(parts[:-1]))
    assert "bytes are missing" in refusal(several)


def test_both_doors_refuse_what_was_cut_off(tmp_path, mask):
    paths = {}
    for name, array in (("image", noise()), ("mask", mask)):
        for suffix in (".nii", ".nii.gz"):
            path = tmp_path / f"{name}{suffix}"
            sitk.WriteImage(sitk.GetImageFromArray(array), str(path))
            cut = tmp_path / f"cut_{name}{suffix}"
            cut.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
            paths[name, suffix] = path, cut
    extractor = featureextractor.RadiomicsFeatureExtractor()
    for suffix in (".nii", ".nii.gz"):
        image, cut_image = paths["image", suffix]
        label, cut_label = paths["mask", suffix]
        for given, cut in (((cut_image, label), cut_image), ((image, cut_label), cut_label)):
            with pytest.raises(rr.ReadError, match=re.escape(cut.name)):
                rr.extract(*given, SETTINGS)
            with pytest.raises(RuntimeError, match=re.escape(cut.name)):
                extractor.execute(*map(str, given))


# ---- NIfTI ---------------------------------------------------------------------------------------


def nifti(path, changes=(), array=None):
    """A NIfTI file with bytes of its header replaced: (place, layout, values)."""
    image = sitk.GetImageFromArray(noise() if array is None else array)
    image.SetSpacing((0.5, 0.75, 2.0))
    sitk.WriteImage(image, str(path))
    data = bytearray(path.read_bytes())
    for place, layout, values in changes:
        struct.pack_into(f"<{layout}", data, place, *values)
    path.write_bytes(data)
    return path


SFORM_ALONE = (252, "2h", (0, 1))


@pytest.mark.parametrize(
    ("changes", "kind", "message"),
    [
        ([(108, "f", (1e9,))], rr.ReadError, "bytes are missing"),
        ([(108, "f", (100,))], rr.ReadError, r"begin at byte 100 \(vox_offset\), and 352"),
        ([(108, "f", (float("nan"),))], rr.ReadError, "vox_offset"),
        ([(70, "h", (77,))], rr.ReadError, "type 77, which NIfTI does not have"),
        ([(40, "h", (9,))], rr.ReadError, "damaged: 9 dimensions"),
        ([(344, "4s", (b"ni1\0",))], rr.ReadError, r"must end in \.hdr and \.img"),
        ([SFORM_ALONE, (280, "4f", (-1, 0.003, 0, 0))], rr.GeometryError, "x and y .* 90.2"),
        ([(252, "2h", (1, 0)), (80, "f", (0,))], rr.GeometryError, r"\[0.0, 0.75, 2.0\] mm"),
        ([(252, "2h", (1, 0)), (80, "f", (float("nan"),))], rr.GeometryError, "finite number"),
    ],
)
def test_a_header_that_cannot_be(tmp_path, changes, kind, message, said):
    path = nifti(tmp_path / "image.nii", changes)
    assert re.search(message, refusal(path, kind))
    assert said() == ""


def test_nifti_2_says_how_to_convert_it(tmp_path):
    path = tmp_path / "image.nii"
    path.write_bytes(struct.pack("<i", 540) + b"n+2\0\r\n\x1a\n" + bytes(5000))
    assert "convert it to NIfTI-1" in refusal(path)


def test_qform_and_sform_that_differ_are_a_warning(tmp_path, mask):
    plain = nifti(tmp_path / "plain.nii")
    moved = nifti(tmp_path / "moved.nii", [(268, "3f", (1, 2, 3))])
    said = []
    door = io.Door(said.append, pytest.fail)
    io.read_sitk(plain, "image", door)
    assert said == []
    io.read_sitk(moved, "image", door)
    (text,) = said
    assert "form puts voxels up to 3.74 mm away from its " in text
    with pytest.warns(rr.RadiomicsWarning, match="mm away from its") as caught:
        rr.extract(moved, mask, SETTINGS)
    assert caught[0].filename == __file__


def test_a_half_turn_is_no_warning(tmp_path):
    """Of a quaternion without a first number 32 bits leave some rest, which is not for turning."""
    shape = (2, 8, 512)
    half = float(np.float32(np.sqrt(0.5)))
    changes = [(40, "4h", (3, *shape[::-1])), (252, "2h", (1, 0)), (256, "3f", (half, half, 0))]
    path = nifti(tmp_path / "image.nii", changes, np.zeros(shape, "i2"))
    io.read_sitk(path, "image", io.Door(pytest.fail, pytest.fail))


def test_a_slightly_rounded_affine_is_right(tmp_path):
    """32 bits, an oblique direction, and 512 voxels."""
    image = sitk.GetImageFromArray(np.zeros((3, 512, 512), np.uint8))
    c, s = np.cos(0.3), np.sin(0.3)
    image.SetDirection((c, -s, 0, s, c, 0, 0, 0, 1))
    image.SetSpacing((0.1234567, 0.7654321, 3.3))
    sitk.WriteImage(image, str(tmp_path / "image.nii.gz"))
    io.read_sitk(tmp_path / "image.nii.gz", "image", io.Door(pytest.fail, pytest.fail))


def test_the_file_that_was_asked_for_and_not_its_neighbour(tmp_path):
    nifti(tmp_path / "scan.nii")
    (tmp_path / "scan").write_bytes(b"something else" * 50)
    assert "was scan.nii, beside it, meant?" in refusal(tmp_path / "scan")
    (tmp_path / "scan").write_bytes((tmp_path / "scan.nii").read_bytes())
    assert "must end in .nii" in refusal(tmp_path / "scan")
    (tmp_path / "scan.hdr").write_bytes((tmp_path / "scan.nii").read_bytes())
    assert "must end in .nii" in refusal(tmp_path / "scan.hdr")
    sitk.WriteImage(sitk.GetImageFromArray(noise()), str(tmp_path / "pair.img"))
    (tmp_path / "pair.nii").write_bytes((tmp_path / "scan.nii").read_bytes())
    (tmp_path / "pair.hdr").unlink()
    assert ".hdr file with its header is not beside it" in refusal(tmp_path / "pair.img")
    sitk.WriteImage(sitk.GetImageFromArray(noise()), str(tmp_path / "twin.img"))
    sitk.WriteImage(sitk.GetImageFromArray(noise()), str(tmp_path / "twin.img.gz"))
    for suffix in (".img", ".img.gz", ".hdr"):
        assert "are beside each other" in refusal(tmp_path / f"twin{suffix}")
    packed = tmp_path / "packed.nii"
    packed.write_bytes(gzip.compress((tmp_path / "scan.nii").read_bytes()))
    assert "must end in .gz" in refusal(packed)


# ---- voxels beside their header ------------------------------------------------------------------


@pytest.mark.parametrize(
    "names",
    ["", "LIST", "s%999999999d.raw 1 6 1", "s%s.raw 1 6 1", "s%d.raw 1 6 0", "s%d 0 9e9 1"]
    + [f"s%d.raw 0 {10**n} 1" for n in (9, 30)],
)
@pytest.mark.parametrize(
    ("suffix", "field"), [(".mhd", "ElementDataFile ="), (".nhdr", "data file:")]
)
def test_headers_that_name_no_files(tmp_path, suffix, field, names):
    path = tmp_path / f"image{suffix}"
    sitk.WriteImage(sitk.GetImageFromArray(noise()), str(path))
    lines = path.read_text().splitlines()
    path.write_text(
        "".join(f"{field} {names}\n" if field in line else f"{line}\n" for line in lines)
    )
    assert re.search("names no file|no pattern|does not exist", refusal(path))


@pytest.mark.parametrize("suffix", [".mhd", ".nhdr"])
def test_voxels_that_are_not_beside_their_header(tmp_path, suffix):
    path = tmp_path / f"image{suffix}"
    sitk.WriteImage(sitk.GetImageFromArray(noise()), str(path))
    (beside,) = (file for file in tmp_path.iterdir() if file != path)
    beside.unlink()
    text = refusal(path)
    assert str(beside) in text
    assert "does not exist" in text


def test_voxels_in_several_files(tmp_path):
    for k, part in enumerate(noise()):
        (tmp_path / f"{k}.raw").write_bytes(part.tobytes())
    text = "NDims = 3\nDimSize = 16 16 6\nElementType = MET_FLOAT\nElementByteOrderMSB = False\n"
    path = tmp_path / "image.mhd"
    places = {
        "pattern": "ElementDataFile = %d.raw 0 5 1\n",
        "list": "ElementDataFile = LIST\n" + "".join(f"{k}.raw\n" for k in range(6)),
    }
    for place in places.values():
        path.write_text("ObjectType = Image\n" + text + place)
        np.testing.assert_array_equal(sitk.GetArrayFromImage(io.read_sitk(path)), noise())
    (tmp_path / "3.raw").write_bytes(noise()[3].tobytes()[:-4])
    for place in places.values():
        path.write_text("ObjectType = Image\n" + text + place)
        assert "4 of its bytes are missing: of 3.raw, its header" in refusal(path)


# ---- TIFF ----------------------------------------------------------------------------------------


def tiled_tiff(path, array):
    """Tiles of 16 by 16 pixels without compression."""
    rows, columns = (range(0, n, 16) for n in array.shape)
    tiles = [array[r : r + 16, c : c + 16].tobytes() for r in rows for c in columns]
    end, size, bits = 8 + sum(map(len, tiles)), len(tiles[0]), 8 * array.itemsize
    places = struct.pack(f"<{len(tiles)}I", *range(8, end, size))
    places += struct.pack(f"<{len(tiles)}I", *[size] * len(tiles))
    tags = [
        (256, 3, 1, array.shape[1]), (257, 3, 1, array.shape[0]), (258, 3, 1, bits), (259, 3, 1, 1),
        (262, 3, 1, 1), (277, 3, 1, 1), (322, 3, 1, 16), (323, 3, 1, 16),
        (324, 4, len(tiles), end), (325, 4, len(tiles), end + 4 * len(tiles)),
        (339, 3, 1, 3 if array.dtype.kind == "f" else 1),
    ]  # fmt: skip
    entries = b"".join(struct.pack("<HHII", *tag) for tag in tags)
    table = struct.pack("<H", len(tags)) + entries + bytes(4)
    path.write_bytes(
        b"II*\0" + struct.pack("<I", end + len(places)) + b"".join(tiles) + places + table
    )


@pytest.mark.parametrize("dtype", ["u2", "f4"])
def test_a_tiff_that_would_become_colours(tmp_path, dtype):
    path = tmp_path / "tiled.tif"
    tiled_tiff(path, np.random.default_rng(0).integers(100, 4000, (48, 48)).astype(dtype))
    text = refusal(path)
    assert "in tiles, which the reader turns into 8-bit colours" in text
    assert f"of {8 * np.dtype(dtype).itemsize} bits" in text


def test_tiffs_that_are_read_as_they_are(tmp_path):
    for dtype in ("u1", "i2", "u2", "f4"):
        path = tmp_path / f"{dtype}.tif"
        sitk.WriteImage(sitk.GetImageFromArray(noise(dtype)), str(path))
        np.testing.assert_array_equal(sitk.GetArrayFromImage(io.read_sitk(path)), noise(dtype))


def test_voxels_outlive_the_image_they_are_of():
    """SimpleITK's view of an image that has gone reads whatever is in its memory by then."""
    images = [sitk.GetImageFromArray(np.full((40, 50, 60), n, np.float32)) for n in range(8)]
    read = [io.from_sitk(image).voxels for image in images]
    del images
    others = [np.full((40, 50, 60), -1.0, np.float32) for _ in range(8)]
    assert [(one.min(), one.max()) for one in read] == [(n, n) for n in range(8)]
    assert not any(one.flags.writeable for one in read)
    del others
