"""Accessible tables that carry their meaning: HTML, a Table Schema resource, and plain text."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape
from typing import Any

import pandas as pd

from borderbook import formatting
from borderbook.datapackage.resources import Source
from borderbook.mime import TABLE

_SIGNIFICANT = 12
# Characters from which on a column of text is kept wide enough to read.
_LONG = 28
# Those from which on the text that names a row is prose: wide, and on a phone a line by itself.
_PROSE = 210
# Addresses to which a text may lead: of the site itself, and of the web.
_FOLLOWED = re.compile(r"https?://|mailto:|[#\w./%?&=+-]*(?:[#?]|$)")
_FIGURE_SPACE = "\u2007"
_PUNCTUATION_SPACE = "\u2008"


@dataclass(frozen=True)
class Column:
    """A column: `digits` decimals for numbers, None for text; `unit` stands in the head.

    `group` is a head over several columns; `role` is printed, computed or difference; `signed`
    puts a plus before what is above zero; `link` names a column that holds addresses for the text.
    """

    name: str
    title: str
    unit: str = ""
    digits: int | None = None
    group: str = ""
    role: str = ""
    signed: bool = False
    link: str = ""


@dataclass(frozen=True)
class Table:
    """A table with headline, subtitle (measure, place, period), notes and sources.

    The first column names the rows; `notes` are one or several. `anchor` names a column whose
    values give each row an address; `filters` names columns by which a reader may choose rows,
    where scripts run. Shown in a notebook it gives three forms of the same rows: `text/html`, a
    data resource with its schema, and `text/plain`.
    """

    name: str
    title: str
    rows: pd.DataFrame
    columns: Sequence[Column]
    subtitle: str = ""
    notes: Sequence[str] = ()
    sources: Sequence[Source] = ()
    anchor: str = ""
    filters: Sequence[str] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "notes", listed(self.notes))

    def resource(self) -> dict[str, Any]:
        """Return the table as a Frictionless data resource; numbers to 12 significant digits."""
        links = [column.link for column in self.columns if column.link]
        links += [self.anchor] if self.anchor else []
        records = [
            {
                **{c.name: _plain(record[c.name]) for c in self.columns},
                **{link: str(record[link]) for link in links},
            }
            for record in self.rows.to_dict("records")
        ]
        return {
            "name": self.name,
            "title": self.title,
            "description": self.subtitle,
            "notes": list(self.notes),
            "sources": [source._asdict() for source in self.sources],
            "anchor": self.anchor,
            "filters": list(self.filters),
            "schema": {"fields": [field(column) for column in self.columns]},
            "data": records,
        }

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        resource = self.resource()
        return {
            TABLE: resource,
            "text/html": html(resource),
            "text/plain": text(resource),
        }


def listed(notes: str | Sequence[str]) -> tuple[str, ...]:
    """Return the notes of a table or chart, which may be one.

    >>> listed("A dash: no figure."), listed(["Years end in June.", "Prices are those of 2017."])
    (('A dash: no figure.',), ('Years end in June.', 'Prices are those of 2017.'))
    """
    return (notes,) if isinstance(notes, str) else tuple(notes)


def nothing(
    name: str,
    title: str,
    of: str,
    columns: Sequence[Column],
    *,
    subtitle: str = "",
    notes: Sequence[str] = (),
    sources: Sequence[Source] = (),
) -> Table:
    """Return a table that stands where there is nothing to show: one row, named `of`, of dashes."""
    row = {column.name: None for column in columns} | {columns[0].name: of}
    return Table(name, title, pd.DataFrame([row]), columns, subtitle, notes, sources)


def html(resource: Mapping[str, Any]) -> str:
    """Return a table resource as an HTML figure: caption, scopes, units in the head, notes."""
    name = escape(resource["name"])
    fields = resource["schema"]["fields"]
    columns = [_cells(resource, field) for field in fields]
    fields = [
        {
            **field,
            "long": (longest := max(map(len, column), default=0)) > _LONG,
            "prose": longest > _PROSE and field is fields[0],
        }
        for field, column in zip(fields, columns, strict=True)
    ]
    body = []
    for record, *texts in zip(resource["data"], *columns, strict=True):
        head, *rest = (_linked(t, record, f) for t, f in zip(texts, fields, strict=True))
        cells = "".join(
            f'<td class="{_classes(field)}">{cell}</td>'
            for cell, field in zip(rest, fields[1:], strict=True)
        )
        anchor = record.get(resource["anchor"], "")
        row = f'<tr id="{name}-{escape(str(anchor))}">' if anchor else "<tr>"
        body.append(f'{row}<th scope="row" class="{_classes(fields[0])}">{head}</th>{cells}</tr>')
    caption = f'<span class="headline">{escape(resource["title"])}</span>'
    if resource["description"]:
        caption += f'<span class="subtitle">{escape(resource["description"])}</span>'
    return (
        f'<figure class="exhibit exhibit-table" id="{name}">'
        f'<div class="scroll" role="region" aria-labelledby="{name}-caption" tabindex="0">'
        f'<table{_choices(resource)}><caption id="{name}-caption">'
        f'<span class="caption">{caption}</span></caption>'
        f"<thead>{_head(fields)}</thead><tbody>{''.join(body)}</tbody></table></div>"
        f"{foot(resource['notes'], resource['sources'])}</figure>"
    )


def foot(notes: Sequence[str], sources: Sequence[Mapping[str, str]]) -> str:
    """Return the notes and the source line of a table or chart, as HTML."""
    lines = "".join(f'<p class="note">{escape(note)}</p>' for note in notes)
    if sources:
        named = "; ".join(
            f'<a href="data.html#{escape(source["resource"])}">{escape(source["title"])}</a>'
            for source in sources
        )
        lines += f'<p class="source">Source: {named}.</p>'
    return lines


def text(resource: Mapping[str, Any]) -> str:
    """Return a table resource as plain text, columns aligned."""
    fields = resource["schema"]["fields"]
    columns = []
    for field in fields:
        head = f"{field['title']}, {field['unit']}" if field["unit"] else field["title"]
        if field["group"]:
            head = f"{field['group']}: {head}"
        columns.append([head, *_cells(resource, field)])
    widths = [max(map(len, column)) for column in columns]
    lines = [
        "  ".join(
            cell.ljust(width) if field["type"] == "string" and not field["role"] else
            cell.rjust(width)
            for cell, width, field in zip(row, widths, fields, strict=True)
        ).rstrip()
        for row in zip(*columns, strict=True)
    ]  # fmt: skip
    heading = [resource["title"], resource["description"]]
    sources = [f"Source: {source['title']}" for source in resource["sources"]]
    return "\n".join(line for line in [*heading, *lines, *resource["notes"], *sources] if line)


def to_csv(resource: Mapping[str, Any]) -> str:
    """Return the rows of a table resource as CSV: one header row, full precision, no notes.

    Text that a spreadsheet would take for a formula begins with a quote.
    """
    names = [field["name"] for field in resource["schema"]["fields"]]
    return csv_text([names, *([row[name] for name in names] for row in resource["data"])])


def csv_text(rows: Iterable[Iterable[Any]]) -> str:
    """Return rows as CSV that is safe to open in a spreadsheet."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerows([formatting.for_spreadsheets(cell) for cell in row] for row in rows)
    return stream.getvalue()


