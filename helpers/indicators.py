"""Indicators of regional statistics: pure functions of years by regions.

Values come as a DataFrame with one row per year (or date) and one column per region code, all in
one unit; the column `RU`, where there is one, is the national total as published. See `by_region`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import pandas as pd

RUSSIA = "RU"


def by_region(frame: pd.DataFrame, value: str, when: str = "year") -> pd.DataFrame:
    """Return long records (`region`, `when`, `value`) as a table of years by regions.

    A region without a figure is NaN. Raises ValueError if a region has two figures for a year.

    >>> long = pd.DataFrame({"region": ["RU", "RU-AL"], "year": 2017, "grp": [100.0, 4.0]})
    >>> by_region(long, "grp").loc[2017].to_dict()
    {'RU': 100.0, 'RU-AL': 4.0}
    """
    table = frame.pivot(index=when, columns="region", values=value).astype("float64")
    table.columns.name = None
    return table


def national_total(values: pd.DataFrame) -> pd.Series:
    """Return Russia's total by year: as published where it is, else the sum of the regions.

    Unit: that of `values`. A year in which a region has no figure and no total is published is NaN.

    >>> table = pd.DataFrame({"RU": [10.0, None], "RU-AL": [4.0, 4.0], "RU-TY": [5.0, 5.0]})
    >>> list(national_total(table))
    [10.0, 9.0]
    """
    codes = [str(code) for code in values.columns if code != RUSSIA]
    if RUSSIA not in values:
        return group_total(values, codes)
    published = values[RUSSIA]
    return published.fillna(group_total(values[published.isna()], codes))


def same_regions(values: pd.DataFrame) -> pd.DataFrame:
    """Return `values` with the sum of the regions in place of the total as published.

    A published total may cover more territory from some year on; the sum covers the same regions in
    every year. A year in which a region has no figure is NaN.

    >>> table = pd.DataFrame({"RU": [9.0, 12.0], "RU-AL": [4.0, 4.0], "RU-TY": [5.0, 6.0]})
    >>> list(same_regions(table)["RU"])
    [9.0, 10.0]
    """
    parts = values.drop(columns=RUSSIA, errors="ignore")
    return parts.assign(**{RUSSIA: group_total(parts, list(map(str, parts.columns)))})


def group_total(values: pd.DataFrame, codes: Sequence[str]) -> pd.Series:
    """Return the sum of the regions in `codes` by year, correctly rounded whatever their order.

    Unit: that of `values`. A year in which one of them has no figure is NaN: gaps are not filled.
    Raises KeyError if a region has no column.
    """
    table = values[list(codes)]
    return pd.Series([math.fsum(row) for row in table.to_numpy()], index=table.index, dtype=float)


def group_share(values: pd.DataFrame, codes: Sequence[str]) -> pd.Series:
    """Return the share of the group in Russia by year, per cent.

    Formula: 100 × Σ regions of the group / national total.

    >>> table = pd.DataFrame({"RU": [200.0], "RU-AL": [4.0], "RU-TY": [5.0]}, index=[2017])
    >>> group_share(table, ["RU-AL", "RU-TY"])[2017]
    np.float64(4.5)
    """
    return share(group_total(values, codes), national_total(values))


def group_shares(tables: Mapping[str, pd.DataFrame], codes: Sequence[str]) -> pd.DataFrame:
    """Return the share of the group in Russia by each table, per cent: years by tables."""
    return pd.DataFrame({name: group_share(table, codes) for name, table in tables.items()})


def share(part: pd.Series, whole: pd.Series) -> pd.Series:
    """Return 100 × part / whole, per cent."""
    return 100 * part / whole


def change(first: float, last: float) -> float:
    """Return last - first: in the unit of both, percentage points for shares.

    >>> change(17.5, 15.0)
    -2.5
    """
    return last - first


def fold_change(first: float, last: float) -> float:
    """Return last / first, a ratio: 2 is a doubling, 0.5 a halving; NaN if `first` is 0.

    >>> fold_change(10, 25)
    2.5
    """
    return last / first if first else math.nan


def contributions(values: pd.DataFrame, codes: Sequence[str], first: int, last: int) -> pd.Series:
    """Return what each region adds to the change of the group's share, percentage points.

    A region contributes the change of its own share of Russia between the years `first` and
    `last`; the contributions add up to the change of the group's share, since shares of one total
    are additive.

    >>> table = pd.DataFrame(
    ...     {"RU": [100.0, 100.0], "RU-AL": [4.0, 5.0], "RU-TY": [6.0, 4.0]}, index=[2016, 2017]
    ... )
    >>> contributions(table, ["RU-AL", "RU-TY"], 2016, 2017).to_dict()
    {'RU-AL': 1.0, 'RU-TY': -2.0}
    """
    shares = values[list(codes)].mul(100).div(national_total(values), axis=0)
    return shares.T[last] - shares.T[first]


def leave_one_out(values: pd.DataFrame, codes: Sequence[str]) -> pd.DataFrame:
    """Return the group's share without each region in turn, per cent: years by region left out.

    Russia's total stays whole.

    >>> table = pd.DataFrame({"RU": [100.0], "RU-AL": [4.0], "RU-TY": [6.0]}, index=[2017])
    >>> leave_one_out(table, ["RU-AL", "RU-TY"]).loc[2017].to_dict()
    {'RU-AL': 6.0, 'RU-TY': 4.0}
    """
    return pd.DataFrame(
        {code: group_share(values, [c for c in codes if c != code]) for code in codes}
    )


def rank(values: pd.Series) -> pd.Series:
    """Return ranks, 1 for the largest; equal values share the smallest rank; a gap has none.

    >>> rank(pd.Series({"RU-AL": 1.0, "RU-CHE": 9.0, "RU-OMS": 9.0})).to_dict()
    {'RU-AL': 3, 'RU-CHE': 1, 'RU-OMS': 1}
    """
    return values.rank(method="min", ascending=False).astype("Int64")


def leaders(values: pd.Series, count: int = 3) -> list[str]:
    """Return the codes of the `count` largest, largest first; ties by code.

    >>> leaders(pd.Series({"RU-AL": 1.0, "RU-CHE": 9.0, "RU-OMS": 5.0}), 2)
    ['RU-CHE', 'RU-OMS']
    """
    ordered = values.dropna().sort_index().sort_values(ascending=False, kind="stable")
    return list(ordered.index[:count])


def closers(values: pd.Series, count: int = 3) -> list[str]:
    """Return the codes of the `count` smallest, smallest first; ties by code.

    >>> closers(pd.Series({"RU-AL": 1.0, "RU-CHE": 9.0, "RU-OMS": 5.0}), 2)
    ['RU-AL', 'RU-OMS']
    """
    return list(values.dropna().sort_index().sort_values(kind="stable").index[:count])


def location_quotient(structure: pd.DataFrame, benchmark: pd.Series) -> pd.DataFrame:
    """Return location quotients: regions by sections, ratios; above 1 is specialisation.

    Formula: (share of the section in the region) / (share of the section in the benchmark), both
    in per cent of gross value added. A section that the benchmark lacks gives NaN.
    Source: Florence, P. S. (1939), Report on the Location of Industry.

    >>> regions = pd.DataFrame({"C": [30.0], "A": [5.0]}, index=["RU-CHE"])
    >>> location_quotient(regions, pd.Series({"C": 15.0, "A": 5.0})).loc["RU-CHE"].to_dict()
    {'C': 2.0, 'A': 1.0}
    """
    return structure.div(benchmark.where(benchmark > 0), axis=1)


def herfindahl(structure: pd.DataFrame) -> pd.Series:
    """Return the Herfindahl-Hirschman concentration of each row: 1/n (even) to 1 (one section).

    Formula: Σ (share / Σ shares)²; `structure` holds shares or amounts, sections in columns.
    Source: Hirschman, A. O. (1964), The paternity of an index, American Economic Review 54.

    >>> herfindahl(pd.DataFrame({"A": [50.0, 100.0], "C": [50.0, 0.0]})).to_list()
    [0.5, 1.0]
    """
    parts = structure.div(structure.sum(axis=1), axis=0)
    return pd.Series(parts.mul(parts).sum(axis=1))
