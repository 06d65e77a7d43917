"""Figures by place from a table as a statistical office publishes it.

What the file says is taken; what it leaves open the user has to say; nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from borderbook.errors import Problem
from borderbook.ingest import numbers, totals
from borderbook.ingest.gazetteer import Gazetteer, Place, plain
from borderbook.ingest.headers import Unit, UnitError, Vocabulary, agreed
from borderbook.ingest.numbers import NumeralError
from borderbook.ingest.spreadsheets import FigureError, Grid, letters
from borderbook.ingest.structure import Column, Layout, Wishes, choose, layout
from borderbook.ingest.target import MEASURE, Form
from borderbook.ingest.totals import Figure

Dash = Literal["", "zero", "missing"]


@dataclass
class Choices:
    """What the user says of a file beside what stands in it.

    `fixed`: field of the key, or beside it -> value. `years`: those to take; one if the file names
    none. `unit`: the file's unit. `decimal`: "," or ".". `dash`: what a dash stands for.
    """

    wishes: Wishes = field(default_factory=Wishes)
    fixed: dict[str, str] = field(default_factory=dict)
    years: tuple[int, ...] = ()
    unit: str = ""
    decimal: str = ""
    dash: Dash = ""


@dataclass
class Published:
    """What was understood of a table, and what was passed over.

    `places`: name as written -> code, with a star if it counts parts in; `columns`: head,
    meaning, number of figures taken; `passed`: text and why; `missing`: cells without a figure;
    `notes`: what was computed.
    """

    grid: Grid
    layout: Layout
    figures: list[Figure] = field(default_factory=list)
    places: dict[str, str] = field(default_factory=dict)
    columns: list[tuple[str, str, int]] = field(default_factory=list)
    passed: list[tuple[str, str]] = field(default_factory=list)
    missing: int = 0
    notes: list[str] = field(default_factory=list)


def understand(
    tables: Sequence[Sequence[Grid]],
    form: Form,
    names: Gazetteer,
    vocabulary: Vocabulary,
    choices: Choices,
) -> list[Published]:
    """Return the figures that a resource can take, for each of `tables`: grids of which one is it.

    Raises FigureError with everything in a table that is not certain: names, heads, numbers,
    periods, units, totals with or without their parts, two figures for one key.
    """
    found = []
    for grids in tables:
        grid = choose(grids, names, choices.wishes)
        shape = layout(grid, names, vocabulary, choices.wishes)
        found.append(_Reader(Published(grid, shape), form, names, vocabulary, choices).read())
    problems = [
        Problem(found[0].grid.file, "", f"no cell says {said!r}", "copy the text from the file")
        for said in choices.wishes.unused()
    ]
    problems += _twice(found)
    if problems:
        raise FigureError(*problems)
    return found


def _twice(found: Sequence[Published]) -> list[Problem]:
    """Return a problem for every figure that has another one for the same region and key."""
    seen: dict[Hashable, str] = {}
    problems = []
    for published in found:
        for figure in published.figures:
            who = figure.code or figure.name
            key = (who, figure.counts_in, figure.plain, *figure.key.items())
            if key in seen:
                what = f"{who} has a second figure for {' '.join(figure.key.values())}"
                fix = f"the first stands in {seen[key]}: take one away or --ignore it"
                problems.append(Problem(published.grid.file, figure.cell, what, fix))
            seen.setdefault(key, figure.cell)
    return problems


@dataclass
class _Reader:
    """Goes through the rows once; gathers every problem before it gives up."""

    out: Published
    form: Form
    names: Gazetteer
    vocabulary: Vocabulary
    choices: Choices
    problems: list[Problem] = field(default_factory=list)
    dashes: list[str] = field(default_factory=list)
    left_out: int = 0

    def read(self) -> Published:
        """Return what was understood; raise FigureError with all problems."""
        rows = list(self._rows())
        decimal = self.choices.decimal or self._decimal([row for row, _, _ in rows])
        counts = dict.fromkeys((column.at for column in self.out.layout.figures), 0)
        meanings: dict[int, dict[str, None]] = {at: {} for at in counts}
        for row, place, codes in rows:
            for column in self.out.layout.figures:
                figure = self._figure(row, column, place, codes, decimal)
                if figure is not None:
                    self.out.figures.append(figure)
                    counts[column.at] += 1
                    meanings[column.at].setdefault(self._said_of(row, column, figure))
        self._describe(counts, meanings)
        self._check_dashes()
        self.problems += _twice([self.out])
        settled = totals.settle(self.out.figures, self.names.places)
        self.out.figures, self.out.notes = settled.figures, settled.notes
        self.problems += [Problem(self.out.grid.file, *open_) for open_ in settled.open]
        together = {f.name: f"{f.code}*" for f in settled.figures if f.counts_in}
        self.out.places |= together
        if self.problems:
            raise FigureError(*self.problems)
        if not self.out.figures:
            what = f"no figure is left to take: {self.out.missing} cells hold none"
            what += f", {self.left_out} are of another kind than asked for" if self.left_out else ""
            fix = "check the file, --year, --indicator and --set"
            raise FigureError(self.out.grid.problem(None, None, what, fix))
        return self.out

    # Rows

    def _rows(self) -> Iterable[tuple[int, Place, tuple[str, ...]]]:
        """Yield the rows with figures of a place: row, what it is, the parts counted in."""
        found, wishes = self.out.layout, self.choices.wishes
        for row in range(found.first, len(self.out.grid.rows)):
            name = found.name(row)
            holds = any(self.out.grid.text(row, column.at) for column in found.figures)
            meant = wishes.meaning(name)
            if wishes.ignores(name) or found.repeats_heads(row) or not (name or holds):
                if name:
                    why = "--ignore" if wishes.ignores(name) else "repeats the heads"
                    self.out.passed.append((name, why))
                continue
            codes = tuple(meant.split("+")) if meant else ()
            if codes and set(codes) <= self.names.codes:
                place: Place | None = Place("whole" if codes[1:] else "place", codes[0])
            else:
                place = self.names.find(name) if name else None
            if place is None:
                self._unknown(row, name, holds)
            elif place.kind == "heading" and holds:
                what = f"{plain(name)!r} is a heading, but there are figures beside it"
                self._problem(row, found.places, what, f'say --ignore "{plain(name)}", or --map')
            elif place.kind in ("group", "heading"):
                why = {"group": "several places together", "heading": "a heading"}[place.kind]
                self.out.passed.append((name, why))
            else:
                if place.kind == "outside":
                    self.out.passed.append((name, "not in the package"))
                else:
                    self.out.places[plain(name)] = place.code
                yield row, place, codes[1:] or self.names.places.parts.get(place.code, ())

    def _unknown(self, row: int, name: str, holds: bool) -> None:
        """Say what a row is that names nothing known."""
        places_at = self.out.layout.places
        inside = self.vocabulary.read(name)
        if holds and not name:
            what = "figures stand beside an empty name"
            self._problem(row, places_at, what, "write the place's name into the cell")
        elif holds:
            near = "; ".join(self.names.suggest(name))
            like = f"; spelled nearly so: {near}" if near else ""
            fix = f'say --map "{plain(name)}=..." with its code, or --ignore "{plain(name)}"'
            self._problem(row, places_at, f"{plain(name)!r} is no place that is known{like}", fix)
        elif inside.found and not inside.unknown:
            what = f"{plain(name)!r} stands between the rows and may change what they mean"
            fix = f'put each part into a file or sheet of its own, or --ignore "{plain(name)}"'
            self._problem(row, places_at, what, fix)
        else:
            self.out.passed.append((name, "no figure beside it"))

    # Cells

    def _decimal(self, rows: Sequence[int]) -> str:
        columns = [column.at for column in self.out.layout.figures]
        try:
            return numbers.decimal_mark(self.out.grid.rows[r][c] for r in rows for c in columns)
        except NumeralError as trouble:
            self._problem(None, None, str(trouble), 'say --decimal "," or --decimal "."')
            return ","

    def _figure(
        self, row: int, column: Column, place: Place, within: tuple[str, ...], decimal: str
    ) -> Figure | None:
        """Return the figure of a cell; None if there is none, or a problem."""
        key = self._key(row, column)
        if key is None:
            return None
        if self.choices.years and key[self.form.period] not in map(str, self.choices.years):
            self.left_out += 1
            return None
        cell = self.out.grid.rows[row][column.at]
        meant = self.choices.wishes.meaning(cell) if isinstance(cell, str) else None
        where = self.out.grid.place(row, column.at)
        try:
            numeral = numbers.read(cell if meant is None else meant, decimal)
        except NumeralError as trouble:
            fix = f'say --map "{cell}=..." with the number, or with nothing for no figure'
            self._problem(row, column.at, f"{str(cell)!r}: {trouble}", fix)
            return None
        value = numeral.value
        if numeral.mark == "dash":
            self.dashes.append(where)
            value = Decimal(0) if self.choices.dash == "zero" else None
        factor = self._factor(row, column, key)
        if value is None or factor is None:
            self.out.missing += value is None
            return None
        name = plain(self.out.layout.name(row))
        return Figure(
            place.code,
            key,
            value * factor,
            where,
            name,
            within if place.kind == "whole" else (),
            place.plain,
            self._beside(row, column),
            place.kind == "outside",
        )

    def _key(self, row: int, column: Column) -> dict[str, str] | None:
        """Return the key of a cell without the place: each part from row, head, title, option."""
        key: dict[str, str] = {}
        for name in (self.form.period, *self.form.dimensions):
            values = self._said(row, column, name)
            fixed = self.choices.fixed.get(name, "")
            if name == self.form.period and not values and len(self.choices.years) == 1:
                values = self.choices.years
            if fixed and not values:
                values = (fixed,)
            if len(values) != 1:
                self._undecided(column, name, values)
                return None
            if fixed and str(values[0]) != fixed:
                self.left_out += 1  # another indicator than the one asked for
                return None
            key[name] = str(values[0])
        return key

    def _said(self, row: int, column: Column, name: str) -> tuple[Hashable, ...]:
        """Return the values of a part of the key that the file names for a cell."""
        for other in self.out.layout.fields:
            if other.name == name:
                text = self.out.layout.cell(row, other.at)
                text = self.choices.wishes.meaning(text) or text
                if text in self.form.dimensions.get(name, ()):
                    return (text,)
                meaning = self.vocabulary.read(text)
                if meaning.unknown:
                    head = plain(other.heads[-1])
                    fix = f'--map "{plain(text)}=..." says what it is, --ignore "{head}" passes'
                    what = f"{plain(text)!r} is no {name} that is known"
                    self._problem(row, other.at, what, f"{fix} over the column")
                if values := meaning.found.get(name, ()):
                    return values
        if values := agreed(column.found, name):
            return values
        titles = [meaning.found.get(name, ()) for _, meaning in self.out.layout.titles]
        return tuple(dict.fromkeys(value for values in titles for value in values))

    def _undecided(self, column: Column, name: str, values: tuple[Hashable, ...]) -> None:
        """Say that a part of the key is open, once a column."""
        allowed = ", ".join(self.form.dimensions.get(name, ()))
        word = "indicator" if name == MEASURE else name
        option = {
            self.form.period: "--year 2016",
            "indicator": f"--indicator with one of {allowed}",
        }.get(word, f"--set {word}= with one of {allowed}")
        what = f"the {word} of the figures is not said"
        if values:
            what = f"the {word} may be {' or '.join(map(str, values))}"
            option += ", or --ignore a head or title"
        head = " / ".join(map(plain, column.heads))
        self._problem(None, column.at, f"{what} (head: {head!r})", f"say {option}")

    def _factor(self, row: int, column: Column, key: dict[str, str]) -> Decimal | None:
        """Return by what a figure is multiplied to be in the resource's unit."""
        wanted = self.choices.fixed.get("unit", "") or self.form.unit(key)
        target = self.vocabulary.unit(wanted) if wanted else None
        if target is None:
            what = f"the resource does not say in what unit it holds {' '.join(key.values())}"
            self._problem(None, column.at, what, "say --set unit=... with the unit to store")
            return None
        units = self._units(row, column)
        if not units:
            what = f"the unit is not said; the resource holds {target}"
            self._problem(None, column.at, what, f'say --unit "{target}" or the unit that it is')
        elif len(units) > 1:
            what = f"the unit may be {' or '.join(map(str, units))}"
            self._problem(None, column.at, what, "say which with --unit")
        else:
            try:
                return units[0].factor(target)
            except UnitError as trouble:
                self._problem(None, column.at, str(trouble), "check the indicator, or say --unit")
        return None

    def _units(self, row: int, column: Column) -> list[Unit]:
        if self.choices.unit:
            unit = self.vocabulary.unit(self.choices.unit)
            if unit is None:
                what = f"--unit {self.choices.unit!r} is no unit that is known"
                fix = 'write it like "thousand persons" or "%"'
                raise FigureError(Problem(self.out.grid.file, "", what, fix))
            return [unit]
        return [unit for unit in self._said(row, column, "unit") if isinstance(unit, Unit)]

    def _beside(self, row: int, column: Column) -> dict[str, str]:
        """Return the attributes that stand in columns of their own."""
        return {
            other.name: self.out.layout.cell(row, other.at)
            for other in self.out.layout.fields
            if other.name in self.form.attributes and other.name != "unit"
        }

    # What the whole tells

    def _said_of(self, row: int, column: Column, figure: Figure) -> str:
        """Return what a figure is, with its unit as the file has it and as it is held."""
        held = self.choices.fixed.get("unit", "") or self.form.unit(figure.key)
        given = str(self._units(row, column)[0])
        units = held if given == held else f"{given}, held as {held}"
        return f"{' '.join(figure.key.values())} ({units})"

    def _describe(self, counts: dict[int, int], meanings: dict[int, dict[str, None]]) -> None:
        for column in self.out.layout.columns:
            head = " / ".join(map(plain, column.heads)) or "(no head)"
            label = f"{letters(column.at)}: {head}"
            if column.role == "figures":
                said = list(meanings[column.at])
                meaning = said[0] if len(said) == 1 else f"{len(said)} kinds of figures"
                self.out.columns.append((label, meaning if said else "left out", counts[column.at]))
            else:
                why = f"field {column.name}" if column.role == "field" else column.why
                self.out.columns.append((label, why, 0))

    def _check_dashes(self) -> None:
        if self.dashes and not self.choices.dash:
            what = f"{len(self.dashes)} cells hold a dash, the first in {self.dashes[0]}"
            fix = "say --dash zero if it stands for nought, --dash missing if for no figure"
            self.problems.append(Problem(self.out.grid.file, "", what, fix))

    def _problem(self, row: int | None, column: int | None, what: str, fix: str) -> None:
        problem = self.out.grid.problem(row, column, what, fix)
        if problem not in self.problems:
            self.problems.append(problem)


__all__ = ["Choices", "Figure", "Published", "understand"]
