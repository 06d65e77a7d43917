"""Exhibits of *Discussion* on the regions' strategies and programmes: the content analysis."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from borderbook import formatting
from borderbook.claims import ledger
from borderbook.claims.model import claims as all_claims
from borderbook.datapackage import resources
from borderbook.figures.tables import Column, Table
from borderbook.formatting import counted, number, plural
from helpers import regions
from helpers.discussion.strategies_evidence import analysis_of, documents_of, without_document
from helpers.parameters import BorderYears

if TYPE_CHECKING:
    from borderbook.corpus.analysis import Analysis
    from borderbook.corpus.index import Document

_RESOURCES = ("documents", "border_dictionary")
_WORDS, _PER = 1000, "per 1,000 words"
_AROUND = 12
# Words of context that are shown on each side of a term.


def facts(p: BorderYears) -> dict[str, str]:
    """Return the inline values of the content analysis, name -> text."""
    claim = all_claims()["documents-border"]
    return {
        "threshold": _exactly(claim.threshold or 0.0),
        "categories": formatting.count(resources.load("border_dictionary")["category"].nunique()),
        "documents": _documents(p),
        "reflection": _reflection(p),
    }


def exhibits(p: BorderYears) -> Iterator[Table]:
    """Yield the tables that there is something for; without a document what is missing."""
    held = _Held(p)
    if not held.documents:
        yield missing(p)
        return
    yield lengths(p)
    yield categories(p)
    if held.count:
        yield lemmas(p)
        yield passages(p)
        yield parts(p)
    yield comparison(p)


def missing(p: BorderYears) -> Table:
    """Return what an author does so that the documents can be analysed."""
    # Imported here: nothing else needs the readers where there is no document.
    from borderbook.corpus.readers import READERS  # noqa: PLC0415

    columns = [field["name"] for field in resources.descriptor("documents")["schema"]["fields"]]
    held = _Held(p)
    every = len(documents_of(list(regions.subjects().index)))
    comes = plural(every, "comes", "come")
    others = f"The {counted(every, 'document')} held {comes} from other regions. " if every else ""
    rows = pd.DataFrame(
        {
            "step": ["First", "Then", "Last"],
            "what": [
                f"Put the file into data/documents/: {formatting.listing(list(READERS))}",
                f"Add its row to data/documents/index.csv: {formatting.listing(columns)}",
                "Run: borderbook seal, then: borderbook build",
            ],
        }
    )
    return Table(
        "strategies-missing",
        "No strategy or programme is here yet, so no word of the border is counted",
        rows,
        [Column("step", "Step"), Column("what", "What adds a document")],
        f"How to add documents of {p.group.label}",
        (
            f"{others}Missing: a strategy or programme of "
            f"{formatting.listing(held.absent)}. Words are counted by the border dictionary, "
            "to which rows can be added.",
        ),
        resources.sources(*_RESOURCES),
    )


def lengths(p: BorderYears) -> Table:
    """Return every document with its length and its number of border terms."""
    held = _Held(p)
    terms = {document.file: document.terms for document in held.documents}
    addresses = {document.file: document.address for document in held.documents}
    found = held.analysis.documents
    rows = found.assign(
        region=found["subject"].map(regions.name),
        address=found["file"].map(addresses),
        terms=found["file"].map(terms),
        year=found["year"].astype(str),
    )
    empty = int(found["parts_without_text"].sum())
    return Table(
        "strategies-lengths",
        f"Of {counted(held.words, 'word')} in {counted(len(found), 'document')}, "
        f"{counted(held.count, 'is a border term', 'are border terms')}: "
        f"{number(_WORDS * held.count / held.words, 2)} {_PER}",
        rows,
        [
            Column("title", "Document", link="address"),
            Column("region", "Region"),
            Column("year", "Year"),
            Column("parts", "Parts", digits=0),
            Column("words", "Words", digits=0),
            Column("count", "Border terms", digits=0),
            Column("rate", "Rate", _PER, digits=2),
            Column("terms", "Terms of use"),
        ],
        f"Length of the documents and border terms in them; {p.group.label}",
        (
            "A phrase of the dictionary is one term. A number is no word."
            + (f" Without text: {counted(empty, 'part')}." if empty else ""),
        ),
        resources.sources(*_RESOURCES),
    )


def categories(p: BorderYears) -> Table:
    """Return the rate of border terms in every document by category."""
    held = _Held(p)
    found = held.analysis
    sums = found.categories.groupby("category", sort=False)["count"].sum()
    rows = _by_category(found.categories, "file").join(
        found.documents.set_index("file")[["subject", "rate"]]
    )
    top = [str(name) for name in sums.index[sums == sums.max()]]
    return Table(
        "strategies-categories",
        f"Most terms are of {formatting.listing([f'“{name}”' for name in top])}: "
        f"{counted(int(sums.max()), 'term')}{' each' if len(top) > 1 else ''}"
        if held.count
        else "The documents use no term of any category",
        rows.assign(
            title=found.documents.set_index("file")["title"],
            region=rows["subject"].map(regions.name),
        ),
        [
            Column("title", "Document"),
            Column("region", "Region"),
            *_category_columns(sums.index),
            Column("rate", "All", digits=2, group=f"Border terms {_PER}"),
        ],
        f"Border terms by category {_PER}; {p.group.label}",
        sources=resources.sources(*_RESOURCES),
    )


def lemmas(p: BorderYears) -> Table:
    """Return how often each term of the dictionary occurs, by document."""
    held = _Held(p)
    found = held.analysis.lemmas
    sums = found.groupby("lemma")["count"].sum()
    top = [f"“{name}”" for name in sums.index[sums == sums.max()]]
    return Table(
        "strategies-lemmas",
        f"{formatting.listing(top)} {plural(len(top), 'occurs', 'occur')} most often: "
        f"{counted(int(sums.max()), 'time')}{' each' if len(top) > 1 else ''}"
        if len(top) < 4
        else f"{formatting.count(len(top)).capitalize()} terms occur most often: "
        f"{counted(int(sums.max()), 'time')} each",
        held.named(found),
        [
            Column("lemma", "Term"),
            Column("category", "Category"),
            Column("title", "Document"),
            Column("region", "Region"),
            Column("count", "Occurrences", digits=0),
            Column("rate", "Rate", _PER, digits=2),
        ],
        f"Terms of the border dictionary that occur, in dictionary form; {p.group.label}",
        sources=resources.sources(*_RESOURCES),
    )


def passages(p: BorderYears) -> Table:
    """Return every occurrence of a term in its context."""
    held = _Held(p)
    found = held.analysis.passages
    rows = held.named(found).assign(
        left=found["left"].map(_left), right=found["right"].map(_right), place=_places(found)
    )
    return Table(
        "strategies-passages",
        "One passage uses a border term"
        if len(rows) == 1
        else f"{formatting.count(len(rows)).capitalize()} passages use a border term",
        rows,
        [
            Column("keyword", "Term"),
            Column("left", "Before it"),
            Column("right", "After it"),
            Column("category", "Category"),
            Column("title", "Document"),
            Column("region", "Region"),
            Column("place", "Part"),
        ],
        f"Terms within their sentences, in the order of the documents; {p.group.label}",
        (
            f"Up to {formatting.count(_AROUND)} words of the sentence are shown on either side; an "
            "ellipsis marks a cut. A term can name another border than the state's: read it.",
        ),
        resources.sources(*_RESOURCES),
    )


def parts(p: BorderYears) -> Table:
    """Return the parts of the documents in which terms stand."""
    held = _Held(p)
    every = held.analysis.parts
    found = every[every["count"] > 0]
    return Table(
        "strategies-parts",
        f"The border terms stand in {formatting.count(len(found))} "
        f"of {counted(len(every), 'part')}",
        held.named(found).assign(
            place=_places(found),
            of=found["file"].map(held.analysis.documents.set_index("file")["parts"]),
        ),
        [
            Column("place", "Part"),
            Column("title", "Document"),
            Column("region", "Region"),
            Column("part", "Number", digits=0),
            Column("of", "Of", "parts", digits=0),
            Column("words", "Words", digits=0),
            Column("count", "Border terms", digits=0),
            Column("rate", "Rate", _PER, digits=2),
        ],
        f"Parts of the documents with a border term; {p.group.label}",
        (
            "A part begins at a heading; a page of a PDF is a part, and a text file is one. "
            "Parts without a term are left out.",
        ),
        resources.sources(*_RESOURCES),
    )


def comparison(p: BorderYears) -> Table:
    """Return the regions of the group side by side, those without a document last."""
    held = _Held(p)
    found = held.analysis
    own = found.subjects.set_index("subject").join(
        _by_category(found.subject_categories, "subject")
    )
    rows = own.reindex([*own.sort_values("rank", kind="stable").index, *held.absent_codes])
    best = [regions.name(str(code)) for code in own.index[own["rank"] == 1]]
    rate = number(own["rate"].max(), 2)
    if len(own) == 1:
        headline = f"{best[0]} alone can be judged: its documents have {rate} terms {_PER}"
    elif held.count:
        use = plural(len(best), "uses", "use")
        headline = f"{formatting.listing(best)} {use} border terms most: {rate} {_PER}"
    else:
        headline = f"None of the {formatting.count(len(own))} regions uses a border term"
    return Table(
        "strategies-regions",
        headline,
        rows.assign(name=[regions.name(str(code)) for code in rows.index]),
        [
            Column("name", "Region"),
            Column("rank", "Rank", digits=0),
            Column("documents", "Documents", digits=0),
            Column("words", "Words", digits=0),
            Column("count", "Border terms", digits=0),
            *_category_columns(dict.fromkeys(found.subject_categories["category"])),
            Column("rate", "All", digits=2, group=f"Border terms {_PER}"),
        ],
        f"Border terms {_PER}, all documents of a region together; {p.group.label}",
        ("Regions with the same rate share a rank.", *_absent_note(held.absent)),
        resources.sources(*_RESOURCES),
    )


class _Held:
    """The documents of a group and what they say of the border."""

    def __init__(self, p: BorderYears) -> None:
        self.codes = p.group.codes
        self.documents: Sequence[Document] = documents_of(self.codes)

    @cached_property
    def analysis(self) -> Analysis:
        return analysis_of(self.codes)

    @property
    def words(self) -> int:
        return int(self.analysis.documents["words"].sum())

    @property
    def count(self) -> int:
        return int(self.analysis.documents["count"].sum())

    @property
    def absent(self) -> list[str]:
        return without_document(self.documents, self.codes)

    @property
    def absent_codes(self) -> list[str]:
        present = {document.subject for document in self.documents}
        return [code for code in self.codes if code not in present]

    def named(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Return rows with the document's title and the region's name."""
        titles = {document.file: document.title for document in self.documents}
        return rows.assign(title=rows["file"].map(titles), region=rows["subject"].map(regions.name))


