"""Checks: how a verdict is reached from values with their intervals, and said in words.

A verdict on a comparison of values carries their intervals: `holds` if it is true of the central
values, `holds-rounded` if it is true of some values in the intervals, else `differs`. A statement
about several comparisons is as good as the worst of them.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal

import pandas as pd

from borderbook import book, formatting
from borderbook.claims.intervals import Exact, Interval, Printed, Value, exact
from borderbook.claims.model import VERDICTS, Claim, Evidence, Input, Verdict, figure

Series = Mapping[int, Value]
"""Values by year, all in one unit."""

_UNITS = {"%": "per cent", "rank": "", "ratio": ""}
"""Units in words, where a unit is no word itself; the setting `units` names a book's own."""


def not_checkable(missing: str, implies: str = "", *inputs: Input) -> Evidence:
    """Return the evidence of a claim that the data cannot settle: what is missing, what follows."""
    return Evidence("not-checkable", f"Missing: {missing}.", implies=implies, inputs=inputs)


def judge(claimed: Printed, value: Value | Exact) -> Verdict:
    """Return the verdict on a printed number that claims to follow from others.

    `holds`: the central value, rounded half up to the printed digits, is the number.
    `holds-rounded`: it is not, but some value of the interval gives it. Else `differs`.

    >>> value = Printed("0.5") + Printed("0.5")
    >>> [judge(Printed(text), value) for text in ("1.0", "1.1", "1.2")]
    ['holds', 'holds-rounded', 'differs']
    """
    computed = exact(value)
    if computed.rounded(claimed.digits) == claimed.value:
        return "holds"
    return "holds-rounded" if computed.interval.meets(claimed.interval) else "differs"


def judged(claim: Claim) -> Callable[[Value], Verdict]:
    """Return the test of a value against the number that the claim prints."""
    printed = Printed(claim.printed)
    return lambda value: judge(printed, value)


def above(first: Value | Exact, second: Value | Exact) -> Verdict:
    """Return the verdict on `first` > `second`.

    >>> above(Printed("1.0"), Printed("0.9")), above(Printed("0.9"), Printed("1.0"))
    ('holds', 'differs')
    >>> above(Printed("1.0"), Printed("1.0"))
    'holds-rounded'
    """
    difference = exact(first) - second
    if difference.central > 0:
        return "holds"
    return "holds-rounded" if difference.interval.high > 0 else "differs"


def at_most(first: Value | Exact, second: Value | Exact) -> Verdict:
    """Return the verdict on `first` <= `second`.

    >>> at_most(Printed("1.0"), Printed("1.0")), at_most(2, 1)
    ('holds', 'differs')
    """
    difference = exact(first) - second
    if difference.central <= 0:
        return "holds"
    low = difference.interval.low
    possible = low < 0 or (low == 0 and difference.interval.has_low)
    return "holds-rounded" if possible else "differs"


def true(condition: bool) -> Verdict:
    """Return the verdict on a statement without rounding.

    >>> true(3 > 2)
    'holds'
    """
    return "holds" if condition else "differs"


