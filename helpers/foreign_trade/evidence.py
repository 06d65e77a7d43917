"""Evidence on trade with Kazakhstan beyond Table 1: shares, ranks, structure and direction."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import replace

import pandas as pd

from borderbook import formatting
from borderbook.claims import checks as c
from borderbook.claims.intervals import Printed, Value, share, total
from borderbook.claims.model import Claim, Evidence, Input, claims
from borderbook.claims.rules import Rules
from borderbook.parameters.model import Parameters
from helpers import indicators, regions
from helpers.foreign_trade import measures, table_1_evidence
from helpers.foreign_trade.measures import (
    PAYMENTS,
    YEARS,
    implied_turnover,
    printed,
    printed_total,
    published_turnover,
    share_of_russia,
)
from helpers.foreign_trade.table_1_evidence import (
    BORDER,
    EXPORT,
    IMPORT,
    RUSSIA,
    TURNOVER,
    cis_input,
    cis_trade,
    partner_trade,
    trade_words,
)
from helpers.scope import PAPERS, region_of

RULES = Rules(table_1_evidence.RULES)

_STRUCTURE = ("structure-minerals", "structure-metals", "structure-machinery")
_EXPORTERS = ("chelyabinsk", "orenburg", "samara")
_IMPORTERS = ("chelyabinsk", "orenburg", "novosibirsk", "altai-krai", "omsk")
_NAMED = {EXPORT: _EXPORTERS, IMPORT: _IMPORTERS}
_BY_REGION = "trade of a Russian region with Kazakhstan"
_FLOWS = {"trade": TURNOVER, "exports": EXPORT, "imports": IMPORT}
_HALF = ((2018, "Q1"), (2018, "Q2"))


@RULES.settles("kazakhstan-share", years=(2016, 2018))
def kazakhstan_share(claim: Claim, _: Parameters) -> Evidence:
    """Compare the printed share with Russia's partner statistics."""
    others = {
        formatting.years(years): _kazakhstan_share(*years)
        for years in ((2016,), (2017,), (2018,), (2016, 2017))
    }
    others["printed trade with Kazakhstan over published trade"] = share(
        printed_total(RUSSIA, TURNOVER), _russian_trade(*YEARS)
    )
    return replace(
        c.against(claim, _kazakhstan_share(*YEARS), what="Russia's partner statistics"),
        formula="100 × trade with Kazakhstan / trade with all countries, exports + imports",
        inputs=(_trade_input("KZ"), _trade_input("WORLD")),
        readings=c.readings(others, 2, "%", c.judged(claim)),
    )


@RULES.settles("kazakhstan-share-and-total-agree", years=(2016, 2018))
def share_and_total(claim: Claim, _: Parameters) -> Evidence:
    """Compare the printed share with the printed total over published trade."""
    whole = _printed("trade-total")
    implied = implied_turnover()
    known = share(printed(RUSSIA, TURNOVER, 2018), partner_trade("RU", "KZ", TURNOVER, 2018))
    two_years = [(year, "year") for year in (2016, 2017)]
    halves = {f"{period} {year}": _payments((year, period)) for year, period in _HALF}
    label = "over trade of 2016, 2017 and the first half of 2018 (balance of payments)"
    others = {label: share(whole, _payments(*two_years, *_HALF))}
    published = share(whole, _russian_trade(*YEARS))
    return replace(
        c.against(claim, published, what="The printed total and published trade"),
        formula="100 × printed total / Russia's trade with all countries, exports + imports",
        inputs=(
            c.basis("claims", "trade-total: printed", {"printed": whole}),
            _trade_input("WORLD"),
            c.basis("russia_totals", "goods exports + imports, billion US dollars", halves),
        ),
        readings=c.readings(others, 2, "%", c.judged(claim)),
        implies=f"The two printed numbers imply a turnover of Russia of {c.number(implied, 0)} "
        f"billion US dollars (from {_ends(implied)} with their rounding). On the customs basis "
        f"{_left(implied, _russian_trade(2016, 2017))}, less than the whole of 2018 "
        f"({c.number(_russian_trade(2018), 0)}). On the balance-of-payments basis "
        f"{_left(implied, _payments(*two_years))}, more than its first half "
        f"({c.number(_payments(*_HALF), 0)}). The trade with Kazakhstan that Table 1 prints for "
        f"2018 is {c.number(known, 0)} per cent of the year's as published.",
    )


@RULES.settles(*_STRUCTURE, years=(2016, 2018))
def structure(_: Claim, __: Parameters) -> Evidence:
    """Say what the printed shares leave for other products."""
    named = total(map(_printed, _STRUCTURE))
    return c.not_checkable(
        "Russia's trade with Kazakhstan by product",
        f"The three shares printed add up to {c.number(named, 1)} per cent and leave "
        f"{c.number(100 - named, 1)} for all other products.",
        _claims_input(_STRUCTURE),
    )


