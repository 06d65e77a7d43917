"""Evidence on industry: its weight in the regions, its diversity and specialisations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction

from borderbook import formatting
from borderbook.claims import checks as c
from borderbook.claims.intervals import Interval, Value, measured, share
from borderbook.claims.model import Claim, Evidence, Input, Verdict, figure
from borderbook.claims.rules import Rules
from borderbook.parameters.model import Parameters
from helpers import indicators, regions
from helpers.gross_product import measures as gross_product
from helpers.gross_product.measures import PAPERS_YEAR as _YEAR
from helpers.scope import group_of, region_of, years_of

RULES = Rules()

_STRUCTURE = "gva_structure_2016_2024"
_OF_INDUSTRY = "sections B to E, per cent"
_NEAR = 1
"""Percentage points from the line within which a verdict may hang on the vintage."""
_EXCEPTIONS = ("RU-KGN", "RU-NVS", "RU-AL")
"""The regions that the paper excepts from the industrially developed ones."""
_SECTIONS_BEFORE = len("CDE")
"""Sections of OKVED-2007 that are industry, in force until 2015."""
_MINING = ("RU-AST", "RU-ORE", "RU-SAM")
"""The regions that the paper calls focused on extraction and processing."""


@RULES.settles(
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
    compare = c.at_most if code in _EXCEPTIONS else c.above
    table, structure = gross_product.industry_share(), gross_product.structure(_YEAR)
    weight = _industry(code)
    side = "above" if _is_above(weight, claim) else "not above"
    mining, manufacturing = (measured(figure(structure, code, name)) for name in "BC")
    others = {
        "manufacturing only": manufacturing,
        "mining, manufacturing": mining + manufacturing,
        **{
            f"in {year}": _industry(code, int(year))
            for year in table.index
            if year in years_of(parameters) and year != _YEAR
        },
    }
    vintage = (
        " That is within 1 point of the line: the verdict hangs on the vintage of the figures, "
        "which is as revised by 2025, not that of 2019."
    )
    return Evidence(
        compare(weight, claim.line),
        f"Industry made {c.number(weight, 1)} per cent of gross value added in "
        f"{regions.name(code)} in {_YEAR}, {side} {c.number(claim.line, 0)}."
        + vintage
        * _is_near(weight, claim),
        computed=float(weight),
        formula="sum of sections B, C, D and E in gross value added",
        inputs=(c.rows(_STRUCTURE, f"{code}, {_YEAR}, {_OF_INDUSTRY}", structure, code, "BCDE"),),
        readings=c.readings(others, 1, "%", lambda value: compare(value, claim.line)),
    )


@RULES.settles("industry-most-regions", years=(_YEAR, _YEAR), several=2)
def most_regions(claim: Claim, parameters: Parameters) -> Evidence:
    """Count the regions with industry above the line."""
    codes = list(group_of(parameters).codes)
    whole = len(codes)
    values = {code: _industry(code) for code in codes}
    over, rounded = _over(values.values(), claim)
    near = [regions.brief(code) for code, value in values.items() if _is_near(value, claim)]
    table = gross_product.industry_share()
    others = {
        year: _over([_industry(code, year) for code in codes], claim)
        for year in map(int, table.index)
        if year in years_of(parameters) and year != _YEAR
    }
    return Evidence(
        _most(over, rounded, whole),
        f"Industry makes more than {c.number(claim.line, 0)} per cent of gross value added in "
        f"{c.some_of(over, whole, 'region')} in {_YEAR}{_with_rounding(rounded)}."
        + (f" Within 1 point of the line: {formatting.listing(near)}." if near else ""),
        computed=over,
        formula="number of regions in which sections B to E make more than the threshold",
        inputs=(_industry_input(codes),),
        readings={
            f"in {year}: {some} of {whole} regions{_with_rounding(more)}": _most(some, more, whole)
            for year, (some, more) in others.items()
        },
    )


@RULES.settles("industry-three-exceptions", years=(_YEAR, _YEAR), any_group=False)
def exceptions(claim: Claim, parameters: Parameters) -> Evidence:
    """Compare the regions that are not above the line with the paper's three."""
    codes = list(group_of(parameters).codes)
    values = {code: _industry(code) for code in codes}
    below = [code for code in codes if not _is_above(values[code], claim)]
    named = [code for code in _EXCEPTIONS if code in codes]
    extra = [code for code in below if code not in named]
    absent = [code for code in named if code not in below]
    shown = formatting.listing([f"{regions.brief(x)} ({c.number(values[x], 1)})" for x in below])
    near = [code for code in (*extra, *absent) if _is_near(values[code], claim)]
    vintage = (
        f" {regions.names(near)}: within 1 point of the line, "
        "so that the answer hangs on the vintage of the figures."
    )
    apart = "apart from regions within 1 point of the line"
    undecided = all(_is_open(values[code], claim) for code in (*extra, *absent))
    return Evidence(
        "differs" if not undecided else "holds-rounded" if extra or absent else "holds",
        f"Not above {c.number(claim.line, 0)} per cent in {_YEAR}: {shown}."
        + (f" {regions.names(extra)} are not above it either." if extra else "")
        + (f" {regions.names(absent)} are above it." if absent else "")
        + (vintage if near else ""),
        computed=regions.names(below),
        formula="regions in which sections B to E make the threshold or less",
        inputs=(_industry_input(codes),),
        readings={apart: c.true({*extra, *absent} <= {*near})},
    )


