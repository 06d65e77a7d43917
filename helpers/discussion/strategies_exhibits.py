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
from helpers.discussion.measures import absent_note, analysis_of, documents_of, without_document
from helpers.parameters import BorderYears

if TYPE_CHECKING:
    from borderbook.corpus.analysis import Analysis
    from borderbook.corpus.index import Document

_RESOURCES = ("documents", "border_dictionary")
_WORDS, _PER = 1000, "per 1,000 words"
# Words of context that are shown on each side of a term.
_AROUND = 12
_DOCUMENT = (Column("title", "Document"), Column("region", "Region"))
_AMOUNTS = (
    Column("words", "Words", digits=0),
    Column("count", "Border terms", digits=0),
    Column("rate", "Rate", _PER, digits=2),
)


def facts(p: BorderYears) -> dict[str, str]:
    """Return the inline values of the content analysis, name -> text."""
    threshold = all_claims()["documents-border"].threshold or 0.0
    return {
        "threshold": number(threshold, 0 if threshold.is_integer() else 2),
        "categories": formatting.count(resources.load("border_dictionary")["category"].nunique()),
        "documents": _documents(p),
        "reflection": _reflection(p),
    }


def exhibits(p: BorderYears) -> Iterator[Table]:
    """Yield the tables that there is something for; without a document what is missing."""
    corpus = _Corpus(p)
    if not corpus.documents:
        yield missing(p)
        return
    of_terms = (lemmas, passages, parts) if corpus.count else ()
    for table in (lengths, categories, *of_terms, comparison):
        yield table(p)


def missing(p: BorderYears) -> Table:
    """Return what an author does so that the documents can be analysed."""
    # Imported here: nothing else needs the readers where there is no document.
    from borderbook.corpus.readers import READERS  # noqa: PLC0415

    columns = [field["name"] for field in resources.descriptor("documents")["schema"]["fields"]]
    every = len(documents_of(list(regions.subjects().index)))
    comes = plural(every, "comes", "come")
    others = f"The {counted(every, 'document')} held {comes} from other regions. " if every else ""
    steps = {
        "First": f"Put the file into data/documents/: {formatting.listing(list(READERS))}",
        "Then": f"Add its row to data/documents/index.csv: {formatting.listing(columns)}",
        "Last": "Run: borderbook seal, then: borderbook build",
    }
    return Table(
        "strategies-missing",
        "No strategy or programme is here yet, so no word of the border is counted",
        pd.DataFrame(steps.items(), columns=["step", "what"]),
        [Column("step", "Step"), Column("what", "What adds a document")],
        f"How to add documents of {p.group.label}",
        f"{others}Missing: a strategy or programme of "
        f"{formatting.listing(without_document(p.group.codes))}. Words are counted by the "
        "border dictionary, to which rows can be added.",
        resources.sources(*_RESOURCES),
    )


def lengths(p: BorderYears) -> Table:
    """Return every document with its length and its number of border terms."""
    corpus = _Corpus(p)
    rows = corpus.analysis.documents
    empty, words = int(rows["parts_without_text"].sum()), int(rows["words"].sum())
    return corpus.table(
        "lengths",
        f"Of {counted(words, 'word')} in {counted(len(rows), 'document')}, "
        f"{counted(corpus.count, 'is a border term', 'are border terms')}: "
        f"{number(_WORDS * corpus.count / words, 2)} {_PER}",
        corpus.named(rows, "address", "terms").assign(year=rows["year"].astype(str)),
        [
            Column("title", "Document", link="address"),
            Column("region", "Region"),
            Column("year", "Year"),
            Column("parts", "Parts", digits=0),
            *_AMOUNTS,
            Column("terms", "Terms of use"),
        ],
        "Length of the documents and border terms in them",
        "A phrase of the dictionary is one term. A number is no word."
        + (f" Without text: {counted(empty, 'part')}." if empty else ""),
    )


