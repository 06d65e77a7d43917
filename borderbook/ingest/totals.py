"""Wholes and their parts: Tyumen with its okrugs, Russia and the sum of its regions.

Figures that stand in one table have to agree; where they do not, the reader is told.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from borderbook import formatting
from borderbook.ingest.gazetteer import WITHIN
from helpers.regions import RUSSIA

Key = tuple[str, ...]


@dataclass(frozen=True)
class Figure:
    """A figure in the unit of the resource: whose, what and when, and where it stands.

    `region` is a code; `counts_in` are okrugs that it counts in, `plain` says that the name does
    not tell; `outside` is a territory without a code. `key` are the other fields of the key,
    `beside` fields that the file itself states.
    """

    region: str
    key: dict[str, str]
    value: Decimal
    place: str
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


def settle(figures: Sequence[Figure]) -> Settled:
    """Return the figures with what each counts in.

    A plain name counts the okrugs in where another row says "without": the publication then has
    both. Where there is no such row, a whole that says that it is one, or of which the user says
    it, gives the region by difference. Anything else is open.
    """
    notes, open_ = [], []
    found = list(figures)
    for code, okrugs in WITHIN.items():
        mine = [f for f in found if f.region == code]
        apart = [f for f in mine if not f.plain and not f.counts_in]
        together = [f for f in mine if f.plain or f.counts_in]
        if not together:
            continue
        if not apart and any(f.plain for f in together):
            open_.append(_open(together[0], okrugs))
            continue
        whole = {_key(f): replace(f, counts_in=okrugs, plain=False) for f in together}
        found = [f for f in found if f not in together] + list(whole.values())
        lacking = {} if apart else whole
        parts = {(f.region, *_key(f)): f.value for f in found if f.region in okrugs}
        for key, figure in lacking.items():
            if any((okrug, *key) not in parts for okrug in okrugs):
                open_.append(_open(figure, okrugs))
                break
            less = sum((parts[okrug, *key] for okrug in okrugs), Decimal(0))
            found.append(replace(figure, counts_in=(), value=figure.value - less))
        if lacking:
            notes.append(
                f"{code} is computed for {len(lacking)} figures: {together[0].name!r} less "
                f"{formatting.listing(okrugs)}"
            )
    return Settled(found, notes, open_)


def differences(figures: Iterable[Figure], *, add_up: bool = True) -> list[str]:
    """Return where wholes and parts disagree by more than their rounding, one line each.

    `add_up` is False for shares and other figures whose sum says nothing.
    """
    by_key: dict[Key, list[Figure]] = defaultdict(list)
    for figure in figures:
        by_key[_key(figure)].append(figure)
    lines: list[str] = []
    for key, held in by_key.items() if add_up else ():
        own = {f.region or f.name: f for f in held if not f.counts_in and f.region != RUSSIA}
        label = " ".join(key)
        for whole in (f for f in held if f.counts_in):
            parts = [own[code] for code in (whole.region, *whole.counts_in) if code in own]
            if len(parts) == 1 + len(whole.counts_in):
                lines += _compare(f"{label}: {whole.name}", whole, parts, "its parts")
        for whole in (f for f in held if f.region == RUSSIA):
            what = f"the {len(own)} regions and territories given"
            lines += _compare(f"{label}: {whole.name}", whole, list(own.values()), what)
    return lines


def lacking(figures: Iterable[Figure], regions: Sequence[str]) -> list[str]:
    """Return, for each key, the regions that have no figure, as lines."""
    by_key: dict[Key, set[str]] = defaultdict(set)
    for figure in figures:
        if not figure.counts_in:
            by_key[_key(figure)].add(figure.region)
    lines = []
    for key, held in by_key.items():
        absent = [code for code in regions if code not in held]
        if absent:
            shown = ", ".join(absent[:12]) + (" ..." if len(absent) > 12 else "")
            count = f"{len(regions) - len(absent)} of {len(regions)} regions"
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


def _open(figure: Figure, okrugs: Sequence[str]) -> tuple[str, str, str]:
    name, code = figure.name, figure.region
    whole = "+".join((code, *okrugs))
    if figure.plain:
        what = f"{name!r} may be with or without {formatting.listing(okrugs)}; no row says without"
        fix = f'--map "{name}={code}" if without, --map "{name}={whole}" if with them (the '
        return figure.place, what, f'{fix}difference is taken), or --ignore "{name}"'
    what = f"{name!r} counts {formatting.listing(okrugs)} in, and not all of the parts are there"
    return figure.place, what, f'say --ignore "{name}"'
