"""Several processes that do the same at once."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from pathlib import Path

LETTERS = "abcdef"


def at_once(target: Callable[[Path, str], None], place: Path, look: Callable[[], None]) -> None:
    """Have a process for each letter write one place, and look at it while they do."""
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=target, args=(place, letter)) for letter in LETTERS]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        look()
    for writer in writers:
        writer.join()
        assert writer.exitcode == 0
