"""Statements that their row of data settles: an author adds one without Python.

The column `check` of the `claims` resource says how, `of` of what:

- `equals`: the value, rounded as printed, is the `printed` number;
- `above`, `below`: it lies on that side of the `threshold`, or else of the `printed` number;
- `within`: it differs from the `printed` number by no more than the `threshold`; or it lies in the
  `printed` band, such as 16-17;
- `rises`, `falls`: it does so in every year;
- `same`: the number repeats that of another statement, and has its verdict;
- `missing`: nothing can settle it here; the column `missing` says what would.

`of` names the other statement, `claim:ID`, or something that the claim's page shows: `value:NAME`,
a value for the text; or `table:NAME[ROW, COLUMN]`, the cell of a table in the row that its first
column names so and in the column of that name. `rises` and `falls` take several rows, named by
years: `*` for all, or a first and a last one as in `table:loaves[2011..2017, rye]`. A value for the
text counts as printed: with the precision that it is written with.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal, NamedTuple

import pandas as pd

from borderbook import book, formatting
from borderbook.claims import checks, shown
from borderbook.claims.checks import above, against, approximate, number, unit_words
from borderbook.claims.intervals import Printed, Value, measured
from borderbook.claims.model import Claim, ClaimError, Evidence, Input, Verdict, claims
from borderbook.claims.rules import MissingError, Rule
from borderbook.claims.shown import Shown
from borderbook.parameters import derive
from borderbook.parameters.model import ParameterError, Parameters

_OF = re.compile(r"value:(?P<value>[\w-]+)|table:(?P<table>[\w-]+)\[(?P<row>.+), *(?P<column>.+)\]")


class Figures(NamedTuple):
    """What a statement speaks of: values by the names of their rows, and where they come from."""

    values: Mapping[str, Value]
    resources: Sequence[str]


Check = Callable[[Claim, Figures], Evidence]
"""Settles a claim by what it speaks of; ClaimError where the row does not fit the check."""


def rule(claim: Claim) -> Rule:
    """Return the rule that a claim's row gives; ClaimError if there is no such check."""
    if claim.check not in CHECKS:
        there = ", ".join((*CHECKS, SAME))
        raise _error(claim, f"no check {claim.check!r}; there are {there}")
    return Rule(_settle, {})


def first(claim: Claim) -> Claim:
    """Return the claim whose number this one repeats; itself if it repeats none.

    Raises ClaimError if there is no such claim, or if that one repeats another too.
    """
    if claim.check != SAME:
        return claim
    name, known = claim.of.removeprefix("claim:"), claims()
    if not claim.of.startswith("claim:") or name not in known:
        raise _error(claim, f"{claim.of!r} is no statement; write claim:ID", "of")
    if known[name].check == SAME:
        raise _error(claim, f"{claim.of} repeats {known[name].of}; name that", "of")
    return known[name]


def repetition(claim: Claim, evidence: Evidence) -> Evidence:
    """Return the evidence on a claim that repeats the number of another, which `evidence` settles.

    It is settled alike, but if the two numbers as printed cannot be one.
    """
    _needs_printed(claim)
    other = first(claim)
    number = evidence.printed or other.printed
    if not number:
        raise _error(claim, f"{claim.of} prints no number that could be repeated", "of")
    if checks.judge(Printed(claim.printed), Printed(number)) == "differs":
        return replace(
            evidence,
            verdict="differs",
            reason=f"{formatting.capitalized(book.work())} prints {claim.printed} here and "
            f"{number} elsewhere: {other.in_paper}",
            computed=float(Printed(number).value),
            formula="the number as it is printed elsewhere",
            printed=claim.printed,
        )
    reason = f"{evidence.reason} The number is printed twice and has one verdict: {other.in_paper}"
    return replace(evidence, reason=reason, printed=claim.printed)


