"""The descriptor of a data package, `datapackage.json`: what each resource is, and its parts.

Which part of the descriptor is used is told part by part, as audit events that cost nothing where
nobody listens: a result that used one resource does not depend on what is said of the others.
"""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from borderbook import book, files, parts
from borderbook.datapackage import transaction
from borderbook.errors import UserError

FILE = "datapackage.json"


class DataError(UserError, ValueError):
    """A file of the data package breaks its schema; the message lists every error."""


def folder() -> Path:
    """Return the folder of the data package: `data` in the book that one stands in."""
    return book.root() / "data"


def exists(folder: Path) -> bool:
    """Return whether a folder holds a data package: a book may have none."""
    return (folder / FILE).is_file()


def whole(at: Path | None = None) -> dict[str, Any]:
    """Return the descriptor of a package, as it stands in `datapackage.json`.

    The package is that of the book, or in the folder `at`, here and below. Raises DataError if
    there is none or it is no JSON.
    """
    path = _file(at)
    try:
        document: dict[str, Any] = parts.whole(path)
    except FileNotFoundError:
        raise DataError(f"{place(path)}: there is no such file; a data package needs one") from None
    except json.JSONDecodeError as error:
        raise DataError(f"{place(path)}, line {error.lineno}: {error.msg}") from None
    return document


def date(at: Path | None = None) -> str:
    """Return the day of the last change of the figures, YYYY-MM-DD."""
    return str(whole(at)["created"])[:10]


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
        return path.resolve().relative_to(book.root().resolve()).as_posix()
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
