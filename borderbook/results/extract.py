"""What an executed notebook says: its tables, charts, claims and inline values, read back."""

from __future__ import annotations

import ast
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from borderbook import mime



class Cell(NamedTuple):
    """One figure or word of a table: which table, which row (see `row_names`), which column."""

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
            _, *others = table["schema"]["fields"]
            for row, record in zip(row_names(table), table["data"], strict=True):
                for field in others:
                    value, unit = record[field["name"]], field.get("unit", "")
                    yield Cell(name, row, field["name"], value, unit)


def row_names(table: Mapping[str, Any]) -> list[str]:
    """Return a name for each row of a table resource, no two alike.

    It is what stands in the first column, with as many of the columns of text after it as tell the
    rows apart; rows that are alike in all of them are numbered.

    >>> fields = [{"name": "indicator", "type": "string"}, {"name": "years", "type": "string"}]
    >>> rows = [{"indicator": "Turnover", "years": years} for years in ("2010", "2016")]
    >>> row_names({"schema": {"fields": fields}, "data": rows})
    ['Turnover, 2010', 'Turnover, 2016']
    """
    first, *others = (field["name"] for field in table["schema"]["fields"])
    texts = [field["name"] for field in table["schema"]["fields"] if field["type"] == "string"]
    naming = [first]
    for name in ["", *(other for other in others if other in texts)]:
        naming += [name] if name else []
        found = [", ".join(str(record[each]) for each in naming) for record in table["data"]]
        if len(set(found)) == len(found):
            return found
    seen: Counter[str] = Counter()
    for index, name in enumerate(found):
        seen[name] += 1
        found[index] = f"{name} ({seen[name]})" if seen[name] > 1 else name
    return found


def read(notebook: Path) -> Results:
    """Return the results that an executed notebook holds in its MIME bundles."""
    found: dict[str, dict[str, Any]] = {"tables": {}, "charts": {}, "claims": {}, "values": {}}
    document = json.loads(notebook.read_text("utf-8"))
    for output in (o for cell in document["cells"] for o in cell.get("outputs", [])):
        bundle = output.get("data", {})
        if table := bundle.get(mime.TABLE):
            found["tables"][table["name"]] = table
        if chart := bundle.get(mime.CHART):
            found["charts"][chart["usermeta"]["name"]] = chart
        for record in bundle.get(mime.CLAIM, {}).get("data", []):
            found["claims"][record["id"]] = record
        if mime.VALUE in bundle:
            text = ast.literal_eval("".join(bundle[mime.VALUE]))
            found["values"][output["metadata"]["scrapbook"]["name"]] = text
    return Results(**found)
