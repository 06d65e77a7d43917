"""Printed numbers: what they stand for, sound arithmetic, and the binding rounding rule."""

from __future__ import annotations

import itertools
import operator
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from borderbook.claims.checks import judge
from borderbook.claims.intervals import (
    Interval,
    Printed,
    Value,
    exact,
    fold_change,
    measured,
    share,
    total,
)
from borderbook.formatting import round_half_up


@st.composite
def printed_numbers(draw: st.DrawFn) -> Printed:
    digits = draw(st.integers(0, 3))
    units = draw(st.integers(-99_999, 99_999))
    return Printed(f"{Decimal(units).scaleb(-digits):.{digits}f}")


@st.composite
def inside(draw: st.DrawFn, interval: Interval) -> Fraction:
    """Return a value of the interval, its ends often among them."""
    part = draw(st.sampled_from([Fraction(0), Fraction(1)]) | st.fractions(0, 1))
    value = interval.low + part * (interval.high - interval.low)
    assume(value in interval)
    return Fraction(value)


@st.composite
def a_number_and_what_it_stands_for(draw: st.DrawFn) -> tuple[Printed, Fraction]:
    number = draw(printed_numbers())
    return number, draw(inside(number.interval))


@pytest.mark.parametrize(
    ("text", "low", "high", "has_low", "has_high"),
    [
        ("7.9", "7.85", "7.95", True, False),
        ("12.10", "12.095", "12.105", True, False),
        ("25", "24.5", "25.5", True, False),
        ("-2.5", "-2.55", "-2.45", False, True),
        ("−2.5", "-2.55", "-2.45", False, True),
        ("0.0", "-0.05", "0.05", False, False),
        ("0.5", "0.45", "0.55", True, False),
        ("-0.5", "-0.55", "-0.45", False, True),
    ],
)
def test_a_printed_number_is_an_interval(
    text: str, low: str, high: str, has_low: bool, has_high: bool
) -> None:
    assert Printed(text).interval == Interval(Decimal(low), Decimal(high), has_low, has_high)


@pytest.mark.parametrize("text", ["", "7,9", "7.", ".9", "1e3", "about 25", "1 000", "٣"])
def test_what_is_not_a_plain_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a printed number"):
        Printed(text)


@given(a_number_and_what_it_stands_for())
def test_every_value_of_the_interval_rounds_to_the_number(
    case: tuple[Printed, Fraction],
) -> None:
    number, value = case
    assert round_half_up(value, number.digits) == number.value


@given(printed_numbers(), st.fractions(-200_000, 200_000))
def test_no_other_value_rounds_to_the_number(number: Printed, value: Fraction) -> None:
    rounds = round_half_up(value, number.digits) == number.value
    assert rounds == (value in number.interval)


@given(
    a_number_and_what_it_stands_for(),
    a_number_and_what_it_stands_for(),
    st.sampled_from([operator.add, operator.sub, operator.mul, operator.truediv]),
)
def test_an_interval_contains_the_result_for_every_choice_of_inputs(first, second, operation):  # type: ignore[no-untyped-def]
    (a, x), (b, y) = first, second
    if operation is operator.truediv:
        assume(not b.interval.low <= 0 <= b.interval.high)
    found = operation(a, b)
    assert operation(x, y) in found.interval
    assert found.central in found.interval
    assert found.central == operation(a.central, b.central)


@given(st.lists(a_number_and_what_it_stands_for(), min_size=1, max_size=6))
def test_total_share_and_fold_change_contain_every_result(
    cases: list[tuple[Printed, Fraction]],
) -> None:
    numbers, values = [n for n, _ in cases], [v for _, v in cases]
    whole = total(numbers)
    assert sum(values) in whole.interval
    assert whole.central == sum(n.central for n in numbers)
    assume(not whole.interval.low <= 0 <= whole.interval.high)
    assert 100 * values[0] / sum(values) in share(numbers[0], whole).interval
    assert values[0] / sum(values) in fold_change(whole, numbers[0]).interval


@given(a_number_and_what_it_stands_for(), st.integers(-50, 50))
def test_exact_numbers_mix_with_printed_ones_on_either_side(
    case: tuple[Printed, Fraction], n: int
) -> None:
    number, value = case
    assert n - value in (n - number).interval
    assert n * value in (n * number).interval
    assert (Decimal(n) + number).interval == (number + Fraction(n)).interval


def test_products_keep_the_ends_that_are_attained() -> None:
    assert Interval(0, 1, has_high=False) * Interval(-2, 3, False, False) == Interval(
        -2, 3, False, False
    )
    assert Interval(0, 0) * Interval(-2, 3, False, False) == Interval(0, 0)
    assert Interval(-2, -1, has_low=False) * Interval(3, 4) == Interval(-8, -3, has_low=False)
    assert Interval(0, 2) * Interval(1, 5, False, False) == Interval(0, 10, has_high=False)