def categories(p: BorderYears) -> Table:
    """Return the rate of border terms in every document by category."""
    corpus = _Corpus(p)
    rates = corpus.analysis.categories
    top, most = _most_frequent(rates.groupby("category", sort=False)["count"].sum())
    documents = corpus.analysis.documents[["file", "subject", "rate"]]
    return corpus.table(
        "categories",
        f"Most terms are of {formatting.listing(top)}: {counted(most, 'term')}"
        + (" each" if len(top) > 1 else "")
        if corpus.count
        else "The documents use no term of any category",
        corpus.named(documents.join(_by_category(rates, "file"), on="file")),
        [*_DOCUMENT, *_rates(rates)],
        f"Border terms by category {_PER}",
    )


def lemmas(p: BorderYears) -> Table:
    """Return how often each term of the dictionary occurs, by document."""
    corpus = _Corpus(p)
    rows = corpus.analysis.lemmas
    top, most = _most_frequent(rows.groupby("lemma")["count"].sum())
    many = f"{formatting.count(len(top)).capitalize()} terms"
    return corpus.table(
        "lemmas",
        f"{formatting.listing(top) if len(top) < 4 else many} {plural(len(top), 'occurs', 'occur')}"
        f" most often: {counted(most, 'time')}{' each' if len(top) > 1 else ''}",
        corpus.named(rows),
        [
            Column("lemma", "Term"),
            Column("category", "Category"),
            *_DOCUMENT,
            Column("count", "Occurrences", digits=0),
            Column("rate", "Rate", _PER, digits=2),
        ],
        "Terms of the border dictionary that occur, in dictionary form",
    )


def passages(p: BorderYears) -> Table:
    """Return every occurrence of a term in its context."""
    corpus = _Corpus(p)
    rows = corpus.analysis.passages
    uses = counted(len(rows), "passage uses", "passages use")
    return corpus.table(
        "passages",
        f"{uses.capitalize()} a border term",
        corpus.named(rows).assign(
            left=rows["left"].map(_left), right=rows["right"].map(_right), place=_places(rows)
        ),
        [
            Column("keyword", "Term"),
            Column("left", "Before it"),
            Column("right", "After it"),
            Column("category", "Category"),
            *_DOCUMENT,
            Column("place", "Part"),
        ],
        "Terms within their sentences, in the order of the documents",
        f"Up to {formatting.count(_AROUND)} words of the sentence are shown on either side; an "
        "ellipsis marks a cut. A term can name another border than the state's: read it.",
    )


def parts(p: BorderYears) -> Table:
    """Return the parts of the documents in which terms stand."""
    corpus = _Corpus(p)
    every = corpus.analysis.parts
    rows = every[every["count"] > 0]
    counts = corpus.analysis.documents.set_index("file")["parts"]
    return corpus.table(
        "parts",
        f"The border terms stand in {formatting.count(len(rows))} of {counted(len(every), 'part')}",
        corpus.named(rows).assign(place=_places(rows), of=rows["file"].map(counts)),
        [
            Column("place", "Part"),
            *_DOCUMENT,
            Column("part", "Number", digits=0),
            Column("of", "Of", "parts", digits=0),
            *_AMOUNTS,
        ],
        "Parts of the documents with a border term",
        "A part begins at a heading; a page of a PDF is a part, and a text file is one. "
        "Parts without a term are left out.",
    )


def comparison(p: BorderYears) -> Table:
    """Return the regions of the group side by side, those without a document last."""
    corpus = _Corpus(p)
    rates = corpus.analysis.subject_categories
    subjects = corpus.analysis.subjects.sort_values("rank", kind="stable").set_index("subject")
    rows = subjects.join(_by_category(rates, "subject")).rename(index=regions.name)
    best = list(rows.index[rows["rank"] == 1])
    rate = number(rows["rate"].max(), 2)
    if len(rows) == 1:
        headline = f"{best[0]} alone can be judged: its documents have {rate} terms {_PER}"
    elif corpus.count:
        use = plural(len(best), "uses", "use")
        headline = f"{formatting.listing(best)} {use} border terms most: {rate} {_PER}"
    else:
        headline = f"None of the {formatting.count(len(rows))} regions uses a border term"
    every = rows.reindex([*rows.index, *without_document(p.group.codes)])
    return corpus.table(
        "regions",
        headline,
        every.rename_axis("name").reset_index(),
        [
            Column("name", "Region"),
            Column("rank", "Rank", digits=0),
            Column("documents", "Documents", digits=0),
            *_AMOUNTS[:2],
            *_rates(rates),
        ],
        f"Border terms {_PER}, all documents of a region together",
        f"Regions with the same rate share a rank.{absent_note(p.group.codes)}",
    )


