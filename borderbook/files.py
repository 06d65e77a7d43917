"""Files and folders written so that each appears whole or not at all."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from pathlib import Path


def write(path: Path, content: bytes | str) -> None:
    """Write a file in one step; its folder is made if there is none.

    However many processes write it at once, it is at every moment whole: one of them wins. Text is
    written as UTF-8. Raises OSError and leaves what was there if it cannot be written.
    """
    data = content.encode() if isinstance(content, str) else content
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).chmod(0o666 & ~_umask())
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise


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


def _umask() -> int:
    """Return the permissions that new files do not get."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
