"""Exhibits of *Gross product and industry*."""

from __future__ import annotations

import pandas as pd

from helpers import charts, data, regions, words
from helpers import gross_product as measures
from helpers.charts import Chart, Series
from helpers.parameters import GrossProduct
from helpers.regions import OKRUGS, RUSSIA, TYUMEN
from helpers.tables import Column, Table
from helpers.words import number

_PAPERS_YEAR = 2017
_READ = (2017, 2016)
_STRUCTURES = ("gva_structure_2011_2015", "gva_structure_2016_2024")
_SHORT = {
    "with Tyumen, without its okrugs": "with Tyumen",
    "without Tyumen": "no Tyumen",
    "with Tyumen and its okrugs": "with okrugs",
}
_LEAST = 2.0
"""Sections below this share of a region's gross value added are too small for a fair quotient."""


def facts(p: GrossProduct) -> dict[str, str]:
    """Return the section's inline values, name -> text."""
    total, share = printed()
    chosen = _chosen_series(p).iloc[-1]
    return {
        "label": p.group.label,
        "country": p.group.country,
        "printed-total": total,
        "printed-share": share,
        "printed-line": _line_text(),
        "last-year": str(int(chosen["year"])),
        "grp-last": number(chosen["grp"], 2),
        "share-last": number(chosen["of_grp"], 1),
        "definitions": _definitions(p),
        "reading": _reading(p),
        "course": _course(p),
        "gdp": _gdp_sentence(p),
        "repeated": words.listing([str(year) for year in measures.repeated_years()]),
        "repeated-from": str(min(measures.repeated_years()) - 1),
        "industry": _industry_sentence(p),
        "line-crossers": _steady_sentence(p),
        "least-section": number(_LEAST),
        "specialised": _specialised_sentence(p),
        "facing": _facing_sentence(p),
    }


def printed() -> tuple[str, str]:
    """Return what the paper prints for 2017: trillion roubles, and per cent of Russia's GDP."""
    claims = data.load("claims").set_index("id")["printed"]
    return str(claims["grp-total-2017"]), str(claims["grp-share-2017"])


def line() -> float:
    """Return the paper's line for an industrially developed region, per cent."""
    return float(data.load("claims").set_index("id")["threshold"]["industry-most-regions"])


def readings(p: GrossProduct) -> Table:
    """Return the total and the share under every way to count, beside the printed numbers."""
    rows = _against_printed(p)
    both = rows[(rows["total fits"]) & (rows["grp fits"] | rows["gdp fits"])]
    many = words.count(len(rows))
    if both.empty:
        title = f"None of the {many} readings gives both printed numbers"
    elif len(both) == 1:
        title = f"One of the {many} readings gives both printed numbers: {both['reading'].iloc[0]}"
    else:
        title = f"{words.count(len(both)).capitalize()} of the {many} readings give both numbers"
    total, grp, gdp = "Total, trillion roubles", "Share of the sum of GRP", "Share of GDP"
    notes = [
        "Fits: the total is above the printed one by less than one unit of its last digit; the "
        "share rounds to the printed one. Computed from today's vintage of the figures: earlier "
        "editions, on which the paper rests, can differ. The statement is about 2017, whatever "
        "years are chosen; the year before is the nearest other reading.",
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
        data.sources("gross_regional_product", "russia_totals", "claims"),
    )  # fmt: skip


def shares(p: GrossProduct) -> Chart:
    """Return the share of the sum of GRP by year, under every way to count the group."""
    rows = measures.readings(p.group, p.first_year, p.last_year)
    chosen = _chosen(p)
    short = {**_SHORT, "the group": p.group.short}
    rows["series"], strong = rows["variant"].map(short), short[chosen]
    rows = rows.rename(columns={"of_grp": "value", "methodology": "segment"})
    marks = None
    if p.group.is_the_papers and _PAPERS_YEAR in p.years:
        marks = pd.DataFrame(
            [{"series": strong, "year": _PAPERS_YEAR, "value": float(printed()[1])}]
        )
    names = list(dict.fromkeys(rows["series"]))
    drawing, narrow, alternative = charts.lines(
        rows[["series", "year", "value", "segment"]],
        [Series(n, charts.BORDER if n == strong else charts.OTHER, n == strong) for n in names],
        unit="% of the sum of GRP",
        digits=1,
        breaks={measures.BREAK - 0.5: "new methodology"}
        if p.first_year < measures.BREAK <= p.last_year
        else None,
        printed=marks,
    )
    last = _chosen_series(p).iloc[-1]
    return Chart(
        "shares",
        f"The group made {number(last['of_grp'], 1)} % of Russia's gross regional product in "
        f"{int(last['year'])}",
        drawing,
        alternative,
        f"Share of {p.group.label} in the sum of gross regional product, per cent, {_span(p)}"
        + ("; grey: other ways to count Tyumen Oblast" if len(names) > 1 else ""),
        (
            "From 2016 gross regional product includes imputed rent, and consumption of fixed "
            "capital is taken at market value; no line crosses that break."
            + (
                " The hollow mark is the share that the paper prints, of GDP."
                if marks is not None
                else ""
            ),
        ),
        data.sources("gross_regional_product", "claims"),
        narrow,
    )


