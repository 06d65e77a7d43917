"""The `borderbook` command: one module for each family of commands.

Modules that are slow to import are imported where a command needs them, so that a build in which
nothing has changed ends at once.
"""

from __future__ import annotations

from helpers.cli import book, cache, figures, paper, rerun, sweep
from helpers.cli.door import ROOT, app, console
from helpers.faults import UserError

app.add_typer(figures.data_app, name="data")

__all__ = ["ROOT", "app", "book", "cache", "figures", "main", "paper", "rerun", "sweep"]


def main() -> None:
    """Run the command; what the user can mend is told without a traceback."""
    try:
        app()
    except UserError as error:
        console.print(str(error), style="red", markup=False, highlight=False, soft_wrap=True)
        raise SystemExit(1) from None
