"""Gross regional product and the structure of gross value added, of Russia and Kazakhstan."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from decimal import Decimal

import pandas as pd

from borderbook import formatting
from borderbook.datapackage import resources
from helpers import indicators, regions
from helpers.regions import OKRUGS, RUSSIA, TYUMEN, WIDER, Group

BREAK = 2016
"""First year of the methodology with imputed rent and consumption of capital at market value."""

GDP_BREAK = 2011
"""First year after a break of gross domestic product: the sum of GRP over GDP falls there."""

STRUCTURES = {"gva_structure_2011_2015": "OKVED-2007", "gva_structure_2016_2024": "OKVED2"}
"""The resources of the structure of gross value added, before and after the break: their
classification of activities."""

PAPERS_YEAR = 2017
"""The year of the paper's statements on gross product and industry."""


@resources.remembered
def gross_regional_product() -> pd.DataFrame:
    """Return GRP by year and region, million roubles at current prices; `RU` as published."""
    return indicators.by_region(resources.load("gross_regional_product"), "grp_million_rub")


@resources.remembered
def gross_domestic_product() -> pd.Series:
    """Return Russia's GDP by year, million roubles at current prices, as published in July 2018."""
    totals = resources.load("russia_totals")
    return totals[totals["indicator"] == "gdp"].set_index("year")["value"] * 1000


def variants(group: Group) -> dict[str, list[str]]:
    """Return the ways to count the group, label -> region codes.

    Only a group that counts Tyumen Oblast in has more than one: without Tyumen, with Tyumen alone,
    with Tyumen and its two okrugs.

    >>> [len(codes) for codes in variants(Group("KZ")).values()]
    [12, 11, 14]
    """
    plain = [code for code in group.codes if code not in OKRUGS]
    if TYUMEN not in plain:
        return {"the group": plain}
    return {
        "with Tyumen, without its okrugs": plain,
        "without Tyumen": [code for code in plain if code != TYUMEN],
        "with Tyumen and its okrugs": [*plain, *OKRUGS],
    }


