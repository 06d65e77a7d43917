"""Exhibits of *Introduction* and of the landing page: the border on a map, and its regions."""

from __future__ import annotations

import pandas as pd

from borderbook import formatting
from borderbook.datapackage import resources
from borderbook.figures import maps
from borderbook.figures.charts import Chart
from borderbook.figures.tables import Column, Table
from helpers import boundaries, regions
from helpers.gross_product import measures as gross_product
from helpers.parameters import Border
from helpers.scope import PAPERS

# Formed after the division that the boundaries show.
_UNDRAWN = ("KZ-10",)


def facts(p: Border) -> dict[str, str]:
    """Return the section's inline values, name -> text."""
    return {
        "label": p.group.label,
        "papers-label": PAPERS.label,
        "counted": "It counts the same regions as the paper"
        if p.group.is_the_papers
        else f"Where the paper speaks of that group, this edition counts {p.group.label}",
        "country": p.group.country,
        "count": p.group.count,
        "where": _where(p),
        "sizes": _sizes(p),
        "neighbours": str(len(regions.neighbours())),
        "subjects": str(len(regions.subjects())),
    }


def border_map(p: Border) -> Chart:
    """Return the border on a map."""
    facing = [code for code in _facing(p) if code not in _UNDRAWN]
    labels = {code: regions.brief(code) for code in p.group.codes}
    named = formatting.listing(sorted(labels.values()))
    across = regions.names(facing)
    alternative = f"Map. Drawn strong: {named}."
    if across:
        alternative += f" Across the border, in another colour: {across}."
    drawing = maps.highlighted(
        boundaries.shapes(),
        boundaries.PROJECTION,
        strong=p.group.codes,
        contrast=facing,
        labels={code: (label, code.partition("-")[2]) for code, label in labels.items()},
        name=regions.name,
        alternative=alternative,
    )
    only = "The boundaries here hold Russia and Kazakhstan only: other countries are left blank."
    note = "Boundaries of Kazakhstan's regions before 2018." if facing else only
    return Chart(
        "border-map",
        _headline(p),
        drawing,
        f"Subjects of the Russian Federation that border {p.group.country}"
        + (", and the regions that face them" if facing else ""),
        f"Conic equal-area projection. {note}",
        resources.sources("boundaries", "regions"),
        [
            {"code": code, "region": regions.name(code), "role": role}
            for role, codes in (("border group", p.group.codes), ("across the border", facing))
            for code in codes
        ],
    )


def group_table(p: Border) -> Table:
    """Return the regions of the group: codes, districts and gross product."""
    codes, grp = list(p.group.codes), gross_product.gross_regional_product()
    year = grp.index[-1]
    latest = grp.T[year]
    rows = pd.DataFrame(
        {
            "region": map(regions.name, codes),
            "code": codes,
            "district": list(regions.subjects().loc[codes, "federal_district"]),
            "grp": list(latest[codes] / 1e6),
            "share": list(100 * latest[codes] / latest[regions.RUSSIA]),
        }
    ).sort_values("grp", ascending=False)
    return Table(
        "group",
        f"{rows['region'].iloc[0]} has the largest gross product of the group"
        if len(rows) > 1
        else f"{rows['region'].iloc[0]} is the group",
        rows,
        [
            Column("region", "Region"),
            Column("code", "ISO 3166-2"),
            Column("district", "Federal district"),
            Column("grp", f"Gross regional product, {year}", "trillion roubles", digits=2),
            Column("share", "Share of Russia", "%", digits=2),
        ],
        f"{formatting.capitalized(p.group.label)}; gross regional product at current prices",
        ("Tyumen Oblast stands without its two autonomous okrugs, which are regions of their own.",)
        if regions.TYUMEN in p.group.codes
        else (),
        resources.sources("regions", "gross_regional_product"),
    )


def facing_table(p: Border) -> Table:
    """Return the regions across the border, as far as the data hold them."""
    codes = _facing(p)
    cells = [(regions.name(code), code) for code in codes] or [("not held", "")]
    division = "Abay Region was formed from East Kazakhstan in 2022; the map shows the division "
    return Table(
        "facing",
        f"{formatting.count(len(codes)).capitalize()} regions of Kazakhstan face Russia"
        if codes
        else f"The data do not hold the regions of {p.group.country}",
        pd.DataFrame(cells, columns=["region", "code"]),
        [Column("region", "Region"), Column("code", "ISO 3166-2")],
        f"Regions of {p.group.country} that touch Russia",
        (f"{division}before.",) if codes else (),
        resources.sources("regions"),
    )


def _headline(p: Border) -> str:
    """Return how many regions the map draws strong, of how many along the border."""
    many = len(p.group.bordering)
    along = f"{formatting.count(many)} Russian {'regions meet' if many > 1 else 'region meets'} "
    along += f"{p.group.country} along the border"
    if not p.group.exclude:
        return formatting.capitalized(along)
    return f"The group is {p.group.count} of the {along.replace(' meet ', ' that meet ')}"


def _where(p: Border) -> str:
    """Return in which federal districts the regions lie, as a sentence."""
    column = regions.subjects().loc[list(p.group.codes), "federal_district"]
    districts = list(dict.fromkeys(map(str, column)))
    who = "regions of the group lie" if len(p.group.codes) > 1 else "region of the group lies"
    where = f"{formatting.count(len(districts))} of the country's federal districts"
    return f"The {who} in {where}: {formatting.listing(districts)}"


def _sizes(p: Border) -> str:
    """Return how far the regions' products lie apart, as a sentence."""
    if len(p.group.codes) == 1:
        return "The group is one region: its share of Russia is the region's"
    latest = gross_product.gross_regional_product().iloc[-1][list(p.group.codes)]
    times = formatting.number(float(latest.max() / latest.min()), 0)
    return (
        f"The largest gross product of the group is {times} times the smallest, so a share of the "
        "group says little about its smallest members"
    )


def _facing(p: Border) -> list[str]:
    return list(regions.facing(p.group.neighbour).index)
