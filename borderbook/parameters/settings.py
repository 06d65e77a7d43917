"""Parameters for the whole book, as authors write them: each section takes those that it has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from borderbook.parameters import model as parameters
from borderbook.parameters.model import ParameterError


def read(given: Mapping[str, str | list[str]], section: str = "") -> dict[str, Any]:
    """Return texts as values of the parameters' types: those of a section, or of all.

    Raises ParameterError for a name that no section has, and a text that its type does not allow.

    >>> read({"neighbour": "NO", "last_year": "2016"})
    {'neighbour': 'NO', 'last_year': 2016}
    """
    names = [section] if section else list(parameters.SECTIONS)
    models = [parameters.model_of(name) for name in names]
    known = {name: model for model in reversed(models) for name in model.model_fields}
    for name in given:
        if name not in known:
            raise ParameterError(parameters.unknown(name, known))
    return {name: parameters.parse(known[name], name, text) for name, text in given.items()}


def of_section(section: str, chosen: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings that a section has, checked by its model before a kernel starts.

    >>> of_section("foreign-trade", {"neighbour": "CN", "last_year": 2016})
    {'last_year': 2016}
    """
    model = parameters.SECTIONS[section]
    own = {name: value for name, value in chosen.items() if name in model.model_fields}
    try:
        model.checked(own)
    except ParameterError as error:
        raise ParameterError(f"{section}: {error}") from None
    return own
