"""The documentation is whole: links resolve, pages are listed, generated parts are up to date."""

from __future__ import annotations

import importlib
import json
import os
import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

import radiomics_rs as rr
import reference_pages
from snippets import ROOT

DOCS = ROOT / "docs"
PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")),
    *sorted(DOCS.rglob("*.md")),
    *sorted((ROOT / "benches").rglob("README.md")),
]
#: What is in text only as an example of a link is in code.
CODE = re.compile(r"^( *)```.*?^\1```$|`[^`\n]*`", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ +(.*?)(?: +\{.*\})? *$", re.MULTILINE)
DEFINITIONS = DOCS / "reference" / "definitions.md"
MARKER = "<!-- What follows is generated. -->\n\n"


def anchors(page: Path) -> set[str]:
    """What GitHub and the site both call the headings of a page."""
    text = re.sub(r"^( *)```.*?^\1```$", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
    found: set[str] = set()
    for heading in HEADING.findall(text):
        plain = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading)
        words = re.sub(r"[^\w\s-]", "", plain.strip().lower())
        found.add(re.sub(r"\s", "-", words))
    return found


def broken(page: Path) -> list[str]:
    text = CODE.sub("", page.read_text(encoding="utf-8"))
    found = []
    for link in LINK.findall(text):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = page if not path else (page.parent / path).resolve()
        if not target.exists():
            found.append(f"{link}: no such file")
        elif anchor and (target.suffix != ".md" or anchor not in anchors(target)):
            found.append(f"{link}: no such heading")
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links(page):
    assert broken(page) == []


def test_a_broken_link_is_found(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("# A heading\n[a](#a-heading) [b](#none) [c](none.md) `[d](none.md)`\n")
    assert broken(page) == ["#none: no such heading", "none.md: no such file"]


def listed(entry) -> list[str]:
    """Paths in the navigation of the site."""
    if isinstance(entry, str):
        return [entry]
    parts = entry.values() if isinstance(entry, dict) else entry
    return [path for part in parts for path in listed(part)]


def test_every_page_is_in_the_navigation():
    site = YAML(typ="safe").load((ROOT / "scripts" / "site" / "mkdocs.yml").read_text())
    paths = listed(site["nav"])
    assert len(paths) == len(set(paths))
    # The hooks of the site list the decisions.
    there = {
        path.relative_to(DOCS).as_posix()
        for path in DOCS.rglob("*.md")
        if path.parent.name != "decisions"
    }
    # They make pages of the notebooks, too.
    there |= {f"notebooks/{path.stem}.md" for path in DOCS.glob("notebooks/*.ipynb")}
    assert {path for path in paths if path != "decisions/"} == there


def test_definitions():
    head, marker, text = DEFINITIONS.read_text(encoding="utf-8").partition(MARKER)
    made = reference_pages.definitions()
    if os.environ.get("REGENERATE"):
        DEFINITIONS.write_text(head + marker + made, encoding="utf-8")
        text = made
    assert marker
    assert text == made, "run this test with REGENERATE=1"


def test_every_name_is_in_the_reference():
    text = (DOCS / "reference" / "python.md").read_text(encoding="utf-8")
    shown = set(re.findall(r"^::: radiomics_rs\.(\w+)$", text, re.MULTILINE))
    assert shown == set(rr.__all__) - {"__version__"}


def test_citation_has_the_version():
    text = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert YAML(typ="safe").load(text)["version"] == rr.__version__


def test_times_beside_others_are_those_that_were_kept(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "benches" / "peers"))
    run_page = importlib.import_module("run_page")
    text = (ROOT / "docs" / "performance.md").read_text(encoding="utf-8")
    calls = json.loads(run_page.KEPT.read_text(encoding="utf-8"))
    assert run_page.written(text, calls) == text, "python3 benches/peers/run_page.py writes it"
    assert all(call["rows"] and call["machine"] for call in calls)


def test_growth_is_that_which_was_kept(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "benches" / "peers"))
    growth_page = importlib.import_module("growth_page")
    text = (ROOT / "docs" / "performance.md").read_text(encoding="utf-8")
    found = json.loads(growth_page.KEPT.read_text(encoding="utf-8"))
    assert growth_page.written(text, found) == text, (
        "python3 benches/peers/growth_page.py writes it"
    )
    assert growth_page.FIGURE.exists()
