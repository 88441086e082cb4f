"""Draws liver.png, the picture of the README: python docs/images/make_liver.py"""

from pathlib import Path

import matplotlib.pyplot as plt

import radiomics_rs as rr

WINDOW = (-60, 220)

liver = rr.example("liver")
portal = liver.images["portal"]
tumour = rr.region(liver.mask, liver.labels["tumour"], name="tumour")
organ = rr.region(liver.mask, [liver.labels[n] for n in ("liver", "tumour", "rim", "vessels")], name="liver")
rim = tumour.ring(0, 10).within(organ)
index = int(tumour.mask.voxels.sum(axis=(1, 2)).argmax())

maps = rr.feature_maps(portal, organ, ["glcm.joint_entropy"], radius=2, settings={"bin_width": 10})
name = "original_glcm_joint_entropy_3D_avg"
first = int(organ.mask.voxels.any(axis=(1, 2)).argmax())

figure, (left, right) = plt.subplots(1, 2, figsize=(9.6, 4.2), layout="constrained")
regions = {"tumour": tumour, "rim of 10 mm": rim, "liver": organ}
rr.plot_region(portal, regions, index=index, window=WINDOW, ax=left)
rr.plot_map(maps, name, portal, index=index - first, window=WINDOW, ax=right)
left.set_title("CT, portal phase: regions")
right.set_title("GLCM joint entropy round each voxel")
figure.savefig(Path(__file__).with_name("liver.png"), dpi=100)
