"""Figures straight from the files, as exact fractions: what measures are checked against."""

from __future__ import annotations

import csv
from collections import defaultdict
from fractions import Fraction

from borderbook.datapackage import resources

TWELVE = ["RU-AST", "RU-VGG", "RU-ORE", "RU-SAM", "RU-SAR", "RU-KGN", "RU-TYU", "RU-CHE", "RU-AL",
          "RU-ALT", "RU-NVS", "RU-OMS"]  # fmt: skip
"""The group of the paper."""
INDICATORS = {
    "Number of enterprises": ("number",),
    "Employees": ("employees", "list_employees"),
    "Turnover": ("turnover", "revenue"),
}
"""The indicators of small enterprises by title, the preferred one first."""


def rows(name: str, **chosen: str) -> list[dict[str, str]]:
    """Return the rows of a file that have the chosen values."""
    with (resources.folder() / f"{name}.csv").open(encoding="utf-8") as file:
        every = list(csv.DictReader(file))
    return [row for row in every if all(row[key] == value for key, value in chosen.items())]


def by_year(name: str, value: str, **chosen: str) -> dict[int, dict[str, Fraction]]:
    """Return year -> region -> value, blank values left out."""
    found: dict[int, dict[str, Fraction]] = defaultdict(dict)
    for row in rows(name, **chosen):
        if row[value]:
            found[int(row["year"])][row["region"]] = Fraction(row[value])
    return dict(found)


def enterprises(names: tuple[str, ...]) -> dict[int, dict[str, Fraction]]:
    """Return year -> region -> value; the first of the indicators that has a value counts."""
    found: dict[int, dict[str, Fraction]] = {}
    for name in reversed(names):
        for year, values in by_year("small_enterprises", "value", indicator=name).items():
            found[year] = found.get(year, {}) | values
    return found


def share(values: dict[str, Fraction], codes: list[str]) -> float:
    """Return the share of regions, per cent; the whole is as published, else the sum."""
    whole = values.get("RU") or sum(value for code, value in values.items() if code != "RU")
    return float(100 * sum(values[code] for code in codes) / whole)
