"""Plausibility of the figures: what is far from its neighbours in time, or more than its whole.

A resource says in its descriptor how its figures are looked at, `plausibility`, a list of rules:

- `fields` are looked at, `along` a field of time; the other fields of the primary key make series.
- A value is odd if it is more than `factor` times, or less than one `factor`th of, what up to two
  neighbours on each side give. With `across`, a field of the key, the course that is common to the
  series (the median of their steps) is taken out first. `least` leaves out what is small.
- `whole` names the row of a total, as in {"town": "ALL"}; odd is a part above it, and a sum of
  the parts that is above it, or below it, by more than `tolerance`, a ratio.
- `rows_add_up_to` is what the fields of each row add up to, give or take `tolerance`, a ratio.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import pandas as pd

from borderbook.datapackage import remarks, resources

_NEIGHBOURS = 2


class Odd(NamedTuple):
    """A value that is odd: where it stands, the value, and what is odd about it."""

    resource: str
    field: str
    row: str
    value: str
    why: str


class Finding(NamedTuple):
    """An odd value with the remark on it, None where there is none."""

    odd: Odd
    remark: remarks.Remark | None


def findings() -> list[Finding]:
    """Return every odd value of the package that is shown, with the remark that explains it."""
    return [Finding(odd, _remark(odd)) for name in resources.names() for odd in odd_values(name)]


def misplaced() -> list[str]:
    """Return what is wrong with remarks: file, row, what, how to fix it."""
    return [line for name in resources.names() for line in _misplaced(name)]


def odd_values(name: str) -> list[Odd]:
    """Return the odd values of one resource, each once, in the order of its rules."""
    rules = resources.descriptor(name).get("plausibility", [])
    if not rules:
        return []
    key = resources.descriptor(name)["schema"]["primaryKey"]
    rows = resources.load(name)
    rows["row"] = [remarks.row_of(record, key) for record in rows.to_dict("records")]
    odd: dict[tuple[str, str], Odd] = {}
    for rule in rules:
        for field, row, value, why in _by_rule(rows, key, rule):
            odd.setdefault((field, row), Odd(name, field, row, _text(value), why))
    return list(odd.values())


def _by_rule(
    rows: pd.DataFrame, key: list[str], rule: Mapping[str, Any]
) -> Iterator[tuple[str, str, float, str]]:
    """Return field, row, value and what is odd, for one rule."""
    if "rows_add_up_to" in rule:
        whole = rule["rows_add_up_to"]
        for row, total in zip(rows["row"], rows[rule["fields"]].sum(axis=1), strict=True):
            if abs(total / whole - 1) > rule["tolerance"]:
                yield "*", row, total, f"the fields add up to {_text(total)}, not {whole}"
    for field in rule["fields"] if "along" in rule or "whole" in rule else ():
        known = rows.dropna(subset=[field])
        known = known.assign(value=known[field].astype(float))
        if "factor" in rule:
            yield from ((field, *each) for each in _outliers(known, key, rule))
        if "whole" in rule:
            yield from ((field, *each) for each in _beside_whole(known, key, rule))


def _outliers(
    known: pd.DataFrame, key: list[str], rule: Mapping[str, Any]
) -> Iterator[tuple[str, float, str]]:
    """Return the values far from their neighbours in time: the farthest first, then without it."""
    along, factor = rule["along"], rule["factor"]
    known = known[known["value"] > 0].sort_values(along)
    levels = pd.Series([math.log(value) for value in known["value"]], known.index)
    if across := rule.get("across"):
        levels -= _course(known.assign(level=levels), [*key], along, across)
    for _, series in known.groupby([name for name in key if name != along]):
        rest = [(index, levels[index]) for index in series.index]
        while len(rest) > 1:
            gaps = [level - _middle(rest, place) for place, (_, level) in enumerate(rest)]
            values = [float(known["value"][index]) for index, _ in rest]
            expected = [value / math.exp(gap) for value, gap in zip(values, gaps, strict=True)]
            large = [
                max(pair) >= rule.get("least", 0) for pair in zip(values, expected, strict=True)
            ]
            place = max(range(len(rest)), key=lambda each: abs(gaps[each]) * large[each])
            if not large[place] or abs(gaps[place]) <= math.log(factor):
                break
            index, _ = rest.pop(place)
            near = f"{_text(values[place])}; its neighbours in time give {_text(expected[place])}"
            yield known["row"][index], values[place], near


def _course(known: pd.DataFrame, key: list[str], along: str, across: str) -> pd.Series:
    """Return for each row how far the median series has come by then, in logarithms."""
    others = [name for name in key if name not in (along, across)]
    parts = []
    for _, group in known.groupby(others) if others else [((), known)]:
        table = group.pivot(index=along, columns=across, values="level")
        steps = table.diff().median(axis=1).fillna(0).cumsum()
        parts.append(group[along].map(steps))
    course: pd.Series = pd.concat(parts)
    return course


def _middle(levels: list[tuple[Any, float]], place: int) -> float:
    """Return the median of up to two levels on each side of a place.

    >>> _middle([("a", 1.0), ("b", 9.0), ("c", 2.0), ("d", 3.0)], 1)
    2.0
    """
    near = range(max(place - _NEIGHBOURS, 0), min(place + _NEIGHBOURS + 1, len(levels)))
    return float(pd.Series([levels[each][1] for each in near if each != place]).median())


def _beside_whole(
    known: pd.DataFrame, key: list[str], rule: Mapping[str, Any]
) -> Iterator[tuple[str, float, str]]:
    """Return parts above their whole, and wholes that the sum of their parts does not give."""
    ((name, code),) = rule["whole"].items()
    others = [each for each in key if each != name]
    totals = known[known[name] == code].set_index(others)
    for group, parts in known[known[name] != code].groupby(others):
        where = group if len(others) > 1 else group[0]
        if where not in totals.index:
            continue
        row, whole = totals.at[where, "row"], float(totals.at[where, "value"])
        for _, part in parts[parts["value"] > whole].iterrows():
            yield str(part["row"]), float(part["value"]), f"more than the whole, {_text(whole)}"
        if "tolerance" in rule:
            total = math.fsum(parts["value"])
            if abs(total / whole - 1) > rule["tolerance"]:
                yield str(row), whole, f"{_text(whole)}; its parts add up to {_text(total)}"


def _remark(odd: Odd) -> remarks.Remark | None:
    shown = (each for each in remarks.of(odd.resource) if not each.is_withheld)
    return next((each for each in shown if (each.field, each.row) == odd[1:3]), None)


def _misplaced(name: str) -> Iterator[str]:
    on = remarks.of(name)
    if not on:
        return
    key = resources.descriptor(name)["schema"]["primaryKey"]
    records = {
        remarks.row_of(record, key): record for record in resources.load(name).to_dict("records")
    }
    for remark in on:
        where = f"remarks on {name}, row {remark.row!r}, field {remark.field!r}"
        record = records.get(remark.row, {})
        value = record.get(remark.field)
        if remark.field not in record:
            yield f"{where}: there is no such value; name the row by its key, or take it out"
        elif remark.is_withheld and not pd.isna(value):
            yield f"{where}: it is withheld, but the file has {value}; make the cell blank"
        elif not remark.is_withheld and (pd.isna(value) or float(value) != float(remark.value)):
            yield f"{where}: it is about {remark.value}, the file has {value}; look at it again"


def _text(value: Any) -> str:
    """Return a value as a short text, 12 significant digits."""
    return "blank" if pd.isna(value) else f"{float(value):.12g}"
