"""The `borderbook` command: one module for each family of commands."""

from __future__ import annotations

from helpers import prose, runs, site
from helpers.cli import book, figures
from helpers.cli.door import ROOT, app, console
from helpers.data import DataError
from helpers.parameters import ParameterError

app.add_typer(figures.data_app, name="data")

__all__ = ["ROOT", "app", "book", "figures", "main"]


def main() -> None:
    """Run the command; what the user can mend is told without a traceback."""
    try:
        app()
    except (DataError, ParameterError, prose.ProseError, runs.RunError, site.SiteError) as error:
        console.print(str(error), style="red", markup=False, highlight=False, soft_wrap=True)
        raise SystemExit(1) from None
