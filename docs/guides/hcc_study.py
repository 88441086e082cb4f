"""A radiomics study from images to decision curve; hcc-study.md explains it step by step.

usage: python hcc_study.py DATA OUT [--repeats 10] [--permutations 10] [--seed 1] [--jobs 2]

DATA holds outcomes.csv (patient, lung_metastasis) and <patient>_{PET,MR_T1}_{image,mask}.nii.gz.
OUT is given masks, tables, figures and results.txt, which has every number of the guide. A second
run computes no features again.
"""

from __future__ import annotations

import argparse
import time
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import radiomics_rs as rr
from combatlearn import ComBat
from scipy.special import logit
from scipy.stats import kruskal, rankdata
from sklearn.base import BaseEstimator, ClassifierMixin, TransformerMixin, clone
from sklearn.calibration import calibration_curve
from sklearn.compose import ColumnTransformer
from sklearn.feature_selection import VarianceThreshold
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, roc_auc_score, roc_curve
from sklearn.model_selection import StratifiedKFold, cross_validate
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from threadpoolctl import threadpool_limits

OUTCOME = "lung_metastasis"
#: What a model has to beat: usual measures, chosen without a look at the outcomes here.
VOLUME = "PET.tumour.original_morphology_volume"
SUV_MAX = "PET.tumour.original_intensity_statistics_maximum"
RIM_MM = 10
LEAST_ICC = 0.75
MOST_SPEARMAN = 0.9
STRENGTHS = (0.1, 0.2, 0.4, 0.8, 1.6, 3.2)


@dataclass(frozen=True)
class Modality:
    """How the images of a modality are called and worked on."""

    file: str
    voxel_mm: float
    """Voxels of the features."""
    sigma_mm: float
    """Of the Laplacian of Gaussian."""
    body: float
    """Intensity above which there is a body: the organ that the rim stays in."""
    contour_mm: float
    """By how much contours are moved to see which features stand it: about a voxel."""
    features: tuple[str, ...] | None = None
    """Names of features, None for all."""

    @property
    def settings(self) -> rr.Settings:
        """Those of the extraction."""
        log = {"laplacian_of_gaussian": {"sigma_mm": self.sigma_mm}}
        return rr.Settings(
            resample_spacing_mm=self.voxel_mm,
            bin_number=32,
            filters=["original", log],
            features=self.features and list(self.features),
        )


MODALITIES = {
    "PET": Modality("PET", voxel_mm=4, sigma_mm=4, body=0.1, contour_mm=5.5),
    "MR": Modality("MR_T1", voxel_mm=2, sigma_mm=4, body=30, contour_mm=2),
}


# --- Images to tables -----------------------------------------------------------------------


def write_regions(data: Path, out: Path, patients: list[str], moved: set[str]) -> pd.DataFrame:
    """Masks of tumour and rim; also with moved contours for some patients. A row a region."""
    rows = []
    for name, modality in MODALITIES.items():
        for patient in patients:
            image = data / f"{patient}_{modality.file}_image.nii.gz"
            if not image.exists():
                # No image is a case as well: it fails with a reason, and its row stays.
                rows.append([patient, name, "tumour", "drawn", None, None])
                continue
            scan = rr.io.read_image(image)
            drawn = rr.region(data / f"{patient}_{modality.file}_mask.nii.gz", name="tumour")
            inside = (scan.voxels > modality.body).astype(np.uint8)
            body = rr.region(rr.Volume(inside, *scan.geometry), name="body").largest()
            tumours = {"drawn": drawn}
            if patient in moved:
                tumours["grown"] = drawn.dilate(modality.contour_mm)
                tumours["shrunk"] = drawn.erode(modality.contour_mm)
            for contour, tumour in tumours.items():
                # For a liver: .ring(0, 10).within(liver).minus(vessels)
                rim = tumour.ring(0, RIM_MM).within(body)
                for region, made in {"tumour": tumour, "rim": rim}.items():
                    mask = out / "masks" / f"{patient}_{name}_{region}_{contour}.nii.gz"
                    mask.parent.mkdir(exist_ok=True)
                    rr.io.write_image(made.mask.to_sitk(), mask)
                    rows.append([patient, name, region, contour, image, mask])
    frame = pd.DataFrame(
        rows, columns=["patient", "modality", "region", "contour", "image", "mask"]
    )
    frame.insert(0, "case_id", frame[["patient", "modality", "region", "contour"]].agg(" ".join, 1))
    return frame


