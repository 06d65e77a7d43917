"""The `borderbook` command: one module for each family of commands.

Modules that are slow to import are imported where a command needs them, so that a build in which
nothing has changed ends at once.
"""

from __future__ import annotations

import os
import sys

from borderbook import book, errors
from borderbook.cli import build, cache, data, interrupted, pdf, run, sweep, verify
from borderbook.cli.app import app, print_error
from borderbook.errors import UserError

app.add_typer(data.data_app, name="data")
# Their first paragraph, where Typer would cut it after some words.
for _command in app.registered_commands:
    _command.short_help = (_command.callback.__doc__ or "").partition("\n\n")[0]

__all__ = ["app", "build", "cache", "data", "main", "pdf", "run", "sweep", "verify"]


def main() -> None:
    """Run the command with the engine of the book that one stands in, if it holds one.

    An error that the user can fix is printed without a traceback. What killed commands have left is
    put in order first.
    """
    _use_engine_of_the_book()
    try:
        with interrupted.ended_by_signals():
            interrupted.put_in_order()
            app()
    except UserError as error:
        print_error(str(error))
        raise SystemExit(error.status) from None
    except OSError as error:
        if not (text := errors.of_disk(str(error))):
            raise
        print_error(f"{error.filename}: {text}" if error.filename else text)
        raise SystemExit(1) from None


def _use_engine_of_the_book() -> None:
    """Start again with the engine in the book's folder, where this is that of another checkout.

    A second work tree has its own engine, while the command is installed from the first.
    """
    try:
        root = book.root()
    except book.BookError:
        return
    engine = root / book.ENGINE.name
    if engine == book.ENGINE or not (engine / "cli" / "__main__.py").is_file():
        return
    path = os.pathsep.join(filter(None, (str(root), os.environ.get("PYTHONPATH"))))
    arguments = [sys.executable, "-P", "-m", __name__, *sys.argv[1:]]
    os.execve(sys.executable, arguments, os.environ | {"PYTHONPATH": path})
