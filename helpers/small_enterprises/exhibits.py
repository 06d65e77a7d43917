"""Exhibits of *Small enterprises*."""

from __future__ import annotations

import pandas as pd

from borderbook import formatting
from borderbook.datapackage import remarks, resources
from borderbook.figures import charts, tables
from borderbook.figures.charts import Chart, Series
from borderbook.figures.explorer import Indicator
from borderbook.figures.tables import Column, Table
from borderbook.formatting import number, plural
from helpers import indicators, regions
from helpers.explorer import explorer_of
from helpers.palette import PALETTE
from helpers.parameters import BorderYears
from helpers.small_enterprises import measures

_NUMBER, _EMPLOYEES, _TURNOVER, _INVESTMENT = measures.ROWS.values()


def facts(p: BorderYears) -> dict[str, str]:
    """Return the section's inline values, name -> text."""
    cells = measures.table_2(p.group)
    known = cells.dropna(subset=["computed"])
    decided, missing = known[known["verdict"] != ""], len(cells) - len(known)
    printed = cells.set_index(["row", "year"])["printed"]
    employees, turnover = _share(_EMPLOYEES, p), _share(_TURNOVER, p)
    same = indicators.group_share(measures.constant(_TURNOVER), p.group.codes)
    employees_year, turnover_year = _last(employees, p), _last(turnover, p)
    return {
        "label": p.group.label,
        "country": p.group.country,
        "cells": str(len(cells)),
        "cells-held": str(len(known)),
        "cells-near": formatting.count(len(known) - len(decided)),
        "cells-missing": f"{formatting.counted(missing, 'is', 'are')} not available"
        if missing
        else "none is missing",
        "extent": "in part" if missing else "in whole",
        "largest-difference": number(decided["difference"].abs().max(), 2),
        "employees-last": number(employees[employees_year], 2),
        "employees-last-year": str(employees_year),
        "turnover-last": number(turnover[turnover_year], 2),
        "turnover-last-year": str(turnover_year),
        "turnover-early": _moved(same, 2011, 2014),
        "turnover-late": _moved(turnover, 2016, 2017),
        "turnover-2014": number(turnover[2014], 2),
        "printed-number-2014": printed[_NUMBER, 2014],
        "printed-number-2017": printed[_NUMBER, 2017],
        "number-ends": _ends(measures.unpublished(_NUMBER, 2011, 2017)),
        "number-breaks": formatting.counted(
            sum(2014 < year < 2017 for year in measures.BREAKS), "break"
        ),
        "investment-held": _rebuilt(measures.unpublished(_INVESTMENT, 2011, 2017)),
        "printed-employees-low": min(printed[_EMPLOYEES]),
        "printed-employees-high": max(printed[_EMPLOYEES]),
        "printed-investment-2011": printed[_INVESTMENT, 2011],
        "printed-investment-2017": printed[_INVESTMENT, 2017],
        "definition": "The shares agree under one definition of the group: Tyumen Oblast without "
        "its two autonomous okrugs"
        if p.group.is_the_papers
        else "The printed shares are those of the paper's own group, Tyumen Oblast without its two "
        "autonomous okrugs; a difference here is one between two groups",
        "agreement": _agreement(p, cells),
    }


def table_2(p: BorderYears) -> Table:
    """Return the paper's Table 2 cell by cell beside what primary data give."""
    cells = measures.table_2(p.group)
    cells["cell"] = cells["title"] + ", " + cells["year"].astype(str)
    notes = [
        "Computed: sum of the regions divided by Russia's published total, or by the sum of the "
        "83 regions where no total is published. A dash: the data do not hold the figure. A "
        "difference from a neighbouring measure decides nothing about the cell.",
    ]
    if not p.group.is_the_papers:
        notes.append(
            "The paper prints its shares for the twelve regions that border Kazakhstan, Tyumen "
            f"without its okrugs; the computed column counts {p.group.label}. A difference here "
            "is one between the groups."
        )
    return Table(
        "table-2",
        formatting.capitalized(_confirmed(cells)),
        cells,
        [
            Column("cell", "Indicator and year"),
            Column("printed", "Printed", "%", role="printed"),
            Column("computed", "Computed", "%", digits=2, role="computed"),
            Column("difference", "Difference", "points", digits=2, signed=True, role="difference"),
            Column("reason", "Instrument, or what is missing"),
        ],
        f"Share of {p.group.label} in Russia, small enterprises including micro-enterprises, "
        "2011–2017",
        notes,
        resources.sources("paper_table_2", "small_enterprises"),
    )


