"""What differs between the results of two runs: values, cells, rows, charts and verdicts.

Rows are told apart by their first column, or by as many leading columns of words as it takes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import pandas as pd

from borderbook import formatting
from borderbook.figures.tables import Column, Table
from borderbook.results.extract import Results

_NO_VALUE = ("figures-used",)
"""Inline values that no reader sees: see `site`."""
_NOTHING = "no value, table, chart or verdict changed"
_MOST_DIGITS = 12
_SHORT = 16
"""Characters up to which a text is set as a figure."""


@dataclass(frozen=True)
class Change:
    """A figure or word that is another one: where it stands, what it was, what it is.

    `table` and `column` are blank for an inline value, whose name is `row`. None is a missing
    value; `digits` are the decimals that the table shows.
    """

    table: str
    row: str
    column: str
    before: float | str | None
    after: float | str | None
    unit: str = ""
    digits: int | None = None

    @property
    def shown(self) -> tuple[str, str]:
        """What was and what is, as the table shows it; with more decimals if both look the same."""
        digits = self.digits or 0
        while True:
            pair = _text(self.before, digits), _text(self.after, digits)
            if pair[0] != pair[1] or digits >= _MOST_DIGITS:
                return pair
            digits += 1

    @property
    def difference(self) -> str:
        """By how much it rose or fell; blank unless both are numbers.

        >>> Change("table-2", "2016", "Share", 15.25, 12.5, "%", 2).difference
        '−2.75'
        """
        pair = self.shown
        old, new = (formatting.read_number(text) for text in pair)
        if old is None or new is None:
            return ""
        exact = [v for v in (self.before, self.after) if isinstance(v, float | int)]
        moved = exact[1] - exact[0] if len(exact) == 2 else new - old
        return formatting.number(
            moved, max(len(text.partition(".")[2]) for text in pair), signed=True
        )


class Line(NamedTuple):
    """A row, a column, a table or a chart that only one of the runs has; `table` for the first."""

    kind: str
    name: str
    table: str = ""


@dataclass(frozen=True)
class Flip:
    """A statement whose verdict is another one: blank where a run does not judge it."""

    claim: str
    statement: str
    before: str
    after: str
    reason: str


@dataclass(frozen=True)
class Changes:
    """All differences between two results, in the order of the notebooks.

    `charts` are those drawn from other figures; `verdicts` is how many statements were compared.
    """

    values: tuple[Change, ...] = ()
    cells: tuple[Change, ...] = ()
    appeared: tuple[Line, ...] = ()
    gone: tuple[Line, ...] = ()
    flips: tuple[Flip, ...] = ()
    charts: tuple[str, ...] = ()
    verdicts: int = 0

    def __bool__(self) -> bool:
        """Return whether anything differs."""
        return self.summary != _NOTHING

    @property
    def summary(self) -> str:
        """The differences counted, in one line.

        >>> Changes(flips=(Flip("one", "A share is 12.", "holds", "differs", ""),)).summary
        '1 verdict flipped'
        """
        parts = [
            _many(len(self.flips), "verdict flipped", "verdicts flipped"),
            _many(len(self.values), "value in the text changed", "values in the text changed"),
            _many(len(self.cells), "table cell changed", "table cells changed"),
            _lines(self.appeared, "appeared"),
            _lines(self.gone, "disappeared"),
            _many(len(self.charts), "chart drawn anew", "charts drawn anew"),
        ]
        return ", ".join(part for part in parts if part) or _NOTHING


def between(before: Results, after: Results) -> Changes:
    """Return what is different in `after`.

    >>> old = Results({}, {}, {}, {"share": "15.2"})
    >>> new = Results({}, {}, {}, {"share": "15.5"})
    >>> [(each.row, each.shown, each.difference) for each in between(old, new).values]
    [('share', ('15.2', '15.5'), '+0.3')]
    """
    values, cells = _values(before.values, after.values), []
    appeared, gone = _only_one("table", before.tables, after.tables)
    for name in _shared(before.tables, after.tables):
        changed, new, old = _table(name, before.tables[name], after.tables[name])
        cells += changed
        appeared += new
        gone += old
    new, old = _only_one("chart", before.charts, after.charts)
    drawn = [
        name
        for name in _shared(before.charts, after.charts)
        if before.charts[name] != after.charts[name]
    ]
    return Changes(
        values=tuple(values),
        cells=tuple(cells),
        appeared=(*appeared, *new),
        gone=(*gone, *old),
        flips=tuple(_flips(before.claims, after.claims)),
        charts=tuple(drawn),
        verdicts=len(_union(before.claims, after.claims)),
    )


def exhibits(found: Changes, before: str = "Default", after: str = "This run") -> list[Table]:
    """Return the differences as tables: verdicts, values in the text, cells, lines; none empty.

    `before` and `after` are what the two runs are called.
    """
    made = (
        _verdict_table(found, before, after),
        _value_table(found.values, before, after),
        _cell_table(found.cells, before, after),
        _line_table(found, after),
    )
    return [table for table in made if len(table.rows)]


def _verdict_table(found: Changes, before: str, after: str) -> Table:
    rows = [
        {
            "statement": flip.statement,
            "address": f"#claim-{flip.claim}",
            "before": formatting.VERDICTS.get(flip.before, formatting.MISSING),
            "after": formatting.VERDICTS.get(flip.after, formatting.MISSING),
            "reason": flip.reason,
        }
        for flip in found.flips
    ]
    return Table(
        "changes-verdicts",
        _many(len(rows), "statement gets another verdict", "statements get another verdict"),
        pd.DataFrame(rows),
        [
            Column("statement", "Statement, in our words", link="address"),
            Column("before", before),
            Column("after", after),
            Column("reason", f"Reason: {after.lower()}"),
        ],
        f"Of the {found.verdicts} statements of this section, those whose verdict flipped",
    )


def _value_table(changes: Sequence[Change], before: str, after: str) -> Table:
    return Table(
        "changes-values",
        _many(len(changes), "value in the text changed", "values in the text changed"),
        _frame(changes),
        [Column("row", "Name of the value"), *_pair(changes, before, after)],
        "By the names that the notebook gives them",
    )


def _cell_table(changes: Sequence[Change], before: str, after: str) -> Table:
    notes = ["Differences are those of the values before rounding."]
    if any(change.unit == "%" and change.difference for change in changes):
        notes.append("The difference of two values in % is in percentage points.")
    return Table(
        "changes-cells",
        _many(len(changes), "table cell changed", "table cells changed"),
        _frame(changes),
        [
            Column("row", "Row"),
            Column("column", "Column"),
            *_pair(changes, before, after),
            Column("unit", "Unit"),
            Column("table", "Table"),
        ],
        "By row and column of the tables below",
        notes=notes,
        filters=["table"],
    )


def _line_table(found: Changes, after: str) -> Table:
    rows = [
        {"name": line.name, "kind": line.kind, "table": line.table, "what": what}
        for what, lines in (("appears", found.appeared), ("disappears", found.gone))
        for line in lines
    ]
    told = [_lines(found.appeared, "appeared"), _lines(found.gone, "disappeared")]
    return Table(
        "changes-lines",
        formatting.listing([part for part in told if part]),
        pd.DataFrame(rows),
        [
            Column("name", "Name"),
            Column("kind", "Kind"),
            Column("table", "Table"),
            Column("what", after),
        ],
        "What only one of the two runs has",
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
            "row": change.row,
            "column": change.column,
            "before": change.shown[0],
            "after": change.shown[1],
            "difference": change.difference,
            "unit": change.unit,
            "table": change.table,
        }
        for change in changes
    )


def _values(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Change]:
    for name in _union(before, after):
        old, new = before.get(name), after.get(name)
        if old != new and name not in _NO_VALUE:
            yield Change("", name, "", old, new)


def _table(
    name: str, before: Mapping[str, Any], after: Mapping[str, Any]
) -> tuple[list[Change], list[Line], list[Line]]:
    """Return cells that changed, and rows and columns that appeared and disappeared."""
    named = _naming(before, after)
    old, new = _rows(before, named), _rows(after, named)
    columns, others = (
        {f["name"]: f for f in table["schema"]["fields"]} for table in (before, after)
    )
    cells = [
        Change(
            name,
            row,
            f"{field['group']}: {field['title']}" if field["group"] else field["title"],
            old[row][column],
            new[row][column],
            field["unit"],
            field["digits"],
        )
        for row in _shared(old, new)
        for column, field in others.items()
        if column in columns and old[row][column] != new[row][column]
    ]
    appeared, gone = _only_one("column", columns, others, name)
    new_rows, old_rows = _only_one("row", old, new, name)
    return cells, appeared + new_rows, gone + old_rows


def _naming(*both: Mapping[str, Any]) -> list[str]:
    """Return the columns that name a row beside the first: more while rows have the same name."""
    wordy = [
        [
            f["name"]
            for f in table["schema"]["fields"][1:]
            if f["type"] == "string" and not f["role"]
        ]
        for table in both
    ]
    names: list[str] = []
    for more in (name for name in wordy[0] if name in wordy[1]):
        if all(len(set(found)) == len(found) for found in (_names(t, names) for t in both)):
            break
        names.append(more)
    return names


def _names(table: Mapping[str, Any], more: Sequence[str]) -> list[str]:
    naming = [table["schema"]["fields"][0]["name"], *more]
    return [" · ".join(str(record[name]) for name in naming) for record in table["data"]]


def _rows(table: Mapping[str, Any], more: Sequence[str]) -> dict[str, Mapping[str, Any]]:
    """Return the rows by name; those that still have the same name are counted."""
    seen: Counter[str] = Counter()
    found = {}
    for record, name in zip(table["data"], _names(table, more), strict=True):
        seen[name] += 1
        found[name if seen[name] == 1 else f"{name} ({seen[name]})"] = record
    return found


def _flips(
    before: Mapping[str, Mapping[str, Any]], after: Mapping[str, Mapping[str, Any]]
) -> Iterator[Flip]:
    for name in _union(before, after):
        old, new = before.get(name, {}), after.get(name, {})
        if old.get("verdict") != new.get("verdict"):
            yield Flip(
                name,
                (new or old)["statement"],
                old.get("verdict", ""),
                new.get("verdict", ""),
                new.get("reason", ""),
            )


def _only_one(
    kind: str, before: Mapping[str, Any], after: Mapping[str, Any], table: str = ""
) -> tuple[list[Line], list[Line]]:
    """Return what only `after` has, and what only `before` has."""
    return (
        [Line(kind, name, table) for name in after if name not in before],
        [Line(kind, name, table) for name in before if name not in after],
    )


def _shared(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    return [name for name in after if name in before]


def _union(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    return list(dict.fromkeys([*after, *before]))


def _text(value: float | str | None, digits: int) -> str:
    if value is None or isinstance(value, float | int):
        return formatting.number(value, digits)
    return value.strip() or formatting.MISSING


def _many(count: int, one: str, many: str) -> str:
    """Return a count with its noun; blank if there is none."""
    return f"{count} {one if count == 1 else many}" if count else ""


def _lines(lines: Sequence[Line], what: str) -> str:
    """Return rows, columns, tables and charts counted, with what they did; blank if none."""
    kinds = Counter(line.kind for line in lines)
    told = formatting.listing([_many(count, kind, f"{kind}s") for kind, count in kinds.items()])
    return f"{told} {what}" if told else ""
