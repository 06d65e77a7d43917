"""Words, lemmas and a dictionary of terms: which words of a sentence are terms of which category.

A word is a token with a letter in it; numbers and punctuation are none. Two tokens that a blank
parts, such as `trans boundary`, are one word where the dictionary knows them joined and not the
first alone. Words are compared by lemma. Lemmas of `ru` are those of pymorphy3, whose dictionary is
OpenCorpora's; a word that it does not know is looked up in simplemma, and only then guessed. Lemmas
of `en` are simplemma's. A lemma is what a word form most often stands for, whatever the sentence
means; in which sense a term counts can be told by the words near it (`Sense`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

import pandas as pd
import pymorphy3  # type: ignore[import-untyped]
import razdel  # type: ignore[import-untyped]
import simplemma

from borderbook.corpus.readers import LANGUAGES
from borderbook.corpus.senses import Sense, Senses
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


def paragraphs(text: str, language: str) -> list[str]:
    r"""Return the paragraphs of `text`, each on one line.

    A word that the file breaks over two lines is joined if the language knows it joined, and else
    keeps its hyphen.

    >>> paragraphs("В 2015 г. выросла торгов-\nля с соседями. Она\nвзаимная.", "ru")
    ['В 2015 г. выросла торговля с соседями. Она взаимная.']
    """
    joined = re.sub(r"(\w+)-\n[ ]*(\w+)", lambda cut: _joined(cut[1], cut[2], language), text)
    return [" ".join(paragraph.split()) for paragraph in re.split(r"\n\s*\n", joined)]


def sentences(text: str, language: str) -> list[str]:
    r"""Return the sentences of `text`, paragraph by paragraph.

    >>> sentences("В 2015 г. выросла торговля\nс соседями. Она взаимная.", "ru")
    ['В 2015 г. выросла торговля с соседями.', 'Она взаимная.']
    """
    return [each for text in paragraphs(text, language) for each in split(text, language)]


def split(paragraph: str, language: str) -> list[str]:
    """Return the sentences of one paragraph."""
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


# A dash between words is no hyphen, unlike in razdel's tokens, which also take 20 times as long.
_TOKEN = re.compile(r"[^\W_]+(?:-[^\W_]+)*|[^\w\s]|_")
_WORD = re.compile(r"[^\W\d_]")
# Letters by which a Russian word is told to be of no lemma of the dictionary.
_BEGINNING = 5


def words(text: str, language: str) -> int:
    """Return how many words `text` has.

    >>> words("Дорога реки–моря, 12 км", "ru")
    4
    """
    return count_words(forms(text, language))


def forms(text: str, language: str) -> list[str]:
    """Return the tokens of `text` in small letters.

    >>> forms("Дорога реки–моря", "ru")
    ['дорога', 'реки', '–', 'моря']
    """
    if language == "ru":
        return _TOKEN.findall(text.lower())
    return [text[start:stop].lower() for start, stop in tokens(text, language)]


def count_words(texts: Iterable[str]) -> int:
    """Return how many of some tokens are words."""
    return sum(map(_is_word, texts))


@lru_cache(maxsize=200_000)
def _is_word(token: str) -> bool:
    return _WORD.search(token) is not None


def tokens(sentence: str, language: str) -> list[tuple[int, int]]:
    """Return where each token of `sentence` starts and stops: words, numbers, punctuation.

    >>> text = "Дорога реки–моря"
    >>> [text[start:stop] for start, stop in tokens(text, "ru")]
    ['Дорога', 'реки', '–', 'моря']
    """
    if language == "ru":
        return [piece.span() for piece in _TOKEN.finditer(sentence)]
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
    return tuple(lemma(token, language) if _WORD.search(token) else None for token in words)


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


def senses(table: pd.DataFrame, language: str) -> Senses:
    """Return in which sense terms of one language count.

    `table` has the columns `language`, `term`, `use` ("near": a mark that stands near the term,
    "not after": a word after which it does not count) and `mark`. A term without a row counts in
    any sense.

    >>> row = {"language": "en", "term": "leaf", "use": "near", "mark": "tall trees"}
    >>> senses(pd.DataFrame([row]), "en")["leaf"].marks
    frozenset({('tall', 'tree')})
    """
    rows = table[table["language"] == language]
    return {
        str(term): Sense(
            frozenset(_key(mark, language) for mark in marks["mark"][marks["use"] == "near"]),
            frozenset(marks["mark"][marks["use"] == "not after"]),
        )
        for term, marks in rows.groupby("term")
    }


def _key(phrase: str, language: str) -> tuple[str, ...]:
    spans = tokens(phrase, language)
    return tuple(filter(None, lemmas([phrase[start:stop] for start, stop in spans], language)))


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


class Search:
    """The terms of a dictionary in one language, looked for in text.

    A sentence is read word by word only if it has an *anchor*: a word of which each entry has one.
    Of other words of Russian those alone are lemmatised that begin as a word of the dictionary.
    """

    def __init__(self, entries: Terms, language: str, senses: Senses | None = None) -> None:
        self.entries, self.language, self._senses = entries, language, senses or {}
        keys = [*entries, *(mark for sense in self._senses.values() for mark in sense.marks)]
        self._vocabulary = frozenset(word for key in keys for word in key)
        self._anchors = _anchors(entries)
        self._begin = frozenset(
            start for word in self._vocabulary for start in _beginnings(word, language)
        )
        self._firsts = frozenset(
            word[:at] for word in self._vocabulary for at in range(2, len(word) - 3)
        )
        self._known: dict[str, str] = {}
        # Forms that are known to be of no anchor: most of a text.
        self._others: set[str] = set()

    def may_have(self, words: Sequence[str]) -> bool:
        """Return whether a term may stand in a text, by its `forms`; False is certain."""
        different = set(words)
        if any(self._lemma(word) in self._anchors for word in different - self._others):
            return True
        self._others |= different
        if different.isdisjoint(self._firsts):
            return False
        pairs = pairwise(words)
        return any(
            first in self._firsts and self._joined(first, second) in self._anchors
            for first, second in pairs
        )

    def hits(self, sentence: str) -> list[tuple[int, int, Term]]:
        """Return where each term of a sentence starts and stops, and the term, in order."""
        spans, words = self._read(sentence)
        lower = [sentence[start:stop].lower() for start, stop in spans]
        return [
            (spans[first][0], spans[last][1], term)
            for first, last, term in matches(words, self.entries)
            if (sense := self._senses.get(term.lemma)) is None
            or sense.is_meant(words, lower, first, last)
        ]

    def _read(self, sentence: str) -> tuple[list[tuple[int, int]], list[str | None]]:
        """Return where the tokens of a sentence start and stop, and the lemma of each.

        A lemma that is not in the vocabulary is blank, that of no word None.
        """
        spans: list[tuple[int, int]] = []
        words: list[str | None] = []
        for start, stop in tokens(sentence, self.language):
            word = sentence[start:stop].lower()
            if (
                spans
                and spans[-1][1] + 1 == start
                and (joined := self._joined(sentence[slice(*spans[-1])].lower(), word))
            ):
                spans[-1], words[-1] = (spans[-1][0], stop), joined
            else:
                spans.append((start, stop))
                words.append(self._lemma(word) if _WORD.search(word) else None)
        return spans, words

    def _joined(self, first: str, second: str) -> str:
        """Return the lemma of two tokens that are one word of the vocabulary, else blank."""
        if first not in self._firsts or self._lemma(first):
            return ""
        return self._lemma(first + second)

    def _lemma(self, word: str) -> str:
        """Return the lemma of a word in small letters if it is of the vocabulary, else blank."""
        if (known := self._known.get(word)) is None:
            may = self.language != "ru" or word[:_BEGINNING].replace("ё", "е") in self._begin
            known = lemma(word, self.language) if may and _WORD.search(word) else ""
            known = self._known[word] = known if known in self._vocabulary else ""
        return known


def _anchors(entries: Terms) -> frozenset[str]:
    """Return few words of which each entry has one: those that most of the entries left have."""
    left, anchors = set(entries), set()
    while left:
        uses = Counter(word for key in left for word in set(key))
        alone = {key[0] for key in left if len(key) == 1}
        chosen = alone or {max(uses, key=lambda word: (uses[word], len(word), word))}
        anchors |= chosen
        left = {key for key in left if chosen.isdisjoint(key)}
    return frozenset(anchors)


def _beginnings(word: str, language: str) -> set[str]:
    """Return how the forms of a Russian lemma begin; a shorter form is there as it is."""
    if language != "ru":
        return set()
    forms = {form.word for parse in _morphology().parse(word) for form in parse.lexeme}
    return {form[:_BEGINNING].replace("ё", "е") for form in {word, *forms}}
