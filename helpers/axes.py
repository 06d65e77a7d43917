"""Axes of a sweep that follow from the data: words of a grid for values that it would list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from borderbook.parameters.grid import Axis
from helpers.regions import Group, neighbours


def _each_region(values: Mapping[str, Any]) -> list[list[str]]:
    return [[code] for code in Group(values["neighbour"]).bordering]


AXES = {
    "each-neighbour": Axis("neighbour", lambda _: list(neighbours())),
    "each-region": Axis("exclude", _each_region, of_others=True),
}
"""Each of Russia's neighbours; each region of the group left out in turn."""
