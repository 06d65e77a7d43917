"""Evidence on the cells of Table 2, and the shares behind them: as printed, in primary data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from functools import partial

from borderbook import formatting
from borderbook.claims import checks as c
from borderbook.claims.intervals import Interval, Printed, Value, share, total
from borderbook.claims.model import Claim, Evidence, Input, figure
from borderbook.claims.rules import Rules
from borderbook.datapackage import resources
from borderbook.parameters.model import Parameters
from helpers import indicators
from helpers.regions import OKRUGS, RUSSIA, TYUMEN, Group
from helpers.scope import PAPERS, group_of
from helpers.small_enterprises import measures as small_enterprises
from helpers.small_enterprises.measures import ROWS, YEARS

RULES = Rules()


@RULES.settles(
    *(f"table-2-{row}-{year}" for row in ROWS for year in YEARS), dated=True, any_group=False
)
def cell(claim: Claim, parameters: Parameters) -> Evidence:
    """Compare a printed share with that in primary data."""
    row, year, group = claim.id.split("-")[2], claim.year, group_of(parameters)
    paper = printed(row, year)
    if not is_published(row, year, group.codes):
        return replace(_missing_cell(row, year, group), printed=paper.text)
    plain = tuple(code for code in group.codes if code not in OKRUGS)
    others = {
        "Tyumen with its two okrugs": plain + OKRUGS,
        "Tyumen without its two okrugs": plain,
        "without Tyumen": tuple(code for code in plain if code != TYUMEN),
    }
    shares = {
        label: computed(row, year, codes)
        for label, codes in others.items()
        if TYUMEN in group.codes and codes != group.codes and is_published(row, year, codes)
    }
    value = computed(row, year, group.codes)
    evidence = c.against(claim, value, printed=paper.text, digits=3, what="Primary data")
    return replace(
        evidence,
        reason=evidence.reason + _definition(small_enterprises.indicator_of(ROWS[row], year), year),
        formula="100 × sum of the regions / Russia as published, or the sum of the 83 regions "
        "where no total is published",
        inputs=(printed_input(row, (year,)), primary_input(row, year, group.codes)),
        readings=c.readings(shares, 2, "%", partial(c.judge, paper)),
    )


@RULES.settles(
    "number-2014", "number-2017", "turnover-2017", "investment-2011", "investment-2017", dated=True
)
def text_against_table(claim: Claim, _: Parameters) -> Evidence:
    """Compare a share in the text with the table, and say that this confirms neither."""
    row, year = claim.id.split("-")[0], claim.year
    table = printed(row, year)
    published = is_published(row, year, PAPERS.codes)
    of_primary_data = f"primary data hold no figure of {year} for it"
    if published:
        value = computed(row, year, PAPERS.codes)
        agrees = "differs from" if c.judge(table, value) == "differs" else "agrees with"
        of_primary_data = f"primary data give {c.number(value, 3)} per cent, which {agrees} both"
    return replace(
        c.against(claim, table),
        reason=f"Table 2 prints {table.text}, the text {claim.printed}. This repeats the printed "
        f"table and confirms neither; {of_primary_data}.",
        inputs=(printed_input(row, (year,)),),
        formula="the cell of Table 2",
        implies="" if published else _missing_cell(row, year, PAPERS).implies,
    )


@resources.remembered
def printed(row: str, year: int) -> Printed:
    """Return a cell of Table 2 as printed, per cent."""
    table = resources.load("paper_table_2").set_index(["indicator", "year"])["printed_percent"]
    return Printed(str(table[ROWS[row], year]))


def is_published(row: str, year: int, codes: Sequence[str]) -> bool:
    """Return whether primary data hold the row's figure of the year for all of the regions."""
    indicator = small_enterprises.indicator_of(ROWS[row], year)
    if not indicator:
        return False
    table = small_enterprises.values(indicator)
    return set(codes) <= set(table.columns[table.T[year].notna()])


def computed(row: str, year: int, codes: Sequence[str]) -> Value:
    """Return the regions' share of Russia in primary data, per cent, with the figures' rounding.

    KeyError if a figure is missing: see `is_published`.
    """
    regions, russia = _rounded(small_enterprises.indicator_of(ROWS[row], year), year)
    return share(total(regions[code] for code in codes), russia)


@resources.remembered
def _rounded(indicator: str, year: int) -> tuple[dict[str, Value], Value]:
    """Return the regions' figures and Russia's, each with the values that round to it.

    The unit of the last published digit is the power of ten that all figures are whole in: counts
    published in thousands with one decimal are all whole hundreds.
    """
    table = small_enterprises.values(indicator)
    exact = {str(code): Decimal(repr(value)) for code, value in table.T[year].dropna().items()}
    exponents = (each.normalize().as_tuple().exponent for each in exact.values() if each)
    half = Decimal(1).scaleb(min(map(int, exponents), default=0)) / 2
    values = {
        code: Value(Fraction(each), Interval(each - half, each + half, has_high=False))
        for code, each in exact.items()
    }
    return values, values.pop(RUSSIA) if RUSSIA in values else total(values.values())


def _missing_cell(row: str, year: int, group: Group) -> Evidence:
    """Return what is missing for a cell, with the nearest years that primary data hold."""
    known = [y for y in range(2010, 2023) if is_published(row, y, group.codes)]
    near = [*[y for y in known if y < year][-1:], *[y for y in known if y > year][:1]]
    values = {y: computed(row, y, group.codes) for y in near}
    what = {
        "number": "number of small enterprises",
        "investment": "investment of small enterprises",
    }
    nearest = f"The nearest years that primary data hold give {c.listed(values)} per cent."
    return c.not_checkable(
        f"{what.get(row, ROWS[row])} by region for {year}",
        nearest if values else "",
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


def printed_input(row: str, years: Iterable[int]) -> Input:
    """Return the cells of a row of Table 2 as an input."""
    cells = {year: printed(row, year) for year in years}
    return c.basis("paper_table_2", f"{ROWS[row]}, {formatting.years(list(cells))}", cells)


def primary_input(row: str, year: int, codes: Sequence[str]) -> Input:
    """Return the rows of primary data behind a computed share."""
    indicator = small_enterprises.indicator_of(ROWS[row], year)
    table = small_enterprises.values(indicator)
    whole = float(indicators.national_total(table)[year])
    published = RUSSIA in table and table[RUSSIA].notna()[year]
    label = RUSSIA if published else "sum of the 83 regions"
    rows = f"{indicator}, {year}, regions of the group and {label}"
    values = {code: figure(table, year, code) for code in codes}
    return c.basis("small_enterprises", rows, values | {label: whole})
