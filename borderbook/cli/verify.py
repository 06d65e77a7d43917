"""The command that looks whether notebooks show the same wherever they are executed."""

from __future__ import annotations

from typing import Annotated

import typer

from borderbook import book
from borderbook.cli import failures
from borderbook.cli.app import Jobs, app, console
from borderbook.errors import UserError
from borderbook.execution import runs


class SectionError(UserError, ValueError):
    """A name that no section has."""


@app.command()
def verify(
    section: Annotated[
        list[str] | None, typer.Argument(help="Sections; every one if none is named.")
    ] = None,
    jobs: Jobs = None,
) -> None:
    """Execute each section twice under other circumstances, and compare what its cells show.

    The other time another process has another home, temporary folder, user, time zone, language,
    hash seed and order of sections. Each cell whose output differs is named with a few lines of the
    difference; the exit status is 2 then.
    """
    from borderbook.execution import verification  # noqa: PLC0415  (slow to import)

    known = {path.stem: path for path in runs.sections(book.root())}
    if unknown := [name for name in section or () if name not in known]:
        raise SectionError(f"{', '.join(unknown)}: no such section; there are {', '.join(known)}")
    chosen = [known[name] for name in section or known]
    for path in chosen:
        runs.cells(path)
    number = 0
    with console.status("executing") as status:
        verified = verification.verify(chosen, book.root(), jobs)
        for result in verified:
            place = result.notebook.relative_to(book.root()).as_posix()
            status.update(f"executing: {place} is compared")
            if result.error:
                print(f"{place}: it fails {result.error}")
            for name, lines in result.differences.items():
                print(f"{place}, cell {name}: its output differs", *lines, sep="\n    ")
            for reason in result.reasons:
                print(f"{place}: {reason}; what it shows may differ another time")
            number += len(result.differences) + bool(result.error)
    console.print(f"sections executed twice: {len(chosen)}; differences: {number}")
    if number:
        raise SystemExit(failures.THEIRS)