def answerable(chosen: Iterable[Claim]) -> list[Claim]:
    """Return the claims without those that wait for what a section shows, while that is found out.

    A section's own cells show its statements: they cannot speak of themselves.
    """
    collecting = shown.COLLECTED.get() is not None
    return [claim for claim in chosen if not (collecting and waits(claim))]


def waits(claim: Claim) -> bool:
    """Return whether a claim, or the one that it repeats, speaks of what a section shows."""
    return bool(first(claim).of)


def _settle(claim: Claim, parameters: Parameters) -> Evidence:
    """Return the evidence on what a section shows with these parameters.

    Raises MissingError where they leave it out or a cell is empty, ClaimError for a wrong row.
    """
    check = CHECKS[claim.check]
    if claim.check == "missing":
        return check(claim, Figures({}, ()))
    try:
        section = shown.of_section(claim.page, parameters)
    except ParameterError as error:
        raise MissingError(f"what the section shows with these parameters ({error})") from None
    try:
        return check(claim, _figures(claim, section))
    except ClaimError:
        default = shown.of_section(claim.page, derive.model_of(claim.page)())
        if section == default:
            raise
        check(claim, _figures(claim, default))
        reason = f"{claim.of}: with the parameters chosen the section does not show it"
        raise MissingError(reason) from None


def _figures(claim: Claim, section: Shown) -> Figures:
    matched = _OF.fullmatch(claim.of)
    if not matched:
        raise _error(claim, f"{claim.of!r}: write value:NAME, or table:NAME[ROW, COLUMN]", "of")
    if name := matched["value"]:
        text = _chosen(claim, "value", name, section.values)
        return Figures({name: _printed(claim, text)}, section.resources)
    table = _chosen(claim, "table", matched["table"], section.tables)
    sources = [source["resource"] for source in table["sources"]]
    cells = _cells(claim, table, matched["row"], matched["column"])
    return Figures(cells, sources or section.resources)


def _cells(claim: Claim, table: Mapping[str, Any], row: str, column: str) -> dict[str, Value]:
    names = [field["name"] for field in table["schema"]["fields"]]
    if column not in names[1:]:
        raise _error(claim, f"no column {column!r}; there are {', '.join(names[1:])}", "of")
    labels = [_label(record[names[0]]) for record in table["data"]]
    repeated = [label for label in labels if labels.count(label) > 1]
    if repeated:
        raise _error(claim, f"several rows are called {repeated[0]!r}", "of")
    first, dots, last = row.partition("..")
    ends = (first, last if dots else first)
    if row == "*":
        start, end = 0, len(labels)
    elif absent := [name for name in ends if name not in labels]:
        raise _error(claim, f"no row {absent[0]!r}; there are {', '.join(labels)}", "of")
    else:
        start, end = labels.index(ends[0]), labels.index(ends[1]) + 1
    return {
        label: _value(claim, record[column], label)
        for label, record in list(zip(labels, table["data"], strict=True))[start:end]
    }


def _value(claim: Claim, cell: Any, row: str) -> Value:
    if isinstance(cell, str) and cell.strip():
        return _printed(claim, cell)
    if pd.isna(cell) or cell == "":
        raise MissingError(f"a figure in row {row} of {claim.of}")
    return measured(cell)


def _printed(claim: Claim, text: str) -> Printed:
    value = formatting.read_number(text)
    if value is None:
        raise _error(claim, f"{claim.of} is {text!r}, which is no number", "of")
    return Printed(f"{value:f}")


def _chosen(claim: Claim, what: str, name: str, there: Mapping[str, Any]) -> Any:
    if name not in there:
        raise _error(
            claim,
            f"page {claim.page} shows no {what} {name!r}; there are {', '.join(there) or 'none'}",
            "of",
        )
    return there[name]


def _label(cell: Any) -> str:
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def _one(claim: Claim, figures: Figures) -> Value:
    if len(figures.values) != 1:
        raise _error(claim, f"{claim.check} speaks of one row, not {len(figures.values)}", "of")
    return next(iter(figures.values.values()))


