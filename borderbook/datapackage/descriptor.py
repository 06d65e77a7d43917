"""The descriptor of a data package, `datapackage.json`: what each resource is, and its parts.

Which part of the descriptor is used is told part by part, as audit events that cost nothing where
nobody listens: a result that used one resource does not depend on what is said of the others.
"""

from __future__ import annotations

import copy
import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeGuard

from borderbook import book, files, inputs, parts
from borderbook.datapackage import transaction
from borderbook.errors import UserError

FILE = "datapackage.json"
TYPES = ("string", "number", "integer", "boolean", "date")
"""Types of the fields of a table."""
WORK = ("title", "authors", "journal", "volume", "pages", "year", "publisher", "url")
"""What a descriptor may say of the text that the book checks, in its property `work`."""

RULE = ("fields", "along", "across", "whole")
"""What a rule of plausibility may name, beside numbers."""
RATIOS = {"factor": 1, "least": 0, "tolerance": 0, "rows_add_up_to": 0}
"""The numbers of a rule of plausibility, and the least that each can be."""


class DataError(UserError, ValueError):
    """A file of the data package breaks its schema; the message lists every error."""


def folder() -> Path:
    """Return the folder of the data package: `data` in the book that one stands in."""
    return book.root() / "data"


def exists(folder: Path) -> bool:
    """Return whether a folder holds a data package: a book may have none."""
    # A link to nothing is a mistake: it is told, not taken for a book without data.
    return os.path.lexists(folder / FILE)


def whole(at: Path | None = None) -> dict[str, Any]:
    """Return the descriptor of a package, as it stands in `datapackage.json`.

    The package is that of the book, or in the folder `at`, here and below. Raises InputError if
    there is none or it is no JSON.
    """
    document: dict[str, Any] = parts.whole(_file(at))
    return document


def check(folder: Path) -> None:
    """Raise DataError with a line for each thing that a descriptor lacks or has in another form."""
    file = place(folder / FILE)
    if lines := [f"{file}, {what}" for what in _unusable(whole(folder))]:
        raise DataError("\n".join(dict.fromkeys(lines)))


def _unusable(document: Mapping[str, Any]) -> Iterator[str]:
    """Return why a descriptor cannot be used: where, what, and how to fix it."""
    if not re.match(r"\d{4}-\d\d-\d\d", str(document.get("created"))):
        yield "created: it is no day; write it as 2026-01-31"
    yield from _unusable_work(document)
    resources = document.get("resources")
    if not _is_list_of_mappings(resources):
        yield "resources: there is no list of mappings; write one"
        return
    names = [each.get("name") for each in resources]
    for number, each in enumerate(resources, start=1):
        name = each.get("name")
        where = f"resource {name if isinstance(name, str) else number}"
        if not isinstance(name, str) or not inputs.is_name(name):
            yield f"{where}: {name!r} is no name; write letters, digits, hyphens and underscores"
        if names.count(name) > 1:
            yield f"{where}: there is another one of this name; give one of them another"
        yield from (f"{where}, {what}" for what in _unusable_resource(each, names))


def _unusable_work(document: Mapping[str, Any]) -> Iterator[str]:
    """Return why what a descriptor says of the work and of the repository cannot be used."""
    described = document.get("work", {})
    if not isinstance(described, Mapping):
        yield 'work: it is no mapping; write {"title": "..."}, or take it out'
        return
    for name, value in described.items():
        if name not in WORK:
            yield f"work: there is no property {name!r}, but {', '.join(WORK)}"
        elif name == "authors":
            if not _is_list_of_mappings(value) or not all(each.get("name") for each in value):
                yield 'work, authors: there is no list of them; write [{"name": "..."}]'
        elif not isinstance(value, str):
            yield f'work, {name}: {value!r} is no text; write it in quotes, as in "2019"'
    address = document.get("repository", "https://")
    if not isinstance(address, str) or not address.startswith("https://"):
        yield f"repository: {address!r} is no address; write https://..., or take it out"


