"""Plain NIfTI is read without SimpleITK, to the bit as SimpleITK reads it; what is not, by it."""

import gzip
import math
import platform
import random
import struct

import numpy as np
import pytest
import SimpleITK as sitk  # noqa: N813

import radiomics_rs as rr
from radiomics_rs import io
from radiomics_rs.io import files
from radiomics_rs.io.decoded import Decoded

#: Codes of the types of plain numbers, and NumPy's names of them.
TYPES = {
    2: "u1", 4: "i2", 8: "i4", 16: "f4", 64: "f8", 256: "i1", 512: "u2", 768: "u4", 1024: "i8",
    1280: "u8",
}  # fmt: skip
#: Where compilers do not join a product and a sum into one rounding.
SAME_BITS = platform.machine().lower() in ("x86_64", "amd64")
COUNT = 600
DOOR = io.Door(lambda _text: None, io.refuse)
ADDED = {"ITK_original_direction", "ITK_original_spacing"}


def header(**changes):
    """The 352 bytes of a header: an image of 4 x 5 x 6 voxels, moved by what is given."""
    has = {
        "order": "<", "dim": (3, 4, 5, 6, 1, 1, 1, 1), "intent": 0, "type": 4,
        "pixdim": (1, 0.75, 1.125, 2.5, 0, 0, 0, 0), "offset": 352, "scaling": (1, 0), "units": 2,
        "codes": (1, 1), "quaternion": (0, 0, 0), "origin": (-12, 30, 105.5),
        "rows": ((0.75, 0, 0, -12), (0, 1.125, 0, 30), (0, 0, 2.5, 105.5)), **changes,
    }  # fmt: skip
    data = bytearray(352)

    def put(at, layout, *numbers):
        struct.pack_into(has["order"] + layout, data, at, *numbers)

    put(0, "i", 348)
    put(40, "8h", *has["dim"])
    bits = 8 * np.dtype(TYPES.get(has["type"], "u1")).itemsize
    put(68, "3h", has["intent"], has["type"], bits)
    put(76, "8f", *has["pixdim"])
    put(108, "3f", has["offset"], *has["scaling"])
    data[123] = has["units"]
    put(252, "2h", *has["codes"])
    put(256, "6f", *has["quaternion"], *has["origin"])
    put(280, "12f", *np.ravel(has["rows"]))
    data[344:348] = b"n+1\0"
    return bytes(data)


def write(path, voxels, **changes):
    """A file of a header and voxels, whose type and order the header has."""
    data = header(**changes) + bytes(int(changes.get("offset", 352)) - 352) + voxels.tobytes()
    path.write_bytes(gzip.compress(data, 1) if path.suffix.lower() == ".gz" else data)
    return path


def voxels(shape=(6, 5, 4), dtype="<i2", seed=0):
    return np.random.default_rng(seed).integers(0, 100, shape).astype(dtype)


def quiet_sitk(path):
    before = sitk.ProcessObject.GetGlobalWarningDisplay()
    sitk.ProcessObject.GlobalWarningDisplayOff()
    try:
        return sitk.ReadImage(str(path))
    finally:
        sitk.ProcessObject.SetGlobalWarningDisplay(before)


def is_ours(path):
    read = files.read_decoded(path, "image", DOOR)
    return isinstance(read, Decoded) and read.is_ours


def assert_as_simpleitk(path):
    """Voxels and place are those that SimpleITK reads, bit by bit, with and without its image."""
    theirs = quiet_sitk(path)
    ours = files.read_decoded(path, "image", DOOR)
    wanted = sitk.GetArrayViewFromImage(theirs)
    assert ours.voxels.dtype == wanted.dtype
    assert ours.voxels.dtype.isnative
    assert ours.voxels.shape == wanted.shape
    assert ours.voxels.tobytes() == wanted.tobytes()
    assert not ours.voxels.flags.writeable
    for image in (ours, ours.image()):
        assert image.GetSize() == theirs.GetSize()
        assert image.GetDimension() == theirs.GetDimension()
        for name in ("GetSpacing", "GetOrigin", "GetDirection"):
            of_ours, of_theirs = (getattr(one, name)() for one in (image, theirs))
            if SAME_BITS:
                assert list(map(float.hex, of_ours)) == list(map(float.hex, of_theirs)), name
            else:
                np.testing.assert_array_max_ulp(of_ours, of_theirs, 2)
    assert ours.image().GetPixelID() == theirs.GetPixelID()
    made = ours.image()
    # What the pipeline adds beside the header is not for us.
    assert set(theirs.GetMetaDataKeys()) - set(made.GetMetaDataKeys()) <= ADDED
    for key in made.GetMetaDataKeys():
        assert made.GetMetaData(key) == theirs.GetMetaData(key)


