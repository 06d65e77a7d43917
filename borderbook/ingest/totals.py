"""Totals and their parts: a place with those that lie in it, the total and the sum of all.

Figures that stand in one table have to agree; where they do not, the reader is told.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from borderbook import formatting
from borderbook.ingest.gazetteer import Places

Key = tuple[str, ...]


@dataclass(frozen=True)
class Figure:
    """A figure in the unit of the resource: whose, what and when, and where it stands.

    `code` is that of a place, `cell` where the figure stands; `counts_in` are parts that it counts
    in, `plain` says that the name does not tell; `outside` is a place without a code. `key` are the
    other fields of the key, `beside` fields that the file itself states.
    """

    code: str
    key: dict[str, str]
    value: Decimal
    cell: str
    name: str
    counts_in: tuple[str, ...] = ()
    plain: bool = False
    beside: dict[str, str] = field(default_factory=dict)
    outside: bool = False


@dataclass(frozen=True)
class Settled:
    """Figures of which it is certain what they count in; `notes` on what was computed.

    `open` are those that the file does not settle: place, what is open, how to settle it.
    """

    figures: list[Figure]
    notes: list[str]
    open: list[tuple[str, str, str]]


def settle(figures: Sequence[Figure], places: Places) -> Settled:
    """Return the figures with what each counts in.

    A plain name counts the parts in where another row says "without": the publication then has
    both. Where there is no such row, a whole that says that it is one, or of which the user says
    it, gives the place by difference. Anything else is open.
    """
    notes, open_ = [], []
    found = list(figures)
    for code, parts_in in places.parts.items():
        mine = [f for f in found if f.code == code]
        apart = [f for f in mine if not f.plain and not f.counts_in]
        together = [f for f in mine if f.plain or f.counts_in]
        if not together:
            continue
        if not apart and any(f.plain for f in together):
            open_.append(_open(together[0], parts_in))
            continue
        whole = {_key(f): replace(f, counts_in=parts_in, plain=False) for f in together}
        found = [f for f in found if f not in together] + list(whole.values())
        lacking = {} if apart else whole
        parts = {(f.code, *_key(f)): f.value for f in found if f.code in parts_in}
        for key, figure in lacking.items():
            if any((part, *key) not in parts for part in parts_in):
                open_.append(_open(figure, parts_in))
                break
            less = sum((parts[part, *key] for part in parts_in), Decimal(0))
            found.append(replace(figure, counts_in=(), value=figure.value - less))
        if lacking:
            notes.append(
                f"{code} is computed for {len(lacking)} figures: {together[0].name!r} less "
                f"{formatting.listing(parts_in)}"
            )
    return Settled(found, notes, open_)


def differences(figures: Iterable[Figure], total: str | None, *, add_up: bool = True) -> list[str]:
    """Return where totals and parts disagree by more than their rounding, one line each.

    `total` is the code of the place that all others are in; `add_up` is False for shares
    and other figures whose sum says nothing.
    """
    by_key: dict[Key, list[Figure]] = defaultdict(list)
    for figure in figures:
        by_key[_key(figure)].append(figure)
    lines: list[str] = []
    for key, held in by_key.items() if add_up else ():
        own = {f.code or f.name: f for f in held if not f.counts_in and f.code != total}
        label = " ".join(key)
        for whole in (f for f in held if f.counts_in):
            parts = [own[code] for code in (whole.code, *whole.counts_in) if code in own]
            if len(parts) == 1 + len(whole.counts_in):
                lines += _compare(f"{label}: {whole.name}", whole, parts, "its parts")
        for whole in (f for f in held if f.code == total):
            what = f"the {len(own)} places given"
            lines += _compare(f"{label}: {whole.name}", whole, list(own.values()), what)
    return lines


def lacking(figures: Iterable[Figure], expected: Sequence[str]) -> list[str]:
    """Return, for each key, the places expected that have no figure, as lines."""
    by_key: dict[Key, set[str]] = defaultdict(set)
    for figure in figures:
        if not figure.counts_in:
            by_key[_key(figure)].add(figure.code)
    lines = []
    for key, held in by_key.items():
        absent = [code for code in expected if code not in held]
        if absent:
            shown = ", ".join(absent[:12]) + (" ..." if len(absent) > 12 else "")
            count = f"{len(expected) - len(absent)} of {len(expected)} places"
            lines.append(f"{' '.join(key)}: {count}; without {shown}")
    return lines


def _compare(label: str, whole: Figure, parts: Sequence[Figure], what: str) -> list[str]:
    total = sum((part.value for part in parts), Decimal(0))
    gap = whole.value - total
    steps = [_step(figure.value) for figure in (whole, *parts)]
    if abs(gap) <= max(steps) * (len(parts) + 1) / 2:
        return []
    share = f" ({100 * gap / whole.value:+.2f} %)" if whole.value else ""
    return [f"{label} is {_text(whole.value)}, {what} make {_text(total)}{share}"]


def _step(value: Decimal) -> Decimal:
    """Return the unit of the last digit that is written."""
    exponent = int(value.normalize().as_tuple().exponent)
    return Decimal(1).scaleb(min(exponent, 0))


def _text(value: Decimal) -> str:
    return f"{value.normalize():f}"


def _key(figure: Figure) -> Key:
    return tuple(figure.key.values())


def _open(figure: Figure, parts_in: Sequence[str]) -> tuple[str, str, str]:
    name, code = figure.name, figure.code
    whole = "+".join((code, *parts_in))
    if figure.plain:
        what = (
            f"{name!r} may be with or without {formatting.listing(parts_in)}; no row says without"
        )
        fix = f'--map "{name}={code}" if without, --map "{name}={whole}" if with them (the '
        return figure.cell, what, f'{fix}difference is taken), or --ignore "{name}"'
    what = f"{name!r} counts {formatting.listing(parts_in)} in, and not all of the parts are there"
    return figure.cell, what, f'say --ignore "{name}"'
