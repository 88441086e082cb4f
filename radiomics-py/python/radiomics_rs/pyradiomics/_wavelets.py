"""The wavelets by PyWavelets' names, and the lengths of their filters, without asking it."""

from __future__ import annotations

#: Taps of the biorthogonal wavelets, by their orders.
_SPLINES = {
    "1.1": 2,
    "1.3": 6,
    "1.5": 10,
    "2.2": 6,
    "2.4": 10,
    "2.6": 14,
    "2.8": 18,
    "3.1": 4,
    "3.3": 8,
    "3.5": 12,
    "3.7": 16,
    "3.9": 20,
    "4.4": 10,
    "5.5": 12,
    "6.8": 18,
}


def _numbered(family: str, first: int, last: int, taps: int) -> dict[str, int]:
    """Wavelets of a family, whose filters have `taps` more taps from one to the next."""
    return {f"{family}{n}": taps * n for n in range(first, last + 1)}


#: {wavelet: taps of its filters}; continuous wavelets, which decompose no image, have none.
TAPS = {
    **{f"bior{orders}": taps for orders, taps in _SPLINES.items()},
    **_numbered("cgau", 1, 8, 0),
    "cmor": 0,
    **_numbered("coif", 1, 17, 6),
    **_numbered("db", 1, 38, 2),
    "dmey": 62,
    "fbsp": 0,
    **_numbered("gaus", 1, 8, 0),
    "haar": 2,
    "mexh": 0,
    "morl": 0,
    **{f"rbio{orders}": taps for orders, taps in _SPLINES.items()},
    "shan": 0,
    **_numbered("sym", 2, 20, 2),
}

WAVELETS = tuple(TAPS)
