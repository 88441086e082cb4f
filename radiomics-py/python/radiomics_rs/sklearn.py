"""Features as a step of scikit-learn; needs it (`pip install radiomics-rs[sklearn]`)."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import numpy.typing as npt

try:
    from sklearn.base import BaseEstimator, TransformerMixin
    from sklearn.utils.validation import check_is_fitted
except ImportError as error:
    raise ImportError(
        "RadiomicsExtractor needs scikit-learn: `pip install radiomics-rs[sklearn]`"
    ) from error

from radiomics_rs._arguments import SettingsLike, label_of, settings_of, switch, whole
from radiomics_rs._core import (
    InternalError,
    OutOfMemoryError,
    RadiomicsError,
    Settings,
    SettingsError,
)
from radiomics_rs._extract import FiltersLike, columns, extract
from radiomics_rs._sklearn_cases import Given, cases_of, read_region
from radiomics_rs.io import warn

__all__ = ["RadiomicsExtractor"]

#: What becomes of a case that cannot be computed.
ON_ERROR = ("raise", "nan")


class RadiomicsExtractor(TransformerMixin, BaseEstimator):  # type: ignore[misc,unused-ignore]
    """Images and masks in, an array of features out: a step of a scikit-learn pipeline.

    A row of X is a case: `(image, mask)` or `(image, mask, label)`, where image and mask are
    whatever `extract` takes, and image may be a mapping from names to images. Or X is a data frame
    of pandas or polars with the columns that `extract_cohort` takes: image (or several
    `image:<name>`), mask (or a `mask:<name>` for each), and, if need be, label, roi or
    label_channel; others are not looked at. Paths are relative to the current folder. Nothing is
    learnt from the cases: values do not depend on which others there are, so there is no leak from
    test to training data.

    >>> pipeline = make_pipeline(RadiomicsExtractor({"bin_width": 25}),
    ...     SimpleImputer(), StandardScaler(), LogisticRegression())  # doctest: +SKIP
    >>> search = GridSearchCV(pipeline, {"radiomicsextractor__settings":
    ...     [{"bin_width": 10}, {"bin_width": 25}]})  # doctest: +SKIP

    Args:
        settings: as for `extract`.
        filters: as for `extract`.
        label: label of the region, of cases that say none.
        n_jobs: cases that are computed at a time, with a thread each; -1 for as many as there are
            cores. None or 1 is a case at a time, which has all cores. It never changes a number.
        on_error: what becomes of a case that cannot be computed: "raise" its error, or "nan": a row
            of NaN and a RadiomicsWarning with the reason.
        spacing_mm: as for `extract`, of cases that are arrays.
        resample_mask: as for `extract`.

    Attributes:
        feature_names_out_: names of the features, an array of text; known once it has been fitted.
    """

    def __init__(
        self,
        settings: SettingsLike = None,
        *,
        filters: FiltersLike = None,
        label: int = 1,
        n_jobs: int | None = None,
        on_error: str = "raise",
        spacing_mm: float | Sequence[float] | None = None,
        resample_mask: bool = False,
    ) -> None:
        """Parameters are looked at by `fit`, not here, as scikit-learn has it."""
        self.settings = settings
        self.filters = filters
        self.label = label
        self.n_jobs = n_jobs
        self.on_error = on_error
        self.spacing_mm = spacing_mm
        self.resample_mask = resample_mask

    def fit(self, X: Any, y: Any = None) -> RadiomicsExtractor:  # noqa: N803 scikit-learn's name
        """Find out what the columns are; no image is read.

        Raises SettingsError for parameters or columns that cannot be used, RadiomicsError for no
        cases, or TypeError for an X that is none.
        """
        settings = self._settings()
        cases = cases_of(X)
        names = cases[0].image_names()
        self.image_names_ = names
        self.feature_names_out_ = np.array(
            [column.name for column in columns(settings, names)], dtype=object
        )
        return self

    def transform(self, X: Any) -> npt.NDArray[np.float64]:  # noqa: N803 scikit-learn's name
        """Compute the features of each case.

        Returns:
            An array (cases, features) of 64-bit floats, NaN where a feature is undefined; a data
            frame after `set_output(transform="pandas")`.

        Raises:
            NotFittedError: `fit` has not been called.
            RadiomicsError: a case that cannot be computed, which the message counts from 0; and
                what `fit` raises.
            OSError: a file that cannot be opened, with the number of its case.
        """
        check_is_fitted(self, "feature_names_out_")
        settings = self._settings()
        cases = cases_of(X)
        for place, case in enumerate(cases):
            if case.image_names() != self.image_names_:
                raise SettingsError(
                    f"case {place} has the images {case.image_names()}, and those that were fitted "
                    f"have {self.image_names_}: give all cases the same"
                )
        jobs = self._jobs()
        threads = 1 if jobs > 1 else 0

        def row(place: int) -> npt.NDArray[np.float64]:
            return self._row(place, cases[place], settings, threads)

        made = np.empty((len(cases), len(self.feature_names_out_)))
        for place, values in enumerate(_side_by_side(row, len(cases), jobs)):
            made[place] = values
        return made

    def get_feature_names_out(self, input_features: Any = None) -> npt.NDArray[np.object_]:
        """The names of the features; `input_features` is there as scikit-learn passes it."""
        check_is_fitted(self, "feature_names_out_")
        return self.feature_names_out_

    def __sklearn_tags__(self) -> Any:
        """X is no matrix of numbers, and has its checks here."""
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.string = True
        tags.input_tags.allow_nan = True
        tags.no_validation = True
        return tags

    def _settings(self) -> Settings:
        """The settings; raises for any parameter that cannot be used."""
        if self.on_error not in ON_ERROR:
            raise SettingsError(f"on_error is {self.on_error!r}: give one of {', '.join(ON_ERROR)}")
        label_of(self.label)
        switch("resample_mask", self.resample_mask)
        self._jobs()
        settings = settings_of(self.settings)
        return settings if self.filters is None else settings.replace(filters=self.filters)

    def _jobs(self) -> int:
        jobs = 1 if self.n_jobs is None else whole("n_jobs", self.n_jobs)
        if jobs == -1:
            return os.cpu_count() or 1
        if jobs < 1:
            raise SettingsError(
                f"n_jobs is {jobs}: give a number above 0, -1 for all cores, or None"
            )
        return jobs

    def _row(
        self, place: int, case: Given, settings: Settings, threads: int
    ) -> npt.NDArray[np.float64]:
        try:
            if case.problem:
                raise RadiomicsError(case.problem)
            parts = [self._part(part, case, settings, threads) for part in case.parts]
        except (SettingsError, InternalError, OutOfMemoryError):
            # No case could do with these, or the fault is none of the case.
            raise
        except (RadiomicsError, OSError) as error:
            if self.on_error == "nan":
                warn(f"case {place} is NaN: {error}")
                return np.full(len(self.feature_names_out_), math.nan)
            if isinstance(error, RadiomicsError):
                raise type(error)(f"case {place}: {error}") from error
            if error.errno is None:
                raise type(error)(f"case {place}: {error}") from error
            text = f"case {place}: {error.strerror}"
            raise OSError(error.errno, text, error.filename) from error
        return np.array([value for part in parts for value in part])

    def _part(
        self, part: tuple[Any, Any], case: Given, settings: Settings, threads: int
    ) -> list[float]:
        """The features of images with their mask; a case may have several of these."""
        image, mask = part if case.roi is None else read_region(*part, case.roi)
        table = extract(
            image,
            mask,
            settings,
            label=self.label if case.label is None else label_of(case.label),
            threads=threads,
            spacing_mm=self.spacing_mm,
            resample_mask=self.resample_mask,
            label_channel=case.label_channel,
        )
        values: list[float] = table.values()
        return values


def _side_by_side(
    row: Callable[[int], npt.NDArray[np.float64]], count: int, jobs: int
) -> Iterable[npt.NDArray[np.float64]]:
    """The rows in their order; an error or an interrupt leaves those that were not begun."""
    if jobs == 1:
        yield from map(row, range(count))
        return
    pool = ThreadPoolExecutor(min(jobs, max(count, 1)))
    try:
        yield from pool.map(row, range(count))
    finally:
        pool.shutdown(cancel_futures=True)
