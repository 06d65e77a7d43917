"""The model of a section, from the cell of its notebook that is tagged `parameters`.

A line `first_year: int = 2005  # first year of the series [2005..2023]` names a parameter, its type
(that of the default if it has none), its default, its meaning, and at the comment's end in brackets
what is allowed: a range, or a choice as in `[rye | wheat]`. Of two parameters `first_X` and
`last_X` the first is not to be above the last.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, cast, get_args

from pydantic import Field, create_model

from borderbook import book, inputs, parts
from borderbook.parameters.model import Limits, ParameterError, Parameters, unknown

_KINDS: dict[str, Any] = {
    **{"int": int, "float": float, "str": str, "bool": bool},
    **{"list[int]": list[int], "list[float]": list[float], "list[str]": list[str]},
}
_NUMBER = r"-?\d+(?:\.\d+)?"
_RANGE = re.compile(rf"({_NUMBER})\s*\.\.\s*({_NUMBER})")
_ALLOWED = re.compile(r"\s*\[([^\[\]]+)\]$")


@dataclass(frozen=True)
class Declared:
    """A parameter as its cell declares it."""

    name: str
    kind: Any
    default: Any
    meaning: str
    limits: Limits


def sections() -> list[str]:
    """Return the names of the book's sections: its notebooks, in the order of `_toc.yml`."""
    root = book.root()
    names = {path.stem for path in (root / "book").glob("*.ipynb")}
    listed = re.findall(r"(?m)^\s*-?\s*file:\s*(\S+)", (root / book.CONTENTS).read_text("utf-8"))
    ordered = [name for entry in listed if (name := Path(entry).stem) in names]
    return [*dict.fromkeys(ordered), *sorted(names - set(ordered))]


def model_of(section: str) -> type[Parameters]:
    """Return the model of a section's parameters; one without fields if no cell declares any.

    Raises ParameterError if there is no such section, or its cell cannot be read as parameters.
    """
    notebook = book.root() / "book" / f"{section}.ipynb"
    cells = parts.read(notebook, book.PARAMETERS) if inputs.is_name(section) else None
    if cells is None and not (inputs.is_name(section) and notebook.exists()):
        raise ParameterError(unknown(section, sections(), "section"))
    source = "\n".join("".join(cell) for cell in cells or [])
    bases = tuple(book.hook("parameters", ()))
    return _model(section, source, bases)


def declared(source: str, where: str = "the cell of parameters") -> list[Declared]:
    """Return the parameters that the text of a cell declares, in its order.

    Raises ParameterError, with `where` and the line, for what is no assignment of a constant, a
    type that no parameter can have, and a default that it does not allow itself.

    >>> [one] = declared("last: int = 3  # last year [1..4]")
    >>> one.name, one.default, one.meaning, one.limits.high
    ('last', 3, 'last year', 4)
    """
    try:
        statements = ast.parse(source).body
    except SyntaxError as error:
        raise ParameterError(f"{where}, line {error.lineno or 1}: {error.msg}") from None
    except (ValueError, MemoryError, RecursionError) as error:
        reason = str(error) if isinstance(error, ValueError) else "it is nested too deeply"
        raise ParameterError(f"{where}: {reason}; write constants") from None
    comments = _comments(source)
    listed = [
        _declared(each, comments.get(each.end_lineno or 0, ""), where)
        for each in statements
        if not _is_text(each)
    ]
    names = [one.name for one in listed]
    for one in listed:
        if names.count(one.name) > 1:
            raise ParameterError(f"{where}: {one.name} is declared twice; take one line out")
    return listed


@lru_cache(maxsize=64)
def _model(section: str, source: str, bases: Sequence[type[Parameters]]) -> type[Parameters]:
    listed = declared(source, f"book/{section}.ipynb, the cell tagged {book.PARAMETERS}")
    names = {one.name for one in listed}
    chosen: list[type[Parameters]] = []
    for base in bases:
        required = set(base.model_fields)
        if required <= names and not any(issubclass(each, base) for each in chosen):
            chosen.append(base)
    inherited = {name: field for base in chosen for name, field in base.model_fields.items()}
    fields: dict[str, Any] = {}
    for one in listed:
        kind = inherited[one.name].annotation if one.name in inherited else one.kind
        fields[one.name] = (kind, Field(default=one.default, description=one.meaning))
    title = "".join(part.capitalize() for part in re.split(r"\W|_", section))
    made: Any = create_model(title, __base__=tuple(chosen) or Parameters, **fields)
    model = cast(type[Parameters], made)
    model.limits = {one.name: one.limits for one in listed if one.limits != Limits()}
    model.__doc__ = f"Parameters of the section {section}."
    return model


def _declared(statement: ast.stmt, comment: str, where: str) -> Declared:
    place = f"{where}, line {statement.lineno}"
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            written = None
        case ast.AnnAssign(target=ast.Name(id=name), annotation=kind, value=ast.expr() as value):
            written = ast.unparse(kind)
        case _:
            raise ParameterError(
                f"{place}: `{ast.unparse(statement)}` declares no parameter; write `name: type = "
                "default  # meaning [what is allowed]`"
            )
    try:
        default = ast.literal_eval(value)
    except (ValueError, TypeError, MemoryError, RecursionError):
        raise ParameterError(f"{place}: the default of {name} is no constant") from None
    meaning, limits = _split(comment, place)
    kind = _kind(written, default, f"{place}: {name}")
    if not _is_allowed(default, kind, limits):
        raise ParameterError(f"{place}: {name} = {default!r}, which this line does not allow")
    return Declared(name, kind, default, meaning, limits)


def _is_allowed(default: Any, kind: Any, limits: Limits) -> bool:
    """Return whether a default is of its parameter's type, and what the line itself allows."""
    item = get_args(kind)[0] if get_args(kind) else kind
    if get_args(kind) and not isinstance(default, list):
        return False
    for each in default if get_args(kind) else [default]:
        if type(each) is not item and not (item is float and type(each) is int):
            return False
        low, high = limits.low, limits.high
        if low is not None and high is not None and not low <= each <= high:
            return False
        if limits.choices and each not in limits.choices:
            return False
    return True


def _kind(written: str | None, default: Any, what: str) -> Any:
    name = written or type(default).__name__
    if name == "list" and isinstance(default, list):
        kinds = {type(item).__name__ for item in default} or {"str"}
        name = f"list[{kinds.pop()}]" if len(kinds) == 1 else name
    if name not in _KINDS:
        cannot = f"a parameter cannot be {written or type(default).__name__}"
        raise ParameterError(f"{what}: {cannot}; int, float, str, bool or list")
    return _KINDS[name]


def _split(comment: str, place: str) -> tuple[str, Limits]:
    """Return the meaning and what is allowed, which stands in brackets at a comment's end."""
    match = _ALLOWED.search(comment)
    if not match:
        return comment, Limits()
    meaning, text = comment[: match.start()], match[1].strip()
    if span := _RANGE.fullmatch(text):
        low, high = (float(end) if "." in end else int(end) for end in span.groups())
        if low > high:
            raise ParameterError(f"{place}: [{text}]: a range goes from low to high")
        return meaning, Limits(low, high)
    if "|" in text:
        return meaning, Limits(choices=tuple(part.strip() for part in text.split("|")))
    return comment, Limits()


def _comments(source: str) -> dict[int, str]:
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {
        token.start[0]: token.string.lstrip("# ").rstrip()
        for token in tokens
        if token.type == tokenize.COMMENT
    }


def _is_text(statement: ast.stmt) -> bool:
    """Return whether a statement is a text that stands alone, as a remark."""
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
