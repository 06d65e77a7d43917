"""The exhibit in which a reader chooses the regions that are counted."""

from __future__ import annotations

from collections.abc import Sequence

from borderbook.datapackage import resources as data
from borderbook.figures import explorer
from borderbook.figures.charts import Chart
from borderbook.figures.explorer import Indicator
from borderbook.formatting import number
from helpers import boundaries, indicators, regions
from helpers.indicators import RUSSIA
from helpers.parameters import BorderYears
from helpers.regions import OKRUGS, TYUMEN


def explorer_of(
    p: BorderYears,
    offered: Sequence[Indicator],
    what: str,
    notes: Sequence[str],
    resources: Sequence[str],
) -> Chart:
    """Return the chart that opens with the section's group, years and the first indicator."""
    okrugs = OKRUGS if TYUMEN in p.group.bordering else ()
    usual = offered[0]
    shares = indicators.group_share(usual.figures, p.group.codes).loc[p.first_year : p.last_year]
    shares = shares.dropna()
    counted = [regions.name(code) for code in p.group.codes]
    drawing = explorer.explorer(
        offered,
        boundaries.shapes(),
        boundaries.PROJECTION,
        {code: regions.name(code) for code in regions.subjects().index},
        total=RUSSIA,
        chosen=p.group.codes,
        first=p.first_year,
        last=p.last_year,
        together={"with the two okrugs of Tyumen Oblast": okrugs} if okrugs else {},
        alternative=explorer.in_words(usual, shares, counted, "Russia's regions"),
    )
    return Chart(
        "explorer",
        f"In {shares.index[-1]}, {number(shares.iloc[-1], usual.digits)} % {what} fell to "
        f"{p.group.called}; other regions have another share",
        drawing,
        f"Russia's regions, those counted drawn strong, and their share, {p.first_year}–"
        f"{p.last_year}",
        (
            "Hollow marks are what the paper prints for its twelve regions, Tyumen Oblast without "
            "its okrugs, whichever regions are chosen.",
            *notes,
        ),
        data.sources(*resources),
    )