def by_year(p: GrossProduct) -> Table:
    """Return the group's GRP and its shares of the sum of GRP and of GDP, by year."""
    rows = _chosen_series(p).assign(year=lambda table: table["year"].astype(str))
    rows["methodology"] = rows["methodology"].str.replace("-", "–")
    comparable = rows[rows["methodology"] == rows["methodology"].iloc[-1]]
    first, last = comparable.iloc[0], comparable.iloc[-1]
    if len(comparable) > 1:
        title = (
            f"From {first['year']} to {last['year']} the group's share of the sum of GRP "
            f"{_moved(first['of_grp'], last['of_grp'])}"
        )
    else:
        title = (
            f"In {last['year']} the group's product was {number(last['grp'], 2)} trillion roubles"
        )
    return Table(
        "grp-by-year",
        title,
        rows,
        [
            Column("year", "Year"),
            Column("grp", "Product", "trillion roubles", digits=2),
            Column("of_grp", "Share of the sum of GRP", "%", digits=1),
            Column("of_gdp", "Share of GDP", "%", digits=1),
            Column("methodology", "Methodology of"),
        ],
        f"Gross regional product (GRP) of {p.group.label}, current prices, {_span(p)}",
        (
            "A dash: GDP is in the data for "
            f"{words.years([int(str(y)) for y in measures.gross_domestic_product().index])} only, "
            "as published in July 2018. GRP is today's vintage. The series breaks between 2015 "
            "and 2016.",
        ),
        data.sources("gross_regional_product", "russia_totals"),
    )


def industry(p: GrossProduct) -> Chart | Table:
    """Return industry's share by region against the paper's line, in one year."""
    year = _structure_year(p)
    if year is None:
        return _no_structure(p, "industry", "industry's share")
    share = measures.industry_share().T[year]
    own = share[list(p.group.codes)].sort_values(ascending=False, kind="stable")
    rows = pd.DataFrame(
        {
            "label": [*map(regions.brief, own.index), "Russia"],
            "value": [*own, share[RUSSIA]],
            "colour": [*[charts.BORDER] * len(own), charts.OTHER],
        }
    )
    drawing, narrow, alternative = charts.bars(
        rows,
        unit="% of gross value added",
        digits=1,
        rule=line(),
        rule_label=f"{_line_text()} %",
    )
    return Chart(
        "industry",
        _industry_headline(p, year),
        drawing,
        alternative,
        f"Share of industry in gross value added, per cent; {p.group.label}, and Russia, {year}",
        (
            f"Industry is {_industry_sections(year)}. The figures are today's vintage, not that "
            "which the authors had.",
        ),
        data.sources(_resource(year), "claims"),
        narrow,
    )


def industry_by_year(p: GrossProduct) -> Table:
    """Return industry's share by region and year."""
    years = _structure_years(p)
    if not years:
        return _no_structure(p, "industry-by-year", "industry's share")
    table = measures.industry_share().loc[years, [*p.group.codes, RUSSIA]].T
    rows = table.rename(columns=str)
    rows["region"] = [regions.name(str(code)) for code in table.index]
    always = int((table.loc[list(p.group.codes)] > line()).all(axis=1).sum())
    span = "in every year shown" if len(years) > 1 else f"in {years[0]}"
    many = len(p.group.codes)
    return Table(
        "industry-by-year",
        f"{_of(always, many, p).capitalize()} {_was(always)} above {_line_text()} % {span}"
        if many > 1
        else f"{regions.name(p.group.codes[0])} was {'' if always else 'not '}above "
        f"{_line_text()} % {span}",
        rows,
        [
            Column("region", "Region"),
            *(
                Column(str(y), str(y), "%", digits=1,
                       group="OKVED-2007" if y < measures.BREAK else "OKVED2")
                for y in years
            ),
        ],
        f"Share of industry in gross value added, per cent, {words.years(years)}",
        (
            "Industry is sections C, D and E of OKVED-2007 until 2015 and B, C, D and E of OKVED2 "
            "from 2016: the series breaks there. Today's vintage. In our copy the rows of "
            f"{words.listing([str(y) for y in measures.repeated_years()])} repeat those of "
            f"{min(measures.repeated_years()) - 1} in every cell; they are not shown.",
        ),
        data.sources(*_STRUCTURES),
    )  # fmt: skip


