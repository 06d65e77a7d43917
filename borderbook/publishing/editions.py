"""Editions: books that the site publishes beside the default, listed in `book/editions.yml`.

The list is checked by the parameters' models. What has passed once is not checked again: the models
are slow to import, and a build in which nothing has changed ends at once.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Unpack

from borderbook import book, files, inputs, modules, parts
from borderbook.errors import UserError
from borderbook.execution import runs
from borderbook.execution.runs import Options, Run, RunError
from borderbook.publishing.build import Book

FILE = "book/editions.yml"
_KEYS = ("name", "title", "parameters")
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class EditionError(UserError, ValueError):
    """A list of editions that cannot be published; the message names the edition and the error."""


@dataclass(frozen=True)
class Edition:
    """A book with parameters of its own: its name in addresses, its title, and what is changed.

    `parameters` are by section, those alone that differ from the section's defaults.
    """

    name: str
    title: str
    parameters: Mapping[str, Mapping[str, Any]]


def read(root: Path) -> list[Edition]:
    """Return the editions of a project in the order of its list; none if it has no list.

    Raises EditionError with the first error.
    """
    file = root / FILE
    if not os.path.lexists(file):
        return []
    cached = root / ".cache" / "editions" / f"{_stamp(root)}.json"
    with contextlib.suppress(OSError, RecursionError, ValueError, LookupError, TypeError):
        checked = json.loads(cached.read_text("utf-8"))
        if all(files.digest(Path(name)) == digest for name, digest in checked["checkers"].items()):
            return [Edition(**each) for each in checked["editions"]]
    editions = _checked(inputs.read_yaml(file, list, texts=True, blank=[]))
    checkers = modules.loaded(root)
    listed = [asdict(edition) for edition in editions]
    files.keep(cached, json.dumps({"checkers": checkers, "editions": listed}))
    return editions


def choose(listed: Sequence[Edition], wanted: str) -> list[Edition]:
    """Return the editions that `wanted` names: all, none, or names with commas between them.

    >>> [edition.name for edition in choose([Edition("dry", "Dry years", {})], "all")]
    ['dry']
    """
    if wanted in ("all", "none"):
        return list(listed) if wanted == "all" else []
    names = [name.strip() for name in wanted.split(",")]
    known = {edition.name: edition for edition in listed}
    for name in names:
        if name not in known:
            raise EditionError(
                f"{name!r}: no such edition; there are {', '.join(['all', 'none', *known])}"
            )
    return [edition for edition in listed if edition.name in names]


def execute(
    editions: Sequence[Edition],
    root: Path,
    done: Callable[[Run, bool], None] = lambda run, reused: None,
    **options: Unpack[Options],
) -> list[Book]:
    """Return a book of executed notebooks for each edition; equal runs are executed once.

    `done` is told of every run, and whether it was reused. Raises RunError after all runs have
    ended, if any failed; it says in which editions.
    """
    places = {
        edition.name: {path.stem: _key(edition, path) for path in runs.sections(root)}
        for edition in editions
    }
    planned = planned_runs(editions, root)
    keys = {run: key for key, run in planned.items()}
    finished: dict[str, Path] = {}
    failures = []
    for outcome in runs.outcomes(planned.values(), root, **options):
        key = keys[outcome.run]
        if outcome.notebook is None:
            names = [name for name, sections in places.items() if key in sections.values()]
            which = "" if "" in names else f"edition {', '.join(names)}: "
            failures.append(f"{which}{outcome.error}")
        else:
            finished[key] = outcome.notebook
        done(outcome.run, outcome.reused)
    if failures:
        raise RunError("\n\n".join(sorted(failures)))
    return [
        Book({s: finished[key] for s, key in places[e.name].items()}, e.name, e.title)
        for e in editions
    ]


def planned_runs(editions: Sequence[Edition], root: Path) -> dict[str, Run]:
    """Return the runs that editions are made of, equal ones once."""
    return {
        _key(edition, path): Run(path, edition.parameters.get(path.stem, {}))
        for edition in editions
        for path in runs.sections(root)
    }


def _key(edition: Edition, notebook: Path) -> str:
    chosen = edition.parameters.get(notebook.stem, {})
    return f"{notebook.stem} {json.dumps(chosen, sort_keys=True)}"


def _checked(entries: Sequence[Any]) -> list[Edition]:
    """Return the editions of a list; EditionError if it cannot be published."""
    editions: list[Edition] = []
    for number, entry in enumerate(entries, start=1):
        place = f"{FILE}, edition {number}"
        if not isinstance(entry, Mapping):
            raise EditionError(f"{place} is no mapping of {', '.join(_KEYS)}")
        place += f" ({entry['name']})" if entry.get("name") else ""
        edition = Edition(*_fields(entry, place))
        for other in editions:
            for what in _KEYS:
                if getattr(edition, what) == getattr(other, what):
                    raise EditionError(f"{place} has the {what} of edition {other.name}")
        editions.append(edition)
    return editions


def _fields(entry: Mapping[str, Any], place: str) -> tuple[str, str, dict[str, dict[str, Any]]]:
    """Return name, title and parameters by section of an entry."""
    from borderbook.parameters import derive, values  # noqa: PLC0415
    from borderbook.parameters.model import ParameterError  # noqa: PLC0415

    for key in entry:
        if key not in _KEYS:
            raise EditionError(f"{place}: unknown key {key!r}; an edition has {', '.join(_KEYS)}")
    for key in _KEYS:
        if not entry.get(key):
            raise EditionError(f"{place} has no {key}")
    name, title, given = (entry[key] for key in _KEYS)
    if not isinstance(name, str) or not (_NAME.fullmatch(name) and inputs.is_name(name)):
        raise EditionError(f"{place}: a name has small letters, digits and hyphens")
    if not isinstance(title, str) or not isinstance(given, Mapping):
        raise EditionError(f"{place}: a title is a text, and parameters are a mapping")
    try:
        chosen = values.read(given)
        by_section = {
            section: values.changed(derive.model_of(section), values.of_section(section, chosen))
            for section in derive.sections()
        }
    except ParameterError as error:
        raise EditionError(f"{place}: {error}") from None
    if not any(by_section.values()):
        raise EditionError(f"{place}: these parameters are those of the default book")
    return name, title, {section: changed for section, changed in by_section.items() if changed}


def _stamp(root: Path) -> str:
    """Return a hash of what the list and the answer of its check follow from, modules aside."""
    inputs = (root / FILE, root / "data" / "datapackage.json", root / "pyproject.toml")
    cells = [parts.digest(path, book.PARAMETERS) for path in runs.sections(root)]
    digests = [*map(files.digest, inputs), *cells]
    return hashlib.sha256("\n".join(digests).encode()).hexdigest()
