"""Every case of the clinical data has its test, in the file of its kind."""

import csv

import test_clinical_masks as masks
import test_clinical_series as series
import test_clinical_suv as suv
import test_contours as contours
import test_regions as regions

#: Cases with a test of their own, and those that belong to no reader.
ALONE = {
    "us2d/frames_ybr_jpeg",
    "us2d/jpeg2000_rct",
    "seg/overlap_same_position",
    "seg/abdomen_labelmap31",
}
NO_INPUT = {"icc"}


def test_every_case(data):
    with (data / "clinical" / "cases.csv").open() as file:
        cases = {row["case"] for row in csv.DictReader(file)}
    tested = {*series.SOUND, *series.REFUSED, *ALONE, *NO_INPUT}
    tested |= {f"rtstruct/{case}" for case in contours.CASES}
    tested |= {f"seg/{case}" for case in masks.SEGMENTS}
    tested |= {f"suv/{case}" for case in (*suv.SOUND, *suv.BAD)}
    tested |= {f"rims/{case}" for case in regions.CASES}
    assert cases == tested