def _unusable_resource(resource: Mapping[str, Any], names: list[Any]) -> Iterator[str]:
    path, schema = resource.get("path"), resource.get("schema", {})
    if not isinstance(path, str) or not all(map(inputs.is_name, path.split("/"))):
        yield f"path: {path!r} is no file of this folder; write its name, as in loaves.csv"
    if not isinstance(resource.get("title"), str):
        yield "title: there is none; write what the resource has, in words"
    for key, required in (("sources", "title"), ("licenses", "name")):
        listed = resource.get(key)
        if not _is_list_of_mappings(listed) or not all(each.get(required) for each in listed):
            yield f'{key}: there is no list of them; write [{{"{required}": "..."}}]'
    if not isinstance(schema, Mapping):
        yield "schema: it is no mapping; write one"
        return
    if "schema" in resource:
        fields = schema.get("fields")
        if not _is_list_of_mappings(fields):
            yield "schema: there is no list of fields; write one"
            return
        for number, field in enumerate(fields, start=1):
            if not isinstance(field.get("name"), str) or field.get("type") not in TYPES:
                yield f"schema, field {number}: it needs a name, and a type of {', '.join(TYPES)}"
        yield from _unusable_plausibility(resource, fields)
    for key in schema.get("foreignKeys", []):
        reference = key.get("reference") if isinstance(key, Mapping) else None
        other = reference.get("resource") if isinstance(reference, Mapping) else None
        if not other or other not in names:
            yield f"schema, foreignKeys: {other!r} is no resource; name one of them"


def _unusable_plausibility(
    resource: Mapping[str, Any], fields: list[Mapping[str, Any]]
) -> Iterator[str]:
    """Return why the rules of plausibility cannot be used; `plausibility` says what they are."""
    rules = resource.get("plausibility", [])
    key = resource["schema"].get("primaryKey", [])
    numbers = [each.get("name") for each in fields if each.get("type") in ("number", "integer")]
    if not _is_list_of_mappings(rules):
        yield 'plausibility: it is no list of rules; write [{"fields": [...]}], or take it out'
        return
    if rules and not (isinstance(key, list) and key):
        yield 'schema, primaryKey: it is no list, and plausibility needs one; write ["FIELD"]'
        return
    for number, rule in enumerate(rules, start=1):
        where = f"plausibility, rule {number}"
        yield from (f"{where}{what}" for what in _unusable_rule(rule, key, numbers))


def _unusable_rule(rule: Mapping[str, Any], key: list[Any], numbers: list[Any]) -> Iterator[str]:
    """Return what of a rule cannot be used: the place in it, what, and how to fix it."""
    listed = rule.get("fields")
    for name in set(rule) - {*RULE, *RATIOS}:
        yield f": there is no property {name!r}, but {', '.join((*RULE, *RATIOS))}"
    if not isinstance(listed, list) or not listed or any(f not in numbers for f in listed):
        yield f", fields: it is no list of fields of numbers ({', '.join(map(str, numbers))})"
    for name in ("along", "across"):
        if name in rule and rule[name] not in key:
            yield f", {name}: {rule[name]!r} is not in the primaryKey; name one of it"
    whole = rule.get("whole", {key[0]: ""})
    if not isinstance(whole, Mapping) or len(whole) != 1 or not {*whole} <= {*key}:
        yield f', whole: {whole!r} names no row; write {{"{key[0]}": "..."}}'
    for name in {*rule} & {*RATIOS}:
        if not isinstance(rule[name], int | float) or rule[name] < RATIOS[name]:
            yield f", {name}: {rule[name]!r} is no number of {RATIOS[name]} or more"
    for name, needed in (("factor", "along"), ("along", "factor"), ("across", "factor"),
                         ("least", "factor"), ("rows_add_up_to", "tolerance")):  # fmt: skip
        if name in rule and needed not in rule:
            yield f": it has {name}, but no {needed}; give it both, or neither"
    if not {"factor", "whole", "rows_add_up_to"} & set(rule):
        yield ": it looks at nothing; give it factor, whole or rows_add_up_to"


