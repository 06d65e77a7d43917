"""What a claim is, and the evidence on it: verdicts, inputs, readings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Literal, NamedTuple, Protocol, cast

import pandas as pd

from borderbook.claims.intervals import Value, measured
from borderbook.datapackage import resources
from borderbook.errors import UserError

Verdict = Literal["holds", "holds-rounded", "differs", "not-checkable"]
VERDICTS: dict[str, str] = {
    "holds": "holds",
    "holds-rounded": "holds but for rounding",
    "differs": "differs",
    "not-checkable": "cannot be checked",
}
"""Each verdict in words, from best to worst: what cannot be checked in one part cannot be checked
as a whole."""


class ClaimError(UserError, ValueError):
    """A page or claim that the ledger does not know, or a claim that it cannot settle."""


class Named(Protocol):
    """A group that a statement can be asked of."""

    @property
    def called(self) -> str:
        """The group as a statement calls it."""


@dataclass(frozen=True)
class Claim:
    """One checkable statement of a text, in our words: a row of the `claims` resource.

    Words of `statement` in braces are the text's name of its own group: see `of_group`. How a
    claim with a `check` is settled stands in its row: see `borderbook.claims.declared`.
    """

    id: str
    page: str
    statement: str
    section: str = ""
    paragraph: int | None = None
    sentence: int | None = None
    kind: str = ""
    printed: str = ""
    unit: str = ""
    reading: str = ""
    threshold: float | None = None
    check: str = ""
    of: str = ""
    missing: str = ""

    @property
    def in_paper(self) -> str:
        """The statement as the text makes it, of its own group."""
        return re.sub("[{}]", "", self.statement)

    @property
    def is_on_a_group(self) -> bool:
        """Whether the statement can be asked of another group."""
        return "{" in self.statement

    def of_group(self, group: Named) -> str:
        """Return the statement with `group` named where the text names its own.

        >>> from types import SimpleNamespace
        >>> claim = Claim("rye-most", "loaves", "Most loaves of {the bakeries} are of rye.")
        >>> claim.in_paper
        'Most loaves of the bakeries are of rye.'
        >>> claim.of_group(SimpleNamespace(called="the two mills"))
        'Most loaves of the two mills are of rye.'
        """
        return re.sub(r"\{[^}]*\}", lambda _: group.called, self.statement)

    @property
    def line(self) -> Value:
        """The threshold as an exact value; ClaimError if the claim has none."""
        if self.threshold is None:
            raise ClaimError(f"data/claims.csv, claim {self.id}: it needs a threshold; give one")
        return measured(self.threshold)

    @property
    def year(self) -> int:
        """The year at the end of the identifier."""
        return int(self.id.rsplit("-", 1)[1])


class Input(NamedTuple):
    """Rows that a finding rests on: the resource, which rows of it, and their values by label."""

    resource: str
    rows: str
    values: tuple[tuple[str, float | str], ...]


@dataclass(frozen=True)
class Evidence:
    """What settles a claim: a verdict with its reason, and what both rest on.

    `computed` is a number in the claim's unit or a text; `readings` are neighbouring readings of
    the statement, each with the verdict under it; `printed` is given where a table of the
    text, not the claim, holds the printed value.
    """

    verdict: Verdict
    reason: str
    computed: float | str | None = None
    formula: str = ""
    inputs: tuple[Input, ...] = ()
    readings: Mapping[str, Verdict] = field(default_factory=dict)
    implies: str = ""
    printed: str = ""


@resources.remembered
def claims() -> dict[str, Claim]:
    """Return every claim by its identifier, in the order of the text."""
    table = resources.load("claims").astype(object)
    known = [field.name for field in fields(Claim) if field.name in table]
    rows = table[known].where(table[known].notna(), None).to_dict("records")
    listed = (Claim(**cast(Mapping[str, object], row)) for row in rows)  # type: ignore[arg-type]
    return {claim.id: claim for claim in listed}


def figure(table: pd.DataFrame, row: int | str | tuple[int | str, ...], column: str) -> float:
    """Return one figure of a table; KeyError if it has no such row or column.

    >>> figure(pd.DataFrame({"rye": [91.5]}, index=[2017]), 2017, "rye")
    91.5
    """
    return float(cast(float, table.at[row, column]))
