"""Feature maps from Python and from the command line."""

import numpy as np
import pytest
import SimpleITK as sitk  # noqa: N813

import radiomics_rs as rr
from commands import refused, run
from radiomics_rs import cli
from radiomics_rs._command import images

NAMES = ["intensity_statistics.mean", "glcm.joint_entropy"]
MEAN = "original_intensity_statistics_mean"
ENTROPY = "original_glcm_joint_entropy_3D_avg"


@pytest.fixture
def maps(oblique):
    return rr.feature_maps(*oblique, NAMES, label=7)


def test_maps_by_name(oblique, maps):
    assert list(maps) == [MEAN, ENTROPY]
    assert maps.maps[1] == rr.Column("original", "glcm", "joint_entropy", "3D_avg")
    assert (maps.maps[1].name, maps.maps[1].ibsi_id) == (ENTROPY, "TU9B")
    voxels, labels = (sitk.GetArrayFromImage(part) for part in oblique)
    assert maps.shape == (4, 5, 4)
    assert maps.region.all()
    # A corner's window holds eight voxels of the region, one within holds 27.
    assert maps[MEAN][0, 0, 0] == voxels[2:4, 4:6, 6:8].mean()
    assert maps[MEAN][2, 2, 2] == pytest.approx(voxels[3:6, 5:8, 7:10].mean(), rel=1e-15)
    assert labels[2, 4, 6] == 7
    with pytest.raises(KeyError):
        maps["original_glcm_joint_entropy"]


def test_a_voxel_is_its_window_as_a_region(oblique, maps):
    voxels, labels = (sitk.GetArrayFromImage(part) for part in oblique)
    inside = voxels[labels == 7]
    # The levels of the whole region, as explicit edges.
    edges = np.linspace(inside.min(), inside.max(), 33)
    settings = rr.Settings(bin_edges=edges.tolist(), features=NAMES)
    window = np.zeros_like(labels)
    window[2:5, 4:7, 7:10] = 1
    table = rr.extract(voxels, window * (labels == 7), settings, spacing_mm=1)
    found = [maps[name][1, 1, 2] for name in maps]
    assert found == pytest.approx([row.value for row in table], rel=1e-12)


def test_images_lie_where_the_region_lies(oblique, maps):
    image, mask = oblique
    map_ = maps.image(MEAN)
    place = map_.TransformIndexToPhysicalPoint((1, 2, 3))
    assert mask.TransformPhysicalPointToIndex(place) == (7, 6, 5)
    assert map_.GetDirection() == pytest.approx(image.GetDirection())
    np.testing.assert_array_equal(sitk.GetArrayFromImage(map_), maps[MEAN])


def test_outside_and_region(phantom):
    image, mask, spacing_mm = phantom
    settings = rr.Settings.ibsi_configuration("digital_phantom")
    maps = rr.feature_maps(image, mask, NAMES, 1, settings, spacing_mm=spacing_mm, outside=-1)
    assert maps.region.sum() == mask.sum() == 74
    assert (maps[MEAN][~maps.region] == -1).all()
    np.testing.assert_array_equal(maps.region, mask)
    unmasked = rr.feature_maps(
        image, mask, NAMES[:1], 1, settings, spacing_mm=spacing_mm, masked=False
    )
    assert unmasked[MEAN][0, 0, 0] == image[:2, :2, :2].mean()


def test_without_names_the_settings_choose(phantom):
    image, mask, spacing_mm = phantom
    of = rr.feature_maps(image, mask, settings={"families": ["ngtdm"]}, spacing_mm=spacing_mm)
    assert [one.feature for one in of.maps] == [
        "coarseness", "contrast", "busyness", "complexity", "strength",
    ]  # fmt: skip
    everything = rr.feature_maps(image, mask, spacing_mm=spacing_mm)
    assert {one.family for one in everything.maps} == {
        "intensity_statistics", "intensity_histogram",
        "glcm", "glrlm", "glszm", "gldzm", "ngtdm", "ngldm",
    }  # fmt: skip


def test_maps_larger_than_the_limit_are_in_a_file():
    rng = np.random.default_rng(5)
    image, mask = rng.normal(size=(24, 24, 24)), np.ones((24, 24, 24), np.uint8)
    given = {"features": ["glcm"], "settings": {"bin_number": 8}, "spacing_mm": 1}
    maps = rr.feature_maps(image, mask, **given)
    assert not isinstance(maps.region_values, np.memmap)
    megabytes = maps.region_values.nbytes / 1e6
    small = rr.feature_maps(image, mask, **given, memory_mb=0.99 * megabytes)
    assert isinstance(small.region_values, np.memmap)
    np.testing.assert_array_equal(small.region_values, maps.region_values)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"features": ["morphology"]}, "has no maps"),
        ({"features": ["glcm.contrasts"]}, "did you mean `glcm.contrast`"),
        ({"radius": 0}, "1 to 15"),
        ({"radius": -3}, "radius is -3"),
        ({"label": 3}, "label 3 is not in the mask; it holds 1, 7"),
        ({"threads": -1}, "threads is -1"),
    ],
)
def test_what_cannot_be_used_is_named(oblique, options, message):
    with pytest.raises(rr.RadiomicsError, match=message):
        rr.feature_maps(*oblique, **{"features": NAMES, "label": 7, **options})


@pytest.mark.parametrize("features", ["glcm", 2.5, [1], object])
def test_what_is_no_list_of_names(oblique, features):
    with pytest.raises(TypeError, match=r"features (is|holds) .*: give a list of names"):
        rr.feature_maps(*oblique, features)


