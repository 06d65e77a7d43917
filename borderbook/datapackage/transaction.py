"""Several files of a folder replaced as one: all of them, or none.

Copies of the old files are laid into a folder JOURNAL, then each file is replaced in one step; the
folder's removal ends the change. The last file is copied and replaced last: as long as it is the
old one the change is not whole, and `recover` puts the old files back.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from borderbook import scratch
from borderbook.errors import UserError

# The folder that is there while files are replaced, and after that was interrupted.
JOURNAL = ".change-under-way"
# What stands in it beside the copies: hashes of the new files.
_NEW = "digests.json"
# The ending of what stands in the journal for a file that was not there.
_ABSENT = ".absent"


class JournalError(UserError, RuntimeError):
    """A change that cannot begin: another is under way, or the files changed meanwhile."""


def under_way(folder: Path) -> bool:
    """Return whether a change of `folder` is under way, or was interrupted."""
    return (folder / JOURNAL).is_dir()


def at_work(folder: Path) -> bool | None:
    """Return whether a process is changing `folder`; None where the system cannot say."""
    if not under_way(folder):
        return False
    with scratch.locked(folder / JOURNAL) as locked:
        return None if locked is None else not locked


def replace(
    folder: Path, contents: Mapping[str, bytes], expected: Mapping[str, bytes | None]
) -> None:
    """Put `contents` (path within `folder` -> bytes) in place of the files, in their order.

    The last file must be there and become another one. `expected` are the contents on which the new
    ones rest, by path; None for a file that is not to be there. Raises JournalError, and changes
    nothing, if a file is another one by now or if another change is under way. A failure on the way
    puts the old files back and is raised again.
    """
    journal = folder / JOURNAL
    try:
        journal.mkdir()
    except FileExistsError:
        what = f"another change of {folder.name}/ is under way, or was interrupted"
        raise JournalError(what) from None
    with scratch.locked(journal):
        try:
            old = {path: _read(folder / path) for path in {**expected, **contents}}
            for path in (path for path, content in expected.items() if old[path] != content):
                raise JournalError(f"{path} was changed meanwhile; run the command again")
            digests = {path: _digest(content) for path, content in contents.items()}
            _write(journal / _NEW, json.dumps(digests).encode())
            for path in contents:
                there = old[path] is not None
                _write(journal / "old" / (path if there else f"{path}{_ABSENT}"), old[path] or b"")
            for path, content in contents.items():
                _write(journal / "new", content)
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                if _read(folder / path) != old[path]:
                    raise JournalError(f"{path} was changed meanwhile; run the command again")
                (journal / "new").replace(folder / path)
            _sync(folder)
        except BaseException:
            _put_back(folder, list(contents)[-1])
            raise
        shutil.rmtree(journal)


def recover(folder: Path, last: str) -> list[str]:
    """End an interrupted change of `folder`; return the paths of the files that were put back.

    `last` is the file that such a change replaces last. If it is the new one the change was whole,
    and if it has no copy nothing was replaced: then every file stays as it is. May be
    interrupted itself and run again. Raises JournalError, and changes nothing, while the change is
    under way, and for a file that was edited after the interruption.
    """
    journal = folder / JOURNAL
    if not journal.is_dir():
        return []
    with scratch.locked(journal) as locked:
        if locked is False:
            raise JournalError(f"another command is changing {folder.name}/: wait until it ends")
        for path, _ in _copies(journal) if _is_half(folder, last) else ():
            if _is_edited(folder, path):
                raise JournalError(
                    f"{folder.name}/{path} was edited after an addition was interrupted: move it "
                    "away, run `borderbook data recover`, which puts the file back as it was "
                    "before, and take over from yours what you want"
                )
        return _put_back(folder, last)


def _put_back(folder: Path, last: str) -> list[str]:
    """Put the old files back unless the change was whole; return their paths."""
    paths: list[str] = []
    if _is_half(folder, last):
        for path, copy in _copies(folder / JOURNAL):
            if _is_edited(folder, path):
                continue
            if copy.name.endswith(_ABSENT):
                (folder / path).unlink(missing_ok=True)
            else:
                _write(folder / JOURNAL / "back", copy.read_bytes())
                (folder / JOURNAL / "back").replace(folder / path)
            paths.append(path)
        _sync(folder)
    shutil.rmtree(folder / JOURNAL)
    return sorted(paths)


def _is_half(folder: Path, last: str) -> bool:
    """Return whether the last file is not the new one yet, while others may be."""
    copy, now = folder / JOURNAL / "old" / last, _read(folder / last)
    if not copy.is_file():
        return False
    digest = _digests(folder).get(last)
    return _digest(now) != digest if digest else _read(copy) == now


def _digests(folder: Path) -> dict[str, str]:
    """Return the hash of each file as a change is to make it."""
    digests: dict[str, str] = json.loads(_read(folder / JOURNAL / _NEW) or b"{}")
    return digests


def _copies(journal: Path) -> list[tuple[str, Path]]:
    """Return the path of each file that a change is to replace, with the copy of the old one."""
    old = journal / "old"
    copies = [path for path in sorted(old.rglob("*")) if path.is_file()]
    return [(copy.relative_to(old).as_posix().removesuffix(_ABSENT), copy) for copy in copies]


def _is_edited(folder: Path, path: str) -> bool:
    """Return whether a file is neither as it was before a change nor as that made it."""
    digests = _digests(folder)
    now, old = _read(folder / path), _read(folder / JOURNAL / "old" / path)
    return path in digests and now not in (None, old) and _digest(now) != digests[path]


def _digest(content: bytes | None) -> str:
    return hashlib.sha256(content or b"").hexdigest()


def _read(path: Path) -> bytes | None:
    """Return the content of a file; None if there is none."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


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
