"""Plain DataFrames and Vega-Lite charts as figures: shown by a kernel, completed where read.

A kernel says all that the object itself says: `frame` and `chart` return its MIME bundle. What only
its notebook knows (name, title) and what makes a figure of the book (look, narrow form, words) is
added by `exhibits`, to what other tools have written too.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd
from pandas.api import types

from borderbook import formatting, mime
from borderbook.datapackage import resources
from borderbook.figures import alternatives, chart_data, palette, tables
from borderbook.figures.merge_patch import merged
from borderbook.figures.palette import NARROW, WIDE
from borderbook.figures.tables import Column

Cells = Sequence[Mapping[str, Any]]
"""The cells of a notebook, in order."""
ROWS = 5000
"""Rows of a frame that are shown at most."""

_SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
_TITLE = re.compile(r"(?m)^#\| *title: *(.*\S)")
# The name that an editor gives a cell: a UUID, or eight digits of one.
_RANDOM = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){0,3}(-[0-9a-f]{12})?")
_HEADING = re.compile(r"(?m)^#+ +(.+?) *$")
_ROLE = re.compile(r"\s*\{[^}]+\}`[^`]*`")
_PARTS = ("hconcat", "vconcat", "concat", "facet", "repeat", "spec")
# Decimals of numbers from 1 on; smaller ones get as many significant digits.
_DIGITS = 2


def frame(frame: pd.DataFrame) -> dict[str, Any]:
    """Return the MIME bundle of a DataFrame: its rows with their Table Schema, HTML and text.

    `attrs` may hold `title`, `subtitle`, `units` (by column), `notes`, and `sources`: names of
    resources of the book. An index that only counts is left out.
    """
    attrs = frame.attrs
    counts = isinstance(frame.index, pd.RangeIndex) and frame.index.name is None
    whole = frame if counts else frame.reset_index(allow_duplicates=True)
    shown = whole.head(ROWS).infer_objects()
    notes = [str(note) for note in attrs.get("notes", ())]
    if len(whole) > ROWS:
        notes.append(f"The first {ROWS} of {formatting.number(len(whole))} rows.")
    fields: list[dict[str, str]] = []
    columns = []
    for number, labels in enumerate(shown.columns):
        column = shown.iloc[:, number]
        parts = labels if isinstance(labels, tuple) else (labels,)
        *groups, name = [str(label) for label in parts if str(label)] or [""]
        named = " ".join([*groups, name])
        taken = {field["name"] for field in fields}
        fields.append(
            {
                "name": f"{named} {number + 1}" if named in taken else named,
                "title": _in_words(name),
                "type": _type(column),
                "unit": str(attrs.get("units", {}).get(labels, "")),
                "group": ", ".join(groups),
            }
        )
        columns.append([_value(value, fields[-1]["type"]) for value in column.tolist()])
    names = [field["name"] for field in fields]
    content = {
        "title": str(attrs.get("title", "")),
        "description": str(attrs.get("subtitle", "")),
        "notes": notes,
        "sources": [source._asdict() for source in resources.sources(*attrs.get("sources", ()))],
        "schema": {"fields": fields},
        "data": [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)],
    }
    return {mime.TABLE: content, "text/html": frame.to_html(), "text/plain": repr(frame)}


def chart(chart: Any) -> dict[str, Any]:
    """Return the MIME bundle of an Altair chart: its document, and the same in words."""
    document = tables.rounded(chart.to_dict())
    meta = _meaning(document, "chart", "")
    lines = [meta["title"], meta["subtitle"], meta["description"]]
    text = "\n".join(line for line in lines if line)
    return {mime.CHART: document, mime.LABORATORY: document, "text/plain": text}


def exhibits(cells: Cells, index: int) -> list[dict[str, Any]]:
    """Return the tables and charts that one cell of a notebook shows, complete, in order.

    What has no name gets that of its cell, with a number from the second on. What has no title gets
    that of the cell's line `#| title:`, else the name of the cell in words; where an editor has
    given the cell a name that says nothing, the heading above it.
    """
    return [complete for _, complete in _completed(cells, index)]


def exhibit(cells: Cells, index: int, stored: Any) -> dict[str, Any]:
    """Return the one table or chart of a cell that is stored so in a bundle, complete."""
    document = _document(stored)
    return next(complete for content, complete in _completed(cells, index) if content == document)


def _completed(cells: Cells, index: int) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Return each table and chart of a cell, as stored and complete."""
    cell, plain = cells[index], 0
    for kind, bundle in _bundles(cell):
        content = _document(bundle[kind])
        if "name" in content.get("usermeta", content):
            yield content, content
            continue
        plain += 1
        stem = str(cell.get("id", "figure"))
        name = stem + (f"-{plain}" if plain > 1 else "")
        line = _TITLE.search("".join(cell["source"]))
        if line and plain == 1:
            title = line[1]
        elif _RANDOM.fullmatch(stem):
            title = _by_place(cells[:index], kind, plain)
        else:
            title = _in_words(name)
        complete = _table if kind == mime.TABLE else _chart
        yield content, complete(content, name, title)


