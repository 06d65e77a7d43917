"""The trace of a number: each inline value is a link to the cell that computed it.

The cell's code says of itself which resources it used, and each of them stands on the Data page
with its source: two clicks from any number to the rows behind it.
"""

from __future__ import annotations

import json
import posixpath
from functools import lru_cache
from typing import Any

from docutils import nodes
from myst_nb.ext.glue.domain import NbGlueDomain
from myst_nb.ext.glue.roles import PasteTextRole
from myst_nb.ext.glue.utils import PendingGlueReference
from sphinx.application import Sphinx

FIGURES = "figures-used"
"""The inline value in which a cell names the resources that it used."""


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the role and the links; `borderbook.site.extension` does it for the book."""
    NbGlueDomain.roles = {**NbGlueDomain.roles, "text": TracedText()}
    app.connect("doctree-read", _trace)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}


class TracedText(PasteTextRole):  # type: ignore[misc]
    """MyST-NB's role for inline values, remembering the name of the value."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the text with the name of the value on it."""
        found, messages = super().run()
        for node in found:
            if isinstance(node, nodes.inline):
                node["value"] = self.text.partition(":")[0]  # a format may follow
        return found, messages


@lru_cache(maxsize=64)
def values(path: str) -> dict[str, dict[str, str]]:
    """Return a notebook's inline values: name -> id of the cell -> text."""
    found: dict[str, dict[str, str]] = {}
    for cell in json.loads(_read(path))["cells"]:
        for output in cell.get("outputs", []):
            name = output.get("metadata", {}).get("scrapbook", {}).get("name")
            if name:
                plain = output["data"].get("application/papermill.record/text/plain", "")
                found.setdefault(name, {})[cell["id"]] = "".join(plain).strip("'")
    return found


def used(path: str, cell: str) -> list[str]:
    """Return the names of the resources that a cell says it used."""
    return values(path).get(FIGURES, {}).get(cell, "").split()


def _trace(app: Sphinx, doctree: nodes.document) -> None:
    """Make each inline value a link, one of another page too; headings stay as they are."""
    env = app.env
    own = [
        (node, env.docname, node["value"])
        for node in doctree.findall(nodes.inline)
        if node.get("value")
    ]
    others = [(node, node.refdoc, node.key) for node in doctree.findall(PendingGlueReference)]
    for node, page, value in [*own, *others]:
        path = str(env.doc2path(page))
        if page != env.docname:
            env.note_dependency(path)
        cells = list(values(path).get(value, {})) if path.endswith(".ipynb") else []
        if cells and not isinstance(node.parent, nodes.title):
            link = nodes.reference("", "", internal=True, classes=["value"])
            link["refuri"] = f"{_address(env.docname, page)}#code-{cells[0]}"
            node.replace_self(link)
            link += node


def _address(here: str, page: str) -> str:
    """Return how a page is addressed from another; blank for the page itself.

    >>> _address("book/index", "book/claims"), _address("book/index", "book/index")
    ('claims.html', '')
    """
    if page == here:
        return ""
    return posixpath.relpath(page, posixpath.dirname(here)) + ".html"


def _read(path: str) -> str:
    with open(path, encoding="utf-8") as file:
        return file.read()
