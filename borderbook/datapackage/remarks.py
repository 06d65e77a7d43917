"""Remarks on single values of the data package: withheld, or shown although they are odd.

The resource that the descriptor marks `remarks` has a row for each such value: `resource`, `field`,
`row` (the values of the primary key, blanks between them), `status`, `value` as it was published,
and `reason`. A withheld value is blank in its resource: nobody who reads the file meets it, and
nothing takes its place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from borderbook.datapackage import resources

MARK = "remarks"
"""The property of a resource's descriptor that says that it has the remarks."""
WITHHELD = "withheld"
"""The status of a value that is blank in its resource."""


@dataclass(frozen=True)
class Remark:
    """What is to be known of one value; `value` is as published."""

    resource: str
    field: str
    row: str
    status: str
    value: str
    reason: str

    @property
    def key(self) -> tuple[str, ...]:
        """The values of the primary key of the row."""
        return tuple(self.row.split(" "))

    @property
    def is_withheld(self) -> bool:
        """Whether the value is blank in its resource."""
        return self.status == WITHHELD


@resources.remembered
def of(resource: str) -> tuple[Remark, ...]:
    """Return the remarks on the values of one resource, in the order of their file."""
    tables = [resources.load(name) for name in resources.marked(MARK)]
    records = [record for table in tables for record in table.to_dict("records")]
    texts = [{str(name): str(text) for name, text in record.items()} for record in records]
    return tuple(Remark(**text) for text in texts if text["resource"] == resource)


def row_of(record: Mapping[Any, Any], key: list[str]) -> str:
    """Return how a remark names the row of a record.

    >>> row_of({"town": "A-1", "year": 2016, "loaves": 7}, ["town", "year"])
    'A-1 2016'
    """
    values = [record[name] for name in key]
    return " ".join(f"{v:%Y-%m-%d}" if hasattr(v, "strftime") else str(v) for v in values)
