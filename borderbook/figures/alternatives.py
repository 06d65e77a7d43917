"""Text alternatives: what charts show, in words and numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from borderbook import book, formatting

_KINDS = {"line": "Line chart", "bar": "Bar chart", "area": "Area chart", "geoshape": "Map"}
"""Kinds of charts by the mark that makes them."""
_ROWS = 60
"""Rows of a chart that are put into words at most; its data can be downloaded."""


def of_lines(
    known: pd.DataFrame,
    names: Sequence[str],
    unit: str,
    *,
    breaks: Mapping[float, str],
    hollow: bool = False,
    digits: int = 2,
) -> str:
    """Return what lines by year show: the series `names` of rows `series`, `year`, `value`.

    `breaks` are years (x.5 stands between two) with their reasons; `hollow`: there are printed
    values beside the lines.
    """
    parts = [f"Line chart by year, {unit}."]
    for name in names:
        rows = known[known["series"] == name].sort_values("year")
        if rows.empty:
            parts.append(f"{name}: no figure.")
            continue
        values = ", ".join(
            f"{int(year)} {formatting.number(value, digits)}"
            for year, value in zip(rows["year"], rows["value"], strict=True)
        )
        parts.append(f"{name}: {values}.")
    if breaks:
        listed = [f"{_moment(at)} ({why})" for at, why in sorted(breaks.items())]
        parts.append(f"The series break at {'; '.join(listed)}; no line crosses a break.")
    if hollow:
        parts.append(f"Hollow marks are the values that {book.work()} prints.")
    return " ".join(parts).replace(formatting.THIN_SPACE, "")


def of_bars(
    rows: pd.DataFrame, texts: Sequence[str], unit: str, rule: tuple[str, str] | None
) -> str:
    """Return what bars show: rows `label`, `value`, those with a value as `texts` have it.

    `rule` is a reference line: where it stands, and what it is.
    """
    absent = rows["value"].isna()
    listed = ", ".join(f"{a} {b}" for a, b in zip(rows.loc[~absent, "label"], texts, strict=True))
    parts = [f"Bar chart, {unit}: {listed}."]
    if rule:
        parts.append(f"Reference line at {rule[0]}: {rule[1]}.")
    if absent.any():
        parts.append(f"No figure: {formatting.listing([*map(str, rows.loc[absent, 'label'])])}.")
    return " ".join(parts)


def of_data(marks: Sequence[str], resource: Mapping[str, Any] | None) -> str:
    """Return what a chart of any kind shows: its marks, and the rows of its data resource."""
    kind = next((words for mark, words in _KINDS.items() if mark in marks), "Chart")
    if not resource:
        return f"{kind}."
    rows = [
        ", ".join(f"{field['title']} {_text(row[field['name']])}" for field in fields)
        for fields in [resource["schema"]["fields"]]
        for row in resource["data"][:_ROWS]
    ]
    count = len(resource["data"])
    cut = f" The first {len(rows)} of {count} rows." if count > len(rows) else ""
    return f"{kind}.{cut} {'; '.join(rows)}."


def _text(value: Any) -> str:
    if value is None or isinstance(value, bool | str):
        return formatting.MISSING if value is None else str(value)
    return f"{value:.6g}".replace("-", formatting.MINUS)


def _moment(at: float) -> str:
    return str(int(at)) if at == int(at) else f"{int(at)} to {int(at) + 1}"
