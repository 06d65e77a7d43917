"""Evidence on gross product: its total and its share in Russia."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from borderbook import formatting
from borderbook.claims.checks import (
    Claim,
    Evidence,
    Input,
    Reading,
    Verdict,
    above,
    against_printed,
    claims,
    measured,
    number,
    pairs,
    size,
    true,
)
from borderbook.claims.intervals import Printed, Value, judge, share
from borderbook.claims.rules import group_of, settles
from borderbook.parameters.model import Parameters
from helpers import indicators, regions
from helpers.gross_product import measures as gross_product

_YEAR = 2017


@settles("grp-total-2017", years=(_YEAR, _YEAR))
def total(claim: Claim, parameters: Parameters) -> Evidence:
    """Compare the printed total with the sum of the regions' GRP."""
    codes = list(group_of(parameters).codes)
    found = _total(codes, _YEAR)
    verdict = _just_above(found, claim)
    gap = found - Printed(claim.printed).value
    side = "more" if gap.central >= 0 else "less"
    return Evidence(
        verdict,
        f"The regions add up to {number(found, 2)} trillion roubles in today's vintage, "
        f"{number(size(gap), 2)} {side} than the printed {claim.printed}.",
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
def share_of_product(claim: Claim, parameters: Parameters) -> Evidence:
    """Compare the printed share with that in GDP."""
    codes = list(group_of(parameters).codes)
    found = share(_total(codes, _YEAR), _gdp(_YEAR))
    evidence = against_printed(claim.printed, found, "%")
    others = [
        (f"{label}, of {base}", share(value, whole(year)))
        for year in (_YEAR, _YEAR - 1)
        for label, value in _variants(parameters, year)
        for base, whole in (("the sum of gross regional product", _grp_of_russia), ("GDP", _gdp))
    ]
    return replace(
        evidence,
        formula="100 × sum of the regions' gross regional product / gross domestic product",
        inputs=(_grp(codes, _YEAR), _gdp_input(_YEAR)),
        readings=tuple(
            Reading(f"{label}: {number(value, 1)} per cent", _judge(claim, value))
            for label, value in others
        ),
    )


@settles("grp-total-and-share-agree", years=(_YEAR, _YEAR))
def total_and_share(claim: Claim, _: Parameters) -> Evidence:
    """Compare the printed share with the printed total over published GDP."""
    printed = _printed_total()
    found = share(printed, _gdp(_YEAR))
    implied = printed / Printed(claim.printed) * 100
    low, high = implied.interval.low, implied.interval.high
    wholes = [
        (f"of {base} of {year}", share(printed, whole(year)))
        for year in (_YEAR, _YEAR - 1)
        for base, whole in (("GDP", _gdp), ("the sum of gross regional product", _grp_of_russia))
    ][1:]
    return replace(
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
        f"{number(implied, 1)} trillion roubles (from {formatting.number(float(low), 1)} to "
        f"{formatting.number(float(high), 1)} with their rounding); the gross domestic product of "
        f"{_YEAR} is published as {number(_gdp(_YEAR), 1)}, the sum of gross regional product as "
        f"{number(_grp_of_russia(_YEAR), 1)}.",
    )


def _total(codes: Sequence[str], year: int) -> Value:
    """Return the sum of the regions' GRP, trillion roubles."""
    table = gross_product.gross_regional_product()
    return measured(indicators.group_total(table, codes)[year]) / 10**6


def _grp_of_russia(year: int) -> Value:
    return measured(gross_product.gross_regional_product().T[year][regions.RUSSIA]) / 10**6


def _gdp(year: int) -> Value:
    return measured(gross_product.gross_domestic_product()[year]) / 10**6


def _variants(parameters: Parameters, *years: int) -> list[tuple[str, Value]]:
    """Return the totals under every way to count the group, labelled, trillion roubles."""
    return [
        (f"{year}, {label}", _total(codes, year))
        for year in years or (_YEAR, _YEAR - 1)
        for label, codes in gross_product.variants(group_of(parameters)).items()
    ]


def _just_above(value: Value, claim: Claim) -> Verdict:
    """Return the verdict on a value above the printed number by less than its last digit's unit."""
    printed = Printed(claim.printed)
    return true(printed.value < value.central < printed.value + Decimal(1).scaleb(-printed.digits))


def _judge(claim: Claim, value: Value) -> Verdict:
    return judge(Printed(claim.printed), value.central, value.interval)


def _printed_total() -> Printed:
    return Printed(claims()["grp-total-2017"].printed)


def _grp(codes: Sequence[str], year: int) -> Input:
    table = gross_product.gross_regional_product()
    return Input(
        "gross_regional_product",
        f"regions of the group, {year}, million roubles",
        pairs({code: float(table.T[year][code]) for code in codes}),
    )


def _gdp_input(year: int) -> Input:
    billion = float(gross_product.gross_domestic_product()[year]) / 1000
    return Input("russia_totals", f"gdp, {year}, billion roubles", ((str(year), billion),))
