"""Figures added to a resource: what is new, what is there, what differs, and the files to write."""

from __future__ import annotations

import copy
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from borderbook import scratch
from borderbook.datapackage import descriptor, transaction, validation
from borderbook.datapackage import resources as data
from borderbook.datapackage.resources import DataError
from borderbook.ingest.recipe import Origin, Recipe
from borderbook.ingest.target import MEASURE, Form, compose, parse
from borderbook.ingest.totals import Figure

# So many faults of the package as it would be are listed.
_SHOWN = 10


@dataclass(frozen=True)
class Change:
    """A figure beside the one that is there: `old` is blank where there is none.

    `key` names the measure too, where the resource has several.
    """

    key: dict[str, str]
    old: str
    new: str


@dataclass
class Plan:
    """What an addition will do: the figures by what happens, and the files, if any, to write."""

    folder: Path
    resource: str
    added: list[Change] = field(default_factory=list)
    there: list[Change] = field(default_factory=list)
    differing: list[Change] = field(default_factory=list)
    contents: dict[str, bytes] = field(default_factory=dict)
    expected: dict[str, bytes | None] = field(default_factory=dict)


def plan(
    form: Form,
    figures: Iterable[Figure],
    recipe: Recipe,
    recipe_file: tuple[str, str],
    *,
    replace: bool = False,
) -> Plan:
    """Return what it takes to add the figures of a recipe to its resource; nothing is written.

    Figures that count others in, or that have no code, are left out. Attributes that the rows
    there settle need not be named by the recipe. `recipe_file` is its path in the package and its
    text. With `replace` figures that differ from those there take their place;
    without it nothing is to be written if one does.

    Raises DataError for an attribute that nothing settles, and for a source that is neither known
    nor described.
    """
    made = Plan(data.folder(), form.resource)
    rows = [dict(row) for row in form.rows]
    existing = {tuple(row[name] for name in form.key): row for row in rows}
    for figure in figures:
        if figure.code is None or figure.counts_in:
            continue
        parts = {form.place: figure.code, **figure.key}
        key = {name: parts[name] for name in form.key}
        measure = figure.key.get(MEASURE, form.measures[0])
        row = existing.get(tuple(key.values()))
        old, new = (row or {}).get(measure, ""), f"{figure.value.normalize():f}"
        change = Change(parts, old, new)
        if old and _same(old, new):
            made.there.append(change)
            continue
        (made.differing if old else made.added).append(change)
        if row is None:
            row = dict.fromkeys(form.fields, "") | key
            existing[tuple(key.values())] = row
            rows.append(row)
        row[measure] = new
        row |= _attributes(form, figure, recipe, row)
    if (made.added or made.differing) and (replace or not made.differing):
        path, registry = (data.descriptor(name)["path"] for name in (form.resource, "sources"))
        before = {each: _content(made.folder / each)
                  for each in (recipe_file[0], path, registry, descriptor.FILE)}  # fmt: skip
        made.contents = _compose(form, rows, recipe, recipe_file)
        made.expected = {each: before[each] for each in made.contents}
        if list(parse((before[path] or b"").decode())) != list(form.rows):
            raise DataError(f"{path} was changed meanwhile; run the command again")
    return made


def check(made: Plan) -> None:
    """Raise DataError with every problem that the package would have with the new files.

    The package is put together and validated in a temporary folder.
    """
    if not made.contents:
        return
    with scratch.temporary("addition") as temporary:
        copied = temporary / "data"
        shutil.copytree(made.folder, copied, ignore=shutil.ignore_patterns(".*"))
        for path, content in made.contents.items():
            (copied / path).parent.mkdir(exist_ok=True)
            (copied / path).write_bytes(content)
        touched = [r["name"] for r in descriptor.whole(copied)["resources"]
                   if r["path"] in made.contents or _refers(r, made.resource)]  # fmt: skip
        lines = [line for name in touched for line in validation.errors(name, copied)]
    if lines:
        shown = [line.replace(f"{copied.as_posix()}/", "") for line in lines[:_SHOWN]]
        shown += [f"and {len(lines) - _SHOWN} more"] if len(lines) > _SHOWN else []
        raise DataError("\n".join(["the package would have faults; nothing is written:", *shown]))


def write(made: Plan) -> None:
    """Put the new files in place of the old ones, all or none; see `transaction.replace`.

    Raises DataError if the package was changed since the plan was made, or a change is under way.
    """
    if not made.contents:
        return
    try:
        transaction.replace(made.folder, made.contents, made.expected)
    except transaction.JournalError as refusal:
        raise DataError(f"{refusal}; nothing is written") from None


