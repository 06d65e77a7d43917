"""The layout of a published table: where the places stand, where its heads, what its columns are.

Nothing here guesses: what a column cannot be taken for is a problem, with the text and a way out.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from borderbook.errors import Problem
from borderbook.ingest.gazetteer import Gazetteer, plain
from borderbook.ingest.headers import VALUE, Meaning, Vocabulary, agreed, words
from borderbook.ingest.spreadsheets import FigureError, Grid

Role = Literal["figures", "field", "passed"]

_MANY = 3
_UNKNOWN = "unknown head"


@dataclass
class Wishes:
    """What the user settles: texts of the file with what they mean, and texts to pass over.

    `used` collects those that were found; one that is in no cell is a mistake.
    """

    meant: dict[str, str] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    used: set[str] = field(default_factory=set)

    def meaning(self, text: str) -> str | None:
        """Return what the user says that a text means, None if nothing."""
        return next((means for said, means in self.meant.items() if self._is(said, text)), None)

    def ignores(self, text: str) -> bool:
        """Return whether the user passes over a text."""
        return bool([said for said in self.ignored if self._is(said, text)])

    def unused(self) -> list[str]:
        """Return the texts that no cell holds."""
        return [said for said in (*self.meant, *self.ignored) if said not in self.used]

    def _is(self, said: str, text: str) -> bool:
        same = bool(text) and _bare(said) == _bare(text)
        if same:
            self.used.add(said)
        return same


@dataclass(frozen=True)
class Column:
    """A column of a table: its heads from the top, what they name, and what it holds.

    `role`: `figures`; `field` (of the key or beside it, named by `name`); `passed` over, `why`.
    """

    at: int
    heads: tuple[str, ...]
    role: Role
    name: str = ""
    found: tuple[dict[str, tuple[Hashable, ...]], ...] = ()
    why: str = ""


@dataclass(frozen=True)
class Layout:
    """A grid with the column of the places, the first row below the heads, and the columns.

    `titles` are texts that hold for the whole table, with what they name; `heads` are the rows of
    heads as texts, which a long table repeats.
    """

    grid: Grid
    places: int
    first: int
    columns: tuple[Column, ...]
    titles: tuple[tuple[str, Meaning], ...]

    @property
    def figures(self) -> list[Column]:
        """The columns that hold figures."""
        return [column for column in self.columns if column.role == "figures"]

    @property
    def fields(self) -> list[Column]:
        """The columns that say what a row's figures are."""
        return [column for column in self.columns if column.role == "field"]

    def name(self, row: int) -> str:
        """Return the text in the column of the places, that of the merged area if it is in one."""
        return self.cell(row, self.places)

    def cell(self, row: int, column: int) -> str:
        """Return a cell as text, that of the merged area if it is in one."""
        top, left, _ = _area(self.grid, row, column)
        return self.grid.text(top, left)

    def repeats_heads(self, row: int) -> bool:
        """Return whether a row below the heads is one of them again, as on a new page."""
        shown = tuple(self.grid.text(row, column.at) for column in self.columns)
        return any(shown) and shown in self._heads

    @cached_property
    def _heads(self) -> set[tuple[str, ...]]:
        rows = range(self.first)
        return {tuple(self.grid.text(row, c.at) for c in self.columns) for row in rows}


def choose(grids: Sequence[Grid], names: Gazetteer, wishes: Wishes) -> Grid:
    """Return the one grid that holds places; raise FigureError if there is none or more."""
    held = [grid for grid in grids if any(_hits(grid, names, wishes))]
    if len(held) == 1:
        return held[0]
    if held:
        sheets = ", ".join(repr(grid.sheet) for grid in held)
        what = f"{len(held)} sheets hold names of places: {sheets}"
        raise FigureError(Problem(held[0].file, "", what, "say which one with --sheet"))
    texts = {cell for grid in grids for row in grid.rows for cell in row if isinstance(cell, str)}
    near = sorted({name for text in texts for name in names.suggest(text, 1)})[:_MANY]
    like = f" (spelled nearly so: {'; '.join(near)})" if near else ""
    what = f"no cell holds the name of a place that is known{like}"
    fix = 'choose the right file or --encoding, or say what a name means: --map "name=code"'
    raise FigureError(Problem(grids[0].file, "", what, fix))


def layout(grid: Grid, names: Gazetteer, vocabulary: Vocabulary, wishes: Wishes) -> Layout:
    """Return the layout of a table with places down its rows.

    Raises FigureError with every head that cannot be taken for anything.
    """
    places = _place_column(grid, names, wishes)
    first = next(
        row for row in range(len(grid.rows)) if _is_place(grid.text(row, places), names, wishes)
    )
    inside = [c for c in range(grid.width) if c != places and _holds(grid, c, first)]
    titles, stacks, lowest = _heads(grid, places, first, inside)
    problems: list[Problem] = []
    columns: list[Column] = []
    for at in inside:
        column = _column(at, tuple(stacks[at]), vocabulary, wishes)
        if column.why == _UNKNOWN:
            head = plain(column.name)
            unknown = " ".join(vocabulary.read(wishes.meaning(head) or head).unknown)
            what = f"the head {head!r} says more than is known ({unknown!r})"
            fix = f'--ignore "{head}" passes over the column, --map "{head}=..." says what it is'
            problems.append(grid.problem(max(lowest, 0), at, what, fix))
        columns.append(_same_places(grid, column, places, names))
    if problems:
        raise FigureError(*problems)
    kept = [text for text in dict.fromkeys(titles) if not wishes.ignores(text)]
    if grid.sheet and not wishes.ignores(grid.sheet):
        kept.append(grid.sheet)
    read = tuple((text, vocabulary.read(wishes.meaning(text) or text)) for text in kept)
    return Layout(grid, places, first, tuple(columns), read)