@RULES.settles("structure-three-prevail", years=(2016, 2018))
def structure_prevails(claim: Claim, _: Parameters) -> Evidence:
    """Compare the sum of the printed shares with the threshold."""
    named = total(map(_printed, _STRUCTURE))
    return Evidence(
        c.above(named, claim.line),
        f"The three printed shares add up to {c.number(named, 1)} per cent of trade; the threshold "
        f"is {c.number(claim.line, 0)}. The shares themselves cannot be checked.",
        computed=float(named),
        formula="sum of the printed shares",
        inputs=(_claims_input(_STRUCTURE),),
        readings={
            "more than two thirds of trade": c.above(3 * named, 200),
            "each larger than any other product's share": "not-checkable",
        },
    )


@RULES.settles("commodity-focus", "commodity-share-cooperation", years=(2016, 2018))
def commodities(claim: Claim, _: Parameters) -> Evidence:
    """Bound the share of raw materials by the printed shares."""
    minerals, metals, machinery = map(_printed, _STRUCTURE)
    low, high = minerals + metals, 100 - machinery
    left = "open" if low.central <= claim.line.central < high.central else "no doubt"
    return c.not_checkable(
        "trade with Kazakhstan by product in full, and by region",
        f"With metals counted as raw materials the printed shares put them between "
        f"{c.number(low, 1)} and {c.number(high, 1)} per cent of Russia's trade with Kazakhstan, "
        f"which leaves {left} on which side of {c.number(claim.line, 0)} they lie.",
        _claims_input(_STRUCTURE),
    )


@RULES.settles("top-ten", years=(2016, 2018))
def top_ten(claim: Claim, _: Parameters) -> Evidence:
    """Check that every printed rank is within the threshold."""
    ids = [f"{flow}-rank-{name}" for flow, names in _NAMED.items() for name in names]
    ranks = [int(_printed(name).value) for name in ids]
    return Evidence(
        c.at_most(max(ranks), claim.line),
        f"The ranks printed for the regions named run from {min(ranks)} to {max(ranks)}. The ranks "
        "themselves cannot be checked.",
        computed=max(ranks),
        formula="the largest of the printed ranks",
        inputs=(_claims_input(ids),),
    )


@RULES.settles(
    *(
        f"{flow}-{what}-{name}"
        for flow, names in _NAMED.items()
        for name in names
        for what in ("rank", "share")
    ),
    years=(2016, 2018),
)
def named_region(claim: Claim, _: Parameters) -> Evidence:
    """Bound what is printed for a region by its trade with the CIS and by its rank."""
    flow, _what, name = claim.id.split("-", 2)
    code = region_of(claim)
    ids = (f"{flow}-rank-{name}", f"{flow}-share-{name}")
    rank, part = map(_printed, ids)
    implied = part * printed_total(RUSSIA, flow) * 10
    bound, largest = cis_trade([code], flow, *YEARS), 100 / rank.central
    most = formatting.number(float(largest), 1)
    at_rank = f" At rank {rank.text} a share can be at most {most} per cent."
    fits = c.at_most(implied, bound) != "differs" and part.central <= largest
    return c.not_checkable(
        _BY_REGION,
        f"{c.number(part, part.digits)} per cent of Russia's printed {flow}s of 2016–2018 is "
        f"{c.number(implied, 0)} million US dollars; the region's "
        f"{trade_words(flow, 'all CIS countries')} were {c.number(bound, 0)}."
        + at_rank * (rank.central > 1)
        + f" The printed numbers {'fit' if fits else 'do not fit'} these bounds.",
        _claims_input(ids),
        _table_input(RUSSIA, flow),
        cis_input(f"{code}, {flow}s, CIS, 2016–2018", {code: bound}),
    )


@RULES.settles("export-order", "import-order", years=(2016, 2018))
def order(claim: Claim, _: Parameters) -> Evidence:
    """Check that ranks and shares printed for the named regions go together."""
    flow = claim.id.split("-", maxsplit=1)[0]
    ids = [(f"{flow}-rank-{name}", f"{flow}-share-{name}") for name in _NAMED[flow]]
    rows = sorted((_printed(rank).value, share_) for rank, share_ in ids)
    shares = [_printed(name) for _, name in rows]
    shown = "; ".join(
        f"rank {rank}: {part.text}" for (rank, _), part in zip(rows, shares, strict=True)
    )
    return Evidence(
        c.every(c.above(a, b) for a, b in itertools.pairwise(shares)),
        f"In the order of the ranks the printed shares are {shown} per cent.",
        computed=shown,
        formula="shares sorted by rank, each compared with the next",
        inputs=(_claims_input(name for pair in ids for name in pair),),
    )


