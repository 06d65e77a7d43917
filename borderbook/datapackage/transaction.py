"""Several files of a folder replaced as one: all of them, or none.

Copies of the old files are laid into a folder JOURNAL, then each file is replaced in one step; the
folder's removal ends the change. The last file is copied and replaced last: as long as it is the
old one the change is not whole, and `recover` puts the old files back.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from borderbook.errors import UserError

# The folder that is there while files are replaced, and after that was interrupted.
JOURNAL = ".change-under-way"
# The ending of what stands in the journal for a file that was not there.
_ABSENT = ".absent"


class JournalError(UserError, RuntimeError):
    """A change that cannot begin: another is under way, or the files changed meanwhile."""


def under_way(folder: Path) -> bool:
    """Return whether a change of `folder` is under way, or was interrupted."""
    return (folder / JOURNAL).is_dir()


def replace(folder: Path, contents: Mapping[str, bytes], expected: Mapping[str, bytes]) -> None:
    """Put `contents` (path within `folder` -> bytes) in place of the files, in their order.

    The last file must be there and become another one. `expected` are the contents on which the new
    ones rest, by path. Raises JournalError, and changes nothing, if a file is another one by now or
    if another change is under way. A failure on the way puts the old files back and is raised
    again.
    """
    journal = folder / JOURNAL
    try:
        journal.mkdir()
    except FileExistsError:
        what = f"another change of {folder.name}/ is under way, or was interrupted"
        raise JournalError(what) from None
    try:
        for path, content in expected.items():
            if (folder / path).read_bytes() != content:
                raise JournalError(f"{path} was changed meanwhile; run the command again")
        for path in contents:
            there = (folder / path).exists()
            copy = journal / "old" / (path if there else f"{path}{_ABSENT}")
            _write(copy, (folder / path).read_bytes() if there else b"")
        for path, content in contents.items():
            _write(journal / "new", content)
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (journal / "new").replace(folder / path)
        _sync(folder)
    except BaseException:
        recover(folder, list(contents)[-1])
        raise
    shutil.rmtree(journal)


def recover(folder: Path, last: str) -> list[str]:
    """End an interrupted change of `folder`; return the paths of the files that were put back.

    `last` is the file that such a change replaces last. If it is another one than its copy, either
    the change was whole, or it had replaced nothing yet: then every file stays as it is. May be
    interrupted itself and run again.
    """
    journal = folder / JOURNAL
    if not journal.is_dir():
        return []
    old = journal / "old"
    paths: list[str] = []
    if (old / last).is_file() and (old / last).read_bytes() == (folder / last).read_bytes():
        copies = [path.relative_to(old).as_posix() for path in old.rglob("*") if path.is_file()]
        for copy in copies:
            path = copy.removesuffix(_ABSENT)
            if path == copy:
                _write(journal / "back", (old / path).read_bytes())
                (journal / "back").replace(folder / path)
            else:
                (folder / path).unlink(missing_ok=True)
            paths.append(path)
        _sync(folder)
    shutil.rmtree(journal)
    return sorted(paths)


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
