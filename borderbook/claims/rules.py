"""Evidence on the claims: one small pure function for each kind of statement, by section.

A function says with `settles` which claims it settles and what it needs of the parameters; it
takes the claim and the parameters and returns Evidence.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from borderbook import formatting
from borderbook.claims.checks import Claim, Evidence
from borderbook.parameters.model import Parameters
from helpers import regions
from helpers.parameters import Border, Years
from helpers.regions import Group

Evaluator = Callable[[Claim, Parameters], Evidence]

PAPERS = Group("KZ")
"""The group of regions that the paper studies."""


@dataclass(frozen=True)
class Rule:
    """How a claim is settled, and for which parameters its statement makes sense.

    `years` are those that the statement speaks of; `dated` takes them from the claim's identifier.
    `any_group` tells that it can be asked of another neighbour's regions too; `named` that it is
    about the region that its identifier names, which must be in the group; `several` is how many
    regions a group needs for the statement to say anything.
    """

    evaluator: Evaluator
    years: tuple[int, int] | None
    dated: bool
    any_group: bool
    named: bool
    several: int = 1

    def objection(self, claim: Claim, parameters: Parameters) -> str:
        """Return why the statement makes no sense for the parameters; blank if it does.

        >>> from borderbook.parameters.derive import model_of
        >>> rule = Rule(lambda claim, _: Evidence("holds", ""), (2014, 2017), False, True, False)
        >>> claim = Claim("x-1", "results", 1, 1, "p", "trend", "", "", "", "", None)
        >>> rule.objection(claim, model_of("small-enterprises")(last_year=2015))
        'The statement is about 2014–2017; the years chosen are 2010–2015.'
        """
        group, chosen = group_of(parameters), years_of(parameters)
        if group.neighbour != PAPERS.neighbour and not self.any_group:
            return (
                f"The statement is about the border with {PAPERS.country}; "
                f"it makes no sense for {group.label}."
            )
        if self.named and (code := region_of(claim)) not in group.codes:
            return f"The statement is about {regions.name(code)}, which is not in the group chosen."
        if len(group.codes) < self.several:
            return (
                f"The statement sets regions of a group against each other and needs "
                f"{formatting.count(self.several)} of them or more; the group chosen has "
                f"{formatting.count(len(group.codes))}."
            )
        first, last = (claim.year, claim.year) if self.dated else self.years or (0, 0)
        if first and (first not in chosen or last not in chosen):
            return (
                f"The statement is about {_years(first, last)}; "
                f"the years chosen are {_years(chosen[0], chosen[-1])}."
            )
        return ""


RULES: dict[str, Rule] = {}
"""The rule of every claim that can be settled or said to be missing something, by identifier."""


def settles(
    *claims: str,
    years: tuple[int, int] | None = None,
    dated: bool = False,
    any_group: bool = False,
    named: bool = False,
    several: int = 1,
) -> Callable[[Evaluator], Evaluator]:
    """Return a decorator that enters a function as the rule of `claims`: see Rule.

    Raises ValueError if a claim has a rule already.
    """

    def enter(evaluator: Evaluator) -> Evaluator:
        for claim in claims:
            if claim in RULES:
                raise ValueError(f"claim {claim} has two rules")
            RULES[claim] = Rule(evaluator, years, dated, any_group, named, several)
        return evaluator

    return enter


def group_of(parameters: Parameters) -> Group:
    """Return the group of the parameters; the paper's where a section has no choice of group."""
    return parameters.group if isinstance(parameters, Border) else PAPERS


def years_of(parameters: Parameters) -> range:
    """Return the years of the parameters; all that the data hold where a section has no choice."""
    return parameters.years if isinstance(parameters, Years) else range(2000, 2025)


def region_of(claim: Claim) -> str:
    """Return the code of the region that the claim's identifier ends with; KeyError if none.

    >>> from borderbook.claims.checks import claims
    >>> region_of(claims()["industry-altai-republic"])
    'RU-AL'
    """
    for code in PAPERS.codes:
        if claim.id.endswith("-" + regions.brief(code).lower().replace(" ", "-")):
            return code
    raise KeyError(f"claim {claim.id} names no region")


def _years(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}–{last}"
