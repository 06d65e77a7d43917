"""Regions ranked and borders compared, recomputed from the files."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction

import pandas as pd
import pytest

from helpers import regions
from helpers.discussion import exhibits as show
from helpers.discussion import measures as discussion
from helpers.regions import Group
from helpers.small_enterprises import measures as small
from tests import real_book
from tests.content.oracle import INDICATORS, by_year, enterprises, rows, share

KZ = Group("KZ")


def test_how_many_regions_count_as_first_and_last() -> None:
    counts = {"KP": 0, "BY": 1, "MN": 2, "UA": 2, "CN": 3, "GE": 3, "KZ": 3}

    assert {code: discussion.places(Group(code)) for code in counts} == counts


def test_the_papers_positions() -> None:
    assert discussion.LEADERS == ("RU-NVS", "RU-SAM", "RU-CHE")
    assert discussion.CLOSERS == ("RU-AL", "RU-KGN", "RU-AST")
    assert [small.measure(row).title for row in discussion.SMALL.values()] == [
        "Number of enterprises", "Employees", "Turnover",
    ]  # fmt: skip


def ranked() -> dict[str, dict[int, dict[str, Fraction]]]:
    """Return the indicators by which regions are ranked: title -> year -> region -> value."""
    industry: dict[int, dict[str, Fraction]] = defaultdict(dict)
    for name, letters in (("2011_2015", "CDE"), ("2016_2024", "BCDE")):
        for row in rows(f"gva_structure_{name}"):
            if row["year"] not in ("2023", "2024"):
                value = sum(Fraction(row[letter]) for letter in letters)
                industry[int(row["year"])][row["region"]] = value
    return {
        "Number of small enterprises": enterprises(INDICATORS["Number of enterprises"]),
        "Employees": enterprises(INDICATORS["Employees"]),
        "Turnover": enterprises(INDICATORS["Turnover"]),
        "Gross regional product": by_year("gross_regional_product", "grp_million_rub"),
        "Share of industry": dict(industry),
    }


@pytest.mark.parametrize("years", [range(2010, 2024), range(2016, 2018)], ids=str)
@pytest.mark.parametrize("neighbour", ["KZ", "BY"])
def test_positions_are_those_of_the_sorted_figures(neighbour: str, years: range) -> None:
    group = Group(neighbour)
    count = discussion.places(group)
    expected = []
    for title, table in ranked().items():
        for year in sorted(set(table) & set(years)):
            values = table[year]
            if all(code in values for code in group.codes):
                up = sorted(group.codes, key=lambda code: (values[code], code))
                down = sorted(group.codes, key=lambda code: (-values[code], code))
                expected.append((title, year, tuple(down[:count]), tuple(up[:count])))

    table = discussion.positions(group, years)

    assert list(table.columns) == ["indicator", "year", "first", "last"]
    assert list(table.itertuples(index=False, name=None)) == expected


def test_how_often_a_region_is_among_the_first_and_last() -> None:
    group = Group("BY")
    a, b, c = group.codes
    table = pd.DataFrame({"first": [(a, b), (a, c), (b, a)], "last": [(c,), (b,), (c,)]})

    assert discussion.frequencies(table, group).to_dict("index") == {
        a: {"first": 3, "last": 0},
        b: {"first": 2, "last": 1},
        c: {"first": 1, "last": 2},
    }
    assert discussion.exactly(table, "first", (b, a)) == 2
    assert discussion.exactly(table, "last", (c,)) == 2
    assert discussion.exactly(table, "last", (c, b)) == 0


@pytest.mark.parametrize("year", [2011, 2020])
def test_borders_side_by_side(year: int) -> None:
    chosen = Group("KZ", exclude=("RU-CHE",))
    tables = {
        "employees": enterprises(INDICATORS["Employees"]),
        "turnover": enterprises(INDICATORS["Turnover"]),
        "grp": by_year("gross_regional_product", "grp_million_rub"),
    }
    table = discussion.compared(year, chosen)

    assert list(table.columns) == [
        "regions", "employees", "turnover", "grp", "productivity", "intensity",
    ]  # fmt: skip
    assert list(table.index) == list(regions.neighbours())
    for code, row in table.iterrows():
        codes = list((chosen if code == "KZ" else Group(str(code))).codes)
        shares = {name: share(values[year], codes) for name, values in tables.items()}
        assert row["regions"] == len(codes)
        assert row[list(shares)].to_dict() == pytest.approx(shares)
        assert row["productivity"] == pytest.approx(shares["turnover"] / shares["employees"])
        assert row["intensity"] == pytest.approx(shares["employees"] / shares["grp"])


def test_borders_over_the_years_that_have_all_figures() -> None:
    assert discussion.compared_years(range(2008, 2013)) == [2010, 2011, 2012]
    assert discussion.compared_years(range(2014, 2018)) == [2014, 2015, 2016, 2017]
    assert discussion.compared_years(range(2021, 2026)) == [2021, 2022]
    table = discussion.courses(range(2008, 2012), KZ)

    heads = ["neighbour", *discussion.compared(2010, KZ).columns, "year", "segment"]
    assert list(table.columns) == heads
    assert list(table.index) == list(range(28))
    assert list(table["neighbour"]) == list(regions.neighbours()) * 2
    assert list(table["year"]) == [2010] * 14 + [2011] * 14
    assert list(table["segment"]) == ["2010"] * 14 + ["2011-2013"] * 14
    for year in (2010, 2011):
        part = table[table["year"] == year].set_index("neighbour")
        pd.testing.assert_frame_equal(
            part[heads[1:-2]], discussion.compared(year, KZ), check_names=False
        )


def firsts(codes: tuple[str, ...], count: int, years: range) -> list[tuple[set[str], set[str]]]:
    """Return the first and the last regions by indicator of small enterprises and year."""
    found = []
    for names in INDICATORS.values():
        for year, values in enterprises(names).items():
            if year in years and set(codes) <= set(values):
                order = sorted(codes, key=lambda code: -values[code])
                found.append((set(order[:count]), set(order[-count:])))
    return found


@pytest.mark.parametrize("neighbour", ["KZ", "CN", "UA", "BY"])
def test_the_headline_on_positions_is_the_most_of_its_first_column(neighbour: str) -> None:
    group = Group(neighbour)
    count = discussion.places(group)
    positions = firsts(group.codes, count, range(2010, 2023))
    times = {code: sum(code in first for first, _ in positions) for code in group.codes}
    best = [regions.brief(code) for code in group.codes if times[code] == max(times.values())]

    title = show.frequencies(real_book.Discussion(neighbour=neighbour)).title

    assert title.startswith(" and ".join(best))
    whole = f"{len(positions)} positions of small enterprises"
    among = "all" if max(times.values()) == len(positions) else f"{max(times.values())} of"
    assert title.endswith(f" in {among} {whole}")
    if neighbour == "KZ":
        assert title == (
            "Samara and Novosibirsk were among the first three in all 32 positions of small "
            "enterprises"
        )


def test_the_answer_counts_the_positions_that_the_statements_count() -> None:
    """Both speak of the indicators of Table 2 and of its years."""
    positions = firsts(KZ.codes, 3, range(2011, 2018))
    leaders = sum(first == set(discussion.LEADERS) for first, _ in positions)
    closers = sum(last == set(discussion.CLOSERS) for _, last in positions)

    answer = show.facts(real_book.Discussion())["answer"]

    assert f"the first three in {leaders} of {len(positions)} positions" in answer
    assert f"the last three in {closers}." in answer
    assert "one indicator of Table 2 in one year" in answer
    assert answer.endswith(", 2011–2017.")
    implies = real_book.findings()["leaders-three"].implies
    assert f" in {leaders} of the {len(positions)} positions held" in implies
