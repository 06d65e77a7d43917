"""Regions and borders compared: leaders, closers and groups."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from borderbook.datapackage import resources
from helpers import indicators, regions
from helpers.gross_product import measures as gross_product
from helpers.regions import Group
from helpers.small_enterprises import measures as small_enterprises

LEADERS = ("RU-NVS", "RU-SAM", "RU-CHE")
"""The three regions that the paper calls leaders in almost all positions."""

CLOSERS = ("RU-AL", "RU-KGN", "RU-AST")
"""The three regions that the paper puts last."""

SMALL = {
    "Number of small enterprises": "number of small businesses",
    "Employees": "average number of employees",
    "Turnover": "small business turnover",
}
"""The indicators of small enterprises, the paper's positions: the rows of its Table 2."""


def measured() -> dict[str, pd.DataFrame]:
    """Return the indicators by which regions are ranked: title -> years by regions."""
    return {
        **{title: small_enterprises.series(row) for title, row in SMALL.items()},
        "Gross regional product": gross_product.gross_regional_product(),
        "Share of industry": gross_product.industry_share(),
    }


def places(group: Group) -> int:
    """Return how many regions count as first and as last: three, fewer in a small group.

    >>> places(Group("KZ")), places(Group("UA")), places(Group("KP"))
    (3, 2, 0)
    """
    return min(3, len(group.codes) // 2)


def positions(group: Group, years: range) -> pd.DataFrame:
    """Return the first and last regions by indicator and year.

    Columns: `indicator`, `year`, `first` and `last` (tuples of codes; the largest and the smallest
    stand first). A position is one indicator in one year that the data hold for all of the group.
    """
    count = places(group)
    ends = (indicators.leaders, indicators.closers)
    records = [
        (indicator, year, *(tuple(pick(values, count)) for pick in ends))
        for indicator, table in measured().items()
        for year, values in table[list(group.codes)].dropna().iterrows()
        if year in years
    ]
    return pd.DataFrame(records, columns=["indicator", "year", "first", "last"])


def frequencies(positions: pd.DataFrame, group: Group) -> pd.DataFrame:
    """Return in how many of the positions each region is among the first and the last.

    Index: region codes; columns `first` and `last`, numbers of positions.
    """
    return pd.DataFrame(
        {
            end: [sum(code in codes for codes in positions[end]) for code in group.codes]
            for end in ("first", "last")
        },
        index=list(group.codes),
    )


def exactly(positions: pd.DataFrame, end: str, codes: tuple[str, ...]) -> int:
    """Return in how many positions the regions at one end are exactly `codes`, in any order.

    >>> table = pd.DataFrame({"first": [("RU-NVS", "RU-SAM"), ("RU-NVS", "RU-OMS")]})
    >>> exactly(table, "first", ("RU-SAM", "RU-NVS"))
    1
    """
    return sum(set(each) == set(codes) for each in positions[end])


def compared(year: int, chosen: Group) -> pd.DataFrame:
    """Return the border groups of all neighbours side by side in `year`, by neighbour.

    `chosen` stands for its neighbour as it is; the other groups are whole. Columns: `regions`
    (number), `employees`, `turnover` and `grp` (shares of Russia, per cent), `productivity`
    (turnover per employee) and `intensity` (share of employees over share of GRP), both ratios to
    Russia. Small enterprises; revenue in place of turnover in 2010, 2015 and 2020.
    """
    groups = {
        code: chosen if code == chosen.neighbour else Group(code) for code in regions.neighbours()
    }
    table = pd.DataFrame({code: _shares(group).loc[year] for code, group in groups.items()}).T
    table.insert(0, "regions", [len(g.codes) for g in groups.values()])
    table["productivity"] = table["turnover"] / table["employees"]
    table["intensity"] = table["employees"] / table["grp"]
    return table


@resources.remembered
def _shares(group: Group) -> pd.DataFrame:
    """Return a group's shares of Russia by year, per cent."""
    return indicators.group_shares(_compared(), group.codes)


def _compared() -> dict[str, pd.DataFrame]:
    """Return the indicators by which groups are set side by side: years by regions."""
    return {
        "employees": small_enterprises.series(SMALL["Employees"]),
        "turnover": small_enterprises.series(SMALL["Turnover"]),
        "grp": gross_product.gross_regional_product(),
    }


def compared_years(years: range) -> list[int]:
    """Return the years of `years` for which `compared` has all its figures.

    >>> compared_years(range(2020, 2023))
    [2020, 2021, 2022]
    """
    return sorted(set(years).intersection(*(table.index for table in _compared().values())))


def one_definition(years: Sequence[int], titles: Sequence[str]) -> list[int]:
    """Return those of `years` in which the indicators of SMALL follow their usual definition.

    Complete surveys ask for something else by the same name. If no year does, all are returned:
    then they follow the other definition.

    >>> one_definition([2010, 2014, 2015, 2020], ["Employees"])
    [2014, 2020]
    """
    usual = [
        year
        for year in years
        if not any(small_enterprises.is_near(SMALL[title], year) for title in titles)
    ]
    return usual or list(years)


def courses(years: range, chosen: Group) -> pd.DataFrame:
    """Return `compared` for every year that has all its figures, in long form.

    Adds `neighbour`, `year`, and `segment`: years of one segment are comparable, between segments
    the series of small enterprises break. Empty columns if there is no such year.
    """
    parts = [
        compared(year, chosen)
        .rename_axis("neighbour")
        .reset_index()
        .assign(year=year, segment=small_enterprises.segment(year))
        for year in compared_years(years)
    ]
    return pd.concat(parts, ignore_index=True)