def extract(regions: pd.DataFrame, out: Path, jobs: int | None) -> tuple[pd.DataFrame, list[str]]:
    """Features, a row a patient and contour; and what is said of the cases that failed."""
    tables, failed = [], []
    for name, modality in MODALITIES.items():
        cases = regions[regions["modality"] == name]
        run = rr.extract_cohort(cases, modality.settings, out=out / f"{name}.csv", jobs=jobs)
        rows = pd.read_csv(run.out)
        failed += [f"{r.case_id}: {r.error}" for r in rows[rows["status"] == "failed"].itertuples()]
        features = list(rows.columns[list(rows.columns).index("warnings") + 1 :])
        table = rows.set_index(["patient", "contour", "region"])[features].unstack("region")
        table.columns = [f"{name}.{region}.{feature}" for feature, region in table.columns]
        # The shape of the rim is that of the tumour.
        rim_shape = [c for c in table if c.startswith(f"{name}.rim.original_morphology")]
        tables.append(table.drop(columns=rim_shape).dropna(axis=1, how="all"))
    return pd.concat(tables, axis=1).sort_index(), failed


def cohort(data: Path) -> tuple[list[str], pd.Series, pd.Series]:
    """The patients, their outcomes, and the scanner group of each.

    The group is the size of the pixels of PET: files from which names were taken tell no more.
    """
    clinical = pd.read_csv(data / "outcomes.csv", dtype={"patient": str})
    clinical = clinical.set_index("patient", verify_integrity=True)
    paths = [data / f"{patient}_PET_image.nii.gz" for patient in clinical.index]
    sizes = [rr.io.read_image(path).spacing_mm[-1] for path in paths]
    site = pd.Series([f"{size:.1f} mm" for size in sizes], index=clinical.index, name="site")
    return list(clinical.index), clinical[OUTCOME], site


def stability(features: pd.DataFrame) -> pd.Series:
    """ICC(2,1) of each feature between contours as drawn, grown and shrunk."""
    import pingouin

    rated = features.groupby("patient").filter(lambda rows: len(rows) == 3)
    found = {}
    for column in rated:
        values = rated[column].unstack("contour").dropna()
        if len(values) < 3 or values.to_numpy().std() == 0:
            continue
        long = values.stack().rename("value").reset_index()
        table = pingouin.intraclass_corr(long, "patient", "contour", "value").set_index("Type")
        # The name of ICC(2,1) in pingouin: agreement, single rater.
        found[column] = table.loc["ICC(A,1)", "ICC"]
    return pd.Series(found, name="icc")


# --- The model: everything below is fitted within folds --------------------------------------


class Redundancy(TransformerMixin, BaseEstimator):
    """Leaves out constant features, and those whose |Spearman| with an earlier one is too large."""

    def __init__(self, most: float = MOST_SPEARMAN) -> None:
        """Of two such features the one further left stays: no outcome is looked at."""
        self.most = most

    def fit(self, X: pd.DataFrame, y: Any = None) -> Redundancy:  # noqa: N803
        """Choose."""
        ranks = rankdata(X, axis=0)
        varies = np.flatnonzero(ranks.std(axis=0) > 0)
        close = np.zeros((X.shape[1], X.shape[1]), bool)
        of_two = np.corrcoef(ranks[:, varies], rowvar=False)
        close[np.ix_(varies, varies)] = np.abs(of_two) > self.most
        kept: list[int] = []
        for column in varies:
            if not close[column, kept].any():
                kept.append(column)
        self.columns_ = list(X.columns[kept])
        return self

    def transform(self, X: pd.DataFrame) -> pd.DataFrame:  # noqa: N803
        """The columns that stay."""
        return X[self.columns_]

    def get_feature_names_out(self, _given: Any = None) -> np.ndarray:
        """Their names, which scikit-learn asks for to make data frames."""
        return np.array(self.columns_, object)


