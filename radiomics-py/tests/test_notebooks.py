"""The notebooks run, and print what is stored in them; `REGENERATE=1` stores what they show."""

from __future__ import annotations

import ast
import importlib.util
import os
import re
import sys

import pytest

import notebooks

pytestmark = pytest.mark.filterwarnings("ignore")
PATHS = sorted(notebooks.FOLDER.glob("*.ipynb"))
MOST_BYTES = 400_000
NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?:e[+-]?\d+)?(?![\w.]\w)")


def imported(notebook):
    """Top-level names of the packages that a notebook imports."""
    code = "\n".join("".join(c["source"]) for c in notebook["cells"] if c["cell_type"] == "code")
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module.split(".")[0]


# The one with a model fits hundreds of them.
LONG = {"cohort_to_model": pytest.mark.nightly}
RUNS = [pytest.param(path, id=path.stem, marks=LONG.get(path.stem, ())) for path in PATHS]


@pytest.mark.slow
@pytest.mark.parametrize("path", RUNS)
def test_runs_as_stored(path, tmp_path, monkeypatch):
    stored = notebooks.read(path)
    missing = sorted(n for n in {*imported(stored)} if importlib.util.find_spec(n) is None)
    missing = [name for name in missing if name != "radiomics"]
    if missing:
        pytest.skip(f"{path.name} needs {', '.join(missing)}")
    pytest.importorskip("matplotlib").use("agg")
    monkeypatch.chdir(tmp_path)
    before = set(sys.modules)
    now = notebooks.run(stored, path.stem)
    for name in set(sys.modules) - before:
        # What install() has put there is not for other tests.
        if name.split(".")[0] == "radiomics":
            del sys.modules[name]
    if os.environ.get("REGENERATE"):
        notebooks.write(path, now)
        stored = now
    assert len(now["cells"]) == len(stored["cells"])
    for found, expected in zip(notebooks.printed(now), notebooks.printed(stored), strict=True):
        assert NUMBER.sub("#", found) == NUMBER.sub("#", expected)
        # Another version of scikit-learn may deal folds otherwise.
        numbers = [[float(n) for n in NUMBER.findall(text)] for text in (found, expected)]
        assert numbers[0] == pytest.approx(numbers[1], rel=0.03, abs=0.05)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_has_pictures_and_is_small(path):
    notebook = notebooks.read(path)
    assert notebooks.pictures(notebook) >= 2
    assert path.stat().st_size < MOST_BYTES
    for cell in notebook["cells"]:
        for output in cell.get("outputs", ()):
            assert output["output_type"] != "error"


def test_all_are_listed():
    page = (notebooks.FOLDER / "README.md").read_text(encoding="utf-8")
    assert len(PATHS) == 3
    for path in PATHS:
        assert f"({path.name})" in page
