"""The grid of a sweep: which combinations of a section's parameters are to be run.

An axis is `name=value,value,...`. Whole numbers take ranges (`first_year=2010..2015`); a list is
joined by plus signs, an empty one is `none` (`left_out=none,a+b`). Words of the content, named by
the setting `axes`, stand for values that follow from the data or from the other parameters.
"""

from __future__ import annotations

import itertools
import json
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_origin

from borderbook import book
from borderbook.errors import UserError
from borderbook.parameters.model import ParameterError, Parameters, unknown
from borderbook.parameters.values import changed, parse

MOST = 10_000
"""Combinations that a grid may have: more is a slip of the keyboard."""

_FEW = 3
"""Reasons that an error names."""
_NONE = "none"
_LIST = "+"
_RANGE = re.compile(r"(-?\d+)\.\.(-?\d+)")


@dataclass(frozen=True)
class Axis:
    """Values of `parameter` that a word of a grid stands for.

    `values` is given the other parameters of the combination if they are `of_others`, else nothing.
    """

    parameter: str
    values: Callable[[Mapping[str, Any]], Sequence[Any]]
    of_others: bool = False


@dataclass(frozen=True)
class Point:
    """A combination: a value for every parameter swept or fixed; `refused` says why it cannot be.

    `changed` are those that differ from the section's defaults, as a run takes them; none if it is
    refused.
    """

    values: Mapping[str, Any]
    changed: Mapping[str, Any]
    refused: str = ""


@dataclass(frozen=True)
class Grid:
    """The combinations of a sweep in order, each once, the default run among them.

    `swept` are the parameters that vary; `default` is the combination in which they have the
    section's own values.
    """

    swept: tuple[str, ...]
    points: tuple[Point, ...]
    default: Mapping[str, Any]

    @property
    def accepted(self) -> list[Point]:
        """The combinations that the section's model accepts."""
        return [point for point in self.points if not point.refused]

    @property
    def refused(self) -> list[Point]:
        """The combinations that it refuses."""
        return [point for point in self.points if point.refused]


def grid(model: type[Parameters], axes: Sequence[str], fixed: Mapping[str, Any]) -> Grid:
    """Return the grid of `axes`; `fixed` are the parameters that are the same in all runs.

    Raises ParameterError for a name that the section does not have or that is given twice, a text
    that is no value of its type, more than MOST combinations, or a section that refuses them all.

    >>> from borderbook.parameters.derive import model_of
    >>> small = model_of("small-enterprises")
    >>> years = grid(small, ["last_year=2016..2018,2009"], {"first_year": 2012})
    >>> [point.values["last_year"] for point in years.points]
    [2022, 2016, 2017, 2018, 2009]
    >>> years.refused[0].refused
    'last_year=2009: allowed: 2010 to 2022'
    """
    if not axes:
        raise ParameterError("a sweep needs something to vary: --grid name=value,value,...")
    taken: dict[str, list[Any]] = {}
    for text in axes:
        name, sign, listed = text.partition("=")
        if not sign:
            raise ParameterError(f"{text!r}: write a grid as name=value,value,...")
        _check_name(model, name)
        if name in taken or name in fixed:
            raise ParameterError(f"{name} is given twice")
        taken[name] = _values(model, name, listed)
    for name in fixed:
        _check_name(model, name)
    _check_size(taken)
    default = {name: _default(model, name) for name in taken}
    points: dict[str, Point] = {}
    for values in _expanded(taken, fixed, model):
        points.setdefault(_same(values), _point(model, values))
    if all(point.refused for point in points.values()):
        reasons = list(dict.fromkeys(point.refused for point in points.values()))
        more = [f"and {len(reasons) - _FEW} reasons more"] if len(reasons) > _FEW else []
        text = "; ".join([*reasons[:_FEW], *more])
        raise ParameterError(f"the section refuses every combination of the grid: {text}")
    base = {**fixed, **default}
    points = {_same(base): _point(model, base), **points} if _same(base) not in points else points
    if len(points) > MOST:
        raise ParameterError(f"the grid has {len(points)} combinations; at most {MOST} are run")
    return Grid(tuple(taken), tuple(points.values()), default)


