"""The data package: every figure is loaded from it, checked against its Table Schema first."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import frictionless
import pandas as pd

from helpers import journal

DATA = Path(__file__).resolve().parent.parent / "data"
"""The data package of this checkout, where the functions below look unless told otherwise."""

_DTYPES = {"string": "str", "number": "float64", "boolean": "bool"}


_USED: dict[str, None] = {}


class DataError(ValueError):
    """A file of the data package breaks its schema; the message lists every fault found."""


def load(name: str, folder: Path | None = None) -> pd.DataFrame:
    """Return resource `name` as a DataFrame, one row per record, typed by its Table Schema.

    `string` becomes str, `number` float64, `integer` int64 (Int64 where values may be missing),
    `boolean` bool, `date` datetime64. Units stand in the schema: see `fields`.

    Raises DataError with every fault of the file (row, field, value, rule) before any value is
    returned: type, constraint, primary and foreign key, size and hash.

    >>> load("paper_table_2").head(1).to_dict("records")
    [{'indicator': 'number of small businesses', 'year': 2011, 'printed_percent': '17.02'}]
    """
    folder = folder or DATA
    _refuse_interrupted(folder)
    _USED[name] = None
    return _table(name, folder, _stamp(folder)).copy()


def used() -> list[str]:
    """Return the names of the resources that this process has loaded so far, in order of name."""
    return sorted(_USED)


def load_json(name: str, folder: Path | None = None) -> dict[str, Any]:
    """Return resource `name`, a JSON document such as the boundaries, checked as `load` does."""
    folder = folder or DATA
    described = descriptor(name, folder)
    _check(name, folder, _stamp(folder))
    document: dict[str, Any] = json.loads((folder / described["path"]).read_text("utf-8"))
    return document


def package(folder: Path | None = None) -> dict[str, Any]:
    """Return the descriptor of the data package, as it stands in `datapackage.json`."""
    folder = folder or DATA
    _refuse_interrupted(folder)
    return _package(folder, _stamp(folder))


def names(folder: Path | None = None) -> list[str]:
    """Return the names of all resources, in the order of the descriptor."""
    return [resource["name"] for resource in package(folder)["resources"]]


def descriptor(name: str, folder: Path | None = None) -> dict[str, Any]:
    """Return the descriptor of one resource: title, description, schema, sources, licences.

    >>> descriptor("population")["schema"]["fields"][2]["unit"]
    'persons'
    """
    folder = folder or DATA
    for resource in package(folder)["resources"]:
        if resource["name"] == name:
            found: dict[str, Any] = resource
            return found
    raise DataError(
        f"{_place(folder / 'datapackage.json')}: no resource {name!r}; "
        f"there are {', '.join(names(folder))}"
    )


@dataclass(frozen=True)
class Source:
    """A source as a reader sees it: its title with edition, and the resource that came from it."""

    title: str
    resource: str

    def record(self) -> dict[str, str]:
        """Return the source as JSON has it."""
        return {"title": self.title, "resource": self.resource}


def sources(*resources: str, folder: Path | None = None) -> list[Source]:
    """Return the sources of `resources`, each once: publisher, title and edition.

    >>> sources("kazakhstan_gross_regional_product")[0].title
    'Bureau of National Statistics of Kazakhstan: Gross regional product, annual (2024)'
    """
    found: dict[str, Source] = {}
    for name in resources:
        for source in descriptor(name, folder)["sources"]:
            version = source.get("version", "")
            edition = f" ({version})" if version and version not in source["title"] else ""
            title = source["title"] + edition
            found.setdefault(title, Source(title, name))
    return list(found.values())


def digest(folder: Path | None = None) -> str:
    """Return 12 hex digits that name the state of all figures: a hash of the resources' hashes.

    >>> len(digest())
    12
    """
    hashes = "".join(resource["hash"] for resource in package(folder)["resources"])
    return hashlib.sha256(hashes.encode()).hexdigest()[:12]


def seal(folder: Path | None = None) -> list[str]:
    """Write size and hash of every resource into the descriptor; return the names that changed.

    To be called after an edit of a data file that is meant: until then `load` refuses the file.
    """
    folder = folder or DATA
    document = copy.deepcopy(package(folder))
    changed = []
    for resource in document["resources"]:
        content = (folder / resource["path"]).read_bytes()
        now = {"bytes": len(content), "hash": f"sha256:{hashlib.sha256(content).hexdigest()}"}
        if any(resource.get(key) != value for key, value in now.items()):
            resource.update(now)
            changed.append(resource["name"])
    if changed:
        path = folder / "datapackage.json"
        fresh = path.with_suffix(".new")
        fresh.write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n", "utf-8")
        fresh.replace(path)
    return changed


def faults(name: str, folder: Path | None = None) -> list[str]:
    """Return every fault of one resource, one line each: file, row, field, value, rule."""
    folder = folder or DATA
    path = folder / descriptor(name, folder)["path"]
    if not path.exists():
        return [f"{_place(path)}: there is no such file"]
    found = _frictionless(folder, _stamp(folder)).get_resource(name).validate()
    errors = [error for task in found.tasks for error in task.errors] + list(found.errors)
    schema = descriptor(name, folder).get("schema", {})
    return [_fault(path, error.to_descriptor(), schema) for error in errors]


def _refuse_interrupted(folder: Path) -> None:
    """Raise DataError while files of the package are being replaced, or if that was cut short."""
    if journal.under_way(folder):
        raise DataError(
            f"{_place(folder)}: figures are being added, or an addition was interrupted; if none "
            "is at work, run `borderbook data recover`, which puts the files back as they were"
        )


@lru_cache(maxsize=64)
def _table(name: str, folder: Path, stamp: tuple[int, ...]) -> pd.DataFrame:
    """Read a resource once per state of the files."""
    described = descriptor(name, folder)
    _check(name, folder, stamp)
    fields = described["schema"]["fields"]
    return pd.read_csv(
        folder / described["path"],
        dtype={field["name"]: _dtype(field) for field in fields if field["type"] != "date"},
        parse_dates=[field["name"] for field in fields if field["type"] == "date"],
        keep_default_na=False,
        na_values={field["name"]: [""] for field in fields if field["type"] != "string"},
        encoding="utf-8",
    )


@lru_cache(maxsize=16)
def _package(folder: Path, stamp: tuple[int, ...]) -> dict[str, Any]:
    path = folder / "datapackage.json"
    try:
        document: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise DataError(
            f"{_place(path)}: there is no such file; a data package needs one"
        ) from None
    except json.JSONDecodeError as error:
        raise DataError(f"{_place(path)}, line {error.lineno}: {error.msg}") from None
    return document


@lru_cache(maxsize=256)
def _check(name: str, folder: Path, stamp: tuple[int, ...]) -> None:
    """Raise DataError if the resource has a fault; checked once per state of the files."""
    lines = faults(name, folder)
    if lines:
        raise DataError(_summary(lines))


@lru_cache(maxsize=16)
def _frictionless(folder: Path, stamp: tuple[int, ...]) -> frictionless.Package:
    return frictionless.Package(str(folder / "datapackage.json"))


def _summary(lines: Iterable[str]) -> str:
    listed = list(lines)
    count = f"{len(listed)} faults" if len(listed) > 1 else "1 fault"
    return f"{count} in the data package:\n" + "\n".join(listed)


def _stamp(folder: Path) -> tuple[int, ...]:
    """Return what tells one state of the folder from another within this process."""
    files = sorted(folder.rglob("*.*"))
    return tuple(part for file in files for part in (file.stat().st_mtime_ns, file.stat().st_size))


def _dtype(field: Mapping[str, Any]) -> str:
    if field["type"] == "integer":
        return "int64" if field.get("constraints", {}).get("required") else "Int64"
    return _DTYPES[field["type"]]


def _fault(path: Path, error: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    """Return one line for one fault: where it stands, the value, the rule, how to mend it."""
    place = [_place(path)]
    if "rowNumber" in error:
        place.append(f"row {error['rowNumber']}")
    if "fieldName" in error:
        place.append(f"field {error['fieldName']}")
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
    return f"{', '.join(place)}{value}: {rule}"


def _place(path: Path) -> str:
    """Return a path relative to the checkout where it lies in it."""
    root = DATA.parent
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()
