"""Typed parameters of the sections: what a section accepts, and a clear error for the rest."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from helpers.faults import UserError
from helpers.regions import Group, GroupError, neighbours


class ParameterError(UserError, ValueError):
    """Parameters that the data cannot serve; the message names each fault and what is allowed."""


class Section(BaseModel):
    """Parameters of a section; a subclass names them, with types and defaults."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, ignored_types=(cached_property,)
    )

    @classmethod
    def checked(cls, namespace: Mapping[str, Any]) -> Self:
        """Return the parameters found in `namespace`, a notebook's globals, checked.

        A name that the section does not know is an error too: it is looked for in the cell that
        ran before, if that cell does nothing but assign constants.

        >>> ForeignTrade.checked({"first_year": 2013, "last_year": 2018}).last_year
        2018
        """
        given = {name: namespace[name] for name in cls.model_fields if name in namespace}
        unknown = [name for name in _assigned_before(namespace) if name not in cls.model_fields]
        try:
            return cls.model_validate(given | {name: namespace.get(name) for name in unknown})
        except ValidationError as error:
            lines = [_line(cls, fault) for fault in error.errors()]
            raise ParameterError("\n".join(["the parameters cannot be used:", *lines])) from None

    @property
    def words(self) -> str:
        """The parameters that differ from their defaults, in one line; 'as published' if none."""
        fields = type(self).model_fields
        changed = {
            name: getattr(self, name)
            for name, field in fields.items()
            if getattr(self, name) != field.get_default(call_default_factory=True)
        }
        return in_words(changed)


class Years(Section):
    """First and last year of a series, both included, within what the data hold."""

    span: ClassVar[tuple[int, int]]
    first_year: int
    last_year: int

    @model_validator(mode="after")
    def _in_span(self) -> Self:
        low, high = self.span
        for name in ("first_year", "last_year"):
            if not low <= getattr(self, name) <= high:
                raise ValueError(f"{name}={getattr(self, name)}: the data hold {low} to {high}")
        if self.first_year > self.last_year:
            raise ValueError(
                f"first_year={self.first_year} is after last_year={self.last_year}; "
                f"allowed: {low} <= first_year <= last_year <= {high}"
            )
        return self

    @property
    def years(self) -> range:
        """The years of the series."""
        return range(self.first_year, self.last_year + 1)


class Border(Section):
    """The border group that a section is about."""

    neighbour: str = "KZ"
    exclude: Annotated[list[str], Field(default_factory=list)]
    with_okrugs: bool = False

    @model_validator(mode="after")
    def _can_be_formed(self) -> Self:
        try:
            _ = self.group
        except GroupError as error:
            raise ValueError(str(error)) from None
        return self

    @cached_property
    def group(self) -> Group:
        """The group of regions."""
        return Group(self.neighbour, tuple(dict.fromkeys(self.exclude)), self.with_okrugs)


class Introduction(Border):
    """Parameters of *Introduction*."""


class MaterialsAndMethods(Border):
    """Parameters of *Materials and methods*."""


class GrossProduct(Border, Years):
    """Parameters of *Gross product and industry*."""

    span = (2005, 2023)
    first_year: int = 2005
    last_year: int = 2023


class ForeignTrade(Years):
    """Parameters of *Foreign trade*."""

    span = (2000, 2021)
    first_year: int = 2010
    last_year: int = 2021


class SmallEnterprises(Border, Years):
    """Parameters of *Small enterprises*."""

    span = (2010, 2022)
    first_year: int = 2010
    last_year: int = 2022


class Discussion(Border, Years):
    """Parameters of *Discussion*."""

    span = (2010, 2022)
    first_year: int = 2010
    last_year: int = 2022


class Claims(Border, Years):
    """Parameters of the ledger of claims."""

    span = (2005, 2023)
    first_year: int = 2005
    last_year: int = 2023


class Conclusion(Claims):
    """Parameters of *Conclusion*, which reads the ledger."""


class Data(Section):
    """Parameters of *Data*."""

    rows: Annotated[int, Field(ge=1, le=100)] = 3


SECTIONS: dict[str, type[Section]] = {
    "introduction": Introduction,
    "materials-and-methods": MaterialsAndMethods,
    "gross-product": GrossProduct,
    "foreign-trade": ForeignTrade,
    "small-enterprises": SmallEnterprises,
    "discussion": Discussion,
    "conclusion": Conclusion,
    "claims": Claims,
    "data": Data,
}
"""The model of each section, by the name of its notebook."""


def in_words(chosen: Mapping[str, Any]) -> str:
    """Return parameters in one line, as one writes them; 'as published' if there are none.

    >>> in_words({"exclude": ["RU-CHE", "RU-SAM"], "with_okrugs": True})
    'exclude = RU-CHE,RU-SAM, with_okrugs = true'
    """
    return ", ".join(f"{name} = {_written(value)}" for name, value in chosen.items()) or (
        "as published"
    )


def _written(value: Any) -> str:
    match value:
        case bool():
            return str(value).lower()
        case list():
            return ",".join(map(str, value))
        case _:
            return str(value)


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


def _line(model: type[Section], fault: Any) -> str:
    """Return one fault of the model as a line: which parameter, what is wrong, what is allowed."""
    name = ".".join(str(part) for part in fault["loc"])
    if fault["type"] == "extra_forbidden":
        near = difflib.get_close_matches(name, model.model_fields, n=1)
        hint = f"; did you mean {near[0]}?" if near else "."
        return f"- {name}: no such parameter{hint} There are {', '.join(model.model_fields)}"
    message = fault["msg"].removeprefix("Value error, ")
    if not name:
        return f"- {message}"
    text = f"- {name}={fault['input']!r}: {message}"
    if name == "neighbour":
        text += f"; allowed: {', '.join(neighbours())}"
    if fault["input"] is False:
        text += " (YAML reads a bare NO as false: put it in quotes)"
    return text
