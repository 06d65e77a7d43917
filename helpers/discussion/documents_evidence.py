"""Evidence on the regions' strategies and programmes: whether there are some, and what they say."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from borderbook import formatting
from borderbook.claims import checks as c
from borderbook.claims.model import Claim, Evidence, Verdict
from borderbook.claims.rules import MissingError, Rules
from borderbook.datapackage import resources
from borderbook.parameters.model import Parameters
from helpers import regions
from helpers.discussion import documents
from helpers.scope import group_of

RULES = Rules()

# What the paper says of the regions' documents is checked by these (see `of_the_paper`).
_KIND = "a strategy or a programme for small enterprises"


@RULES.settles("strategies-exist")
def strategies(_: Claim, parameters: Parameters) -> Evidence:
    """Count the regions with a strategy or a programme for small enterprises in the package."""
    codes = group_of(parameters).codes
    if documents.without(codes):
        raise MissingError(_lacking(codes))
    files = documents.of_the_paper(codes).set_index("file")["region"]
    return Evidence(
        "holds",
        f"`data/documents/` holds {_KIND} of every region of the group.",
        computed=len(codes),
        formula=f"number of regions with {_KIND}",
        inputs=(
            c.basis(
                "documents",
                "strategies and programmes for small enterprises of the group's regions",
                files.map(regions.name).to_dict(),
            ),
        ),
    )


@RULES.settles("documents-border")
def border_in_documents(claim: Claim, parameters: Parameters) -> Evidence:
    """Compare the rates of border terms of strategies and programmes with the threshold."""
    group, threshold = group_of(parameters), float(claim.line)
    if documents.documents_of(group.codes).empty:
        raise MissingError(_lacking(group.codes))
    rates, others = documents.compared(group)
    below, verdict = hardly_reflect(rates["rate"], threshold)
    absent = documents.without(group.codes)
    sentences = [f"Missing: {_lacking(group.codes)}."] if absent else []
    if len(rates):
        sentences.append(
            f"Here: {formatting.counted(len(rates), 'document')}, of "
            f"{documents.regions_with(rates)}; {formatting.count(below) if below else 'none'} "
            f"{formatting.plural(max(below, 1), 'has', 'have')} less than "
            f"{documents.terms_per(threshold)}."
        )
    terms = len(resources.load("border_dictionary"))
    return Evidence(
        "not-checkable" if absent else verdict,
        " ".join(sentences),
        computed=below if len(rates) else None,
        formula="number of strategies and programmes for small enterprises with fewer border "
        "terms per 1,000 words than the threshold",
        inputs=(
            c.basis(
                "documents",
                "border terms per 1,000 words of each strategy and programme for small "
                "enterprises of the group's regions",
                rates.set_index("file")["rate"].to_dict(),
            ),
            c.basis("border_dictionary", "all terms", {"terms": terms}),
        ),
        readings=_by_threshold(rates, threshold, only=bool(absent)) | _by_kind(others, threshold),
    )


def _lacking(codes: Sequence[str]) -> str:
    """Return what the documents that the package holds lack."""
    absent = documents.without(codes)
    who = "every region of the group" if len(absent) == len(codes) else formatting.listing(absent)
    return f"{_KIND} of {who}: `data/documents/` holds none"


def _by_threshold(rates: pd.DataFrame, line: float, *, only: bool) -> dict[str, Verdict]:
    """Return the verdict under other thresholds; under the claim's, too, if some are missing."""
    if rates.empty:
        return {}
    where = "these documents alone, " if only else ""
    return {
        f"{where}threshold of {formatting.number(x, 1)}": hardly_reflect(rates["rate"], x)[1]
        for x in documents.thresholds(line)
        if only or x != line
    }


def _by_kind(others: pd.DataFrame, line: float) -> dict[str, Verdict]:
    """Return the verdict on documents that the claim does not speak of, by kind and level."""
    parts = others.groupby(["kind", "level"], sort=False)["rate"]
    return {
        f"{formatting.counted(len(rates), 'document')} of kind “{kind}, {str(level).lower()}” "
        "alone": hardly_reflect(rates, line)[1]
        for (kind, level), rates in parts
    }


def hardly_reflect(rates: Sequence[float] | pd.Series, threshold: float) -> tuple[int, Verdict]:
    """Return how many documents hardly reflect the border, and whether most of them do.

    A document hardly reflects it if its rate, border terms of any category per 1,000 words, is
    below `threshold`. The statement holds if more than half of the documents are so.

    >>> hardly_reflect([0.4, 0.7, 3.0], 1.0), hardly_reflect([0.4, 0.7, 3.0], 0.5)
    ((2, 'holds'), (1, 'differs'))
    """
    below = sum(rate < threshold for rate in rates)
    return below, "holds" if 2 * below > len(rates) else "differs"
