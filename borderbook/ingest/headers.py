"""Words of titles and column heads: which period, dimension, unit or field they name."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from borderbook.datapackage import resources
from borderbook.ingest import gazetteer
from borderbook.ingest.target import MEASURE, Form

_DATE = re.compile(r"\b\d{1,2}\.\d{1,2}\.(?:19|20)\d\d\b|\b(?:19|20)\d\d-\d\d-\d\d\b")
# A footnote mark sticks to a year: 20161) is 2016 with the first footnote.
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?:\d{1,2}\))?(?!\d)")
_WORD = re.compile(r"\d+|[^\W\d_]+|%")
_SAYS_NOTHING = frozenset(
    (
        *("г", "гг", "год", "года", "году", "годы", "годах", "year", "years"),
        *("за", "в", "во", "in", "for", "the", "of", "всего", "итого", "total"),
    )
)


class UnitError(ValueError):
    """Units that cannot be turned into each other; the message names both."""


@dataclass(frozen=True)
class Unit:
    """A unit: `scale` times what is counted; `base` is blank where only the scale is told."""

    scale: Decimal
    base: str

    def __str__(self) -> str:
        """Return the unit in words."""
        scale = {1: "", 10**3: "thousand ", 10**6: "million ", 10**9: "billion "}
        return f"{scale.get(int(self.scale), f'{self.scale:f} ')}{self.base}".strip()

    def factor(self, other: Unit) -> Decimal:
        """Return by what a figure in this unit is multiplied to be one in the other.

        >>> str(Unit(Decimal(1000), "EUR").factor(Unit(Decimal(1000000), "EUR")))
        '0.001'
        """
        if self.base and self.base != other.base:
            raise UnitError(f"{self} is not a unit of what is counted in {other}")
        return self.scale / other.scale


@dataclass(frozen=True)
class Meaning:
    """What a text names: `values` by field (period, unit, dimension, measure), `role` if the whole
    text is the name of a field, and the words that say nothing known.
    """

    values: dict[str, tuple[Hashable, ...]] = field(default_factory=dict)
    role: str = ""
    unknown: tuple[str, ...] = ()


Phrase = tuple[str, ...]

# The role of a column that holds the figures themselves.
VALUE = "value"
# The resource of words in heads and titles: spelling, kind, resource, field, what it means.
SPELLINGS = "heading_spellings"


@dataclass(frozen=True)
class Vocabulary:
    """The phrases that mean something to a resource, each with the pairs of kind and meaning.

    `roles`: phrase -> the field whose name it is; `period` is the field that years are of.
    """

    phrases: dict[Phrase, tuple[tuple[str, str], ...]]
    roles: dict[Phrase, str]
    period: str

    def read(self, text: str) -> Meaning:
        """Return what a text names; the longest phrases first.

        >>> phrases = {("trees",): (("kind", "tree"),),
        ...            ("mln",): (("unit words", "magnitude 1000000"),)}
        >>> words = Vocabulary(phrases, {("sort",): "kind"}, "year")
        >>> meaning = words.read("Trees in 2016, mln")
        >>> {name: [str(value) for value in values] for name, values in meaning.values.items()}
        {'year': ['2016'], 'kind': ['tree'], 'unit': ['million']}
        >>> words.read("Sort").role, words.read("2016 against 2015").unknown
        ('kind', ('against',))
        """
        dated = _DATE.sub(" ", unicodedata.normalize("NFC", text))
        values: dict[str, list[Hashable]] = defaultdict(list)
        for year in _YEAR.findall(dated):
            values[self.period].append(year)
        spoken = words(_YEAR.sub(" ", dated))
        role = "" if values else self.roles.get(spoken, "")
        unknown: list[str] = []
        for phrase, meanings in self._parts(spoken):
            for kind, means in meanings:
                values[kind].append(means)
            if not meanings and phrase[0] not in _SAYS_NOTHING and phrase not in self.roles:
                unknown += phrase
        if units := list(_units(values.pop("unit words", []))):
            values["unit"] += units
        distinct = {kind: tuple(dict.fromkeys(listed)) for kind, listed in values.items()}
        return Meaning(distinct, role, tuple(unknown))

    def unit(self, text: str) -> Unit | None:
        """Return the unit that a text is, None if it is none."""
        meaning = self.read(text)
        units = [unit for unit in meaning.values.get("unit", ()) if isinstance(unit, Unit)]
        return units[0] if len(units) == 1 and not meaning.unknown else None

    def factor(self, given: str, held: str) -> Decimal:
        """Return by what a figure in one unit is multiplied to be in another.

        Raises UnitError if one of the texts is no unit, or they are of different things.
        """
        return self._known(given).factor(self._known(held))

    def _known(self, text: str) -> Unit:
        unit = self.unit(text)
        if unit is None:
            where = f"data/{SPELLINGS}.csv has the words of units, as magnitude and base"
            raise UnitError(f"{text!r} is no unit that is known ({where})")
        return unit

    def _parts(self, spoken: Phrase) -> Iterator[tuple[Phrase, tuple[tuple[str, str], ...]]]:
        """Yield the phrases of a text, each with its meanings; a word that has none alone."""
        at, longest = 0, max(map(len, [*self.phrases, *self.roles]), default=1)
        while at < len(spoken):
            for length in range(min(longest, len(spoken) - at), 0, -1):
                phrase = spoken[at : at + length]
                if phrase in self.phrases or phrase in self.roles:
                    break
            # A single letter is a section of a classification only where it stands alone.
            in_text = len("".join(phrase)) == 1 and phrase[0].isalpha() and len(spoken) > 1
            yield phrase, () if in_text else self.phrases.get(phrase, ())
            at += len(phrase)


def vocabulary(form: Form) -> Vocabulary:
    """Return the words of `heading_spellings` and of the resource's own schema."""
    phrases: dict[Phrase, list[tuple[str, str]]] = {}
    roles: dict[Phrase, str] = {}
    several = len(form.measures) > 1
    for name, described in form.fields.items():
        role = VALUE if name in form.measures else name
        if not (several and name in form.measures):
            roles[words(name)] = role
            roles.setdefault(words(described["title"]), role)
    for name, values in form.dimensions.items():
        for value in values:
            _add(phrases, value, name, value)
            if name == MEASURE:
                _add(phrases, form.fields[value]["title"], name, value)
    for spelling, kind, resource, name, means in _spellings():
        if kind == "field":
            known = MEASURE if name == "indicator" and several else name
            if known in (VALUE, "unit", *form.fields, *form.dimensions):
                roles.setdefault(words(spelling), known)
        elif kind == "value" and resource == form.resource:
            if name in form.dimensions:
                _add(phrases, spelling, name, means)
            elif name in form.measures:
                _add(phrases, spelling, MEASURE, name)
        elif kind in ("magnitude", "base"):
            _add(phrases, spelling, "unit words", f"{kind} {means}")
    distinct = {phrase: tuple(dict.fromkeys(pairs)) for phrase, pairs in phrases.items()}
    return Vocabulary(distinct, roles, form.period)


