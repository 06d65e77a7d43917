"""Values of parameters as texts: read by the parameter's type, written, allowed, as a schema."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, get_args, get_origin

from pydantic import TypeAdapter

from borderbook.parameters.derive import model_of, sections
from borderbook.parameters.model import ParameterError, Parameters, unknown

_SWITCH = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def read(given: Mapping[str, str | list[str]], section: str | None = None) -> dict[str, Any]:
    """Return texts as values of the parameters' types: those of a section, or of all.

    Raises ParameterError for a name that no section has, and a text that its type does not allow.
    """
    models = [model_of(name) for name in ([section] if section else sections())]
    known = {name: model for model in reversed(models) for name in model.model_fields}
    for name in given:
        if name not in known:
            raise ParameterError(unknown(name, known))
    return {name: parse(known[name], name, text) for name, text in given.items()}


def of_section(section: str, chosen: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values that a section has a parameter for, checked before a kernel starts."""
    model = model_of(section)
    applicable = {name: value for name, value in chosen.items() if name in model.model_fields}
    try:
        model.checked(applicable)
    except ParameterError as error:
        raise ParameterError(f"{section}: {error}") from None
    return applicable


def parse(model: type[Parameters], name: str, text: str | list[str]) -> Any:
    """Return what a parameter's text means by the parameter's type.

    Text stays as it is: NO is a country. A whole number is written in digits, and leading zeros do
    not count: 007 is 7, 1e3 is refused. A switch is true, yes or 1; false, no or 0. A list is
    split at commas, or given as the texts of its items. Raises ParameterError for an unknown name,
    and for a text that the type does not allow; whether the value itself is allowed,
    `Parameters.checked` says.

    >>> class Loaf(Parameters):
    ...     baker: str = "NO"
    ...     grams: int = 500
    ...     seeds: list[str] = []
    ...     sliced: bool = False
    >>> parse(Loaf, "baker", "NO"), parse(Loaf, "grams", "007")
    ('NO', 7)
    >>> parse(Loaf, "seeds", "poppy, sesame"), parse(Loaf, "sliced", "yes")
    (['poppy', 'sesame'], True)
    """
    if name not in model.model_fields:
        raise ParameterError(unknown(name, model.model_fields))
    kind: Any = model.model_fields[name].annotation
    if get_origin(kind) is list:
        texts = text.split(",") if isinstance(text, str) else text
        items = [_value(model, name, get_args(kind)[0], each) for each in texts]
        return [item for item in items if item != ""]
    return _value(model, name, kind, text)


def changed(model: type[Parameters], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values that differ from their defaults, in the model's order, checked.

    Raises ParameterError if they cannot be used together.

    >>> class Loaf(Parameters):
    ...     grams: int = 500
    ...     sliced: bool = False
    >>> changed(Loaf, {"sliced": True, "grams": 500})
    {'sliced': True}
    """
    for name in values:
        if name not in model.model_fields:
            raise ParameterError(unknown(name, model.model_fields))
    return model.checked(values).changed


def allowed(model: type[Parameters], name: str) -> str:
    """Return in words which values a parameter may have.

    >>> from borderbook.parameters.model import Limits
    >>> class Loaf(Parameters):
    ...     bread: str = "rye"
    ...     grams: int = 500
    >>> Loaf.limits = {"bread": Limits(choices=("rye", "wheat")), "grams": Limits(300, 3000)}
    >>> allowed(Loaf, "grams"), allowed(Loaf, "bread")
    ('a whole number from 300 to 3000', 'rye, wheat')
    """
    field = schema(model)["properties"][name]
    if "enum" in field:
        return ", ".join(field["enum"])
    span = f" from {field['minimum']} to {field['maximum']}" if "minimum" in field else ""
    match field["type"]:
        case "boolean":
            return "true or false (yes or no, 1 or 0)"
        case "array":
            items = ", ".join(field["items"].get("enum", []))
            return f"a list with commas, of {items}" if items else "a list with commas"
        case "integer":
            return f"a whole number{span or ', in digits'}"
        case kind:
            return "any text" if kind == "string" else f"a {kind}{span}"


def schema(model: type[Parameters]) -> dict[str, Any]:
    """Return the JSON Schema of a section's parameters, with what is allowed.

    >>> schema(model_of("foreign-trade"))["properties"]["last_year"]["maximum"]
    2021
    """
    document = model.model_json_schema()
    for name, field in document.setdefault("properties", {}).items():
        if choices := model.choices(name):
            (field["items"] if field["type"] == "array" else field)["enum"] = choices
        if (limits := model.limits.get(name)) and limits.low is not None:
            field["minimum"], field["maximum"] = limits.low, limits.high
    return document


def _value(model: type[Parameters], name: str, kind: Any, text: Any) -> Any:
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