def series(p: BorderYears) -> Chart:
    """Return the shares by year, computed and printed, one panel an indicator."""
    computed = measures.shares(p.group, p.first_year, p.last_year)
    printed = measures.table_2(p.group)
    printed = printed[printed["year"].isin(p.years)]
    rows = computed.assign(series=computed["title"], value=computed["share"])
    marks = printed.assign(series=printed["title"], value=printed["printed"].astype(float))
    known = set(pd.concat([rows, marks]).dropna(subset=["value"])["series"])
    shown = [m.title for m in measures.MEASURES if m.title in known]
    drawing = charts.lines(
        rows[rows["series"].isin(shown)][["series", "year", "value", "segment"]],
        [Series(title) for title in shown],
        unit="% of Russia",
        breaks=measures.BREAKS,
        printed=marks,
        panels=True,
        height=210,
    )
    turnover = _share(_TURNOVER, p)
    last = _last(turnover, p)
    return Chart(
        "shares",
        f"The group made {number(turnover[last], 2)} % of the turnover of Russia's small "
        f"enterprises in {last}",
        drawing,
        f"Share of {p.group.label} in Russia, per cent, {p.first_year}–{p.last_year}",
        (
            "Solid marks are computed, hollow marks are what the paper prints. Lines join "
            "comparable years only: complete surveys (2010, 2015, 2020) are another instrument, "
            "from 2016 the SME register is surveyed, and the criteria changed in 2016–2017.",
            regions.WIDER_NOTE,
            *_gaps(p),
        ),
        resources.sources("small_enterprises", "paper_table_2"),
    )


def territory(p: BorderYears) -> Table:
    """Return the shares in the totals as published beside those in the same 83 regions."""
    rows = measures.shares(p.group, max(p.first_year, 2010), p.last_year).dropna(subset=["share"])
    rows["off"] = rows["constant"].round(2) - rows["share"].round(2)
    rows["cell"] = rows["title"] + ", " + rows["year"].astype(str)
    most = rows["off"].abs().max()
    return Table(
        "territory",
        "The wider totals of Russia lower no share by more than "
        f"{number(most, 2)} points against the same 83 regions"
        if most
        else "In the years chosen the totals of Russia cover the same 83 regions",
        rows,
        [
            Column("cell", "Indicator and year"),
            Column("share", "Of the total as published", "%", digits=2),
            Column("constant", "Of the same 83 regions", "%", digits=2),
            Column("off", "Difference", "points", digits=2, signed=True),
        ],
        f"Share of {p.group.label} in Russia by what Russia covers, {p.years_in_words}",
        regions.WIDER_NOTE + " Where no total is published both are shares of the 83 regions.",
        resources.sources("small_enterprises"),
    )


