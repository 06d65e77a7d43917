"""Foreign trade: the paper's Table 1, recomputed from its own cells, beside published series."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence

import pandas as pd

from borderbook.claims.checks import judge
from borderbook.claims.intervals import Printed, Value, fold_change, measured, share, total
from borderbook.claims.model import claims
from borderbook.datapackage import remarks, resources
from borderbook.datapackage.remarks import Remark
from helpers import indicators, regions
from helpers.regions import Group

YEARS = (2016, 2017, 2018)
"""The years of Table 1."""
FLOWS = ("export", "import", "commodity circulation")
REPORTERS = ("Russia", "border regions")


@resources.remembered
def printed(reporter: str, flow: str, year: int) -> Printed:
    """Return a cell of Table 1: billion USD for Russia, million USD for the border regions.

    >>> printed("border regions", "export", 2016).text
    '2254.8'
    """
    table = resources.load("paper_table_1").set_index(["reporter", "flow", "year"])
    return Printed(str(table.at[(reporter, flow, year), "printed"]))


def added(reporter: str, flow: str, years: Iterable[int] = YEARS) -> Value:
    """Return the sum of the cells of some years, in the unit of the reporter's cells.

    >>> added("Russia", "commodity circulation").interval
    Interval('[41.15, 41.45)')
    """
    return total(printed(reporter, flow, year) for year in years)


def printed_total(reporter: str, flow: str, years: Sequence[int] = YEARS) -> Value:
    """Return the total of some years: as printed where it is, else the sum of the cells.

    The paper prints one, Russia's turnover of all three years. A printed total says more than the
    sum of its rounded parts.

    >>> printed_total("Russia", "commodity circulation").interval
    Interval('[41.25, 41.35)')
    """
    if (reporter, flow, tuple(years)) == ("Russia", FLOWS[2], YEARS):
        return Printed(claims()["trade-total"].printed)
    return added(reporter, flow, years)


def share_of_russia(
    flow: str, years: Sequence[int] = YEARS, parts: Sequence[str] | None = None
) -> Value:
    """Return the regions' share in Russia's trade with Kazakhstan as Table 1 has it, per cent.

    `parts` are the flows whose cells are added up for the regions, in place of those of `flow`.
    """
    border, russia = REPORTERS[::-1]
    part = total(printed_total(border, each, years) for each in parts or (flow,))
    return share(part, 1000 * printed_total(russia, flow, years))


def sums() -> pd.DataFrame:
    """Return the printed turnovers beside exports plus imports.

    Columns: `reporter`, `year`, `unit`, `export`, `import`, `printed` (text as printed),
    `computed`, `difference` (printed minus computed), `verdict` by the rounding rule.
    """
    units = {"Russia": "billion USD", "border regions": "million USD"}
    records = []
    for reporter, year in itertools.product(REPORTERS, YEARS):
        exports, imports, turnover = (printed(reporter, flow, year) for flow in FLOWS)
        both = exports + imports
        computed = both.rounded(turnover.digits)
        records.append(
            {
                "reporter": reporter,
                "year": year,
                "unit": units[reporter],
                "export": exports.text,
                "import": imports.text,
                "printed": turnover.text,
                "computed": computed,
                "difference": turnover.value - computed,
                "verdict": judge(turnover, both),
            }
        )
    return pd.DataFrame(records)


def border_shares() -> pd.DataFrame:
    """Return the border regions' share of Russia's trade with Kazakhstan by Table 1, per cent.

    Columns: `flow`, `period` (a year, or 2016–2018 for the sums of the three), `share`, `low`,
    `high`.
    """
    periods = {**{str(year): (year,) for year in YEARS}, "2016–2018": YEARS}
    records = []
    for flow, (period, years) in itertools.product(FLOWS, periods.items()):
        value = share_of_russia(flow, years)
        ends = float(value.interval.low), float(value.interval.high)
        records.append((flow, period, float(value), *ends))
    return pd.DataFrame(records, columns=["flow", "period", "share", "low", "high"])


def fold_changes() -> pd.DataFrame:
    """Return last over first value of Table 1, a ratio below 1 for a fall.

    Columns: `reporter`, `flow`, `first`, `last`, `ratio`, `times` (how many times lower, with
    what the rounding leaves open: its inverse).
    """
    records = [
        (reporter, flow, a, b, float(fold_change(first, last)), fold_change(last, first))
        for reporter, flow in itertools.product(REPORTERS, FLOWS)
        for a, b in itertools.combinations(YEARS, 2)
        for first, last in [(printed(reporter, flow, a), printed(reporter, flow, b))]
    ]
    columns = ["reporter", "flow", "first", "last", "ratio", "times"]
    return pd.DataFrame(records, columns=columns)


@resources.remembered
def with_partner(first_year: int = 2000, last_year: int = 2021) -> pd.DataFrame:
    """Return trade of Russia with Kazakhstan by year as each side and the yearbook report it.

    Columns: `flow` (export, import or commodity circulation, Russia's), `reported` (by Russia,
    by Kazakhstan, Russian yearbook), `year`, `value` (billion USD). Kazakhstan's imports stand
    beside Russia's exports. The later vintage of the yearbook is taken.
    """
    partners = resources.load("trade_by_partner")
    partners = partners[partners["partner"] != "WORLD"]
    direct = partners["reporter"] == "RU"
    mirrored = partners["flow"].map({"exports": "imports", "imports": "exports"})
    partners = partners.assign(
        flow=partners["flow"].where(direct, mirrored),
        reported=direct.map({True: "by Russia", False: "by Kazakhstan"}),
    )
    book = resources.load("russia_trade_yearbook")
    book = book[(book["partner"] == "KZ") & (book["source"] == book["source"].max())]
    both = pd.concat([partners, book.assign(reported="Russian yearbook")])
    table = both[["reported", "year"]].assign(
        flow=both["flow"].str.removesuffix("s"), value=both["million_usd"] / 1000
    )
    both = table.groupby(["reported", "year"], as_index=False)["value"].sum()
    table = pd.concat([table, both.assign(flow="commodity circulation")])
    chosen = table[table["year"].between(first_year, last_year)]
    ordered: pd.DataFrame = chosen.sort_values(["flow", "reported", "year"], ignore_index=True)
    return ordered


def against_partners() -> pd.DataFrame:
    """Return Russia's cells of Table 1 beside what each side reports for the year, billion USD.

    Columns: `flow`, `year`, `printed` (text), `by Russia`, `by Kazakhstan`, `off Russia`,
    `off Kazakhstan` (printed minus reported, billion USD).
    """
    reported = with_partner().pivot(index=["flow", "year"], columns="reported", values="value")
    cells = [(flow, y, printed("Russia", flow, y).text) for flow in FLOWS for y in YEARS]
    rows = pd.DataFrame(cells, columns=["flow", "year", "printed"])
    for country in ("Russia", "Kazakhstan"):
        by = rows.join(reported[f"by {country}"], on=["flow", "year"])[f"by {country}"]
        rows[f"by {country}"], rows[f"off {country}"] = by, rows["printed"].astype(float) - by
    return rows


def implied_turnover() -> Value:
    """Return the turnover with all countries that the printed total and share imply, billion USD.

    Both are Kazakhstan's in Russia's turnover of 2016 to 2018, as the text prints them.
    """
    return 100 * printed_total("Russia", FLOWS[2]) / Printed(claims()["kazakhstan-share"].printed)


CUSTOMS, PAYMENTS = "customs", "balance of payments"
"""The bases on which Russia's goods trade is published: the values of one are not those of the
other, so that no test may mix them."""
_HALF = ((2018, "Q1"), (2018, "Q2"))
_STRETCHES: dict[tuple[str, str], Sequence[tuple[int, str]]] = {
    (CUSTOMS, "2016 to 2018, whole years"): [(year, "year") for year in YEARS],
    (CUSTOMS, "2016 and 2017"): [(2016, "year"), (2017, "year")],
    (PAYMENTS, "2016, 2017 and the first two quarters of 2018"): [
        (2016, "year"),
        (2017, "year"),
        *_HALF,
    ],
    (PAYMENTS, "2016 and 2017"): [(2016, "year"), (2017, "year")],
}
"""The stretches of time that a turnover is published for, each on one basis."""


def published_turnover(basis: str, *periods: tuple[int, str]) -> Value:
    """Return Russia's goods trade with all countries on one basis, billion USD.

    `periods` are years with `year`, or with a quarter such as `Q1`, which the balance of payments
    alone has; KeyError for another.
    """
    if basis == CUSTOMS:
        table = resources.load("trade_by_partner")
        table = table[(table["reporter"] == "RU") & (table["partner"] == "WORLD")]
        table = table.assign(
            indicator="goods " + table["flow"], period="year", value=table["million_usd"]
        )
        unit = 1000
    else:
        table, unit = resources.load("russia_totals"), 1
    values = table.set_index(["indicator", "year", "period"])["value"].sort_index()
    cells = [(f"goods {flow}", *each) for each in periods for flow in ("exports", "imports")]
    return total(measured(float(values[cell])) for cell in cells) / unit


def stretches() -> pd.DataFrame:
    """Return published turnovers beside the implied one: each stretch of time on one basis.

    Columns: `basis`, `stretch`, `turnover` (billion USD), `share` (the printed total in it, per
    cent) and `verdict`: whether the share is the printed one, by the rounding rule.
    """
    part, claimed = printed_total("Russia", FLOWS[2]), Printed(claims()["kazakhstan-share"].printed)
    records = []
    for (basis, stretch), periods in _STRETCHES.items():
        turnover = published_turnover(basis, *periods)
        of = share(part, turnover)
        records.append((basis, stretch, float(turnover), float(of), judge(claimed, of)))
    return pd.DataFrame(records, columns=["basis", "stretch", "turnover", "share", "verdict"])


def with_cis(group: Group) -> pd.DataFrame:
    """Return the group's trade with the CIS by year, billion USD: `exports`, `imports`, `share`.

    `share` is the group's share of Russia's turnover with the CIS, per cent. Not by country:
    Kazakhstan is one of the CIS countries.
    """
    trade = resources.load("regional_foreign_trade")
    trade = trade[trade["partner_group"] == "CIS"]
    exports, imports = (
        indicators.by_region(trade[trade["flow"] == flow], "million_usd")
        for flow in ("exports", "imports")
    )
    return pd.DataFrame(
        {
            "exports": indicators.group_total(exports, group.codes) / 1000,
            "imports": indicators.group_total(imports, group.codes) / 1000,
            "share": indicators.group_share(exports + imports, group.codes),
        }
    )


def odd_cis(codes: Iterable[str], flow: str, years: Iterable[int]) -> list[Remark]:
    """Return the remarks on the regions' trade with the CIS; `flow` as Table 1 names it."""
    flows = ("exports", "imports") if flow == FLOWS[2] else (f"{flow}s",)
    rows = {f"{code} {year} {each} CIS" for code in codes for year in years for each in flows}
    return [each for each in remarks.of("regional_foreign_trade") if each.row in rows]


