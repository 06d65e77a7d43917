"""Evidence on trade with Kazakhstan beyond Table 1: shares, ranks, structure and direction."""

from __future__ import annotations

import itertools
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
    against_printed,
    at_most,
    claims,
    every,
    falls,
    listed,
    measured,
    not_checkable,
    number,
    pairs,
    steps,
    trend,
)
from borderbook.claims.intervals import Printed, Value, judge, share, total
from borderbook.claims.rules import PAPERS, region_of, settles
from borderbook.datapackage import resources
from borderbook.parameters.model import Parameters
from helpers import indicators, regions
from helpers.foreign_trade.measures import YEARS, printed
from helpers.foreign_trade.table_1_evidence import (
    BORDER,
    EXPORT,
    IMPORT,
    RUSSIA,
    TURNOVER,
    cis_trade,
    partner_trade,
    printed_total,
    share_of_russia,
    trade_words,
)

_STRUCTURE = ("structure-minerals", "structure-metals", "structure-machinery")
_EXPORTERS = ("chelyabinsk", "orenburg", "samara")
_IMPORTERS = ("chelyabinsk", "orenburg", "novosibirsk", "altai-krai", "omsk")
_NAMED = {EXPORT: _EXPORTERS, IMPORT: _IMPORTERS}
_BY_REGION = "trade of a Russian region with Kazakhstan"


@settles("kazakhstan-share", years=(2016, 2018))
def kazakhstan_share(claim: Claim, _: Parameters) -> Evidence:
    """Compare the printed share with Russia's partner statistics."""
    found = _kazakhstan_share(*YEARS)
    printed_sum = printed_total(RUSSIA, TURNOVER)
    of_printed = share(printed_sum, _russian_trade(*YEARS))
    others = {formatting.years(years): _kazakhstan_share(*years) for years in
              ((2016,), (2017,), (2018,), (2016, 2017))}  # fmt: skip
    return replace(
        against_printed(claim.printed, found, "%", what="Russia's partner statistics"),
        formula="100 × trade with Kazakhstan / trade with all countries, exports + imports",
        inputs=(_trade_input("KZ"), _trade_input("WORLD")),
        readings=(
            *(
                Reading(f"{label}: {number(value, 2)} per cent", _judge(claim, value))
                for label, value in others.items()
            ),
            Reading(
                f"printed trade with Kazakhstan over published trade: {number(of_printed, 2)} "
                "per cent",
                _judge(claim, of_printed),
            ),
        ),
    )


@settles("kazakhstan-share-and-total-agree", years=(2016, 2018))
def share_and_total(claim: Claim, _: Parameters) -> Evidence:
    """Compare the printed share with the printed total over published trade."""
    whole = Printed(claims()["trade-total"].printed)
    found = share(whole, _russian_trade(*YEARS))
    implied = 100 * whole / Printed(claim.printed)
    before = _russian_trade(2016, 2017)
    left = implied - before
    half = _first_half_of_2018()
    of_payments = _balance_of_payments()
    known = share(printed(RUSSIA, TURNOVER, 2018), partner_trade("RU", "KZ", TURNOVER, 2018))
    return replace(
        against_printed(claim.printed, found, "%", what="The printed total and published trade"),
        formula="100 × printed total / Russia's trade with all countries, exports + imports",
        inputs=(
            Input("claims", "trade-total: printed", (("printed", whole.text),)),
            _trade_input("WORLD"),
            _half_input(),
        ),
        readings=(
            Reading(
                "over trade of 2016, 2017 and the first half of 2018 (balance of payments): "
                f"{number(share(whole, of_payments), 2)} per cent",
                _judge(claim, share(whole, of_payments)),
            ),
        ),
        implies=f"The two printed numbers imply a turnover of Russia of {number(implied, 0)} "
        f"billion US dollars (from {_ends(implied)} with their rounding). The published turnover "
        f"of 2016 and 2017 was {number(before, 0)}, which leaves {number(left, 0)} for 2018 (from "
        f"{_ends(left)}): more than the first half of 2018 ({number(half, 0)}) and less than the "
        f"year ({number(_russian_trade(2018), 0)}). The trade with Kazakhstan that Table 1 prints "
        f"for 2018 is {number(known, 0)} per cent of the year's as published.",
    )


