"""Exhibits of *Robustness*: verdicts and numbers under every defensible choice."""

from __future__ import annotations

from borderbook.claims import robustness, robustness_display, specification_curve
from borderbook.claims.robustness import Choice, Robustness
from borderbook.claims.robustness_display import by_choice, matrix, statements
from borderbook.datapackage import resources
from borderbook.figures.charts import Chart
from borderbook.figures.tables import Table
from borderbook.formatting import number as written
from borderbook.parameters import derive
from borderbook.parameters.model import Parameters
from helpers.robustness.measures import CHOICES, CHOSEN, NUMBERS, printed, specifications, year


def _all_weighed(p: Parameters) -> list[Robustness]:
    """Return every checked statement of the paper with its verdicts under the choices."""
    return _weighed(_choices(p))


@resources.remembered
def _weighed(tried: tuple[str, ...]) -> list[Robustness]:
    chosen = [choice for choice in CHOICES if choice.label in tried]
    return robustness.weigh(derive.model_of("claims")(), chosen)


def _tried(p: Parameters) -> list[Choice]:
    return [choice for choice in CHOICES if choice.label in _choices(p)]


def _choices(p: Parameters) -> tuple[str, ...]:
    """Return the labels of the choices that are tried."""
    return tuple(c.label for c in CHOICES if p.left_out or c.kind != "left out")  # type: ignore[attr-defined]


def facts(p: Parameters) -> dict[str, str]:
    """Return the inline values of the section, name -> text."""
    return robustness_display.facts(_all_weighed(p))


def choices(p: Parameters) -> Chart:
    """Return the choices by how many verdicts they turn."""
    return by_choice(_all_weighed(p), _tried(p))


def verdicts(p: Parameters) -> Chart:
    """Return statements by choices: the same verdict, or another one."""
    return matrix(_all_weighed(p), _tried(p))


def ledger(p: Parameters) -> Table:
    """Return each checked statement with how many choices leave its verdict as it is."""
    return statements(_all_weighed(p))


def specification(name: str) -> Chart:
    """Return one number of the paper under every combination of choices."""
    number = NUMBERS[name]
    rows, paper = specifications(number), printed(number)
    low, high = (written(float(end), 1) for end in (rows["value"].min(), rows["value"].max()))
    fits = specification_curve.fitting(rows, paper)
    return Chart(
        f"specification-{name}",
        f"The share in {number.title} is {low} to {high} %; the printed {paper.text} comes out "
        f"under {fits} of {len(rows)} combinations",
        specification_curve.curve(rows, CHOSEN, paper, "share of Russia, %"),
        f"Share of the twelve regions in Russia's {number.title}, {year(number)}, per cent",
        "Each point is one combination; the marks below it say which. A region left out is one of "
        "eleven: Tyumen has a choice of its own.",
        resources.sources(
            *(("small_enterprises",) if number.row else ("gross_regional_product", "russia_totals"))
        ),
    )