@RULES.settles("industry-diversified", years=(_YEAR, _YEAR))
def diversified(_: Claim, parameters: Parameters) -> Evidence:
    """Say what diversity over all sections tells."""
    codes = list(group_of(parameters).codes)
    table = gross_product.diversity(_YEAR)
    even = [code for code in codes if table[code] <= table[regions.RUSSIA]]
    verb = "are" if len(even) > 1 else "is"
    evidence = c.not_checkable(
        "output or value added of industry by branch and region; the data tell four sections of "
        "industry apart and manufacturing is one of them",
        f"Over all sections of gross value added, {c.some_of(len(even), len(codes), 'region')} "
        f"{verb} as diverse as Russia or more (Herfindahl "
        f"concentration of at most {formatting.number(table[regions.RUSSIA], 4)}, {_YEAR}).",
        c.basis(
            _STRUCTURE,
            f"group and RU, {_YEAR}, all sections: Herfindahl concentration",
            {x: round(float(table[x]), 6) for x in (*codes, regions.RUSSIA)},
        ),
    )
    reading = "over all sections of gross value added, most regions as diverse as Russia"
    return replace(evidence, readings={reading: c.true(2 * len(even) > len(codes))})


@RULES.settles(
    *("mining-focus-astrakhan", "mining-focus-orenburg", "mining-focus-samara"),
    years=(_YEAR, _YEAR),
    named=True,
)
def mining(claim: Claim, _: Parameters) -> Evidence:
    """Compare mining's part of the region's industry with the threshold.

    Processing adds to it what cannot be told from other manufacturing: all of that is the bound.
    """
    code = region_of(claim)
    structure = gross_product.structure(_YEAR)
    (mined, made), (mined_russia, made_russia) = (
        [measured(figure(structure, place, name)) for name in "BC"]
        for place in (code, regions.RUSSIA)
    )
    everything = _industry(code)
    part, most = share(mined, everything), share(mined + made, everything)
    alone, at_most = c.above(part, claim.line), c.above(most, claim.line)
    quotient = mined / mined_russia
    largest = max(structure.columns, key=lambda name: figure(structure, code, name))
    inputs = (
        c.rows(_STRUCTURE, f"{code}, {_YEAR}, {_OF_INDUSTRY}", structure, code, "BCDE"),
        c.basis(_STRUCTURE, f"RU, {_YEAR}, section B, per cent", {regions.RUSSIA: mined_russia}),
    )
    finding = (
        f"Mining made {c.number(part, 1)} per cent of industry's value added in "
        f"{regions.name(code)} in {_YEAR}, {c.number(quotient, 2)} times its share in Russia's "
        "economy"
    )
    readings = {
        "mining's share of value added above that in Russia": c.above(mined, mined_russia),
        "mining is the largest of all sections": c.true(largest == "B"),
        "mining and manufacturing together, share above that in Russia": c.above(
            (mined + made) / (mined_russia + made_russia), 1
        ),
    }
    if alone == "differs" and at_most != "differs":
        missing = c.not_checkable(
            "value added in processing oil, gas and metals, apart from other manufacturing",
            f"{finding}; with all manufacturing, {c.number(most, 1)} per cent of industry.",
            *inputs,
        )
        return replace(missing, readings=readings)
    return Evidence(
        alone,
        f"{finding}. Processing, which is part of manufacturing, comes on top.",
        computed=c.approximate(part),
        formula="100 × section B / sections B to E, gross value added",
        inputs=inputs,
        readings=readings,
    )


