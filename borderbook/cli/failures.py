"""How a command says that it failed: one message, and whose mistake it is by the exit status."""

from __future__ import annotations

import sys
import traceback
from typing import NamedTuple

from borderbook import book, errors, inputs
from borderbook.errors import UserError

DEBUG = "--debug"
"""The word that has a traceback shown in place of a message."""

THEIRS, OURS = 2, 1
"""Exit statuses: something of the author's is to be corrected; the program itself is wrong."""


class Failure(NamedTuple):
    """What is said of an error, and the exit status."""

    text: str
    status: int


def of(error: BaseException) -> Failure:
    """Return how an error ends the command.

    An error that the author can settle says so itself; one of the system names its file; one that
    the book's own Python raises is told with its line. Any other is a mistake of the program.

    >>> of(NotADirectoryError(20, "Not a directory", "data/loaves.csv")).status
    2
    """
    if isinstance(error, UserError):
        return Failure(str(error), error.status)
    if isinstance(error, OSError) and (text := errors.of_disk(str(error))):
        return Failure(f"{error.filename}: {text}" if error.filename else text, THEIRS)
    if line := _line_of_the_book(error):
        return Failure(f"{line}; correct it there (all of it with {DEBUG})", THEIRS)
    if isinstance(error, OSError) and error.filename is not None:
        fix = "see that it is there, and that you may read and write it"
        return Failure(f"{error.filename}: {error.strerror}; {fix}", THEIRS)
    words = " ".join(sys.argv[1:])
    what = traceback.format_exception_only(error)[-1].strip()
    return Failure(
        f"borderbook failed: {what}; this is a mistake of the program, not of your book: report it "
        f"with what `borderbook {words} {DEBUG}` prints",
        OURS,
    )


def _line_of_the_book(error: BaseException) -> str:
    """Return where the book's own Python raised an error, and which; blank if it did not."""
    try:
        root = book.root()
    except (UserError, OSError):
        return ""
    frames = [(frame.filename, frame.lineno) for frame in traceback.extract_tb(error.__traceback__)]
    if isinstance(error, SyntaxError) and error.filename:
        frames.append((error.filename, error.lineno))
    what = traceback.format_exception_only(error)[-1].strip()
    for name, line in reversed(frames):
        path = root.joinpath(name)
        environment = any(part.startswith(".") for part in path.parts[len(root.parts) :])
        ours = path.is_relative_to(root) and path.is_file()
        if ours and not path.is_relative_to(book.ENGINE) and not environment:
            return f"{inputs.place(path)}, line {line}: {what}"
    return ""
