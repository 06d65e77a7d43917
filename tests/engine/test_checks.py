"""How a verdict is reached from values with intervals."""

from __future__ import annotations

import itertools
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from borderbook import book
from borderbook.claims.checks import (
    above,
    against,
    approximate,
    at_most,
    band,
    every,
    falls,
    in_band,
    judged,
    listed,
    not_checkable,
    number,
    readings,
    rises,
    rows,
    size,
    smallest,
    some,
    some_of,
    spread,
    steps,
    trend,
    true,
    unit_words,
    within,
)
from borderbook.claims.intervals import Interval, Printed, Value, exact
from borderbook.claims.model import Claim, Evidence, Input


def series(**values: str) -> dict[int, Printed]:
    return {int(year[1:]): Printed(text) for year, text in values.items()}


def test_a_verdict_is_as_good_as_the_worst_of_its_parts() -> None:
    assert every(["holds", "holds-rounded"]) == "holds-rounded"
    assert every(["not-checkable", "differs"]) == "not-checkable"


@pytest.mark.parametrize(
    ("first", "second", "verdict"),
    [("1.1", "1.0", "holds"), ("1.0", "1.0", "holds-rounded"), ("1.0", "1.1", "differs")],
)
def test_comparison_of_printed_numbers(first: str, second: str, verdict: str) -> None:
    assert above(Printed(first), Printed(second)) == verdict


def test_at_most_counts_an_end_only_if_it_is_attained() -> None:
    assert at_most(Printed("1.1"), Printed("1.1")) == "holds"
    assert at_most(Printed("1.1"), 1) == "differs"  # at least 1.05
    assert at_most(Printed("1.05"), Printed("1.0")) == "holds-rounded"  # below 1.05 both
    assert at_most(Printed("1.1"), Printed("1.0")) == "differs"  # 1.05 is not below 1.05


def test_a_trend_needs_every_step() -> None:
    values = series(y2011="16.4", y2012="16.5", y2013="16.0")
    assert falls(values) == "differs"
    assert rises(values) == "differs"
    assert falls({year: values[year] for year in (2012, 2013)}) == "holds"
    found = trend(values, "fall", "The values")
    assert found.reason == (
        "The values fall in one of two years; there is no fall from 2011 to 2012 "
        "(2011 to 2012: +0.10; 2012 to 2013: −0.50)."
    )


def test_the_smallest_must_be_smaller_than_each_other() -> None:
    values = series(y2011="12.7", y2012="12.3", y2013="12.3")
    assert smallest(values, 2012) == "holds-rounded"
    assert smallest(values, 2011) == "differs"


def test_the_spread_is_that_of_the_widest_pair() -> None:
    found = spread(series(y2011="1.0", y2012="1.4", y2013="1.4"))
    assert float(found.central) == 0.4
    assert found.interval == Interval(*map(Decimal, ("0.3", "0.5")), False, False)


def verdicts(first: Interval, second: Interval) -> dict[str, bool]:
    """Return which order is possible of some values, by trying: ends, near the ends, between."""

    def tried(interval: Interval) -> list[Fraction]:
        low, high = Fraction(interval.low), Fraction(interval.high)
        near = Fraction(1, 1000)
        every = (low, low + near, (low + high) / 2, high - near, high)
        return [value for value in every if value in interval]

    pairs = list(itertools.product(tried(first), tried(second)))
    return {
        "above": any(a > b for a, b in pairs),
        "at most": any(a <= b for a, b in pairs),
    }


tenths = st.integers(-12, 12).map(lambda n: Printed(f"{Decimal(n).scaleb(-1):.1f}"))


@given(tenths, tenths)
def test_an_order_holds_of_the_printed_values_or_of_some_behind_them(
    first: Printed, second: Printed
) -> None:
    possible = verdicts(first.interval, second.interval)
    holds = {"above": first.central > second.central, "at most": first.central <= second.central}
    for name, check in (("above", above), ("at most", at_most)):
        expected = "holds" if holds[name] else "holds-rounded" if possible[name] else "differs"
        assert check(first, second) == expected, name


@pytest.mark.parametrize(
    ("low", "high", "has_low", "verdict"),
    [
        ("0", "1", True, "holds-rounded"),
        ("0", "1", False, "differs"),
        ("-1", "1", False, "holds-rounded"),
        ("0.1", "1", True, "differs"),
    ],
)
def test_at_most_of_a_value_above_is_possible_from_an_end_that_belongs_to_it(
    low: str, high: str, has_low: bool, verdict: str
) -> None:
    value = Value(Fraction(1, 2), Interval(Decimal(low), Decimal(high), has_low))

    assert at_most(value, 0) == verdict


