"""The addition of published figures, from a file or a recipe to what is to be written."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
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
from borderbook.ingest.propose import Draft, Statements
from borderbook.ingest.recipe import DraftError, Origin, Recipe
from borderbook.ingest.spreadsheets import FigureError
from borderbook.ingest.target import MEASURE, Form
from borderbook.ingest.totals import Figure

# Settings that are no part of a key and no attribute: lines of a source, and how cells are read.
_SOURCE = ("table", "edition", "terms", "address", "accessed", "original", "encoding")
_CELLS = ("unit", "decimal", "dash")
# The setting for the attribute `unit`, as the other one is the unit in the file.
_STORED_UNIT = "stored-unit"


@dataclass(frozen=True)
class Step:
    """A recipe with the figures that it gives; `path` is its path within the
    package, `text` what its file is to say."""

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
    save: bool,
) -> Step:
    """Return the figures of a file by a recipe that is proposed for it.

    `source` are options (source, publisher, title); `settings` are lines of the recipe, as
    year=2016. Where something is open a draft is written, if it is to be saved. Raises FigureError
    with each open line, its cell and how it is settled; DataError for a setting that is none.
    """
    form = target.form(resource)
    origin, statements = _settle(form, file, source, settings)
    grids = [spreadsheets.read(file, sheet, origin.encoding or "") for sheet in sheets or [""]]
    vocabulary = headers.vocabulary(form)
    draft = propose.propose(grids, form, _names(form), vocabulary, statements)
    recipe = Recipe(
        resource=resource,
        source=origin,
        attributes=dict(statements.attributes),
        tables=draft.tables,
    )
    text = recipe.text()
    path = recipes.free_path(resources.folder(), file.stem, text)
    if draft.questions:
        problems = _questions(draft, text, place(path))
        if not save:
            raise FigureError(*problems)
        files.write(path, text)
        raise DraftError(place(path), *problems)
    try:
        return _step(form, recipe, path, text, file)
    except FigureError as error:
        if not save:
            raise
        files.write(path, text)
        raise DraftError(place(path), *error.problems) from None


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
    form = target.form(recipe.resource)
    name = recipe.source.file
    if file is None:
        near = (path.parent / name, Path(name), book.root() / name)
        file = next((candidate for candidate in near if candidate.is_file()), None)
        if file is None:
            fix = f"say where: data add {path.as_posix()} FILE"
            raise FigureError(Problem(path.as_posix(), "file", f"there is no {name!r} here", fix))
        if files.digest(file) != recipe.source.sha256:
            what = f"{name!r} is not the file any more that the recipe was made for"
            fix = f"if it is to be read the same way: data add {path.as_posix()} {file.as_posix()}"
            raise FigureError(Problem(path.as_posix(), "sha256", what, fix))
    elif files.digest(file) != recipe.source.sha256:
        today = datetime.date.today()
        changed = {"file": file.name, "sha256": files.digest(file), "accessed": today}
        origin = recipe.source.model_copy(update=changed)
        recipe = recipe.model_copy(update={"source": origin})
        text = recipe.text()
        path = recipes.free_path(resources.folder(), file.stem, text)
    elif (resources.folder() / recipes.FOLDER).resolve() != path.resolve().parent:
        path = recipes.free_path(resources.folder(), path.stem, text)
    return _step(form, recipe, path, text, file)


def _step(form: Form, recipe: Recipe, path: Path, text: str, file: Path) -> Step:
    encoding = recipe.source.encoding or ""
    grids = [spreadsheets.read(file, table.sheet or "", encoding)[0] for table in recipe.tables]
    vocabulary = headers.vocabulary(form)
    made = extracts.extract(recipe, grids, form, vocabulary)
    return Step(form, recipe, f"{recipes.FOLDER}/{path.name}", text, made)


def _names(form: Form) -> gazetteer.Gazetteer:
    return gazetteer.gazetteer(gazetteer.places(), [row[form.place] for row in form.rows])


def _questions(draft: Draft, text: str, path: str) -> list[Problem]:
    """Return what a draft leaves open, each with its line, in the order of the lines."""
    lines = {recipes.line_of(text, mark) or 0: mark for mark in draft.questions}
    asked = [(line, mark, draft.questions[mark]) for line, mark in sorted(lines.items())]
    return [replace(problem, fix=f"{path}, line {line} ({mark}): {problem.fix}")
            for line, mark, problem in asked]  # fmt: skip


def _settle(
    form: Form, file: Path, source: Mapping[str, str], settings: Sequence[str]
) -> tuple[Origin, Statements]:
    """Return source and statements from options; DataError for a setting that is none."""
    dimensions = {"indicator" if name == MEASURE else name: name for name in form.dimensions}
    keys = {form.period: form.period} | dimensions
    stored = {_STORED_UNIT: "unit"} if "unit" in form.attributes else {}
    attributes = {n: n for n in form.attributes if n not in ("unit", "source")} | stored
    known = [*keys, *attributes, *_CELLS, *_SOURCE]
    lines: dict[str, str] = {}
    for setting in settings:
        name, sign, value = setting.partition("=")
        if not sign or not value:
            raise DataError(f"--set {setting!r}: write it as name=value")
        if name not in known:
            raise DataError(f"{form.resource} has no {name} to set; there are {', '.join(known)}")
        field = attributes.get(name)
        allowed = form.allowed(field) if field else form.dimensions.get(keys.get(name, ""), ())
        values = value.split(",") if name == form.period else [value]
        for each in values:
            if allowed and each not in allowed:
                raise DataError(f"{name} {each!r} is none of {', '.join(allowed)}")
        lines[name] = value
    described = {name: lines[name] for name in _SOURCE if name in lines}
    today, digest = datetime.date.today(), files.digest(file)
    whole = {"accessed": today, "file": file.name, "sha256": digest} | described | dict(source)
    try:
        origin = Origin.model_validate(whole)
    except ValidationError as error:
        wrong = [f"--set {e['loc'][0]}={e['input']}: {e['msg'].lower()}" for e in error.errors()]
        raise DataError("; ".join(wrong)) from None
    key = {part: tuple(lines[n].split(",")) for n, part in keys.items() if n in lines}
    of_rows = {part: lines[name] for name, part in attributes.items() if name in lines}
    return origin, Statements(key, of_rows, *(lines.get(name) for name in _CELLS))
