"""A recipe proposed for a published table: what is certain is written, what is not stays open.

Nothing is guessed: what a name, head, number or unit may stand for is asked, with its cell.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from borderbook import formatting
from borderbook.errors import Problem
from borderbook.ingest import numbers, structure, subject
from borderbook.ingest.columns import ANEW, Columns, undated
from borderbook.ingest.gazetteer import Gazetteer, plain
from borderbook.ingest.headers import FRACTION, Vocabulary
from borderbook.ingest.numbers import NumeralError
from borderbook.ingest.recipe import FIGURES, OUTSIDE, SKIP, Column, Statements, Table, is_open
from borderbook.ingest.sheet_xml import NO_VALUE, letters
from borderbook.ingest.spreadsheets import Cell, FigureError, Grid
from borderbook.ingest.target import Form
from borderbook.ingest.totals import Difference

# So many unknown names are compared with those that are known.
_ALIKE = 20


@dataclass
class Draft:
    """The tables of a recipe, what their open marks leave to settle, and what rules them out."""

    tables: list[Table]
    questions: dict[str, Problem]
    refused: list[Problem] = field(default_factory=list)


def propose(
    files: Sequence[Sequence[Grid]],
    form: Form,
    names: Gazetteer,
    vocabulary: Vocabulary,
    statements: Statements,
    *,
    earlier: Sequence[Sequence[Table]] = (),
) -> Draft:
    """Return a recipe's tables for each of `files`: grids of which one sheet holds places.

    `earlier`: for each of them, the tables by which another edition was read. Raises FigureError
    for a file in which no table with places down its rows can be made out, or that is laid out in
    another way than its earlier edition.
    """
    made = Draft([], {})
    marks = (f"?{number}" for number in itertools.count(1))
    for grids, tables in itertools.zip_longest(files, earlier, fillvalue=()):
        whole = structure.locate(grids, names)
        hidden = statements.hidden or next((table.hidden for table in tables), None)
        parts = structure.parts(whole, names, vocabulary.names_subject)
        if earlier and len(parts) != len(tables):
            what = f"{len(parts)} tables stand in the sheet, {len(tables)} in the earlier edition"
            raise FigureError(whole.grid.problem(None, None, what, ANEW))
        for (lines, frame), table in itertools.zip_longest(parts, tables):
            proposer = _Proposer(frame, form, names, vocabulary, statements, marks, hidden, table)
            made.tables.append(proposer.table().model_copy(update={"lines": lines}))
            made.questions |= proposer.questions
            made.refused += proposer.refused
    return made


class _Proposer(Columns):
    """Proposes the recipe of one table."""

    def table(self) -> Table:
        """Return the recipe of the table."""
        frame, grid, answers = self.frame, self.frame.grid, self.statements.texts
        skipped = any(answers.get(plain(title)) == SKIP for title in frame.titles)
        if skipped:
            self.statements = replace(
                self.statements,
                texts={**answers, **dict.fromkeys(map(letters, frame.stacks), SKIP)},
            )
        read = {at: list(map(self.vocabulary.read, frame.stacks[at])) for at in frame.stacks}
        uses = {at: self.use(at, meanings) for at, meanings in read.items()}
        figures = [at for at, use in uses.items() if use == FIGURES or is_open(use)]
        names = frame.names(figures)
        rows = self._rows(names, figures)
        codes = {name for name, use in rows.items() if use != SKIP and not is_open(use)}
        taken = [row for row, name in names.items() if name in codes]
        columns = self.columns(uses, read, taken)
        for at, column in columns.items():
            passed = [text for text, value in column.values.items() if value == SKIP]
            taken = [row for row in taken if plain(frame.cell(row, at)) not in passed]
        shares = any(column.unit == "%" for column in columns.values())
        settled, totals = self._totals(names, rows, shares=shares)
        self._ask_hidden(names, figures)
        cells = {
            grid.place(row, at): grid.rows[row][at]
            for row in taken
            for at, use in uses.items()
            if use == FIGURES and not (self.hidden == SKIP and grid.hides(row, at))
        }
        decimal, dash, texts = self._numbers(cells)
        columns = self._ask_fractions(columns, cells, decimal)
        letter = letters(frame.places)
        last = max(names, default=len(grid.rows) - 1) + 1
        table = Table(
            sheet=grid.sheet or None,
            hidden=self.hidden,
            titles=list(dict.fromkeys(map(plain, frame.titles))),
            places=f"{letter}{frame.first + 1}:{letter}{last}",
            columns={letters(at): column for at, column in columns.items()},
            rows=settled,
            decimal=decimal,
            dash=dash,
            cells=texts,
            totals=totals,
        )
        self._compare(table)
        return table.model_copy(update=self._subject(table))

    def _subject(self, table: Table) -> dict[str, Any]:
        """Return what the table says its figures are of, and what vouches for it."""
        finding = subject.examine(self.frame, table, self.form, self.vocabulary)
        self.refused += finding.rejected
        vouched = self.statements.subject if finding.doubt else None
        if finding.doubt and self.earlier and self.earlier.vouched:
            same = undated(self.earlier.subject.values()) == undated(finding.quotes.values())
            vouched = self.earlier.vouched if same else None
        if finding.doubt and not vouched:
            vouched = next(self.marks)
            self.questions[vouched] = finding.doubt
        return {"subject": finding.quotes, "vouched": vouched}

    def _compare(self, table: Table) -> None:
        """Refuse a table whose titles say else than those of its earlier edition, but for years."""
        if self.earlier and undated(table.titles) != undated(self.earlier.titles):
            titles = undated(table.titles) ^ undated(self.earlier.titles)
            other = [repr(title) for title in sorted(titles)]
            what = f"the titles are not those of the earlier edition: {formatting.listing(other)}"
            self.refused.append(self.frame.grid.problem(None, None, what, ANEW))

    # Rows

    def _rows(self, names: Mapping[int, str], figures: Sequence[int]) -> dict[str, str]:
        """Return what each name is: code, skip, outside, or an open mark."""
        rows: dict[str, str] = {}
        before = self.earlier.rows if self.earlier else {}
        last = max((row for row in names if self.frame.holds(row, figures)), default=-1)
        for row, name in names.items():
            holds = self.frame.holds(row, figures)
            if name and (name not in rows or (holds and rows[name] == SKIP)):
                answer = self.statements.texts.get(name) or before.get(name)
                shown = figures if holds else ()
                rows[name] = answer or self._row(row, name, shown, between=row < last)
        return rows

    def _sums(self, row: int, figures: Sequence[int]) -> bool:
        """Return whether each figure of a row is the sum of those of all places below it."""
        grid, places = self.frame.grid, self.frame.places
        named = {r: self.names.find(grid.text(r, places)) for r in range(row + 1, len(grid.rows))}
        below = [r for r, place in named.items() if place and place.kind == "place"]
        try:
            values = [[numbers.read(grid.rows[r][at]).value or Decimal(0) for r in (row, *below)]
                      for at in figures]  # fmt: skip
        except NumeralError:
            return False
        gaps = [abs(whole - sum(parts)) for whole, *parts in values]
        return len(below) > 1 and all(gap <= len(below) for gap in gaps)

    def _row(self, row: int, name: str, figures: Sequence[int], *, between: bool) -> str:
        """Return what the name of a row with these figures is."""
        holds = bool(figures)
        place = self.names.find(self.frame.cell(row, self.frame.places))
        total = self.names.places.total
        if place is None and holds:
            # To look for names that are spelled alike takes long, and serves a few at most.
            near = "; ".join(self.names.suggest(name)) if len(self.questions) < _ALIKE else ""
            like = f"; spelled nearly so: {near}" if near else ""
            what = f"{name!r} is no place that is known{like}"
            fix = f"write its code{f' ({total} for the total of all)' if total else ''}, outside"
            fix += " if only the total counts it in, or skip, which leaves its figures out"
            if total and row == self.frame.first and self._sums(row, figures):
                fix = "its figures are the sum of the others: the total of all"
                return self.ask(row, self.frame.places, what, fix, name, total)
        elif place is None and between:
            what = f"{name!r} stands between the rows and may change what they mean"
            fix = "put each part into a file or sheet of its own"
            if self.vocabulary.read(name).values or self.vocabulary.read(name).rejected:
                self.refused.append(self.frame.grid.problem(row, self.frame.places, what, fix))
                return SKIP
            fix += "; if it changes nothing, skip it"
        elif place is not None and place.kind == "heading" and holds:
            what = f"{name!r} is a heading, but there are figures beside it"
            fix = "write a code, or skip, which leaves its figures out"
        elif place is None or place.kind in ("group", "heading"):
            return SKIP
        else:
            return OUTSIDE if place.kind == "outside" else place.code
        return self.ask(row, self.frame.places, what, fix, name, SKIP)

    def _ask_hidden(self, names: Mapping[int, str], figures: Sequence[int]) -> None:
        """Ask whether figures are taken that the file hides."""
        grid = self.frame.grid
        cells = [(row, at) for row in names for at in figures
                 if grid.hides(row, at) and grid.text(row, at)]  # fmt: skip
        if cells and self.hidden is None:
            what = f"{len(cells)} cells with figures are hidden in the file"
            fix = "write take or skip for all of them"
            self.hidden = self.ask(*cells[0], what, fix, "hidden", "take", SKIP)

    def _ask_fractions(
        self, columns: dict[int, Column], cells: Mapping[str, Cell], decimal: str
    ) -> dict[int, Column]:
        """Return the columns; where all per cents lie between 0 and 1 the unit is asked."""
        shares = [
            at for at, column in columns.items() if column.use == FIGURES and column.unit == "%"
        ]
        if not shares or self.earlier or self.statements.unit or is_open(decimal):
            return columns
        values = {}
        for place, cell in cells.items():
            try:
                numeral = numbers.read(cell, decimal)
            except NumeralError:
                continue
            if numeral.value is not None:
                values[place] = 100 * numeral.value if numeral.percent else numeral.value
        if not values or max(map(abs, values.values())) > 1 or not any(values.values()):
            return columns
        what = "every figure lies between 0 and 1, and the unit is %"
        fix = f"write % if they are per cent, {FRACTION} if 1 is the whole"
        unit = self.ask(next(iter(values)), None, what, fix, "unit", "%", FRACTION)
        return {at: column.model_copy(update={"unit": unit} if at in shares else {})
                for at, column in columns.items()}  # fmt: skip

    def _totals(
        self, names: Mapping[int, str], rows: Mapping[str, str], *, shares: bool
    ) -> tuple[dict[str, str], list[str]]:
        """Return the rows with what each counts in, and the differences to compute.

        A name that does not tell counts its parts in where another row says "without". A place of
        which there is only a row with its parts is the difference, if the parts are there.
        """
        settled, lines = dict(rows), []
        if self.earlier:
            lines += [line for line in self.earlier.totals if Difference.parse(line).name in rows]
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
                if self.statements.texts.get(name):
                    settled[name] = self.statements.texts[name]
                    lines += [line] if settled[name] == joined and not shares else []
                    continue
                if name in unclear:
                    what = f"{name!r} may be with or without {listed}; no row says without"
                    fix = f"write {code} if without, {joined} if with them, or skip"
                    if set(parts) <= set(rows.values()) and not shares:
                        fix += (
                            f" (--set then takes the difference, in a draft `totals: ['{line}']`)"
                        )
                elif not set(parts) <= set(rows.values()):
                    what = f"{name!r} counts {listed} in, and not all of the parts are there"
                    fix = "write skip"
                else:
                    lines += [] if shares else [line]
                    continue
                settled[name] = self.ask(first[name], self.frame.places, what, fix, name, SKIP)
        return settled, lines

    # Cells

    def _numbers(self, cells: Mapping[str, Cell]) -> tuple[str, str | None, dict[str, str]]:
        """Return decimal mark, what a dash is, and the texts that are no number, each by a mark.

        `cells`: place -> what it holds.
        """
        before = self.earlier or Table(places="A1:A1", columns={}, rows={})
        try:
            decimal = mark = self.statements.decimal or numbers.decimal_mark(cells.values())
        except NumeralError as error:
            mark, fix = ",", "write , or . for the mark before decimals"
            first = next(place for place, cell in cells.items() if repr(cell) in str(error))
            decimal = (
                before.decimal
                if self.earlier
                else self.ask(first, None, str(error), fix, "decimal", ",", ".")
            )
        texts, dashes = {}, []
        counts = Counter(cell for cell in cells.values() if isinstance(cell, str))
        for place, cell in cells.items():
            try:
                dashes += [place] if numbers.read(cell, mark).mark == "dash" else []
            except NumeralError as error:
                text = str(cell)
                if text in texts:
                    continue
                many = f" ({counts[text]} cells)" if counts[text] > 1 else ""
                what, fix = f"{text!r}{many}: {error}", "write the number, or missing for no figure"
                if text == NO_VALUE:
                    what = f"{counts[text]} cells hold a formula without a stored value"
                    fix = "open the file in a spreadsheet program and save it, which computes them"
                    self.refused.append(Problem(self.frame.grid.file, place, what, fix))
                    texts[text] = ""
                elif (known := self.statements.texts.get(text, before.cells.get(text))) is not None:
                    texts[text] = known
                else:
                    texts[text] = self.ask(place, None, what, fix, text, "missing")
        dash = self.statements.dash or before.dash
        if dashes and not dash:
            what = f"{len(dashes)} cells hold a dash, the first in {dashes[0]}"
            fix = "write zero if it stands for nought, missing if for no figure"
            dash = self.ask(dashes[0], None, what, fix, "dash", "zero", "missing")
        return decimal, dash, texts
