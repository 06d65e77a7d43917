"""What a section shows by name: its values for the text and its tables, from its own cells.

A statement can speak of what a section shows before the cell that shows it has run, and in the
ledger, whose kernel never runs that section. So the cells are executed once more, apart from the
notebook, with the parameters that the statement is asked with: the same code gives the same value
wherever a verdict is shown, and a run depends on the cells that its verdicts follow from.
"""

from __future__ import annotations

import ast
import contextlib
import io
import json
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import pandas as pd

from borderbook import book, mime, parts
from borderbook.claims.model import ClaimError
from borderbook.datapackage import resources
from borderbook.figures import plain
from borderbook.figures.tables import Table
from borderbook.parameters import derive
from borderbook.parameters.model import Parameters


@dataclass
class Shown:
    """What cells have shown so far: values by name, tables as data resources by name."""

    values: dict[str, str] = field(default_factory=dict)
    tables: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    resources: tuple[str, ...] = ()


COLLECTED: ContextVar[Shown | None] = ContextVar("COLLECTED", default=None)
"""Where values for the text go while cells are executed for what they show; else None."""


def of_section(section: str, parameters: Parameters) -> Shown:
    """Return what a section shows with those of the parameters that it has too.

    A table without a name, such as a plain DataFrame at a cell's end, has that of its cell's `id`;
    its first column, or its index if that says more than a count, names the rows. Raises
    ParameterError for parameters that the section does not take, ClaimError for a cell that fails.
    """
    model = derive.model_of(section)
    chosen = {k: v for k, v in parameters.changed.items() if k in model.model_fields}
    namespace = model.checked(chosen).model_dump()
    code = parts.read(book.root() / "book" / f"{section}.ipynb", parts.CODE) or []
    return _executed(section, json.dumps(code), json.dumps(namespace))


def code_of(section: str) -> str:
    """Return the hash of a section's code; blank if there is no such section."""
    return parts.digest(book.root() / "book" / f"{section}.ipynb", parts.CODE)


@resources.remembered
def _executed(section: str, code: str, parameters: str) -> Shown:
    shown = Shown()
    namespace: dict[str, Any] = {"__name__": "__main__", **json.loads(parameters)}

    def execute() -> None:
        for name, source in json.loads(code):
            try:
                _execute(name, source, namespace, shown)
            except Exception as error:
                raise ClaimError(
                    f"book/{section}.ipynb, cell {name}: {type(error).__name__}: {error}; "
                    "a claim speaks of what this section shows, so its cells must run"
                ) from error

    with _collecting(shown):
        _, read = resources.read_by(execute)
    # The statements that the cells show too are no figures.
    shown.resources = tuple(name for name in read if name != "claims")
    return shown


def _execute(cell: str, source: str, namespace: dict[str, Any], shown: Shown) -> None:
    """Execute one cell; what it displays, or has at its end, is taken down."""
    body, end = _compiled(source, cell)

    def display(*objects: Any, **_: Any) -> None:
        for each in objects:
            if isinstance(each, Table):
                shown.tables[each.name] = each.resource()
            elif isinstance(each, pd.DataFrame):
                shown.tables[_free(cell, shown.tables)] = plain.frame(each)[mime.TABLE]

    with _displays(display):
        namespace["display"] = display
        exec(body, namespace)
        if end is not None:
            display(eval(end, namespace))


@lru_cache(maxsize=256)
def _compiled(source: str, cell: str) -> tuple[Any, Any]:
    """Return the code of a cell but for an expression at its end, and that expression."""
    from IPython.core.inputtransformer2 import TransformerManager  # noqa: PLC0415

    transformer: Any = TransformerManager()  # type: ignore[no-untyped-call]
    statements = ast.parse(transformer.transform_cell(source)).body
    last = statements[-1] if statements else None
    if not isinstance(last, ast.Expr) or source.rstrip().endswith(";"):
        return compile(ast.Module(statements, []), cell, "exec"), None
    body = compile(ast.Module(statements[:-1], []), cell, "exec")
    return body, compile(ast.Expression(last.value), cell, "eval")


@contextlib.contextmanager
def _collecting(shown: Shown) -> Iterator[None]:
    token = COLLECTED.set(shown)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            yield
    finally:
        COLLECTED.reset(token)


@contextlib.contextmanager
def _displays(display: Any) -> Iterator[None]:
    """Put `display` in place of the one that a cell can import."""
    from IPython import display as module  # noqa: PLC0415

    before = module.display
    module.display = display
    try:
        yield
    finally:
        module.display = before


def _free(name: str, taken: Mapping[str, Any]) -> str:
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}-{number}"
    return free
