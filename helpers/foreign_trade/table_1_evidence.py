"""Evidence on Table 1: its cells, its sums, and what the text draws from them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from decimal import Decimal

import pandas as pd

from borderbook import formatting
from borderbook.claims.checks import (
    Claim,
    Evidence,
    Input,
    Reading,
    Verdict,
    against_printed,
    at_most,
    every,
    figure,
    measured,
    not_checkable,
    number,
    pairs,
    unit_words,
)
from borderbook.claims.intervals import Printed, Value, exact, fold_change, judge, share, total
from borderbook.claims.rules import PAPERS, settles
from borderbook.datapackage import resources
from borderbook.parameters.model import Parameters
from helpers.foreign_trade.measures import YEARS, printed

EXPORT, IMPORT, TURNOVER = "export", "import", "commodity circulation"
RUSSIA, BORDER = "Russia", "border regions"
_FLOWS = {"export": EXPORT, "import": IMPORT, "turnover": TURNOVER}
_REPORTERS = {"russia": RUSSIA, "border": BORDER}


def printed_total(reporter: str, flow: str, years: Iterable[int] = YEARS) -> Value:
    """Return the sum of the cells of some years, in the unit of the reporter's cells."""
    return total(printed(reporter, flow, year) for year in years)


def partner_trade(reporter: str, partner: str, flow: str, *years: int) -> Value:
    """Return goods trade as `reporter` states it, billion USD, the years together."""
    flows = ("exports", "imports") if flow == TURNOVER else (f"{flow}s",)
    cells = [(reporter, partner, f, year) for f in flows for year in years]
    return total(measured(figure(_partners(), cell, "million_usd")) for cell in cells) / 1000


@resources.remembered
def _partners() -> pd.DataFrame:
    return resources.load("trade_by_partner").set_index(["reporter", "partner", "flow", "year"])


def share_of_russia(*flows: str, years: tuple[int, ...] = YEARS) -> Value:
    """Return the regions' share in Russia's trade with Kazakhstan as Table 1 has it, per cent."""
    part = total(printed_total(BORDER, flow, years) for flow in flows)
    return share(part, 1000 * total(printed_total(RUSSIA, flow, years) for flow in flows))


def cis_trade(codes: Iterable[str], flow: str, *years: int) -> Value:
    """Return the regions' goods trade with the CIS, million USD, the years together."""
    table = resources.load("regional_foreign_trade")
    flows = ["exports", "imports"] if flow == TURNOVER else [f"{flow}s"]
    chosen = table[
        table["region"].isin(list(codes))
        & table["year"].isin(years)
        & table["flow"].isin(flows)
        & (table["partner_group"] == "CIS")
    ]
    return total(measured(value) for value in chosen["million_usd"])


@settles(
    *(f"table-1-russia-{flow}-{year}" for flow in _FLOWS for year in YEARS),
    dated=True,
)
def russian_cell(claim: Claim, _: Parameters) -> Evidence:
    """Compare a cell with Russia's trade in partner statistics."""
    reporter, flow, year = _cell(claim)
    text = printed(reporter, flow, year).text
    found = partner_trade("RU", "KZ", flow, year)
    mirrored = {EXPORT: IMPORT, IMPORT: EXPORT}.get(flow, flow)
    mirror = partner_trade("KZ", "RU", mirrored, year)
    evidence = against_printed(
        text, found, claim.unit, digits=2, what="Russia's partner statistics"
    )
    part = share(Printed(text), found)
    return replace(
        evidence,
        formula="as reported" if flow != TURNOVER else "exports + imports",
        inputs=(_reported("RU", "KZ", flow, year), _printed_input(reporter, (flow,), (year,))),
        readings=(
            Reading(
                f"as Kazakhstan reports it: {number(mirror, 2)} billion US dollars",
                judge(Printed(text), mirror.central),
            ),
        ),
        implies=""
        if evidence.verdict == "holds"
        else f"The printed value is {number(part, 1)} per cent of the year's trade as published.",
    )


