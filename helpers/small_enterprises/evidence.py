"""Evidence on Table 2: its cells against primary data, and the statements on its trends.

The trend statements describe the printed table, so they are judged on its printed values; with
another group of regions on what primary data give for that group.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from borderbook import formatting
from borderbook.claims.checks import (
    Claim,
    Evidence,
    Input,
    Reading,
    Series,
    Verdict,
    above,
    at_most,
    every,
    falls,
    listed,
    not_checkable,
    number,
    rises,
    size,
    smallest,
    some,
    spread,
    steps,
    trend,
)
from borderbook.claims.intervals import Interval, Printed, Value, share, total
from borderbook.claims.rules import group_of, settles
from borderbook.parameters.model import Parameters
from helpers.regions import Group
from helpers.small_enterprises import measures as small_enterprises
from helpers.small_enterprises.table_2_evidence import (
    ROWS,
    YEARS,
    computed,
    is_held,
    primary_input,
    printed,
    printed_input,
)


@dataclass(frozen=True)
class Shares:
    """The shares that a statement is judged on, and the rows that they come from."""

    values: dict[int, Value]
    about: str
    rows: tuple[Input, ...]
    missing: str = ""


@settles("number-falls-2014-2017", years=(2014, 2017), any_group=True)
@settles("turnover-falls-2014-2017", years=(2014, 2017), any_group=True)
@settles("turnover-rises-2011-2014", years=(2011, 2014), any_group=True)
@settles("investment-falls-2011-2016", years=(2011, 2016), any_group=True)
@settles("investment-rises-2017", years=(2016, 2017), any_group=True)
def direction(claim: Claim, parameters: Parameters) -> Evidence:
    """Check every asserted rise or fall."""
    row, verb, *ends = claim.id.split("-")
    first, last = (
        (int(ends[0]), int(ends[1])) if len(ends) > 1 else (int(ends[0]) - 1, int(ends[0]))
    )
    shares = _shares(parameters, row, range(first, last + 1))
    if shares.missing:
        return not_checkable(shares.missing)
    test = {"rises": rises, "falls": falls}[verb]
    ends_only = {year: shares.values[year] for year in (first, last)}
    evidence = trend(shares.values, "rise" if verb == "rises" else "fall", shares.about)
    return replace(
        evidence,
        inputs=shares.rows,
        readings=(
            Reading(f"{last} against {first} only", test(ends_only)),
            *_even(shares.values, test),
        )
        if last - first > 1
        else (),
        implies=_primary(row, first, last, group_of(parameters)),
    )


@settles("turnover-multidirectional", years=(2011, 2017), any_group=True)
def both_directions(_: Claim, parameters: Parameters) -> Evidence:
    """Check that there are rises and falls."""
    shares = _shares(parameters, "turnover", YEARS)
    if shares.missing:
        return not_checkable(shares.missing)
    one_by_one = [{a: shares.values[a], b: shares.values[b]} for a, b in itertools.pairwise(YEARS)]
    return Evidence(
        every((some(map(rises, one_by_one)), some(map(falls, one_by_one)))),
        f"{shares.about} change from year to year by {steps(shares.values)}.",
        computed=listed(shares.values),
        formula="each year's value less that of the year before",
        inputs=shares.rows,
        implies=_primary("turnover", YEARS[0], YEARS[-1], group_of(parameters)),
    )


@settles("turnover-lowest-2017", years=(2011, 2017), any_group=True)
def lowest(claim: Claim, parameters: Parameters) -> Evidence:
    """Check that the year has the smallest share."""
    shares = _shares(parameters, "turnover", YEARS)
    if shares.missing:
        return not_checkable(shares.missing)
    year = min(shares.values, key=lambda y: shares.values[y].central)
    return Evidence(
        smallest(shares.values, claim.year),
        f"The smallest of the shares is {number(shares.values[year], 2)} per cent, of {year}.",
        computed=listed(shares.values),
        formula="the year of the smallest share",
        inputs=shares.rows,
        implies=_primary("turnover", YEARS[0], YEARS[-1], group_of(parameters)),
    )


@settles("employees-level", years=(2011, 2017), any_group=True)
def level(claim: Claim, parameters: Parameters) -> Evidence:
    """Check that every year's share lies in the printed band."""
    shares = _shares(parameters, "employees", YEARS)
    if shares.missing:
        return not_checkable(shares.missing)
    low, high = (Printed(end) for end in claim.printed.split("-"))
    band = Interval(low.interval.low, high.interval.high, has_high=False)
    values = shares.values.values()
    ends = (min(v.central for v in values), max(v.central for v in values))
    return Evidence(
        every(_in_band(value, band) for value in values),
        f"{shares.about} run from {formatting.number(float(ends[0]), 2)} to "
        f"{formatting.number(float(ends[1]), 2)} per cent; values that round to {low.text} or "
        f"{high.text} lie in {band}.",
        computed=listed(shares.values),
        formula="every year's share against the band",
        inputs=shares.rows,
        readings=(
            Reading(
                f"no value below {low.text} or above {high.text}",
                every(_in_band(v, Interval(low.value, high.value)) for v in values),
            ),
        ),
    )


