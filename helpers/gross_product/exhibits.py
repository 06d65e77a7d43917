"""Exhibits of *Gross product and industry*."""

from __future__ import annotations

import pandas as pd

from borderbook import formatting
from borderbook.claims.model import claims
from borderbook.datapackage import resources
from borderbook.figures import charts, tables
from borderbook.figures.charts import Chart, Series
from borderbook.figures.explorer import Indicator
from borderbook.figures.tables import Column, Table
from borderbook.formatting import number
from helpers import regions
from helpers.explorer import explorer_of
from helpers.gross_product import measures
from helpers.indicators import RUSSIA
from helpers.palette import PALETTE
from helpers.parameters import BorderYears
from helpers.regions import TYUMEN

_READ = (2017, 2016)
_SHORT = {
    "with Tyumen, without its okrugs": "with Tyumen",
    "without Tyumen": "no Tyumen",
    "with Tyumen and its okrugs": "with okrugs",
}


def facts(p: BorderYears) -> dict[str, str]:
    """Return the section's inline values, name -> text."""
    total, share = printed()
    chosen = _chosen_series(p).iloc[-1]
    return {
        "label": p.group.label,
        "country": p.group.country,
        "printed-total": total,
        "printed-share": share,
        "last-year": str(int(chosen["year"])),
        "grp-last": number(chosen["grp"], 2),
        "share-last": number(chosen["of_grp"], 1),
        "definitions": _definitions(p),
        "reading": _reading(p),
        "course": _course(p),
        "gdp": _gdp_sentence(p),
        "facing": _facing_sentence(p),
    }


def printed() -> tuple[str, str]:
    """Return what the paper prints for 2017: trillion roubles, and per cent of Russia's GDP."""
    return claims()["grp-total-2017"].printed, claims()["grp-share-2017"].printed


def readings(p: BorderYears) -> Table:
    """Return the total and the share under every way to count, beside the printed numbers."""
    rows = _against_printed(p)
    both = _fitting(rows)
    many = formatting.count(len(rows))
    if not both:
        title = f"None of the {many} readings gives both printed numbers"
    elif len(both) == 1:
        title = f"One of the {many} readings gives both printed numbers: {both[0]}"
    else:
        title = (
            f"{formatting.count(len(both)).capitalize()} of the {many} readings give both numbers"
        )
    total, grp, gdp = "Total, trillion roubles", "Share of the sum of GRP", "Share of GDP"
    notes = [
        "Fits: the total is above the printed one by less than one unit of its last digit; the "
        "share rounds to the printed one. Computed from the figures as revised by 2025 unless the "
        "row says otherwise. The statement is about 2017, whatever years are chosen; the year "
        "before is the nearest other reading.",
        f"{measures.SCALED_NOTE} {_earlier_range(p)}",
    ]
    if not p.group.is_the_papers:
        notes.append(
            "The paper prints its numbers for the twelve regions that border Kazakhstan; the "
            f"computed columns count {p.group.label}. A difference here can be one between the "
            "groups."
        )
    return Table(
        "readings",
        title,
        rows,
        [
            Column("reading", "Year and way to count"),
            Column("printed total", "Printed", role="printed", group=total),
            Column("grp", "Computed", digits=2, role="computed", group=total),
            Column("total off", "Difference", digits=2, signed=True, role="difference",
                   group=total),
            Column("printed share", "Printed", "%", role="printed", group=grp),
            Column("of_grp", "Computed", "%", digits=1, role="computed", group=grp),
            Column("grp off", "Difference", "points", digits=1, signed=True, role="difference",
                   group=grp),
            Column("printed share again", "Printed", "%", role="printed", group=gdp),
            Column("of_gdp", "Computed", "%", digits=1, role="computed", group=gdp),
            Column("gdp off", "Difference", "points", digits=1, signed=True, role="difference",
                   group=gdp),
            Column("fits", "What fits"),
        ],
        f"Gross regional product (GRP) of {p.group.label}, and its share of Russia, "
        f"{min(_READ)} and {max(_READ)}",
        notes,
        resources.sources(
            "gross_regional_product", "grp_total_vintages", "russia_totals", "claims"
        ),
    )  # fmt: skip


