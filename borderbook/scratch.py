"""Scratch files and folders, beside what they are for; none outlives its process for long.

A name says what it is: `.NAME.borderbook-` with eight digits. The process that makes it holds its
lock, which ends with the process, however that ends. So what a killed process left is known by its
name and its free lock; it goes when another process works in the same folder.
"""

from __future__ import annotations

import contextlib
import functools
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

try:
    import fcntl
except ImportError:  # not on this system: what a killed process leaves stays
    fcntl = None  # type: ignore[assignment]

_SIGN = ".borderbook-"
_NAME = re.compile(rf"\..*{re.escape(_SIGN)}[0-9a-f]{{8}}")
# Characters of a name that its scratch has too: names can be as long as the disk allows.
_SHOWN = 40


def folder(place: Path) -> AbstractContextManager[Path]:
    """Return a new folder beside `place`, which goes at the end; its own folder is made if needed.

    Nobody else can look into it.
    """
    return _new(place, lambda path: path.mkdir(mode=0o700))


def file(place: Path) -> AbstractContextManager[Path]:
    """Return a new file beside `place`, to be renamed to it; if it is not, it goes at the end."""
    return _new(place, lambda path: path.touch(exist_ok=False))


def temporary(name: str) -> AbstractContextManager[Path]:
    """Return a new folder among the system's temporary files, which goes at the end."""
    return folder(Path(tempfile.gettempdir()) / name)


def remove_left(folder: Path) -> None:
    """Remove from a folder the scratch of processes that are gone."""
    for path in folder.glob(f".*{_SIGN}*"):
        if _NAME.fullmatch(path.name):
            with contextlib.suppress(OSError), locked(path) as is_locked:
                if is_locked:
                    _remove(path)


@functools.cache
def remove_left_once(folder: Path) -> None:
    """Remove what processes that are gone left in a folder, if this process has not done so."""
    remove_left(folder)


@contextlib.contextmanager
def _new(place: Path, make: Callable[[Path], None]) -> Iterator[Path]:
    place.parent.mkdir(parents=True, exist_ok=True)
    remove_left_once(place.parent)
    while True:
        path = place.with_name(f".{place.name[:_SHOWN]}{_SIGN}{os.urandom(4).hex()}")
        try:
            make(path)
            with locked(path) as is_locked:
                if is_locked is not False:  # else another process took it for left behind
                    yield path
                    return
        except OSError as error:
            if error.errno and error.filename in (None, str(path)):
                error.filename = str(place)
            raise
        finally:
            _remove(path)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with contextlib.suppress(OSError):
            path.unlink()


@contextlib.contextmanager
def locked(path: Path) -> Iterator[bool | None]:
    """Hold the lock of a file or folder; False if another process does, None if there are none."""
    if fcntl is None:
        yield None
        return
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except FileNotFoundError:
        yield False
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        is_locked: bool | None = path.exists()
    except BlockingIOError:
        is_locked = False
    except OSError:  # a disk without locks
        is_locked = None
    try:
        yield is_locked
    finally:
        os.close(handle)
