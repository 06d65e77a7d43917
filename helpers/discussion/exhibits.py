"""Exhibits of *Discussion*."""

from __future__ import annotations

import pandas as pd

from borderbook import formatting
from borderbook.datapackage import resources
from borderbook.figures import tables
from borderbook.figures.tables import Column, Table
from borderbook.formatting import counted, plural
from helpers import regions
from helpers.discussion import measures as borders
from helpers.parameters import BorderYears
from helpers.small_enterprises import measures as small_enterprises

_RESOURCES = ("small_enterprises", "gross_regional_product", "gva_structure_2011_2015",
              "gva_structure_2016_2024")  # fmt: skip


def facts(p: BorderYears) -> dict[str, str]:
    """Return the section's inline values, name -> text."""
    return {
        "label": p.group.label,
        "country": p.group.country,
        "answer": _answer(p),
        "ends": _ends(p),
        "named": _named(p),
    }


def leaders(p: BorderYears) -> Table:
    """Return the first and the last regions of the group by indicator, years alike put together."""
    count = borders.places(p.group)
    if not count:
        return _single(p, "leaders")
    positions = borders.positions(p.group, p.years)
    alike = positions.groupby(["indicator", "first", "last"], sort=False)["year"]
    rows = alike.agg(list).map(formatting.years).rename("years").reset_index()
    rows[["first", "last"]] = rows[["first", "last"]].map(
        lambda codes: ", ".join(map(regions.brief, codes))
    )
    best, _ = _most_often_first(p, positions)
    return Table(
        "leaders",
        f"{formatting.listing(best)} {_were_first(best, count)} most often",
        rows,
        [
            Column("indicator", "Indicator"),
            Column("years", "Years"),
            Column("first", "Largest first"),
            Column("last", "Smallest first"),
        ],
        f"First and last {_regions(count)} by indicator; {p.group.label}, {p.years_in_words}",
        "Years with the same regions in the same order stand in one row. Not held: the number "
        "of enterprises by region in 2014, 2016–2019, 2021 and 2022, and the share of industry "
        "in 2010. Figures of 2010, 2015 and 2020 come from complete surveys.",
        resources.sources(*_RESOURCES),
    )


def frequencies(p: BorderYears) -> Table:
    """Return how often each region is among the first and the last, beside what the paper names."""
    count = borders.places(p.group)
    if not count:
        return _single(p, "frequencies")
    every = borders.positions(p.group, p.years)
    small, _ = _parted(every)
    kazakh = p.group.neighbour == "KZ"
    rows = pd.concat(
        [
            borders.frequencies(positions, p.group).add_prefix(f"{key} ")
            for key, positions in (("small", small), ("all", every))
        ],
        axis=1,
    )
    rows["region"] = [regions.name(code) for code in rows.index]
    rows["paper"] = [_role(code) for code in rows.index]
    rows = rows.sort_values(["all first", "all last"], ascending=[False, True], kind="stable")
    groups = {
        "small": f"Small enterprises, of {_positions(small)}",
        "all": f"With product and industry, of {_positions(every)}",
    }
    best, times = _most_often_first(p, small)
    each = "all" if times == len(small) else f"{times} of"
    return Table(
        "frequencies",
        f"{formatting.listing(best)} {_were_first(best, count)} in {each} {_positions(small)} of "
        "small enterprises",
        rows,
        [
            Column("region", "Region"),
            *([Column("paper", "In the paper")] if kazakh else []),
            *(
                Column(f"{key} {end}", f"Among the {end} {formatting.count(count)}", "times",
                       digits=0, group=title)
                for key, title in groups.items()
                for end in ("first", "last")
            ),
        ],
        f"Number of positions in which a region is among the first or the last; {p.group.label}, "
        f"{p.years_in_words}",
        "A position is one indicator in one year. Small enterprises: number, employees and "
        "turnover. Added to them: gross regional product and the share of industry."
        + ("" if kazakh else " The paper names regions for the Kazakh border only."),
        resources.sources(*_RESOURCES),
    )  # fmt: skip


