"""What a page says of itself where it is linked to: title, answer, and a card with its main chart.

Cards and addresses need `html_baseurl`, the address of the site: Open Graph has whole ones only.
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Mapping
from html import escape, unescape
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from borderbook.figures import images, palette

WIDTH, HEIGHT = 1200, 630
"""Size of a card, pixels."""

_MARGIN, _GAP = 48, 20
# Sizes of type.
_HEADLINE, _BOOK = 40, 26
# Characters of a line of the headline, and how many lines there are at most.
_LINE, _LINES = 52, 3
_UNTITLED = {"search": "Search", "genindex": "Index"}
"""Pages whose titles stand in Sphinx's templates only."""
_CHART = re.compile(r'data-spec="\.\./(downloads/[^"]+)"')


def drawn(headline: str, book: str, drawing: str = "") -> str:
    """Return a card as SVG: a headline, a chart (an SVG drawing) under it, the book's title.

    >>> drawn("Three stations lead", "The book").count("<text")
    2
    """
    lines = textwrap.wrap(headline, _LINE, max_lines=_LINES, placeholder=" …")
    top = _MARGIN + round(1.2 * _HEADLINE * len(lines)) + _GAP // 2
    colours = palette.current()
    words = "".join(
        f'<text x="{_MARGIN}" y="{_MARGIN + round(_HEADLINE * (0.8 + 1.2 * number))}" '
        f'font-size="{_HEADLINE}" font-weight="bold" fill="{colours.ink}">{escape(line)}</text>'
        for number, line in enumerate(lines)
    )
    words += (
        f'<text x="{_MARGIN}" y="{HEIGHT - _MARGIN // 2}" font-size="{_BOOK}" '
        f'fill="{colours.contrast}">{escape(book)}</text>'
    )
    bottom = HEIGHT - _MARGIN // 2 - _BOOK - _GAP
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'width="{WIDTH}" height="{HEIGHT}" font-family="{palette.FONT}">{words}'
        f"{_placed(drawing, top, bottom - top)}</svg>"
    )


def pictures(app: Sphinx) -> Path | None:
    """Return the folder that keeps what was drawn for the pages of a book; None if none does."""
    return Path(app.config.pictures) if app.config.pictures else None


def _placed(drawing: str, top: int, height: int) -> str:
    """Return a drawing as large as it can be below `top`, in `height` pixels."""
    size = re.match(r'<svg[^>]* width="([\d.]+)" height="([\d.]+)"', drawing)
    if not size:
        return ""
    frame = (
        f'<svg x="{_MARGIN}" y="{top}" width="{WIDTH - 2 * _MARGIN}" height="{height}" '
        f'viewBox="0 0 {size[1]} {size[2]}" preserveAspectRatio="xMidYMid">'
    )
    return frame + drawing[drawing.index(">") + 1 :]


def _add_social_card(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Give a page's template what it says of itself, and write its card."""
    book = app.config.html_title
    named = context.get("title") or _UNTITLED.get(page, book)
    title = unescape(re.sub(r"<[^>]+>", "", named))
    card: dict[str, Any] = {
        "title": title,
        "book": book,
        "description": _answer(doctree) or f"{title}: {book}",
    }
    if app.config.html_baseurl:
        chart = _CHART.search(context.get("body") or "")
        spec = json.loads((Path(app.outdir) / chart[1]).read_text("utf-8")) if chart else None
        source = page if spec else app.config.root_doc
        if source == page:
            _write(app, page, title, spec)
        card["url"], card["size"] = context["pageurl"], (WIDTH, HEIGHT)
        card["image"] = context["pageurl"].removesuffix(f"{page}.html") + _card(source)
        card["about"] = "{title}. {subtitle}".format_map(spec["usermeta"]) if spec else book
    context["card"] = card


def _write(app: Sphinx, page: str, title: str, spec: Mapping[str, Any] | None) -> None:
    """Write the card of a page: its chart with its headline, or the title of the page alone."""
    cache_dir, drawing, headline = pictures(app), "", title
    if spec:
        drawing = images.svg(spec, bare=True, cache_dir=cache_dir)
        headline = spec["usermeta"]["title"]
    place = Path(app.outdir) / _card(page)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(
        images.raster(drawn(headline, app.config.html_title, drawing), cache_dir=cache_dir)
    )


def _answer(doctree: nodes.document | None) -> str:
    """Return the sentence under the title of a page."""
    if doctree is None:
        return ""
    for section in doctree.findall(nodes.section):
        first = next((each for each in section.children if isinstance(each, nodes.paragraph)), None)
        return re.sub(r"[ \n]+", " ", first.astext()).strip() if first else ""
    return ""


def _card(page: str) -> str:
    """Return the place of a page's card in the site.

    >>> _card("book/index")
    'cards/index.png'
    """
    return f"cards/{page.rpartition('/')[2]}.png"


def _take_back(app: Sphinx, env: Any, page: str) -> None:
    """Remove the card of a page that is read anew or gone: it may not write one again."""
    (Path(app.outdir) / _card(page)).unlink(missing_ok=True)


# After all that settle the address of a page.
EVENTS = (("html-page-context", _add_social_card, 800), ("env-purge-doc", _take_back))