def _is_list_of_mappings(listed: Any) -> TypeGuard[list[Mapping[str, Any]]]:
    return isinstance(listed, list) and all(isinstance(each, Mapping) for each in listed)


def date(at: Path | None = None) -> str:
    """Return the day of the last change of the figures, YYYY-MM-DD."""
    return str(whole(at)["created"])[:10]


def work(at: Path | None = None) -> dict[str, Any]:
    """Return what is known of the text that the book checks: the property `work` of the descriptor.

    It may have `title`, `authors` (each with `name`, perhaps `orcid`), `journal`, `volume`,
    `pages`, `year`, `publisher` and `url`; what is not known is not there.
    """
    return dict(whole(at).get("work", {}))


def repository(at: Path | None = None) -> str | None:
    """Return the address of the book's repository: the property `repository`; None if none."""
    return whole(at).get("repository")


def names(at: Path | None = None) -> list[str]:
    """Return the names of all resources, in the order of the descriptor."""
    return [resource["name"] for resource in whole(at)["resources"]]


def resource(name: str, at: Path | None = None) -> dict[str, Any]:
    """Return the descriptor of one resource; DataError if there is none of that name."""
    path = _file(at)
    try:
        described: dict[str, Any] | None = parts.read(path, name)
    except ValueError:
        described = None
    if described is None:
        known = ", ".join(names(at))  # DataError if the file itself is broken
        raise DataError(f"{place(path)}: no resource {name!r}; there are {known}")
    return described


def digest(at: Path | None = None) -> str:
    """Return 12 hex digits that name the state of all figures: a hash of the resources' hashes."""
    hashes = "".join(resource["hash"] for resource in whole(at)["resources"])
    return hashlib.sha256(hashes.encode()).hexdigest()[:12]


def seal(at: Path | None = None) -> list[str]:
    """Write size and hash of every resource into the descriptor; return the names that changed.

    To be called after an edit of a data file that is meant: until then the file is refused. A file
    that differs by its line ends alone gets back those that it was sealed with. Raises
    ChangedError if the descriptor was saved by something else meanwhile.
    """
    path = _file(at)
    before = path.read_bytes() if path.is_file() else None
    document = copy.deepcopy(whole(at))
    changed = []
    for described in document["resources"]:
        file = path.parent / described["path"]
        content = file.read_bytes()
        if (former := with_sealed_line_ends(content, described)) is not None:
            files.write(file, former, content)
            continue
        now = sealed(content)
        if any(described.get(key) != value for key, value in now.items()):
            described.update(now)
            changed.append(described["name"])
    if changed:
        files.write(path, text(document), before)
    return changed


def sealed(content: bytes) -> dict[str, Any]:
    """Return size and hash of a resource as its descriptor has them."""
    return {"bytes": len(content), "hash": f"sha256:{hashlib.sha256(content).hexdigest()}"}


def with_sealed_line_ends(content: bytes, described: Mapping[str, Any]) -> bytes | None:
    """Return a file as it was sealed if it differs by its line ends alone, else None."""
    if sealed(content)["hash"] == described.get("hash"):
        return None
    unix = content.replace(b"\r\n", b"\n")
    others = (unix, unix.replace(b"\n", b"\r\n"))
    return next((each for each in others if sealed(each)["hash"] == described.get("hash")), None)


def text(document: Mapping[str, Any]) -> str:
    """Return a descriptor as its file says it."""
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def place(path: Path) -> str:
    """Return a path relative to the book's folder where it lies in it."""
    try:
        return Path(os.path.realpath(path)).relative_to(os.path.realpath(book.root())).as_posix()
    except (ValueError, book.BookError):
        return path.as_posix()


def _file(at: Path | None) -> Path:
    """Return the file of the descriptor.

    Raises DataError while files of the package are being replaced, or if that was cut short.
    """
    package = at or folder()
    if transaction.under_way(package):
        raise DataError(
            f"{place(package)}: figures are being added, or an addition was interrupted; if none "
            "is at work, run `borderbook data recover`, which puts the files back as they were"
        )
    return package / FILE
