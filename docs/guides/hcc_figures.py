"""The figures of hcc_study.py."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from sklearn.calibration import calibration_curve
from sklearn.metrics import roc_curve


def figures(out: Path, drawn: dict[str, Any]) -> None:
    """Small pictures of all that was found."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    y = drawn["y"]

    def save(name: str, wide: float = 4.8, high: float = 3.6) -> None:
        figure = plt.gcf()
        figure.set_size_inches(wide, high)
        figure.tight_layout()
        figure.savefig(out / f"{name}.png", dpi=90)
        plt.close("all")

    plt.hist(drawn["icc"], bins=np.linspace(0, 1, 41), color="0.6")
    plt.axvline(drawn["least_icc"], color="k", ls="--", lw=1)
    plt.xlabel("ICC(2,1) between contours")
    plt.ylabel("features")
    save("stability")

    for (name, risk), style in zip(drawn["risks"].items(), ("k-", "k:", "b-", "r--"), strict=True):
        plt.plot(*roc_curve(y, risk)[:2], style, label=name)
    plt.plot([0, 1], [0, 1], color="0.8", lw=1)
    plt.xlabel("1 - specificity")
    plt.ylabel("sensitivity")
    plt.legend(fontsize=8)
    save("roc")

    rows = drawn["leak"]
    for place, values in enumerate(rows.values()):
        plt.plot(values, np.full(len(values), -place), "k|", ms=12)
        plt.plot(np.mean(values), -place, "ro", ms=5)
    plt.axvline(0.5, color="0.8", lw=1)
    plt.yticks(-np.arange(len(rows)), list(rows))
    plt.ylim(0.6 - len(rows), 0.4)
    plt.xlabel("AUC")
    save("leak", 6, 2.6)

    mean = drawn["risks"]["nested"]
    share, predicted = calibration_curve(y, mean, n_bins=5, strategy="quantile")
    plt.plot([0, 1], [0, 1], color="0.8", lw=1)
    plt.plot(predicted, share, "ko-")
    plt.plot(mean[y == 1], np.full((y == 1).sum(), 1.0), "k|", ms=8)
    plt.plot(mean[y == 0], np.full((y == 0).sum(), 0.0), "k|", ms=8)
    plt.xlabel("predicted risk")
    plt.ylabel("share with metastases")
    save("calibration")

    benefit = drawn["benefit"]
    styles = {"nested": "k-", "volume": "k:", "SUVmax": "b-", "all": "r--", "none": "0.6"}
    for name, style in styles.items():
        ink = {"color": style} if style[0] == "0" else {}
        plt.plot(benefit.index, benefit[name], *([] if ink else [style]), label=name, **ink)
    plt.ylim(-0.1, 0.4)
    plt.xlabel("threshold probability")
    plt.ylabel("net benefit")
    plt.legend(fontsize=8)
    save("decision")

    from lifelines import KaplanMeierFitter

    for group, rows in drawn["times"].groupby("group", observed=True):
        curve = KaplanMeierFitter().fit(rows["time"], rows["cens"], label=f"{group} risk")
        curve.plot_survival_function(ax=plt.gca(), ci_alpha=0.15)
    plt.xlabel("days (GBSG2, not this cohort)")
    plt.ylabel("free of recurrence")
    save("kaplan_meier")

    import shap

    values = drawn["shap"]
    top = values.abs().mean().nlargest(8).index
    shown = drawn["x"][top].rename(columns=short)
    rng = np.random.default_rng(1)
    shap.summary_plot(values[top].to_numpy(), shown, show=False, plot_size=None, rng=rng)
    plt.gca().tick_params(labelsize=8)
    plt.xlabel("SHAP value: change of the log odds", fontsize=9)
    save("shap", 7, 3.2)


def short(column: str) -> str:
    """A column's name as it fits beside a plot."""
    changes = {
        "original_": " ",
        "log-4mm-3D_": " LoG ",
        "intensity_statistics_": "",
        "morphology_": "",
        "grey_level": "GL",
        "_3D_avg": "",
        "_3D": "",
        ".": " ",
        "_": " ",
    }
    for long, brief in changes.items():
        column = column.replace(long, brief)
    return " ".join(column.split())
