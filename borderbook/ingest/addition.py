"""The addition of published figures, from a file or a recipe to what is to be written."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import ValidationError

from borderbook import book, files
from borderbook.datapackage import resources
from borderbook.datapackage.descriptor import place
from borderbook.datapackage.resources import DataError
from borderbook.errors import Problem
from borderbook.ingest import extract as extracts
from borderbook.ingest import gazetteer, headers, propose, spreadsheets, target, totals
from borderbook.ingest import recipe as recipes
from borderbook.ingest.extract import Extract
from borderbook.ingest.propose import Draft
from borderbook.ingest.recipe import DraftError, Origin, Recipe, Statements, Table
from borderbook.ingest.spreadsheets import FigureError, Grid
from borderbook.ingest.target import MEASURE, Form
from borderbook.ingest.totals import Figure

# Settings that are no part of a key and no attribute: lines of a source, and how cells are read.
_SOURCE = ("table", "edition", "terms", "address", "accessed", "original", "encoding")
# The attribute `unit` is set as `stored-unit`, since `unit` is the one in the file.
_CELLS = {
    "unit": (),
    "decimal": (",", "."),
    "dash": ("zero", "missing"),
    "hidden": ("take", "skip"),
}
# So many problems of one kind are listed; the others are counted.
_LISTED = 3


@dataclass(frozen=True)
class Step:
    """A recipe with the figures that it gives, its path within the package, and its file's text."""

    form: Form
    recipe: Recipe
    path: str
    text: str
    extracts: list[Extract]

    @property
    def figures(self) -> list[Figure]:
        """The figures of all tables."""
        return [figure for extract in self.extracts for figure in extract.figures]

    def differences(self) -> list[str]:
        """Return where totals and parts differ, one line each; shares have no sum."""
        stored = self.recipe.attributes.get("unit")
        shares = {stored or self.form.unit(figure.key) for figure in self.figures} == {"%"}
        return [] if shares else totals.differences(self.figures, gazetteer.places().total)

    def lacking(self) -> list[str]:
        """Return the places expected that have no figure, one line a key."""
        return totals.lacking(self.figures, gazetteer.places().expected())


def proposed(
    resource: str,
    file: Path,
    sheets: Sequence[str],
    source: Mapping[str, str],
    settings: Sequence[str],
    *,
    subject: str | None,
    save: bool,
) -> Step:
    """Return the figures of a file by a recipe that is proposed for it.

    `source` are options (source, publisher, title); `settings` are lines of the recipe, as
    year=2016, or what a text of the file stands for; `subject` vouches for what the figures are.
    Where something is open a draft is written, if it is to be saved. Raises FigureError with each
    open line, its cell and how it is settled; DataError for a setting that is none.
    """
    form = target.form(resource)
    origin, attributes, statements = _settle(form, file, source, settings)
    statements = replace(statements, subject=subject)
    grids = [spreadsheets.read(file, sheet, origin.encoding or "") for sheet in sheets or [""]]
    names = gazetteer.gazetteer(gazetteer.places(), [row[form.place] for row in form.rows])
    draft = propose.propose(grids, form, names, headers.vocabulary(form), statements)
    _refuse_unused(form, statements.texts, draft.tables)
    if draft.refused:
        raise FigureError(*_summary(draft.refused))
    recipe = Recipe(resource=resource, source=origin, attributes=attributes, tables=draft.tables)
    text = recipe.text()
    path = recipes.free_path(resources.folder(), file.stem, text)
    drafted = recipes.draft(text)
    before = path.read_bytes() if path.exists() else None
    try:
        if draft.questions:
            raise FigureError(*_questions(draft, drafted, place(path)))
        return _step(form, recipe, path, text, [grid for each in grids for grid in each])
    except FigureError as error:
        problems = _summary(error.problems)
        if not save:
            raise FigureError(*problems) from None
        files.write(path, drafted, before)
        raise DraftError(place(path), file, *problems) from None


