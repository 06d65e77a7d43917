"""The frame of a published table: the column of its places, its heads, its titles."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from borderbook.errors import Problem
from borderbook.ingest import numbers
from borderbook.ingest.gazetteer import Gazetteer, plain
from borderbook.ingest.numbers import NumeralError
from borderbook.ingest.sheet_xml import letters
from borderbook.ingest.spreadsheets import FigureError, Grid

# So many of a thing are no chance.
_MANY = 3
_YEAR = re.compile(r"(?:19|20)\d\d(?:\W*[^\W\d_]{1,4})?")


@dataclass(frozen=True)
class Frame:
    """A grid with the column of the places, the first row below the heads, and the other columns.

    `titles` are texts that hold for the whole table, each with the row and column of its cell;
    `stacks` the heads of each column from the top; `top` and `lowest` are the first and the last
    row of heads.
    """

    grid: Grid
    places: int
    first: int
    titles: dict[str, tuple[int, int]]
    stacks: dict[int, tuple[str, ...]]
    top: int
    lowest: int

    def cell(self, row: int, column: int) -> str:
        """Return a cell as text, that of the merged area if it is in one."""
        top, left, _ = self.grid.area(row, column)
        return self.grid.text(top, left)

    def head(self, column: int) -> str:
        """Return the heads of a column on one line, blank for an empty column."""
        return " / ".join(map(plain, self.stacks.get(column, ())))

    def holds(self, row: int, figures: Iterable[int]) -> bool:
        """Return whether a row holds anything in these columns."""
        return any(self.grid.text(row, column) for column in figures)

    def names(self, figures: Sequence[int]) -> dict[int, str]:
        """Return the rows below the heads that hold anything and are not the heads again.

        Each with its name, without footnote marks: the row's first text where the column of the
        places and those of `figures` are empty.
        """
        shown = [tuple(self.grid.text(row, column) for column in self.stacks)
                 for row in range(len(self.grid.rows))]  # fmt: skip
        names, heads = {}, shown[: self.first]
        for row in range(self.first, len(shown)):
            name = plain(self.cell(row, self.places))
            if not (name or self.holds(row, figures)):
                texts = (plain(cell) for cell in self.grid.rows[row] if isinstance(cell, str))
                name = next(texts, "")
            empty = not any(shown[row])
            again = shown[row] in heads and self.unnamed(row)
            if (empty and name) or not (empty or again):
                names[row] = name
        return names

    def unnamed(self, row: int) -> bool:
        """Return whether a row has no name of its own: none, or what stands in the heads."""
        name = self.cell(row, self.places)
        return not name or name in {self.grid.text(at, self.places) for at in range(self.first)}


def locate(grids: Sequence[Grid], names: Gazetteer) -> Frame:
    """Return the frame of the one grid that holds places down its rows.

    It begins with the first row that names a place or has figures beside a text. Raises
    FigureError if there is no such grid or more, and if places stand across the columns, or in
    two columns side by side.
    """
    candidates = [(grid, hits) for grid in grids if any(hits := _hits(grid, names))]
    if len(candidates) == 1:
        grid, hits = candidates[0]
        places = _place_column(grid, hits)
        first = min(hits[places])
        while first and _has_figures(grid, first - 1, places):
            first -= 1
        return frame(grid, places, first)
    if candidates:
        sheets = ", ".join(repr(grid.sheet) for grid, _ in candidates)
        what = f"{len(candidates)} sheets hold names of places: {sheets}"
        options = [f"--sheet {shlex.quote(grid.sheet)}" for grid, _ in candidates]
        fix = f"say which one, or several: {' or '.join(options)}"
        raise FigureError(Problem(grids[0].file, "", what, fix))
    texts = {cell for grid in grids for row in grid.rows for cell in row if isinstance(cell, str)}
    near = sorted({name for text in texts for name in names.suggest(text, 1)})[:_MANY]
    like = f" (spelled nearly so: {'; '.join(near)})" if near else ""
    what = f"no cell holds the name of a place that is known{like}"
    fix = "choose the right file or --set encoding=..., or make a spelling known in the package"
    raise FigureError(Problem(grids[0].file, "", what, fix))


def _place_column(grid: Grid, hits: Sequence[Mapping[int, str]]) -> int:
    best = max(range(grid.width), key=lambda column: len(hits[column]))
    rows = range(len(grid.rows))
    across = [row for row in rows if sum(row in column for column in hits) >= _MANY]
    if across and len(hits[best]) < _MANY:
        what, fix = "places stand across the columns", "turn the table: places down the rows"
        raise FigureError(grid.problem(across[0], None, what, fix))
    for column in range(grid.width):
        both = set(hits[column]) & set(hits[best])
        apart = any(hits[column][row] != hits[best][row] for row in both)
        if column != best and len(hits[column]) > len(hits[best]) / 2 and (apart or not both):
            sides = " and ".join(letters(at) for at in sorted((best, column)))
            what = f"places stand in columns {sides} side by side"
            fix = "put the two halves below each other, or leave one out of the file"
            raise FigureError(grid.problem(None, None, what, fix))
    return best


def frame(grid: Grid, places: int, first: int) -> Frame:
    """Return the frame of a table whose places stand in a column from a row on.

    A title stands over the column of the places, over a column without figures, or alone in its
    row above the heads.
    """
    columns = [column for column in range(grid.width) if column != places]
    inside = [c for c in columns if any(row[c] is not None for row in grid.rows[first:])]
    rows = [row for row in range(first) if not _counts_columns(grid, row, inside)]
    lowest = max((r for r in rows if any(grid.text(r, c) for c in inside)), default=-1)
    titles: dict[str, tuple[int, int]] = {}
    stacks: dict[int, list[str]] = {column: [] for column in inside}
    top = first
    for row in rows:
        filled = [column for column in inside if grid.text(row, column)]
        alone = len(filled) == 1 and row < lowest and len(inside) > 1
        spilled = ""
        areas = [grid.area(row, column) for column in range(grid.width)]
        spread = row < lowest and not any(places < left < right for _, left, right in areas)
        for column, (begin, left, right) in enumerate(areas):
            text = grid.text(begin, left)
            if column not in stacks or left <= places <= right or alone:
                titles |= {text: (begin, left)} if text and text not in titles else {}
                continue
            # Without merged areas a head stands in the first of the columns that it is over.
            spilled = text or (spilled if spread else "")
            if spilled:
                top = min(top, row)
            if spilled and spilled not in stacks[column][-1:]:
                stacks[column].append(spilled)
    heads = {column: tuple(stack) for column, stack in stacks.items()}
    return Frame(grid, places, first, titles, heads, top, max(lowest, 0))


def view(grid: Grid, lines: str | None) -> Grid:
    """Return what a table of a sheet is read from: its lines, all if there are none."""
    if not lines:
        return grid
    ends = [tuple(map(int, part.split("-"))) for part in lines.split(",")]
    mine = {row for begin, end in ends for row in range(begin - 1, end)}
    return grid.without(set(range(len(grid.rows))) - mine)


def parts(
    table: Frame, names: Gazetteer, names_subject: Callable[[str], bool]
) -> list[tuple[str | None, Frame]]:
    """Return the tables under one another in a sheet, each with its lines; None for a single one.

    A table begins with heads again, and the titles above them. A title that names a subject takes
    the place of those above the first table, others are beside them.
    """
    grid, starts = table.grid, []
    known = {tuple(grid.text(row, c) for c in table.stacks) for row in range(table.first)}
    row = table.first
    while row < len(grid.rows):
        if not _heads_again(table, row):
            row += 1
            continue
        begin = end = row
        while end < len(grid.rows) and _heads_again(table, end):
            end += 1
        while begin > table.first and _alone(table, begin - 1, names):
            begin -= 1
        heads = {tuple(grid.text(r, c) for c in table.stacks) for r in range(row, end)}
        titles = [text for r in range(begin, row) for c in range(grid.width)
                  if (text := grid.text(r, c))]  # fmt: skip
        if titles or not heads <= known:
            starts.append((begin, end, any(map(names_subject, titles))))
        row = end
    if not starts:
        return [(None, table)]
    ends = [begin for begin, _, _ in starts] + [len(grid.rows)]
    lines = [(f"1-{ends[0]}", table.first)]
    for (begin, first, alone), end in zip(starts, ends[1:], strict=True):
        above = "" if alone or not table.top else f"1-{table.top},"
        lines.append((f"{above}{begin + 1}-{end}", first))
    return [(each, frame(view(grid, each), table.places, first))
            for each, first in lines]  # fmt: skip


def _heads_again(table: Frame, row: int) -> bool:
    """Return whether a row below the heads holds heads: years or the texts of those above."""
    if not table.unnamed(row):
        return False
    texts = [text for column in table.stacks if (text := table.grid.text(row, column))]
    heads = {head for stack in table.stacks.values() for head in stack}
    return bool(texts) and all(text in heads or _YEAR.fullmatch(plain(text)) for text in texts)


def _alone(table: Frame, row: int, names: Gazetteer) -> bool:
    """Return whether a row is empty, or holds one text alone that names no place."""
    filled = [cell for cell in table.grid.rows[row] if cell is not None]
    one = len(filled) == 1 and isinstance(filled[0], str)
    return not filled or (one and names.find(str(filled[0])) is None)


def names_places_again(frame: Frame, column: int, names: Gazetteer) -> bool:
    """Return whether a column names the places again, in another language or by code."""
    rows = range(frame.first, len(frame.grid.rows))
    texts = [(frame.grid.text(r, column), frame.grid.text(r, frame.places)) for r in rows]
    pairs = [(names.find(left), names.find(right)) for left, right in texts if left and right]
    return sum(a is not None and a == b for a, b in pairs) > len(pairs) / 2


def _hits(grid: Grid, names: Gazetteer) -> list[dict[int, str]]:
    """Return, for each column, the rows in which it names a place, with its code."""
    hits: list[dict[int, str]] = [{} for _ in range(grid.width)]
    for row, cells in enumerate(grid.rows):
        for column, cell in enumerate(cells):
            place = names.find(cell) if isinstance(cell, str) else None
            if place is not None and place.kind != "heading":
                hits[column][row] = place.code or place.kind
    return hits


def _has_figures(grid: Grid, row: int, places: int) -> bool:
    """Return whether a row has a text in the column of the places, and a number that is no year."""
    others = [column for column in range(grid.width) if column != places]
    if not isinstance(grid.rows[row][places], str) or _counts_columns(grid, row, others):
        return False
    for column in others:
        try:
            value = numbers.read(grid.rows[row][column]).value
        except NumeralError:
            continue
        if value is not None and not (value == value.to_integral() and 1900 <= value <= 2100):
            return True
    return False


def _counts_columns(grid: Grid, row: int, inside: Sequence[int]) -> bool:
    """Return whether a row of heads only numbers the columns: 1, 2, 3."""
    texts = [grid.text(row, column) for column in inside]
    starts = (1, 2) if texts else ()
    return any(texts == [str(start + at) for at in range(len(texts))] for start in starts)
