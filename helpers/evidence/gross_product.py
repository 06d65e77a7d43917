"""Evidence on gross product and industry."""

from __future__ import annotations

from decimal import Decimal

from helpers import gross_product, indicators, regions, words
from helpers.evidence import group_of, region_of, settles, years_of
from helpers.judging import (
    Claim,
    Evidence,
    Input,
    Reading,
    Verdict,
    above,
    against_printed,
    at_most,
    every,
    measured,
    not_checkable,
    number,
    pairs,
    true,
)
from helpers.parameters import Section
from helpers.printed import Printed, Value, judge, share

_YEAR = 2017
_NEAR = 1
"""Percentage points from the 30 % line within which a verdict may hang on the vintage."""


@settles("grp-total-2017", years=(_YEAR, _YEAR))
def total(claim: Claim, parameters: Section) -> Evidence:
    """Compare the printed total with the sum of the regions' GRP."""
    codes = list(group_of(parameters).codes)
    found = _total(codes, _YEAR)
    verdict = _just_above(found, claim)
    than = "above it by less than one unit of its last digit" if verdict == "holds" else "further"
    return Evidence(
        verdict,
        f"The regions add up to {number(found, 2)} trillion roubles in today's vintage; "
        f"the paper prints a total above {claim.printed}, which is {than}"
        + ("." if verdict == "holds" else " away than its last digit tells."),
        computed=round(float(found), 6),
        formula="sum of the regions' gross regional product",
        inputs=(_grp(codes, _YEAR),),
        readings=(
            Reading("a lower bound and no more", above(found, Printed(claim.printed).value)),
            *(
                Reading(f"{label}: {number(value, 2)} trillion roubles", _just_above(value, claim))
                for label, value in _variants(parameters)
            ),
        ),
    )


@settles("grp-share-2017", years=(_YEAR, _YEAR))
def share_of_product(claim: Claim, parameters: Section) -> Evidence:
    """Compare the printed share with that in GDP."""
    codes = list(group_of(parameters).codes)
    found = share(_total(codes, _YEAR), _gdp(_YEAR))
    evidence = against_printed(claim.printed, found, "%")
    others = [
        (f"{label}, of the {base}", share(value, whole(year)))
        for year in (_YEAR, _YEAR - 1)
        for label, value in _variants(parameters, year)
        for base, whole in (("sum of gross regional product", _grp_of_russia), ("GDP", _gdp))
    ]
    return _with(
        evidence,
        formula="100 × sum of the regions' gross regional product / gross domestic product",
        inputs=(_grp(codes, _YEAR), _gdp_input(_YEAR)),
        readings=tuple(
            Reading(f"{label}: {number(value, 1)} per cent", _judge(claim, value))
            for label, value in others
        ),
    )


@settles("grp-total-and-share-agree", years=(_YEAR, _YEAR))
def total_and_share(claim: Claim, _: Section) -> Evidence:
    """Compare the printed share with the printed total over published GDP."""
    printed = _printed_total()
    found = share(printed, _gdp(_YEAR))
    implied = printed / Printed(claim.printed) * 100
    low, high = implied.interval.low, implied.interval.high
    wholes = [
        (f"of the {base} of {year}", share(printed, whole(year)))
        for year in (_YEAR, _YEAR - 1)
        for base, whole in (("GDP", _gdp), ("sum of gross regional product", _grp_of_russia))
    ][1:]
    return _with(
        against_printed(claim.printed, found, "%", what="The printed total and published GDP"),
        formula="100 × printed total / gross domestic product",
        inputs=(
            Input("claims", "grp-total-2017: printed", (("printed", printed.text),)),
            _gdp_input(_YEAR),
        ),
        readings=tuple(
            Reading(f"{label}: {number(value, 1)} per cent", _judge(claim, value))
            for label, value in wholes
        ),
        implies=f"The two printed numbers together imply a product of Russia of "
        f"{number(implied, 1)} trillion roubles (from {words.number(float(low), 1)} to "
        f"{words.number(float(high), 1)} with their rounding); the gross domestic product of "
        f"{_YEAR} is published as {number(_gdp(_YEAR), 1)}, the sum of gross regional product as "
        f"{number(_grp_of_russia(_YEAR), 1)}.",
    )


