"""Exhibits of *Robustness*: verdicts and numbers under every defensible choice."""

from __future__ import annotations

from typing import Protocol

from borderbook.claims import robustness, robustness_display, specification_curve
from borderbook.claims.robustness import Choice, Robustness
from borderbook.claims.robustness_display import by_choice, matrix, statements
from borderbook.datapackage import resources
from borderbook.figures.charts import Chart
from borderbook.figures.tables import Table
from borderbook.formatting import number as written
from borderbook.parameters import derive
from helpers.robustness.measures import (
    CHOICES,
    CHOSEN,
    NUMBERS,
    by_the_paper,
    printed,
    specifications,
    year,
)


class _Asked(Protocol):
    """What the section's parameters say."""

    @property
    def left_out(self) -> bool: ...


@resources.remembered
def _weighed(left_out: bool) -> list[Robustness]:
    """Return every checked statement of the paper with its verdicts under the choices."""
    return robustness.weigh(derive.model_of("claims")(), _tried(left_out))


def _tried(left_out: bool) -> list[Choice]:
    return [choice for choice in CHOICES if left_out or choice.kind == "open"]


def facts(p: _Asked) -> dict[str, str]:
    """Return the inline values of the section, name -> text."""
    return robustness_display.facts(_weighed(p.left_out))


def choices(p: _Asked) -> Chart:
    """Return the choices by how many verdicts they turn."""
    return by_choice(_weighed(p.left_out), _tried(p.left_out))


def verdicts(p: _Asked) -> Chart:
    """Return statements by choices: the same verdict, or another one."""
    return matrix(_weighed(p.left_out), _tried(p.left_out))


def ledger(p: _Asked) -> Table:
    """Return each checked statement with how many choices leave its verdict as it is."""
    return statements(_weighed(p.left_out))


def specification(name: str) -> Chart:
    """Return one number of the paper under every combination of choices."""
    number = NUMBERS[name]
    rows, paper = specifications(number), printed(number)
    value = written(by_the_paper(number), max(paper.digits, 1))
    same = value == paper.text
    ends = (written(float(end), 1) for end in (rows["value"].min(), rows["value"].max()))
    return Chart(
        f"specification-{name}",
        f"As the paper counts, the share in {number.title} is {value} %, "
        + ("as printed" if same else f"printed as {paper.text}")
        + f"; other choices give {' to '.join(ends)}",
        specification_curve.curve(rows, CHOSEN, paper, "share of Russia, %"),
        f"Share of the twelve regions in Russia's {number.title}, {year(number)}, per cent",
        "Each point is one combination; the marks below it say which. The paper leaves open "
        "whether the okrugs count; that a region is left out shows how much hangs on it.",
        resources.sources(
            *(("small_enterprises",) if number.row else ("gross_regional_product", "russia_totals"))
        ),
    )
