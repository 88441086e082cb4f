"""Draws liver.png and the pictures of the tutorials: python docs/images/make_liver.py"""

from pathlib import Path

import matplotlib.pyplot as plt

import radiomics_rs as rr

HERE = Path(__file__).parent
WINDOW = (-60, 220)
ENTROPY = "original_glcm_joint_entropy_3D_avg"

liver = rr.example("liver")
portal = liver.images["portal"]


def part(*names):
    return rr.region(liver.mask, [liver.labels[name] for name in names], name=names[0])


tumour, vessels = part("tumour"), part("vessels")
organ = part("liver", "tumour", "rim", "vessels")
rim = tumour.ring(0, 10).within(organ)
middle = int(tumour.mask.voxels.sum(axis=(1, 2)).argmax())


def slice_of_map(region):
    """The slice of a region's map that is the middle slice of the tumour."""
    return middle - int(region.mask.voxels.any(axis=(1, 2)).argmax())


def save(figure, name):
    for axes in figure.axes:
        if axes.get_xlabel() == "mm":
            axes.set_axis_off()
    figure.savefig(HERE / name, dpi=100)
    plt.close(figure)


figure, (left, right) = plt.subplots(1, 2, figsize=(9.6, 4.0), layout="constrained")
regions = {"tumour": tumour, "rim of 10 mm": rim, "liver": organ}
rr.plot_region(portal, regions, index=middle, window=WINDOW, ax=left)
left.legend(*left.get_legend_handles_labels(), loc="lower right")
maps = rr.feature_maps(portal, organ, ["glcm.joint_entropy"], radius=2, settings={"bin_width": 10})
rr.plot_map(maps, ENTROPY, portal, index=slice_of_map(organ), window=WINDOW, ax=right)
left.set_title("CT, portal phase: tumour, rim, liver")
right.set_title("Joint entropy (GLCM) round each voxel")
figure.axes[-1].set_ylabel("")
save(figure, "liver.png")

figure, axes = plt.subplots(figsize=(5.4, 4.6), layout="constrained")
regions = {"tumour": tumour, "rim": rim.minus(vessels), "liver": organ}
rr.plot_region(portal, regions, index=middle, window=WINDOW, ax=axes)
save(figure, "tutorial_regions.png")

near = tumour.dilate(10)
maps = rr.feature_maps(portal, near, ["glcm.joint_entropy"], radius=1, settings={"bin_width": 10})
figure, axes = plt.subplots(figsize=(5.4, 4.2), layout="constrained")
rr.plot_map(maps, ENTROPY, portal, index=slice_of_map(near), window=WINDOW, ax=axes)
save(figure, "tutorial_map.png")
