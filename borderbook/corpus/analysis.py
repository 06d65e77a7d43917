"""Content analysis: how often, where and in what words documents speak of the border.

A rate counts words, not meanings: the border of two municipalities is a border as well. So read
the passages before you believe a rate.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from borderbook.corpus.index import Document
from borderbook.corpus.lemmas import (
    CATEGORIES,
    LANGUAGES,
    Terms,
    lemmas,
    matches,
    sentences,
    terms,
    tokens,
)

PER = 1000
"""Rates are per this number of words."""


class ContentError(ValueError):
    """Documents, rates or a threshold cannot be used; the message lists every fault."""


# The analysis


@dataclass(frozen=True)
class Analysis:
    """What documents say of the border; `count` is of terms, `rate` terms per 1,000 words.

    - `documents`: file, region, language, title, year, parts, parts_without_text, words, count,
      rate.
    - `categories`: file, region, category, count, rate; every category for every document.
    - `lemmas`: file, region, category, lemma, count, rate; the terms that occur.
    - `passages`: file, region, part, heading, sentence (number in the part), word (number in the
      document), category, lemma, left, keyword, right; the last three together are the sentence.
    - `parts`: file, region, part (number), heading, words, count, rate (NaN without words).
    - `regions`: region, documents, words, count, rate, rank (1 is the highest rate; equal rates
      share a rank), all documents of the region taken together.
    - `region_categories`: region, category, count, rate.

    Rows are sorted by region and file, then as they stand in the document.
    """

    documents: pd.DataFrame
    categories: pd.DataFrame
    lemmas: pd.DataFrame
    passages: pd.DataFrame
    parts: pd.DataFrame
    regions: pd.DataFrame
    region_categories: pd.DataFrame


_DOCUMENT = {"file": "str", "region": "str"}
_COUNTS = {"count": "int64", "rate": "float64"}
_SCHEMAS = {
    "documents": _DOCUMENT
    | {"language": "str", "title": "str", "year": "int64"}
    | dict.fromkeys(["parts", "parts_without_text", "words"], "int64")
    | _COUNTS,
    "parts": _DOCUMENT | {"part": "int64", "heading": "str", "words": "int64"} | _COUNTS,
    "passages": _DOCUMENT
    | {"part": "int64", "heading": "str", "sentence": "int64", "word": "int64"}
    | dict.fromkeys(["category", "lemma", "left", "keyword", "right"], "str"),
    "regions": {"region": "str", "documents": "int64", "words": "int64"}
    | _COUNTS
    | {"rank": "int64"},
}


def analyse(documents: Sequence[Document], dictionary: pd.DataFrame) -> Analysis:
    """Return lengths, frequencies, rates and passages of border terms in the documents.

    Longest match first: a word that is part of a matched phrase counts once, with the phrase, and
    a phrase counts as one term (see `vocabulary.matches`). Rate = 1000 × terms / words. The result
    does not depend on the order of documents or dictionary; without documents every table is empty.

    Raises ContentError if two documents share a file name, or if one has no word or a language that
    is not read; DictionaryError if the dictionary has a fault (see `vocabulary.terms`).

    >>> from borderbook.corpus.index import Part
    >>> letter = Document("a.txt", (Part("", "The border is long. We trade."),), "RU-ORE", "en")
    >>> entry = {"category": "border", "language": "en", "lemma": "border"}
    >>> result = analyse([letter], pd.DataFrame([entry]))
    >>> result.documents[["words", "count", "rate"]].values.tolist()
    [[6.0, 1.0, 166.66666666666666]]
    """
    entries = {language: terms(dictionary, language) for language in LANGUAGES}
    _check(documents)
    described, parts, passages = [], [], []
    for document in sorted(documents, key=lambda document: (document.region, document.file)):
        name = {"file": document.file, "region": document.region}
        read = list(_read_parts(document, entries[document.language]))
        lengths = [length for length, _ in read]
        if not sum(lengths):
            raise ContentError(f"{document.file}: there is no word in it; take it out or mend it")
        for number, (part, (length, hits)) in enumerate(
            zip(document.parts, read, strict=True), start=1
        ):
            place = {**name, "part": number, "heading": part.heading}
            parts.append({**place, "words": length, "count": len(hits)})
            passages += [{**place, **hit} for hit in hits]
        described.append(
            {
                **name,
                "language": document.language,
                "title": document.title,
                "year": document.year,
                "parts": len(lengths),
                "parts_without_text": lengths.count(0),
                "words": sum(lengths),
                "count": sum(len(hits) for _, hits in read),
            }
        )
    return _tables(
        _frame(described, "documents"), _frame(parts, "parts"), _frame(passages, "passages")
    )


def _check(documents: Sequence[Document]) -> None:
    files = [document.file for document in documents]
    faults = [
        f"{file}: two documents have this name; rename one"
        for file in sorted({file for file in files if files.count(file) > 1})
    ]
    faults += [
        f"{document.file}: its language is {document.language!r}; use {' or '.join(LANGUAGES)}"
        for document in documents
        if document.language not in LANGUAGES
    ]
    if faults:
        raise ContentError("\n".join(faults))


def _read_parts(document: Document, entries: Terms) -> Iterator[tuple[int, list[dict[str, Any]]]]:
    """Yield for each part its number of words and its passages."""
    language = document.language
    before = 0
    for part in document.parts:
        first_of_part = before
        hits = []
        for number, sentence in enumerate(sentences(part.text, language), start=1):
            spans = tokens(sentence, language)
            found = lemmas([sentence[start:stop] for start, stop in spans], language)
            for first, last, term in matches(found, entries):
                start, stop = spans[first][0], spans[last][1]
                hits.append(
                    {
                        "sentence": number,
                        "word": before + _words(found[: first + 1]),
                        "category": term.category,
                        "lemma": term.lemma,
                        "left": sentence[:start],
                        "keyword": sentence[start:stop],
                        "right": sentence[stop:],
                    }
                )
            before += _words(found)
        yield before - first_of_part, hits


def _words(found: Sequence[str | None]) -> int:
    return sum(lemma is not None for lemma in found)


def _frame(records: list[dict[str, Any]], table: str) -> pd.DataFrame:
    schema = _SCHEMAS[table]
    frame = pd.DataFrame(records, columns=list(schema)).astype(
        {column: kind for column, kind in schema.items() if column != "rate"}
    )
    return _rated(frame) if "rate" in schema else frame


def _rated(table: pd.DataFrame) -> pd.DataFrame:
    words = table["words"].astype("float64")
    return table.assign(rate=PER * table["count"] / words.where(words > 0))


def _tables(documents: pd.DataFrame, parts: pd.DataFrame, passages: pd.DataFrame) -> Analysis:
    regions = _rated(
        documents.groupby("region", as_index=False).agg(
            documents=("file", "size"), words=("words", "sum"), count=("count", "sum")
        )
    )
    regions["rank"] = regions["rate"].rank(method="min", ascending=False)
    return Analysis(
        documents=documents,
        categories=_by_category(documents, passages, ["file", "region"]),
        lemmas=_by_lemma(documents, passages),
        passages=passages,
        parts=parts,
        regions=regions.astype(_SCHEMAS["regions"]),
        region_categories=_by_category(regions, passages, ["region"]),
    )


def _by_category(wholes: pd.DataFrame, passages: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    cells = wholes[[*keys, "words"]].merge(pd.DataFrame({"category": CATEGORIES}), how="cross")
    counts = passages.groupby([*keys, "category"], as_index=False).agg(count=("lemma", "size"))
    table = cells.merge(counts, how="left", on=[*keys, "category"]).fillna({"count": 0})
    return _counted(table, [*keys, "category"])


def _by_lemma(documents: pd.DataFrame, passages: pd.DataFrame) -> pd.DataFrame:
    keys = ["file", "region", "category", "lemma"]
    counts = passages.groupby(keys, as_index=False).agg(count=("keyword", "size"))
    table = counts.merge(documents[["file", "words"]], how="left", on="file")
    table["place"] = table["category"].map(CATEGORIES.index)
    ordered = table.sort_values(
        ["region", "file", "place", "count", "lemma"], ascending=[True, True, True, False, True]
    )
    return _counted(ordered, keys)


def _counted(table: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    kinds = {**dict.fromkeys(keys, "str"), **_COUNTS}
    return _rated(table).reset_index(drop=True)[list(kinds)].astype(kinds)


# The statement of the paper


@dataclass(frozen=True, slots=True)
class Reading:
    """The verdict under one threshold: how many documents lie below it."""

    threshold: float
    below: int
    verdict: str


@dataclass(frozen=True, slots=True)
class Reflection:
    """Whether documents hardly reflect the border: verdict, reason, neighbouring readings.

    `readings` are those under half the threshold, the threshold itself and its double. `missing`
    are the regions without a document.
    """

    verdict: str
    reason: str
    threshold: float
    documents: int
    readings: tuple[Reading, ...]
    missing: tuple[str, ...]


def reflects_border(
    rates: pd.DataFrame, threshold: float = 1.0, regions: Collection[str] = ()
) -> Reflection:
    """Return whether "such documents hardly reflect the border" holds of `Analysis.documents`.

    A document hardly reflects the border if it has fewer border terms of any category per 1,000
    words than `threshold`; the statement `holds` if more than half of the documents are so, else
    it `differs`. Without a document it is `not-checkable`. `rates` needs the columns `region` and
    `rate`; `regions` are the codes for which the statement is made.

    Raises ContentError if the threshold is not above 0 or a rate is missing.

    >>> rates = pd.DataFrame({"region": ["RU-ORE", "RU-ALT", "RU-KGN"], "rate": [0.4, 0.7, 3.0]})
    >>> reflection = reflects_border(rates)
    >>> reflection.verdict, [reading.verdict for reading in reflection.readings]
    ('holds', ['differs', 'holds', 'holds'])
    """
    if not 0 < threshold < float("inf"):
        raise ContentError(f"threshold: {threshold} is not above 0; give terms per 1,000 words")
    if rates["rate"].isna().any():
        raise ContentError("rates: a document has no rate; leave out what has no word")
    missing = tuple(sorted(set(regions) - set(rates["region"])))
    documents = len(rates)
    if not documents:
        reason = (
            "The texts of the regions' strategies and programmes are missing: "
            "data/documents/index.csv names no document."
        )
        return Reflection("not-checkable", reason, threshold, 0, (), missing)
    readings = tuple(
        Reading(value, below, "holds" if 2 * below > documents else "differs")
        for value in (threshold / 2, threshold, threshold * 2)
        for below in [int((rates["rate"] < value).sum())]
    )
    reason = (
        f"{readings[1].below} of {documents} documents have fewer than {threshold:g} border terms "
        f"per 1,000 words."
    )
    if missing:
        reason += f" There is no document of {', '.join(missing)}."
    return Reflection(readings[1].verdict, reason, threshold, documents, readings, missing)
