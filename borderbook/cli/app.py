"""What every command shares: the application, its console, options and the way errors are shown."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

app = typer.Typer(
    help="Build, refresh and serve the executable edition.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
console = Console(stderr=True)

Parameter = Annotated[
    list[str] | None,
    typer.Option("-p", "--parameter", help="A parameter, name=value; for every section with it."),
]
Jobs = Annotated[int | None, typer.Option(help="Kernels at work at once; default: one per core.")]


def print_error(text: str) -> None:
    """Tell what went wrong, as it is."""
    console.print(text, style="red", markup=False, highlight=False, soft_wrap=True)


def settings(
    texts: Sequence[str], section: str | None = None, file: Path | None = None
) -> dict[str, Any]:
    """Return name=value texts as values of the parameters' types: those of a section, or of all.

    `file` is a YAML mapping of names to values, read as if they stood in `texts`: by the
    parameter's type, not by YAML's, so that NO is a country. A name in `texts` wins. Raises
    ParameterError for what cannot be read, a name that no section has, and a value of another type.
    """
    from borderbook.parameters import values  # noqa: PLC0415
    from borderbook.parameters.model import ParameterError  # noqa: PLC0415

    given = _read(file) if file else {}
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign:
            raise ParameterError(f"{text!r}: write a parameter as name=value")
        given[name] = value
    return values.read(given, section)


def _read(file: Path) -> dict[str, Any]:
    """Return a YAML mapping with its values as they are written; ParameterError if it is none."""
    import yaml  # noqa: PLC0415

    from borderbook.parameters.model import ParameterError  # noqa: PLC0415

    try:
        given = yaml.load(file.read_text("utf-8"), yaml.BaseLoader)  # texts, lists and mappings
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ParameterError(f"{file} cannot be read: {error}") from None
    if not isinstance(given, dict):
        raise ParameterError(f"{file} holds no mapping; write lines of name: value")
    return given
