"""What differs between the results of two runs: values, cells, rows, charts and verdicts.

Rows are told apart by their first column, or by as many leading columns of words as it takes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from borderbook import formatting, notebooks
from borderbook.results.extract import Results, row_names

_NOTHING = "no value, table, chart or verdict changed"
_MOST_DIGITS = 12


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
            counted(len(self.flips), "verdict flipped", "verdicts flipped"),
            counted(len(self.values), "value in the text changed", "values in the text changed"),
            counted(len(self.cells), "table cell changed", "table cells changed"),
            counted_lines(self.appeared, "appeared"),
            counted_lines(self.gone, "disappeared"),
            counted(len(self.charts), "chart drawn anew", "charts drawn anew"),
        ]
        return ", ".join(part for part in parts if part) or _NOTHING


def between(before: Results, after: Results) -> Changes:
    """Return what is different in `after`.

    >>> old = Results({}, {}, {}, {"share": "15.2"})
    >>> new = Results({}, {}, {}, {"share": "15.5"})
    >>> [(each.row, each.shown, each.difference) for each in between(old, new).values]
    [('share', ('15.2', '15.5'), '+0.3')]
    """
    tables = _shared(before.tables, after.tables)
    return Changes(
        values=tuple(_values(before.values, after.values)),
        cells=tuple(c for n in tables for c in _cells(n, before.tables[n], after.tables[n])),
        appeared=tuple(_added(before, after)),
        gone=tuple(_added(after, before)),
        flips=tuple(_flips(before.claims, after.claims)),
        charts=tuple(n for n, spec in after.charts.items() if before.charts.get(n, spec) != spec),
        verdicts=len(_union(before.claims, after.claims)),
    )


def _values(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Change]:
    for name in _union(before, after):
        old, new = before.get(name), after.get(name)
        if old != new and name != notebooks.USED:
            yield Change("", name, "", old, new)


def _cells(name: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    (columns, old), (others, new) = _parts(before, after)
    for row in _shared(old, new):
        for column in _shared(columns, others):
            field, was, now = others[column], old[row][column], new[row][column]
            title = f"{field['group']}: {field['title']}" if field["group"] else field["title"]
            if was != now:
                yield Change(name, row, title, was, now, field["unit"], field["digits"])


def _flips(
    before: Mapping[str, Mapping[str, Any]], after: Mapping[str, Mapping[str, Any]]
) -> Iterator[Flip]:
    for name in _union(before, after):
        old, new = before.get(name, {}), after.get(name, {})
        was, now = old.get("verdict", ""), new.get("verdict", "")
        if was != now:
            yield Flip(name, (new or old)["statement"], was, now, new.get("reason", ""))


def _added(before: Results, after: Results) -> Iterator[Line]:
    """Return the tables, columns, rows and charts that only `after` has."""
    yield from (Line("table", name) for name in after.tables if name not in before.tables)
    for name in _shared(before.tables, after.tables):
        of_before, of_after = _parts(before.tables[name], after.tables[name])
        for kind, old, new in zip(("column", "row"), of_before, of_after, strict=True):
            yield from (Line(kind, each, name) for each in new if each not in old)
    yield from (Line("chart", name) for name in after.charts if name not in before.charts)


def _parts(*tables: Mapping[str, Any]) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Return the columns and the rows of each table by name; rows alike have the same name."""
    return [
        (
            {field["name"]: field for field in table["schema"]["fields"]},
            dict(zip(names, table["data"], strict=True)),
        )
        for table, names in zip(tables, row_names(*tables, between=" · "), strict=True)
    ]


def _shared(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    return [name for name in after if name in before]


def _union(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    return list(dict.fromkeys([*after, *before]))


def _text(value: float | str | None, digits: int) -> str:
    if value is None or isinstance(value, float | int):
        return formatting.number(value, digits)
    return value.strip() or formatting.MISSING


def counted(count: int, one: str, many: str) -> str:
    """Return a count with its noun; blank if there is none."""
    return f"{count} {one if count == 1 else many}" if count else ""


def counted_lines(lines: Sequence[Line], what: str) -> str:
    """Return rows, columns, tables and charts counted, with what they did; blank if none."""
    kinds = Counter(line.kind for line in lines)
    listed = formatting.listing([counted(count, kind, f"{kind}s") for kind, count in kinds.items()])
    return f"{listed} {what}" if listed else ""
