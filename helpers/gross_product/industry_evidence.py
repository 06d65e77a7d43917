"""Evidence on industry: its weight, its diversity and what regions specialise in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction

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
    measured,
    not_checkable,
    number,
    pairs,
    some_of,
    true,
    width,
)
from borderbook.claims.intervals import Interval, Value
from borderbook.claims.rules import group_of, region_of, settles, years_of
from borderbook.parameters.model import Parameters
from helpers import indicators, regions
from helpers.gross_product import measures as gross_product

_YEAR = 2017
_NEAR = 1
"""Percentage points from the line within which a verdict may hang on the vintage."""
_EXCEPTIONS = ("RU-KGN", "RU-NVS", "RU-AL")
"""The regions that the paper excepts from the industrially developed ones."""
_SECTIONS_BEFORE = len("CDE")
"""Sections of OKVED-2007 that are industry, in force until 2015."""
_MINING = ("RU-AST", "RU-ORE", "RU-SAM")
"""The regions that the paper calls focused on extraction and processing."""


@settles(
    *(f"industry-{name}" for name in ("volgograd", "astrakhan", "saratov", "samara", "orenburg")),
    *(f"industry-{name}" for name in ("chelyabinsk", "tyumen", "omsk", "altai-krai")),
    *(f"industry-{name}" for name in ("kurgan", "novosibirsk", "altai-republic")),
    years=(_YEAR, _YEAR),
    any_group=True,
    named=True,
)
def industry(claim: Claim, parameters: Parameters) -> Evidence:
    """Compare industry's share in a region with the line."""
    code = region_of(claim)
    test = at_most if region_of(claim) in _EXCEPTIONS else above
    table = gross_product.industry_share()
    found = _of_table(table, code)
    structure = gross_product.structure(_YEAR)
    verdict = test(found, claim.line)
    side = "above" if above(found, claim.line) == "holds" else "not above"
    others = [year for year in table.index if year in years_of(parameters) and year != _YEAR]
    return Evidence(
        verdict,
        f"Industry made {number(found, 1)} per cent of gross value added in {regions.name(code)} "
        f"in {_YEAR}, {side} {number(claim.line, 0)}." + _vintage(found, claim),
        computed=float(found),
        interval=found.interval,
        formula="sum of sections B, C, D and E in gross value added",
        inputs=(
            Input(
                "gva_structure_2016_2024",
                f"{code}, {_YEAR}, sections B to E, per cent",
                pairs({name: figure(structure, code, name) for name in "BCDE"}),
            ),
        ),
        readings=(
            *_narrower(code, test, claim),
            *(
                Reading(
                    f"in {year}: {formatting.number(figure(table, year, code), 1)} per cent",
                    test(_of_table(table, code, int(year)), claim.line),
                )
                for year in others
            ),
        ),
    )


@settles("industry-most-regions", years=(_YEAR, _YEAR), any_group=True, several=2)
def most_regions(claim: Claim, parameters: Parameters) -> Evidence:
    """Count the regions with industry above the line."""
    group = group_of(parameters)
    table = gross_product.industry_share()
    values = {code: _of_table(table, code) for code in group.codes}
    over = [code for code, value in values.items() if above(value, claim.line) == "holds"]
    near = [regions.brief(code) for code, value in values.items() if _is_near(value, claim)]
    whole = len(group.codes)
    return Evidence(
        true(2 * len(over) > whole),
        f"Industry makes more than {number(claim.line, 0)} per cent of gross value added in "
        f"{some_of(len(over), whole, 'region')} in {_YEAR}."
        + (f" Within 1 point of the line: {formatting.listing(near)}." if near else ""),
        computed=len(over),
        formula="number of regions in which sections B to E make more than the threshold",
        inputs=(_industry_input(list(group.codes)),),
        readings=tuple(
            Reading(f"in {year}: {count} of {whole} regions", true(2 * count > whole))
            for year, count in _counts(list(group.codes), claim).items()
            if year in years_of(parameters) and year != _YEAR
        ),
    )


