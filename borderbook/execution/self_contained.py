"""What a page of the site cannot show: scripts, frames and files of other hosts in an output."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from html.parser import HTMLParser
from typing import Any

from borderbook import mime

FIX = (
    "the site shows no scripts and nothing from other hosts: show a DataFrame, an Altair chart "
    "with its rows in it or a picture (PNG, SVG), or tag the cell remove-output"
)
"""What an author can do."""

_ACTIVE = ("script", "iframe", "frame", "object", "embed", "applet")
# Attributes whose address a browser loads; href only where it is no link to follow.
_LOADING = ("src", "srcset", "poster", "data", "href", "xlink:href")
_ELSEWHERE = re.compile(r"\s*(?:https?:|ftp:)?//", re.IGNORECASE)
_STYLE = re.compile(r"(?:url\(|@import)\s*['\"]?\s*(?:https?:)?//", re.IGNORECASE)
_MARKUP = ("text/html", "image/svg+xml", "text/markdown")
_PROGRAMS = ("application/javascript", "application/vnd.jupyter.widget-view+json")
_HIDDEN = {"remove-output", "remove-cell"}


def violations(cells: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Return what the cells of an executed notebook show that a page cannot, one line each."""
    for number, cell in enumerate(cells, start=1):
        if _HIDDEN & set(cell.get("metadata", {}).get("tags", ())):
            continue
        for output in cell.get("outputs", ()):
            for reason in dict.fromkeys(_reasons(output.get("data", {}))):
                yield f"cell {cell.get('id', number)}: its output has {reason}"


def _reasons(bundle: Mapping[str, Any]) -> Iterator[str]:
    for kind in (*mime.CHARTS, mime.TABLE, mime.CLAIM):
        if kind in bundle:
            yield from _loaded(bundle[kind]) if kind in mime.CHARTS else ()
            return  # the site shows this, and nothing else of the bundle
    for kind in _PROGRAMS:
        if kind in bundle:
            yield f"a program ({kind})"
    for kind in _MARKUP:
        if kind in bundle:
            markup = _Markup()
            markup.feed("".join(bundle[kind]))
            yield from markup.reasons


def _loaded(node: Any) -> Iterator[str]:
    """Return the addresses from which a Vega-Lite document loads data."""
    if isinstance(node, Mapping):
        data = node.get("data")
        if isinstance(data, Mapping) and "url" in data:
            yield f"a chart that reads its data from {data['url']}"
        for key, value in node.items():
            if key not in ("datasets", "values", "usermeta"):
                yield from _loaded(value)
    elif isinstance(node, list):
        for each in node:
            yield from _loaded(each)


class _Markup(HTMLParser):
    """Reads HTML or SVG for what a page may not load."""

    def __init__(self) -> None:
        super().__init__()
        self.reasons: list[str] = []
        self._style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._style = tag == "style"
        if tag in _ACTIVE:
            self.reasons.append(f"an element <{tag}>")
        for name, value in attrs:
            if name.startswith("on"):
                self.reasons.append(f"a script in the attribute {name} of <{tag}>")
            if name == "style" and _STYLE.search(value or ""):
                self.reasons.append(f"a style of <{tag}> from another host")
            followed = tag in ("a", "area") or name not in _LOADING
            if not followed and _ELSEWHERE.match(value or ""):
                self.reasons.append(f"<{tag} {name}> from another host, {value}")

    def handle_data(self, data: str) -> None:
        if self._style and _STYLE.search(data):
            self.reasons.append("a style sheet from another host")
