"""The `borderbook` command: one module for each family of commands.

Modules that are slow to import are imported where a command needs them, so that a build in which
nothing has changed ends at once.
"""

from __future__ import annotations

import os
import sys

from borderbook import book
from borderbook.cli import build, cache, data, diff, failures, interrupted, pdf, run, sweep, verify
from borderbook.cli.app import app, print_error

app.add_typer(data.data_app, name="data")
# Their first paragraph, where Typer would cut it after some words.
for _command in [c for each in (app, cache.cache, data.data_app) for c in each.registered_commands]:
    _command.short_help = (_command.callback.__doc__ or "").partition("\n\n")[0]

__all__ = ["app", "build", "cache", "data", "diff", "main", "pdf", "run", "sweep", "verify"]


def main() -> None:
    """Run the command with the engine of the book that one stands in, if it holds one.

    What fails is told in one message; with --debug, which may stand anywhere, by a traceback. What
    killed commands have left is put in order first.
    """
    _use_fit_interpreter()
    words = [word for word in sys.argv[1:] if word != failures.DEBUG]
    try:
        with interrupted.ended_by_signals():
            interrupted.put_in_order()
            app(words)
    except Exception as error:
        if len(words) < len(sys.argv) - 1:
            raise
        failure = failures.of(error)
        print_error(failure.text)
        raise SystemExit(failure.status) from None


def _use_fit_interpreter() -> None:
    """Start again where this is the engine of another checkout, or Python without docstrings.

    A second work tree has its own engine, while the command is installed from the first. Libraries
    that make their functions from docstrings cannot be imported under PYTHONOPTIMIZE=2.
    """
    try:
        root = book.root()
    except (book.BookError, OSError):  # which is told by the command itself
        root = book.ENGINE.parent
    engine = root / book.ENGINE.name
    if not (engine / "cli" / "__main__.py").is_file():
        engine = book.ENGINE
    if engine == book.ENGINE and sys.flags.optimize < 2:
        return
    path = os.pathsep.join(filter(None, (str(engine.parent), os.environ.get("PYTHONPATH"))))
    arguments = [sys.executable, "-P", "-m", __name__, *sys.argv[1:]]
    settings = {name: value for name, value in os.environ.items() if name != "PYTHONOPTIMIZE"}
    os.execve(sys.executable, arguments, settings | {"PYTHONPATH": path})