def every(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the worst of the verdicts: a statement of several parts is as good as that part.

    >>> every(["holds", "differs", "holds-rounded"])
    'differs'
    """
    return max(verdicts, key=list(VERDICTS).index)


def some(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the best of the verdicts: at least one part is asserted."""
    return min(verdicts, key=list(VERDICTS).index)


def within(value: Value, middle: Exact | Value, distance: Exact | Value) -> Verdict:
    """Return the verdict on a value that is at most `distance` from `middle`.

    >>> within(Printed("25.8"), 25, 1), within(Printed("26.0"), 25, 1), within(Printed("7"), 5, 1)
    ('holds', 'holds', 'differs')
    """
    gap = value - middle
    return every((at_most(gap, distance), at_most(-1 * gap, distance)))


def in_band(value: Value, band: Interval) -> Verdict:
    """Return the verdict on a value that lies in a band.

    >>> in_band(Printed("16.4"), Interval(16, 17)), in_band(Printed("18"), Interval(16, 17))
    ('holds', 'differs')
    """
    if value.central in band:
        return "holds"
    return "holds-rounded" if value.interval.meets(band) else "differs"


def band(claim: Claim) -> Interval:
    """Return the values that round to the ends of the band that the claim prints, or between them.

    >>> band(Claim("x", "loaves", "About a sixth.", printed="16-17"))
    Interval('[15.5, 17.5)')
    """
    low, high = (Printed(end).interval for end in claim.printed.split("-"))
    return Interval(low.low, high.high, has_high=False)


def rises(series: Series) -> Verdict:
    """Return the verdict on a rise in every year.

    >>> rises({2011: Printed("1.2"), 2012: Printed("1.3"), 2013: Printed("1.3")})
    'holds-rounded'
    """
    return every(above(series[b], series[a]) for a, b in itertools.pairwise(sorted(series)))


def falls(series: Series) -> Verdict:
    """Return the verdict on a fall in every year."""
    return every(above(series[a], series[b]) for a, b in itertools.pairwise(sorted(series)))


def smallest(series: Series, year: int) -> Verdict:
    """Return the verdict on `year` having the smallest value of all."""
    return every(above(value, series[year]) for y, value in series.items() if y != year)


def spread(series: Series) -> Value:
    """Return the largest less the smallest value, with every spread that rounding allows.

    >>> spread({2011: Printed("1.0"), 2012: Printed("1.4"), 2013: Printed("1.2")}).interval
    Interval('(0.3, 0.5)')
    """
    gaps = [a - b for a, b in itertools.permutations(series.values(), 2)] or [exact(0)]
    widest = max(gaps, key=lambda gap: (gap.central, gap.interval.high))
    low = max((g.interval for g in gaps), key=lambda i: (i.low, not i.has_low))
    high = max((g.interval for g in gaps), key=lambda i: (i.high, i.has_high))
    return Value(widest.central, Interval(low.low, high.high, low.has_low, high.has_high))


def steps(series: Series, digits: int = 2) -> str:
    """Return every year's change in words.

    >>> steps({2011: Printed("12.75"), 2012: Printed("13.58")})
    '2011 to 2012: +0.83'
    """
    return "; ".join(
        f"{a} to {b}: {number(series[b] - series[a], digits, signed=True)}"
        for a, b in itertools.pairwise(sorted(series))
    )


def listed(series: Series, digits: int = 2) -> str:
    """Return the values in the order of the years, as a text.

    >>> listed({2012: Printed("13.58"), 2011: Printed("12.75")})
    '2011: 12.75; 2012: 13.58'
    """
    return "; ".join(f"{year}: {number(series[year], digits)}" for year in sorted(series))


def trend(series: Series, asserted: Literal["rise", "fall"], about: str) -> Evidence:
    """Return the evidence on a rise or fall, each asserted step checked.

    `about` says what the values are, as the start of a sentence in the plural.

    >>> values = {2011: Printed("12.7"), 2012: Printed("13.5"), 2013: Printed("13.1")}
    >>> trend(values, "rise", "The printed shares").reason.split(" (")[0]
    'The printed shares rise in one of two years; there is no rise from 2012 to 2013'
    """
    test = {"rise": rises, "fall": falls}[asserted]
    pairs = list(itertools.pairwise(sorted(series)))
    failing = [f"{a} to {b}" for a, b in pairs if test({a: series[a], b: series[b]}) == "differs"]
    summary = f"{about} {asserted} in {_of_years(len(pairs) - len(failing), len(pairs))}"
    if failing:
        summary += f"; there is no {asserted} from {formatting.listing(failing)}"
    return Evidence(
        test(series),
        f"{summary} ({steps(series)}).",
        computed=listed(series),
        formula="each year's value less that of the year before",
    )


def against(
    claim: Claim,
    computed: Value,
    *,
    printed: str | None = None,
    digits: int | None = None,
    what: str = "The data",
) -> Evidence:
    """Return the evidence on a printed number that the data give too, by the rounding rule.

    It is the claim's own unless a table of the text holds it: `printed`. `digits` is how many
    decimals the reason shows, one more than printed unless given.

    >>> claim = Claim("rye-share", "loaves", "Rye is 7.9 per cent.", printed="7.9", unit="%")
    >>> against(claim, Printed("7.92"), what="The books").reason
    'The books give 7.92 per cent, which rounds to the printed 7.9.'
    """
    claimed = Printed(claim.printed if printed is None else printed)
    verdict = judge(claimed, computed)
    shown = number(computed, claimed.digits + 1 if digits is None else digits)
    rounded, paper = number(computed, claimed.digits), number(claimed, claimed.digits)
    agree = {
        "holds": f"which rounds to the printed {paper}",
        "holds-rounded": f"which rounds to {rounded}; the rounding of the inputs leaves room "
        f"for the printed {paper}",
        "differs": f"which rounds to {rounded}; {book.work()} prints {paper}",
    }[verdict]
    return Evidence(
        verdict,
        f"{what} give {shown}{unit_words(claim.unit)}, {agree}.",
        computed=approximate(computed),
        printed=claimed.text,
    )


def size(value: Value) -> Value:
    """Return a value without its sign, as that of its central value.

    >>> size(Printed("1.0") - Printed("1.4")).interval
    Interval('(0.3, 0.5)')
    """
    return value if value.central >= 0 else -1 * value


def approximate(value: Value) -> float:
    """Return the central value to six decimals, as records have it."""
    return round(float(value), 6)


def number(value: Value, digits: int, *, signed: bool = False) -> str:
    """Return a value as the book writes it.

    >>> number(Printed("2254.8"), 1)
    '2\u202f254.8'
    """
    return formatting.number(value.rounded(digits), digits, signed=signed)


def unit_words(unit: str) -> str:
    """Return a unit as it follows a number in a sentence.

    >>> unit_words("%"), unit_words("loaves")
    (' per cent', ' loaves')
    """
    words = {**_UNITS, **book.setting("units", {})}.get(unit, unit)
    return f" {words}" if words else ""


def some_of(count: int, whole: int, noun: str) -> str:
    """Return how many of how many, in words.

    >>> some_of(7, 12, "mill"), some_of(0, 12, "mill")
    ('seven of twelve mills', 'none of twelve mills')
    >>> some_of(1, 1, "mill"), some_of(0, 1, "mill")
    ('the one mill', 'no mill')
    """
    if whole == 1:
        return f"the one {noun}" if count else f"no {noun}"
    counted = formatting.count(count) if count else "none"
    return f"{counted} of {formatting.count(whole)} {noun}s"


def basis(resource: str, rows: str, values: Mapping[Any, Value | float | str]) -> Input:
    """Return values that a verdict rests on, by label: those printed as they are, else numbers.

    >>> basis("loaves", "rye", {2017: Printed("9.50"), 2018: exact(9)}).values
    (('2017', '9.50'), ('2018', 9.0))
    """
    return Input(resource, rows, tuple((str(label), _plain(v)) for label, v in values.items()))


def rows(
    resource: str, what: str, table: pd.DataFrame, year: int | str, names: Iterable[str]
) -> Input:
    """Return the figures of one row of a table as an input: those of the columns named.

    >>> rows("loaves", "2017", pd.DataFrame({"rye": [9.5]}, index=[2017]), 2017, ["rye"]).values
    (('rye', 9.5),)
    """
    return basis(resource, what, {name: figure(table, year, name) for name in names})


def readings(
    values: Mapping[str, Value],
    digits: int,
    unit: str,
    test: Callable[[Value], Verdict],
) -> dict[str, Verdict]:
    """Return the verdict on each value by a reading: its label, the value, its unit in words.

    >>> readings({"rye": Printed("7.9")}, 1, "%", lambda value: above(value, 5))
    {'rye: 7.9 per cent': 'holds'}
    """
    words = unit_words(unit)
    return {
        f"{label}: {number(value, digits)}{words}": test(value) for label, value in values.items()
    }


def _plain(value: Value | float | str) -> float | str:
    if isinstance(value, Printed):
        return value.text
    return float(value) if isinstance(value, Value) else value


def _of_years(count: int, whole: int) -> str:
    if whole == 1:
        return "that year" if count else "no year"
    return "every year" if count == whole else some_of(count, whole, "year")