def test_outside_beyond_all_floats(oblique):
    maps = rr.feature_maps(*oblique, NAMES, label=7, outside=-(10**400))
    assert maps.outside == -np.inf


def test_progress_and_how_to_end_the_work(oblique):
    calls = []
    rr.feature_maps(*oblique, NAMES, label=7, progress=lambda *call: calls.append(call))
    assert calls[-1] == (80, 80)

    def stop(done, total):
        raise InterruptedError(f"{done} of {total} are enough")

    with pytest.raises(InterruptedError, match="are enough"):
        rr.feature_maps(*oblique, NAMES, label=7, progress=stop)


@pytest.mark.parametrize("suffix", [".nrrd", ".nii.gz"])
def test_files(maps, tmp_path, suffix):
    paths = maps.write(tmp_path / "new", suffix)
    assert [path.name for path in paths] == [f"{name}{suffix}" for name in maps]
    again = sitk.ReadImage(str(paths[0]))
    np.testing.assert_array_equal(sitk.GetArrayFromImage(again), maps[MEAN])
    assert again.GetOrigin() == pytest.approx(maps.origin_mm[::-1], rel=1e-6)
    with pytest.raises(rr.RadiomicsError, match="suffix"):
        maps.write(tmp_path, ".png")


def test_command(oblique, maps, tmp_path):
    files = tmp_path / "image.nrrd", tmp_path / "mask.nrrd"
    for part, file in zip(oblique, files, strict=True):
        sitk.WriteImage(part, str(file))
    out = tmp_path / "maps"
    done = run(
        "map", *files, "--label", 7, "--features", ",".join(NAMES), "--out", out, "--format", "mha"
    )
    assert done.stdout == f"2 maps of 80 voxels written to {out}\n"
    assert done.stderr == ""
    written = sitk.ReadImage(str(out / f"{ENTROPY}.mha"))
    np.testing.assert_array_equal(sitk.GetArrayFromImage(written), maps[ENTROPY])
    assert "`radius` is 0" in refused("map", *files, "--out", out, "--radius", 0)
    assert "--out" in refused("map", *files, code=2)


def test_an_interrupt_ends_the_command(phantom_files, tmp_path, monkeypatch, capsys):
    def interrupted(*_arguments, progress, **_options):
        progress(1, 2)
        raise KeyboardInterrupt

    monkeypatch.setattr(images, "feature_maps", interrupted)
    assert cli.main(["map", *phantom_files, "--out", str(tmp_path / "maps")]) == 130
    assert capsys.readouterr().err == "radiomics-rs: cancelled\n"
    assert not (tmp_path / "maps").exists()


def test_picture(oblique, maps):
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    axes = rr.plot_map(maps, ENTROPY, oblique[0])
    below, above = axes.get_images()
    # The region is rows 4 to 8 of 9 and columns 6 to 9; a margin of a voxel is shown.
    assert below.get_array().shape == (6, 6)
    assert above.get_array().shape == (5, 4)
    assert above.get_extent() == pytest.approx([-0.375, 2.625, 5.0625, -0.5625])
    assert below.get_extent() == pytest.approx([-1.125, 3.375, 5.0625, -1.6875])
    assert axes.figure.axes[1].get_ylabel() == ENTROPY
    with pytest.raises(rr.RadiomicsError, match="slices 0 to 3"):
        rr.plot_map(maps, ENTROPY, index=4)
    with pytest.raises(rr.RadiomicsError, match="does not hold the box"):
        rr.plot_map(maps, ENTROPY, oblique[0][:8])


@pytest.mark.parametrize(
    ("direction", "swapped", "to_left", "upwards"),
    [
        # Array axes (z, y, x) run along the patient's z, y, x: columns are (z, y, x) components.
        (((1, 0, 0), (0, 1, 0), (0, 0, 1)), False, False, False),
        # NIfTI in the order of neurologists: to the right and to the front.
        (((1, 0, 0), (0, -1, 0), (0, 0, -1)), False, True, True),
        # Rows to the left, columns to the back: an axial slice on its side.
        (((1, 0, 0), (0, 0, 1), (0, 1, 0)), True, False, False),
        # A coronal slice: columns to the top, rows to the left.
        (((0, 1, 0), (1, 0, 0), (0, 0, 1)), False, False, True),
        # A sagittal slice from the left: columns to the bottom, rows to the front.
        (((0, -1, 0), (0, 0, -1), (1, 0, 0)), False, True, False),
    ],
)
def test_pictures_are_seen_as_radiologists_see_them(direction, swapped, to_left, upwards):
    """Left and back of the patient at the right of the picture, back and bottom below."""
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    values = np.arange(24.0).reshape(1, 24)
    column = rr.Column("original", "intensity_statistics", "mean")
    maps = rr.FeatureMaps(
        (column,), (2, 3, 4), (5, 2, 1), (0, 0, 0), direction, np.arange(24), values
    )
    axes = rr.plot_map(maps, MEAN, index=1)
    (picture,) = axes.get_images()
    shown = np.asarray(picture.get_array())
    np.testing.assert_array_equal(shown.T if swapped else shown, maps[MEAN][1])
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    assert (left > right) == to_left
    assert (top > bottom) == upwards
    # The outline ends a voxel beyond the region.
    assert {abs(right - left), abs(top - bottom)} == {5, 8}
