"""Every block of Python and shell in the documentation runs, or says before itself why not."""

from __future__ import annotations

import re

import pytest

import snippet_files
from snippets import PAGES, ROOT, RUN, blocks_of, clean_folder, run_page

pytestmark = pytest.mark.filterwarnings("ignore")
BLOCKS = {page: [b for b in blocks_of(page) if b.language in RUN] for page in PAGES}
NAMES = [page.relative_to(ROOT).as_posix() for page in PAGES if BLOCKS[page]]


@pytest.fixture(scope="session")
def prepared(tmp_path_factory):
    """The files that pages name; each page has its own copy of them."""
    folder = tmp_path_factory.mktemp("files")
    snippet_files.make(folder)
    return folder


@pytest.mark.parametrize("name", NAMES)
def test_page(name, prepared, tmp_path, monkeypatch):
    todo = [block for block in blocks_of(ROOT / name) if block.runs]
    if all(block.kind == "save as" for block in todo):
        return
    clean_folder(prepared, tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MPLBACKEND", "agg")
    monkeypatch.syspath_prepend(str(tmp_path))
    run_page(todo, tmp_path)


def test_count(capsys):
    """How many there are, and which are not run and why."""
    every = [block for blocks in BLOCKS.values() for block in blocks]
    left_out = [block for block in every if block.why_not]
    elsewhere = [block for block in every if block.kind == "run by"]
    with capsys.disabled():
        print(
            f"\n{len(every)} blocks of code in the documentation: "
            f"{len(every) - len(left_out) - len(elsewhere)} run here, "
            f"{len(elsewhere)} by other tests, {len(left_out)} not run:"
        )
        for block in left_out:
            print(f"  {block.place} ({block.language}): {block.why_not}")
    assert len(every) > len(left_out) > 0


def test_what_runs_elsewhere_is_run_there():
    """A file of tests that a block names speaks of the block's page."""
    for blocks in BLOCKS.values():
        for block in blocks:
            if block.kind == "run by":
                test = (ROOT / block.remark).read_text(encoding="utf-8")
                assert block.page.name in test, f"{block.place}: {block.remark} is not about it"


def test_remarks_are_understood():
    """A comment before a block that is meant for this test is one that it knows."""
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for match in re.finditer(r"<!-- (.*?) -->\n+ *```(\w+)", text):
            known = re.fullmatch(r"(not run|needs|run by): .+", match[1])
            assert known or match[2] not in RUN, f"{page.name}: {match[0]!r}"
