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

_ACTIVE = ("script", "iframe", "frame", "object", "embed", "applet", "base")
# Attributes whose address a browser loads; href only where it is no link to follow.
_LOADING = ("src", "srcset", "poster", "data", "href", "xlink:href", "background", "ping")
# Attributes whose address a browser follows when it is chosen, or that change another's.
_FOLLOWED = ("href", "xlink:href", "action", "formaction", "to", "values", "src")
_IGNORED = re.compile(r"[\s\0]+")
_ELSEWHERE = re.compile(r"(?:https?:|ftp:|wss?:|//)", re.IGNORECASE)
_PROGRAM = re.compile(r"(?:javascript|vbscript):|data:(?:text/html|image/svg)", re.IGNORECASE)
_STYLE = re.compile(r"(?:url\(|@import|image-set\()['\"]?(?:https?:)?//", re.IGNORECASE)
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
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
            yield from in_markup("".join(bundle[kind]))


def in_markup(text: str) -> list[str]:
    """Return what a piece of HTML or SVG has that a page cannot show.

    >>> in_markup('<img src="//a.example/b.png"><p onclick="c()">')
    ['<img src> from another host, //a.example/b.png', 'a script in the attribute onclick of <p>']
    """
    markup = _Markup()
    markup.feed(text)
    markup.close()
    return markup.reasons


def is_elsewhere(address: str) -> bool:
    """Return whether an address is one of another host, in the eyes of a browser.

    >>> is_elsewhere("//a.example/b"), is_elsewhere("/\\\\a.example"), is_elsewhere("a.png")
    (True, True, False)
    """
    return bool(_ELSEWHERE.match(_IGNORED.sub("", address).replace("\\", "/")))


def is_program(address: str) -> bool:
    """Return whether an address runs a script where it is followed.

    >>> is_program("java\\nscript:alert(1)"), is_program("javascript.html")
    (True, False)
    """
    return bool(_PROGRAM.match(_IGNORED.sub("", address)))


def _styled(text: str) -> bool:
    """Return whether a style asks another host for something."""
    plain = _IGNORED.sub("", _COMMENT.sub("", text)).replace("\\", "/")
    return bool(_STYLE.search(plain))


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
        if tag in _ACTIVE or (tag == "meta" and "http-equiv" in dict(attrs)):
            self.reasons.append(f"an element <{tag}>")
        for name, value in attrs:
            if name.startswith("on"):
                self.reasons.append(f"a script in the attribute {name} of <{tag}>")
            if name == "style" and _styled(value or ""):
                self.reasons.append(f"a style of <{tag}> from another host")
            followed = (tag in ("a", "area") and name != "ping") or name not in _LOADING
            candidates = (value or "").split(",") if name == "srcset" else [value or ""]
            if name in _FOLLOWED and is_program(value or "") and not _is_picture(tag, value or ""):
                self.reasons.append(f"a program in the attribute {name} of <{tag}>")
            elif not followed and any(map(is_elsewhere, candidates)):
                self.reasons.append(f"<{tag} {name}> from another host, {value}")

    def handle_data(self, data: str) -> None:
        if self._style and _styled(data):
            self.reasons.append("a style sheet from another host")


def _is_picture(tag: str, address: str) -> bool:
    """Return whether an address is that of a picture within the page, in which nothing runs."""
    return tag in ("img", "image", "source") and address.lstrip().lower().startswith("data:image")
