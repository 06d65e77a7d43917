"""How firm each verdict is, written beside it: taken from the page that tries the choices.

The setting `pages` names that page by `robustness`; a book without it, and an edition with other
parameters, whose statements were asked of something else, have none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from borderbook import book
from borderbook.claims.robustness_display import TABLE
from borderbook.parameters import model
from borderbook.results import extract

_EVIDENCE = re.compile(r'(<dl id="why-([^"]+)">.*?)(</dl>)', re.DOTALL)


def rows(app: Sphinx) -> dict[str, Mapping[str, Any]]:
    """Return what was tried on each statement of this book by its identifier; empty if nothing."""
    path = page(app)
    if path is None or app.config.edition["book"] != model.in_words({}):
        return {}
    table = extract.read(path).tables.get(TABLE, {"data": []})
    return {row["claim"]: row for row in table["data"]}


def words(row: Mapping[str, Any]) -> str:
    """Return how firm a verdict is, in a sentence; blank if nothing bears on it.

    >>> words({"choices": "2 of 3", "parts": "11 of 11"})
    'The same under 2 of 3 choices and readings, and with 11 of 11 left out in turn.'
    >>> words({"choices": "", "parts": ""})
    ''
    """
    parts = []
    if row["choices"]:
        parts.append(f"under {row['choices']} choices and readings")
    if row["parts"]:
        parts.append(f"with {row['parts']} left out in turn")
    return f"The same {', and '.join(parts)}." if parts else ""


def page(app: Sphinx) -> Path | None:
    """Return the executed notebook that tries the choices; None if the book has none."""
    name = book.setting("pages", {}).get("robustness")
    path = Path(app.srcdir) / "book" / f"{name}.ipynb"
    return path if name and path.is_file() else None


def _depend(app: Sphinx, _: nodes.document) -> None:
    """Have a page with statements read again when what was tried on them changes."""
    path, source = page(app), Path(app.env.doc2path(app.env.docname))
    if path is not None and source.suffix == ".ipynb" and extract.read(source).claims:
        app.env.note_dependency(str(path))


def _fill(app: Sphinx, doctree: nodes.document, _: str) -> None:
    """Write how firm each verdict is into its evidence, with a link to the page that tries it."""
    pieces = [raw for raw in doctree.findall(nodes.raw) if _EVIDENCE.search(raw.astext())]
    known = rows(app) if pieces else {}
    if not known:
        return
    address = f"{book.setting('pages', {})['robustness']}.html#{TABLE}-"

    def filled(match: re.Match[str]) -> str:
        text = words(known.get(match[2], {"choices": "", "parts": ""}))
        if not text:
            return match[0]
        link = f'<a href="{address}{escape(match[2])}">Which ones</a>'
        return f"{match[1]}<dt>Robustness</dt><dd>{escape(text)} {link}</dd>{match[3]}"

    for raw in pieces:
        html = _EVIDENCE.sub(filled, raw.astext())
        raw.clear()
        raw.append(nodes.Text(html))
        raw.rawsource = html


EVENTS = (("doctree-read", _depend), ("doctree-resolved", _fill))
