"""The numbers that the book stands on, as its commission states them; groups counted by hand."""

from __future__ import annotations

import csv
import math

import pytest

from borderbook.datapackage import resources
from helpers import indicators, regions
from helpers.gross_product import measures as gross_product
from helpers.regions import Group, GroupError
from helpers.small_enterprises import measures

NUMBER, EMPLOYEES, TURNOVER, INVESTMENT = (
    "number of small businesses",
    "average number of employees",
    "small business turnover",
    "investments in fixed assets",
)

COMPUTED = {
    (NUMBER, 2011): 17.02,
    (NUMBER, 2012): 16.64,
    (NUMBER, 2013): 16.96,
    (NUMBER, 2015): 17.02,
    **{
        (EMPLOYEES, year): value
        for year, value in enumerate([15.97, 15.93, 15.56, 15.87, 16.51, 15.33, 15.53], 2011)
    },
    **{
        (TURNOVER, year): value
        for year, value in enumerate([12.75, 13.58, 13.82, 14.03, 13.73, 12.56, 12.29], 2011)
    },
}
"""The 18 cells of Table 2 that primary data give, per cent."""

MISSING = {(NUMBER, year) for year in (2014, 2016, 2017)} | {
    (INVESTMENT, year) for year in range(2011, 2018)
}
"""The ten that they do not give."""

PRINTED_OFF = {(NUMBER, 2015): -0.01, (EMPLOYEES, 2015): 0.02}
"""Where computed and printed part, percentage points; the rest agree to the last digit."""

GROUPS = {"AZ": 1, "BY": 3, "CN": 6, "EE": 2, "FI": 3, "GE": 7, "KP": 1, "KZ": 12, "LT": 1,
          "LV": 1, "MN": 4, "NO": 1, "PL": 1, "UA": 5}  # fmt: skip
"""Regions at the border of each neighbour, counted by hand in regions.csv."""

TWELVE = {"RU-AST", "RU-VGG", "RU-ORE", "RU-SAM", "RU-SAR", "RU-KGN", "RU-TYU", "RU-CHE", "RU-AL",
          "RU-ALT", "RU-NVS", "RU-OMS"}  # fmt: skip


@pytest.fixture(scope="module")
def cells() -> dict:
    table = measures.table_2(Group("KZ"))
    return {(record["row"], record["year"]): record for record in table.to_dict("records")}


def share_by_hand(indicator: str, year: int, codes: set[str]) -> float:
    """Return a share from the file itself, with nothing of the code under test."""
    with (resources.folder() / "small_enterprises.csv").open(encoding="utf-8") as file:
        rows = [r for r in csv.DictReader(file) if r["indicator"] == indicator]
    held = {r["region"]: float(r["value"]) for r in rows if r["year"] == str(year) and r["value"]}
    whole = held.pop("RU", None) or math.fsum(held.values())
    return 100 * math.fsum(held[code] for code in codes) / whole


def test_table_2_has_28_cells_of_which_18_are_computed(cells: dict) -> None:
    assert len(cells) == 28
    assert len(COMPUTED) == 18
    assert {place for place, cell in cells.items() if not math.isnan(cell["computed"])} == set(
        COMPUTED
    )


@pytest.mark.parametrize(("place", "value"), COMPUTED.items(), ids=str)
def test_a_cell_of_table_2_is_what_primary_data_give(
    cells: dict, place: tuple[str, int], value: float
) -> None:
    assert round(cells[place]["computed"], 2) == value
    assert cells[place]["computed"] == pytest.approx(
        share_by_hand(measures.indicator_of(*place), place[1], TWELVE), abs=1e-9
    )


@pytest.mark.parametrize("place", sorted(COMPUTED), ids=str)
def test_the_difference_is_computed_minus_printed(cells: dict, place: tuple[str, int]) -> None:
    cell = cells[place]

    assert cell["difference"] == pytest.approx(PRINTED_OFF.get(place, 0.0), abs=1e-12)
    assert cell["difference"] == pytest.approx(COMPUTED[place] - float(cell["printed"]))


@pytest.mark.parametrize("place", sorted(MISSING), ids=str)
def test_a_cell_that_the_data_do_not_hold_is_named_as_such(
    cells: dict, place: tuple[str, int]
) -> None:
    assert math.isnan(cells[place]["computed"])
    assert math.isnan(cells[place]["difference"])
    assert cells[place]["reason"].startswith("not available: ")
    assert cells[place]["printed"], "the printed value stands there all the same"


def test_a_cell_that_the_data_hold_is_not_called_missing(cells: dict) -> None:
    assert not [p for p in COMPUTED if "not available" in cells[p]["reason"]]
    assert all("complete survey" in cells[row, 2015]["reason"] for row in (NUMBER, EMPLOYEES))


@pytest.mark.parametrize(("year", "value"), [(2011, 18.63), (2012, 18.26), (2013, 18.41)])
def test_the_okrugs_make_the_number_of_enterprises_larger(year: int, value: float) -> None:
    table = measures.table_2(Group("KZ", with_okrugs=True)).set_index(["row", "year"])

    assert round(table.at[(NUMBER, year), "computed"], 2) == value
    by_hand = share_by_hand("number", year, TWELVE | {"RU-KHM", "RU-YAN"})
    assert table.at[(NUMBER, year), "computed"] == pytest.approx(by_hand, abs=1e-9)


@pytest.mark.parametrize(
    ("row", "values"),
    [
        (EMPLOYEES, {2018: 15.45, 2019: 15.33, 2020: 15.14, 2021: 15.56, 2022: 15.06}),
        (TURNOVER, {2018: 12.18, 2019: 12.56, 2021: 13.50, 2022: 13.86}),
    ],
)
def test_later_shares(row: str, values: dict[int, float]) -> None:
    table = measures.shares(Group("KZ"), 2018, 2022).set_index(["row", "year"])["share"]

    assert {year: round(table[row, year], 2) for year in values} == values


