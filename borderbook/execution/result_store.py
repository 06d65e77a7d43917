"""Executed notebooks on disk, each with what it depended on; reused while all of that is as it was.

`.cache/runs/<section>/<key>/` holds the results of one notebook with one set of parameters: for
each an entry `<hash>.json`, named by the hash of its own content, and the notebook `<hash>.ipynb`,
named by its own too. So a damaged file is known when it is read, and counts as not there. Files
appear whole or not at all, and none is ever altered: several builds can share a store.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any

from borderbook import files, parts, scratch
from borderbook.execution import forkserver, packages, recorder

Dependency = tuple[str, str, str]
"""Kind, name and hash; see `recorder`. Of a `package` the name is that of the distribution and the
modules that were imported of it; in place of the hash stands its version."""
Cells = tuple[tuple[str, str], ...]
"""The id of each cell of a notebook, in order, with a hash of the cell."""

_RESULT = re.compile(r"[0-9a-f]{64}\.(json|ipynb)")


@dataclass(frozen=True)
class Entry:
    """A result: what it was made from, and the hash of the executed notebook."""

    section: str
    parameters: Mapping[str, Any]
    cells: Cells
    environment: Mapping[str, str]
    dependencies: tuple[Dependency, ...]
    seconds: float
    output: str
    unseen: tuple[str, ...] = ()
    """Why the result is not reused: what the run did that no hook can follow."""


_FIELDS = {field.name for field in fields(Entry)}


class State:
    """The project as it is now: the hash of anything that a run can depend on, read once."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._known: dict[tuple[str, str], str] = {}

    def digest(self, kind: str, name: str) -> str:
        """Return the hash of what a dependency names, as it is now."""
        if (kind, name) not in self._known:
            file, _, part = name.partition("#") if kind == "part" else (name, "", "")
            path = self._root / file
            match kind:
                case "folder":
                    digest = recorder.folder_digest(str(path))
                case "place":
                    digest = recorder.place(str(path))
                case "part":
                    digest = parts.digest(path, part)
                case "variable":
                    digest = recorder.variable(name, os.environ | forkserver.SETTINGS)
                case "package":
                    digest = self._version(name)
                case _:
                    digest = recorder.file_digest(str(path))
            self._known[kind, name] = digest
        return self._known[kind, name]

    def changed(self, entry: Entry) -> list[str]:
        """Return the names of the entry's dependencies that are no longer as they were."""
        return [
            _in_words(kind, name)
            for kind, name, digest in entry.dependencies
            if self.digest(kind, name) != digest
        ]

    def _version(self, name: str) -> str:
        distribution, _, modules = name.partition(": ")
        hidden = [module for module in modules.split() if module in self._tops]
        version = self._versions.get(distribution, "")
        return f"{version}, hidden by {' '.join(hidden)} of the project" if hidden else version

    @cached_property
    def _versions(self) -> dict[str, str]:
        return packages.versions()

    @cached_property
    def _tops(self) -> set[str]:
        """The modules at the top of the project: they hide installed ones."""
        names = [path for path in self._root.iterdir() if not path.name.startswith(".")]
        packages = {path.name for path in names if (path / "__init__.py").is_file()}
        return packages | {path.stem for path in names if path.suffix == ".py"}


