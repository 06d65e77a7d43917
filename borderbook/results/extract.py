"""What an executed notebook says: its tables, charts, claims and inline values, read back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from borderbook import mime, notebooks
from borderbook.figures import plain


class Cell(NamedTuple):
    """One figure or word of a table: which table, which row (see `row_names`), which column."""

    table: str
    row: str
    column: str
    value: float | str | None
    unit: str


@dataclass(frozen=True)
class Results:
    """The results of a run, by name: table resources, Vega-Lite specs, claim records, values.

    Names come in the order of the notebook; `claims` are keyed by the claim's identifier.
    """

    tables: Mapping[str, Mapping[str, Any]]
    charts: Mapping[str, Mapping[str, Any]]
    claims: Mapping[str, Mapping[str, Any]]
    values: Mapping[str, str]

    def cells(self) -> Iterator[Cell]:
        """Return every cell of every table but the first column, which names the row."""
        for name, table in self.tables.items():
            _, *others = table["schema"]["fields"]
            [names] = row_names(table)
            for row, record in zip(names, table["data"], strict=True):
                for field in others:
                    value, unit = record[field["name"]], field.get("unit", "")
                    yield Cell(name, row, field["name"], value, unit)


def row_names(*tables: Mapping[str, Any], between: str = ", ") -> list[list[str]]:
    """Return a name for each row of each of the table resources, no two of a table alike.

    It is what stands in the first column, with as many of the columns of words after it as tell
    the rows of all the tables apart, of those that all of them have; rows that are alike in all of
    them are numbered.

    >>> fields = [{"name": "indicator", "type": "string"}, {"name": "years", "type": "string"}]
    >>> rows = [{"indicator": "Turnover", "years": years} for years in ("2010", "2016")]
    >>> row_names({"schema": {"fields": fields}, "data": rows})
    [['Turnover, 2010', 'Turnover, 2016']]
    """
    wordy = [[f["name"] for f in t["schema"]["fields"][1:] if _is_of_words(f)] for t in tables]
    more = [name for name in wordy[0] if all(name in other for other in wordy)]
    for number in range(len(more) + 1):
        names = [_joined(table, more[:number], between) for table in tables]
        if all(len(set(each)) == len(each) for each in names):
            return names
    return [_numbered(each) for each in names]


def _is_of_words(field: Mapping[str, Any]) -> bool:
    return field["type"] == "string" and not field.get("role")


def _joined(table: Mapping[str, Any], more: Sequence[str], between: str) -> list[str]:
    naming = [table["schema"]["fields"][0]["name"], *more]
    return [between.join(str(record[name]) for name in naming) for record in table["data"]]


def _numbered(names: Sequence[str]) -> list[str]:
    seen: Counter[str] = Counter()
    numbered = []
    for name in names:
        seen[name] += 1
        numbered.append(f"{name} ({seen[name]})" if seen[name] > 1 else name)
    return numbered


def read(notebook: Path) -> Results:
    """Return the results that an executed notebook holds in its MIME bundles."""
    tables, charts, claims = {}, {}, {}
    cells = notebooks.cells(notebook)
    for index in range(len(cells)):
        for content in plain.exhibits(cells, index):
            if meta := content.get("usermeta"):
                charts[meta["name"]] = content
            else:
                tables[content["name"]] = content
    for _, bundle in notebooks.bundles(notebook):
        for record in bundle.get(mime.CLAIM, {}).get("data", []):
            claims[record["id"]] = record
    values = {
        name: list(by_cell.values())[-1] for name, by_cell in notebooks.values(notebook).items()
    }
    return Results(tables, charts, claims, values)
