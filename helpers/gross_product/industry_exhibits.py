"""Exhibits of *Gross product and industry* on the structure of gross value added."""

from __future__ import annotations

from borderbook import formatting
from borderbook.claims.model import claims
from borderbook.datapackage import resources
from borderbook.figures import charts, tables
from borderbook.figures.charts import Chart
from borderbook.figures.tables import Column, Table
from borderbook.formatting import number, plural
from helpers import regions
from helpers.gross_product import measures
from helpers.palette import PALETTE
from helpers.parameters import BorderYears
from helpers.regions import OKRUGS, RUSSIA

_LEAST = 2.0
"""Sections below this share of a region's gross value added are too small for a fair quotient."""


def facts(p: BorderYears) -> dict[str, str]:
    """Return the inline values on industry, name -> text."""
    repeated = measures.repeated_years()
    return {
        "printed-line": _line_text(),
        "repeated": formatting.listing([str(year) for year in repeated]),
        "repeated-from": str(min(repeated) - 1),
        "industry": _industry_sentence(p),
        "line-crossers": _steady_sentence(p),
        "specialised": _specialised_sentence(p),
    }


def line() -> float:
    """Return the paper's line for an industrially developed region, per cent."""
    return float(claims()["industry-most-regions"].line)


def industry(p: BorderYears) -> Chart | Table:
    """Return industry's share by region against the paper's line, in one year."""
    year = _structure_year(p)
    if year is None:
        return _no_structure(p, "industry", "industry's share")
    share = measures.industry_share().T[year]
    shares = share[list(p.group.codes)].sort_values(ascending=False, kind="stable")
    rows = [(regions.brief(str(code)), value, PALETTE.strong) for code, value in shares.items()]
    rows.append(("Russia", share[RUSSIA], PALETTE.quiet))
    unit, label = "% of gross value added", f"{_line_text()} %"
    drawing = charts.bars(rows, unit=unit, digits=1, rule=line(), rule_label=label)
    return Chart(
        "industry",
        _industry_headline(p, year),
        drawing,
        f"Share of industry in gross value added, per cent; {p.group.label}, and Russia, {year}",
        f"Industry is sections {'C, D and E' if year < measures.BREAK else 'B, C, D and E'} of "
        f"{measures.STRUCTURES[measures.resource_of(year)]}. The figures are as revised by "
        "2025, not those that the authors had.",
        resources.sources(measures.resource_of(year), "claims"),
    )


def industry_by_year(p: BorderYears) -> Table:
    """Return industry's share by region and year."""
    years = _structure_years(p)
    if not years:
        return _no_structure(p, "industry-by-year", "industry's share")
    table = measures.industry_share().loc[years, [*p.group.codes, RUSSIA]].T
    rows = table.rename(columns=str)
    rows["region"] = [regions.name(str(code)) for code in table.index]
    always = int((table.loc[list(p.group.codes)] > line()).all(axis=1).sum())
    span = "in every year shown" if len(years) > 1 else f"in {years[0]}"
    were = plural(always, "was", "were")
    return Table(
        "industry-by-year",
        f"{_of_the_group(always, p).capitalize()} {were} above {_line_text()} % {span}"
        if len(p.group.codes) > 1
        else f"{regions.name(p.group.codes[0])} was {'' if always else 'not '}above "
        f"{_line_text()} % {span}",
        rows,
        [
            Column("region", "Region"),
            *(
                Column(str(y), str(y), "%", digits=1,
                       group=measures.STRUCTURES[measures.resource_of(y)])
                for y in years
            ),
        ],
        f"Share of industry in gross value added, per cent, {formatting.years(years)}",
        "Industry is sections C, D and E of OKVED-2007 until 2015 and B, C, D and E of OKVED2 "
        "from 2016: the series breaks there. As revised by 2025. The figures of "
        f"{formatting.listing([str(y) for y in measures.repeated_years()])} repeat those of "
        f"{min(measures.repeated_years()) - 1} in every cell; they are not shown.",
        resources.sources(*measures.STRUCTURES),
    )  # fmt: skip


def specialisation(p: BorderYears) -> Table:
    """Return each region's most specialised sections, and how concentrated its product was."""
    year = _structure_year(p)
    if year is None:
        return _no_structure(p, "specialisation", "the quotients")
    rows = measures.profiles(list(p.group.codes), year, _LEAST)
    concentration = rows["herfindahl"]
    over = int((concentration.iloc[:-1] > concentration.iloc[-1]).sum())
    were = plural(over, "was", "were")
    return Table(
        "specialisation",
        f"{_of_the_group(over, p).capitalize()} {were} less diverse than Russia in {year}"
        if len(p.group.codes) > 1
        else f"{rows['region'].iloc[0]} was {'less' if over else 'no less'} diverse than Russia "
        f"in {year}",
        rows,
        [
            Column("region", "Region"),
            *(
                column
                for place in ("First", "Second", "Third")
                for group in (f"{place} specialisation",)
                for column in (
                    Column(f"{place} section", "Section", group=group),
                    Column(f"{place} quotient", "Quotient", "Russia = 1", digits=1, group=group),
                )
            ),
            Column("herfindahl", "Concentration", "Herfindahl, 0 to 1", digits=4),
        ],
        f"Location quotients and Herfindahl concentration over sections of gross value added, "
        f"{year}",
        "A quotient is the section's share in the region over its share in Russia; shown are "
        f"those above 1 of sections with at least {number(_LEAST)} % of the region's gross "
        "value added. Concentration is the sum of squared shares of the sections: the lower, "
        "the more diverse. A dash: there is no further section of that kind.",
        resources.sources(measures.resource_of(year), "activities"),
    )


