"""Numbers and lists in words: every word by hand, every number by an oracle of its own."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from borderbook import formatting

WORDS = [
    "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
    "twenty",
]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "digits", "signed", "text"),
    [
        (0, 0, False, "0"),
        (0, 0, True, "0"),
        (0.4, 0, True, "0"),
        (-0.4, 0, True, "0"),
        (0.5, 0, True, "+1"),
        (-0.5, 0, False, "−1"),
        (0.25, 1, False, "0.3"),
        (0.25, 1, True, "+0.3"),
        (-0.25, 1, True, "−0.3"),
        (1, 0, True, "+1"),
        (-1, 0, True, "−1"),
        (999.995, 2, False, "1\u202f000.00"),
        (-1234567.891, 2, False, "−1\u202f234\u202f567.89"),
        (Decimal("2.50"), 0, False, "3"),
        (None, 2, False, "–"),
        (math.nan, 2, True, "–"),
        (Decimal("nan"), 0, False, "–"),
    ],
)
def test_a_number_as_the_book_writes_it(
    value: float | Decimal | None, digits: int, signed: bool, text: str
) -> None:
    assert formatting.number(value, digits, signed=signed) == text


def test_a_number_is_whole_and_without_a_plus_unless_asked_otherwise() -> None:
    assert formatting.number(12.6) == "13"


@given(st.decimals(-(10**9), 10**9, places=5), st.integers(0, 4), st.booleans())
def test_a_number_is_what_decimal_arithmetic_makes_of_it(
    value: Decimal, digits: int, signed: bool
) -> None:
    rounded = value.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    whole, _, decimals = f"{abs(rounded):.{digits}f}".partition(".")
    groups = []
    while whole:
        whole, group = whole[:-3], whole[-3:]
        groups.insert(0, group)
    text = "\u202f".join(groups) + (f".{decimals}" if digits else "")
    sign = "−" if rounded < 0 else "+" if rounded > 0 and signed else ""

    assert formatting.number(value, digits, signed=signed) == sign + text


@pytest.mark.parametrize(
    ("value", "digits", "rounded"),
    [
        (2.675, 2, "2.68"),
        (-2.675, 2, "-2.68"),
        (1.005, 2, "1.01"),
        (0.5, 0, "1"),
        (-0.5, 0, "-1"),
        (0.49999999999999994, 0, "0"),
        (Fraction(1, 3), 3, "0.333"),
        (Fraction(-1, 2), 0, "-1"),
        (np.float64(0.125), 2, "0.13"),
        (np.float32(0.5), 0, "1"),
        (np.int64(7), 1, "7.0"),
    ],
)
def test_half_is_rounded_away_from_zero_as_the_number_is_written(
    value: float | Fraction, digits: int, rounded: str
) -> None:
    found = formatting.round_half_up(value, digits)

    assert str(found) == rounded


@given(st.fractions(-1000, 1000), st.integers(0, 5))
def test_a_rounded_value_is_the_nearest_of_its_grid(value: Fraction, digits: int) -> None:
    found = Fraction(formatting.round_half_up(value, digits))

    assert (found * 10**digits).denominator == 1
    assert abs(found - value) <= Fraction(1, 2 * 10**digits)


def test_whole_numbers_are_words_up_to_twenty() -> None:
    assert [formatting.count(value) for value in range(21)] == WORDS
    assert formatting.count(21) == "21"
    assert formatting.count(12345) == "12\u202f345"
    assert formatting.count(-1) == "−1"


def test_words_go_with_their_number() -> None:
    assert [formatting.plural(n, "mill") for n in (0, 1, 2)] == ["mills", "mill", "mills"]
    assert [formatting.plural(n, "was", "were") for n in (0, 1, 2)] == ["were", "was", "were"]
    assert formatting.counted(1, "mill") == "one mill"
    assert formatting.counted(2, "bakery", "bakeries") == "two bakeries"
    assert formatting.counted(0, "mill") == "no mills"


@pytest.mark.parametrize(
    ("value", "whole", "text"),
    [
        (3, 3, "all three mills"),
        (2, 2, "both mills"),
        (2, 3, "two of the three mills"),
        (0, 3, "none of the three mills"),
        (1, 2, "one of the two mills"),
    ],
)
def test_a_count_out_of_a_whole(value: int, whole: int, text: str) -> None:
    assert formatting.counted_of(value, whole, "mills") == text


def test_lists_in_words() -> None:
    assert formatting.listing([]) == ""
    assert formatting.listing(["rye"]) == "rye"
    assert formatting.listing(["rye", "oats"]) == "rye and oats"
    assert formatting.listing(["rye", "oats", "spelt", "wheat"]) == "rye, oats, spelt and wheat"


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ([], ""),
        ([2010], "2010"),
        ([2011, 2010], "2010–2011"),
        ([2010, 2012], "2010, 2012"),
        ([2015, 2011, 2010, 2012, 2018, 2017], "2010–2012, 2015, 2017–2018"),
    ],
)
def test_years_as_ranges(values: list[int], text: str) -> None:
    assert formatting.years(values) == text


@given(st.sets(st.integers(1990, 2030)))
def test_ranges_of_years_say_exactly_the_years(values: set[int]) -> None:
    said: list[int] = []
    for run in filter(None, formatting.years(sorted(values)).split(", ")):
        first, _, last = run.partition("–")
        said += range(int(first), int(last or first) + 1)

    assert said == sorted(values)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("7", "7"),
        ("+7.50", "7.50"),
        ("-7.5", "-7.5"),
        ("−7.5", "-7.5"),
        (" 1\u202f234.5 ", "1234.5"),
        ("1\u00a0234", "1234"),
        ("1\u2007234", "1234"),
        ("1\u2008234", "1234"),
        ("1 234", None),
        ("1,234", None),
        ("7.", None),
        (".5", None),
        ("7.5.1", None),
        ("12.5 %", None),
        ("x7", None),
        ("٣", None),
        ("", None),
        ("–", None),
    ],
)
def test_a_text_is_a_number_as_the_book_writes_it_or_none(text: str, value: str | None) -> None:
    found = formatting.read_number(text)

    assert (found is None) if value is None else (str(found) == value)


@given(st.decimals(-(10**7), 10**7, places=3), st.integers(0, 3))
def test_what_is_written_is_read_back(value: Decimal, digits: int) -> None:
    written = formatting.number(value, digits)

    assert formatting.read_number(written) == formatting.round_half_up(value, digits)


@pytest.mark.parametrize(
    ("values", "digits", "phrase"),
    [
        ({2011: 12, 2012: 11.5}, 1, "fell from 12.0 % in 2011 to 11.5 % in 2012"),
        ({2012: 12, 2011: 11.5}, 1, "rose from 11.5 % in 2011 to 12.0 % in 2012"),
        ({2011: 3, 2012: 3.01}, 1, "was 3.0 % in every year from 2011 to 2012"),
        ({2011: 3, 2012: 3.01}, 2, "rose from 3.00 % in 2011 to 3.01 % in 2012"),
        ({2011: 3}, 1, "was 3.0 % in 2011"),
        ({2011: 3, 2012: 2, 2013: 1}, 0, "fell in every year, from 3 % in 2011 to 1 % in 2013"),
        (
            {2011: 2, 2012: 2, 2013: 1},
            0,
            "moved between 1 % (2013) and 2 % (2011) from 2011 to 2013",
        ),
        (
            {2011: 2.9, 2012: 3.25, 2013: 2.66, 2014: 2.9},
            2,
            "moved between 2.66 % (2013) and 3.25 % (2012) from 2011 to 2014, with 2.90 % in 2011 "
            "and 2.90 % in 2014",
        ),
        (
            {2011: 12, 2012: 10.9, 2013: 11},
            1,
            "moved between 10.9 % (2012) and 12.0 % (2011) from 2011 to 2013, with 11.0 % in 2013",
        ),
        (
            {2011: 11, 2012: 12, 2013: 10.9},
            1,
            "moved between 10.9 % (2013) and 12.0 % (2012) from 2011 to 2013, with 11.0 % in 2011",
        ),
    ],
)
def test_a_course_is_told_year_by_year(values: dict[int, float], digits: int, phrase: str) -> None:
    assert formatting.course(values, digits, "%") == phrase


def test_a_number_beside_a_line_is_told_from_it() -> None:
    assert formatting.apart(0.998088, 1, 2) == "0.998"
    assert formatting.apart(0.0961, 0.0957, 3) == "0.0961"
    assert formatting.apart(1.0, 1, 2) == "1.00"
    assert formatting.apart(0.92, 1, 2) == "0.92"
