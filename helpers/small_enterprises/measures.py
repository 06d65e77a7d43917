"""Small enterprises by region: shares of a group in Russia, beside the paper's Table 2."""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import pandas as pd

from borderbook import formatting
from borderbook.claims.checks import judge
from borderbook.claims.intervals import Interval, Printed, Value, share, total
from borderbook.datapackage import resources
from helpers import indicators
from helpers.regions import RUSSIA, WIDER, Group


@dataclass(frozen=True)
class Measure:
    """A row of Table 2 and where the primary data hold it.

    `indicators` are those of the sample surveys and of the complete surveys, as far as published.
    """

    row: str
    title: str
    indicators: tuple[str, ...]


MEASURES = (
    Measure("number of small businesses", "Number of enterprises", ("number",)),
    Measure("average number of employees", "Employees", ("employees", "list_employees")),
    Measure("small business turnover", "Turnover", ("turnover", "revenue")),
    Measure("investments in fixed assets", "Investment in fixed assets", ("investment",)),
)

_NAMES = ("number", "employees", "turnover", "investment")
ROWS = {name: measure.row for name, measure in zip(_NAMES, MEASURES, strict=True)}
"""The rows of Table 2 by the name that the claims' identifiers use."""
YEARS = range(2011, 2018)
"""The years of Table 2."""

BREAKS = {
    2010: "complete survey",
    WIDER - 0.5: "wider total",
    2015: "complete survey",
    2015.5: "SME register",
    2016.5: "new criteria",
    2020: "complete survey",
}
"""Years at which a series breaks (x.5 stands between two), and why."""

_INSTRUMENTS = ((2010, 2010), (2011, 2014), (2015, 2015), (2016, 2016), (2017, 2019), (2020, 2020))


def measure(row: str) -> Measure:
    """Return the measure that stands behind a row of Table 2.

    >>> measure("small business turnover").title
    'Turnover'
    """
    return next(m for m in MEASURES if m.row == row)


@resources.remembered
def values(indicator: str) -> pd.DataFrame:
    """Return one indicator as years by regions, in the unit of `small_enterprises`."""
    frame = resources.load("small_enterprises")
    return indicators.by_region(frame[frame["indicator"] == indicator], "value")


@resources.remembered
def series(row: str) -> pd.DataFrame:
    """Return years by regions for a row of Table 2: each year by the instrument that has it.

    Sample surveys where there was one, complete surveys for 2010, 2015 and 2020 (`employees` of
    2020 is published for the complete survey too, and preferred to `list_employees`). Units: those
    of `small_enterprises`; they differ between instruments in name only. See `indicator_of`.
    """
    tables = map(values, measure(row).indicators)
    return functools.reduce(pd.DataFrame.combine_first, tables).sort_index()


@resources.remembered
def constant(row: str) -> pd.DataFrame:
    """Return `series` with the sum of the same 83 regions as Russia in every year."""
    return indicators.same_regions(series(row))


@resources.remembered
def indicator_of(row: str, year: int) -> str:
    """Return the indicator that `series` takes for a row in a year; blank if there is none.

    >>> indicator_of("average number of employees", 2015)
    'list_employees'
    """
    return next((i for i in measure(row).indicators if year in values(i).index), "")


def is_near(row: str, year: int) -> bool:
    """Return whether the figures of a year follow a neighbouring measure, not the row's own.

    >>> is_near("average number of employees", 2015), is_near("small business turnover", 2016)
    (True, False)
    """
    return indicator_of(row, year) in measure(row).indicators[1:]


@resources.remembered
def shares(group: Group, first_year: int = 2010, last_year: int = 2022) -> pd.DataFrame:
    """Return the group's share of Russia by row of Table 2 and year, in long form.

    Columns: `row`, `title`, `year`, `share` (per cent; NaN where nothing is published) and
    `segment`: years of one segment are comparable, between segments the series breaks. `constant`
    is the share of the sum of the same 83 regions.
    """
    years = pd.RangeIndex(first_year, last_year + 1)
    parts = [
        pd.DataFrame(
            {
                "row": m.row,
                "title": m.title,
                "year": years,
                "share": indicators.group_share(series(m.row), group.codes).reindex(years),
                "constant": indicators.group_share(constant(m.row), group.codes).reindex(years),
                "segment": [segment(year) for year in years],
            }
        )
        for m in MEASURES
    ]
    return pd.concat(parts, ignore_index=True)


def segment(year: int) -> str:
    """Return the run of years, `year` among them, with one instrument and one territory of Russia.

    >>> segment(2013), segment(2014), segment(2015)
    ('2011-2013', '2014', '2015')
    """
    low, high = _instrument(year)
    low, high = (low, min(high, WIDER - 1)) if year < WIDER else (max(low, WIDER), high)
    return str(low) if low == high else f"{low}-{high}"


def _instrument(year: int) -> tuple[int, int]:
    """Return the first and the last of the years that one instrument covers, `year` among them."""
    return next(((a, b) for a, b in _INSTRUMENTS if a <= year <= b), (2021, 2022))


def comparable(row: str, years: range) -> tuple[int, int] | None:
    """Return first and last year of the longest stretch in `years` of one instrument without a gap.

    Comparable are sums over the same regions, not shares of totals that cover more from 2014 on.

    >>> comparable("small business turnover", range(2010, 2023))
    (2011, 2014)
    """
    published = (int(year) for year in series(row).index if year in years)
    runs = [list(run) for _, run in itertools.groupby(published, _instrument)]
    longest = max((run for run in runs if len(run) > 1), key=len, default=None)
    return (longest[0], longest[-1]) if longest else None


