"""Printed numbers: what a number in print can stand for, and what follows from several of them.

A number printed with `d` decimals stands for every value that rounds to it, half up: 7.9 stands for
[7.85, 7.95). Arithmetic carries two things side by side: the *central* value, from the numbers as
printed, and the *interval* of all results that values behind the print could give. Both are exact
(rational numbers; decimals are read from text), so that no rounding of ours enters a verdict.

Two checks of printed statistics gave the ideas. GRIM (Brown and Heathers 2017, Social Psychological
and Personality Science 8) reads numbers as text, since a trailing zero is precision, and asks
whether any true value could have been printed so. statcheck (Nuijten et al. 2016, Behavior Research
Methods 48) recomputes a result from the printed inputs, grants them their rounding, and tells a
result that is off from one that changes the conclusion. GRIM's own test, of means of whole numbers,
has no force here: a share of thousands of enterprises can take every value of two decimals.

Operands count as independent. Where one number occurs twice the interval is wider than need be,
never too narrow: `share(part, part + rest)` contains the true share, but
`100 / (1 + rest / part)`, in which each occurs once, gives the narrowest interval.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from borderbook.formatting import round_half_up

Exact = int | Decimal | Fraction

_NUMBER = re.compile(r"[+\-−]?\d+(?:\.(\d+))?", re.ASCII)


@dataclass(frozen=True)
class Interval:
    """All values from `low` to `high`; an end belongs to it or not (`has_low`, `has_high`).

    >>> Interval(1, 2, has_high=False) + Interval(10, 20)
    Interval('[11, 22)')
    >>> Interval(1, 2) / Interval(-1, 1)
    Traceback (most recent call last):
    ZeroDivisionError: division by [-1, 1], which holds or touches 0
    """

    low: Exact
    high: Exact
    has_low: bool = True
    has_high: bool = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "low", Fraction(self.low))
        object.__setattr__(self, "high", Fraction(self.high))
        if not self._lower <= self._upper:
            raise ValueError(f"no value lies in {self}")

    def __contains__(self, value: Exact) -> bool:
        return self._lower <= (Fraction(value), 0) <= self._upper

    def meets(self, other: Interval) -> bool:
        """Whether some value lies in both.

        >>> Printed("7.9").interval.meets(Printed("8.0").interval)
        False
        """
        return max(self._lower, other._lower) <= min(self._upper, other._upper)

    def __add__(self, other: Interval) -> Interval:
        return Interval(
            Fraction(self.low) + Fraction(other.low),
            Fraction(self.high) + Fraction(other.high),
            self.has_low and other.has_low,
            self.has_high and other.has_high,
        )

    def __neg__(self) -> Interval:
        return Interval(-self.high, -self.low, self.has_high, self.has_low)

    def __sub__(self, other: Interval) -> Interval:
        return self + -other

    def __mul__(self, other: Interval) -> Interval:
        """Return all products: the extremes lie at corners, and a 0 that is held gives 0."""
        corners = [
            (a * b, (in_a and in_b) or (in_a and a == 0) or (in_b and b == 0))
            for a, in_a in self._ends
            for b, in_b in other._ends
        ]
        low, high = min(value for value, _ in corners), max(value for value, _ in corners)
        return Interval(low, high, (low, True) in corners, (high, True) in corners)

    def __truediv__(self, other: Interval) -> Interval:
        """Return all quotients; ZeroDivisionError if the divisor holds or touches 0."""
        if other.low <= 0 <= other.high:
            raise ZeroDivisionError(f"division by {other}, which holds or touches 0")
        turned = Interval(
            1 / Fraction(other.high), 1 / Fraction(other.low), other.has_high, other.has_low
        )
        return self * turned

    def __str__(self) -> str:
        opening, closing = "[" if self.has_low else "(", "]" if self.has_high else ")"
        return f"{opening}{float(self.low):.10g}, {float(self.high):.10g}{closing}"

    def __repr__(self) -> str:
        return f"Interval('{self}')"

    @property
    def _ends(self) -> tuple[tuple[Fraction, bool], tuple[Fraction, bool]]:
        return (Fraction(self.low), self.has_low), (Fraction(self.high), self.has_high)

    # Ends that compare as the values at them: an open one lies a step further in.

    @property
    def _lower(self) -> tuple[Fraction, int]:
        return Fraction(self.low), 0 if self.has_low else 1

    @property
    def _upper(self) -> tuple[Fraction, int]:
        return Fraction(self.high), 0 if self.has_high else -1


def _operators(
    operation: Callable[[Any, Any], Any],
) -> tuple[Callable[[Value, Value | Exact], Value], Callable[[Value, Exact], Value]]:
    """Return an operation of a value with another, and with an exact number that stands first."""

    def combine(first: Value | Exact, second: Value | Exact) -> Value:
        a, b = exact(first), exact(second)
        interval = operation(a.interval, b.interval)
        return Value(operation(a.central, b.central), interval)

    return combine, lambda second, first: combine(first, second)


@dataclass(frozen=True)
class Value:
    """A value that follows from printed numbers: `central` as printed, `interval` as possible.

    + - * / take another Value or an exact number (int, Decimal, Fraction; a float is refused).

    >>> turnover = Printed("9.5") + Printed("3.6")
    >>> turnover.rounded(1), turnover.interval
    (Decimal('13.1'), Interval('[13, 13.2)'))
    """

    central: Fraction
    interval: Interval

    def rounded(self, digits: int) -> Decimal:
        """Return the central value, rounded half up to `digits` decimals."""
        return round_half_up(self.central, digits)

    def __float__(self) -> float:
        """Return the central value as a float, for charts and tables."""
        return float(self.central)

    __add__, __radd__ = _operators(operator.add)
    __sub__, __rsub__ = _operators(operator.sub)
    __mul__, __rmul__ = _operators(operator.mul)
    __truediv__, __rtruediv__ = _operators(operator.truediv)


@dataclass(frozen=True, init=False)
class Printed(Value):
    """A number as printed: `text`, its decimals `digits`, and what it can stand for.

    Half up means away from zero, as in `formatting`: a negative number mirrors the positive one,
    and 0.0 stands for what lies strictly between its neighbours' halves. ValueError if `text` is
    not a plain decimal number.

    >>> Printed("7.9").interval, Printed("12.10").digits, Printed("-2").interval
    (Interval('[7.85, 7.95)'), 2, Interval('(-2.5, -1.5]'))
    """

    text: str
    digits: int = field(compare=False)

    def __init__(self, text: str) -> None:
        matched = _NUMBER.fullmatch(text)
        if not matched:
            raise ValueError(f"{text!r} is not a printed number such as '7.9'")
        digits = len(matched[1] or "")
        value = Fraction(text.replace("−", "-"))
        half = Fraction(1, 2 * 10**digits)
        interval = Interval(value - half, value + half, has_low=value > 0, has_high=value < 0)
        for name, content in (
            ("central", value), ("interval", interval), ("text", text), ("digits", digits),
        ):  # fmt: skip
            object.__setattr__(self, name, content)

    @property
    def value(self) -> Decimal:
        """The number as printed."""
        return self.rounded(self.digits)


def total(values: Iterable[Value | Exact]) -> Value:
    """Return the sum.

    >>> total(Printed(text) for text in ("13.1", "17.5", "10.7")).rounded(1)
    Decimal('41.3')
    """
    parts = [exact(value) for value in values]
    ends = [part.interval for part in parts]
    interval = Interval(
        sum((Fraction(end.low) for end in ends), Fraction(0)),
        sum((Fraction(end.high) for end in ends), Fraction(0)),
        all(end.has_low for end in ends),
        all(end.has_high for end in ends),
    )
    return Value(sum((part.central for part in parts), Fraction(0)), interval)


def share(part: Value | Exact, whole: Value | Exact) -> Value:
    """Return 100 × part / whole, per cent; ZeroDivisionError if the whole could be 0.

    The two count as independent: see the module's note for a part that is summed into the whole.

    >>> share(Printed("3395.4"), 1000 * Printed("13.1")).rounded(1)
    Decimal('25.9')
    """
    return 100 * exact(part) / whole


def fold_change(first: Value | Exact, last: Value | Exact) -> Value:
    """Return last / first, a ratio: 2 is a doubling; ZeroDivisionError if `first` could be 0.

    >>> fold_change(Printed("2"), Printed("3")).interval
    Interval('(1, 2.333333333)')
    """
    return exact(last) / first


def exact(number: Value | Exact) -> Value:
    """Return an exact number as a Value whose interval is that one point; a Value as it is.

    Raises TypeError for a float, which is not the decimal it is written as: use Decimal.
    """
    if isinstance(number, Value):
        return number
    if isinstance(number, float):
        raise TypeError(f"{number!r} is a float; pass Decimal or the printed text")
    return Value(Fraction(number), Interval(number, number))


def measured(value: float) -> Value:
    """Return a figure of the data as an exact value: the decimal that it is written as.

    >>> measured(0.1).central
    Fraction(1, 10)
    """
    return exact(Decimal(repr(float(value))))
