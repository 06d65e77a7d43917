"""The command for many runs of one section: sweep."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Annotated, Unpack

import typer

from borderbook import book, outputs
from borderbook.cli import failures
from borderbook.cli.app import Jobs, Parameter, Timeout, app, console, settings
from borderbook.cli.progress import Bar

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
    timeout: Timeout = None,
    scheduler: Annotated[
        str,
        typer.Option(help="A Dask scheduler, tcp://host:port: runs go to its workers, not here."),
    ] = "",
) -> None:
    """Run a section over a grid of parameters, and say which of its results depend on them.

    What is finished is kept, however the command ends: the same command goes on from there. The
    results go to sweeps/SECTION/; a run that failed is listed, and the exit status is 2.
    """
    from borderbook.cli.build import check_sources  # noqa: PLC0415
    from borderbook.parameters import grid as grids  # noqa: PLC0415
    from borderbook.parameters.derive import model_of  # noqa: PLC0415
    from borderbook.parameters.model import ParameterError  # noqa: PLC0415
    from borderbook.sweeps import sweep as sweeps  # noqa: PLC0415

    model = model_of(section)
    if scheduler and jobs:
        raise ParameterError("--jobs is for runs here; workers have threads of their own")
    plan = sweeps.Sweep(
        book.root() / "book" / f"{section}.ipynb",
        grids.grid(model, grid, settings(parameter or [], section)),
        grid,
        parameter or [],
    )
    outputs.prepare(sweeps.place(book.root(), plan))
    check_sources()
    for point in plan.grid.refused:
        _print(f"refused: {_named(plan, point)}: {point.refused}")
    planned = plan.runs()
    with Bar(len(planned)) as bar:
        outcomes = _executed(
            planned, scheduler, jobs=jobs, timeout=timeout, note=_print, begin=bar.show
        )
        try:
            swept = sweeps.collect(plan, planned, _counted(outcomes, bar), book.root())
        except KeyboardInterrupt:
            _print(f"interrupted: {_summary(bar)}; the same command goes on from there")
            raise SystemExit(_INTERRUPTED) from None
    _report(plan, swept, _summary(bar))
    with console.status("writing the page"):
        folder = sweeps.write(plan, swept, book.root())
    _print(f"{folder.relative_to(book.root())}/index.html written")
    if swept.failures:
        raise SystemExit(failures.THEIRS)


def _executed(planned: list[Run], scheduler: str, **options: Unpack[Options]) -> Iterator[Outcome]:
    """Return the outcomes of runs executed here, or by the workers of a scheduler."""
    from borderbook.execution import runs  # noqa: PLC0415
    from borderbook.sweeps import dask_client  # noqa: PLC0415

    if scheduler:
        return dask_client.outcomes(planned, book.root(), scheduler, **options)
    return runs.outcomes(planned, book.root(), **options)


def _counted(outcomes: Iterable[Outcome], bar: Bar) -> Iterator[Outcome]:
    """Return the outcomes as they come, each counted."""
    for outcome in outcomes:
        bar.count(reused=outcome.reused, failed=outcome.notebook is None)
        yield outcome


def _summary(bar: Bar) -> str:
    return (
        f"{bar.executed + bar.reused} of {bar.total} runs done "
        f"({bar.executed} executed, {bar.reused} reused), {bar.failed} failed"
    )


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
    console.print(text, style=style, highlight=False, soft_wrap=True)
