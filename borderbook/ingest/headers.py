"""Words of titles and column heads: which period, dimension, unit or field they name."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

import pandas as pd

from borderbook.datapackage import resources
from borderbook.ingest import gazetteer
from borderbook.ingest.target import MEASURE, Form

_DATE = re.compile(r"\b\d{1,2}\.\d{1,2}\.(?:19|20)\d\d\b|\b(?:19|20)\d\d-\d\d-\d\d\b")
# A footnote mark sticks to a year: 20161) is 2016 with the first footnote.
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?:\d{1,2}\))?(?!\d)")
_WORD = re.compile(r"\d+|[^\W\d_]+|%")
# A letter that names a section alone, or after one word.
_LETTER = re.compile(r"(?:([^\W\d_]{2,})\s+)?([^\W\d_])")
_SAYS_NOTHING = frozenset(
    (
        *("г", "гг", "год", "года", "году", "годы", "годах", "year", "years"),
        *("за", "в", "во", "in", "for", "the", "of", "всего", "итого", "total"),
    )
)


# The word for parts of one: 1 is 100 %.
FRACTION = "fraction"


class UnitError(ValueError):
    """Units that cannot be turned into each other; the message names both."""


@dataclass(frozen=True)
class Unit:
    """A unit: `scale` times what is counted; `base` is blank where only the scale is told."""

    scale: Decimal
    base: str

    def __str__(self) -> str:
        if self.scale == 100 and self.base == "%":
            return FRACTION
        scale = {1: "", 10**3: "thousand ", 10**6: "million ", 10**9: "billion "}
        return f"{scale.get(int(self.scale), f'{self.scale:f} ')}{self.base}".strip()


@dataclass(frozen=True)
class Meaning:
    """What a text names: `values` by field (period, unit, dimension, measure), `role` if the whole
    text is the name of a field, the words that say nothing known, and the units. `rejected` are
    phrases that no figure of the resource may stand under, each with what it says.
    """

    values: dict[str, tuple[str, ...]]
    role: str
    unknown: tuple[str, ...]
    units: tuple[Unit, ...]
    rejected: tuple[str, ...] = ()

    @property
    def certain(self) -> bool:
        """Whether every word is known, and none is of other figures."""
        return not (self.unknown or self.rejected)


Phrase = tuple[str, ...]

# The role of a column that holds the figures themselves.
VALUE = "value"
# The resource of words in heads and titles: spelling, kind, resource, field, what it means.
SPELLINGS = "heading_spellings"
# Kinds of phrases: those that say nothing, and those that no figure may stand under.
_NOTHING, _REJECTED = "nothing", "rejected"
# The kind of a phrase that is the name of a field.
_FIELD = "field"


@dataclass(frozen=True)
class Vocabulary:
    """The phrases that mean something to a resource, each with the pairs of kind and meaning.

    `roles`: phrase -> the field whose name it is; `period` is the field that years are of;
    `names`: what a table has to name (see `Form.names`) -> the phrases that do. `seen` keeps what
    was read.
    """

    phrases: dict[Phrase, tuple[tuple[str, str], ...]]
    roles: dict[Phrase, str]
    period: str
    names: dict[str, tuple[Phrase, ...]] = field(default_factory=dict)
    seen: dict[str, Meaning] = field(default_factory=dict, compare=False, repr=False)

    def read(self, text: str) -> Meaning:
        """Return what a text names; the longest phrases first.

        >>> phrases = {("trees",): (("kind", "tree"),),
        ...            ("mln",): (("unit words", "magnitude 1000000"),)}
        >>> words = Vocabulary(phrases, {("sort",): "kind"}, "year")
        >>> meaning = words.read("Trees in 2016, mln")
        >>> meaning.values
        {'year': ('2016',), 'kind': ('tree',), 'unit': ('million',)}
        >>> words.read("Sort").role, words.read("2016 against 2015").unknown
        ('kind', ('against',))
        """
        if text not in self.seen:
            self.seen[text] = self._read(text)
        return self.seen[text]

    def _read(self, text: str) -> Meaning:
        dated = _DATE.sub(" date ", unicodedata.normalize("NFC", text))
        values: dict[str, list[str]] = defaultdict(list)
        if years := _YEAR.findall(dated):
            values[self.period] = years
        spoken = self._letter(text) or words(_YEAR.sub(" ", dated))
        role = "" if values else self.roles.get(spoken, "")
        unknown: list[str] = []
        rejected: list[str] = []
        for phrase, meanings in self._parts(spoken):
            for kind, means in meanings:
                values[kind].append(means)
                rejected += [f"{' '.join(phrase)!r}: {means}"] if kind == _REJECTED else []
            if not meanings and phrase[0] not in _SAYS_NOTHING and phrase not in self.roles:
                unknown += phrase
        values.pop(_NOTHING, None)
        values.pop(_REJECTED, None)
        for kind, phrases in self.names.items():
            values[kind] = [" ".join(phrase) for phrase in phrases if _within(phrase, spoken)]
        units = tuple(dict.fromkeys(_units(values.pop("unit words", []))))
        if units:
            values["unit"] += map(str, units)
        distinct = {kind: tuple(dict.fromkeys(each)) for kind, each in values.items() if each}
        return Meaning(distinct, role, tuple(unknown), units, tuple(rejected))

    def _letter(self, text: str) -> Phrase:
        """Return the letter that a text names a section by, whatever alphabet it was typed in."""
        named = _LETTER.fullmatch(gazetteer.plain(text))
        nothing = ((_NOTHING, ""),)
        if named is None or (named[1] and self.phrases.get(words(named[1])) != nothing):
            return ()
        letters = gazetteer.latin(named[2]).casefold(), named[2].casefold()
        meanings = {(each,): self.phrases.get((each,), nothing) for each in letters}
        return next((each for each, means in meanings.items() if means != nothing), ())

    def names_subject(self, text: str) -> bool:
        """Return whether a text names what figures are of."""
        meaning = self.read(text)
        named = any(meaning.values.get(kind) for kind in self.names)
        return named or not meaning.certain

    def factor(self, given: str, wanted: str) -> Decimal:
        """Return by what a figure in one unit is multiplied to be in another.

        Raises UnitError if one of the texts is no unit, or they are of different things.
        """
        units: list[Unit] = []
        for text in (given, wanted):
            meaning = self.read(text)
            if len(meaning.units) != 1 or meaning.unknown:
                where = f"data/{SPELLINGS}.csv has the words of units, as magnitude and base"
                raise UnitError(f"{text!r} is no unit that is known ({where})")
            units += meaning.units
        unit, other = units
        if not unit.base:
            raise UnitError(f"{given!r} does not say of what")
        if unit.base != other.base:
            raise UnitError(f"{unit} is not a unit of what is counted in {other}")
        return unit.scale / other.scale

    @cached_property
    def _longest(self) -> int:
        return max(map(len, [*self.phrases, *self.roles]), default=1)

    def _parts(self, spoken: Phrase) -> Iterator[tuple[Phrase, tuple[tuple[str, str], ...]]]:
        """Yield the phrases of a text, each with its meanings; a word that has none alone."""
        at, longest = 0, self._longest
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
    pairs: dict[Phrase, dict[tuple[str, str], None]] = defaultdict(dict)
    roles: dict[Phrase, str] = {}
    several = len(form.measures) > 1
    for name, described in form.fields.items():
        role = VALUE if name in form.measures else name
        if not (several and name in form.measures):
            roles[words(name)] = role
            roles.setdefault(words(described["title"]), role)
    names = {kind: tuple(map(words, phrases)) for kind, phrases in form.names.items()}
    known = [(each, kind, " ".join(each)) for kind, phrases in names.items() for each in phrases]
    known += [(words(phrase), _NOTHING, "") for phrase in form.allowed_words]
    known += [(words(phrase), _REJECTED, what) for phrase, what in form.rejected_words.items()]
    known += [((FRACTION,), "unit words", means) for means in ("magnitude 100", "base %")]
    for phrase, kind, means in known:
        pairs[phrase][kind, means] = None
    for name, values in form.dimensions.items():
        for value in values:
            pairs[words(value)][name, value] = None
            if name == MEASURE:
                pairs[words(form.fields[value]["title"])][name, value] = None
    for phrase, kind, means in _spelled(form):
        if kind == _FIELD:
            roles.setdefault(phrase, means)
        else:
            pairs[phrase][kind, means] = None
    # A field that is named after its unit does not hide that unit.
    for named in [phrase for phrase in roles if all((word,) in pairs for word in phrase)]:
        if any(kind == "unit words" for word in named for kind, _ in pairs[word,]):
            del roles[named]
    phrases = {phrase: tuple(each) for phrase, each in pairs.items()}
    return Vocabulary(phrases, roles, form.period, names)


def _spelled(form: Form) -> Iterator[tuple[Phrase, str, str]]:
    """Yield the phrases of `heading_spellings` with the kind and the meaning of each."""
    table = resources.load(SPELLINGS) if SPELLINGS in resources.names() else pd.DataFrame()
    for spelling, kind, resource, name, means in table.itertuples(index=False):
        if kind == "field":
            several = name == "indicator" and len(form.measures) > 1
            meant = MEASURE if several else name
            if meant in (VALUE, "unit", *form.fields, *form.dimensions):
                yield words(spelling), _FIELD, meant
        elif kind == "value" and resource == form.resource:
            if name in form.dimensions:
                yield words(spelling), name, means
            elif name in form.measures:
                yield words(spelling), MEASURE, name
        elif kind in ("magnitude", "base"):
            yield words(spelling), "unit words", f"{kind} {means}"


def words(text: str) -> Phrase:
    """Return the words of a text, in lower case, without footnote marks and punctuation.

    >>> words("Unit:  mln.t1)")
    ('unit', 'mln', 't')
    """
    dated = _DATE.sub(" date ", text)
    folded = gazetteer.one_alphabet(gazetteer.plain(dated)).casefold().replace("ё", "е")
    return tuple(_WORD.findall(folded.replace("_", " ")))


def _within(phrase: Phrase, spoken: Phrase) -> bool:
    """Return whether the words of a phrase stand in a text, one after the other."""
    size = len(phrase)
    return any(spoken[at : at + size] == phrase for at in range(len(spoken) - size + 1))


def _units(words: Iterable[str]) -> Iterator[Unit]:
    """Yield the units: a magnitude with the base after it, or one of the two alone."""
    scale: Decimal | None = None
    for entry in words:
        kind, _, means = entry.partition(" ")
        if kind == "base":
            yield Unit(scale or Decimal(1), means)
            scale = None
            continue
        if scale is not None:
            yield Unit(scale, "")
        scale = Decimal(means)
    if scale is not None:
        yield Unit(scale, "")


def agreed(texts: Iterable[Meaning], name: str) -> tuple[str, ...]:
    """Return the values of a field that texts from the nearest on name: one if they agree.

    The nearest that names the field decides; a farther one has to name that value too.

    >>> near, far = (Meaning({"year": years}, "", (), ()) for years in (("15",), ("15", "16")))
    >>> agreed([near, far], "year"), agreed([far, near], "year")
    (('15',), ('15', '16'))
    """
    named = [text.values[name] for text in texts if text.values.get(name)]
    if not named or any(named[0][0] not in values for values in named[1:]):
        return tuple(dict.fromkeys(value for values in named for value in values))
    return named[0]
