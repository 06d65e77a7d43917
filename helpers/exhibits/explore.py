"""Exhibits in which a reader chooses the regions: of *Small enterprises* and *Gross product*."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from helpers import charts, data, explorers, gross_product, indicators, outlines, regions, words
from helpers import small_enterprises as small
from helpers.charts import Chart
from helpers.exhibits.gross_product import printed
from helpers.explorers import Indicator
from helpers.indicators import RUSSIA
from helpers.parameters import Border, GrossProduct, SmallEnterprises, Years
from helpers.regions import OKRUGS, TYUMEN
from helpers.words import number

_PAPERS_YEAR = 2017
_TOLERANCE = 0.002
_PRINTED = (
    "Hollow marks are what the paper prints, for its twelve regions with Tyumen Oblast without its "
    "okrugs, whichever regions are chosen."
)


def small_enterprises(p: SmallEnterprises) -> Chart:
    """Return map and chart of the shares of Table 2, for the regions that a reader chooses."""
    paper = data.load("paper_table_2")
    offered = [
        Indicator(
            {"small business turnover": "turnover"}.get(m.row, m.row),
            m.title,
            "% of Russia",
            2,
            small.series(m.row),
            {int(year): small.segment(int(year)) for year in small.series(m.row).index},
            dict(
                paper[paper["indicator"] == m.row][["year", "printed_percent"]].itertuples(
                    index=False
                )
            ),
            {},
        )
        for m in small.MEASURES
    ]
    raise NotImplementedError
