"""Maps: a border group and what lies across the border, conic equal area."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from borderbook.figures import topojson
from borderbook.figures.charts import BORDER, INK, KAZAKHSTAN, NARROW, PAPER, WIDE
from borderbook.figures.topojson import Frame, Point

_PARALLELS = (52.0, 64.0)
_MERIDIAN = 100.0
CONIC = {
    "type": "conicEqualArea",
    "parallels": list(_PARALLELS),
    "rotate": [-_MERIDIAN, 0, 0],
    "center": [0, 0],
}
"""The projection of all maps, to be fitted."""
QUIET = "#e3e5e8"
"""Regions that only give the map its ground."""
_LEAST = 0.5
"""What is smaller is not drawn, pixels."""


def border_map(
    boundaries: Mapping[str, Any],
    *,
    group: Sequence[str],
    facing: Sequence[str],
    labels: Mapping[str, str],
    name: Callable[[str], str],
    height: int = 360,
) -> tuple[alt.TopLevelMixin, dict[str, Any]]:
    """Return a map that fits the regions of `group` and `facing`: the drawing and its narrow patch.

    `boundaries` is a TopoJSON document with an object `regions` whose shapes carry `region` and
    `country`; `labels` names the regions to be labelled (on a narrow screen by their code), `name`
    those that a pointer finds. The group is drawn strong, `facing` in Kazakhstan's colour,
    everything else quiet. What neither frame shows is not in the drawing.
    """
    shown = {*group, *facing}
    rings = {code: shape for code, shape in topojson.outlines(boundaries).items() if code in shown}
    points = [projected(point) for shape in rings.values() for ring in shape for point in ring]
    labelled = pd.DataFrame(
        [
            {
                "label": labels[code],
                "short": code.partition("-")[2],
                "longitude": place[0],
                "latitude": place[1],
            }
            for code, place in ((code, _centre(shape)) for code, shape in rings.items())
            if code in labels
        ]
    )
    tall = round(height * 0.75)
    wide, narrow = _fitted(points, WIDE, height), _fitted(points, NARROW, tall)
    frame = _around(_seen(wide, WIDE, height), _seen(narrow, NARROW, tall))
    drawn = topojson.framed(boundaries, projected, frame, _LEAST / wide["scale"])
    for shape in drawn["objects"]["regions"]["geometries"]:
        own = shape["properties"]
        shape["properties"] = {**own, "name": name(own["region"])}
    shapes = alt.InlineData(
        values=drawn, format=alt.TopoDataFormat(type="topojson", feature="regions")
    )
    colours = [
        {"test": f"indexof({list(group)}, datum.properties.region) >= 0", "value": BORDER},
        {"test": f"indexof({list(facing)}, datum.properties.region) >= 0", "value": KAZAKHSTAN},
    ]
    fill: dict[str, Any] = {"condition": colours, "value": QUIET}
    ground = alt.Chart(shapes).mark_geoshape(stroke=PAPER, strokeWidth=0.7, clip=True)
    names = alt.Chart(labelled).encode(
        longitude="longitude:Q", latitude="latitude:Q", text="label:N"
    )
    halo = names.mark_text(
        fontSize=10, stroke=PAPER, strokeWidth=3, strokeOpacity=0.85, strokeJoin="round"
    )
    drawing = (
        alt.layer(ground, halo, names.mark_text(fontSize=10, color=INK))
        .project(**wide)
        .properties(width=WIDE, height=height)
    )
    document = drawing.to_dict()
    found = {"field": "properties.name", "type": "nominal"}
    document["layer"][0]["encoding"] = {"fill": fill, "tooltip": found}
    ground_layer = document["layer"][0]
    document["data"] = ground_layer.pop("data")  # once, not again in the narrow patch
    finished = alt.LayerChart.from_dict(document)
    patch = {
        "width": NARROW,
        "height": tall,
        "projection": narrow,
        "layer": [ground_layer, *(_small(layer) for layer in document["layer"][1:])],
    }
    return finished, patch


def _small(layer: Mapping[str, Any]) -> dict[str, Any]:
    """Return a layer of labels for a narrow map: short forms, in smaller type."""
    encoding = {**layer["encoding"], "text": {"field": "short", "type": "nominal"}}
    return {**layer, "mark": {**layer["mark"], "fontSize": 9}, "encoding": encoding}


def _fitted(
    points: Sequence[Point], width: int, height: int, margin: float = 0.06
) -> dict[str, Any]:
    """Return the projection that fits `points` (projected, unit sphere) into a drawing."""
    left, right = min(x for x, _ in points), max(x for x, _ in points)
    top, bottom = min(y for _, y in points), max(y for _, y in points)
    scale = (1 - 2 * margin) * min(width / (right - left), height / (bottom - top))
    return {
        **CONIC,
        "scale": scale,
        "translate": [
            width / 2 - scale * (left + right) / 2,
            height / 2 - scale * (top + bottom) / 2,
        ],
    }


def _seen(projection: Mapping[str, Any], width: int, height: int) -> Frame:
    """Return what a fitted projection shows, on the unit sphere's plane."""
    scale, (left, top) = projection["scale"], projection["translate"]
    return -left / scale, -top / scale, (width - left) / scale, (height - top) / scale


def _around(one: Frame, other: Frame) -> Frame:
    """Return the smallest frame that holds both."""
    (left, top, right, bottom), (west, north, east, south) = one, other
    return min(left, west), min(top, north), max(right, east), max(bottom, south)


def projected(point: Point) -> Point:
    """Return a point (degrees) in conic equal area on the unit sphere, y downwards.

    Source of the formula: Snyder, J. P. (1987), Map Projections: A Working Manual, p. 98 to 100.
    """
    first, second = (math.radians(p) for p in _PARALLELS)
    n = (math.sin(first) + math.sin(second)) / 2
    c = math.cos(first) ** 2 + 2 * n * math.sin(first)
    turn = n * math.radians((point[0] - _MERIDIAN + 180) % 360 - 180)
    radius = math.sqrt(c - 2 * n * math.sin(math.radians(point[1]))) / n
    return radius * math.sin(turn), radius * math.cos(turn) - math.sqrt(c) / n


def _centre(rings: Sequence[Sequence[Point]]) -> Point:
    """Return the centroid of the largest ring, degrees; rings are small enough to count flat.

    >>> _centre([[(0, 0), (4, 0), (4, 2), (0, 2), (0, 0)]])
    (2.0, 1.0)
    """

    def moments(ring: Sequence[Point]) -> tuple[float, float, float]:
        pairs = list(zip(ring, [*ring[1:], ring[0]], strict=True))
        crosses = [a[0] * b[1] - b[0] * a[1] for a, b in pairs]
        return (
            math.fsum(crosses) / 2,
            math.fsum((a[0] + b[0]) * cross for (a, b), cross in zip(pairs, crosses, strict=True))
            / 6,
            math.fsum((a[1] + b[1]) * cross for (a, b), cross in zip(pairs, crosses, strict=True))
            / 6,
        )

    area, x, y = max((moments(ring) for ring in rings), key=lambda m: abs(m[0]))
    return round(x / area, 4), round(y / area, 4)