def _answer(p: BorderYears) -> str:
    count = borders.places(p.group)
    if not count:
        return (
            f"The group bordering {p.group.country} is one region alone, so it has no leaders or "
            "closers; it can only be set beside other borders."
        )
    rows = _of_table_2(p)
    meaning = (
        "A position is one indicator of Table 2 in one year that published figures give, "
        f"{formatting.years([*{*rows['year']}])}."
    )
    if _has_named(p):
        return (
            f"The paper's three leaders were the first three in "
            f"{borders.exactly(rows, 'first', borders.LEADERS)} of {_positions(rows)} of "
            f"small enterprises, its three closers the last three in "
            f"{borders.exactly(rows, 'last', borders.CLOSERS)}. {meaning}"
        )
    best, times = _most_often_first(p, rows)
    return (
        f"Among {p.group.label}, {formatting.listing(best)} {_were_first(best, count)} most often: "
        f"in {times} of {_positions(rows)} of small enterprises. {meaning}"
    )


def _ends(p: BorderYears) -> str:
    count = borders.places(p.group)
    if not count:
        return "With one region there is nothing to rank."
    size = len(p.group.codes)
    return (
        f"Of {formatting.count(size)} regions, the first and the last {_regions(count)} are shown."
        + ("" if count == 3 else " The group is too small for three at each end.")
    )


def _named(p: BorderYears) -> str:
    text = (
        f"The paper names {regions.names(borders.LEADERS)} as leaders and "
        f"{regions.names(borders.CLOSERS)} as closers"
    )
    if p.group.neighbour != "KZ":
        return f"{text}, for the border with Kazakhstan; it says nothing of other borders."
    if not _has_named(p):
        return f"{text}. The group counted here does not have all six, so they are left out."
    every = borders.positions(p.group, p.years)
    small, rest = (
        f"the leaders in {borders.exactly(rows, 'first', borders.LEADERS)} and the closers in "
        f"{borders.exactly(rows, 'last', borders.CLOSERS)} of {_positions(rows)}"
        for rows in _parted(every)
    )
    return (
        f"{text}. For small enterprises in {p.years_in_words} they are exactly these: {small}. By "
        f"gross regional product and the share of industry: {rest}."
    )


def _parted(positions: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the positions of small enterprises, and the others."""
    is_small = positions["indicator"].isin([*borders.SMALL])
    return positions[is_small], positions[~is_small]


def _of_table_2(p: BorderYears) -> pd.DataFrame:
    """Return the positions that the statements count: small enterprises in Table 2's years.

    Where the years chosen have none of these, all of small enterprises.
    """
    small, _ = _parted(borders.positions(p.group, p.years))
    known = small[small["year"].isin(small_enterprises.YEARS)]
    return small if known.empty else known


def _were_first(best: list[str], count: int) -> str:
    """Return that the regions were among the first so many, or came first if that is one."""
    were = f"{plural(len(best), 'was', 'were')} among the first {formatting.count(count)}"
    return were if count > 1 else "came first"


def _most_often_first(p: BorderYears, positions: pd.DataFrame) -> tuple[list[str], int]:
    """Return the regions that are most often among the first, and how often."""
    times = borders.frequencies(positions, p.group)["first"]
    return [regions.brief(code) for code in times.index[times == times.max()]], times.max()


def _has_named(p: BorderYears) -> bool:
    """Return whether the paper's leaders and closers can be looked for in the group."""
    named = set(borders.LEADERS) | set(borders.CLOSERS)
    return p.group.neighbour == "KZ" and named <= set(p.group.codes)


def _role(code: str) -> str | None:
    return "leader" if code in borders.LEADERS else "closer" if code in borders.CLOSERS else None


def _single(p: BorderYears, name: str) -> Table:
    return tables.nothing(
        name,
        f"{regions.name(p.group.codes[0])} stands alone in the group, so nothing can be ranked",
        regions.name(p.group.codes[0]),
        [Column("region", "Region"), Column("place", "Place")],
        subtitle=f"Ranks within {p.group.label}",
        notes="A rank needs two regions at least.",
        sources=resources.sources(*_RESOURCES),
    )


def _positions(rows: pd.DataFrame) -> str:
    return f"{len(rows)} {plural(len(rows), 'position')}"


def _regions(count: int) -> str:
    return "region" if count == 1 else counted(count, "region")
