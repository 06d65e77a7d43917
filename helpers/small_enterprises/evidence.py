"""Evidence on the trends that the paper reads from Table 2.

The trend statements describe the printed table, so they are judged on its printed values; with
another group of regions on what primary data give for that group.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from borderbook import formatting
from borderbook.claims import checks as c
from borderbook.claims.checks import Series
from borderbook.claims.intervals import Interval, Printed, Value, share, total
from borderbook.claims.model import Claim, Evidence, Input, Verdict, claims
from borderbook.claims.rules import MissingError, Rules
from borderbook.parameters.model import Parameters
from helpers.regions import WIDER, Group
from helpers.scope import PAPERS, group_of
from helpers.small_enterprises import measures as small_enterprises
from helpers.small_enterprises import table_2_evidence
from helpers.small_enterprises.measures import ROWS, YEARS, computed, is_published, printed
from helpers.small_enterprises.table_2_evidence import primary_input, printed_input, substitute

RULES = Rules(table_2_evidence.RULES)


@dataclass(frozen=True)
class Shares:
    """The shares of a row of Table 2 that a statement is judged on, and the rows they come from."""

    row: str
    group: Group
    values: dict[int, Value]
    rows: tuple[Input, ...]

    @property
    def about(self) -> str:
        """What the shares are, as the start of a sentence."""
        group = self.group
        return (
            "The printed shares" if group.is_the_papers else f"The computed shares of {group.label}"
        )

    def evidence(self, verdict: Verdict, reason: str, formula: str, **more: Any) -> Evidence:
        """Return the evidence that rests on the shares; what is computed are they unless given."""
        given = {"computed": c.listed(self.values), **more}
        return Evidence(verdict, reason, formula=formula, inputs=self.rows, **given)

    @property
    def implies(self) -> str:
        """What primary data tell of a trend over the years, and which steps cross a break."""
        years, codes = list(self.values), self.group.codes
        values = {
            y: computed(self.row, y, codes) for y in years if is_published(self.row, y, codes)
        }
        absent = [year for year in years if year not in values]
        broken = [
            f"{a} to {b}"
            for a, b in itertools.pairwise(years)
            if small_enterprises.segment(a) != small_enterprises.segment(b)
        ]
        parts = []
        if values and self.group.is_the_papers:
            parts.append(f"Primary data give {c.listed(values)}.")
        parts += [
            f"In {y} they have {substitute(self.row, y)}."
            for y in values
            if substitute(self.row, y)
        ]
        if absent:
            parts.append(f"Primary data hold nothing for {formatting.years(absent)}.")
        if broken:
            cross = formatting.plural(len(broken), "crosses", "cross")
            parts.append(f"{formatting.listing(broken)} {cross} a break in the series.")
        return " ".join(parts)


@RULES.settles("number-falls-2014-2017", "turnover-falls-2014-2017", years=(2014, 2017))
@RULES.settles("turnover-rises-2011-2014", years=(2011, 2014))
@RULES.settles("investment-falls-2011-2016", years=(2011, 2016))
@RULES.settles("investment-rises-2017", years=(2016, 2017))
def direction(claim: Claim, parameters: Parameters) -> Evidence:
    """Check every asserted rise or fall."""
    row, verb, *ends = claim.id.split("-")
    first, last = int(ends[0]) if len(ends) > 1 else claim.year - 1, claim.year
    shares = _needs(parameters, row, range(first, last + 1))
    evidence = replace(
        c.trend(shares.values, "rise" if verb == "rises" else "fall", shares.about),
        inputs=shares.rows,
        implies=shares.implies,
    )
    test = c.rises if verb == "rises" else c.falls
    published = _as_published(shares, test)
    if last - first == 1:
        return replace(evidence, readings=published)
    against = test({year: shares.values[year] for year in (first, last)})
    readings = {f"{last} against {first} only": against, **_even(shares.values, test)}
    return replace(evidence, readings={**readings, **published})


@RULES.settles("turnover-multidirectional", years=(2011, 2017))
def both_directions(_: Claim, parameters: Parameters) -> Evidence:
    """Check that there are rises and falls."""
    shares = _needs(parameters, "turnover")

    def test(series: Series) -> Verdict:
        one_by_one = [{a: series[a], b: series[b]} for a, b in itertools.pairwise(YEARS)]
        return c.every((c.some(map(c.rises, one_by_one)), c.some(map(c.falls, one_by_one))))

    return shares.evidence(
        test(shares.values),
        f"{shares.about} change from year to year by {c.steps(shares.values)}.",
        "each year's value less that of the year before",
        implies=shares.implies,
        readings=_as_published(shares, test),
    )


@RULES.settles("turnover-lowest-2017", years=(2011, 2017))
def lowest(claim: Claim, parameters: Parameters) -> Evidence:
    """Check that the year has the smallest share."""
    shares = _needs(parameters, "turnover")
    year = min(shares.values, key=lambda y: shares.values[y].central)
    return shares.evidence(
        c.smallest(shares.values, claim.year),
        f"The smallest of the shares is {c.number(shares.values[year], 2)} per cent, of {year}.",
        "the year of the smallest share",
        implies=shares.implies,
        readings=_as_published(shares, lambda values: c.smallest(values, claim.year)),
    )


@RULES.settles("employees-level", years=(2011, 2017), any_group=False)
def level(claim: Claim, parameters: Parameters) -> Evidence:
    """Check that every year's share lies in the printed band."""
    shares = _needs(parameters, "employees")
    low, high = (Printed(end) for end in claim.printed.split("-"))
    values = [value.central for value in shares.values.values()]
    least, most = (formatting.number(float(pick(values)), 2) for pick in (min, max))

    def inside(series: Series, band: Interval) -> Verdict:
        return c.every(c.in_band(value, band) for value in series.values())

    exact = f"no value below {low.text} or above {high.text}"
    return shares.evidence(
        inside(shares.values, c.band(claim)),
        f"{shares.about} run from {least} to {most} per cent; values that round to {low.text} or "
        f"{high.text} lie in {c.band(claim)}.",
        "every year's share against the band",
        readings={
            exact: inside(shares.values, Interval(low.value, high.value)),
            **_as_published(shares, lambda series: inside(series, c.band(claim))),
        },
        implies=shares.implies,
    )


