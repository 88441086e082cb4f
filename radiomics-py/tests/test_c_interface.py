"""The C interface gives the bits that Python gives, and what it exports Arrow can read."""

from __future__ import annotations

import ctypes

import numpy as np
import pytest
import SimpleITK as sitk  # noqa: N813

import radiomics_rs as rr
from c_library import F64, I16, U8, Extraction, Image, Session, library, viewed


class Output(ctypes.Structure):
    """radiomics_output of include/radiomics.h."""

    _fields_ = (
        ("struct_size", ctypes.c_size_t),
        ("buffers", ctypes.POINTER(ctypes.c_void_p)),
        ("buffer_count", ctypes.c_size_t),
        ("buffer_length", ctypes.c_size_t),
        ("outside", ctypes.c_double),
        ("progress", ctypes.c_void_p),
        ("user_data", ctypes.c_void_p),
    )


class MapsJob(ctypes.Structure):
    """radiomics_maps_job of include/radiomics.h."""

    _fields_ = (
        ("struct_size", ctypes.c_size_t),
        ("image", ctypes.POINTER(Image)),
        ("mask", ctypes.POINTER(Image)),
        ("label", ctypes.c_int64),
        ("settings", ctypes.c_void_p),
        ("radius", ctypes.c_size_t),
        ("in_plane", ctypes.c_int32),
        ("unmasked", ctypes.c_int32),
    )


class Map(ctypes.Structure):
    """radiomics_map of include/radiomics.h."""

    _fields_ = (
        ("struct_size", ctypes.c_size_t),
        *((name, ctypes.c_char_p) for name in ("column", "image", "family", "feature")),
        *((name, ctypes.c_char_p) for name in ("aggregation", "ibsi_id", "ibsi_parameter_id")),
        ("pyradiomics", ctypes.c_char_p),
    )


@pytest.fixture(scope="module")
def c() -> ctypes.CDLL:
    return library()


def _bits(table) -> list[int]:
    return np.array([row.value for row in table], dtype=float).view(np.uint64).tolist()


def test_version(c):
    assert c.radiomics_version().decode() == rr.__version__


@pytest.mark.parametrize("order", ["C", "F"])
def test_digital_phantom_is_the_same_bits(c, phantom, configuration, order):
    image, mask, spacing = phantom
    expected = rr.extract(image, mask, configuration, label=1, spacing_mm=spacing)
    image, mask = np.asarray(image, order=order), np.asarray(mask, order=order)
    views = viewed(image, I16, spacing), viewed(mask, U8, spacing)
    with Extraction(c, *views, configuration) as found:
        assert found.bits() == _bits(expected)


@pytest.mark.parametrize("name", ["A", "C", "E"])
def test_ct_phantom_is_the_same_bits(c, data, name):
    folder = data / "ibsi1" / "ct_phantom"
    files = [sitk.ReadImage(str(folder / file)) for file in ("image.nii.gz", "mask.nii.gz")]
    spacing = files[0].GetSpacing()[::-1]
    image, mask = (sitk.GetArrayFromImage(file) for file in files)
    settings = rr.Settings.ibsi_configuration(name)
    expected = rr.extract(image, mask, settings, label=1, spacing_mm=spacing)
    floats, labels = image.astype(np.float64), mask.astype(np.uint8)
    with Extraction(
        c, viewed(floats, F64, spacing), viewed(labels, U8, spacing), settings
    ) as found:
        assert found.bits() == _bits(expected)


def _into(volumes: np.ndarray) -> Output:
    """For as long as the array lives."""
    buffers = (ctypes.c_void_p * len(volumes))(*(volume.ctypes.data for volume in volumes))
    return Output(
        struct_size=ctypes.sizeof(Output),
        buffers=buffers,
        buffer_count=len(volumes),
        buffer_length=volumes[0].size,
        outside=float("nan"),
    )


@pytest.mark.parametrize("order", ["C", "F"])
def test_responses_are_the_same_bits(c, oblique, order):
    image = oblique[0]
    filters = ["original", {"laplacian_of_gaussian": {"sigma_mm": 2}}, "square", "gradient"]
    voxels = np.asarray(sitk.GetArrayFromImage(image), order=order)
    responses = np.full((len(filters), *voxels.shape), -1.0)
    with Session(c, rr.Settings(filters=filters)) as session:
        view, into = viewed(voxels, I16, image.GetSpacing()[::-1]), _into(responses)
        session.checked(
            c.radiomics_filter(
                session.context, ctypes.byref(view), session.settings, ctypes.byref(into)
            )
        )
        names = [c.radiomics_settings_filter_name(session.settings, n) for n in range(5)]
    assert names == [b"original", b"log-2mm-3D", b"square", b"gradient", None]
    for which, response in zip(filters, responses, strict=True):
        expected = sitk.GetArrayFromImage(rr.filter_image(image, which))
        assert response.tobytes() == expected.tobytes()