def _structure_years(p: BorderYears) -> list[int]:
    return [year for year in measures.industry_share().index if year in p.years]


def _structure_year(p: BorderYears) -> int | None:
    """Return the paper's year if it lies in the years chosen, else the last that is held."""
    years = _structure_years(p)
    return measures.PAPERS_YEAR if measures.PAPERS_YEAR in years else max(years, default=None)


def _no_structure(p: BorderYears, name: str, what: str) -> Table:
    return tables.nothing(
        name,
        f"The data do not give {what} for the years chosen",
        p.years_in_words,
        [Column("years", "Years"), Column("value", "Value")],
        subtitle="Structure of gross value added",
        notes=f"The data hold it for {formatting.years(list(measures.industry_share().index))}.",
        sources=resources.sources(*measures.STRUCTURES),
    )


def _over(p: BorderYears, year: int) -> list[str]:
    share = measures.industry_share().T[year]
    return [code for code in p.group.codes if share[code] > line()]


def _industry_headline(p: BorderYears, year: int) -> str:
    codes, over = p.group.codes, _over(p, year)
    if len(codes) == 1:
        value = measures.industry_share().T[year][codes[0]]
        return (
            f"Industry made {number(value, 1)} % of gross value added in "
            f"{regions.name(codes[0])} in {year}"
        )
    return (
        f"Industry made more than {_line_text()} % of gross value added in "
        f"{_of_the_group(len(over), p)} in {year}"
    )


def _industry_sentence(p: BorderYears) -> str:
    year = _structure_year(p)
    if year is None:
        return "For the years chosen the data hold no structure of gross value added."
    over = _over(p, year)
    below = [code for code in p.group.codes if code not in over]
    share = measures.industry_share().T[year]

    def named(codes: list[str]) -> str:
        ordered = sorted(codes, key=lambda code: (-share[code], code))
        return formatting.listing(
            [f"{regions.brief(c)} ({number(share[c], 1)} %)" for c in ordered]
        )

    if not over:
        return f"In {year} {named(below)} stood at or below it."
    rest = f" At or below it stood {named(below)}." if below else ""
    return f"In {year} {named(over)} stood above the line.{rest}"


def _steady_sentence(p: BorderYears) -> str:
    years = _structure_years(p)
    if len(years) < 2:
        return "The years chosen hold no series of these shares."
    above = measures.industry_share().loc[years, list(p.group.codes)] > line()
    crossed = [code for code in p.group.codes if above[code].any() and not above[code].all()]
    if not crossed:
        return "No region of the group changed sides of the line within the years shown."
    return (
        f"Within the years shown {regions.names(crossed)} stood on both sides of the line at one "
        "time or another."
    )


def _specialised_sentence(p: BorderYears) -> str:
    year = _structure_year(p)
    if year is None:
        return "For the years chosen neither can be computed."
    rows = measures.profiles(list(p.group.codes), year, _LEAST)
    special = rows.iloc[:-1].dropna(subset=["First quotient"])
    herfindahl = rows["herfindahl"].iloc[:-1]
    least, most = number(herfindahl.min(), 4), number(herfindahl.max(), 4)
    russia = number(rows["herfindahl"].iloc[-1], 4)
    if special.empty:
        return f"Russia's concentration was {russia} in {year}."
    top = special.sort_values("First quotient", ascending=False, kind="stable").iloc[0]
    several = len(rows) > 2
    whose = f"was that of {top['region']}" if several else f"of {top['region']} was"
    concentration = (
        f"Concentration lay between {least} and {most}"
        if several
        else f"Its concentration was {least}"
    )
    return (
        f"In {year} the highest quotient {whose} in “{top['First section']}”: "
        f"{number(top['First quotient'], 1)} times the share in Russia. {concentration}; "
        f"Russia's was {russia}."
    )


def _of_the_group(some: int, p: BorderYears) -> str:
    """Return how many regions of the group these are, in words."""
    nouns = "regions and okrugs" if set(OKRUGS) & set(p.group.codes) else "regions"
    return formatting.counted_of(some, len(p.group.codes), nouns)


def _line_text() -> str:
    return number(line())
