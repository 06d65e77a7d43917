"""The distributions that are installed: their versions, and the modules that each brings.

They are read from the names of the folders of metadata on `sys.path`, as the specification of
installed projects has them, in a millisecond: a build in which nothing has changed asks too.
"""

from __future__ import annotations

import contextlib
import os
import re
import sys
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from borderbook import book

_METADATA = (".dist-info", ".egg-info")
_SEPARATORS = re.compile(r"[-_.]+")

Listing = tuple[tuple[str, str, str], ...]


def listing() -> Listing:
    """Return name, version and folder of metadata of each distribution, the first of a name."""
    by_name: dict[str, tuple[str, str, str]] = {}
    for folder in dict.fromkeys(sys.path):
        with contextlib.suppress(OSError):
            for entry in sorted(os.listdir(folder or ".")):
                if entry.endswith(_METADATA):
                    stem = entry.rpartition(".")[0]
                    name, version = re.split(r"-(?!py\d)", f"{stem}-")[:2]
                    name = _SEPARATORS.sub("-", name).lower()
                    place = os.path.join(folder, entry)
                    by_name.setdefault(name, (name, version, place))
    return tuple(sorted(by_name.values()))


def versions() -> dict[str, str]:
    """Return the version of each distribution by its name in lower case, with hyphens."""
    return {name: version for name, version, _ in listing()}


def providers(modules: Iterable[str]) -> dict[str, list[str]]:
    """Return the distributions that bring some top-level modules, with those modules.

    >>> sorted(providers(["pandas", "dateutil", "no_such_module"]).items())
    [('pandas', ['pandas']), ('python-dateutil', ['dateutil'])]
    """
    by_module = _by_module(listing())
    brought: dict[str, list[str]] = {}
    for module in sorted(modules):
        for name in by_module.get(module, ()):
            brought.setdefault(name, []).append(module)
    return brought


def required(root: Path) -> tuple[str, ...]:
    """Return names and versions of what is installed, but for pip and the tests' tools.

    A worker needs these, and no such tool. The engine counts where it is installed as a package;
    where it is used from a checkout its version says nothing: the modules that a run imported do.
    """
    aside = _locked(root / "requirements-test.txt") - _locked(root / "requirements.txt")
    installed = f"{os.sep}site-packages{os.sep}" in str(book.ENGINE)
    aside |= {"pip"} if installed else {"pip", book.ENGINE.name}
    return tuple(f"{name}-{version}" for name, version, _ in listing() if name not in aside)


def _locked(lock: Path) -> set[str]:
    """Return the names that a lock pins."""
    text = lock.read_text("utf-8") if lock.exists() else ""
    names = re.findall(r"^([\w.-]+)==", text, re.MULTILINE)
    return {_SEPARATORS.sub("-", name).lower() for name in names}


@lru_cache(maxsize=2)
def _by_module(listed: Listing) -> dict[str, list[str]]:
    """Return the distributions that bring a top-level module, by its name."""
    by_module: dict[str, list[str]] = {}
    for name, _, place in listed:
        for module in _brought(Path(place)):
            by_module.setdefault(module, []).append(name)
    return by_module


def _brought(metadata: Path) -> set[str]:
    """Return the top-level modules of a distribution: as its record of files says, or its list."""
    for name in ("RECORD", "top_level.txt"):
        with contextlib.suppress(OSError):
            lines = (metadata / name).read_text("utf-8").splitlines()
            tops = {line.partition(",")[0].partition("/")[0] for line in lines}
            return {top.partition(".")[0] for top in tops if not top.endswith(_METADATA)}
    return set()