def _place_column(grid: Grid, names: Gazetteer, wishes: Wishes) -> int:
    hits = _hits(grid, names, wishes)
    best = max(range(grid.width), key=lambda column: len(hits[column]))
    across = [
        row
        for row in range(len(grid.rows))
        if sum(row in hits[column] for column in range(grid.width)) >= _MANY
    ]
    if across and len(hits[best]) < _MANY:
        what = "places stand across the columns"
        raise FigureError(
            grid.problem(across[0], None, what, "turn the table: places down the rows")
        )
    for column in range(grid.width):
        both = set(hits[column]) & set(hits[best])
        apart = any(hits[column][row] != hits[best][row] for row in both)
        if column != best and len(hits[column]) > len(hits[best]) / 2 and (apart or not both):
            what = f"places stand in columns {_letters(grid, best, column)} side by side"
            fix = "put the two halves below each other, or leave one out of the file"
            raise FigureError(grid.problem(None, None, what, fix))
    return best


def _hits(grid: Grid, names: Gazetteer, wishes: Wishes) -> list[dict[int, str]]:
    """Return, for each column, the rows in which it names a place, with its code."""
    hits: list[dict[int, str]] = [{} for _ in range(grid.width)]
    for row, cells in enumerate(grid.rows):
        for column, cell in enumerate(cells):
            if isinstance(cell, str) and _is_place(cell, names, wishes):
                place = names.find(cell)
                hits[column][row] = (place.code or place.kind) if place else cell
    return hits


def _is_place(text: str, names: Gazetteer, wishes: Wishes) -> bool:
    if not text:
        return False
    meant = wishes.meaning(text)
    if meant is not None and set(meant.split("+")) <= names.codes:
        return True
    place = names.find(text)
    return place is not None and place.kind != "heading"


def _heads(
    grid: Grid, places: int, first: int, inside: Sequence[int]
) -> tuple[list[str], dict[int, list[str]], int]:
    """Return the titles, the heads of each column from the top, and the lowest row of heads.

    A title stands over the column of the places, over a column without figures, or alone in its
    row above the heads.
    """
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
    return titles, stacks, lowest


def _column(at: int, heads: tuple[str, ...], vocabulary: Vocabulary, wishes: Wishes) -> Column:
    """Return what a column is, from its heads alone; `name` is the head that is not understood."""
    if [head for head in heads if wishes.ignores(head)]:
        return Column(at, heads, "passed", why="--ignore")
    read = [vocabulary.read(wishes.meaning(head) or head) for head in heads]
    roles = [meaning.role for meaning in read if meaning.role]
    if roles and roles[-1] != VALUE and not any(meaning.found for meaning in read):
        return Column(at, heads, "field", roles[-1])
    for head, meaning in zip(heads, read, strict=True):
        if meaning.unknown:
            return Column(at, heads, "passed", head, why=_UNKNOWN)
    return Column(at, heads, "figures", found=tuple(m.found for m in reversed(read)))


def _same_places(grid: Grid, column: Column, places: int, names: Gazetteer) -> Column:
    """Return the column as passed over if it names the places again, in another language."""
    texts = [(grid.text(r, column.at), grid.text(r, places)) for r in range(len(grid.rows))]
    pairs = [(names.find(own), names.find(other)) for own, other in texts if own and other]
    if pairs and sum(a is not None and a == b for a, b in pairs) > len(pairs) / 2:
        return Column(column.at, column.heads, "passed", why="names the places again")
    return column


def _counts_columns(grid: Grid, row: int, inside: Sequence[int]) -> bool:
    """Return whether a row of heads only numbers the columns: 1, 2, 3."""
    texts = [grid.text(row, column) for column in inside]
    numbers = [int(text) for text in texts if text.isascii() and text.isdigit()]
    start = numbers[0] if numbers else 0
    return 0 < start < _MANY and [str(start + at) for at in range(len(texts))] == texts


def _holds(grid: Grid, column: int, first: int) -> bool:
    return any(row[column] is not None for row in grid.rows[first:])


def _area(grid: Grid, row: int, column: int) -> tuple[int, int, int]:
    """Return the first row, first column and last column of the merged area of a cell, or its own.

    The text of a merged area stands in its first cell.
    """
    for top, left, bottom, right in grid.merged:
        if top <= row <= bottom and left <= column <= right:
            return top, left, right
    return row, column, column


def _letters(grid: Grid, *columns: int) -> str:
    return " and ".join(grid.place(None, c).rpartition("column ")[2] for c in sorted(columns))


def _bare(text: str) -> str:
    return " ".join(words(text)) or text.strip()


__all__ = ["Column", "Layout", "Wishes", "agreed", "choose", "layout"]