def _attributes(
    form: Form, figure: Figure, recipe: Recipe, row: Mapping[str, str]
) -> dict[str, str]:
    """Return the fields beside key and figure: from file, recipe, or other rows."""
    values: dict[str, str] = {}
    for name in form.attributes:
        origins = [figure.attributes.get(name), recipe.attributes.get(name)]
        origins += [recipe.source.key] if name == "source" else []
        settled = sorted(set(filter(None, origins)))
        if len(settled) > 1:
            what = f"{name} is {' and '.join(settled)}; file and recipe have to agree"
            raise DataError(f"{figure.cell}: {what}")
        value = settled[0] if settled else row.get(name, "")
        if not value and name == "unit":
            value = form.unit(figure.key)
        elif not value and name != "source":
            value = form.settled(name, figure.key)
        if not value and form.fields[name].get("constraints", {}).get("required"):
            allowed = form.allowed(name)
            choices = f" with one of {', '.join(allowed)}" if allowed else ""
            label = "stored-unit" if name == "unit" else name
            option, line = f"--set {label}={label.upper()}{choices}", name
            if name == "source":
                option, line = "--source", "key"
            raise DataError(
                f"nothing settles the {name} of {' '.join(figure.key.values())}: say {option}, or "
                f"write a line {line} in the recipe"
            )
        values[name] = value
    return values


def _compose(
    form: Form, rows: Sequence[Mapping[str, str]], recipe: Recipe, recipe_file: tuple[str, str]
) -> dict[str, bytes]:
    """Return the files to write: recipe, figures, sources if one is new, descriptor last."""
    document, origin = copy.deepcopy(data.package()), recipe.source
    resources = {resource["name"]: resource for resource in document["resources"]}
    mine, registry = resources[form.resource], resources["sources"]
    known = {row["source"]: row
             for row in parse((data.folder() / registry["path"]).read_text("utf-8"))}  # fmt: skip
    row = known.get(origin.key) or _registered(origin)
    tables = [(mine, rows)]
    if origin.key not in known:
        if not (origin.key and origin.publisher and origin.title):
            raise DataError(
                f"{origin.key!r} is no source that is known ({', '.join(known)}): name one with "
                "--source, or describe a new one with --source KEY --publisher ... --title ..."
            )
        tables.append((registry, [*known.values(), row]))
    contents = {recipe_file[0]: recipe_file[1].encode()}
    for resource, table in tables:
        names = [field["name"] for field in resource["schema"]["fields"]]
        content = contents[resource["path"]] = compose(names, table).encode()
        resource.update(descriptor.sealed(content))
    entry = _entry(origin, row)
    listed = [each for each in mine["sources"] if each.get("registry") == origin.key]
    if listed:
        listed[0].update({key: entry[key] for key in ("path", "accessed") if key in entry})
        entry = listed[0]
    else:
        mine["sources"].append(entry)
    entry.setdefault("recipes", {})[recipe_file[0]] = _subjects(recipe)
    return contents | {descriptor.FILE: descriptor.text(document).encode()}


def _registered(origin: Origin) -> dict[str, str]:
    """Return a source as a row of `sources`."""
    file = origin.file and f"file {origin.file}"
    accessed = f"accessed {origin.accessed}" if origin.accessed else ""
    copied = origin.model_dump(include={"publisher", "title", "table", "edition", "terms"})
    return {
        "source": origin.key,
        **copied,
        "read_from": ", ".join(filter(None, (origin.address, file, accessed))) or "not stated",
        "checked_against_original": "yes" if origin.original else "no",
    }


def _entry(origin: Origin, row: Mapping[str, str]) -> dict[str, Any]:
    """Return a source as the descriptor of a resource lists it."""
    entry = {
        "title": f"{row['publisher']}: {row['title']}",
        "version": row["edition"],
        "registry": row["source"],
        "table": row["table"],
        "path": origin.address,
        "accessed": str(origin.accessed or ""),
        "readFrom": row["read_from"],
        "checkedAgainstOriginal": row["checked_against_original"],
    }
    return {key: value for key, value in entry.items() if value}


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None


def _subjects(recipe: Recipe) -> list[str]:
    """Return what the tables of a recipe say their figures are, and what the author says beside."""
    texts = [text for table in recipe.tables for text in table.subject.values()]
    vouched = [f"vouched for: {table.vouched}" for table in recipe.tables if table.vouched]
    return list(dict.fromkeys(texts + vouched))


def _refers(resource: Mapping[str, Any], name: str) -> bool:
    keys = resource.get("schema", {}).get("foreignKeys", ())
    return any(key["reference"]["resource"] == name for key in keys)


def _same(old: str, new: str) -> bool:
    try:
        return Decimal(old) == Decimal(new)
    except InvalidOperation:
        return old == new
