"""Outlines that share their borders (TopoJSON): what a frame shows of them, and no finer."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any

Point = tuple[float, float]
Frame = tuple[float, float, float, float]
"""A rectangle: left, top, right, bottom."""

_FAR = 12
"""Tolerance factor for lines outside the frame."""


@dataclass(frozen=True)
class Shapes:
    """The shapes of one object of a quantised topology, and the property that names each."""

    topology: Mapping[str, Any]
    object: str
    key: str

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Return the shapes in order."""
        return iter(self.topology["objects"][self.object]["geometries"])

    def name(self, shape: Mapping[str, Any]) -> str:
        """Return the name of a shape."""
        return str(shape["properties"][self.key])


def arcs(topology: Mapping[str, Any]) -> Iterator[list[Point]]:
    """Return the arcs of a quantised topology in degrees: offsets added up, scaled, moved."""
    scale, move = topology["transform"]["scale"], topology["transform"]["translate"]
    for arc in topology["arcs"]:
        xs, ys = (accumulate(steps) for steps in zip(*arc, strict=True))
        yield [
            (x * scale[0] + move[0], y * scale[1] + move[1]) for x, y in zip(xs, ys, strict=True)
        ]


def outlines(shapes: Shapes) -> dict[str, list[list[Point]]]:
    """Return the outer rings of every shape by its name, in degrees."""
    drawn = list(arcs(shapes.topology))
    return {
        shapes.name(shape): [_ring(polygon, drawn) for polygon in _polygons(shape)]
        for shape in shapes
    }


def framed(
    shapes: Shapes, project: Callable[[Point], Point], frame: Frame, least: float
) -> dict[str, Any]:
    """Return what `frame` shows of a topology: polygons that reach into it, their lines thinned.

    `project` takes degrees to the plane of the frame; no line moves by more than `least` there,
    but for those well outside. Neighbours go on sharing their borders.
    """
    topology = shapes.topology
    drawn = [[project(point) for point in line] for line in arcs(topology)]
    parts = []
    for shape in shapes:
        seen = [part for part in _polygons(shape) if _meets(_ring(part, drawn), frame)]
        if seen:
            parts.append({**shape, "type": "MultiPolygon", "arcs": seen})
    used = sorted({max(i, ~i) for s in parts for part in s["arcs"] for ring in part for i in ring})
    new = {old: index for index, old in enumerate(used)}
    far = least * _FAR
    wide = (frame[0] - 2 * far, frame[1] - 2 * far, frame[2] + 2 * far, frame[3] + 2 * far)
    retained = [thinned(drawn[i], least if _meets(drawn[i], wide) else far) for i in used]
    for shape in parts:
        shape["arcs"] = [
            [[new[i] if i >= 0 else ~new[~i] for i in ring] for ring in part]
            for part in shape["arcs"]
        ]
    return {
        **topology,
        "objects": {shapes.object: {"type": "GeometryCollection", "geometries": parts}},
        "arcs": [_chosen(topology["arcs"][i], k) for i, k in zip(used, retained, strict=True)],
    }


def _polygons(shape: Mapping[str, Any]) -> list[list[list[int]]]:
    """Return the polygons of a shape: for each its rings, the outer one first."""
    return [shape["arcs"]] if shape["type"] == "Polygon" else list(shape["arcs"])


def _ring(polygon: Sequence[Sequence[int]], drawn: Sequence[list[Point]]) -> list[Point]:
    """Return the points of a polygon's outer ring; a line that is numbered ~i runs backwards."""
    return [point for i in polygon[0] for point in (drawn[i] if i >= 0 else drawn[~i][::-1])]


def _meets(points: Sequence[Point], frame: Frame) -> bool:
    """Return whether the box around some points and a frame have a point in common."""
    left, top, right, bottom = frame
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs) <= right and max(xs) >= left and min(ys) <= bottom and max(ys) >= top


def thinned(line: Sequence[Point], least: float) -> list[int]:
    """Return which points of a line to keep: the ends, and what stands off by more than `least`.

    Source: Douglas, D. and Peucker, T. (1973), Cartographica 10 (2), p. 112 to 122.

    >>> thinned([(0, 0), (1, 1.4), (2, 3), (3, 0), (4, 0)], least=0.5)
    [0, 2, 3, 4]
    """
    last = len(line) - 1
    retained, spans = {0, last}, [(0, last)]
    while spans:
        start, end = spans.pop()
        off, index = max(
            ((_off(line[i], line[start], line[end]), i) for i in range(start + 1, end)),
            default=(0.0, start),
        )
        if off > least:
            retained.add(index)
            spans += [(start, index), (index, end)]
    return sorted(retained)


def _off(point: Point, start: Point, end: Point) -> float:
    """Return the distance of a point from a line between two points."""
    x, y = point[0] - start[0], point[1] - start[1]
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = dx * dx + dy * dy
    along = min(1.0, max(0.0, (x * dx + y * dy) / length)) if length else 0.0
    return math.hypot(x - along * dx, y - along * dy)


def _chosen(arc: Sequence[Sequence[int]], retained: Sequence[int]) -> list[list[int]]:
    """Return the chosen points of a quantised line, each as its offset from the one before.

    >>> _chosen([[5, 5], [1, 0], [0, 2], [3, 3]], [0, 2, 3])
    [[5, 5], [1, 2], [3, 3]]
    """
    bounds = [0, *(index + 1 for index in retained)]
    return [
        [sum(step[axis] for step in arc[start:end]) for axis in (0, 1)]
        for start, end in pairwise(bounds)
    ]
