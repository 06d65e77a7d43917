"""Several files of a folder replaced as one: all of them, or none.

The new files and copies of the old ones are prepared in a folder of their own, which then takes
the name JOURNAL in one rename: from here to its removal the change is under way. Whatever ends the
process in between leaves the journal, from which `recover` puts the old files back.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from borderbook.errors import UserError

JOURNAL = ".change-under-way"
"""The folder that is there while files are replaced, and after that was interrupted."""

_PREPARED = ".change-"
_STALE = 3600.0


class JournalError(UserError, RuntimeError):
    """A change that cannot begin: another is under way, or the files changed meanwhile."""


def under_way(folder: Path) -> bool:
    """Return whether a change of `folder` is under way, or was interrupted."""
    return (folder / JOURNAL).is_dir()


def replace(folder: Path, contents: Mapping[str, bytes], expected: Mapping[str, bytes]) -> None:
    """Put `contents` (path within `folder` -> bytes) in place of the files, in their order.

    `expected` are the contents on which the new ones rest, by path. Raises JournalError, and
    changes nothing, if a file is another one by now or if another change is under way. A failure
    on the way puts the old files back and is raised again.
    """
    _sweep(folder)
    prepared = Path(tempfile.mkdtemp(prefix=_PREPARED, dir=folder))
    try:
        for path, content in contents.items():
            _write(prepared / "new" / path, content)
            _write(prepared / "old" / path, (folder / path).read_bytes())
        try:
            prepared.rename(folder / JOURNAL)
        except OSError:
            raise JournalError(_refusal(folder)) from None
    finally:
        shutil.rmtree(prepared, ignore_errors=True)
    journal = folder / JOURNAL
    try:
        for path, content in expected.items():
            if (folder / path).read_bytes() != content:
                raise JournalError(f"{path} was changed meanwhile; run the command again")
        for path in contents:
            (journal / "new" / path).replace(folder / path)
        _sync(folder)
    except BaseException:
        recover(folder)
        raise
    _finish(folder)


def recover(folder: Path) -> list[str]:
    """Put the old files back after an interruption; return their paths, none if there was none.

    May be interrupted itself and run again.
    """
    journal = folder / JOURNAL
    if not journal.is_dir():
        return []
    old = journal / "old"
    paths = sorted(path.relative_to(old).as_posix() for path in old.rglob("*") if path.is_file())
    for path in paths:
        _write(journal / "back" / path, (old / path).read_bytes())
        (journal / "back" / path).replace(folder / path)
    _sync(folder)
    _finish(folder)
    return paths


def _finish(folder: Path) -> None:
    """Take the journal away: renamed first, so that half of one is never seen."""
    done = Path(tempfile.mkdtemp(prefix=_PREPARED, dir=folder))
    (folder / JOURNAL).rename(done / "done")
    shutil.rmtree(done, ignore_errors=True)


def _sweep(folder: Path) -> None:
    """Take away what a process left that ended before its change began or after it was made."""
    for left in folder.glob(f"{_PREPARED}*"):
        if left.name != JOURNAL and time.time() - left.stat().st_mtime > _STALE:
            shutil.rmtree(left, ignore_errors=True)


def _refusal(folder: Path) -> str:
    return f"another change of {folder.name}/ is under way, or was interrupted"


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    """Have the folder's names on the disk, where the system can."""
    if hasattr(os, "O_DIRECTORY"):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
