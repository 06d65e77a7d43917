"""Evidence on the cells of Table 2, and the shares behind them: as printed, in primary data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from borderbook import formatting
from borderbook.claims.checks import (
    Claim,
    Evidence,
    Input,
    Reading,
    Verdict,
    against_printed,
    figure,
    listed,
    not_checkable,
    number,
    pairs,
)
from borderbook.claims.intervals import Interval, Printed, Value, judge, share, total
from borderbook.claims.rules import PAPERS, group_of, settles
from borderbook.datapackage import resources
from borderbook.parameters.model import Parameters
from helpers import indicators
from helpers.regions import OKRUGS, RUSSIA, TYUMEN, Group
from helpers.small_enterprises import measures as small_enterprises

YEARS = range(2011, 2018)
ROWS = {
    "number": "number of small businesses",
    "employees": "average number of employees",
    "turnover": "small business turnover",
    "investment": "investments in fixed assets",
}
"""The rows of Table 2 by the name that the claims' identifiers use."""


@settles(*(f"table-2-{row}-{year}" for row in ROWS for year in YEARS), dated=True)
def cell(claim: Claim, parameters: Parameters) -> Evidence:
    """Compare a printed share with that in primary data."""
    row, year, group = claim.id.split("-")[2], claim.year, group_of(parameters)
    text = printed(row, year).text
    if not is_held(row, year, group.codes):
        return replace(_missing_cell(row, year, group), printed=text)
    indicator = small_enterprises.indicator_of(ROWS[row], year)
    found = computed(row, year, group.codes)
    others = {
        "Tyumen with its two okrugs": _plain(group) + OKRUGS,
        "Tyumen without its two okrugs": _plain(group),
        "without Tyumen": tuple(code for code in _plain(group) if code != TYUMEN),
    }
    evidence = against_printed(text, found, claim.unit, digits=3, what="Primary data")
    return replace(
        evidence,
        reason=evidence.reason + _definition(indicator, year),
        formula="100 × sum of the regions / Russia as published, or the sum of the 83 regions "
        "where no total is published",
        inputs=(printed_input(row, (year,)), primary_input(row, year, group.codes)),
        readings=tuple(
            Reading(f"{label}: {number(value, 2)} per cent", _judge(text, value))
            for label, codes in others.items()
            if TYUMEN in group.codes and codes != group.codes and is_held(row, year, codes)
            for value in (computed(row, year, codes),)
        ),
    )


@settles(
    "number-2014", "number-2017", "turnover-2017", "investment-2011", "investment-2017", dated=True
)
def text_against_table(claim: Claim, _: Parameters) -> Evidence:
    """Compare a share in the text with the table, and say that this confirms neither."""
    row, year = claim.id.split("-")[0], claim.year
    table = printed(row, year)
    evidence = against_printed(claim.printed, table, claim.unit, digits=table.digits)
    return replace(
        evidence,
        reason=f"Table 2 prints {table.text}, the text {claim.printed}. This repeats the printed "
        f"table and confirms neither; {_of_primary_data(row, year)}.",
        inputs=(printed_input(row, (year,)),),
        formula="the cell of Table 2",
        implies=_missing_cell(row, year, PAPERS).implies
        if not is_held(row, year, PAPERS.codes)
        else "",
    )


def _of_primary_data(row: str, year: int) -> str:
    """Return what primary data give for a cell of the paper's group, in words."""
    if not is_held(row, year, PAPERS.codes):
        return f"primary data hold no figure of {year} for it"
    found = computed(row, year, PAPERS.codes)
    agrees = _judge(printed(row, year).text, found) != "differs"
    return (
        f"primary data give {number(found, 3)} per cent, which "
        f"{'agrees with' if agrees else 'differs from'} both"
    )


@resources.remembered
def printed(row: str, year: int) -> Printed:
    """Return a cell of Table 2 as printed, per cent."""
    table = resources.load("paper_table_2").set_index(["indicator", "year"])["printed_percent"]
    return Printed(str(table[ROWS[row], year]))


