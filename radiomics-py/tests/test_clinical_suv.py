"""SUVs of real headers against other people's tools, and headers that no SUV follows from."""

import copy
import json

import numpy as np
import pytest

import radiomics_rs as rr
from radiomics_rs.io import Door, Volume
from radiomics_rs.io.suv import factors, to_suv

pydicom = pytest.importorskip("pydicom")
SOUND = (
    "across_midnight",
    "cps_series_after_acquisition",
    "decay_admin",
    "ge_bqml",
    "philips_bqml",
    "philips_cnts_suv",
    "real_gml_sts025",
    "siemens_bqml",
)
BAD = ("error_counts_not_philips", "error_no_weight")
pytestmark = pytest.mark.filterwarnings("ignore:The value length")


def opened(data, case):
    folder = data / "clinical" / "suv" / case
    slices = [pydicom.dcmread(path) for path in folder.rglob("*.dcm")]
    slices.sort(key=lambda one: float(one.ImagePositionPatient[2]))
    values = [
        one.pixel_array * float(one.RescaleSlope) + float(one.RescaleIntercept) for one in slices
    ]
    expected = json.loads((folder / "expected.json").read_text())
    return Volume(np.array(values), (1, 1, 1)), slices, expected


@pytest.mark.filterwarnings("ignore::radiomics_rs.RadiomicsWarning")
@pytest.mark.parametrize("case", SOUND)
def test_sound_headers(data, case):
    volume, slices, expected = opened(data, case)
    found = to_suv(volume, slices)
    tolerance = expected["tolerance_relative"]
    factor = found.record["suv"].values["factor"]
    np.testing.assert_allclose(factor, expected["suv_factor_after_rescale"], rtol=tolerance)
    means = found.voxels.mean(axis=(1, 2))
    # Slices of the reference are in the order of their files.
    np.testing.assert_allclose(
        sorted(means)[-len(expected["suv_mean_per_slice"]) :],
        sorted(expected["suv_mean_per_slice"]),
        rtol=max(tolerance, 1e-5),
    )
    np.testing.assert_allclose(found.voxels.max(), expected["suv_max"], rtol=max(tolerance, 1e-6))


@pytest.mark.parametrize("case", BAD)
def test_bad_headers(data, case):
    volume, slices, expected = opened(data, case)
    with pytest.raises(rr.ReadError) as error:
        to_suv(volume, slices)
    for named in ("PatientWeight (0010,1030)",) if "weight" in case else ("CNTS", "(7053,1000)"):
        assert named in str(error.value), expected["message_must_name"]


def test_the_rules_differ(data):
    _, slices, expected = opened(data, "cps_series_after_acquisition")
    said = []
    door = Door(said.append, pytest.fail)
    qiba = factors(slices, door=door).factors[0]
    other = factors(slices, rule="frame_reference", door=door).factors[0]
    ratio = expected["tools"]["mirp_2_7_0"]["ratio"]
    np.testing.assert_allclose(other / qiba, ratio, rtol=1e-4)
    assert said == []
    for one in slices:
        one.ActualFrameDuration = 600000
    factors(slices, door=door)
    assert "differ by" in said[0]
    assert "qiba was taken" in said[0]


def test_body_sizes(data):
    _, slices, _ = opened(data, "ge_bqml")
    weight, height = 52, 1.65
    by_weight, lean, surface = (factors(slices, kind).factors[0] for kind in ("bw", "lbm", "bsa"))
    bmi = weight / height**2
    np.testing.assert_allclose(lean / by_weight, 9270 / (8780 + 244 * bmi))
    area_cm2 = 0.007184 * weight**0.425 * 165**0.725 * 1e4
    np.testing.assert_allclose(surface / by_weight, area_cm2 / (1000 * weight))
    _, stored, _ = opened(data, "real_gml_sts025")
    bmi = 66 / 1.63**2
    np.testing.assert_allclose(factors(stored, "lbm").factors[0], 9270 / (6680 + 216 * bmi))


def _radio(name, value):
    def change(one):
        item = one.RadiopharmaceuticalInformationSequence[0]
        if name == "RadiopharmaceuticalStartDateTime":
            # The time of day by itself would contradict it.
            item.RadiopharmaceuticalStartTime = None
        setattr(item, name, value)

    return change


