"""Every bad input has an error of its own, naming the values at fault."""

import numpy as np
import pytest
import SimpleITK as sitk  # noqa: N813

import radiomics_rs as rr

SHAPE = (4, 5, 6)
IMAGE = np.arange(120, dtype=np.float64).reshape(SHAPE)
MASK = np.ones(SHAPE, np.uint8)


def spoilt(array, value, index=(2, 1, 3)):
    array = array.copy()
    array[index] = value
    return array


def single():
    mask = np.zeros(SHAPE, np.uint8)
    mask[1, 2, 3] = 1
    return mask


VALUES = {
    "empty mask": (IMAGE, MASK * 0, {}, "the mask is empty: all of its 120 voxels"),
    "label not present": (IMAGE, MASK * 3, {"label": 2}, "label 2 is not in the mask; it holds 3"),
    "background": (IMAGE, MASK, {"label": 0}, "label 0 is the background"),
    "fractional mask": (IMAGE, MASK * 0.5, {}, "holds the value 0.5 at (z, y, x) [0, 0, 0]"),
    "NaN in mask": (IMAGE, spoilt(MASK * 1.0, np.nan), {}, "the value NaN at (z, y, x) [2, 1, 3]"),
    "shapes": (IMAGE, MASK[:, :, 1:], {}, "[4, 5, 6] and the mask [4, 5, 5]"),
    "NaN": (
        spoilt(IMAGE, np.nan),
        MASK,
        {},
        "NaN or infinite, the first one at (z, y, x) [2, 1, 3]",
    ),
    "infinity": (spoilt(IMAGE, np.inf), MASK, {}, "at (z, y, x) [2, 1, 3] (inf)"),
    "single voxel": (IMAGE, single(), {}, "the region has 1 voxel(s)"),
    "zero spacing": (IMAGE, MASK, {"spacing_mm": (1, 0, 1)}, "[1.0, 0.0, 1.0] mm"),
    "negative spacing": (IMAGE, MASK, {"spacing_mm": -1}, "[-1.0, -1.0, -1.0] mm"),
    "NaN spacing": (IMAGE, MASK, {"spacing_mm": (1, 1, float("nan"))}, "[1.0, 1.0, NaN] mm"),
    "endless spacing": (IMAGE, MASK, {"spacing_mm": (1, 10**400, 1)}, "[1.0, inf, 1.0] mm"),
    "no spacing": (IMAGE, MASK, {"spacing_mm": None}, "give spacing_mm=(z, y, x) in millimetres"),
    "two spacings": (IMAGE, MASK, {"spacing_mm": (1, 2)}, "of 2 numbers for 3 dimensions"),
    "one dimension": (IMAGE[0, 0], MASK[0, 0], {"spacing_mm": (1, 1, 1)}, "has 1 dimensions"),
    "four dimensions": (IMAGE[None], MASK, {"spacing_mm": (1, 1, 1)}, "has 4 dimensions"),
    "no voxels": (IMAGE[:0], MASK[:0], {}, "shape (z, y, x) [0, 5, 6]"),
    "threads": (IMAGE, MASK, {"threads": -2}, "threads is -2"),
    "too many threads": (IMAGE, MASK, {"threads": 10**7}, "10000000 threads: 1024 are the limit"),
    "bin width": (
        IMAGE,
        MASK,
        {"settings": {"bin_width": 0}},
        "`bin_width` is 0: it must be",
    ),
    "negative bin width": (IMAGE, MASK, {"settings": {"bin_width": -5}}, "`bin_width` is -5"),
    "unknown setting": (IMAGE, MASK, {"settings": {"binWidth": 5}}, "did you mean `bin_width`?"),
    "unknown family": (IMAGE, MASK, {"settings": {"families": ["gclm"]}}, "did you mean `glcm`?"),
}


@pytest.mark.parametrize("case", VALUES)
def test_values(case):
    image, mask, options, message = VALUES[case]
    with pytest.raises(rr.RadiomicsError) as caught:
        rr.extract(image, mask, **{"spacing_mm": 1, **options})
    assert message in str(caught.value)
    assert isinstance(caught.value, ValueError)


def test_every_message_is_its_own():
    messages = set()
    for image, mask, options, _ in VALUES.values():
        with pytest.raises(rr.RadiomicsError) as caught:
            rr.extract(image, mask, **{"spacing_mm": 1, **options})
        messages.add(str(caught.value))
    assert len(messages) == len(VALUES)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda m: m.SetSpacing((1, 1, 1.5)), "differ in spacing [1.5, 1.0, 1.0] and"),
        (lambda m: m.SetOrigin((0, 0.25, 0)), "differ in origin [0.0, 0.25, 0.0] and"),
        (lambda m: m.SetDirection((0.8, 0.6, 0, -0.6, 0.8, 0, 0, 0, 1)), "differ in direction"),
    ],
)
def test_geometry(change, message):
    image, mask = sitk.GetImageFromArray(IMAGE), sitk.GetImageFromArray(MASK)
    change(mask)
    with pytest.raises(rr.RadiomicsError) as caught:
        rr.extract(image, mask)
    assert message in str(caught.value)
    assert "mm at the worst corner" in str(caught.value)


