"""Terms that what a site hands on is under: those of a book's code, and of its documents."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from borderbook import book, inputs, parts

_LICENCE = "LICENSE"
_SPDX = "https://spdx.org/licenses/"


def of_code() -> dict[str, str]:
    """Return the terms of the book's code, as a descriptor has licences; empty if none are stated.

    They are the SPDX expression `license` of `[project]` in pyproject.toml, else those in LICENSE.
    """
    root = book.root()
    stated = parts.read(root / "pyproject.toml", "project.license")
    if isinstance(stated, str):
        # An expression of several licences has no address.
        simple = re.fullmatch(r"[\w.+-]+", stated)
        return {"name": stated, **({"path": _SPDX + stated} if simple else {})}
    return {"name": f"the terms in {_LICENCE}"} if (root / _LICENCE).is_file() else {}


def of_documents(resources: Iterable[Mapping[str, Any]], data: Path) -> dict[str, str]:
    """Return the documents in the folder `data`, by their paths there, with the index of each.

    An index is a resource with the columns `file` and `terms`: it states the terms of each file.
    """
    indexed: dict[str, str] = {}
    for resource in resources:
        columns = {field["name"] for field in resource.get("schema", {}).get("fields", [])}
        if {"file", "terms"} <= columns:
            folder = resource["path"].rpartition("/")[0]
            rows = csv.DictReader(io.StringIO(inputs.read_text(data / resource["path"])))
            indexed |= {f"{folder}/{row['file']}".lstrip("/"): resource["path"] for row in rows}
    return indexed