def specialisation(p: GrossProduct) -> Table:
    """Return each region's most specialised sections, and how concentrated its product was."""
    year = _structure_year(p)
    if year is None:
        return _no_structure(p, "specialisation", "the quotients")
    rows = measures.profiles(list(p.group.codes), year, _LEAST)
    own = rows.iloc[:-1]
    shown = rows["herfindahl"].round(3)
    over = int((shown.iloc[:-1] > shown.iloc[-1]).sum())
    many = len(own)
    verb = "was" if over == 1 else "were"
    title = (
        f"{_of(over, many, p).capitalize()} {verb} less diverse than Russia in {year}"
        if many > 1
        else f"{own['region'].iloc[0]} was {'less' if over else 'no less'} diverse than Russia "
        f"in {year}"
    )
    pairs = [
        column
        for place in ("First", "Second", "Third")
        for column in (
            Column(f"{place} section", "Section", group=f"{place} specialisation"),
            Column(f"{place} quotient", "Quotient", "Russia = 1", digits=1,
                   group=f"{place} specialisation"),
        )
    ]  # fmt: skip
    return Table(
        "specialisation",
        title,
        rows,
        [
            Column("region", "Region"),
            *pairs,
            Column("herfindahl", "Concentration", "Herfindahl, 0 to 1", digits=3),
        ],
        f"Location quotients and Herfindahl concentration over sections of gross value added, "
        f"{year}",
        (
            "A quotient is the section's share in the region over its share in Russia; shown are "
            f"those above 1 of sections with at least {number(_LEAST)} % of the region's gross "
            "value added. Concentration is the sum of squared shares of the sections: the lower, "
            "the more diverse. A dash: there is no further section of that kind.",
        ),
        data.sources(_resource(year), "activities"),
    )


def facing(p: GrossProduct) -> Table:
    """Return GRP of the regions of Kazakhstan across the border, in the last year held."""
    columns = [
        Column("region", "Region"),
        Column("grp", "Gross regional product", "trillion tenge", digits=2),
        Column("share", "Share of Kazakhstan", "%", digits=1),
    ]
    sources = data.sources("kazakhstan_gross_regional_product")
    subtitle = "Gross regional product of the regions across the border, current prices"
    year = _facing_year(p)
    if year is None:
        own = p.group.neighbour == "KZ"
        rows = pd.DataFrame({"region": [p.group.country], "grp": [None], "share": [None]})
        return Table(
            "facing",
            f"No gross product of {p.group.country}'s regions is in the data"
            + (" for the years chosen" if own else ""),
            rows,
            columns[:2],
            subtitle,
            (
                "The data hold gross regional product for Kazakhstan's regions only, "
                f"{words.years(list(measures.facing_kazakhstan().index))}.",
            ),
            sources,
        )
    values = measures.facing_kazakhstan().T[year].drop("KZ")
    whole = float(measures.facing_kazakhstan()["KZ"][year])
    own_values = values.sort_values(ascending=False, kind="stable")
    rows = pd.DataFrame(
        {
            "region": [regions.name(str(code)) for code in own_values.index],
            "grp": own_values.to_numpy() / 1e6,
            "share": 100 * own_values.to_numpy() / whole,
        }
    )
    total = float(own_values.sum())
    together = {"region": "Together", "grp": total / 1e6, "share": 100 * total / whole}
    missing = [regions.name(str(code)) for code in own_values.index[own_values.isna()]]
    note = "Tenge, not roubles: the two sides are not added up. "
    if missing:
        note += f"A dash: no figure for {year}; {words.listing(missing)} was formed in 2022. "
    return Table(
        "facing",
        f"{rows['region'].iloc[0]} made the largest product across the border in {year}",
        pd.concat([rows, pd.DataFrame([together])], ignore_index=True),
        columns,
        f"{subtitle}, {year}",
        (note + "Abay Region was part of East Kazakhstan Region before; in our copy its own "
         "figures begin with 2021.",),
        sources,
    )  # fmt: skip


