"""How much results depend on parameters: verdicts that stay or flip, and the range of each value.

Measured on the tidy table of a sweep: a row for each value, table cell and claim of each run, with
a column for each parameter that was swept. `default` maps these parameters to their own values.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from operator import contains
from typing import Any

import pandas as pd

from borderbook.parameters.grid import word

CELL = ("kind", "table", "row", "column")
"""The columns that name a value of a run."""

_FEW = 3


def points(results: pd.DataFrame, default: Mapping[str, Any]) -> pd.DataFrame:
    """Return the combinations of swept parameters that have results, in their order."""
    return results[list(default)].drop_duplicates(ignore_index=True)


class Runs:
    """The runs of a sweep's tidy table: the combinations of swept parameters, in their order."""

    def __init__(self, results: pd.DataFrame, default: Mapping[str, Any]) -> None:
        self.names = tuple(default)
        self.points = [tuple(row) for row in points(results, default).itertuples(index=False)]
        self.number = results.groupby(list(default), sort=False).ngroup()
        """The number of the run of each row of the table."""
        values = tuple(default.values())
        self.default = self.points.index(values) if values in self.points else None
        """The number of the default run; None if it has no results."""

    def where(self, chosen: Iterable[int]) -> str:
        """Return words for some of the runs, by their numbers."""
        numbers = set(chosen)
        if numbers == {self.default}:
            return "the default run"
        if numbers == {*range(len(self.points))} - {self.default} and len(numbers) > 1:
            return "every run but the default one"
        return where(self.names, self.points, [self.points[number] for number in sorted(numbers)])


def verdicts(results: pd.DataFrame, default: Mapping[str, Any]) -> pd.DataFrame:
    """Return each claim's verdicts over all runs, in the order of the claims.

    Columns: `claim`, `statement`, `default` (its verdict in the default run, blank if it has none
    there), `runs` (in how many it was judged), `verdicts` (verdict -> number of runs, the default
    one first, then by number), `robust` (the same in all) and `where`: words for the runs of each
    verdict but the most frequent one, verdict -> words.
    """
    runs = Runs(results, default)
    claims = results[results["kind"] == "claim"].assign(run=runs.number)
    rows = []
    for claim, rows_of_claim in claims.groupby("claim", sort=False):
        in_run = dict(zip(rows_of_claim["run"], rows_of_claim["verdict"], strict=True))
        usual = in_run.get(runs.default, "")
        counts = Counter(in_run.values())
        order = sorted(counts, key=lambda verdict: (verdict != usual, -counts[verdict], verdict))
        most = max(order, key=lambda verdict: counts[verdict])
        rows.append(
            {
                "claim": claim,
                "statement": rows_of_claim["text"].iloc[0],
                "default": usual,
                "runs": len(in_run),
                "verdicts": {verdict: counts[verdict] for verdict in order},
                "robust": len(counts) == 1,
                "where": {
                    verdict: runs.where(run for run, v in in_run.items() if v == verdict)
                    for verdict in order
                    if verdict != most
                },
            }
        )
    columns = ["claim", "statement", "default", "runs", "verdicts", "robust", "where"]
    return pd.DataFrame(rows, columns=columns)


def by_value(results: pd.DataFrame, parameter: str) -> pd.DataFrame:
    """Return the verdicts of each claim that flips, by value of one parameter.

    Columns: `claim`, `statement`, `value` (of the parameter, in the order of the runs), `verdicts`
    (verdict -> number of runs with this value).
    """
    claims = results[results["kind"] == "claim"]
    different = claims.groupby("claim")["verdict"].nunique()
    flipping = claims[claims["claim"].isin(different.index[different > 1])]
    rows = [
        {
            "claim": claim,
            "statement": rows_of_value["text"].iloc[0],
            "value": value,
            "verdicts": dict(Counter(rows_of_value["verdict"])),
        }
        for (claim, value), rows_of_value in flipping.groupby(["claim", parameter], sort=False)
    ]
    return pd.DataFrame(rows, columns=["claim", "statement", "value", "verdicts"])


