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
from borderbook.ingest.target import MEASURE, Form, compose, parse
from borderbook.ingest.totals import Figure

_KEPT = ("publisher", "title", "table", "edition", "terms")


@dataclass(frozen=True)
class Origin:
    """Where figures come from: the key of a source, and what the registry is to say of a new one.

    `path` is its address, `accessed` a date as YYYY-MM-DD, `original` whether the publisher itself
    gave the file.
    """

    source: str
    publisher: str = ""
    title: str = ""
    table: str = ""
    edition: str = ""
    terms: str = ""
    path: str = ""
    file: str = ""
    accessed: str = ""
    original: bool = False

    def row(self) -> dict[str, str]:
        """Return the source as a row of `sources`."""
        read = ", ".join(filter(None, (self.path, self.file and f"file {self.file}",
                                       self.accessed and f"accessed {self.accessed}")))  # fmt: skip
        kept = {name: getattr(self, name) for name in _KEPT}
        checked = "yes" if self.original else "no"
        return {"source": self.source, **kept, "read_from": read or "not stated",
                "checked_against_original": checked}  # fmt: skip


@dataclass(frozen=True)
class Change:
    """A figure beside the one that is held: `old` is blank where there is none."""

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
    fixed: Mapping[str, str],
    *,
    replace: bool = False,
) -> Plan:
    """Return what it takes to add figures to a resource; nothing is written.

    Figures that count others in, or that have no code, are left out. `fixed` are attributes of new
    rows; those that the rows held settle need not be named. With `replace` figures that differ
    from those held take their place; without it nothing is to be written if one does.

    Raises DataError for an attribute that nothing settles, and for a source that is neither known
    nor described.
    """
    made = Plan(data.folder(), form.resource)
    rows = [dict(row) for row in form.rows]
    held = {tuple(row[name] for name in form.key): row for row in rows}
    for figure in figures:
        if figure.outside or figure.counts_in:
            continue
        key = {name: {form.place: figure.code, **figure.key}[name] for name in form.key}
        measure = figure.key.get(MEASURE, form.measures[0])
        row = held.get(tuple(key.values()))
        old, new = (row or {}).get(measure, ""), f"{figure.value.normalize():f}"
        change = Change(key, measure, old, new)
        if old and _same(old, new):
            made.there.append(change)
            continue
        (made.differing if old else made.added).append(change)
        if row is None:
            row = dict.fromkeys(form.fields, "") | key
            held[tuple(key.values())] = row
            rows.append(row)
        row[measure] = new
        row |= _attributes(form, figure, origin, fixed, row)
    if (made.added or made.differing) and (replace or not made.differing):
        _compose(made, form, rows, origin)
    return made


def check(made: Plan) -> None:
    """Raise DataError with every fault that the package would have with the new files.

    The package is put together and validated in a temporary folder.
    """
    if not made.contents:
        return
    with tempfile.TemporaryDirectory() as temporary:
        copied = Path(temporary) / "data"
        shutil.copytree(made.folder, copied, ignore=shutil.ignore_patterns(".*"))
        for path, content in made.contents.items():
            (copied / path).write_bytes(content)
        touched = [r["name"] for r in descriptor.whole(copied)["resources"]
                   if r["path"] in made.contents or _refers(r, made.resource)]  # fmt: skip
        lines = [line for name in touched for line in validation.faults(name, copied)]
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
    form: Form, figure: Figure, origin: Origin, fixed: Mapping[str, str], row: Mapping[str, str]
) -> dict[str, str]:
    """Return the fields beside key and figure: from file, option, or rows held."""
    found: dict[str, str] = {}
    for name in form.attributes:
        settled = {
            *filter(None, (figure.beside.get(name, ""), fixed.get(name, ""))),
            *([origin.source] if name == "source" and origin.source else []),
        }
        if len(settled) > 1:
            raise DataError(
                f"{figure.cell}: {name} is {' and '.join(sorted(settled))}; "
                f"file and options have to agree"
            )
        value = next(iter(settled), "") or row.get(name, "")
        if not value and name == "unit":
            value = form.unit(figure.key)
        elif not value and name != "source":
            value = form.settled(name, figure.key)
        if not value and form.fields[name].get("constraints", {}).get("required"):
            allowed = form.allowed(name)
            choices = f" with one of {', '.join(allowed)}" if allowed else ""
            option = "--source" if name == "source" else f"--set {name}={choices}"
            label = " ".join(figure.key.values())
            raise DataError(f"nothing settles the {name} of {label}: say {option}")
        found[name] = value
    return found


def _compose(made: Plan, form: Form, rows: Sequence[Mapping[str, str]], origin: Origin) -> None:
    """Fill in the files to write: figures, sources if there is a new one, descriptor last."""
    document = copy.deepcopy(data.package())
    resources = {resource["name"]: resource for resource in document["resources"]}
    mine, registry = resources[form.resource], resources["sources"]
    table = (made.folder / registry["path"]).read_text("utf-8")
    known = {row["source"]: row for row in parse(table)}
    made.contents[mine["path"]] = compose(list(form.fields), rows).encode()
    if origin.source not in known:
        if not (origin.source and origin.publisher and origin.title):
            raise DataError(
                f"{origin.source!r} is no source that is known ({', '.join(known)}): name one with "
                "--source, or describe a new one with --source KEY --publisher ... --title ..."
            )
        added = [*known.values(), origin.row()]
        names = [each["name"] for each in registry["schema"]["fields"]]
        made.contents[registry["path"]] = compose(names, added).encode()
    entry = _entry(origin, known.get(origin.source) or origin.row())
    listed = [each for each in mine["sources"] if each.get("registry") == origin.source]
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
    made.expected = {path: (made.folder / path).read_bytes() for path in made.contents}
    if list(parse(made.expected[mine["path"]].decode())) != list(form.rows):
        raise DataError(f"{mine['path']} was changed meanwhile; run the command again")


def _entry(origin: Origin, row: Mapping[str, str]) -> dict[str, Any]:
    """Return a source as the descriptor of a resource lists it."""
    entry = {
        "title": f"{row['publisher']}: {row['title']}",
        "version": row["edition"],
        "registry": row["source"],
        "table": row["table"],
        "path": origin.path,
        "accessed": origin.accessed,
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
