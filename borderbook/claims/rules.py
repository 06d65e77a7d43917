"""Rules: how each claim is settled, and what its statement can be asked of.

A module of evidence holds the rules of one page, so that a section depends on its own evidence
only. The setting `rules` names it, with the page in braces: `"content.{page}.evidence:RULES"`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from borderbook import book
from borderbook.claims.model import Claim, ClaimError, Evidence, Named
from borderbook.parameters.model import Parameters

Evaluator = Callable[[Claim, Any], Evidence]
"""A pure function of a claim and of the parameters of a section or of the ledger."""


class MissingError(Exception):
    """What a claim cannot be checked without: an evaluator raises it where the data lack it."""


class Rule(NamedTuple):
    """How a claim is settled, and on which terms it can be asked: words of the book's scope."""

    evaluator: Evaluator
    terms: Mapping[str, Any]


class Rules(dict[str, Rule]):
    """The rules of a page by the claim's identifier, those of other modules taken in.

    >>> RULES = Rules()
    >>> @RULES.settles("rye-most", "rye-first")
    ... def rye(claim, parameters):
    ...     return Evidence("holds", "Rye it is.")
    >>> sorted(Rules(RULES))
    ['rye-first', 'rye-most']
    """

    def __init__(self, *others: Rules) -> None:
        super().__init__()
        for other in others:
            for claim, rule in other.items():
                self._add(claim, rule)

    def settles(self, *claims: str, **terms: Any) -> Callable[[Evaluator], Evaluator]:
        """Return a decorator that makes a function the rule of `claims`.

        `terms` are handed to the book's scope, which says for which parameters the statement makes
        sense. Raises ClaimError if a claim has a rule already.
        """

        def add(evaluator: Evaluator) -> Evaluator:
            for claim in claims:
                self._add(claim, Rule(evaluator, terms))
            return evaluator

        return add

    def _add(self, claim: str, rule: Rule) -> None:
        if claim in self:
            raise ClaimError(f"claim {claim} has two rules; keep one of them")
        self[claim] = rule


class Scope:
    """What the parameters of a run let statements be asked of, such as a group of places.

    As it stands it is the scope of a book that hands over none: every statement is asked as the
    text has it.
    """

    @property
    def label(self) -> str:
        """The group in words; blank where statements are on no group."""
        return ""

    @property
    def called(self) -> str:
        """The group as a statement calls it."""
        return ""

    @property
    def is_default(self) -> bool:
        """Whether this is the group that the text itself speaks of."""
        return True

    @property
    def default(self) -> Named:
        """The group that the text itself speaks of."""
        return self

    @property
    def notes(self) -> Sequence[str]:
        """What the tables of the ledger note on the group."""
        return ()

    def objection(self, claim: Claim, **terms: Any) -> str | None:
        """Return why a statement makes no sense for the parameters; None if it does."""
        return None

    def summary(self, asked: int) -> str:
        """Return of which group `asked` of the ledger's statements were asked, as a sentence."""
        return ""


def scope_of(parameters: Parameters) -> Scope:
    """Return the scope that parameters choose, by the setting `scope`."""
    made: Scope = book.hook("scope", lambda _: Scope())(parameters)
    return made


def of_page(page: str) -> Rules:
    """Return the rules of a page, by the setting `rules`; none where it has no evidence."""
    rules: Rules = book.hook("rules", Rules(), page=page.replace("-", "_"))
    return rules
