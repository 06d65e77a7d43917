"""Figures of a table by its recipe: what the recipe does not account for is an error."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from borderbook import formatting
from borderbook.errors import Problem
from borderbook.ingest import gazetteer, numbers, structure, subject
from borderbook.ingest.gazetteer import plain
from borderbook.ingest.headers import UnitError, Vocabulary
from borderbook.ingest.numbers import NumeralError
from borderbook.ingest.recipe import FIGURES, OUTSIDE, SKIP, Recipe, Table
from borderbook.ingest.sheet_xml import letters, position
from borderbook.ingest.spreadsheets import FigureError, Grid
from borderbook.ingest.target import Form
from borderbook.ingest.totals import Difference, Figure

# What `hidden` says where hidden cells count too.
_TAKE = "take"


def extract(
    recipe: Recipe, grids: Sequence[Grid], form: Form, vocabulary: Vocabulary
) -> list[Extract]:
    """Return the figures of each table of a recipe; `grids` are those that its tables name.

    Raises FigureError with every cell that the recipe does not account for: names, heads, titles,
    texts, numbers, dashes, units, and two figures for one key.
    """
    stored = recipe.attributes.get("unit")
    extracts = [
        Extract(grid, table, form, vocabulary, stored)
        for grid, table in zip(grids, recipe.tables, strict=True)
    ]
    for each in extracts:
        each.read()
    if not any(each.figures or each.problems for each in extracts):
        missing = sum(each.missing for each in extracts)
        what = f"no figure is left to take: {missing} cells hold none"
        raise FigureError(Problem(grids[0].file, "", what, "check the file, and what is skipped"))
    problems = [problem for each in extracts for problem in each.problems]
    if problems := problems + _repeated(extracts):
        raise FigureError(*dict.fromkeys(problems))
    return extracts


def _repeated(extracts: Sequence[Extract]) -> list[Problem]:
    """Return a problem for every figure that has another one for the same place and key."""
    first: dict[tuple[object, ...], Figure] = {}
    problems = []
    for extract in extracts:
        for figure in extract.figures:
            who = figure.code or figure.name
            key = (who, figure.counts_in, *figure.key.items())
            if key in first:
                other = first[key]
                what = f"{who} has a second figure for {' '.join(figure.key.values())}"
                fix = f"the first stands in {other.cell}: "
                options = (shlex.quote(f"{each.name}={SKIP}") for each in (other, figure))
                apart = other.name != figure.name
                fix += f"skip one: --set {' or --set '.join(options)}" if apart else "take one away"
                problems.append(Problem(extract.grid.file, figure.cell, what, fix))
            first.setdefault(key, figure)
    return problems


@dataclass
class Extract:
    """The figures of a table, and every problem on the way to them.

    `stored` is the unit of the resource, if the recipe says it. `columns` counts the figures by
    letter; `missing`: cells without one; `skipped`: rows with figures that are passed over,
    `passed` how many for each text of a field; `dashes`: cells that hold one; `unsettled`: hidden
    ones; `notes`: what was computed, and read in another way than it is written.
    """

    grid: Grid
    table: Table
    form: Form
    vocabulary: Vocabulary
    stored: str | None
    figures: list[Figure] = field(default_factory=list)
    columns: Counter[str] = field(default_factory=Counter)
    missing: int = 0
    skipped: int = 0
    passed: Counter[str] = field(default_factory=Counter)
    dashes: list[str] = field(default_factory=list)
    unsettled: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def read(self) -> None:
        """Take the figures of the table in."""
        self.grid = structure.view(self.grid, self.table.lines)
        (places, first), (_, last) = map(position, self.table.places.split(":"))
        if last >= len(self.grid.rows) or places >= self.grid.width:
            what = f"the table does not reach to {self.table.places}"
            self._problem(None, None, what, "correct the range of `places`")
            return
        self.frame = structure.frame(self.grid, places, first)
        self.uses = {position(letter)[0]: use for letter, use in self.table.columns.items()}
        self._compare_heads()
        figures = [at for at, column in self.uses.items() if column.use == FIGURES]
        figures = [at for at in figures if at in self.frame.stacks]
        names = self.frame.names(figures)
        self._compare_texts(names.values())
        for row, name in names.items():
            use = self.table.rows.get(name)
            holds = self.frame.holds(row, figures)
            if name and (use is None or row > last):
                fix = "widen the range of `places`" if row > last else f"add {name!r} to `rows`"
                self._problem(row, places, f"the recipe says nothing of {name!r}", fix)
            elif holds and use is None:
                what = "figures stand beside an empty name"
                self._problem(row, places, what, "write the name into the cell")
            elif holds and use == SKIP:
                self.skipped += 1
            elif holds and use is not None:
                self._read_row(row, name, use, figures)
            if name in self.table.rows and gazetteer.one_alphabet(name) != name:
                fix = f"{name!r} mixes letters of two alphabets that look alike: read as one"
                self.notes += [] if fix in self.notes else [fix]
        if self.unsettled:
            what = f"{len(self.unsettled)} cells are hidden in the file, first {self.unsettled[0]}"
            self._problem(None, None, what, "`hidden: take` if they count too, else `hidden: skip`")
        if self.dashes and not self.table.dash:
            what = f"{len(self.dashes)} cells hold a dash, the first in {self.dashes[0]}"
            fix = "`dash: zero` if it stands for nought, `dash: missing` if for no figure"
            self._problem(None, None, what, fix)
        for line in self.table.totals:
            self._compute(line)
        self._note_shares()

    # What the recipe must account for

    def _compare_heads(self) -> None:
        titles = {plain(title): None for title in self.frame.titles}
        for title in titles.keys() ^ dict.fromkeys(self.table.titles).keys():
            what = f"a title says {title!r}" if title in titles else f"no title says {title!r}"
            self._problem(None, None, what, "change `titles`, if the recipe holds for this table")
        finding = subject.examine(self.frame, self.table, self.form, self.vocabulary)
        self.problems += finding.rejected
        if finding.doubt and not self.table.vouched:
            self.problems.append(finding.doubt)
        if self.table.subject and self.table.subject != finding.quotes:
            what = f"the table says {formatting.listing([*map(repr, finding.quotes.values())])}"
            self._problem(None, None, what, "correct `subject`, which quotes it")
        places = self.form.place
        fields = {*self.form.key, *self.form.attributes, *self.form.dimensions} - {places}
        for at in sorted(self.frame.stacks.keys() | self.uses.keys()):
            column = self.uses.get(at)
            head = self.frame.head(at)
            if column is None:
                what, fix = (
                    f"the recipe says nothing of {head!r}",
                    f"add {letters(at)} to `columns`",
                )
                self._problem(self.frame.lowest, at, what, fix)
            elif head != column.head:
                what = f"the head is {head!r}, not {column.head!r}"
                self._problem(self.frame.lowest, at, what, "make a recipe for this table")
            elif column.use == places:
                what = f"the column is to be {places!r}, and `places` says which column that is"
                self._problem(None, at, what, f"use skip, or let `places` begin with {letters(at)}")
            elif column.use not in {FIGURES, SKIP, "unit", *fields}:
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
        try:
            stated = self._fields(row)
        except FigureError as error:
            self.problems += error.problems
            return
        if SKIP in stated.values():
            self.skipped += 1
            self.passed[next(text for text, value in self._texts(row) if value == SKIP)] += 1
            return
        code, *parts = use.split("+")
        attributes = {
            name: stated[name] for name in self.form.attributes if name in stated and name != "unit"
        }
        for at in figures:
            if self.grid.hides(row, at) and self.table.hidden != _TAKE:
                self.unsettled += [] if self.table.hidden else [self.grid.place(row, at)]
                continue
            try:
                key = self._key(row, at, stated)
                unit = stated.get("unit") or self.uses[at].unit
                value = self._value(row, at, unit)
                factor = self._factor(at, key, unit)
            except FigureError as error:
                self.problems += error.problems
                continue
            if value is None:
                self.missing += 1
                continue
            self.columns[letters(at)] += 1
            who, cell = None if use == OUTSIDE else code, self.grid.place(row, at)
            self.figures.append(
                Figure(who, key, value * factor, cell, name, tuple(parts), attributes)
            )

    def _texts(self, row: int) -> Iterator[tuple[str, str | None]]:
        """Yield the texts of a row in columns of fields, with what each stands for."""
        for at, column in self.uses.items():
            text = plain(self.frame.cell(row, at)) if at in self.frame.stacks else ""
            if text in column.values:
                yield text, column.values[text]

    def _fields(self, row: int) -> dict[str, str]:
        """Return what the fields of a row say: field -> value."""
        stated = {}
        for at, column in self.uses.items():
            text = plain(self.frame.cell(row, at)) if at in self.frame.stacks else ""
            if column.use in (FIGURES, SKIP) or not text:
                continue
            if text not in column.values:
                fix = f"add {text!r} to the `values` of column {letters(at)}"
                raise self._error(row, at, f"the recipe says nothing of {text!r}", fix)
            if (value := column.values[text]) is not None:
                stated[column.use] = value
        return stated

    def _value(self, row: int, at: int, unit: str | None) -> Decimal | None:
        """Return the number in a cell, None if there is no figure."""
        cell = self.grid.rows[row][at]
        meant = self.table.cells.get(cell, cell) if isinstance(cell, str) else cell
        if meant == "missing":
            return None
        try:
            numeral = numbers.read(meant, self.table.decimal)
        except NumeralError as error:
            fix = "add it to `cells` with the number that it is"
            raise self._error(row, at, f"{str(cell)!r}: {error}", fix) from None
        if (
            numeral.percent
            and unit
            and self.vocabulary.read(unit).units != self.vocabulary.read("%").units
        ):
            fix = f"pass over the column: --set {letters(at)}={SKIP}"
            raise self._error(row, at, f"{cell!r} is a percentage, and the unit {unit!r}", fix)
        if numeral.mark == "dash":
            self.dashes.append(self.grid.place(row, at))
            return Decimal(0) if self.table.dash == "zero" else None
        return numeral.value

    def _key(self, row: int, at: int, stated: Mapping[str, str]) -> dict[str, str]:
        """Return the key of a cell without the place."""
        key = {}
        for name in (self.form.period, *self.form.dimensions):
            value = stated.get(name) or self.uses[at].means.get(name)
            allowed = self.form.dimensions.get(name)
            if value is None:
                fix = f"add {name} to the `means` of column {letters(at)}"
                raise self._error(row, at, f"the {name} of the figure is not said", fix)
            if allowed and value not in allowed:
                what = f"the {name} {value!r} is none of {', '.join(allowed)}"
                raise self._error(None, at, what, "correct the recipe")
            key[name] = value
        return key

    def _factor(self, at: int, key: Mapping[str, str], unit: str | None) -> Decimal:
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
            fix = f"take a table in {stored}, or pass over the column: --set {letters(at)}={SKIP}"
            raise self._error(self.frame.lowest, at, str(error), fix) from None

    def _note_shares(self) -> None:
        """Note the rows that count others in, and are passed over since shares have no sum."""
        computed = {Difference.parse(line).name for line in self.table.totals}
        names = {f.name: f for f in self.figures if f.counts_in and f.name not in computed}
        codes = {figure.code for figure in self.figures if not figure.counts_in}
        self.notes += [
            f"{name!r} counts {formatting.listing(figure.counts_in)} in, and shares are not "
            f"subtracted: passed over, there is no figure of {figure.code}"
            for name, figure in names.items()
            if figure.code not in codes and (self.stored or self.form.unit(figure.key)) == "%"
        ]

    def _compute(self, line: str) -> None:
        """Add the figures that are differences of others, by a line of `totals`."""
        difference = Difference.parse(line)
        computed, lacking = difference.figures(self.figures)
        fix = f"skip {difference.name!r}, or take {line!r} out of `totals`"
        for cell, part in lacking:
            what = f"{part} has no such figure to subtract"
            self.problems.append(Problem(self.grid.file, cell, what, fix))
        if any((self.stored or self.form.unit(figure.key)) == "%" for figure in computed):
            self._problem(None, None, "shares cannot be subtracted", fix)
        if not (computed or lacking):
            self._problem(None, None, f"no figure is one of {difference.name!r}", fix)
        self.figures += computed
        self.notes.append(f"{line}: {len(computed)} figures")

    def _problem(self, row: int | None, column: int | None, what: str, fix: str) -> None:
        self.problems.append(self.grid.problem(row, column, what, fix))

    def _error(self, row: int | None, column: int | None, what: str, fix: str) -> FigureError:
        return FigureError(self.grid.problem(row, column, what, fix))