@settles(
    *(f"industry-{name}" for name in ("volgograd", "astrakhan", "saratov", "samara", "orenburg")),
    *(f"industry-{name}" for name in ("chelyabinsk", "tyumen", "omsk", "altai-krai")),
    *(f"industry-{name}" for name in ("kurgan", "novosibirsk", "altai-republic")),
    years=(_YEAR, _YEAR),
    any_group=True,
    named=True,
)
def industry(claim: Claim, parameters: Section) -> Evidence:
    """Compare industry's share in a region with the line."""
    code = region_of(claim)
    test = at_most if region_of(claim) in _EXCEPTIONS else above
    table = gross_product.industry_share()
    found = _industry(code, _YEAR)
    sections = gross_product.structure(_YEAR).loc[code, ["B", "C", "D", "E"]]
    verdict = test(found, claim.line)
    side = "above" if above(found, claim.line) == "holds" else "not above"
    others = [year for year in table.index if year in years_of(parameters) and year != _YEAR]
    return Evidence(
        verdict,
        f"Industry made {number(found, 1)} per cent of gross value added in {regions.name(code)} "
        f"in {_YEAR}, {side} {number(claim.line, 0)}." + _vintage(found, claim),
        computed=float(found),
        formula="sum of sections B, C, D and E in gross value added",
        inputs=(
            Input(
                "gva_structure_2016_2024",
                f"{code}, {_YEAR}, sections B to E, per cent",
                tuple((str(k), float(v)) for k, v in sections.items()),
            ),
        ),
        readings=(
            *_narrower(code, test, claim),
            *(
                Reading(
                    f"in {year}: {words.number(table.loc[year, code], 1)} per cent",
                    test(_industry(code, int(year)), claim.line),
                )
                for year in others
            ),
        ),
    )


