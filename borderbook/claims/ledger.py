"""The ledger: every checkable statement of the paper with its verdict and what it rests on."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from borderbook.claims import declared, rules, shown
from borderbook.claims.checks import not_checkable
from borderbook.claims.intervals import Interval
from borderbook.claims.model import (
    VERDICTS,
    Claim,
    ClaimError,
    Evidence,
    Input,
    Reading,
    Verdict,
    claims,
)
from borderbook.claims.rules import MissingError, Rule
from borderbook.datapackage import resources
from borderbook.parameters.model import Parameters

FIGURES, ITSELF = "published figures", "the paper itself"
"""What a statement is checked against. The paper itself is its own printed numbers: a statement
that holds against them shows that the paper agrees with itself, not that figures confirm it."""


@dataclass(frozen=True)
class Finding:
    """A claim with its verdict, the reason in words, and what both rest on.

    `statement` is the claim's as it was asked, and `asked_of` the group that it was asked of, in
    words; blank where it is on no group or was not asked, since it makes no sense for the
    parameters. Beside another group the paper's own is named in full.

    `computed` is a number in `unit`, a text, or None where nothing could be computed;
    `computed_interval` is what the precision of the inputs leaves open.
    """

    claim: Claim
    statement: str
    asked_of: str
    verdict: Verdict
    printed: str
    computed: float | str | None
    computed_interval: Interval | None
    unit: str
    reason: str
    inputs: tuple[Input, ...]
    formula: str
    readings: tuple[Reading, ...]
    implies: str
    parameters: dict[str, Any]

    @property
    def checked_against(self) -> str:
        """FIGURES, ITSELF, or blank where nothing could be checked."""
        if self.verdict == "not-checkable":
            return ""
        printed = resources.marked("printed")
        return ITSELF if all(each.resource in printed for each in self.inputs) else FIGURES

    @property
    def other_verdicts(self) -> int:
        """How many neighbouring readings of words that leave room give another verdict.

        Nought where the statement leaves no room, and where it cannot be checked. A verdict that
        holds but for rounding is not another one than a verdict that holds.
        """
        if not self.claim.reading or self.verdict == "not-checkable":
            return 0
        return sum(_side(each.verdict) != _side(self.verdict) for each in self.readings)

    def record(self) -> dict[str, Any]:
        """Return the finding as JSON has it."""
        claim = self.claim
        return {
            "id": claim.id,
            "section": claim.section,
            "paragraph": claim.paragraph,
            "sentence": claim.sentence,
            "statement": self.statement,
            "in_paper": claim.in_paper,
            "asked_of": self.asked_of,
            "kind": claim.kind,
            "printed": self.printed,
            "computed": self.computed,
            "unit": self.unit,
            "verdict": self.verdict,
            "reason": self.reason,
            "inputs": [
                {"resource": each.resource, "rows": each.rows, "values": dict(each.values)}
                for each in self.inputs
            ],
            "page": claim.page,
            "parameters": self.parameters,
            "reading": claim.reading,
            "formula": self.formula,
            "readings": [each._asdict() for each in self.readings],
            "depends_on_reading": self.other_verdicts > 0,
            "checked_against": self.checked_against,
            "implies": self.implies,
        }


def evaluate(
    parameters: Parameters, page: str | None = None, ids: Collection[str] | None = None
) -> list[Finding]:
    """Return the findings on all claims, or on those of a page or named, in the paper's order.

    `parameters` are those of the ledger or of a section. A statement that makes no sense for them
    is not-checkable and says why. Only the evidence of the pages asked for is imported. Raises
    ClaimError for a page or an identifier that no claim has, and for a claim without a rule.
    """
    known = claims()
    _check(known, page, ids)
    chosen = [
        claim
        for claim in known.values()
        if (page is None or claim.page == page) and (ids is None or claim.id in ids)
    ]
    model, dumped = type(parameters), parameters.model_dump_json()
    return [
        _finding(claim, model, dumped, shown.code_of(claim.page) if claim.of else None)
        for claim in declared.answerable(chosen)
    ]


def summary(findings: Sequence[Finding]) -> pd.DataFrame:
    """Return counts of findings: pages in the order of the findings by verdict, best first."""
    pages = dict.fromkeys(finding.claim.page for finding in findings)
    counts = [
        [
            sum(f.claim.page == page and f.verdict == verdict for f in findings)
            for verdict in VERDICTS
        ]
        for page in pages
    ]
    return pd.DataFrame(
        counts, index=pd.Index(list(pages), name="page"), columns=list(VERDICTS), dtype="int64"
    )


@resources.remembered
def _finding(claim: Claim, model: type[Parameters], dumped: str, _code: str | None) -> Finding:
    """Return the finding on a claim: kept, since it follows from its arguments alone."""
    parameters = _section(model, dumped)
    rule, scope = _rule(claim), rules.scope_of(parameters)
    objection = scope.objection(claim, **rule.terms)
    evidence = (
        Evidence("not-checkable", objection) if objection else _settled(rule, claim, parameters)
    )
    return Finding(
        claim=claim,
        statement=claim.in_paper
        if scope.is_default
        else claim.of_group(scope.default if objection else scope),
        asked_of=scope.label if claim.is_on_a_group and not objection else "",
        verdict=evidence.verdict,
        printed=evidence.printed or claim.printed,
        computed=evidence.computed,
        computed_interval=evidence.interval,
        unit=claim.unit,
        reason=evidence.reason,
        inputs=evidence.inputs,
        formula=evidence.formula,
        readings=evidence.readings,
        implies=evidence.implies,
        parameters=parameters.model_dump(),
    )


def _rule(claim: Claim) -> Rule:
    """Return how a claim is settled: by its row, or by the evidence of its page."""
    of_page = rules.of_page(claim.page)
    where = f"data/claims.csv, claim {claim.id}"
    if claim.check and claim.id in of_page:
        raise ClaimError(f"{where}: its check and a rule in Python both settle it; keep one")
    if claim.check:
        return declared.rule(claim)
    if claim.id not in of_page:
        raise ClaimError(
            f"{where}: nothing settles it; give it a check (one of {', '.join(declared.CHECKS)}), "
            f"or a rule in the evidence of page {claim.page}"
        )
    return of_page[claim.id]


def _settled(rule: Rule, claim: Claim, parameters: Parameters) -> Evidence:
    try:
        return rule.evaluator(claim, parameters)
    except MissingError as missing:
        return not_checkable(str(missing))


@resources.remembered
def _section(model: type[Parameters], dumped: str) -> Parameters:
    return model.model_validate_json(dumped)


def _side(verdict: Verdict) -> Verdict:
    return "holds" if verdict == "holds-rounded" else verdict


def _check(known: dict[str, Claim], page: str | None, ids: Collection[str] | None) -> None:
    """Raise ClaimError for what the ledger does not know."""
    pages = dict.fromkeys(claim.page for claim in known.values())
    errors = [f"no claim {name} in data/claims.csv" for name in ids or () if name not in known]
    if page is not None and page not in pages:
        errors.append(f"no claim is shown on page {page!r}; there are {', '.join(pages)}")
    if errors:
        raise ClaimError("\n".join(errors))
