"""Folders and files that commands make, and what they may take the place of.

Each folder carries a marker. Only what is not there, an empty folder, or one with the marker is
replaced, and never one that is, holds or lies in the sources: what we did not make stays.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from borderbook import book, parts, scratch
from borderbook.errors import UserError

MARKER = ".borderbook"
"""The file in each folder that a command makes."""
PLACES = ("_build", "runs", "sweeps")
"""Folders of a book for what commands make."""

Stamp = list[int]

_TEXT = "Made by borderbook, which replaces this folder as a whole: keep nothing of yours in it.\n"
# Styles of ours: a site, run or sweep that was made before there were markers has one.
_STYLES = ("_static/borderbook.css", "_static/book.css")
_TAKEN = (errno.ENOTEMPTY, errno.EEXIST)
_HERE, _EXCHANGE = -100, 2
"""Arguments of Linux's renameat2: names are as seen from here; both files are there and swap."""


class OutputError(UserError, ValueError):
    """A place where no output may go; the message says why, and which may."""


def prepare(place: Path) -> Path:
    """Return where a folder goes, links followed, once what killed processes left there is gone.

    Raises OutputError as `check` does.
    """
    target = check(place)
    scratch.remove_left(target.parent)
    return target


def check(place: Path) -> Path:
    """Return where a folder goes: `place`, its links followed.

    Raises OutputError if it would replace what we did not make, touch the sources, or cannot be
    written.
    """
    target = _free(place, "folder")
    while True:
        before = parts.stamp(target)
        try:
            objection = _objection(target)
        except FileNotFoundError:  # another command put its own there meanwhile
            continue
        if objection is None:
            return target
        if parts.stamp(target) == before and target.exists():
            raise OutputError(f"{_named(place)} {objection}")


def _objection(target: Path) -> str | None:
    """Return why a folder must not take this place, and what to do; None if it may."""
    if not target.is_dir():
        return "is a file: name a folder for what is made" if target.exists() else None
    if os.path.ismount(target):
        return "is where a disk is mounted: name a folder in it"
    try:
        names = os.listdir(target)
    except PermissionError as error:
        return f"cannot be read: {error.strerror}"
    if names and not _is_ours(target):
        return (
            "holds files, and borderbook did not make it: name a new folder or an empty one, or "
            "move the files away"
        )
    if work := next(target.rglob(".git"), None) or _tracked(target):
        return (
            f"holds what git keeps, {work.relative_to(target)}: name a folder outside of it, and "
            "copy the result there"
        )
    return None


def check_file(place: Path, beginning: bytes, sign: bytes) -> Path:
    """Return where a file goes: `place`, its links followed.

    `beginning` and `sign` are how such a file that we made begins, and what it holds. Raises
    OutputError as `check` does.
    """
    target = _free(place, "file")
    if target.is_dir():
        raise OutputError(f"{_named(place)} is a folder: name a file in it")
    if target.exists():
        content = target.read_bytes()
        ours = sign in content or target in [usual / "borderbook.pdf" for usual in _usual()]
        if not (content.startswith(beginning) and ours):
            raise OutputError(
                f"{_named(place)} is there, and borderbook did not make it: name another file, or "
                "move it away"
            )
    return target


def swap(made: Path, place: Path) -> Stamp:
    """Let a complete folder take a place, in one step; return its stamp.

    What was there is in `made` after that.

    `made` lies in scratch beside the place and goes with it. However many processes do so at once,
    the place holds at every moment one folder, whole; where the system cannot exchange two folders
    there is none for the moment between two renames. Raises OutputError if the place is not ours,
    and OSError if the folder cannot be put there; then what was there stays.
    """
    (made / MARKER).write_text(_TEXT, "utf-8")
    stamp, target, aside = stamp_of(made), check(place), made.with_name(f"{made.name}.old")
    while True:
        try:
            made.rename(target)
            return stamp
        except OSError as error:
            if error.errno not in _TAKEN:
                if aside.exists():
                    aside.rename(target)
                raise
        if _exchanged(made, target):
            return stamp
        shutil.rmtree(aside, ignore_errors=True)  # another process was there first
        with contextlib.suppress(FileNotFoundError):
            target.rename(aside)


def stamp_of(folder: Path) -> Stamp:
    """Return what tells a folder that we made from any that takes its place later."""
    return list(parts.stamp(folder / MARKER))


def _exchanged(one: Path, other: Path) -> bool:
    """Return whether two folders took each other's place in one step: where the system can."""
    try:
        rename = ctypes.CDLL(None).renameat2
    except (AttributeError, OSError, TypeError):
        return False
    return not rename(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE)


def _free(place: Path, kind: str) -> Path:
    """Return a place, links followed, that has nothing to do with the sources and is writable."""
    target = Path(os.path.realpath(place))
    if kind == "folder":
        for path, what in _guarded():
            if path.is_relative_to(target):
                relation = "is" if path == target else "holds"
                raise OutputError(f"{_named(place)} {relation} {what}: name a folder of its own")
    for path, what in _sources():
        if target.is_relative_to(path):
            raise OutputError(
                f"{_named(place)} lies in {what}: name a {kind} outside of it, such as one in "
                "_build"
            )
    if ".git" in target.parts:
        raise OutputError(f"{_named(place)} lies in what git keeps: name a {kind} outside of it")
    above = next(path for path in target.parents if path.exists())
    if not above.is_dir():
        raise OutputError(
            f"{_named(place)} cannot be made, since {above} is a file: name a {kind} elsewhere"
        )
    if not os.access(above, os.W_OK | os.X_OK):
        raise OutputError(
            f"{_named(place)} cannot be written, since {above} is read-only: name a {kind} "
            "elsewhere"
        )
    return target


def _guarded() -> Iterator[tuple[Path, str]]:
    """Return what no output may be or hold, with what it is."""
    with contextlib.suppress(RuntimeError):
        yield Path.home().resolve(), "your home folder"
    with contextlib.suppress(book.BookError):
        yield book.root().resolve(), "the folder of the book"
    yield from _sources()


def _sources() -> Iterator[tuple[Path, str]]:
    """Return the folders in which no output may lie, with what they are."""
    yield book.ENGINE, "the engine"
    with contextlib.suppress(book.BookError):
        root = book.root()
        folders = [*book.sources(), root / "tests", *root.glob(".*")]
        for path in (path for path in folders if path != book.ENGINE and path.is_dir()):
            yield path.resolve(), f"{path.name}/, a folder of the book's sources"


def _is_ours(folder: Path) -> bool:
    """Return whether we made a folder: by its marker, or at a usual place by its styles."""
    is_usual = any(folder.is_relative_to(usual) for usual in _usual())
    signs = (MARKER, *(_STYLES if is_usual else ()))
    return any((folder / sign).is_file() for sign in signs)


def _usual() -> list[Path]:
    """Return the folders for what commands of this book make."""
    try:
        return [book.root().resolve() / name for name in PLACES]
    except book.BookError:
        return []


def _tracked(folder: Path) -> Path | None:
    """Return a file in a folder that git keeps; None if there is none, or no git."""
    if not any((above / ".git").exists() for above in folder.parents):
        return None
    around = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    command = ["git", "-C", str(folder), "ls-files", "-z"]
    try:
        listed = subprocess.run(command, env=around, capture_output=True, check=False).stdout
    except OSError:
        return None
    return folder / os.fsdecode(listed.split(b"\0")[0]) if listed else None


def _named(place: Path) -> str:
    target = os.path.realpath(place)
    return str(place) if os.path.abspath(place) == target else f"{place} (which is {target})"