def test_a_year_without_a_survey_is_a_gap_and_not_a_value() -> None:
    table = measures.shares(Group("KZ")).set_index(["row", "year"])

    assert math.isnan(table.at[(NUMBER, 2014), "share"])
    assert measures.indicator_of(NUMBER, 2014) == ""
    assert len(table) == 4 * 13


def test_every_break_of_the_series_starts_a_segment() -> None:
    segments = {year: measures.segment(year) for year in range(2010, 2023)}

    for year in (2010, 2014, 2015, 2016, 2017, 2020):  # from 2014 Russia's total covers more
        assert segments[year] != segments.get(year - 1)
    assert segments[2021] != segments[2020] != segments[2019]
    for year in (2012, 2013, 2018, 2019, 2022):
        assert segments[year] == segments[year - 1]


def test_gross_product_of_the_twelve_in_2017() -> None:
    rows = gross_product.readings(Group("KZ"), 2017, 2017).set_index("variant")
    plain = rows.loc["with Tyumen, without its okrugs"]

    assert round(plain["grp"], 2) == 9.53
    assert round(plain["of_grp"], 1) == 11.9
    with (resources.folder() / "gross_regional_product.csv").open(encoding="utf-8") as file:
        held = {
            r["region"]: float(r["grp_million_rub"])
            for r in csv.DictReader(file)
            if r["year"] == "2017"
        }
    mine = math.fsum(held[code] for code in TWELVE)
    assert plain["grp"] == pytest.approx(mine / 1e6)
    assert plain["of_grp"] == pytest.approx(100 * mine / held["RU"])


def test_the_published_total_is_the_sum_of_the_regions_and_of_what_the_data_leave_out() -> None:
    """The 83 regions held make up the whole until 2013; Russia counts two more from 2014 on."""
    table = gross_product.gross_regional_product()
    codes = [code for code in table.columns if code != "RU"]
    part = indicators.group_total(table, codes) / table["RU"]

    assert len(codes) == 83
    assert part.loc[:2013].to_numpy() == pytest.approx(1, abs=1e-7)
    assert part.loc[2014:].between(0.99, 1, inclusive="left").all()


def test_okrugs_are_not_counted_twice_in_any_measure() -> None:
    """All regions of the data, Tyumen without its okrugs, make up Russia's published total."""
    for indicator in ("employees", "turnover", "number"):
        table = measures.values(indicator)
        regional = table[[code for code in table.columns if code != "RU"]]
        if "RU" not in table:
            continue
        whole = (regional.sum(axis=1) / table["RU"]).dropna()
        assert whole.between(0.98, 1.0005).all(), indicator


def test_every_neighbour_has_the_group_counted_by_hand() -> None:
    assert {code: len(Group(code).codes) for code in regions.neighbours()} == GROUPS


def test_the_group_of_the_paper() -> None:
    group = Group("KZ")

    assert set(group.codes) == TWELVE
    assert group.is_the_papers
    assert not Group("KZ", exclude=("RU-CHE",)).is_the_papers
    assert not Group("KZ", with_okrugs=True).is_the_papers


@pytest.mark.parametrize("code", sorted(GROUPS))
def test_a_group_can_be_measured_in_every_year_that_has_figures(code: str) -> None:
    table = gross_product.readings(Group(code), 2016, 2023)

    assert table["of_grp"].between(0, 100, inclusive="neither").all()
    label = Group(code).label
    assert Group(code).country in label
    assert ("regions that border" in label) == (GROUPS[code] > 1)


def test_a_region_left_out_leaves_its_group_smaller_by_its_own_share() -> None:
    table = gross_product.gross_regional_product()
    whole = indicators.group_share(table, Group("KZ").codes)
    without = indicators.group_share(table, Group("KZ", exclude=("RU-CHE",)).codes)

    assert (whole - without).to_numpy() == pytest.approx(
        (100 * table["RU-CHE"] / table["RU"]).to_numpy()
    )


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"neighbour": "SE"}, "AZ, BY, CN"),
        ({"neighbour": "KZ", "exclude": ("RU-MOW",)}, "RU-OMS"),
        ({"neighbour": "CN", "with_okrugs": True}, "neighbour='KZ'"),
        ({"neighbour": "KP", "exclude": ("RU-PRI",)}, "RU-PRI"),
        ({"neighbour": "KZ", "exclude": ("RU-TYU",), "with_okrugs": True}, "RU-TYU"),
    ],
)
def test_a_group_that_cannot_be_formed_is_refused(arguments: dict, told: str) -> None:
    with pytest.raises(GroupError, match=told):
        Group(**arguments)


def test_years_that_repeat_the_year_before_are_found_and_left_out() -> None:
    assert gross_product.repeated_years() == [2023, 2024]
    table = gross_product.industry_share()
    assert list(table.index) == list(range(2011, 2023))


def test_industry_is_the_sections_of_its_classification() -> None:
    table = gross_product.industry_share()
    early, late = gross_product.structure(2011).loc["RU"], gross_product.structure(2017).loc["RU"]

    assert table.at[2011, "RU"] == pytest.approx(early[["C", "D", "E"]].sum())
    assert table.at[2017, "RU"] == pytest.approx(late[["B", "C", "D", "E"]].sum())


@pytest.mark.parametrize("year", range(2011, 2023))
def test_the_sections_of_each_region_add_up_to_100(year: int) -> None:
    """As far as figures published with one decimal can."""
    sums = gross_product.structure(year).sum(axis=1)

    assert sums.between(99, 101).all(), sums[~sums.between(99, 101)]
