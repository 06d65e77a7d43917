"""The trace of a number: each inline value is a link to the cell that computed it.

The cell's code says of itself which resources it used, and each of them stands on the Data page
with its source: two clicks from any number to the rows behind it.
"""

from __future__ import annotations

import posixpath
from pathlib import Path

from docutils import nodes
from myst_nb.ext.glue.roles import PasteTextRole
from myst_nb.ext.glue.utils import PendingGlueReference
from sphinx.application import Sphinx

from borderbook import notebooks


class TracedText(PasteTextRole):  # type: ignore[misc]
    """MyST-NB's role for inline values, remembering the name of the value."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the text with the name of the value on it."""
        texts, messages = super().run()
        for node in texts:
            if isinstance(node, nodes.inline):
                node["value"] = self.text.partition(":")[0]  # a format may follow
        return texts, messages


def used(notebook: Path, cell: str) -> list[str]:
    """Return the names of the resources that a cell of a notebook names as used."""
    return str(notebooks.values(notebook).get(notebooks.USED, {}).get(cell, "")).split()


def _trace(app: Sphinx, doctree: nodes.document) -> None:
    """Make each inline value a link, one of another page too; headings stay as they are."""
    env = app.env
    here = [
        (node, env.docname, node["value"])
        for node in doctree.findall(nodes.inline)
        if node.get("value")
    ]
    others = [(node, node.refdoc, node.key) for node in doctree.findall(PendingGlueReference)]
    for node, page, value in [*here, *others]:
        path = str(env.doc2path(page))
        if page != env.docname:
            env.note_dependency(path)
        known = notebooks.values(Path(path)) if path.endswith(".ipynb") else {}
        cells = list(known.get(value, {}))
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


EVENTS = (("doctree-read", _trace),)
ROLES = {"text": TracedText()}