RECORDS = np.zeros(SHAPE, [("a", "i2"), ("b", "i2")])
TYPES = {
    "objects": (IMAGE.astype(object), "dtype object"),
    "text": (IMAGE.astype("U8"), "dtype <U8"),
    "records": (RECORDS, "dtype [('a', '<i2'), ('b', '<i2')]"),
    "dates": (IMAGE.astype("M8[s]"), "dtype datetime64[s]"),
    "complex": (IMAGE.astype(complex), "take the magnitude or the real part"),
    "half": (IMAGE.astype(np.float16), 'dtype float16: convert it with `.astype("float32")`'),
    "other byte order": (
        IMAGE.astype(np.dtype("f4").newbyteorder("S")),
        'byte order is not this machine\'s; convert it with `.astype("float32")`',
    ),
    "list": (IMAGE.tolist(), "is of type list: give a file path"),
    "none": (None, "is of type NoneType"),
    "masked array": (np.ma.masked_less(IMAGE, 5), "is a masked array"),
}


@pytest.mark.parametrize("role", ["image", "mask"])
@pytest.mark.parametrize("case", TYPES)
def test_types(case, role):
    bad, message = TYPES[case]
    given = (bad, MASK) if role == "image" else (IMAGE, bad)
    with pytest.raises(TypeError) as caught:
        rr.extract(*given, spacing_mm=1)
    assert message in str(caught.value)
    assert f"the {role} " in str(caught.value)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"label": 1.0}, "label"),
        ({"threads": 1.5}, "threads"),
        ({"spacing_mm": "wide"}, "spacing_mm"),
        ({"spacing_mm": (1, None, 1)}, "spacing_mm"),
        ({"settings": 25}, "settings"),
        ({"settings": {1: 2}}, "the names of settings are strings, not int"),
    ],
)
def test_argument_types(options, message):
    with pytest.raises(TypeError, match=message):
        rr.extract(IMAGE, MASK, **{"spacing_mm": 1, **options})


def test_labels_without_names():
    with pytest.raises(rr.RegionError, match="no label called 'liver', and there are no"):
        rr.extract(IMAGE, MASK, label="liver", spacing_mm=1)


def test_missing_files(tmp_path):
    absent = tmp_path / "nothing.nii.gz"
    for given in ((absent, MASK), (IMAGE, str(absent))):
        with pytest.raises(FileNotFoundError, match=r"nothing\.nii\.gz"):
            rr.extract(*given)
    with pytest.raises(FileNotFoundError, match=r"nothing\.yaml"):
        rr.extract(IMAGE, MASK, tmp_path / "nothing.yaml", spacing_mm=1)


def test_unreadable_files(tmp_path):
    garbage = tmp_path / "garbage.nii.gz"
    garbage.write_bytes(b"no image")
    with pytest.raises(rr.RadiomicsError, match=r"cannot read mask .*garbage\.nii\.gz: \w+"):
        rr.extract(IMAGE, garbage)
    with pytest.raises(rr.RadiomicsError, match="it holds no DICOM file: give"):
        rr.extract(tmp_path, MASK)
    settings = tmp_path / "settings.yaml"
    settings.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(rr.RadiomicsError, match=r"cannot read .*settings\.yaml"):
        rr.extract(IMAGE, MASK, settings, spacing_mm=1)
    settings.write_text("binWidth: 3")
    with pytest.raises(rr.RadiomicsError, match=r"settings\.yaml: there is no setting `binWidth`"):
        rr.extract(IMAGE, MASK, settings, spacing_mm=1)


def test_spacing_for_what_has_one():
    image = sitk.GetImageFromArray(IMAGE)
    with pytest.raises(rr.RadiomicsError, match="only if image and mask are both arrays"):
        rr.extract(image, MASK, spacing_mm=1)


def test_images_that_are_no_volume():
    colours = sitk.GetImageFromArray(np.zeros((*SHAPE, 3)), isVector=True)
    with pytest.raises(rr.RadiomicsError, match="3 components per voxel"):
        rr.extract(colours, MASK)
    series = sitk.JoinSeries([sitk.GetImageFromArray(IMAGE)] * 2)
    with pytest.raises(rr.RadiomicsError, match="4 dimensions"):
        rr.extract(series, MASK)
    label_map = sitk.LabelImageToLabelMap(sitk.GetImageFromArray(MASK))
    with pytest.raises(rr.RadiomicsError, match=r"SimpleITK\.LabelMapToLabel"):
        rr.extract(IMAGE, label_map)
    waves = sitk.GetImageFromArray(IMAGE.astype(complex))
    with pytest.raises(rr.RadiomicsError, match="complex"):
        rr.extract(waves, MASK)
