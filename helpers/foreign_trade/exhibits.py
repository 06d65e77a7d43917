"""Exhibits of *Foreign trade*."""

from __future__ import annotations

from borderbook import formatting
from borderbook.claims.checks import judge
from borderbook.claims.intervals import Printed
from borderbook.claims.model import claims
from borderbook.datapackage import resources
from borderbook.figures import charts
from borderbook.figures.charts import Chart, Series
from borderbook.figures.tables import Column, Table
from borderbook.formatting import number
from helpers.foreign_trade import measures
from helpers.palette import PALETTE
from helpers.parameters import Years
from helpers.scope import PAPERS

*_, _TURNOVER = measures.FLOWS
_NAMES = {"export": "Exports", "import": "Imports", _TURNOVER: "Turnover"}
_WORDS = {"holds": "adds up", "holds-rounded": "adds up within rounding", "differs": "differs"}


def facts(p: Years) -> dict[str, str]:
    """Return the section's inline values, name -> text."""
    sums = measures.sums()
    shares = measures.border_shares().set_index(["flow", "period"])["share"]
    off = measures.against_partners().set_index(["flow", "year"]).to_dict("index")
    falls = measures.fold_changes().set_index(["reporter", "flow", "first", "last"])["times"]
    printed = {name: claim.printed for name, claim in claims().items()}
    implied = measures.implied_turnover()
    stretches = measures.stretches().set_index("stretch")["turnover"]
    border = sums[sums["reporter"] == "border regions"]
    apart = [abs(float(difference)) for difference in border["difference"]]
    stated = {
        "16-18": (falls["border regions", _TURNOVER, 2016, 2018], "trade-fall-2016-2018"),
        "export": (falls["border regions", "export", 2016, 2018], "export-fall-2016-2018"),
        "import": (falls["border regions", "import", 2016, 2018], "import-fall-2016-2018"),
        "17-18": (falls["border regions", _TURNOVER, 2017, 2018], "trade-fall-2017-2018"),
    }
    agree = sum(judge(Printed(printed[claim]), fall) == "holds" for fall, claim in stated.values())
    return {
        "sums": formatting.count(len(sums)),
        "sums-off": formatting.count(int((sums["verdict"] == "differs").sum())),
        "sum-off-most": number(max(apart), 1),
        "sum-off-least": number(min(apart), 1),
        "border-share": number(shares[_TURNOVER, "2016–2018"], 1),
        "border-export-share": number(shares["export", "2016–2018"], 1),
        "border-import-share": number(shares["import", "2016–2018"], 1),
        "printed-border-share": printed["border-share"],
        "printed-export-2018": off["export", 2018]["printed"],
        "printed-import-2018": off["import", 2018]["printed"],
        "reported-export-2018": number(off["export", 2018]["by Russia"], 1),
        "reported-import-2018": number(off["import", 2018]["by Russia"], 1),
        "off-2016": number(abs(float(off[_TURNOVER, 2016]["off Russia"])), 2),
        "off-2018": number(abs(float(off[_TURNOVER, 2018]["off Russia"])), 1),
        "printed-share": printed["kazakhstan-share"],
        "printed-total": printed["trade-total"],
        "three-years": str(measures.added("Russia", _TURNOVER).rounded(1)),
        "implied": number(float(implied)),
        "implied-low": number(float(implied.interval.low)),
        "implied-high": number(float(implied.interval.high)),
        "whole-years": number(stretches["2016 to 2018, whole years"]),
        "half-year": number(stretches["2016, 2017 and the first two quarters of 2018"]),
        **{f"fall-{name}": number(float(fall), 2) for name, (fall, _) in stated.items()},
        **{f"printed-fall-{name}": printed[claim] for name, (_, claim) in stated.items()},
        "falls": formatting.count(len(stated)),
        "falls-agree": formatting.count(agree),
    }


def table_1_sums(p: Years) -> Table:
    """Return Table 1 as printed, with the sum that its own cells give."""
    rows = measures.sums()
    rows["cell"] = rows["reporter"].str.capitalize() + ", " + rows["year"].astype(str)
    rows["finding"] = rows["verdict"].map(_WORDS)
    off = int((rows["verdict"] == "differs").sum())
    return Table(
        "table-1",
        f"{formatting.count(off).capitalize()} of the {formatting.count(len(rows))} printed "
        "turnovers do not equal exports plus imports",
        rows,
        [
            Column("cell", "Trade with Kazakhstan"),
            Column("unit", "Unit"),
            Column("export", "Exports", group="As printed", role="printed"),
            Column("import", "Imports", group="As printed", role="printed"),
            Column("printed", "Turnover", group="As printed", role="printed"),
            Column("computed", "Exports plus imports", digits=1, role="computed"),
            Column("difference", "Printed less computed", digits=1, signed=True, role="difference"),
            Column("finding", "Finding"),
        ],
        "The paper's Table 1: trade of Russia and of its regions that border Kazakhstan with "
        "Kazakhstan, goods, 2016–2018",
        "A printed number stands for an interval: 9.5 for 9.45 to 9.55. No rounding of the "
        "parts bridges a difference marked as such.",
        resources.sources("paper_table_1"),
    )


