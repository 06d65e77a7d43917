"""The `borderbook` command: one module for each family of commands.

Modules that are slow to import are imported where a command needs them, so that a build in which
nothing has changed ends at once.
"""

from __future__ import annotations

from borderbook.cli import build, cache, data, pdf, run, sweep
from borderbook.cli.app import app, console
from borderbook.errors import UserError
from borderbook.execution import recorder

app.add_typer(data.data_app, name="data")

__all__ = ["app", "build", "cache", "data", "main", "pdf", "run", "sweep"]


def main() -> None:
    """Run the command; what the user can mend is told without a traceback."""
    recorder.spare_grammars()
    try:
        app()
    except UserError as error:
        console.print(str(error), style="red", markup=False, highlight=False, soft_wrap=True)
        raise SystemExit(1) from None