def by_recipe(path: Path, file: Path | None) -> Step:
    """Return the figures by a recipe: of its own file, or of another one that is like it.

    Raises FigureError for what the recipe does not account for, and if its own file has changed.
    """
    try:
        text = path.read_text("utf-8")
    except OSError as error:
        what = f"cannot be opened ({error.strerror})"
        raise FigureError(Problem(path.as_posix(), "", what, "check its name")) from None
    recipe = recipes.parse(text, path.as_posix())
    source = recipe.source
    new = file is not None
    if file is None:
        near = (path.parent / source.file, Path(source.file), book.root() / source.file)
        file = next((candidate for candidate in near if candidate.is_file()), None)
    if file is None:
        fix = f"say where: borderbook data add {path.as_posix()} FILE"
        what = f"there is no {source.file!r} here"
        raise FigureError(Problem(path.as_posix(), "file", what, fix))
    digest = files.digest(file)
    if digest != source.sha256 and not new:
        what = f"{source.file!r} is not the file any more that the recipe was made for"
        again = f"borderbook data add {path.as_posix()} {file.as_posix()}"
        fix = f"if it is to be read the same way: {again}"
        raise FigureError(Problem(path.as_posix(), "sha256", what, fix))
    form = target.form(recipe.resource)
    if digest != source.sha256:
        tables = _next_edition(recipe, form, file)
        changed = {"file": file.name, "sha256": digest, "accessed": datetime.date.today()}
        recipe = recipe.model_copy(
            update={"source": source.model_copy(update=changed), "tables": tables}
        )
        text = recipe.text()
        path = recipes.free_path(resources.folder(), file.stem, text)
    elif (resources.folder() / recipes.FOLDER).resolve() != path.resolve().parent:
        path = recipes.free_path(resources.folder(), path.stem, text)
    encoding = recipe.source.encoding or ""
    sheets = dict.fromkeys(table.sheet or "" for table in recipe.tables)
    grids = [grid for sheet in sheets for grid in spreadsheets.read(file, sheet, encoding)]
    return _step(form, recipe, path, text, grids)


def _next_edition(recipe: Recipe, form: Form, file: Path) -> list[Table]:
    """Return the tables of a recipe as they are in another edition of its file.

    Raises FigureError for what the recipe does not tell of the new file.
    """
    by_sheet: dict[str, list[Table]] = {}
    for table in recipe.tables:
        by_sheet.setdefault(table.sheet or "", []).append(table)
    encoding = recipe.source.encoding or ""
    grids = [spreadsheets.read(file, sheet, encoding) for sheet in by_sheet]
    names = gazetteer.gazetteer(gazetteer.places(), [row[form.place] for row in form.rows])
    words, earlier = headers.vocabulary(form), list(by_sheet.values())
    draft = propose.propose(grids, form, names, words, Statements(), earlier=earlier)
    if problems := [*draft.refused, *draft.questions.values()]:
        raise FigureError(*_summary(problems))
    return draft.tables


def _refuse_unused(form: Form, texts: Iterable[str], tables: Sequence[Table]) -> None:
    """Raise DataError for a text that is settled and that nothing in the file says."""
    texts_of_file: set[str] = set()
    for table in tables:
        texts_of_file |= {*table.titles, *table.rows, *table.cells, *table.columns}
        texts_of_file |= {text for column in table.columns.values() for text in column.values}
    for text in texts:
        if text not in texts_of_file:
            raise DataError(
                f"{form.resource} has no {text} to set, and no cell, title or column is {text!r}; "
                f"there are {', '.join(_known(form))}, and what stands in the file"
            )