@RULES.settles("employees-unchanged", years=(2011, 2017))
def unchanged(claim: Claim, parameters: Parameters) -> Evidence:
    """Compare the spread of the shares with the threshold, in per cent of their mean."""
    shares = _needs(parameters, "employees")
    relative = _spread(shares.values)
    mean = total(shares.values.values()) / len(shares.values)
    gaps = {year: share(value - mean, mean) for year, value in shares.values.items()}
    first, last = shares.values[YEARS[0]], shares.values[YEARS[-1]]
    ends = share(last - first, first)
    line, half = c.number(claim.line, 0), c.number(claim.line / 2, 0)
    in_band = {}
    if shares.group.neighbour == PAPERS.neighbour:
        level = claims()["employees-level"]
        inside = c.every(c.in_band(value, c.band(level)) for value in shares.values.values())
        in_band = {f"within the band that the sentence names, {level.printed}": inside}
    return shares.evidence(
        c.at_most(relative, claim.line),
        f"The largest and the smallest share differ by {c.number(c.spread(shares.values), 2)} "
        f"percentage points, {c.number(relative, 1)} per cent of the mean of the years; the "
        f"threshold is {line}.",
        "100 × (largest less smallest share) / mean of the years",
        computed=c.approximate(relative),
        readings={
            f"threshold of {half} per cent": c.at_most(relative, claim.line / 2),
            f"every year within {half} per cent of the mean": _all_within(gaps, claim.line / 2),
            f"{YEARS[-1]} within {half} per cent of {YEARS[0]} "
            f"({c.number(ends, 1, signed=True)})": c.within(ends, 0, claim.line / 2),
            **in_band,
            **_as_published(shares, lambda series: c.at_most(_spread(series), claim.line)),
        },
        implies=shares.implies,
    )


@RULES.settles("employees-comparable-number", years=(2011, 2017))
def comparable(claim: Claim, parameters: Parameters) -> Evidence:
    """Compare the distance of two rows with the threshold, in per cent of the second."""
    employees, numbers = (_needs(parameters, row) for row in ("employees", "number"))
    gaps = {year: employees.values[year] - numbers.values[year] for year in YEARS}
    relative = {year: share(gaps[year], numbers.values[year]) for year in YEARS}
    farthest = max(relative, key=lambda year: abs(relative[year].central))
    distance = c.size(relative[farthest])
    return Evidence(
        _all_within(relative, claim.line),
        f"The two differ by at most {c.number(distance, 1)} per cent of the share "
        f"in the number ({farthest}: {c.number(gaps[farthest], 2, signed=True)} percentage "
        f"points); the threshold is {c.number(claim.line, 0)}.",
        computed=c.approximate(distance),
        formula="100 × (share in employees less share in number) / share in number",
        inputs=(*employees.rows, *numbers.rows),
        readings={
            "within 5 per cent": _all_within(relative, 5),
            "within 20 per cent": _all_within(relative, 20),
        },
    )


