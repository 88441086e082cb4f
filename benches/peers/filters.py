"""Times filters of IBSI 2 on one thread and the volume of `benches/filters.rs`, 256 x 256 x 128 voxels, through each of
SciPy, pictologics and radiomics-rs that this Python has. Prints the best of five runs, in seconds.

    OMP_NUM_THREADS=1 NUMBA_NUM_THREADS=1 python benches/peers/filters.py
"""

import itertools
import time

import numpy
import scipy
from scipy import fft, ndimage, signal

SHAPE = (128, 256, 256)
L5, E5, S5 = (
    numpy.array(taps) / numpy.linalg.norm(taps)
    for taps in ([1.0, 4, 6, 4, 1], [-1.0, -2, 0, 2, 1], [-1.0, 0, 2, 0, -1])
)
DB3 = (
    numpy.array([0.0352262919, -0.0854412739, -0.1350110200, 0.4598775021, 0.8068915093, 0.3326705530, 0.0]),
    numpy.array([-0.3326705530, 0.8068915093, -0.4598775021, -0.1350110200, 0.0854412739, 0.0352262919, 0.0]),
)


def separable(image, kernels):
    for axis, kernel in enumerate(kernels):
        image = ndimage.convolve1d(image, kernel, axis=axis, mode="reflect")
    return image


def rotations(kernels):
    """The kernels of the 24 rotations."""
    for order in itertools.permutations(range(3)):
        odd = sum(order[a] > order[b] for a in range(3) for b in range(a + 1, 3)) % 2
        for flips in itertools.product((False, True), repeat=3):
            if sum(flips) % 2 == odd:
                chosen = (kernels[axis] for axis in order)
                yield [k[::-1] if flip else k for k, flip in zip(chosen, flips)]


def pooled(image, kernels, pool):
    result = None
    for rotated in rotations(kernels):
        response = separable(image, rotated)
        result = response if result is None else pool(result, response)
    return result


def gabor(image, sigma=5.0, wavelength=2.0, gamma=1.5, theta=0.5):
    half = int(4 * sigma + 0.5)
    y, x = numpy.mgrid[-half : half + 1, -half : half + 1]
    u, v = x * numpy.cos(theta) + y * numpy.sin(theta), -x * numpy.sin(theta) + y * numpy.cos(theta)
    kernel = numpy.exp(-(u**2 + (gamma * v) ** 2) / (2 * sigma**2) + 2j * numpy.pi * u / wavelength)
    padded = numpy.pad(image, ((0, 0), (half, half), (half, half)), mode="symmetric")
    return numpy.stack([numpy.abs(signal.oaconvolve(s, kernel, mode="valid")) for s in padded])


def simoncelli(image):
    axes = [fft.ifftshift(numpy.linspace(-1, 1, n)) for n in image.shape]
    nu = numpy.sqrt(sum(a**2 for a in numpy.ix_(*axes)))
    inside = (nu > 0.25) & (nu <= 1)
    band = numpy.zeros(nu.shape)
    band[inside] = numpy.cos(numpy.pi / 2 * numpy.log2(2 * nu[inside]))
    return fft.ifftn(fft.fftn(image) * band).real


SCIPY = {
    "mean-15-3D": lambda image: ndimage.uniform_filter(image, 15, mode="reflect"),
    "log-1.5mm-3D": lambda image: ndimage.gaussian_laplace(image, 1.5, mode="reflect"),
    "log-5mm-3D": lambda image: ndimage.gaussian_laplace(image, 5.0, mode="reflect"),
    "laws-L5E5S5": lambda image: separable(image, (S5, E5, L5)),
    "laws-L5E5S5-max": lambda image: pooled(image, (S5, E5, L5), numpy.maximum),
    "laws-L5E5S5-max-energy7": lambda image: ndimage.uniform_filter(
        numpy.abs(pooled(image, (S5, E5, L5), numpy.maximum)), 15, mode="reflect"
    ),
    "gabor-5mm-2mm-gamma1.5": gabor,
    "wavelet-db3-LLH": lambda image: separable(image, (DB3[1], DB3[0], DB3[0])),
    "wavelet-db3-LLH-mean": lambda image: pooled(image, (DB3[1], DB3[0], DB3[0]), numpy.add) / 24,
    "simoncelli-level1-3D-periodic": simoncelli,
}