def readings(group: Group, first_year: int = 2005, last_year: int = 2023) -> pd.DataFrame:
    """Return the group's GRP under each way to count it, in long form.

    Columns: `variant`, `year`, `grp` (trillion roubles), `of_grp` (per cent of the published sum
    of GRP), `of_83` (per cent of the sum of the same 83 regions), `of_gdp` (per cent of GDP; NaN
    outside 2010-2017), `segment` (comparable years), `methodology`.
    """
    table = gross_regional_product().loc[first_year:last_year]
    domestic = gross_domestic_product()
    parts = []
    for variant, codes in variants(group).items():
        total = indicators.group_total(table, codes)
        parts.append(
            pd.DataFrame(
                {
                    "variant": variant,
                    "year": table.index,
                    "grp": total / 1e6,
                    "of_grp": indicators.group_share(table, codes),
                    "of_83": indicators.group_share(indicators.same_regions(table), codes),
                    "of_gdp": indicators.share(total, domestic.reindex(table.index)),
                    "segment": [segment(int(year)) for year in table.index],
                    "methodology": [methodology(int(year)) for year in table.index],
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


EARLIER = "before the revision for imputed rent"
"""The vintage of the sum of GRP that was published when the paper was written."""

SCALED_NOTE = (
    "Of the vintage before the revision for imputed rent only the sum of GRP is known here; the "
    "group is scaled by it, as if all regions had been revised alike. The range is what it would "
    "be if the group had been revised by half as much, or half as much again, as the regions "
    "together."
)
"""What scaling to the earlier vintage assumes, and how its uncertainty is given."""


@resources.remembered
def earlier_grp() -> pd.Series:
    """Return the sum of GRP by year in the vintage `EARLIER`, million roubles."""
    table = resources.load("grp_total_vintages")
    return table[table["vintage"] == EARLIER].set_index("year")["value"] * 1000


def earlier(group_grp: float, year: int) -> tuple[float, float, float]:
    """Return a group's GRP of today's vintage scaled to the earlier one, and its range.

    Unit: that of `group_grp`. The first is as if the group had been revised as the regions
    together; the others half as much again (low), and half as much (high).
    """
    revision = float(gross_regional_product().T[year][RUSSIA] / earlier_grp()[year]) - 1
    scaled, low, high = (group_grp / (1 + part * revision) for part in (1.0, 1.5, 0.5))
    return scaled, low, high


def earlier_readings(group: Group) -> pd.DataFrame:
    """Return `readings` scaled to the earlier vintage, for its years; see `earlier`.

    `of_grp` and `of_gdp` are per cent of the sum of GRP of that vintage and of GDP. Adds `low` and
    `high`, the range of `grp`.
    """
    whole, domestic = earlier_grp(), gross_domestic_product()
    rows = readings(group, int(whole.index.min()), int(whole.index.max()))
    rows[["grp", "low", "high"]] = list(map(earlier, rows["grp"], rows["year"]))
    return rows.assign(
        of_grp=1e8 * rows["grp"] / rows["year"].map(whole),
        of_gdp=1e8 * rows["grp"] / rows["year"].map(domestic),
    )


def against_printed(group: Group, years: Sequence[int], total: str, share: str) -> pd.DataFrame:
    """Return `readings` of `years` beside a total and a share as printed, later years first.

    Those scaled to the earlier vintage follow. Adds `reading` (year, variant, vintage in words);
    `total off`, `grp off` and `gdp off`, computed minus printed; and `total fits` (above the
    printed total by less than one unit of its last digit), `grp fits` and `gdp fits` (the share
    rounds to the printed one); `fits` names what does.
    """
    vintages = (readings(group, min(years), max(years)), ""), (earlier_readings(group), EARLIER)
    rows = pd.concat(
        [
            table.sort_values("year", ascending=False, kind="stable").assign(vintage=vintage)
            for table, vintage in vintages
        ],
        ignore_index=True,
    )
    rows["reading"] = rows["year"].astype(str) + ", " + rows["variant"]
    rows["reading"] += rows["vintage"].map(lambda vintage: f", {vintage}" if vintage else "")
    rows["total off"] = rows["grp"] - float(total)
    step = 10.0 ** -len(total.partition(".")[2])
    rows["total fits"] = (rows["total off"] > 0) & (rows["total off"] < step)
    digits = len(share.partition(".")[2])
    for whole in ("grp", "gdp"):
        value = rows[f"of_{whole}"]
        rows[f"{whole} off"] = value - float(share)
        rows[f"{whole} fits"] = [
            formatting.round_half_up(v, digits) == Decimal(share) for v in value
        ]
    names = {"total": "the total", "grp": "the share of GRP", "gdp": "the share of GDP"}
    fits = rows[[f"{name} fits" for name in names]].set_axis(list(names.values()), axis=1)
    rows["fits"] = [
        formatting.listing(list(fits.columns[row])) or "neither" for row in fits.to_numpy()
    ]
    return rows


def segment(year: int) -> str:
    """Return the run of years, `year` among them, with one methodology and one territory of Russia.

    >>> segment(2013), segment(2014), segment(2016)
    ('2005-2013', '2014-2015', '2016-2023')
    """
    if year >= BREAK:
        return methodology(year)
    return f"{WIDER}-{BREAK - 1}" if year >= WIDER else f"2005-{WIDER - 1}"


def segment_of_gdp(year: int) -> str:
    """Return the run of years with one methodology of both gross products and one territory.

    >>> segment_of_gdp(2010), segment_of_gdp(2011)
    ('2010', '2011-2013')
    """
    if year >= WIDER:
        return segment(year)
    return "2010" if year < GDP_BREAK else f"{GDP_BREAK}-{WIDER - 1}"


def breaks(years: range, *, of_gdp: bool = False) -> dict[float, str]:
    """Return the breaks within years (x.5 stands between two), and why; `of_gdp` adds GDP's."""
    known = {BREAK: "new methodology", WIDER: "wider total"}
    if of_gdp:
        known[GDP_BREAK] = "GDP breaks"
    return {year - 0.5: known[year] for year in sorted(known) if {year - 1, year} <= {*years}}


def methodology(year: int) -> str:
    """Return which methodology the figures of `year` follow.

    >>> methodology(2015), methodology(2016)
    ('1998-2015', '2016-2023')
    """
    return "1998-2015" if year < BREAK else "2016-2023"


@resources.remembered
def industry_share() -> pd.DataFrame:
    """Return industry's share of gross value added, per cent: years by regions.

    Sections C, D, E of OKVED-2007 until 2015; B, C, D, E of OKVED2 from 2016, a break. Years that
    only repeat the year before are left out: see `repeated_years`.
    """
    activities = resources.load("activities")
    industry = activities[activities["industry"]]
    parts = []
    for resource, classification in STRUCTURES.items():
        sections = industry.loc[industry["classification"] == classification, "section"]
        frame = resources.load(resource)
        frame["industry"] = frame[list(sections)].sum(axis=1).round(1)
        parts.append(indicators.by_region(frame, "industry"))
    return pd.concat(parts).drop(index=repeated_years())


@resources.remembered
def structure(year: int) -> pd.DataFrame:
    """Return gross value added by section in `year`: regions by sections, per cent of the total.

    Raises KeyError for a year that the data do not hold.
    """
    frame = resources.load(resource_of(year))
    table = frame[frame["year"] == year].set_index("region").drop(columns="year")
    if table.empty:
        raise KeyError(f"no structure of gross value added for {year}")
    return table


def sections(year: int) -> pd.Series:
    """Return the English names of the sections in force in `year`, by letter.

    >>> sections(2017)["B"]
    'Mining and quarrying'
    """
    activities = resources.load("activities")
    chosen = activities[activities["classification"] == STRUCTURES[resource_of(year)]]
    return chosen.set_index("section")["name_en"]


def repeated_years() -> list[int]:
    """Return the years whose structure repeats that of the year before in every cell.

    All regions and sections alike is a sign of a copied sheet, not of an economy at rest: such
    years are not shown.

    >>> repeated_years()
    [2023, 2024]
    """
    repeated = []
    for resource in STRUCTURES:
        frame = resources.load(resource).set_index(["year", "region"]).sort_index()
        by_year = {int(str(y)): rows.droplevel("year") for y, rows in frame.groupby("year")}
        pairs = itertools.pairwise(by_year)
        repeated += [year for before, year in pairs if by_year[year].equals(by_year[before])]
    return repeated


def specialisation(codes: list[str], year: int) -> pd.DataFrame:
    """Return location quotients of the regions in `codes` against Russia: regions by sections."""
    table = structure(year)
    return indicators.location_quotient(table.loc[codes], table.T[regions.RUSSIA])


def diversity(year: int) -> pd.Series:
    """Return the Herfindahl concentration of gross value added over sections, by region."""
    return indicators.herfindahl(structure(year))


def profiles(codes: list[str], year: int, least: float) -> pd.DataFrame:
    """Return the regions in `codes`, and Russia last, with their first three specialisations.

    Columns: `region`; `First section`, `First quotient` and so on to `Third`, of quotients above 1
    among the sections with at least `least` per cent of the region's gross value added;
    `herfindahl`.
    """
    quotients, table = specialisation([*codes, RUSSIA], year), structure(year)
    names, concentration = sections(year), diversity(year)
    places = ("First", "Second", "Third")
    records = []
    for code in (*codes, RUSSIA):
        record: dict[str, object] = {
            "region": regions.name(code),
            "herfindahl": concentration[code],
        }
        special = quotients.T[code][(quotients.T[code] > 1) & (table.T[code] >= least)]
        for place, section in zip(places, indicators.leaders(special), strict=False):
            record |= {f"{place} section": names[section], f"{place} quotient": special[section]}
        records.append(record)
    columns = [f"{place} {what}" for place in places for what in ("section", "quotient")]
    return pd.DataFrame(records, columns=["region", *columns, "herfindahl"])


def facing_kazakhstan() -> pd.DataFrame:
    """Return GRP of the regions of Kazakhstan that touch Russia, million tenge: years by regions.

    Includes `KZ`, the national total. A region without a figure for a year (before it was formed)
    is NaN.
    """
    table = indicators.by_region(
        resources.load("kazakhstan_gross_regional_product"), "grp_million_kzt"
    )
    return table[["KZ", *regions.facing("KZ").index]]


def resource_of(year: int) -> str:
    """Return the resource that holds the structure of gross value added of `year`."""
    before, after = STRUCTURES
    return before if year < BREAK else after
