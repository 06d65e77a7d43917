"""Words, lemmas and a dictionary of terms: which words of a sentence are terms of which category.

A word is a token with a letter in it; numbers and punctuation are none. Words are compared by
lemma. Lemmas of `ru` are those of pymorphy3, whose dictionary is OpenCorpora's; a word that it does
not know is looked up in simplemma, and only then guessed. Lemmas of `en` are simplemma's. A lemma
is what a word form most often stands for, whatever the sentence means.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import pandas as pd
import pymorphy3  # type: ignore[import-untyped]
import razdel  # type: ignore[import-untyped]
import simplemma

from borderbook.corpus.index import LANGUAGES
from borderbook.errors import UserError


class DictionaryError(UserError, ValueError):
    """A dictionary cannot be used; the message lists every problem."""


@dataclass(frozen=True, slots=True)
class Term:
    """An entry of the dictionary: its category and what it is called there."""

    category: str
    lemma: str


# The entries of one language by the lemmas of their words.
Terms = Mapping[tuple[str, ...], Term]


# Words


def sentences(text: str, language: str) -> list[str]:
    r"""Return the sentences of `text`, paragraph by paragraph, each on one line.

    A word that the file breaks over two lines is joined if the language knows it joined, and else
    keeps its hyphen.

    >>> sentences("В 2015 г. выросла торгов-\nля с соседями. Она\nвзаимная.", "ru")
    ['В 2015 г. выросла торговля с соседями.', 'Она взаимная.']
    """
    joined = re.sub(r"(\w+)-\n[ ]*(\w+)", lambda cut: _joined(cut[1], cut[2], language), text)
    paragraphs = [" ".join(paragraph.split()) for paragraph in re.split(r"\n\s*\n", joined)]
    return [sentence for paragraph in paragraphs for sentence in _split(paragraph, language)]


def _split(paragraph: str, language: str) -> list[str]:
    if language == "ru":
        return [piece.text for piece in razdel.sentenize(paragraph) if piece.text]
    return simplemma.split_sentences(paragraph, lang=language)


def _joined(left: str, right: str, language: str) -> str:
    word = (left + right).lower()
    if language == "ru":
        known = _morphology().word_is_known(word)
    else:
        known = simplemma.is_known(word, language)
    return left + right if known else f"{left}-{right}"


def tokens(sentence: str, language: str) -> list[tuple[int, int]]:
    """Return where each token of `sentence` starts and stops: words, numbers, punctuation.

    >>> text = "Дорога реки–моря"
    >>> [text[start:stop] for start, stop in tokens(text, "ru")]
    ['Дорога', 'реки', '–', 'моря']
    """
    if language == "ru":
        spans = [(piece.start, piece.stop) for piece in razdel.tokenize(sentence)]
        # razdel takes a dash between words for a hyphen.
        return [
            (start + piece.start(), start + piece.end())
            for start, stop in spans
            for piece in re.finditer("[–—]|[^–—]+", sentence[start:stop])
        ]
    spans, at = [], 0
    for token in simplemma.simple_tokenizer(sentence):
        at = sentence.index(token, at)
        spans.append((at, at + len(token)))
        at += len(token)
    return spans


@lru_cache(maxsize=100_000)
def lemma(word: str, language: str) -> str:
    """Return the dictionary form of `word` in lower case, with е for ё.

    >>> lemma("Лесами", "ru"), lemma("растущие", "ru"), lemma("Neighbouring", "en")
    ('лес', 'расти', 'neighbour')
    """
    lower = word.lower()
    if language == "ru":
        if _morphology().word_is_known(lower) or not simplemma.is_known(lower, "ru"):
            lower = _morphology().parse(lower)[0].normal_form
        else:
            lower = simplemma.lemmatize(lower, "ru")
        return lower.lower().replace("ё", "е")
    if not simplemma.is_known(lower, language):
        # Names and abbreviations are in no dictionary; their plural is regular.
        lower = re.sub(r"(?<=[^\Wius])s$", "", lower)
    return simplemma.lemmatize(lower, language).lower()


@lru_cache(maxsize=1)
def _morphology() -> Any:
    return pymorphy3.MorphAnalyzer(lang="ru")


def lemmas(words: Iterable[str], language: str) -> tuple[str | None, ...]:
    """Return the lemma of each token, None for a number or punctuation.

    >>> lemmas(["Two", "tall", "trees", ",", "2016"], "en")
    ('two', 'tall', 'tree', None, None)
    """
    return tuple(
        lemma(token, language) if any(map(str.isalpha, token)) else None for token in words
    )


# The dictionary


def terms(dictionary: pd.DataFrame, language: str, categories: Sequence[str]) -> Terms:
    """Return the entries of one language, each by the lemmas of its words.

    `dictionary` has the columns `category`, `language` and `lemma`; `categories` are those that an
    entry may be of. An entry is a word or a phrase; its words are lemmatised as a document's are,
    so `trees` and `tree` are one entry.

    Raises DictionaryError with every problem of the whole dictionary: a missing column, an unknown
    category or language, an entry that is not words with single spaces, an entry given twice.

    >>> entry = {"category": "plants", "language": "en", "lemma": "tall trees"}
    >>> terms(pd.DataFrame([entry]), "en", ["plants"])
    {('tall', 'tree'): Term(category='plants', lemma='tall trees')}
    """
    missing = [name for name in ("category", "language", "lemma") if name not in dictionary]
    if missing:
        raise DictionaryError(f"dictionary: there is no column {', '.join(missing)}; add it")
    entries: dict[str, dict[tuple[str, ...], Term]] = {known: {} for known in LANGUAGES}
    problems = []
    rows = zip(dictionary["category"], dictionary["language"], dictionary["lemma"], strict=True)
    for number, (category, spoken, entry) in enumerate(rows, start=2):
        spans = tokens(entry, spoken) if spoken in LANGUAGES else []
        words = lemmas([entry[start:stop] for start, stop in spans], spoken)
        key = tuple(filter(None, words))
        first = entries.get(spoken, {}).get(key)
        problem = None
        if category not in categories:
            problem = f"category: {category!r} is none; use one of {', '.join(categories)}"
        elif spoken not in LANGUAGES:
            problem = f"language: {spoken!r} is none; use one of {', '.join(LANGUAGES)}"
        elif not key or None in words or entry != " ".join(entry.split()):
            what = "is not one or more words apart by single spaces; write it so"
            problem = f"lemma: {entry!r} {what}"
        elif first:
            problem = f"lemma: {entry!r} is {first.lemma!r} of {first.category} again; keep one"
        else:
            entries[spoken][key] = Term(category, entry)
        if problem:
            problems.append(f"dictionary, row {number}, {problem}")
    if problems:
        raise DictionaryError("\n".join(problems))
    return entries[language]


def matches(words: Sequence[str | None], entries: Terms) -> list[tuple[int, int, Term]]:
    """Return first and last word of each term in a sentence, and the term, in order.

    Longest match first: a word that is part of a matched phrase is not counted again, neither by
    itself nor in another phrase; of two phrases of one length the earlier counts. The words of a
    phrase follow each other with no number or punctuation between.

    >>> entries = {("tall", "tree"): Term("b", "tall tree"), ("tree",): Term("b", "tree")}
    >>> [(first, term.lemma) for first, _, term in matches(("tall", "tree", "tree"), entries)]
    [(0, 'tall tree'), (2, 'tree')]
    """
    taken = [False] * len(words)
    hits = []
    for length in sorted({len(key) for key in entries}, reverse=True):
        for first in range(len(words) - length + 1):
            window = words[first : first + length]
            term = entries.get(tuple(window))  # type: ignore[arg-type]
            if term and not any(taken[first : first + length]):
                taken[first : first + length] = [True] * length
                hits.append((first, first + length - 1, term))
    return sorted(hits, key=lambda hit: hit[0])