def single(number):
    """A number as a header holds it."""
    return float(np.float32(number))


def random_place(rng):
    """Steps, side, a quaternion and an origin; rows that say the same; and which of both count."""
    if rng.random() < 0.4:
        four = [rng.choice((-1, 0, 1)) for _ in range(4)]
    else:
        four = [rng.gauss(0, 1) for _ in range(4)]
    if rng.random() < 0.2:
        four[0] = 0
    if not any(four):
        four[0] = 1
    length = math.copysign(math.hypot(*four), four[0] or 1)
    a, b, c, d = (one / length for one in four)
    steps = [single(rng.choice((1, 0.5, rng.uniform(0.1, 6)))) for _ in range(3)]
    side = rng.choice((1, -1))
    origin = [single(rng.choice((0, -0.0, rng.uniform(-900, 900)))) for _ in range(3)]
    turn = np.array(
        [
            [a * a + b * b - c * c - d * d, 2 * (b * c - a * d), 2 * (b * d + a * c)],
            [2 * (b * c + a * d), a * a + c * c - b * b - d * d, 2 * (c * d - a * b)],
            [2 * (b * d - a * c), 2 * (c * d + a * b), a * a + d * d - b * b - c * c],
        ]
    )
    rows = np.column_stack([turn * steps * (1, 1, side), origin])
    codes = rng.choice(((1, 0), (2, 0), (0, 1), (0, 2), (0, 4), (1, 1), (2, 1), (1, 1)))
    return {
        "pixdim": (side, *steps, rng.choice((0, 1, 2)), 0, 0, 0), "quaternion": (b, c, d),
        "origin": origin, "rows": rows, "codes": codes,
    }  # fmt: skip


