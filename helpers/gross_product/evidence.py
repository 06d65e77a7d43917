"""Evidence on gross product: its total, its share, and whether the two agree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial

from borderbook import formatting
from borderbook.claims import checks as c
from borderbook.claims.intervals import Interval, Printed, Value, measured, share
from borderbook.claims.model import Claim, Evidence, Input, Verdict, claims
from borderbook.claims.rules import Rules
from borderbook.parameters.model import Parameters
from helpers import indicators, regions
from helpers.gross_product import industry_evidence
from helpers.gross_product import measures as gross_product
from helpers.gross_product.measures import PAPERS_YEAR as _YEAR
from helpers.scope import group_of

RULES = Rules(industry_evidence.RULES)


@RULES.settles("grp-total-2017", years=(_YEAR, _YEAR), any_group=False)
def total(claim: Claim, parameters: Parameters) -> Evidence:
    """Compare the printed total with the sum of the regions' GRP."""
    codes = list(group_of(parameters).codes)
    product, printed = _total(codes, _YEAR), Printed(claim.printed).value
    gap = product - printed
    side = "more" if gap.central >= 0 else "less"
    test = partial(_just_above, claim)
    return Evidence(
        test(product),
        f"The regions add up to {c.number(product, 2)} trillion roubles as revised by 2025, "
        f"{c.number(c.size(gap), 2)} {side} than the printed {claim.printed}.",
        computed=c.approximate(product),
        formula="sum of the regions' gross regional product",
        inputs=(_grp(codes, _YEAR),),
        readings={
            "a lower bound and no more": c.above(product, printed),
            **c.readings(_others(parameters, _YEAR, _YEAR - 1), 2, claim.unit, test),
            **c.readings(
                _earlier(parameters, _YEAR) | _earlier(parameters, _YEAR - 1), 2, claim.unit, test
            ),
        },
        implies=gross_product.SCALED_NOTE,
    )


@RULES.settles("grp-share-2017", years=(_YEAR, _YEAR), any_group=False)
def share_of_product(claim: Claim, parameters: Parameters) -> Evidence:
    """Compare the printed share with that in GDP."""
    codes = list(group_of(parameters).codes)
    chosen = _chosen_way(parameters, _YEAR)
    others = {
        f"{label}, of {base}": share(value, whole(year))
        for year in (_YEAR, _YEAR - 1)
        for label, value in _variants(parameters, year).items()
        for base, whole in (("the sum of gross regional product", _grp_of_russia), ("GDP", _gdp))
        if (label, whole) != (chosen, _gdp)
    }
    others |= {
        f"{label}, of the sum of gross regional product": share(value, _earlier_grp(year))
        for year in (_YEAR, _YEAR - 1)
        for label, value in _earlier(parameters, year).items()
    }
    return replace(
        c.against(claim, share(_total(codes, _YEAR), _gdp(_YEAR))),
        implies=gross_product.SCALED_NOTE,
        formula="100 × sum of the regions' gross regional product / gross domestic product",
        inputs=(_grp(codes, _YEAR), _gdp_input(_YEAR)),
        readings=c.readings(others, 1, "%", c.judged(claim)),
    )


