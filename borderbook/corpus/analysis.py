"""Content analysis: how often, where and in what words documents use the terms of a dictionary.

A rate counts words, not meanings: a term can mean another thing than the dictionary wants. So read
the passages before you believe a rate.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from borderbook.corpus.counting import Counter
from borderbook.corpus.index import Document
from borderbook.corpus.readers import LANGUAGES
from borderbook.errors import UserError

# Rates are per this number of words.
PER = 1000


class ContentError(UserError, ValueError):
    """Documents cannot be analysed; the message lists every problem."""


@dataclass(frozen=True)
class Analysis:
    """What terms documents use, by the columns below; `rate` is terms per 1,000 words.

    `count` is of terms, `part` a number. `categories` has each category for each document, `lemmas`
    the terms that occur. In `passages` paragraphs are numbered in their part, sentences in their
    paragraph and words in their document; left, keyword and right together are the sentence, and
    `with_other` is whether it holds a term of the other dictionary. `others` is how many sentences
    do. A part without words has the rate NaN. `subjects` takes all documents of a subject together;
    rank 1 is the highest rate, and equal rates share a rank. Rows are sorted by subject and file,
    then as they stand in the document.
    """

    documents: pd.DataFrame
    categories: pd.DataFrame
    lemmas: pd.DataFrame
    passages: pd.DataFrame
    parts: pd.DataFrame
    subjects: pd.DataFrame
    subject_categories: pd.DataFrame


# The columns of each table.
_COLUMNS = {
    "documents": "file subject language title year parts parts_without_text words others"
    " count rate",
    "categories": "file subject category count rate",
    "lemmas": "file subject category lemma count rate",
    "passages": "file subject part heading paragraph sentence word category lemma left keyword"
    " right with_other",
    "parts": "file subject part heading words count rate",
    "subjects": "subject documents words count rate rank",
    "subject_categories": "subject category count rate",
}
# Those that are whole numbers.
_INTEGERS = (
    "parts parts_without_text words others count part paragraph sentence word documents rank"
)


def tables(
    documents: Sequence[Document],
    counter: Counter,
    categories: Sequence[str],
    left_out: Collection[str] = (),
) -> Analysis:
    """Return lengths, frequencies, rates and passages of the dictionary's terms in the documents.

    `categories` are those of the dictionary, in the order in which results show them. Documents
    that are not counted yet are counted by `counter`; then terms `left_out` are not looked at.
    Longest match first: a word that is part of a matched phrase counts once, with the phrase, and
    a phrase counts as one term (see `lemmas.matches`). Rate = 1000 × terms / words. The result
    does not depend on the order of documents or dictionary; without documents every table is empty.

    Raises ContentError if two documents share a file name, or if one has no word or a language that
    is not read; DictionaryError if the dictionary has a problem (see `lemmas.terms`).

    >>> from borderbook.corpus.index import Part
    >>> letter = Document("a.txt", (Part("", "The tree is tall. We rest."),), "north", "en")
    >>> entry = {"category": "plants", "language": "en", "lemma": "tree"}
    >>> result = tables([letter], Counter(pd.DataFrame([entry]), ["plants"]), ["plants"])
    >>> result.documents[["words", "count", "rate"]].values.tolist()
    [[6.0, 1.0, 166.66666666666666]]
    """
    _check(documents)
    described, parts, passages = [], [], []
    for document in sorted(documents, key=lambda document: (document.subject, document.file)):
        name = {"file": document.file, "subject": document.subject}
        counted = document.counted
        if counted is None:
            counted = counter.count(document.parts, document.language)
        lengths = [part["words"] for part in counted]
        if not sum(lengths):
            what = "there is no word in it; take it out or write it anew"
            raise ContentError(f"{document.file}: {what}")
        before = count = 0
        for number, part in enumerate(counted, start=1):
            place = {**name, "part": number, "heading": part["heading"]}
            hits = [hit for hit in part["hits"] if hit["lemma"] not in left_out]
            parts.append({**place, "words": part["words"], "count": len(hits)})
            passages += [{**place, **hit, "word": before + hit["word"]} for hit in hits]
            count += len(hits)
            before += part["words"]
        described.append(
            {
                **name,
                "language": document.language,
                "title": document.title,
                "year": document.year,
                "parts": len(lengths),
                "parts_without_text": lengths.count(0),
                "words": sum(lengths),
                "others": sum(part["others"] for part in counted),
                "count": count,
            }
        )
    return _derived(
        _table(described, "documents"),
        _table(parts, "parts"),
        _table(passages, "passages"),
        list(categories),
    )


def _check(documents: Sequence[Document]) -> None:
    files = [document.file for document in documents]
    problems = [
        f"{file}: two documents have this name; rename one"
        for file in sorted({file for file in files if files.count(file) > 1})
    ]
    problems += [
        f"{document.file}: its language is {document.language!r}; use {' or '.join(LANGUAGES)}"
        for document in documents
        if document.language not in LANGUAGES
    ]
    if problems:
        raise ContentError("\n".join(problems))


def _table(rows: pd.DataFrame | list[dict[str, Any]], name: str) -> pd.DataFrame:
    """Return a table with its columns, each of its type; a rate follows from words and count."""
    columns = _COLUMNS[name].split()
    table = rows if isinstance(rows, pd.DataFrame) else pd.DataFrame(rows, columns=columns)
    if "rate" in columns:
        words = table["words"].astype("float64")
        table = table.assign(rate=PER * table["count"] / words.where(words > 0))
    known = dict.fromkeys(_INTEGERS.split(), "int64") | {
        "rate": "float64",
        "year": "Int64",
        "with_other": "bool",
    }
    types = {column: known.get(column, "str") for column in columns}
    return table.reset_index(drop=True)[columns].astype(types)


def _derived(
    documents: pd.DataFrame, parts: pd.DataFrame, passages: pd.DataFrame, categories: list[str]
) -> Analysis:
    subjects = documents.groupby("subject", as_index=False).agg(
        documents=("file", "size"), words=("words", "sum"), count=("count", "sum")
    )
    rate = subjects["count"] / subjects["words"]
    subjects["rank"] = rate.rank(method="min", ascending=False)
    keys = ["file", "subject", "category", "lemma"]
    lemmas = passages.groupby(keys, as_index=False).agg(count=("keyword", "size"))
    lemmas = lemmas.merge(documents[["file", "words"]], how="left", on="file")
    lemmas["place"] = lemmas["category"].map(categories.index)
    order = {"subject": True, "file": True, "place": True, "count": False, "lemma": True}
    lemmas = lemmas.sort_values(list(order), ascending=list(order.values()))
    computed = {
        "categories": _by_category(documents, passages, ["file", "subject"], categories),
        "lemmas": lemmas,
        "subjects": subjects,
        "subject_categories": _by_category(subjects, passages, ["subject"], categories),
    }
    typed = {name: _table(table, name) for name, table in computed.items()}
    return Analysis(documents=documents, parts=parts, passages=passages, **typed)


def _by_category(
    texts: pd.DataFrame, passages: pd.DataFrame, keys: list[str], categories: list[str]
) -> pd.DataFrame:
    cells = texts[[*keys, "words"]].merge(pd.DataFrame({"category": categories}), how="cross")
    counts = passages.groupby([*keys, "category"], as_index=False).agg(count=("lemma", "size"))
    return cells.merge(counts, how="left", on=[*keys, "category"]).fillna({"count": 0})
