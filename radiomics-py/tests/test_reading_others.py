"""What is no single volume of numbers, or lies as no volume does, is refused."""

import os
import subprocess
import sys
import zlib

import numpy as np
import pytest
import SimpleITK as sitk  # noqa: N813

import radiomics_rs as rr
from radiomics_rs import io
from radiomics_rs.pyradiomics import featureextractor
from reading import MEAN, SETTINGS, SHAPE, noise, refusal

# ---- what is no single volume of numbers ---------------------------------------------------------


def test_files_of_other_voxels_are_named(tmp_path, mask):
    waves = sitk.GetImageFromArray(noise().astype("c8"))
    with pytest.raises(rr.ReadError, match="complex voxels, which have no order: take their magn"):
        rr.extract(waves, mask)
    path = tmp_path / "colours.nrrd"
    sitk.WriteImage(sitk.GetImageFromArray(np.zeros((*SHAPE, 3)), isVector=True), str(path))
    with pytest.raises(rr.ReadError, match=r"colours\.nrrd has 3 components per voxel: take one"):
        rr.extract(path, mask)
    with pytest.raises(rr.ReadError, match=r"colours\.nrrd has 3 .*label_channel, 0 to 2"):
        rr.extract(noise(), path)


@pytest.mark.parametrize(
    ("image", "message"),
    [
        (np.stack([noise(), noise()]), r"4 dimensions, shape \(2, 6, 16, 16\): .*`image\[0\]`"),
        (noise()[..., None], r"4 dimensions, shape \(6, 16, 16, 1\): .*`image\[..., 0\]`"),
        (noise()[0, 0], r"1 dimensions, shape \(16,\)"),
        (noise()[0, 0, 0, ...], r"0 dimensions, shape \(\)"),
    ],
)
def test_arrays_of_other_dimensions(mask, image, message):
    for spacing in (1, (1, 1, 1)):
        with pytest.raises(rr.ReadError, match=message) as caught:
            rr.extract(np.asarray(image), mask, spacing_mm=spacing)
        assert "spacing_mm" not in str(caught.value)


def test_sheared_directions(tmp_path, mask, caplog):
    c, s = np.cos(np.deg2rad(20)), np.sin(np.deg2rad(20))
    pair = [sitk.GetImageFromArray(array) for array in (noise(), mask)]
    paths = [tmp_path / "image.nrrd", tmp_path / "mask.nrrd"]
    for image, path in zip(pair, paths, strict=True):
        image.SetDirection((1, 0, 0, 0, 1, s, 0, 0, c))
        sitk.WriteImage(image, str(path))
    for given in (pair, paths):
        with pytest.raises(rr.GeometryError, match=r"sheared: the axes y and z .* 70 degrees"):
            rr.extract(*given, SETTINGS)
        features = featureextractor.RadiomicsFeatureExtractor().execute(*given)
        assert float(features["original_shape_VoxelVolume"]) == mask.sum()
        assert caplog.text.count("the axes y and z") == 2
        caplog.clear()


def test_directions_of_either_hand(mask):
    """Left-handed ones are right, as are such as are written with three decimals."""
    expected = rr.extract(noise(), mask, spacing_mm=1).to_dict()
    for direction in ((-1, 0, 0, 0, 1, 0, 0, 0, 1), (0.955, -0.296, 0, 0.296, 0.955, 0, 0, 0, 1)):
        pair = [sitk.GetImageFromArray(array) for array in (noise(), mask)]
        for image in pair:
            image.SetDirection(direction)
        found = rr.extract(*pair).to_dict()
        assert found.keys() == expected.keys()
        assert found[MEAN] == expected[MEAN]
    long = sitk.GetImageFromArray(noise())
    long.SetDirection((2, 0, 0, 0, 2, 0, 0, 0, 2))
    with pytest.raises(rr.GeometryError, match=r"axes of length \[2.0, 2.0, 2.0\]"):
        rr.extract(long, mask)


# ---- names ---------------------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_names_that_are_not_utf_8(tmp_path):
    """SimpleITK would end the process."""
    whole = tmp_path / "bild-ä.nii"
    sitk.WriteImage(sitk.GetImageFromArray(noise()), str(whole))
    bad = os.fsencode(tmp_path) + b"/\xff.nii"
    with open(bad, "wb") as file:  # noqa: PTH123
        file.write(whole.read_bytes())
    with pytest.raises(rr.ReadError, match=r"xff\.nii: its name is not in UTF-8: rename it"):
        io.read_sitk(os.fsdecode(bad))
    code = "import sys; from radiomics_rs import io; print(io.read_sitk(sys.argv[1]).GetSize())"
    environment = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    for name, output in ((whole, "(16, 16, 6)\n"), (bad, "")):
        done = subprocess.run(
            [sys.executable, "-c", code, name], capture_output=True, text=True, env=environment
        )
        assert done.stdout == output
        assert ("ReadError" in done.stderr) == (name is bad)
        assert done.returncode == int(name is bad)


def test_what_is_no_file(tmp_path):
    with pytest.raises(FileNotFoundError):
        io.read_sitk(tmp_path / "absent.nii")
    with pytest.raises(rr.ReadError, match="NUL"):
        io.read_sitk(str(tmp_path / "a\0b.nii"))
    with pytest.raises(rr.ReadError, match="neither a file nor a folder"):
        io.read_sitk(os.devnull)
    (tmp_path / "text.txt").write_text("no image")
    assert "of no format that is read" in refusal(tmp_path / "text.txt")
    (tmp_path / "empty.nii").touch()
    assert "empty" in refusal(tmp_path / "empty.nii")


@pytest.mark.parametrize("length", [0, 1, 3, 40, 348, 400, 5000])
@pytest.mark.parametrize("suffix", [".nii", ".nii.gz", ".nrrd", ".mha", ".tif", ".dcm", ".png", ""])
def test_noise_is_no_image(tmp_path, suffix, length, said):
    """Bytes of all kinds, and the mark of a format in front of them."""
    marks = {
        ".nrrd": b"NRRD0004\n",
        ".tif": b"II*\0",
        ".png": b"\x89PNG\r\n\x1a\n",
        ".nii.gz": b"\x1f\x8b\x08",
    }
    junk = np.random.default_rng(length).bytes(length)
    path = tmp_path / f"noise{suffix}"
    for data in (junk, marks.get(suffix, b"") + junk, zlib.compress(junk)):
        path.write_bytes(data)
        refusal(path)
        assert said() == ""
