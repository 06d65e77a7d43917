"""Errors that a user can settle: the command line shows their message without a traceback."""

from __future__ import annotations

import errno
import os
from dataclasses import dataclass
from typing import ClassVar

_DISK = {
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT, errno.EFBIG), "make room"),
    **dict.fromkeys((errno.EROFS, errno.EACCES, errno.EPERM), "have it made writable"),
}
"""What to do about an error of a disk that is full, or that is not to be written."""


def of_disk(text: str) -> str:
    """Return what a user reads where an error tells of a full or read-only disk, else nothing.

    >>> of_disk("OSError: [Errno 28] No space left on device: 'a.html'")
    'No space left on device; what was there stays: make room, and run the command again'
    """
    for number, fix in _DISK.items():
        if f"[Errno {number}] {os.strerror(number)}" in text:
            return f"{os.strerror(number)}; what was there stays: {fix}, and run the command again"
    return ""


class UserError(Exception):
    """An error whose message says what was wrong, where, and how to fix it."""

    # What the command line ends with.
    status: ClassVar[int] = 2


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, in which file, where in it, and how to fix it.

    >>> print(Problem("a.pdf", "3 pages", "there is no text layer", "run OCR"))
    a.pdf, 3 pages: there is no text layer; run OCR
    """

    file: str
    place: str
    what: str
    fix: str

    def __str__(self) -> str:
        """Return the problem as one line."""
        return f"{', '.join(filter(None, (self.file, self.place)))}: {self.what}; {self.fix}"


class ProblemsError(UserError, ValueError):
    """An error of one or more problems: `problems` and the message list every one."""

    # What stands over the list of several.
    heading: ClassVar[str] = "problems:"

    def __init__(self, *problems: Problem) -> None:
        self.problems = problems
        lines = [str(problem) for problem in problems]
        many = f"{len(lines)} {self.heading}"
        super().__init__(lines[0] if len(lines) == 1 else "\n- ".join([many, *lines]))
