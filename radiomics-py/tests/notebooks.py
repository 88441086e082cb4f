"""Runs the code of a notebook in one namespace, and what its cells show, without a kernel."""

from __future__ import annotations

import ast
import base64
import contextlib
import io
import json
import linecache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "notebooks"
DPI = 70


def read(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8"))


def write(path: Path, notebook: dict[str, Any]) -> None:
    path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def run(notebook: dict[str, Any], name: str) -> dict[str, Any]:
    """The notebook with the outputs that its cells have now."""
    names: dict[str, Any] = {"__name__": "__main__"}
    made = json.loads(json.dumps(notebook))
    count = 0
    for cell in made["cells"]:
        if cell["cell_type"] == "code":
            count += 1
            cell["outputs"] = run_cell("".join(cell["source"]), f"{name}[{count}]", names, count)
            cell["execution_count"] = count
    return made


def run_cell(source: str, place: str, names: dict[str, Any], count: int) -> list[dict[str, Any]]:
    tree = ast.parse(source, place)
    # Functions of a cell that are looked at later, by `inspect` or a traceback, have their lines.
    linecache.cache[place] = (len(source), None, source.splitlines(keepends=True), place)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    printed, outputs, value = io.StringIO(), [], None
    with contextlib.redirect_stdout(printed):
        exec(compile(tree, place, "exec"), names)
        if last is not None:
            value = eval(compile(ast.Expression(last.value), place, "eval"), names)
    if printed.getvalue():
        text = printed.getvalue().splitlines(keepends=True)
        outputs.append({"name": "stdout", "output_type": "stream", "text": text})
    pictures = figures()
    if value is not None and not (pictures and type(value).__module__.startswith("matplotlib")):
        data = {"text/plain": repr(value).splitlines(keepends=True)}
        if hasattr(value, "_repr_html_"):
            data["text/html"] = value._repr_html_().splitlines(keepends=True)
        shown = {"data": data, "execution_count": count, "metadata": {}}
        outputs.append({**shown, "output_type": "execute_result"})
    return outputs + [
        {"data": {"image/png": picture}, "metadata": {}, "output_type": "display_data"}
        for picture in pictures
    ]


def figures() -> list[str]:
    """The open figures as PNG in base64, and closes them."""
    from matplotlib import pyplot

    found = []
    for number in pyplot.get_fignums():
        buffer = io.BytesIO()
        pyplot.figure(number).savefig(buffer, dpi=DPI, metadata={"Software": None})
        found.append(base64.b64encode(buffer.getvalue()).decode())
    pyplot.close("all")
    return found


def printed(notebook: dict[str, Any]) -> list[str]:
    """What each code cell prints, without pictures and tables."""
    return [
        "".join("".join(one["text"]) for one in cell["outputs"] if one["output_type"] == "stream")
        for cell in notebook["cells"]
        if cell["cell_type"] == "code"
    ]


def pictures(notebook: dict[str, Any]) -> int:
    return sum(
        "image/png" in one.get("data", {})
        for cell in notebook["cells"]
        if cell["cell_type"] == "code"
        for one in cell["outputs"]
    )
