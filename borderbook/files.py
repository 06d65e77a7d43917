"""Files and folders written so that each appears whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

_TAKEN = (errno.ENOTEMPTY, errno.EEXIST)


def write(path: Path, content: bytes | str) -> None:
    """Write a file in one step; its folder is made if there is none.

    However many processes write it at once, it is at every moment whole: one of them wins. Text is
    written as UTF-8. Raises OSError and leaves what was there if it cannot be written.
    """
    data = content.encode() if isinstance(content, str) else content
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{os.urandom(8).hex()}")
    try:
        with fresh.open("xb") as file:
            file.write(data)
        fresh.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            fresh.unlink()
        raise


def keep(path: Path, content: bytes | str) -> None:
    """Write a file of a cache as `write` does; where it cannot be written, go on without it."""
    with contextlib.suppress(OSError):
        write(path, content)


@contextlib.contextmanager
def scratch(place: Path) -> Iterator[Path]:
    """Return a new folder beside `place`, to make in it what `swap` puts there; it goes at the end.

    The folder that holds both is made if there is none.
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f".{place.name}-", dir=place.parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def swap(made: Path, place: Path) -> None:
    """Let a complete folder take a place; what was there before goes away after that.

    However many processes do so at once, the place holds at every moment one folder, whole, or for
    the moment between two renames none. `made` lies on the same disk: see `scratch`. Raises OSError
    and leaves what was there if it cannot be put there.
    """
    with scratch(place) as folder:
        old = folder / "old"
        while True:
            with contextlib.suppress(FileNotFoundError):
                place.rename(old)
            try:
                made.rename(place)
                return
            except OSError as error:
                if error.errno not in _TAKEN:
                    if old.exists():
                        old.rename(place)
                    raise
                shutil.rmtree(old, ignore_errors=True)  # another process was there first


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
