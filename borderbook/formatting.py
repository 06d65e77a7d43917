"""Numbers and lists in words: how the book writes what it computes."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

THIN_SPACE = "\u202f"
MINUS = "\u2212"
MISSING = "\u2013"

# How a formula begins, in the full width of East Asian characters too.
_COMPUTED = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_HARMLESS = re.compile(r"[+-](?:\d+(?:\.\d*)?(?:[eE][+-]?\d+)?%?)?")

_COUNTS = (
    *("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen"),
    *("eighteen", "nineteen", "twenty"),
)


def number(value: float | Decimal | None, digits: int = 0, *, signed: bool = False) -> str:
    """Return `value` rounded half up to `digits` decimals, thin spaces, a true minus.

    A missing value (None or NaN) is a dash. `signed` puts a plus before what is above zero.

    >>> number(-1234.565, 2), number(0.25, 1, signed=True), number(None)
    ('−1\u202f234.57', '+0.3', '–')
    """
    if value is None or math.isnan(value):
        return MISSING
    rounded = round_half_up(value, digits)
    sign = MINUS if rounded < 0 else "+" if signed and rounded > 0 else ""
    return sign + f"{abs(rounded):,.{digits}f}".replace(",", THIN_SPACE)


def round_half_up(value: float | Decimal | Fraction, digits: int) -> Decimal:
    """Return `value` rounded half up (away from zero) to `digits` decimals, as an exact decimal.

    A float is read by its shortest decimal form, so that 2.675 is what is written, not the
    nearest binary fraction below it.

    >>> round_half_up(2.675, 2), round_half_up(Fraction(2, 3), 2), round_half_up(-0.25, 1)
    (Decimal('2.68'), Decimal('0.67'), Decimal('-0.3'))
    """
    known = isinstance(value, int | Decimal | Fraction)
    exact = Fraction(value if known else Decimal(repr(float(value))))  # also NumPy's numbers
    scaled = abs(exact) * 10**digits
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Decimal(whole if exact >= 0 else -whole).scaleb(-digits)


def count(value: int) -> str:
    """Return a whole number as a word up to twenty, in figures above.

    >>> count(12), count(27)
    ('twelve', '27')
    """
    return _COUNTS[value] if 0 <= value < len(_COUNTS) else number(value)


def plural(value: int, one: str, many: str | None = None) -> str:
    """Return the form of a word that goes with a number; without `many` it ends in s.

    >>> plural(2, "region"), plural(1, "was", "were")
    ('regions', 'was')
    """
    return one if value == 1 else f"{one}s" if many is None else many


def counted(value: int, one: str, many: str | None = None) -> str:
    """Return a count with its noun.

    >>> counted(1, "country", "countries"), counted(12, "region")
    ('one country', 'twelve regions')
    """
    return f"{count(value)} {plural(value, one, many)}"


def counted_of(value: int, whole: int, nouns: str) -> str:
    """Return a count out of a whole.

    >>> counted_of(7, 12, "regions"), counted_of(0, 12, "regions"), counted_of(2, 2, "regions")
    ('seven of the twelve regions', 'none of the twelve regions', 'both regions')
    """
    if value == whole:
        return f"all {count(whole)} {nouns}" if whole > 2 else f"both {nouns}"
    return f"{count(value) if value else 'none'} of the {count(whole)} {nouns}"


def capitalized(text: str) -> str:
    """Return a text with a capital first letter; the others stay as they are.

    >>> capitalized("the USA")
    'The USA'
    """
    return text[:1].upper() + text[1:]


def listing(items: Sequence[str]) -> str:
    """Return the items as one phrase.

    >>> listing(["a", "b", "c"])
    'a, b and c'
    """
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


def years(values: Sequence[int]) -> str:
    """Return years as ranges.

    >>> years([2010, 2011, 2012, 2015])
    '2010–2012, 2015'
    """
    runs: list[list[int]] = []
    for year in sorted(values):
        if runs and year == runs[-1][-1] + 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    return ", ".join(f"{run[0]}–{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)


def read_number(text: str) -> Decimal | None:
    """Return the number that a text is, as `number` writes them; None if it is anything else.

    >>> read_number("−1\u202f234.50"), read_number("12.5 %")
    (Decimal('-1234.50'), None)
    """
    plain = re.sub("[\u00a0\u2007\u2008\u202f]", "", text.strip()).replace(MINUS, "-")
    return Decimal(plain) if re.fullmatch(r"[+-]?\d+(?:\.\d+)?", plain, re.ASCII) else None


def moved(first: float, last: float, digits: int = 2) -> str:
    """Return the verb for a change as it shows at `digits` decimals.

    >>> moved(15.5, 15.501), moved(12, 11)
    ('stayed the same', 'fell')
    """
    before, after = round_half_up(first, digits), round_half_up(last, digits)
    return "rose" if after > before else "fell" if after < before else "stayed the same"


def moved_from(first: float, last: float, digits: int, unit: str) -> str:
    """Return a change with both its ends, as they show at `digits` decimals.

    >>> moved_from(12, 11.5, 1, "%"), moved_from(3, 3.01, 1, "%")
    ('fell from 12.0 % to 11.5 %', 'stayed at 3.0 %')
    """
    start, end = (f"{number(value, digits)} {unit}" for value in (first, last))
    if start == end:
        return f"stayed at {end}"
    return f"{moved(first, last, digits)} from {start} to {end}"


def for_spreadsheets(value: object) -> object:
    """Return a cell of a CSV file that no spreadsheet takes for a formula: text gets a quote first.

    What is a number stays one, as a text too; so does a dash that stands for a missing one.

    >>> for_spreadsheets("=1+1"), for_spreadsheets(-2.5)
    ("'=1+1", -2.5)
    >>> for_spreadsheets("-2.5"), for_spreadsheets("-"), for_spreadsheets("@SUM(A1)")
    ('-2.5', '-', "'@SUM(A1)")
    """
    if not isinstance(value, str) or not value.startswith(_COMPUTED) or _HARMLESS.fullmatch(value):
        return value
    return f"'{value}"
