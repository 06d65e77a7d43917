"""The bar that commands show while runs are executed, and its estimate of the time left."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from borderbook.cli.app import console

if TYPE_CHECKING:
    import rich.progress


class Bar:
    """How many of `total` runs are done, how many failed, how long the rest takes.

    It is shown from the first run on that is executed: what is reused ends before one could look,
    and needs no bar to be loaded.
    """

    def __init__(self, total: int) -> None:
        self.total = total
        self.reused = self.executed = self.failed = 0
        self._shown: rich.progress.Progress | None = None

    def __enter__(self) -> Bar:
        """Return it, not shown yet."""
        return self

    def __exit__(self, *_: object) -> None:
        """Take it away."""
        if self._shown:
            self._shown.stop()

    def show(self) -> None:
        """Show it from now on."""
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn  # noqa: PLC0415

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        self._shown = Progress(*columns, console=console, transient=True)
        self._task = self._shown.add_task("executing", total=self.total, completed=self.reused)
        self._began = time.monotonic()
        self._shown.start()

    def count(self, *, reused: bool = False, failed: bool = False) -> None:
        """Count a run that has ended."""
        self.reused += reused
        self.failed += failed
        self.executed += not reused and not failed
        if self._shown:
            ended = self.executed + self.failed
            rest = self.total - self.reused - ended
            left = remaining(ended, rest, time.monotonic() - self._began)
            failures = f", {self.failed} failed" if self.failed else ""
            self._shown.update(self._task, advance=1, description=f"executing{failures}{left}")


def remaining(ended: int, rest: int, seconds: float) -> str:
    """Return an estimate of the time that the rest takes; nothing while nothing has ended.

    >>> remaining(2, 80, 6.0), remaining(10, 3, 30.0), remaining(0, 9, 5.0)
    (', about 4 min left', ', about 9 s left', '')
    """
    if not ended or not rest:
        return ""
    left = seconds / ended * rest
    if left < 100:
        return f", about {max(1, round(left))} s left"
    minutes = round(left / 60)
    return f", about {minutes} min left" if minutes < 120 else f", about {minutes // 60} h left"