class Folds(StratifiedKFold):
    """Folds with like shares of outcomes, and of scanner groups, which each fold has to know."""

    def __init__(self, site: pd.Series, n_splits: int = 5, random_state: int | None = None) -> None:
        """Shuffled folds; `site` has the index of the patients."""
        super().__init__(n_splits, shuffle=True, random_state=random_state)
        self.site = site

    def split(self, X: pd.DataFrame, y: Any, groups: Any = None) -> Any:  # noqa: N803
        """Pairs of training and test rows."""
        strata = [f"{one} {site}" for one, site in zip(y, self.site.loc[X.index], strict=True)]
        with warnings.catch_warnings():
            # A stratum may have fewer patients than there are folds.
            warnings.simplefilter("ignore", UserWarning)
            yield from list(super().split(X, strata))


def of_pet(table: pd.DataFrame) -> list[str]:
    """Columns that are harmonised: intensities and texture of PET. Shape has no scanner."""
    return [c for c in table if c.startswith("PET.") and "_morphology_" not in c]


def others(table: pd.DataFrame) -> list[str]:
    """Columns that are left as they are."""
    return list(table.columns.difference(of_pet(table), sort=False))


class Lasso(ClassifierMixin, BaseEstimator):
    """Imputation, harmonisation, redundancy filter, LASSO; its strength is chosen by inner folds.

    A grid search over the whole pipeline does the same, and prepares each fold once a strength.
    """

    def __init__(
        self,
        site: pd.Series,
        seed: int = 1,
        folds: int = 5,
        strengths: tuple[float, ...] = STRENGTHS,
    ) -> None:
        """`strengths` are values of C, the sparsest model first: of equals it is taken."""
        self.site, self.seed, self.folds, self.strengths = site, seed, folds, strengths

    def fit(self, X: pd.DataFrame, y: pd.Series) -> Lasso:  # noqa: N803
        """All steps anew in each inner training part, then on all rows with the best strength."""
        scores = []
        for train, test in Folds(self.site, self.folds, self.seed).split(X, y):
            steps = prepared(self.site)
            seen, new = steps.fit_transform(X.iloc[train]), steps.transform(X.iloc[test])
            fits = [lasso(c).fit(seen, y.iloc[train]) for c in self.strengths]
            scores.append([roc_auc_score(y.iloc[test], fit.decision_function(new)) for fit in fits])
        self.strength_ = self.strengths[int(np.argmax(np.mean(scores, axis=0)))]
        self.steps_ = prepared(self.site)
        self.lasso_ = lasso(self.strength_).fit(self.steps_.fit_transform(X), y)
        self.classes_ = self.lasso_.classes_
        self.used_ = list(self.lasso_.feature_names_in_[self.lasso_.coef_[0] != 0])
        return self

    def predict_proba(self, X: pd.DataFrame) -> np.ndarray:  # noqa: N803
        """Of patients that were not there, harmonised as their scanner group was in training."""
        return self.lasso_.predict_proba(self.steps_.transform(X))


def groups_differ(x: pd.DataFrame, site: pd.Series) -> list[int]:
    """Harmonised features with Kruskal-Wallis p < 0.05 between groups, before and after ComBat.

    A description of all patients; no model is made of it.
    """
    pet = x[of_pet(x)]
    scaled = StandardScaler().set_output(transform="pandas").fit_transform(pet)
    counts = []
    for table in (scaled, ComBat(batch=site).fit_transform(scaled)):
        of_group = [rows for _, rows in table.groupby(site)]
        counts.append(int((kruskal(*of_group, axis=0).pvalue < 0.05).sum()))
    return counts