def shares(p: BorderYears) -> Chart:
    """Return the share of the sum of GRP by year, under every way to count the group."""
    rows = measures.readings(p.group, p.first_year, p.last_year)
    chosen = _chosen(p)
    short = {**_SHORT, "the group": p.group.short}
    rows["series"], strong = rows["variant"].map(short), short[chosen]
    rows = rows.rename(columns={"of_grp": "value"})
    marks = []
    if p.group.is_the_papers and measures.PAPERS_YEAR in p.years:
        marks.append((strong, measures.PAPERS_YEAR, float(printed()[1])))
    names = list(dict.fromkeys(rows["series"]))
    drawing = charts.lines(
        rows[["series", "year", "value", "segment"]],
        [Series(n, None if n == strong else PALETTE.quiet, n == strong) for n in names],
        unit="% of the sum of GRP",
        digits=1,
        breaks=measures.breaks(p.years),
        printed=marks,
    )
    last = _chosen_series(p).iloc[-1]
    return Chart(
        "shares",
        f"The group made {number(last['of_grp'], 1)} % of Russia's gross regional product in "
        f"{int(last['year'])}",
        drawing,
        f"Share of {p.group.label} in the sum of gross regional product, per cent, "
        f"{p.years_in_words}"
        + ("; grey: other ways to count Tyumen Oblast" if len(names) > 1 else ""),
        f"{regions.WIDER_NOTE} From 2016 gross regional product includes imputed rent, and "
        "consumption of fixed capital is taken at market value: another break."
        + (" The hollow mark is the share that the paper prints, of GDP." if marks else ""),
        resources.sources("gross_regional_product", "claims"),
    )


def explorer(p: BorderYears) -> Chart:
    """Return map and chart of the share of gross product, for the regions that a reader chooses."""
    table = measures.gross_regional_product()
    domestic = measures.gross_domestic_product()
    of_gdp = table.loc[domestic.index].assign(**{RUSSIA: domestic})
    offered = [
        Indicator(
            name,
            "Gross regional product",
            unit,
            1,
            figures,
            segment,
            {measures.PAPERS_YEAR: printed()[1]},
            measures.breaks(range(2005, 2024), of_gdp=name == "gdp"),
        )
        for name, unit, figures, segment in (
            ("grp", "% of the sum of GRP", table, measures.segment),
            ("gdp", "% of GDP", of_gdp, measures.segment_of_gdp),
        )
    ]
    return explorer_of(
        p,
        offered,
        "of the sum of gross regional product",
        (
            f"Solid marks are computed. {regions.WIDER_NOTE} Nor does one cross 2015–2016, the new "
            "methodology, or 2010–2011, where gross domestic product breaks: there the sum of "
            f"GRP over GDP goes from {_grp_over_gdp(2010)} to {_grp_over_gdp(2011)} %. The printed "
            "share is "
            "one of gross domestic product, which is in the data for fewer years.",
        ),
        ("gross_regional_product", "russia_totals", "claims", "boundaries"),
    )


def _grp_over_gdp(year: int) -> str:
    """Return the published sum of GRP over GDP, per cent, as a text."""
    product = measures.gross_regional_product().T[year][RUSSIA]
    return number(100 * product / measures.gross_domestic_product()[year])


