"""What a resource wants of figures: its key, the fields that hold figures, its units.

The schema says which fields of the key are the place and the period of a figure, by their `role`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from borderbook.datapackage import resources
from borderbook.datapackage.resources import DataError

# Stands in a key for the field that holds the figure, where a resource has several.
MEASURE = "measure"
# The roles of fields: whose the figures are, and of when.
PLACE, PERIOD = "place", "period"

_NUMBERS = ("number", "integer")


@dataclass(frozen=True)
class Form:
    """A resource of figures by place and period, with the rows that it holds as text.

    `fields` are those of its Table Schema by name, `place` and `period` the names of two of them;
    `rows` are the rows in the order of the file.
    """

    resource: str
    fields: dict[str, dict[str, Any]]
    key: tuple[str, ...]
    place: str
    period: str
    rows: tuple[dict[str, str], ...]
    described: Mapping[str, Any] = field(default_factory=dict)

    @property
    def subject(self) -> str:
        """What the figures are, in words."""
        return str(self._subject.get("title") or self.described.get("title") or self.resource)

    @property
    def names(self) -> dict[str, tuple[str, ...]]:
        """What a table has to name for its figures to be of this resource -> phrases that do.

        The subject and, where the descriptor says one, the population.
        """
        named = {
            f"the {kind}": tuple(self._subject.get(kind, ())) for kind in ("subject", "population")
        }
        if not any(named.values()):
            titles = (
                field["title"] for name, field in self.fields.items() if name in self.measures
            )
            named["the subject"] = (self.resource, self.subject, *self.measures, *titles)
        return {kind: phrases for kind, phrases in named.items() if phrases}

    @property
    def allowed_words(self) -> tuple[str, ...]:
        """Phrases that change nothing in what the figures are."""
        return tuple(self._subject.get("allows", ()))

    @property
    def rejected_words(self) -> dict[str, str]:
        """Phrases that no figure of the resource may stand under -> what they say."""
        listed = self._subject.get("rejects", {})
        return {phrase: what for what, phrases in listed.items() for phrase in phrases}

    @property
    def _subject(self) -> Mapping[str, Any]:
        return self.described.get("figures", {})  # type: ignore[no-any-return]

    @property
    def periods(self) -> tuple[int | None, int | None]:
        """The first and the last period that the resource may hold, None where there is no end."""
        limits = self.fields[self.period].get("constraints", {})
        return limits.get("minimum"), limits.get("maximum")

    @cached_property
    def measures(self) -> tuple[str, ...]:
        """The fields that hold figures."""
        others = {name: field for name, field in self.fields.items() if name not in self.key}
        return tuple(name for name, field in others.items() if field["type"] in _NUMBERS)

    @cached_property
    def dimensions(self) -> dict[str, tuple[str, ...]]:
        """What a figure needs beside place and period: field -> the values that it may have."""
        several = [MEASURE] if len(self.measures) > 1 else []
        names = [*self.key, *several]
        return {n: self.allowed(n) for n in names if n not in (self.place, self.period)}

    @cached_property
    def attributes(self) -> tuple[str, ...]:
        """The other fields, which say more of a figure: unit, survey, source."""
        return tuple(name for name in self.fields if name not in (*self.key, *self.measures))

    def allowed(self, name: str) -> tuple[str, ...]:
        """Return the values that a field or dimension may have, none if any will do."""
        if name == MEASURE:
            return self.measures
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
        choices = [
            unplaced,
            [self.period] if by_period else [],
            [part for part in unplaced if part != self.period],
        ]
        for parts in filter(None, choices):
            alike = (name, *((part, key[part]) for part in parts))
            if alike not in self._values:
                self._values[alike] = {
                    row[name] for row in self.rows if all(row[part] == key[part] for part in parts)
                }
            if len(self._values[alike]) == 1:
                return next(iter(self._values[alike]))
        return ""

    @cached_property
    def _values(self) -> dict[tuple[object, ...], set[str]]:
        return {}


def form(resource: str) -> Form:
    """Return what `resource` wants of figures.

    Raises DataError for a resource that there is not, whose file has faults, or that does not hold
    figures by place and period.
    """
    described = resources.descriptor(resource)
    listed = resources.package()["resources"]
    takes = {each["name"]: roles for each in listed if (roles := _roles(each.get("schema", {})))}
    if resource not in takes:
        raise DataError(
            f"{resource} does not hold figures by place and period (no "
            f"fields of its key have these roles in its schema); these do: {', '.join(takes)}"
        )
    resources.load(resource)
    schema = described["schema"]
    fields = {field["name"]: field for field in schema["fields"]}
    place, period = takes[resource][PLACE], takes[resource][PERIOD]
    rows = tuple(parse((resources.folder() / described["path"]).read_text("utf-8")))
    return Form(
        resource, fields, tuple(schema["primaryKey"]), place, period, rows, _shared(described)
    )


def _shared(described: Mapping[str, Any]) -> dict[str, Any]:
    """Return a resource's descriptor with what the package says of the figures of all."""
    of_all, mine = resources.package().get("figures", {}), described.get("figures", {})
    if not (of_all or mine):
        return dict(described)
    rejects = {**of_all.get("rejects", {}), **mine.get("rejects", {})}
    allows = [*of_all.get("allows", ()), *mine.get("allows", ())]
    return {**described, "figures": {**mine, "rejects": rejects, "allows": allows}}


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
    """Return role -> field of the key; nothing if these are no figures by place and period."""
    key, fields = schema.get("primaryKey", ()), schema.get("fields", ())
    roles = {field.get("role"): field["name"] for field in fields if field["name"] in key}
    measures = [f for f in fields if f["name"] not in key and f["type"] in _NUMBERS]
    return roles if {PLACE, PERIOD} <= roles.keys() and measures else {}