@RULES.settles("grp-total-and-share-agree", years=(_YEAR, _YEAR))
def total_and_share(claim: Claim, _: Parameters) -> Evidence:
    """Compare the printed share with the printed total over published GDP."""
    printed = Printed(claims()["grp-total-2017"].printed)
    implied = printed / Printed(claim.printed) * 100
    low, high = implied.interval.low, implied.interval.high
    of_gdp = share(printed, _gdp(_YEAR))
    others = {
        f"of {base} of {year}": share(printed, whole(year))
        for year in (_YEAR, _YEAR - 1)
        for base, whole in (("GDP", _gdp), ("the sum of gross regional product", _grp_of_russia))
        if (year, whole) != (_YEAR, _gdp)
    }
    others |= {
        f"of the sum of gross regional product of {year} {gross_product.EARLIER}": share(
            printed, _earlier_grp(year)
        )
        for year in (_YEAR, _YEAR - 1)
    }
    return replace(
        c.against(claim, of_gdp, what="The printed total and published GDP"),
        formula="100 × printed total / gross domestic product",
        inputs=(
            c.basis("claims", "grp-total-2017: printed", {"printed": printed}),
            _gdp_input(_YEAR),
        ),
        readings=c.readings(others, 1, "%", c.judged(claim)),
        implies=f"The two printed numbers together imply a product of Russia of "
        f"{c.number(implied, 1)} trillion roubles (from {formatting.number(float(low), 1)} to "
        f"{formatting.number(float(high), 1)} with their rounding); the gross domestic product of "
        f"{_YEAR} is published as {c.number(_gdp(_YEAR), 1)}, the sum of gross regional product as "
        f"{c.number(_grp_of_russia(_YEAR), 1)}.",
    )


def _total(codes: Sequence[str], year: int) -> Value:
    """Return the sum of the regions' GRP, trillion roubles."""
    table = gross_product.gross_regional_product()
    return measured(indicators.group_total(table, codes)[year]) / 10**6


def _grp_of_russia(year: int) -> Value:
    return measured(gross_product.gross_regional_product().T[year][regions.RUSSIA]) / 10**6


def _gdp(year: int) -> Value:
    return measured(gross_product.gross_domestic_product()[year]) / 10**6


def _variants(parameters: Parameters, *years: int) -> dict[str, Value]:
    """Return the totals under every way to count the group, labelled, trillion roubles."""
    return {
        f"{year}, {label}": _total(codes, year)
        for year in years
        for label, codes in gross_product.variants(group_of(parameters)).items()
    }


def _chosen_way(parameters: Parameters, year: int) -> str:
    """Return the label of the way to count that the parameters choose, in a year."""
    group = group_of(parameters)
    ways = gross_product.variants(group).items()
    return next(f"{year}, {way}" for way, codes in ways if set(codes) == set(group.codes))


def _others(parameters: Parameters, *years: int) -> dict[str, Value]:
    """Return the totals of `_variants` without that of the parameters in the paper's year."""
    chosen = _chosen_way(parameters, _YEAR)
    return {way: value for way, value in _variants(parameters, *years).items() if way != chosen}


def _earlier_grp(year: int) -> Value:
    return measured(gross_product.earlier_grp()[year]) / 10**6


def _earlier(parameters: Parameters, year: int) -> dict[str, Value]:
    """Return the totals scaled to the earlier vintage, labelled, with their range."""
    rows = gross_product.earlier_readings(group_of(parameters))
    scaled = {}
    for row in rows[rows["year"] == year].to_dict("records"):
        value, low, high = (measured(row[name]) for name in ("grp", "low", "high"))
        ends = f"{c.number(low, 2)} to {c.number(high, 2)} trillion roubles"
        scaled[f"{year}, {row['variant']}, {gross_product.EARLIER} ({ends})"] = Value(
            value.central, Interval(low.central, high.central)
        )
    return scaled


def _just_above(claim: Claim, value: Value) -> Verdict:
    """Return the verdict on a value above the printed number by less than its last digit's unit."""
    printed = Printed(claim.printed)
    unit = Decimal(1).scaleb(-printed.digits)
    return c.true(printed.value < value.central < printed.value + unit)


def _grp(codes: Sequence[str], year: int) -> Input:
    table = gross_product.gross_regional_product()
    what = f"regions of the group, {year}, million roubles"
    return c.rows("gross_regional_product", what, table, year, codes)


def _gdp_input(year: int) -> Input:
    billion = float(gross_product.gross_domestic_product()[year]) / 1000
    return c.basis("russia_totals", f"gdp, {year}, billion roubles", {year: billion})