def by_year(p: BorderYears) -> Table:
    """Return the group's GRP and its shares of the sum of GRP and of GDP, by year."""
    rows = _chosen_series(p).assign(year=lambda table: table["year"].astype(str))
    rows["methodology"] = rows["methodology"].str.replace("-", "–")
    comparable = rows[rows["segment"] == rows["segment"].iloc[-1]]
    last = comparable.iloc[-1]
    return Table(
        "grp-by-year",
        f"The group's share of the sum of GRP {_moved(comparable)}"
        if len(comparable) > 1
        else f"In {last['year']} the group's product was {number(last['grp'], 2)} trillion roubles",
        rows,
        [
            Column("year", "Year"),
            Column("grp", "Product", "trillion roubles", digits=2),
            Column("of_grp", "Share of the sum of GRP", "%", digits=1),
            Column("of_83", "Share of the same 83 regions", "%", digits=1),
            Column("of_gdp", "Share of GDP", "%", digits=1),
            Column("methodology", "Methodology of"),
        ],
        f"Gross regional product (GRP) of {p.group.label}, current prices, {p.years_in_words}",
        "A dash: GDP is in the data for "
        f"{formatting.years(list(measures.gross_domestic_product().index))} "
        "only, as published in July 2018, and breaks between 2010 and 2011. GRP is as revised by "
        "2025. The series breaks between 2015 and 2016, and from 2014 the sum of GRP covers "
        "more than the 83 regions.",
        resources.sources("gross_regional_product", "russia_totals"),
    )


def facing(p: BorderYears) -> Table:
    """Return GRP of the regions of Kazakhstan across the border, in the last year held."""
    columns = [
        Column("region", "Region"),
        Column("grp", "Gross regional product", "trillion tenge", digits=2),
        Column("share", "Share of Kazakhstan", "%", digits=1),
    ]
    sources = resources.sources("kazakhstan_gross_regional_product")
    subtitle = "Gross regional product of the regions across the border, current prices"
    year = _facing_year(p)
    if year is None:
        of_years = " for the years chosen" if p.group.neighbour == "KZ" else ""
        return tables.nothing(
            "facing",
            f"No gross product of {p.group.country}'s regions is in the data{of_years}",
            p.group.country,
            columns[:2],
            subtitle=subtitle,
            notes="The data hold gross regional product for Kazakhstan's regions only, "
            f"{formatting.years(list(measures.facing_kazakhstan().index))}.",
            sources=sources,
        )
    values = measures.facing_kazakhstan().T[year]
    whole = values.pop("KZ")
    ordered = values.sort_values(ascending=False, kind="stable").rename(regions.name)
    ordered["Together"] = values.sum()
    rows = pd.DataFrame({"grp": ordered / 1e6, "share": 100 * ordered / whole})
    missing = list(ordered.index[ordered.isna()])
    note = "Tenge, not roubles: the two sides are not added up. "
    if missing:
        note += f"A dash: no figure for {year}; {formatting.listing(missing)} was formed in 2022. "
    return Table(
        "facing",
        f"{rows.index[0]} made the largest product across the border in {year}",
        rows.rename_axis("region").reset_index(),
        columns,
        f"{subtitle}, {year}",
        note + "Abay Region was part of East Kazakhstan Region until 2022; the file gives its "
        f"figures from {_abay_from()} on.",
        sources,
    )


def _chosen(p: BorderYears) -> str:
    """Return which of the ways to count is the one that the parameters ask for."""
    if TYUMEN not in p.group.codes:
        return "the group"
    return (
        "with Tyumen and its okrugs" if p.group.with_okrugs else "with Tyumen, without its okrugs"
    )


def _chosen_series(p: BorderYears) -> pd.DataFrame:
    rows = measures.readings(p.group, p.first_year, p.last_year)
    return rows[rows["variant"] == _chosen(p)]


def _against_printed(p: BorderYears) -> pd.DataFrame:
    rows = measures.against_printed(p.group, _READ, *printed())
    rows["printed total"], rows["printed share"] = printed()
    rows["printed share again"] = rows["printed share"]
    return rows


def _fitting(rows: pd.DataFrame) -> list[str]:
    """Return the readings that give both printed numbers."""
    fits = rows["total fits"] & (rows["grp fits"] | rows["gdp fits"])
    return list(rows.loc[fits, "reading"])


