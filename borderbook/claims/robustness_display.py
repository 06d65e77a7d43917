"""Robustness as a reader meets it: choices by what they turn, a matrix, and each statement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import altair as alt
import pandas as pd

from borderbook import book, formatting, notebooks
from borderbook.claims.ledger import is_cell
from borderbook.claims.model import VERDICTS
from borderbook.claims.robustness import READING, Choice, Robustness
from borderbook.datapackage import resources
from borderbook.figures import charts, palette
from borderbook.figures.charts import Chart, Drawing
from borderbook.figures.palette import NARROW, WIDE
from borderbook.figures.tables import Column, Table

TABLE = "weighed"
"""The name of the table from which other pages take how firm a verdict is."""

ANY = "any one left out"
"""The label under which the parts left out are counted as one choice, whichever is left out."""

_TURNS = {True: "another verdict", False: "the same verdict", None: "does not bear on it"}


def facts(weighed: Sequence[Robustness]) -> dict[str, str]:
    """Return how many verdicts choices bear on and turn, as inline values, name -> text.

    Cells of tables are counted apart: a value printed to its last digit turns with any other group.
    """
    sentences = _sentences(weighed)
    firm = [each for each in sentences if each.is_firm]
    borne = [each for each in sentences if each.others]
    return {
        "weighed": str(len(sentences)),
        "borne": str(len(borne)),
        "firm": str(len(firm)),
        "turned": str(len(borne) - len(firm)),
        "alone": str(len(sentences) - len(borne)),
        "cells": str(len(weighed) - len(sentences)),
    }


def by_choice(weighed: Sequence[Robustness], choices: Sequence[Choice]) -> Chart:
    """Return the choices as bars, that which turns most verdicts first."""
    weighed = _sentences(weighed)
    colours, parts = palette.current(), [c.label for c in choices if c.kind == "left out"]
    counts = {
        label: _counts(weighed, label) for label in _labels(choices) if label not in parts
    } | {ANY: (sum(e.same_left_out < len(e.left_out) for e in weighed), _with_parts(weighed))}
    order = sorted(counts, key=lambda label: -counts[label][0])
    rows = [
        (f"{label} ({counts[label][1]})", float(counts[label][0]), colours.strong)
        for label in order
    ]
    first, (turned, borne) = order[0], counts[order[0]]
    return Chart(
        "choices",
        f"{formatting.capitalized(first)} turns most: {turned} of the {borne} verdicts that it "
        "bears on",
        charts.bars(rows, unit="verdicts turned", digits=0),
        "Verdicts that turn under each choice, number; in brackets, how many it bears on",
        "The readings of all statements are counted as one choice: a statement turns if one of its "
        "readings gives another verdict. Cells of tables are left out: a value printed to its last "
        "digit turns with any other group.",
        resources.sources(*resources.marked("printed")),
    )


def matrix(weighed: Sequence[Robustness], choices: Sequence[Choice]) -> Chart:
    """Return the statements on which choices bear, by choice: the same verdict or another one."""
    shown = [each for each in _sentences(weighed) if each.others or each.left_out]
    labels = _labels(choices)
    rows = pd.DataFrame(
        [
            {
                "choice": label,
                "place": number,
                "statement": each.finding.statement,
                "outcome": _TURNS[each.turns(label)],
            }
            for number, each in enumerate(shown, start=1)
            for label in labels
            if each.turns(label) is not None
        ]
    )
    turned = sum(bool(each.turned) for each in shown)
    words = [
        f"{label}: {_counts(shown, label)[0]} of {_counts(shown, label)[1]}" for label in labels
    ]
    return Chart(
        "matrix",
        f"{turned} of {len(shown)} verdicts on which a choice bears turn under one or more",
        Drawing(
            _cells(rows, labels),
            "Matrix of statements by choices. Another verdict under each choice, of the "
            f"statements that it bears on: {'; '.join(words)}.",
            {"width": NARROW - 150},
        ),
        "A column a statement, in the order of the paper; a row a choice. Blank: the choice does "
        "not bear on the statement",
        (),
        resources.sources(*resources.marked("printed")),
    )


def statements(weighed: Sequence[Robustness]) -> Table:
    """Return each checked statement with how many choices leave its verdict as it is."""
    rows = pd.DataFrame(
        [
            {
                "claim": each.finding.claim.id,
                "statement": each.finding.statement,
                "address": f"{each.finding.claim.page}.html#claim-{each.finding.claim.id}",
                "verdict": VERDICTS[each.finding.verdict],
                "against": each.finding.checked_against,
                "choices": _of(each.same, each.others),
                "parts": _of(each.same_left_out, each.left_out),
                "turned": _turned(each),
                "section": notebooks.title_of(each.finding.claim.page),
            }
            for each in weighed
        ]
    )
    firm, borne = (facts(weighed)[name] for name in ("firm", "borne"))
    return Table(
        TABLE,
        f"Cells of tables aside, {firm} of the {borne} verdicts on which a choice bears are the "
        "same under all of them",
        rows,
        [
            Column("statement", "Statement, in our words", link="address"),
            Column("verdict", "Verdict"),
            Column("choices", "Same under"),
            Column("parts", "Same with one left out"),
            Column("turned", "Turned by"),
            Column("against", "Checked against"),
            Column("section", "Section"),
            Column("claim", "Identifier"),
        ],
        f"Checked statements of {book.work()}, in its order",
        (
            "Same under: of how many choices and readings that bear on the statement. Blank: none "
            "does.",
            "Same with one left out: of how many parts of the group, each left out in turn. A "
            "value printed to its last digit turns with any of them.",
        ),
        resources.sources(*resources.marked("printed")),
        anchor="claim",
        filters=["section", "verdict", "against"],
    )


def _sentences(weighed: Sequence[Robustness]) -> list[Robustness]:
    return [each for each in weighed if not is_cell(each.finding)]


def _labels(choices: Sequence[Choice]) -> list[str]:
    return [READING, *(choice.label for choice in choices)]


def _counts(weighed: Sequence[Robustness], label: str) -> tuple[int, int]:
    """Return how many verdicts a choice turns, and on how many it bears."""
    outcomes = [each.turns(label) for each in weighed]
    return outcomes.count(True), len(outcomes) - outcomes.count(None)


def _with_parts(weighed: Sequence[Robustness]) -> int:
    return sum(bool(each.left_out) for each in weighed)


def _cells(rows: pd.DataFrame, labels: Sequence[str]) -> alt.Chart:
    colours = palette.current()
    scale = alt.Scale(domain=[_TURNS[True], _TURNS[False]], range=[colours.strong, colours.faint])
    view: alt.Chart = (
        alt.Chart(rows)
        .mark_rect(stroke=colours.ground, strokeWidth=0.5)
        .encode(
            x=alt.X("place:O", title=None, axis=None),
            y=alt.Y("choice:N", sort=list(labels), title=None, axis=alt.Axis(labelLimit=150)),
            color=alt.Color("outcome:N", scale=scale, legend=alt.Legend(title=None, orient="top")),
            tooltip=[
                alt.Tooltip("statement:N", title="title"),
                alt.Tooltip("choice:N", title="Under"),
                alt.Tooltip("outcome:N", title="Verdict"),
            ],
        )
        .properties(width=WIDE - 150, height=18 * len(labels))
    )
    return view


def _of(same: int, others: Mapping[str, object]) -> str:
    return f"{same} of {len(others)}" if others else ""


def _turned(each: Robustness) -> str:
    """Return the first choices that turn a verdict; parts left out are told by their number."""
    labels = [label for label in each.turned if label not in each.left_out]
    few = labels[:3]
    more = [f"{len(labels) - len(few)} more"] if len(labels) > len(few) else []
    return "; ".join([*few, *more])