def ranges(results: pd.DataFrame, default: Mapping[str, Any]) -> pd.DataFrame:
    """Return the range of each number of a value or table cell over all runs, in their order.

    Columns: `kind`, `table`, `row`, `column`, `unit`, `runs` (in how many it is a number),
    `default` (NaN if the default run does not have it), `least`, `least_at`, `most`, `most_at`
    (words for the runs in which it is reached, blank if it is in all) and `varies`.
    """
    runs = Runs(results, default)
    names = [*CELL, "unit"]
    numbers = results[(results["kind"] != "claim") & results["value"].notna()]
    filled = numbers.fillna(dict.fromkeys(names, "")).assign(run=runs.number)
    rows = []
    for key, rows_of_number in filled.groupby(names, sort=False):
        in_run = dict(
            zip(rows_of_number["run"].tolist(), rows_of_number["value"].tolist(), strict=True)
        )
        least, most = min(in_run.values()), max(in_run.values())
        at = {
            end: runs.where(run for run, value in in_run.items() if value == end)
            for end in ({least, most} if least != most else ())
        }
        rows.append(
            {
                **dict(zip(names, key, strict=True)),
                "runs": len(in_run),
                "default": in_run.get(runs.default, float("nan")),
                "least": least,
                "least_at": at.get(least, ""),
                "most": most,
                "most_at": at.get(most, ""),
                "varies": bool(at),
            }
        )
    ends = ["runs", "default", "least", "least_at", "most", "most_at", "varies"]
    return pd.DataFrame(rows, columns=[*names, *ends])


def where(
    names: Sequence[str], runs: Sequence[tuple[Any, ...]], chosen: Sequence[tuple[Any, ...]]
) -> str:
    """Return words for the `chosen` of all `runs`, each the values of the parameters `names`.

    As short as is exact: parameters that make no difference are left out.

    >>> runs = [(x, y) for x in "abcd" for y in (1, 2)]
    >>> where("xy", runs, [run for run in runs if run[1] == 2])
    'y = 2'
    >>> where("xy", runs, [run for run in runs if run[0] != "d" and run[1] == 1])
    'x other than d; y = 1'
    >>> where("xy", runs, [("a", 1), ("b", 2)])
    'x = a; y = 1, or x = b; y = 2'
    """
    every = [list(dict.fromkeys(values)) for values in zip(*runs, strict=True)]
    have = [set(values) for values in zip(*chosen, strict=True)]
    if _inside(runs, have) == set(chosen):
        for index, values in enumerate(every):
            wider = [*have[:index], set(values), *have[index + 1 :]]
            if _inside(runs, wider) == set(chosen):
                have = wider
        parts = map(_among, names, every, have)
        return "; ".join(part for part in parts if part) or "every run"
    each = [
        "; ".join(f"{name} = {word(value)}" for name, value in zip(names, run, strict=True))
        for run in dict.fromkeys(chosen)
    ]
    more = f" and {len(each) - _FEW} more" if len(each) > _FEW else ""
    return ", or ".join(each[:_FEW]) + more


def _inside(
    runs: Sequence[tuple[Any, ...]], allowed: Sequence[Collection[Any]]
) -> set[tuple[Any, ...]]:
    """Return the runs whose every parameter has one of the values allowed for it."""
    return {run for run in runs if all(map(contains, allowed, run))}


def _among(name: str, every: Sequence[Any], some: Collection[Any]) -> str:
    """Return words for some of a parameter's values; none if they are all of them."""
    left = [value for value in every if value not in some]
    if not left:
        return ""
    if len(left) < len(every) - len(left):
        return f"{name} other than {', '.join(map(word, left))}"
    return f"{name} = {', '.join(word(value) for value in every if value in some)}"