@pytest.mark.parametrize(
    ("high", "verdict"), [("0", "differs"), ("0.1", "holds-rounded"), ("-0.1", "differs")]
)
def test_above_is_possible_only_where_the_interval_reaches_above(high: str, verdict: str) -> None:
    assert above(Value(Fraction(-1, 2), Interval(-1, Decimal(high))), 0) == verdict


def test_what_is_missing_and_what_follows() -> None:
    given_input = Input("loaves", "2017", (("rye", 9.5),))
    found = not_checkable("the weights", "No share can be given.", given_input)

    assert found == Evidence(
        "not-checkable",
        "Missing: the weights.",
        implies="No share can be given.",
        inputs=(given_input,),
    )
    assert not_checkable("the weights").implies == ""


def test_verdicts_on_conditions_and_on_several_parts() -> None:
    assert (true(True), true(False)) == ("holds", "differs")
    assert every(["holds", "holds"]) == "holds"
    assert some(["differs", "holds-rounded", "not-checkable"]) == "holds-rounded"
    assert some(["differs", "holds"]) == "holds"


def test_a_value_is_judged_against_the_number_that_the_claim_prints() -> None:
    test = judged(Claim("x", "loaves", "Rye is 7.9 per cent.", printed="7.9"))

    assert [test(Printed(text)) for text in ("7.94", "7.95", "8.2")] == [
        "holds", "holds-rounded", "differs",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "middle", "distance", "verdict"),
    [
        ("26.0", 25, 1, "holds"),
        ("24.0", 25, 1, "holds"),
        ("26.1", 25, 1, "differs"),  # at least 26.05
        ("23.9", 25, 1, "differs"),
        ("26", 25, Decimal("0.9"), "holds-rounded"),
        ("24", 25, Decimal("0.9"), "holds-rounded"),
        ("26", 25, Decimal("0.5"), "holds-rounded"),  # 25.5 belongs to it
        ("24", 25, Decimal("0.5"), "differs"),  # 24.5 does not
        ("22", 25, 2, "differs"),
    ],
)
def test_a_value_within_a_distance(
    value: str, middle: int, distance: int | Decimal, verdict: str
) -> None:
    assert within(Printed(value), middle, distance) == verdict


@pytest.mark.parametrize(
    ("value", "verdict"),
    [
        ("16", "holds"),
        ("17", "holds-rounded"),
        ("17.0", "holds-rounded"),
        ("15.5", "holds-rounded"),
        ("15", "differs"),
        ("17.1", "differs"),
        ("15.9", "differs"),
    ],
)
def test_a_value_in_a_band(value: str, verdict: str) -> None:
    interval = Interval(16, 17, has_high=False)
    if value == "15.5":
        assert in_band(Value(Fraction(value), Interval(15, 16)), interval) == verdict
        return
    assert in_band(Printed(value), interval) == verdict


def test_the_band_of_a_claim_ends_where_its_ends_round() -> None:
    claim = Claim("x", "loaves", "About a sixth.", printed="16.0-17")

    assert band(claim) == Interval(Decimal("15.95"), Decimal("17.5"), True, False)


def test_trends_of_series() -> None:
    steady = series(y2013="1.4", y2011="1.2", y2012="1.3")
    assert rises(steady) == "holds"
    assert falls(steady) == "differs"
    assert falls(series(y2013="1.2", y2011="1.4", y2012="1.3")) == "holds"
    level = series(y2011="1.2", y2012="1.2", y2013="1.2")
    assert rises(level) == falls(level) == "holds-rounded"
    assert smallest(steady, 2011) == "holds"
    assert smallest(steady, 2012) == "differs"
    assert smallest(steady, 2013) == "differs"


def test_the_spread_of_values_by_trying_every_pair() -> None:
    values = {
        1: Value(Fraction(10), Interval(9, 11, True, False)),
        2: Value(Fraction(14), Interval(13, 17, False, True)),
        3: Value(Fraction(14), Interval(13, 15, True, True)),
    }
    found = spread(values)

    assert found.central == 4
    assert found.interval == Interval(2, 8, False, True)  # 13 - 11 to 17 - 9
    assert spread({1: values[1]}) == exact(0)
    falling = {1: values[2], 2: values[1]}
    assert spread(falling).interval == Interval(2, 8, False, True)
    touching = {
        1: Value(Fraction(0), Interval(0, 0)),
        2: Value(Fraction(2), Interval(1, 3, True, False)),
        3: Value(Fraction(2), Interval(1, 3, False, True)),
    }
    assert spread(touching).interval == Interval(1, 3, False, True)  # the larger gap is above 1