@settles("employees-unchanged", years=(2011, 2017), any_group=True)
def unchanged(claim: Claim, parameters: Parameters) -> Evidence:
    """Compare the spread of the shares with the threshold."""
    shares = _shares(parameters, "employees", YEARS)
    if shares.missing:
        return not_checkable(shares.missing)
    width = spread(shares.values)
    mean = total(shares.values.values()) / len(shares.values)
    gaps = [sign * (v - mean) for v in shares.values.values() for sign in (1, -1)]
    ends = shares.values[YEARS[-1]] - shares.values[YEARS[0]]
    line = number(claim.line, 1)
    return Evidence(
        at_most(width, claim.line),
        f"The largest and the smallest share differ by {number(width, 2)} percentage points; "
        f"the threshold is {line}.",
        computed=round(float(width), 6),
        interval=width.interval,
        formula="largest less smallest share",
        inputs=shares.rows,
        readings=(
            *(
                Reading(
                    f"threshold of {formatting.number(other, 1)} points",
                    at_most(width, Decimal(str(other))),
                )
                for other in (0.5, 1.5)
            ),
            Reading(
                f"every year within {line} point of the mean of the years",
                every(at_most(gap, claim.line) for gap in gaps),
            ),
            Reading(
                f"{YEARS[-1]} within {line} point of {YEARS[0]} ({number(ends, 2, signed=True)})",
                every(at_most(sign * ends, claim.line) for sign in (1, -1)),
            ),
        ),
        implies=_primary("employees", YEARS[0], YEARS[-1], group_of(parameters)),
    )


@settles("employees-comparable-number", years=(2011, 2017), any_group=True)
def comparable(claim: Claim, parameters: Parameters) -> Evidence:
    """Compare the distance of two rows with the threshold, in per cent of the second."""
    employees, numbers = (_shares(parameters, row, YEARS) for row in ("employees", "number"))
    if employees.missing or numbers.missing:
        return not_checkable(employees.missing or numbers.missing)
    gaps = {year: employees.values[year] - numbers.values[year] for year in YEARS}
    relative = {year: share(gaps[year], numbers.values[year]) for year in YEARS}
    farthest = max(relative, key=lambda year: abs(relative[year].central))
    return Evidence(
        _all_within(relative, claim.line),
        f"The two differ by at most {number(size(relative[farthest]), 1)} per cent of the share "
        f"in the number ({farthest}: {number(gaps[farthest], 2, signed=True)} percentage points); "
        f"the threshold is {number(claim.line, 0)}.",
        computed=round(float(size(relative[farthest])), 6),
        interval=size(relative[farthest]).interval,
        formula="100 × (share in employees less share in number) / share in number",
        inputs=(*employees.rows, *numbers.rows),
        readings=(
            Reading("within 5 per cent", _all_within(relative, 5)),
            Reading("within 1 percentage point", _all_within(gaps, 1)),
            Reading("within 2 percentage points", _all_within(gaps, 2)),
        ),
    )


@settles("investment-above-others-2011", dated=True, any_group=True)
def above_others(claim: Claim, parameters: Parameters) -> Evidence:
    """Compare the share in investment with the three other rows."""
    found = {row: _shares(parameters, row, (claim.year,)) for row in ROWS}
    if missing := [shares.missing for shares in found.values() if shares.missing]:
        return not_checkable(missing[0])
    values = {row: shares.values[claim.year] for row, shares in found.items()}
    first = values.pop("investment")
    shown = "; ".join(f"{row}: {number(value, 2)}" for row, value in values.items())
    return Evidence(
        every(above(first, value) for value in values.values()),
        f"The share in investment is {number(first, 2)} per cent; {shown}.",
        computed=float(first),
        interval=first.interval,
        formula="the share in investment against each of the three others",
        inputs=tuple(row for shares in found.values() for row in shares.rows),
    )