@settles(*_STRUCTURE, years=(2016, 2018))
def structure(_: Claim, __: Parameters) -> Evidence:
    """Say what the printed shares leave for other products."""
    named = _structure_total()
    return not_checkable(
        "Russia's trade with Kazakhstan by product",
        f"The three shares printed add up to {number(named, 1)} per cent and leave "
        f"{number(100 - named, 1)} for all other products.",
        _claims_input(_STRUCTURE),
    )


@settles("structure-three-prevail", years=(2016, 2018))
def structure_prevails(claim: Claim, _: Parameters) -> Evidence:
    """Compare the sum of the printed shares with the threshold."""
    named = _structure_total()
    return Evidence(
        above(named, claim.line),
        f"The three printed shares add up to {number(named, 1)} per cent of trade; the threshold "
        f"is {number(claim.line, 0)}. The shares themselves cannot be checked.",
        computed=float(named),
        interval=named.interval,
        formula="sum of the printed shares",
        inputs=(_claims_input(_STRUCTURE),),
        readings=(
            Reading("more than two thirds of trade", above(3 * named, 200)),
            Reading("each larger than any other product's share", "not-checkable"),
        ),
    )


@settles("commodity-focus", "commodity-share-cooperation", years=(2016, 2018))
def commodities(claim: Claim, _: Parameters) -> Evidence:
    """Bound the share of raw materials by the printed shares."""
    shares = {name: Printed(claims()[name].printed) for name in _STRUCTURE}
    low = shares["structure-minerals"] + shares["structure-metals"]
    high = 100 - shares["structure-machinery"]
    left = "open" if low.central <= claim.line.central < high.central else "no doubt"
    return not_checkable(
        "trade with Kazakhstan by product in full, and by region",
        f"With metals counted as raw materials the printed shares put them between "
        f"{number(low, 1)} and {number(high, 1)} per cent of Russia's trade with Kazakhstan, "
        f"which leaves {left} on which side of {number(claim.line, 0)} they lie.",
        _claims_input(_STRUCTURE),
    )


@settles("top-ten", years=(2016, 2018))
def top_ten(claim: Claim, _: Parameters) -> Evidence:
    """Check that every printed rank is within the threshold."""
    ids = tuple(f"{flow}-rank-{name}" for flow, names in _NAMED.items() for name in names)
    ranks = [int(claims()[name].printed) for name in ids]
    return Evidence(
        at_most(max(ranks), claim.line),
        f"The ranks printed for the regions named run from {min(ranks)} to {max(ranks)}. The ranks "
        "themselves cannot be checked.",
        computed=max(ranks),
        formula="the largest of the printed ranks",
        inputs=(_claims_input(ids),),
    )


@settles(
    *(f"{flow}-{what}-{name}" for flow, names in _NAMED.items() for name in names
      for what in ("rank", "share")),
    years=(2016, 2018),
)  # fmt: skip
def named_region(claim: Claim, _: Parameters) -> Evidence:
    """Bound what is printed for a region by its trade with the CIS and by its rank."""
    flow, _what, name = claim.id.split("-", 2)
    code = region_of(claim)
    rank = Printed(claims()[f"{flow}-rank-{name}"].printed)
    part = Printed(claims()[f"{flow}-share-{name}"].printed)
    implied = part * printed_total(RUSSIA, flow) * 10
    bound = cis_trade([code], flow, *YEARS)
    largest = 100 / rank.central
    at_rank = (
        f" At rank {rank.text} a share can be at most "
        f"{formatting.number(float(largest), 1)} per cent."
        if rank.central > 1
        else ""
    )
    fits = at_most(implied, bound) != "differs" and part.central <= largest
    return not_checkable(
        _BY_REGION,
        f"{number(part, part.digits)} per cent of Russia's printed {flow}s of 2016–2018 is "
        f"{number(implied, 0)} million US dollars; the region's "
        f"{trade_words(flow, 'all CIS countries')} were {number(bound, 0)}.{at_rank} The printed "
        f"numbers "
        f"{'fit' if fits else 'do not fit'} these bounds.",
        _claims_input((f"{flow}-rank-{name}", f"{flow}-share-{name}")),
        _table_input(RUSSIA, flow),
        Input(
            "regional_foreign_trade",
            f"{code}, {flow}s, CIS, 2016–2018, million US dollars, added up",
            ((code, float(bound)),),
        ),
    )


