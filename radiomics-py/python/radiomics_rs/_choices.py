"""Names that options choose from, apart from what they stand for, which takes long to import."""

from __future__ import annotations

#: The names of `example`.
EXAMPLES = ("ibsi", "liver")
#: Endings of files of maps.
SUFFIXES = (".nrrd", ".nii.gz", ".nii", ".mha")
#: Endings of files of tables.
TABLES = (".csv", ".tsv", ".json", ".jsonl", ".parquet", ".xlsx")
#: How features can be listed.
LISTS = ("table", "csv", "json", "markdown")
#: How what is no list of features is printed.
PAGES = ("table", "json")
#: Cases whose masks the page about a cohort draws unless another number is asked for, and the most.
OVERLAYS, MOST_OVERLAYS = 12, 100
#: Shells that completion is made for.
SHELLS = ("bash", "zsh", "fish")
#: Standard output, as the name of a file.
STANDARD_OUTPUT = "-"
