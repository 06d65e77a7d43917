"""The frame of a published table: the column of its places, its heads, its titles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from borderbook.errors import Problem
from borderbook.ingest import numbers
from borderbook.ingest.gazetteer import Gazetteer, plain
from borderbook.ingest.numbers import NumeralError
from borderbook.ingest.spreadsheets import FigureError, Grid, letters

# So many of a thing are no chance.
_MANY = 3


@dataclass(frozen=True)
class Frame:
    """A grid with the column of the places, the first row below the heads, and the other columns.

    `titles` are texts that hold for the whole table; `stacks` the heads of each column from the
    top; `lowest` is the lowest row of heads.
    """

    grid: Grid
    places: int
    first: int
    titles: tuple[str, ...]
    stacks: dict[int, tuple[str, ...]]
    lowest: int

    def cell(self, row: int, column: int) -> str:
        """Return a cell as text, that of the merged area if it is in one."""
        top, left, _ = _area(self.grid, row, column)
        return self.grid.text(top, left)

    def name(self, row: int, figures: Iterable[int] = ()) -> str:
        """Return the name of a row, without footnote marks.

        It is the row's first text where the column of the places and those of `figures` are empty.
        """
        name = plain(self.cell(row, self.places))
        if name or any(self.grid.text(row, column) for column in figures):
            return name
        return next((plain(cell) for cell in self.grid.rows[row] if isinstance(cell, str)), "")

    def head(self, column: int) -> str:
        """Return the heads of a column on one line."""
        return " / ".join(map(plain, self.stacks[column]))

    def rows(self) -> Iterator[int]:
        """Yield the rows below the heads that hold anything and are not the heads again."""
        for row in range(self.first, len(self.grid.rows)):
            shown = tuple(self.grid.text(row, column) for column in self.stacks)
            if (any(shown) and shown not in self._heads) or (self.name(row) and not any(shown)):
                yield row

    @cached_property
    def _heads(self) -> set[tuple[str, ...]]:
        return {tuple(self.grid.text(r, c) for c in self.stacks) for r in range(self.first)}


def choose(grids: Sequence[Grid], names: Gazetteer) -> Grid:
    """Return the one grid that holds places; raise FigureError if there is none or more."""
    candidates = [grid for grid in grids if any(_hits(grid, names))]
    if len(candidates) == 1:
        return candidates[0]
    if candidates:
        sheets = ", ".join(repr(grid.sheet) for grid in candidates)
        what = f"{len(candidates)} sheets hold names of places: {sheets}"
        raise FigureError(Problem(candidates[0].file, "", what, "say which one with --sheet"))
    texts = {cell for grid in grids for row in grid.rows for cell in row if isinstance(cell, str)}
    near = sorted({name for text in texts for name in names.suggest(text, 1)})[:_MANY]
    like = f" (spelled nearly so: {'; '.join(near)})" if near else ""
    what = f"no cell holds the name of a place that is known{like}"
    fix = "choose the right file or --set encoding=..., or make a spelling known in the package"
    raise FigureError(Problem(grids[0].file, "", what, fix))


def place_column(grid: Grid, names: Gazetteer) -> tuple[int, int]:
    """Return the column of the places, and the first row that names one or has figures beside it.

    Raises FigureError if places stand across the columns, or in two columns side by side.
    """
    hits = _hits(grid, names)
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
    first = min(hits[best])
    while first and _has_figures(grid, first - 1, best):
        first -= 1
    return best, first


def frame(grid: Grid, places: int, first: int) -> Frame:
    """Return the frame of a table whose places stand in a column from a row on.

    A title stands over the column of the places, over a column without figures, or alone in its
    row above the heads.
    """
    columns = [column for column in range(grid.width) if column != places]
    inside = [c for c in columns if any(row[c] is not None for row in grid.rows[first:])]
    rows = [row for row in range(first) if not _counts_columns(grid, row, inside)]
    lowest = max((r for r in rows if any(grid.text(r, c) for c in inside)), default=-1)
    titles: list[str] = []
    stacks: dict[int, list[str]] = {column: [] for column in inside}
    for row in rows:
        filled = [column for column in inside if grid.text(row, column)]
        alone = len(filled) == 1 and row < lowest and len(inside) > 1
        spilled = ""
        for column in range(grid.width):
            top, left, right = _area(grid, row, column)
            text = grid.text(top, left)
            if column not in stacks or left <= places <= right or alone:
                titles += [text] if text else []
                continue
            # Without merged areas a head stands in the first of the columns that it is over.
            spilled = text or (spilled if row < lowest and not grid.merged else "")
            if spilled and spilled not in stacks[column][-1:]:
                stacks[column].append(spilled)
    heads = {column: tuple(stack) for column, stack in stacks.items()}
    return Frame(grid, places, first, tuple(dict.fromkeys(titles)), heads, max(lowest, 0))


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
    numbers = [int(text) for text in texts if text.isascii() and text.isdigit()]
    start = numbers[0] if numbers else 0
    return 0 < start < _MANY and [str(start + at) for at in range(len(texts))] == texts


def _area(grid: Grid, row: int, column: int) -> tuple[int, int, int]:
    """Return the first row, first column and last column of the merged area of a cell, or its own.

    The text of a merged area stands in its first cell.
    """
    for top, left, bottom, right in grid.merged:
        if top <= row <= bottom and left <= column <= right:
            return top, left, right
    return row, column, column
