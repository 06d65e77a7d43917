"""What ends a command early, and what such a command leaves behind."""

from __future__ import annotations

import signal
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from borderbook import book, scratch
from borderbook.cli.app import console, print_error
from borderbook.datapackage import descriptor, transaction
from borderbook.errors import UserError

_SIGNALS = ("SIGTERM", "SIGHUP")


@contextmanager
def ended_by_signals() -> Iterator[None]:
    """Let SIGTERM and SIGHUP end a command as Ctrl-C does: it leaves neither scratch nor kernels.

    The exit status is 128 and the signal's number.
    """
    received: list[int] = []

    def interrupt(number: int, frame: FrameType | None) -> None:
        received.append(number)
        raise KeyboardInterrupt

    here = threading.current_thread() is threading.main_thread()
    numbers = [getattr(signal, name) for name in _SIGNALS if here and hasattr(signal, name)]
    before = {number: signal.getsignal(number) for number in numbers}
    for number, handler in before.items():
        if handler is not signal.SIG_IGN:  # as nohup has it
            signal.signal(number, interrupt)
    try:
        yield
    except (KeyboardInterrupt, SystemExit):
        if not received:
            raise
        print_error(f"ended by {signal.Signals(received[0]).name}; what was there stays")
        raise SystemExit(128 + received[0]) from None
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _temporary() -> Path:
    """Return the system's folder for temporary files; UserError if none can be written to."""
    try:
        return Path(tempfile.gettempdir())
    except FileNotFoundError:
        raise UserError(
            "no folder for temporary files can be written to: make room, or set TMPDIR to one "
            "that can"
        ) from None


def put_in_order() -> None:
    """Remove the scratch of killed commands, and put back what an addition cut short replaced."""
    try:
        root = book.root()
    except book.BookError:
        return
    scratch.remove_left_once.cache_clear()
    for folder in (root / "book", root / "data", _temporary()):
        scratch.remove_left(folder)
    if transaction.at_work(descriptor.folder()) is not False:
        return
    try:
        paths = transaction.recover(descriptor.folder(), descriptor.FILE)
    except transaction.JournalError:  # which is told where the data are read
        return
    if paths:
        listed = ", ".join(paths)
        console.print(f"an addition of figures was cut short; put back: {listed}", soft_wrap=True)
