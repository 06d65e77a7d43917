"""Judging: what a claim is, what evidence on it holds, and how a verdict is reached.

A verdict on a comparison of values carries their intervals: `holds` if it is true of the central
values, `holds-rounded` if it is true of some values in the intervals, else `differs`. A statement
about several comparisons is as good as the worst of them.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal, NamedTuple, cast

import pandas as pd

from borderbook import formatting
from borderbook.claims.intervals import Exact, Interval, Printed, Value, exact, judge
from borderbook.datapackage import resources
from helpers.regions import Group

Verdict = Literal["holds", "holds-rounded", "differs", "not-checkable"]
VERDICTS: tuple[Verdict, ...] = ("holds", "holds-rounded", "differs", "not-checkable")
"""From best to worst: what cannot be checked in one part cannot be checked as a whole."""

Series = Mapping[int, Value]
"""Values by year, all in one unit."""

_UNITS = {
    "%": " per cent",
    "trillion RUB": " trillion roubles",
    "billion USD": " billion US dollars",
    "million USD": " million US dollars",
    "rank": "",
    "ratio": "",
}


@dataclass(frozen=True)
class Claim:
    """One checkable statement of the paper, in our words: a row of the `claims` resource.

    Words of `statement` in braces are the paper's name of its own group of regions: see `of`.
    """

    id: str
    section: str
    paragraph: int
    sentence: int
    page: str
    kind: str
    statement: str
    printed: str
    unit: str
    reading: str
    threshold: float | None

    @property
    def in_paper(self) -> str:
        """The statement as the paper makes it, of its own group of regions."""
        return re.sub("[{}]", "", self.statement)

    @property
    def is_on_a_group(self) -> bool:
        """Whether the statement can be asked of another group of regions."""
        return "{" in self.statement

    def of(self, group: Group) -> str:
        """Return the statement with `group` named where the paper names its own.

        >>> claims()["creating-jobs"].of(Group("CN"))
        'Small enterprises in the six regions that border China are actively creating jobs.'
        >>> claims()["creating-jobs"].of(Group("KZ"))
        'Small enterprises in the twelve regions that border Kazakhstan are actively creating jobs.'
        """
        return re.sub(r"\{[^}]*\}", lambda _: group.called, self.statement)

    @property
    def line(self) -> Value:
        """The threshold as an exact value; ValueError if the claim has none."""
        if self.threshold is None:
            raise ValueError(f"claim {self.id} needs a threshold in data/claims.csv")
        return measured(self.threshold)

    @property
    def year(self) -> int:
        """The year at the end of the identifier."""
        return int(self.id.rsplit("-", 1)[1])


class Input(NamedTuple):
    """Rows that a finding rests on: the resource, which rows of it, and their values by label."""

    resource: str
    rows: str
    values: tuple[tuple[str, float | str], ...]


class Reading(NamedTuple):
    """A neighbouring reading of the statement and the verdict under it."""

    reading: str
    verdict: Verdict


@dataclass(frozen=True)
class Evidence:
    """What settles a claim: a verdict with its reason, and what both rest on.

    `computed` is a number in the claim's unit or a text; `printed` is given where a table of the
    paper, not the claim, holds the printed value.
    """

    verdict: Verdict
    reason: str
    computed: float | str | None = None
    interval: Interval | None = None
    formula: str = ""
    inputs: tuple[Input, ...] = ()
    readings: tuple[Reading, ...] = ()
    implies: str = ""
    printed: str = ""

    def because(self, reason: str) -> Evidence:
        """Return the evidence with a reason added at the end."""
        return replace(self, reason=" ".join(part for part in (self.reason, reason) if part))


@resources.remembered
def claims() -> dict[str, Claim]:
    """Return every claim by its identifier, in the order of the paper.

    >>> claims()["grp-share-2017"].printed
    '11'
    """
    rows = resources.load("claims").astype(object).to_dict("records")
    found = (Claim(**cast(Mapping[str, object], row)) for row in rows)  # type: ignore[arg-type]
    return {
        c.id: replace(c, threshold=None) if c.threshold is None or c.threshold != c.threshold else c
        for c in found
    }


def not_checkable(missing: str, implies: str = "", *inputs: Input) -> Evidence:
    """Return the evidence of a claim that the data cannot settle: what is missing, what follows."""
    return Evidence("not-checkable", f"Missing: {missing}.", implies=implies, inputs=inputs)


def measured(value: float) -> Value:
    """Return a figure of the data as an exact value: the decimal that it is written as.

    >>> measured(0.1).central
    Fraction(1, 10)
    """
    return exact(Decimal(repr(float(value))))


def figure(table: pd.DataFrame, row: int | str | tuple[int | str, ...], column: str) -> float:
    """Return one figure of a table; KeyError if it has no such row or column.

    >>> figure(pd.DataFrame({"RU": [91.5]}, index=[2017]), 2017, "RU")
    91.5
    """
    return float(cast(float, table.at[row, column]))


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
    return max(verdicts, key=VERDICTS.index)


def some(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the best of the verdicts: at least one part is asserted."""
    return min(verdicts, key=VERDICTS.index)


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
    said = f"{about} {asserted} in {_of_years(len(pairs) - len(failing), len(pairs))}"
    if failing:
        said += f"; there is no {asserted} from {formatting.listing(failing)}"
    return Evidence(
        test(series),
        f"{said} ({steps(series)}).",
        computed=listed(series),
        formula="each year's value less that of the year before",
    )