def test_half_open_ends_are_carried() -> None:
    assert (Printed("9.5") + Printed("3.6")).interval == Interval(13, Decimal("13.2"), True, False)
    difference = (Printed("9.5") - Printed("3.6")).interval
    assert difference == Interval(Decimal("5.8"), 6, False, False)
    assert (1 / Printed("2")).interval == Interval(
        Fraction(2, 5), Fraction(2, 3), has_low=False, has_high=True
    )


@pytest.mark.parametrize("text", ["0", "0.0", "-0.00"])
def test_division_by_what_could_be_zero_is_an_error(text: str) -> None:
    with pytest.raises(ZeroDivisionError, match="holds or touches 0"):
        _ = 1 / Printed(text)
    with pytest.raises(ZeroDivisionError):
        share(Printed("1"), Printed(text))


def test_division_by_an_interval_that_only_touches_zero_is_an_error_too() -> None:
    with pytest.raises(ZeroDivisionError):
        _ = Interval(1, 1) / Interval(0, 1, has_low=False)


def test_a_float_is_refused() -> None:
    with pytest.raises(TypeError, match="pass Decimal"):
        exact(0.1)  # type: ignore[arg-type]


def test_an_empty_interval_is_refused() -> None:
    with pytest.raises(ValueError, match="no value lies in"):
        Interval(2, 1)
    with pytest.raises(ValueError, match="no value lies in"):
        Interval(1, 1, has_low=False)


def test_dependent_operands_give_a_wider_interval_never_a_narrower_one() -> None:
    part, rest = Printed("2"), Printed("6")
    wide = share(part, part + rest).interval
    narrow = (100 / (1 + rest / part)).interval
    assert wide.low < narrow.low < narrow.high < wide.high
    assert 100 * Fraction(3, 2) / (Fraction(3, 2) + Fraction(13, 2)) in wide


@pytest.mark.parametrize(
    ("claimed", "parts", "verdict"),
    [
        ("13.1", ["9.5", "3.6"], "holds"),
        ("13.0", ["9.5", "3.6"], "holds-rounded"),  # 9.45 + 3.55 = 13.00
        ("13.2", ["9.5", "3.6"], "holds-rounded"),  # 13.15 rounds to 13.2
        ("12.9", ["9.5", "3.6"], "differs"),
        ("13.3", ["9.5", "3.6"], "differs"),
        ("3395.4", ["2254.8", "1465.5"], "differs"),
        ("10.8", ["7.5", "3.2"], "holds-rounded"),  # 7.54 + 3.24 = 10.78
    ],
)
def test_the_rounding_rule(claimed: str, parts: list[str], verdict: str) -> None:
    found = total(map(Printed, parts))
    assert judge(Printed(claimed), found) == verdict


def test_half_is_rounded_up_away_from_zero() -> None:
    assert judge(Printed("2.7"), Decimal("2.65")) == "holds"
    assert judge(Printed("2.6"), Decimal("2.65")) == "differs"
    assert judge(Printed("-2.7"), Decimal("-2.65")) == "holds"


@given(printed_numbers(), a_number_and_what_it_stands_for(), a_number_and_what_it_stands_for())
def test_a_verdict_differs_only_if_no_choice_of_inputs_gives_the_claim(
    claimed: Printed,
    first: tuple[Printed, Fraction],
    second: tuple[Printed, Fraction],
) -> None:
    (a, x), (b, y) = first, second
    found = a + b
    verdict = judge(claimed, found)
    if round_half_up(x + y, claimed.digits) == claimed.value:
        assert verdict != "differs"
    own = Printed(f"{found.rounded(claimed.digits):.{claimed.digits}f}")
    assert judge(own, found) == "holds"


@given(st.decimals(-10_000, 10_000, places=4), st.integers(0, 3))
def test_every_number_is_rounded_as_decimals_are(value: Decimal, digits: int) -> None:
    rounded = value.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    for same in (value, Fraction(value), float(value)):
        assert round_half_up(same, digits) == rounded


def test_a_value_shows_itself() -> None:
    value = Value(Fraction(1, 3), Interval(0, Fraction(1, 2), has_high=False))
    assert (value.rounded(2), float(value), str(value.interval)) == (
        Decimal("0.33"),
        1 / 3,
        "[0, 0.5)",
    )


ends = st.integers(-3, 3)


@st.composite
def small_intervals(draw: st.DrawFn) -> Interval:
    low, high = sorted((draw(ends), draw(ends)))
    if low == high:
        return Interval(low, high)
    return Interval(low, high, draw(st.booleans()), draw(st.booleans()))


def members(interval: Interval) -> list[Fraction]:
    """Return values of an interval: a fine grid, so its ends where they belong to it."""
    low, high = Fraction(interval.low), Fraction(interval.high)
    grid = [low + (high - low) * Fraction(n, 12) for n in range(13)] if low < high else [low]
    inner = grid[(0 if interval.has_low else 1) : (None if interval.has_high else -1)]
    return sorted({*inner, *(Fraction(n) for n in range(-3, 4) if low < n < high)})


