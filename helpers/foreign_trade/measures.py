"""Foreign trade: the paper's Table 1, recomputed from its own cells, beside published series."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

import pandas as pd

from borderbook.claims.checks import judge
from borderbook.claims.intervals import Printed, Value, fold_change, share, total
from borderbook.datapackage import resources
from helpers import indicators
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


def printed_total(reporter: str, flow: str, years: Iterable[int] = YEARS) -> Value:
    """Return the sum of the cells of some years, in the unit of the reporter's cells.

    >>> printed_total("Russia", "commodity circulation").rounded(1)
    Decimal('41.3')
    """
    return total(printed(reporter, flow, year) for year in years)


def share_of_russia(*flows: str, years: tuple[int, ...] = YEARS) -> Value:
    """Return the regions' share in Russia's trade with Kazakhstan as Table 1 has it, per cent."""
    part, whole = (total(printed_total(r, flow, years) for flow in flows) for r in REPORTERS[::-1])
    return share(part, 1000 * whole)


def sums() -> pd.DataFrame:
    """Return the printed turnovers beside exports plus imports.

    Columns: `reporter`, `year`, `unit`, `export`, `import`, `printed` (text as printed),
    `computed`, `difference` (printed minus computed), `verdict` by the rounding rule.
    """
    units = {"Russia": "billion USD", "border regions": "million USD"}
    records = []
    for reporter, year in itertools.product(REPORTERS, YEARS):
        exports, imports, turnover = (printed(reporter, flow, year) for flow in FLOWS)
        added = exports + imports
        computed = added.rounded(turnover.digits)
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
                "verdict": judge(turnover, added),
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
        value = share_of_russia(flow, years=years)
        ends = float(value.interval.low), float(value.interval.high)
        records.append((flow, period, float(value), *ends))
    return pd.DataFrame(records, columns=["flow", "period", "share", "low", "high"])


def fold_changes() -> pd.DataFrame:
    """Return last over first value of Table 1, a ratio below 1 for a fall.

    Columns: `reporter`, `flow`, `first`, `last`, `ratio`, `times` (how many times lower: its
    inverse).
    """
    records = [
        (reporter, flow, a, b, float(fold_change(first, last)), float(fold_change(last, first)))
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


def three_years() -> Value:
    """Return the sum of Russia's printed turnovers of 2016 to 2018, billion USD."""
    return printed_total("Russia", FLOWS[2])


def implied_turnover(printed_share: Printed) -> Value:
    """Return the turnover with all countries that a share of Kazakhstan implies, billion USD.

    `printed_share` is the printed share of Kazakhstan in Russia's turnover of 2016 to 2018.
    """
    return 100 * three_years() / printed_share


def stretches() -> dict[str, float]:
    """Return Russia's published turnover with all countries over stretches of time, billion USD.

    Customs basis for whole years; the balance of payments for the stretch that ends in mid-2018,
    since it alone is published by quarter here.
    """
    partner = resources.load("trade_by_partner")
    partner = partner[(partner["reporter"] == "RU") & (partner["partner"] == "WORLD")]
    customs = partner.groupby("year")["million_usd"].sum() / 1000
    totals = resources.load("russia_totals")
    goods = totals[(totals["period"] == "year") & totals["indicator"].str.startswith("goods")]
    payments = goods.groupby("year")["value"].sum()
    quarters = totals[(totals["year"] == 2018) & totals["period"].str.startswith("Q")]
    return {
        "2016 to 2018, whole years": float(customs.loc[2016:2018].sum()),
        "2016, 2017 and the first two quarters of 2018": float(
            payments.loc[2016:2017].sum() + quarters["value"].sum()
        ),
        "2016 and 2017": float(customs.loc[2016:2017].sum()),
    }


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
