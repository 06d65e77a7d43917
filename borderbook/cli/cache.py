"""The commands for the store of executed notebooks: size, prune, clear, why."""

from __future__ import annotations

import re
from typing import Annotated

import typer

from borderbook import book
from borderbook.cli.app import Parameter, app, console, settings
from borderbook.errors import UserError
from borderbook.execution import runs
from borderbook.execution.result_store import Store

_HELP = "The executed notebooks that are kept: how much, for how long, and why not."

cache = typer.Typer(help=_HELP, no_args_is_help=True)
app.add_typer(cache, name="cache", short_help=_HELP)

_UNITS = {"": 1, "B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9}


class SizeError(UserError, ValueError):
    """A size that cannot be read."""


@cache.command()
def size() -> None:
    """Say how many results are kept, and how much room they take."""
    count, taken = Store(book.root()).size()
    print(f"{count} results, {taken / 10**6:.1f} MB of at most {runs.LIMIT / 10**6:.0f} MB")


@cache.command()
def prune(
    limit: Annotated[str, typer.Argument(help="What may be taken: 200MB, 1GB, 0.")],
) -> None:
    """Remove the results unused for longest until the rest takes no more than LIMIT."""
    removed = Store(book.root()).prune(_bytes(limit))
    print(f"{removed} results removed")
    size()


@cache.command()
def clear() -> None:
    """Remove every result: the next build executes all sections."""
    store = Store(book.root())
    count, taken = store.size()
    store.clear()
    print(f"{count} results removed, {taken / 10**6:.1f} MB")


@cache.command()
def why(section: str, parameter: Parameter = None) -> None:
    """Say what has changed since SECTION was last executed: why it would run again."""
    notebooks = {path.stem: path for path in runs.sections(book.root())}
    if section not in notebooks:
        raise runs.RunError(f"no section {section!r}; there are {', '.join(notebooks)}")
    chosen = settings(parameter) if parameter else {}
    reasons = runs.why(runs.Run(notebooks[section], chosen), book.root())
    if not reasons:
        console.print(f"{section} is not executed again: nothing that it depended on has changed")
    for reason in reasons:
        print(reason)


def _bytes(text: str) -> int:
    """Return a size in bytes; SizeError if it is none.

    >>> _bytes("1.5 GB"), _bytes("200mb"), _bytes("0")
    (1500000000, 200000000, 0)
    """
    match = re.fullmatch(r"(\d+(?:\.\d+)?) *([KMG]?B?)", text.strip().upper())
    if not match or match[2] not in _UNITS:
        raise SizeError(f"{text!r} is no size; write it as 200MB or 1GB")
    return round(float(match[1]) * _UNITS[match[2]])
