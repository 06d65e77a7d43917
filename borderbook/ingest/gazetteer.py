"""Names of places as publications write them, to the codes of the data package."""

from __future__ import annotations

import difflib
import functools
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from borderbook import book
from borderbook.datapackage import resources

Kind = Literal["place", "whole", "group", "outside", "heading"]

_SPACES = re.compile(r"[\s\u00ad\u200b\ufeff]+")
_MARKS = re.compile(r"[\[(<]?\d{1,2}[)\]>]|[*†‡#⁽⁾]|[⁰¹²³⁴-⁹]|(?<=[^\W\d_])\d{1,2}\b")
_NUMBERED = re.compile(r"^\s*\d{8,11}\s+(?=[^\W\d])")
_WRAPPED = re.compile(r"(?<=\w)[-\u2010\u00ad]\s*\n\s*(?=\w)")
_NO_LETTERS = re.compile(r"[\W_]+")
_NUMBER_BEHIND = re.compile(r"(?<=[^\W\d_])\.?\s+\d{1,2}$")
# Letters of two alphabets that look alike: in a word of both, one was typed by mistake.
_CYRILLIC, _LATIN = "АВЕКМНОРСТУХасеорух", "ABEKMHOPCTYXaceopyx"
_TO_CYRILLIC, _TO_LATIN = str.maketrans(_LATIN, _CYRILLIC), str.maketrans(_CYRILLIC, _LATIN)
_MIXED = re.compile(r"\b(?=\w*[A-Za-z])(?=\w*[А-Яа-яЁё])[A-Za-zА-Яа-яЁё]+\b")

# What a row that names no place of the package may be.
_KINDS: tuple[Kind, ...] = ("whole", "group", "outside", "heading")


@dataclass(frozen=True)
class Places:
    """What a book says of its places, by the hook `places`; a book without one says nothing.

    `resource` has a row for each place: its code in the field `code`, its names in `names`.
    `spellings` is a resource of other spellings (fields spelling, kind, and the code last; see
    `Place`). `synonyms`: a word of names -> the word that stands for it. `total`: the code of the
    place that all others are in. `parts`: code of a place whose name may count others in -> those.
    `expected`: returns the codes that a whole table has.
    """

    resource: str | None = None
    code: str = "code"
    names: tuple[str, ...] = ()
    spellings: str | None = None
    synonyms: Mapping[str, str] = field(default_factory=dict)
    total: str | None = None
    parts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    expected: Callable[[], Sequence[str]] = tuple


def places() -> Places:
    """Return what the book says of its places."""
    return Places(**book.hook("places", {}))


@dataclass(frozen=True)
class Place:
    """What a name stands for.

    `kind`: `place` (a row of its own), `whole` (place `code` with the parts that the package keeps
    apart), `group` (several places together), `outside` (a place that the package does not hold),
    `heading` (as "of which"). `plain`: the name alone does not tell whether parts are counted in.
    """

    kind: Kind
    code: str = ""
    plain: bool = False


@dataclass(frozen=True)
class Gazetteer:
    """Every name that the data package knows.

    `codes` are names too; `known`: key of a name -> what it stands for; `written`: name -> code;
    `headings` may stand before a name. `seen` keeps what was looked up.
    """

    places: Places
    codes: frozenset[str]
    known: dict[str, Place]
    written: dict[str, str]
    headings: tuple[str, ...] = ()
    seen: dict[str, Place | None] = field(default_factory=dict, compare=False, repr=False)

    def find(self, text: str) -> Place | None:
        """Return what `text` stands for; None if no name of the package is spelled like it.

        Case, dashes, ё, spaces, line breaks, footnote marks and the order of words do not matter;
        a letter does.

        >>> names = Gazetteer(Places(), frozenset(), {"north": Place("place", "N")}, {})
        >>> names.find("NORTH 1)").code, names.find("South") is None
        ('N', True)
        """
        if text not in self.seen:
            keys = (key(spelling, self.places.synonyms) for spelling in self._spellings(text))
            place = next((self.known[each] for each in keys if each in self.known), None)
            code = text.strip()
            self.seen[text] = Place("place", code) if code in self.codes else place
        return self.seen[text]

    def suggest(self, text: str, count: int = 3) -> list[str]:
        """Return the names nearest to `text`, best first, each with its code.

        >>> Gazetteer(Places(), frozenset(), {}, {"North": "N"}).suggest("Nort", 1)
        ['North = N']
        """
        known = {name.casefold(): name for name in self.written}
        near = difflib.get_close_matches(plain(text).casefold(), known, count, cutoff=0.8)
        return [f"{known[name]} = {self.written[known[name]]}" for name in near]

    def _spellings(self, text: str) -> Iterator[str]:
        """Yield a name; then without a line break, a footnote's number, a heading before it."""
        yield text
        yield (whole := _WRAPPED.sub("", text))
        yield (name := _NUMBER_BEHIND.sub("", plain(whole)))
        folded = name.casefold()
        for heading in self.headings:
            if folded.startswith(f"{heading} ") or folded.startswith(f"{heading}. "):
                yield name[len(heading) :]


