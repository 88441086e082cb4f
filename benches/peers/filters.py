"""Times filters of IBSI 2 through SciPy, on one thread and the volume of
`benches/filters.rs`: 256 x 256 x 128 voxels. Prints the best of three runs, in seconds of
processor time.

    OMP_NUM_THREADS=1 python benches/peers/filters.py
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


FILTERS = {
    "mean-15-3D": lambda image: ndimage.uniform_filter(image, 15, mode="reflect"),
    "log-1.5mm-3D": lambda image: ndimage.gaussian_laplace(image, 1.5, mode="reflect"),
    "log-5mm-3D": lambda image: ndimage.gaussian_laplace(image, 5.0, mode="reflect"),
    "laws-L5E5S5": lambda image: separable(image, (S5, E5, L5)),
    "laws-L5E5S5-max": lambda image: pooled(image, (S5, E5, L5), numpy.maximum),
    "laws-L5E5S5-max-energy7": lambda image: ndimage.uniform_filter(
        numpy.abs(pooled(image, (S5, E5, L5), numpy.maximum)), 15, mode="reflect"
    ),
    "gabor-5mm-2mm-gamma1.5 (one orientation)": gabor,
    "wavelet-db3-LLH": lambda image: separable(image, (DB3[1], DB3[0], DB3[0])),
    "wavelet-db3-LLH-mean": lambda image: pooled(image, (DB3[1], DB3[0], DB3[0]), numpy.add) / 24,
    "simoncelli-level1-3D-periodic": simoncelli,
}

if __name__ == "__main__":
    print(f"SciPy {scipy.__version__}, NumPy {numpy.__version__}")
    image = numpy.random.default_rng(0).integers(0, 1024, SHAPE).astype(float)
    for name, apply in FILTERS.items():
        best = float("inf")
        for _ in range(3):
            start = time.process_time()
            apply(image)
            best = min(best, time.process_time() - start)
        print(f"{name:<45} {best:8.3f}", flush=True)
