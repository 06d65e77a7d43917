"""Exhibits of *Discussion* that set the border groups of all neighbours side by side."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from borderbook import formatting
from borderbook.datapackage import resources as data
from borderbook.figures import charts
from borderbook.figures.charts import Chart
from borderbook.figures.tables import Column, Table
from borderbook.formatting import number
from helpers import indicators, regions
from helpers.discussion import measures as borders
from helpers.palette import PALETTE
from helpers.parameters import BorderYears
from helpers.small_enterprises import measures as small_enterprises


def facts(p: BorderYears) -> dict[str, str]:
    """Return the inline values on other borders, name -> text."""
    year = _year(p)
    return {
        "borders": str(len(regions.neighbours())),
        "year": str(year),
        "productivity": _standing(p, "productivity"),
        "intensity": _standing(p, "intensity"),
        "instrument": _survey_note(year).strip()
        or f"The figures of {year} come from a sample survey.",
    }


@dataclass(frozen=True)
class _Measure:
    """What border groups are set against each other by, in units of Russia's own."""

    column: str
    words: str
    title: str
    resources: tuple[str, ...]
    rows: tuple[str, ...]
    much: str
    less: str


_PRODUCTIVITY = _Measure(
    "productivity",
    "turnover per employee",
    "Turnover per employee of small enterprises, Russia = 1",
    ("small_enterprises",),
    ("Employees", "Turnover"),
    "much",
    "less",
)
_INTENSITY = _Measure(
    "intensity",
    "jobs in small enterprises for its product",
    "Share in Russia's employees of small enterprises over share in gross regional product, "
    "Russia = 1",
    ("small_enterprises", "gross_regional_product"),
    ("Employees",),
    "many",
    "fewer",
)


def productivity(p: BorderYears) -> Chart:
    """Return turnover per employee of every border group, Russia = 1."""
    return _bars(p, _PRODUCTIVITY)


def intensity(p: BorderYears) -> Chart:
    """Return employees of small enterprises against the product of every border group."""
    return _bars(p, _INTENSITY)


def productivity_by_year(p: BorderYears) -> Chart:
    """Return turnover per employee of every border group by year, a panel each."""
    return _courses(p, _PRODUCTIVITY)


def intensity_by_year(p: BorderYears) -> Chart:
    """Return employees against the product of every border group by year, a panel each."""
    return _courses(p, _INTENSITY)


def neighbours(p: BorderYears) -> Table:
    """Return the border groups of all neighbours side by side."""
    year = _year(p)
    table = borders.compared(year, p.group)
    table = table.sort_values("employees", ascending=False, kind="stable")
    names = regions.neighbours()
    rows = table.assign(
        border=table.index.map(names | {p.group.neighbour: f"{p.group.country} (chosen)"})
    )
    value, place = _place(table, p, "employees")
    share, shares = number(value, 1), "Share of Russia"
    return Table(
        "neighbours",
        f"The group bordering {p.group.country} had the largest share of small enterprises' "
        f"employees: {share} %"
        if place == 1
        else f"The group bordering {p.group.country} was number {place} of {len(table)} by its "
        f"share of small enterprises' employees: {share} %",
        rows,
        [
            Column("border", "Border with"),
            Column("regions", "Regions", digits=0),
            Column("employees", "Employees", "%", digits=2, group=shares),
            Column("turnover", "Turnover", "%", digits=2, group=shares),
            Column("grp", "Gross regional product", "%", digits=2, group=shares),
            Column("productivity", "Turnover per employee", "Russia = 1", digits=2),
            Column("intensity", "Employees for product", "Russia = 1", digits=2),
        ],
        f"Small enterprises and gross regional product of Russia's border groups, {year}",
        "A region that borders two countries counts in both groups, so the rows do not add up. "
        "Employees for product is the share of employees over the share of gross regional "
        "product." + _survey_note(year) + _chosen_note(p),
        data.sources("small_enterprises", "gross_regional_product"),
    )


