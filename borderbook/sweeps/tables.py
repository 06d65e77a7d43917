"""What a sweep shows: verdicts that flip and where, verdicts that stay, ranges, what was not run.

Each function takes the tidy table of a sweep and `default`, the swept parameters with their own
values; see `robustness`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from borderbook import book, formatting
from borderbook.claims.model import VERDICTS
from borderbook.figures.tables import Column, Table
from borderbook.parameters.grid import word
from borderbook.sweeps import robustness

_YEARS = (1900, 2100)


def headline(results: pd.DataFrame, default: Mapping[str, Any]) -> str:
    """Return in one sentence how many verdicts stay the same."""
    verdicts = robustness.verdicts(results, default)
    runs = len(robustness.points(results, default))
    many, stay = len(verdicts), int(verdicts["robust"].sum())
    in_runs = f"in {'all ' if runs > 1 else ''}{_count(runs, 'run')}"
    if not many:
        return f"The section makes no statement with a verdict {in_runs}."
    if stay == many:
        return f"{_count(many, 'statement has', 'statements have')} the same verdict {in_runs}."
    if many == 1:
        return f"The only statement has more than one verdict in {_count(runs, 'run')}."
    verb = "has" if stay == 1 else "have"
    changing = _count(many - stay, "changes", "change")
    return f"{stay} of the {many} statements {verb} the same verdict {in_runs}; {changing}."


def flips(results: pd.DataFrame, default: Mapping[str, Any]) -> Table:
    """Return the claims whose verdict is not the same in all runs, and where it changes."""
    verdicts = robustness.verdicts(results, default)
    rows = verdicts[~verdicts["robust"].astype(bool)].assign(
        default=lambda table: table["default"].map(_verdict),
        verdicts=lambda table: table["verdicts"].map(_counted),
        where=lambda table: table["where"].map(
            lambda places: ". ".join(
                f"{_verdict(v).capitalize()}: {at}" for v, at in places.items()
            )
        ),
    )
    runs = len(robustness.points(results, default))
    return Table(
        "verdicts-that-change",
        f"{_count(len(rows), 'verdict depends', 'verdicts depend')} on the parameters",
        rows,
        [
            Column("statement", "Statement"),
            Column("default", "Default run"),
            Column("verdicts", "All runs"),
            Column("where", "Where it is another than in most runs"),
        ],
        f"Statements of the section with more than one verdict in {_count(runs, 'run')}",
        [f"Default: {_default(default)}."],
        filters=["default"],
    )


def flips_by(results: pd.DataFrame, default: Mapping[str, Any], parameter: str) -> Table:
    """Return the verdict of each claim that flips, by value of one parameter."""
    by_value = robustness.by_value(results, parameter)
    values = list(dict.fromkeys(robustness.points(results, default)[parameter]))
    by_claim: dict[str, dict[str, str]] = {}
    for claim, statement, value, verdicts in by_value.itertuples(index=False):
        by_claim.setdefault(claim, {"statement": statement})[word(value)] = _counted(verdicts)
    rows = pd.DataFrame(list(by_claim.values()), columns=["statement", *map(word, values)])
    default_word = word(default[parameter])
    return Table(
        f"verdicts-by-{parameter.replace('_', '-')}",
        f"The same verdicts by {parameter}",
        rows.where(rows.notna(), ""),
        [
            Column("statement", "Statement"),
            *(
                Column(
                    word(v),
                    f"{word(v)}{' (default)' if word(v) == default_word else ''}",
                    _label(v),
                )
                for v in values
            ),
        ],
        "Verdict in the runs with each value; where they differ, the number of runs with each",
    )


def robust(results: pd.DataFrame, default: Mapping[str, Any]) -> Table:
    """Return the claims that have the same verdict in all runs."""
    verdicts = robustness.verdicts(results, default)
    rows = verdicts[verdicts["robust"].astype(bool)].assign(
        verdict=lambda table: table["verdicts"].map(lambda counts: _verdict(next(iter(counts))))
    )
    return Table(
        "verdicts-that-stay",
        f"{_count(len(rows), 'verdict is', 'verdicts are')} the same in all runs",
        rows,
        [
            Column("statement", "Statement"),
            Column("verdict", "Verdict"),
            Column("runs", "Runs with it", digits=0),
        ],
        "Statements of the section with one verdict",
        filters=["verdict"],
    )


def ranges(results: pd.DataFrame, default: Mapping[str, Any]) -> Table:
    """Return the range of each number that varies, and where its ends are reached."""
    ranged = robustness.ranges(results, default)
    rows = ranged[ranged["varies"].astype(bool)].copy()
    rows["what"] = [
        f"{row}, {column}" if column else row
        for row, column in zip(rows["row"], rows["column"], strict=True)
    ]
    rows["table"] = rows["table"].where(rows["table"] != "", "in the text")
    ends = ["default", "least", "most"]
    shown = [_alike(*numbers) for numbers in rows[["unit", *ends]].itertuples(index=False)]
    rows[ends] = pd.DataFrame(shown, columns=ends, index=rows.index, dtype="str")
    same = len(ranged) - len(rows)
    return Table(
        "ranges",
        f"{_count(len(rows), 'number varies', 'numbers vary')} with the parameters",
        rows,
        [
            Column("what", "Number"),
            Column("unit", "Unit"),
            Column("default", "Default", role="computed"),
            Column("least", "Least", role="computed"),
            Column("least_at", "Least at"),
            Column("most", "Most", role="computed"),
            Column("most_at", "Most at"),
            Column("table", "Table"),
            Column("runs", "Runs with it", digits=0),
        ],
        "Numbers in the tables and the text of the section, over all runs",
        [
            f"Default: {_default(default)}. A dash: the default run does not have the number.",
            f"{_count(same, 'number is', 'numbers are')} the same in all runs; results.csv has "
            "every number of every run.",
        ],
        filters=["table"],
    )


def left_out(rows: pd.DataFrame, default: Mapping[str, Any], *, failed: bool) -> Table:
    """Return the combinations that failed, or were refused, each with its reason.

    `rows`: the swept parameters and `reason`.
    """
    what = "run failed" if failed else "combination cannot be run"
    many = "runs failed" if failed else "combinations cannot be run"
    shown = rows.assign(**{name: rows[name].map(word) for name in default})
    return Table(
        "failed" if failed else "refused",
        _count(len(rows), what, many),
        shown[[*default, "reason"]],
        [*(Column(name, name) for name in default), Column("reason", "Reason")],
        "The error of each run" if failed else "What the section's parameters do not allow",
    )


def _count(many: int, one: str, more: str = "") -> str:
    return f"{formatting.number(many)} {one if many == 1 else more or f'{one}s'}"


def _verdict(verdict: str) -> str:
    return VERDICTS.get(verdict, verdict)


def _counted(verdicts: Mapping[str, int]) -> str:
    """Return a verdict in words; of several, each with its number of runs."""
    if len(verdicts) == 1:
        return _verdict(next(iter(verdicts)))
    return ", ".join(f"{_verdict(verdict)} in {many}" for verdict, many in verdicts.items())


def _default(default: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} = {word(value)}" for name, value in default.items())


def _label(value: Any) -> str:
    """Return in words what a parameter's value is the code of, if the content has words for it."""
    label: Callable[[str], str] | None = book.hook("label")
    return label(value) if label and isinstance(value, str) else ""


def _alike(unit: str, *values: float) -> list[str]:
    """Return numbers to be shown side by side, with the same decimals; years as years.

    >>> _alike("%", 12.345, 7.0, float("nan")), _alike("", 2010, 2022), _alike("", 0.09541, 0.0)
    (['12.35', '7.00', '–'], ['2010', '2022'], ['0.0954', '0.0000'])
    """
    known = [value for value in values if not math.isnan(value)]
    largest = max(map(abs, known))
    whole = all(float(value).is_integer() for value in known)
    if whole and not unit and all(_YEARS[0] <= value <= _YEARS[1] for value in known):
        return [formatting.MISSING if math.isnan(value) else str(int(value)) for value in values]
    digits = 0 if whole else 1 if largest >= 1000 else max(2, 2 - math.floor(math.log10(largest)))
    return [formatting.number(value, digits) for value in values]
