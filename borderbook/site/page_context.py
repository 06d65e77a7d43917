"""The frame of every page: names for its landmarks, roles of its lists, its icon and its foot."""

from __future__ import annotations

import posixpath
import shlex
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from borderbook import book, notebooks
from borderbook.datapackage import descriptor, resources
from borderbook.parameters import derive, model
from borderbook.site import urls
from borderbook.site.content_security import ThemeError

_ASIDES = {
    '<aside class="sidebar-drawer"': "Site navigation",
    '<aside class="toc-drawer': "On this page",
}
"""Furo's asides by how they open: a reader of screens lists them by name."""
_WORDS_A_MINUTE = 238
"""Silent reading of English non-fiction: Brysbaert, Journal of Memory and Language 109 (2019)."""
_CODE = (nodes.literal_block, nodes.raw)


def named_asides(html: str) -> str:
    """Return a page of Furo with a name on each of its asides.

    Raises ThemeError if it has others than it had.

    >>> named_asides('<aside class="sidebar-drawer"></aside><aside class="toc-drawer no-toc">')
    ... # doctest: +NORMALIZE_WHITESPACE
    '<aside aria-label="Site navigation" class="sidebar-drawer"></aside><aside
    aria-label="On this page" class="toc-drawer no-toc">'
    """
    for start, name in _ASIDES.items():
        if html.count(start) != 1:
            raise ThemeError(
                f"{start} stands {html.count(start)} times on a page of Furo, not once: "
                "borderbook/site/page_context.py, _ASIDES, must match the theme that is installed"
            )
        html = html.replace(start, start.replace("<aside", f'<aside aria-label="{name}"'))
    return html


def in_words(section: str, chosen: Mapping[str, Any]) -> str:
    """Return a section's parameters in words: those that differ from what is published.

    >>> in_words("a page of no notebook", {"station": "hill"}), in_words("another", {})
    ('station = hill', 'as published')
    """
    if section not in derive.sections():
        return model.in_words(chosen)
    return derive.model_of(section).checked(chosen).words


def in_edition(title: str, parameters: str) -> str:
    """Return what the foot says of a page: which edition it is in, and its parameters.

    >>> in_edition("On the hill", "station = hill"), in_edition("", "as published")
    ('On the hill: station = hill', 'as published')
    """
    return f"{title}: {parameters}" if title else parameters


def reading_time(doctree: nodes.document) -> int:
    """Return the minutes that the prose of a page takes to read, at least one."""
    prose = [text for text in doctree.findall(nodes.Text) if not isinstance(text.parent, _CODE)]
    words = sum(len(text.split()) for text in prose)
    return max(1, round(words / _WORDS_A_MINUTE))


def _configure(app: Sphinx, config: Any) -> None:
    """Set the state that the foot of each page tells: parameters, figures, version."""
    config.html_additional_pages[urls.LOST.removesuffix(".html")] = urls.LOST
    config.templates_path.append(str(Path(__file__).parent / "templates"))
    files = sorted(Path(app.srcdir).glob("book/*.ipynb"))
    chosen = {path.stem: notebooks.injected(path) for path in files}
    all_of_book = {name: value for each in chosen.values() for name, value in each.items()}
    data = resources.folder() if descriptor.exists(resources.folder()) else None
    dictionary = book.setting("pages", {}).get("data")
    config.edition = {
        "pages": {f"book/{section}": in_words(section, each) for section, each in chosen.items()},
        "book": model.in_words(all_of_book),
        "arguments": "".join(
            f" -p {shlex.quote(f'{name}={model.written(value)}')}"
            for name, value in all_of_book.items()
        ),
        "date": descriptor.date(data) if data else "",
        "digest": descriptor.digest(data) if data else "",
        "dictionary": f"book/{dictionary}" if dictionary else "",
        "version": version("borderbook"),
    }


def _add_foot(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    state = app.config.edition
    parameters = state["pages"].get(page, state["book"])
    context["edition"] = state | {
        "parameters": in_edition(app.config.edition_title, parameters),
        "minutes": reading_time(doctree) if doctree else 0,
    }
    name, base = app.config.edition_name, app.config.html_baseurl
    if name and page not in app.config.edition_same and context.get("pageurl"):
        below = context["pageurl"].removeprefix(base).lstrip("/")
        context["pageurl"] = posixpath.join(base, "editions", name, below)  # its canonical address


def _open_citation(translator: Any, node: nodes.citation) -> None:
    """Open an entry of a list: Sphinx gives it a role that browsers no longer know."""
    if not isinstance(node.previous_sibling(), nodes.citation):
        translator.body.append('<div role="list" class="citation-list">\n')
    translator.body.append(translator.starttag(node, "div", CLASS="citation", ROLE="listitem"))


def _close_citation(translator: Any, node: nodes.citation) -> None:
    translator.body.append("</div>\n")
    if not isinstance(node.next_node(descend=False, siblings=True), nodes.citation):
        translator.body.append("</div>\n")


EVENTS = (("config-inited", _configure), ("html-page-context", _add_foot))
FILTERS = {"named_asides": named_asides}
NODES = {nodes.citation: (_open_citation, _close_citation)}
SETTINGS = {
    "edition": {},  # its parameters, the state of its figures, the page of its data dictionary
    "edition_name": "",  # as in its address; blank for the default
    "edition_title": "",
    "edition_same": [],  # its pages that are those of the default
}
"""Settings with their defaults: every page is written again when one of them changes."""
