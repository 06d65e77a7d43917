"""What a resource wants of figures: its key, the fields that hold figures, its units.

The schema says which fields of the key are the place and the period of a figure, by their `role`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from borderbook.datapackage import resources
from borderbook.datapackage.resources import DataError

# Stands in a key for the field that holds the figure, where a resource has several.
MEASURE = "measure"
# The roles of fields: whose the figures are, and of when.
PLACE, PERIOD = "place", "period"


@dataclass(frozen=True)
class Form:
    """A resource of figures by place and period, with the rows that it holds as text.

    `fields` are those of its Table Schema by name, `place` and `period` the names of two of them;
    `rows` are the rows in the order of the file.
    """

    resource: str
    path: Path
    fields: dict[str, dict[str, Any]]
    key: tuple[str, ...]
    place: str
    period: str
    rows: tuple[dict[str, str], ...]

    @cached_property
    def measures(self) -> tuple[str, ...]:
        """The fields that hold figures."""
        return tuple(
            name
            for name, field in self.fields.items()
            if name not in self.key and field["type"] in ("number", "integer")
        )

    @cached_property
    def dimensions(self) -> dict[str, tuple[str, ...]]:
        """What a figure needs beside place and period: field -> the values that it may have."""
        others = [name for name in self.key if name not in (self.place, self.period)]
        return {name: self.allowed(name) for name in others} | (
            {MEASURE: self.measures} if len(self.measures) > 1 else {}
        )

    @cached_property
    def attributes(self) -> tuple[str, ...]:
        """The other fields, which say more of a figure: unit, survey, source."""
        return tuple(
            name for name in self.fields if name not in self.key and name not in self.measures
        )

    def allowed(self, name: str) -> tuple[str, ...]:
        """Return the values that the schema allows for a field, none if any will do."""
        return tuple(self.fields[name].get("constraints", {}).get("enum", ()))

    def unit(self, key: Mapping[str, str]) -> str:
        """Return the unit of figures with this key; blank if nothing in the resource tells it."""
        measure = key.get(MEASURE, self.measures[0])
        if "unit" not in self.fields:
            return str(self.fields[measure].get("unit", ""))
        return self.settled("unit", key, by_period=False)

    def settled(self, name: str, key: Mapping[str, str], *, by_period: bool = True) -> str:
        """Return the one value of an attribute that the rows held have for such figures.

        Rows of the same key but for the place settle it; where there is none, rows of the same
        period (if `by_period`), then rows alike in all but place and period. Blank if they
        disagree, or if there is no such row.
        """
        unplaced = [part for part in self.key if part in key and part != self.place]
        alike = [
            unplaced,
            [self.period] if by_period else [],
            [part for part in unplaced if part != self.period],
        ]
        for parts in filter(None, alike):
            values = self._values.get((name, *parts), {}).get(tuple(key[part] for part in parts))
            if values is None:
                values = {row[name] for row in self.rows if all(row[p] == key[p] for p in parts)}
                by_key = self._values.setdefault((name, *parts), {})
                by_key[tuple(key[part] for part in parts)] = values
            if len(values) == 1:
                return next(iter(values))
        return ""

    @cached_property
    def _values(self) -> dict[tuple[str, ...], dict[tuple[str, ...], set[str]]]:
        return {}


def form(resource: str) -> Form:
    """Return what `resource` wants of figures.

    Raises DataError for a resource that there is not, whose file has faults, or that does not hold
    figures by place and period.
    """
    takes = [r["name"] for r in resources.package()["resources"] if _takes_figures(r)]
    described = resources.descriptor(resource)
    if resource not in takes:
        raise DataError(
            f"{resource} does not hold figures by place and period (no "
            f"fields of its key have these roles in its schema); these do: {', '.join(takes)}"
        )
    resources.load(resource)
    path = resources.folder() / described["path"]
    schema = described["schema"]
    roles = _roles(schema)
    return Form(
        resource,
        path,
        {field["name"]: field for field in schema["fields"]},
        tuple(schema["primaryKey"]),
        roles[PLACE],
        roles[PERIOD],
        tuple(parse(path.read_text("utf-8"))),
    )


def parse(text: str) -> Iterator[dict[str, str]]:
    """Yield the rows of a CSV resource as text."""
    return csv.DictReader(io.StringIO(text, newline=""))


def compose(names: Sequence[str], rows: Iterable[Mapping[str, str]]) -> str:
    """Return rows as the files of the package are written: commas, line feeds, few quotes."""
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue()


def _roles(schema: Mapping[str, Any]) -> dict[str, str]:
    """Return the fields of the key that have a role: role -> name."""
    key = schema.get("primaryKey", ())
    fields = [field for field in schema.get("fields", ()) if field["name"] in key]
    return {field["role"]: field["name"] for field in fields if "role" in field}


def _takes_figures(resource: Mapping[str, Any]) -> bool:
    schema = resource.get("schema", {})
    key = schema.get("primaryKey", ())
    measures = [f for f in schema.get("fields", ()) if f["type"] in ("number", "integer")]
    return {PLACE, PERIOD} <= set(_roles(schema)) and any(f["name"] not in key for f in measures)