def _earlier_range(p: BorderYears) -> str:
    """Return the group's product in the earlier vintage with its range, as a sentence."""
    year, rows = measures.PAPERS_YEAR, measures.earlier_readings(p.group)
    rows = rows[rows["year"] == year].set_index("variant")
    variant = "without Tyumen" if "without Tyumen" in rows.index else rows.index[0]
    ends = [float(rows[name][variant]) for name in ("grp", "low", "high")]
    scaled, low, high = (number(value, 2) for value in ends)
    whole = measures.earlier_grp()[year]
    share, least, most = (number(1e8 * value / whole, 1) for value in ends)
    which = "" if variant == "the group" else f" {variant}"
    return (
        f"For {year}{which}: {scaled} trillion roubles ({low} to {high}), {share} % of that "
        f"vintage's sum ({least} to {most})."
    )


def _definitions(p: BorderYears) -> str:
    if TYUMEN not in p.group.codes:
        return (
            f"The group counted here is {p.group.label}, and it leaves one choice: Russia's whole "
            "can be the sum of gross regional product or gross domestic product, which is larger"
        )
    return (
        f"The group counted here is {p.group.label}. Two choices change its numbers: whether "
        "Tyumen Oblast is counted in, alone or with its two autonomous okrugs; and whether "
        "Russia's whole is the sum of gross regional product or gross domestic product, which is "
        "larger"
    )


def _reading(p: BorderYears) -> str:
    rows = _against_printed(p)
    at_hand = (rows["year"] == measures.PAPERS_YEAR) & (rows["vintage"] == "")
    row = rows[(rows["variant"] == _chosen(p)) & at_hand].iloc[0]
    text = (
        f"For {measures.PAPERS_YEAR} the group made {number(row['grp'], 2)} trillion "
        f"roubles: {number(row['of_grp'], 1)} % of the sum of gross regional product, or "
        f"{number(row['of_gdp'], 1)} % of gross domestic product"
    )
    both = _fitting(rows)
    if not both:
        return text + ". No reading in the table gives both printed numbers."
    which = formatting.counted(len(both), "gives", "give")
    return (
        f"{text}. Among the readings, {which} both printed numbers: {formatting.listing(both)}. "
        "The data do not show whether the authors counted that way."
    )


def _course(p: BorderYears) -> str:
    parts = []
    for methodology, rows in _chosen_series(p).groupby("methodology", sort=True):
        label = str(methodology).replace("-", "–")
        parts.append(
            f"Under the methodology of {label} the group's share in the 83 regions "
            f"{_moved(rows, 'of_83')}."
        )
    return " ".join(parts)


def _moved(rows: pd.DataFrame, share: str = "of_grp") -> str:
    """Return how the group's share of the sum of GRP moved in the years of the rows."""
    shares = {int(year): value for year, value in zip(rows["year"], rows[share], strict=True)}
    return formatting.course(shares, 1, "%")


def _gdp_sentence(p: BorderYears) -> str:
    rows = _chosen_series(p).dropna(subset=["of_gdp"])
    if rows.empty:
        return "For the years chosen the data hold no gross domestic product to compare with."
    row = rows.iloc[-1]
    return (
        "The share of gross domestic product is lower, since taxes on products and services to "
        f"the country as a whole are not shared out among regions: {number(row['of_gdp'], 1)} % "
        f"in {int(row['year'])}, the last of the chosen years for which the data hold it."
    )


def _facing_year(p: BorderYears) -> int | None:
    if p.group.neighbour != "KZ":
        return None
    return max(set(p.years).intersection(measures.facing_kazakhstan().index), default=None)


def _abay_from() -> int:
    return int(measures.facing_kazakhstan()["KZ-10"].dropna().index[0])


def _facing_sentence(p: BorderYears) -> str:
    year = _facing_year(p)
    if p.group.neighbour != "KZ":
        return (
            "The data hold gross regional product abroad for Kazakhstan's regions only, so there "
            f"is no figure for {p.group.country}'s side."
        )
    if year is None:
        return "For the years chosen the data hold no gross product of Kazakhstan's regions."
    values = measures.facing_kazakhstan().T[year]
    share = 100 * values.drop("KZ").sum() / values["KZ"]
    group = _chosen_series(p).set_index("year")["of_grp"][year]
    return (
        f"In {year} the regions of Kazakhstan that touch Russia made {number(share, 1)} % of "
        f"Kazakhstan's product; the border group made {number(group, 1)} % of Russia's."
    )
