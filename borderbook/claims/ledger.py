"""The ledger: every checkable statement of the paper with its verdict and what it rests on."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from borderbook.claims.checks import VERDICTS, Claim, Evidence, Input, Reading, Verdict, claims
from borderbook.claims.intervals import Interval
from borderbook.claims.rules import PAPERS, RULES, group_of
from borderbook.datapackage import resources
from borderbook.parameters.model import Parameters
from helpers import unsettled
from helpers.discussion import evidence as discussion
from helpers.discussion import strategies_evidence
from helpers.foreign_trade import evidence as foreign_trade
from helpers.foreign_trade import table_1_evidence
from helpers.gross_product import evidence as gross_product
from helpers.gross_product import industry_evidence
from helpers.introduction import evidence as introduction
from helpers.small_enterprises import evidence as small_enterprises
from helpers.small_enterprises import table_2_evidence

__all__ = ["VERDICTS", "Claim", "Finding", "Input", "Reading", "Verdict", "evaluate", "summary"]


EVIDENCE = (
    *(introduction, gross_product, industry_evidence, table_1_evidence, foreign_trade),
    *(table_2_evidence, small_enterprises, discussion, strategies_evidence, unsettled),
)
"""The modules that enter their rules in RULES when they are imported."""

FIGURES, ITSELF = "published figures", "the paper itself"
"""What a statement is checked against. The paper itself is its own printed numbers: a statement
that holds against them shows that the paper agrees with itself, not that figures confirm it."""

_PRINTED = ("claims", "paper_table_1", "paper_table_2")
"""The resources that hold nothing but what the paper prints."""


class ClaimError(ValueError):
    """A page or claim that the ledger does not know, or a claim without a rule or the reverse."""


@dataclass(frozen=True)
class Finding:
    """A claim with its verdict, the reason in words, and what both rest on.

    `statement` is the claim's as it was asked, and `asked_of` the group of regions that it was
    asked of, in words; blank where it is on no group or was not asked, since it makes no sense for
    the parameters. Beside another group the paper's own is named in full.

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
        own = all(each.resource in _PRINTED for each in self.inputs)
        return ITSELF if own else FIGURES

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
        """Return the finding as JSON has it.

        >>> from borderbook.parameters.derive import model_of
        >>> record = evaluate(model_of("claims")(), ids=["trade-total"])[0].record()
        >>> record["printed"], record["computed"], record["verdict"]
        ('41.3', 41.3, 'holds')
        """
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
    is not-checkable and says why. Raises ClaimError for a page or an identifier that no claim has.

    >>> from borderbook.parameters.derive import model_of
    >>> finding = evaluate(model_of("claims")(), ids=["table-1-sum-border-2016"])[0]
    >>> finding.verdict, finding.computed
    ('differs', 3720.3)
    """
    held = claims()
    _check(held, page, ids)
    key = (type(parameters), parameters.model_dump_json())
    chosen = [
        claim
        for claim in held.values()
        if (page is None or claim.page == page) and (ids is None or claim.id in ids)
    ]
    return [_finding(claim, *key) for claim in chosen]


def summary(findings: Sequence[Finding]) -> pd.DataFrame:
    """Return counts of findings: pages in the order of the paper by verdict, best first.

    >>> from borderbook.parameters.derive import model_of
    >>> findings = evaluate(model_of("claims")(), ids=["region-count", "region-list"])
    >>> summary(findings).loc["introduction"].to_dict()
    {'holds': 2, 'holds-rounded': 0, 'differs': 0, 'not-checkable': 0}
    """
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
def _finding(claim: Claim, model: type[Parameters], dumped: str) -> Finding:
    """Return the finding on a claim: kept, since it follows from its arguments alone."""
    parameters = _section(model, dumped)
    rule = RULES[claim.id]
    group, objection = group_of(parameters), rule.objection(claim, parameters)
    found = Evidence("not-checkable", objection) if objection else rule.evaluator(claim, parameters)
    return Finding(
        claim=claim,
        statement=claim.in_paper
        if group.is_the_papers
        else claim.of(PAPERS if objection else group),
        asked_of=group.label if claim.is_on_a_group and not objection else "",
        verdict=found.verdict,
        printed=found.printed or claim.printed,
        computed=found.computed,
        computed_interval=found.interval,
        unit=claim.unit,
        reason=found.reason,
        inputs=found.inputs,
        formula=found.formula,
        readings=found.readings,
        implies=found.implies,
        parameters=parameters.model_dump(),
    )


@resources.remembered
def _section(model: type[Parameters], dumped: str) -> Parameters:
    return model.model_validate_json(dumped)


def _side(verdict: Verdict) -> Verdict:
    return "holds" if verdict == "holds-rounded" else verdict


def _check(held: Collection[str], page: str | None, ids: Collection[str] | None) -> None:
    """Raise ClaimError for what the ledger does not know."""
    pages = dict.fromkeys(claim.page for claim in claims().values())
    faults = [f"claim {name} has no rule in helpers/evidence" for name in held if name not in RULES]
    strangers = [name for name in RULES if name not in held]
    faults += [f"rule for {name}: no such claim in data/claims.csv" for name in strangers]
    faults += [f"no claim {name}" for name in ids or () if name not in held]
    if page is not None and page not in pages:
        faults.append(f"no claim is shown on page {page!r}; there are {', '.join(pages)}")
    if faults:
        raise ClaimError("\n".join(faults))
