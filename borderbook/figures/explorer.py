"""Explorers: a map and a chart in which a reader chooses regions, years and indicator.

The document holds figures, not shares: Vega-Lite computes the shares from them, in the picture of
the build as in the reader's browser.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import altair as alt
import pandas as pd

from borderbook import book, formatting
from borderbook.figures import charts, palette, topojson
from borderbook.figures.charts import Drawing
from borderbook.figures.maps import Conic
from borderbook.figures.palette import NARROW, WIDE
from borderbook.figures.topojson import Shapes

_AXIS = 50
"""Room for the value axis, pixels."""
_LEAST = 0.004
"""What is smaller is not drawn, on the unit sphere: about two pixels of the wide drawing."""
_MARKS = "shares"
_IS_CHOSEN = "indexof(chosen, {}) >= 0"
_IS_OF = "datum.indicator == indicator && "
_IN_VIEW = _IS_OF + "first <= datum.year && datum.year <= last"


@dataclass(frozen=True)
class Indicator:
    """What a share can be of: figures of years by regions, with the whole in one more column.

    Where the whole is missing the sum of all regions stands in for it. `segment` names the run of
    comparable years that a year belongs to; `printed` holds values as printed, by year; `breaks`
    maps a year (x.5 stands between two) to its reason.
    """

    name: str
    title: str
    unit: str
    digits: int
    figures: pd.DataFrame
    segment: Callable[[int], str]
    printed: Mapping[int, str] = field(default_factory=dict)
    breaks: Mapping[float, str] = field(default_factory=dict)


def explorer(
    indicators: Sequence[Indicator],
    shapes: Shapes,
    projection: Conic,
    names: Mapping[str, str],
    *,
    total: str,
    chosen: Sequence[str],
    first: int,
    last: int,
    together: Mapping[str, Sequence[str]],
    alternative: str,
) -> Drawing:
    """Return an explorer that opens with the first of `indicators`, for the regions `chosen`.

    It opens with the years from `first` to `last`. `names` gives the regions that there are,
    code -> name, which are the names of `shapes`; `total` is the column of the whole; `together`
    labels regions to be switched as one. Raises ValueError if the figures of an indicator are not
    those of these regions.

    What a reader sets are the parameters `chosen`, `indicator`, `first` and `last`. The marks named
    `shares` carry year, share (per cent) and the share as text.
    """
    for indicator in indicators:
        if set(indicator.figures.columns) - {total} != set(names):
            raise ValueError(f"{indicator.name}: the figures are not those of the regions named")
    figures = [row for indicator in indicators for row in _figures(indicator)]
    parameters = {
        "chosen": list(chosen),
        "indicator": indicators[0].name,
        "first": first,
        "last": last,
        "names": dict(names),
        "titles": {i.name: f"{i.title}, {i.unit}" for i in indicators},
        "formats": {i.name: f".{i.digits}f" for i in indicators},
    }
    document = {
        "params": [{"name": name, "value": value} for name, value in parameters.items()],
        "datasets": {
            "figures": figures,
            "breaks": [
                {"indicator": i.name, "at": at, "reason": reason}
                for i in indicators
                for at, reason in i.breaks.items()
            ],
            "outlines": _outlines(shapes, projection, names),
        },
        "usermeta": {
            "explorer": {
                "indicators": [i.name for i in indicators],
                "years": sorted({row["year"] for row in figures}),
                "together": {label: list(codes) for label, codes in together.items()},
            }
        },
        "spacing": 12,
        "vconcat": _views(list(names), total, projection, WIDE - _AXIS, 340),
    }
    narrow = {"vconcat": _views(list(names), total, projection, NARROW - _AXIS, 155)}
    return Drawing(alt.VConcatChart.from_dict(document), alternative, narrow)


def in_words(indicator: Indicator, shares: pd.Series, regions: Sequence[str], place: str) -> str:
    """Return what the picture shows: a map of `place`, regions by name, shares in per cent."""
    values = [
        f"{year} {formatting.number(share, indicator.digits)}"
        for year, share in shares.dropna().items()
    ]
    text = f"Map of {place}. Drawn strong: {formatting.listing(regions)}. "
    text += f"Line chart by year, {indicator.title}, {indicator.unit}: {', '.join(values)}."
    if printed := [f"{year} {text}" for year, text in indicator.printed.items()]:
        text += f" Hollow marks, as {book.work()} prints them: {', '.join(printed)}."
    return text


def _figures(indicator: Indicator) -> list[dict[str, Any]]:
    """Return one row for each year that has a figure or a printed value, missing ones as null."""
    rows = {int(str(year)): row for year, row in indicator.figures.T.to_dict().items()}
    return [
        {
            "indicator": indicator.name,
            "year": year,
            "segment": indicator.segment(year),
            "printed": indicator.printed.get(year),
            **{code: None if pd.isna(value) else value for code, value in row.items()},
        }
        for year in sorted({*rows, *indicator.printed})
        for row in [rows.get(year, dict.fromkeys(indicator.figures.columns, None))]
    ]


def _outlines(shapes: Shapes, projection: Conic, names: Mapping[str, str]) -> dict[str, Any]:
    """Return the outlines of the regions named, no finer than a reader needs to find one.

    They are those of the object `regions`; the property `region` of each has its code.
    """
    parts = [
        {**shape, "properties": {"region": shapes.name(shape)}}
        for shape in shapes
        if shapes.name(shape) in names
    ]
    whole = {**shapes.topology, "objects": {"regions": {"geometries": parts}}}
    everywhere = (-math.inf, -math.inf, math.inf, math.inf)
    return topojson.framed(Shapes(whole, "regions", "region"), projection, everywhere, _LEAST)


def _views(
    codes: Sequence[str], total: str, projection: Conic, width: int, height: int
) -> list[dict[str, Any]]:
    """Return map and chart, one above the other."""
    colours = palette.current()
    test = _IS_CHOSEN.format("datum.properties.region")
    is_chosen = {"test": test, "value": colours.strong}
    return [
        {
            "width": width,
            "height": height,
            "data": {"name": "outlines", "format": {"type": "topojson", "feature": "regions"}},
            "projection": {**projection.vega, "precision": 0},
            "mark": _mark("geoshape", stroke=colours.ground, strokeWidth=0.7, cursor="pointer"),
            "encoding": {
                "fill": {"condition": is_chosen, "value": colours.faint},
                "tooltip": {"value": {"expr": "names[datum.properties.region]"}},
            },
        },
        {
            "width": width,
            "height": 220,
            "title": {"text": {"expr": "titles[indicator]"}, "fontSize": 12, "frame": "group"},
            "layer": [_breaks(), _printed(), _shares(codes, total)],
        },
    ]


def share_of_chosen(codes: Sequence[str], total: str) -> list[dict[str, Any]]:
    """Return the transforms from figures to shares: `year`, `segment`, `share`, `run`, `text`.

    A year in which a region chosen has no figure is left out; the whole is the column `total`, or
    else the sum of all regions if each has a figure. A `run` joins years that follow one another
    within one segment.
    """
    by_year = ["indicator", "year", "segment"]
    valid = {"op": "valid", "field": "value", "as": "held"}
    return [
        {"filter": _IN_VIEW},
        {"fold": list(codes), "as": ["region", "value"]},
        {"joinaggregate": [_sum("value", "summed"), valid], "groupby": by_year},
        {
            "calculate": f"isValid(datum.{total}) ? datum.{total}"
            f" : datum.held == {len(codes)} ? datum.summed : null",
            "as": "whole",
        },
        {"filter": _IS_CHOSEN.format("datum.region")},
        {
            "aggregate": [_sum("value", "part"), valid, {"op": "count", "as": "wanted"}],
            "groupby": [*by_year, "whole"],
        },
        {"filter": "isValid(datum.whole) && datum.held == datum.wanted"},
        {"calculate": "100 * datum.part / datum.whole", "as": "share"},
        {"calculate": "format(datum.share, formats[indicator])", "as": "text"},
        {
            "window": [{"op": "lag", "field": "year", "as": "before"}],
            "sort": [{"field": "year"}],
            "groupby": ["segment"],
        },
        {"calculate": "datum.before == datum.year - 1 ? 0 : 1", "as": "starts"},
        {
            "window": [_sum("starts", "run")],
            "sort": [{"field": "year"}],
            "frame": [None, 0],
        },
        {"joinaggregate": [{"op": "max", "field": "year", "as": "latest"}]},
    ]


def _shares(codes: Sequence[str], total: str) -> dict[str, Any]:
    """Return the line of shares, its solid marks and the last share in figures."""
    strong = palette.current().strong
    place = {"x": _x("year"), "y": _y("share")}
    return {
        "data": {"name": "figures"},
        "transform": share_of_chosen(codes, total),
        "encoding": place,
        "layer": [
            {
                "mark": _mark("line", color=strong, strokeWidth=2.5),
                "encoding": {"detail": {"field": "run", "type": "nominal"}},
            },
            {
                "name": _MARKS,
                "mark": _mark("point", filled=True, size=38, opacity=1, color=strong),
                "encoding": {"tooltip": _tooltip("text", "Share, %")},
            },
            {
                "transform": [{"filter": "datum.year == datum.latest"}],
                "mark": _mark("text", dy=-12, fontWeight="bold", color=strong),
                "encoding": {"text": {"field": "text", "type": "nominal"}},
            },
        ],
    }


def _printed() -> dict[str, Any]:
    """Return the printed values, as hollow marks."""
    return {
        "data": {"name": "figures"},
        "transform": [
            {"filter": f"{_IN_VIEW} && isValid(datum.printed)"},
            {"calculate": "toNumber(datum.printed)", "as": "value"},
        ],
        "mark": _mark("point", **charts.HOLLOW, color=palette.current().strong),
        "encoding": {
            "x": _x("year"),
            "y": _y("value"),
            "tooltip": _tooltip("printed", "Printed, %"),
        },
    }


def _tooltip(name: str, title: str) -> list[dict[str, Any]]:
    """Return what a pointer finds on a mark: the year as its title, then the value."""
    return [
        {"field": "year", "type": "nominal", "title": "title"},
        {"field": name, "type": "nominal", "title": title},
    ]


def _breaks() -> dict[str, Any]:
    """Return dashed rules where the series breaks, with the reasons."""
    colours = palette.current()
    return {
        "data": {"name": "breaks"},
        "transform": [{"filter": _IS_OF + "first < datum.at && datum.at < last + 0.4"}],
        "encoding": {"x": _x("at")},
        "layer": [
            {"mark": _mark("rule", strokeDash=[3, 3], color=colours.quiet)},
            {
                "mark": _mark("text", **charts.OF_BREAK, color=colours.ink),
                "encoding": {"y": {"value": 0}, "text": {"field": "reason", "type": "nominal"}},
            },
        ],
    }


def _x(name: str) -> dict[str, Any]:
    ends = [{"expr": "first - 0.4"}, {"expr": "last + 0.4"}]
    axis = {"format": "d", "grid": False, "tickMinStep": 1, "tickCount": 10}
    return _quantity(name, {"domain": ends, "nice": False}, axis)


def _y(name: str) -> dict[str, Any]:
    return _quantity(name, {"zero": False}, {"tickCount": 5, "minExtent": 32})


def _quantity(name: str, scale: Mapping[str, Any], axis: Mapping[str, Any]) -> dict[str, Any]:
    return {"field": name, "type": "quantitative", "title": None, "scale": scale, "axis": axis}


def _sum(field: str, name: str) -> dict[str, Any]:
    return {"op": "sum", "field": field, "as": name}


def _mark(kind: str, **look: Any) -> dict[str, Any]:
    return {"type": kind, **look}
