"""Pictures of regions: what is drawn where, and what is refused."""

import sys

import numpy as np
import pytest
import SimpleITK as sitk  # noqa: N813

import radiomics_rs as rr
from commands import refused, run

plt = pytest.importorskip("matplotlib.pyplot")


@pytest.fixture
def scene():
    """An image (z, y, x) with a tumour in an organ, each a box."""
    organ = np.zeros((6, 40, 50), np.uint8)
    organ[1:5, 5:35, 10:45] = 1
    tumour = np.zeros_like(organ)
    tumour[2:5, 10:16, 20:30] = 1
    tumour[3, 16, 20:30] = 1
    image = (100 * organ + 50 * tumour).astype(np.int16)
    return image, {"tumour": tumour, "organ": organ}


def _as_files(scene, folder):
    image, masks = scene
    paths = {}
    for name, voxels in {"image": image, **masks}.items():
        made = sitk.GetImageFromArray(voxels)
        made.SetSpacing((0.5, 2.0, 3.0))
        sitk.WriteImage(made, str(folder / f"{name}.nii.gz"))
        paths[name] = str(folder / f"{name}.nii.gz")
    return paths


def _outlines(ax):
    """The boxes (left, right, top, bottom) in mm of what is outlined, in the order of drawing."""
    found = []
    for drawn in ax.collections:
        (path,) = drawn.get_paths()
        (left, top), (right, bottom) = path.vertices.min(axis=0), path.vertices.max(axis=0)
        found.append((left, right, top, bottom))
    return found


def test_outlines_lie_half_a_voxel_round_their_voxels(scene):
    ax = rr.plot_region(*scene, spacing_mm=(3, 2, 0.5))
    assert ax.get_title() == "slice 3"
    organ, tumour = _outlines(ax)
    assert tumour == pytest.approx((19.5 * 0.5, 29.5 * 0.5, 9.5 * 2, 16.5 * 2))
    assert organ == pytest.approx((9.5 * 0.5, 44.5 * 0.5, 4.5 * 2, 34.5 * 2))
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["tumour", "organ"]
    # The image has its voxels where the outlines have them.
    (picture,) = ax.get_images()
    left, right, bottom, top = picture.get_extent()
    shown = np.asarray(picture.get_array())
    assert shown.shape == (40, 46)
    assert (left, right, top, bottom) == pytest.approx((3.5 * 0.5, 49.5 * 0.5, -1.0, 79.0))
    assert shown[12, 25 - 4] == 150
    # Nothing but the image is shown, though outlines reach further.
    assert (*sorted(ax.get_xlim()), *sorted(ax.get_ylim())) == (left, right, top, bottom)


def test_what_is_not_finite_is_left_out_of_the_window(scene):
    image, masks = scene
    image = np.where(image == 0, np.nan, image)
    maps = rr.feature_maps(image, masks["organ"], ["glcm.contrast"], spacing_mm=1)
    ax = rr.plot_map(maps, "glcm.contrast", image, index=1)
    assert ax.get_images()[0].get_clim() == (100, 150)


def test_without_matplotlib_there_is_a_remedy(scene, monkeypatch):
    image, masks = scene
    maps = rr.feature_maps(image, masks["organ"], ["glcm.contrast"], spacing_mm=1)
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    for draw in (
        lambda: rr.plot_region(image, masks, spacing_mm=1),
        lambda: rr.plot_histogram(image, masks["organ"], spacing_mm=1),
        lambda: rr.plot_map(maps, "glcm.contrast"),
    ):
        with pytest.raises(ImportError, match=r"pip install radiomics-rs\[plot\]"):
            draw()


def test_another_slice_and_a_mask_that_is_not_there(scene):
    ax = rr.plot_region(*scene, spacing_mm=1, index=1)
    assert len(_outlines(ax)) == 1
    texts = [text.get_text() for text in ax.get_legend().get_texts()]
    assert texts == ["tumour (not here)", "organ"]


def test_a_single_mask_has_no_legend(scene):
    image, masks = scene
    ax = rr.plot_region(image, masks["tumour"], spacing_mm=1, window=(0, 200))
    assert ax.get_legend() is None
    assert ax.get_images()[0].get_clim() == (0, 200)


def test_seen_from_the_feet(scene, tmp_path):
    """The patient's right is at the left, whatever way the array runs."""
    image, masks = scene
    flipped = []
    for voxels in (image, masks["tumour"]):
        made = sitk.GetImageFromArray(voxels)
        made.SetDirection((-1, 0, 0, 0, -1, 0, 0, 0, 1))
        flipped.append(made)
    ax = rr.plot_region(*flipped)
    left, right = ax.get_xlim()
    bottom, top = ax.get_ylim()
    assert left > right
    assert bottom < top


@pytest.mark.parametrize(
    ("masks", "more", "error"),
    [
        ({}, {}, "there is no mask"),
        (None, {"index": 6}, "there is no slice 6: the image has slices 0 to 5"),
        (None, {"index": 0}, "slice 0 holds no voxel of any mask"),
        (None, {"label": 2}, "label 2"),
        ({"small": np.ones((6, 40, 49), np.uint8)}, {}, "shape"),
    ],
)
def test_what_cannot_be_drawn(scene, masks, more, error):
    image, known = scene
    with pytest.raises(rr.RadiomicsError, match=error):
        rr.plot_region(image, known if masks is None else masks, spacing_mm=1, **more)


def test_the_command_draws(scene, tmp_path):
    paths = _as_files(scene, tmp_path)
    picture = tmp_path / "region.png"
    done = run(
        "explain",
        paths["image"],
        paths["tumour"],
        "--set",
        "bin_width=25",
        "--picture",
        str(picture),
        "--outline",
        f"organ={paths['organ']}",
    )
    assert "grey levels" in done.stdout
    drawn = plt.imread(picture)
    assert drawn.shape[:2] == (720, 960)
    # Both colours of outlines are there.
    for colour in ((230, 159, 0), (86, 180, 233)):
        assert (np.abs(drawn[..., :3] * 255 - colour).max(axis=-1) < 2).any()


@pytest.mark.parametrize(
    ("options", "code", "error"),
    [
        (["--slice", "1"], 2, "give --picture"),
        (["--picture", "x.png", "--outline", "organ"], 2, "NAME=MASK"),
        (["--picture", "x.docx"], 1, "x.docx: the name of a picture must end in one of"),
    ],
)
def test_the_command_refuses(scene, tmp_path, options, code, error, monkeypatch):
    paths = _as_files(scene, tmp_path)
    monkeypatch.chdir(tmp_path)
    assert error in refused("explain", paths["image"], paths["tumour"], *options, code=code)
    assert not [*tmp_path.glob("x*")]
