"""Figures of a table by its recipe: what the recipe does not account for is an error."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from borderbook.errors import Problem
from borderbook.ingest import numbers, structure
from borderbook.ingest.gazetteer import plain
from borderbook.ingest.headers import UnitError, Vocabulary
from borderbook.ingest.numbers import NumeralError
from borderbook.ingest.recipe import FIGURES, OUTSIDE, SKIP, Recipe, Table
from borderbook.ingest.spreadsheets import FigureError, Grid, letters
from borderbook.ingest.target import Form
from borderbook.ingest.totals import Difference, Figure


@dataclass
class Extract:
    """The figures of a table; `columns` counts them by letter.

    `missing`: cells without a figure; `skipped`: rows with figures that are passed over; `notes`:
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
    stored = recipe.attributes.get("unit")
    readers = [
        _Reader(grid, table, form, vocabulary, stored)
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
        self.columns = {_number(letter): column for letter, column in table.columns.items()}
        self.problems: list[Problem] = []
        self.dashes: list[str] = []
        self.made = Extract(grid)

    def read(self) -> Extract:
        """Return the figures; `problems` are those on the way."""
        start, end = self.table.places.split(":")
        letter = start.rstrip("0123456789")
        places, last = _number(letter), int(end.removeprefix(letter)) - 1
        if last >= len(self.grid.rows) or places >= self.grid.width:
            what = f"the table does not reach to {self.table.places}"
            self._problem(None, None, what, "correct the range of `places`")
            return self.made
        self.frame = structure.frame(self.grid, places, int(start.removeprefix(letter)) - 1)
        self._compare_heads()
        figures = [at for at, column in self.columns.items() if column.use == FIGURES]
        figures = [at for at in figures if at in self.frame.stacks]
        names = {row: self.frame.name(row, figures) for row in self.frame.rows()}
        self._compare_texts(names.values())
        for row, name in names.items():
            use = self.table.rows.get(name)
            holds = any(self.grid.text(row, at) for at in figures)
            if name and (use is None or row > last):
                fix = "widen the range of `places`" if row > last else f"add {name!r} to `rows`"
                self._problem(row, places, f"the recipe says nothing of {name!r}", fix)
            elif holds and use is None:
                what = "figures stand beside an empty name"
                self._problem(row, places, what, "write the name into the cell")
            elif holds and use == SKIP:
                self.made.skipped += 1
            elif holds and use is not None:
                self._read_row(row, name, use, figures)
        if self.dashes and not self.table.dash:
            what = f"{len(self.dashes)} cells hold a dash, the first in {self.dashes[0]}"
            fix = "`dash: zero` if it stands for nought, `dash: missing` if for no figure"
            self._problem(None, None, what, fix)
        for line in self.table.totals:
            self._compute(line)
        if not (self.made.figures or self.problems):
            what = f"no figure is left to take: {self.made.missing} cells hold none"
            self._problem(None, None, what, "check the file, and what is skipped")
        return self.made

    # What the recipe must account for

    def _compare_heads(self) -> None:
        titles = {plain(title): None for title in self.frame.titles}
        for title in titles.keys() ^ dict.fromkeys(self.table.titles).keys():
            what = f"a title says {title!r}" if title in titles else f"no title says {title!r}"
            self._problem(None, None, what, "change `titles`, if the recipe holds for this table")
        known = {
            FIGURES,
            SKIP,
            "unit",
            *self.form.key,
            *self.form.attributes,
            *self.form.dimensions,
        }
        for at in sorted(self.frame.stacks.keys() | self.columns.keys()):
            column = self.columns.get(at)
            head = self.frame.head(at) if at in self.frame.stacks else ""
            if column is None:
                what, fix = (
                    f"the recipe says nothing of {head!r}",
                    f"add {letters(at)} to `columns`",
                )
                self._problem(self.frame.lowest, at, what, fix)
            elif head != column.head:
                what = f"the head is {head!r}, not {column.head!r}"
                self._problem(self.frame.lowest, at, what, "make a recipe for this table")
            elif column.use not in known:
                what = f"the column is to be {column.use!r}, which is no field"
                self._problem(None, at, what, "use figures, skip or the name of a field")

    def _compare_texts(self, names: Iterable[str]) -> None:
        texts = {cell for row in self.grid.rows for cell in row if isinstance(cell, str)}
        absent = [("rows", name) for name in self.table.rows.keys() - names]
        absent += [("cells", text) for text in self.table.cells.keys() - texts]
        for line, text in absent:
            self._problem(None, None, f"no cell says {text!r}", f"take it out of `{line}`")

    # Rows and cells

    def _read_row(self, row: int, name: str, use: str, figures: Sequence[int]) -> None:
        """Take the figures of a row in."""
        try:
            stated = self._fields(row)
        except FigureError as error:
            self.problems += error.problems
            return
        if SKIP in stated.values():
            self.made.skipped += 1
            return
        code, *parts = use.split("+")
        names = [attribute for attribute in self.form.attributes if attribute != "unit"]
        attributes = {attribute: stated[attribute] for attribute in names if attribute in stated}
        for at in figures:
            try:
                key = self._key(row, at, stated)
                value = self._value(row, at)
                factor = self._factor(at, key, stated.get("unit") or self.columns[at].unit)
            except FigureError as error:
                self.problems += error.problems
                continue
            if value is None:
                self.made.missing += 1
                continue
            self.made.columns[letters(at)] += 1
            self.made.figures.append(
                Figure(
                    None if use == OUTSIDE else code,
                    key,
                    value * factor,
                    self.grid.place(row, at),
                    name,
                    tuple(parts),
                    attributes,
                )
            )

    def _fields(self, row: int) -> dict[str, str]:
        """Return what the fields of a row say: field -> value."""
        stated = {}
        for at, column in self.columns.items():
            text = plain(self.frame.cell(row, at)) if at in self.frame.stacks else ""
            if column.use in (FIGURES, SKIP) or not text:
                continue
            if text not in column.values:
                fix = f"add {text!r} to the `values` of column {letters(at)}"
                raise self._error(row, at, f"the recipe says nothing of {text!r}", fix)
            value = column.values[text]
            if value is not None:
                stated[column.use] = value
        return stated

    def _value(self, row: int, at: int) -> Decimal | None:
        """Return the number in a cell, None if there is no figure."""
        cell = self.grid.rows[row][at]
        meant = self.table.cells.get(cell) if isinstance(cell, str) else None
        try:
            numeral = numbers.read(cell if meant is None else meant, self.table.decimal)
        except NumeralError as error:
            fix = "add it to `cells` with the number that it is"
            raise self._error(row, at, f"{str(cell)!r}: {error}", fix) from None
        if numeral.mark == "dash":
            self.dashes.append(self.grid.place(row, at))
            return Decimal(0) if self.table.dash == "zero" else None
        return numeral.value

    def _key(self, row: int, at: int, stated: dict[str, str]) -> dict[str, str]:
        """Return the key of a cell without the place."""
        key = {}
        for name in (self.form.period, *self.form.dimensions):
            value = stated.get(name) or self.columns[at].means.get(name)
            allowed = self.form.dimensions.get(name)
            if value is None:
                fix = f"add {name} to the `means` of column {letters(at)}"
                raise self._error(row, at, f"the {name} of the figure is not said", fix)
            if allowed and value not in allowed:
                what = f"the {name} {value!r} is none of {', '.join(allowed)}"
                raise self._error(None, at, what, "correct the recipe")
            key[name] = value
        return key

    def _factor(self, at: int, key: dict[str, str], unit: str | None) -> Decimal:
        """Return by what a figure is multiplied to be in the resource's unit."""
        stored = self.stored or self.form.unit(key)
        if not stored:
            what = f"the resource does not say in what unit it holds {' '.join(key.values())}"
            raise self._error(None, at, what, "add a line unit: ... to `attributes`")
        if unit is None:
            what = f"the unit is not said; the resource holds {stored}"
            raise self._error(None, at, what, f"add `unit:` to column {letters(at)}")
        try:
            return self.vocabulary.factor(unit, stored)
        except UnitError as error:
            fix = "check the unit and what the column means"
            raise self._error(None, at, str(error), fix) from None

    def _compute(self, line: str) -> None:
        """Add the figures that are differences of others, by a line of `totals`."""
        difference = Difference.parse(line)
        computed, lacking = difference.figures(self.made.figures)
        fix = f"skip {difference.name!r}, or take {line!r} out of `totals`"
        for cell, part in lacking:
            what = f"{part} has no such figure to subtract"
            self.problems.append(Problem(self.grid.file, cell, what, fix))
        if any((self.stored or self.form.unit(figure.key)) == "%" for figure in computed):
            self._problem(None, None, "shares cannot be subtracted", fix)
        if not (computed or lacking):
            self._problem(None, None, f"no figure is one of {difference.name!r}", fix)
        self.made.figures += computed
        self.made.notes.append(f"{line}: {len(computed)} figures")

    def _problem(self, row: int | None, column: int | None, what: str, fix: str) -> None:
        self.problems.append(self.grid.problem(row, column, what, fix))

    def _error(self, row: int | None, column: int | None, what: str, fix: str) -> FigureError:
        return FigureError(self.grid.problem(row, column, what, fix))


def _number(letter: str) -> int:
    """Return the column that a letter names, counted from 0.

    >>> _number("A"), _number("AB")
    (0, 27)
    """
    at = 0
    for each in letter:
        at = at * 26 + ord(each) - 64
    return at - 1
