"""What the site needs beside its pages: links to files of the repository, and all decisions in order."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
#: What the plugin `offline` would load from elsewhere so that search works on files.
SHIM = "https://unpkg.com/iframe-worker/shim"
LINK = re.compile(r"(?<=\]\()(?!https?:|mailto:|#)([^)\s#]+)(#[^)\s]*)?(?=\))")


def on_config(config):
    """The list of decisions is that of their folder."""
    names = sorted(path.name for path in (ROOT / "docs" / "decisions").glob("0*.md"))
    pages = ["decisions/README.md", *(f"decisions/{name}" for name in names)]
    for part in config.nav:
        for pages_of in part.values():
            for entry in pages_of if isinstance(pages_of, list) else ():
                if isinstance(entry, dict) and entry.get("Decisions"):
                    entry["Decisions"] = pages
    return config


def on_page_markdown(markdown, page, config, files):
    """Links to what lies outside of docs go to the repository."""
    folder = posixpath.dirname(page.file.src_uri)

    def moved(match):
        path = posixpath.normpath(posixpath.join("docs", folder, match[1]))
        if path.startswith("docs/") and not path.endswith((".py", ".txt", ".ipynb")):
            if path == "docs/notebooks":
                return match[0].replace(match[1], match[1].rstrip("/") + "/README.md")
            return match[0]
        if not (ROOT / path).exists():
            raise FileNotFoundError(
                f"{page.file.src_uri} links to {path}, which is not there"
            )
        return f"{config.extra['repository']}/blob/main/{path}{match[2] or ''}"

    return LINK.sub(moved, markdown)


def on_post_page(output, page, config):
    """Nothing is loaded from elsewhere."""
    up = "../" * page.url.count("/")
    output = output.replace(SHIM, f"{up}assets/worker.js")
    found = re.search(
        r"<(?:script|img|iframe)[^>]+src=\"?https?:[^>]*>|<link[^>]+href=\"?https?:[^>]*>",
        output,
    )
    if found:
        raise ValueError(
            f"{page.file.src_uri} loads something from elsewhere: {found[0]}"
        )
    return output
