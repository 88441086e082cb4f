"""Names of the wavelets, as PyWavelets lists them: a file is checked without it."""

_SPLINES = [
    "1.1",
    "1.3",
    "1.5",
    "2.2",
    "2.4",
    "2.6",
    "2.8",
    "3.1",
    "3.3",
    "3.5",
    "3.7",
    "3.9",
    "4.4",
    "5.5",
    "6.8",
]


def _numbered(family: str, first: int, last: int) -> list[str]:
    return [f"{family}{n}" for n in range(first, last + 1)]


WAVELETS = (
    *(f"bior{n}" for n in _SPLINES),
    *_numbered("cgau", 1, 8),
    "cmor",
    *_numbered("coif", 1, 17),
    *_numbered("db", 1, 38),
    "dmey",
    "fbsp",
    *_numbered("gaus", 1, 8),
    "haar",
    "mexh",
    "morl",
    *(f"rbio{n}" for n in _SPLINES),
    "shan",
    *_numbered("sym", 2, 20),
)
