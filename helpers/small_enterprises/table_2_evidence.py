"""Evidence on the cells of Table 2: each against primary data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial

from borderbook import formatting
from borderbook.claims import checks as c
from borderbook.claims.model import Claim, Evidence, Input, figure
from borderbook.claims.rules import Rules
from borderbook.parameters.model import Parameters
from helpers import indicators
from helpers.regions import OKRUGS, RUSSIA, TYUMEN, WIDER, Group
from helpers.scope import group_of
from helpers.small_enterprises import measures as small_enterprises
from helpers.small_enterprises.measures import ROWS, YEARS, computed, is_published, printed

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
    if year >= WIDER:
        shares["of the same 83 regions"] = computed(row, year, group.codes, same=True)
    value = computed(row, year, group.codes)
    evidence = c.against(claim, value, printed=paper.text, digits=3, what="Primary data")
    inputs = printed_input(row, (year,)), primary_input(row, year, group.codes)
    near = substitute(row, year)
    if near:
        nearest = f"The complete survey of {year} has {near}. {evidence.reason}"
        return replace(
            c.not_checkable(f"{ROWS[row]} by region for {year}", nearest, *inputs),
            readings=c.readings({near: value}, 2, "%", partial(c.judge, paper)),
            printed=paper.text,
        )
    hundreds = f" Counts of {year} are published in hundreds."
    return replace(
        evidence,
        reason=evidence.reason + hundreds * (evidence.verdict == "holds-rounded"),
        formula="100 × sum of the regions / Russia as published, or the sum of the 83 regions "
        "where no total is published",
        inputs=inputs,
        readings=c.readings(shares, 2, "%", partial(c.judge, paper)),
    )


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


def substitute(row: str, year: int) -> str:
    """Return what primary data hold in place of the printed indicator; blank if they hold that."""
    return {
        "list_employees": "employees on the payroll in place of their average number",
        "revenue": "revenue in place of turnover",
    }.get(small_enterprises.indicator_of(ROWS[row], year), "")


def printed_input(row: str, years: Iterable[int]) -> Input:
    """Return the cells of a row of Table 2 as an input."""
    cells = {year: printed(row, year) for year in years}
    return c.basis("paper_table_2", f"{ROWS[row]}, {formatting.years(list(cells))}", cells)


def primary_input(row: str, year: int, codes: Sequence[str]) -> Input:
    """Return the rows of primary data behind a computed share."""
    indicator = small_enterprises.indicator_of(ROWS[row], year)
    table = small_enterprises.values(indicator)
    whole = float(indicators.national_total(table.loc[[year]])[year])
    published = RUSSIA in table and table[RUSSIA].notna()[year]
    label = RUSSIA if published else "sum of the 83 regions"
    rows = f"{indicator}, {year}, regions of the group and {label}"
    values = {code: figure(table, year, code) for code in codes}
    return c.basis("small_enterprises", rows, values | {label: whole})