@RULES.settles("export-shares-within-group", "import-shares-within-group", years=(2016, 2018))
def within_group(claim: Claim, _: Parameters) -> Evidence:
    """Compare the sum of the shares of named regions with the share of all border regions."""
    flow = claim.id.split("-", maxsplit=1)[0]
    ids = [f"{flow}-share-{name}" for name in _NAMED[flow]]
    named, group = total(map(_printed, ids)), share_of_russia(flow)
    alone = {f"{year} alone": share_of_russia(flow, (year,)) for year in YEARS}
    rest = len(PAPERS.codes) - len(ids)
    verdict = c.at_most(named, group)
    left = (
        f"{c.number(group - named, 1)} is left for the other {formatting.count(rest)}"
        if verdict == "holds"
        else "nothing is left for the others"
    )
    return Evidence(
        verdict,
        f"The shares printed for {formatting.count(len(ids))} regions add up to "
        f"{c.number(named, 1)} per cent of Russia's {flow}s; all twelve regions have "
        f"{c.number(group, 1)} in Table 1, 2016–2018 together. So {left}.",
        computed=c.approximate(named),
        formula="sum of the printed shares; 100 × printed value of the regions / that of Russia",
        inputs=(_claims_input(ids), _table_input(BORDER, flow), _table_input(RUSSIA, flow)),
        readings=c.readings(alone, 1, "%", lambda value: c.at_most(named, value)),
    )


@RULES.settles(
    *(f"{which}-{flow}" for which in ("largest", "smallest") for flow in _FLOWS),
    years=(2016, 2018),
)
def extremes(claim: Claim, _: Parameters) -> Evidence:
    """Say what trade with the CIS and the printed ranks tell."""
    which, what = claim.id.split("-")
    flow = _FLOWS[what]
    values = {code: float(cis_trade([code], flow, *YEARS)) for code in PAPERS.codes}
    pick = indicators.leaders if which == "largest" else indicators.closers
    two = pick(pd.Series(values), 2)
    odd = measures.odd_cis(PAPERS.codes, flow, YEARS)
    usual = pd.Series(values)
    for each in odd:
        usual[each.key[0]] -= float(each.value)
    without = pick(usual, 2)
    turns = (
        f" Odd values decide this: without them the two are {regions.names(without)}. "
        f"{measures.odd_note(odd)}"
    )
    ranks = (
        ""
        if which == "smallest"
        else " The ranks that the paper prints put Chelyabinsk and Orenburg first of the regions "
        "it names, in exports and in imports."
    )
    return c.not_checkable(
        _BY_REGION,
        f"In {trade_words(flow, 'all CIS countries')} in 2016–2018 the two {which} of the twelve "
        f"are {regions.names(two)}.{ranks}" + turns * (set(without) != set(two)),
        cis_input(f"the twelve regions, {what}, CIS, 2016–2018", values),
    )


@RULES.settles("trade-reduction", years=(2016, 2018))
def reduction(_: Claim, __: Parameters) -> Evidence:
    """Check the direction of trade in the paper's period, year by year."""
    reported = {year: partner_trade("RU", "KZ", TURNOVER, year) for year in range(2012, 2019)}
    mirrored = {year: partner_trade("KZ", "RU", TURNOVER, year) for year in YEARS}
    in_table = {year: printed(RUSSIA, TURNOVER, year) for year in YEARS}
    others: dict[str, c.Series] = {
        f"as Kazakhstan reports it ({c.listed(mirrored, 1)})": mirrored,
        f"as Table 1 prints it ({c.steps(in_table, 1)})": in_table,
        "as Table 1 prints it, 2018 against 2017": {y: in_table[y] for y in (2017, 2018)},
        "the years 2012 to 2016, as Russia reports it": {y: reported[y] for y in range(2012, 2017)},
        "2018 against 2012, as Russia reports it": {y: reported[y] for y in (2012, 2018)},
    }
    return replace(
        c.trend({y: reported[y] for y in YEARS}, "fall", "The values that Russia reports"),
        inputs=(_trade_input("KZ"),),
        readings={label: c.falls(series) for label, series in others.items()},
    )


def _printed(claim: str) -> Printed:
    return Printed(claims()[claim].printed)


def _russian_trade(*years: int) -> Value:
    return partner_trade("RU", "WORLD", TURNOVER, *years)


def _kazakhstan_share(*years: int) -> Value:
    return share(partner_trade("RU", "KZ", TURNOVER, *years), _russian_trade(*years))


def _payments(*periods: tuple[int, str]) -> Value:
    return published_turnover(PAYMENTS, *periods)


def _left(implied: Value, before: Value) -> str:
    """Return what a turnover of three years leaves for 2018, the first two known on one basis."""
    left = implied - before
    return (
        f"2016 and 2017 make {c.number(before, 0)}, which leaves {c.number(left, 0)} for 2018 "
        f"(from {_ends(left)})"
    )


def _ends(value: Value) -> str:
    low, high = float(value.interval.low), float(value.interval.high)
    return f"{formatting.number(low)} to {formatting.number(high)}"


def _claims_input(ids: Iterable[str]) -> Input:
    return c.basis("claims", "printed", {name: claims()[name].printed for name in ids})


def _table_input(reporter: str, flow: str) -> Input:
    cells = {year: printed(reporter, flow, year) for year in YEARS}
    return c.basis("paper_table_1", f"{reporter}: {flow}, 2016 to 2018", cells)


def _trade_input(partner: str) -> Input:
    trade = {year: partner_trade("RU", partner, TURNOVER, year) for year in YEARS}
    rows = f"RU reports on {partner}: exports + imports, billion US dollars"
    return c.basis("trade_by_partner", rows, trade)
