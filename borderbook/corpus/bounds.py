"""Work on a file of others, bounded in time and memory: it may be made so that it never ends."""

from __future__ import annotations

import ctypes
import io
import threading
import time
import zipfile
from collections.abc import Callable
from typing import TypeVar

LARGEST = 100_000_000
"""Bytes of a document, and of what stands packed in it."""
SECONDS = 60.0
"""How long the reading of one document may take."""
MEMORY = 1_000_000_000
"""Bytes by which this process may grow meanwhile."""

_Result = TypeVar("_Result")


class BoundError(Exception):
    """Work that was ended because it took more than it may; the message says of what."""


class _Ended(BaseException):
    """Raised in the thread that is to end: no parser catches it as an error of its own."""


def within(
    work: Callable[[], _Result], *, seconds: float = SECONDS, memory: int = MEMORY
) -> _Result:
    """Return what `work` returns; BoundError if it takes longer or more memory than it may.

    It is done in a thread, and ended there: a process of its own would hide from the kernel what
    the run depends on.
    """
    outcome: list[_Result | BaseException] = []

    def do() -> None:
        try:
            outcome.append(work())
        except BaseException as error:
            outcome.append(error)

    thread = threading.Thread(target=do, daemon=True)
    ends, before = time.monotonic() + seconds, _most()
    thread.start()
    while thread.is_alive():
        thread.join(0.05)
        grown = _most() - before
        if time.monotonic() < ends and grown <= memory:
            continue
        _end(thread)
        raise BoundError(
            f"takes more than {memory // 10**6} MB of memory to read"
            if grown > memory
            else f"takes longer than {seconds:g} s to read"
        )
    [result] = outcome
    if isinstance(result, BaseException):
        raise result
    return result


def unpacked(content: bytes) -> int:
    """Return how many bytes stand packed in a zip archive; BoundError if it is none."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise BoundError(f"is damaged ({error})") from None


def _end(thread: threading.Thread) -> None:
    """Have a thread end at its next step; one that is within C for long is left behind."""
    for _ in range(20):
        if thread.is_alive():
            number = ctypes.c_ulong(thread.ident or 0)
            ctypes.pythonapi.PyThreadState_SetAsyncExc(number, ctypes.py_object(_Ended))
            thread.join(0.1)


def _most() -> int:
    """Return the most bytes of memory that this process had so far; 0 where none can tell."""
    try:
        import resource  # noqa: PLC0415
    except ImportError:  # not on this system
        return 0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
