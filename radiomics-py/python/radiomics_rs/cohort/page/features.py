"""The parts of the page that are about features."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from radiomics_rs.cohort.page.markup import (
    MISSING,
    RHO,
    Markup,
    histogram,
    image,
    joined,
    names,
    number,
    table,
    tag,
)
from radiomics_rs.cohort.page.pictures import heat_map
from radiomics_rs.cohort.page.read import Read
from radiomics_rs.cohort.page.sections import section
from radiomics_rs.cohort.page.stability import KINDS, Stability, kind_of
from radiomics_rs.cohort.page.statistics import (
    LEAST,
    OUTLYING,
    TOGETHER,
    Matrix,
    Spread,
    clusters,
    representative,
    spearman,
)

#: Most rows of the table of outliers, and names of cases in a cell.
MOST_OUTLIERS, MOST_NAMES = 1000, 40
#: Most features with a histogram, and most that are correlated, which takes memory by their square.
MOST_HISTOGRAMS, MOST_CORRELATED = 3000, 4000
#: Cases below which high correlations are no surprise.
FEW = 30


def distributions(read: Read, spread: Spread, stability: Stability | None) -> Markup:
    """A row a feature."""
    values = read.values[read.sound]
    finite = np.isfinite(values)
    rows = []
    ids = [read.ids[place] for place in read.sound]
    for k, name in enumerate(read.features):
        mine, outlying = finite[:, k], spread.outlying[:, k]
        drawn: Any = ""
        if k < MOST_HISTOGRAMS and mine.any():
            drawn = histogram(values[mine, k], outlying[mine])
        shown = (float(one[k]) for one in (spread.low, spread.median, spread.high))
        who = [ids[case] for case in np.flatnonzero(outlying)]
        more = [number(stability.value(name))] if stability else []
        counted = (str(spread.defined[k]), *map(number, shown), str(len(who)))
        rows.append((name, drawn, *counted, *more, _named(who)))
    icc = ["ICC"] if stability else []
    head = ("feature", "histogram", "cases", "lowest", "median", "highest", "outliers", *icc)
    places = tuple(range(2, len(head)))
    caption = f"Distributions of {len(rows)} features over {len(ids)} cases"
    about = (
        "An outlier is a value whose robust z, (x - median) / (1.4826 MAD), is beyond "
        f"±{OUTLYING:g}; MAD is the median of absolute distances from the median. "
        "Histograms are of all other values, with a mark at the side on which there are outliers."
    )
    if len(rows) > MOST_HISTOGRAMS:
        about += f" The first {MOST_HISTOGRAMS} features have histograms."
    field = tag("input", type="search", data_rows="all-features")
    field = Markup(field.removesuffix("</input>"))
    made = tag("div", table(caption, (*head, "outlying cases"), rows, numbers=places))
    return section(
        "features",
        "Features",
        tag("p", about),
        _without_spread(read, spread),
        Markup(f"<label hidden>Show features whose row has {field}</label>"),
        Markup(f'<div id="all-features">{made}</div>'),
    )


def _named(cases: list[str]) -> Markup:
    more = [f"and {len(cases) - MOST_NAMES} more"] if len(cases) > MOST_NAMES else []
    return names([*cases[:MOST_NAMES], *more], 3)


def _without_spread(read: Read, spread: Spread) -> Markup:
    """Features that no outlier can be told of, and why."""
    none = spread.defined == 0
    said = [
        ("undefined in every case", none),
        ("constant", spread.constant),
        ("the same in more than half of the cases, so that its MAD is 0", spread.flat),
    ]
    pieces = []
    for what, which in said:
        held = [read.features[k] for k in np.flatnonzero(which)]
        if held:
            verb = "features are" if len(held) > 1 else "feature is"
            pieces.append(tag("li", f"{len(held)} {verb} {what}: ", names(held, 8)))
    if not pieces:
        return tag("p", "No feature is constant, and none is undefined in every case.")
    return tag("ul", *pieces)


def outliers(read: Read, spread: Spread) -> Markup:
    """Single values that lie far from all others, the farthest first."""
    title = "Outliers"
    if len(read.sound) < LEAST:
        about = f"There are fewer than {LEAST} cases: too few to tell what is far from the others."
        return section("outliers", title, tag("p", about))
    case, feature = np.nonzero(spread.outlying)
    if not len(case):
        return section("outliers", title, tag("p", "There is no outlier."))
    values = read.values[read.sound]
    order = np.argsort(-np.abs(spread.z[case, feature]), kind="stable")[:MOST_OUTLIERS]
    rows = [
        (
            read.ids[read.sound[i]],
            read.features[j],
            number(float(values[i, j])),
            number(float(spread.median[j])),
            f"{spread.z[i, j]:.1f}",
        )
        for i, j in zip(case[order], feature[order], strict=True)
    ]
    of = f"The {len(rows)} farthest of {len(case)}" if len(rows) < len(case) else f"All {len(case)}"
    caption = f"{of} outlying values, of {len(set(case))} cases and {len(set(feature))} features"
    head = ("case", "feature", "value", "median", "robust z")
    return section("outliers", title, table(caption, head, rows, numbers=(2, 3, 4)))


def correlation(read: Read, spread: Spread, stability: Stability | None) -> Markup:
    """Groups of features that say the same."""
    title = "Correlated features"
    varying = np.flatnonzero((spread.defined >= LEAST) & ~spread.constant)
    why = ""
    if len(read.sound) < LEAST:
        why = f"There are fewer than {LEAST} cases: too few for correlations."
    elif len(varying) < 2:
        why = "There are fewer than two features that vary."
    elif len(varying) > MOST_CORRELATED:
        why = (
            f"{len(varying)} features vary; correlations are shown for up to {MOST_CORRELATED}: "
            "give a table of fewer columns."
        )
    if why:
        return section("correlation", title, tag("p", why))
    found = spearman(read.values[np.ix_(read.sound, varying)])
    groups = clusters(found)
    named = [read.features[k] for k in varying]
    score = np.array([stability.value(name) for name in named]) if stability else None
    # The largest first, as in the picture.
    groups.sort(key=lambda group: -len(group))
    rows = []
    for place, group in enumerate((g for g in groups if len(g) > 1), 1):
        first = representative(group, found, score)
        others = [named[k] for k in group if k != first]
        least = float(np.abs(found[np.ix_(group, group)]).min())
        rows.append((str(place), named[first], str(len(group)), f"{least:.3f}", names(others, 4)))
    return section("correlation", title, *_said(read, found, groups, rows, stability))


def _said(
    read: Read, found: Matrix, groups: list[list[int]], rows: list[Any], stability: Stability | None
) -> list[Markup]:
    by = "has the highest ICC" if stability else "is correlated most with the others"
    about = (
        f"Spearman correlations over {len(read.sound)} cases, hierarchical clustering by complete "
        f"linkage, cut at |{RHO}| ≥ {TOGETHER}: every two features of a group are correlated by "
        f"that at least. The representative is the one that {by}. {len(found)} features that vary "
        f"are {len(groups)} groups, {len(groups) - len(rows)} of a single feature."
    )
    pieces = [tag("p", about)]
    if len(read.sound) < FEW:
        few = (
            f"With {len(read.sound)} cases correlations as high as this also come about by chance."
        )
        pieces.append(tag("p", few, class_="note"))
    source, side = heat_map(found, [k for group in groups for k in group])
    alt = (
        f"Matrix of absolute rank correlations of {side} features, sorted by groups, the largest "
        "first: dark squares along the diagonal are groups"
    )
    caption = tag("figcaption", f"|{RHO}| from 0 (light) to 1 (dark), features sorted by groups")
    pieces.append(tag("figure", image(source, alt, side, side), caption, class_="heat"))
    if rows:
        head = ("group", "representative", "features", f"lowest |{RHO}|", "others")
        title = f"{len(rows)} groups of two features and more"
        pieces.append(table(title, head, rows, numbers=(2, 3)))
    return pieces


def stable(read: Read, stability: Stability | None, other: str | None) -> Markup:
    """How features come through being measured again.

    `other` is a table of stability that is there and was not made with that of the cases.
    """
    title = "Stability"
    if stability is None:
        said = "No stability of features was given."
        if other is not None:
            said += f" {other} is there, and was not made with this table as it is."
        return section("stability", title, tag("p", said))
    known = [name for name in read.features if math.isfinite(stability.value(name))]
    lacking = [name for name in read.features if name not in stability.rows]
    unknown = [name for name in stability.rows if name not in set(read.features)]
    counts = dict.fromkeys(KINDS, 0)
    rows = []
    for name in known:
        icc, low, high = stability.rows[name]
        kind = kind_of(low if math.isfinite(low) else icc)
        counts[kind] += 1
        rows.append(
            (
                name,
                f"{icc:.3f}",
                *(f"{x:.3f}" if math.isfinite(x) else MISSING for x in (low, high)),
                kind,
            )
        )
    about = (
        "Kinds go by the lower bound where there is one, otherwise by the ICC: "
        + ", ".join(f"{kind} from {least:g}" for kind, least in KINDS.items() if least > 0)
        + ", poor below. "
        + ", ".join(f"{count} {kind}" for kind, count in counts.items())
        + "."
    )
    pieces = [tag("p", about)]
    if lacking:
        pieces.append(tag("p", f"{len(lacking)} features of the table have none: ", names(lacking)))
    if unknown:
        pieces.append(tag("p", f"{len(unknown)} that are not in the table: ", names(unknown)))
    head = ("feature", "ICC", "low", "high", "kind")
    pieces.append(table(f"Stability of {len(rows)} features", head, rows, numbers=(1, 2, 3)))
    return section("stability", title, joined(pieces))
