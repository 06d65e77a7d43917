"""What differs between two runs of a section, as a block of a page: a line and folded tables."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from pathlib import Path
from typing import Any

from borderbook import notebooks
from borderbook.figures import tables
from borderbook.figures.tables import Table
from borderbook.results import diff, diff_tables, extract

_FOLDED = 12
"""Rows above which a table of changes is folded."""


def block(before: Path, after: Path, title: str) -> str:
    """Return as HTML what differs between two executed notebooks; blank if they say the same.

    `title` is what the edition of the first one is called.
    """
    changes = diff.between(extract.read(before), extract.read(after))
    if not changes:
        line = f"Against “{escape(title)}” {changes.summary}."
        same = _shown(before) == _shown(after)
        return "" if same else f'<p class="differing">{line}</p>'
    shown = [
        folded(table, tables.html(replace(table, filters=()).resource()))
        for table in diff_tables.tables(changes, title, "This edition")
    ]
    return (
        f'<details class="differing"><summary>What differs from “{escape(title)}”: '
        f"{escape(changes.summary)}</summary>{''.join(shown)}</details>"
    )


def folded(table: Table, html: str) -> str:
    """Return a table of changes under its headline, a long one folded away."""
    shown = "" if len(table.rows) > _FOLDED else " open"
    head = f'<details class="changes"{shown}><summary>{escape(table.title)}</summary>'
    return f"{head}{html}</details>"


def _shown(notebook: Path) -> list[Any]:
    """Return text and outputs of each cell but that of the parameters."""
    return [
        [notebooks.source(cell), [{**o, "execution_count": 0} for o in cell.get("outputs", [])]]
        for cell in notebooks.cells(notebook)
        if notebooks.INJECTED not in cell["metadata"].get("tags", [])
    ]