def _field(name, value):
    return lambda one: setattr(one, name, value)


def _several_zones(one):
    one.AcquisitionDateTime = "20201217095621+0100"
    one.RadiopharmaceuticalInformationSequence[
        0
    ].RadiopharmaceuticalStartDateTime = "20201217055621-0200"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_radio("RadionuclideTotalDose", 152), r"RadionuclideTotalDose .* is 152 Bq"),
        (_radio("RadionuclideTotalDose", None), r"RadionuclideTotalDose .* is missing"),
        (_radio("RadionuclideHalfLife", 0), r"RadionuclideHalfLife .* is 0"),
        (_field("PatientWeight", 0), r"PatientWeight .* is 0 kg"),
        (_field("PatientSize", 165), r"PatientSize .* is 165 m: it is in m, not in cm"),
        (_field("PatientSex", "O"), r"PatientSex .* is O"),
        (_field("DecayCorrection", "NONE"), r"DecayCorrection .* is NONE"),
        (_field("CorrectedImage", ["DECY"]), "not corrected for attenuation"),
        (_field("CorrectedImage", ["ATTN"]), "not corrected for decay"),
        (_field("Modality", "CT"), r"Modality .* is CT"),
        (_field("Units", "PROPCNTS"), r"Units .* is PROPCNTS"),
        (
            _radio("RadiopharmaceuticalStartDateTime", "20201217105621"),
            "the administration lies 3600 s after the start",
        ),
        (
            _radio("RadiopharmaceuticalStartDateTime", "20201201084500"),
            "half-lives before the start of the scan",
        ),
        (_radio("RadiopharmaceuticalStartDateTime", "morning"), "no date and time"),
        (_field("Modality", None), r"Modality .* is missing"),
        (_field("TimezoneOffsetFromUTC", "CET"), r"TimezoneOffsetFromUTC .* is CET"),
        (_several_zones, r"several time zones \(UTC\+01:00, UTC-02:00\)"),
    ],
)
def test_headers_that_no_suv_follows_from(data, change, said):
    _, slices, _ = opened(data, "ge_bqml")
    slices = copy.deepcopy(slices)
    for one in slices:
        change(one)
    with pytest.raises(rr.ReadError, match=said):
        factors(slices, "lbm")


def test_slices_and_headers_that_do_not_match(data):
    volume, slices, _ = opened(data, "ge_bqml")
    with pytest.raises(rr.ReadError, match="3 slices and 2 headers"):
        to_suv(volume, slices[:2])
    slices[1].Units = "CNTS"
    with pytest.raises(rr.ReadError, match="slice 2 of the PET: Units is CNTS"):
        to_suv(volume, slices)
    with pytest.raises(rr.SettingsError, match="suv is 'ibw'"):
        factors(slices, "ibw")
    with pytest.raises(rr.SettingsError, match="suv_rule is 'mirp'"):
        factors(slices, rule="mirp")


@pytest.mark.parametrize(
    ("change", "name"),
    [
        (_radio("RadionuclideTotalDose", 3e8), "RadionuclideTotalDose"),
        (_radio("RadiopharmaceuticalStartDateTime", "20201217085000"), "StartDateTime"),
        (_radio("RadionuclideHalfLife", 7000), "RadionuclideHalfLife"),
        (_field("CorrectedImage", ["DECY"]), "CorrectedImage"),
        (_field("PatientSize", 1.8), "PatientSize"),
        (_field("TimezoneOffsetFromUTC", "+0100"), "TimezoneOffsetFromUTC"),
    ],
)
def test_slices_that_disagree(data, change, name):
    """SUVs are of one dose, so what they follow from is the same in all slices."""
    _, slices, _ = opened(data, "ge_bqml")
    slices = copy.deepcopy(slices)
    change(slices[2])
    with pytest.raises(rr.ReadError, match=f"slice 3 of the PET: .*{name} is"):
        factors(slices)


def _given(slices, text, zone=None):
    slices = copy.deepcopy(slices)
    for one in slices:
        _radio("RadiopharmaceuticalStartDateTime", text)(one)
        if zone is not None:
            one.TimezoneOffsetFromUTC = zone
    return factors(slices).record["suv"].values["decay_s"]