def _spellings() -> Iterable[tuple[str, ...]]:
    """Return the rows of the resource of spellings, none if the package has no such resource."""
    if SPELLINGS not in resources.names():
        return []
    return resources.load(SPELLINGS).itertuples(index=False)


def words(text: str) -> Phrase:
    """Return the words of a text, in lower case, without footnote marks and punctuation.

    >>> words("Unit:  mln.t1)")
    ('unit', 'mln', 't')
    """
    folded = gazetteer.plain(text).casefold().replace("ё", "е")
    return tuple(_WORD.findall(folded.replace("_", " ")))


def _add(phrases: dict[Phrase, list[tuple[str, str]]], text: str, kind: str, means: str) -> None:
    phrases.setdefault(words(text), []).append((kind, means))


def _units(words: Iterable[Hashable]) -> Iterator[Unit]:
    """Yield the units: a magnitude with the base after it, or one of the two alone."""
    scale: Decimal | None = None
    for entry in map(str, words):
        kind, _, means = entry.partition(" ")
        if kind == "base":
            yield Unit(scale or Decimal(1), means)
            scale = None
        else:
            if scale is not None:
                yield Unit(scale, "")
            scale = Decimal(means)
    if scale is not None:
        yield Unit(scale, "")


def agreed(parts: Iterable[Mapping[str, tuple[Hashable, ...]]], name: str) -> tuple[Hashable, ...]:
    """Return the values of a field that texts from the nearest on name: one if they agree.

    The nearest that names the field decides; a farther one has to name that value too.

    >>> agreed([{"year": (2015,)}, {"year": (2015, 2016)}], "year")
    (2015,)
    >>> agreed([{"year": (2015,)}, {"year": (2016,)}], "year")
    (2015, 2016)
    """
    named = [part[name] for part in parts if part.get(name)]
    if not named or any(named[0][0] not in values for values in named[1:]):
        return tuple(dict.fromkeys(value for values in named for value in values))
    return named[0]
