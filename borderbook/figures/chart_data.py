"""What a chart draws, as a table: the rows of its data with their schema, read from its spec."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from borderbook import formatting

_DRAWING = (
    *("bar", "line", "point", "circle", "square", "area", "rect", "tick", "arc", "trail"),
    *("boxplot", "errorbar", "errorband"),
)
"""Marks that stand for data; text and rules only say what they mean."""
_ORDER = ("row", "column", "facet", "color", "shape", "y", "x")
"""Channels in the order of the columns they make; a number on `y` comes after `x`."""
_TYPES = ((bool, "boolean"), (int, "integer"), (int | float, "number"))


def resource(spec: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the data that a chart draws as a data resource; None if it draws none.

    A chart whose data are shapes carries its rows in `usermeta`. Of all others these are the rows
    that its bars, lines and points stand for, in the order of the spec; colours and the text of
    labels are left out. A quantity's unit is the title of its axis.
    """
    meta = spec["usermeta"]
    views = list(_views(spec, {}))
    rows = list(meta.get("rows") or _rows(spec, views))
    if not rows:
        return None
    channels = _channels(views)
    left_out = _left_out(channels)
    names = dict.fromkeys(name for row in rows for name in row if name not in left_out)
    ordered = names if meta.get("rows") else sorted(names, key=lambda name: _place(channels, name))
    return {
        **{key: meta[key] for key in ("name", "title", "notes", "sources")},
        "description": meta["subtitle"],
        "schema": {"fields": [_field(name, rows, channels) for name in ordered]},
        "data": [{name: row.get(name) for name in ordered} for row in rows],
    }


def marks(spec: Mapping[str, Any]) -> list[str]:
    """Return the kinds of marks that a chart draws, each once."""
    return list(dict.fromkeys(view["mark"] for view in _views(spec, {})))


_Channels = list[tuple[str, Mapping[str, Any]]]


def _views(view: Mapping[str, Any], above: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Return the single views of a spec, each with the data and encoding that it inherits."""
    inherited = {
        "data": view.get("data") or above.get("data"),
        "encoding": {**above.get("encoding", {}), **view.get("encoding", {})},
    }
    parts = [view[kind] for kind in ("layer", "concat", "hconcat", "vconcat") if kind in view]
    parts += [[view["spec"]]] if "spec" in view else []
    for part in (part for parts_of in parts for part in parts_of):
        yield from _views(part, inherited)
    if "mark" in view:
        mark = view["mark"]
        yield {**inherited, "mark": mark if isinstance(mark, str) else mark["type"]}


def _rows(spec: Mapping[str, Any], views: list[dict[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Return the rows of each dataset that a mark stands for, each dataset once."""
    seen = []
    for view in views:
        data = view["data"]
        if view["mark"] in _DRAWING and data and data not in seen:
            seen.append(data)
            rows = spec.get("datasets", {}).get(data.get("name"), data.get("values"))
            yield from rows if isinstance(rows, list) else []


def _channels(views: list[dict[str, Any]]) -> _Channels:
    """Return what the views encode: channel and definition."""
    return [
        (channel, each)
        for view in views
        for channel, definition in view["encoding"].items()
        for each in (definition if isinstance(definition, list) else [definition])
        if channel != "tooltip" and isinstance(each, Mapping) and isinstance(each.get("field"), str)
    ]


def _left_out(channels: _Channels) -> set[str]:
    """Return the fields that only serve the drawing: literal colours, and the text of labels."""
    colours = {each["field"] for _, each in channels if "scale" in each and each["scale"] is None}
    shown = {each["field"] for channel, each in channels if channel != "text"}
    return colours | {each["field"] for channel, each in channels} - shown


def _place(channels: _Channels, name: str) -> tuple[int, str]:
    """Return where the column of a field stands among the others, for sorting."""
    places = [
        _ORDER.index(channel) + (2 if channel == "y" and each.get("type") == "quantitative" else 0)
        for channel, each in channels
        if each["field"] == name and channel in _ORDER
    ]
    return min(places, default=len(_ORDER) + 2), name


def _field(name: str, rows: list[Any], channels: _Channels) -> dict[str, Any]:
    """Return the description of a column: its type is that of its values."""
    values = [row[name] for row in rows if row.get(name) is not None]
    unit = next(
        (
            each["title"]
            for _, each in channels
            if each["field"] == name and each.get("type") == "quantitative" and each.get("title")
        ),
        "",
    )
    kind = next((name for kind, name in _TYPES if all(isinstance(v, kind) for v in values)), "")
    return {
        "name": name,
        "title": formatting.capitalized(name.replace("_", " ")),
        "type": kind if kind and values else "string",
        "unit": unit,
    }
