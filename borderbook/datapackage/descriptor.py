"""The descriptor of a data package, `datapackage.json`: what each resource is, and its parts.

Which part of the descriptor is used is told part by part, as audit events that cost nothing where
nobody listens: a result that used one resource does not depend on what is said of the others.
"""

from __future__ import annotations

import copy
import hashlib
import json
import sys
from functools import lru_cache
from pathlib import Path
from typing import Any

from borderbook.datapackage import transaction
from borderbook.errors import UserError

FILE = "datapackage.json"
IN_PARTS = "borderbook.in-parts"
"""Audit event: the file named is opened next, and what is used of it is told by PART events."""
PART = "borderbook.part"
"""Audit event: a file, the name of the part of it that is used (blank: all), and its hash."""

_ROOT = Path(__file__).resolve().parents[2]


class DataError(UserError, ValueError):
    """A file of the data package breaks its schema; the message lists every fault found."""


def whole(folder: Path) -> dict[str, Any]:
    """Return the descriptor of the package in `folder`, as it stands in `datapackage.json`.

    Raises DataError if there is none or it is no JSON.
    """
    path = folder / FILE
    _refuse_interrupted(folder)
    _tell(path, "")
    return _read(path, stamp(path))


def date(folder: Path) -> str:
    """Return the day of the last change of the figures, YYYY-MM-DD."""
    return str(whole(folder)["created"])[:10]


def names(folder: Path) -> list[str]:
    """Return the names of all resources, in the order of the descriptor."""
    return [resource["name"] for resource in whole(folder)["resources"]]


def resource(name: str, folder: Path) -> dict[str, Any]:
    """Return the descriptor of one resource; DataError if there is none of that name."""
    path = folder / FILE
    _refuse_interrupted(folder)
    _tell(path, name)
    found = _resources(path, stamp(path)).get(name)
    if found is None:
        raise DataError(
            f"{place(path)}: no resource {name!r}; there are {', '.join(names(folder))}"
        )
    return found


def part_digest(path: Path, name: str) -> str:
    """Return a hash of what `path`, a descriptor, says of resource `name`; of it all if blank.

    Blank if there is no such file or resource. This is what a PART event stands for.
    """
    return _part_digest(path, name, stamp(path))


def digest(folder: Path) -> str:
    """Return 12 hex digits that name the state of all figures: a hash of the resources' hashes."""
    hashes = "".join(resource["hash"] for resource in whole(folder)["resources"])
    return hashlib.sha256(hashes.encode()).hexdigest()[:12]


def seal(folder: Path) -> list[str]:
    """Write size and hash of every resource into the descriptor; return the names that changed."""
    document = copy.deepcopy(whole(folder))
    changed = []
    for described in document["resources"]:
        content = (folder / described["path"]).read_bytes()
        now = {"bytes": len(content), "hash": f"sha256:{hashlib.sha256(content).hexdigest()}"}
        if any(described.get(key) != value for key, value in now.items()):
            described.update(now)
            changed.append(described["name"])
    if changed:
        path = folder / FILE
        fresh = path.with_suffix(".new")
        fresh.write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n", "utf-8")
        fresh.replace(path)
    return changed


def stamp(*paths: Path) -> tuple[int, ...]:
    """Return what tells one state of the files from another within this process."""
    found: list[int] = []
    for path in paths:
        try:
            stat = path.stat()
        except OSError:
            found += (0, -1)
        else:
            found += (stat.st_mtime_ns, stat.st_size, stat.st_ino)
    return tuple(found)


def place(path: Path) -> str:
    """Return a path relative to the checkout where it lies in it."""
    return path.relative_to(_ROOT).as_posix() if path.is_relative_to(_ROOT) else path.as_posix()


def _refuse_interrupted(folder: Path) -> None:
    """Raise DataError while files of the package are being replaced, or if that was cut short."""
    if transaction.under_way(folder):
        raise DataError(
            f"{place(folder)}: figures are being added, or an addition was interrupted; if none "
            "is at work, run `borderbook data recover`, which puts the files back as they were"
        )


def _tell(path: Path, part: str) -> None:
    """Tell who listens which part of a file is used, and the hash of it."""
    sys.audit(PART, str(path), part, part_digest(path, part))


@lru_cache(maxsize=256)
def _part_digest(path: Path, name: str, state: tuple[int, ...]) -> str:
    try:
        part: Any = _resources(path, state).get(name) if name else _read(path, state)
    except (DataError, OSError):
        return ""
    return hashlib.sha256(json.dumps(part).encode()).hexdigest() if part is not None else ""


@lru_cache(maxsize=16)
def _read(path: Path, _: tuple[int, ...]) -> dict[str, Any]:
    sys.audit(IN_PARTS, str(path))
    try:
        document: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise DataError(f"{place(path)}: there is no such file; a data package needs one") from None
    except json.JSONDecodeError as error:
        raise DataError(f"{place(path)}, line {error.lineno}: {error.msg}") from None
    return document


@lru_cache(maxsize=16)
def _resources(path: Path, state: tuple[int, ...]) -> dict[str, dict[str, Any]]:
    return {resource["name"]: resource for resource in _read(path, state)["resources"]}