class _Corpus:
    """The documents of a group and what they say of the border."""

    def __init__(self, p: BorderYears) -> None:
        self.group = p.group
        self.documents: Sequence[Document] = documents_of(p.group.codes)

    @cached_property
    def analysis(self) -> Analysis:
        return analysis_of(self.group.codes)

    @property
    def count(self) -> int:
        """The number of border terms in all documents."""
        return int(self.analysis.documents["count"].sum())

    def named(self, rows: pd.DataFrame, *fields: str) -> pd.DataFrame:
        """Return rows with the document's title, other `fields` of it, and the region's name."""
        columns = {
            field: rows["file"].map({each.file: getattr(each, field) for each in self.documents})
            for field in ("title", *fields)
        }
        return rows.assign(region=rows["subject"].map(regions.name), **columns)

    def table(
        self,
        name: str,
        title: str,
        rows: pd.DataFrame,
        columns: Sequence[Column],
        subtitle: str,
        *notes: str,
    ) -> Table:
        """Return a table of the analysis, the group named in its subtitle."""
        sources = resources.sources(*_RESOURCES)
        subtitle = f"{subtitle}; {self.group.label}"
        return Table(f"strategies-{name}", title, rows, columns, subtitle, notes, sources)


def _most_frequent(counts: pd.Series) -> tuple[list[str], int]:
    """Return in quotation marks what has the largest count, and that count."""
    return [f"“{name}”" for name in counts.index[counts == counts.max()]], counts.max()


def _by_category(rates: pd.DataFrame, key: str) -> pd.DataFrame:
    """Return the rates of each file or region in the order given, one column per category."""
    table = rates.pivot_table(index=key, columns="category", values="rate", sort=False)
    return table.rename_axis(columns=None)


def _rates(rates: pd.DataFrame) -> list[Column]:
    """Return the columns for rates by category, and for the rate of all."""
    titles = {name: name.capitalize() for name in rates["category"]} | {"rate": "All"}
    return [Column(n, title, digits=2, group=f"Border terms {_PER}") for n, title in titles.items()]


def _places(rows: pd.DataFrame) -> list[str]:
    """Return the heading of each row's part; its number where it has none."""
    return [
        heading or f"part {part}"
        for heading, part in zip(rows["heading"], rows["part"], strict=True)
    ]


def _left(text: str) -> str:
    words = text.split()
    return " ".join(["…"] * (len(words) > _AROUND) + words[-_AROUND:])


def _right(text: str) -> str:
    words = text.split()
    return " ".join(words[:_AROUND] + ["…"] * (len(words) > _AROUND))


def _documents(p: BorderYears) -> str:
    """Return which documents there are, as a sentence or two."""
    documents = documents_of(p.group.codes)
    if not documents:
        return (
            f"No such document of {p.group.label} is in the data, so nothing can be computed, and "
            "the statement is neither confirmed nor put in doubt here."
        )
    many = len({document.subject for document in documents})
    return (
        f"Here {counted(len(documents), 'document comes', 'documents come')} from "
        f"{counted(many, 'region')} of {formatting.count(len(p.group.codes))}; the tables below "
        f"are about these alone.{absent_note(p.group.codes)}"
    )


def _reflection(p: BorderYears) -> str:
    """Return the verdict on the paper's statement, in a sentence."""
    finding = ledger.evaluate(p, ids=["documents-border"])[0]
    if finding.verdict == "not-checkable":
        return "The statement cannot be checked until a document is added."
    below = int(finding.computed or 0)
    every = len(documents_of(p.group.codes))
    verdict = "holds" if finding.verdict == "holds" else "does not hold"
    return (
        f"{formatting.count(below).capitalize()} of {counted(every, 'document')} "
        f"{plural(below, 'is', 'are')} below this rate, so the statement {verdict} for what is "
        "here."
    )
