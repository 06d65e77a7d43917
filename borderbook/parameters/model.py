"""Typed parameters of the sections: what a section accepts, and a clear error for the rest."""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any, ClassVar, Self, get_args, get_origin

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    model_validator,
)

from borderbook.errors import UserError
from helpers.regions import Group, GroupError, neighbours, subjects

_SWITCH = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


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
        strange = [name for name in _assigned_before(namespace) if name not in cls.model_fields]
        try:
            return cls.model_validate(given | {name: namespace.get(name) for name in strange})
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


def _first(year: int, of: str = "the series") -> Any:
    """Return the field of a first year, with its default."""
    return Field(default=year, description=f"first year of {of}")


def _last(year: int) -> Any:
    return Field(default=year, description="last year of the series")


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

    @property
    def years_in_words(self) -> str:
        """The years of the series: the first and the last, or the only one."""
        first, last = self.first_year, self.last_year
        return str(first) if first == last else f"{first}–{last}"


class Border(Section):
    """The border group that a section is about."""

    neighbour: str = Field(default="KZ", description="neighbour, ISO 3166-1")
    exclude: list[str] = Field(default_factory=list, description="regions to leave out, ISO 3166-2")
    with_okrugs: bool = Field(
        default=False, description="count the two autonomous okrugs in with Tyumen Oblast"
    )

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


class GrossProduct(Years, Border):
    """Parameters of *Gross product and industry*."""

    span = (2005, 2023)
    first_year: int = _first(2005)
    last_year: int = _last(2023)


class ForeignTrade(Years):
    """Parameters of *Foreign trade*."""

    span = (2000, 2021)
    first_year: int = _first(2010, "the series with Kazakhstan")
    last_year: int = _last(2021)


class SmallEnterprises(Years, Border):
    """Parameters of *Small enterprises*."""

    span = (2010, 2022)
    first_year: int = _first(2010)
    last_year: int = _last(2022)


class Discussion(Years, Border):
    """Parameters of *Discussion*."""

    span = (2010, 2022)
    first_year: int = _first(2010)
    last_year: int = _last(2022)


class Claims(Years, Border):
    """Parameters of the ledger of claims."""

    span = (2005, 2023)
    first_year: int = _first(2005)
    last_year: int = _last(2023)


class Conclusion(Claims):
    """Parameters of *Conclusion*, which reads the ledger."""


class Data(Section):
    """Parameters of *Data*."""

    rows: int = Field(default=3, ge=1, le=100, description="first rows of each resource to show")


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


def model_of(section: str) -> type[Section]:
    """Return the model of a section; raises ParameterError with a suggestion if there is none.

    >>> model_of("foreign-trade").__name__
    'ForeignTrade'
    """
    if section not in SECTIONS:
        raise ParameterError(
            f"{section}: no such section{_near(section, SECTIONS)} There are {', '.join(SECTIONS)}"
        )
    return SECTIONS[section]


def parse(model: type[Section], name: str, text: str | list[str]) -> Any:
    """Return what a parameter's text means by the parameter's type.

    Text stays as it is: NO is a country. A whole number is written in digits, and leading zeros do
    not count: 007 is 7, 1e3 is refused. A switch is true, yes or 1; false, no or 0. A list is
    split at commas, or given as the texts of its items. Raises ParameterError for an unknown name,
    and for a text that the type does not allow; whether the value itself is allowed,
    `Section.checked` says.

    >>> parse(SmallEnterprises, "neighbour", "NO"), parse(Data, "rows", "007")
    ('NO', 7)
    >>> parse(SmallEnterprises, "exclude", "RU-CHE, RU-SAM")
    ['RU-CHE', 'RU-SAM']
    >>> parse(SmallEnterprises, "with_okrugs", "yes")
    True
    """
    if name not in model.model_fields:
        raise ParameterError(unknown(name, model.model_fields))
    kind: Any = model.model_fields[name].annotation
    if get_origin(kind) is list:
        parts = text.split(",") if isinstance(text, str) else text
        items = [_value(model, name, get_args(kind)[0], part) for part in parts]
        return [item for item in items if item != ""]
    return _value(model, name, kind, text)