@settles(
    *(f"table-1-border-{flow}-{year}" for flow in _FLOWS for year in YEARS),
    dated=True,
)
def border_cell(claim: Claim, _: Parameters) -> Evidence:
    """Bound a cell by the regions' trade with the CIS, which holds that with Kazakhstan."""
    reporter, flow, year = _cell(claim)
    text = printed(reporter, flow, year).text
    bound = cis_trade(PAPERS.codes, flow, year)
    fits = "so it is possible" if at_most(Printed(text), bound) == "holds" else "so it is too large"
    evidence = not_checkable(
        "trade of a Russian region with Kazakhstan",
        f"The twelve regions' {trade_words(flow, 'all CIS countries')} came to {number(bound, 1)} "
        f"million US dollars in {year}; the printed {formatting.number(Printed(text).value, 1)} is "
        f"{number(share(Printed(text), bound), 1)} per cent of it, {fits}.",
        _printed_input(reporter, (flow,), (year,)),
        Input(
            "regional_foreign_trade",
            f"the twelve regions, {flow}, CIS, {year}, million US dollars, added up",
            ((str(year), float(bound)),),
        ),
    )
    return replace(evidence, printed=text)


@settles(
    *(f"table-1-sum-{reporter}-{year}" for reporter in _REPORTERS for year in YEARS),
    dated=True,
)
def printed_sum(claim: Claim, _: Parameters) -> Evidence:
    """Compare a printed total with the sum of its printed parts."""
    reporter, year = _REPORTERS[claim.id.split("-")[3]], claim.year
    parts = [printed(reporter, flow, year) for flow in (EXPORT, IMPORT)]
    whole = printed(reporter, TURNOVER, year)
    found = total(parts)
    verdict = judge(whole, found.central, found.interval)
    shown = " + ".join(number(part, 1) for part in parts) + f" = {number(found, 1)}"
    gap = exact(abs((found - whole).central))
    unit = unit_words(claim.unit)
    reason = {
        "holds": f"The printed parts add up to the printed total: {shown}{unit}.",
        "holds-rounded": f"{shown}{unit}; the printed total is {number(whole, 1)}, within what the "
        "rounding of the parts leaves open.",
        "differs": f"The printed total does not equal the sum of its parts: {shown}{unit}, the "
        f"printed total is {number(whole, 1)}; the difference is {number(gap, 1)}.",
    }[verdict]
    return Evidence(
        verdict,
        reason,
        computed=float(found),
        interval=found.interval,
        formula="printed exports + printed imports",
        inputs=(_printed_input(reporter, tuple(_FLOWS.values()), (year,)),),
        printed=whole.text,
    )


@settles("trade-total", years=(2016, 2018))
def trade_total(claim: Claim, _: Parameters) -> Evidence:
    """Compare the total in the text with the sum of the printed totals."""
    found = printed_total(RUSSIA, TURNOVER)
    parts = printed_total(RUSSIA, EXPORT) + printed_total(RUSSIA, IMPORT)
    published = partner_trade("RU", "KZ", TURNOVER, *YEARS)
    return replace(
        against_printed(claim.printed, found, claim.unit, digits=1, what="The printed totals"),
        formula="sum of the printed totals of three years",
        inputs=(_printed_input(RUSSIA, (TURNOVER,), YEARS),),
        readings=tuple(
            Reading(f"{label}: {number(value, 1)}", _judge(claim, value))
            for label, value in (
                ("printed exports and imports of three years", parts),
                ("as Russia reports it to partner statistics", published),
            )
        ),
        implies=f"Russia's partner statistics give {number(published, 1)} billion US dollars for "
        f"the same three years, {number(published - found, 1)} more.",
    )