@settles("investment-fall-significant", years=(2011, 2016), any_group=True)
@settles("investment-below-2011", years=(2011, 2017), any_group=True)
def significant(claim: Claim, parameters: Parameters) -> Evidence:
    """Compare a fall with the threshold, in per cent of the earlier value."""
    first, last = 2011, 2016 if claim.id == "investment-fall-significant" else 2017
    shares = _shares(parameters, "investment", (first, last))
    if shares.missing:
        return not_checkable(shares.missing)
    gap = shares.values[first] - shares.values[last]
    found = 100 - share(shares.values[last], shares.values[first])
    return Evidence(
        above(found, claim.line),
        f"The share of {last} is {number(gap, 2)} percentage points below that of {first}, "
        f"{number(found, 1)} per cent of it; the threshold is {number(claim.line, 0)}.",
        computed=round(float(found), 6),
        interval=found.interval,
        formula=f"100 × (share of {first} less share of {last}) / share of {first}",
        inputs=shares.rows,
        readings=(
            Reading("more than 20 per cent", above(found, 20)),
            Reading("more than 30 per cent", above(found, 30)),
            Reading("more than 5 percentage points", above(gap, 5)),
        ),
    )


@settles("manufacturing-level", "manufacturing-unchanged", any_group=True)
@settles("manufacturing-rises-2013-2015", "manufacturing-falls-2016", any_group=True)
def manufacturing(_: Claim, parameters: Parameters) -> Evidence:
    """Say what the printed band leaves room for."""
    group = group_of(parameters)
    implies = ""
    if group.neighbour == "KZ":
        fall = printed("number", 2015) - printed("number", 2016)
        implies = (
            "Values that round to 16 or 17 differ by less than 2 points, so that a fall within "
            "the band is smaller than that. The printed share in all small enterprises fell by "
            f"{number(fall, 2)} points in 2016, the year from which the register is surveyed."
        )
    return not_checkable(
        "number of small enterprises in manufacturing by region, any year", implies
    )


def _shares(parameters: Parameters, row: str, years: Iterable[int]) -> Shares:
    """Return the printed shares for the paper's group, those of primary data for another."""
    years, group = tuple(years), group_of(parameters)
    if group.is_the_papers:
        values: dict[int, Value] = {year: printed(row, year) for year in years}
        return Shares(values, "The printed shares", (printed_input(row, years),))
    absent = [y for y in years if not is_held(row, y, group.codes)]
    if absent:
        missing = (
            f"{ROWS[row]} by region for {formatting.years(absent)}; Table 2 is about another group"
        )
        return Shares({}, "", (), missing)
    values = {year: computed(row, year, group.codes) for year in years}
    rows = tuple(primary_input(row, year, group.codes) for year in years)
    return Shares(values, f"The computed shares of {group.label}", rows)


def _primary(row: str, first: int, last: int, group: Group) -> str:
    """Return what primary data tell of a trend in Table 2, and which steps cross a break."""
    years = range(first, last + 1)
    held = [y for y in years if is_held(row, y, group.codes)]
    values = {year: computed(row, year, group.codes) for year in held}
    absent = [year for year in years if year not in held]
    broken = [
        f"{a} to {b}"
        for a, b in itertools.pairwise(years)
        if small_enterprises.segment(a) != small_enterprises.segment(b)
    ]
    parts = [f"Primary data give {listed(values)}." if values and group.is_the_papers else ""]
    if absent:
        parts.append(f"Primary data hold nothing for {formatting.years(absent)}.")
    if broken:
        verb = "crosses" if len(broken) == 1 else "cross"
        parts.append(f"{formatting.listing(broken)} {verb} a break in the series.")
    return " ".join(part for part in parts if part)


def _even(series: Series, test: Callable[[Series], Verdict]) -> tuple[Reading, ...]:
    """Return the reading of a steady change as one without a dominant step."""
    years = sorted(series)
    whole = series[years[-1]] - series[years[0]]
    if test({years[0]: series[years[0]], years[-1]: series[years[-1]]}) != "holds":
        return ()
    jumps = [series[b] - series[a] for a, b in itertools.pairwise(years)]
    largest = max(jumps, key=lambda jump: jump.central / whole.central)
    part = share(largest, whole)
    return (
        Reading(
            f"and no step is more than half of the change (largest: {number(part, 0)} per cent)",
            every((test(series), at_most(part, 50))),
        ),
    )


def _all_within(series: Series, bound: Value | int) -> Verdict:
    return every(at_most(sign * value, bound) for value in series.values() for sign in (1, -1))


def _in_band(value: Value, band: Interval) -> Verdict:
    if value.central in band:
        return "holds"
    return "holds-rounded" if value.interval.meets(band) else "differs"
