"""The model of hcc_study.py, all of it fitted within folds, and how it is measured."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from combatlearn import ComBat
from scipy.special import logit
from scipy.stats import kruskal, rankdata
from sklearn.base import BaseEstimator, ClassifierMixin, TransformerMixin, clone
from sklearn.compose import ColumnTransformer
from sklearn.feature_selection import VarianceThreshold
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_validate
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

MOST_SPEARMAN = 0.9
STRENGTHS = (0.1, 0.2, 0.4, 0.8, 1.6, 3.2)


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
