"""Charts as Vega-Lite: one message each, direct labels, a text alternative with the numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import altair as alt
import pandas as pd

from borderbook import book, formatting
from borderbook.datapackage.resources import Source
from borderbook.figures import alternatives, palette
from borderbook.figures.palette import NARROW, WIDE
from borderbook.figures.tables import listed
from borderbook.figures.tables import rounded as rounded_json
from borderbook.mime import CHART, LABORATORY

HOLLOW: dict[str, Any] = {"size": 110, "strokeWidth": 1.5, "opacity": 1}
"""The look of a mark for a printed value."""
OF_BREAK: dict[str, Any] = {
    "angle": 270,
    "align": "right",
    "baseline": "bottom",
    "dx": -2,
    "dy": -3,
    "fontSize": 10,
}
"""The look of a reason at a break of a series."""
_RIGHT: dict[str, Any] = {"align": "left", "dx": 4}


@dataclass(frozen=True)
class Drawing:
    """What is drawn, and the same in words.

    `narrow` is what to change for a narrow screen: a JSON merge patch (RFC 7396) on the spec.
    """

    view: alt.TopLevelMixin
    alternative: str
    narrow: Mapping[str, Any] = field(default_factory=lambda: {"width": NARROW})


@dataclass(frozen=True)
class Chart:
    """A chart with headline, drawing, subtitle (measure, unit, place, period), notes, sources.

    `notes` are one or several. `rows` is what the chart says where its data are shapes; else the
    data of its marks say it.
    Shown in a notebook it gives Vega-Lite, with all of these in `usermeta`, and `text/plain`.
    """

    name: str
    title: str
    drawing: Drawing
    subtitle: str = ""
    notes: Sequence[str] = ()
    sources: Sequence[Source] = ()
    rows: Sequence[Mapping[str, str]] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "notes", listed(self.notes))

    def spec(self) -> dict[str, Any]:
        """Return the Vega-Lite document, numbers to 12 significant digits."""
        with alt.data_transformers.enable("default", max_rows=None, consolidate_datasets=True):
            document: dict[str, Any] = self.drawing.view.to_dict()
        document["config"] = palette.config()
        document["title"] = {"text": self.title, "subtitle": self.subtitle}
        document["description"] = self.drawing.alternative
        document["usermeta"] = document.get("usermeta", {}) | {
            "name": self.name,
            "title": self.title,
            "subtitle": self.subtitle,
            "description": self.drawing.alternative,
            "notes": list(self.notes),
            "sources": [source._asdict() for source in self.sources],
            "narrow": dict(self.drawing.narrow),
            **({"rows": [dict(row) for row in self.rows]} if self.rows else {}),
        }
        finished: dict[str, Any] = rounded_json(document)
        return finished

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        document = self.spec()
        return {
            CHART: document,
            LABORATORY: document,
            "text/plain": f"{self.title}\n{self.subtitle}\n{self.drawing.alternative}",
        }


@dataclass(frozen=True)
class Series:
    """How one series of a line chart looks: its name in the data, strong or quiet, its colour.

    Without a colour it has the one of the palette for what a chart is about.
    """

    name: str
    colour: str | None = None
    strong: bool = True


def lines(
    rows: pd.DataFrame,
    series: Sequence[Series],
    *,
    unit: str,
    digits: int = 2,
    breaks: Mapping[float, str] | None = None,
    printed: pd.DataFrame | Iterable[tuple[str, int, float]] = (),
    zero: bool = False,
    panels: bool = False,
    height: int = 300,
) -> Drawing:
    """Return a line chart by year, its text alternative with every number.

    `rows`: `series`, `year`, `value` (in `unit`), `segment`; a line joins the years of one segment
    only, so that no line crosses a break or a gap. Values are written with `digits` decimals.
    `breaks` maps a year (x.5 stands between two) to its reason in two words. `printed` (`series`,
    `year`, `value`) are hollow marks; then the rows of both say their `origin`. With `panels` every
    series has a panel and a value axis of its own.
    """
    names, breaks = [s.name for s in series], breaks or {}
    known = rows.dropna(subset=["value"]).sort_values(
        ["series", "year"],
        key=lambda keys: keys.map(names.index) if keys.name == "series" else keys,
    )
    marks = pd.DataFrame(printed, columns=["series", "year", "value"]).dropna(subset=["value"])
    if not marks.empty:
        known = known.assign(origin="published figures")
        marks = marks.assign(origin=f"printed in {book.work()}")
    frame = _Frame(known, series, unit, digits, zero=zero, ticks=6 if panels else 10)
    alternative = alternatives.of_lines(
        known, names, unit, breaks=breaks, hollow=not marks.empty, digits=digits
    )
    if not panels:
        ends = _apart(known.loc[known.groupby("series")["year"].idxmax()], known, height, zero=zero)
        label = frame.on(ends).mark_text(align="left", dx=8, fontWeight="bold")
        label = label.encode(text="series:N", color=frame.words)
        layers = alt.layer(*_line_layers(frame, known, marks, breaks), label)
        drawing = layers.resolve_scale(color="independent").properties(
            width=WIDE,
            height=height,
            autosize=alt.AutoSizeParams(type="fit-x", contains="padding"),
            padding={"left": 5, "top": 5, "bottom": 5, "right": 8},
        )
        return Drawing(drawing, alternative, {"width": NARROW, "height": round(height * 0.85)})
    parts = [
        alt.layer(
            *_line_layers(frame, known[known["series"] == n], marks[marks["series"] == n], breaks)
        ).properties(width=WIDE // 2 - 55, height=height, title=n)
        for n in names
    ]
    return Drawing(alt.concat(*parts, columns=2), alternative, {"columns": 1})


def _apart(ends: pd.DataFrame, known: pd.DataFrame, height: int, *, zero: bool) -> pd.DataFrame:
    """Return the places of the labels at the ends of the lines, at least 15 pixels apart."""
    low = min(0.0, known["value"].min()) if zero else known["value"].min()
    step = 15 * (known["value"].max() - low) / height
    placed = ends.sort_values("value").copy()
    values = [float(value) for value in placed["value"]]
    for index in range(1, len(values)):
        values[index] = max(values[index], values[index - 1] + step)
    return placed.assign(value=values)


class _Frame:
    """The scales that all layers of a line chart share."""

    def __init__(
        self,
        known: pd.DataFrame,
        series: Sequence[Series],
        unit: str,
        digits: int,
        *,
        zero: bool,
        ticks: int,
    ) -> None:
        self.first, self.last = int(known["year"].min()), int(known["year"].max())
        self.x = alt.X(
            "year:Q",
            title=None,
            scale=alt.Scale(domain=[self.first - 0.4, self.last + 0.4], nice=False),
            axis=alt.Axis(format="d", grid=False, tickMinStep=1, tickCount=ticks),
        )
        axis = alt.Axis(tickCount=5, minExtent=32)
        self.y = alt.Y("value:Q", title=unit, scale=alt.Scale(zero=zero), axis=axis)
        colours = [s.colour or palette.current().strong for s in series]
        domain = [s.name for s in series]
        scale = alt.Scale(domain=domain, range=colours)
        self.colour = alt.Color("series:N", scale=scale, legend=None)
        # A quiet line is seen, but words in its colour are hard to read.
        legible = {palette.current().quiet: palette.current().ink}
        scale = alt.Scale(domain=domain, range=[legible.get(each, each) for each in colours])
        self.words = alt.Color("series:N", scale=scale, legend=None)
        strong = alt.FieldOneOfPredicate("series", [s.name for s in series if s.strong])
        self.width = alt.condition(strong, alt.value(2.5), alt.value(1.5))
        self.computed = _tooltips("series", "year", value=unit, form=f",.{digits}f")
        self.printed = _tooltips("series", "year", value=f"Printed in {book.work()}")

    def on(self, rows: pd.DataFrame) -> alt.Chart:
        return alt.Chart(rows).encode(x=self.x, y=self.y, color=self.colour)


def _line_layers(
    frame: _Frame,
    known: pd.DataFrame,
    marks: pd.DataFrame,
    breaks: Mapping[float, str],
) -> list[alt.Chart]:
    """Return break rules, lines, hollow marks for printed and solid marks for computed values."""
    layers: list[alt.Chart] = []
    inside = {at: why for at, why in breaks.items() if frame.first < at < frame.last + 0.4}
    if inside:
        rules = pd.DataFrame([{"year": at, "reason": why} for at, why in inside.items()])
        rule = alt.Chart(rules).encode(x=frame.x)
        layers.append(rule.mark_rule(strokeDash=[3, 3], color=palette.current().quiet))
        layers.append(
            rule.mark_text(**OF_BREAK, color=palette.current().ink).encode(
                y=alt.value(0), text="reason:N"
            )
        )
    drawn = frame.on(known)
    layers.append(
        drawn.mark_line().encode(detail=["series:N", "segment:N"], strokeWidth=frame.width)
    )
    if not marks.empty:
        hollow = frame.on(marks).mark_point(**HOLLOW)
        layers.append(hollow.encode(tooltip=frame.printed))
    layers.append(drawn.mark_point(filled=True, size=38, opacity=1).encode(tooltip=frame.computed))
    return layers


def _tooltips(*names: str, value: str, form: str = "") -> list[alt.Tooltip]:
    """Return what a pointer finds on a mark: the first of `names` as its title, then the value.

    `value` says what the value is, `form` is its number format (d3); blank gives its own digits.
    """
    first, *others = names
    return [
        alt.Tooltip(f"{first}:N", title="title"),
        *(alt.Tooltip(f"{name}:N", title=name.capitalize()) for name in others),
        alt.Tooltip("value:Q", title=value, format=form),
    ]


def multiples(
    rows: pd.DataFrame, strong: str, *, unit: str, rule: float, columns: int = 5
) -> Drawing:
    """Return small multiples by year on one scale, the text alternative with every number.

    `rows`: `series`, `year`, `value` (in `unit`), `segment`, in the order of the panels; a line
    joins the years of one segment only. The series `strong` is drawn so; `rule` is a value to hold
    every panel against.
    """
    known = rows.dropna(subset=["value"])
    names = list(known["series"].drop_duplicates())
    years = sorted({int(year) for year in known["year"]})
    shown = [years[0], years[-1]] if len(years) > 1 else years
    x = alt.X(
        "year:Q",
        title=None,
        scale=alt.Scale(domain=[years[0] - 0.6, years[-1] + 0.6], nice=False),
        axis=alt.Axis(values=shown, format="d", grid=False, labelFontSize=11, labelFlush=12),
    )
    y = alt.Y("value:Q", title=unit, scale=alt.Scale(zero=True), axis=alt.Axis(tickCount=3))
    colours = palette.current()
    colour = alt.condition(
        alt.FieldEqualPredicate(strong, "series"),
        alt.value(colours.strong),
        alt.value(colours.quiet),
    )
    base = alt.Chart().encode(x=x, y=y, color=colour)
    once = alt.Chart().transform_aggregate(rows="count()")  # a rule, not one for each row
    reference = once.mark_rule(color=colours.quiet, strokeDash=[4, 3]).encode(y=alt.datum(rule))
    drawing = (
        alt.layer(
            reference,
            base.mark_line(strokeWidth=2).encode(detail="segment:N"),
            base.mark_point(filled=True, size=16, opacity=1).encode(
                tooltip=_tooltips("series", "year", value=unit, form=",.2f")
            ),
            data=known,
        )
        .properties(width=_panel(WIDE, columns), height=76)
        .facet(
            facet=alt.Facet("series:N", title=None, sort=names),
            columns=columns,
            spacing={"row": 12, "column": 14},
        )
    )
    few = columns * 3 // 5
    narrow = {"columns": few, "spec": {"width": _panel(NARROW, few)}}
    return Drawing(drawing, alternatives.of_lines(known, names, unit, breaks={}), narrow)


def _panel(width: int, columns: int) -> int:
    """Return the width of one panel of small multiples, axis and gaps aside."""
    return (width - 50) // columns - 14


def bars(
    rows: pd.DataFrame | Iterable[tuple[str, float, str]],
    *,
    unit: str,
    digits: int = 1,
    rule: float | None = None,
    rule_label: str = "",
    signed: bool = False,
) -> Drawing:
    """Return horizontal bars from zero, labelled with their values, in the order of `rows`.

    `rows`: `label`, `value` (in `unit`), `colour`. `rule` draws a reference line at a value.
    """
    rows = pd.DataFrame(rows, columns=["label", "value", "colour"])
    known = rows.dropna(subset=["value"]).copy()
    known["text"] = [formatting.number(v, digits, signed=signed) for v in known["value"]]
    order = list(known["label"])
    low, high = min(0.0, known["value"].min()), max(0.0, known["value"].max(), rule or 0.0)
    room = (0.24 if low < 0 else 0.14) * (high - low)
    scale = alt.Scale(domain=[low - room * (low < 0), high + room], nice=False)
    axis = alt.Axis(labelLimit=170, domain=False, ticks=False)
    y = alt.Y("label:N", sort=order, title=None, axis=axis)
    x = alt.X("value:Q", title=unit, scale=scale, axis=alt.Axis(tickCount=5, domain=False))
    base = alt.Chart(known).encode(y=y, x=x)
    layers: list[alt.Chart] = [
        base.mark_bar(height={"band": 0.72}).encode(
            color=alt.Color("colour:N", scale=None),
            tooltip=_tooltips("label", value=unit, form=f"{'+' if signed else ''},.{digits}f"),
        ),
        *(
            base.transform_filter(f"datum.value {side} 0").mark_text(**place).encode(text="text:N")
            for side, place in ((">=", _RIGHT), ("<", {"align": "right", "dx": -4}))
        ),
    ]
    if rule is not None:
        mark = alt.Chart(pd.DataFrame({"value": [rule], "text": [rule_label]}))
        ink = palette.current().ink
        layers.append(mark.mark_rule(strokeDash=[4, 3], color=ink).encode(x="value:Q"))
        layers.append(
            mark.mark_text(**_RIGHT, baseline="bottom", color=ink).encode(
                x="value:Q", y=alt.value(-3), text="text:N"
            )
        )
    drawing = alt.layer(*layers).properties(
        width=WIDE,
        height=24 * len(known),
        autosize=alt.AutoSizeParams(type="fit-x", contains="padding"),
    )
    reference = None if rule is None else (formatting.number(rule, digits), rule_label)
    return Drawing(drawing, alternatives.of_bars(rows, list(known["text"]), unit, reference))
