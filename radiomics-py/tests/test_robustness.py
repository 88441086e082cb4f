"""Every line of the tables of docs/robustness.md, run; `REGENERATE=1` writes what comes of them."""

import logging
import os
import re
import warnings
from pathlib import Path

import pytest

import radiomics_rs as rr
from conftest import ROOT

DOCUMENT = ROOT / "docs" / "robustness.md"
TEXT = DOCUMENT.read_text(encoding="utf-8")
ROW = re.compile(r"^\| (?P<odd>.+?) \| `(?P<call>.+)` \| (?P<result>.*) \|$", re.MULTILINE)
ROWS = [match.groupdict() for match in ROW.finditer(TEXT)]
#: Letters of a message that the table shows.
SHOWN = 72


@pytest.fixture(scope="module")
def names(tmp_path_factory):
    """What the code of the document defines, in the folder with the files that it writes."""
    before = Path.cwd()
    os.chdir(tmp_path_factory.mktemp("robustness"))
    found = {}
    exec(TEXT.split("```python\n")[1].split("```")[0], found)
    yield found
    os.chdir(before)


def outcome(call, names, caplog):
    """What the table says of a call."""
    caplog.clear()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            result = eval(call, names)
        except Exception as error:
            return f"`{type(error).__name__}`: {first_words(str(error))}"
    said = [str(one.message) for one in caught if one.category is rr.RadiomicsWarning]
    assert len(caught) == len(said), [str(one.message) for one in caught]
    found = "values"
    if isinstance(result, rr.FeatureTable):
        undefined = sum(row.status == "undefined" for row in result)
        assert not any(abs(row.value) == float("inf") for row in result)
        found = "no values" if not len(result) else found
        found += f", {undefined} of {len(result)} undefined" if undefined else ""
    told = [f"warning: {first_words(text)}" for text in said]
    told += [f"log: {first_words(text)}" for text in caplog.messages]
    return "; ".join([found, *told])


def first_words(text):
    """The beginning of a message, as a cell of a table."""
    line = " ".join(text.replace("|", "\\|").split())
    if len(line) <= SHOWN:
        return line
    cut = line[:SHOWN].rsplit(" ", 1)[0]
    if len(cut) < SHOWN / 2:  # a long word
        cut = line[:SHOWN]
    # Half of what is between backticks would not be shown as code.
    return f"{cut}` …" if cut.count("`") % 2 else f"{cut} …"


@pytest.mark.parametrize("row", ROWS, ids=[row["odd"] for row in ROWS])
def test_row(row, names, caplog):
    caplog.set_level(logging.WARNING)
    found = outcome(row["call"], names, caplog)
    assert "InternalError" not in found
    if os.environ.get("REGENERATE"):
        text = DOCUMENT.read_text(encoding="utf-8")
        line = f"| {row['odd']} | `{row['call']}` | "
        assert line + row["result"] + " |" in text
        text = text.replace(f"{line}{row['result']} |", f"{line}{found} |")
        DOCUMENT.write_text(text, encoding="utf-8")
    else:
        assert found == row["result"]


def test_every_line_is_a_row():
    lines = [line for line in TEXT.splitlines() if line.startswith("| ")]
    assert len(lines) == len(ROWS) + TEXT.count("| what is odd |")
    assert len({(row["odd"], row["call"]) for row in ROWS}) == len(ROWS)
