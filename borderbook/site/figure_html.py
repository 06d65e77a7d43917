"""A table or chart as the site shows it: headline, evidence, sources, and what to take away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from borderbook.figures import downloads, images, tables

_WIDTHS = ("wide", "narrow")
_CHOICE = '<div class="explore"><p>Regions, years and indicator can be chosen here.</p></div>'
"""Where explore.js puts its controls; not shown without scripts."""


def html(
    content: Mapping[str, Any],
    offered: Sequence[str],
    section: str,
    cell: str,
    cache_dir: Path | None,
) -> tuple[str, str]:
    """Return the figure of a table resource or Vega-Lite spec as HTML, in two parts.

    Between them belongs its citation. `offered` are the endings of its files, `section` and `cell`
    say where it was computed, `cache_dir` holds the pictures drawn before.
    """
    section, cell = escape(section), escape(cell)
    address = f"../downloads/{section}/{downloads.name(content)}"
    figure = _chart(content, address, cache_dir) if "usermeta" in content else tables.html(content)
    links = "".join(
        f'<li><a href="{address}{ending}" download{" data-copy" * (ending == ".json")}>'
        f"{words}</a></li>"
        for ending, words in downloads.KINDS.items()
        if ending in (*offered, *downloads.CITED)
    )
    return (
        f"{figure.removesuffix('</figure>')}"
        f'<div class="take"><details><summary>Take it away</summary><ul>{links}</ul>',
        f'</details><a href="{section}.html#code-{cell}">How it was computed</a></div></figure>',
    )


def _chart(spec: Mapping[str, Any], address: str, cache_dir: Path | None) -> str:
    """Return a chart as a figure: a picture for each width, and the same in words."""
    meta = spec["usermeta"]
    name, title = meta["name"], escape(meta["title"])
    drawn = {
        kind: images.svg(spec, narrow=kind == "narrow", bare=True, cache_dir=cache_dir)
        for kind in _WIDTHS
    }
    drawings = "".join(
        f'<div class="drawing {kind}" role="img" aria-label="{title}" '
        f'aria-describedby="{name}-words">{picture}</div>'
        for kind, picture in drawn.items()
    )
    explored = " data-explorer" if "explorer" in meta else ""
    drawings += _CHOICE if explored else ""
    return (
        f'<figure class="exhibit exhibit-chart" id="{name}" data-spec="{address}.vl.json"'
        f'{explored}><figcaption><span class="headline">{title}</span>'
        f'<span class="subtitle">{escape(meta["subtitle"])}</span></figcaption>{drawings}'
        f'<details class="words"><summary>This picture in words and numbers</summary>'
        f'<p id="{name}-words">{escape(meta["description"])}</p></details>'
        f"{tables.foot(meta['notes'], meta['sources'])}</figure>"
    )
