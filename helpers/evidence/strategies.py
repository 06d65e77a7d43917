"""Evidence on the regions' strategies and programmes, from the documents that an author adds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpers import data, regions, words
from helpers.evidence import group_of, settles
from helpers.judging import (
    VERDICTS,
    Claim,
    Evidence,
    Input,
    Reading,
    Verdict,
    not_checkable,
)
from helpers.parameters import Section

if TYPE_CHECKING:
    from helpers.documents import Document

_NONE = "`data/documents/` holds none"


@settles("strategies-exist", any_group=True)
def strategies(_: Claim, parameters: Section) -> Evidence:
    """Count the regions with a document in the package."""
    codes = group_of(parameters).codes
    held = {document.region for document in _documents(parameters)}
    absent = [regions.name(code) for code in codes if code not in held]
    if absent:
        who = "every region of the group" if len(absent) == len(codes) else words.listing(absent)
        return not_checkable(f"a strategy or programme of {who}: {_NONE}")
    return Evidence(
        "holds",
        "`data/documents/` holds a document of every region of the group.",
        computed=len(codes),
        formula="number of regions with a document",
    )


@settles("documents-border", any_group=True)
def border_in_documents(claim: Claim, parameters: Section) -> Evidence:
    """Compare the documents' rates of border terms with the threshold."""
    held = _documents(parameters)
    if not held:
        return not_checkable(f"the strategies and programmes of the regions: {_NONE}")
    # Imported here: the readers and lemmatisers are heavy, and the package ships no document.
    from helpers import content  # noqa: PLC0415

    rates = content.analyse(held, data.load("border_dictionary")).documents
    codes = group_of(parameters).codes
    found = content.reflects_border(rates, float(claim.line), codes)
    return Evidence(
        _verdict(found.verdict),
        found.reason,
        computed=sum(rates["rate"] < float(claim.line)),
        formula="number of documents with fewer border terms per 1,000 words than the threshold",
        inputs=(
            Input(
                "border_dictionary",
                "terms per 1,000 words in the files of data/documents",
                tuple(zip(rates["file"], rates["rate"], strict=True)),
            ),
        ),
        readings=tuple(
            Reading(f"threshold of {words.number(other.threshold, 1)}", _verdict(other.verdict))
            for other in found.readings
            if other.threshold != found.threshold
        ),
    )


@settles("documents-features", any_group=True)
def features_in_documents(_: Claim, __: Section) -> Evidence:
    """Say that a count of terms does not tell it."""
    return not_checkable(
        "a reading of the documents for opportunities and limits of the location; a count of "
        "terms does not tell it"
    )


def _documents(parameters: Section) -> tuple[Document, ...]:
    """Return the documents of the group's regions."""
    folder = data.DATA / "documents"
    index = folder / "index.csv"
    if not index.exists() or len(index.read_text("utf-8").split("\n", 1)[-1].strip()) == 0:
        return ()
    # Imported here: the readers of formats are heavy, and the package ships no document.
    from helpers import documents  # noqa: PLC0415

    found = documents.load(folder, list(regions.subjects().index))
    return tuple(each for each in found if each.region in group_of(parameters).codes)


def _verdict(text: str) -> Verdict:
    return next(verdict for verdict in VERDICTS if verdict == text)