def word(value: Any) -> str:
    """Return a parameter's value as the grid writes it.

    >>> word(["rye", "wheat"]), word([]), word(True), word(2016)
    ('rye+wheat', 'none', 'true', '2016')
    """
    if isinstance(value, list | tuple):
        return _LIST.join(value) or _NONE
    return str(value).lower() if str(value) in ("True", "False") else str(value)


def plain(value: Any) -> Any:
    """Return a parameter's value as a table holds it: a list becomes its word, the rest stays."""
    return word(value) if isinstance(value, list | tuple) else value


def _values(model: type[Parameters], name: str, text: str) -> list[Any]:
    """Return the values of an axis; an Axis of the others stays until they are known."""
    values: list[Any] = []
    axes: Mapping[str, Axis] = book.hook("axes", {})
    for part in (part.strip() for part in text.split(",")):
        span = _RANGE.fullmatch(part)
        axis = axes.get(part)
        if axis is not None and axis.parameter == name:
            values += [axis] if axis.of_others else axis.values({})
        elif span and model.model_fields[name].annotation is int:
            first, last = int(span[1]), int(span[2])
            if first > last:
                raise ParameterError(f"{name}={part}: a range goes from low to high")
            if last - first >= MOST:
                raise ParameterError(f"{name}={part}: more than {MOST} values")
            values += range(first, last + 1)
        else:
            values.append(_typed(model, name, part))
    return values


def _typed(model: type[Parameters], name: str, text: str) -> Any:
    """Return the value that a text is for a parameter's type."""
    kind = model.model_fields[name].annotation
    if not text:
        hint = f"; an empty list is {_NONE}" if get_origin(kind) is list else ""
        raise ParameterError(f"{name}=: a value is missing{hint}")
    if get_origin(kind) is list:
        return list(dict.fromkeys(parse(model, name, [] if text == _NONE else text.split(_LIST))))
    return parse(model, name, text)


def _expanded(
    axes: Mapping[str, list[Any]], fixed: Mapping[str, Any], model: type[Parameters]
) -> Iterator[dict[str, Any]]:
    """Return every combination, the first axis slowest, a word's values in its place."""
    for choice in itertools.product(*axes.values()):
        values = {**fixed, **dict(zip(axes, choice, strict=True))}
        words = {name: value for name, value in values.items() if isinstance(value, Axis)}
        known = {name: _default(model, name) for name in model.model_fields}
        known |= {name: value for name, value in values.items() if name not in words}
        try:
            lists = [axis.values(known) for axis in words.values()]
        except UserError:  # of a combination that the model refuses
            lists = [[_default(model, name)] for name in words]
        for items in itertools.product(*lists):
            yield values | dict(zip(words, items, strict=True))


def _point(model: type[Parameters], values: Mapping[str, Any]) -> Point:
    try:
        return Point(values, changed(model, values))
    except ParameterError as error:
        lines = str(error).splitlines()[1:]
        return Point(values, {}, "; ".join(line.removeprefix("- ") for line in lines))


def _same(values: Mapping[str, Any]) -> str:
    """Return what two combinations share when they are one: a list is a set of names."""
    sets = {k: sorted(v) if isinstance(v, list) else v for k, v in values.items()}
    return json.dumps(sets, sort_keys=True)


def _default(model: type[Parameters], name: str) -> Any:
    return model.model_fields[name].get_default()


def _check_name(model: type[Parameters], name: str) -> None:
    if name not in model.model_fields:
        raise ParameterError(unknown(name, model.model_fields))


def _check_size(axes: Mapping[str, list[Any]]) -> None:
    size = math.prod(map(len, axes.values()))
    if size > MOST:
        raise ParameterError(f"the grid has {size} combinations; at most {MOST} are run")
