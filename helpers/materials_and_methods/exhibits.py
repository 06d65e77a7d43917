"""Values of *Materials and methods*: what the data do not hold."""

from __future__ import annotations

from borderbook import formatting
from borderbook.figures import data_dictionary
from helpers.small_enterprises import measures


def facts() -> dict[str, str]:
    """Return inline values on the data package and what it lacks, name -> text."""
    return data_dictionary.facts() | {
        "number-missing": _absent("number of small businesses"),
        "investment-missing": _absent("investments in fixed assets"),
    }


def _absent(row: str) -> str:
    """Return the years for which a row of Table 2 has no figures by region."""
    years = measures.unpublished(row, 2011, 2019)
    return formatting.years(years) if years else "no year"
