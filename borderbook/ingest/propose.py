"""A recipe proposed for a published table: what is certain is written, what is not stays open.

Nothing is guessed: what a name, head, number or unit may stand for is asked, with its cell.
"""

from __future__ import annotations

import itertools
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from borderbook import formatting
from borderbook.errors import Problem
from borderbook.ingest import numbers, structure
from borderbook.ingest.gazetteer import Gazetteer, plain
from borderbook.ingest.headers import VALUE, Meaning, Vocabulary, agreed
from borderbook.ingest.numbers import NumeralError
from borderbook.ingest.recipe import FIGURES, OUTSIDE, SKIP, Column, Table, is_open
from borderbook.ingest.spreadsheets import Cell, Grid, letters
from borderbook.ingest.target import MEASURE, Form
from borderbook.ingest.totals import Difference


@dataclass(frozen=True)
class Statements:
    """What the author says of the tables beside what stands in them.

    `key`: part of the key -> values to take, which a table without that part has, if it is one;
    `unit` in the file; `decimal` mark; `dash`: zero or missing.
    """

    key: Mapping[str, Sequence[str]] = field(default_factory=dict)
    unit: str | None = None
    decimal: str | None = None
    dash: str | None = None


@dataclass
class Draft:
    """The tables of a recipe, and what their open marks leave to settle."""

    tables: list[Table]
    questions: dict[str, Problem]


def propose(
    files: Sequence[Sequence[Grid]],
    form: Form,
    names: Gazetteer,
    vocabulary: Vocabulary,
    statements: Statements,
) -> Draft:
    """Return a recipe's tables for each of `files`: grids of which one holds places.

    Raises FigureError for a file in which no one table with places down its rows can be made out.
    """
    made = Draft([], {})
    marks = (f"?{number}" for number in itertools.count(1))
    for grids in files:
        frame = structure.locate(grids, names)
        proposer = _Proposer(frame, form, names, vocabulary, statements, marks)
        made.tables.append(proposer.table())
        made.questions |= proposer.questions
    return made


