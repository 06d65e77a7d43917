"""Outlines of regions for a small map: projected, and with no more points than can be seen."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from helpers.maps import Point, arcs, projected

Polygon = Sequence[Sequence[int]]
"""Outer ring and holes, each as the indices of its arcs; ~i is arc i backwards."""
Place = tuple[int, int]

_GRID = 4000
"""Steps that the longer side of the map is measured in."""


def thinned(boundaries: Mapping[str, Any], country: str, tolerance: float) -> dict[str, Any]:
    """Return the regions of `country` as a TopoJSON document in the plane, y downwards.

    `boundaries` is a quantised TopoJSON document with an object `regions` whose shapes carry
    `region` and `country`. Points that lie within `tolerance` of the line without them are left
    out, as are islands of less than twice its square in extent, but never the whole of a region;
    `tolerance` is a fraction of the map's longer side. Neighbours share their borders as before.
    """
    shapes = [
        shape
        for shape in boundaries["objects"]["regions"]["geometries"]
        if shape["properties"]["country"] == country
    ]
    lines = [[projected(point) for point in arc] for arc in arcs(boundaries)]
    used = {
        _index(i) for shape in shapes for ring in itertools.chain(*_polygons(shape)) for i in ring
    }
    points = [point for index in used for point in lines[index]]
    left, top = min(x for x, _ in points), min(y for _, y in points)
    step = max(max(x for x, _ in points) - left, max(y for _, y in points) - top) / _GRID
    coarse = {index: simplified(lines[index], tolerance * step * _GRID) for index in used}
    grid = {
        index: [(round((x - left) / step), round((y - top) / step)) for x, y in line]
        for index, line in coarse.items()
    }
    least = 2 * (tolerance * _GRID) ** 2
    kept = {
        shape["properties"]["region"]: _large(_polygons(shape), grid, least) for shape in shapes
    }
    order = sorted(
        {
            _index(i)
            for polygons in kept.values()
            for ring in itertools.chain(*polygons)
            for i in ring
        }
    )
    place = {index: number for number, index in enumerate(order)}
    return {
        "type": "Topology",
        "transform": {"scale": [1, 1], "translate": [0, 0]},
        "objects": {
            "regions": {
                "type": "GeometryCollection",
                "geometries": [
                    {
                        "type": "MultiPolygon",
                        "properties": {"region": code},
                        "arcs": [
                            [[place[i] if i >= 0 else ~place[~i] for i in ring] for ring in polygon]
                            for polygon in polygons
                        ],
                    }
                    for code, polygons in kept.items()
                ],
            }
        },
        "arcs": [_steps(grid[index]) for index in order],
    }


def simplified(line: Sequence[Point], tolerance: float) -> list[Point]:
    """Return a line without the points that lie within `tolerance` of the line that is left.

    Source: Douglas, D., Peucker, T. (1973), Algorithms for the reduction of the number of points
    required to represent a digitized line or its caricature, Cartographica 10.

    >>> simplified([(0, 0), (1, 0.1), (2, 0), (3, 5), (4, 0)], 0.5)
    [(0, 0), (2, 0), (3, 5), (4, 0)]
    """
    return [line[index] for index in _kept(np.array([complex(*p) for p in line]), 0, tolerance)]


def _kept(line: NDArray[np.complex128], start: int, tolerance: float) -> list[int]:
    """Return the indices, counted from `start`, of the points of a line that are to stay."""
    last = start + len(line) - 1
    if len(line) < 3:
        return [start, last]
    along = line[-1] - line[0]
    from_first = line[1:-1] - line[0]
    part = (from_first * along.conjugate()).real / (abs(along) ** 2 or 1.0)
    away = np.abs(from_first - np.clip(part, 0, 1) * along)
    far = 1 + int(away.argmax())
    if away[far - 1] <= tolerance:
        return [start, last]
    before = _kept(line[: far + 1], start, tolerance)
    return before[:-1] + _kept(line[far:], start + far, tolerance)


def _large(
    polygons: Sequence[Polygon], grid: Mapping[int, Sequence[Place]], least: float
) -> list[Polygon]:
    """Return the polygons of at least an area, and the largest in any case."""
    areas = [_area([place for i in rings[0] for place in _along(grid, i)]) for rings in polygons]
    least = min(least, max(areas))
    return [rings for rings, area in zip(polygons, areas, strict=True) if area >= least]


def _area(ring: Sequence[Place]) -> float:
    pairs = zip(ring, [*ring[1:], ring[0]], strict=True)
    return abs(sum(ax * by - bx * ay for (ax, ay), (bx, by) in pairs)) / 2


def _along(grid: Mapping[int, Sequence[Place]], index: int) -> Iterable[Place]:
    return grid[index] if index >= 0 else reversed(grid[~index])


def _polygons(shape: Mapping[str, Any]) -> list[Polygon]:
    """Return the polygons of a shape: outer ring and holes, as indices of arcs."""
    return [shape["arcs"]] if shape["type"] == "Polygon" else shape["arcs"]


def _index(signed: int) -> int:
    return signed if signed >= 0 else ~signed


def _steps(line: Sequence[Place]) -> list[list[int]]:
    """Return a line as its first point and the offsets from point to point."""
    before = [(0, 0), *line[:-1]]
    return [[x - u, y - v] for (x, y), (u, v) in zip(line, before, strict=True)]
