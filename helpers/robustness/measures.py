"""The choices that are defensible where the paper leaves one open, and what numbers they give."""

from __future__ import annotations

import itertools
from typing import NamedTuple

import pandas as pd

from borderbook.claims.intervals import Printed
from borderbook.claims.model import claims
from borderbook.claims.robustness import Choice
from borderbook.datapackage import resources
from helpers import indicators, regions
from helpers.gross_product import measures as gross_product
from helpers.regions import OKRUGS, RUSSIA, TYUMEN
from helpers.scope import PAPERS
from helpers.small_enterprises import measures as small_enterprises

CHOICES = (
    Choice(
        "Tyumen with its two okrugs",
        {"with_okrugs": True},
        names=tuple(f"2017, with Tyumen and its okrugs{of}" for of in ("", ", of GDP")),
    ),
    *(
        Choice(
            f"without {regions.brief(code)}",
            {"exclude": [code]},
            "left out",
            tuple(f"2017, without {regions.brief(code)}{of}" for of in ("", ", of GDP")),
        )
        for code in PAPERS.codes
    ),
)
"""What the paper leaves open, whether Tyumen Oblast counts with its okrugs; and what it does not,
each of its regions left out in turn, which tells whether one region decides."""

CHOSEN = ("Tyumen", "Russia as a whole", "Left out")
"""The choices behind a number, as the columns of `specifications` name them."""


class Number(NamedTuple):
    """A number of the paper whose choices are laid out: what it is, and its row of Table 2."""

    name: str
    title: str
    row: str = ""


NUMBERS = {
    each.name: each
    for each in (
        Number("product", "gross regional product"),
        Number("turnover", "turnover of small enterprises", "small business turnover"),
        Number("employees", "employees of small enterprises", "average number of employees"),
        Number("number", "number of small enterprises", "number of small businesses"),
    )
}


def year(number: Number) -> int:
    """Return the last year of the paper for which the number's figures are published by region."""
    if not number.row:
        return gross_product.PAPERS_YEAR
    known = small_enterprises.series(number.row)[list(PAPERS.codes)].dropna().index
    return max(int(year) for year in known if 2011 <= year <= 2017)


def printed(number: Number) -> Printed:
    """Return the share as the paper prints it, per cent."""
    if not number.row:
        return Printed(claims()["grp-share-2017"].printed)
    table = resources.load("paper_table_2").set_index(["indicator", "year"])["printed_percent"]
    return Printed(str(table[number.row, year(number)]))


def specifications(number: Number) -> pd.DataFrame:
    """Return the group's share of Russia under every combination of choices.

    Columns: `value` (per cent) and, in words, those of `CHOSEN`: how Tyumen counts, what Russia as
    a whole is, which region is left out.
    """
    which = year(number)
    figures = _figures(number).loc[[which]]
    groups = {
        "Tyumen without its okrugs": PAPERS.codes,
        "Tyumen with its two okrugs": (*PAPERS.codes, *OKRUGS),
        "without Tyumen": tuple(code for code in PAPERS.codes if code != TYUMEN),
    }
    left_out = ("", *(code for code in PAPERS.codes if code != TYUMEN))
    rows = []
    for (tyumen, codes), (whole, of_russia), left in itertools.product(
        groups.items(), _totals(number, figures, which).items(), left_out
    ):
        members = [code for code in codes if code != left]
        share = 100 * indicators.group_total(figures, members)[which] / of_russia
        rows.append((share, tyumen, whole, "one region left out" if left else "every region"))
    return pd.DataFrame(rows, columns=["value", *CHOSEN])


def by_the_paper(number: Number) -> float:
    """Return the share as the paper defines it: its regions, of the whole that it names."""
    rows = specifications(number)
    whole = "of gross domestic product" if not number.row else rows["Russia as a whole"].iloc[0]
    chosen = ("Tyumen without its okrugs", whole, "every region")
    return float(rows.loc[(rows[list(CHOSEN)] == chosen).all(axis=1), "value"].iloc[0])


def _figures(number: Number) -> pd.DataFrame:
    if number.row:
        return small_enterprises.series(number.row)
    return gross_product.gross_regional_product()


def _totals(number: Number, figures: pd.DataFrame, which: int) -> dict[str, float]:
    """Return what Russia as a whole can be: as published, and the sum of the regions or GDP."""
    codes = [str(code) for code in figures if code != RUSSIA]
    totals = {}
    if RUSSIA in figures and figures[RUSSIA].notna()[which]:
        totals["of Russia as published"] = float(figures[RUSSIA][which])
    if number.row:
        totals["of the 83 regions"] = float(indicators.group_total(figures, codes)[which])
    else:
        totals["of gross domestic product"] = float(gross_product.gross_domestic_product()[which])
    return totals
