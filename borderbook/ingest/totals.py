"""Totals and their parts: a place with those that lie in it, the total and the sum of all.

Figures that stand in one table have to agree; where they do not, the reader is told.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal


@dataclass(frozen=True)
class Figure:
    """A figure in the unit of the resource: whose, what and when, and where it stands.

    `code` is that of a place, None for one that only the total counts in; `cell` is where the
    figure stands, `name` what stands beside it; `counts_in` are other places that it counts in.
    `key` are the other fields of the key, `attributes` fields that the file itself states.
    """

    code: str | None
    key: dict[str, str]
    value: Decimal
    cell: str
    name: str
    counts_in: tuple[str, ...] = ()
    attributes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Difference:
    """A place whose figures are those of a row less those of other places."""

    code: str
    name: str
    parts: tuple[str, ...]

    def __str__(self) -> str:
        return f'{self.code} = "{self.name}" - {" - ".join(self.parts)}'

    @classmethod
    def parse(cls, line: str) -> Difference:
        """Return what a line of a recipe says.

        >>> Difference.parse('N = "North" - N1 - N2')
        Difference(code='N', name='North', parts=('N1', 'N2'))
        """
        code, name, parts = line.split('"')
        return cls(code.removesuffix(" = "), name, tuple(parts.removeprefix(" - ").split(" - ")))

    def figures(self, figures: Iterable[Figure]) -> tuple[list[Figure], list[tuple[str, str]]]:
        """Return the figures computed from those of one table, and what is lacking for others.

        What is lacking: the cell of the row, and the code of a part that has no such figure.
        """
        computed, lacking = [], []
        for group in _by_key(figures).values():
            values = {figure.code: figure.value for figure in group if not figure.counts_in}
            absent = [part for part in self.parts if part not in values]
            for whole in (figure for figure in group if figure.name == self.name):
                if absent:
                    lacking.append((whole.cell, absent[0]))
                    continue
                value = whole.value - sum(values[part] for part in self.parts)
                computed.append(replace(whole, code=self.code, counts_in=(), value=value))
        return computed, lacking


def differences(figures: Iterable[Figure], total: str | None) -> list[str]:
    """Return where totals and parts disagree by more than their rounding, one line each.

    `total` is the code of the place that all others are in.
    """
    lines: list[str] = []
    for label, group in _by_key(figures).items():
        single = {f.code or f.name: f for f in group if not f.counts_in and f.code != total}
        for whole in group:
            parts = [single[code] for code in (whole.code, *whole.counts_in) if code in single]
            if whole.counts_in and len(parts) == 1 + len(whole.counts_in):
                lines += _compare(label, whole, parts, "its parts")
        for whole in (f for f in group if f.code == total):
            what = f"the {len(single)} places given"
            lines += _compare(label, whole, list(single.values()), what)
    return lines


def lacking(figures: Iterable[Figure], expected: Sequence[str]) -> list[str]:
    """Return, for each key, the places expected that have no figure, as lines."""
    lines = []
    for label, group in _by_key(f for f in figures if not f.counts_in).items():
        absent = [code for code in expected if code not in {figure.code for figure in group}]
        if absent:
            shown = ", ".join(absent[:12]) + (" ..." if len(absent) > 12 else "")
            count = f"{len(expected) - len(absent)} of {len(expected)} places"
            lines.append(f"{label}: {count}; without {shown}")
    return lines


def _by_key(figures: Iterable[Figure]) -> dict[str, list[Figure]]:
    """Return the figures by their keys in words."""
    groups: dict[str, list[Figure]] = defaultdict(list)
    for figure in figures:
        groups[" ".join(figure.key.values())].append(figure)
    return groups


def _compare(label: str, whole: Figure, parts: Sequence[Figure], what: str) -> list[str]:
    total = sum((part.value for part in parts), Decimal(0))
    gap = whole.value - total
    steps = [_step(figure.value) for figure in (whole, *parts)]
    if abs(gap) <= max(steps) * (len(parts) + 1) / 2:
        return []
    share = f" ({100 * gap / whole.value:+.2f} %)" if whole.value else ""
    sums = f"{whole.value.normalize():f}, {what} make {total.normalize():f}"
    return [f"{label}: {whole.name} is {sums}{share}"]


def _step(value: Decimal) -> Decimal:
    """Return the unit of the last digit that is written."""
    exponent = int(value.normalize().as_tuple().exponent)
    return Decimal(1).scaleb(min(exponent, 0))
