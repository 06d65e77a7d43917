"""What a page cannot show, told with page and cell: formulas, and what comes from other hosts.

Outputs are looked at when they are executed, see `self_contained`; here it is what an author wrote.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging

from borderbook import notebooks
from borderbook.execution import self_contained
from borderbook.site import formulas

logger = logging.getLogger(__name__)

# Lines of a cell, from which MyST-NB counts those of the next one.
_LINES = 10_000


def _tell(app: Sphinx, doctree: nodes.document) -> None:
    """Warn of what the page as it was read cannot show: no build ends well with a warning."""
    path = Path(app.env.doc2path(app.env.docname))
    cells = notebooks.cells(path) if path.suffix == ".ipynb" else []
    for cell in self_contained.violations(cells):  # in a notebook that others executed
        logger.warning("%s: %s; %s", path.name, cell, self_contained.FIX)
    for node in doctree.findall(nodes.Element):
        for reason in _reasons(node):
            logger.warning("%s, %s: %s", path.name, _place(node, cells), reason)


def _reasons(node: nodes.Element) -> Iterator[str]:
    match node:
        case nodes.math() | nodes.math_block():
            try:
                formulas.mathml(node.astext())
            except formulas.FormulaError as error:
                yield f"the formula `{node.astext()}` cannot be shown: {error}; write it otherwise"
        case nodes.raw() if node.get("format") == "html" and not _is_output(node):
            yield from (f"{each}; {_FIX}" for each in self_contained.in_markup(node.astext()))
        case nodes.image() if self_contained.is_elsewhere(node.get("uri", "")):
            yield f"a picture from another host, {node['uri']}; {_FIX}"
        case nodes.reference() if self_contained.is_program(node.get("refuri", "")):
            yield f"a link that is a program, {node['refuri']}; {_FIX}"


_FIX = "the site shows no scripts and nothing from other hosts: put the file into book/, or link it"


def _is_output(node: nodes.Node) -> bool:
    """Return whether a node stands in what a cell of code shows."""
    while node is not None:
        if isinstance(node, nodes.container) and node.get("nb_element") == "cell_code":
            return True
        node = node.parent
    return False


def _place(node: nodes.Node, cells: list[dict[str, object]]) -> str:
    """Return the cell or line that a node was written in."""
    line, index = None, None
    while node is not None and line is None and index is None:
        line = node.line
        index = node.get("cell_index") if isinstance(node, nodes.Element) else None
        node = node.parent
    if cells and index is None and line is not None:
        index, line = line // _LINES - 1, line % _LINES
    if cells and index is not None and 0 <= index < len(cells):
        return f"cell {cells[index].get('id', index + 1)}"
    return f"line {line}" if line else "somewhere"


EVENTS = (("doctree-read", _tell, 100),)  # before the code is folded away
