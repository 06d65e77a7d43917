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

# What stands behind a title: in brackets by which act it was adopted.
_ADOPTED = r"\s*\([^()]*\)$"
# Words of context that are shown on each side of a term.
_AROUND = 10


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
    titles = corpus.documents_of(p.group.codes).set_index("file")["title"]
    titles = titles.str.replace(_ADOPTED, "", regex=True)
    table = table.assign(
        passage=[
            _passage(*row) for row in table[["left", "keyword", "right"]].itertuples(index=False)
        ],
        english=table["lemma"].map(english),
        category=table["category"].where(
            ~table["with_other"], table["category"] + ", with small enterprise"
        ),
        document=table["subject"].map(regions.name) + ": " + table["file"].map(titles),
    )
    return Table(
        "strategies-passages",
        f"How the documents speak of the border: {counted(len(table), 'passage')} of {len(rows)}",
        table,
        [
            Column("passage", "Passage"),
            Column("english", "In English"),
            Column("category", "Category"),
            Column("document", "Region and document"),
        ],
        f"Passages from documents of {there}; the term stands between « and »",
        "Chosen by rule: for each category the first passage of the document with most of its "
        "terms, and every sentence that speaks of small enterprise too. Up to "
        f"{formatting.count(_AROUND)} words are shown on either side; an ellipsis marks a cut. "
        "“With small enterprise”: the sentence holds a term of small enterprise, too.",
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


def _passage(left: str, keyword: str, right: str) -> str:
    """Return a term in its sentence, which is cut after so many words on either side.

    >>> _passage("Trade at the ", "border", ", open since May.")
    'Trade at the «border», open since May.'
    """
    before, after = left.split(), right.split()
    start = " ".join([*["…"] * (len(before) > _AROUND), *before[-_AROUND:]])
    end = " ".join([*after[:_AROUND], *["…"] * (len(after) > _AROUND)])
    blanks = [" " * text[at : at + 1].isspace() for text, at in ((left, len(left) - 1), (right, 0))]
    return f"{start}{blanks[0]}«{keyword}»{blanks[1]}{end}"
