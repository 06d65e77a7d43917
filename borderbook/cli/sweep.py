"""The command for many runs of one section: sweep."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Annotated, Unpack

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from borderbook import book
from borderbook.cli.app import Jobs, Parameter, app, console, settings

if TYPE_CHECKING:
    from borderbook.execution.runs import Options, Outcome, Run
    from borderbook.parameters.grid import Point
    from borderbook.sweeps.sweep import Sweep, Swept

_INTERRUPTED = 130


@app.command()
def sweep(
    section: Annotated[str, typer.Argument(help="The section: the name of its notebook.")],
    grid: Annotated[
        list[str],
        typer.Option(
            "--grid",
            help="What varies: name=v1,v2,... Whole numbers take ranges (2010..2015), a list is "
            "joined by + (left_out=none,a+b), and the book may have words for values that follow "
            "from its data. All combinations are run.",
        ),
    ],
    *,
    parameter: Parameter = None,
    jobs: Jobs = None,
    timeout: Annotated[
        int | None, typer.Option(help="Seconds that a cell may take; default: no limit.")
    ] = None,
    scheduler: Annotated[
        str,
        typer.Option(help="A Dask scheduler, tcp://host:port: runs go to its workers, not here."),
    ] = "",
) -> None:
    """Run a section over a grid of parameters, and say which of its results depend on them.

    What is finished is kept, however the command ends: the same command goes on from there. The
    results go to sweeps/SECTION/; a run that failed is listed, and the exit status is 1.
    """
    from borderbook.cli.build import check_data  # noqa: PLC0415
    from borderbook.parameters import grid as grids  # noqa: PLC0415
    from borderbook.parameters.derive import model_of  # noqa: PLC0415
    from borderbook.parameters.model import ParameterError  # noqa: PLC0415
    from borderbook.sweeps import sweep as sweeps  # noqa: PLC0415

    model = model_of(section)
    if scheduler and jobs:
        raise ParameterError("--jobs is for runs here; workers have threads of their own")
    check_data()
    plan = sweeps.Sweep(
        book.root() / "book" / f"{section}.ipynb",
        grids.grid(model, grid, settings(parameter or [], section)),
        grid,
        parameter or [],
    )
    for point in plan.grid.refused:
        _print(f"refused: {_named(plan, point)}: {point.refused}")
    planned = plan.runs()
    if not planned:
        raise ParameterError("the section refuses every combination of the grid")
    with _Bar(len(planned)) as bar:
        outcomes = _executed(planned, scheduler, jobs=jobs, timeout=timeout, note=_print)
        try:
            swept = sweeps.collect(plan, planned, bar.follow(outcomes), book.root())
        except KeyboardInterrupt:
            _print(f"interrupted: {bar.summary}; the same command goes on from there")
            raise SystemExit(_INTERRUPTED) from None
    _report(plan, swept, bar.summary)
    with console.status("writing the page"):
        folder = sweeps.write(plan, swept, book.root())
    _print(f"{folder.relative_to(book.root())}/index.html written")
    if swept.failures:
        raise SystemExit(1)


def _executed(planned: list[Run], scheduler: str, **options: Unpack[Options]) -> Iterator[Outcome]:
    """Return the outcomes of runs executed here, or by the workers of a scheduler."""
    from borderbook.execution import runs  # noqa: PLC0415
    from borderbook.sweeps import dask_client  # noqa: PLC0415

    if scheduler:
        return dask_client.outcomes(planned, book.root(), scheduler, **options)
    return runs.outcomes(planned, book.root(), **options)


class _Bar:
    """The progress of a sweep: how many runs are done, how many failed, how long the rest takes."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.reused = self.executed = self.failed = 0
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        self._progress = Progress(*columns, console=console, transient=True)
        self._task = self._progress.add_task("sweep", total=total)
        self._began = time.monotonic()

    def __enter__(self) -> _Bar:
        """Show it."""
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Take it away."""
        self._progress.stop()

    @property
    def summary(self) -> str:
        """What has become of the runs so far."""
        done = self.executed + self.reused
        return (
            f"{done} of {self.total} runs done ({self.executed} executed, {self.reused} reused), "
            f"{self.failed} failed"
        )

    def follow(self, outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
        """Return the outcomes as they come."""
        for outcome in outcomes:
            if outcome.notebook is None:
                self.failed += 1
            elif outcome.reused:
                self.reused += 1
                self._began = time.monotonic()
            else:
                self.executed += 1
            yield outcome
            ended = self.executed + self.failed
            rest = self.total - self.reused - ended
            left = remaining(ended, rest, time.monotonic() - self._began)
            failures = f", {self.failed} failed" if self.failed else ""
            self._progress.update(self._task, advance=1, description=f"sweep{failures}{left}")


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


def _report(plan: Sweep, swept: Swept, summary: str) -> None:
    """Say what came of the sweep: how many runs, each failure, how many verdicts stay."""
    from borderbook.parameters import grid as grids  # noqa: PLC0415
    from borderbook.sweeps import tables as show  # noqa: PLC0415

    _print(summary)
    for point, error in swept.failures:
        _print(f"failed: {_named(plan, point)}: {error}", style="red")
    default = {name: grids.plain(value) for name, value in plan.grid.default.items()}
    _print(show.headline(swept.results, default))


def _named(plan: Sweep, point: Point) -> str:
    from borderbook.parameters.grid import word  # noqa: PLC0415

    return ", ".join(f"{name}={word(point.values[name])}" for name in plan.grid.swept)


def _print(text: str, style: str | None = None) -> None:
    """Tell something as it is, above the progress bar if there is one."""
    console.print(text, style=style, markup=False, highlight=False, soft_wrap=True)
