"""The data package: every figure is loaded from it, checked against its Table Schema first."""

from __future__ import annotations

import functools
import io
import json
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple, ParamSpec, TypeVar

import pandas as pd

from borderbook import parts
from borderbook.datapackage import validation
from borderbook.datapackage.descriptor import FILE, DataError, digest, folder, names, seal
from borderbook.datapackage.descriptor import resource as descriptor
from borderbook.datapackage.descriptor import whole as package

__all__ = ["DataError", "Source", "descriptor", "digest", "folder", "names", "package", "seal"]

_DTYPES = {"string": "str", "number": "float64", "boolean": "bool"}

_USED: dict[str, None] = {}
_State = tuple[Any, ...]
_Reads = dict[tuple[Callable[[str, Path], _State], str, Path], _State]
_WATCHES: list[_Reads] = []
_STATES: _Reads = {}

_Given = ParamSpec("_Given")
_Result = TypeVar("_Result")


def load(name: str) -> pd.DataFrame:
    """Return resource `name` as a DataFrame, one row per record, typed by its Table Schema.

    `string` becomes str, `number` float64, `integer` int64 (Int64 where values may be missing),
    `boolean` bool, `date` datetime64. Units stand in the schema: see `fields`.

    Raises DataError with every error of the file (row, field, value, rule) before any value is
    returned: type, constraint, primary and foreign key, size and hash.
    """
    state = _resource_state(name, folder())
    _mark_read(_resource_state, name, folder(), state)
    return _table(name, folder(), state).copy(deep=False)


def load_json(name: str) -> dict[str, Any]:
    """Return resource `name`, a JSON document such as the boundaries, checked as `load` does."""
    _mark_read(_resource_state, name, folder(), _resource_state(name, folder()))
    validation.check([name], folder())
    path = folder() / descriptor(name)["path"]
    document: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return document


def remembered(function: Callable[_Given, _Result]) -> Callable[_Given, _Result]:
    """Return `function`, its results cached as long as what it read of the package is unchanged.

    For pure functions of the data package whose arguments can be hashed. What was read, resources
    and listings, is noted on the first call, calls of other such functions included. A table is
    handed out as a copy of its own; other results are to be left as they are.

    >>> of = remembered(lambda name: [f"sorted by {name}"])
    >>> of("day") is of("day")
    True
    """
    cached: dict[Any, tuple[_Reads, _Result]] = {}

    @functools.wraps(function)
    def call(*args: _Given.args, **kwargs: _Given.kwargs) -> _Result:
        key = (folder(), args, tuple(sorted(kwargs.items())))
        if key in cached and all(_state(*read) == state for read, state in cached[key][0].items()):
            for read, state in cached[key][0].items():
                _mark_read(*read, state)
        else:
            cached[key] = _watched(lambda: function(*args, **kwargs))
        result = cached[key][1]
        if isinstance(result, pd.DataFrame | pd.Series):
            return result.copy(deep=False)  # type: ignore[return-value]
        return result

    return call


def read_by(function: Callable[[], _Result]) -> tuple[_Result, tuple[str, ...]]:
    """Return what a function returns, and the names of the resources that it reads, in order."""
    reads, result = _watched(function)
    return result, tuple(sorted({name for look, name, _ in reads if look is _resource_state}))


def listing(name: str) -> _State:
    """Return what tells one state of a folder of the package from another: its files' stamps."""
    state = _listing_state(name, folder())
    _mark_read(_listing_state, name, folder(), state)
    return state


def used() -> list[str]:
    """Return the names of the resources that this process has loaded so far, in order of name."""
    return sorted(_USED)


def marked(name: str) -> list[str]:
    """Return the names of the resources whose descriptor says that `name` is true, in its order."""
    return list(parts.read(folder() / FILE, f"{parts.MARKED}{name}") or [])


class Source(NamedTuple):
    """A source as a reader sees it: its title with edition, and the resource that came from it."""

    title: str
    resource: str


def sources(*resources: str) -> list[Source]:
    """Return the sources of `resources`, each once: publisher, title and edition."""
    by_title: dict[str, Source] = {}
    for name in resources:
        for source in descriptor(name)["sources"]:
            version = source.get("version", "")
            edition = f" ({version})" if version and version not in source["title"] else ""
            title = source["title"] + edition
            by_title.setdefault(title, Source(title, name))
    return list(by_title.values())


def _state(look: Callable[[str, Path], _State], name: str, folder: Path) -> _State:
    """Return what `look` sees; within one outermost call of a remembered function it looks once."""
    read = (look, name, folder)
    if not _WATCHES:
        return look(name, folder)
    if read not in _STATES:
        _STATES[read] = look(name, folder)
    return _STATES[read]


def _listing_state(name: str, folder: Path) -> _State:
    files = sorted((folder / name).glob("*"))
    return tuple((file.name, *parts.stamp(file)) for file in files)


def _resource_state(name: str, folder: Path) -> _State:
    path = folder / descriptor(name, folder)["path"]
    return parts.stamp(folder / FILE, path)


def _mark_read(look: Callable[[str, Path], _State], name: str, folder: Path, state: _State) -> None:
    """Add what was read, in the state that `look` saw, to the reads of all that are watched."""
    if look is _resource_state:
        _USED[name] = None
    for reads in _WATCHES:
        reads[look, name, folder] = state


def _watched(function: Callable[[], _Result]) -> tuple[_Reads, _Result]:
    """Return what a function reads of the package, and what it returns."""
    reads: _Reads = {}
    if not _WATCHES:
        _STATES.clear()
    _WATCHES.append(reads)
    try:
        return reads, function()
    finally:
        _WATCHES.pop()


@lru_cache(maxsize=64)
def _table(name: str, folder: Path, state: _State) -> pd.DataFrame:
    """Read a resource once per state of the files."""
    validation.check([name], folder)
    described = descriptor(name, folder)
    fields = described["schema"]["fields"]
    dates = [field["name"] for field in fields if field["type"] == "date"]
    table = pd.read_csv(
        io.BytesIO((folder / described["path"]).read_bytes()),
        dtype={field["name"]: _dtype(field) for field in fields if field["type"] != "date"},
        parse_dates=dates,
        keep_default_na=False,
        na_values={field["name"]: [""] for field in fields if field["type"] != "string"},
        encoding="utf-8",
    )
    # A column without a value has no date for pandas to recognise.
    return table.astype(dict.fromkeys(dates, "datetime64[ns]")) if table.empty else table


def _dtype(field: Mapping[str, Any]) -> str:
    if field["type"] == "integer":
        return "int64" if field.get("constraints", {}).get("required") else "Int64"
    return _DTYPES[field["type"]]
