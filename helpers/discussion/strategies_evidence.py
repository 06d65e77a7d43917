"""Evidence on the regions' strategies and programmes, from the documents that an author adds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from borderbook import formatting
from borderbook.claims import checks as c
from borderbook.claims.model import Claim, Evidence, Reading, Verdict
from borderbook.claims.rules import MissingError, Rules
from borderbook.datapackage import resources
from borderbook.parameters.model import Parameters
from helpers import regions
from helpers.scope import group_of

# The readers of formats and the lemmatisers are heavy, and the package ships no document: they are
# imported where a document is read.
if TYPE_CHECKING:
    from borderbook.corpus.analysis import Analysis
    from borderbook.corpus.index import Document

RULES = Rules()

_NONE = "`data/documents/` holds none"


@RULES.settles("strategies-exist")
def strategies(_: Claim, parameters: Parameters) -> Evidence:
    """Count the regions with a document in the package."""
    codes = group_of(parameters).codes
    absent = without_document(codes)
    if absent:
        every = len(absent) == len(codes)
        who = "every region of the group" if every else formatting.listing(absent)
        raise MissingError(f"a strategy or programme of {who}: {_NONE}")
    return Evidence(
        "holds",
        "`data/documents/` holds a document of every region of the group.",
        computed=len(codes),
        formula="number of regions with a document",
        inputs=(
            c.basis(
                "documents",
                "all documents of the group's regions",
                {each.file: regions.name(each.subject) for each in documents_of(codes)},
            ),
        ),
    )


@RULES.settles("documents-border")
def border_in_documents(claim: Claim, parameters: Parameters) -> Evidence:
    """Compare the documents' rates of border terms with the threshold."""
    codes = group_of(parameters).codes
    if not documents_of(codes):
        raise MissingError(f"the strategies and programmes of the regions: {_NONE}")
    rates = analysis_of(codes).documents
    threshold, terms = float(claim.line), len(resources.load("border_dictionary"))
    below, verdict = hardly_reflect(rates["rate"], threshold)
    return Evidence(
        verdict,
        f"{below} of {len(rates)} documents have fewer than {threshold:g} border terms "
        f"per 1,000 words.{absent_note(codes)}",
        computed=below,
        formula="number of documents with fewer border terms per 1,000 words than the threshold",
        inputs=(
            c.basis(
                "documents",
                "border terms per 1,000 words of each document of the group's regions",
                rates.set_index("file")["rate"].to_dict(),
            ),
            c.basis("border_dictionary", "all terms", {"terms": terms}),
        ),
        readings=tuple(
            Reading(f"threshold of {formatting.number(x, 1)}", hardly_reflect(rates["rate"], x)[1])
            for x in (threshold / 2, threshold * 2)
        ),
    )


def hardly_reflect(rates: Sequence[float] | pd.Series, threshold: float) -> tuple[int, Verdict]:
    """Return how many documents hardly reflect the border, and whether most of them do.

    A document hardly reflects it if its rate, border terms of any category per 1,000 words, is
    below `threshold`. The statement holds if more than half of the documents are so.

    >>> hardly_reflect([0.4, 0.7, 3.0], 1.0), hardly_reflect([0.4, 0.7, 3.0], 0.5)
    ((2, 'holds'), (1, 'differs'))
    """
    below = sum(rate < threshold for rate in rates)
    return below, "holds" if 2 * below > len(rates) else "differs"


def documents_of(codes: Sequence[str]) -> tuple[Document, ...]:
    """Return the documents of regions `codes` that lie in the package, in the index's order.

    Raises DocumentError with every error of the index or of the files.
    """
    return tuple(document for document in _documents() if document.subject in codes)


def without_document(codes: Sequence[str]) -> list[str]:
    """Return the names of those regions of `codes` of which the package holds no document."""
    present = {document.subject for document in _documents()}
    return [regions.name(code) for code in codes if code not in present]


def absent_note(codes: Sequence[str]) -> str:
    """Return a sentence on the regions without a document, a space before it; blank if none."""
    absent = without_document(codes)
    return f" No document is held of {formatting.listing(absent)}." if absent else ""


@resources.remembered
def _documents() -> tuple[Document, ...]:
    folder = resources.folder() / "documents"
    named = {name for name, *_ in resources.listing("documents") if not name.startswith(".")}
    index = folder / "index.csv"
    alone = named <= {"README.md", index.name}
    if alone and (not index.exists() or len(index.read_text("utf-8").split()) < 2):
        return ()
    from borderbook.corpus import index as documents  # noqa: PLC0415

    return documents.load(folder, list(regions.subjects().index), "region")


@resources.remembered
def analysis_of(codes: tuple[str, ...]) -> Analysis:
    """Return what the documents of regions `codes` say of the border; see `analysis.analyse`."""
    from borderbook.corpus import analysis  # noqa: PLC0415

    fields = resources.descriptor("border_dictionary")["schema"]["fields"]
    (category,) = [field for field in fields if field["name"] == "category"]
    dictionary = resources.load("border_dictionary")
    return analysis.analyse(documents_of(codes), dictionary, category["constraints"]["enum"])
