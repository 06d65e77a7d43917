"""How a verdict is reached from values with intervals."""

from __future__ import annotations

from decimal import Decimal

import pytest

from borderbook.claims.checks import above, at_most, every, falls, rises, smallest, spread, trend
from borderbook.claims.intervals import Interval, Printed


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