def test_a_series_in_words() -> None:
    values = series(y2012="13.58", y2011="12.75", y2013="13.5")

    assert steps(values) == "2011 to 2012: +0.83; 2012 to 2013: −0.08"
    assert steps(values, 1) == "2011 to 2012: +0.8; 2012 to 2013: −0.1"
    assert listed(values) == "2011: 12.75; 2012: 13.58; 2013: 13.50"
    assert listed(values, 0) == "2011: 13; 2012: 14; 2013: 14"


@pytest.mark.parametrize(
    ("texts", "asserted", "reason"),
    [
        (
            {"y2011": "1.0", "y2012": "1.5"},
            "rise",
            "The shares rise in that year (2011 to 2012: +0.50).",
        ),
        (
            {"y2011": "1.5", "y2012": "1.0"},
            "rise",
            "The shares rise in no year; there is no rise from 2011 to 2012 (2011 to 2012: −0.50).",
        ),
        (
            {"y2013": "0.5", "y2011": "1.5", "y2012": "1.0"},
            "fall",
            "The shares fall in every year (2011 to 2012: −0.50; 2012 to 2013: −0.50).",
        ),
        (
            {"y2011": "0.5", "y2012": "1.0", "y2013": "1.5"},
            "fall",
            "The shares fall in none of two years; there is no fall from 2011 to 2012 and "
            "2012 to 2013 (2011 to 2012: +0.50; 2012 to 2013: +0.50).",
        ),
    ],
)
def test_the_evidence_on_a_trend(texts: dict[str, str], asserted: str, reason: str) -> None:
    values = series(**texts)
    found = trend(values, asserted, "The shares")  # type: ignore[arg-type]

    assert found.reason == reason
    assert found.verdict == {"rise": rises, "fall": falls}[asserted](values)
    assert found.computed == listed(values)
    assert found.formula == "each year's value less that of the year before"


@pytest.mark.parametrize(
    ("value", "options", "reason", "verdict"),
    [
        ("7.92", {}, "The data give 7.92 per cent, which rounds to the printed 7.9.", "holds"),
        (
            "8.1",
            {},
            "The data give 8.10 per cent, which rounds to 8.1; the paper prints 7.9.",
            "differs",
        ),
        (
            "8",
            {"what": "The books", "digits": 1},
            "The books give 8.0 per cent, which rounds to 8.0; the rounding of the inputs leaves "
            "room for the printed 7.9.",
            "holds-rounded",
        ),
        (
            "7.12",
            {"printed": "7"},
            "The data give 7.1 per cent, which rounds to the printed 7.",
            "holds",
        ),
    ],
)
def test_the_evidence_on_a_printed_number(
    value: str, options: dict[str, Any], reason: str, verdict: str
) -> None:
    claim = Claim("rye-share", "loaves", "Rye is 7.9 per cent.", printed="7.9", unit="%")
    found = against(claim, Printed(value), **options)

    assert (found.reason, found.verdict) == (reason, verdict)
    assert found.computed == float(value)
    assert found.printed == options.get("printed", "7.9")


def test_values_as_records_and_texts_have_them() -> None:
    third = Value(Fraction(1, 3), Interval(0, 1))
    assert approximate(third) == 0.333333
    assert size(third) is third
    negative = Value(Fraction(-1, 3), Interval(-1, 0, True, False))
    assert size(negative) == Value(Fraction(1, 3), Interval(0, 1, False, True))
    zero = Value(Fraction(0), Interval(-1, 2))
    assert size(zero) is zero
    assert number(Printed("2254.85"), 1) == "2\u202f254.9"
    assert number(Printed("0.25"), 1, signed=True) == "+0.3"


def test_units_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(book, "setting", lambda name, default: {"units": {"kg": "kilograms"}}[name])

    assert [unit_words(unit) for unit in ("%", "rank", "ratio", "kg", "loaves", "")] == [
        " per cent", "", "", " kilograms", " loaves", "",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("count", "whole", "text"),
    [
        (1, 1, "the one mill"),
        (0, 1, "no mill"),
        (0, 2, "none of two mills"),
        (2, 2, "two of two mills"),
        (1, 3, "one of three mills"),
    ],
)
def test_how_many_of_how_many(count: int, whole: int, text: str) -> None:
    assert some_of(count, whole, "mill") == text


def test_figures_as_inputs_hold_them() -> None:
    table = pd.DataFrame({"rye": [9.5, 1.0], "oats": [2.0, 3.0]}, index=[2017, 2018])

    assert rows("loaves", "in 2018", table, 2018, ["oats", "rye"]) == Input(
        "loaves", "in 2018", (("oats", 3.0), ("rye", 1.0))
    )


def test_readings_say_their_value_with_its_unit() -> None:
    values = {"rye": Printed("7.9"), "oats": Printed("4.2")}

    assert readings(values, 2, "%", lambda value: above(value, 5)) == {
        "rye: 7.90 per cent": "holds",
        "oats: 4.20 per cent": "differs",
    }
