"""A specification curve: one number under every combination of defensible choices, in order.

After Simonsohn, U., Simmons, J. P. and Nelson, L. D. (2020), Specification curve analysis, Nature
Human Behaviour 4: the values above, which choices made each of them below.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, cast

import altair as alt
import pandas as pd

from borderbook import book, formatting
from borderbook.claims.intervals import Printed
from borderbook.figures import palette
from borderbook.figures.charts import Drawing
from borderbook.figures.palette import NARROW, WIDE

_LABELS = 160
"""Room for the words of the choices, pixels."""


def fitting(rows: pd.DataFrame, printed: Printed) -> int:
    """Return how many of the values round to the printed number.

    >>> fitting(pd.DataFrame({"value": [10.94, 10.96, 11.2]}), Printed("11.0"))
    1
    """
    return sum(_fits(rows, printed))


def _fits(rows: pd.DataFrame, printed: Printed) -> list[bool]:
    return [Decimal(repr(value)) in printed.interval for value in rows["value"].tolist()]


def curve(rows: pd.DataFrame, choices: Sequence[str], printed: Printed, unit: str) -> Drawing:
    """Return the values of `rows` in order, with a row of marks for each option of each choice.

    `rows`: `value` (in `unit`) and a column of options, in words, for each of `choices`. A value
    that rounds to the printed one is strong.
    """
    ordered = rows.sort_values("value", kind="stable").reset_index(drop=True)
    ordered["place"] = ordered.index + 1
    ordered["fits"] = _fits(ordered, printed)
    options = [f"{option}" for choice in choices for option in rows[choice].drop_duplicates()]
    marks = pd.concat(
        [ordered[["place", "fits"]].assign(option=ordered[choice]) for choice in choices]
    )
    wide, narrow = (
        alt.vconcat(
            _values(ordered, printed, unit, width), _marks(marks, options, width), spacing=4
        )
        for width in (WIDE, NARROW)
    )
    return Drawing(wide, _alternative(ordered, choices, printed, unit), _patch(narrow))


def _values(ordered: pd.DataFrame, printed: Printed, unit: str, width: int) -> alt.LayerChart:
    """Return the upper view: the values in order, and the printed one as a line."""
    colours = palette.current()
    points = (
        _base(ordered)
        .mark_point(filled=True, size=22, opacity=1)
        .encode(
            y=alt.Y(
                "value:Q",
                title=unit,
                scale=alt.Scale(zero=False),
                axis=alt.Axis(tickCount=5, minExtent=_LABELS),
            ),
            tooltip=[alt.Tooltip("value:Q", title=unit, format=",.2f")],
        )
    )
    reference = {"value": [float(printed.value)], "text": [f"printed {printed.text}"]}
    rule = alt.Chart(pd.DataFrame(reference)).encode(y="value:Q")
    line = rule.mark_rule(strokeDash=[4, 3], color=colours.ink)
    label = rule.mark_text(align="left", baseline="bottom", dx=3, dy=-2, color=colours.ink)
    layers = (line, points, label.encode(x=alt.value(0), text="text:N"))
    drawing = cast(alt.LayerChart, alt.layer(*layers))
    return drawing.properties(width=_inner(width), height=180)


def _marks(marks: pd.DataFrame, options: Sequence[str], width: int) -> alt.Chart:
    """Return the lower view: a row of marks for each option."""
    axis = alt.Axis(labelLimit=_LABELS - 8, minExtent=_LABELS, domain=False, ticks=False)
    view: alt.Chart = (
        _base(marks)
        .mark_tick(orient="vertical", thickness=2, size=10)
        .encode(y=alt.Y("option:N", sort=list(options), title=None, axis=axis))
        .properties(width=_inner(width), height=16 * len(options))
    )
    return view


def _base(rows: pd.DataFrame) -> alt.Chart:
    """Return a chart by place in the order, the values that fit strong."""
    colours = palette.current()
    scale = alt.Scale(domain=[0, int(rows["place"].max()) + 1], nice=False)
    base: alt.Chart = alt.Chart(rows).encode(
        x=alt.X("place:Q", title=None, axis=None, scale=scale),
        color=alt.condition("datum.fits", alt.value(colours.strong), alt.value(colours.quiet)),
    )
    return base


def _inner(width: int) -> int:
    return width - _LABELS - 15


def _patch(narrow: alt.VConcatChart) -> dict[str, Any]:
    """Return the merge patch of the narrow drawing: its views, with the data of the wide one."""
    with alt.data_transformers.enable("default", max_rows=None, consolidate_datasets=True):
        return {"vconcat": narrow.to_dict()["vconcat"]}


def _alternative(ordered: pd.DataFrame, choices: Sequence[str], printed: Printed, unit: str) -> str:
    """Return the curve in words: its ends, its middle, and how many values fit the printed one."""
    ends = {"least": ordered.iloc[0], "most": ordered.iloc[-1]}
    parts = [
        f"{name} {formatting.number(row['value'], 2)} ({', '.join(row[c] for c in choices)})"
        for name, row in ends.items()
    ]
    middle = formatting.number(float(ordered["value"].median()), 2)
    fitting = int(ordered["fits"].sum())
    return (
        f"Specification curve, {unit}, {len(ordered)} combinations: {parts[0]}; median {middle}; "
        f"{parts[1]}. {fitting} of them round to {printed.text}, which {book.work()} prints."
    ).replace(formatting.THIN_SPACE, "")
