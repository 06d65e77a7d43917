"""Regions, neighbours and border groups, by ISO 3166 code."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from borderbook import formatting
from borderbook.datapackage import resources
from borderbook.errors import UserError

RUSSIA = "RU"
TYUMEN = "RU-TYU"
OKRUGS = ("RU-KHM", "RU-YAN")
"""The two autonomous okrugs within Tyumen Oblast; `RU-TYU` in the data is without them."""

WIDER = 2014
"""First year whose published totals of Russia cover more than the 83 regions of the data."""
WIDER_NOTE = (
    "From 2014 the published totals of Russia cover more than the 83 regions with an ISO 3166-2 "
    "code; no line crosses that break."
)
"""The same in words, for the note of a chart."""


class GroupError(UserError, ValueError):
    """A group of regions that cannot be formed; the message names the allowed values."""


@dataclass(frozen=True)
class Group:
    """The Russian regions bordering one neighbour, plus or minus regions named.

    `codes` are ISO 3166-2, in the order of the `regions` resource, the okrugs last.
    """

    neighbour: str
    exclude: tuple[str, ...] = ()
    with_okrugs: bool = False

    def __post_init__(self) -> None:
        """Refuse what cannot be formed."""
        if self.neighbour not in neighbours():
            raise GroupError(
                f"{self.neighbour!r} is not a neighbour of Russia; "
                f"allowed: {', '.join(neighbours())}"
            )
        strangers = [code for code in self.exclude if code not in self.bordering]
        if strangers:
            raise GroupError(
                f"exclude: {', '.join(map(repr, strangers))} not among the regions that border "
                f"{self.country}; allowed: {', '.join(self.bordering)}"
            )
        if not self._members:
            raise GroupError(
                f"exclude leaves no region of the group; keep one of {', '.join(self.bordering)}"
            )
        if self.with_okrugs and TYUMEN not in self.bordering:
            raise GroupError(
                f"with_okrugs counts the okrugs in with Tyumen Oblast, which does not border "
                f"{self.country}; it applies to neighbour='KZ' only"
            )
        if self.with_okrugs and TYUMEN in self.exclude:
            raise GroupError("with_okrugs counts the okrugs in with RU-TYU, which is excluded")

    @cached_property
    def bordering(self) -> tuple[str, ...]:
        """The regions that border the neighbour, before any is left out."""
        return _bordering(self.neighbour)

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """The regions of the group."""
        return self._members + (OKRUGS if self.with_okrugs else ())

    @property
    def _members(self) -> tuple[str, ...]:
        """The regions of the group without the okrugs."""
        return tuple(code for code in self.bordering if code not in self.exclude)

    @property
    def country(self) -> str:
        """The neighbour's English name."""
        return neighbours()[self.neighbour]

    @property
    def is_the_papers(self) -> bool:
        """Whether this is the group that the paper studies."""
        return (self.neighbour, self.exclude, self.with_okrugs) == ("KZ", (), False)

    @property
    def label(self) -> str:
        """The group in words, for the middle of a sentence.

        >>> Group("KZ").label
        'the twelve Russian regions that border Kazakhstan'
        >>> Group("KP").label
        'Primorsky Krai (the only Russian region that borders North Korea)'
        >>> Group("KZ", exclude=("RU-CHE",)).label
        'eleven of the twelve Russian regions that border Kazakhstan (without Chelyabinsk Oblast)'
        """
        many, members = len(self.bordering), self._members
        if many == 1:
            return f"{name(members[0])} (the only Russian region that borders {self.country})"
        whole = f"the {formatting.count(many)} Russian regions that border {self.country}"
        if len(members) == 1:
            whole = f"{name(members[0])} (one of {whole})"
        elif self.exclude:
            left_out = formatting.listing([name(code) for code in dict.fromkeys(self.exclude)])
            whole = f"{self.count} of {whole} (without {left_out})"
        return whole + (" with the two okrugs of Tyumen Oblast" if self.with_okrugs else "")

    @property
    def called(self) -> str:
        """The group as a statement calls it where `label` stands beside it.

        >>> Group("CN").called, Group("KP").called
        ('the six regions that border China', 'Primorsky Krai')
        >>> Group("KZ", exclude=("RU-CHE",), with_okrugs=True).called
        'the eleven regions chosen, with the two okrugs'
        """
        which = "chosen" if self.exclude else f"that border {self.country}"
        several = len(self._members) > 1
        whole = f"the {self.count} regions {which}" if several else name(self._members[0])
        return whole + (", with the two okrugs" if self.with_okrugs else "")

    @property
    def count(self) -> str:
        """The number of regions of the group in words, okrugs not counted."""
        return formatting.count(len(self._members))

    @property
    def short(self) -> str:
        """A label short enough for a chart.

        >>> Group("KZ", with_okrugs=True).short
        'Border with Kazakhstan, with okrugs'
        """
        left_out = f", {len(set(self.exclude))} left out" if self.exclude else ""
        okrugs = ", with okrugs" if self.with_okrugs else ""
        return f"Border with {self.country}{left_out}{okrugs}"


