"""Validation of the data package by Frictionless; what has passed once is not checked again.

A proof is an empty file named by a hash of all that the outcome follows from: the resource's
descriptor and bytes, those of the resources that its foreign keys name, Frictionless' version and
this module. So an edit of any of them, and nothing else, has the file checked anew.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from borderbook import inputs, parts
from borderbook.datapackage import descriptor
from borderbook.datapackage.descriptor import DataError, place

# Errors that are told at once.
_LISTED = 20


def check(names: Iterable[str], folder: Path) -> None:
    """Raise DataError with every error of the resources `names` of the package in `folder`."""
    lines = [line for name in names for line in errors(name, folder)]
    many = len(lines)
    if many > _LISTED:
        lines[_LISTED:] = [f"and {many - _LISTED} more"]
    if lines:
        count = f"{many} faults" if many > 1 else "1 fault"
        raise DataError(f"{count} in the data package:\n" + "\n".join(lines))


def errors(name: str, folder: Path) -> list[str]:
    """Return every error of one resource, one line each: file, row, field, value, rule."""
    return list(_errors(name, folder, _stamp(name, folder)))


@lru_cache(maxsize=256)
def _errors(name: str, folder: Path, _: tuple[int, ...]) -> tuple[str, ...]:
    described = [descriptor.resource(each, folder) for each in _with_keys(name, folder)]
    paths = [folder / each["path"] for each in described]
    missing = [f"{place(path)}: there is no such file" for path in paths if not path.exists()]
    if missing:
        return tuple(missing)
    proof = folder.parent / ".cache" / "checked" / _proof(described, paths)
    if proof.exists():
        return ()
    if conflict := inputs.conflicts(paths[0].read_bytes().decode("utf-8", "replace")):
        return (f"{place(paths[0])}, {conflict}",)
    if descriptor.with_sealed_line_ends(paths[0].read_bytes(), described[0]) is not None:
        return (
            f"{place(paths[0])}: differs from the sealed file by its line ends alone, as where git "
            "converts them on a checkout; `borderbook seal` puts them back and seals nothing",
        )
    lines = tuple(_validated(folder, described))
    if not lines:
        try:
            proof.parent.mkdir(parents=True, exist_ok=True)
            proof.touch()
        except OSError:
            pass  # a folder that cannot be written to: the next process checks again
    return lines


def _validated(folder: Path, described: list[dict[str, Any]]) -> list[str]:
    """Return the errors of the first of the resources; the others are those its keys name."""
    import frictionless  # noqa: PLC0415  (slow to import, and needed only where no proof is held)

    package = frictionless.Package.from_descriptor({"resources": described}, basepath=str(folder))
    report = package.get_resource(described[0]["name"]).validate()
    errors = [error for task in report.tasks for error in task.errors] + list(report.errors)
    path, schema = folder / described[0]["path"], described[0].get("schema", {})
    return [_line(path, error.to_descriptor(), schema) for error in errors]


def _with_keys(name: str, folder: Path) -> list[str]:
    """Return a resource and those that foreign keys lead to from it, itself first."""
    names = [name]
    for each in names:
        keys = descriptor.resource(each, folder).get("schema", {}).get("foreignKeys", [])
        names += [
            other
            for other in dict.fromkeys(key["reference"]["resource"] for key in keys)
            if other and other not in names
        ]
    return names


def _proof(described: list[dict[str, Any]], paths: list[Path]) -> str:
    made = [version("frictionless"), Path(__file__).read_text("utf-8"), json.dumps(described)]
    made += [hashlib.sha256(path.read_bytes()).hexdigest() for path in paths]
    return hashlib.sha256("\n".join(made).encode()).hexdigest()


def _stamp(name: str, folder: Path) -> tuple[int, ...]:
    files = [
        folder / descriptor.resource(each, folder)["path"] for each in _with_keys(name, folder)
    ]
    return parts.stamp(folder / descriptor.FILE, *files)


def _line(path: Path, error: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    """Return one line for one error: where it stands, the value, the rule, how to fix it."""
    where = [place(path)]
    if "rowNumber" in error:
        where.append(f"row {error['rowNumber']}")
    if "fieldName" in error:
        where.append(f"field {error['fieldName']}")
    rule = error.get("note") or error.get("message", "")
    if error["type"] == "primary-key":
        key = schema["primaryKey"]
        names = [field["name"] for field in schema["fields"]]
        cells = dict(zip(names, error.get("cells", []), strict=False))
        values = ", ".join(str(cells.get(name)) for name in key)
        rule = f"the key ({', '.join(key)}) = ({values}) is {rule}"
    if error["type"] in ("hash-count", "byte-count"):
        what = error["type"].partition("-")[0]
        rule = f"the file's {what}: {rule}; if the change is meant, run `borderbook seal`"
    value = f": {error['cell']!r}" if "cell" in error else ""
    return f"{', '.join(where)}{value}: {rule}"
