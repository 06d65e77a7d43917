"""What differs between the results of two runs: tables of it, and a block of a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd

from borderbook import formatting, notebooks
from borderbook.claims.model import VERDICTS
from borderbook.figures import tables as figures
from borderbook.figures.tables import Column, Table
from borderbook.results import diff, extract
from borderbook.results.diff import Change, Changes, counted, counted_lines

# Characters up to which a text is set as a figure.
_SHORT = 16
# Rows above which a table of changes is folded.
_FOLDED = 12


def tables(changes: Changes, before: str = "Default", after: str = "This run") -> list[Table]:
    """Return the differences as tables: verdicts, values in the text, cells, lines; none empty.

    `before` and `after` are what the two runs are called.
    """
    listed = (
        _verdict_table(changes, before, after),
        _value_table(changes.values, before, after),
        _cell_table(changes.cells, before, after),
        _line_table(changes, after),
    )
    return [table for table in listed if len(table.rows)]


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
        folded(table, figures.html(replace(table, filters=()).resource()))
        for table in tables(changes, title, "This edition")
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


def _verdict_table(changes: Changes, before: str, after: str) -> Table:
    rows = [
        {
            **vars(flip),
            "address": f"#claim-{flip.claim}",
            "before": VERDICTS.get(flip.before, formatting.MISSING),
            "after": VERDICTS.get(flip.after, formatting.MISSING),
        }
        for flip in changes.flips
    ]
    return Table(
        "changes-verdicts",
        counted(len(rows), "statement gets another verdict", "statements get another verdict"),
        pd.DataFrame(rows),
        [
            Column("statement", "Statement, in our words", link="address"),
            Column("before", before),
            Column("after", after),
            Column("reason", f"Reason: {after.lower()}"),
        ],
        f"Of the {changes.verdicts} statements compared, those whose verdict flipped",
    )


def _value_table(changes: Sequence[Change], before: str, after: str) -> Table:
    return Table(
        "changes-values",
        counted(len(changes), "value in the text changed", "values in the text changed"),
        _frame(changes),
        [Column("row", "Name of the value"), *_pair(changes, before, after)],
        "By the names that notebooks give them",
    )


def _cell_table(changes: Sequence[Change], before: str, after: str) -> Table:
    notes = ["Differences are those of the values before rounding."]
    if any(change.unit == "%" and change.difference for change in changes):
        notes.append("The difference of two values in % is in percentage points.")
    return Table(
        "changes-cells",
        counted(len(changes), "table cell changed", "table cells changed"),
        _frame(changes),
        [
            Column("row", "Row"),
            Column("column", "Column"),
            *_pair(changes, before, after),
            Column("unit", "Unit"),
            Column("table", "Table"),
        ],
        "By table, row and column",
        notes=notes,
        filters=["table"],
    )


def _line_table(changes: Changes, after: str) -> Table:
    rows = [
        {"name": line.name, "kind": line.kind, "table": line.table, "what": what}
        for what, lines in (("appears", changes.appeared), ("disappears", changes.gone))
        for line in lines
    ]
    parts = [
        counted_lines(changes.appeared, "appeared"),
        counted_lines(changes.gone, "disappeared"),
    ]
    return Table(
        "changes-lines",
        formatting.listing([part for part in parts if part]),
        pd.DataFrame(rows),
        [
            Column("name", "Name"),
            Column("kind", "Kind"),
            Column("table", "Table"),
            Column("what", after),
        ],
        "What only one of the two has",
    )


def _pair(changes: Sequence[Change], before: str, after: str) -> list[Column]:
    """Return the columns of what was, what is and the difference: as figures if they are short."""
    short = all(len(text) <= _SHORT for change in changes for text in change.shown)
    role = "figure" if short else ""
    columns = [Column("before", before, role=role), Column("after", after, role=role)]
    if any(change.difference for change in changes):
        columns.append(Column("difference", "Difference", role="difference"))
    return columns


def _frame(changes: Sequence[Change]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            **vars(change),
            **dict(zip(("before", "after"), change.shown, strict=True)),
            "difference": change.difference,
        }
        for change in changes
    )


def _shown(notebook: Path) -> list[Any]:
    """Return text and outputs of each cell but that of the parameters."""
    return [
        [notebooks.source(cell), [{**o, "execution_count": 0} for o in cell.get("outputs", [])]]
        for cell in notebooks.cells(notebook)
        if notebooks.INJECTED not in cell["metadata"].get("tags", [])
    ]