@settles("export-order", "import-order", years=(2016, 2018))
def order(claim: Claim, _: Parameters) -> Evidence:
    """Check that ranks and shares printed for the named regions go together."""
    flow = claim.id.split("-", maxsplit=1)[0]
    ids = [(f"{flow}-rank-{name}", f"{flow}-share-{name}") for name in _NAMED[flow]]
    rows = sorted((int(claims()[rank].printed), share_) for rank, share_ in ids)
    shares = [Printed(claims()[name].printed) for _, name in rows]
    shown = "; ".join(
        f"rank {rank}: {part.text}" for (rank, _), part in zip(rows, shares, strict=True)
    )
    return Evidence(
        every(above(a, b) for a, b in itertools.pairwise(shares)),
        f"In the order of the ranks the printed shares are {shown} per cent.",
        computed=shown,
        formula="shares sorted by rank, each compared with the next",
        inputs=(_claims_input(tuple(name for pair in ids for name in pair)),),
    )


@settles("export-shares-within-group", "import-shares-within-group", years=(2016, 2018))
def within_group(claim: Claim, _: Parameters) -> Evidence:
    """Compare the sum of the shares of named regions with the share of all border regions."""
    flow = claim.id.split("-", maxsplit=1)[0]
    ids = tuple(f"{flow}-share-{name}" for name in _NAMED[flow])
    named = total(Printed(claims()[name].printed) for name in ids)
    group = share_of_russia(flow)
    by_year = {year: share_of_russia(flow, years=(year,)) for year in YEARS}
    rest = len(PAPERS.codes) - len(ids)
    verdict = at_most(named, group)
    left = (
        f"{number(group - named, 1)} is left for the other {formatting.count(rest)}"
        if verdict == "holds"
        else "nothing is left for the others"
    )
    return Evidence(
        verdict,
        f"The shares printed for {formatting.count(len(ids))} regions add up to "
        f"{number(named, 1)} per cent of Russia's {flow}s; all twelve regions have "
        f"{number(group, 1)} in Table 1, "
        f"2016–2018 together. So {left}.",
        computed=round(float(named), 6),
        interval=named.interval,
        formula="sum of the printed shares; 100 × printed value of the regions / that of Russia",
        inputs=(_claims_input(ids), _table_input(BORDER, flow), _table_input(RUSSIA, flow)),
        readings=tuple(
            Reading(f"{year} alone: {number(value, 1)} per cent", at_most(named, value))
            for year, value in by_year.items()
        ),
    )


@settles(
    *(f"largest-{flow}" for flow in ("trade", "exports", "imports")),
    *(f"smallest-{flow}" for flow in ("trade", "exports", "imports")),
    years=(2016, 2018),
)  # fmt: skip
def extremes(claim: Claim, _: Parameters) -> Evidence:
    """Say what trade with the CIS and the printed ranks tell."""
    which, what = claim.id.split("-")
    flow = {"trade": TURNOVER, "exports": EXPORT, "imports": IMPORT}[what]
    values = pd.Series({code: float(cis_trade([code], flow, *YEARS)) for code in PAPERS.codes})
    pick = indicators.leaders if which == "largest" else indicators.closers
    found = formatting.listing([regions.brief(code) for code in pick(values, 2)])
    ranks = (
        ""
        if which == "smallest"
        else " The ranks that the paper prints put Chelyabinsk and Orenburg first of the regions "
        "it names, in exports and in imports."
    )
    return not_checkable(
        _BY_REGION,
        f"In {trade_words(flow, 'all CIS countries')} in 2016–2018 the two {which} of the twelve "
        f"are {found}.{ranks}",
        Input(
            "regional_foreign_trade",
            f"the twelve regions, {what}, CIS, 2016–2018, million US dollars, added up",
            pairs({str(code): float(value) for code, value in values.items()}),
        ),
    )