def test_time_zones_are_read(data):
    """A time with a zone is put into the one of the header; a time without one is in it."""
    _, slices, _ = opened(data, "ge_bqml")
    seconds = _given(slices, "20201217084500")
    assert _given(slices, "20201217084500", "+0100") == seconds
    assert _given(slices, "20201217084500+0100", "+0100") == seconds
    assert _given(slices, "20201217074500+0000", "+0100") == seconds
    assert _given(slices, "20201217031500-0430", "+0100") == seconds
    assert _given(slices, "20201216234500-0800", "+0100") == seconds
    # The only zone there is, so times without one are in it.
    assert _given(slices, "20201217084500-0500") == seconds


def test_an_administration_after_the_scan_is_refused_in_whatever_pathway(data):
    _, slices, _ = opened(data, "decay_admin")
    after = copy.deepcopy(slices)
    start = after[0].AcquisitionDate
    for one in after:
        _radio("RadiopharmaceuticalStartDateTime", f"{int(start) + 1}000000")(one)
    with pytest.raises(rr.ReadError, match="after the start of the scan"):
        factors(after)
    _, slices, _ = opened(data, "cps_series_after_acquisition")
    for one in slices:
        one.FrameReferenceTime = 3 * 3600 * 1000
    with pytest.raises(rr.ReadError, match="after the time that activity refers to"):
        factors(slices, rule="frame_reference")


def test_a_rule_without_its_time_says_so(data):
    _, slices, _ = opened(data, "ge_bqml")
    for one in slices:
        del one.FrameReferenceTime
    said = []
    same = factors(slices, rule="frame_reference", door=Door(said.append, pytest.fail))
    assert "FrameReferenceTime" in said[0]
    np.testing.assert_array_equal(same.factors, factors(slices).factors)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_field("PatientWeight", 0), r"PatientWeight .* is 0 kg"),
        (_radio("RadionuclideTotalDose", 0), r"RadionuclideTotalDose .* is 0 Bq"),
    ],
)
def test_factors_of_a_vendor_do_not_excuse_what_they_were_made_of(data, change, said):
    _, slices, _ = opened(data, "philips_cnts_suv")
    for one in slices:
        change(one)
    with pytest.raises(rr.ReadError, match=said):
        factors(slices)


def test_the_record_names_the_units(data):
    for case in SOUND:
        _, slices, _ = opened(data, case)
        record = factors(slices, door=Door(lambda _: None, pytest.fail)).record
        assert record["suv"].values["units"] == slices[0].Units


@pytest.mark.parametrize(
    ("change", "differs"),
    [
        (_field("PatientWeight", "52.0"), False),
        (_field("CorrectedImage", ["DECY", "MOCO", "ATTN"]), False),
        (_field("CorrectedImage", ["DECY", "MOCO"]), True),
        (_radio("RadiopharmaceuticalStartTime", "084500"), False),
    ],
)
def test_slices_that_say_the_same_in_other_words(data, change, differs):
    _, slices, _ = opened(data, "ge_bqml")
    expected = factors(slices).factors
    slices = copy.deepcopy(slices)
    change(slices[2])
    if differs:
        with pytest.raises(rr.ReadError, match="slice 3"):
            factors(slices)
    else:
        np.testing.assert_array_equal(factors(slices).factors, expected)


def test_times_that_contradict_each_other(data):
    _, slices, _ = opened(data, "ge_bqml")
    apart = copy.deepcopy(slices)
    for one in apart:
        item = one.RadiopharmaceuticalInformationSequence[0]
        item.RadiopharmaceuticalStartDateTime = "20201217074500+0000"
        item.RadiopharmaceuticalStartTime = "084500"
    with pytest.raises(rr.ReadError, match="another time of day"):
        factors(apart)
    for one in apart:
        one.TimezoneOffsetFromUTC = "+0100"
    np.testing.assert_array_equal(factors(apart).factors, factors(slices).factors)
    zones = copy.deepcopy(slices)
    for place, one in enumerate(zones):
        one.AcquisitionDateTime = f"202012171000{10 * place:02}+0{place}00"
    with pytest.raises(rr.ReadError, match="its slices are in several time zones"):
        factors(zones)