def is_held(row: str, year: int, codes: Sequence[str]) -> bool:
    """Return whether primary data hold the row's figure of the year for all of the regions."""
    indicator = small_enterprises.indicator_of(ROWS[row], year)
    if not indicator:
        return False
    table = small_enterprises.values(indicator)
    return set(codes) <= set(table.columns[table.T[year].notna()])


def computed(row: str, year: int, codes: Sequence[str]) -> Value:
    """Return the regions' share of Russia in primary data, per cent, with the figures' rounding.

    KeyError if a figure is not held: see `is_held`.
    """
    known, whole = _known(small_enterprises.indicator_of(ROWS[row], year), year)
    return share(total(known[code] for code in codes), whole)


@resources.remembered
def _known(indicator: str, year: int) -> tuple[dict[str, Value], Value]:
    """Return the regions' figures with their rounding, and Russia's."""
    table = small_enterprises.values(indicator)
    figures = {str(code): float(value) for code, value in table.T[year].dropna().items()}
    step = _step(figures.values())
    known = {code: _rounded(value, step) for code, value in figures.items()}
    whole = known.pop(RUSSIA) if RUSSIA in known else total(known.values())
    return known, whole


def _step(figures: Iterable[float]) -> Decimal:
    """Return the unit of the last published digit: the power of ten that all figures are whole in.

    Counts published in thousands with one decimal are all whole hundreds.
    """
    exact = [Decimal(repr(figure)).normalize() for figure in figures if figure]
    return Decimal(1).scaleb(min((int(each.as_tuple().exponent) for each in exact), default=0))


def _rounded(figure: float, step: Decimal) -> Value:
    """Return a published figure with the values that round to it."""
    exact = Decimal(repr(figure))
    return Value(Fraction(exact), Interval(exact - step / 2, exact + step / 2, has_high=False))


def _missing_cell(row: str, year: int, group: Group) -> Evidence:
    """Return what is missing for a cell, with the nearest years that primary data hold."""
    held = [y for y in range(2010, 2023) if is_held(row, y, group.codes)]
    near = [*[y for y in held if y < year][-1:], *[y for y in held if y > year][:1]]
    values = {y: computed(row, y, group.codes) for y in near}
    what = {
        "number": "number of small enterprises",
        "investment": "investment of small enterprises",
    }
    return not_checkable(
        f"{what.get(row, ROWS[row])} by region for {year}",
        f"The nearest years that primary data hold give {listed(values)} per cent."
        if values
        else "",
        *(primary_input(row, y, group.codes) for y in near),
    )


def _definition(indicator: str, year: int) -> str:
    """Return how the indicator differs from the row's name."""
    text = {
        "list_employees": " The complete survey counts employees on the payroll, not the average "
        "number: another definition.",
        "revenue": " The complete survey has revenue in place of turnover.",
        "number": f" Counts of {year} are published in hundreds." if year == 2015 else "",
    }
    return text.get(indicator, "")


def _judge(text: str, value: Value) -> Verdict:
    return judge(Printed(text), value.central, value.interval)


def _plain(group: Group) -> tuple[str, ...]:
    return tuple(code for code in group.codes if code not in OKRUGS)


def printed_input(row: str, years: Iterable[int]) -> Input:
    """Return the cells of a row of Table 2 as an input."""
    cells = {year: printed(row, year).text for year in years}
    return Input("paper_table_2", f"{ROWS[row]}, {formatting.years(list(cells))}", pairs(cells))


def primary_input(row: str, year: int, codes: Sequence[str]) -> Input:
    """Return the rows of primary data behind a computed share."""
    indicator = small_enterprises.indicator_of(ROWS[row], year)
    table = small_enterprises.values(indicator)
    values = {code: figure(table, year, code) for code in codes}
    whole = float(indicators.national_total(table)[year])
    published = RUSSIA in table and table[RUSSIA].notna()[year]
    label = RUSSIA if published else "sum of the 83 regions"
    rows = f"{indicator}, {year}, regions of the group and {label}"
    return Input("small_enterprises", rows, pairs(values | {label: whole}))
