"""What statements are asked of: a group of regions, of the paper or chosen, and years."""

from __future__ import annotations

from dataclasses import dataclass

from borderbook import formatting
from borderbook.claims import rules
from borderbook.claims.model import Claim
from borderbook.parameters.model import Parameters
from helpers import regions
from helpers.parameters import Border, Years
from helpers.regions import Group

PAPERS = Group("KZ")
"""The group of regions that the paper studies."""


@dataclass(frozen=True)
class Scope(rules.Scope):
    """The group and the years of a section's parameters."""

    group: Group
    years: range

    @property
    def label(self) -> str:
        """The group in words, for the middle of a sentence."""
        return self.group.label

    @property
    def called(self) -> str:
        """The group as a statement calls it."""
        return self.group.called

    @property
    def is_default(self) -> bool:
        """Whether the group is the paper's."""
        return self.group.is_the_papers

    @property
    def default(self) -> Group:
        """The paper's group."""
        return PAPERS

    @property
    def notes(self) -> tuple[str, ...]:
        """What the tables of the ledger note on the group, where it is not the paper's."""
        if self.is_default:
            return ()
        note = (
            f"Statements on the border group are asked of {self.label}, not of the paper's group."
        )
        if self.group.neighbour == PAPERS.neighbour:
            return (note,)
        other = (
            f"Statements on {PAPERS.country} alone make no sense for this group and are not asked; "
            "Foreign trade, which has no choice of group, shows its own with their verdicts."
        )
        return (note, other)

    def summary(self, asked: int) -> str:
        """Return of which group `asked` of the ledger's statements were asked, as a sentence."""
        if self.is_default:
            return f"Of all, {asked} are on the border group, which is the paper's own here"
        return (
            f"Of all, {asked} are asked of {self.label} in this edition; those that make no sense "
            "for this group count as not to be checked"
        )

    def objection(  # type: ignore[override]  # the terms are named here
        self,
        claim: Claim,
        *,
        years: tuple[int, int] | None = None,
        dated: bool = False,
        any_group: bool | None = None,
        named: bool = False,
        several: int = 1,
    ) -> str | None:
        """Return why a statement makes no sense for the parameters; None if it does.

        `years` are those that the statement speaks of; `dated` takes them from the claim's
        identifier. `any_group` tells that it can be asked of another neighbour's regions too; one
        that names the paper's group in braces, or no border at all, can unless told otherwise.
        `named` tells that it is about the region that its identifier names, which must be in the
        group; `several` is how many regions a group needs for the statement to say anything.

        >>> claim = Claim("x-1", "small-enterprises", "Shares rise.")
        >>> Scope(PAPERS, range(2010, 2016)).objection(claim, years=(2014, 2017))
        'The statement is about 2014–2017; the years chosen are 2010–2015.'
        """
        group = self.group
        if named and (code := region_of(claim)) not in group.codes:
            return f"The statement is about {regions.name(code)}, which is not in the group."
        movable = _is_movable(claim) if any_group is None else any_group
        if group.neighbour != PAPERS.neighbour and not movable:
            return (
                f"The statement is about the border with {PAPERS.country}; "
                f"it makes no sense for {group.label}."
            )
        if len(group.codes) < several:
            return (
                f"The statement sets regions of a group against each other and needs "
                f"{formatting.count(several)} of them or more; the group has "
                f"{formatting.count(len(group.codes))}."
            )
        first, last = (claim.year, claim.year) if dated else years or (0, 0)
        if first and (first not in self.years or last not in self.years):
            return (
                f"The statement is about {_years(first, last)}; "
                f"the years chosen are {_years(self.years[0], self.years[-1])}."
            )
        return None


def _is_movable(claim: Claim) -> bool:
    """Return whether a statement can be asked beside another neighbour.

    What nothing can settle, and what is on no border, is the same beside each.
    """
    on_no_border = claim.check == "missing" and PAPERS.country not in claim.statement
    return claim.is_on_a_group or on_no_border


def of(parameters: Parameters) -> Scope:
    """Return the scope of a section's parameters."""
    return Scope(group_of(parameters), years_of(parameters))


def group_of(parameters: Parameters) -> Group:
    """Return the group of the parameters; the paper's where a section has no choice of group."""
    return parameters.group if isinstance(parameters, Border) else PAPERS


def years_of(parameters: Parameters) -> range:
    """Return the years of the parameters; all that the data hold where a section has no choice."""
    return parameters.years if isinstance(parameters, Years) else range(2000, 2025)


def region_of(claim: Claim) -> str:
    """Return the code of the region that the claim's identifier ends with; KeyError if none.

    >>> region_of(Claim("industry-altai-republic", "gross-product", "It is industrial."))
    'RU-AL'
    """
    for code in PAPERS.codes:
        if claim.id.endswith("-" + regions.brief(code).lower().replace(" ", "-")):
            return code
    raise KeyError(f"claim {claim.id} names no region")


def _years(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}–{last}"
