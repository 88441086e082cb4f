"""The files that the pages of the documentation name, made of the example liver."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import SimpleITK as sitk  # noqa: N813
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

import radiomics_rs as rr

#: Numbers of our example, and those that pages use: TotalSegmentator's, and 3 for the tumour.
NUMBERS = {"liver": 5, "rim": 5, "tumour": 3, "aorta": 52, "vessels": 64, "bone": 29}
STRUCTURES = "1.2.840.10008.5.1.4.1.1.481.3"
SYNTAX = ExplicitVRLittleEndian
OWN = """\
def brightness(region):
    inside = region.image.voxels[region.mask.voxels > 0]
    return {"mean": inside.mean(), "top": inside.max()}
"""
SETTINGS = "bin_width: 25\nfamilies: [intensity_statistics]\n"
PARAMETERS = """\
setting:
  binWidth: 25
featureClass:
  firstorder:
  glcm: [Contrast, JointEntropy]
"""


class Liver:
    """The example, cut to the slices of the tumour, so that pages are quick."""

    SLICES = slice(8, 30)

    def __init__(self) -> None:
        """Draw it."""
        example = rr.example("liver")
        self.spacing_mm = example.mask.spacing_mm
        self.names = example.labels
        self.labels = example.mask.voxels[self.SLICES]
        self.images = {name: one.voxels[self.SLICES] for name, one in example.phases.items()}

    def inside(self, *names: str) -> np.ndarray:
        """0 and 1: the parts of these names."""
        return np.isin(self.labels, [self.names[name] for name in names]).astype(np.uint8)

    def write(self, path: Path, voxels: np.ndarray) -> None:
        image = sitk.GetImageFromArray(voxels)
        image.SetSpacing(self.spacing_mm[::-1])
        path.parent.mkdir(parents=True, exist_ok=True)
        sitk.WriteImage(image, str(path))


def make(folder: Path) -> None:
    """Write all files into a folder."""
    liver = Liver()
    tumour, organ = liver.inside("tumour"), liver.inside("liver", "tumour", "rim")
    numbered = sum(
        liver.inside(name).astype(np.uint8) * np.uint8(number) for name, number in NUMBERS.items()
    )
    # The vena cava has a number of its own.
    numbered[: len(numbered) // 4][numbered[: len(numbered) // 4] == NUMBERS["vessels"]] = 63
    for name, voxels in {
        **dict.fromkeys(("image.nii.gz", "ct.nii.gz", "ct1.nii.gz"), liver.images["arterial"]),
        **dict.fromkeys(("image.nrrd", "p01/arterial.nii.gz"), liver.images["arterial"]),
        **{f"{name}.nii.gz": voxels for name, voxels in liver.images.items()},
        **dict.fromkeys(("ct2.nii.gz", "p01/portal.nii.gz"), liver.images["portal"]),
        **dict.fromkeys(("mask.nii.gz", "tumour.nii.gz", "mask.nrrd"), tumour),
        **dict.fromkeys(("labels.nii.gz", "p01/labels.nii.gz"), numbered),
        "liver.nii.gz": organ,
        "rim.nii.gz": liver.inside("rim"),
        "skeletal_muscle.nii.gz": liver.inside("muscle"),
        "subcutaneous_fat.nii.gz": liver.inside("fat"),
    }.items():
        liver.write(folder / name, voxels)
    (folder / "settings.yaml").write_text(SETTINGS)
    (folder / "Params.yaml").write_text(PARAMETERS)
    (folder / "my_features.py").write_text(OWN)
    write_lesions(folder, liver)
    write_cases(folder, liver)
    write_patient(folder, liver, {"tumour": tumour, "GTV": tumour, "liver": organ})


def write_lesions(folder: Path, liver: Liver) -> None:
    """Two parts of the tumour as labels of a map, and their names."""
    lesions = liver.inside("tumour")
    lesions[len(lesions) // 2 :] *= 2
    liver.write(folder / "lesions.nii.gz", lesions)
    (folder / "lesions.csv").write_text("label,name\n1,lesion 1\n2,lesion 2\n")


def write_cases(folder: Path, liver: Liver) -> None:
    """Two cases that can be computed, and one whose mask is not there."""
    rows = []
    for case, phase in (("a", "arterial"), ("b", "portal"), ("c", "delayed")):
        liver.write(folder / f"{case}.nii.gz", liver.images[phase])
        if case != "c":
            halves = liver.inside("tumour")
            halves[len(halves) // 2 :] *= 2
            liver.write(folder / f"{case}_mask.nii.gz", halves)
        rows.append({"case_id": case, "image": f"{case}.nii.gz", "mask": f"{case}_mask.nii.gz"})
    with (folder / "cases.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def write_patient(folder: Path, liver: Liver, regions: dict[str, np.ndarray]) -> None:
    """A CT series, and a structure set of contours that are drawn on it."""
    series = folder / "patient" / "ct"
    series.mkdir(parents=True)
    of_series, frame = generate_uid(), generate_uid()
    uids = []
    for k, voxels in enumerate(liver.images["portal"]):
        one = slice_of(liver, k, voxels)
        one.SeriesInstanceUID, one.FrameOfReferenceUID = of_series, frame
        one.save_as(series / f"{k:03}.dcm", enforce_file_format=True)
        uids.append(one.SOPInstanceUID)
    structures(liver, regions, of_series, frame, uids).save_as(
        folder / "patient" / "rtstruct.dcm", enforce_file_format=True
    )


def headed(kind: str) -> Dataset:
    one = Dataset()
    one.SOPClassUID, one.SOPInstanceUID = kind, generate_uid()
    one.PatientID = one.PatientName = "example"
    one.file_meta = FileMetaDataset()
    one.file_meta.TransferSyntaxUID = SYNTAX
    one.file_meta.MediaStorageSOPClassUID = kind
    one.file_meta.MediaStorageSOPInstanceUID = one.SOPInstanceUID
    return one


def slice_of(liver: Liver, k: int, voxels: np.ndarray) -> Dataset:
    depth, height, width = liver.spacing_mm
    one = headed(CTImageStorage)
    one.Modality, one.SeriesDescription = "CT", "portal"
    one.ImagePositionPatient, one.ImageOrientationPatient = [0, 0, k * depth], [1, 0, 0, 0, 1, 0]
    one.PixelSpacing, one.SliceThickness, one.InstanceNumber = [height, width], depth, k + 1
    one.Rows, one.Columns = voxels.shape
    one.SamplesPerPixel, one.PhotometricInterpretation = 1, "MONOCHROME2"
    one.BitsAllocated = one.BitsStored = 16
    one.HighBit, one.PixelRepresentation = 15, 1
    one.RescaleSlope, one.RescaleIntercept, one.RescaleType = 1, 0, "HU"
    one.PixelData = voxels.astype("<i2").tobytes()
    return one


def structures(
    liver: Liver, regions: dict[str, np.ndarray], series: str, frame: str, uids: list[str]
) -> Dataset:
    whole = headed(STRUCTURES)
    whole.Modality = "RTSTRUCT"
    of_series, study, of_frame = Dataset(), Dataset(), Dataset()
    of_series.SeriesInstanceUID = series
    of_series.ContourImageSequence = []
    for uid in uids:
        image = Dataset()
        image.ReferencedSOPInstanceUID = uid
        of_series.ContourImageSequence.append(image)
    study.RTReferencedSeriesSequence = [of_series]
    of_frame.FrameOfReferenceUID, of_frame.RTReferencedStudySequence = frame, [study]
    whole.ReferencedFrameOfReferenceSequence = [of_frame]
    whole.StructureSetROISequence, whole.ROIContourSequence = [], []
    for number, (name, inside) in enumerate(regions.items(), 1):
        roi, drawn = Dataset(), Dataset()
        roi.ROINumber, roi.ROIName, roi.ReferencedFrameOfReferenceUID = number, name, frame
        drawn.ReferencedROINumber = number
        drawn.ContourSequence = contours(liver, inside)
        whole.StructureSetROISequence.append(roi)
        whole.ROIContourSequence.append(drawn)
    return whole


def contours(liver: Liver, inside: np.ndarray) -> list[Dataset]:
    """A closed contour for each slice: down the left ends of the rows, up the right ones."""
    depth, height, width = liver.spacing_mm
    found = []
    for k, rows in enumerate(inside):
        filled = [y for y in range(len(rows)) if rows[y].any()]
        if len(filled) < 2:
            continue
        ends = {y: np.flatnonzero(rows[y])[[0, -1]] for y in filled}
        left = [(ends[y][0] - 0.4, y) for y in filled]
        right = [(ends[y][1] + 0.4, y) for y in reversed(filled)]
        one = Dataset()
        one.ContourGeometricType = "CLOSED_PLANAR"
        one.NumberOfContourPoints = len(left + right)
        one.ContourData = [
            f"{value:g}" for x, y in left + right for value in (x * width, y * height, k * depth)
        ]
        found.append(one)
    return found
