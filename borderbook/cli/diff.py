"""The command that says what changed between two states of the whole book."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from borderbook import book, outputs
from borderbook.cli import build, run
from borderbook.cli.app import Jobs, Timeout, app
from borderbook.execution.runs import Options

if TYPE_CHECKING:
    from borderbook.results.extract import Results


@app.command()
def diff(
    state: Annotated[
        str, typer.Argument(help="A commit or tag of the repository, or a published claims.json.")
    ],
    output: Annotated[
        Path | None, typer.Option(help="Where the page goes; _build/diff in the book's folder.")
    ] = None,
    jobs: Jobs = None,
    timeout: Timeout = None,
) -> None:
    """Say what changed since a commit, a tag or a published ledger: verdicts, numbers, tables.

    Of a commit, what its notebooks showed as they were committed is compared with what they show
    now; of a claims.json, its statements with today's. A page says all of it.
    """
    from borderbook.publishing import changes_page  # noqa: PLC0415  (slow to import)
    from borderbook.results import diff as results  # noqa: PLC0415

    place = outputs.prepare(output or book.root() / "_build" / "diff")
    build.check_sources()
    before, after = _states(state, {"jobs": jobs, "timeout": timeout})
    changes = results.between(before, after)
    run.report(changes, state, "Now")
    changes_page.write(changes, state, book.root(), place)
    run.out.print(f"against {state}: {changes.summary}", soft_wrap=True)
    run.out.print(str(place / "index.html"), soft_wrap=True)


def _states(state: str, limits: Options) -> tuple[Results, Results]:
    """Return the results of the state that was named, and those of now."""
    from borderbook.publishing import repository  # noqa: PLC0415
    from borderbook.results import states  # noqa: PLC0415

    if Path(state).is_file():
        ledger = states.of_ledger(states.read_ledger(Path(state)))
        now = states.of_sections(build.default(limits))
        return ledger, states.of_ledger(now.claims)
    before = repository.results(book.root(), state)
    return before, states.of_sections(build.default(limits))
