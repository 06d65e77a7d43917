"""What differs between two runs of a section, as a block of a page: a line and folded tables."""

from __future__ import annotations

import json
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import Any

from borderbook.figures import tables
from borderbook.figures.tables import Table
from borderbook.results import diff, extract

_FOLDED = 12
"""Rows above which a table of changes is folded."""


def block(before: Path, after: Path, title: str) -> str:
    """Return as HTML what differs between two executed notebooks; blank if they say the same.

    `title` is what the edition of the first one is called.
    """
    found = diff.between(extract.read(before), extract.read(after))
    if not found:
        line = f"Against “{escape(title)}” {found.summary}."
        return "" if _said(before) == _said(after) else f'<p class="differing">{line}</p>'
    shown = [
        folded(table, tables.html(replace(table, filters=()).resource()))
        for table in diff.exhibits(found, title, "This edition")
    ]
    return (
        f'<details class="differing"><summary>What differs from “{escape(title)}”: '
        f"{escape(found.summary)}</summary>{''.join(shown)}</details>"
    )


def folded(table: Table, html: str) -> str:
    """Return a table of changes under its headline, a long one folded away."""
    shown = "" if len(table.rows) > _FOLDED else " open"
    head = f'<details class="changes"{shown}><summary>{escape(table.title)}</summary>'
    return f"{head}{html}</details>"


def _said(notebook: Path) -> list[Any]:
    """Return text and outputs of each cell but that of the parameters."""
    cells = json.loads(notebook.read_text("utf-8"))["cells"]
    return [
        ["".join(cell["source"]), [{**o, "execution_count": 0} for o in cell.get("outputs", [])]]
        for cell in cells
        if "injected-parameters" not in cell["metadata"].get("tags", [])
    ]
