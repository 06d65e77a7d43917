"""Files written so that each appears whole or not at all."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from pathlib import Path

from borderbook import scratch
from borderbook.errors import UserError


class ChangedError(UserError, RuntimeError):
    """A file that is not written, since it is no longer what the new one was made from."""


def write(path: Path, content: bytes | str, expected: bytes | None = None) -> None:
    """Write a file in one step; its folder is made if there is none.

    However many processes write it at once, it is at every moment whole: one of them wins. Text is
    written as UTF-8. A link is followed to its file, and permissions stay. Raises ChangedError if
    the file is not `expected`, where that is given, and OSError if it cannot be written; then what
    was there stays.
    """
    data = content.encode() if isinstance(content, str) else content
    path = Path(os.path.realpath(path))
    with scratch.file(path) as fresh:
        fresh.write_bytes(data)
        with contextlib.suppress(FileNotFoundError):
            shutil.copymode(path, fresh)
        if expected is not None and not _is(path, expected):
            raise ChangedError(
                f"{path} was saved by something else meanwhile, and stays as it is: run the "
                "command again"
            )
        fresh.replace(path)


def _is(path: Path, content: bytes) -> bool:
    try:
        return path.read_bytes() == content
    except FileNotFoundError:
        return False


def keep(path: Path, content: bytes | str) -> None:
    """Write a file of a cache as `write` does; where it cannot be written, go on without it."""
    with contextlib.suppress(OSError):
        write(path, content)


def digest(path: Path) -> str:
    """Return a hash of a file's content; blank if there is no such file."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def likely_encoding(content: bytes) -> str:
    """Return the encoding of Cyrillic text in which most of its characters are frequent letters.

    >>> likely_encoding("в начале года".encode("cp1251"))
    'WINDOWS-1251'
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "UTF-16"
    frequent = set("оеаинтсрвлк")
    return max(
        ("WINDOWS-1251", "KOI8-R", "CP866"),
        key=lambda name: sum(letter in frequent for letter in content.decode(name, "replace")),
    )
