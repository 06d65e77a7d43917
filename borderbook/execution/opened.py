"""Files of the project that a kernel opens or writes in C or C++, where Python is not asked.

No audit event tells of them, but Linux does. With fanotify it says of each file of a watched folder
whether it was this process that opened it. Where that is not allowed (in many containers) inotify
does not say who it was, and each file that anybody opened meanwhile counts as opened here: then a
run may depend on too many files, but never on too few. Folders that are listed are told by fanotify
alone: anybody's search for modules lists many.

This module is a part of the kernel's program, see `kernel`: it imports the standard library only.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import struct
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

_OPEN, _MODIFY, _OVERFLOW, _ON_CHILD, _FOLDER = 0x20, 0x2, 0x4000, 0x08000000, 0x40000000
_CLOSE_ON_EXEC, _NO_WAIT, _FOLDER_AND_NAME = 0x1, 0x2, 0xC00
_ADD, _HERE, _FOLLOW_LINKS = 0x1, -100, 0x400
_INOTIFY_FLAGS = getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0)
# What stands before each event, and in fanotify's before the name: the folder's handle.
_EVENT, _INFORMATION, _NAMED = struct.Struct("=IBBHQii"), struct.Struct("=BBH8xIi"), 2
_INOTIFY_EVENT = struct.Struct("=iIII")
_HANDLE, _BUFFER = 128, 1 << 16
_MOST_FOLDERS = 20_000


class Event(NamedTuple):
    """A file or folder that was opened; whether the content of the file was changed."""

    path: str
    written: bool = False
    is_folder: bool = False


class BlindError(OSError):
    """Files cannot be followed here, or were too many."""


class Fanotify:
    """Follows the files that this process opens in some folders; BlindError if it cannot."""

    def __init__(self, folders: list[str], links: list[str]) -> None:
        self._c = ctypes.CDLL(None, use_errno=True)
        flags = _CLOSE_ON_EXEC | _NO_WAIT | _FOLDER_AND_NAME
        self._descriptor = _done(self._c.fanotify_init(flags, os.O_RDONLY))
        self._folders: dict[bytes, str] = {}
        self._links: dict[tuple[bytes, str], str] = {}
        for folder in folders:
            self._watch(folder, _OPEN | _MODIFY | _ON_CHILD | _FOLDER)
            self._folders[self._handle(folder)] = folder
        for link in links:
            target = os.path.realpath(link)
            self._watch(target, _OPEN | _MODIFY)
            folder, name = os.path.split(target)
            self._links[self._handle(folder), name] = link

    def events(self) -> Iterator[Event]:
        """Return the files opened or written since it was last asked."""
        for content in _contents(self._descriptor):
            place = 0
            while place < len(content):
                length, _, _, header, mask, _, process = _EVENT.unpack_from(content, place)
                if mask & _OVERFLOW:
                    raise BlindError("it opened too many files at once to follow them")
                if process == os.getpid():
                    yield from self._named(content[place + header : place + length], mask)
                place += length

    def _named(self, information: bytes, mask: int) -> Iterator[Event]:
        kind, _, _, size, _ = _INFORMATION.unpack_from(information)
        start = _INFORMATION.size
        handle = information[start - 8 : start + size]
        name = os.fsdecode(information[start + size :].split(b"\0", 1)[0])
        folder = self._folders.get(handle)
        path = self._links.get((handle, name)) or (folder and os.path.join(folder, name))
        if kind == _NAMED and path:
            yield Event(os.path.normpath(path), bool(mask & _MODIFY), bool(mask & _FOLDER))

    def _watch(self, path: str, mask: int) -> None:
        where = ctypes.c_uint64(mask), _HERE, os.fsencode(path)
        _done(self._c.fanotify_mark(self._descriptor, _ADD, *where))

    def _handle(self, path: str) -> bytes:
        """Return how events name a folder: the size, the kind and the bytes of its handle."""
        handle = ctypes.create_string_buffer(8 + _HANDLE)
        struct.pack_into("=Ii", handle, 0, _HANDLE, 0)
        mount = ctypes.byref(ctypes.c_int())
        given = _HERE, os.fsencode(path), handle, mount, _FOLLOW_LINKS
        _done(self._c.name_to_handle_at(*given))
        (size,) = struct.unpack_from("=I", handle)
        return handle.raw[: 8 + size]


class Inotify:
    """Follows the files that anybody opens in some folders; BlindError if it cannot."""

    def __init__(self, folders: list[str], links: list[str]) -> None:
        c = ctypes.CDLL(None, use_errno=True)
        self._descriptor = _done(c.inotify_init1(_INOTIFY_FLAGS))
        self._watched: dict[int, str] = {}
        self._links = set(links)
        for path in (*folders, *links):
            watch = c.inotify_add_watch(self._descriptor, os.fsencode(path), _OPEN | _MODIFY)
            self._watched.setdefault(_done(watch), path)

    def events(self) -> Iterator[Event]:
        """Return the files opened or written since it was last asked."""
        for content in _contents(self._descriptor):
            place = 0
            while place < len(content):
                watch, mask, _, length = _INOTIFY_EVENT.unpack_from(content, place)
                place += _INOTIFY_EVENT.size
                name = os.fsdecode(content[place : place + length].split(b"\0", 1)[0])
                place += length
                if mask & _OVERFLOW:
                    raise BlindError("too many files were opened at once to follow them")
                path = self._watched.get(watch, "")
                if not mask & _FOLDER and (name or path in self._links):
                    yield Event(os.path.join(path, name) if name else path)


def watch(root: Path, aside: tuple[str, ...]) -> Fanotify | Inotify:
    """Return what follows the files in a folder, but for hidden folders and those `aside`.

    Raises BlindError where neither way is to be had.
    """
    if sys.platform != "linux":
        raise BlindError(f"{sys.platform} does not tell which files a process opens")
    folders, links = _places(root, aside)
    with contextlib.suppress(OSError):
        return Fanotify(folders, links)
    return Inotify(folders, links)


def _places(root: Path, aside: tuple[str, ...]) -> tuple[list[str], list[str]]:
    """Return the folders to watch, and the links to files in them; links to folders are followed.

    A folder that is to be had by several ways is there once.
    """
    waiting, folders, links = [str(root)], [], []
    known: set[tuple[int, int]] = set()
    while waiting:
        folder = waiting.pop()
        try:
            state = os.stat(folder)
            entries = list(os.scandir(folder))
        except OSError:
            continue  # it is gone, or closed to us: then a kernel reads nothing in it either
        if (state.st_dev, state.st_ino) in known:
            continue
        known.add((state.st_dev, state.st_ino))
        folders.append(folder)
        if len(folders) > _MOST_FOLDERS:
            raise BlindError(f"{root} holds more than {_MOST_FOLDERS} folders")
        for entry in entries:
            if entry.is_dir():
                inside = not entry.name.startswith((".", "__pycache__"))
                if inside and not f"{entry.path}{os.sep}".startswith(aside):
                    waiting.append(entry.path)
            elif entry.is_symlink() and entry.is_file():
                links.append(entry.path)
    return folders, links


def _contents(descriptor: int) -> Iterator[bytes]:
    """Return what is to be read, as long as there is anything."""
    while True:
        try:
            yield os.read(descriptor, _BUFFER)
        except BlockingIOError:
            return


def _done(result: int) -> int:
    """Return what a function of C returned; BlindError if it failed."""
    if result < 0:
        number = ctypes.get_errno()
        raise BlindError(number, os.strerror(number))
    return result