@settles("industry-three-exceptions", years=(_YEAR, _YEAR))
def exceptions(claim: Claim, parameters: Parameters) -> Evidence:
    """Compare the regions that are not above the line with the paper's three."""
    codes = list(group_of(parameters).codes)
    table = gross_product.industry_share()
    values = {code: _of_table(table, code) for code in codes}
    below = [code for code in codes if above(values[code], claim.line) != "holds"]
    named = [code for code in _EXCEPTIONS if code in codes]
    extra = [code for code in below if code not in named]
    absent = [code for code in named if code not in below]
    shown = formatting.listing([f"{regions.brief(c)} ({number(values[c], 1)})" for c in below])
    faults = [_differ(extra, "are not above it either"), _differ(absent, "are above it")]
    near = [code for code in (*extra, *absent) if _is_near(values[code], claim)]
    vintage = (
        f" {formatting.listing([regions.brief(c) for c in near])}: within 1 point of the line, "
        "so that the answer hangs on the vintage of the figures."
        if near
        else ""
    )
    return Evidence(
        true(not extra and not absent),
        f"Not above {number(claim.line, 0)} per cent in {_YEAR}: {shown}."
        + "".join(faults)
        + vintage,
        computed=formatting.listing([regions.brief(code) for code in below]),
        formula="regions in which sections B to E make the threshold or less",
        inputs=(_industry_input(codes),),
        readings=(
            Reading(
                "apart from regions within 1 point of the line",
                true(not set(extra) - set(near) and not set(absent) - set(near)),
            ),
        ),
    )


@settles("industry-diversified", years=(_YEAR, _YEAR), any_group=True)
def diversified(_: Claim, parameters: Parameters) -> Evidence:
    """Say what diversity over all sections tells."""
    codes = list(group_of(parameters).codes)
    table = gross_product.diversity(_YEAR)
    even = [code for code in codes if table[code] <= table[regions.RUSSIA]]
    verb = "is" if 1 in (len(even), len(codes)) else "are"
    evidence = not_checkable(
        "output or value added of industry by branch and region; the data tell four sections of "
        "industry apart and manufacturing is one of them",
        f"Over all sections of gross value added, {some_of(len(even), len(codes), 'region')} "
        f"{verb} as diverse as Russia or more (Herfindahl "
        f"concentration of at most {formatting.number(table[regions.RUSSIA], 3)}, {_YEAR}).",
        Input(
            "gva_structure_2016_2024",
            f"group and RU, {_YEAR}, all sections: Herfindahl concentration",
            pairs({c: round(float(table[c]), 6) for c in (*codes, regions.RUSSIA)}),
        ),
    )
    return replace(
        evidence,
        readings=(
            Reading(
                "over all sections of gross value added, most regions as diverse as Russia",
                true(2 * len(even) > len(codes)),
            ),
        ),
    )


@settles(
    "mining-focus-astrakhan",
    "mining-focus-orenburg",
    "mining-focus-samara",
    years=(_YEAR, _YEAR),
    named=True,
)
def mining(claim: Claim, _: Parameters) -> Evidence:
    """Compare the location quotient of mining with the threshold."""
    code = region_of(claim)
    structure = gross_product.structure(_YEAR)
    here = {name: figure(structure, code, name) for name in "BC"}
    russia = {name: figure(structure, regions.RUSSIA, name) for name in "BC"}
    found = measured(here["B"]) / measured(russia["B"])
    both = measured(here["B"]) + measured(here["C"])
    both_in_russia = measured(russia["B"]) + measured(russia["C"])
    largest = max(structure.columns, key=lambda name: figure(structure, code, name))
    return Evidence(
        above(found, claim.line),
        f"Mining made {formatting.number(here['B'], 1)} per cent of gross value added in "
        f"{regions.name(code)} in {_YEAR}, {number(found, 2)} times its share in Russia. "
        "Processing of oil, gas and metals is part of manufacturing and cannot be told apart.",
        computed=round(float(found), 6),
        interval=width(found),
        formula="share of section B in the region / share of section B in Russia",
        inputs=(
            Input(
                "gva_structure_2016_2024",
                f"{code} and RU, {_YEAR}, section B, per cent",
                ((code, here["B"]), (regions.RUSSIA, russia["B"])),
            ),
        ),
        readings=(
            Reading(
                "mining is more than half of the region's industry",
                above(2 * measured(here["B"]), _industry(code)),
            ),
            Reading("mining is the largest of all sections", true(largest == "B")),
            Reading(
                "mining and manufacturing together, quotient above the threshold",
                above(both / both_in_russia, claim.line),
            ),
        ),
    )


