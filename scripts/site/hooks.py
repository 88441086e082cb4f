"""What the site needs beside its pages: links into the repository, decisions, nothing from afar."""

from __future__ import annotations

import json
import posixpath
import re
from pathlib import Path
from typing import Any

from latex2mathml.converter import convert
from mkdocs.structure.files import File

ROOT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"(?<=\]\()(?!https?:|mailto:|data:|#)([^)\s#]+)(#[^)\s]*)?(?=\))")
#: What the plugin `offline` would load so that search works where the site is a folder on a disc.
SHIM = "https://unpkg.com/iframe-worker/shim"
#: Equations as GitHub shows them too: a fence, or between dollars and backticks within a line.
MATH = re.compile(
    r"^```math\n(?P<block>.*?)\n```$|\$`(?P<line>[^`\n]+)`\$", re.MULTILINE | re.DOTALL
)
#: Pages whose tables need the width.
WIDE = ("features.md", "settings.md", "comparison.md", "validation.md", "reference/definitions.md")
LOADED = re.compile(
    r'<(?:script|img|iframe)[^>]+src="?https?:[^>]*>|<link[^>]+href="?https?:[^>]*>'
)


def on_config(config: Any) -> Any:
    """The list of decisions is that of their folder."""
    names = sorted(path.name for path in (ROOT / "docs" / "decisions").glob("0*.md"))
    pages = ["decisions/README.md", *(f"decisions/{name}" for name in names)]
    for part in config.nav:
        for listed in part.values():
            for entry in listed if isinstance(listed, list) else ():
                if isinstance(entry, dict) and entry.get("Decisions"):
                    entry["Decisions"] = pages
    return config


def on_files(files: Any, config: Any) -> Any:
    """A page for each notebook, with what it shows."""
    for path in sorted((ROOT / "docs" / "notebooks").glob("*.ipynb")):
        text = as_page(json.loads(path.read_text(encoding="utf-8")))
        files.append(File.generated(config, f"notebooks/{path.stem}.md", content=text))
    return files


def as_page(notebook: Any) -> Any:
    """A notebook as a page: texts, code and stored outputs."""
    parts = []
    for cell in notebook["cells"]:
        text = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            parts.append(text)
            continue
        parts.append(f"```python\n{text}\n```")
        for output in cell["outputs"]:
            data = output.get("data", {})
            if "image/png" in data:
                parts.append(f"![](data:image/png;base64,{data['image/png'].strip()})")
            elif "text/html" in data:
                # Frames of pandas bring their own look, which is not the site's.
                html = "".join(data["text/html"]).replace(' border="1" class="dataframe"', "")
                parts.append(re.sub(r"<style scoped>.*?</style>\s*", "", html, flags=re.DOTALL))
            else:
                shown = "".join(output.get("text") or data["text/plain"])
                parts.append(f"```text\n{shown.rstrip()}\n```")
    return "\n\n".join(parts)


def on_page_markdown(markdown: Any, page: Any, config: Any, files: Any) -> Any:
    """Links to what is no page go to the repository."""
    folder = posixpath.dirname(page.file.src_uri)
    if page.file.src_uri in WIDE:
        page.meta.setdefault("hide", ["toc"])
    elif page.file.src_uri == "index.md":
        page.meta.setdefault("hide", ["toc", "navigation"])

    def moved(match: Any) -> Any:
        path = posixpath.normpath(posixpath.join("docs", folder, match[1]))
        if path.startswith("docs/notebooks/") and path.endswith(".ipynb"):
            return match[0].replace(".ipynb", ".md")
        if path.startswith("docs/") and not path.endswith((".py", ".txt")):
            return match[0]
        if not (ROOT / path).exists():
            raise FileNotFoundError(f"{page.file.src_uri} links to {path}, which is not there")
        return f"{config.extra['repository']}/blob/main/{path}{match[2] or ''}"

    return MATH.sub(held, LINK.sub(moved, markdown))


def held(equation: Any) -> str:
    """What stands for an equation until Markdown, which would read parts of it, is done."""
    EQUATIONS.append(equation["block"] or equation["line"])
    kind = "block" if equation["block"] else "inline"
    return f"equation-{kind}-{len(EQUATIONS) - 1}-"


EQUATIONS: list[str] = []


def on_page_content(html: Any, page: Any, config: Any, files: Any) -> Any:
    """Equations as MathML, which browsers draw without a script."""

    def drawn(found: Any) -> str:
        made = convert(EQUATIONS[int(found[2])], display=found[1])
        # A long one scrolls by itself, as a wide table does.
        return f'<span class="equation">{made}</span>' if found[1] == "block" else made

    return re.sub(r"equation-(block|inline)-(\d+)-", drawn, html)


def on_post_page(output: Any, page: Any, config: Any) -> Any:
    """Nothing is loaded from elsewhere."""
    return _by_itself(output, "../" * page.url.count("/"), page.file.src_uri)


def on_post_template(output: Any, template_name: str, config: Any) -> Any:
    """Nor by what is no page, such as that of a missing one."""
    return _by_itself(output, "/", template_name)


def _by_itself(output: Any, root: str, name: str) -> Any:
    output = output.replace(SHIM, root + "assets/worker.js")
    found = LOADED.search(output)
    if found:
        raise ValueError(f"{name} loads something from elsewhere: {found[0]}")
    return output
