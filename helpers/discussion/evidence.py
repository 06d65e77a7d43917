"""Evidence on the discussion: potential, activity, jobs, leaders and closers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import pandas as pd

from borderbook import formatting
from borderbook.claims import checks as c
from borderbook.claims.intervals import Value, fold_change, measured, share, total
from borderbook.claims.model import Claim, Evidence, Input, Verdict, figure
from borderbook.claims.rules import MissingError, Rules
from borderbook.datapackage import resources
from borderbook.parameters.model import Parameters
from helpers import indicators, regions
from helpers.discussion import documents_evidence
from helpers.discussion.measures import CLOSERS, LEADERS
from helpers.gross_product import measures as gross_product
from helpers.scope import group_of, region_of, years_of
from helpers.small_enterprises import measures
from helpers.small_enterprises.measures import ROWS, YEARS

RULES = Rules(documents_evidence.RULES)

_YEAR = 2011
"""The last year for which population and the number of enterprises of all regions are held."""
_APART = len(LEADERS) + len(CLOSERS)
"""Regions that a group needs so that no region is among the first and the last three."""


@RULES.settles("potential-high", years=(_YEAR, _YEAR))
def potential(claim: Claim, parameters: Parameters) -> Evidence:
    """Compare the group's enterprises per inhabitant with Russia's."""
    codes = group_of(parameters).codes
    density, russia = (_density(of, "number", _YEAR) for of in (codes, _all()))
    ratio = density / russia
    of_number, of_product = (
        share(_sum(table, _YEAR, codes), _sum(table, _YEAR, _all()))
        for table in (measures.values("number"), gross_product.gross_regional_product())
    )
    others = {
        label: _density(codes, indicator, year) / _density(_all(), indicator, year)
        for label, indicator, year in (
            ("number of 2010", "number", 2010),
            ("employees in place of the number", "employees", _YEAR),
            ("turnover in place of the number", "turnover", _YEAR),
        )
    }
    of_shares = (
        f"share in the number ({c.number(of_number, 1)} per cent) above the share in gross "
        f"regional product ({c.number(of_product, 1)}), {_YEAR}"
    )
    return Evidence(
        c.above(ratio, claim.line),
        f"The group had {c.number(density, 2)} small enterprises per 1,000 inhabitants in {_YEAR}, "
        f"Russia {c.number(russia, 2)}: a ratio of {c.number(ratio, 3)}.",
        computed=c.approximate(ratio),
        formula="(enterprises / inhabitants of the group) / (enterprises / inhabitants of Russia)",
        inputs=_density_inputs(codes, "number", _YEAR),
        readings={
            "at least nine tenths of Russia's": c.above(ratio, measured(0.9)),
            **c.readings(others, 3, "", lambda value: c.above(value, claim.line)),
            of_shares: c.above(of_number, of_product),
        },
    )


@RULES.settles("business-activity-most", years=(_YEAR, _YEAR), several=2)
def business_activity(_: Claim, parameters: Parameters) -> Evidence:
    """Count the regions with more enterprises per inhabitant than Russia."""
    codes = group_of(parameters).codes
    over = _denser(codes, "number", _YEAR)
    others = {
        "number of 2010": _denser(codes, "number", 2010),
        f"employees of {_YEAR}": _denser(codes, "employees", _YEAR),
        f"turnover of {_YEAR}": _denser(codes, "turnover", _YEAR),
    }
    names = regions.names(over)
    return Evidence(
        _most(over, codes),
        f"{c.some_of(len(over), len(codes), 'region').capitalize()} had more "
        f"small enterprises per 1,000 inhabitants than Russia in {_YEAR}"
        + (f": {names}." if names else "."),
        computed=len(over),
        formula="number of regions with more enterprises per inhabitant than Russia",
        inputs=_density_inputs(codes, "number", _YEAR),
        readings={
            f"{label}: {len(denser)} of {len(codes)} regions": _most(denser, codes)
            for label, denser in others.items()
        },
    )


@RULES.settles("investment-activity-most", several=2)
def investment_activity(_: Claim, parameters: Parameters) -> Evidence:
    """Say what the one year with investment by region tells."""
    codes, year = group_of(parameters).codes, 2020
    everywhere = (*codes, regions.RUSSIA)
    invested, product = measures.values("investment"), gross_product.gross_regional_product()
    rates = {
        code: share(measured(figure(invested, year, code)), measured(figure(product, year, code)))
        for code in everywhere
    }
    over = [code for code in codes if c.above(rates[code], rates[regions.RUSSIA]) == "holds"]
    where = "regions of the group and RU"
    evidence = c.not_checkable(
        "investment of small enterprises by region for 2011–2019",
        f"In {year}, the one year held, it was higher per rouble of gross regional product than "
        f"in Russia in {c.some_of(len(over), len(codes), 'region')}.",
        c.rows("small_enterprises", f"investment, {year}, {where}", invested, year, everywhere),
        c.rows(
            "gross_regional_product", f"{year}, {where}, million roubles", product, year, everywhere
        ),
    )
    return replace(evidence, readings={f"in {year}": _most(over, codes)})


@RULES.settles("creating-jobs", years=(2011, 2014))
def jobs(_: Claim, parameters: Parameters) -> Evidence:
    """Check that employees rose in every comparable year."""
    codes, table = group_of(parameters).codes, measures.values("employees")
    before, after = (
        {year: _sum(table, year, codes) for year in years}
        for years in (range(2011, 2015), range(2017, 2020))
    )
    ends = {year: before[year] for year in (2011, 2014)}
    russia = {year: _sum(table, year, _all()) for year in before}
    wider = {y: measured(figure(table, y, regions.RUSSIA)) for y in (2013, regions.WIDER)}
    return replace(
        c.trend(before, "rise", "The numbers of employees"),
        inputs=(
            c.basis(
                "small_enterprises",
                "employees, 2011–2014, regions of the group added up, thousand persons",
                before,
            ),
        ),
        readings={
            f"2014 against 2011 ({c.steps(ends, 1)})": c.rises(ends),
            f"2017 to 2019 ({c.listed(after, 1)})": c.rises(after),
            f"the same 83 regions of Russia, 2011 to 2014 ({c.steps(russia, 1)})": c.rises(russia),
            "Russia's totals as published, which cover more from 2014 on "
            f"({c.steps(wider, 1)})": c.rises(wider),
        },
        implies=f"Over 2011 to 2014 employees of the group changed by a factor of "
        f"{c.number(fold_change(ends[2011], ends[2014]), 3)}. Steps to 2015, 2016 and 2017 cross "
        "breaks in the series.",
    )


@RULES.settles(
    *("leader-novosibirsk", "leader-samara", "leader-chelyabinsk"),
    *("closer-altai-republic", "closer-kurgan", "closer-astrakhan"),
    any_group=False,
    named=True,
    several=_APART,
)
def one_region(claim: Claim, parameters: Parameters) -> Evidence:
    """Count the positions in which the region is among the first or the last three."""
    code = region_of(claim)
    what = f"{regions.name(code)} is among the {_end(claim)} three of the group"
    return _positions(claim, parameters, lambda three: code in three, what)


@RULES.settles("leaders-three", "closers-three", any_group=False, several=_APART)
def three_regions(claim: Claim, parameters: Parameters) -> Evidence:
    """Count the positions in which the three are exactly those that the paper names."""
    named = LEADERS if _end(claim) == "first" else CLOSERS
    absent = [regions.name(code) for code in named if code not in group_of(parameters).codes]
    if absent:
        return Evidence("not-checkable", f"Not in the group chosen: {formatting.listing(absent)}.")
    what = f"{regions.names(named)} are the {_end(claim)} three"
    return _positions(claim, parameters, lambda three: set(three) == set(named), what)


def _end(claim: Claim) -> str:
    return "first" if claim.id.startswith("leader") else "last"


def _positions(
    claim: Claim, parameters: Parameters, test: Callable[[Sequence[str]], bool], what: str
) -> Evidence:
    """Return the evidence on the share of positions in which the first or last three pass.

    What the positions that are not held could add leaves a verdict open, or does not.
    """
    codes = list(group_of(parameters).codes)
    pick = indicators.leaders if _end(claim) == "first" else indicators.closers
    threes = {
        (row, int(str(year))): pick(values, 3)
        for row, title in ROWS.items()
        for year, values in measures.series(title)[codes].dropna().iterrows()
        if year in years_of(parameters)
    }
    period = {key: three for key, three in threes.items() if key[1] in YEARS}
    absent = {
        row: [y for y in YEARS if y in years_of(parameters) and (row, y) not in period]
        for row in ROWS
    }
    unknown = sum(map(len, absent.values()))
    if not period:
        raise MissingError("a position within the years chosen and those of Table 2, 2011–2017")
    other = [f"{row} in {year}" for (row, year), three in period.items() if not test(three)]
    passed, known = len(period) - len(other), len(period)
    whole = known + unknown
    least, most = share(passed, whole), share(passed + unknown, whole)
    in_period, in_all = (
        share(sum(map(test, each.values())), len(each)) for each in (period, threes)
    )
    rows = formatting.listing(list(dict.fromkeys(row for row, _ in period)))
    finding = f"{what} in {passed} of the {known} positions held ({rows}, {_years(period)})" + (
        f", not for {formatting.listing(other)}" if 0 < len(other) <= passed else ""
    )
    inputs = (
        c.basis(
            "small_enterprises",
            f"{_end(claim)} three of the group by indicator and year",
            {f"{row} {year}": " ".join(three) for (row, year), three in period.items()},
        ),
    )
    readings = {
        f"the {known} positions held": c.at_most(claim.line, in_period),
        "in every position held": c.true(not other),
        f"positions of all years held, {_years(threes)}": c.at_most(claim.line, in_all),
    }
    if not unknown:
        del readings[f"the {known} positions held"]
    if claim.line.central == 100:
        del readings["in every position held"]
    if len(threes) == known:
        del readings[f"positions of all years held, {_years(threes)}"]
    if least.central < claim.line.central <= most.central:
        missing = [f"{row} in {formatting.years(years)}" for row, years in absent.items() if years]
        evidence = c.not_checkable(
            f"{unknown} of the {whole} positions ({formatting.listing(missing)})",
            f"{finding}. With the others it is true of {c.number(least, 0)} to {c.number(most, 0)} "
            "per cent of all positions.",
            *inputs,
        )
        return replace(evidence, readings=readings)
    return Evidence(
        c.at_most(claim.line, least),
        f"{finding}, of {whole} in all.",
        computed=c.approximate(least),
        formula="100 × positions in which it is true / all positions",
        inputs=inputs,
        readings=readings,
    )


def _years(positions: Mapping[tuple[str, int], object]) -> str:
    return formatting.years(sorted({year for _, year in positions}))


def _all() -> tuple[str, ...]:
    return tuple(str(code) for code in regions.subjects().index)


def _sum(table: pd.DataFrame, year: int, codes: Sequence[str]) -> Value:
    return total(map(measured, table.loc[year, list(codes)]))


def _density(codes: Sequence[str], indicator: str, year: int) -> Value:
    """Return the indicator per 1,000 inhabitants of the regions together."""
    part = _sum(measures.values(indicator), year, codes)
    return 1000 * part / _sum(_inhabitants(), year, codes)


@resources.remembered
def _inhabitants() -> pd.DataFrame:
    return indicators.by_region(resources.load("population"), "population")


def _denser(codes: Sequence[str], indicator: str, year: int) -> list[str]:
    """Return the regions with more of the indicator per inhabitant than Russia."""
    russia = _density_of_russia(indicator, year)
    return [code for code in codes if _density([code], indicator, year).central > russia.central]


@resources.remembered
def _density_of_russia(indicator: str, year: int) -> Value:
    return _density(_all(), indicator, year)


def _density_inputs(codes: Sequence[str], indicator: str, year: int) -> tuple[Input, ...]:
    whole = "sum of the 83 regions"
    return tuple(
        c.basis(
            resource,
            f"{rows}, {year}, regions of the group and {whole}",
            {code: figure(table, year, code) for code in codes}
            | {whole: _sum(table, year, _all())},
        )
        for resource, rows, table in (
            ("small_enterprises", indicator, measures.values(indicator)),
            ("population", "average annual population", _inhabitants()),
        )
    )


def _most(chosen: Sequence[str], codes: Sequence[str]) -> Verdict:
    return c.true(2 * len(chosen) > len(codes))
