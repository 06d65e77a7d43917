"""What the columns of a published table are used for, from heads, titles and what the author says.

Nothing is guessed: what a head, text or unit may stand for is asked, with its cell.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from borderbook import formatting
from borderbook.errors import Problem
from borderbook.ingest import structure
from borderbook.ingest.gazetteer import Gazetteer, plain
from borderbook.ingest.headers import VALUE, Meaning, Vocabulary, agreed
from borderbook.ingest.recipe import FIGURES, SKIP, Column, Statements, Table, is_open
from borderbook.ingest.sheet_xml import letters
from borderbook.ingest.target import MEASURE, Form

# What is to be done with a table that an earlier recipe does not fit.
ANEW = "make a recipe for this file: borderbook data add RESOURCE FILE"
# What is to be done where the author and the file say two things.
LIFT = "leave out --set unit, or correct it: the figures are taken in the unit that the file says"


@dataclass
class Columns:
    """The columns of a table; `questions` are what their open marks leave to settle.

    `earlier` is the table by which another edition was read; `refused` what rules the table out.
    """

    frame: structure.Frame
    form: Form
    names: Gazetteer
    vocabulary: Vocabulary
    statements: Statements
    marks: Iterator[str]
    hidden: str | None
    earlier: Table | None
    questions: dict[str, Problem] = field(default_factory=dict)
    refused: list[Problem] = field(default_factory=list)
    outside: dict[str, str] = field(default_factory=dict)

    def columns(
        self, uses: Mapping[int, str], read: Mapping[int, Sequence[Meaning]], rows: Sequence[int]
    ) -> dict[int, Column]:
        """Return what each column is used for and means; `rows` are those with figures."""
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
        return self._told_apart(dict(sorted(columns.items())), stated)

    def _told_apart(self, columns: dict[int, Column], stated: Container[str]) -> dict[int, Column]:
        """Return the columns; of two with figures of the same key the second is asked."""
        first: dict[tuple[tuple[str, str], ...], int] = {}
        for at, column in columns.items():
            if column.use != FIGURES or any(map(is_open, column.means.values())):
                continue
            other = first.setdefault(tuple(sorted(column.means.items())), at)
            if other != at and not columns[other].values:
                heads = [" / ".join(self.frame.stacks[each]) for each in (other, at)]
                what = (
                    f"columns {letters(other)} and {letters(at)} both say "
                    f"{' '.join(column.means.values())}: {heads[0]!r}, {heads[1]!r}"
                )
                fix = f"pass over one of them: {setting(letters(other), SKIP)} or"
                use = self.ask(self.frame.lowest, at, what, fix, letters(at), SKIP)
                columns[at] = column.model_copy(update={"use": use})
        return columns

    def _before(self, at: int) -> Column | None:
        """Return the column of the earlier edition that has the same heads, but for years."""
        if self.earlier is None:
            return None
        columns, head = self.earlier.columns.values(), self.frame.head(at)
        alike = [column for column in columns if column.head == head]
        alike += [column for column in columns if dateless(column.head) == dateless(head)]
        return next(iter(alike), None)

    def _counts(self, at: int) -> bool:
        """Return whether a column only numbers the rows, or all of a page, from 1 on."""
        cells = [row[at] for row in self.frame.grid.rows[self.frame.first :]]
        texts = [str(cell).removesuffix(".") for cell in cells if cell is not None]
        return len(texts) > 1 and texts == [str(number) for number in range(1, len(texts) + 1)]

    def use(self, at: int, read: Sequence[Meaning]) -> str:
        """Return what a column is used for, from its heads."""
        before = self._before(at)
        if settled := self.statements.texts.get(letters(at)) or (before and before.use):
            return settled
        if self.earlier:
            what = f"the earlier edition has no column like {self.frame.head(at)!r}"
            self.refused.append(self.frame.grid.problem(self.frame.lowest, at, what, ANEW))
        roles = [meaning.role for meaning in read if meaning.role]
        says = any(meaning.values for meaning in read)
        again = self.form.place in roles or structure.names_places_again(self.frame, at, self.names)
        numbered = not says and not roles and (at < self.frame.places or not read)
        if again or (numbered and self._counts(at)):
            return SKIP
        if roles and roles[-1] != VALUE and not says:
            return roles[-1]
        for head, meaning in zip(self.frame.stacks[at], read, strict=True):
            if not meaning.certain:
                return self._ask_head(at, head, meaning)
        return FIGURES if self.frame.stacks[at] else self._headless(at)

    def _ask_head(self, at: int, head: str, meaning: Meaning) -> str:
        unknown = "; ".join(meaning.rejected) or repr(" ".join(meaning.unknown))
        what = f"the head {plain(head)!r} says more than is known ({unknown})"
        fix = "skip passes over the column"
        if not meaning.rejected:
            fix = f"figures takes it, if these words change nothing; {fix}"
        return self.ask(self.frame.lowest, at, what, fix, letters(at), SKIP)

    def _headless(self, at: int) -> str:
        """Return what a column without a head is used for: units, or figures."""
        texts = [row[at] for row in self.frame.grid.rows[self.frame.first :] if row[at] is not None]
        read = [self.vocabulary.read(text) for text in texts if isinstance(text, str)]
        units = (
            texts and len(read) == len(texts) and all(each.units and each.certain for each in read)
        )
        return "unit" if units else FIGURES

    def _field(self, at: int, name: str, rows: Iterable[int]) -> Column:
        """Return a column that says a part of the key or an attribute of its row."""
        first: dict[str, tuple[int, str]] = {}
        for row in rows:
            text = self.frame.cell(row, at)
            if text and plain(text) not in first:
                first[plain(text)] = row, text
        # Beside rows that it can tell, those of another thing are passed over.
        some = name in self.form.dimensions and any(
            self.vocabulary.read(text).certain and self.vocabulary.read(text).values.get(name)
            for _, text in first.values()
        )
        before = self._before(at)
        settled = {**(before.values if before else {}), **self.statements.texts}
        values = {
            key: settled[key] if key in settled else self._field_value(row, at, name, text, some)
            for key, (row, text) in first.items()
        }
        return Column(head=self.frame.head(at), use=name, values=values)

    def _field_value(self, row: int, at: int, name: str, text: str, some: bool) -> str | None:
        """Return what a text of a field means; `some` others of the column are settled."""
        if name in self.form.attributes and name != "unit":
            return text
        meaning = self.vocabulary.read(text)
        values = meaning.values.get(name, ())
        if text in self.form.dimensions.get(name, ()):
            values = (text,)
        elif not meaning.certain:
            if some:
                return SKIP
            what = f"{plain(text)!r} is no {name} that is known"
            fix = "write which it is, or skip for its rows"
            return self.ask(row, at, what, fix, plain(text), SKIP)
        if len(values) > 1:
            what = f"the {name} may be {' or '.join(values)}"
            return self.ask(row, at, what, "write which it is", plain(text), *values)
        if not values:
            return None
        wanted = self.statements.key.get(name) or values
        period = name == self.form.period
        value = self._period(values[0], row, at) if period and values[0] in wanted else values[0]
        return value if values[0] in wanted else SKIP

    def _period(self, value: str, row: int, at: int) -> str:
        """Return a period, or the mark under which all are asked that the resource cannot hold."""
        first, last = self.form.periods
        if (first is None or int(value) >= first) and (last is None or int(value) <= last):
            return value
        mark = next(iter(self.outside.values()), None) or next(self.marks)
        self.outside[value] = mark
        grid, listed = self.frame.grid, formatting.listing(sorted(self.outside))
        what = f"the resource holds {first or ''} to {last or ''}, and not {listed}"
        whole = setting(self.form.period, f"{first or 0}..{last or 9999}")
        fix = f"{whole} leaves out what lies outside"
        place = self.questions[mark].place if mark in self.questions else grid.place(row, at)
        self.questions[mark] = Problem(grid.file, place, what, fix)
        return mark

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
        if before := self._before(at):
            means = {
                name: value for name, value in before.means.items() if name != self.form.period
            }
            means |= {"unit": before.unit} if before.unit else {}
        for name in (self.form.period, *self.form.dimensions, "unit"):
            if name in stated or name in means:
                continue
            of_titles = (value for title in titles for value in title.values.get(name, ()))
            values = agreed(reversed(read), name) or tuple(dict.fromkeys(of_titles))
            what = ""
            if name == "unit":
                what, stated_unit = self._contradicts(values), self.statements.unit
                values = (stated_unit,) if stated_unit else tuple(map(self._whole_unit, values))
            else:
                wanted = tuple(self.statements.key.get(name, ()))
                values = values or (wanted if len(wanted) == 1 else ())
                if len(values) == 1 and wanted and values[0] not in wanted:
                    return Column(head=self.frame.head(at), use=SKIP)
            if what:
                self.refused.append(self.frame.grid.problem(self.frame.lowest, at, what, LIFT))
            elif len(values) == 1 and values[0]:
                period = name == self.form.period
                means[name] = (
                    self._period(values[0], self.frame.lowest, at) if period else values[0]
                )
            elif use == FIGURES:
                means[name] = self._ask_meaning(at, name, values)
        unit = means.pop("unit", None)
        return Column(head=self.frame.head(at), use=use, means=means, unit=unit)

    def _whole_unit(self, unit: str) -> str:
        """Return a unit that says of what it is, blank for one that does not."""
        return unit if all(each.base for each in self.vocabulary.read(unit).units) else ""

    def _contradicts(self, values: Sequence[str]) -> str:
        """Return in what the unit that the author states is not that of the file, blank if not."""
        stated = self.statements.unit
        if not (stated and values):
            return ""
        given = self.vocabulary.read(stated).units
        of_file = [unit for value in values for unit in self.vocabulary.read(value).units]
        agree = any(
            unit.scale in (each.scale, *([1] if each.base == "%" else ()))
            and unit.base in ("", each.base)
            for unit in of_file
            for each in given
        )
        return "" if agree else f"the file says {' or '.join(values)}, --set unit says {stated}"

    def _ask_meaning(self, at: int, name: str, values: Sequence[str]) -> str:
        """Return a mark for what the figures of a column are, as far as heads and titles tell."""
        label = "indicator" if name == MEASURE else name
        allowed = self.form.dimensions.get(name, ())
        choices = [value for value in values if value] or list(allowed)
        fix = f"write one of {', '.join(choices)}" if choices else f"write the {label}"
        stored = self.form.unit({}) if name == "unit" and len(self.form.measures) == 1 else ""
        fix += f" (the resource holds {stored})" if stored else ""
        fix += f", --set {label}={label.upper()} for all columns"
        fix += f", or pass over the column: {setting(letters(at), SKIP)}"
        if name == "unit" and values and not any(values):
            what = "the unit says how many, and not of what"
        else:
            many = f"the {label} may be {' or '.join(values)}"
            what = many if values else f"the {label} of the figures is not said"
        return self.ask(self.frame.lowest, at, what, fix)

    def ask(
        self,
        row: int | str,
        column: int | None,
        what: str,
        fix: str,
        about: str = "",
        *choices: str,
    ) -> str:
        """Return a new mark for what is open in a cell, told by row and column or in words.

        `about` is what a setting names that settles it, with each of the `choices`.
        """
        mark, grid = next(self.marks), self.frame.grid
        cell = row if isinstance(row, str) else grid.place(row, column)
        options = " or ".join(setting(about, choice) for choice in choices)
        text = f"{fix}{'' if fix.endswith((':', ' or')) else ':'} {options}" if options else fix
        self.questions[mark] = Problem(grid.file, cell, what, text)
        return mark


def setting(about: str, value: str) -> str:
    """Return the option that settles something, as a shell takes it."""
    return f"--set {shlex.quote(f'{about}={value}')}"


def dateless(text: str) -> str:
    """Return a text without its years."""
    return re.sub(r"(?:19|20)\d\d", "", text)


def undated(texts: Iterable[str]) -> set[str]:
    """Return texts without their years."""
    return set(map(dateless, texts))
