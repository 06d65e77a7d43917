"""The look of charts and maps: colours by what they are for, type, widths."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from borderbook import book, formatting

FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
"""The type of charts and of what is drawn with them."""
WIDE, NARROW = 680, 330
"""Widths of a chart's drawing on a desk and on a phone, pixels."""


@dataclass(frozen=True)
class Palette:
    """Colours by role, as CSS writes them.

    `strong` is what a chart is about, `contrast` what it is set against, `quiet` the rest of what
    is drawn, `faint` areas that are only ground; `ink` is text and reference rules, `ground` the
    page, which fills hollow marks. `dark` are the colours in their place on a dark page.
    """

    strong: str
    contrast: str
    quiet: str
    faint: str
    ink: str
    ground: str
    dark: Palette | None = None


_DARK = Palette("#6db6ee", "#f0855f", "#9aa1ab", "#33373d", "#d5d8dd", "#131416")
NEUTRAL = Palette("#0b5fa5", "#a8480c", "#868b94", "#e3e5e8", "#3c4048", "#ffffff", _DARK)
"""The colours of a book that brings none: told apart by all readers, legible on the ground."""


def current() -> Palette:
    """Return the colours of the book that one stands in: the hook `palette`, else `NEUTRAL`."""
    palette: Palette = book.hook("palette", NEUTRAL)
    return palette


def config() -> dict[str, Any]:
    """Return the configuration of a Vega-Lite chart: colours, type and numbers as the book's."""
    ink, quiet = current().ink, current().quiet
    return {
        "background": "transparent",
        "font": FONT,
        "locale": {
            "number": {
                "decimal": ".",
                "thousands": formatting.THIN_SPACE,
                "grouping": [3],
                "currency": ["", ""],
            }
        },
        "view": {"stroke": None},
        "axis": {
            "labelColor": ink,
            "titleColor": ink,
            "labelFontSize": 12,
            "titleFontSize": 12,
            "titleFontWeight": "normal",
            "domainColor": quiet,
            "tickColor": quiet,
            "gridColor": quiet,
            "gridOpacity": 0.25,
        },
        "legend": {
            "labelColor": ink,
            "titleColor": ink,
            "labelFontSize": 12,
            "titleFontSize": 12,
            "titleFontWeight": "normal",
        },
        "title": {"color": ink, "subtitleColor": ink, "anchor": "start", "fontSize": 14},
        "text": {"color": ink, "fontSize": 12},
        "header": {
            "labelColor": ink,
            "labelFontSize": 13,
            "labelFontWeight": "bold",
            "title": None,
        },
    }