@RULES.settles("top-five-oil-samara", "top-five-oil-orenburg", years=(_YEAR, _YEAR), named=True)
def top_five(claim: Claim, _: Parameters) -> Evidence:
    """Say what the value added of mining tells on the rank."""
    code = region_of(claim)
    product, structure = gross_product.gross_regional_product(), gross_product.structure(_YEAR)
    mined = (product.T[_YEAR] * structure["B"] / 100).loc[regions.subjects().index]
    place = int(indicators.rank(mined)[code])
    return c.not_checkable(
        "output of oil and gas by region",
        f"By value added in mining, which also holds coal, ores and other minerals, "
        f"{regions.name(code)} was number {place} of the {len(mined)} regions in {_YEAR} "
        f"({formatting.number(float(mined[code]) / 1000)} billion roubles).",
        c.rows("gross_regional_product", f"all regions, {_YEAR}", product, _YEAR, [code]),
        c.basis(_STRUCTURE, f"all regions, {_YEAR}, section B", {code: structure["B"][code]}),
    )


@RULES.settles("other-regions-branches", years=(_YEAR, _YEAR), any_group=False)
def branches(_: Claim, parameters: Parameters) -> Evidence:
    """Say what the share of manufacturing as a whole tells."""
    others = [x for x in group_of(parameters).codes if x not in (*_MINING, *regions.OKRUGS)]
    quotients = gross_product.specialisation(others, _YEAR)["C"]
    special = [code for code in others if quotients[code] > 1]
    return c.not_checkable(
        "output or value added of manufacturing by branch and region",
        f"Manufacturing as a whole has a larger share than in Russia in "
        f"{formatting.count(len(special))} of these {formatting.count(len(others))} regions "
        f"in {_YEAR}: {regions.names(special)}.",
        c.basis(
            _STRUCTURE,
            f"{_YEAR}, section C: location quotients",
            {code: round(float(quotients[code]), 6) for code in others},
        ),
    )


def _industry(code: str, year: int = _YEAR) -> Value:
    """Return industry's share with what the rounding of its sections leaves open."""
    value = measured(figure(gross_product.industry_share(), year, code))
    half = Fraction(1, 20) * (_SECTIONS_BEFORE if year < gross_product.BREAK else len("BCDE"))
    return Value(value.central, Interval(value.central - half, value.central + half))


def _is_above(value: Value, claim: Claim) -> bool:
    return c.above(value, claim.line) == "holds"


def _is_open(value: Value, claim: Claim) -> bool:
    """Return whether the rounding of its sections leaves open on which side a share lies."""
    return "differs" not in (c.above(value, claim.line), c.at_most(value, claim.line))


def _over(values: Iterable[Value], claim: Claim) -> tuple[int, int]:
    """Return how many shares are above the line, and how many more may be by their rounding."""
    verdicts = [c.above(value, claim.line) for value in values]
    return verdicts.count("holds"), verdicts.count("holds-rounded")


def _most(over: int, rounded: int, whole: int) -> Verdict:
    """Return whether more than half are above the line."""
    if 2 * over > whole:
        return "holds"
    return "holds-rounded" if 2 * (over + rounded) > whole else "differs"


def _with_rounding(rounded: int) -> str:
    return f", and in {formatting.count(rounded)} more within rounding" if rounded else ""


def _is_near(value: Value, claim: Claim) -> bool:
    return abs((value - claim.line).central) <= _NEAR


def _industry_input(codes: Sequence[str]) -> Input:
    what = f"regions of the group, {_YEAR}, sections B to E added up, per cent"
    return c.rows(_STRUCTURE, what, gross_product.industry_share(), _YEAR, codes)
