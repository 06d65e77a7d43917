"""Numbers as publications write them: decimal commas, spaces for thousands, marks for no figure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from borderbook.ingest.spreadsheets import Cell

Mark = Literal["", "missing", "dash"]

_MINUS = "\u2212"
_SPACE = "[ \u00a0\u2007\u2008\u2009\u202f]"
_DASHES = frozenset("-\u2010\u2011\u2012\u2013\u2014\u2212") | {"--", "\u2013\u2013"}
_MISSING = frozenset(("…", "...", "..", "....", "х", "x", "н/д", "нд", "н.д.", "n/a", "na", "n.a."))

# A mark stands apart from the digits by a space, or is no digit itself: 12,31) might be 12,3 1).
_FOOTNOTE = re.compile(rf"({_SPACE}+(?:[0-9]{{1,2}}\),?)+|{_SPACE}*[*†‡#]+|[⁰¹²³⁴-⁹]+\)?|⁾)+$")
_DIGITS = re.compile(rf"[0-9]{{1,3}}(?:{_SPACE}{{1,2}}[0-9]{{3}})+|[0-9]+")
_ENGLISH = re.compile(rf"[-{_MINUS}]?[0-9]{{1,3}}(,[0-9]{{3}})+(\.[0-9]+)?")
_GLUED = re.compile(r".*[0-9][\[(<]?[0-9]{1,2}[)\]>]")


class NumeralError(ValueError):
    """A text that is no number, or one that can be read in two ways; the message says why."""


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number, or the mark that stands in its place; `value` is None with a mark.

    `percent`: a sign says that it is a percentage.
    """

    value: Decimal | None
    mark: Mark = ""
    percent: bool = False


def read(cell: Cell, decimal: str = ",") -> Numeral:
    """Return the number in a cell; `decimal` is the mark before its decimals, "," or ".".

    Nothing and "…" are `missing`; a dash is `dash`, since some offices mean nought by it and
    others no figure. With a decimal point commas may part thousands. Raises NumeralError.

    >>> read("1 234,5*").value, read("…").mark, read("–").mark, read("1,234.5", ".").value
    (Decimal('1234.5'), 'missing', 'dash', Decimal('1234.5'))
    """
    if isinstance(cell, Decimal):
        return Numeral(cell)
    bare = _bare(cell)
    unmarked = re.sub(r"[0-9]{1,2}\)$", "", bare).strip()
    # A mark for no figure may stand in brackets, or have the number of a footnote without one.
    inside = re.sub(rf"{_SPACE}+[0-9]{{1,2}}$", "", bare)
    inside = inside[1:-1] if inside.startswith("(") and inside.endswith(")") else inside
    if not bare or {unmarked.casefold(), inside.casefold()} & _MISSING:
        return Numeral(None, "missing")
    if unmarked in _DASHES:
        return Numeral(None, "dash")
    if inside in _DASHES:
        raise NumeralError("a minus, or a dash with a footnote")
    if _GLUED.fullmatch(bare):
        raise NumeralError("a footnote mark that cannot be told from the digits")
    percent = bare.endswith("%")
    bare = bare.removesuffix("%").strip()
    if decimal == "." and _ENGLISH.fullmatch(bare):
        bare = bare.replace(",", "")
    sign, rest = ("-", bare[1:].strip()) if bare[:1] in ("-", _MINUS) else ("", bare)
    whole, mark, fraction = rest.partition(decimal)
    if not _DIGITS.fullmatch(whole) or (mark and not re.fullmatch("[0-9]+", fraction)):
        grouped = re.fullmatch(rf"[0-9]+(?:{_SPACE}+[0-9]+)+", whole)
        raise NumeralError("its digits stand in no groups of three" if grouped else "no number")
    digits = re.sub(_SPACE, "", whole)
    return Numeral(Decimal(f"{sign}{digits}{'.' if mark else ''}{fraction}"), "", percent)


def decimal_mark(cells: Iterable[Cell]) -> str:
    """Return the mark before the decimals of numbers written as text, "," if none needs one.

    A comma or a point before three digits might part thousands: another number has to settle it.
    Raises NumeralError if none does, or if two disagree.

    >>> decimal_mark(["1 234,5", "12"]), decimal_mark(["1,234.5"])
    (',', '.')
    """
    settled: dict[str, str] = {}
    open_: list[str] = []
    for cell in cells:
        bare = _bare(cell).removesuffix("%") if isinstance(cell, str) else ""
        if not re.fullmatch(rf"[-{_MINUS}]?[\d., \u00a0\u2007-\u2009\u202f]+", bare):
            continue
        marks = re.sub("[^.,]", "", bare)
        if len(set(marks)) == 2:
            settled.setdefault(marks[-1], bare)
        elif len(marks) > 1:
            settled.setdefault("." if marks[0] == "," else ",", bare)
        # 0,123 and 1234,567 and 1 234,567 cannot be thousands.
        elif re.fullmatch(rf"[-{_MINUS}]?[1-9]\d{{0,2}}[.,]\d{{3}}", bare):
            open_.append(bare)
        elif marks:
            settled.setdefault(marks, bare)
    if len(settled) > 1:
        raise NumeralError(f"{settled[',']!r} has a decimal comma, {settled['.']!r} a point")
    if not settled and open_:
        raise NumeralError(f"{open_[0]!r} may have decimals or thousands")
    return next(iter(settled), ",")


def _bare(cell: Cell) -> str:
    """Return the text of a cell without footnote marks that can be told from digits."""
    spaced = str(cell or "").replace("\n", " ").strip()
    return _FOOTNOTE.sub("", spaced).strip()
