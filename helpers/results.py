"""What an executed notebook says: its tables, charts, claims and inline values, read back."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from helpers import tables

VEGALITE = "application/vnd.vegalite.v6+json"
CLAIM = "application/vnd.borderbook.claim+json"
_VALUE = "application/papermill.record/text/plain"


class Cell(NamedTuple):
    """One figure or word of a table: which table, which row (its first column), which column."""

    table: str
    row: str
    column: str
    value: float | str | None
    unit: str


@dataclass(frozen=True)
class Results:
    """The results of a run, by name: table resources, Vega-Lite specs, claim records, values.

    Names come in the order of the notebook; `claims` are keyed by the claim's identifier.
    """

    tables: Mapping[str, Mapping[str, Any]]
    charts: Mapping[str, Mapping[str, Any]]
    claims: Mapping[str, Mapping[str, Any]]
    values: Mapping[str, str]

    def cells(self) -> Iterator[Cell]:
        """Return every cell of every table but the first column, which names the row."""
        for name, table in self.tables.items():
            first, *others = table["schema"]["fields"]
            for record in table["data"]:
                for field in others:
                    value, unit = record[field["name"]], field.get("unit", "")
                    yield Cell(name, str(record[first["name"]]), field["name"], value, unit)


def read(notebook: Path) -> Results:
    """Return the results that an executed notebook holds in its MIME bundles."""
    found: dict[str, dict[str, Any]] = {"tables": {}, "charts": {}, "claims": {}, "values": {}}
    document = json.loads(notebook.read_text("utf-8"))
    for output in (o for cell in document["cells"] for o in cell.get("outputs", [])):
        bundle = output.get("data", {})
        if table := bundle.get(tables.RESOURCE):
            found["tables"][table["name"]] = table
        if chart := bundle.get(VEGALITE):
            found["charts"][chart["usermeta"]["name"]] = chart
        for record in bundle.get(CLAIM, {}).get("data", []):
            found["claims"][record["id"]] = record
        if _VALUE in bundle:
            text = ast.literal_eval("".join(bundle[_VALUE]))
            found["values"][output["metadata"]["scrapbook"]["name"]] = text
    return Results(**found)
