"""What tables of rows have in common: the same rows for each library of data frames."""

from __future__ import annotations

import os
from abc import abstractmethod
from typing import TYPE_CHECKING, Any

from radiomics_rs._writers import Sheet, to_arrow, write_parquet

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa


class Tabular:
    """Rows of named cells, as other libraries have them."""

    @abstractmethod
    def records(self) -> list[dict[str, Any]]:
        """A dict a row."""

    @abstractmethod
    def _columns(self) -> tuple[str, ...]:
        """The keys of `records`, which a table without rows has, too."""

    def _sheet(self) -> Sheet:
        return Sheet(self._columns(), self.records())

    def to_pandas(self) -> pd.DataFrame:
        """A data frame of pandas, with the rows and columns of `records`.

        Raises ImportError if pandas is not installed.
        """
        pd = pandas_of("to_pandas", "use records()")
        return pd.DataFrame(self.records(), columns=list(self._columns()))

    def to_polars(self) -> pl.DataFrame:
        """A data frame of Polars, with the rows and columns of `records`.

        Raises ImportError if Polars is not installed.
        """
        try:
            import polars as pl
        except ImportError as error:
            raise ImportError(
                "to_polars needs Polars: `pip install polars`, or use records()"
            ) from error
        sheet = self._sheet()
        return pl.DataFrame({column: sheet.cells(column) for column in sheet.columns})

    def to_arrow(self) -> pa.Table:
        """A table of Arrow, with the rows and columns of `records`.

        Raises ImportError if pyarrow is not installed.
        """
        return to_arrow(self._sheet(), "to_arrow")

    def to_parquet(self, path: str | os.PathLike[str]) -> None:
        """Write a Parquet file of the rows and columns of `records`, NaN as NaN.

        Raises ImportError if pyarrow is not installed, or OSError; what stood there before is then
        left as it was.
        """
        write_parquet(self._sheet(), path)

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """The table for whatever takes Arrow's streams, such as Polars, DuckDB and pyarrow."""
        return self.to_arrow().__arrow_c_stream__(requested_schema)


def pandas_of(what: str, instead: str = "") -> Any:
    """The module pandas, for what asks for it; raises ImportError if it is not installed."""
    try:
        import pandas
    except ImportError as error:
        more = f", or {instead}" if instead else ""
        raise ImportError(f"{what} needs pandas: `pip install pandas`{more}") from error
    return pandas