def gazetteer(places: Places, codes: Iterable[str] = ()) -> Gazetteer:
    """Return the names that the data package knows; `codes` are those of places without a name.

    Raises DataError if one spelling stands for two things.
    """
    names: list[tuple[str, Place]] = []
    if places.resource:
        table = resources.load(places.resource)
        for code, *called in table[[places.code, *places.names]].itertuples(index=False):
            names += [(name, Place("place", code, code in places.parts)) for name in called]
        codes = [*codes, *table[places.code]]
    if places.spellings:
        table = resources.load(places.spellings)
        for name, written, code in table.itertuples(index=False):
            kind: Kind = next((kind for kind in _KINDS if kind == written), "place")
            names.append((name, Place(kind, code)))
    known: dict[str, Place] = {}
    for name, place in names:
        first = known.setdefault(key(name, places.synonyms), place)
        if (first.kind, first.code) != (place.kind, place.code):
            raise resources.DataError(
                f"data/{places.spellings}.csv: {name!r} stands for {place.code or place.kind}, "
                f"but is spelled like a name of {first.code or first.kind}"
            )
    written_names = {name: place.code for name, place in names if place.kind == "place"}
    headings = [plain(name).casefold() for name, place in names if place.kind == "heading"]
    return Gazetteer(places, frozenset(codes), known, written_names, tuple(headings))


@functools.lru_cache(maxsize=65536)
def plain(text: str) -> str:
    """Return `text` on one line, single spaces, plain hyphens, no footnote mark, no code before it.

    >>> plain("  St. North*\\n(capital)2) ")
    'St. North (capital)'
    """
    composed = _NUMBERED.sub("", unicodedata.normalize("NFC", text))
    without = _SPACES.sub(" ", _MARKS.sub("", _SPACES.sub(" ", composed)))
    return re.sub("[\u2010-\u2015\u2212]", "-", without).strip(" ,;:.")


def one_alphabet(text: str) -> str:
    """Return `text` with each word in one alphabet: letters that look alike are one letter.

    >>> one_alphabet("\u041cecт\u043e, PLACE") == "\u041c\u0435\u0441т\u043e, PLACE"
    True
    """
    return _MIXED.sub(lambda word: _of_one(word[0]), text)


def _of_one(word: str) -> str:
    candidates = word.translate(_TO_CYRILLIC), word.translate(_TO_LATIN)
    return next((each for each in candidates if not _MIXED.fullmatch(each)), word)


def latin(letter: str) -> str:
    """Return the Latin letter that looks like a capital of another alphabet, else itself.

    >>> latin("\u0412")
    'B'
    """
    return letter.translate(_TO_LATIN) if letter.isupper() else letter


def key(text: str, synonyms: Mapping[str, str]) -> str:
    """Return what all spellings of a name have in common: its words, each kind by one word.

    `synonyms` with a point in them are replaced wherever they stand, others where they are a word.

    >>> key("North, Rep.", {"rep": "republic"}) == key("republic   NORTH", {})
    True
    """
    folded = one_alphabet(plain(text)).casefold().replace("ё", "е")
    for abbreviation in filter(lambda word: "." in word, synonyms):
        folded = folded.replace(abbreviation, synonyms[abbreviation])
    words = [synonyms.get(word, word) for word in _NO_LETTERS.split(folded)]
    return " ".join(sorted(" ".join(words).split()))
