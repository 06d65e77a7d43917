"""Figures added to a resource: what is new, what is there, what differs, and the files to write."""

from __future__ import annotations

import copy
import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from borderbook.datapackage import descriptor, transaction, validation
from borderbook.datapackage import resources as data
from borderbook.datapackage.resources import DataError
from borderbook.ingest.recipe import Origin
from borderbook.ingest.target import MEASURE, Form, compose, parse
from borderbook.ingest.totals import Figure


@dataclass(frozen=True)
class Change:
    """A figure beside the one that is there: `old` is blank where there is none."""

    key: dict[str, str]
    measure: str
    old: str
    new: str


@dataclass
class Plan:
    """What an addition will do: files with their contents, and the figures by what happens.

    `contents` is empty if there is nothing to write.
    """

    folder: Path
    resource: str
    added: list[Change] = field(default_factory=list)
    there: list[Change] = field(default_factory=list)
    differing: list[Change] = field(default_factory=list)
    contents: dict[str, bytes] = field(default_factory=dict)
    expected: dict[str, bytes] = field(default_factory=dict)


def plan(
    form: Form,
    figures: Iterable[Figure],
    origin: Origin,
    attributes: Mapping[str, str],
    recipe: tuple[str, str] | None = None,
    *,
    replace: bool = False,
) -> Plan:
    """Return what it takes to add figures to a resource; nothing is written.

    Figures that count others in, or that have no code, are left out. `attributes` are of new rows;
    those that the rows there settle need not be named. `recipe` is the path in the package and the
    text of the recipe that the figures were read by, to be kept with them. With `replace`
    figures that differ from those there take their place; without it nothing is to be written if
    one does.

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
        change = Change(key, measure, old, new)
        if old and _same(old, new):
            made.there.append(change)
            continue
        (made.differing if old else made.added).append(change)
        if row is None:
            row = dict.fromkeys(form.fields, "") | key
            existing[tuple(key.values())] = row
            rows.append(row)
        row[measure] = new
        row |= _attributes(form, figure, origin, attributes, row)
    if (made.added or made.differing) and (replace or not made.differing):
        _compose(made, form, rows, origin, recipe)
    return made


def check(made: Plan) -> None:
    """Raise DataError with every problem that the package would have with the new files.

    The package is put together and validated in a temporary folder.
    """
    if not made.contents:
        return
    with tempfile.TemporaryDirectory() as temporary:
        copied = Path(temporary) / "data"
        shutil.copytree(made.folder, copied, ignore=shutil.ignore_patterns(".*"))
        for path, content in made.contents.items():
            (copied / path).parent.mkdir(exist_ok=True)
            (copied / path).write_bytes(content)
        touched = [r["name"] for r in descriptor.whole(copied)["resources"]
                   if r["path"] in made.contents or _refers(r, made.resource)]  # fmt: skip
        lines = [line for name in touched for line in validation.errors(name, copied)]
    if lines:
        shown = [line.replace(f"{copied.as_posix()}/", "") for line in lines]
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
    form: Form,
    figure: Figure,
    origin: Origin,
    attributes: Mapping[str, str],
    row: Mapping[str, str],
) -> dict[str, str]:
    """Return the fields beside key and figure: from file, recipe, or other rows."""
    values: dict[str, str] = {}
    for name in form.attributes:
        settled = {
            *filter(None, (figure.attributes.get(name), attributes.get(name))),
            *([origin.key] if name == "source" and origin.key else []),
        }
        if len(settled) > 1:
            raise DataError(
                f"{figure.cell}: {name} is {' and '.join(sorted(settled))}; "
                f"file and recipe have to agree"
            )
        value = next(iter(settled), "") or row.get(name, "")
        if not value and name == "unit":
            value = form.unit(figure.key)
        elif not value and name != "source":
            value = form.settled(name, figure.key)
        if not value and form.fields[name].get("constraints", {}).get("required"):
            allowed = form.allowed(name)
            choices = f" with one of {', '.join(allowed)}" if allowed else ""
            option = "--source" if name == "source" else f"--set {name}=...{choices}"
            label = " ".join(figure.key.values())
            line = "key" if name == "source" else name
            raise DataError(
                f"nothing settles the {name} of {label}: say {option}, or write a line {line} in "
                "the recipe"
            )
        values[name] = value
    return values


def _compose(
    made: Plan,
    form: Form,
    rows: Sequence[Mapping[str, str]],
    origin: Origin,
    recipe: tuple[str, str] | None,
) -> None:
    """Fill in the files to write: recipe, figures, sources if one is new, descriptor last."""
    if recipe is not None:
        made.contents[recipe[0]] = recipe[1].encode()
    document = copy.deepcopy(data.package())
    resources = {resource["name"]: resource for resource in document["resources"]}
    mine, registry = resources[form.resource], resources["sources"]
    table = (made.folder / registry["path"]).read_text("utf-8")
    known = {row["source"]: row for row in parse(table)}
    made.contents[mine["path"]] = compose(list(form.fields), rows).encode()
    if origin.key not in known:
        if not (origin.key and origin.publisher and origin.title):
            raise DataError(
                f"{origin.key!r} is no source that is known ({', '.join(known)}): name one with "
                "--source, or describe a new one with --source KEY --publisher ... --title ..."
            )
        added = [*known.values(), _registered(origin)]
        names = [each["name"] for each in registry["schema"]["fields"]]
        made.contents[registry["path"]] = compose(names, added).encode()
    entry = _entry(origin, known.get(origin.key) or _registered(origin))
    listed = [each for each in mine["sources"] if each.get("registry") == origin.key]
    if listed:
        listed[0].update({key: entry[key] for key in ("path", "accessed") if key in entry})
    else:
        mine["sources"].append(entry)
    for resource in (mine, registry):
        content = made.contents.get(resource["path"])
        if content is not None:
            resource["bytes"] = len(content)
            resource["hash"] = f"sha256:{hashlib.sha256(content).hexdigest()}"
    text = json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    made.contents["datapackage.json"] = text.encode()
    there = [path for path in made.contents if (made.folder / path).exists()]
    made.expected = {path: (made.folder / path).read_bytes() for path in there}
    if list(parse(made.expected[mine["path"]].decode())) != list(form.rows):
        raise DataError(f"{mine['path']} was changed meanwhile; run the command again")


def _registered(origin: Origin) -> dict[str, str]:
    """Return a source as a row of `sources`."""
    file = f"file {origin.file}" if origin.file else ""
    accessed = f"accessed {origin.accessed}" if origin.accessed else ""
    read = (origin.address, file, accessed)
    return {
        "source": origin.key,
        "publisher": origin.publisher,
        "title": origin.title,
        "table": origin.table,
        "edition": origin.edition,
        "terms": origin.terms,
        "read_from": ", ".join(filter(None, read)) or "not stated",
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


def _refers(resource: Mapping[str, Any], name: str) -> bool:
    keys = resource.get("schema", {}).get("foreignKeys", ())
    return any(key["reference"]["resource"] == name for key in keys)


def _same(old: str, new: str) -> bool:
    try:
        return Decimal(old) == Decimal(new)
    except InvalidOperation:
        return old == new
