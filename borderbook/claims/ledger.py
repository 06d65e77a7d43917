"""The ledger: every checkable statement of a text with its verdict and what it rests on."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from borderbook import book
from borderbook.claims import declared, rules, shown
from borderbook.claims.checks import not_checkable
from borderbook.claims.model import Claim, ClaimError, Evidence, Verdict, claims
from borderbook.claims.rules import MissingError, Rule
from borderbook.datapackage import resources
from borderbook.parameters.model import Parameters

FIGURES = "published figures"
"""What a statement is checked against, unless it is the text itself: see `itself`."""
DEFINITION = "a definition"
"""What a statement is checked against that rests on a list which this book itself lays down."""

STANDINGS: dict[str, str] = {
    "supported": "supported by published figures",
    "consistent": "consistent with its own numbers alone",
    "defined": "true by definition",
    "contradicted": "contradicted by published figures",
    "inconsistent": "contradicted by its own numbers",
    "open": "not decided",
}
"""What a verdict is worth: the verdict with what it was checked against, from best to worst."""
_OF_CLAIM = (
    *("id", "section", "paragraph", "sentence", "in_paper", "kind", "unit", "page", "reading"),
)
_OF_FINDING = (
    *("statement", "asked_of", "printed", "computed", "verdict", "reason", "formula", "implies"),
    *("parameters", "checked_against", "standing"),
)


def itself() -> str:
    """Return what a statement is checked against that rests on printed numbers alone.

    Where it holds against them the text agrees with itself; no published figure confirms it.
    """
    return f"{book.work()} itself"


@dataclass(frozen=True, kw_only=True)
class Finding(Evidence):
    """A claim with what settles it: the verdict, the reason in words, and what both rest on.

    `statement` is the claim's as it was asked, and `asked_of` the group that it was asked of, in
    words; blank where it is on no group or was not asked, since it makes no sense for the
    parameters. Beside another group the text's own is named in full.
    """

    claim: Claim
    statement: str
    asked_of: str
    parameters: dict[str, Any]

    @property
    def checked_against(self) -> str:
        """FIGURES, `itself`, DEFINITION, or blank where nothing could be checked."""
        if self.verdict == "not-checkable":
            return ""
        printed, definitions = resources.marked("printed"), resources.marked("definition")
        inputs = {each.resource for each in self.inputs}
        if inputs <= set(printed):
            return itself()
        return DEFINITION if inputs <= {*printed, *definitions} else FIGURES

    @property
    def standing(self) -> str:
        """What the verdict is worth: one of STANDINGS."""
        if self.verdict == "not-checkable":
            return "open"
        alone = self.checked_against == itself()
        if side(self.verdict) == "differs":
            return "inconsistent" if alone else "contradicted"
        if self.checked_against == DEFINITION:
            return "defined"
        return "consistent" if alone else "supported"

    @property
    def other_verdicts(self) -> int:
        """How many neighbouring readings give another verdict.

        A reading is of a word that leaves room, or of a choice that the statement leaves open.
        Nought where there is none, and where it cannot be checked; nor is a reading that cannot
        be checked another verdict. A verdict that holds but for rounding is not another one than a
        verdict that holds.
        """
        if self.verdict == "not-checkable":
            return 0
        same = {side(self.verdict), "not-checkable"}
        return sum(side(each) not in same for each in self.readings.values())

    def record(self) -> dict[str, Any]:
        """Return the finding as JSON has it."""
        return {
            **{name: getattr(self.claim, name) for name in _OF_CLAIM},
            **{name: getattr(self, name) for name in _OF_FINDING},
            "inputs": [{**each._asdict(), "values": dict(each.values)} for each in self.inputs],
            "readings": [{"reading": r, "verdict": v} for r, v in self.readings.items()],
            "depends_on_reading": self.other_verdicts > 0,
        }


def evaluate(
    parameters: Parameters, page: str | None = None, ids: Collection[str] | None = None
) -> list[Finding]:
    """Return the findings on all claims, or on those of a page or named, in the order of the text.

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
    return [_finding(claim, model, dumped, _code(claim)) for claim in declared.answerable(chosen)]


def summary(findings: Sequence[Finding]) -> pd.DataFrame:
    """Return counts of findings: pages in the order of the findings by standing, best first."""
    pages = [finding.claim.page for finding in findings]
    counts = pd.crosstab(pages, [finding.standing for finding in findings], rownames=["page"])
    return counts.reindex(index=[*dict.fromkeys(pages)], columns=[*STANDINGS], fill_value=0)


@resources.remembered
def _finding(claim: Claim, model: type[Parameters], dumped: str, _: str | None) -> Finding:
    """Return the finding on a claim: kept, since it follows from its arguments alone."""
    parameters = _section(model, dumped)
    first = declared.first(claim)
    rule, scope = _rule(first), rules.scope_of(parameters)
    objection = scope.objection(first, **rule.terms)
    if objection:
        evidence, of = Evidence("not-checkable", objection), scope.default
    else:
        evidence, of = _settled(rule, first, parameters), scope
        if first is not claim:
            evidence = declared.repetition(claim, evidence)
    return Finding(
        **{**vars(evidence), "printed": evidence.printed or claim.printed},
        claim=claim,
        statement=claim.in_paper if scope.is_default else claim.of_group(of),
        asked_of=scope.label if claim.is_on_a_group and not objection else "",
        parameters=parameters.model_dump(),
    )


def _code(claim: Claim) -> str | None:
    """Return the hash of the code that a claim speaks of; None if of none."""
    return shown.code_of(declared.first(claim).page) if declared.waits(claim) else None


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


def is_cell(finding: Finding) -> bool:
    """Return whether a statement is one printed cell of a table."""
    claim = finding.claim.id
    return claim.startswith("table-") and "-sum-" not in claim


def side(verdict: Verdict) -> Verdict:
    """Return a verdict with `holds-rounded` counted as `holds`: the two are one side."""
    return "holds" if verdict == "holds-rounded" else verdict


def _check(known: dict[str, Claim], page: str | None, ids: Collection[str] | None) -> None:
    """Raise ClaimError for what the ledger does not know."""
    pages = dict.fromkeys(claim.page for claim in known.values())
    errors = [f"no claim {name} in data/claims.csv" for name in ids or () if name not in known]
    if page is not None and page not in pages:
        errors.append(f"no claim is shown on page {page!r}; there are {', '.join(pages)}")
    if errors:
        raise ClaimError("\n".join(errors))
