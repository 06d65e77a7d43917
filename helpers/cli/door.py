"""What every command shares: the application, its console, options and the way faults are told."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

ROOT = Path(__file__).resolve().parents[2]
"""The checkout that the command works on."""

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


def settings(texts: Sequence[str]) -> dict[str, Any]:
    """Return name=value texts as typed values: a list splits at commas, the rest is YAML.

    A parameter whose type is text stays text: NO is not false.
    """
    from helpers.parameters import ParameterError  # noqa: PLC0415

    found: dict[str, Any] = {}
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign:
            raise ParameterError(f"{text!r}: write a parameter as name=value")
        found[name] = _typed(name, value)
    return found


def _typed(name: str, text: str) -> Any:
    import yaml  # noqa: PLC0415

    from helpers import parameters  # noqa: PLC0415

    kinds = [
        model.model_fields[name].annotation
        for model in parameters.SECTIONS.values()
        if name in model.model_fields
    ]
    if kinds and kinds[0] is str:
        return text
    if kinds and kinds[0] == list[str]:
        return [part.strip() for part in text.split(",") if part.strip()]
    return yaml.safe_load(text)