def lasso(c: float) -> LogisticRegression:
    """The classifier."""
    return LogisticRegression(
        C=c, l1_ratio=1, solver="liblinear", intercept_scaling=10, random_state=0
    )


def prepared(site: pd.Series) -> Pipeline:
    """The steps before the classifier; none is shown an outcome, and ComBat is shown sites."""
    harmonise = ColumnTransformer(
        [("pet", ComBat(batch=site), of_pet), ("others", FunctionTransformer(), others)],
        verbose_feature_names_out=False,
    )
    return Pipeline(
        [
            ("impute", SimpleImputer(strategy="median")),
            ("scale", StandardScaler()),
            # What is constant has no place among the features that ComBat learns from.
            ("constant", VarianceThreshold()),
            ("harmonise", harmonise),
            ("redundancy", Redundancy()),
        ]
    ).set_output(transform="pandas")


def by_one(column: str) -> Pipeline:
    """Logistic regression on the logarithm of a single column."""
    log = ColumnTransformer([("log", FunctionTransformer(np.log), [column])])
    return Pipeline([("log", log), ("scale", StandardScaler()), ("logit", LogisticRegression())])


@dataclass
class OutOfFold:
    """What models said of patients that they had not seen."""

    risk: pd.DataFrame
    """Probability of each patient (rows) in each repeat (columns)."""
    models: list[tuple[Any, np.ndarray, np.ndarray]]
    """Each fitted model with the rows that it was trained and tested on."""