def of_pictologics():
    import pictologics
    from pictologics import filters as f

    pictologics.set_num_threads(1)
    mirror = {"boundary": f.BoundaryCondition.MIRROR}
    laws = {"kernels": "L5E5S5", **mirror, "use_parallel": False}
    wavelet = {"wavelet": "db3", "decomposition": "LLH", **mirror, "use_parallel": False}
    return f"pictologics {pictologics.__version__}", {
        "mean-15-3D": lambda image: f.mean_filter(image, 15, **mirror),
        "log-1.5mm-3D": lambda image: f.laplacian_of_gaussian(image, 1.5, **mirror),
        "log-5mm-3D": lambda image: f.laplacian_of_gaussian(image, 5.0, **mirror),
        "laws-L5E5S5": lambda image: f.laws_filter(image, **laws),
        "laws-L5E5S5-max": lambda image: f.laws_filter(image, rotation_invariant=True, **laws),
        "laws-L5E5S5-max-energy7": lambda image: f.laws_filter(
            image, rotation_invariant=True, compute_energy=True, **laws
        ),
        "gabor-5mm-2mm-gamma1.5": lambda image: f.gabor_filter(image, 5.0, 2.0, 1.5, 0.5, **mirror),
        "wavelet-db3-LLH": lambda image: f.wavelet_transform(image, **wavelet),
        "wavelet-db3-LLH-mean": lambda image: f.wavelet_transform(image, rotation_invariant=True, **wavelet),
        "simoncelli-level1-3D-periodic": lambda image: f.simoncelli_wavelet(image, 1),
    }


def of_radiomics_rs():
    import radiomics_rs as rr

    laws = {"kernels": "L5E5S5"}
    wavelet = {"wavelet": "db3", "subband": "LLH"}
    gabor = {"sigma_mm": 5, "lambda_mm": 2, "gamma": 1.5, "theta": 0.5}
    filters = {
        "mean-15-3D": {"mean": {"support_voxels": 15}},
        "log-1.5mm-3D": {"laplacian_of_gaussian": {"sigma_mm": 1.5}},
        "log-5mm-3D": {"laplacian_of_gaussian": {"sigma_mm": 5}},
        "laws-L5E5S5": {"laws": laws},
        "laws-L5E5S5-max": {"laws": {**laws, "rotation_invariant": True}},
        "laws-L5E5S5-max-energy7": {"laws": {**laws, "rotation_invariant": True, "energy_delta_voxels": 7}},
        "gabor-5mm-2mm-gamma1.5": {"gabor": gabor},
        "wavelet-db3-LLH": {"separable_wavelet": wavelet},
        "wavelet-db3-LLH-mean": {"separable_wavelet": {**wavelet, "rotation_invariant": True}},
        "simoncelli-level1-3D-periodic": {"simoncelli": {"level": 1, "boundary": "periodic"}},
    }

    def run(single):
        return lambda image: rr.filter_image(image, single, spacing_mm=1, threads=1)

    return f"radiomics-rs {rr.__version__}", {name: run(single) for name, single in filters.items()}


def of_scipy():
    return f"SciPy {scipy.__version__}", SCIPY


def main():
    image = numpy.random.default_rng(0).integers(0, 1024, SHAPE).astype(float)
    for package in (of_radiomics_rs, of_pictologics, of_scipy):
        try:
            title, filters = package()
        except ImportError as error:
            print(f"{package.__name__[3:]}: left out, {error}")
            continue
        print(title)
        for name, apply in filters.items():
            seconds = []
            for _ in range(5 if package is not of_scipy else 2):
                start = time.perf_counter()
                apply(image)
                seconds.append(time.perf_counter() - start)
            print(f"    {name:<32} {min(seconds):8.3f}", flush=True)


if __name__ == "__main__":
    main()
