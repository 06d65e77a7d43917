"""Evidence on the discussion: potential, activity, jobs, leaders and closers, documents."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pandas as pd

from borderbook import formatting
from borderbook.claims.checks import (
    Claim,
    Evidence,
    Input,
    Reading,
    Verdict,
    above,
    at_most,
    figure,
    listed,
    measured,
    not_checkable,
    number,
    pairs,
    rises,
    some_of,
    steps,
    trend,
    true,
)
from borderbook.claims.intervals import Value, fold_change, share, total
from borderbook.claims.rules import group_of, region_of, settles, years_of
from borderbook.datapackage import resources
from borderbook.parameters.model import Parameters
from helpers import indicators, regions
from helpers.gross_product import measures as gross_product
from helpers.small_enterprises import measures
from helpers.small_enterprises.table_2_evidence import ROWS, YEARS

_YEAR = 2011
"""The last year for which population and the number of enterprises of all regions are held."""

_LEADERS = ("RU-NVS", "RU-SAM", "RU-CHE")
_CLOSERS = ("RU-AL", "RU-KGN", "RU-AST")
_APART = len(_LEADERS) + len(_CLOSERS)
"""Regions that a group needs so that no region is among the first and the last three."""


@settles("potential-high", years=(_YEAR, _YEAR), any_group=True)
def potential(claim: Claim, parameters: Parameters) -> Evidence:
    """Compare the group's enterprises per inhabitant with Russia's."""
    codes = group_of(parameters).codes
    found = _density(codes, "number", _YEAR) / _density(_all(), "number", _YEAR)
    product = gross_product.gross_regional_product()
    numbers = measures.values("number")
    of_number = share(_sum(numbers, _YEAR, codes), _sum(numbers, _YEAR, _all()))
    of_product = share(_sum(product, _YEAR, codes), _sum(product, _YEAR, _all()))
    others = {
        f"number of {year}": _density(codes, "number", year) / _density(_all(), "number", year)
        for year in (2010,)
    } | {
        "employees in place of the number": _density(codes, "employees", _YEAR)
        / _density(_all(), "employees", _YEAR),
        "turnover in place of the number": _density(codes, "turnover", _YEAR)
        / _density(_all(), "turnover", _YEAR),
    }
    density, russia = (_density(c, "number", _YEAR) for c in (codes, _all()))
    return Evidence(
        above(found, claim.line),
        f"The group had {number(density, 2)} small enterprises per 1,000 inhabitants in {_YEAR}, "
        f"Russia {number(russia, 2)}: a ratio of {number(found, 3)}.",
        computed=round(float(found), 6),
        formula="(enterprises / inhabitants of the group) / (enterprises / inhabitants of Russia)",
        inputs=_density_inputs(codes, "number", _YEAR),
        readings=(
            Reading("at least nine tenths of Russia's", above(found, measured(0.9))),
            *(
                Reading(f"{label}: {number(value, 3)}", above(value, claim.line))
                for label, value in others.items()
            ),
            Reading(
                f"share in the number ({number(of_number, 1)} per cent) above the share in gross "
                f"regional product ({number(of_product, 1)}), {_YEAR}",
                above(of_number, of_product),
            ),
        ),
    )


@settles("business-activity-most", years=(_YEAR, _YEAR), any_group=True, several=2)
def business_activity(_: Claim, parameters: Parameters) -> Evidence:
    """Count the regions with more enterprises per inhabitant than Russia."""
    codes = group_of(parameters).codes
    over = _denser(codes, "number", _YEAR)
    others = {
        "number of 2010": _denser(codes, "number", 2010),
        f"employees of {_YEAR}": _denser(codes, "employees", _YEAR),
        f"turnover of {_YEAR}": _denser(codes, "turnover", _YEAR),
    }
    names = formatting.listing([regions.brief(code) for code in over])
    return Evidence(
        _most(over, codes),
        f"{some_of(len(over), len(codes), 'region').capitalize()} had more "
        f"small enterprises per 1,000 inhabitants than Russia in {_YEAR}"
        + (f": {names}." if names else "."),
        computed=len(over),
        formula="number of regions with more enterprises per inhabitant than Russia",
        inputs=_density_inputs(codes, "number", _YEAR),
        readings=tuple(
            Reading(f"{label}: {len(found)} of {len(codes)} regions", _most(found, codes))
            for label, found in others.items()
        ),
    )


@settles("investment-activity-most", any_group=True, several=2)
def investment_activity(_: Claim, parameters: Parameters) -> Evidence:
    """Say what the one year with investment by region tells."""
    codes, year = group_of(parameters).codes, 2020
    invested, product = measures.values("investment"), gross_product.gross_regional_product()

    def rate(code: str) -> Value:
        return share(measured(figure(invested, year, code)), measured(figure(product, year, code)))

    russia = rate(regions.RUSSIA)
    over = [code for code in codes if above(rate(code), russia) == "holds"]
    evidence = not_checkable(
        "investment of small enterprises by region for 2011–2019",
        f"In {year}, the one year held, it was higher per rouble of gross regional product than "
        f"in Russia in {some_of(len(over), len(codes), 'region')}.",
        Input(
            "small_enterprises",
            f"investment, {year}, regions of the group and RU",
            pairs({code: figure(invested, year, code) for code in (*codes, regions.RUSSIA)}),
        ),
        Input(
            "gross_regional_product",
            f"{year}, regions of the group and RU, million roubles",
            pairs({code: figure(product, year, code) for code in (*codes, regions.RUSSIA)}),
        ),
    )
    return replace(evidence, readings=(Reading(f"in {year}", _most(over, codes)),))


@settles("creating-jobs", years=(2011, 2014), any_group=True)
def jobs(_: Claim, parameters: Parameters) -> Evidence:
    """Check that employees rose in every comparable year."""
    codes = group_of(parameters).codes
    table = measures.values("employees")
    held = {year: _sum(table, year, codes) for year in (*range(2011, 2015), *range(2016, 2020))}
    before = {year: held[year] for year in range(2011, 2015)}
    ends = {year: held[year] for year in (2011, 2014)}
    after = {year: held[year] for year in range(2017, 2020)}
    russia = {y: measured(figure(table, y, regions.RUSSIA)) for y in range(2011, 2015)}
    evidence = trend(before, "rise", "The numbers of employees")
    return replace(
        evidence,
        inputs=(
            Input(
                "small_enterprises",
                "employees, 2011–2014, regions of the group added up, thousand persons",
                pairs({year: float(value) for year, value in before.items()}),
            ),
        ),
        readings=(
            Reading(f"2014 against 2011 ({steps(ends, 1)})", rises(ends)),
            Reading(f"2017 to 2019 ({listed(after, 1)})", rises(after)),
            Reading(f"Russia, 2011 to 2014 ({steps(russia, 1)})", rises(russia)),
        ),
        implies=f"Over 2011 to 2014 employees of the group changed by a factor of "
        f"{number(fold_change(ends[2011], ends[2014]), 3)}. Steps to 2015, 2016 and 2017 cross "
        "breaks in the series.",
    )


@settles("leader-novosibirsk", "leader-samara", "leader-chelyabinsk", named=True, several=_APART)
@settles("closer-altai-republic", "closer-kurgan", "closer-astrakhan", named=True, several=_APART)
def one_region(claim: Claim, parameters: Parameters) -> Evidence:
    """Count the positions in which the region is among the first or the last three."""
    code = region_of(claim)
    what = f"{regions.name(code)} is among the {_end(claim)} three of the group"
    return _positions(claim, parameters, lambda three: code in three, what)


@settles("leaders-three", "closers-three", several=_APART)
def three_regions(claim: Claim, parameters: Parameters) -> Evidence:
    """Count the positions in which the three are exactly those that the paper names."""
    named = _LEADERS if _end(claim) == "first" else _CLOSERS
    absent = [regions.name(code) for code in named if code not in group_of(parameters).codes]
    if absent:
        return Evidence("not-checkable", f"Not in the group chosen: {formatting.listing(absent)}.")
    what = f"{formatting.listing([regions.brief(c) for c in named])} are the {_end(claim)} three"
    return _positions(claim, parameters, lambda three: set(three) == set(named), what)


def _end(claim: Claim) -> str:
    return "first" if claim.id.startswith("leader") else "last"


def _positions(
    claim: Claim, parameters: Parameters, test: Callable[[Sequence[str]], bool], what: str
) -> Evidence:
    """Return the evidence on the share of positions in which the first or last three pass."""
    codes = list(group_of(parameters).codes)
    pick = indicators.leaders if _end(claim) == "first" else indicators.closers
    tables = {row: measures.series(title)[codes] for row, title in ROWS.items()}
    found = {
        (row, int(year)): pick(table.T[year], 3)
        for row, table in tables.items()
        for year in table.index
        if year in years_of(parameters)
    }
    period = {key: three for key, three in found.items() if key[1] in YEARS}
    if not period:
        return not_checkable("a position within the years chosen and those of Table 2, 2011–2017")
    other = [f"{row} in {year}" for (row, year), three in period.items() if not test(three)]
    passed, whole = len(period) - len(other), len(period)
    part = share(passed, whole)
    rows = formatting.listing(list(dict.fromkeys(row for row, _ in period)))
    return Evidence(
        _at_least(part, claim.line),
        f"{what} in {passed} of {whole} positions ({rows}, {formatting.years(_years(period))})"
        + (f", not for {formatting.listing(other)}" if 0 < len(other) <= passed else "")
        + ". Investment by region is not held for these years.",
        computed=round(float(part), 6),
        formula="100 × positions in which it is true / all positions",
        inputs=(
            Input(
                "small_enterprises",
                f"{_end(claim)} three of the group by indicator and year",
                tuple((f"{row} {year}", " ".join(three)) for (row, year), three in period.items()),
            ),
        ),
        readings=(
            Reading("in every position", true(not other)),
            Reading(
                f"positions of all years held, {formatting.years(_years(found))}",
                _at_least(_percent(found, test), claim.line),
            ),
        ),
    )


def _percent(
    found: dict[tuple[str, int], list[str]], test: Callable[[Sequence[str]], bool]
) -> Value:
    return share(sum(test(three) for three in found.values()), len(found))


def _at_least(value: Value, bound: Value) -> Verdict:
    return at_most(bound, value)


def _years(found: dict[tuple[str, int], list[str]]) -> list[int]:
    return sorted({year for _, year in found})


def _all() -> tuple[str, ...]:
    return tuple(str(code) for code in regions.subjects().index)


def _sum(table: pd.DataFrame, year: int, codes: Sequence[str]) -> Value:
    return total(measured(figure(table, year, code)) for code in codes)


def _density(codes: Sequence[str], indicator: str, year: int) -> Value:
    """Return the indicator per 1,000 inhabitants of the regions together."""
    part = _sum(measures.values(indicator), year, codes)
    return 1000 * part / _sum(_inhabitants(), year, codes)


@resources.remembered
def _inhabitants() -> pd.DataFrame:
    return indicators.by_region(resources.load("population"), "population")


def _denser(codes: Sequence[str], indicator: str, year: int) -> list[str]:
    """Return the regions with more of the indicator per inhabitant than Russia."""
    russia = _density(_all(), indicator, year)
    return [code for code in codes if _density([code], indicator, year).central > russia.central]


def _density_inputs(codes: Sequence[str], indicator: str, year: int) -> tuple[Input, ...]:
    return tuple(
        Input(
            resource,
            f"{rows}, {year}, regions of the group and sum of the 83 regions",
            pairs(
                {code: figure(table, year, code) for code in codes}
                | {"sum of the 83 regions": float(_sum(table, year, _all()))}
            ),
        )
        for resource, rows, table in (
            ("small_enterprises", indicator, measures.values(indicator)),
            ("population", "average annual population", _inhabitants()),
        )
    )


def _most(found: Sequence[str], codes: Sequence[str]) -> Verdict:
    return true(2 * len(found) > len(codes))
