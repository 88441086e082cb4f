"""Blocks of code in the documentation, and what runs them as a reader would."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import command_server

ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    ROOT / "README.md",
    ROOT / "radiomics-py" / "README.md",
    *sorted((ROOT / "docs").rglob("*.md")),
]
#: A fence with a language, and the comment that may stand before it.
FENCE = re.compile(
    r"(?:^<!-- (?P<remark>[^\n]*?) -->\n+)?"
    r"^(?P<indent> *)```(?P<language>[a-z]+)[^\n]*\n(?P<text>.*?)^ *```$",
    re.MULTILINE | re.DOTALL,
)
REMARK = re.compile(r"(?P<kind>not run|needs|run by|file|save as): (?P<text>.+)")
RUN = ("python", "sh")


class Block(NamedTuple):
    """A block of code on a page."""

    page: Path
    line: int
    language: str
    text: str
    kind: str = ""
    """What the comment before it begins with: `not run`, `needs`, `run by`, `file`, `save as`."""
    remark: str = ""

    @property
    def place(self) -> str:
        return f"{self.page.relative_to(ROOT).as_posix()}:{self.line}"

    @property
    def runs(self) -> bool:
        """Whether a page's own test runs it, or saves it for those that it runs."""
        here = self.language in RUN and not self.why_not and self.kind != "run by"
        return here or self.kind == "save as"

    @property
    def missing(self) -> list[str]:
        """Packages that it needs and that are not installed."""
        names = self.remark.split(", ") if self.kind == "needs" else []
        return [name for name in names if importlib.util.find_spec(name) is None]

    @property
    def why_not(self) -> str:
        """Why it is not run; empty if it is."""
        if self.kind == "not run":
            return self.remark
        return f"needs {', '.join(self.missing)}" if self.missing else ""


def blocks_of(page: Path) -> list[Block]:
    """All blocks with a language, in the order of the page."""
    text = page.read_text(encoding="utf-8")
    found = []
    for match in FENCE.finditer(text):
        remark = REMARK.fullmatch(match["remark"] or "")
        line = text.count("\n", 0, match.start("language")) + 1
        code = match["text"]
        if match["indent"]:
            code = re.sub(rf"^{match['indent']}", "", code, flags=re.MULTILINE)
        kind, why = (remark["kind"], remark["text"]) if remark else ("", "")
        found.append(Block(page, line, match["language"], code, kind, why))
    return found


def run_page(blocks: list[Block], folder: Path) -> None:
    """Run blocks one after the other in a folder, those of Python in one namespace."""
    names = {"__name__": "__main__"}
    for block in blocks:
        if block.kind == "save as":
            (folder / block.remark).write_text(block.text, encoding="utf-8")
        elif block.language == "python":
            exec(compile("\n" * block.line + block.text, str(block.page), "exec"), names)
        else:
            run_shell(block, folder)


def run_shell(block: Block, folder: Path) -> None:
    """Run a block in bash, with the commands of this package in the PATH."""
    commands = folder / ".venv" / "bin"
    environment = dict(os.environ)
    environment["PATH"] = os.pathsep.join((str(commands), environment["PATH"]))
    # The package that is tested, wherever it was imported from.
    package = Path(importlib.util.find_spec("radiomics_rs").origin).parents[1]
    paths = [str(package), environment.get("PYTHONPATH", "")]
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", block.text],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        timeout=300,
    )
    if done.returncode:
        raise AssertionError(f"{block.place}: exit code {done.returncode}\n{done.stderr}")


def install_commands(folder: Path) -> None:
    """`.venv/bin/radiomics-rs` and `python`, as the README's first command makes them."""
    place = folder / ".venv" / "bin"
    place.mkdir(parents=True)
    ours = "-m radiomics_rs"
    if command_server.POSSIBLE:
        ours = f'-S "{command_server.__file__}" ask "{command_server.server()}"'
    for name, command in (("radiomics-rs", ours), ("python", "")):
        script = place / name
        script.write_text(f'#!/bin/sh\nexec "{sys.executable}" {command} "$@"\n')
        script.chmod(0o755)


def clean_folder(prepared: Path, folder: Path) -> None:
    """A folder with the files that pages name, and nothing else."""
    shutil.copytree(prepared, folder, dirs_exist_ok=True)
    install_commands(folder)