def significant(value: float) -> float:
    """Return `value` to 12 significant digits, so that outputs are the same on every machine.

    >>> significant(0.1 + 0.2)
    0.3
    """
    return float(f"{value:.{_SIGNIFICANT}g}")


def rounded(node: Any) -> Any:
    """Return a JSON document with every float to 12 significant digits."""
    match node:
        case float():
            return significant(node)
        case dict():
            return {key: rounded(value) for key, value in node.items()}
        case list() | tuple():
            return [rounded(value) for value in node]
        case _:
            return node


def field(column: Column) -> dict[str, Any]:
    """Return the description of a column in a table resource."""
    return {**vars(column), "type": "string" if column.digits is None else "number"}


def _plain(value: Any) -> Any:
    """Return a value as JSON has it: text, whole number, float or None."""
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, str | bool | int):
        return value
    if isinstance(value, float | Decimal) or hasattr(value, "dtype"):
        number = float(value)
        return None if number != number else significant(number)  # noqa: PLR0124
    return str(value)


def _cells(resource: Mapping[str, Any], field: Mapping[str, Any]) -> list[str]:
    """Return a column as text; printed values of unlike precision are padded to one point."""
    values = [record[field["name"]] for record in resource["data"]]
    if field["type"] == "number":
        return [formatting.number(v, field["digits"], signed=field["signed"]) for v in values]
    shown = [formatting.MISSING if value in (None, "") else str(value) for value in values]
    if field["role"] != "printed":
        return shown
    decimals = [len(re.sub(r"^[^.]*\.?", "", cell)) for cell in shown]
    return [
        _padded(cell, count, max(decimals)) for cell, count in zip(shown, decimals, strict=True)
    ]


def _padded(cell: str, decimals: int, most: int) -> str:
    if cell == formatting.MISSING or decimals == most:
        return cell
    point = "" if decimals else _PUNCTUATION_SPACE
    return cell + point + _FIGURE_SPACE * (most - decimals)


def _linked(cell: str, record: Mapping[str, Any], field: Mapping[str, Any]) -> str:
    address = record.get(field["link"]) if field["link"] else ""
    shown = escape(cell)
    if not address or not _FOLLOWED.match(address):
        return shown
    return f'<a href="{escape(address)}">{shown}</a>'


def _classes(field: Mapping[str, Any]) -> str:
    kind = "number" if field["type"] == "number" or field["role"] else "text"
    length = " long" * field["long"] + " prose" * field["prose"]
    return escape(f"{kind}{length} {field['role']}".strip())


def _choices(resource: Mapping[str, Any]) -> str:
    """Return the attribute that tells the site's script by which columns rows may be chosen."""
    names = [field["name"] for field in resource["schema"]["fields"]]
    places = [str(names.index(name)) for name in resource["filters"]]
    return f' data-filters="{" ".join(places)}"' if places else ""


def _head(fields: Sequence[Mapping[str, Any]]) -> str:
    """Return the head of a table: one row, or two where columns stand in groups."""
    upper, lower = [], []
    height = ' rowspan="2"' if any(field["group"] for field in fields) else ""
    for group, of_group in itertools.groupby(fields, key=lambda field: field["group"]):
        rows = "" if group else height
        cells = [
            f'<th scope="col"{rows} class="{_classes(field)}">{escape(field["title"])}'
            + (f'<span class="unit">{escape(field["unit"])}</span>' if field["unit"] else "")
            + "</th>"
            for field in of_group
        ]
        if group:
            span = f'scope="colgroup" colspan="{len(cells)}" class="group"'
            upper.append(f"<th {span}>{escape(group)}</th>")
            lower += cells
        else:
            upper += cells
    heads = [upper, lower] if lower else [upper]
    return "".join(f"<tr>{''.join(head)}</tr>" for head in heads)
