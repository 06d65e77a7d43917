"""A notebook as a book of one page, with the settings of the book, to be opened from disk."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from borderbook import inputs

ASSETS = (".bib", ".png", ".svg")
"""Endings of files beside the book's pages that pages ask for."""

# Warnings of pages that are not there: only one is.
_QUIET = ("myst.xref_missing", "ref.doc", "toc.not_included")


def stage(
    source: Path,
    page: str,
    document: Mapping[str, Any],
    root: Path,
    *,
    shown: Mapping[str, Path] | None = None,
    texts: Mapping[str, str] | None = None,
) -> None:
    """Lay out in `source` what Jupyter Book makes the page of.

    `page` is where it stands, such as `book/index`; `document` is its notebook; `root` is the
    folder of the book that it is of. `shown` are notebooks, by section, of which it shows
    something; `texts` are other pages, by their names.
    """
    place = source / "book"
    place.mkdir(parents=True)
    for path in (root / "book").iterdir():
        if path.suffix in ASSETS:
            shutil.copyfile(path, place / path.name)
    for section, path in (shown or {}).items():
        shutil.copyfile(path, place / f"{section}.ipynb")
    for name, text in (texts or {}).items():
        (place / name).write_text(f"---\norphan: true\n---\n{text}", "utf-8")
    (source / f"{page}.ipynb").write_text(json.dumps(document), "utf-8")
    settings = inputs.read_yaml(root / "_config.yml")
    settings["only_build_toc_files"] = False
    hidden = [f"book/{section}.ipynb" for section in shown or {}]
    settings["exclude_patterns"] = [*settings.get("exclude_patterns", []), *hidden]
    config = settings.setdefault("sphinx", {}).setdefault("config", {})
    config["suppress_warnings"] = [*config.get("suppress_warnings", []), *_QUIET]
    config["html_sidebars"] = {"**": ["sidebar/brand.html"]}
    config["html_baseurl"] = ""  # the page is no page of the site
    (source / "_config.yml").write_text(yaml.safe_dump(settings), "utf-8")
    (source / "_toc.yml").write_text(f"format: jb-book\nroot: {page}\n", "utf-8")