@settles("border-share", years=(2016, 2018))
def border_share(claim: Claim, _: Parameters) -> Evidence:
    """Compare the regions' share in Table 1 with about a quarter."""
    about = Printed(claim.printed).value
    found = share_of_russia(TURNOVER)
    by_year = {year: share_of_russia(TURNOVER, years=(year,)) for year in YEARS}
    of_parts = share_of_russia(EXPORT, IMPORT)
    band = number(claim.line, 0)
    shown = "; ".join(f"{year}: {number(value, 1)}" for year, value in by_year.items())
    return Evidence(
        _within(found, about, claim.line),
        f"The printed totals give {number(found, 1)} per cent for the three years together "
        f"({shown}); about {claim.printed} was read as within {band} percentage point.",
        computed=round(float(found), 6),
        interval=found.interval,
        formula="100 × printed total of the regions / printed total of Russia",
        inputs=(
            _printed_input(BORDER, (TURNOVER,), YEARS),
            _printed_input(RUSSIA, (TURNOVER,), YEARS),
        ),
        readings=(
            Reading("rounds to the printed number", _judge(claim, found)),
            Reading(
                f"within {band} point in every year",
                every(_within(value, about, claim.line) for value in by_year.values()),
            ),
            Reading(
                "printed exports and imports of the regions in place of their printed totals: "
                f"{number(of_parts, 1)} per cent",
                _within(of_parts, about, claim.line),
            ),
        ),
    )


@settles(
    "trade-fall-2016-2018", "export-fall-2016-2018", "import-fall-2016-2018", years=(2016, 2018)
)
@settles("trade-fall-2017-2018", years=(2017, 2018))
def fall(claim: Claim, _: Parameters) -> Evidence:
    """Compare a printed ratio of years with the printed values."""
    kind, _fall, first, last = claim.id.split("-")
    flow = _FLOWS.get(kind, TURNOVER)
    years = (int(first), int(last))
    found = _times(lambda year: printed(BORDER, flow, year), *years)
    others = {
        "Russia's values in Table 1": _times(lambda year: printed(RUSSIA, flow, year), *years)
    }
    if flow == TURNOVER:
        others["printed exports and imports of the regions added up"] = _times(
            lambda year: printed(BORDER, EXPORT, year) + printed(BORDER, IMPORT, year), *years
        )
    published = _times(lambda year: partner_trade("RU", "KZ", flow, year), *years)
    others["Russia's trade as it reports it to partner statistics"] = published
    turn = "rose" if published.central < 1 else "fell"
    values = [partner_trade("RU", "KZ", flow, year) for year in years]
    return replace(
        against_printed(claim.printed, found, claim.unit, digits=3, what="The printed values"),
        formula=f"printed value of {first} / printed value of {last}",
        inputs=(_printed_input(BORDER, (flow,), years),),
        readings=tuple(
            Reading(f"{label}: {number(value, 3)} times", _judge(claim, value))
            for label, value in others.items()
        ),
        implies="As Russia reports it to partner statistics, its "
        f"{trade_words(flow, PAPERS.country)} {turn} from {number(values[0], 2)} to "
        f"{number(values[1], 2)} billion US dollars.",
    )


def _cell(claim: Claim) -> tuple[str, str, int]:
    _, _, reporter, flow, year = claim.id.split("-")
    return _REPORTERS[reporter], _FLOWS[flow], int(year)


def _judge(claim: Claim, value: Value) -> Verdict:
    return judge(Printed(claim.printed), value.central, value.interval)


def _times(values: Callable[[int], Value], first: int, last: int) -> Value:
    return fold_change(values(last), values(first))


def _within(value: Value, middle: Decimal, distance: Value) -> Verdict:
    gap = value - middle
    return every((at_most(gap, distance), at_most(-1 * gap, distance)))


def trade_words(flow: str, partner: str) -> str:
    """Return a flow with its partner in words.

    >>> trade_words("import", "Kazakhstan")
    'imports from Kazakhstan'
    """
    start = {EXPORT: "exports to", IMPORT: "imports from", TURNOVER: "trade with"}[flow]
    return f"{start} {partner}"


def _printed_input(reporter: str, flows: tuple[str, ...], years: tuple[int, ...]) -> Input:
    return Input(
        "paper_table_1",
        f"{reporter}: {formatting.listing(flows)}, {formatting.listing([str(y) for y in years])}",
        pairs(
            {
                f"{flow} {year}": printed(reporter, flow, year).text
                for flow in flows
                for year in years
            }
        ),
    )


def _reported(reporter: str, partner: str, flow: str, *years: int) -> Input:
    return Input(
        "trade_by_partner",
        f"{reporter} reports on {partner}: {flow}, billion US dollars",
        pairs({year: float(partner_trade(reporter, partner, flow, year)) for year in years}),
    )