def border_shares(p: Years) -> Table:
    """Return the border regions' share in Russia's trade with Kazakhstan by Table 1."""
    rows = measures.border_shares()
    rows["measure"] = rows["flow"].map(_NAMES) + ", " + rows["period"]
    together = rows[rows["period"] == "2016–2018"].set_index("flow")["share"]
    return Table(
        "border-shares",
        "By Table 1 the border regions made "
        f"{number(together[_TURNOVER], 1)} % of the turnover, but "
        f"{number(together['import'], 1)} % of the imports",
        rows,
        [
            Column("measure", "Flow and period"),
            Column("share", "Share", "%", digits=2, role="computed"),
            Column("low", "At least", "%", digits=2, group="By the printed precision"),
            Column("high", "At most", "%", digits=2, group="By the printed precision"),
        ],
        "Share of the border regions in Russia's trade with Kazakhstan, from the cells of Table 1",
        "Turnover is taken as printed, although it does not equal exports plus imports for the "
        "border regions.",
        resources.sources("paper_table_1"),
    )


def fold_changes(p: Years) -> Table:
    """Return how many times lower the later year is, for every cell of Table 1."""
    rows = measures.fold_changes()
    flows = rows["flow"].map(_NAMES).str.lower()
    rows["measure"] = rows["reporter"].str.capitalize() + ", " + flows
    rows["span"] = rows["first"].astype(str) + "–" + rows["last"].astype(str)
    wide = rows.pivot(index="measure", columns="span", values="ratio").reset_index()
    start = "Every flow" if (wide["2016–2017"] > 1).all() else "Not every flow"
    end = "every one" if (wide["2016–2018"] < 1).all() else "not every one"
    return Table(
        "fold-changes",
        f"{start} of Table 1 grew in 2017, and {end} stands below 2016 in the column of 2018",
        wide,
        [
            Column("measure", "Flow"),
            *(
                Column(span, span, "ratio", digits=2, role="computed")
                for span in ("2016–2017", "2017–2018", "2016–2018")
            ),
        ],
        "Later year over earlier year, from the cells of Table 1; below 1 is a fall",
        sources=resources.sources("paper_table_1"),
    )


def against_partners(p: Years) -> Table:
    """Return Russia's cells of Table 1 beside what each side reports."""
    rows = measures.against_partners()
    rows["cell"] = rows["flow"].map(_NAMES) + ", " + rows["year"].astype(str)
    off = float(rows.set_index(["flow", "year"])["off Russia"][_TURNOVER, 2018])
    return Table(
        "against-partners",
        "Table 1 agrees with the trade statistics for 2016, not for 2018: its turnover is "
        f"{number(-off, 1)} billion US dollars lower",
        rows,
        [
            Column("cell", "Russia's trade with Kazakhstan"),
            Column("printed", "Printed", "billion USD", role="printed"),
            *(
                column
                for country in ("Russia", "Kazakhstan")
                for group in (f"Reported by {country}",)
                for column in (
                    Column(f"by {country}", "Value", "billion USD", digits=2, group=group),
                    Column(f"off {country}", "Printed less reported", "billion USD", digits=2,
                           signed=True, group=group, role="difference"),
                )
            ),
        ],
        "Goods trade of Russia with Kazakhstan, 2016–2018",
        f"Kazakhstan's imports from Russia are set beside Russia's exports. {_valuation()}",
        resources.sources("paper_table_1", "trade_by_partner"),
    )  # fmt: skip


def _valuation() -> str:
    """Return what the valuation of imports (CIF) and exports (FOB) explains of the differences."""
    rows = measures.against_partners()
    rows = rows[rows["flow"] == "export"]
    lower = int((rows["by Kazakhstan"] < rows["by Russia"]).sum())
    text = "Imports are CIF and exports FOB, so an importer's value should be the larger."
    if lower:
        text += (
            " Kazakhstan's imports are smaller than Russia's exports in "
            f"{formatting.counted_of(lower, len(rows), 'years')}, so other causes are at work."
        )
    return text