def table_2(group: Group) -> pd.DataFrame:
    """Return Table 2 cell by cell: `row`, `title`, `year`, `printed` (text as printed, per cent),
    `computed` (per cent, NaN where not available), `difference` (computed, rounded to two
    decimals, minus printed; percentage points), `verdict` on the printed share by the figures'
    rounding (blank where only a neighbouring measure is published, or nothing), and `reason`: why
    the two may differ or what is missing.
    """
    cells = resources.load("paper_table_2").rename(
        columns={"indicator": "row", "printed_percent": "printed"}
    )
    given = shares(group, 2011, 2017).rename(columns={"share": "computed"})
    given = given.drop(columns="constant")
    table = cells[["row", "year", "printed"]].merge(given, how="left", on=["row", "year"])
    table["difference"] = [
        math.nan
        if math.isnan(value)
        else float(formatting.round_half_up(value, 2) - Decimal(paper))
        for value, paper in zip(table["computed"], table["printed"], strict=True)
    ]
    names = {row: name for name, row in ROWS.items()}
    table["verdict"] = [
        ""
        if is_near(row, year) or not is_published(names[row], year, group.codes)
        else judge(Printed(paper), computed(names[row], year, group.codes))
        for row, year, paper in zip(table["row"], table["year"], table["printed"], strict=True)
    ]
    table["reason"] = list(map(_reason, table["row"], table["year"]))
    return table


def register_shares(group: Group) -> pd.DataFrame:
    """Return the group's shares of Russia in the SME register, per cent: dates by measure.

    Measures: `legal_entities`, `sole_proprietors`, `workers` (persons; missing in 2016). NaN where
    a region of the group has no figures: held are the regions bordering Kazakhstan, the two okrugs
    and Russia only.

    >>> register_shares(Group("KZ"))["sole_proprietors"].notna().all()
    np.True_
    >>> register_shares(Group("CN"))["legal_entities"].notna().any()
    np.False_
    """
    frame = resources.load("sme_register")
    regions = list({*frame["region"], *group.codes})
    tables = {
        name: indicators.by_region(frame, name, "date").reindex(columns=regions)
        for name in ("legal_entities", "sole_proprietors", "workers")
    }
    return indicators.group_shares(tables, group.codes)


def unpublished(row: str, first_year: int, last_year: int) -> list[int]:
    """Return the years between the two, ends included, for which a row of Table 2 has no figures.

    >>> unpublished("number of small businesses", 2010, 2017)
    [2014, 2016, 2017]
    """
    return [year for year in range(first_year, last_year + 1) if not indicator_of(row, year)]


@resources.remembered
def printed(row: str, year: int) -> Printed:
    """Return a cell of Table 2 as printed, per cent."""
    table = resources.load("paper_table_2").set_index(["indicator", "year"])["printed_percent"]
    return Printed(str(table[ROWS[row], year]))


def is_published(row: str, year: int, codes: Sequence[str]) -> bool:
    """Return whether primary data hold the row's figure of the year for all of the regions."""
    indicator = indicator_of(ROWS[row], year)
    return bool(indicator) and set(codes) <= _rounded(indicator, year)[0].keys()


def computed(row: str, year: int, codes: Sequence[str], *, same: bool = False) -> Value:
    """Return the regions' share of Russia in primary data, per cent, with the figures' rounding.

    Russia is the total as published; with `same` the sum of the same 83 regions.
    KeyError if a figure is missing: see `is_published`.
    """
    regions, russia = _rounded(indicator_of(ROWS[row], year), year)
    if same:
        russia = total(regions.values())
    return share(total(regions[code] for code in codes), russia)


@resources.remembered
def _rounded(indicator: str, year: int) -> tuple[dict[str, Value], Value]:
    """Return the regions' figures and Russia's, each with the values that round to it.

    The unit of the last published digit is the power of ten that all figures are whole in: counts
    published in thousands with one decimal are all whole hundreds.
    """
    figures = values(indicator).loc[year].dropna()
    exact = {str(code): Decimal(repr(value)) for code, value in figures.items()}
    exponents = (each.normalize().as_tuple().exponent for each in exact.values() if each)
    half = Decimal(1).scaleb(min(map(int, exponents), default=0)) / 2
    known = {
        code: Value(Fraction(each), Interval(each - half, each + half, has_high=False))
        for code, each in exact.items()
    }
    return known, known.pop(RUSSIA) if RUSSIA in known else total(known.values())


def _reason(row: str, year: int) -> str:
    """Return what is known about a cell of Table 2."""
    match row, year, indicator_of(row, year):
        case ("investments in fixed assets", _, ""):
            first = values("investment").index.min()
            when = f"before {first}" if year < first else f"for {year}"
            return f"not available: investment by region is not in the data {when}"
        case (_, _, ""):
            return f"not available: no number of enterprises by region for {year} in the data"
        case (_, 2015, "number"):
            return "complete survey; counts published in thousands with one decimal"
        case (_, 2015, "list_employees"):
            return "complete survey; employees on the payroll, another definition"
        case (_, 2015, "revenue"):
            return "complete survey; revenue in place of turnover"
        case _:
            return "sample survey"
