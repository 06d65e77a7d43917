"""Parts of a file that a reader uses, told to who listens: a run depends on them, not on the rest.

A reader says with the audit event IN_PARTS that it opens a file of which it uses parts, and with
PART which part it used, with a hash of it. The events cost nothing where nobody listens. The parts:

- of a JSON data package: its resources, by name; and by MARKED and a property's name the names of
  the resources of which that property is true;
- of a TOML file: its tables and values, by dotted name;
- of a notebook: its cells with a tag, by tag; its title, TITLE; and its code, CODE.

A blank name is the whole file.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from functools import lru_cache
from pathlib import Path
from typing import Any

from borderbook import inputs

IN_PARTS = "borderbook.in-parts"
"""Audit event: the file named is opened next, and what is used of it is told by PART events."""
PART = "borderbook.part"
"""Audit event: a file, the name of the part of it that is used (blank: all), and its hash."""

MARKED = "marked: "
"""The start of the part of a data package that says which resources have a property."""
TITLE = "the title"
"""The part of a notebook that is its title: that of its metadata, else its first heading, without
what a run fills in."""
CODE = "the code"
"""The part of a notebook that is its code: id and source of each cell, parameters left out."""


def read(path: Path, name: str) -> Any:
    """Return a part of a file as JSON or TOML has it; None if there is no such file or part.

    Raises InputError for a file that cannot be read as what its ending says.
    """
    sys.audit(PART, str(path), name, digest(path, name))
    return _part(path, name, stamp(path))


def whole(path: Path) -> Any:
    """Return a whole file, read once for each state of it; InputError if it cannot be read."""
    sys.audit(PART, str(path), "", digest(path, ""))
    return _read(path, stamp(path))


def parsed(path: Path) -> Any:
    """Return a whole file as `whole` does, for what no result depends on: nobody is told."""
    return _read(path, stamp(path))


def digest(path: Path, name: str) -> str:
    """Return a hash of a part of a file; blank if there is no such file or part."""
    try:
        part = _part(path, name, stamp(path))
    except ValueError:
        return ""
    return (
        "" if part is None else hashlib.sha256(json.dumps(part, default=str).encode()).hexdigest()
    )


def stamp(*paths: Path) -> tuple[int, ...]:
    """Return what tells one state of the files from another within this process."""
    stamps: list[int] = []
    for path in paths:
        try:
            stat = path.stat()
        except OSError:
            stamps += (0, -1)
        else:
            stamps += (stat.st_mtime_ns, stat.st_size, stat.st_ino)
    return tuple(stamps)


@lru_cache(maxsize=256)
def _part(path: Path, name: str, state: tuple[int, ...]) -> Any:
    try:
        document = _read(path, state)
    except OSError:
        return None
    if not name:
        return document
    match path.suffix:
        case ".toml":
            for key in name.split("."):
                document = document.get(key) if isinstance(document, dict) else None
            return document
        case ".ipynb":
            return _of_notebook(document, name)
        case _ if name.startswith(MARKED):
            marked = name.removeprefix(MARKED)
            return [key for key, each in _by_name(path, state).items() if each.get(marked) is True]
        case _:
            return _by_name(path, state).get(name)


def _of_notebook(document: dict[str, Any], name: str) -> Any:
    cells = [
        (cell, "".join(cell["source"]), cell.get("metadata", {}).get("tags", []))
        for cell in document["cells"]
    ]
    if name == TITLE:
        texts = (text for cell, text, _ in cells if cell["cell_type"] == "markdown")
        headings = (re.search(r"(?m)^#+ +(.+?) *$", text) for text in texts)
        first = next((heading[1] for heading in headings if heading), "")
        plain = re.sub(r"\s*\{[^}]+\}`[^`]*`", "", first)
        return document.get("metadata", {}).get("title", plain) or None
    if name == CODE:
        return [
            [cell.get("id", f"cell-{number}"), text]
            for number, (cell, text, tags) in enumerate(cells, start=1)
            if cell["cell_type"] == "code" and not {"parameters", "injected-parameters"} & {*tags}
        ]
    return [cell["source"] for cell, _, tags in cells if name in tags] or None


@lru_cache(maxsize=32)
def _read(path: Path, _: tuple[int, ...]) -> Any:
    sys.audit(IN_PARTS, str(path))
    match path.suffix:
        case ".toml":
            return inputs.read_toml(path)
        case ".ipynb":
            return inputs.read_notebook(path)
        case _:
            return inputs.read_json(path)


@lru_cache(maxsize=16)
def _by_name(path: Path, state: tuple[int, ...]) -> dict[str, Any]:
    return {resource["name"]: resource for resource in _read(path, state)["resources"]}