@dataclass
class _Proposer:
    """Proposes the recipe of one table; `questions` are what its open marks leave to settle."""

    frame: structure.Frame
    form: Form
    names: Gazetteer
    vocabulary: Vocabulary
    statements: Statements
    marks: Iterator[str]
    questions: dict[str, Problem] = field(default_factory=dict)

    def table(self) -> Table:
        """Return the recipe of the table."""
        frame, grid = self.frame, self.frame.grid
        read = {at: list(map(self.vocabulary.read, frame.stacks[at])) for at in frame.stacks}
        uses = {at: self._use(at, meanings) for at, meanings in read.items()}
        figures = [at for at, use in uses.items() if use == FIGURES or is_open(use)]
        names = frame.names(figures)
        rows = self._rows(names, figures)
        codes = {name for name, use in rows.items() if use != SKIP and not is_open(use)}
        taken = [row for row, name in names.items() if name in codes]
        columns = self._columns(uses, read, taken)
        for at, column in columns.items():
            skipped = [text for text, value in column.values.items() if value == SKIP]
            taken = [row for row in taken if plain(frame.cell(row, at)) not in skipped]
        shares = any(column.unit == "%" for column in columns.values())
        settled, totals = self._totals(names, rows, shares=shares)
        cells = {grid.place(row, at): grid.rows[row][at]
                 for row in taken for at, use in uses.items() if use == FIGURES}  # fmt: skip
        decimal, dash, texts = self._numbers(cells)
        letter = letters(frame.places)
        return Table(
            sheet=grid.sheet or None,
            titles=list(dict.fromkeys(map(plain, frame.titles))),
            places=f"{letter}{frame.first + 1}:{letter}{len(grid.rows)}",
            columns={letters(at): column for at, column in columns.items()},
            rows=settled,
            decimal=decimal,
            dash=dash,
            cells=texts,
            totals=totals,
        )

    # Columns

    def _columns(
        self, uses: Mapping[int, str], read: Mapping[int, Sequence[Meaning]], rows: Sequence[int]
    ) -> dict[int, Column]:
        columns = {
            at: self._field(at, use, rows)
            for at, use in uses.items()
            if use not in (FIGURES, SKIP) and not is_open(use)
        }
        # Parts of the key that the rows say: no head has to.
        stated = {column.use for column in columns.values() if any(column.values.values())}
        texts = filter(None, (*self.frame.titles, self.frame.grid.sheet))
        titles = [self.vocabulary.read(text) for text in texts]
        for at, use in uses.items():
            if use == SKIP:
                columns[at] = Column(head=self.frame.head(at), use=SKIP)
            elif at not in columns:
                columns[at] = self._figures(at, use, read[at], titles, stated)
        return dict(sorted(columns.items()))

    def _use(self, at: int, read: Sequence[Meaning]) -> str:
        """Return what a column is used for, from its heads."""
        roles = [meaning.role for meaning in read if meaning.role]
        if self.form.place in roles or structure.names_places_again(self.frame, at, self.names):
            return SKIP
        if roles and roles[-1] != VALUE and not any(meaning.values for meaning in read):
            return roles[-1]
        for head, meaning in zip(self.frame.stacks[at], read, strict=True):
            if meaning.unknown:
                unknown = " ".join(meaning.unknown)
                what = f"the head {plain(head)!r} says more than is known ({unknown!r})"
                fix = "skip passes over the column, figures takes it as what stands below"
                return self._ask(self.frame.lowest, at, what, fix)
        return FIGURES

    def _field(self, at: int, name: str, rows: Iterable[int]) -> Column:
        """Return a column that says a part of the key or an attribute of its row."""
        values: dict[str, str | None] = {}
        for row in rows:
            text = self.frame.cell(row, at)
            if text and plain(text) not in values:
                values[plain(text)] = self._field_value(row, at, name, text)
        return Column(head=self.frame.head(at), use=name, values=values)

    def _field_value(self, row: int, at: int, name: str, text: str) -> str | None:
        if name in self.form.attributes and name != "unit":
            return text
        meaning = self.vocabulary.read(text)
        values = meaning.values.get(name, ())
        if text in self.form.dimensions.get(name, ()):
            values = (text,)
        elif meaning.unknown:
            what = f"{plain(text)!r} is no {name} that is known"
            return self._ask(row, at, what, "write which it is, or skip for its rows")
        if len(values) > 1:
            what = f"the {name} may be {' or '.join(values)}"
            return self._ask(row, at, what, "write which it is")
        wanted = self.statements.key.get(name) or values
        return SKIP if values and values[0] not in wanted else next(iter(values), None)

    def _figures(
        self,
        at: int,
        use: str,
        read: Sequence[Meaning],
        titles: Sequence[Meaning],
        stated: Container[str],
    ) -> Column:
        """Return a column of figures, or one that may be: what its heads and the titles say."""
        means: dict[str, str] = {}
        if self.statements.unit and "unit" not in stated:
            means["unit"] = self.statements.unit
        for name in (self.form.period, *self.form.dimensions, "unit"):
            if name in stated or name in means:
                continue
            wanted = self.statements.key.get(name, ())
            of_titles = (value for title in titles for value in title.values.get(name, ()))
            values = agreed(reversed(read), name) or tuple(dict.fromkeys(of_titles))
            if not values and len(wanted) == 1:
                values = tuple(wanted)
            if len(values) == 1 and wanted and values[0] not in wanted:
                return Column(head=self.frame.head(at), use=SKIP)
            if len(values) == 1:
                means[name] = values[0]
            elif use == FIGURES:
                label = "indicator" if name == MEASURE else name
                allowed = ", ".join(self.form.dimensions.get(name, ()))
                fix = f"write one of {allowed}" if allowed else f"write the {label}"
                fix += f" (or --set {label}=...), or use: skip"
                many = f"the {label} may be {' or '.join(values)}"
                what = many if values else f"the {label} of the figures is not said"
                means[name] = self._ask(self.frame.lowest, at, what, fix)
        unit = means.pop("unit", None)
        return Column(head=self.frame.head(at), use=use, means=means, unit=unit)

    # Rows

    def _rows(self, names: Mapping[int, str], figures: Sequence[int]) -> dict[str, str]:
        """Return what each name is: code, skip, outside, or an open mark."""
        rows: dict[str, str] = {}
        for row, name in names.items():
            holds = self.frame.holds(row, figures)
            if name and (name not in rows or (holds and rows[name] == SKIP)):
                rows[name] = self._row(row, name, holds=holds)
        return rows

    def _row(self, row: int, name: str, *, holds: bool) -> str:
        place = self.names.find(self.frame.cell(row, self.frame.places))
        inside = self.vocabulary.read(name)
        if place is None and holds:
            near = "; ".join(self.names.suggest(name))
            like = f"; spelled nearly so: {near}" if near else ""
            what = f"{name!r} is no place that is known{like}"
            fix = "write its code, outside or skip"
        elif place is None and inside.values and not inside.unknown:
            what = f"{name!r} stands between the rows and may change what they mean"
            fix = "write skip, or put each part into a file or sheet of its own"
        elif place is not None and place.kind == "heading" and holds:
            what = f"{name!r} is a heading, but there are figures beside it"
            fix = "write skip or a code"
        elif place is None or place.kind in ("group", "heading"):
            return SKIP
        else:
            return OUTSIDE if place.kind == "outside" else place.code
        return self._ask(row, self.frame.places, what, fix)

    def _totals(
        self, names: Mapping[int, str], rows: Mapping[str, str], *, shares: bool
    ) -> tuple[dict[str, str], list[str]]:
        """Return the rows with what each counts in, and the differences to compute.

        A name that does not tell counts its parts in where another row says "without". A place of
        which there is only a row with its parts is the difference, if the parts are there.
        """
        settled, lines = dict(rows), []
        first = {name: row for row, name in reversed([*names.items()])}
        for code, parts in self.names.places.parts.items():
            mine = [name for name, use in rows.items() if use == code]
            places = {name: place for name in mine if (place := self.names.find(name))}
            unclear = [name for name, place in places.items() if place.plain]
            totals = [name for name, place in places.items() if place.kind == "whole"]
            joined, listed = "+".join((code, *parts)), formatting.listing(parts)
            for name in (*unclear, *totals):
                line, settled[name] = str(Difference(code, name, parts)), joined
                if len(totals) + len(unclear) < len(mine):
                    continue
                if name in unclear:
                    what = f"{name!r} may be with or without {listed}; no row says without"
                    fix = (
                        f"write {code} if without, {joined} if with them (`totals: ['{line}']` "
                        "then takes the difference), or skip"
                    )
                elif not set(parts) <= set(rows.values()):
                    what = f"{name!r} counts {listed} in, and not all of the parts are there"
                    fix = "write skip"
                else:
                    lines += [] if shares else [line]
                    continue
                settled[name] = self._ask(first[name], self.frame.places, what, fix)
        return settled, lines

    # Cells

    def _numbers(self, cells: Mapping[str, Cell]) -> tuple[str, str | None, dict[str, str]]:
        """Return decimal mark, what a dash is, and the texts that are no number, each by a mark.

        `cells`: place -> what it holds.
        """
        try:
            decimal = mark = self.statements.decimal or numbers.decimal_mark(cells.values())
        except NumeralError as error:
            mark = ","
            decimal = self._ask("", None, str(error), "write , or . for the mark before decimals")
        texts, dashes = {}, []
        for place, cell in cells.items():
            try:
                dashes += [place] if numbers.read(cell, mark).mark == "dash" else []
            except NumeralError as error:
                text, fix = str(cell), "write the number, or '' for no figure"
                if text not in texts:
                    texts[text] = self._ask(place, None, f"{text!r}: {error}", fix)
        dash = self.statements.dash
        if dashes and not dash:
            what = f"{len(dashes)} cells hold a dash, the first in {dashes[0]}"
            fix = "zero if it stands for nought, missing if for no figure (or --set dash=...)"
            dash = self._ask("", None, what, fix)
        return decimal, dash, texts

    def _ask(self, row: int | str, column: int | None, what: str, fix: str) -> str:
        """Return a new mark for what is open in a cell, told by row and column or in words."""
        mark, grid = next(self.marks), self.frame.grid
        cell = row if isinstance(row, str) else grid.place(row, column)
        self.questions[mark] = Problem(grid.file, cell, what, fix)
        return mark