def out_of_fold(
    model: Any,
    x: pd.DataFrame,
    y: pd.Series,
    site: pd.Series,
    *,
    repeats: int,
    seed: int,
    jobs: int = 1,
    folds: int = 5,
) -> OutOfFold:
    """Repeated stratified cross-validation, the whole of `model` fitted in each training part."""
    splits = [s for r in range(repeats) for s in Folds(site, folds, seed + r).split(x, y)]
    done = cross_validate(
        model, x, y, cv=splits, scoring="roc_auc", return_estimator=True, n_jobs=jobs
    )
    risk = pd.DataFrame(np.nan, index=x.index, columns=range(repeats))
    models = []
    for k, (fitted, (train, test)) in enumerate(zip(done["estimator"], splits, strict=True)):
        risk.iloc[test, k // folds] = fitted.predict_proba(x.iloc[test])[:, 1]
        models.append((fitted, train, test))
    return OutOfFold(risk, models)


def with_leak(
    model: Lasso, x: pd.DataFrame, y: pd.Series, site: pd.Series, *, repeats: int, seed: int
) -> OutOfFold | None:
    """WRONG on purpose: features are harmonised and selected on all patients, then validated."""
    model = clone(model).fit(x, y)
    if not model.used_:
        return None
    chosen = model.steps_.transform(x)[model.used_]
    return out_of_fold(LogisticRegression(), chosen, y, site, repeats=repeats, seed=seed)


# --- What the predictions are worth ----------------------------------------------------------


def auc(y: pd.Series, risk: pd.DataFrame, seed: int, draws: int = 2000) -> np.ndarray:
    """AUC, mean over repeats, and its 95 % interval: percentiles of a bootstrap over patients.

    The AUC is the share of pairs, one patient with and one without, that are in the right order.
    """
    sick, well = risk[y == 1].to_numpy(), risk[y == 0].to_numpy()
    order = (np.sign(sick[:, None] - well[None]) / 2 + 0.5).mean(axis=2)
    rng = np.random.default_rng(seed)
    drawn = rng.multinomial(len(y), np.full(len(y), 1 / len(y)), size=draws)
    a, b = drawn[:, : len(sick)], drawn[:, len(sick) :]
    a, b = (w[(a.sum(1) > 0) & (b.sum(1) > 0)] for w in (a, b))
    resampled = np.einsum("ni,ij,nj->n", a, order, b) / (a.sum(1) * b.sum(1))
    return np.array([order.mean(), *np.percentile(resampled, [2.5, 97.5])])


def calibration(y: pd.Series, risk: pd.Series) -> dict[str, float]:
    """Slope and intercept of the logit of the mean out-of-fold risk, and the Brier score."""
    import statsmodels.api as sm

    score = logit(risk.clip(1e-6, 1 - 1e-6))
    slope = sm.GLM(y, sm.add_constant(score), sm.families.Binomial()).fit().params.iloc[1]
    large = sm.GLM(y, np.ones(len(y)), sm.families.Binomial(), offset=score).fit().params.iloc[0]
    return {"slope": slope, "intercept": large, "brier": brier_score_loss(y, risk)}


def net_benefit(y: pd.Series, risks: dict[str, pd.Series]) -> pd.DataFrame:
    """The decision curve by dcurves, a column a model."""
    import dcurves

    frame = pd.DataFrame({"outcome": y, **risks})
    thresholds = np.arange(0.05, 0.66, 0.05)
    curve = dcurves.dca(frame, outcome="outcome", modelnames=list(risks), thresholds=thresholds)
    return curve.pivot(index="threshold", columns="model", values="net_benefit")


def held_out_shap(found: OutOfFold, x: pd.DataFrame) -> pd.DataFrame:
    """SHAP values of patients by models that had not seen them, mean over repeats."""
    import shap

    total = pd.DataFrame(0.0, index=x.index, columns=x.columns)
    for fitted, train, test in found.models:
        seen, new = (fitted.steps_.transform(x.iloc[rows]) for rows in (train, test))
        values = shap.LinearExplainer(fitted.lasso_, seen).shap_values(new)
        total.loc[new.index, new.columns] += values
    total /= found.risk.shape[1]
    return total.loc[:, (total != 0).any()]


# --- Times: lifelines' own data, for the outcomes here have none -----------------------------


def survival(
    data: pd.DataFrame,
    seed: int,
    *,
    draws: int = 500,
    folds: int = 5,
    penalties: tuple[float, ...] = (0.01, 0.03, 0.1),
) -> tuple[dict[str, Any], pd.DataFrame]:
    """Cox with LASSO on columns beside `time` and `cens` (1: event): risk out of fold, C-index."""
    from lifelines import CoxPHFitter
    from lifelines.statistics import multivariate_logrank_test
    from lifelines.utils import concordance_index, k_fold_cross_validation

    data = pd.get_dummies(data, drop_first=True, dtype=float)
    covariates = data.columns.difference(["time", "cens"])
    risk = pd.Series(np.nan, index=data.index)
    names = {"duration_col": "time", "event_col": "cens"}
    for train, test in StratifiedKFold(folds, shuffle=True, random_state=seed).split(
        data, data.cens
    ):
        part = data.iloc[train].copy()
        scale = StandardScaler().set_output(transform="pandas").fit(part[covariates])
        part[covariates] = scale.transform(part[covariates])
        cox = [CoxPHFitter(penalizer=p, l1_ratio=1) for p in penalties]
        inner = k_fold_cross_validation(
            cox, part, k=3, scoring_method="concordance_index", seed=seed, **names
        )
        best = cox[int(np.argmax([np.mean(scores) for scores in inner]))].fit(part, **names)
        risk.iloc[test] = best.predict_log_partial_hazard(
            scale.transform(data.iloc[test][covariates])
        )
    rng = np.random.default_rng(seed)
    resampled = []
    for _ in range(draws):
        row = rng.integers(0, len(data), len(data))
        resampled.append(concordance_index(data.time[row], -risk[row], data.cens[row]))
    groups = pd.qcut(risk, 3, labels=["low", "middle", "high"])
    test = multivariate_logrank_test(data.time, groups, data.cens)
    said = {
        "patients": len(data),
        "events": int(data.cens.sum()),
        "c_index": [
            concordance_index(data.time, -risk, data.cens),
            *np.percentile(resampled, [2.5, 97.5]),
        ],
        "logrank_p": test.p_value,
    }
    return said, data[["time", "cens"]].assign(group=groups)


# --- Figures ---------------------------------------------------------------------------------


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
    plt.axvline(LEAST_ICC, color="k", ls="--", lw=1)
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


# --- The study -------------------------------------------------------------------------------


def interval(values: np.ndarray) -> str:
    """A value with its interval."""
    return f"{values[0]:.3f} ({values[1]:.3f} to {values[2]:.3f})"


def spread(values: list[float]) -> str:
    """Mean and range of several runs."""
    return f"mean {np.mean(values):.3f}, {min(values):.3f} to {max(values):.3f}"


def span(counts: list[int]) -> str:
    """Median and range of counts."""
    return f"median {np.median(counts):.0f}, {min(counts)} to {max(counts)}"


def each(y: pd.Series, found: OutOfFold) -> list[float]:
    """The AUC of each repeat."""
    return [roc_auc_score(y, found.risk[repeat]) for repeat in found.risk]


def run(
    data: Path, out: Path, *, repeats: int, permutations: int, seed: int, jobs: int, subset: int
) -> list[str]:
    """All of it; returns the lines that are said, which results.txt has as well."""
    out.mkdir(parents=True, exist_ok=True)
    said: list[str] = []
    began = time.monotonic()

    def say(name: str, value: Any) -> None:
        said.append(f"{name}: {value}")
        print(said[-1], flush=True)

    def lap(name: str) -> None:
        nonlocal began
        now = time.monotonic()
        say(f"seconds, {name}", f"{now - began:.0f}")
        began = now

    patients, y, site = cohort(data)
    say("patients", len(y))
    say("with metastases", int(y.sum()))
    for name, rows in y.groupby(site):
        say(f"PET pixels of {name}", f"{len(rows)} patients, {rows.sum()} with metastases")

    rng = np.random.default_rng(seed)
    both = [p for p in patients if (data / f"{p}_MR_T1_image.nii.gz").exists()]
    moved = {str(p) for p in rng.choice(both, min(subset, len(both)), replace=False)}
    regions = write_regions(data, out, patients, moved)
    lap("regions")
    features, failed = extract(regions, out, jobs)
    for line in failed:
        say("not computed", line)
    say("regions", len(regions) - len(failed))
    say("features", features.shape[1])
    lap("features")

    icc = stability(features)
    icc.to_csv(out / "icc.csv")
    stable = [c for c in features if icc.get(c, 0) >= LEAST_ICC]
    say("patients with moved contours", len(moved))
    say(f"features with ICC of at least {LEAST_ICC}", len(stable))
    for part in ("PET.tumour.", "PET.rim.", "MR.tumour.", "MR.rim."):
        of = [c for c in features if c.startswith(part)]
        say(f"stable of {part[:-1]}", f"{len(set(of) & set(stable))} of {len(of)}")
    lap("stability")

    x = features.xs("drawn", level="contour").loc[patients, stable]
    # Clinical columns are joined by the patient's id, once each: age, stage, AFP and the like.
    x.join([y, site], validate="one_to_one").to_csv(out / "study.csv")
    say("empty cells, filled with the training median", int(x.isna().sum().sum()))

    model = Lasso(site, seed)
    nested = out_of_fold(model, x, y, site, repeats=repeats, seed=seed, jobs=jobs)
    say("AUC, nested", interval(auc(y, nested.risk, seed)))
    say("AUC, nested, single repeats", spread(each(y, nested)))
    models = [fitted for fitted, _, _ in nested.models]
    say("features left by the redundancy filter", span([len(m.lasso_.coef_[0]) for m in models]))
    say("features of a model", span([len(m.used_) for m in models]))
    often = pd.Series([c for m in models for c in m.used_], dtype=object).value_counts()
    for column, times in often.head(5).items():
        say(f"share of models with {column}", f"{times / len(models):.0%}")
    before, after = groups_differ(x, site)
    say("PET features", len(of_pet(x)))
    say("PET features that differ between groups, before and after ComBat", f"{before}, {after}")
    lap("nested cross-validation")

    everything = features.xs("drawn", level="contour").loc[patients]
    alone = {}
    for name, column in {"volume": VOLUME, "SUVmax": SUV_MAX}.items():
        alone[name] = out_of_fold(by_one(column), everything, y, site, repeats=repeats, seed=seed)
        say(f"AUC, {name} alone", interval(auc(y, alone[name].risk, seed)))
    outside = with_leak(model, x, y, site, repeats=repeats, seed=seed)
    if outside is None:
        raise SystemExit("on all patients LASSO selects nothing: there is no leak to show")
    say("AUC, selection outside", interval(auc(y, outside.risk, seed)))
    say("features selected outside", outside.models[0][0].n_features_in_)
    lap("single measures and selection outside")

    dealt_outside, dealt_nested = [], []
    for k in range(permutations):
        dealt = pd.Series(rng.permutation(y), index=y.index)
        wrong = with_leak(model, x, dealt, site, repeats=1, seed=seed + k)
        dealt_outside += [0.5] if wrong is None else each(dealt, wrong)
        right = out_of_fold(model, x, dealt, site, repeats=1, seed=seed + k, jobs=jobs)
        dealt_nested += each(dealt, right)
    say("AUC, outcomes dealt at random, selection outside", spread(dealt_outside))
    say("AUC, outcomes dealt at random, nested", spread(dealt_nested))
    lap("outcomes dealt at random")

    risks = {"nested": nested.risk.mean(axis=1)}
    risks |= {name: found.risk.mean(axis=1) for name, found in alone.items()}
    for name, value in calibration(y, risks["nested"]).items():
        say(f"calibration, {name}", f"{value:.2f}")
    base = np.full(len(y), y.mean())
    say("Brier score of the prevalence alone", f"{brier_score_loss(y, base):.2f}")
    benefit = net_benefit(y, risks)
    for threshold in (0.2, 0.3, 0.4, 0.5):
        row = benefit.iloc[benefit.index.get_indexer([threshold], method="nearest")[0]]
        text = ", ".join(f"{name} {row[name]:.3f}" for name in (*risks, "all"))
        say(f"net benefit at {threshold}", text)
    lap("calibration and net benefit")

    from lifelines.datasets import load_gbsg2

    told, times = survival(load_gbsg2(), seed)
    say("GBSG2, patients and events", f"{told['patients']}, {told['events']}")
    say("GBSG2, C-index", interval(np.array(told["c_index"])))
    say("GBSG2, log-rank p of thirds", f"{told['logrank_p']:.1g}")
    lap("Cox")

    values = held_out_shap(nested, x)
    for column, value in values.abs().mean().nlargest(5).items():
        say("mean |SHAP|", f"{value:.2f} {column}")
    risks["selection outside"] = outside.risk.mean(axis=1)
    leak = {
        "selection outside": each(y, outside),
        "nested": each(y, nested),
        "selection outside,\noutcomes dealt": dealt_outside,
        "nested,\noutcomes dealt": dealt_nested,
    }
    drawn = {"y": y, "x": x, "icc": icc, "risks": risks, "leak": leak, "shap": values}
    figures(out, drawn | {"benefit": benefit, "times": times})
    lap("SHAP and figures")
    (out / "results.txt").write_text("\n".join([*said, ""]))
    return said


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--repeats", type=int, default=10)
    parser.add_argument("--permutations", type=int, default=10)
    parser.add_argument("--subset", type=int, default=15, help="patients with moved contours")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    arguments = parser.parse_args()
    start = time.monotonic()
    # Matrices are small: more threads of linear algebra would wait for each other.
    with threadpool_limits(1):
        run(**vars(arguments))
    print(f"seconds, all: {time.monotonic() - start:.0f}")