@RULES.settles("investment-above-others-2011", dated=True)
def above_others(claim: Claim, parameters: Parameters) -> Evidence:
    """Compare the share in investment with the three other rows."""
    rows = {row: _needs(parameters, row, (claim.year,)) for row in ROWS}
    values = {row: shares.values[claim.year] for row, shares in rows.items()}
    first = values.pop("investment")
    shown = "; ".join(f"{row}: {c.number(value, 2)}" for row, value in values.items())
    return Evidence(
        c.every(c.above(first, value) for value in values.values()),
        f"The share in investment is {c.number(first, 2)} per cent; {shown}.",
        computed=float(first),
        formula="the share in investment against each of the three others",
        inputs=tuple(row for shares in rows.values() for row in shares.rows),
    )


@RULES.settles("investment-fall-significant", years=(2011, 2016))
@RULES.settles("investment-below-2011", years=(2011, 2017))
def significant(claim: Claim, parameters: Parameters) -> Evidence:
    """Compare a fall with the threshold, in per cent of the earlier value."""
    first, last = 2011, 2016 if claim.id == "investment-fall-significant" else 2017
    shares = _needs(parameters, "investment", (first, last))
    gap = shares.values[first] - shares.values[last]
    fall = 100 - share(shares.values[last], shares.values[first])
    return shares.evidence(
        c.above(fall, claim.line),
        f"The share of {last} is {c.number(gap, 2)} percentage points below that of {first}, "
        f"{c.number(fall, 1)} per cent of it; the threshold is {c.number(claim.line, 0)}.",
        f"100 × (share of {first} less share of {last}) / share of {first}",
        computed=c.approximate(fall),
        readings={
            "more than 20 per cent": c.above(fall, 20),
            "more than 30 per cent": c.above(fall, 30),
        },
    )


@RULES.settles("manufacturing-level", any_group=False)
@RULES.settles("manufacturing-unchanged")
@RULES.settles("manufacturing-rises-2013-2015", "manufacturing-falls-2016")
def manufacturing(_: Claim, parameters: Parameters) -> Evidence:
    """Say what the printed band leaves room for."""
    fall = printed("number", 2015) - printed("number", 2016)
    implies = (
        "Values that round to 16 or 17 differ by less than 2 points, so that a fall within "
        "the band is smaller than that. The printed share in all small enterprises fell by "
        f"{c.number(fall, 2)} points in 2016, the year from which the register is surveyed."
    )
    return c.not_checkable(
        "number of small enterprises in manufacturing by region, any year",
        implies if group_of(parameters).neighbour == PAPERS.neighbour else "",
    )


def _needs(parameters: Parameters, row: str, years: Iterable[int] = YEARS) -> Shares:
    """Return the printed shares for the paper's group, those of primary data for another."""
    years, group = tuple(years), group_of(parameters)
    if group.is_the_papers:
        values: dict[int, Value] = {year: printed(row, year) for year in years}
        return Shares(row, group, values, (printed_input(row, years),))
    absent = [y for y in years if not is_published(row, y, group.codes)]
    if absent:
        raise MissingError(
            f"{ROWS[row]} by region for {formatting.years(absent)}; Table 2 is about another group"
        )
    values = {year: computed(row, year, group.codes) for year in years}
    return Shares(row, group, values, tuple(primary_input(row, y, group.codes) for y in years))


def _even(series: Series, test: Callable[[Series], Verdict]) -> dict[str, Verdict]:
    """Return the reading of a steady change as one without a dominant step."""
    years = sorted(series)
    ends = {year: series[year] for year in (years[0], years[-1])}
    if test(ends) != "holds":
        return {}
    whole = ends[years[-1]] - ends[years[0]]
    jumps = [series[b] - series[a] for a, b in itertools.pairwise(years)]
    part = share(max(jumps, key=lambda jump: jump.central / whole.central), whole)
    label = f"and no step is more than half of the change (largest: {c.number(part, 0)} per cent)"
    return {label: c.every((test(series), c.at_most(part, 50)))}


def _spread(series: Series) -> Value:
    """Return the largest less the smallest value, in per cent of the mean."""
    return share(c.spread(series), total(series.values()) / len(series))


def _all_within(series: Series, bound: Value | int) -> Verdict:
    return c.every(c.within(value, 0, bound) for value in series.values())


def _as_published(
    shares: Shares, test: Callable[[dict[int, Value]], Verdict]
) -> dict[str, Verdict]:
    """Return the readings on primary data in place of printed shares, if they hold every year."""
    years, codes = list(shares.values), shares.group.codes
    if not shares.group.is_the_papers or not all(is_published(shares.row, y, codes) for y in years):
        return {}
    values = {year: computed(shares.row, year, codes) for year in years}
    near = "".join(
        f"; {y}: {substitute(shares.row, y)}" for y in years if substitute(shares.row, y)
    )
    readings = {f"on primary data ({c.listed(values)}{near})": test(values)}
    if min(years) < WIDER <= max(years):
        same = {year: computed(shares.row, year, codes, same=True) for year in years}
        readings[f"on primary data, of the same 83 regions ({c.listed(same)}{near})"] = test(same)
    return readings
