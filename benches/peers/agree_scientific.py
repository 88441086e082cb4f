"""What NumPy, SciPy and scikit-image compute themselves, under the tags of IBSI's compliance sheet.

scikit-image counts pairs of grey levels in a slice and a direction; its `graycoprops` makes values of them. It has no
masks: grey level 0 stands for what is outside, and is taken out of the matrix. That is IBSI's 2D matrices, averaged.
"""

import agree_common
import numpy as np
import SimpleITK as sitk
from scipy import stats
from skimage.feature import graycomatrix, graycoprops
from skimage.measure import marching_cubes, mesh_surface_area

ANGLES = [0, np.pi / 4, np.pi / 2, 3 * np.pi / 4]
#: Features of the matrix that `graycoprops` has; its "energy" is the root of IBSI's.
PROPERTIES = {
    "contrast": "contrast",
    "dissimilarity": "dissimilarity",
    "homogeneity": "inv_diff_mom",
    "ASM": "energy",
    "correlation": "corr",
}


def compute(case, _recipe):
    image, mask = (sitk.ReadImage(case[part]) for part in ("image", "mask"))
    voxels, inside = sitk.GetArrayFromImage(image).astype(float), sitk.GetArrayFromImage(mask) > 0
    levels = np.floor((voxels - case["lowest"]) / case["width"]).astype(int) + 1
    spacing = image.GetSpacing()[::-1]
    found = statistics(voxels[inside]) | surface(inside, spacing)
    return found | histogram(levels[inside]) | pairs(np.where(inside, levels, 0))


def statistics(x):
    low, first, third, high = np.percentile(x, [10, 25, 75, 90])
    return {
        "stat_mean": np.mean(x),
        "stat_var": np.var(x),
        "stat_skew": stats.skew(x),
        "stat_kurt": stats.kurtosis(x),
        "stat_median": np.median(x),
        "stat_min": np.min(x),
        "stat_max": np.max(x),
        "stat_range": np.ptp(x),
        "stat_iqr": third - first,
        "stat_p10": low,
        "stat_p90": high,
        "stat_mad": np.mean(np.abs(x - np.mean(x))),
        "stat_medad": np.mean(np.abs(x - np.median(x))),
        "stat_cov": stats.variation(x),
        "stat_qcod": (third - first) / (third + first),
        "stat_energy": np.sum(x**2),
        "stat_rms": np.sqrt(np.mean(x**2)),
    }


def histogram(levels):
    counts = np.bincount(levels)
    return {
        "ih_mean": np.mean(levels),
        "ih_var": np.var(levels),
        "ih_skew": stats.skew(levels),
        "ih_kurt": stats.kurtosis(levels),
        "ih_median": np.median(levels),
        "ih_mode": np.argmax(counts),
        "ih_entropy": stats.entropy(counts, base=2),
        "ih_uniformity": np.sum((counts / counts.sum()) ** 2),
    }


def surface(inside, spacing):
    padded = np.pad(inside, 1).astype(float)
    corners, faces, *_ = marching_cubes(padded, 0.5, spacing=spacing, method="lorensen")
    a, b, c = (corners[faces[:, i]].astype(float) for i in range(3))
    return {
        "morph_area_mesh": mesh_surface_area(corners, faces),
        "morph_volume": abs(np.sum(a * np.cross(b, c)) / 6),
        "morph_vol_approx": inside.sum() * np.prod(spacing),
    }


def pairs(levels):
    """Means over the slices and directions in which there are pairs."""
    values = {name: [] for name in PROPERTIES}
    for plane in levels:
        if not plane.any():
            continue
        count = graycomatrix(plane.astype(np.uint8), [1], ANGLES, levels=256, symmetric=True)
        count = count[1:, 1:].astype(float)
        sums = count.sum(axis=(0, 1), keepdims=True)
        matrix = np.divide(count, sums, out=np.zeros_like(count), where=sums > 0)
        for name in PROPERTIES:
            per_direction = graycoprops(matrix, name)[0]
            values[name] += list(per_direction[sums[0, 0, 0] > 0])
    return {f"cm_{PROPERTIES[name]}_2D_avg": np.mean(found) for name, found in values.items()}


agree_common.run(compute, ("native",))
