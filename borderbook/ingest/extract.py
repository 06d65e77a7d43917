"""Figures of a table by its recipe: what the recipe does not account for is an error."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from borderbook.errors import Problem
from borderbook.ingest import numbers, structure
from borderbook.ingest.gazetteer import plain
from borderbook.ingest.headers import Unit, UnitError, Vocabulary
from borderbook.ingest.numbers import NumeralError
from borderbook.ingest.recipe import FIGURES, OUTSIDE, SKIP, Column, Recipe, Table
from borderbook.ingest.spreadsheets import FigureError, Grid, letters
from borderbook.ingest.target import Form
from borderbook.ingest.totals import Difference, Figure


@dataclass
class Extract:
    """The figures of a table; `columns` counts them by letter.

    `missing`: cells without a figure; `skipped`: figures of rows that are passed over; `notes`:
    what was computed.
    """

    grid: Grid
    figures: list[Figure] = field(default_factory=list)
    columns: Counter[str] = field(default_factory=Counter)
    missing: int = 0
    skipped: int = 0
    notes: list[str] = field(default_factory=list)


def extract(
    recipe: Recipe, grids: Sequence[Grid], form: Form, vocabulary: Vocabulary
) -> list[Extract]:
    """Return the figures of each table of a recipe; `grids` are those that its tables name.

    Raises FigureError with every cell that the recipe does not account for: names, heads, titles,
    texts, numbers, dashes, units, and two figures for one key.
    """
    readers = [
        _Reader(grid, table, form, vocabulary, recipe.attributes.get("unit"))
        for grid, table in zip(grids, recipe.tables, strict=True)
    ]
    extracts = [reader.read() for reader in readers]
    problems = [problem for reader in readers for problem in reader.problems]
    problems += _repeated(extracts)
    if problems:
        raise FigureError(*dict.fromkeys(problems))
    return extracts


def _repeated(extracts: Sequence[Extract]) -> list[Problem]:
    """Return a problem for every figure that has another one for the same place and key."""
    cells: dict[tuple[object, ...], str] = {}
    problems = []
    for extract in extracts:
        for figure in extract.figures:
            who = figure.code or figure.name
            key = (who, figure.counts_in, *figure.key.items())
            if key in cells:
                what = f"{who} has a second figure for {' '.join(figure.key.values())}"
                fix = f"the first stands in {cells[key]}: take one away, or skip its row or column"
                problems.append(Problem(extract.grid.file, figure.cell, what, fix))
            cells.setdefault(key, figure.cell)
    return problems


class _Reader:
    """Reads one table; gathers every problem before it gives up."""

    def __init__(
        self, grid: Grid, table: Table, form: Form, vocabulary: Vocabulary, stored: str | None
    ) -> None:
        self.grid, self.table, self.form, self.vocabulary = grid, table, form, vocabulary
        self.stored = stored
        self.problems: list[Problem] = []
        self.made = Extract(grid)

    def read(self) -> Extract:
        """Return the figures; `problems` are those found on the way."""
        place, _, end = self.table.places.partition(":")
        letter = place.rstrip("0123456789")
        first, last = int(place.removeprefix(letter)) - 1, int(end.removeprefix(letter)) - 1
        if last >= len(self.grid.rows) or _number(letter) >= self.grid.width:
            fix = "correct the range of `places`"
            self._problem(None, None, f"the table does not reach to {self.table.places}", fix)
            return self.made
        self.frame = structure.frame(self.grid, _number(letter), first)
        self._compare_heads()
        columns = self.table.columns.items()
        figures = [_number(letter) for letter, column in columns if column.use == FIGURES]
        figures = [at for at in figures if at in self.frame.stacks]
        names: dict[str, None] = {}
        dashes: list[str] = []
        for row in self.frame.rows():
            name = self.frame.name(row, figures)
            names.setdefault(name)
            if row > last:
                self._unaccounted(row, self.frame.places, name, "widen the range of `places`")
            elif name in self.table.rows:
                dashes += self._read_row(row, name, self.table.rows[name])
            elif name:
                self._unaccounted(row, self.frame.places, name, f"add a line {name!r} to `rows`")
            elif any(self.grid.text(row, at) for at in figures):
                what = "figures stand beside an empty name"
                self._problem(row, self.frame.places, what, "write the name into the cell")
        self._compare_names(names)
        if dashes and not self.table.dash:
            what = f"{len(dashes)} cells hold a dash, the first in {dashes[0]}"
            fix = "`dash: zero` if it stands for nought, `dash: missing` if for no figure"
            self._problem(None, None, what, fix)
        self._compute()
        if not (self.made.figures or self.problems):
            what = f"no figure is left to take: {self.made.missing} cells hold none"
            self._problem(None, None, what, "check the file, and what is skipped")
        return self.made

    # What the recipe must account for

    def _compare_heads(self) -> None:
        for title in map(plain, self.frame.titles):
            if title not in self.table.titles:
                fix = "add it to `titles`, if the recipe holds for this table"
                self._problem(None, None, f"a title says {title!r}", fix)
        for title in self.table.titles:
            if title not in map(plain, self.frame.titles):
                what = f"no title says {title!r}"
                self._problem(None, None, what, "take it out of `titles`")
        described = {_number(letter): column for letter, column in self.table.columns.items()}
        for at in self.frame.stacks.keys() | described.keys():
            column, head = described.get(at), self.frame.stacks.get(at) and self.frame.head(at)
            if column is None:
                fix = f"add {letters(at)} to `columns`"
                self._unaccounted(self.frame.lowest, at, head or "", fix)
            elif head is None and column.head:
                self._problem(None, at, "the column is empty", "take it out of `columns`")
            elif (head or "") != column.head:
                what = f"the head is {head!r}, not {column.head!r}"
                self._problem(self.frame.lowest, at, what, "make a recipe for this table")
            elif column.use not in (FIGURES, SKIP, "unit", *self.form.key, *self.form.attributes,
                                    *self.form.dimensions):  # fmt: skip
                what = f"the column is to be {column.use!r}, which is no field"
                self._problem(None, at, what, "use figures, skip or the name of a field")

    def _compare_names(self, names: Iterable[str]) -> None:
        for name in self.table.rows.keys() - names:
            self._problem(None, self.frame.places, f"no cell says {name!r}", "take it from `rows`")
        texts = {cell for row in self.grid.rows for cell in row if isinstance(cell, str)}
        for text in self.table.cells.keys() - texts:
            self._problem(None, None, f"no cell says {text!r}", "take it from `cells`")

    # Rows and cells

    def _read_row(self, row: int, name: str, use: str) -> list[str]:
        """Take the figures of a row in; return the cells that hold a dash."""
        columns = {_number(letter): column for letter, column in self.table.columns.items()}
        taken = {at: c for at, c in columns.items() if c.use == FIGURES and at in self.frame.stacks}
        if use == SKIP:
            self.made.skipped += sum(bool(self.grid.text(row, at)) for at in taken)
            return []
        code, *parts = use.split("+")
        said = self._fields(row, columns)
        if said is None:
            return []
        names = [name for name in self.form.attributes if name != "unit"]
        attributes = {name: said[name] for name in names if name in said}
        dashes = []
        for at, column in taken.items():
            mark, value = self._number(row, at)
            if mark == "dash":
                dashes.append(self.grid.place(row, at))
                value = Decimal(0) if self.table.dash == "zero" else None
            key = self._key(row, at, column, said)
            factor = self._factor(row, at, key, said.get("unit") or column.unit)
            if value is None or key is None or factor is None:
                self.made.missing += value is None
                continue
            cell = self.grid.place(row, at)
            figure = Figure(
                None if use == OUTSIDE else code,
                key,
                value * factor,
                cell,
                name,
                tuple(parts),
                attributes,
            )
            self.made.figures.append(figure)
            self.made.columns[letters(at)] += 1
        return dashes

    def _fields(self, row: int, columns: dict[int, Column]) -> dict[str, str] | None:
        """Return what the fields of a row say; None if the row is to be skipped."""
        said = {}
        for at, column in columns.items():
            text = plain(self.frame.cell(row, at)) if at in self.frame.stacks else ""
            if column.use in (FIGURES, SKIP) or not text:
                continue
            if text not in column.values:
                fix = f"add a line {text!r} to the `values` of column {letters(at)}"
                self._unaccounted(row, at, text, fix)
                return None
            value = column.values[text]
            if value == SKIP:
                self.made.skipped += 1
                return None
            if value is not None:
                said[column.use] = value
        return said

    def _number(self, row: int, at: int) -> tuple[str, Decimal | None]:
        """Return the mark in a cell and the number, None if there is none or it cannot be read."""
        cell = self.grid.rows[row][at]
        meant = self.table.cells.get(cell) if isinstance(cell, str) else None
        try:
            numeral = numbers.read(cell if meant is None else meant, self.table.decimal)
        except NumeralError as error:
            what, fix = f"{str(cell)!r}: {error}", "add a line to `cells` with the number it is"
            self._problem(row, at, what, fix)
            return "", None
        return numeral.mark, numeral.value

    def _key(
        self, row: int, at: int, column: Column, said: dict[str, str]
    ) -> dict[str, str] | None:
        key = {}
        for name in (self.form.period, *self.form.dimensions):
            value = said.get(name) or column.means.get(name)
            allowed = self.form.dimensions.get(name)
            if value is None:
                fix = f"add {name} to the `means` of column {letters(at)}"
                self._problem(row, at, f"the {name} of the figure is not said", fix)
                return None
            if allowed and value not in allowed:
                what = f"the {name} {value!r} is none of {', '.join(allowed)}"
                self._problem(None, at, what, "correct the recipe")
                return None
            key[name] = value
        return key

    def _factor(
        self, row: int, at: int, key: dict[str, str] | None, text: str | None
    ) -> Decimal | None:
        """Return by what a figure is multiplied to be in the resource's unit."""
        if key is None:
            return None
        wanted = self.stored or self.form.unit(key)
        target = self.vocabulary.unit(wanted) if wanted else None
        unit = self.vocabulary.unit(text) if text else None
        if target is None:
            what = f"the resource does not say in what unit it holds {' '.join(key.values())}"
            self._problem(None, at, what, "add a line unit: ... to `attributes`")
        elif text is None:
            what = f"the unit is not said; the resource holds {target}"
            self._problem(None, at, what, f"add `unit:` to column {letters(at)}")
        elif unit is None:
            fix = 'write it as "thousand persons" or "%"'
            self._problem(None, at, f"{text!r} is no unit that is known", fix)
        else:
            return self._converted(at, unit, target)
        return None

    def _converted(self, at: int, unit: Unit, target: Unit) -> Decimal | None:
        try:
            return unit.factor(target)
        except UnitError as error:
            self._problem(None, at, str(error), "check the unit and what the column means")
            return None

    def _compute(self) -> None:
        """Add the figures that are differences of others."""
        for line in self.table.totals:
            difference = Difference.parse(line)
            computed, lacking = difference.figures(self.made.figures)
            for cell, part in lacking:
                what = f"{part} has no such figure to subtract"
                fix = f"skip {difference.name!r}, or take the line out of `totals`"
                self.problems.append(Problem(self.grid.file, cell, what, fix))
            shares = [f for f in computed if (self.stored or self.form.unit(f.key)) == "%"]
            if shares:
                what, fix = "shares cannot be subtracted", f"take {line!r} out of `totals`"
                self._problem(None, None, what, fix)
            if not (computed or lacking):
                what = f"no figure is one of {difference.name!r}"
                self._problem(None, None, what, f"take {line!r} out of `totals`")
            self.made.figures += computed
            self.made.notes.append(f"{line}: {len(computed)} figures")

    def _unaccounted(self, row: int, at: int, text: str, fix: str) -> None:
        self._problem(row, at, f"the recipe says nothing of {text!r}", fix)

    def _problem(self, row: int | None, column: int | None, what: str, fix: str) -> None:
        self.problems.append(self.grid.problem(row, column, what, fix))


def _number(letter: str) -> int:
    """Return the column that a letter names, counted from 0.

    >>> _number("A"), _number("AB")
    (0, 27)
    """
    at = 0
    for each in letter:
        at = at * 26 + ord(each) - 64
    return at - 1
