"""The figures of hcc_study.py, small pictures in a folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.calibration import calibration_curve
from sklearn.metrics import roc_curve


@contextmanager
def picture(path: Path, wide: float = 4.8, high: float = 3.6) -> Iterator[Any]:
    """Axes to draw on, which are then saved; lengths in inches."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots()
    yield axes
    figure.set_size_inches(wide, high)
    figure.tight_layout()
    figure.savefig(path, dpi=90)
    plt.close("all")


def stability(out: Path, icc: pd.Series, least: float) -> None:
    """How many features stand it that contours are moved."""
    with picture(out / "stability.png") as axes:
        axes.hist(icc, bins=np.linspace(0, 1, 41), color="0.6")
        axes.axvline(least, color="k", ls="--", lw=1)
        axes.set_xlabel("ICC(2,1) between contours")
        axes.set_ylabel("features")


def roc(out: Path, y: pd.Series, risks: dict[str, pd.Series]) -> None:
    """The curve of each of four models."""
    with picture(out / "roc.png") as axes:
        for (name, risk), style in zip(risks.items(), ("k-", "k:", "b-", "r--"), strict=True):
            axes.plot(*roc_curve(y, risk)[:2], style, label=name)
        axes.plot([0, 1], [0, 1], color="0.8", lw=1)
        axes.set_xlabel("1 - specificity")
        axes.set_ylabel("sensitivity")
        axes.legend(fontsize=8)


def leak(out: Path, aucs: dict[str, list[float]]) -> None:
    """AUC of single runs, a row a way of validation."""
    with picture(out / "leak.png", 6, 2.6) as axes:
        for place, values in enumerate(aucs.values()):
            axes.plot(values, np.full(len(values), -place), "k|", ms=12)
            axes.plot(np.mean(values), -place, "ro", ms=5)
        axes.axvline(0.5, color="0.8", lw=1)
        axes.set_yticks(-np.arange(len(aucs)), list(aucs))
        axes.set_ylim(0.6 - len(aucs), 0.4)
        axes.set_xlabel("AUC")


def calibration(out: Path, y: pd.Series, risk: pd.Series) -> None:
    """Predicted and observed, in fifths of the risk."""
    share, predicted = calibration_curve(y, risk, n_bins=5, strategy="quantile")
    with picture(out / "calibration.png") as axes:
        axes.plot([0, 1], [0, 1], color="0.8", lw=1)
        axes.plot(predicted, share, "ko-")
        axes.plot(risk[y == 1], np.full((y == 1).sum(), 1.0), "k|", ms=8)
        axes.plot(risk[y == 0], np.full((y == 0).sum(), 0.0), "k|", ms=8)
        axes.set_xlabel("predicted risk")
        axes.set_ylabel("share with metastases")


def decision(out: Path, benefit: pd.DataFrame) -> None:
    """The decision curve: a row a threshold, a column a model."""
    styles = {"nested": "k-", "volume": "k:", "SUVmax": "b-", "all": "r--", "none": "0.6"}
    with picture(out / "decision.png") as axes:
        for name, style in styles.items():
            ink = {"color": style} if style[0] == "0" else {}
            axes.plot(benefit.index, benefit[name], *([] if ink else [style]), label=name, **ink)
        axes.set_ylim(-0.1, 0.4)
        axes.set_xlabel("threshold probability")
        axes.set_ylabel("net benefit")
        axes.legend(fontsize=8)


def kaplan_meier(out: Path, times: pd.DataFrame) -> None:
    """Times of each group of risk."""
    from lifelines import KaplanMeierFitter

    with picture(out / "kaplan_meier.png") as axes:
        for group, rows in times.groupby("group", observed=True):
            curve = KaplanMeierFitter().fit(rows["time"], rows["cens"], label=f"{group} risk")
            curve.plot_survival_function(ax=axes, ci_alpha=0.15)
        axes.set_xlabel("days (GBSG2, not this cohort)")
        axes.set_ylabel("free of recurrence")


def shap_values(out: Path, values: pd.DataFrame, x: pd.DataFrame) -> None:
    """SHAP values of the features that count most, a dot a patient."""
    import shap

    top = values.abs().mean().nlargest(8).index
    shown = x[top].rename(columns=short)
    rng = np.random.default_rng(1)
    with picture(out / "shap.png", 7, 3.2) as axes:
        # It draws on the axes that are current.
        shap.summary_plot(values[top].to_numpy(), shown, show=False, plot_size=None, rng=rng)
        axes.tick_params(labelsize=8)
        axes.set_xlabel("SHAP value: change of the log odds", fontsize=9)


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
