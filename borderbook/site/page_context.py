"""The frame of every page: names for its landmarks, roles of its lists, its icon and its foot."""

from __future__ import annotations

import ast
import json
import posixpath
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from borderbook.datapackage import resources
from borderbook.parameters import derive, model
from borderbook.site import urls

_ASIDES = {
    '<aside class="sidebar-drawer"': "Site navigation",
    '<aside class="toc-drawer': "On this page",
}
"""Furo's asides by how they open: a reader of screens lists them by name."""
_WORDS_A_MINUTE = 238
"""Silent reading of English non-fiction: Brysbaert, Journal of Memory and Language 109 (2019)."""
_CODE = (nodes.literal_block, nodes.raw)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register templates and translators; `borderbook.site.extension` does it for the book."""
    app.add_config_value("edition", {}, "html")  # every page is written again when it changes
    app.add_config_value("edition_name", "", "html")  # as in its address; blank for the default
    app.add_config_value("edition_title", "", "html")
    app.add_config_value("edition_same", [], "html")  # its pages that are those of the default
    app.connect("config-inited", _configure)
    app.connect("builder-inited", _add_filter)
    app.connect("html-page-context", _add_foot)
    app.add_node(nodes.citation, override=True, html=(_open_citation, _close_citation))
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}


def named_asides(html: str) -> str:
    """Return a page of Furo with a name on each of its asides.

    >>> named_asides('<aside class="toc-drawer no-toc">')
    '<aside aria-label="On this page" class="toc-drawer no-toc">'
    """
    for start, name in _ASIDES.items():
        html = html.replace(start, start.replace("<aside", f'<aside aria-label="{name}"'))
    return html


def edition(notebook: Path) -> dict[str, Any]:
    """Return the parameters with which an executed notebook was run; none if as published.

    They stand in the cell that papermill puts in, as assignments of constants.
    """
    for cell in json.loads(notebook.read_text("utf-8"))["cells"]:
        if "injected-parameters" in cell["metadata"].get("tags", []):
            statements = ast.parse("".join(cell["source"])).body
            return {
                target.id: ast.literal_eval(statement.value)
                for statement in statements
                if isinstance(statement, ast.Assign)
                for target in statement.targets
                if isinstance(target, ast.Name)
            }
    return {}


def in_words(section: str, chosen: Mapping[str, Any]) -> str:
    """Return a section's parameters in words: those that differ from what is published.

    >>> in_words("claims", {"neighbour": "CN", "last_year": 2023})
    'neighbour = CN'
    >>> in_words("claims", {})
    'as published'
    """
    if section not in derive.sections():
        return model.in_words(chosen)
    return derive.model_of(section).checked(chosen).words


def in_edition(title: str, told: str) -> str:
    """Return what the foot says of a page: which edition it is in, and its parameters.

    >>> in_edition("Border with China", "neighbour = CN"), in_edition("", "as published")
    ('Border with China: neighbour = CN', 'as published')
    """
    return f"{title}: {told}" if title else told


def reading_time(doctree: nodes.document) -> int:
    """Return the minutes that the prose of a page takes to read, at least one."""
    prose = [text for text in doctree.findall(nodes.Text) if not isinstance(text.parent, _CODE)]
    words = sum(len(text.split()) for text in prose)
    return max(1, round(words / _WORDS_A_MINUTE))


def _configure(app: Sphinx, config: Any) -> None:
    """Find the state that the foot of each page tells: parameters, figures, version."""
    config.html_additional_pages[urls.LOST.removesuffix(".html")] = urls.LOST
    config.templates_path.append(str(Path(__file__).parent / "templates"))
    chosen = {path.stem: edition(path) for path in sorted(Path(app.srcdir).glob("book/*.ipynb"))}
    all_of_book = {name: value for own in chosen.values() for name, value in own.items()}
    told = {f"book/{section}": in_words(section, own) for section, own in chosen.items()}
    made = resources.package()["created"]
    config.edition = {
        "pages": told,
        "book": model.in_words(all_of_book),
        "date": str(made)[:10],
        "digest": resources.digest(),
        "version": version("borderbook"),
    }


def _add_filter(app: Sphinx) -> None:
    environment = getattr(getattr(app.builder, "templates", None), "environment", None)
    if environment is not None:  # a builder without pages has none
        environment.filters["named_asides"] = named_asides


def _add_foot(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    state = app.config.edition
    told = state["pages"].get(page, state["book"])
    context["edition"] = state | {
        "parameters": in_edition(app.config.edition_title, told),
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