@pytest.mark.parametrize("part", range(6))
def test_plain_files_are_read_without_simpleitk_as_it_reads_them(tmp_path, part):
    rng = random.Random(part)
    for k in range(COUNT // 6):
        code, kind = rng.choice(list(TYPES.items()))
        order = rng.choice("<>")
        size = [rng.randint(1, 6) for _ in range(3)]
        dim = rng.choice(((3, *size, 0, 0, 0, 0), (3, *size, 1, 1, 1, 1), (4, *size, 1, 1, 1, 1)))
        path = tmp_path / f"image{k}{rng.choice(('.nii', '.nii.gz'))}"
        changes = {
            "order": order, "dim": dim, "type": code, "units": rng.choice((0, 2, 10, 18)),
            "scaling": rng.choice(((0, 0), (1, 0))), "intent": rng.choice((0, 0, 1002)),
            "offset": rng.choice((352, 352, 416)), **random_place(rng),
        }  # fmt: skip
        write(path, voxels(size[::-1], order + kind, k), **changes)
        assert is_ours(path), changes
        assert_as_simpleitk(path)


@pytest.mark.parametrize("part", range(4))
def test_headers_with_other_bytes_are_read_as_simpleitk_reads_them_or_by_it(tmp_path, part):
    """A byte, or a number, is another one; whatever is still read here is what SimpleITK reads."""
    rng = random.Random(part)
    path, count = tmp_path / "image.nii", 0
    for k in range(150):
        changes = random_place(rng)
        data = bytearray(header(**changes) + voxels(seed=k).tobytes())
        at = rng.choice((40, 68, 70, 76, 80, 84, 108, 112, 123, 252, 256, 268, 280, 300, 344))
        if rng.random() < 0.5:
            data[at + rng.randrange(4)] ^= 1 << rng.randrange(8)
        else:
            number = rng.choice((0, -1, 1, 1e-3, 0.7, 1.001, 1e5, 3e38, math.inf, math.nan))
            struct.pack_into("<f", data, at, number)
        path.write_bytes(data)
        try:
            ours = is_ours(path)
        except rr.RadiomicsError:
            continue
        if ours:
            count += 1
            assert_as_simpleitk(path)
    assert count > 10


@pytest.mark.parametrize("suffix", [".nii", ".nii.gz"])
@pytest.mark.parametrize("codes", [(1, 0), (0, 1), (1, 1)])
@pytest.mark.parametrize("third", [0, 1, 2.5])
def test_slices_are_read_without_simpleitk(tmp_path, codes, third, suffix):
    """An axis that is turned within the plane; programs differ in what they have for the third."""
    b, c = single(math.cos(0.3)), single(math.sin(0.3))
    places = [
        {"quaternion": (0, 0, math.sin(0.3)), "rows": None},
        {"quaternion": (0, 0, 0), "rows": ((0.75, 0, 0, -12), (0, 1.125, 0, 30), (0, 0, 1, 0))},
    ]
    turned = math.cos(0.6), math.sin(0.6)
    places[0]["rows"] = (
        (0.75 * turned[0], -1.125 * turned[1], 0, -12),
        (0.75 * turned[1], 1.125 * turned[0], 0, 30),
        (0, 0, 1, 0),
    )
    assert b != c
    for dim in ((2, 4, 5, 0, 0, 0, 0, 0), (2, 4, 5, 1, 1, 1, 1, 1)):
        for place in places:
            pixdim = (1, 0.75, 1.125, third, 0, 0, 0, 0)
            changes = {"dim": dim, "pixdim": pixdim, "codes": codes, "origin": (-12, 30, 0)}
            path = write(tmp_path / f"slice{suffix}", voxels((5, 4)), **changes, **place)
            assert is_ours(path)
            assert_as_simpleitk(path)
            assert io.read(path).voxels.shape == (1, 5, 4)


SHEARED = ((0.75, 0.01, 0, -12), (0, 1.125, 0, 30), (0, 0, 2.5, 105.5))


@pytest.mark.parametrize(
    "changes",
    [
        {"codes": (0, 0)},
        {"codes": (2, 2), "quaternion": (0.1, 0.2, 0.3)},
        {"origin": (-12, 30, 105)},
        {"pixdim": (1, -0.75, 1.125, 2.5, 0, 0, 0, 0)},
        {"pixdim": (0, 0.75, 1.125, 2.5, 0, 0, 0, 0)},
        {"pixdim": (2, 0.75, 1.125, 2.5, 0, 0, 0, 0)},
        {"units": 1},
        {"units": 3},
        {"units": 5},
        {"rows": SHEARED},
        {"rows": ((0.76, 0, 0, -12), (0, 1.125, 0, 30), (0, 0, 2.5, 105.5)), "codes": (0, 1)},
        {"quaternion": (0.8, 0.8, 0.8)},
        {"origin": (2e4, 0, 0), "codes": (1, 0)},
        {"rows": ((0.75, 0, 0, 2e4), (0, 1.125, 0, 30), (0, 0, 2.5, 105.5)), "codes": (0, 1)},
        {"scaling": (2, 10)},
        {"scaling": (1, -1024)},
        {"scaling": (float("nan"), float("nan"))},
        {"intent": 1006},
        {"dim": (4, 4, 5, 3, 2, 1, 1, 1)},
        {"dim": (5, 4, 5, 6, 1, 1, 1, 1)},
        {"dim": (1, 120, 1, 1, 1, 1, 1, 1)},
        {"dim": (2, 4, 30, 1, 1, 1, 1, 1), "quaternion": (0.5, 0.5, 0.5), "codes": (1, 0)},
    ],
)
@pytest.mark.parametrize("suffix", [".nii", ".nii.gz"])
def test_what_is_not_plain_is_left_to_simpleitk(tmp_path, suffix, changes, monkeypatch):
    path = write(tmp_path / f"image{suffix}", voxels(), **changes)
    asked = []
    monkeypatch.setattr(files, "_by_sitk", lambda *given: asked.append(given) or _AskedError.end())
    with pytest.raises(_AskedError):
        files.read_decoded(path)
    assert len(asked) == 1


class _AskedError(Exception):
    """SimpleITK was asked."""

    @classmethod
    def end(cls):
        raise cls


def test_two_forms_of_equal_standing_count_if_they_say_the_same(tmp_path):
    """Straight axes: whichever SimpleITK takes, the bits are these."""
    path = write(tmp_path / "image.nii", voxels(), codes=(2, 2))
    assert is_ours(path)
    assert_as_simpleitk(path)


@pytest.mark.parametrize("ending", [".nii", ".nii.gz"])
@pytest.mark.parametrize(("dtype", "code"), [("<f4", 16), (">f8", 64)])
@pytest.mark.parametrize("units", [2, 3])
def test_real_numbers_that_are_none_are_kept(tmp_path, ending, dtype, code, units):
    """SimpleITK makes 0 of them, also where it has to read the header (units of micrometres)."""
    array = voxels(dtype=dtype)
    array[0, 0, 0], array[1, 1, 1] = np.nan, -np.inf
    order = dtype[0]
    path = write(tmp_path / f"image{ending}", array, type=code, units=units, order=order)
    assert is_ours(path) == (units == 2)
    np.testing.assert_array_equal(io.read(path).voxels, array)
    read = sitk.GetArrayFromImage(files.read_sitk(path))
    np.testing.assert_array_equal(read, array)


@pytest.mark.parametrize("ending", [".nii", ".nii.gz"])
def test_real_numbers_that_are_none_with_a_slope_are_refused(tmp_path, ending):
    array = voxels(dtype="<f4")
    finite = write(tmp_path / f"finite{ending}", array, type=16, scaling=(2.0, 1.0))
    np.testing.assert_allclose(io.read(finite).voxels, array * 2.0 + 1.0)
    array[0, 0, 0] = np.nan
    path = write(tmp_path / f"image{ending}", array, type=16, scaling=(2.0, 1.0))
    with pytest.raises(rr.ReadError, match=r"NaN or infinite.* 2 \(scl_slope\)"):
        io.read(path)


def test_a_file_that_has_gone_still_has_its_image(tmp_path):
    path = write(tmp_path / "image.nii.gz", voxels())
    read = files.read_decoded(path)
    path.unlink()
    np.testing.assert_array_equal(sitk.GetArrayFromImage(read.image()), voxels())


def test_the_record_says_who_has_read(tmp_path):
    plain = write(tmp_path / "image.nii.gz", voxels())
    other = write(tmp_path / "other.nii.gz", voxels(), units=3)
    assert io.read_image(plain).record["file"].text == f"read from {plain}"
    assert io.read_image(other).record["file"].text == f"read by SimpleITK from {other}"


@pytest.mark.nightly
def test_the_files_of_the_data(data):
    """Every NIfTI file of the reference images; most of them are plain."""
    found = sorted(
        path for path in data.rglob("*.nii*") if path.is_file() and "faults" not in str(path)
    )
    plain = [path for path in found if is_ours(path)]
    assert len(plain) > len(found) / 2
    for path in plain:
        assert_as_simpleitk(path)


@pytest.mark.parametrize("changes", [{"scaling": (2.0, 0.0)}, {"scaling": (1.0, 5.0)}])
@pytest.mark.parametrize("name", ["x.nii.gz", "x.NII.GZ"])
def test_a_neighbour_is_not_taken_for_a_compressed_file(tmp_path, changes, name):
    """SimpleITK would read the header of `x.nii.gz` and the voxels of `x.nii`."""
    array = voxels()
    path = write(tmp_path / name, array, **changes)
    slope, intercept = changes["scaling"]
    if name == "x.nii.gz":
        np.testing.assert_array_equal(io.read(path).voxels, array * slope + intercept)
    neighbour = write(path.with_suffix(""), np.full_like(array, 7))
    with pytest.raises(rr.ReadError, match=f"it would take {neighbour.name} for it"):
        io.read(path)
    # Without a slope the voxels are ours.
    np.testing.assert_array_equal(io.read(write(path, array)).voxels, array)


@pytest.mark.parametrize("odd", [math.inf, -math.inf, math.nan])
@pytest.mark.parametrize("codes", [(0, 1), (1, 0)])
def test_a_place_that_is_none_is_refused(tmp_path, odd, codes):
    """Of an oblique sform with an infinite origin SimpleITK makes no end."""
    turned = ((0.8, -0.6, 0, odd), (0.6, 0.8, 0, 30), (0, 0, 2.5, 105.5))
    path = write(tmp_path / "x.nii", voxels(), codes=codes, rows=turned, origin=(odd, 0, 0))
    with pytest.raises(rr.GeometryError, match=r"(qform|sform).* NaN or infinite"):
        io.read(path)


@pytest.mark.parametrize("cut", [0, 1, 347, 348, 400])
def test_several_streams_may_follow_one_another(tmp_path, cut):
    array = voxels()
    data = gzip.decompress(write(tmp_path / "x.nii.gz", array).read_bytes())
    path = tmp_path / "two.nii.gz"
    path.write_bytes(gzip.compress(data[:cut]) + gzip.compress(data[cut:]))
    np.testing.assert_array_equal(io.read(path).voxels, array)


def test_a_volume_is_shown_without_its_voxels(tmp_path):
    volume = io.read(write(tmp_path / "x.nii", voxels()))
    assert repr(volume).startswith(
        "Volume(shape (z, y, x) (6, 5, 4), int16, spacing_mm=(2.5, 1.125"
    )
    assert len(repr(volume)) < 300
    same = volume
    assert volume == same
    assert len({volume, same}) == 1