class Store:
    """The results of one project."""

    def __init__(self, root: Path, note: Callable[[str], None] = lambda text: None) -> None:
        self.folder = root / ".cache" / "runs"
        self._note = note

    def find(
        self, section: str, key: str, state: State, environment: Mapping[str, str]
    ) -> Path | None:
        """Return the executed notebook whose every dependency is as `state` has it, if any is.

        A damaged entry is reported, removed and passed over.
        """
        for path, entry in self._read(self.folder / section / key):
            if entry.unseen or entry.environment != environment or state.changed(entry):
                continue
            output = path.parent / f"{entry.output}.ipynb"
            if recorder.file_digest(str(output)) == entry.output:
                with contextlib.suppress(OSError):
                    os.utime(path)
                return output
            self._drop(path, output)
        return None

    def add(self, key: str, entry: Entry, text: str) -> Path:
        """Store the executed notebook `text`, and return its file."""
        folder = self.folder / entry.section / key
        folder.mkdir(parents=True, exist_ok=True)
        output = folder / f"{entry.output}.ipynb"
        self._write(output, text.encode())
        content = json.dumps(asdict(entry)).encode()
        self._write(folder / f"{hashlib.sha256(content).hexdigest()}.json", content)
        return output

    def digest(self, path: Path) -> str:
        """Return a hash of a file's content; for a result that was found here, this is its name."""
        return path.stem if path.is_relative_to(self.folder) else files.digest(path)

    def latest(self, section: str, parameters: Mapping[str, Any] | None = None) -> Entry | None:
        """Return the most recently used entry of a section, with `parameters` if they are given."""
        return next(
            (
                entry
                for _, entry in self._read(self.folder / section, "*/*.json")
                if parameters is None or entry.parameters == parameters
            ),
            None,
        )

    def size(self) -> tuple[int, int]:
        """Return the number of results and the bytes that they take."""
        entries = list(self.folder.glob("*/*/*.json"))
        return len(entries), sum(size for size in map(_size, self.folder.glob("*/*/*")))

    def prune(self, limit: int) -> int:
        """Remove the least recently used results until `limit` bytes are taken; return how many."""
        removed = 0
        entries = sorted(self.folder.glob("*/*/*.json"), key=_used)
        _, taken = self.size()
        for path in entries:
            if taken <= limit:
                break
            with contextlib.suppress(OSError, ValueError, KeyError):
                output = path.parent / f"{json.loads(path.read_bytes())['output']}.ipynb"
                others = [p for p in path.parent.glob("*.json") if p != path]
                shared = any(output.stem in other.read_text("utf-8") for other in others)
                taken -= _size(path) + (0 if shared else _size(output))
                path.unlink(missing_ok=True)
                if not shared:
                    output.unlink(missing_ok=True)
                removed += 1
                with contextlib.suppress(OSError):
                    path.parent.rmdir()
        return removed

    def clear(self) -> None:
        """Remove every result, and nothing else that may lie there."""
        for path in self.folder.glob("*/*/*"):
            if _RESULT.fullmatch(path.name):
                path.unlink(missing_ok=True)
        for folder in (*self.folder.glob("*/*"), *self.folder.glob("*"), self.folder):
            with contextlib.suppress(OSError):
                folder.rmdir()

    def _read(self, folder: Path, pattern: str = "*.json") -> Iterator[tuple[Path, Entry]]:
        """Return the undamaged entries of a folder, the most recently used first."""
        for path in sorted(folder.glob(pattern), key=_used, reverse=True):
            try:
                content = path.read_bytes()
            except OSError:
                continue  # removed by another process
            if hashlib.sha256(content).hexdigest() != path.stem:
                self._drop(path)
                continue
            try:
                stored = json.loads(content)
            except (ValueError, RecursionError):
                stored = {}
            if (
                not isinstance(stored, dict)
                or stored.keys() != _FIELDS
                or not isinstance(stored["cells"], list)
            ):
                continue  # of another version of the engine
            for name in ("cells", "dependencies"):
                stored[name] = tuple(map(tuple, stored[name]))
            stored["unseen"] = tuple(stored["unseen"])
            yield path, Entry(**stored)

    def _write(self, path: Path, content: bytes) -> None:
        """Write a file in one step; one that is there and sound stays."""
        if not path.exists() or path.read_bytes() != content:
            with scratch.file(self.folder / path.name) as fresh:
                fresh.write_bytes(content)
                fresh.replace(path)

    def _drop(self, path: Path, *others: Path) -> None:
        self._note(f"{path.relative_to(self.folder.parent.parent)} is damaged: executed again")
        for each in (path, *others):
            each.unlink(missing_ok=True)


def _in_words(kind: str, name: str) -> str:
    match kind:
        case "part":
            return name.removesuffix("#").replace("#", ": ")
        case "package":
            return f"package {name.partition(':')[0]}"
        case "variable":
            return f"variable {name} of the environment"
    return name


def _used(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
