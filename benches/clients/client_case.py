"""The case that every client computes: a CT with its organs, and a kidney of it cut out."""

from pathlib import Path

import numpy as np
import SimpleITK as sitk

#: Labels of organs in `abdomen_ct/labels.nii.gz`; the kidney is a small one of them.
ORGANS = (1, 2, 3, 4, 5, 6, 7, 10, 11, 52, 63, 64, 79, 86)
KIDNEY = 2
#: Voxels round the kidney.
MARGIN = 8


class Case:
    """Paths of the case's files, which are made once in `folder`."""

    def __init__(self, data: Path, folder: Path):
        self.folder = folder
        self.image, self.labels = folder / "image.nii.gz", folder / "labels.nii.gz"
        self.masks = folder / "masks"
        self.kidney, self.kidney_mask = folder / "kidney.nii.gz", folder / "kidney_mask.nii.gz"
        self.map, self.parcels = folder / "map.nii.gz", folder / "parcels.nii.gz"
        if not self.parcels.exists():
            self.make(data / "abdomen_ct")

    def make(self, data: Path):
        """Write the files; parcels, the last one, say that all are there."""
        self.masks.mkdir(parents=True, exist_ok=True)
        image = sitk.ReadImage(str(data / "image.nii.gz"))
        labels = sitk.Cast(sitk.ReadImage(str(data / "labels.nii.gz")), sitk.sitkUInt8)
        labels.CopyInformation(image)
        write(image, self.image)
        write(labels, self.labels)
        for label in ORGANS:
            write(labels == label, self.masks / f"organ_{label}.nii.gz")
        where = np.nonzero(sitk.GetArrayViewFromImage(labels) == KIDNEY)
        box = tuple(slice(max(int(i.min()) - MARGIN, 0), int(i.max()) + 1 + MARGIN) for i in where[::-1])
        image, mask = image[box], labels[box] == KIDNEY
        write(image, self.kidney)
        write(mask, self.kidney_mask)
        # Numbers from 0 to 1, as of fractional anisotropy, and the kidney in three parts.
        write(sitk.Clamp(sitk.Cast(image, sitk.sitkFloat32), lowerBound=-200, upperBound=400) / 600 + 1 / 3, self.map)
        parts = sitk.GetArrayFromImage(mask)
        slices = np.nonzero(parts.any(axis=(1, 2)))[0]
        for part, part_of in enumerate(np.array_split(slices, 3), start=1):
            parts[part_of] *= part
        parcels = sitk.GetImageFromArray(parts)
        parcels.CopyInformation(mask)
        write(parcels, self.parcels)


def write(image, path: Path):
    sitk.WriteImage(image, str(path))
