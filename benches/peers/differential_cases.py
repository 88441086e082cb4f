"""Random cases for PyRadiomics and for us: an image, a mask, settings, from a seed each."""

import math

import numpy as np

CLASSES = ("firstorder", "glcm", "gldm", "glrlm", "glszm", "ngtdm", "shape")
WAVELETS = ("coif1", "haar", "db2", "sym4", "bior1.3", "rbio2.2", "db5")
INTERPOLATORS = ("sitkBSpline", "sitkLinear", "sitkNearestNeighbor", "sitkGaussian")


def case(seed):
    """Voxels, labels, geometry and parameters of a case."""
    rng = np.random.default_rng(seed)
    shape = tuple(int(n) for n in rng.integers(5, 21, 3))
    two_dimensional = rng.random() < 0.05
    voxels = image(rng, shape)
    labels = mask(rng, shape)
    geometry = grid(rng)
    if two_dimensional:
        k = int(rng.integers(shape[0]))
        voxels, labels = voxels[k], labels[k]
        if not (labels == 1).any():
            labels[: shape[1] // 2 + 1, : shape[2] // 2 + 1] = 1
        geometry = {"spacing": geometry["spacing"][:2], "origin": geometry["origin"][:2]}
    params = parameters(rng, voxels, labels, geometry)
    return {"voxels": voxels, "labels": labels, "geometry": geometry, "params": params}


def image(rng, shape):
    """Noise, smooth shapes, few levels, ties or nothing at all, of any type of voxel."""
    kind = rng.choice(["noise", "smooth", "steps", "skewed", "flat", "mixed"], p=[0.3, 0.3, 0.15, 0.1, 0.05, 0.1])
    z, y, x = np.meshgrid(*(np.linspace(0, 1, n) for n in shape), indexing="ij")
    waves = sum(np.sin(2 * math.pi * (rng.random() * 3 * axis + rng.random())) for axis in (z, y, x))
    noise = rng.normal(size=shape)
    values = {
        "noise": noise,
        "smooth": waves + 0.1 * noise,
        "steps": np.round(waves + 0.3 * noise),
        "skewed": np.exp(noise),
        "flat": np.zeros(shape),
        "mixed": np.where(z + y > 1, waves, noise),
    }[kind]
    scale = 10.0 ** rng.uniform(0, 3)
    values = values * scale + rng.uniform(-2, 2) * scale
    dtype = rng.choice(["int16", "float32", "float64", "uint8", "int32", "uint16"], p=[0.4, 0.2, 0.15, 0.1, 0.1, 0.05])
    if dtype in ("uint8", "uint16"):
        values = values - values.min()
    if dtype == "uint8":
        values = values / max(values.max(), 1) * rng.integers(3, 256)
    return values.astype(dtype)


def mask(rng, shape):
    """A ball, a box, scattered voxels, a slab, a line or everything, and perhaps other labels."""
    kind = rng.choice(
        ["ball", "box", "sparse", "dust", "slab", "line", "all", "parts"],
        p=[0.3, 0.15, 0.15, 0.1, 0.1, 0.03, 0.07, 0.1],
    )
    grid = np.indices(shape)
    centre = [rng.uniform(0.3, 0.7) * n for n in shape]
    radius = [max(1.2, rng.uniform(0.15, 0.5) * n) for n in shape]
    ball = sum(((g - c) / r) ** 2 for g, c, r in zip(grid, centre, radius)) <= 1
    inside = ball
    if kind in ("box", "slab", "line"):
        low = [int(rng.integers(0, n - 2)) for n in shape]
        high = [int(rng.integers(a + 2, n + 1)) for a, n in zip(low, shape)]
        for axis in rng.permutation(3)[: {"box": 0, "slab": 1, "line": 2}[kind]]:
            high[axis] = low[axis] + 1
        inside = np.all([(g >= a) & (g < b) for g, a, b in zip(grid, low, high)], axis=0)
    elif kind == "sparse":
        inside = ball & (rng.random(shape) < rng.uniform(0.15, 0.7))
    elif kind == "dust":
        inside = rng.random(shape) < rng.uniform(0.01, 0.1)
    elif kind == "all":
        inside = np.ones(shape, bool)
    elif kind == "parts":
        inside = ball ^ np.roll(ball, int(rng.integers(1, max(shape))), axis=int(rng.integers(3)))
    labels = np.zeros(shape, rng.choice(["uint8", "int16"]))
    if rng.random() < 0.2:
        labels[rng.random(shape) < 0.2] = 2
    labels[inside] = 1
    if (labels == 1).sum() < 2:
        labels[2:4, 2:4, 2:4] = 1
    # A mask that fills its image is refused by PyRadiomics.
    if (labels == 1).all():
        labels[0, 0, 0] = 0
    return labels


def grid(rng):
    """Spacing, origin and directions, (x, y, z)."""
    spacing = [round(float(mm), 3) for mm in rng.uniform(0.5, 3, 3)]
    if rng.random() < 0.3:
        spacing = [float(rng.choice([0.5, 1, 2]))] * 3
    found = {"spacing": spacing, "origin": [round(float(mm), 2) for mm in rng.uniform(-200, 200, 3)]}
    turn = rng.random()
    if turn < 0.2:
        found["direction"] = np.diag(rng.choice([-1.0, 1.0], 3)).ravel().tolist()
    elif turn < 0.35:
        a = rng.uniform(-0.5, 0.5)
        found["direction"] = [math.cos(a), -math.sin(a), 0, math.sin(a), math.cos(a), 0, 0, 0, 1]
    return found


def parameters(rng, voxels, labels, geometry):
    """A parameter dictionary, as a file holds it."""
    flat = voxels.ndim == 2
    setting = {"minimumROIDimensions": 1}
    inside = voxels[labels == 1].astype(float)
    # A flat region gets no narrower bins: derived images would fill the memory with grey levels.
    spread = max(float(inside.max() - inside.min()), 1.0)
    if rng.random() < 0.65:
        width = spread / rng.uniform(2, 60)
        setting["binWidth"] = float(f"{width:.2g}") if rng.random() < 0.7 else max(1, round(width))
    else:
        setting["binCount"] = int(rng.integers(1, 65))

    def chance(p):
        return rng.random() < p

    if chance(0.2) and not flat:
        setting["force2D"] = True
        setting["force2Ddimension"] = int(rng.integers(3))
    if chance(0.25):
        setting["distances"] = sorted(int(d) for d in rng.choice([1, 2, 3], int(rng.integers(1, 4)), replace=False))
    if chance(0.2):
        setting["weightingNorm"] = str(rng.choice(["euclidean", "manhattan", "infinity", "no_weighting"]))
    if chance(0.15):
        setting["symmetricalGLCM"] = False
    if chance(0.15):
        setting["gldm_a"] = int(rng.integers(1, 4))
    if chance(0.15):
        setting["voxelArrayShift"] = int(rng.integers(-500, 2000))
    if chance(0.12):
        setting["normalize"] = True
        setting["normalizeScale"] = int(rng.choice([1, 100]))
        setting.pop("binCount", None)
        setting["binWidth"] = setting["normalizeScale"] / float(rng.choice([5, 10, 20]))
        if chance(0.4):
            setting["removeOutliers"] = 2.0
    if chance(0.25):
        new = [round(float(mm * rng.uniform(0.6, 1.8)), 2) for mm in geometry["spacing"]]
        new = [0 if rng.random() < 0.15 else mm for mm in new]
        setting["resampledPixelSpacing"] = new
        setting["interpolator"] = str(rng.choice(INTERPOLATORS, p=[0.5, 0.3, 0.1, 0.1]))
        setting["padDistance"] = int(rng.integers(0, 8))
    elif chance(0.15):
        setting["preCrop"] = True
        setting["padDistance"] = int(rng.integers(0, 8))
    if chance(0.15):
        mode = str(rng.choice(["absolute", "relative", "sigma"]))
        low, high = np.percentile(inside, [rng.uniform(0, 20), rng.uniform(70, 100)])
        setting["resegmentMode"] = mode
        setting["resegmentRange"] = {
            "absolute": [float(low), float(high)],
            "relative": [round(float(rng.uniform(-0.5, 0.5)), 2)],
            "sigma": [-2.0, round(float(rng.uniform(1, 3)), 2)],
        }[mode]
        setting["resegmentShape"] = bool(chance(0.3))
    return {
        "setting": setting,
        "imageType": types(rng, flat, setting.get("force2D", False)),
        "featureClass": dict.fromkeys((*CLASSES, "shape2D") if flat else CLASSES),
    }


def types(rng, flat, force2D):
    """Image types with settings of their own."""
    found = {"Original": {}}
    if rng.random() < 0.5:
        return found
    everything = ["Square", "SquareRoot", "Logarithm", "Exponential", "Gradient", "LoG", "Wavelet", "LBP2D", "LBP3D"]
    if flat:
        everything.remove("LBP3D")
    for name in rng.choice(everything, int(rng.integers(1, 4)), replace=False):
        own = {}
        if name == "LoG":
            own = {"sigma": [float(mm) for mm in np.round(rng.uniform(0.5, 4, int(rng.integers(1, 3))), 1)]}
        elif name == "Wavelet":
            own = {"wavelet": str(rng.choice(WAVELETS)), "level": int(rng.integers(1, 3))}
            own["start_level"] = int(rng.random() < 0.2)
        elif name == "Gradient":
            own = {"gradientUseSpacing": bool(rng.random() < 0.5)}
        elif name == "LBP2D":
            own = {"lbp2DRadius": float(rng.choice([1, 1.5, 2])), "lbp2DSamples": int(rng.integers(6, 12))}
            own["lbp2DMethod"] = str(rng.choice(["uniform", "default", "ror"]))
        elif name == "LBP3D":
            own = {"lbp3DLevels": int(rng.integers(2, 4)), "lbp3DIcosphereSubdivision": int(rng.integers(0, 2))}
        if name in ("Square", "SquareRoot", "Logarithm", "Exponential", "Wavelet", "LoG", "Gradient"):
            # Of these, values have other ranges than the image.
            own["binCount"] = int(rng.integers(4, 48))
        found[str(name)] = own
    return found
