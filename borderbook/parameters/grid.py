"""The grid of a sweep: which combinations of a section's parameters are to be run.

An axis is `name=value,value,...`. Whole numbers take ranges (`first_year=2010..2015`); a list is
joined by plus signs, an empty one is `none` (`exclude=none,RU-CHE+RU-SAM`); `exclude=each-region`
leaves out each region of the group in turn, the group being that of the other parameters;
`neighbour=each-neighbour` takes each of Russia's neighbours.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_origin

from borderbook.parameters.model import ParameterError, Section, changed, parse, unknown
from helpers.regions import Group, GroupError, neighbours

MOST = 10_000
"""Combinations that a grid may have: more is a slip of the keyboard."""

_NONE = "none"
_EACH_REGION = "each-region"
_EACH_NEIGHBOUR = "each-neighbour"
_LIST = "+"
_RANGE = re.compile(r"(-?\d+)\.\.(-?\d+)")


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


def grid(model: type[Section], axes: Sequence[str], fixed: Mapping[str, Any]) -> Grid:
    """Return the grid of `axes`; `fixed` are the parameters that are the same in all runs.

    Raises ParameterError for a name that the section does not have or that is given twice, a text
    that is no value of its type, or more than MOST combinations.

    >>> from borderbook.parameters.model import SmallEnterprises
    >>> years = grid(SmallEnterprises, ["last_year=2016..2018,2009"], {"first_year": 2012})
    >>> [point.values["last_year"] for point in years.points]
    [2022, 2016, 2017, 2018, 2009]
    >>> years.refused[0].refused
    'last_year=2009: the data hold 2010 to 2022'
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
    found: dict[str, Point] = {}
    for values in _expanded(taken, fixed, model):
        found.setdefault(_same(values), _point(model, values))
    own = {**fixed, **default}
    points = {_same(own): _point(model, own), **found} if _same(own) not in found else found
    if len(points) > MOST:
        raise ParameterError(f"the grid has {len(points)} combinations; at most {MOST} are run")
    return Grid(tuple(taken), tuple(points.values()), default)


def word(value: Any) -> str:
    """Return a parameter's value as the grid writes it.

    >>> word(["RU-CHE", "RU-SAM"]), word([]), word(True), word(2016)
    ('RU-CHE+RU-SAM', 'none', 'true', '2016')
    """
    if isinstance(value, list | tuple):
        return _LIST.join(value) or _NONE
    return str(value).lower() if str(value) in ("True", "False") else str(value)


def plain(value: Any) -> Any:
    """Return a parameter's value as a table holds it: a list becomes its word, the rest stays."""
    return word(value) if isinstance(value, list | tuple) else value


def _values(model: type[Section], name: str, text: str) -> list[Any]:
    """Return the values of an axis; each-region stays a word until the group is known."""
    found: list[Any] = []
    for part in (part.strip() for part in text.split(",")):
        span = _RANGE.fullmatch(part)
        if part == _EACH_NEIGHBOUR and name == "neighbour":
            found += neighbours()
        elif part == _EACH_REGION and name == "exclude":
            found.append(_EACH_REGION)
        elif span and model.model_fields[name].annotation is int:
            first, last = int(span[1]), int(span[2])
            if first > last:
                raise ParameterError(f"{name}={part}: a range goes from low to high")
            if last - first >= MOST:
                raise ParameterError(f"{name}={part}: more than {MOST} values")
            found += range(first, last + 1)
        else:
            found.append(_typed(model, name, part))
    return found


def _typed(model: type[Section], name: str, text: str) -> Any:
    """Return the value that a text is for a parameter's type."""
    kind = model.model_fields[name].annotation
    if not text:
        hint = f"; an empty list is {_NONE}" if get_origin(kind) is list else ""
        raise ParameterError(f"{name}=: a value is missing{hint}")
    if get_origin(kind) is list:
        return list(dict.fromkeys(parse(model, name, [] if text == _NONE else text.split(_LIST))))
    return parse(model, name, text)


def _expanded(
    axes: Mapping[str, list[Any]], fixed: Mapping[str, Any], model: type[Section]
) -> Iterator[dict[str, Any]]:
    """Return every combination, the first axis slowest, each region of each group in its turn."""
    for choice in itertools.product(*axes.values()):
        values = {**fixed, **dict(zip(axes, choice, strict=True))}
        if values.get("exclude") != _EACH_REGION:
            yield values
            continue
        try:
            near = Group(values.get("neighbour", _default(model, "neighbour"))).bordering
        except GroupError:
            yield {**values, "exclude": []}  # refused for its neighbour
            continue
        for code in near:
            yield {**values, "exclude": [code]}


def _point(model: type[Section], values: Mapping[str, Any]) -> Point:
    try:
        return Point(values, changed(model, values))
    except ParameterError as error:
        faults = str(error).splitlines()[1:]
        return Point(values, {}, "; ".join(fault.removeprefix("- ") for fault in faults))


def _same(values: Mapping[str, Any]) -> str:
    """Return what two combinations share when they are one: a list is a set of names."""
    sets = {k: sorted(v) if isinstance(v, list) else v for k, v in values.items()}
    return json.dumps(sets, sort_keys=True)


def _default(model: type[Section], name: str) -> Any:
    return model.model_fields[name].get_default(call_default_factory=True)


def _check_name(model: type[Section], name: str) -> None:
    if name not in model.model_fields:
        raise ParameterError(unknown(name, model.model_fields))


def _check_size(axes: Mapping[str, list[Any]]) -> None:
    size = 1
    for values in axes.values():
        size *= len(values)
    if size > MOST:
        raise ParameterError(f"the grid has {size} combinations; at most {MOST} are run")
