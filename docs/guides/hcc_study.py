"""A radiomics study from images to decision curve; hcc-study.md explains it step by step.

usage: python hcc_study.py DATA OUT [--repeats 10] [--permutations 10] [--seed 1] [--jobs 2]

DATA holds outcomes.csv (patient, lung_metastasis) and <patient>_{PET,MR_T1}_{image,mask}.nii.gz.
OUT is given masks, tables, figures and results.txt, which has every number of the guide. A second
run computes no features again. The model is in hcc_model.py, the figures are in hcc_figures.py,
and hcc_report.py prints results and keeps them.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass
from pathlib import Path

import hcc_figures as figures
import numpy as np
import pandas as pd
import radiomics_rs as rr
from hcc_model import (
    Lasso,
    OutOfFold,
    auc,
    by_one,
    calibration,
    groups_differ,
    held_out_shap,
    net_benefit,
    of_pet,
    out_of_fold,
    survival,
    with_leak,
)
from hcc_report import Report, interval, span, spread
from sklearn.metrics import brier_score_loss, roc_auc_score
from threadpoolctl import threadpool_limits

OUTCOME = "lung_metastasis"
#: What a model has to beat: usual measures, chosen without a look at the outcomes here.
VOLUME = "PET.tumour.original_morphology_volume"
SUV_MAX = "PET.tumour.original_intensity_statistics_maximum"
RIM_MM = 10
LEAST_ICC = 0.75


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
    rated = features.groupby("patient").filter(lambda rows: len(rows) == 3)
    found = rr.icc(rated, subjects="patient", raters="contour")
    return pd.Series({row.feature: row.icc_2_1 for row in found if row.n >= 3}, name="icc").dropna()


# --- The study -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Plan:
    """What is asked for on the command line."""

    data: Path
    out: Path
    repeats: int
    permutations: int
    subset: int
    """So many patients have their contours moved."""
    seed: int
    jobs: int


@dataclass(frozen=True)
class Table:
    """What models are made of, a row a patient."""

    x: pd.DataFrame
    """Features."""
    y: pd.Series
    """Outcomes."""
    site: pd.Series
    """Scanner groups."""


def run(plan: Plan) -> None:
    """The study, in the order in which it is done."""
    plan.out.mkdir(parents=True, exist_ok=True)
    report = Report()
    rng = np.random.default_rng(plan.seed)

    patients, y, site = cohort(plan.data)
    say_cohort(report, y, site)
    moved = drawn_by_lot(plan, patients, rng)
    regions = write_regions(plan.data, plan.out, patients, moved)
    report.lap("regions")
    features = features_of(plan, report, regions)
    report.say("patients with moved contours", len(moved))
    icc, stable = stable_features(plan, report, features)
    everything = features.xs("drawn", level="contour").loc[patients]
    table = Table(everything[stable], y, site)
    write_table(plan, report, table)

    nested = validate_nested(plan, report, table)
    alone = validate_alone(plan, report, Table(everything, y, site))
    outside = validate_outside(plan, report, table)
    leak = {"selection outside": each(y, outside), "nested": each(y, nested)}
    leak |= deal_outcomes(plan, report, table, rng)

    risks = {name: found.risk.mean(axis=1) for name, found in {"nested": nested, **alone}.items()}
    benefit = judge(report, y, risks)
    times = model_times(plan, report)
    values = explain(report, nested, table.x)

    figures.stability(plan.out, icc, LEAST_ICC)
    figures.roc(plan.out, y, risks | {"selection outside": outside.risk.mean(axis=1)})
    figures.leak(plan.out, leak)
    figures.calibration(plan.out, y, risks["nested"])
    figures.decision(plan.out, benefit)
    figures.kaplan_meier(plan.out, times)
    figures.shap_values(plan.out, values, table.x)
    report.lap("SHAP and figures")
    report.write(plan.out / "results.txt")


def say_cohort(report: Report, y: pd.Series, site: pd.Series) -> None:
    """How many patients there are, and how many in each scanner group."""
    report.say("patients", len(y))
    report.say("with metastases", int(y.sum()))
    for name, rows in y.groupby(site):
        report.say(f"PET pixels of {name}", f"{len(rows)} patients, {rows.sum()} with metastases")


def drawn_by_lot(plan: Plan, patients: list[str], rng: np.random.Generator) -> set[str]:
    """Those with both scans whose contours are moved."""
    both = [p for p in patients if (plan.data / f"{p}_MR_T1_image.nii.gz").exists()]
    return {str(p) for p in rng.choice(both, min(plan.subset, len(both)), replace=False)}


def features_of(plan: Plan, report: Report, regions: pd.DataFrame) -> pd.DataFrame:
    """Features of all regions that there are."""
    features, failed = extract(regions, plan.out, plan.jobs)
    for line in failed:
        report.say("not computed", line)
    report.say("regions", len(regions) - len(failed))
    report.say("features", features.shape[1])
    report.lap("features")
    return features


def stable_features(
    plan: Plan, report: Report, features: pd.DataFrame
) -> tuple[pd.Series, list[str]]:
    """ICC of features, and which of them stand it that contours are moved. No outcome is seen."""
    icc = stability(features)
    icc.to_csv(plan.out / "icc.csv")
    stable = [c for c in features if icc.get(c, 0) >= LEAST_ICC]
    report.say(f"features with ICC of at least {LEAST_ICC}", len(stable))
    for part in ("PET.tumour.", "PET.rim.", "MR.tumour.", "MR.rim."):
        of = [c for c in features if c.startswith(part)]
        report.say(f"stable of {part[:-1]}", f"{len(set(of) & set(stable))} of {len(of)}")
    report.lap("stability")
    return icc, stable


def write_table(plan: Plan, report: Report, table: Table) -> None:
    """With outcomes and groups, as others may want to start from it."""
    # Clinical columns are joined by the patient's id, once each: age, stage, AFP and the like.
    whole = table.x.join([table.y, table.site], validate="one_to_one")
    whole.to_csv(plan.out / "study.csv")
    report.say("empty cells, filled with the training median", int(table.x.isna().sum().sum()))


def validate_nested(plan: Plan, report: Report, table: Table) -> OutOfFold:
    """The model, all of it fitted within folds: how good it is, and what it is made of."""
    x, y, site = table.x, table.y, table.site
    model = Lasso(site, plan.seed)
    nested = out_of_fold(model, x, y, site, repeats=plan.repeats, seed=plan.seed, jobs=plan.jobs)
    report.say("AUC, nested", interval(auc(y, nested.risk, plan.seed)))
    report.say("AUC, nested, single repeats", spread(each(y, nested)))
    models = [fitted for fitted, _, _ in nested.models]
    left = [len(m.lasso_.coef_[0]) for m in models]
    report.say("features left by the redundancy filter", span(left))
    report.say("features of a model", span([len(m.used_) for m in models]))
    often = pd.Series([c for m in models for c in m.used_], dtype=object).value_counts()
    for column, times in often.head(5).items():
        report.say(f"share of models with {column}", f"{times / len(models):.0%}")
    before, after = groups_differ(x, site)
    report.say("PET features", len(of_pet(x)))
    counts = f"{before}, {after}"
    report.say("PET features that differ between groups, before and after ComBat", counts)
    report.lap("nested cross-validation")
    return nested


def each(y: pd.Series, found: OutOfFold) -> list[float]:
    """The AUC of each repeat."""
    return [roc_auc_score(y, found.risk[repeat]) for repeat in found.risk]


def validate_alone(plan: Plan, report: Report, table: Table) -> dict[str, OutOfFold]:
    """Single usual measures in the same folds."""
    x, y, site = table.x, table.y, table.site
    alone = {}
    for name, column in {"volume": VOLUME, "SUVmax": SUV_MAX}.items():
        alone[name] = out_of_fold(by_one(column), x, y, site, repeats=plan.repeats, seed=plan.seed)
        report.say(f"AUC, {name} alone", interval(auc(y, alone[name].risk, plan.seed)))
    return alone


def validate_outside(plan: Plan, report: Report, table: Table) -> OutOfFold:
    """WRONG on purpose: features are selected outside of the folds."""
    x, y, site = table.x, table.y, table.site
    model = Lasso(site, plan.seed)
    outside = with_leak(model, x, y, site, repeats=plan.repeats, seed=plan.seed)
    if outside is None:
        raise SystemExit("on all patients LASSO selects nothing: there is no leak to show")
    report.say("AUC, selection outside", interval(auc(y, outside.risk, plan.seed)))
    report.say("features selected outside", outside.models[0][0].n_features_in_)
    report.lap("single measures and selection outside")
    return outside


def deal_outcomes(
    plan: Plan, report: Report, table: Table, rng: np.random.Generator
) -> dict[str, list[float]]:
    """AUCs of both ways where there is nothing to find, for outcomes are dealt at random."""
    x, site = table.x, table.site
    model = Lasso(site, plan.seed)
    outside, nested = [], []
    for k in range(plan.permutations):
        dealt = pd.Series(rng.permutation(table.y), index=table.y.index)
        seed = plan.seed + k
        wrong = with_leak(model, x, dealt, site, repeats=1, seed=seed)
        outside += [0.5] if wrong is None else each(dealt, wrong)
        right = out_of_fold(model, x, dealt, site, repeats=1, seed=seed, jobs=plan.jobs)
        nested += each(dealt, right)
    report.say("AUC, outcomes dealt at random, selection outside", spread(outside))
    report.say("AUC, outcomes dealt at random, nested", spread(nested))
    report.lap("outcomes dealt at random")
    return {
        "selection outside,\noutcomes dealt": outside,
        "nested,\noutcomes dealt": nested,
    }


def judge(report: Report, y: pd.Series, risks: dict[str, pd.Series]) -> pd.DataFrame:
    """Calibration of the nested model, and the net benefit of all; returns the decision curve."""
    for name, value in calibration(y, risks["nested"]).items():
        report.say(f"calibration, {name}", f"{value:.2f}")
    base = np.full(len(y), y.mean())
    report.say("Brier score of the prevalence alone", f"{brier_score_loss(y, base):.2f}")
    benefit = net_benefit(y, risks)
    for threshold in (0.2, 0.3, 0.4, 0.5):
        row = benefit.iloc[benefit.index.get_indexer([threshold], method="nearest")[0]]
        text = ", ".join(f"{name} {row[name]:.3f}" for name in (*risks, "all"))
        report.say(f"net benefit at {threshold}", text)
    report.lap("calibration and net benefit")
    return benefit


def model_times(plan: Plan, report: Report) -> pd.DataFrame:
    """Cox on data of lifelines, as outcomes here have no times."""
    from lifelines.datasets import load_gbsg2

    told, times = survival(load_gbsg2(), plan.seed)
    report.say("GBSG2, patients and events", f"{told['patients']}, {told['events']}")
    report.say("GBSG2, C-index", interval(np.array(told["c_index"])))
    report.say("GBSG2, log-rank p of thirds", f"{told['logrank_p']:.1g}")
    report.lap("Cox")
    return times


def explain(report: Report, nested: OutOfFold, x: pd.DataFrame) -> pd.DataFrame:
    """SHAP values of patients, and the features that count most."""
    values = held_out_shap(nested, x)
    for column, value in values.abs().mean().nlargest(5).items():
        report.say("mean |SHAP|", f"{value:.2f} {column}")
    return values


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
        run(Plan(**vars(arguments)))
    print(f"seconds, all: {time.monotonic() - start:.0f}")