@pytest.mark.parametrize(("radius", "in_plane", "masked"), [(1, False, True), (2, True, False)])
def test_maps_are_the_same_bits(c, oblique, radius, in_plane, masked):
    image, mask = oblique
    # Resegmented, so that the box holds voxels that are not of the region.
    settings = rr.Settings(
        bin_number=8,
        aggregations=["3D_avg", "3D"],
        resample_spacing_mm=1,
        resegment_range=[-20, 150],
    )
    names = ["intensity_statistics.mean", "glcm.joint_entropy", "glszm.zone_percentage"]
    window = {"radius": radius, "in_plane": in_plane, "masked": masked}
    # Origin and direction of ITK, turned, as the box of the maps has them too.
    views = [
        viewed(sitk.GetArrayViewFromImage(x), t, x.GetSpacing()[::-1])
        for x, t in ((image, I16), (mask, U8))
    ]
    for view in views:
        view.origin_mm = image.GetOrigin()[::-1]
        view.direction = image.GetDirection()[::-1]
    expected = rr.feature_maps(image, mask, names, settings=settings, label=7, **window)
    with Session(c, settings.replace(features=names)) as session:
        job = MapsJob(
            struct_size=ctypes.sizeof(MapsJob),
            image=ctypes.pointer(views[0]),
            mask=ctypes.pointer(views[1]),
            label=7,
            settings=session.settings,
            radius=radius,
            in_plane=in_plane,
            unmasked=not masked,
        )
        maps = ctypes.c_void_p()
        session.checked(
            c.radiomics_maps_new(session.context, ctypes.byref(job), ctypes.byref(maps))
        )
        columns = []
        for index in range(c.radiomics_maps_length(maps)):
            found = Map(struct_size=ctypes.sizeof(Map))
            assert c.radiomics_maps_map(maps, ctypes.c_size_t(index), ctypes.byref(found)) == 0
            columns.append(found.column.decode())
        box = Image(struct_size=ctypes.sizeof(Image))
        assert c.radiomics_maps_image(maps, ctypes.byref(box)) == 0
        values = np.full((len(columns), *box.shape), -1.0)
        into = _into(values)
        session.checked(c.radiomics_maps_compute(session.context, maps, ctypes.byref(into)))
        c.radiomics_maps_free(maps)
    assert columns == list(expected)
    assert tuple(box.shape) == tuple(expected.shape)
    assert list(box.spacing_mm) == list(expected.spacing_mm)
    assert list(box.origin_mm) == list(expected.origin_mm)
    assert list(box.direction) == [x for row in expected.direction for x in row]
    for column, map_ in zip(columns, values, strict=True):
        assert np.isnan(map_).any()
        assert np.isfinite(map_).any()
        assert map_.tobytes() == expected[column].tobytes()


def test_arrow_takes_the_table(c, phantom, configuration):
    pa = pytest.importorskip("pyarrow")
    image, mask, spacing = phantom
    expected = rr.extract(image, mask, configuration, label=1, spacing_mm=spacing)
    # Larger than the structs of the Arrow C Data Interface.
    array, schema = ((ctypes.c_int64 * 16)() for _ in range(2))
    views = viewed(image, I16, spacing), viewed(mask, U8, spacing)
    with Extraction(c, *views, configuration) as found:
        assert c.radiomics_table_to_arrow(found.table, array, schema) == 0
    # The table is freed by now: the export owns what it points to.
    batch = pa.RecordBatch._import_from_c(ctypes.addressof(array), ctypes.addressof(schema))
    batch.validate(full=True)
    columns = batch.to_pydict()
    assert columns["label"] == [1] * len(expected)
    for name in ("column", "image", "family", "feature", "aggregation", "ibsi_id"):
        assert columns[name] == [getattr(row, name) for row in expected]
    np.testing.assert_array_equal(columns["value"], [row.value for row in expected])
    assert columns["defined"] == [row.status == "ok" for row in expected]
