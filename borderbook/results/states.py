"""Two states of a whole book: the results of all its sections, or the ledger that it published."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from borderbook import inputs, notebooks
from borderbook.errors import UserError
from borderbook.results.extract import Results, read

LEDGER = "ledger"
"""What the ledger is called among the tables of a state that is a ledger alone."""

# Fields of a claim that are compared; its verdict is compared by itself.
_COMPARED = {
    "id": "Statement",
    "statement": "Statement, in our words",
    "printed": "Printed",
    "computed": "Computed",
    "unit": "Unit",
    "checked_against": "Checked against",
    "depends_on_reading": "Depends on the reading",
}


class LedgerError(UserError, ValueError):
    """A file that is no published ledger."""


def of_sections(executed: Mapping[str, Path]) -> Results:
    """Return the results of executed notebooks by section as one; names begin with the section."""
    tables: dict[str, Any] = {}
    charts: dict[str, Any] = {}
    claims: dict[str, Any] = {}
    values: dict[str, str] = {}
    for section, path in executed.items():
        results = read(path)
        tables |= {f"{section}: {name}": table for name, table in results.tables.items()}
        charts |= {f"{section}: {name}": chart for name, chart in results.charts.items()}
        claims |= results.claims
        values |= {
            f"{section}: {name}": value
            for name, value in results.values.items()
            if name != notebooks.USED
        }
    return Results(tables, charts, claims, values)


def of_ledger(claims: Mapping[str, Mapping[str, Any]]) -> Results:
    """Return a ledger as results: its records, and a table of what they say.

    >>> records = {"rye": {"id": "rye", "statement": "Most is rye.", "computed": 91.5}}
    >>> of_ledger(records).tables["ledger"]["data"]
    [{'id': 'rye', 'statement': 'Most is rye.', 'computed': 91.5}]
    """
    names = [name for name in _COMPARED if all(name in each for each in claims.values())]
    fields = [
        {"name": name, "title": _COMPARED[name], "type": "any", "group": "", "unit": "",
         "digits": None}
        for name in names
    ]  # fmt: skip
    rows = [{name: _compared(each[name]) for name in names} for each in claims.values()]
    return Results({LEDGER: {"schema": {"fields": fields}, "data": rows}}, {}, claims, {})


def _compared(value: object) -> float | str | None:
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def read_ledger(file: Path) -> dict[str, Mapping[str, Any]]:
    """Return the records of a published `claims.json` by their identifiers.

    Raises LedgerError for a file that is none.
    """
    place = inputs.place(file)
    try:
        records = json.loads(inputs.read_text(file))
        return {record["id"]: {"statement": "", **record} for record in records}
    except (ValueError, TypeError, KeyError) as error:
        raise LedgerError(
            f"{place}: it is no ledger ({error!r}); name a claims.json that a site has published"
        ) from None