def contributions(p: BorderYears) -> Chart | Table:
    """Return what each region added to the change of the group's share of turnover."""
    span = measures.comparable(_TURNOVER, p.years)
    if span is None:
        return tables.nothing(
            "contributions",
            "No two comparable years of turnover lie in the chosen years",
            f"{p.first_year}–{p.last_year}",
            [Column("years", "Years"), Column("value", "Change", "points", digits=2)],
            sources=resources.sources("small_enterprises"),
        )
    first, last = span
    values = indicators.same_regions(measures.values("turnover"))
    parts = indicators.contributions(values, p.group.codes, first, last).sort_values()
    share = indicators.group_share(values, p.group.codes)
    rows = [(regions.brief(str(code)), part, PALETTE.strong) for code, part in parts[::-1].items()]
    drawing = charts.bars(rows, unit="percentage points", digits=2, signed=True)
    change = indicators.change(share[first], share[last])
    top = regions.brief(str(parts.abs().idxmax()))
    return Chart(
        "contributions",
        f"{top} moved the group's share of turnover most between {first} and {last}"
        if len(parts) > 1
        else f"{top} alone makes the group's share of turnover, {first} to {last}",
        drawing,
        f"Contribution of each region to the change of the group's share of Russia's turnover of "
        f"small enterprises, {first} to {last}: {number(change, 2, signed=True)} percentage points "
        "in all",
        "The contributions add up to the change; each is the change of the region's own share. "
        "Russia is the sum of the same 83 regions in both years." + _as_published(p, first, last),
        resources.sources("small_enterprises"),
    )


def leave_one_out(p: BorderYears) -> Table:
    """Return the group's shares without each region in turn, in the last year held."""
    columns, rows = [], pd.DataFrame(index=list(p.group.codes))
    for row in (_EMPLOYEES, _TURNOVER):
        values = measures.series(row)
        year = _last(_share(row, p), p)
        rows[f"{row} own"] = 100 * values.loc[year] / indicators.national_total(values)[year]
        rows[f"{row} without"] = indicators.leave_one_out(values, p.group.codes).loc[year]
        group = f"{measures.measure(row).title}, {year}"
        columns += [
            Column(f"{row} own", "Region's share", "% of Russia", digits=2, group=group),
            Column(f"{row} without", "Group without it", "% of Russia", digits=2, group=group),
        ]
    rows["region"] = [regions.name(code) for code in rows.index]
    rows = rows.sort_values(f"{_TURNOVER} own", ascending=False)
    return Table(
        "leave-one-out",
        f"{rows['region'].iloc[0]} weighs most in the group's turnover"
        if len(rows) > 1
        else f"{rows['region'].iloc[0]} is the whole group: without it nothing is left",
        rows,
        [Column("region", "Region"), *columns],
        f"Share of each region, and of the group without it; {p.group.label}",
        "Russia's total stays whole when a region is left out.",
        resources.sources("small_enterprises"),
    )


def explorer(p: BorderYears) -> Chart:
    """Return map and chart of the shares of Table 2, for the regions that a reader chooses."""
    paper = resources.load("paper_table_2")
    printed = paper.set_index(["indicator", "year"])["printed_percent"]
    offered = [
        Indicator(
            measure.title.partition(" ")[0].lower(),
            measure.title,
            "% of Russia",
            2,
            measures.series(measure.row),
            measures.segment,
            {year: str(printed[measure.row, year]) for year in measures.YEARS},
            measures.BREAKS,
        )
        for measure in measures.MEASURES
    ]
    return explorer_of(
        p,
        sorted(offered, key=lambda indicator: indicator.name != "turnover"),
        "of the turnover of Russia's small enterprises",
        (
            "Solid marks are computed. Lines join comparable years only. Where no total is "
            "published, the whole is the sum of the 83 regions.",
        ),
        ("small_enterprises", "paper_table_2", "boundaries"),
    )


def register(p: BorderYears) -> Table:
    """Return the group's shares in the SME register, from which surveys are drawn since 2016."""
    rows = measures.register_shares(p.group)
    whole = bool(rows["legal_entities"].iloc[-1:].notna().all())
    withheld = [each for each in remarks.of("sme_register") if each.key[0] in p.group.codes]
    return Table(
        "register",
        f"In the register the group held {number(rows['legal_entities'].iloc[-1], 2)} % of "
        "the legal entities of Russia"
        if whole
        else "Figures of the register are not held for every region of this group",
        rows.assign(date=[f"{day:%-d %B %Y}" for day in rows.index]),
        [
            Column("date", "Day of the snapshot"),
            *(
                Column(name, name.capitalize().replace("_", " "), "% of Russia", digits=2)
                for name in rows.columns
            ),
        ],
        f"Share of {p.group.label} in the register of small and medium-sized enterprises",
        (
            "The register counts medium-sized enterprises too, and every registered entity: it is "
            "a neighbour of Table 2, not the same measure. Since 2016 it is the population that "
            "the surveys are drawn from. No number of workers in 2016."
            + ("" if whole else " Held are the regions bordering Kazakhstan and the okrugs."),
            *(
                f"{formatting.capitalized(each.status)}: {each.field.replace('_', ' ')} of "
                f"{regions.name(each.key[0])}. {each.reason} The group has no share there."
                for each in withheld
            ),
        ),
        resources.sources("sme_register"),
    )


