"""Coverage of processes that are killed when their work is done, such as kernels and renderers.

`make coverage` has each process of the environment import this at its start. One that a measured
process started saves what it measured ten times a second, since nothing else would, and who kills
another waits until it has.
"""

from __future__ import annotations

import contextlib
import functools
import os
import threading
import time

_INTERVAL = 0.1  # seconds
_SAVING = threading.Lock()
_kill = os.killpg


def _save() -> None:
    import coverage

    while True:
        time.sleep(_INTERVAL)
        if measured := coverage.Coverage.current():
            with _SAVING, contextlib.suppress(Exception):
                measured.save()


def _start() -> None:
    threading.Thread(target=_save, daemon=True).start()


def _start_in_child() -> None:
    _SAVING.release()
    _start()


@functools.wraps(_kill)
def _kill_later(group: int, number: int) -> None:
    time.sleep(3 * _INTERVAL)
    _kill(group, number)


if "COVERAGE_FILE" in os.environ:
    os.killpg = _kill_later
if "COVERAGE_PROCESS_CONFIG" in os.environ:
    os.register_at_fork(
        before=_SAVING.acquire, after_in_parent=_SAVING.release, after_in_child=_start_in_child
    )
    _start()