@given(small_intervals(), st.integers(-40, 40).map(lambda n: Fraction(n, 10)))
def test_a_value_lies_in_an_interval_between_its_ends(interval: Interval, value: Fraction) -> None:
    inside = interval.low < value < interval.high
    at_an_end = (value == interval.low and interval.has_low) or (
        value == interval.high and interval.has_high
    )

    assert (value in interval) == (inside or at_an_end)


def every_interval(*ends: int) -> list[Interval]:
    pairs = itertools.combinations(ends, 2)
    flags = list(itertools.product((True, False), repeat=2))
    return [Interval(end, end) for end in ends] + [
        Interval(low, high, *closed) for low, high in pairs for closed in flags
    ]


def test_intervals_meet_where_a_value_lies_in_both() -> None:
    for first, second in itertools.product(every_interval(0, 1, 2), repeat=2):
        halves = [Fraction(n, 2) for n in range(5)] + [Fraction(n, 4) for n in (1, 3, 5, 7)]
        common = [value for value in halves if value in first and value in second]
        assert first.meets(second) == bool(common), (first, second)


def test_ends_are_kept_as_exact_fractions() -> None:
    interval = Interval(Decimal("0.1"), 2)

    assert (type(interval.low), type(interval.high)) == (Fraction, Fraction)
    assert (interval.low, interval.high) == (Fraction(1, 10), 2)


def test_nothing_times_anything_is_nothing_in_either_order() -> None:
    anything, nothing = Interval(-2, 3, False, False), Interval(0, 0)

    assert anything * nothing == nothing * anything == nothing


@given(
    small_intervals(),
    small_intervals(),
    st.sampled_from([operator.add, operator.sub, operator.mul, operator.truediv]),
)
def test_an_end_of_a_result_belongs_to_it_exactly_if_some_inputs_give_it(
    first: Interval, second: Interval, operation: Callable[[Any, Any], Any]
) -> None:
    if operation is operator.truediv:
        assume(not second.low <= 0 <= second.high)
    found = operation(first, second)
    results = [operation(x, y) for x in members(first) for y in members(second)]

    assert all(result in found for result in results)
    assert found.has_low == (found.low in results)
    assert found.has_high == (found.high in results)
    closed = [
        operation(Fraction(x), Fraction(y))
        for x in (first.low, first.high)
        for y in (second.low, second.high)
    ]
    assert (found.low, found.high) == (min(closed), max(closed))


def test_an_interval_shows_its_ends() -> None:
    interval = Interval(Fraction(1, 3), 1_234_567, has_low=False)

    assert (str(interval), repr(interval)) == (
        "(0.3333333333, 1234567]",
        "Interval('(0.3333333333, 1234567]')",
    )
    assert str(Interval(1, 2, has_high=False)) == "[1, 2)"


def test_messages_name_what_was_given() -> None:
    with pytest.raises(ValueError, match=r"^no value lies in \[2, 1\]$"):
        Interval(2, 1)
    with pytest.raises(ValueError, match=r"^no value lies in \[1, 1\)$"):
        Interval(1, 1, has_high=False)
    with pytest.raises(ValueError, match=r"^no value lies in \(1, 1\)$"):
        Interval(1, 1, has_low=False, has_high=False)
    with pytest.raises(
        ZeroDivisionError, match=r"^division by \[0, 1\], which holds or touches 0$"
    ):
        _ = Interval(1, 2) / Interval(0, 1)
    with pytest.raises(ZeroDivisionError, match=r"^division by \[-1, 0\), which"):
        _ = Interval(1, 2) / Interval(-1, 0, has_high=False)
    with pytest.raises(ValueError, match=r"^'7,9' is not a printed number such as '7\.9'$"):
        Printed("7,9")
    with pytest.raises(TypeError, match=r"^0\.1 is a float; pass Decimal or the printed text$"):
        exact(0.1)  # type: ignore[arg-type]


def test_a_printed_number_keeps_its_text_and_its_decimals() -> None:
    number = Printed("−12.10")

    assert (number.text, number.digits, number.value) == ("−12.10", 2, Decimal("-12.10"))
    assert (number.central, Printed("+3").central) == (Fraction("-12.1"), 3)
    assert Printed("1.0") != Printed("1.00")


def test_no_values_add_up_to_exactly_nothing() -> None:
    assert total([]) == Value(Fraction(0), Interval(0, 0))


@given(st.lists(a_number_and_what_it_stands_for().map(lambda case: case[0]), max_size=5))
def test_a_total_is_the_sum_of_its_parts_one_by_one(numbers: list[Printed]) -> None:
    added = exact(0)
    for number in numbers:
        added = added + number

    assert total(numbers) == added


def test_measured_figures_are_the_decimals_that_they_are_written_as() -> None:
    assert measured(0.1) == Value(Fraction(1, 10), Interval(Decimal("0.1"), Decimal("0.1")))
    assert fold_change(2, 3).central == Fraction(3, 2)
    assert share(1, 8).central == Fraction(25, 2)