@settles("industry-most-regions", years=(_YEAR, _YEAR), any_group=True)
def most_regions(claim: Claim, parameters: Section) -> Evidence:
    """Count the regions with industry above the line."""
    group = group_of(parameters)
    values = {code: _industry(code, _YEAR) for code in group.codes}
    over = [code for code, value in values.items() if above(value, claim.line) == "holds"]
    near = [regions.brief(code) for code, value in values.items() if _is_near(value, claim)]
    whole = len(group.codes)
    return Evidence(
        true(2 * len(over) > whole),
        f"Industry makes more than {number(claim.line, 0)} per cent of gross value added in "
        f"{words.count(len(over))} of {words.count(whole)} regions in {_YEAR}."
        + (f" Within 1 point of the line: {words.listing(near)}." if near else ""),
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
def exceptions(claim: Claim, parameters: Section) -> Evidence:
    """Compare the regions that are not above the line with the paper's three."""
    codes = list(group_of(parameters).codes)
    below = [code for code in codes if above(_industry(code, _YEAR), claim.line) != "holds"]
    named = [code for code in _EXCEPTIONS if code in codes]
    extra = [code for code in below if code not in named]
    absent = [code for code in named if code not in below]
    shown = words.listing([_with_share(code) for code in below])
    faults = [_differ(extra, "are not above it either"), _differ(absent, "are above it")]
    near = [code for code in (*extra, *absent) if _is_near(_industry(code, _YEAR), claim)]
    vintage = (
        f" {words.listing([regions.brief(c) for c in near])}: within 1 point of the line, "
        "so that the answer hangs on the vintage of the figures."
        if near
        else ""
    )
    return Evidence(
        true(not extra and not absent),
        f"Not above {number(claim.line, 0)} per cent in {_YEAR}: {shown}."
        + "".join(faults)
        + vintage,
        computed=words.listing([regions.brief(code) for code in below]),
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
def diversified(_: Claim, parameters: Section) -> Evidence:
    """Say what diversity over all sections tells."""
    codes = list(group_of(parameters).codes)
    table = gross_product.diversity(_YEAR)
    even = [code for code in codes if table[code] <= table[regions.RUSSIA]]
    whole = words.count(len(codes))
    evidence = not_checkable(
        "output or value added of industry by branch and region; the data tell four sections of "
        "industry apart and manufacturing is one of them",
        f"Over all sections of gross value added, {words.count(len(even))} of {whole} regions "
        f"{'is' if len(even) == 1 else 'are'} as diverse as Russia or more (Herfindahl "
        f"concentration of at most {words.number(table[regions.RUSSIA], 3)}, {_YEAR}).",
        Input(
            "gva_structure_2016_2024",
            f"group and RU, {_YEAR}, all sections: Herfindahl concentration",
            pairs({c: round(float(table[c]), 6) for c in (*codes, regions.RUSSIA)}),
        ),
    )
    return _with(
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
def mining(claim: Claim, _: Section) -> Evidence:
    """Compare the location quotient of mining with the threshold."""
    code = region_of(claim)
    quotients = gross_product.specialisation([code], _YEAR).loc[code]
    shares = gross_product.structure(_YEAR)
    found = measured(shares.loc[code, "B"]) / measured(shares.loc[regions.RUSSIA, "B"])
    half = measured(shares.loc[code, "B"]) * 2
    return Evidence(
        above(found, claim.line),
        f"Mining made {words.number(shares.loc[code, 'B'], 1)} per cent of gross value added in "
        f"{regions.name(code)} in {_YEAR}, {number(found, 2)} times its share in Russia. "
        "Processing of oil, gas and metals is part of manufacturing and cannot be told apart.",
        computed=round(float(quotients["B"]), 6),
        formula="share of section B in the region / share of section B in Russia",
        inputs=(
            Input(
                "gva_structure_2016_2024",
                f"{code} and RU, {_YEAR}, section B, per cent",
                ((code, shares.loc[code, "B"]), (regions.RUSSIA, shares.loc[regions.RUSSIA, "B"])),
            ),
        ),
        readings=(
            Reading("mining is more than half of the region's industry",
                    above(half, _industry(code, _YEAR))),
            Reading("mining is the largest of all sections",
                    true(shares.loc[code].idxmax() == "B")),
            Reading("mining and manufacturing together, quotient above the threshold",
                    above(
                        measured(shares.loc[code, "B"]) + measured(shares.loc[code, "C"]),
                        (measured(shares.loc[regions.RUSSIA, "B"])
                         + measured(shares.loc[regions.RUSSIA, "C"])) * claim.line,
                    )),
        ),
    )  # fmt: skip


@settles("top-five-oil-samara", "top-five-oil-orenburg", years=(_YEAR, _YEAR), named=True)
def top_five(claim: Claim, _: Section) -> Evidence:
    """Say what the value added of mining tells on the rank."""
    code = region_of(claim)
    product = gross_product.gross_regional_product().loc[_YEAR]
    mined = (product * gross_product.structure(_YEAR)["B"] / 100).drop(regions.RUSSIA)
    place = int(indicators.rank(mined)[code])
    return not_checkable(
        "output of oil and gas by region",
        f"By value added in mining, which also holds coal, ores and other minerals, "
        f"{regions.name(code)} was number {place} of the {len(mined.dropna())} regions in {_YEAR} "
        f"({words.number(mined[code] / 1000, 0)} billion roubles).",
        Input("gross_regional_product", f"all regions, {_YEAR}", ((code, float(product[code])),)),
        Input(
            "gva_structure_2016_2024",
            f"all regions, {_YEAR}, section B",
            ((code, float(gross_product.structure(_YEAR).loc[code, "B"])),),
        ),
    )


@settles("other-regions-branches", years=(_YEAR, _YEAR))
def branches(_: Claim, parameters: Section) -> Evidence:
    """Say what the share of manufacturing as a whole tells."""
    others = [c for c in group_of(parameters).codes if c not in _MINING and c not in regions.OKRUGS]
    quotients = gross_product.specialisation(others, _YEAR)["C"]
    special = [regions.brief(code) for code in others if quotients[code] > 1]
    return not_checkable(
        "output or value added of manufacturing by branch and region",
        f"Manufacturing as a whole has a larger share than in Russia in "
        f"{words.count(len(special))} of these {words.count(len(others))} regions in {_YEAR}: "
        f"{words.listing(special)}.",
        Input(
            "gva_structure_2016_2024",
            f"{_YEAR}, section C: location quotients",
            pairs({code: round(float(quotients[code]), 6) for code in others}),
        ),
    )
