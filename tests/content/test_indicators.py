"""Indicators: worked examples, and what must hold for any figures."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import indicators

CODES = ("RU-AL", "RU-ALT", "RU-CHE", "RU-OMS", "RU-SAM", "RU-TYU")
YEARS = (2016, 2017, 2018)

amounts = st.floats(0.001, 1e9, allow_nan=False, allow_infinity=False)
factors = st.floats(1e-3, 1e3)


@st.composite
def tables(draw: st.DrawFn, *, published: bool = False) -> pd.DataFrame:
    """Return years by regions, without gaps; `published`: with a total not below the sum."""
    rows = {code: [draw(amounts) for _ in YEARS] for code in CODES}
    table = pd.DataFrame(rows, index=list(YEARS))
    if published:
        table["RU"] = table.sum(axis=1) * draw(st.floats(1.0, 5.0))
    return table


groups = st.lists(st.sampled_from(CODES), min_size=1, unique=True)
any_table = st.one_of(tables(), tables(published=True))


@st.composite
def structures(draw: st.DrawFn) -> pd.DataFrame:
    """Return regions by sections, some sections at nothing, no region at nothing."""
    count = draw(st.integers(1, 8))
    cell = st.one_of(st.just(0.0), amounts)
    rows = [[draw(amounts), *(draw(cell) for _ in range(count - 1))] for _ in CODES]
    return pd.DataFrame(rows, index=list(CODES), columns=list("ABCDEFGH"[:count]))


# Worked by hand


@pytest.fixture
def figures() -> pd.DataFrame:
    """Two regions of three: 4 + 6 of 100 in 2016, 5 + 4 of 120 in 2017."""
    return pd.DataFrame(
        {
            "RU": [100.0, 120.0],
            "RU-AL": [4.0, 5.0],
            "RU-TYU": [6.0, 4.0],
            "RU-MOW": [90.0, 111.0],
        },
        index=[2016, 2017],
    )


def test_share_of_a_group(figures: pd.DataFrame) -> None:
    assert list(indicators.group_share(figures, ["RU-AL", "RU-TYU"])) == [10.0, 7.5]


def test_the_total_as_published_counts_even_where_regions_add_up_to_less() -> None:
    table = pd.DataFrame({"RU": [200.0], "RU-AL": [50.0], "RU-TYU": [50.0]}, index=[2017])

    assert indicators.national_total(table)[2017] == 200
    assert indicators.group_share(table, ["RU-AL"])[2017] == 25


def test_without_a_published_total_the_sum_of_all_regions_counts() -> None:
    table = pd.DataFrame({"RU-AL": [1.0], "RU-TYU": [3.0]}, index=[2017])

    assert indicators.group_share(table, ["RU-AL"])[2017] == 25


def test_contributions_worked_by_hand(figures: pd.DataFrame) -> None:
    parts = indicators.contributions(figures, ["RU-AL", "RU-TYU"], 2016, 2017)

    assert parts["RU-AL"] == pytest.approx(5 / 1.2 - 4)
    assert parts["RU-TYU"] == pytest.approx(4 / 1.2 - 6)


def test_leave_one_out_worked_by_hand(figures: pd.DataFrame) -> None:
    table = indicators.leave_one_out(figures, ["RU-AL", "RU-TYU"])

    assert table.loc[2016].to_dict() == {"RU-AL": 6.0, "RU-TYU": 4.0}


def test_change_and_fold_change() -> None:
    assert indicators.change(7.9, 7.5) == pytest.approx(-0.4)
    assert indicators.fold_change(8, 2) == 0.25
    assert indicators.fold_change(2, 8) == 4
    assert math.isnan(indicators.fold_change(0, 5))


def test_equal_values_share_the_smaller_rank() -> None:
    ranks = indicators.rank(pd.Series({"a": 3.0, "b": 7.0, "c": 3.0, "d": 1.0}))

    assert ranks.to_dict() == {"a": 2, "b": 1, "c": 2, "d": 4}


def test_a_region_without_a_figure_has_no_rank_and_is_no_leader_or_closer() -> None:
    values = pd.Series({"a": 3.0, "b": math.nan, "c": 5.0})

    assert indicators.rank(values).isna().to_dict() == {"a": False, "b": True, "c": False}
    assert indicators.leaders(values) == ["c", "a"]
    assert indicators.closers(values) == ["a", "c"]


def test_ties_among_leaders_and_closers_go_by_code() -> None:
    values = pd.Series({"c": 5.0, "a": 5.0, "b": 5.0, "d": 1.0})

    assert indicators.leaders(values, 2) == ["a", "b"]
    assert indicators.closers(values, 2) == ["d", "a"]


def test_three_lead_and_three_close_unless_asked_otherwise() -> None:
    values = pd.Series({"RU-AL": 1.0, "RU-ALT": 2.0, "RU-CHE": 5.0, "RU-OMS": 4.0, "RU-SAM": 3.0})

    assert indicators.leaders(values) == ["RU-CHE", "RU-OMS", "RU-SAM"]
    assert indicators.closers(values) == ["RU-AL", "RU-ALT", "RU-SAM"]


def test_ties_go_by_code_among_many_regions_too() -> None:
    values = {f"R{n:03}": float(n % 4) for n in range(200)}
    shuffled = pd.Series(dict(sorted(values.items(), key=lambda item: item[0][::-1])))

    largest_first = sorted(values, key=lambda code: (-values[code], code))
    smallest_first = sorted(values, key=lambda code: (values[code], code))
    assert indicators.leaders(shuffled, 120) == largest_first[:120]
    assert indicators.closers(shuffled, 120) == smallest_first[:120]


def test_no_years_give_no_totals_and_still_numbers() -> None:
    table = pd.DataFrame({"RU-AL": [1.0]}, index=[2016]).iloc[:0]

    assert indicators.group_total(table, ["RU-AL"]).dtype == "float64"
    assert len(indicators.group_total(table, ["RU-AL"])) == 0


def test_location_quotient_worked_by_hand() -> None:
    regions = pd.DataFrame({"C": [30.0, 5.0], "A": [2.0, 8.0]}, index=["RU-CHE", "RU-ALT"])
    quotients = indicators.location_quotient(regions, pd.Series({"A": 4.0, "C": 20.0}))

    assert quotients.loc["RU-CHE"].to_dict() == {"C": 1.5, "A": 0.5}
    assert quotients.loc["RU-ALT"].to_dict() == {"C": 0.25, "A": 2.0}


def test_a_section_that_the_benchmark_lacks_has_no_quotient() -> None:
    quotients = indicators.location_quotient(
        pd.DataFrame({"C": [30.0], "T": [0.1]}), pd.Series({"C": 15.0, "T": 0.0})
    )
    assert quotients.at[0, "C"] == 2
    assert math.isnan(quotients.at[0, "T"])


def test_herfindahl_worked_by_hand() -> None:
    structure = pd.DataFrame({"A": [50.0, 100, 60], "C": [25.0, 0, 30], "F": [25.0, 0, 10]})

    assert list(indicators.herfindahl(structure)) == pytest.approx([0.375, 1.0, 0.46])


def test_two_figures_for_one_region_and_year_are_an_error() -> None:
    frame = pd.DataFrame({"region": ["RU-AL"] * 2, "year": [2017] * 2, "grp": [1.0, 2.0]})

    with pytest.raises(ValueError, match="duplicate"):
        indicators.by_region(frame, "grp")


# Gaps


def test_a_gap_in_the_group_gives_no_share_and_not_a_partial_sum(figures: pd.DataFrame) -> None:
    figures.loc[2017, "RU-AL"] = math.nan
    codes = ["RU-AL", "RU-TYU"]

    assert indicators.group_share(figures, codes)[2016] == 10
    assert math.isnan(indicators.group_share(figures, codes)[2017])
    assert math.isnan(indicators.group_total(figures, codes)[2017])
    left_out = indicators.leave_one_out(figures, codes).loc[2017]
    assert left_out["RU-AL"] == pytest.approx(4 / 1.2), "the gap itself is left out"
    assert math.isnan(left_out["RU-TYU"])
    parts = indicators.contributions(figures, codes, 2016, 2017)
    assert math.isnan(parts["RU-AL"])
    assert parts["RU-TYU"] == pytest.approx(4 / 1.2 - 6)


def test_a_gap_elsewhere_matters_only_where_no_total_is_published(figures: pd.DataFrame) -> None:
    figures.loc[2017, "RU-MOW"] = math.nan

    assert indicators.group_share(figures, ["RU-AL"])[2017] == pytest.approx(5 / 1.2)
    assert math.isnan(indicators.group_share(figures.drop(columns="RU"), ["RU-AL"])[2017])
    figures.loc[2017, "RU"] = math.nan
    assert math.isnan(indicators.national_total(figures)[2017])


def test_a_region_without_a_column_is_an_error(figures: pd.DataFrame) -> None:
    with pytest.raises(KeyError, match="RU-XXX"):
        indicators.group_share(figures, ["RU-AL", "RU-XXX"])


# For any figures


@given(tables(), groups)
def test_shares_of_a_partition_add_up_to_100(table: pd.DataFrame, group: list[str]) -> None:
    rest = [code for code in CODES if code not in group]
    both = indicators.group_share(table, group) + indicators.group_share(table, rest)

    assert both.to_numpy() == pytest.approx(100.0)


@given(any_table, groups)
def test_contributions_add_up_to_the_change_of_the_share(
    table: pd.DataFrame, group: list[str]
) -> None:
    share = indicators.group_share(table, group)
    parts = indicators.contributions(table, group, 2016, 2018)

    assert set(parts.index) == set(group)
    assert parts.sum() == pytest.approx(indicators.change(share[2016], share[2018]), abs=1e-9)


@given(any_table, groups, factors)
def test_the_unit_of_the_values_does_not_matter_to_shares(
    table: pd.DataFrame, group: list[str], factor: float
) -> None:
    shares = indicators.group_share(table, group)
    scaled = table * factor

    assert indicators.group_share(scaled, group).to_numpy() == pytest.approx(shares.to_numpy())
    assert indicators.contributions(scaled, group, 2016, 2017).to_numpy() == pytest.approx(
        indicators.contributions(table, group, 2016, 2017).to_numpy(), abs=1e-9
    )


@given(any_table, groups, st.randoms(use_true_random=False))
def test_the_order_of_regions_does_not_matter(
    table: pd.DataFrame, group: list[str], random
) -> None:
    """To the last bit: outputs are compared as bytes."""
    columns, turned = list(table.columns), list(group)
    random.shuffle(columns)
    random.shuffle(turned)

    assert indicators.group_share(table[columns], turned).equals(
        indicators.group_share(table, group)
    )
    parts = indicators.contributions(table[columns], turned, 2016, 2018)
    assert parts.sort_index().equals(
        indicators.contributions(table, group, 2016, 2018).sort_index()
    )


@given(any_table, groups)
def test_without_a_region_plus_its_own_share_is_the_share_of_the_group(
    table: pd.DataFrame, group: list[str]
) -> None:
    whole = indicators.group_share(table, group)
    without = indicators.leave_one_out(table, group)

    assert list(without.columns) == group
    for code in group:
        own = indicators.group_share(table, [code])
        assert (without[code] + own).to_numpy() == pytest.approx(whole.to_numpy())


@given(st.lists(amounts, min_size=1, max_size=20, unique=True))
def test_ranks_of_unlike_values_are_a_permutation_with_the_largest_first(
    values: list[float],
) -> None:
    series = pd.Series(values, index=[f"r{i:02}" for i in range(len(values))])
    ranks = indicators.rank(series)

    assert sorted(ranks) == list(range(1, len(values) + 1))
    assert list(ranks.sort_values().index) == indicators.leaders(series, len(values))
    assert indicators.closers(series, len(values)) == indicators.leaders(series, len(values))[::-1]


@given(structures(), factors)
def test_herfindahl_lies_between_even_and_single_and_has_no_unit(
    structure: pd.DataFrame, factor: float
) -> None:
    index = indicators.herfindahl(structure)

    assert (index >= 1 / structure.shape[1] - 1e-9).all()
    assert (index <= 1 + 1e-9).all()
    assert indicators.herfindahl(structure * factor).to_numpy() == pytest.approx(index.to_numpy())
    backwards = structure[list(structure.columns)[::-1]]
    assert indicators.herfindahl(backwards).to_numpy() == pytest.approx(index.to_numpy())


@given(st.integers(1, 20), amounts)
def test_herfindahl_of_even_sections_is_one_over_their_number(count: int, amount: float) -> None:
    even = pd.DataFrame([[amount] * count])

    assert indicators.herfindahl(even)[0] == pytest.approx(1 / count)


@given(structures(), factors)
def test_a_region_like_the_benchmark_is_specialised_in_nothing(
    structure: pd.DataFrame, factor: float
) -> None:
    shares = structure.div(structure.sum(axis=1), axis=0) * 100
    benchmark = shares.loc["RU-AL"]
    quotients = indicators.location_quotient(shares, benchmark)

    assert quotients.loc["RU-AL"].dropna().to_numpy() == pytest.approx(1.0)
    assert list(quotients.loc["RU-AL"].notna()) == list(benchmark > 0)
    scaled = indicators.location_quotient(shares * factor, benchmark * factor)
    assert scaled.fillna(-1).to_numpy() == pytest.approx(quotients.fillna(-1).to_numpy())


@given(structures())
def test_location_quotients_weighted_by_the_benchmark_give_back_the_whole(
    structure: pd.DataFrame,
) -> None:
    """Where the benchmark has every section, Σ quotient × benchmark share is 100."""
    shares = structure.div(structure.sum(axis=1), axis=0) * 100
    benchmark = pd.Series(100 / shares.shape[1], index=shares.columns)
    back = indicators.location_quotient(shares, benchmark).mul(benchmark).sum(axis=1)

    assert back.to_numpy() == pytest.approx(100.0)
