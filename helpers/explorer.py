"""Exhibits in which a reader chooses the regions: of *Small enterprises* and *Gross product*."""

from __future__ import annotations

from collections.abc import Sequence

from borderbook.datapackage import resources as data
from borderbook.figures import explorer
from borderbook.figures.charts import Chart
from borderbook.figures.explorer import Indicator
from borderbook.formatting import number
from helpers import boundaries, indicators, regions
from helpers.gross_product import measures as product
from helpers.gross_product.exhibits import printed
from helpers.indicators import RUSSIA
from helpers.parameters import BorderYears
from helpers.regions import OKRUGS, TYUMEN
from helpers.small_enterprises import measures as small


def small_enterprises(p: BorderYears) -> Chart:
    """Return map and chart of the shares of Table 2, for the regions that a reader chooses."""
    return _explorer(
        p,
        _rows_of_table_2(),
        "of the turnover of Russia's small enterprises",
        (
            "Solid marks are computed. Lines join comparable years only. Where no total is "
            "published, the whole is the sum of the 83 regions.",
        ),
        ("small_enterprises", "paper_table_2", "boundaries"),
    )


def gross_product(p: BorderYears) -> Chart:
    """Return map and chart of the share of gross product, for the regions that a reader chooses."""
    return _explorer(
        p,
        _readings_of_product(),
        "of the sum of gross regional product",
        (
            "Solid marks are computed; no line crosses the break of 2016. The printed share is "
            "one of gross domestic product, which is in the data for fewer years.",
        ),
        ("gross_regional_product", "russia_totals", "claims", "boundaries"),
    )


def _rows_of_table_2() -> list[Indicator]:
    """Return the four rows of Table 2, the one with the longest series first."""
    paper = data.load("paper_table_2")
    offered = []
    for measure in small.MEASURES:
        cells = paper[paper["indicator"] == measure.row]
        offered.append(
            Indicator(
                measure.title.partition(" ")[0].lower(),
                measure.title,
                "% of Russia",
                2,
                small.series(measure.row),
                small.segment,
                dict(zip(map(int, cells["year"]), cells["printed_percent"], strict=True)),
                small.BREAKS,
            )
        )
    return sorted(offered, key=lambda indicator: indicator.name != "turnover")


def _readings_of_product() -> list[Indicator]:
    """Return gross product as a share of the sum of GRP, and of GDP for the years that have it."""
    table = product.gross_regional_product()
    domestic = product.gross_domestic_product()
    wholes = {"grp": table, "gdp": table.loc[domestic.index].assign(**{RUSSIA: domestic})}
    return [
        Indicator(
            name,
            "Gross regional product",
            {"grp": "% of the sum of GRP", "gdp": "% of GDP"}[name],
            1,
            figures,
            product.methodology,
            {product.PAPERS_YEAR: printed()[1]},
            {product.BREAK - 0.5: "new methodology"},
        )
        for name, figures in wholes.items()
    ]


def _explorer(
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