def _chosen(p: GrossProduct) -> str:
    """Return which of the ways to count is the one that the parameters ask for."""
    if TYUMEN not in p.group.codes:
        return "the group"
    return (
        "with Tyumen and its okrugs" if p.group.with_okrugs else "with Tyumen, without its okrugs"
    )


def _chosen_series(p: GrossProduct) -> pd.DataFrame:
    rows = measures.readings(p.group, p.first_year, p.last_year)
    return rows[rows["variant"] == _chosen(p)]


def _against_printed(p: GrossProduct) -> pd.DataFrame:
    rows = measures.against_printed(p.group, _READ, *printed())
    rows["printed total"], rows["printed share"] = printed()
    rows["printed share again"] = rows["printed share"]
    return rows


def _definitions(p: GrossProduct) -> str:
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


def _reading(p: GrossProduct) -> str:
    rows = _against_printed(p)
    row = rows[(rows["variant"] == _chosen(p)) & (rows["year"] == _PAPERS_YEAR)].iloc[0]
    text = (
        f"For {_PAPERS_YEAR} the group chosen made {number(row['grp'], 2)} trillion roubles: "
        f"{number(row['of_grp'], 1)} % of the sum of gross regional product, or "
        f"{number(row['of_gdp'], 1)} % of gross domestic product"
    )
    both = rows[rows["total fits"] & (rows["grp fits"] | rows["gdp fits"])]
    if both.empty:
        return text + ". No reading in the table gives both printed numbers."
    named = words.listing(list(both["reading"]))
    which = "one gives" if len(both) == 1 else f"{words.count(len(both))} give"
    return (
        f"{text}. Among the readings, {which} both printed numbers: {named}. The data do not show "
        "whether the authors counted that way."
    )


def _course(p: GrossProduct) -> str:
    parts = []
    for methodology, rows in _chosen_series(p).groupby("methodology", sort=True):
        first, last = rows.iloc[0], rows.iloc[-1]
        label = str(methodology).replace("-", "–")
        if len(rows) == 1:
            parts.append(
                f"Under the methodology of {label} the share was {number(last['of_grp'], 1)} % in "
                f"{int(last['year'])}."
            )
        else:
            parts.append(
                f"Under the methodology of {label} the share "
                f"{_moved(first['of_grp'], last['of_grp'])} between {int(first['year'])} and "
                f"{int(last['year'])}."
            )
    return " ".join(parts)


def _gdp_sentence(p: GrossProduct) -> str:
    rows = _chosen_series(p).dropna(subset=["of_gdp"])
    if rows.empty:
        return "For the years chosen the data hold no gross domestic product to compare with."
    row = rows.iloc[-1]
    return (
        "The share of gross domestic product is lower, since taxes on products and services to "
        f"the country as a whole are not shared out among regions: {number(row['of_gdp'], 1)} % "
        f"in {int(row['year'])}, the last of the chosen years for which the data hold it."
    )


def _structure_years(p: GrossProduct) -> list[int]:
    return [int(str(year)) for year in measures.industry_share().index if int(str(year)) in p.years]


def _structure_year(p: GrossProduct) -> int | None:
    """Return the paper's year if it lies in the years chosen, else the last that is held."""
    years = _structure_years(p)
    return _PAPERS_YEAR if _PAPERS_YEAR in years else max(years, default=None)


def _no_structure(p: GrossProduct, name: str, what: str) -> Table:
    return Table(
        name,
        f"The data do not give {what} for the years chosen",
        pd.DataFrame({"years": [_span(p)], "value": [None]}),
        [Column("years", "Years"), Column("value", "Value")],
        "Structure of gross value added",
        (f"The data hold it for {words.years(list(measures.industry_share().index))}.",),
        data.sources(*_STRUCTURES),
    )


def _over(p: GrossProduct, year: int) -> list[str]:
    share = measures.industry_share().T[year]
    return [code for code in p.group.codes if share[code] > line()]


def _industry_headline(p: GrossProduct, year: int) -> str:
    codes, over = p.group.codes, _over(p, year)
    if len(codes) == 1:
        value = measures.industry_share().T[year][codes[0]]
        return (
            f"Industry made {number(value, 1)} % of gross value added in "
            f"{regions.name(codes[0])} in {year}"
        )
    return (
        f"Industry made more than {_line_text()} % of gross value added in "
        f"{_of(len(over), len(codes), p)} in {year}"
    )