def written(value: Any) -> str:
    """Return a value as `parse` reads it.

    >>> written(["RU-CHE", "RU-SAM"]), written(True)
    ('RU-CHE,RU-SAM', 'true')
    """
    if isinstance(value, list):
        return ",".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def changed(model: type[Section], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values that differ from their defaults, in the model's order, checked.

    Raises ParameterError if they cannot be used together.

    >>> changed(SmallEnterprises, {"last_year": 2016, "neighbour": "KZ"})
    {'last_year': 2016}
    """
    for name in values:
        if name not in model.model_fields:
            raise ParameterError(unknown(name, model.model_fields))
    model.checked(values)
    return {
        name: values[name]
        for name, field in model.model_fields.items()
        if name in values and values[name] != field.get_default(call_default_factory=True)
    }


def allowed(model: type[Section], name: str) -> str:
    """Return in words which values a parameter may have.

    >>> allowed(Data, "rows"), allowed(GrossProduct, "last_year")
    ('a whole number from 1 to 100', 'a whole number from 2005 to 2023')
    >>> allowed(Border, "neighbour")
    'AZ, BY, CN, EE, FI, GE, KP, KZ, LT, LV, MN, NO, PL, UA'
    """
    field = schema(model)["properties"][name]
    if "enum" in field:
        return ", ".join(field["enum"])
    match field["type"]:
        case "boolean":
            return "true or false (yes or no, 1 or 0)"
        case "array":
            return "codes of regions of the group, with commas between them"
        case "integer" if "minimum" in field:
            return f"a whole number from {field['minimum']} to {field['maximum']}"
        case "integer":
            return "a whole number, in digits"
        case kind:
            return "any text" if kind == "string" else f"a {kind}"


def schema(model: type[Section]) -> dict[str, Any]:
    """Return the JSON Schema of a section's parameters, with what the data allow.

    >>> schema(ForeignTrade)["properties"]["last_year"]["maximum"]
    2021
    """
    found = model.model_json_schema()
    for name, field in found.setdefault("properties", {}).items():
        if name == "neighbour":
            field["enum"] = list(neighbours())
        if name == "exclude":
            field["default"] = []
            field["items"]["enum"] = sorted(code for code in subjects().index if _borders(code))
        if name in ("first_year", "last_year") and issubclass(model, Years):
            field["minimum"], field["maximum"] = model.span
    return found


def _borders(code: str) -> bool:
    return bool(subjects().loc[code, "neighbours"])


def _value(model: type[Section], name: str, kind: Any, text: Any) -> Any:
    """Return a text as a value of one type."""
    try:
        if not isinstance(text, str):
            raise ValueError(text)
        if kind is str:
            return text.strip()
        if kind is bool:
            return _SWITCH[text.strip().lower()]
        if kind is int and not re.fullmatch(r"\s*[+-]?[0-9]+\s*", text):
            raise ValueError(text)
        return TypeAdapter(kind).validate_strings(text)
    except (KeyError, ValueError):
        message = f"{name}={text!r} cannot be used; allowed: {allowed(model, name)}"
        raise ParameterError(message) from None


def unknown(name: str, known: Iterable[str]) -> str:
    """Return what to say of a name that no parameter has: a suggestion, and those there are.

    >>> unknown("neigbour", ["neighbour", "exclude"])
    'neigbour: no such parameter; did you mean neighbour? There are neighbour, exclude'
    """
    return f"{name}: no such parameter{_near(name, known)} There are {', '.join(known)}"


def _near(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f"; did you mean {near[0]}?" if near else "."


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
        return f"- {unknown(name, model.model_fields)}"
    message = fault["msg"].removeprefix("Value error, ")
    if not name:
        return f"- {message}"
    text = f"- {name}={fault['input']!r}: {message}"
    if name == "neighbour":
        text += f"; allowed: {', '.join(neighbours())}"
    if fault["input"] is False:
        text += " (YAML reads a bare NO as false: put it in quotes)"
    return text