@settles("top-five-oil-samara", "top-five-oil-orenburg", years=(_YEAR, _YEAR), named=True)
def top_five(claim: Claim, _: Parameters) -> Evidence:
    """Say what the value added of mining tells on the rank."""
    code = region_of(claim)
    product = gross_product.gross_regional_product()
    structure = gross_product.structure(_YEAR)
    mined = pd.Series(
        {
            c: figure(product, _YEAR, c) * figure(structure, c, "B") / 100
            for c in regions.subjects().index
        }
    )
    place = int(indicators.rank(mined)[code])
    return not_checkable(
        "output of oil and gas by region",
        f"By value added in mining, which also holds coal, ores and other minerals, "
        f"{regions.name(code)} was number {place} of the {len(mined)} regions in {_YEAR} "
        f"({formatting.number(float(mined[code]) / 1000)} billion roubles).",
        Input(
            "gross_regional_product",
            f"all regions, {_YEAR}",
            ((code, figure(product, _YEAR, code)),),
        ),
        Input(
            "gva_structure_2016_2024",
            f"all regions, {_YEAR}, section B",
            ((code, figure(structure, code, "B")),),
        ),
    )


@settles("other-regions-branches", years=(_YEAR, _YEAR))
def branches(_: Claim, parameters: Parameters) -> Evidence:
    """Say what the share of manufacturing as a whole tells."""
    others = [c for c in group_of(parameters).codes if c not in _MINING and c not in regions.OKRUGS]
    quotients = gross_product.specialisation(others, _YEAR)["C"]
    special = [regions.brief(code) for code in others if quotients[code] > 1]
    return not_checkable(
        "output or value added of manufacturing by branch and region",
        f"Manufacturing as a whole has a larger share than in Russia in "
        f"{formatting.count(len(special))} of these {formatting.count(len(others))} regions "
        f"in {_YEAR}: {formatting.listing(special)}.",
        Input(
            "gva_structure_2016_2024",
            f"{_YEAR}, section C: location quotients",
            pairs({code: round(float(quotients[code]), 6) for code in others}),
        ),
    )


def _industry(code: str, year: int = _YEAR) -> Value:
    return _of_table(gross_product.industry_share(), code, year)


def _of_table(table: pd.DataFrame, code: str, year: int = _YEAR) -> Value:
    """Return industry's share with what the rounding of its sections leaves open."""
    value = measured(figure(table, year, code))
    half = Fraction(1, 20) * (_SECTIONS_BEFORE if year < gross_product.BREAK else len("BCDE"))
    return Value(value.central, Interval(value.central - half, value.central + half))


def _is_near(value: Value, claim: Claim) -> bool:
    return abs((value - claim.line).central) <= _NEAR


def _vintage(value: Value, claim: Claim) -> str:
    if not _is_near(value, claim):
        return ""
    return (
        " That is within 1 point of the line: the verdict hangs on the vintage of the figures, "
        "which is today's, not that of 2019."
    )


def _narrower(
    code: str, test: Callable[[Value, Value], Verdict], claim: Claim
) -> tuple[Reading, ...]:
    """Return the verdicts if fewer sections count as industry."""
    structure = gross_product.structure(_YEAR)
    mining, manufacturing = (measured(figure(structure, code, name)) for name in "BC")
    values = {"manufacturing only": manufacturing, "mining, manufacturing": mining + manufacturing}
    return tuple(
        Reading(f"{label}: {number(value, 1)} per cent", test(value, claim.line))
        for label, value in values.items()
    )


def _counts(codes: Sequence[str], claim: Claim) -> dict[int, int]:
    """Return the number of regions above the line by year."""
    table = gross_product.industry_share()
    return {
        int(year): sum(figure(table, year, code) > float(claim.line) for code in codes)
        for year in table.index
    }


def _industry_input(codes: Sequence[str]) -> Input:
    table = gross_product.industry_share()
    return Input(
        "gva_structure_2016_2024",
        f"regions of the group, {_YEAR}, sections B to E added up, per cent",
        pairs({code: figure(table, _YEAR, code) for code in codes}),
    )


def _differ(codes: Sequence[str], text: str) -> str:
    names = formatting.listing([regions.brief(code) for code in codes])
    return f" {names} {text}." if codes else ""