def _industry_sentence(p: GrossProduct) -> str:
    year = _structure_year(p)
    if year is None:
        return "For the years chosen the data hold no structure of gross value added."
    over = _over(p, year)
    below = [code for code in p.group.codes if code not in over]
    share = measures.industry_share().T[year]

    def named(codes: list[str]) -> str:
        ordered = sorted(codes, key=lambda code: (-share[code], code))
        return words.listing([f"{regions.brief(c)} ({number(share[c], 1)} %)" for c in ordered])

    parts = [f"In {year} {named(over)} stood above the line." if over else ""]
    parts.append(f"In {year} {named(below)} stood at or below it." if below and not over else "")
    parts.append(f"At or below it stood {named(below)}." if below and over else "")
    return " ".join(part for part in parts if part)


def _steady_sentence(p: GrossProduct) -> str:
    years = _structure_years(p)
    if len(years) < 2:
        return "The years chosen hold no series of these shares."
    above = measures.industry_share().loc[years, list(p.group.codes)] > line()
    crossed = [code for code in p.group.codes if above[code].any() and not above[code].all()]
    if not crossed:
        return "No region of the group changed sides of the line within the years shown."
    names = words.listing([regions.brief(code) for code in crossed])
    return f"Within the years shown {names} stood on both sides of the line at one time or another."


def _specialised_sentence(p: GrossProduct) -> str:
    year = _structure_year(p)
    if year is None:
        return "For the years chosen neither can be computed."
    rows = measures.profiles(list(p.group.codes), year, _LEAST)
    own = rows.iloc[:-1].dropna(subset=["First quotient"])
    russia = number(rows["herfindahl"].iloc[-1], 3)
    if own.empty:
        return f"Russia's concentration was {russia} in {year}."
    top = own.sort_values("First quotient", ascending=False, kind="stable").iloc[0]
    return (
        f"In {year} the highest quotient was that of {top['region']} in "
        f"“{top['First section']}”: {number(top['First quotient'], 1)} times the share in Russia. "
        f"Concentration lay between {number(rows['herfindahl'].iloc[:-1].min(), 3)} and "
        f"{number(rows['herfindahl'].iloc[:-1].max(), 3)}; Russia's was {russia}."
        if len(rows) > 2
        else f"In {year} the highest quotient of {top['region']} was in "
        f"“{top['First section']}”: {number(top['First quotient'], 1)} times the share in Russia. "
        f"Its concentration was {number(top['herfindahl'], 3)}; Russia's was {russia}."
    )


def _facing_year(p: GrossProduct) -> int | None:
    if p.group.neighbour != "KZ":
        return None
    held = [int(str(year)) for year in measures.facing_kazakhstan().index]
    return max((year for year in held if year in p.years), default=None)


def _facing_sentence(p: GrossProduct) -> str:
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
    own = _chosen_series(p).set_index("year")["of_grp"].to_dict()[year]
    return (
        f"In {year} the regions of Kazakhstan that touch Russia made {number(share, 1)} % of "
        f"Kazakhstan's product; the border group made {number(own, 1)} % of Russia's."
    )


def _moved(first: float, last: float) -> str:
    verb = words.moved(first, last, 1)
    if verb == "stayed the same":
        return f"stayed at {number(last, 1)} %"
    return f"{verb} from {number(first, 1)} % to {number(last, 1)} %"


def _of(found: int, many: int, p: GrossProduct) -> str:
    """Return 'seven of the twelve regions', safe for none and for all."""
    noun = "regions and okrugs" if set(OKRUGS) & set(p.group.codes) else "regions"
    if found == many:
        return f"all {words.count(many)} {noun}" if many > 2 else f"both {noun}"
    return f"{'none' if not found else words.count(found)} of the {words.count(many)} {noun}"


def _was(found: int) -> str:
    return "was" if found == 1 else "were"


def _industry_sections(year: int) -> str:
    if year < measures.BREAK:
        return "sections C, D and E of OKVED-2007"
    return "sections B, C, D and E of OKVED2"


def _resource(year: int) -> str:
    return _STRUCTURES[0] if year < measures.BREAK else _STRUCTURES[1]


def _line_text() -> str:
    return number(line())


def _span(p: GrossProduct) -> str:
    return str(p.first_year) if p.first_year == p.last_year else f"{p.first_year}–{p.last_year}"