def _summary(problems: Iterable[Problem]) -> list[Problem]:
    """Return problems with no more than a few of one kind, the others counted in one line."""
    kinds: dict[str, list[Problem]] = {}
    for problem in dict.fromkeys(problems):
        kind = re.sub(r"'[^']*'|\"[^\"]*\"|\d+|\b[A-Z]{2}(-[A-Z0-9]+)?\b", "", problem.what)
        kinds.setdefault(kind, []).append(problem)
    listed = []
    for same in kinds.values():
        listed += same[:_LISTED]
        if more := same[_LISTED:]:
            last = more[-1]
            what = f"{len(more)} more of the same kind, the last: {last.what}"
            listed.append(replace(last, what=what))
    return listed


def _step(form: Form, recipe: Recipe, path: Path, text: str, read: Sequence[Grid]) -> Step:
    by_name = {grid.sheet: grid for grid in read}
    grids = [by_name[table.sheet] if table.sheet else read[0] for table in recipe.tables]
    made = extracts.extract(recipe, grids, form, headers.vocabulary(form))
    return Step(form, recipe, f"{recipes.FOLDER}/{path.name}", text, made)


def _questions(draft: Draft, text: str, path: str) -> list[Problem]:
    """Return what a draft leaves open, each with its line, in the order of the lines."""
    lines = recipes.lines_of(text)
    marks = sorted(draft.questions, key=lambda mark: lines.get(mark, 0))
    asked = [(lines.get(mark, 0), mark, draft.questions[mark]) for mark in marks]
    return [replace(problem, fix=f"{path}, line {line} ({mark}): {problem.fix}")
            for line, mark, problem in asked]  # fmt: skip


def _settle(
    form: Form, file: Path, source: Mapping[str, str], settings: Sequence[str]
) -> tuple[Origin, dict[str, str], Statements]:
    """Return source, attributes and statements; DataError for a setting that is none."""
    keys = {"indicator" if name == MEASURE else name: name for name in form.dimensions}
    keys[form.period] = form.period
    attributes = {"stored-unit" if name == "unit" else name: name for name in form.attributes}
    attributes.pop("source", None)
    lines: dict[str, str] = {}
    texts: dict[str, str] = {}
    for setting in settings:
        name, _, value = setting.partition("=")
        if name not in _known(form):
            name, _, value = setting.rpartition("=")
            texts[name] = value
        if not (name and value):
            raise DataError(f"--set {setting!r}: write it as name=value")
        if name in texts:
            continue
        if name == form.period:
            value = ",".join(_periods(value))
        field = (keys | attributes).get(name)
        allowed = form.allowed(field) if field else _CELLS.get(name, ())
        for each in value.split(",") if name == form.period else [value]:
            if allowed and each not in allowed:
                raise DataError(f"{name} {each!r} is none of {', '.join(allowed)}")
        lines[name] = value
    described = {name: lines[name] for name in _SOURCE if name in lines}
    now = {"accessed": datetime.date.today(), "file": file.name, "sha256": files.digest(file)}
    try:
        origin = Origin.model_validate(now | described | dict(source))
    except ValidationError as error:
        wrong = [f"--set {e['loc'][0]}={e['input']}: {e['msg'].lower()}" for e in error.errors()]
        raise DataError("; ".join(wrong)) from None
    key = {part: tuple(lines[name].split(",")) for name, part in keys.items() if name in lines}
    of_rows = {part: lines[name] for name, part in attributes.items() if name in lines}
    cells = {name: lines.get(name) for name in _CELLS}
    return origin, of_rows, Statements(key, **cells, texts=texts)


def _known(form: Form) -> list[str]:
    """Return the names of settings that are not texts of the file."""
    names = ["indicator" if name == MEASURE else name for name in form.dimensions]
    fields = ["stored-unit" if name == "unit" else name for name in form.attributes]
    return [*names, form.period, *(f for f in fields if f != "source"), *_CELLS, *_SOURCE]


def _periods(value: str) -> Iterator[str]:
    """Yield the periods of a setting, as 2016,2018..2020."""
    for part in value.split(","):
        first, _, last = part.partition("..")
        if last and first.isdigit() and last.isdigit():
            yield from map(str, range(int(first), int(last) + 1))
        else:
            yield part
