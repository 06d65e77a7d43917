"""The terms of one document, counted once and kept by its content.

Whoever asks for the same content with the same dictionary is given what was counted before, in
whatever process; so a document costs its time once, and one that is added only its own.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from importlib import metadata
from pathlib import Path
from typing import Any

import pandas as pd

try:
    import fcntl
except ImportError:  # Windows: two processes may count the same document
    fcntl = None  # type: ignore[assignment]

from borderbook import files
from borderbook.corpus.lemmas import (
    Search,
    count_words,
    forms,
    senses,
    split,
    terms,
    words,
)
from borderbook.corpus.lemmas import paragraphs as paragraphs_of
from borderbook.corpus.readers import Part

# What a count depends on beside the content: code, and the distributions that split and lemmatise.
_MODULES = ("bounds", "counting", "lemmas", "readers", "senses")
_DISTRIBUTIONS = (
    *("razdel", "simplemma", "pymorphy3", "pymorphy3-dicts-ru"),
    *("pypdf", "python-docx", "beautifulsoup4"),
)

# A part as it was counted: its heading, words and `hits`; of the sentences with a term of the other
# dictionary how many there are (`others`).
Counted = dict[str, Any]


@contextlib.contextmanager
def alone(store: Path) -> Iterator[None]:
    """Wait until no other process counts for this store, and hold its lock."""
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(OSError):  # a folder that cannot be written to keeps nothing
            store.mkdir(parents=True, exist_ok=True)
            lock = stack.enter_context((store / ".lock").open("w"))
            if fcntl is not None:
                fcntl.flock(lock, fcntl.LOCK_EX)
        yield


class Counter:
    """Counts terms of a dictionary, and the sentences that hold a term of `other` at once."""

    def __init__(
        self,
        dictionary: pd.DataFrame,
        categories: Sequence[str],
        other: pd.DataFrame | None = None,
        sense: pd.DataFrame | None = None,
    ) -> None:
        tables = [dictionary, other, sense]
        self._tables = [None if table is None else table.to_csv(index=False) for table in tables]
        self._dictionary, self._categories = dictionary, categories
        self._other, self._sense = other, sense
        self._searches: dict[str, tuple[Search, Search]] = {}

    def searches(self, language: str) -> tuple[Search, Search]:
        """Return the searches for terms and for those of `other`, made when they are first needed.

        What was kept needs none. Raises DictionaryError if a dictionary has a problem.
        """
        if language not in self._searches:
            kinds = [] if self._other is None else list(self._other["category"].unique())
            self._searches[language] = (
                Search(
                    terms(self._dictionary, language, self._categories),
                    language,
                    None if self._sense is None else senses(self._sense, language),
                ),
                Search(
                    {} if self._other is None else terms(self._other, language, kinds), language
                ),
            )
        return self._searches[language]

    @cached_property
    def key(self) -> bytes:
        """What tells counts by this dictionary, code and lemmas from all others."""
        folder = Path(__file__).parent
        code = [files.digest(folder / f"{name}.py") for name in _MODULES]
        versions = [metadata.version(name) for name in _DISTRIBUTIONS]
        return json.dumps([*self._tables, *code, *versions]).encode()

    def place(self, store: Path, file: str, language: str, content: bytes) -> Path:
        """Return where the counts of a document are kept."""
        parts = (self.key, language.encode(), Path(file).suffix.lower().encode(), content)
        digest = hashlib.sha256(b"\0".join(hashlib.sha256(part).digest() for part in parts))
        return store / f"{digest.hexdigest()[:32]}.json"

    def counts(
        self, path: Path, language: str, store: Path, read: Callable[[], Sequence[Part]]
    ) -> list[Counted]:
        """Return the counts of the document at `path`, counted at most once for its content.

        `read` gives its parts, or raises; then nothing is kept.
        """
        place = self.place(store, path.name, language, path.read_bytes())
        with contextlib.suppress(OSError, ValueError):
            counted: list[Counted] = json.loads(place.read_text("utf-8"))
            return counted
        counted = self.count(read(), language)
        files.keep(place, json.dumps(counted, ensure_ascii=False))
        return counted

    def count(self, parts: Sequence[Part], language: str) -> list[Counted]:
        """Return the counts of each part of a document, in order."""
        return [self._part(part, language) for part in parts]

    def _part(self, part: Part, language: str) -> Counted:
        search, others = self.searches(language)
        length, other_sentences = 0, 0
        hits: list[dict[str, Any]] = []
        for at, paragraph in enumerate(paragraphs_of(part.text, language), start=1):
            tokens = forms(paragraph, language)
            if not (search.may_have(tokens) or others.may_have(tokens)):
                length += count_words(tokens)
                continue
            for number, sentence in enumerate(split(paragraph, language), start=1):
                tokens = forms(sentence, language)
                is_other = others.may_have(tokens) and bool(others.hits(sentence))
                other_sentences += is_other
                if search.may_have(tokens):
                    hits += [
                        {
                            "paragraph": at,
                            "sentence": number,
                            "word": length + words(sentence[:start], language) + 1,
                            "category": term.category,
                            "lemma": term.lemma,
                            "left": sentence[:start],
                            "keyword": sentence[start:stop],
                            "right": sentence[stop:],
                            "with_other": is_other,
                        }
                        for start, stop, term in search.hits(sentence)
                    ]
                length += count_words(tokens)
        return {"heading": part.heading, "words": length, "others": other_sentences, "hits": hits}