def by_year(p: Years) -> Chart:
    """Return Russia's trade with Kazakhstan by year as each side reports it, and as printed."""
    rows = measures.with_partner(p.first_year, p.last_year)
    rows = rows[rows["flow"] == _TURNOVER].rename(columns={"reported": "series"})
    # A segment ends where a series skips a year.
    gap = rows.groupby("series")["year"].diff().fillna(1) != 1
    rows["segment"] = gap.groupby(rows["series"]).cumsum().astype(str)
    cells = {year: measures.printed("Russia", _TURNOVER, year) for year in measures.YEARS}
    printed = [("by Russia", year, float(cell)) for year, cell in cells.items() if year in p.years]
    shown = [
        Series("by Russia"),
        Series("by Kazakhstan", PALETTE.contrast),
        Series("Russian yearbook", PALETTE.quiet, strong=False),
    ]
    present = set(rows["series"])
    drawing = charts.lines(
        rows[["series", "year", "value", "segment"]],
        [series for series in shown if series.name in present],
        unit="billion US dollars",
        printed=printed,
        zero=True,
    )
    values = rows[rows["series"] == "by Russia"].set_index("year")["value"]
    return Chart(
        "trade-by-year",
        f"Russia reported a turnover of {number(values[2018], 1)} billion US dollars with "
        f"Kazakhstan in 2018; the table prints {cells[2018].text}"
        if 2018 in values.index
        else "Each side reports a turnover of its own; they stay close",
        drawing,
        f"Exports plus imports of goods between Russia and Kazakhstan, billion US dollars, "
        f"{p.first_year}–{p.last_year}",
        (
            "Hollow marks are the turnover that Table 1 prints. The partner statistics here end in "
            "2020; the yearbook holds 2000, 2010 and 2019–2021.",
            *filter(None, [measures.odd_partners(p.years)]),
        ),
        resources.sources("trade_by_partner", "russia_trade_yearbook", "paper_table_1"),
    )


def implied_turnover(p: Years) -> Table:
    """Return what the printed share of Kazakhstan implies beside published turnovers."""
    share, whole = (claims()[name].printed for name in ("kazakhstan-share", "trade-total"))
    implied = measures.implied_turnover()
    low, high = float(implied.interval.low), float(implied.interval.high)
    rows = measures.stretches()
    inside = rows["verdict"] != "differs"
    rows["inside"] = inside.map({True: "yes", False: "no"})
    which = formatting.listing(list(rows.loc[inside, "stretch"]))
    return Table(
        "implied-turnover",
        f"The printed {share} % fits Russia's published turnover of {which}"
        if which
        else f"The printed {share} % fits none of these stretches of Russia's published turnover",
        rows,
        [
            Column("stretch", "Published turnover with all countries"),
            Column("basis", "Basis"),
            Column("turnover", "Turnover", "billion USD", digits=1),
            Column("share", f"Share of {whole} in it", "%", digits=2, role="computed"),
            Column("inside", "Inside the implied range"),
        ],
        f"{whole} billion US dollars are {share} % of {number(float(implied))} "
        f"billion ({number(low)} to {number(high)} by the printed precision)",
        "Each stretch keeps to one basis. The customs basis is held for whole years; the balance "
        "of payments, which alone is held by quarter, until mid-2018.",
        resources.sources("paper_table_1", "trade_by_partner", "russia_totals"),
    )


def with_cis(p: Years) -> Table:
    """Return the border regions' trade with the CIS, the nearest series by region."""
    trade = measures.with_cis(PAPERS)
    rows = trade.loc[p.first_year : p.last_year]
    return Table(
        "trade-with-cis",
        "No trade of the regions with the CIS is held for the chosen years"
        if rows.empty
        else f"The border regions made {number(rows['share'].iloc[-1], 1)} % of Russia's trade "
        f"with the CIS in {rows.index[-1]}",
        rows.assign(year=rows.index.astype(str)),
        [
            Column("year", "Year"),
            Column("exports", "Exports", "billion USD", digits=2),
            Column("imports", "Imports", "billion USD", digits=2),
            Column("share", "Share of Russia's turnover with the CIS", "%", digits=1),
        ],
        "Goods trade of the twelve regions that border Kazakhstan with the countries of the CIS",
        (
            f"Held for {trade.index[0]}–{trade.index[-1]}. Kazakhstan is one of these countries; "
            "the data hold no trade of a Russian region with Kazakhstan alone.",
            *filter(None, [measures.odd_note(measures.odd_cis(PAPERS.codes, _TURNOVER, p.years))]),
        ),
        resources.sources("regional_foreign_trade"),
    )
