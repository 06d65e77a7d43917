"""The book that one stands in: its folder, and what its content hands to the engine.

The table `[tool.borderbook]` of `pyproject.toml` names the content. A value `module:name` is a
hook: it is imported when it is asked for and no earlier, since a run depends on every module that
its kernel imports. A book needs no hook, and no such table: each has a default.
"""

from __future__ import annotations

import importlib
import os
from functools import lru_cache
from pathlib import Path
from typing import Any

from borderbook import parts
from borderbook.errors import UserError

CONTENTS = "_toc.yml"
"""The file that marks a book's folder."""
PARAMETERS = "parameters"
"""The tag of the cell that declares a section's parameters, which papermill reads too."""

ENGINE = Path(__file__).resolve().parent
"""The folder of the engine."""
SETTINGS: dict[str, type | tuple[type, ...]] = {
    **dict.fromkeys(("parameters", "axes", "rules", "scope", "places", "label"), str),
    **dict.fromkeys(("palette", "default-edition", "manual", "pdf-note", "work"), str),
    **dict.fromkeys(("names", "generated"), list),
    "content": (str, list),
    **dict.fromkeys(("pages", "units", "reproduction", "run-times"), dict),
}
"""The settings there are, with the types of their values."""
_PROJECT = "pyproject.toml"
# Beside the sources: files and folders that a book is set up and built from, where they are there.
_SET_UP = (
    *(CONTENTS, "_config.yml", _PROJECT, "setup.py", "Makefile", "LICENSE", "CITATION.cff"),
    *("requirements.in", "requirements.txt", "etc"),
)
_TABLE = "tool.borderbook"


class BookError(UserError, RuntimeError):
    """There is no book here, or a setting of it cannot be used."""


def root() -> Path:
    """Return the folder of the book that the working directory lies in.

    It is the nearest one upward that holds `_toc.yml`. Raises BookError if there is none.
    """
    return _above(os.getcwd())


def sources() -> list[Path]:
    """Return the folders that what the book shows follows from: notebooks, data, content, engine.

    The content is the folder or folders that the setting `content` names.
    """
    content = setting("content", [])
    folders = ["book", "data", *([content] if isinstance(content, str) else content)]
    return [*(root() / name for name in folders if (root() / name).is_dir()), ENGINE]


def package() -> dict[str, Path]:
    """Return the files that the book is set up and built from, by their places below its folder.

    The engine is among them where it lies in the book; what commands made, and what is hidden, is
    left out.
    """
    top = root()
    listed = [each for each in sources() if each.is_relative_to(top)]
    listed += [top / name for name in _SET_UP]
    paths = [path for each in listed for path in (each, *sorted(each.rglob("*"))) if path.is_file()]
    named = {path.relative_to(top).as_posix(): path for path in paths}
    return {name: path for name, path in named.items() if not _is_made(name)}


def _is_made(name: str) -> bool:
    return any(part.startswith((".", "__pycache__")) for part in name.split("/"))


def setting(name: str, default: Any = None) -> Any:
    """Return a value of `[tool.borderbook]` as it is written; `default` if it is not there."""
    value = parts.read(root() / _PROJECT, f"{_TABLE}.{name}")
    return default if value is None else value


def check_settings() -> None:
    """Raise BookError for a setting that there is not, or of another type than it should be."""
    settings = parts.read(root() / _PROJECT, _TABLE)
    if settings is not None and not isinstance(settings, dict):
        raise BookError(f"{_PROJECT}, {_TABLE} is no table; write [{_TABLE}] and settings below it")
    for name, value in (settings or {}).items():
        where = f"{_PROJECT}, {_TABLE}.{name}"
        if name not in SETTINGS:
            raise BookError(f"{where}: there is no such setting, but {', '.join(sorted(SETTINGS))}")
        items = value.values() if isinstance(value, dict) else value
        if not isinstance(value, SETTINGS[name]) or not all(
            isinstance(each, str) for each in items
        ):
            raise BookError(f"{where} = {value!r} is of another type: write {_written(name)}")


def _written(name: str) -> str:
    """Return how a setting is written."""
    kind = SETTINGS[name]
    text = '["..."]' if kind is list else '{ name = "..." }' if kind is dict else '"..."'
    return f"{name} = {text}"


def work() -> str:
    """Return what the book calls the text that it checks: the setting `work`, or "the text"."""
    return str(setting("work", "the text"))


def hook(name: str, default: Any = None, **names: str) -> Any:
    """Return the object that a setting names as `module:name`; `default` if it is not there.

    Words of `names` in braces are filled in first. Where they are, a module that does not exist
    gives the default too: one hook for all sections need not have something for each. Raises
    BookError for a setting that is no such name, or names what is not there.
    """
    written = setting(name)
    if written is None:
        return default
    where = f"{_PROJECT}, {_TABLE}.{name} = {written!r}"
    module, sign, attribute = str(written).format(**names).partition(":")
    if not sign:
        raise BookError(f"{where}: write module:name")
    try:
        provider = importlib.import_module(module)
    except ModuleNotFoundError as error:
        absent = error.name is not None and f"{module}.".startswith(f"{error.name}.")
        if names and absent:
            _note_absence(module)
            return default
        if absent:
            raise BookError(f"{where}: there is no module {module}") from None
        raise
    try:
        return getattr(provider, attribute)
    except AttributeError:
        raise BookError(f"{where}: {module} has no {attribute}") from None


def _note_absence(module: str) -> None:
    """Look where a module of the book would stand: a run depends on its not being there."""
    place = root().joinpath(*module.split("."))
    for path in (place.with_suffix(".py"), place / "__init__.py"):
        path.exists()


@lru_cache(maxsize=16)
def _above(folder: str) -> Path:
    for path in (Path(folder), *Path(folder).parents):
        if (path / CONTENTS).is_file():
            return path
    raise BookError(
        f"no book here: neither {folder} nor a folder above it holds {CONTENTS}; change into the "
        "folder of a book"
    )