_UNEXPLAINED = "The figures do not show why."
"""How a remark's reason ends where the data give none; said once of several remarks."""


def odd_note(odd: Sequence[Remark]) -> str:
    """Return what is odd in sentences, million US dollars; blank if nothing is."""
    flows = {"exports": "exports to", "imports": "imports from"}
    return _sentences(
        [
            (f"{regions.name(region)}, {flows[flow]} the CIS in {year}", each)
            for each in odd
            for region, year, flow, _ in [each.key]
        ]
    )


def _sentences(odd: Sequence[tuple[str, Remark]]) -> str:
    """Return labels with the reasons of their remarks, the ending that they share once."""
    reasons = [
        f"{label}, million US dollars: {each.reason.removesuffix(_UNEXPLAINED).strip()}"
        for label, each in odd
    ]
    unexplained = any(each.reason.endswith(_UNEXPLAINED) for _, each in odd)
    return " ".join([*reasons, *[_UNEXPLAINED] * unexplained])


def odd_partners(years: Iterable[int]) -> str:
    """Return what is odd in the two sides' reports on each other, in sentences; blank if nothing.

    Million US dollars.
    """
    return _sentences(
        [
            (f"Kazakhstan's reported {each.key[2]} of {each.key[3]}", each)
            for each in remarks.of("trade_by_partner")
            if each.key[:2] == ("KZ", "RU") and int(each.key[3]) in years
        ]
    )