def _agreement(p: BorderYears, cells: pd.DataFrame) -> str:
    """Return how many cells of Table 2 published figures confirm, and how many they leave open."""
    text = _confirmed(cells)
    if not p.group.is_the_papers:
        text += " (it prints those of the twelve regions that border Kazakhstan)"
    near = cells[cells["computed"].notna() & (cells["verdict"] == "")]
    if near.empty:
        return text
    return (
        f"{text}; for {formatting.count(len(near))} of {formatting.years([*{*near['year']}])} only "
        "a neighbouring measure is published"
    )


def _confirmed(cells: pd.DataFrame) -> str:
    """Return how the shares by the indicator that a cell names compare with the printed ones."""
    decided = cells[cells["verdict"] != ""]
    exact = int((decided["verdict"] == "holds").sum())
    rounded = decided[decided["verdict"] == "holds-rounded"]
    names = [f"{title.lower()}, {y}" for title, y in rounded[["title", "year"]].to_numpy()]
    return (
        f"of the {len(decided)} shares published for the measure that the table names, "
        f"{exact or 'none'} {plural(exact or 1, 'agrees', 'agree')} with it to the last digit"
        + f" and {formatting.count(len(names))} but for rounding ({'; '.join(names)})"
        * bool(names)
    )


def _ends(absent: list[int]) -> str:
    """Return which ends of the printed fall from 2014 to 2017 primary data can confirm."""
    known = [year for year in (2014, 2017) if year not in absent]
    if len(known) == 1:
        return f"Only that of {known[0]} can be recomputed"
    return "Both ends can be recomputed" if known else "Neither end can be recomputed"


def _as_published(p: BorderYears, first: int, last: int) -> str:
    """Return the change of the share of turnover in the totals as published, as a sentence."""
    if not first < regions.WIDER <= last:
        return ""
    share = indicators.group_share(measures.values("turnover"), p.group.codes)
    change = indicators.change(share[first], share[last])
    return (
        f" In the totals as published, which cover more from {regions.WIDER} on, the change is "
        f"{number(change, 2, signed=True)} points."
    )


def _rebuilt(absent: list[int]) -> str:
    """Return for which of the seven years a row can be recomputed."""
    known = [year for year in range(2011, 2018) if year not in absent]
    if not known:
        return "cannot be recomputed for any of the seven years"
    return f"can be recomputed for {formatting.years(known)}"


def _gaps(p: BorderYears) -> tuple[str, ...]:
    """Return a note on the years without figures by region, none if there are none."""
    rows = {"number of enterprises": _NUMBER, "investment": _INVESTMENT}
    absent = {n: measures.unpublished(row, p.first_year, p.last_year) for n, row in rows.items()}
    parts = [f"{name} {formatting.years(years)}" for name, years in absent.items() if years]
    return (f"Not in the data by region: {'; '.join(parts)}.",) if parts else ()


def _share(row: str, p: BorderYears) -> pd.Series:
    return indicators.group_share(measures.series(row), p.group.codes)


def _moved(share: pd.Series, first: int, last: int) -> str:
    return formatting.course({year: share[year] for year in range(first, last + 1)}, 2, "%")


def _last(share: pd.Series, p: BorderYears) -> int:
    """Return the last year of the section's years that has a figure."""
    return max(int(year) for year in share.dropna().index if year in p.years)
