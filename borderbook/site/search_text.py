"""The search: words of tables and statements as words, and results without a server.

Sphinx takes the tags out of HTML and joins what is left, so that neighbouring cells of a table
become one word. A line break between them keeps them apart, and shows nowhere.
"""

from __future__ import annotations

import re
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.search import js_index

_BOUNDARY = re.compile(
    r"(</(?:td|th|li|dt|dd|p|text|summary|caption|figcaption)>(?=<))"
    r'|(?=<span class="(?:subtitle|unit)")'
)


def parted(html: str) -> str:
    r"""Return HTML with a line break where one piece of text ends and another begins.

    >>> parted("<tr><td>Region</td><td>1<span class=\"unit\">%</span></td></tr>")
    '<tr><td>Region</td>\n<td>1\n<span class="unit">%</span></td>\n</tr>'
    """
    return _BOUNDARY.sub(r"\1\n", html)


def _part(app: Sphinx, doctree: nodes.document) -> None:
    for node in doctree.findall(nodes.raw):
        if node.get("format") == "html":
            node[:] = [nodes.Text(parted(node.astext()))]


def _forget(app: Sphinx, error: Exception | None) -> None:
    """Take words out of the index that no page has any more: Sphinx leaves them without pages."""
    file = Path(app.outdir) / "searchindex.js"
    if error is None and file.exists():
        index = js_index.loads(file.read_text("utf-8"))
        for kind in ("terms", "titleterms"):
            index[kind] = {word: pages for word, pages in index[kind].items() if pages != []}
        file.write_text(js_index.dumps(index), "utf-8")


EVENTS = (("doctree-read", _part), ("build-finished", _forget))