@resources.remembered
def _bordering(neighbour: str) -> tuple[str, ...]:
    table = subjects()
    touches = table["neighbours"].map(lambda text: neighbour in text.split())
    return tuple(table.index[touches])


@resources.remembered
def subjects() -> pd.DataFrame:
    """Return the 83 subjects of the Russian Federation, indexed by ISO 3166-2 code.

    >>> len(subjects())
    83
    """
    table = _regions()
    return table[(table["country"] == RUSSIA) & (table.index != RUSSIA)]


def facing(country: str) -> pd.DataFrame:
    """Return the regions of `country` that touch Russia, as far as the data name them.

    >>> list(facing("KZ").index)[:3]
    ['KZ-10', 'KZ-15', 'KZ-23']
    """
    table = _regions()
    return table[(table["country"] == country) & (table["neighbours"] == RUSSIA)]


@resources.remembered
def name(code: str) -> str:
    """Return the English name of a region or country total.

    >>> name("RU-OMS")
    'Omsk Oblast'
    """
    return str(_regions().at[code, "name_en"])


def brief(code: str) -> str:
    """Return the English name without the kind of region, where that is unambiguous.

    >>> brief("RU-OMS"), brief("RU-AL"), brief("RU-ALT"), brief("RU-KHM")
    ('Omsk', 'Altai Republic', 'Altai Krai', 'Khanty-Mansi')
    """
    full = name(code)
    if "Altai" in full or "Moscow" in full or full == "Almaty Region":
        return full
    okrugs = (" Autonomous Okrug - Yugra", " Autonomous Okrug")
    for kind in (" Oblast", " Krai", " Region", *okrugs, " Republic"):
        full = full.removesuffix(kind)
    return full.removeprefix("Republic of ")


def label(code: str) -> str:
    """Return the name of a region or neighbour by its code, for heads of a sweep; else blank.

    >>> label("RU-CHE"), label("KZ"), label("2016")
    ('Chelyabinsk', 'Kazakhstan', '')
    """
    return neighbours().get(code) or (brief(code) if code in subjects().index else "")


def names(codes: Iterable[str]) -> str:
    """Return the brief names of regions as one phrase.

    >>> names(["RU-OMS", "RU-AL"])
    'Omsk and Altai Republic'
    """
    return formatting.listing([brief(code) for code in codes])


@resources.remembered
def neighbours() -> dict[str, str]:
    """Return Russia's neighbours by land: ISO 3166-1 code -> English name, in order of code.

    >>> len(neighbours()), neighbours()["CN"]
    (14, 'China')
    """
    codes = {code for text in subjects()["neighbours"] for code in text.split()}
    countries = resources.load("countries").set_index("country")["name_en"]
    return {code: str(countries[code]) for code in sorted(codes)}


@resources.remembered
def _regions() -> pd.DataFrame:
    return resources.load("regions").set_index("region")