def _bundles(cell: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Return each bundle of a cell that is a table or chart, with the type that says so."""
    for bundle in (output.get("data", {}) for output in cell.get("outputs", ())):
        if kind := next((kind for kind in (*mime.CHARTS, mime.TABLE) if kind in bundle), None):
            yield kind, bundle


def _by_place(above: Cells, kind: str, number: int) -> str:
    """Return the heading above the cell of a figure, with the number of the figure from the second.

    Without a heading it is the number alone: of a table, or of a figure of another kind.
    """
    for cell in reversed(above):
        text = "".join(cell["source"]) if cell["cell_type"] == "markdown" else ""
        if headings := _HEADING.findall(text):
            heading = _ROLE.sub("", headings[-1])
            return heading if number == 1 else f"{heading} ({number})"
        number += len(list(_bundles(cell)))
    return f"{'Table' if kind == mime.TABLE else 'Figure'} {number}"


def _document(stored: Any) -> dict[str, Any]:
    """Return a document of a bundle, which is text where its type does not end in +json."""
    document: dict[str, Any] = stored if isinstance(stored, dict) else json.loads("".join(stored))
    return document


# Tables


def _table(content: Mapping[str, Any], name: str, title: str) -> dict[str, Any]:
    """Return a table resource with all that one of `tables.Table` has."""
    rows = content["data"]
    fields = list(content["schema"]["fields"])
    counted = [row.get("index") for row in rows] == list(range(len(rows)))
    if content["schema"].get("primaryKey") == ["index"] and counted:  # as pandas writes it
        fields = fields[1:]
    names = [field["name"] for field in fields]
    return {
        "name": name,
        "title": content.get("title") or title,
        "description": content.get("description", ""),
        "notes": content.get("notes", []),
        "sources": content.get("sources", []),
        "anchor": "",
        "filters": [],
        "schema": {
            "fields": [
                _field(field, [row.get(field["name"]) for row in rows], first=not number)
                for number, field in enumerate(fields)
            ]
        },
        "data": [{each: row.get(each) for each in names} for row in rows],
    }


def _field(field: Mapping[str, Any], values: Sequence[Any], *, first: bool) -> dict[str, Any]:
    """Return the description of a column with how its numbers are shown."""
    known = [value for value in values if isinstance(value, int | float)]
    kind, digits = field["type"], None
    if kind in ("integer", "number"):
        years = not field.get("unit") and all(1000 <= value <= 2999 for value in known)
        kind = "integer" if kind == "integer" and (first or years) else "number"
        digits = _digits(known)
    column = Column(
        field["name"],
        field.get("title") or _in_words(field["name"]),
        field.get("unit", ""),
        digits,
        field.get("group", ""),
    )
    return {**tables.field(column), "type": kind if digits is not None else "string"}


def _digits(values: Sequence[float]) -> int:
    """Return the decimals with which numbers are shown: no more than they have, or than tell.

    >>> _digits([2, 3]), _digits([0.5, 12]), _digits([12.345678, 1]), _digits([0.0012345])
    (0, 1, 2, 5)
    """
    largest = max(map(abs, values), default=0)
    most = _DIGITS - min(0, math.floor(math.log10(largest))) if largest else 0
    return next(n for n in range(most + 1) if n == most or all(round(v, n) == v for v in values))


# Charts


def _chart(spec: Mapping[str, Any], name: str, title: str) -> dict[str, Any]:
    """Return a Vega-Lite document with all that one of `charts.Chart` has."""
    meta = _meaning(spec, name, title)
    sized, meta["narrow"] = _sizes(spec)
    look = {**palette.config(), "mark": {"color": palette.current().strong}}
    return {
        **spec,
        "$schema": _SCHEMA,
        "config": merged(look, spec.get("config", {})),
        "title": {"text": meta["title"], "subtitle": meta["subtitle"]},
        "description": meta["description"],
        "usermeta": meta,
        **sized,
    }


def _meaning(spec: Mapping[str, Any], name: str, title: str) -> dict[str, Any]:
    """Return what a Vega-Lite document says of itself, for its `usermeta`."""
    heading = spec.get("title") or ""
    heading = heading if isinstance(heading, Mapping) else {"text": heading}
    meta = {
        "name": name,
        "title": _line(heading.get("text")) or title,
        "subtitle": _line(heading.get("subtitle")),
        "description": "",
        "notes": [],
        "sources": [],
        **spec.get("usermeta", {}),
    }
    description = spec.get("description") or alternatives.of_data(
        chart_data.marks(spec), chart_data.resource({**spec, "usermeta": meta})
    )
    return {**meta, "description": description}


def _sizes(spec: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what to add to a spec for a desk, and what to change of it for a phone."""
    if "hconcat" in spec:
        return {}, {"hconcat": None, "vconcat": spec["hconcat"]}
    if any(part in spec for part in _PARTS):
        return {}, {} if "vconcat" in spec else {"columns": 1}
    encoding = spec.get("encoding", {})
    if "facet" in encoding:
        return {}, {"encoding": {"facet": {"columns": 1}}}
    width = spec.get("width", WIDE)
    if {"row", "column"} & set(encoding) or isinstance(width, Mapping):
        return {}, {}
    wide = width if isinstance(width, int | float) else WIDE
    fitted = {"autosize": {"type": "fit-x", "contains": "padding"}, **spec}
    return {"autosize": fitted["autosize"], "width": wide}, {"width": min(wide, NARROW)}


# Values and words


def _type(column: pd.Series) -> str:
    """Return the type of a column as Table Schema names it."""
    if types.is_bool_dtype(column):
        return "boolean"
    if types.is_integer_dtype(column):
        return "integer"
    if types.is_numeric_dtype(column):
        return "number"
    if types.is_datetime64_any_dtype(column):
        return "date" if (column.dropna() == column.dropna().dt.normalize()).all() else "datetime"
    return "string"


def _value(value: Any, kind: str) -> Any:
    """Return a value as JSON has it; None for what is missing."""
    if types.is_scalar(value) and pd.isna(value):
        return None
    match kind:
        case "number":
            return tables.significant(float(value)) if math.isfinite(value) else None
        case "integer" | "boolean":
            return value
        case "date":
            return value.date().isoformat()
        case "datetime":
            return value.isoformat()
    return str(value)


def _line(text: Any) -> str:
    """Return a text of Vega-Lite, which may be in lines, as one line."""
    return " ".join(text) if isinstance(text, list) else str(text or "")


def _in_words(name: str) -> str:
    """Return the name of a cell or column in words.

    >>> _in_words("turnover-by_year")
    'Turnover by year'
    """
    return formatting.capitalized(re.sub(r"[-_]+", " ", name).strip())