@settles("trade-reduction", years=(2016, 2018))
def reduction(_: Claim, __: Parameters) -> Evidence:
    """Check the direction of trade in the paper's period, year by year."""
    reported = {year: partner_trade("RU", "KZ", TURNOVER, year) for year in range(2012, 2019)}
    mirrored = {year: partner_trade("KZ", "RU", TURNOVER, year) for year in YEARS}
    in_table = {year: printed(RUSSIA, TURNOVER, year) for year in YEARS}
    period = {year: reported[year] for year in YEARS}
    earlier = {year: reported[year] for year in range(2012, 2017)}
    return replace(
        trend(period, "fall", "The values that Russia reports"),
        inputs=(_trade_input("KZ"),),
        readings=(
            Reading(f"as Kazakhstan reports it ({listed(mirrored, 1)})", falls(mirrored)),
            Reading(f"as Table 1 prints it ({steps(in_table, 1)})", falls(in_table)),
            Reading(
                "as Table 1 prints it, 2018 against 2017",
                falls({year: in_table[year] for year in (2017, 2018)}),
            ),
            Reading("the years 2012 to 2016, as Russia reports it", falls(earlier)),
            Reading(
                "2018 against 2012, as Russia reports it",
                falls({year: reported[year] for year in (2012, 2018)}),
            ),
        ),
    )


def _judge(claim: Claim, value: Value) -> Verdict:
    return judge(Printed(claim.printed), value.central, value.interval)


def _russian_trade(*years: int) -> Value:
    return partner_trade("RU", "WORLD", TURNOVER, *years)


def _kazakhstan_share(*years: int) -> Value:
    return share(partner_trade("RU", "KZ", TURNOVER, *years), _russian_trade(*years))


def _totals(*periods: tuple[int, str]) -> Value:
    """Return Russia's goods trade on the balance-of-payments basis, billion USD."""
    table = resources.load("russia_totals").set_index(["indicator", "year", "period"])["value"]
    return total(
        measured(float(table[f"goods {flow}", year, period]))
        for flow in ("exports", "imports")
        for year, period in periods
    )


_HALF = ((2018, "Q1"), (2018, "Q2"))


def _first_half_of_2018() -> Value:
    return _totals(*_HALF)


def _balance_of_payments() -> Value:
    return _totals((2016, "year"), (2017, "year"), *_HALF)


def _structure_total() -> Value:
    return total(Printed(claims()[name].printed) for name in _STRUCTURE)


def _ends(value: Value) -> str:
    low, high = float(value.interval.low), float(value.interval.high)
    return f"{formatting.number(low)} to {formatting.number(high)}"


def _claims_input(ids: tuple[str, ...]) -> Input:
    return Input("claims", "printed", pairs({name: claims()[name].printed for name in ids}))


def _table_input(reporter: str, flow: str) -> Input:
    cells = {year: printed(reporter, flow, year).text for year in YEARS}
    return Input("paper_table_1", f"{reporter}: {flow}, 2016 to 2018", pairs(cells))


def _trade_input(partner: str) -> Input:
    trade = {year: float(partner_trade("RU", partner, TURNOVER, year)) for year in YEARS}
    rows = f"RU reports on {partner}: exports + imports, billion US dollars"
    return Input("trade_by_partner", rows, pairs(trade))


def _half_input() -> Input:
    half = {f"{period} {year}": float(_totals((year, period))) for year, period in _HALF}
    return Input("russia_totals", "goods exports + imports, billion US dollars", pairs(half))
