"""Numbers and lists in words: how the book writes what it computes."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Mapping, Sequence
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


def apart(value: float, line: float, digits: int) -> str:
    """Return a number with `digits` decimals, or with as many more as tell it from a line.

    >>> apart(0.998, 1, 2), apart(1.2, 1, 2), apart(1, 1, 2)
    ('0.998', '1.20', '1.00')
    """
    least = digits
    while (
        value != line
        and digits < least + 6
        and round_half_up(value, digits) == round_half_up(line, digits)
    ):
        digits += 1
    return number(value, digits)


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


def course(values: Mapping[int, float], digits: int, unit: str) -> str:
    """Return how values by year moved, judged year by year and never by their ends alone.

    >>> course({2016: 12, 2017: 11.5}, 1, "%")
    'fell from 12.0 % in 2016 to 11.5 % in 2017'
    >>> course({2011: 1, 2012: 2, 2013: 4}, 0, "%")
    'rose in every year, from 1 % in 2011 to 4 % in 2013'
    >>> course({2016: 3, 2017: 4, 2018: 1, 2019: 3}, 0, "%")
    'moved between 1 % (2018) and 4 % (2017) from 2016 to 2019, with 3 % in 2016 and 3 % in 2019'

    An end that is an extreme is named once.

    >>> course({2016: 12, 2017: 10.9, 2018: 11}, 1, "%")
    'moved between 10.9 % (2017) and 12.0 % (2016) from 2016 to 2018, with 11.0 % in 2018'
    """
    ordered = sorted(values)
    first, last = ordered[0], ordered[-1]
    shown = {year: f"{number(values[year], digits)} {unit}" for year in ordered}
    if len(set(shown.values())) == 1:
        every = f"every year from {first} to {last}" if last > first else str(first)
        return f"was {shown[first]} in {every}"
    pairs = [(values[a], values[b]) for a, b in itertools.pairwise(ordered)]
    for verb, moves in (
        ("rose", all(a < b for a, b in pairs)),
        ("fell", all(a > b for a, b in pairs)),
    ):
        if moves:
            every = " in every year," if len(pairs) > 1 else ""
            return f"{verb}{every} from {shown[first]} in {first} to {shown[last]} in {last}"
    least, most = (pick(ordered, key=lambda year: values[year]) for pick in (min, max))
    ends = [f"{shown[year]} in {year}" for year in (first, last) if year not in (least, most)]
    return (
        f"moved between {shown[least]} ({least}) and {shown[most]} ({most}) from {first} to {last}"
        + (f", with {listing(ends)}" if ends else "")
    )


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