def _by_category(rates: pd.DataFrame, key: str) -> pd.DataFrame:
    """Return the rates of each file or region in the order given, one column per category."""
    table = rates.pivot_table(index=key, columns="category", values="rate", sort=False)
    return table.rename_axis(columns=None)


def _category_columns(names: Sequence[str] | pd.Index | dict[str, None]) -> list[Column]:
    return [
        Column(str(name), str(name).capitalize(), digits=2, group=f"Border terms {_PER}")
        for name in names
    ]


def _places(rows: pd.DataFrame) -> list[str]:
    """Return the heading of each row's part; its number where it has none."""
    return [
        heading or f"part {part}"
        for heading, part in zip(rows["heading"], rows["part"], strict=True)
    ]


def _left(text: str) -> str:
    """Return the end of the text before a term."""
    found = text.split()
    return ("… " if len(found) > _AROUND else "") + " ".join(found[-_AROUND:])


def _right(text: str) -> str:
    """Return the beginning of the text after a term."""
    found = text.split()
    return " ".join(found[:_AROUND]) + (" …" if len(found) > _AROUND else "")


def _absent_note(absent: Sequence[str]) -> tuple[str, ...]:
    return (f"No document is held of {formatting.listing(absent)}.",) if absent else ()


def _documents(p: BorderYears) -> str:
    """Return what is held, as a sentence or two."""
    held = _Held(p)
    if not held.documents:
        return (
            f"No such document of {p.group.label} is in the data, so nothing can be computed, and "
            "the statement is neither confirmed nor put in doubt here."
        )
    many = len(held.codes) - len(held.absent)
    return " ".join(
        [
            f"Here {counted(len(held.documents), 'document')} "
            f"{plural(len(held.documents), 'comes', 'come')} from {counted(many, 'region')} of "
            f"{formatting.count(len(held.codes))}; the tables below are about these alone.",
            *_absent_note(held.absent),
        ]
    )


def _reflection(p: BorderYears) -> str:
    """Return the verdict on the paper's statement, in a sentence."""
    finding = ledger.evaluate(p, ids=["documents-border"])[0]
    if finding.verdict == "not-checkable":
        return "The statement cannot be checked until a document is added."
    below = int(finding.computed or 0)
    every = len(_Held(p).documents)
    said = "holds" if finding.verdict == "holds" else "does not hold"
    return (
        f"{formatting.count(below).capitalize()} of {counted(every, 'document')} "
        f"{plural(below, 'is', 'are')} below this rate, so the statement {said} for what is here."
    )


def _exactly(value: float) -> str:
    return number(value, 0 if value == int(value) else 2)
