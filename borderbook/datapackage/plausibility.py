"""Plausibility of the figures: what is far from its neighbours in time, or more than its whole.

A resource says in its descriptor how its figures are looked at, `plausibility`, a list of rules:

- `fields` are looked at, `along` a field of time; the other fields of the primary key make series.
- A value above zero is odd if it is more than `factor` times, or less than one `factor`th of, what
  up to two neighbours on each side give. With `across`, a field of the key, the course that is
  common to the series (the median of their steps) is taken out first. `least` leaves out what is
  small.
- `whole` names the row of a total, as in {"town": "ALL"}; odd is a part above it, and a sum of
  the parts that is above it, or below it, by more than `tolerance`, a ratio.
- `rows_add_up_to` is what the fields of each row add up to, give or take `tolerance`, a ratio. A
  row with a blank among them has no sum. The field of what is odd is `*`.

Zeros and what is below have no ratio to neighbours: `factor` passes over them. Of a whole of zero
any other sum of the parts is odd.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
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
    for number, rule in enumerate(rules, start=1):
        for field, code in rule.get("whole", {}).items():
            if not (rows[field] == code).any():
                raise resources.DataError(
                    f"data/datapackage.json, resource {name}, plausibility, rule {number}, whole: "
                    f"no row has {field} {code!r}; name the row of the total, or leave it out"
                )
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
        sums = rows[rule["fields"]].sum(axis=1, skipna=False)
        for row, total in zip(rows["row"], sums, strict=True):
            if not pd.isna(total) and _differ(total, whole, rule["tolerance"]):
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
    for _, series in _groups(known, [name for name in key if name != along]):
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
    for _, group in _groups(known, others):
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
    for _, group in _groups(known, others):
        totals, parts = group[group[name] == code], group[group[name] != code]
        if totals.empty or parts.empty:
            continue
        row, whole = totals["row"].iloc[0], float(totals["value"].iloc[0])
        for _, part in parts[parts["value"] > whole].iterrows():
            yield str(part["row"]), float(part["value"]), f"more than the whole, {_text(whole)}"
        if "tolerance" in rule:
            total = math.fsum(parts["value"])
            if _differ(total, whole, rule["tolerance"]):
                yield str(row), whole, f"{_text(whole)}; its parts add up to {_text(total)}"


def _groups(known: pd.DataFrame, names: list[str]) -> Iterable[tuple[Any, pd.DataFrame]]:
    """Return the rows by the values of some fields; all together if there are none."""
    return known.groupby(names) if names else [((), known)]


def _differ(total: float, whole: float, tolerance: float) -> bool:
    return abs(total - whole) > tolerance * abs(whole)


def _remark(odd: Odd) -> remarks.Remark | None:
    shown = (each for each in remarks.of(odd.resource) if not each.is_withheld)
    return next((each for each in shown if (each.field, each.row) == odd[1:3]), None)


def _misplaced(name: str) -> Iterator[str]:
    on = remarks.of(name)
    if not on:
        return
    key = resources.descriptor(name)["schema"].get("primaryKey", [])
    records = {
        remarks.row_of(record, key): record for record in resources.load(name).to_dict("records")
    }
    for odd in odd_values(name):
        records[odd.row].setdefault(odd.field, odd.value)
    for remark in on:
        where = f"remarks on {name}, row {remark.row!r}, field {remark.field!r}"
        record = records.get(remark.row, {})
        value = record.get(remark.field)
        if not key:
            fix = "give it one in data/datapackage.json, or take the remark out"
            yield f"{where}: the resource has no primaryKey by which rows are named; {fix}"
        elif remark.field not in record:
            yield f"{where}: there is no such value; name the row by its key, or take it out"
        elif remark.is_withheld and not pd.isna(value):
            yield f"{where}: it is withheld, but the file has {value}; make the cell blank"
        elif not remark.is_withheld and _text(value) != _text(remark.value):
            yield f"{where}: it is about {remark.value}, the file has {value}; look at it again"


def _text(value: Any) -> str:
    """Return a value as a short text: of a number 12 significant digits."""
    try:
        return "blank" if pd.isna(value) else f"{float(value):.12g}"
    except ValueError:
        return repr(value)
