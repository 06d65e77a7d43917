"""Maps: some areas strong, some in contrast, the others faint; conic equal area."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import pandas as pd

from borderbook.figures import palette, topojson
from borderbook.figures.charts import Drawing
from borderbook.figures.palette import NARROW, WIDE
from borderbook.figures.topojson import Frame, Point, Shapes

_LEAST = 0.5
"""What is smaller is not drawn, pixels."""


@dataclass(frozen=True)
class Conic:
    """Conic equal-area projection: its two standard parallels and its central meridian, degrees."""

    parallels: tuple[float, float]
    meridian: float

    def __call__(self, point: Point) -> Point:
        """Return a point (degrees) on the plane of the unit sphere, y downwards.

        Source of the formula: Snyder, J. P. (1987), Map Projections: A Working Manual, p. 98 to
        100.

        >>> x, y = Conic((30.0, 60.0), 10.0)((10.0, 90.0))
        >>> round(x, 3), round(y, 3)
        (0.0, -1.374)
        """
        first, second = (math.radians(p) for p in self.parallels)
        n = (math.sin(first) + math.sin(second)) / 2
        c = math.cos(first) ** 2 + 2 * n * math.sin(first)
        turn = n * math.radians((point[0] - self.meridian + 180) % 360 - 180)
        radius = math.sqrt(c - 2 * n * math.sin(math.radians(point[1]))) / n
        return radius * math.sin(turn), radius * math.cos(turn) - math.sqrt(c) / n

    @property
    def vega(self) -> dict[str, Any]:
        """The projection as Vega-Lite has it, to be fitted."""
        return {
            "type": "conicEqualArea",
            "parallels": list(self.parallels),
            "rotate": [-self.meridian, 0, 0],
            "center": [0, 0],
        }


def highlighted(
    shapes: Shapes,
    projection: Conic,
    *,
    strong: Sequence[str],
    contrast: Sequence[str],
    labels: Mapping[str, tuple[str, str]],
    name: Callable[[str], str],
    alternative: str,
    height: int = 360,
) -> Drawing:
    """Return a map that fits the shapes named in `strong` and `contrast`, drawn in these colours.

    `labels` gives those to be labelled a text and a short one for a narrow screen, `name` what a
    pointer finds on each. Everything else is faint; what neither frame shows is not in the drawing.
    """
    colours = palette.current()
    shown = {*strong, *contrast}
    rings = {code: shape for code, shape in topojson.outlines(shapes).items() if code in shown}
    points = [projection(point) for shape in rings.values() for ring in shape for point in ring]
    labelled = pd.DataFrame(
        [(*labels[code], *_centre(shape)) for code, shape in rings.items() if code in labels],
        columns=["label", "short", "longitude", "latitude"],
    )
    tall = round(height * 0.75)
    wide = _fitted(projection, points, WIDE, height)
    narrow = _fitted(projection, points, NARROW, tall)
    frame = _around(_view(wide, WIDE, height), _view(narrow, NARROW, tall))
    drawn = topojson.framed(shapes, projection, frame, _LEAST / wide["scale"])
    for shape in drawn["objects"][shapes.object]["geometries"]:
        shape["properties"] = {**shape["properties"], "name": name(shapes.name(shape))}
    outlines = alt.InlineData(
        values=drawn, format=alt.TopoDataFormat(type="topojson", feature=shapes.object)
    )
    code = f"datum.properties.{shapes.key}"
    conditions = [
        {"test": f"indexof({list(codes)}, {code}) >= 0", "value": colour}
        for codes, colour in ((strong, colours.strong), (contrast, colours.contrast))
    ]
    fill: dict[str, Any] = {"condition": conditions, "value": colours.faint}
    ground = alt.Chart(outlines).mark_geoshape(stroke=colours.ground, strokeWidth=0.7, clip=True)
    names = alt.Chart(labelled).encode(
        longitude="longitude:Q", latitude="latitude:Q", text="label:N"
    )
    halo = names.mark_text(
        fontSize=10, stroke=colours.ground, strokeWidth=3, strokeOpacity=0.85, strokeJoin="round"
    )
    drawing = (
        alt.layer(ground, halo, names.mark_text(fontSize=10, color=colours.ink))
        .project(**wide)
        .properties(width=WIDE, height=height)
    )
    document = drawing.to_dict()
    tooltip = {"field": "properties.name", "type": "nominal"}
    document["layer"][0]["encoding"] = {"fill": fill, "tooltip": tooltip}
    ground_layer = document["layer"][0]
    document["data"] = ground_layer.pop("data")  # once, not again in the narrow patch
    finished = alt.LayerChart.from_dict(document)
    patch = {
        "width": NARROW,
        "height": tall,
        "projection": narrow,
        "layer": [ground_layer, *(_small(layer) for layer in document["layer"][1:])],
    }
    return Drawing(finished, alternative, patch)


def _small(layer: Mapping[str, Any]) -> dict[str, Any]:
    """Return a layer of labels for a narrow map: short forms, in smaller type."""
    encoding = {**layer["encoding"], "text": {"field": "short", "type": "nominal"}}
    return {**layer, "mark": {**layer["mark"], "fontSize": 9}, "encoding": encoding}


def _fitted(
    projection: Conic, points: Sequence[Point], width: int, height: int, margin: float = 0.06
) -> dict[str, Any]:
    """Return the projection that fits `points` (projected, unit sphere) into a drawing."""
    left, right = min(x for x, _ in points), max(x for x, _ in points)
    top, bottom = min(y for _, y in points), max(y for _, y in points)
    scale = (1 - 2 * margin) * min(width / (right - left), height / (bottom - top))
    return {
        **projection.vega,
        "scale": scale,
        "translate": [
            width / 2 - scale * (left + right) / 2,
            height / 2 - scale * (top + bottom) / 2,
        ],
    }


def _view(projection: Mapping[str, Any], width: int, height: int) -> Frame:
    """Return what a fitted projection shows, on the unit sphere's plane."""
    scale, (left, top) = projection["scale"], projection["translate"]
    return -left / scale, -top / scale, (width - left) / scale, (height - top) / scale


def _around(one: Frame, other: Frame) -> Frame:
    """Return the smallest frame that holds both."""
    (left, top, right, bottom), (west, north, east, south) = one, other
    return min(left, west), min(top, north), max(right, east), max(bottom, south)


def _centre(rings: Sequence[Sequence[Point]]) -> Point:
    """Return the centroid of the largest ring, degrees; rings are small enough to count flat.

    >>> _centre([[(0, 0), (4, 0), (4, 2), (0, 2), (0, 0)]])
    (2.0, 1.0)
    """

    def moments(ring: Sequence[Point]) -> tuple[float, float, float]:
        steps = [
            (a, b, a[0] * b[1] - b[0] * a[1])
            for a, b in zip(ring, [*ring[1:], ring[0]], strict=True)
        ]
        x, y = (math.fsum((a[i] + b[i]) * cross for a, b, cross in steps) / 6 for i in (0, 1))
        return math.fsum(cross for *_, cross in steps) / 2, x, y

    area, x, y = max((moments(ring) for ring in rings), key=lambda m: abs(m[0]))
    return round(x / area, 4), round(y / area, 4)
