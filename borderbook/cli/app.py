"""What every command shares: the application, its console, options and the way errors are shown."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from borderbook import inputs

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
console = Console(stderr=True, markup=False)

Parameter = Annotated[
    list[str] | None,
    typer.Option("-p", "--parameter", help="A parameter, name=value; for every section with it."),
]
Jobs = Annotated[
    int | None, typer.Option(min=1, help="Kernels at work at once; default: one per core.")
]
Timeout = Annotated[
    int | None, typer.Option(min=1, help="Seconds that a cell may take; default: no limit.")
]


@app.callback()
def every(
    debug: Annotated[
        bool, typer.Option("--debug", help="Show the traceback of an error; for every command.")
    ] = False,
) -> None:
    """Build, refresh and serve the executable edition.

    The exit status is 0 if all went well, 2 if something of the book or of the command line is to
    be corrected, and 1 if the program itself failed.
    """


def print_error(text: str) -> None:
    """Tell what went wrong, as it is."""
    console.print(text, style="red", highlight=False, soft_wrap=True)


def settings(
    texts: Sequence[str], section: str | None = None, file: Path | None = None
) -> dict[str, Any]:
    """Return name=value texts as values of the parameters' types: those of a section, or of all.

    `file` is a YAML mapping of names to values, read as if they stood in `texts`: by the
    parameter's type, not by YAML's, so that NO is a country. A name in `texts` wins. Raises
    InputError for a file that cannot be read, ParameterError for a text without `=`, a name that no
    section has, and a value of another type.
    """
    from borderbook.parameters import values  # noqa: PLC0415
    from borderbook.parameters.model import ParameterError  # noqa: PLC0415

    given = inputs.read_yaml(file, texts=True) if file else {}
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign:
            raise ParameterError(f"{text!r}: write a parameter as name=value")
        given[name] = value
    return values.read(given, section)
