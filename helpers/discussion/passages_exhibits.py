"""Exhibits of *Discussion* that show border terms in their sentences."""

from __future__ import annotations

import pandas as pd

from borderbook import formatting
from borderbook.datapackage import resources
from borderbook.figures.tables import Column, Table
from borderbook.formatting import counted
from helpers import regions
from helpers.discussion import documents as corpus
from helpers.discussion.documents import RESOURCES
from helpers.parameters import BorderYears

# Words of context that are shown on each side of a term.
_AROUND = 14


def passages(p: BorderYears) -> Table:
    """Return one passage for each category: its first in the document with most of its terms."""
    rows = corpus.passages_of(p.group)
    there = corpus.regions_with(rows.rename(columns={"subject": "region"}))
    chosen = []
    for category in corpus.categories():
        hits = rows[rows["category"] == category]
        if len(hits):
            most = hits["file"].value_counts(sort=True).idxmax()
            chosen.append(hits[hits["file"] == most].iloc[0])
    both = rows[rows["with_other"]].drop_duplicates(["file", "part", "paragraph", "sentence"])
    chosen += [row for _, row in both.iterrows()]
    table = pd.DataFrame(chosen).drop_duplicates(["file", "word"])
    english = resources.load("border_dictionary").set_index("lemma")["english"]
    table = table.assign(
        english=table["lemma"].map(english),
        left=table["left"].map(_left),
        right=table["right"].map(_right),
        both=table["with_other"].map({True: "yes", False: "no"}),
        name=table["subject"].map(regions.name),
        title=table["file"].map(corpus.documents_of(p.group.codes).set_index("file")["title"]),
    )
    return Table(
        "strategies-passages",
        f"How the documents speak of the border: {counted(len(table), 'passage')} of {len(rows)}",
        table,
        [
            Column("keyword", "Term"),
            Column("english", "In English"),
            Column("left", "Before it"),
            Column("right", "After it"),
            Column("category", "Category"),
            Column("both", "Small enterprise too"),
            Column("name", "Region"),
            Column("title", "Document"),
        ],
        f"Passages from documents of {there}",
        "Chosen by rule: for each category the first passage of the document with most of its "
        "terms, and every sentence that speaks of small enterprise too. Up to "
        f"{formatting.count(_AROUND)} words are shown on either side; an ellipsis marks a cut.",
        resources.sources(*RESOURCES[:2]),
    )


def lemmas(p: BorderYears) -> Table:
    """Return how often each term of the dictionary occurs in the group's documents."""
    rows = corpus.passages_of(p.group)
    english = resources.load("border_dictionary").set_index("lemma")["english"]
    table = rows.groupby(["lemma", "category"], as_index=False).agg(
        count=("word", "size"), documents=("file", "nunique")
    )
    table = table.assign(english=table["lemma"].map(english))
    table = table.sort_values(["count", "lemma"], ascending=[False, True], kind="stable")
    top = table.iloc[0]
    return Table(
        "strategies-lemmas",
        f"The term “{top['lemma']}” occurs most often: {counted(int(top['count']), 'time')}",
        table,
        [
            Column("lemma", "Term"),
            Column("english", "In English"),
            Column("category", "Category"),
            Column("count", "Occurrences", digits=0),
            Column("documents", "Documents", digits=0),
        ],
        "Terms of the border dictionary that occur, in dictionary form; documents of "
        f"{corpus.regions_with(rows.rename(columns={'subject': 'region'}))}",
        sources=resources.sources(*RESOURCES[:2]),
    )


def _left(text: str) -> str:
    words = text.split()
    return " ".join(["…"] * (len(words) > _AROUND) + words[-_AROUND:])


def _right(text: str) -> str:
    words = text.split()
    return " ".join(words[:_AROUND] + ["…"] * (len(words) > _AROUND))
