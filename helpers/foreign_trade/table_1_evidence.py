"""Evidence on Table 1: its cells, its sums, and what the text draws from them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from borderbook import formatting
from borderbook.claims import checks as c
from borderbook.claims.intervals import Printed, Value, exact, fold_change, measured, share, total
from borderbook.claims.model import Claim, Evidence, Input, figure
from borderbook.claims.rules import Rules
from borderbook.datapackage import resources
from borderbook.parameters.model import Parameters
from helpers.foreign_trade.measures import YEARS, added, printed, share_of_russia
from helpers.scope import PAPERS

RULES = Rules()

EXPORT, IMPORT, TURNOVER = "export", "import", "commodity circulation"
RUSSIA, BORDER = "Russia", "border regions"
_FLOWS = {"export": EXPORT, "import": IMPORT, "turnover": TURNOVER}
_REPORTERS = {"russia": RUSSIA, "border": BORDER}


def partner_trade(reporter: str, partner: str, flow: str, *years: int) -> Value:
    """Return goods trade as `reporter` states it, billion USD, the years together."""
    cells = [(reporter, partner, f, year) for f in _published(flow) for year in years]
    return total(measured(figure(_partners(), cell, "million_usd")) for cell in cells) / 1000


@resources.remembered
def _partners() -> pd.DataFrame:
    return resources.load("trade_by_partner").set_index(["reporter", "partner", "flow", "year"])


def cis_trade(codes: Iterable[str], flow: str, *years: int) -> Value:
    """Return the regions' goods trade with the CIS, million USD, the years together."""
    cells = [(code, f, year) for code in codes for f in _published(flow) for year in years]
    published = _with_the_cis()
    return total(measured(published[cell]) for cell in cells if cell in published)


@resources.remembered
def _with_the_cis() -> dict[tuple[str, str, int], float]:
    table = resources.load("regional_foreign_trade")
    table = table[table["partner_group"] == "CIS"]
    cells = zip(table["region"], table["flow"], table["year"], strict=True)
    return dict(zip(cells, table["million_usd"], strict=True))


@RULES.settles(*(f"table-1-russia-{flow}-{year}" for flow in _FLOWS for year in YEARS), dated=True)
def russian_cell(claim: Claim, _: Parameters) -> Evidence:
    """Compare a cell with Russia's trade in partner statistics."""
    reporter, flow, year = _cell(claim)
    cell = printed(reporter, flow, year)
    published = partner_trade("RU", "KZ", flow, year)
    mirrored = {EXPORT: IMPORT, IMPORT: EXPORT}.get(flow, flow)
    mirror = {"as Kazakhstan reports it": partner_trade("KZ", "RU", mirrored, year)}
    evidence = c.against(
        claim, published, printed=cell.text, digits=2, what="Russia's partner statistics"
    )
    part = c.number(share(cell, published), 1)
    return replace(
        evidence,
        formula="as reported" if flow != TURNOVER else "exports + imports",
        inputs=(
            c.basis(
                "trade_by_partner",
                f"RU reports on KZ: {flow}, billion US dollars",
                {year: published},
            ),
            _table_input(reporter, (flow,), (year,)),
        ),
        readings=c.readings(mirror, 2, "billion USD", lambda value: c.judge(cell, value)),
        implies=""
        if evidence.verdict == "holds"
        else f"The printed value is {part} per cent of the year's trade as published.",
    )