def _bars(p: BorderYears, measure: _Measure) -> Chart:
    """Return the groups of one year as bars, the largest first, Russia among them."""
    year = _year(p)
    table = borders.compared(year, p.group)
    names = regions.neighbours()
    counts, values = table["regions"].to_dict(), table[measure.column].to_dict()
    colours = dict.fromkeys(names, PALETTE.quiet) | {p.group.neighbour: PALETTE.strong}
    bars = [(f"{names[code]} ({counts[code]})", values[code], colours[code]) for code in names]
    rows = pd.DataFrame([*bars, ("Russia", 1.0, PALETTE.ink)], columns=["label", "value", "colour"])
    rows = rows.sort_values("value", ascending=False, kind="stable")
    drawing = charts.bars(rows, unit="Russia = 1", digits=2)
    value, place = _place(table, p, measure.column)
    shown = formatting.apart(value, 1, 2)
    amount = (
        f"as {measure.much} {measure.words} as Russia"
        if value == 1
        else f"{'more' if value > 1 else measure.less} {measure.words} than Russia"
    )
    return Chart(
        measure.column,
        f"The group bordering {p.group.country} had {amount}: {shown}, place {place} of "
        f"{len(table)}",
        drawing,
        f"{measure.title}, {year}; border groups by neighbour, number of regions in brackets",
        "A region that borders two countries counts in both groups."
        + _survey_note(year)
        + _chosen_note(p),
        data.sources(*measure.resources),
    )


def _courses(p: BorderYears, measure: _Measure) -> Chart:
    """Return small multiples of one measure: the chosen group first, the others by their names."""
    courses = borders.courses(p.years, p.group)
    names, chosen = regions.neighbours(), p.group.country
    order = sorted(names.values(), key=lambda name: (name != chosen, name))
    rows = courses.assign(series=courses["neighbour"].map(names), value=courses[measure.column])
    rows = rows.sort_values("series", key=lambda series: series.map(order.index), kind="stable")
    drawing = charts.multiples(
        rows[["series", "year", "value", "segment"]], chosen, unit="Russia = 1", rule=1
    )
    first, last = rows["year"].min(), rows["year"].max()
    ranks = rows.assign(rank=rows.groupby("year")["value"].transform(indicators.rank))
    alike = borders.one_definition(list(ranks["year"].unique()), measure.rows)
    ranks = ranks[(ranks["series"] == chosen) & ranks["year"].isin(alike)]
    best, worst = ranks["rank"].min(), ranks["rank"].max()
    when = (
        f"In {alike[0]}"
        if len(alike) == 1
        else f"In {formatting.count(len(alike))} years of one definition"
    )
    place = f"at place {best}" if best == worst else f"between place {best} and place {worst}"
    return Chart(
        f"{measure.column}-by-year",
        f"{when} the group bordering {p.group.country} was {place} of {len(order)} by "
        f"{measure.words}",
        drawing,
        f"{measure.title}, {first}–{last}; border groups by neighbour, the dashed rule is Russia",
        "No line crosses a break between surveys; 2010, 2015 and 2020 come from complete "
        "surveys, which ask for revenue in place of turnover, and in 2010 and 2015 for employees "
        "on the payroll in place of their average number. The headline speaks of years with one "
        "definition. A region that borders two countries counts in both groups." + _chosen_note(p),
        data.sources(*measure.resources),
    )


def _standing(p: BorderYears, measure: str) -> str:
    value, place = _place(borders.compared(_year(p), p.group), p, measure)
    return f"{formatting.apart(value, 1, 2)}, place {place}"


def _place(table: pd.DataFrame, p: BorderYears, column: str) -> tuple[float, int]:
    """Return the value of the group chosen, and which place it takes among all groups."""
    values = table[column]
    return float(values[p.group.neighbour]), int(indicators.rank(values)[p.group.neighbour])


def _year(p: BorderYears) -> int:
    """Return the last of the chosen years for which all borders can be compared."""
    return max(borders.compared_years(p.years))


def _survey_note(year: int) -> str:
    if small_enterprises.indicator_of("small business turnover", year) == "turnover":
        return ""
    return (
        f" The figures of {year} come from a complete survey, which asks for revenue in place of "
        "turnover."
    )


def _chosen_note(p: BorderYears) -> str:
    if not (p.group.exclude or p.group.with_okrugs):
        return ""
    return f" The group counted here is {p.group.label}; the others are whole."