def _equals(claim: Claim, figures: Figures) -> Evidence:
    _needs_printed(claim)
    evidence = against(claim, _one(claim, figures), what="The figures of this section")
    return _resting(claim, figures, evidence)


def _above(claim: Claim, figures: Figures) -> Evidence:
    verdict = above(_one(claim, figures), _line(claim))
    return _compared(claim, figures, verdict, f"above {_bound(claim)}")


def _below(claim: Claim, figures: Figures) -> Evidence:
    verdict = above(_line(claim), _one(claim, figures))
    return _compared(claim, figures, verdict, f"below {_bound(claim)}")


def _within(claim: Claim, figures: Figures) -> Evidence:
    _needs_printed(claim)
    value = _one(claim, figures)
    if "-" in claim.printed:
        verdict = checks.in_band(value, checks.band(claim))
        return _compared(claim, figures, verdict, f"in the printed band {claim.printed}")
    verdict = checks.within(value, Printed(claim.printed).central, claim.line)
    place = f"within {claim.threshold:g} of the printed {claim.printed}"
    return _compared(claim, figures, verdict, place)


def _moves(asserted: Literal["rise", "fall"]) -> Check:
    def check(claim: Claim, figures: Figures) -> Evidence:
        years = [label for label in figures.values if not label.isdecimal()]
        if years or len(figures.values) < 2:
            reason = f"row {years[0]!r} is no year" if years else "one row shows no change"
            raise _error(claim, f"{reason}; write FIRST..LAST or * for rows named by years", "of")
        series = {int(label): value for label, value in figures.values.items()}
        evidence = checks.trend(series, asserted, "The figures of this section")
        return _resting(claim, figures, evidence)

    return check


def _missing(claim: Claim, _: Figures) -> Evidence:
    if not claim.missing:
        raise _error(claim, "say what would settle it", "missing")
    return checks.not_checkable(claim.missing)


SAME = "same"
"""The check of a number that is printed twice: the ledger settles it by the other statement."""

CHECKS: dict[str, Check] = {
    "equals": _equals,
    "above": _above,
    "below": _below,
    "within": _within,
    "rises": _moves("rise"),
    "falls": _moves("fall"),
    "missing": _missing,
}
"""How each other check settles a claim."""


def _compared(claim: Claim, figures: Figures, verdict: Verdict, place: str) -> Evidence:
    """Return the evidence on one value that is said to be at a place, above a line for one."""
    value = _one(claim, figures)
    words = {
        "holds": place,
        "holds-rounded": f"{place} only with what its rounding leaves open",
    }.get(verdict, f"not {place}")
    digits = value.digits if isinstance(value, Printed) else 2
    evidence = Evidence(
        verdict,
        f"The figures of this section give {number(value, digits)}{unit_words(claim.unit)}, "
        f"{words}.",
        computed=approximate(value),
    )
    return _resting(claim, figures, evidence)


def _resting(claim: Claim, figures: Figures, evidence: Evidence) -> Evidence:
    """Return the evidence with what it rests on: the figures named, and the resources read."""
    place = f"{claim.of}, as the section shows it"
    values = tuple((label, approximate(value)) for label, value in figures.values.items())
    inputs = tuple(Input(name, place, values) for name in figures.resources)
    return replace(evidence, formula=evidence.formula or place, inputs=inputs)


def _line(claim: Claim) -> Value:
    if claim.threshold is None and not claim.printed:
        raise _error(claim, f"{claim.check} needs a threshold or a printed number")
    return Printed(claim.printed) if claim.threshold is None else claim.line


def _bound(claim: Claim) -> str:
    return claim.printed if claim.threshold is None else f"{claim.threshold:g}"


def _needs_printed(claim: Claim) -> None:
    if not claim.printed:
        raise _error(claim, f"{claim.check} needs the printed number", "printed")


def _error(claim: Claim, what: str, column: str = "check") -> ClaimError:
    return ClaimError(f"data/claims.csv, claim {claim.id}, {column}: {what}")
