"""What `growth.py` measured, kept as JSON, and the tables and the figure of docs/performance.md made from it.

    python3 benches/peers/growth_page.py

The figure is drawn where matplotlib is at hand.
"""

import json
import math
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
KEPT = ROOT / "docs" / "performance" / "growth.json"
FIGURE = ROOT / "docs" / "performance" / "growth.png"
PAGE = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- measured: benches/peers/growth_page.py -->\n", "<!-- end of growth -->\n"

LEVELS = "Grey levels of a region of 100,000 voxels, all texture families of the profile `ibsi`"
LABELS = "Labels of 1,000 voxels each in one call, all features of the profile `ibsi`"
RADIUS = "Radius in voxels of feature maps of GLCM, all features, round the 1,000 voxels of a ball"


def slope(rows):
    """The exponent of growth from the last but one size to the last."""
    (n, t), (m, u) = [(row["voxels"], row["median_s"]) for row in rows[-2:]]
    return math.log(u / t) / math.log(m / n)


def bytes_of_voxel(rows):
    """Bytes of peak memory that a voxel more takes, from the last but one size to the last."""
    (n, small), (m, large) = [(row["voxels"], row["peak_mb"]) for row in rows[-2:]]
    return (large - small) * 2**20 / (m - n)


def of_packages(rows):
    """The rows of each package, in the order in which they were measured."""
    names = dict.fromkeys(row["package"] for row in rows)
    return {name: [row for row in rows if row["package"] == name] for name in names}


def short(seconds):
    """Two digits, without an exponent."""
    return f"{seconds:.2g}" if seconds < 99.5 else f"{seconds:.0f}"


def table(head, rows):
    """A table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def of_sizes(rows, shown, last, what):
    """A table of packages by voxels, with a last column of what the two largest sizes say."""
    sizes = sorted({row["voxels"] for row in rows})
    lines = []
    for name, own in of_packages(rows).items():
        cells = {row["voxels"]: shown(row) for row in own}
        lines.append([name, *(cells.get(n, "") for n in sizes), last(own) if len(own) > 1 else ""])
    return table(["package", *(f"{n:,}" for n in sizes), what], lines)


def page(found):
    """The part of the page that is made from what was measured."""
    parts = [
        f"{found['day']}, {found['machine']}; "
        f"medians of up to {found['repeats']} calls in seconds, one thread, a ball in a cube, case A's features:\n",
        of_sizes(found["voxels"], lambda row: short(row["median_s"]), lambda own: f"{slope(own):.2f}", "slope"),
        f"![Seconds against voxels]({FIGURE.relative_to(PAGE.parent).as_posix()})\n",
        "Peak memory of the process in MiB, with image and mask, and what each further voxel of the region takes:\n",
        of_sizes(
            found["voxels"], lambda row: f"{row['peak_mb']:.0f}", lambda own: f"{bytes_of_voxel(own):.0f}", "bytes a voxel"
        ),
    ]
    for key, what in (("levels", LEVELS), ("labels", LABELS), ("radius", RADIUS)):
        rows = found[key]
        head = [key, *(f"{row[key]:,}" for row in rows)]
        parts += [f"{what}; least processor time in ms:\n", table(head, [["ms", *(f"{row['s'] * 1e3:.3g}" for row in rows)]])]
    return "\n".join(parts)


def written(text, found):
    """The text of the page with that part made anew."""
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    return f"{before}{BEGIN}\n{page(found)}\n{END}{after}"


def draw(rows, file):
    """Seconds against voxels, a line for each package."""
    try:
        import matplotlib
    except ImportError:
        print(f"{file}: not drawn, matplotlib is not installed", file=sys.stderr)
        return
    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(7, 4.5), layout="constrained")
    for name, own in of_packages(rows).items():
        label = f"{name} (slope {slope(own):.2f})" if len(own) > 1 else name
        axes.loglog([row["voxels"] for row in own], [row["median_s"] for row in own], "o-", label=label)
    axes.set(xlabel="voxels of the region", ylabel="seconds, one thread")
    axes.grid(alpha=0.3)
    axes.legend()
    figure.savefig(file, dpi=120)


def main():
    found = json.loads(KEPT.read_text(encoding="utf-8"))
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8"), found), encoding="utf-8")
    draw(found["voxels"], FIGURE)


if __name__ == "__main__":
    main()