def against_printed(
    printed: str, computed: Value, unit: str, *, digits: int | None = None, what: str = "The data"
) -> Evidence:
    """Return the evidence on a printed number that the data give too, by the rounding rule.

    `digits` is how many decimals the reason shows, one more than printed unless given.
    """
    claimed = Printed(printed)
    verdict = judge(claimed, computed.central, computed.interval)
    shown = number(computed, claimed.digits + 1 if digits is None else digits)
    rounded = formatting.number(computed.rounded(claimed.digits), claimed.digits)
    paper = formatting.number(claimed.value, claimed.digits)
    agree = {
        "holds": f"which rounds to the printed {paper}",
        "holds-rounded": f"which rounds to {rounded}; the rounding of the inputs leaves room "
        f"for the printed {paper}",
        "differs": f"which rounds to {rounded}; the paper prints {paper}",
    }[verdict]
    return Evidence(
        verdict,
        f"{what} give {shown}{unit_words(unit)}, {agree}.",
        computed=round(float(computed), 6),
        interval=width(computed),
        printed=printed,
    )


def size(value: Value) -> Value:
    """Return a value without its sign, as that of its central value.

    >>> size(Printed("1.0") - Printed("1.4")).interval
    Interval('(0.3, 0.5)')
    """
    return value if value.central >= 0 else -1 * value


def width(value: Value) -> Interval | None:
    """Return the interval of a value, None if the value is exact."""
    return None if value.interval.low == value.interval.high else value.interval


def number(value: Value, digits: int, *, signed: bool = False) -> str:
    """Return a value as the book writes it.

    >>> number(Printed("2254.8"), 1)
    '2\u202f254.8'
    """
    return formatting.number(value.rounded(digits), digits, signed=signed)


def unit_words(unit: str) -> str:
    """Return a unit as it follows a number in a sentence.

    >>> unit_words("%"), unit_words("regions")
    (' per cent', ' regions')
    """
    return _UNITS.get(unit, f" {unit}" if unit else "")


def some_of(count: int, whole: int, noun: str) -> str:
    """Return how many of how many, in words.

    >>> some_of(7, 12, "region"), some_of(0, 12, "region")
    ('seven of twelve regions', 'none of twelve regions')
    >>> some_of(1, 1, "region"), some_of(0, 1, "region")
    ('the one region', 'no region')
    """
    if whole == 1:
        return f"the one {noun}" if count else f"no {noun}"
    counted = formatting.count(count) if count else "none"
    return f"{counted} of {formatting.count(whole)} {noun}s"


def pairs(
    values: Mapping[int, float | str] | Mapping[str, float | str],
) -> tuple[tuple[str, float | str], ...]:
    """Return labelled values as an Input holds them.

    >>> pairs({2017: 12.29})
    (('2017', 12.29),)
    """
    return tuple((str(label), value) for label, value in values.items())


def readings(pairs: Sequence[tuple[str, Verdict]]) -> tuple[Reading, ...]:
    """Return neighbouring readings from pairs of text and verdict."""
    return tuple(Reading(*pair) for pair in pairs)


def _of_years(count: int, whole: int) -> str:
    if whole == 1:
        return "that year" if count else "no year"
    return "every year" if count == whole else some_of(count, whole, "year")
