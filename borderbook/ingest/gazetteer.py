"""Names of regions as publications write them, in Russian or English, to ISO 3166-2 codes."""

from __future__ import annotations

import difflib
import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from borderbook.datapackage import resources
from helpers.regions import OKRUGS, TYUMEN

Kind = Literal["region", "whole", "group", "outside", "heading"]

WITHIN: dict[str, tuple[str, ...]] = {TYUMEN: OKRUGS, "RU-ARK": ("RU-NEN",)}
"""Regions whose name may count others in: code -> the okrugs that the package keeps apart."""

_SPACES = re.compile(r"[\s\u00ad\u200b\ufeff]+")
_MARKS = re.compile(r"[\[(<]?\d{1,2}[)\]>]|[*†‡#⁽⁾]|[⁰¹²³⁴-⁹]|(?<=[^\W\d_])\d{1,2}\b")
_NUMBERED = re.compile(r"^\s*\d{8,11}\s+(?=[^\W\d])")
_WRAPPED = re.compile(r"(?<=\w)[-\u2010\u00ad]\s*\n\s*(?=\w)")
_NO_LETTERS = re.compile(r"[\W_]+")

# One word for each kind of region, whatever the publication calls it; "" is left out.
_SAME = {
    **{"г": "", "гор": "", "город": "", "city": "", "of": "", "the": "", "and": "и"},
    **{"обл": "область", "респ": "республика", "авт": "автономный", "автономная": "автономный"},
    **{"автоном": "автономный", "окр": "округ", "ао": "автономный округ", "st": "saint"},
    **{"sankt": "saint", "region": "oblast", "territory": "krai", "kray": "krai"},
    **{"area": "okrug", "district": "okrug", "areas": "okrugs", "districts": "okrugs"},
    **{"republics": "republic", "rep": "republic", "aut": "autonomous", "auton": "autonomous"},
}


@dataclass(frozen=True)
class Place:
    """What a name stands for.

    `kind`: `region` (a row of its own), `whole` (region `code` with the okrugs within it), `group`
    (a federal district), `outside` (a territory without an ISO 3166-2:RU code), `heading` (as
    "в том числе"). `plain`: the name alone does not tell whether okrugs are counted in.
    """

    kind: Kind
    code: str = ""
    plain: bool = False


@dataclass(frozen=True)
class Gazetteer:
    """Every name that the data package knows: from `regions` and `region_spellings`."""

    places: dict[str, Place]
    written: dict[str, str]

    def find(self, text: str) -> Place | None:
        """Return what `text` stands for; None if no name of the package is spelled like it.

        Case, dashes, ё, spaces, line breaks, footnote marks and the order of words do not matter;
        a letter does.

        >>> names = gazetteer()
        >>> names.find("Ханты-Мансийский авт. округ –\\nЮгра1)").code
        'RU-KHM'
        >>> names.find("Тюменская область без автономных округов").plain
        False
        >>> names.find("Алтай") is None
        True
        """
        if text.strip() in self.codes:
            return Place("region", text.strip())
        joined = _WRAPPED.sub("", text)
        return self.places.get(key(text)) or self.places.get(key(joined))

    def suggest(self, text: str, count: int = 3) -> list[str]:
        """Return the names nearest to `text`, best first, each with its code.

        >>> gazetteer().suggest("Омская обласьт", 1)
        ['Омская область = RU-OMS']
        """
        known = {name.casefold(): name for name in self.written}
        near = difflib.get_close_matches(plain(text).casefold(), known, count, cutoff=0.5)
        return [f"{known[name]} = {self.written[known[name]]}" for name in near]

    @cached_property
    def codes(self) -> frozenset[str]:
        """The codes themselves, which are names too."""
        return frozenset(place.code for place in self.places.values() if place.kind == "region")


def gazetteer() -> Gazetteer:
    """Return the names of the data package.

    Raises DataError if one spelling stands for two things.
    """
    regions = resources.load("regions")
    places: dict[str, Place] = {}
    written: dict[str, str] = {}
    for code, *names in regions[["region", "name_ru", "name_en"]].itertuples(index=False):
        for name in names:
            _enter(places, name, Place("region", code, plain=code in WITHIN))
            written[name] = code
    for name, kind, code in resources.load("region_spellings").itertuples(index=False):
        _enter(places, name, Place(kind, code))
        if kind == "region":
            written[name] = code
    return Gazetteer(places, written)


def plain(text: str) -> str:
    """Return `text` on one line, single spaces, plain hyphens, no footnote mark, no code before it.

    >>> plain("  г. Москва*\\n(столица)2) ")
    'г. Москва (столица)'
    """
    composed = _NUMBERED.sub("", unicodedata.normalize("NFC", text))
    without = _SPACES.sub(" ", _MARKS.sub("", _SPACES.sub(" ", composed)))
    return re.sub("[\u2010-\u2015\u2212]", "-", without).strip(" ,;:.")


def key(text: str) -> str:
    """Return what all spellings of a name have in common: its words, each kind by one word.

    >>> key("Алтай, Респ.") == key("республика   АЛТАЙ")
    True
    """
    folded = plain(text).casefold().replace("ё", "е").replace("а.о.", "ао")
    words = [_SAME.get(word, word) for word in _NO_LETTERS.split(folded)]
    return " ".join(sorted(" ".join(words).split()))


def _enter(places: dict[str, Place], name: str, place: Place) -> None:
    held = places.setdefault(key(name), place)
    if (held.kind, held.code) != (place.kind, place.code):
        raise resources.DataError(
            f"data/region_spellings.csv: {name!r} stands for {place.code or place.kind}, "
            f"but is spelled like a name of {held.code or held.kind}"
        )