@RULES.settles(*(f"table-1-border-{flow}-{year}" for flow in _FLOWS for year in YEARS), dated=True)
def border_cell(claim: Claim, _: Parameters) -> Evidence:
    """Bound a cell by the regions' trade with the CIS, which holds that with Kazakhstan."""
    reporter, flow, year = _cell(claim)
    cell = printed(reporter, flow, year)
    bound = cis_trade(PAPERS.codes, flow, year)
    fits = "so it is possible" if c.at_most(cell, bound) == "holds" else "so it is too large"
    evidence = c.not_checkable(
        "trade of a Russian region with Kazakhstan",
        f"The twelve regions' {trade_words(flow, 'all CIS countries')} came to "
        f"{c.number(bound, 1)} million US dollars in {year}; the printed {c.number(cell, 1)} is "
        f"{c.number(share(cell, bound), 1)} per cent of it, {fits}.",
        _table_input(reporter, (flow,), (year,)),
        cis_input(f"the twelve regions, {flow}, CIS, {year}", {year: bound}),
    )
    return replace(evidence, printed=cell.text)


@RULES.settles(*(f"table-1-sum-{name}-{year}" for name in _REPORTERS for year in YEARS), dated=True)
def printed_sum(claim: Claim, _: Parameters) -> Evidence:
    """Compare a printed total with the sum of its printed parts."""
    reporter, year = _REPORTERS[claim.id.split("-")[3]], claim.year
    parts = [printed(reporter, flow, year) for flow in (EXPORT, IMPORT)]
    whole, both = printed(reporter, TURNOVER, year), total(parts)
    verdict = c.judge(whole, both)
    shown = " + ".join(c.number(part, 1) for part in parts) + f" = {c.number(both, 1)}"
    gap = exact(abs((both - whole).central))
    unit = c.unit_words(claim.unit)
    reason = {
        "holds": f"The printed parts add up to the printed total: {shown}{unit}.",
        "holds-rounded": f"{shown}{unit}; the printed total is {c.number(whole, 1)}, within what "
        "the rounding of the parts leaves open.",
        "differs": f"The printed total does not equal the sum of its parts: {shown}{unit}, the "
        f"printed total is {c.number(whole, 1)}; the difference is {c.number(gap, 1)}.",
    }[verdict]
    return Evidence(
        verdict,
        reason,
        computed=float(both),
        formula="printed exports + printed imports",
        inputs=(_table_input(reporter, tuple(_FLOWS.values()), (year,)),),
        printed=whole.text,
    )


@RULES.settles("trade-total", years=(2016, 2018))
def trade_total(claim: Claim, _: Parameters) -> Evidence:
    """Compare the total in the text with published trade, and with the printed totals it sums."""
    published = partner_trade("RU", "KZ", TURNOVER, *YEARS)
    in_table = added(RUSSIA, TURNOVER)
    consistent = c.judge(Printed(claim.printed), in_table) != "differs"
    agrees = "consistent with" if consistent else "at odds with"
    others = {
        "the printed totals of three years": in_table,
        "printed exports and imports of three years": added(RUSSIA, EXPORT) + added(RUSSIA, IMPORT),
        "as Kazakhstan reports it": partner_trade("KZ", "RU", TURNOVER, *YEARS),
    }
    evidence = c.against(claim, published, digits=1, what="Russia's partner statistics")
    return replace(
        evidence,
        reason=f"{evidence.reason} The number is {agrees} the paper's own table, whose printed "
        f"totals add up to {c.number(in_table, 1)}.",
        formula="exports + imports of three years, as reported",
        inputs=(
            c.basis(
                "trade_by_partner",
                "RU reports on KZ: exports + imports, billion US dollars",
                {year: partner_trade("RU", "KZ", TURNOVER, year) for year in YEARS},
            ),
            _table_input(RUSSIA, (TURNOVER,)),
        ),
        readings=c.readings(others, 1, claim.unit, c.judged(claim)),
    )


