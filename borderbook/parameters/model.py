"""The parameters of a section: typed values, and a clear error for what cannot be used."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from borderbook.errors import UserError


class ParameterError(UserError, ValueError):
    """Parameters that cannot be used; the message names each error and what is allowed."""


@dataclass(frozen=True)
class Limits:
    """Which values a parameter may have, where its type is not enough: a range, or a choice."""

    low: int | float | None = None
    high: int | float | None = None
    choices: tuple[str, ...] = ()


class Parameters(BaseModel):
    """The parameters of a section; a subclass has its fields, with types and defaults.

    A class of the content that is named by the setting `parameters` is a base of every section
    whose parameters have all of its fields: it adds what follows from them, and says by `choices`
    which values the data allow.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, ignored_types=(cached_property,)
    )
    limits: ClassVar[Mapping[str, Limits]] = {}

    @classmethod
    def choices(cls, name: str) -> list[str]:
        """Return the values, or the items of a list, that a parameter may have; empty if any."""
        return list(cls.limits.get(name, Limits()).choices)

    @classmethod
    def checked(cls, namespace: Mapping[str, Any]) -> Self:
        """Return the parameters found in `namespace`, a notebook's globals, checked.

        A name that the section does not know is an error too: it is looked for in the cell that
        ran before, if that cell does nothing but assign constants. Raises ParameterError.
        """
        given = {name: namespace[name] for name in cls.model_fields if name in namespace}
        strange = [name for name in _assigned_before(namespace) if name not in cls.model_fields]
        try:
            return cls.model_validate(given | {name: namespace.get(name) for name in strange})
        except ValidationError as error:
            lines = [_line(cls, each) for each in error.errors()]
            raise ParameterError("\n".join(["the parameters cannot be used:", *lines])) from None

    @model_validator(mode="after")
    def _in_limits(self) -> Self:
        for name, limits in self.limits.items():
            value = getattr(self, name)
            low, high = limits.low, limits.high
            if low is not None and high is not None and not low <= value <= high:
                raise ValueError(f"{name}={value}: allowed: {low} to {high}")
            items = value if isinstance(value, list) else [value]
            if limits.choices and not set(items) <= set(limits.choices):
                raise ValueError(f"{name}={value!r}: allowed: {', '.join(limits.choices)}")
        for first in type(self).model_fields:
            last = f"last_{first.removeprefix('first_')}"
            if first.startswith("first_") and last in type(self).model_fields:
                self._check_order(first, last)
        return self

    def _check_order(self, first: str, last: str) -> None:
        start, end = getattr(self, first), getattr(self, last)
        if start > end:
            low = self.limits.get(first, Limits()).low
            high = self.limits.get(last, Limits()).high
            order = " <= ".join(str(x) for x in (low, first, last, high) if x is not None)
            raise ValueError(f"{first}={start} is after {last}={end}; allowed: {order}")

    @property
    def changed(self) -> dict[str, Any]:
        """The parameters that differ from their defaults, in the order of the fields."""
        return self.model_dump(exclude_defaults=True)

    @property
    def words(self) -> str:
        """The parameters that differ from their defaults, in one line; 'as published' if none."""
        return in_words(self.changed)


def in_words(chosen: Mapping[str, Any]) -> str:
    """Return parameters in one line, as one writes them; 'as published' if there are none.

    >>> in_words({"breads": ["rye", "wheat"], "sliced": True})
    'breads = rye,wheat, sliced = true'
    """
    return ", ".join(f"{name} = {written(value)}" for name, value in chosen.items()) or (
        "as published"
    )


def written(value: Any) -> str:
    """Return a value as one writes it on the command line.

    >>> written(["rye", "wheat"]), written(True)
    ('rye,wheat', 'true')
    """
    if isinstance(value, list | tuple):
        return ",".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def unknown(name: str, known: Iterable[str], what: str = "parameter") -> str:
    """Return what to say of a name that there is not: a suggestion, and those there are.

    >>> unknown("neigbour", ["neighbour", "exclude"])
    'neigbour: no such parameter; did you mean neighbour? There are neighbour, exclude'
    """
    known = list(known)
    if not known:
        return f"{name}: no such {what}; there are none here"
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"; did you mean {near[0]}?" if near else "."
    return f"{name}: no such {what}{hint} There are {', '.join(known)}"


def _assigned_before(namespace: Mapping[str, Any]) -> list[str]:
    """Return the names assigned by the notebook cell that ran before, if it only sets constants."""
    cells = namespace.get("In", [])
    if len(cells) < 2:
        return []
    try:
        statements = ast.parse(cells[-2]).body
    except SyntaxError:
        return []
    names = []
    for statement in statements:
        match statement:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
            ):
                try:
                    ast.literal_eval(value)
                except ValueError:
                    return []
                names.append(name)
            case _:
                return []
    return names


def _line(model: type[Parameters], error: Any) -> str:
    """Return one error of the model as a line: which parameter, what is wrong, what is allowed."""
    name = ".".join(str(part) for part in error["loc"])
    if error["type"] == "extra_forbidden":
        return f"- {unknown(name, model.model_fields)}"
    message = error["msg"].removeprefix("Value error, ")
    if not name:
        return f"- {message}"
    text = f"- {name}={error['input']!r}: {message}"
    if choices := model.choices(name):
        text += f"; allowed: {', '.join(choices)}"
    if error["input"] is False:
        text += " (YAML reads a bare NO as false: put it in quotes)"
    return text