@RULES.settles("border-share", years=(2016, 2018))
def border_share(claim: Claim, _: Parameters) -> Evidence:
    """Compare the regions' share in Table 1 with about a quarter."""
    about = Printed(claim.printed).value
    whole = share_of_russia(TURNOVER)
    by_year = {year: share_of_russia(TURNOVER, (year,)) for year in YEARS}
    of_parts = share_of_russia(TURNOVER, parts=(EXPORT, IMPORT))
    band, distance = c.number(claim.line, 0), claim.line * about / 100
    every_year = c.every(c.within(value, about, distance) for value in by_year.values())
    return Evidence(
        c.within(whole, about, distance),
        f"The printed totals give {c.number(whole, 1)} per cent for the three years together "
        f"({c.listed(by_year, 1)}); about {claim.printed} was read as within {band} per "
        "cent of it.",
        computed=c.approximate(whole),
        formula="100 × printed total of the regions / printed total of Russia",
        inputs=(_table_input(BORDER, (TURNOVER,)), _table_input(RUSSIA, (TURNOVER,))),
        readings={
            "rounds to the printed number": c.judged(claim)(whole),
            f"within {band} per cent in every year": every_year,
            "printed exports and imports of the regions in place of their printed totals: "
            f"{c.number(of_parts, 1)} per cent": c.within(of_parts, about, distance),
        },
    )


@RULES.settles(
    "trade-fall-2016-2018", "export-fall-2016-2018", "import-fall-2016-2018", years=(2016, 2018)
)
@RULES.settles("trade-fall-2017-2018", years=(2017, 2018))
def fall(claim: Claim, _: Parameters) -> Evidence:
    """Compare a printed ratio of years with the printed values."""
    kind, _fall, *ends = claim.id.split("-")
    flow, (first, last) = _FLOWS.get(kind, TURNOVER), map(int, ends)

    def times(values: Callable[[int], Value]) -> Value:
        return fold_change(values(last), values(first))

    def reported(year: int) -> Value:
        return partner_trade("RU", "KZ", flow, year)

    others = {"Russia's values in Table 1": times(lambda year: printed(RUSSIA, flow, year))}
    if flow == TURNOVER:
        others["printed exports and imports of the regions added up"] = times(
            lambda year: printed(BORDER, EXPORT, year) + printed(BORDER, IMPORT, year)
        )
    others["Russia's trade as it reports it to partner statistics"] = times(reported)
    turn = "rose" if times(reported).central < 1 else "fell"
    ratio = times(lambda year: printed(BORDER, flow, year))
    return replace(
        c.against(claim, ratio, digits=3, what="The printed values"),
        formula=f"printed value of {first} / printed value of {last}",
        inputs=(_table_input(BORDER, (flow,), (first, last)),),
        readings=c.readings(others, 3, "times", c.judged(claim)),
        implies="As Russia reports it to partner statistics, its "
        f"{trade_words(flow, PAPERS.country)} {turn} from {c.number(reported(first), 2)} to "
        f"{c.number(reported(last), 2)} billion US dollars.",
    )


def cis_input(rows: str, values: Mapping[Any, Value | float]) -> Input:
    """Return the regions' trade with the CIS as an input; `rows` says whose, and when."""
    return c.basis("regional_foreign_trade", f"{rows}, million US dollars, added up", values)


def trade_words(flow: str, partner: str) -> str:
    """Return a flow with its partner in words.

    >>> trade_words("import", "Kazakhstan")
    'imports from Kazakhstan'
    """
    start = {EXPORT: "exports to", IMPORT: "imports from", TURNOVER: "trade with"}[flow]
    return f"{start} {partner}"


def _table_input(reporter: str, flows: Iterable[str], years: Iterable[int] = YEARS) -> Input:
    flows, years = list(flows), list(years)
    rows = f"{reporter}: {formatting.listing(flows)}, {formatting.listing([str(y) for y in years])}"
    cells = {f"{flow} {y}": printed(reporter, flow, y) for flow in flows for y in years}
    return c.basis("paper_table_1", rows, cells)


def _published(flow: str) -> tuple[str, ...]:
    """Return the flows of published statistics that make up one of Table 1."""
    return ("exports", "imports") if flow == TURNOVER else (f"{flow}s",)


def _cell(claim: Claim) -> tuple[str, str, int]:
    _, _, reporter, flow, year = claim.id.split("-")
    return _REPORTERS[reporter], _FLOWS[flow], int(year)
